# SPDX-License-Identifier: MIT
"""`cors check` against real nginx: with recipes that go around, with the module, and with what
`cors check` itself says to put there, which then works.
"""

from __future__ import annotations

import textwrap
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.broken.broken_cases import ORIGIN
from tests.broken.check_command import ALLOWED, BLOCKED, Judged, check_json
from tests.support.application import Answer, Application, Seen
from tests.support.nginx_server import NginxServer

PAGE = "http://localhost:3000"
PUT = ("-X", "PUT", "-H", "X-Trace: 1", "-H", "Content-Type: application/json", "--data", "{}",
       "--send")
WITH_CREDENTIALS = ("--credentials",)

RECIPE_MAP = """
    map $http_origin $recipe_origin {
        "http://localhost:3000" $http_origin;
    }
"""
PASSWORDS = "someone:{PLAIN}hunter2\n"


def answer(seen: Seen) -> Answer:
    """An application that knows nothing of CORS, but for the paths that say so."""
    if seen.target.startswith("/missing"):
        return Answer(404)
    if seen.target.startswith("/failing"):
        return Answer(500)
    if seen.target.startswith("/own"):
        return Answer(200, [(ORIGIN, PAGE)])
    if seen.method == "OPTIONS":
        return Answer(405, [("Allow", "GET, PUT")])
    return Answer(200)


@pytest.fixture()
def application() -> Iterator[Application]:
    with Application(answer) as application:
        yield application


def judge(nginx: NginxServer, path: str, *options: str) -> tuple[int, Judged]:
    return check_json(f"http://127.0.0.1:{nginx.port}{path}", "--origin", PAGE, *options)


def assert_blocked(nginx: NginxServer, path: str, code: str, *options: str) -> Judged:
    exit_code, judged = judge(nginx, path, *options)
    assert (exit_code, judged["verdict"], judged["code"]) == (BLOCKED, "blocked", code)
    return judged


def assert_allowed(nginx: NginxServer, path: str, *options: str) -> Judged:
    exit_code, judged = judge(nginx, path, *options)
    assert (exit_code, judged["verdict"]) == (ALLOWED, "allowed"), judged["cause"]
    return judged


def placed(snippet: str, does: str) -> tuple[str, str]:
    """A snippet for nginx, as a reader puts it: what goes into http, and into the server.

    `does` is what the location did before, where the snippet says so.
    """
    lines = snippet.splitlines()
    start = next(i for i, line in enumerate(lines) if line.startswith("location "))
    [mark] = [i for i, line in enumerate(lines) if "# ... what this location does" in line]
    server = [*lines[start:mark], f"    {does}", *lines[mark + 1:]]
    return "\n".join(server), textwrap.dedent("\n".join(lines[:start]))


def mend(nginx: NginxServer, judged: Judged, does: str) -> None:
    server, http = placed(judged["snippet"], does)
    nginx.configure(server, http)
    assert nginx.reload(), f"nginx refuses the snippet:\n{judged['snippet']}\n{nginx.errors()}"


def test_headers_that_get_lost_on_errors(tmp_path: Path, application: Application) -> None:
    """The usual recipe, without `always`."""
    recipe = f"""
        add_header {ORIGIN} $recipe_origin;
        add_header Vary Origin;
        location / {{ proxy_pass {application.url}; }}"""
    with NginxServer(tmp_path, recipe, RECIPE_MAP) as nginx:
        assert_allowed(nginx, "/")
        for path, status in (("/failing", 500), ("/missing", 404)):
            judged = assert_blocked(nginx, path, "missing-allow-origin")
            assert judged["exchange"][-1]["status"] == status
            assert judged["server"] == "nginx"
            assert "always" in judged["snippet"]


def test_headers_that_another_add_header_replaces(tmp_path: Path, application: Application
                                                  ) -> None:
    """A level that has an add_header of its own inherits none."""
    recipe = f"""
        add_header {ORIGIN} $recipe_origin always;
        location / {{ proxy_pass {application.url}; }}
        location /cached/ {{
            add_header Cache-Control no-store;
            proxy_pass {application.url};
        }}"""
    with NginxServer(tmp_path, recipe, RECIPE_MAP) as nginx:
        assert_allowed(nginx, "/")
        assert_blocked(nginx, "/cached/", "missing-allow-origin")


def test_headers_inside_if(tmp_path: Path, application: Application) -> None:
    """The recipe that answers preflights in `if`, and forgets what `if` does not inherit."""
    recipe = f"""
        location / {{
            add_header {ORIGIN} $recipe_origin always;
            if ($request_method = OPTIONS) {{
                add_header Access-Control-Allow-Methods "GET, PUT";
                return 204;
            }}
            proxy_pass {application.url};
        }}"""
    with NginxServer(tmp_path, recipe, RECIPE_MAP) as nginx:
        judged = assert_blocked(nginx, "/", "missing-allow-origin", *PUT)
        assert judged["preflight"] is True
        assert judged["next"] == ["header-not-allowed"]
        assert application.methods() == []


