# SPDX-License-Identifier: MIT
"""docs/moving_from_nginx_map.md: the recipe and what takes its place, run as they are written."""
from __future__ import annotations

import os
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.application import Answer, Application, Seen
from tests.support.nginx_server import NginxServer
from tests.support.raw_client import Lines, Response, ask
from tests.support.started import Started, accepts, free_port

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs" / "moving_from_nginx_map.md").read_text()
COMMAND = str(ROOT / os.environ.get("CORS_COMMAND", "build/cors"))
MODULE = str(ROOT / os.environ.get("CORS_NGINX_MODULE", "build/ngx_http_cors_module.so"))
START_SECONDS = 30.0

FENCE = re.compile(r"^```\w+ (\S+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
FENCES: dict[str, str] = dict(FENCE.findall(PAGE))
ROW = re.compile(r"^\| ((?:preflight for )?`\w+ /.*?) \| (\d.*?) \| (\d.*?) \|$", re.MULTILINE)
ASKED = re.compile(r"(preflight for )?`(\w+) (\S+)` (?:from `(\S+)`|without an origin)")
ROWS = ROW.findall(PAGE)
ORIGIN = "access-control-allow-origin"


def application_says(seen: Seen) -> Answer:
    """What the page says of the application; it knows no OPTIONS."""
    status = {"/api/missing": 404, "/api/secret": 401}.get(seen.target, 200)
    if seen.method == "OPTIONS":
        return Answer(405)
    own: Lines = [("Access-Control-Allow-Origin", "*")] if seen.target == "/api/own" else []
    return Answer(status, own)


@pytest.fixture(scope="module")
def application() -> Iterator[Application]:
    with Application(application_says) as application:
        yield application


def fence(name: str, application: Application) -> str:
    return FENCES[name].replace("http://127.0.0.1:9000", application.url)


@pytest.fixture(scope="module")
def before(application: Application, tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    folder = tmp_path_factory.mktemp("before")
    with NginxServer(folder, fence("before.server", application), FENCES["before.http"]) as nginx:
        yield nginx.port


@pytest.fixture(scope="module")
def after(application: Application, tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    folder = tmp_path_factory.mktemp("after")
    (folder / "cors.yaml").write_text(FENCES["cors.yaml"])
    with NginxServer(folder, fence("after.server", application)) as nginx:
        yield nginx.port


@pytest.fixture(scope="module")
def gateway(application: Application, tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    folder = tmp_path_factory.mktemp("gateway")
    (folder / "cors.yaml").write_text(FENCES["cors.yaml"])
    port = free_port()
    words = fence("serve", application).split()
    assert words[0] == "cors"
    command = [COMMAND, *words[1:], "--listen", f"127.0.0.1:{port}"]
    with Started(command, folder / "log", folder, {"CORS_NGINX_MODULE": MODULE}) as started:
        started.wait_until(lambda: accepts(port), "the gateway", START_SECONDS)
        yield port


def asked(port: int, request: str) -> Response:
    """Sends what the first cell of a row says."""
    found = ASKED.fullmatch(request)
    assert found is not None, request
    preflight, method, path, origin = found.groups()
    lines = [] if origin is None else [("Origin", origin)]
    if not preflight:
        return ask(port, method, path, lines)
    return ask(port, "OPTIONS", path, [*lines, ("Access-Control-Request-Method", method)])


def shown(response: Response, request: str) -> str:
    """An answer in the words of the table."""
    origins = response.values(ORIGIN)
    others = {name.lower() for name, _ in response.lines
              if name.lower().startswith("access-control-")} - {ORIGIN}
    if len(origins) > 1:
        said = "two lines"
    elif not origins:
        said = "no line"
    else:
        said = "allowed by *" if origins == ["*"] else "allowed"
        assert origins == ["*"] or f"`{origins[0]}`" in request
    vary = "Vary" if "origin" in response.vary() else "no Vary"
    return f"{response.status}, {said}, {vary}, told {len(others)}"


def test_the_page_has_its_parts() -> None:
    assert len(ROWS) >= 12
    assert {"before.http", "before.server", "after.server", "cors.yaml", "serve"} <= set(FENCES)


@pytest.mark.parametrize("request_cell, recipe, module", ROWS)
def test_a_row(before: int, after: int, request_cell: str, recipe: str, module: str) -> None:
    assert shown(asked(before, request_cell), request_cell) == recipe
    assert shown(asked(after, request_cell), request_cell) == module


@pytest.mark.parametrize("request_cell, recipe, module", ROWS)
def test_the_gateway_answers_as_the_module(gateway: int, request_cell: str, recipe: str,
                                           module: str) -> None:
    assert shown(asked(gateway, request_cell), request_cell) == module


def test_what_the_page_says_of_expressions(application: Application, tmp_path: Path) -> None:
    lines = FENCES["before.http"].replace("com$\"", "com\"")
    assert lines != FENCES["before.http"]
    evil = "https://pr-1.preview.example.com.evil.net"
    with NginxServer(tmp_path, fence("before.server", application), lines) as nginx:
        assert ask(nginx.port, "GET", "/api/x", [("Origin", evil)]).values(ORIGIN) == [evil]


def test_what_the_page_says_of_patterns(after: int) -> None:
    for origin, allowed in (("https://pr-x.preview.example.com", True),
                            ("https://pr-1.preview.example.com.evil.net", False),
                            ("https://pr-1.a.preview.example.com", False)):
        answer = ask(after, "GET", "/api/x", [("Origin", origin)])
        assert (answer.allowed_origin() == origin) == allowed
