# SPDX-License-Identifier: MIT
"""The servers: the gateway, and nginx with the module, by a policy file and by a live policy."""

from __future__ import annotations

from pathlib import Path

from tests.faults.faulted_services import (
    ALWAYS, FIRST, SECOND, Service, origin_policy, put)
from tests.support.cors_command import COMMAND, run_cors
from tests.support.nginx_server import NGINX, nginx_module, user_line

ONE = origin_policy(ALWAYS, FIRST)
OTHER = origin_policy(ALWAYS, SECOND)

CONFIGURATION = """\
%(user)s
load_module %(module)s;
daemon off;
pid %(folder)s/nginx.pid;
error_log stderr notice;
worker_processes 2;
events { worker_connections 64; }
http {
    access_log off;
    client_body_temp_path body;
    proxy_temp_path proxy;
    fastcgi_temp_path fastcgi;
    scgi_temp_path scgi;
    uwsgi_temp_path uwsgi;
    server {
        listen 127.0.0.1:%(port)d;
        location / { cors_policy %(policy)s; return 200; }
    }
}
"""


def prepare_gateway(folder: Path, _: int) -> None:
    put(folder / "cors.yaml", ONE)
    site = folder / "site"
    site.mkdir()
    (site / "index.html").write_text("hello\n")


def change_policy(folder: Path, _: int) -> None:
    put(folder / "cors.yaml", OTHER)


def gateway_line(folder: Path, port: int) -> list[str]:
    return ["env", f"CORS_NGINX_MODULE={nginx_module()}", COMMAND, "serve", "--policy",
            "cors.yaml", "--mount", f"/={folder}/site", "--listen", f"127.0.0.1:{port}"]


def watching_line(folder: Path, port: int) -> list[str]:
    return [*gateway_line(folder, port), "--watch"]


def configure(folder: Path, port: int, policy: str) -> None:
    (folder / "nginx.conf").write_text(CONFIGURATION % {
        "user": user_line(), "module": nginx_module(), "folder": folder, "port": port,
        "policy": policy})


def prepare_nginx(folder: Path, port: int) -> None:
    put(folder / "cors.yaml", ONE)
    configure(folder, port, "cors.yaml")


def compiled(text: str, folder: Path) -> bytes:
    (folder / "source.yaml").write_text(text)
    done = run_cors(["compile", "source.yaml", "-o", "made.corsc"], folder)
    assert done.code == 0, done.stderr
    return (folder / "made.corsc").read_bytes()


def prepare_live(folder: Path, port: int) -> None:
    put(folder / "live.corsc", compiled(ONE, folder))
    configure(folder, port, "live.corsc")


def change_live(folder: Path, _: int) -> None:
    put(folder / "live.corsc", compiled(OTHER, folder))


def nginx_line(folder: Path, _: int) -> list[str]:
    return [NGINX, "-p", str(folder), "-c", "nginx.conf", "-e", "stderr"]


SERVED = "cors serve: policy "
STARTED = "start worker process "

SERVICES = [
    Service("serve", "cors", gateway_line, prepare_gateway, change_policy, True,
            SERVED, frozenset({2, 3})),
    Service("serve --watch", "cors", watching_line, prepare_gateway, change_policy, False,
            SERVED, frozenset({2, 3})),
    Service("serve: its nginx", "nginx", gateway_line, prepare_gateway, change_policy, True,
            SERVED, frozenset({2, 3})),
    Service("nginx, policy file", "nginx", nginx_line, prepare_nginx, change_policy, True,
            STARTED, frozenset({1, 2}), ()),
    Service("nginx, live policy", "nginx", nginx_line, prepare_live, change_live, False,
            STARTED, frozenset({1, 2}), ()),
]