def test_headers_of_proxy_and_application(tmp_path: Path, application: Application) -> None:
    recipe = f"""
        add_header {ORIGIN} $recipe_origin always;
        location / {{ proxy_pass {application.url}; }}"""
    with NginxServer(tmp_path, recipe, RECIPE_MAP) as nginx:
        judged = assert_blocked(nginx, "/own", "multiple-allow-origin")
        mend(nginx, judged, f"proxy_pass {application.url};")
        assert_allowed(nginx, "/own")


@pytest.mark.parametrize("options", [
    (), PUT, WITH_CREDENTIALS, (*PUT, *WITH_CREDENTIALS), ("-X", "DELETE", "--send"),
    ("-H", "X-Trace: 1", "-H", "X-Other: 2")], ids=" ".join)
@pytest.mark.parametrize("path", ["/", "/items/1", "/failing", "/missing"])
def test_snippet_for_nginx_works(tmp_path: Path, application: Application, path: str,
                                 options: tuple[str, ...]) -> None:
    does = f"proxy_pass {application.url};"
    with NginxServer(tmp_path, f"location / {{ {does} }}") as nginx:
        judged = assert_blocked(nginx, path, "missing-allow-origin", *options)
        assert judged["server"] == "nginx"
        mend(nginx, judged, does)
        again = assert_allowed(nginx, path, *options)
        assert not [note for note in again["notes"] if "Vary" in note]
        exit_code, judged = check_json(f"http://127.0.0.1:{nginx.port}{path}", *options, "--origin",
                                       "http://localhost:3001")
        assert (exit_code, judged["verdict"]) == (BLOCKED, "blocked"), "another page is let in"


def test_snippet_for_nginx_with_a_login(tmp_path: Path, application: Application) -> None:
    passwords = tmp_path / "passwords"
    passwords.write_text(PASSWORDS)
    does = f"auth_basic api; auth_basic_user_file {passwords}; proxy_pass {application.url};"
    login = ("-H", "Authorization: Basic c29tZW9uZTpodW50ZXIy")
    with NginxServer(tmp_path, f"location / {{ {does} }}") as nginx:
        judged = assert_blocked(nginx, "/", "missing-allow-origin", *login)
        assert judged["next"][:1] == ["preflight-status"]
        assert "before authentication" in "\n".join(judged["notes"])
        mend(nginx, judged, does)
        again = assert_allowed(nginx, "/", *login)
        assert [entry["status"] for entry in again["exchange"]] == [204, 200]


def test_snippet_for_nginx_with_a_redirect(tmp_path: Path, application: Application) -> None:
    """nginx itself adds the slash, by a redirect."""
    does = f"proxy_pass {application.url}/;"
    with NginxServer(tmp_path, f"location /items/ {{ {does} }}") as nginx:
        judged = assert_blocked(nginx, "/items", "preflight-redirect", *PUT)
        assert judged["exchange"][0]["status"] == 301
        mend(nginx, judged, f"proxy_pass {application.url};")
        assert_allowed(nginx, "/items", *PUT)


MODULE = """
        cors_allow_origins http://localhost:3000;
        cors_allow_methods PUT;
        cors_allow_headers X-Trace Content-Type;
"""


def test_module(tmp_path: Path, application: Application) -> None:
    with NginxServer(tmp_path, f"{MODULE} location / {{ proxy_pass {application.url}; }}") as nginx:
        for path in ("/", "/failing", "/missing", "/own"):
            assert_allowed(nginx, path)
            assert_allowed(nginx, path, *PUT)
        assert application.methods().count("OPTIONS") == 0
        exit_code, judged = check_json(f"http://127.0.0.1:{nginx.port}/", "--origin",
                                       "http://localhost:3001")
        assert (exit_code, judged["code"]) == (BLOCKED, "missing-allow-origin")


@pytest.mark.parametrize("options, code", [
    (("-X", "DELETE", "--send"), "missing-allow-origin"),
    (("-H", "X-Other: 1"), "missing-allow-origin"),
    ((*PUT, *WITH_CREDENTIALS), "invalid-allow-credentials"),
], ids=["method", "header", "credentials"])
def test_snippet_for_the_module_works(tmp_path: Path, application: Application,
                                      options: tuple[str, ...], code: str) -> None:
    does = f"proxy_pass {application.url};"
    with NginxServer(tmp_path, f"{MODULE} location / {{ {does} }}") as nginx:
        judged = assert_blocked(nginx, "/", code, *options)
        assert judged["server"] == "nginx-module"
        assert ORIGIN not in judged["snippet"], "the module writes its headers itself"
        mend(nginx, judged, does)
        assert_allowed(nginx, "/", *options)
