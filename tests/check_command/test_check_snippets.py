# SPDX-License-Identifier: MIT
"""The snippets of cors check, put to use: with them the call that was blocked is allowed."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from tests.support.cors_command import run_cors
from tests.support.nginx_server import NginxServer
from tests.support.started import Started, accepts, free_port

PAGE = "http://localhost:5173"
SECONDS = 30.0

# A call that needs everything: method, headers, credentials; and one that needs next to nothing.
CALLS: dict[str, list[str]] = {
    "all": ["-X", "DELETE", "-H", "X-Token: abc", "-H", "Content-Type: application/json",
            "--credentials", "--send"],
    "headers": ["-H", "Authorization: Bearer abc"],
    "plain": [],
}
ANSWER = "... what this location does already"


@pytest.fixture(name="started")
def make_started() -> Iterator[ExitStack]:
    with ExitStack() as stack:
        yield stack


def check(folder: Path, port: int, path: str, call: str, page: str = PAGE) -> Any:
    done = run_cors(["check", f"http://127.0.0.1:{port}{path}", "--origin", page, "--json",
                     *CALLS[call]], folder)
    assert done.stderr == "" and done.code in (0, 1), done
    return json.loads(done.stdout)


def answering(snippet: str) -> str:
    """The snippet, with what the location does in place of the remark about it."""
    assert snippet.count(ANSWER) == 1
    return "\n".join("try_files /page =500;" if ANSWER in line else line
                     for line in snippet.splitlines())


def nginx(started: ExitStack, folder: Path, server: str, http: str = "") -> NginxServer:
    (folder / "page").write_text("hello")
    return started.enter_context(NginxServer(folder, f"root {folder};\n{server}", http))


@pytest.mark.parametrize("call", CALLS)
@pytest.mark.parametrize("broken", [
    "try_files /page =500;", "return 301 https://www.example.com/;", "return 500;",
    "auth_request /nothing; try_files /page =500;",
], ids=["silent", "redirects", "fails", "wants-a-login"])
def test_nginx(tmp_path: Path, started: ExitStack, broken: str, call: str) -> None:
    server = nginx(started, tmp_path, "location /api/items { %s }" % broken)
    told = check(tmp_path, server.port, "/api/items", call)
    assert (told["verdict"], told["server"]) == ("blocked", "nginx")
    once, _, location = told["snippet"].partition("location ")
    server.configure(f"root {tmp_path};\nlocation {answering(location)}", once)
    assert server.reload(), server.errors()
    assert check(tmp_path, server.port, "/api/items", call)["verdict"] == "allowed"
    assert check(tmp_path, server.port, "/api/items", call,
                 "http://localhost:4000")["code"] == "missing-allow-origin"


def test_the_errors_of_nginx_carry_the_headers_too(tmp_path: Path, started: ExitStack) -> None:
    server = nginx(started, tmp_path, "")
    told = check(tmp_path, server.port, "/api/items", "headers")
    once, _, location = told["snippet"].partition("location ")
    server.configure(f"location {answering(location).replace('/page', '/nothing')}", once)
    assert server.reload(), server.errors()
    told = check(tmp_path, server.port, "/api/items", "headers")
    assert (told["verdict"], told["exchange"][-1]["status"]) == ("allowed", 500)


@pytest.mark.parametrize("call", ["all", "headers"])
def test_nginx_with_the_module(tmp_path: Path, started: ExitStack, call: str) -> None:
    server = nginx(started, tmp_path, "cors_allow_origins https://other.example;\n"
                   "location / { try_files /page =500; }")
    told = check(tmp_path, server.port, "/api/items", call)
    assert (told["verdict"], told["server"]) == ("blocked", "nginx-module")
    server.configure(f"root {tmp_path};\n" + answering(told["snippet"]))
    assert server.reload(), server.errors()
    assert check(tmp_path, server.port, "/api/items", call)["verdict"] == "allowed"


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

CADDY = """
{
    admin off
    auto_https off
}
http://127.0.0.1:%(port)d {
%(snippet)s
    handle {
        respond "hello"
    }
}
"""

APACHE = """
ServerName localhost
Listen 127.0.0.1:%(port)d
PidFile %(folder)s/%(port)d.pid
ErrorLog %(folder)s/%(port)d.errors
LoadModule mpm_event_module /usr/lib/apache2/modules/mod_mpm_event.so
LoadModule authz_core_module /usr/lib/apache2/modules/mod_authz_core.so
LoadModule alias_module /usr/lib/apache2/modules/mod_alias.so
LoadModule headers_module /usr/lib/apache2/modules/mod_headers.so
LoadModule rewrite_module /usr/lib/apache2/modules/mod_rewrite.so
LoadModule setenvif_module /usr/lib/apache2/modules/mod_setenvif.so
<VirtualHost *:%(port)d>
<Location />
    Require all granted
</Location>
ErrorDocument 404 hello
Redirect 404 /api
%(snippet)s
</VirtualHost>
"""

# How each is started on a file that is named last, and what stands in it.
SERVERS = {
    "flask": (["/usr/bin/python3"], FLASK),
    "fastapi": (["/usr/bin/python3"], STARLETTE),
    "django": (["/usr/bin/python3"], DJANGO),
    "caddy": (["caddy", "run", "--adapter", "caddyfile", "--config"], CADDY),
    "apache": (["/usr/sbin/apache2", "-X", "-f"], APACHE),
}


def start(started: ExitStack, folder: Path, server: str, snippet: str) -> int:
    """A server with a snippet in its configuration; returns its port."""
    command, text = SERVERS[server]
    port = free_port()
    file = folder / f"{port}.conf"
    file.write_text(text % {"snippet": snippet, "port": port, "folder": folder})
    process = started.enter_context(Started([*command, str(file)], folder / f"{port}.log",
                                            environment={"HOME": str(folder)}))
    process.wait_until(lambda: accepts(port), server, SECONDS)
    return port


@pytest.mark.parametrize("call", CALLS)
@pytest.mark.parametrize("server", SERVERS)
def test_other_servers(tmp_path: Path, started: ExitStack, server: str, call: str) -> None:
    told = check(tmp_path, start(started, tmp_path, server, ""), "/api/items", call)
    assert (told["verdict"], told["server"]) == ("blocked", server)
    port = start(started, tmp_path, server, told["snippet"])
    assert check(tmp_path, port, "/api/items", call)["verdict"] == "allowed"
