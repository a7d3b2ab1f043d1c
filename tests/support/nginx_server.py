# SPDX-License-Identifier: MIT
"""The machine's own nginx with the built module, on a free port, in a folder of its own.

    with NginxServer(folder, "cors_allow_origins https://app.example;") as nginx:
        response = ask(nginx.port, "GET", "/", [("Origin", "https://app.example")])

CORS_NGINX_MODULE names another module than build/ngx_http_cors_module.so, and CORS_NGINX_PRELOAD a
library that nginx loads first (a sanitizer's).
"""

from __future__ import annotations

import os
import signal
import subprocess
from pathlib import Path

from tests.support.certificates import Pair
from tests.support.started import Started, accepts, free_port, wait_for

ROOT = Path(__file__).resolve().parent.parent.parent
NGINX = "/usr/sbin/nginx"
SECONDS = 30.0
PORTS_TO_TRY = 5

CONFIGURATION = """\
%(user)s
load_module %(module)s;
daemon off;
pid %(folder)s/nginx.pid;
error_log %(folder)s/error.log info;
worker_processes %(workers)d;
%(main)s
events { worker_connections 256; }
http {
    client_body_temp_path %(folder)s/body;
    proxy_temp_path %(folder)s/proxy;
    fastcgi_temp_path %(folder)s/fastcgi;
    scgi_temp_path %(folder)s/scgi;
    uwsgi_temp_path %(folder)s/uwsgi;
    log_format cors '$request_method $uri $status [$cors_kind] [$cors_allowed] [$cors_reason]';
    access_log %(folder)s/access.log cors;
    proxy_http_version 1.1;
%(http)s
    server {
        listen 127.0.0.1:%(port)d%(options)s;
%(server)s
    }
}
"""


def nginx_module() -> Path:
    return (ROOT / os.environ.get("CORS_NGINX_MODULE", "build/ngx_http_cors_module.so")).resolve()


def nginx_environment(environment: dict[str, str]) -> dict[str, str]:
    preload = os.environ.get("CORS_NGINX_PRELOAD")
    return {**environment, **({"LD_PRELOAD": preload} if preload else {})}


def user_line() -> str:
    """Workers of a master that is root read and write the test's own folder too."""
    return "user root;" if os.geteuid() == 0 else ""


def check_configuration(folder: Path, text: str) -> subprocess.CompletedProcess[str]:
    """What `nginx -t` says to a whole nginx.conf, `load_module` included."""
    file = folder / "nginx.conf"
    file.write_text(text)
    return subprocess.run(
        [NGINX, "-t", "-p", str(folder), "-c", str(file), "-e", "stderr"],
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=SECONDS,
        env=nginx_environment(dict(os.environ)))


class NginxServer:
    """A running nginx. `server` goes into its one server, `http` before that, `main` to the top.

    With `tls` it takes TLS connections only. `user` is who the workers run as.
    """

    def __init__(self, folder: Path, server: str, http: str = "", main: str = "",
                 http2: bool = False, environment: dict[str, str] | None = None,
                 tls: Pair | None = None, workers: int = 1, user: str | None = None) -> None:
        self.folder = folder
        self.environment = nginx_environment(environment or {})
        self.main = main
        self.worker_count = workers
        self.user = user_line() if user is None else f"user {user};"
        self.listen_options = (" ssl" if tls else "") + (" http2" if http2 else "")
        self.tls_lines = (f"ssl_certificate {tls.certificate};\n"
                          f"ssl_certificate_key {tls.key};\n" if tls else "")
        self.port = 0
        self.texts = server, http
        self.process = self._start()

    def __enter__(self) -> NginxServer:
        return self

    def __exit__(self, *_: object) -> None:
        self.process.end()

    def configure(self, server: str, http: str = "") -> None:
        """Writes another configuration; reload() has nginx read it."""
        self.texts = server, http
        (self.folder / "nginx.conf").write_text(CONFIGURATION % {
            "user": self.user, "workers": self.worker_count, "module": nginx_module(),
            "folder": self.folder,
            "main": self.main, "http": http, "server": self.tls_lines + server,
            "port": self.port, "options": self.listen_options})

    def reload(self) -> bool:
        """Whether nginx took the new configuration. Its old workers are gone then."""
        old = self.workers()
        done = self._count("start worker process ")
        refused = self._count("[emerg]")
        self.process.process.send_signal(signal.SIGHUP)

        def answered() -> bool:
            return (self._count("start worker process ") >= done + self.worker_count or
                    self._count("[emerg]") > refused)
        wait_for(answered, "a reload", SECONDS)
        if self._count("[emerg]") > refused:
            return False
        wait_for(lambda: not old & self.workers(), "the end of the old workers", SECONDS)
        return True

    def workers(self) -> set[int]:
        pid = self.process.process.pid
        return {int(child) for child in
                Path(f"/proc/{pid}/task/{pid}/children").read_text().split()}

    def access_lines(self, count: int) -> list[str]:
        """The access log, once it has that many lines."""
        log = self.folder / "access.log"
        wait_for(lambda: log.read_text().count("\n") >= count, f"{count} log lines", SECONDS)
        return log.read_text().splitlines()

    def errors(self) -> str:
        return (self.folder / "error.log").read_text(errors="replace")

    def _count(self, words: str) -> int:
        return self.errors().count(words)

    def _start(self) -> Started:
        for _ in range(PORTS_TO_TRY):
            self.port = free_port()
            self.configure(*self.texts)
            command = [NGINX, "-p", str(self.folder), "-c", "nginx.conf", "-e", "error.log"]
            process = Started(command, self.folder / "nginx.out", self.folder, self.environment)
            try:
                process.wait_until(self._listens, "nginx listens", SECONDS)
                return process
            except ChildProcessError as error:
                process.end()
                if "Address already in use" not in self.errors():
                    raise ChildProcessError(f"{error}\n{self.errors()}") from None
            except BaseException:
                process.end()
                raise
        raise ChildProcessError(f"no port was free {PORTS_TO_TRY} times")

    def _listens(self) -> bool:
        """Whether the workers are there too: reload() tells the old from the new by them."""
        pid = self.folder / "nginx.pid"
        alone = "master_process off;" in self.main
        return (pid.exists() and pid.read_text() != "" and accepts(self.port) and
                (alone or self._count("start worker process ") >= self.worker_count))
