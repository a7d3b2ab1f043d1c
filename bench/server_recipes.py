# SPDX-License-Identifier: MIT
"""Whole servers to measure side by side, each with the CORS recipe that people paste.

All answer GET /item with the same JSON and preflights with 204, allow the same ten origins, methods
and headers, and have one process with one thread at their work.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from nginx_process import FOLDERS
from tests.support.nginx_recipe import (HEADERS, MAX_AGE, METHODS, MODULE, ORIGINS, RECIPE,
                                        RECIPE_HTTP)

ROOT = Path(__file__).resolve().parent.parent
MODULE_FILE = ROOT / "build" / "ngx_http_cors_module.so"
NODE_MODULES = ROOT / "tests" / "applications" / "node_modules"

BODY = '{"id": 1, "title": "write the bench"}\n'

NGINX = """%(load)s
%(user)s
worker_processes 1;
daemon off;
pid %(folder)s/nginx.pid;
error_log %(folder)s/error.log crit;
events { worker_connections 512; }
http {
    access_log off;
    keepalive_requests 10000000;
%(folders)s%(http)s
    server {
        listen 127.0.0.1:%(port)d;
        root %(folder)s;
        location / {
            default_type application/json;
%(location)s
        }
    }
}
"""

HAPROXY = """
global
    nbthread 1
    maxconn 512
defaults
    mode http
    timeout connect 10s
    timeout client 60s
    timeout server 60s
frontend api
    bind 127.0.0.1:%(port)d
    acl is_allowed req.hdr(Origin) -m str %(origins)s
    http-request set-var(txn.origin) req.hdr(Origin) if is_allowed
    http-after-response set-header Access-Control-Allow-Origin %%[var(txn.origin)] \
if { var(txn.origin) -m found }
    http-after-response set-header Vary Origin
    http-request return status 204 hdr Access-Control-Allow-Methods "%(methods)s" \
hdr Access-Control-Allow-Headers "%(headers)s" hdr Access-Control-Max-Age %(age)d \
if METH_OPTIONS { var(txn.origin) -m found }
    http-request return status 200 content-type application/json file %(folder)s/item \
if { path /item }
    http-request return status 404
"""

CADDY = """
{
    admin off
    auto_https off
}
http://:%(port)d {
    bind 127.0.0.1
    @allowed {
%(matchers)s
    }
    header @allowed Access-Control-Allow-Origin "{http.request.header.Origin}"
    header Vary Origin
    @preflight method OPTIONS
    handle @preflight {
        header @allowed {
            Access-Control-Allow-Methods "%(methods)s"
            Access-Control-Allow-Headers "%(headers)s"
            Access-Control-Max-Age %(age)d
        }
        respond 204
    }
    header /item Content-Type application/json
    respond /item `%(body)s`
    respond 404
}
"""

EXPRESS = """
const express = require('express');
const cors = require('cors');
const app = express();
app.use(cors({ origin: %(origins)s, methods: %(methods)s, allowedHeaders: %(headers)s,
               maxAge: %(age)d }));
app.get('/item', (request, response) => response.json(%(body)s));
app.listen(%(port)d, '127.0.0.1');
"""


@dataclass(frozen=True)
class Recipe:
    words: str  # in the table
    command: Callable[[Path, int], list[str]]  # writes what it needs into the folder
    has_cors: bool = True
    environment: dict[str, str] = field(default_factory=dict)


def nginx(location: str = "", http: str = "",
          load: str = "") -> Callable[[Path, int], list[str]]:
    def command(folder: Path, port: int) -> list[str]:
        file = folder / "nginx.conf"
        file.write_text(NGINX % {
            "load": load, "folder": folder, "folders": FOLDERS.format(folder=folder),
            "http": http, "port": port, "location": location,
            "user": "user root;" if os.geteuid() == 0 else ""})
        (folder / "item").write_text(BODY)
        return ["nginx", "-p", str(folder), "-c", str(file), "-e", f"{folder}/error.log"]
    return command


def haproxy(folder: Path, port: int) -> list[str]:
    (folder / "item").write_text(BODY)
    (folder / "haproxy.cfg").write_text(HAPROXY % {
        "port": port, "origins": " ".join(ORIGINS), "methods": ", ".join(METHODS),
        "headers": ", ".join(HEADERS), "age": MAX_AGE, "folder": folder})
    return ["haproxy", "-db", "-q", "-f", str(folder / "haproxy.cfg")]


def caddy(folder: Path, port: int) -> list[str]:
    (folder / "Caddyfile").write_text(CADDY % {
        "port": port, "matchers": "\n".join(f"        header Origin {o}" for o in ORIGINS),
        "methods": ", ".join(METHODS), "headers": ", ".join(HEADERS), "age": MAX_AGE,
        "body": BODY})
    return ["caddy", "run", "--adapter", "caddyfile", "--config", str(folder / "Caddyfile")]


def express(folder: Path, port: int) -> list[str]:
    (folder / "server.js").write_text(EXPRESS % {
        "port": port, "origins": ORIGINS, "methods": METHODS, "headers": HEADERS,
        "age": MAX_AGE, "body": BODY.strip()})
    (folder / "node_modules").symlink_to(NODE_MODULES)
    return ["node", "--single-threaded-gc", str(folder / "server.js")]


RECIPES = {
    "bare": Recipe("nginx, no CORS at all", nginx(), has_cors=False),
    "recipe": Recipe("nginx, `map` + `add_header`", nginx(RECIPE, http=RECIPE_HTTP)),
    "module": Recipe("nginx, the module", nginx(MODULE, load=f"load_module {MODULE_FILE};")),
    "haproxy": Recipe("HAProxy, `http-after-response set-header`", haproxy),
    "caddy": Recipe("Caddy, `header` with a matcher", caddy, environment={"GOMAXPROCS": "1"}),
    "express": Recipe("Express with cors", express, environment={"NODE_ENV": "production"}),
}
