# SPDX-License-Identifier: MIT
"""nginx as one process under callgrind, which counts the instructions that requests take.

    with CountedNginx(folder, server="location / { ... }") as nginx:
        instructions = nginx.per_request(Request("GET", "/item", {"Origin": "https://a.example"}))

What is counted is the process itself: nginx, the module and the C library, not the kernel. Two
batches of different sizes are subtracted, so that what happens once drops out. The clock is looked
at when a timer says so (timer_resolution) and not at each event, so that no count depends on it.
"""

from __future__ import annotations

import os
import re
import signal
import statistics
import time
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType

from tests.support.nginx_server import NGINX, user_line
from tests.support.raw_client import Connection, Response
from tests.support.started import Started, accepts, free_port, wait_for

START_SECONDS = 60.0  # of nginx under valgrind, on a machine that does much else
FEW, MANY = 20, 120  # requests of the two batches
TIMES = 3  # now and then the kernel wakes nginx once for nothing, some 2,000 instructions

# A file is named by its time in its ETag, whose length should not depend on the day.
MODIFIED = 1_000_000_000

CONFIGURATION = """\
%(user)s
%(main)s
daemon off;
master_process off;
worker_processes 1;
timer_resolution 1000s;
pid %(folder)s/nginx.pid;
error_log %(folder)s/error.log;
events { worker_connections 16; }
http {
    client_body_temp_path %(folder)s/body;
    proxy_temp_path %(folder)s/proxy;
    fastcgi_temp_path %(folder)s/fastcgi;
    uwsgi_temp_path %(folder)s/uwsgi;
    scgi_temp_path %(folder)s/scgi;
    access_log off;
    keepalive_requests 1000000;
%(http)s
    server {
        listen 127.0.0.1:%(port)d;
        root %(folder)s;
        default_type application/json;
%(server)s
    }
}
"""


@dataclass(frozen=True)
class Request:
    method: str
    path: str
    headers: dict[str, str] = field(default_factory=dict)


class CountedNginx:
    """nginx with a file `item` to serve. At its end no process is left."""

    def __init__(self, folder: Path, server: str, http: str = "", main: str = "") -> None:
        self.folder = folder
        self.port = free_port()
        self.dumps = 0
        item = folder / "item"
        item.write_text('{"id": 1, "title": "count the instructions"}\n')
        os.utime(item, (MODIFIED, MODIFIED))
        (folder / "nginx.conf").write_text(CONFIGURATION % {
            "user": user_line(), "main": main, "folder": folder, "http": http,
            "server": server, "port": self.port})
        # A dump of what was counted is written when nginx is told to reopen its log files.
        command = ["valgrind", "--tool=callgrind", f"--callgrind-out-file={folder}/counted",
                   "--dump-before=ngx_reopen_files", "--dump-instr=no", "--compress-strings=no",
                   NGINX, "-p", str(folder), "-c", "nginx.conf", "-e", "error.log"]
        self.process = Started(command, folder / "nginx.out", folder)
        try:
            self.process.wait_until(lambda: accepts(self.port), "nginx listens", START_SECONDS)
            self.connection = Connection(self.port)
        except BaseException:
            self.process.end()
            raise

    def __enter__(self) -> CountedNginx:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None,
                 trace: TracebackType | None) -> None:
        self.connection.socket.close()
        self.process.end()

    def ask(self, request: Request) -> Response:
        return self.connection.ask(request.method, request.path, list(request.headers.items()))

    def per_request(self, request: Request) -> float:
        self._batch(request, FEW)  # the first ones find caches cold
        return statistics.median(
            (self._batch(request, MANY) - self._batch(request, FEW)) / (MANY - FEW)
            for _ in range(TIMES))

    def _batch(self, request: Request, count: int) -> int:
        self._dump()
        for _ in range(count):
            # One that comes while nginx is still busy would spare it an epoll_wait().
            self._rest()
            self.ask(request)
        return self._dump()

    def _dump(self) -> int:
        """The instructions since the dump before."""
        self.dumps += 1
        file = self.folder / f"counted.{self.dumps}"
        # A signal on the way to epoll_wait() would be noticed after the next event only.
        self._rest()
        self.process.process.send_signal(signal.SIGUSR1)
        wait_for(lambda: totals_of(file) is not None, "callgrind's dump", START_SECONDS)
        counted = totals_of(file)
        assert counted is not None
        return counted

    def _rest(self) -> None:
        """Returns once nginx waits for events."""
        stat = Path(f"/proc/{self.process.process.pid}/stat")
        deadline = time.monotonic() + START_SECONDS
        while stat.read_text().rpartition(")")[2].split()[0] != "S":
            assert time.monotonic() < deadline, f"nginx is never at rest: {self.process.said()}"
            os.sched_yield()


def totals_of(file: Path) -> int | None:
    """What a dump says in its last line; None until it stands there."""
    found = re.search(r"^totals: (\d+)$", file.read_text() if file.exists() else "", re.MULTILINE)
    return None if found is None else int(found.group(1))
