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
from tests.support.web_servers import start_server

PAGE = "http://localhost:5173"

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


@pytest.mark.parametrize("call", CALLS)
@pytest.mark.parametrize("server", ["apache", "caddy", "django", "fastapi", "flask"])
def test_other_servers(tmp_path: Path, started: ExitStack, server: str, call: str) -> None:
    told = check(tmp_path, start_server(started, tmp_path, server, ""), "/api/items", call)
    assert (told["verdict"], told["server"]) == ("blocked", server)
    port = start_server(started, tmp_path, server, told["snippet"])
    assert check(tmp_path, port, "/api/items", call)["verdict"] == "allowed"
