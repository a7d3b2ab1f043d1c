# SPDX-License-Identifier: MIT
"""The servers and frameworks that people run, each with a snippet where they would put one.

    port = start_server(started, tmp_path, "flask", "CORS(app)")

All answer at /api/items; what is below is not there. Those of npm want node_modules.install().
"""

from __future__ import annotations

from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from tests.support.node_modules import MODULES
from tests.support.started import Started, accepts, free_port

SECONDS = 30.0

FLASK = """
from flask import Flask
app = Flask(__name__)
%(snippet)s
@app.route("/api/items", methods=["GET", "DELETE"])
def items(): return "hello"
app.run("127.0.0.1", %(port)d)
"""

STARLETTE = """
import uvicorn
from starlette.applications import Starlette
from starlette.responses import PlainTextResponse
from starlette.routing import Route
async def items(request): return PlainTextResponse("hello")
app = Starlette(routes=[Route("/api/items", items, methods=["GET", "DELETE"])])
%(snippet)s
uvicorn.run(app, host="127.0.0.1", port=%(port)d)
"""

DJANGO = """
INSTALLED_APPS = []
MIDDLEWARE = ["django.middleware.common.CommonMiddleware"]
%(snippet)s
import django
from django.conf import settings
chosen = {name: value for name, value in list(globals().items()) if name.isupper()}
settings.configure(ROOT_URLCONF=__name__, SECRET_KEY="x", ALLOWED_HOSTS=["*"], DEBUG=True, **chosen)
from django.core.management import execute_from_command_line
from django.http import HttpResponse
from django.urls import path
urlpatterns = [path("api/items", lambda request: HttpResponse("hello"))]
django.setup()
execute_from_command_line(["manage", "runserver", "--noreload", "127.0.0.1:%(port)d"])
"""

EXPRESS = """
const express = require('express');
const app = express();
%(snippet)s
app.get('/api/failing', () => { throw new Error('out of order'); });
app.put('/api/items', (request, response) => response.json({}));
app.get('/api/items', (request, response) => response.json([]));
app.listen(%(port)d, '127.0.0.1');
"""

FASTIFY = """
const fastify = require('fastify')();
%(snippet)s
fastify.register(async (routes) => {
  routes.get('/api/items', async () => []);
  routes.put('/api/items', async () => ({}));
});
fastify.listen({ port: %(port)d, host: '127.0.0.1' });
"""

KOA = """
const Koa = require('koa');
const app = new Koa();
%(snippet)s
app.use((context) => {
  if (context.path === '/api/items' && context.method !== 'OPTIONS') context.body = [];
});
app.listen(%(port)d, '127.0.0.1');
"""

HONO = """
const { serve } = require('@hono/node-server');
const { Hono } = require('hono');
const app = new Hono();
%(snippet)s
app.get('/api/items', (context) => context.json([]));
app.put('/api/items', (context) => context.json({}));
serve({ fetch: app.fetch, port: %(port)d, hostname: '127.0.0.1' });
"""

CADDY = """
{
    admin off
    auto_https off
}
http://:%(port)d {
    bind 127.0.0.1
%(snippet)s
    respond /api/items "hello"
    respond 404
}
"""

HAPROXY = """
defaults
    mode http
    timeout connect 10s
    timeout client 30s
    timeout server 30s
frontend api
    bind 127.0.0.1:%(port)d
%(snippet)s
    default_backend items
backend items
    server items abns@items-of-%(port)d
frontend items
    bind abns@items-of-%(port)d
    http-request return status 200 content-type application/json string "[]" if { path /api/items }
    http-request return status 404
"""

PHP = """<?php
if (!str_starts_with($_SERVER['REQUEST_URI'], '/api/')) { http_response_code(404); exit; }
%(snippet)s
if (strtok($_SERVER['REQUEST_URI'], '?') !== '/api/items') { http_response_code(404); }
header('Content-Type: application/json');
echo '[]';
"""

# What API Gateway does around a function: it hands the request in as an event.
LAMBDA = """
const http = require('http');
%(snippet)s
http.createServer(async (request, response) => {
  const path = request.url.split('?')[0];
  const event = { headers: request.headers, httpMethod: request.method, path };
  const answer = path === '/api/items' ? await exports.handler(event)
    : { statusCode: 403, headers: {}, body: '{"message":"Missing Authentication Token"}' };
  response.writeHead(answer.statusCode, answer.headers);
  response.end(answer.body);
}).listen(%(port)d, '127.0.0.1');
"""

APACHE = """
ServerName localhost
Listen 127.0.0.1:%(port)d
PidFile %(folder)s/%(port)d.pid
ErrorLog %(folder)s/%(port)d.errors
LoadModule mpm_event_module /usr/lib/apache2/modules/mod_mpm_event.so
LoadModule authz_core_module /usr/lib/apache2/modules/mod_authz_core.so
LoadModule headers_module /usr/lib/apache2/modules/mod_headers.so
LoadModule rewrite_module /usr/lib/apache2/modules/mod_rewrite.so
LoadModule setenvif_module /usr/lib/apache2/modules/mod_setenvif.so
<VirtualHost *:%(port)d>
DocumentRoot %(folder)s/site
<Directory %(folder)s/site>
    Require all granted
    AllowOverride None
</Directory>
%(snippet)s
</VirtualHost>
"""


@dataclass(frozen=True)
class Software:
    command: list[str]  # to start it on a file, which is named last; may name the port
    text: str  # of that file


NODE = ["node"]
PYTHON = ["/usr/bin/python3"]
SOFTWARE = {
    "apache": Software(["/usr/sbin/apache2", "-X", "-f"], APACHE),
    "caddy": Software(["caddy", "run", "--adapter", "caddyfile", "--config"], CADDY),
    "django": Software(PYTHON, DJANGO),
    "express": Software(NODE, EXPRESS),
    "fastapi": Software(PYTHON, STARLETTE),
    "fastify": Software(NODE, FASTIFY),
    "flask": Software(PYTHON, FLASK),
    "haproxy": Software(["/usr/sbin/haproxy", "-db", "-f"], HAPROXY),
    "hono": Software(NODE, HONO),
    "koa": Software(NODE, KOA),
    "lambda": Software(NODE, LAMBDA),
    "php": Software(["php", "-S", "127.0.0.1:%(port)d"], PHP),
}


def start_server(started: ExitStack, folder: Path, name: str, snippet: str) -> int:
    """A server with a snippet in its configuration, until `started` is left; returns its port."""
    return start_software(started, folder, SOFTWARE[name], snippet)


def start_software(started: ExitStack, folder: Path, software: Software, snippet: str) -> int:
    port = free_port()
    file = folder / f"{port}.conf"
    file.write_text(software.text % {"snippet": snippet, "port": port, "folder": folder})
    write_site(folder / "site")
    command = [word.replace("%(port)d", str(port)) for word in software.command]
    process = started.enter_context(Started(
        [*command, str(file)], folder / f"{port}.log", folder,
        {"HOME": str(folder), "NODE_PATH": str(MODULES)}))
    process.wait_until(lambda: accepts(port), f"{command[0]} to listen", SECONDS)
    return port


def write_site(folder: Path) -> None:
    """What a server of files serves: /api/items."""
    (folder / "api").mkdir(parents=True, exist_ok=True)
    (folder / "api" / "items").write_text("hello")
