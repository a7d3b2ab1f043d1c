import sys; sys.path.insert(0,'/work/main')
import os, collections, time
from concurrent.futures import ThreadPoolExecutor
from tests.faults.faulted_gateways import *
from tests.faults.faulted_services import *
from tests.faults.fault_kinds import *
names=sys.argv[1].split(',') if len(sys.argv)>1 else None
most=int(sys.argv[2]) if len(sys.argv)>2 else 100
only=sys.argv[3].split(',') if len(sys.argv)>3 else None
for c in SERVICES:
    if names and not any(c.name.startswith(n[:-1]) if n.endswith('*') else c.name==n for n in [x for x in names]): continue
    t=time.time()
    usual=run_service(c, NO_FAULT)
    print("##",c.name,usual.wrong,usual.code,usual.said[-1500:],"%.2fs"%(time.time()-t),flush=True)
    for k in KINDS:
        if only and k.call not in only: continue
        t=time.time()
        u=run_service(c,Fault(k.call,1))
        fs=list(faults(k,u.calls,most))
        def one(f):
            try: s=run_service(c,f)
            except Exception as e:
                import traceback
                return f,Served(repr(e)+traceback.format_exc()[-600:],None,"",0,0)
            return f,s
        bad=collections.OrderedDict(); inj=0
        with ThreadPoolExecutor(1) as ex:
            for f,s in map(one,fs):
                inj+=s.failed>0
                if s.wrong: bad.setdefault(s.wrong,[]).append((f,s))
        print("  ",k.call,u.calls,"runs",len(fs),"injected",inj,"bad",sum(map(len,bad.values())),"%.1fs"%(time.time()-t),flush=True)
        for w,l in bad.items():
            f,s=l[0]
            print("      ",w,len(l),[ (x[0].number,x[0].error,x[0].stays) for x in l][:12],s.code,s.said[-700:],flush=True)
