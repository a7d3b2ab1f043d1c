# SPDX-License-Identifier: MIT
"""A `cors serve` that is soaked: what it says is read as it comes and not kept, for it is a lot."""

from __future__ import annotations

import os
import re
import threading
from collections import Counter
from pathlib import Path

from tests.soak.soak_conditions import Gateways
from tests.soak.soak_policies import count_origins, policy_text
from tests.support.cors_command import COMMAND, ROOT
from tests.support.started import Started, children_of, wait_for

MODULE = os.environ.get("CORS_NGINX_MODULE", "build/ngx_http_cors_module.so")

# Far above what anything here takes: only a failure waits so long.
SECONDS = 30.0

SERVES = re.compile(rb"^cors serve: https?://127\.0\.0\.1:(\d+)/ serves ")
IN_FORCE = re.compile(rb"^cors serve: now in force: \S+ environment production: (\d+) origins? in ")
LOST = re.compile(rb"(\d+) lines? (?:of nginx were lost|.*left out)")
TROUBLE = b"cors serve: "
# Of what comes from clients, a terminal must see nothing but text.
CONTROL = re.compile(rb"[\x00-\x09\x0b-\x1f\x7f]|\xc2[\x80-\x9f]")
READ_BYTES = 1 << 16
KEPT_MAX = 200  # of what the gateway says besides decisions


class LogReader(threading.Thread):
    """Reads all that a gateway says, until it has ended."""

    def __init__(self, fifo: Path) -> None:
        super().__init__(daemon=True)
        os.mkfifo(fifo)
        self._descriptor = os.open(fifo, os.O_RDONLY | os.O_NONBLOCK)  # or it waits for a writer
        os.set_blocking(self._descriptor, True)
        self.port: int | None = None
        self.ready = False
        self.in_force = 0  # the origins of the policy that was last said to be
        self.counts: Counter[str] = Counter()
        self.kept: list[str] = []

    def run(self) -> None:
        rest = b""
        while data := os.read(self._descriptor, READ_BYTES):
            lines, _, rest = (rest + data).rpartition(b"\n")
            self._take(lines)
        os.close(self._descriptor)

    def _take(self, lines: bytes) -> None:
        self.counts["lines"] += lines.count(b"\n") + 1
        self.counts["control bytes"] += len(CONTROL.findall(lines.replace(b"\n", b"")))
        if TROUBLE in lines:
            for line in lines.split(b"\n"):
                if line.startswith(TROUBLE):
                    self._take_message(line)

    def _take_message(self, line: bytes) -> None:
        serves, in_force, lost = SERVES.match(line), IN_FORCE.match(line), LOST.search(line)
        if serves:
            self.port = int(serves[1])
        elif line.startswith(b"cors serve: policy "):
            self.ready = True
        elif in_force:
            self.in_force = int(in_force[1])
            self.counts["in force"] += 1
        elif lost:
            self.counts["lines lost"] += int(lost[1])
        else:
            self._keep(line.decode(errors="replace"))

    def _keep(self, words: str) -> None:
        self.counts["complaints"] += 1
        self.kept = [*self.kept[1 - KEPT_MAX:], words]


class SoakedGateway(Started):
    """With a folder of its own, in which its policy stands and everything temporary has to."""

    def __init__(self, folder: Path, gateway: Gateways, upstream_port: int,
                 arguments: list[str]) -> None:
        folder.mkdir()
        self.gateway = gateway
        self.folder = folder
        self.scratch = folder / "tmp"
        self.scratch.mkdir()
        self.put_policy(0)
        self.log_reader = LogReader(folder / "log")
        super().__init__(
            [COMMAND, "serve", "--policy", "cors.yaml", "--listen", "127.0.0.1:0", "--watch",
             "--upstream", f"http://127.0.0.1:{upstream_port}", *arguments],
            folder / "log", folder,
            {"CORS_NGINX_MODULE": str((ROOT / MODULE).resolve()), "TMPDIR": str(self.scratch)})
        self.log_reader.start()

    def said(self) -> str:
        """The last of it that is no decision."""
        return "\n".join(self.log_reader.kept)

    def put_policy(self, turn: int) -> None:
        beside = self.folder / "cors.yaml.new"
        beside.write_text(policy_text(turn))
        beside.replace(self.folder / "cors.yaml")

    def wait_until_ready(self) -> int:
        self.wait_until(lambda: self.log_reader.ready, "the gateway", SECONDS)
        assert self.log_reader.port is not None
        return self.log_reader.port

    def is_in_force(self, turn: int) -> bool:
        return self.log_reader.in_force == count_origins(turn)

    def master(self) -> int | None:
        children = children_of(self.process.pid)
        return children[0] if children else None

    def workers(self) -> list[int]:
        """Those of nginx's workers that live, the ones that are shutting down included."""
        master = self.master()
        return [] if master is None else children_of(master)

    def end_and_wait(self) -> int:
        """Ends it as a person would. Returns its exit status; nothing of it runs any more."""
        self.process.terminate()
        code = self.process.wait(SECONDS)
        self.log_reader.join(SECONDS)
        return code

    def left_behind(self) -> list[str]:
        return sorted(os.listdir(self.scratch))


def wait_until_written(file: Path) -> str:
    """The text of a file that another process puts in place whole."""
    wait_for(file.exists, str(file), SECONDS)
    return file.read_text()
