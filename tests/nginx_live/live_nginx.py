# SPDX-License-Identifier: MIT
"""nginx with a live policy: compiled policies, their replacement, and what processes hold."""

from __future__ import annotations

import os
import re
import shutil
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.nginx_live.live_load import ALWAYS, Timeline
from tests.support.cors_command import run_cors
from tests.support.nginx_server import NginxServer
from tests.support.started import wait_for

# Far above what anything here takes: only a failure waits so long.
SECONDS = 60.0

IN_FORCE = re.compile(r'\[notice\].*cors: "([^"]+)" is in force in all workers: '
                      r"(\d+) entr(?:y|ies) \[([0-9a-f]{16})\]")
REFUSED = re.compile(r'\[error\].*cors: "([^"]+)" was replaced but is not taken, '
                     r"what was in force stays: (.*)")
WRITTEN = re.compile(r"\[([0-9a-f]{16})\]$")

LOCATION = "location / { cors_policy %s; add_header X-Worker $pid; return 200; }"


@dataclass(frozen=True)
class Compiled:
    """A compiled policy that allows its mark, ALWAYS, and more origins that nobody asks for."""

    file: Path
    mark: str
    checksum: str
    entries: int


def compile_policy(folder: Path, name: str, more: int = 0,
                   environment: str = "production") -> Compiled:
    mark = f"https://{name}.example"
    (folder / f"{name}.txt").write_text(
        "".join(f"https://tenant-{i}.{name}.example\n" for i in range(more)))
    source = folder / f"{name}.yaml"
    source.write_text("policies:\n  - allow_origins:\n"
                      f"      - '{mark}'\n      - '{ALWAYS}'\n"
                      f"      - {{ from_file: {name}.txt }}\n")
    file = folder / f"{name}.corsc"
    done = run_cors(["compile", source.name, "-o", file.name, "--env", environment], folder)
    assert done.code == 0, done.stderr
    written = WRITTEN.search(done.stdout.strip())
    assert written is not None, done
    return Compiled(file, mark, written[1], more + 2)


def put(file: Path, live: Path) -> None:
    """Replaces a live file as it should be done."""
    beside = live.with_name(live.name + ".new")
    shutil.copyfile(file, beside)
    os.chmod(beside, 0o644)
    os.replace(beside, live)


def in_force(nginx: NginxServer, live: Path) -> list[str]:
    """The checksums of what came into force, as nginx said it."""
    return [checksum for path, _, checksum in IN_FORCE.findall(nginx.errors())
            if path == str(live)]


def refusals(nginx: NginxServer) -> list[str]:
    return [why for _, why in REFUSED.findall(nginx.errors())]


def wait_until_in_force(nginx: NginxServer, live: Path, compiled: Compiled, after: int) -> None:
    """Until nginx said so, besides the `after` times that it said something before."""
    def said() -> bool:
        checksums = in_force(nginx, live)
        return len(checksums) > after and checksums[-1] == compiled.checksum
    try:
        wait_for(said, f"{compiled.mark} in force", SECONDS)
    except TimeoutError as error:
        raise TimeoutError(f"{error}\n{nginx.errors()[-4000:]}") from None


def swap(nginx: NginxServer, live: Path, compiled: Compiled, timeline: Timeline) -> None:
    """Replaces the live file, and returns once the new policy is in force in all workers."""
    after = len(in_force(nginx, live))
    number = timeline.begin(compiled.mark)
    put(compiled.file, live)
    wait_until_in_force(nginx, live, compiled, after)
    timeline.settle(number)


@contextmanager
def stopped(worker: int) -> Iterator[None]:
    """A worker that gets no processor, so that it cannot come to a new policy."""
    os.kill(worker, signal.SIGSTOP)
    try:
        yield
    finally:
        os.kill(worker, signal.SIGCONT)


def threads(process: int) -> int:
    return len(os.listdir(f"/proc/{process}/task"))


def policy_memories(process: int) -> dict[int, int]:
    """The bytes in each memory for policies that a process has open, by its inode."""
    memories = {}
    for link in Path(f"/proc/{process}/fd").iterdir():
        try:
            name, status = os.readlink(link), link.stat()
        except FileNotFoundError:
            continue  # it was closed while we looked
        if name.startswith("/memfd:cors_policy"):
            memories[status.st_ino] = status.st_blocks * 512
    return memories


def policy_mappings(process: int) -> int:
    """How many policies a process has mapped."""
    maps = Path(f"/proc/{process}/maps").read_text().splitlines()
    return sum("/memfd:cors_policy" in line for line in maps)


def own_memory(process: int) -> int:
    """What memory a process has for itself, in bytes."""
    status = Path(f"/proc/{process}/status").read_text()
    found = re.search(r"^RssAnon:\s+(\d+) kB$", status, re.MULTILINE)
    assert found is not None
    return int(found[1]) * 1024


def locks(process: int) -> list[str]:
    """The locks on files that a process holds or waits for."""
    return [line for line in Path("/proc/locks").read_text().splitlines()
            if str(process) in line.split()]
