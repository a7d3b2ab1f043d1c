# SPDX-License-Identifier: MIT
"""nginx before the scripted server, for HTTP/2: without it Chromium sends no stream as a body."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.support.started import Started, accepts

NGINX = "/usr/sbin/nginx"
PORT = 8814
BEHIND = 8804  # where the scripted server listens for it
SECONDS = 30.0

CONFIGURATION = """\
{user}
daemon off;
pid {folder}/nginx.pid;
error_log {folder}/error.log;
worker_processes 1;
events {{ worker_connections 256; }}
http {{
    access_log off;
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    scgi_temp_path {folder}/scgi;
    uwsgi_temp_path {folder}/uwsgi;
    server {{
        listen 127.0.0.1:{port} ssl http2;
        ssl_certificate {certificate};
        ssl_certificate_key {certificate};
        location / {{
            proxy_pass http://127.0.0.1:{behind};
            proxy_http_version 1.1;
            proxy_set_header Host $http_host;
        }}
    }}
}}
"""


@contextmanager
def http2_front(folder: Path, certificate: Path) -> Iterator[None]:
    (folder / "nginx.conf").write_text(CONFIGURATION.format(
        user="user root;" if os.geteuid() == 0 else "", folder=folder, port=PORT, behind=BEHIND,
        certificate=certificate))
    command = [NGINX, "-p", str(folder), "-c", "nginx.conf", "-e", "error.log"]
    with Started(command, folder / "nginx.out", folder) as nginx:
        nginx.wait_until(lambda: accepts(PORT), f"nginx to listen on port {PORT}", SECONDS)
        yield
