import sys; sys.path.insert(0,'/work/main')
import os, collections, time
from concurrent.futures import ThreadPoolExecutor
from tests.faults.faulted_commands import *
from tests.faults.fault_runs import *
from tests.faults.fault_kinds import *
names=sys.argv[1].split(',') if len(sys.argv)>1 else None
most=int(sys.argv[2]) if len(sys.argv)>2 else 100
only=sys.argv[3].split(',') if len(sys.argv)>3 else None
with all_commands() as cs:
  for c in cs:
    if names and c.name not in names: continue
    usual=run_command(c, Fault("none",0))
    print("##",c.name,usual.code,usual.stdout[-200:],usual.stderr[:300],list(usual.files))
    for k in KINDS:
        if only and k.call not in only: continue
        t=time.time()
        u=run_command(c,Fault(k.call,1))
        fs=list(faults(k,u.calls,most))
        def one(f):
            s=run_command(c,f)
            return f,s,fault_of(c,usual,s)
        bad=collections.OrderedDict(); inj=0
        with ThreadPoolExecutor(2) as ex:
            for f,s,w in ex.map(one,fs):
                inj+=s.failed>0
                if w: bad.setdefault(w,[]).append((f,s))
        print("  ",k.call,u.calls,"runs",len(fs),"injected",inj,"bad",sum(map(len,bad.values())),"%.1fs"%(time.time()-t),flush=True)
        for w,l in bad.items():
            f,s=l[0]
            print("      ",w,len(l),[ (x[0].number,x[0].error,x[0].stays) for x in l][:12],s.code,s.stdout[-300:],s.stderr[-300:],flush=True)
