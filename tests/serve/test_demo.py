# SPDX-License-Identifier: MIT
"""demo/run, which `make run` calls: what it prints works, and nothing is left of it."""

from __future__ import annotations

import json
import os
import re
import shlex
import signal
import socket
import subprocess
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from urllib.parse import unquote
from urllib.request import urlopen

import pytest

from tests.serve.recording_upstream import RecordingUpstream
from tests.serve.serving import COMMAND, LISTED, MODULE, POLICY, ROOT, SECONDS
from tests.support.firefox_bidi import firefox_window
from tests.support.started import Started, processes_of_session, wait_for

DEMO = str(ROOT / "demo" / "run")


@contextmanager
def demo(folder: Path, environment: dict[str, str] | None = None) -> Iterator[Started]:
    scratch = folder / "tmp"
    scratch.mkdir()
    with Started([DEMO], folder / "demo.log", folder=folder, environment={
            "CORS_COMMAND": COMMAND, "CORS_NGINX_MODULE": MODULE, "TMPDIR": str(scratch),
            "UPSTREAM": "", "POLICY": "", "CORS_ENV": "", **(environment or {})}) as started:
        started.wait_until(lambda: "Ctrl-C ends it" in started.said(), "the demo", SECONDS)
        yield started


def curl_lines(started: Started) -> list[list[str]]:
    return [shlex.split(line) for line in started.said().splitlines()
            if line.strip().startswith("curl ")]


def address(started: Started, what: str) -> str:
    found = re.search(rf"^  {what} +(http://\S+)", started.said(), re.MULTILINE)
    assert found is not None, started.said()
    return found[1]


def run_curl(words: list[str]) -> str:
    return subprocess.run([*words, "-s", "--max-time", str(SECONDS)], check=True,
                          capture_output=True, text=True).stdout


def test_curl_lines(tmp_path: Path) -> None:
    with demo(tmp_path) as started:
        lines = curl_lines(started)
        assert len(lines) == 3
        allowed, preflight, near = map(run_curl, lines)
        lab = address(started, "the lab")
        assert allowed.startswith("HTTP/1.1 200 ")
        assert f"Access-Control-Allow-Origin: {lab}\n" in allowed
        assert "Read the policy" in allowed
        assert preflight.startswith("HTTP/1.1 204 ")
        assert "Access-Control-Allow-Methods: PUT, DELETE\n" in preflight
        assert near.startswith("HTTP/1.1 200 ")
        assert "Access-Control-" not in near
        started.wait_until(lambda: "nearest allowed: http://localhost:* (the scheme differs)"
                           in started.said(), "the near miss", SECONDS)


def test_lab_is_served(tmp_path: Path) -> None:
    with demo(tmp_path) as started:
        lab = address(started, "the lab")
        for path, kind in (("/", "text/html"), ("/lab_main.js", "text/javascript"),
                           ("/lab.css", "text/css"), ("/libcors.wasm", "application/wasm")):
            with urlopen(lab + path, timeout=SECONDS) as answer:
                assert answer.headers.get_content_type() == kind
                assert answer.headers["CORS-Lab"]
        call = address(started, "a call")
        assert call.startswith(f"{lab}/#/real?live=")
        assert unquote(call).endswith(f"live={address(started, 'the gateway')}/api/todos")


@pytest.mark.parametrize(("host", "verdict"), [("localhost", "Read"), ("127.0.0.1", "Blocked")])
def test_call_from_the_lab(tmp_path: Path, host: str, verdict: str) -> None:
    """The printed link, opened and sent in a real browser: the policy lists one of the origins."""
    with demo(tmp_path) as started, firefox_window() as window:
        window.open(address(started, "a call").replace("localhost", host, 1))
        window.wait_until("document.querySelector('main form [type=submit]') !== null",
                          "the call's form", SECONDS)
        window.evaluate("document.querySelector('main form [type=submit]').click()")
        window.wait_until("document.querySelector('main [role=status] .mark') !== null",
                          "what script got", SECONDS)
        said = str(window.evaluate("document.querySelector('main [role=status]').innerText"))
        assert verdict in said, said
        assert ("Read the policy" in said) == (host == "localhost"), said


def test_policy_allows_and_denies_as_documented(tmp_path: Path) -> None:
    """What demo/cors.yaml says in its comments, as curl finds it."""
    with demo(tmp_path) as started:
        api, lab = address(started, "the gateway"), address(started, "the lab")

        def preflight(path: str, method: str, headers: str = "") -> str:
            extra = ["-H", f"Access-Control-Request-Headers: {headers}"] if headers else []
            return run_curl(["curl", "-i", "-X", "OPTIONS", api + path, "-H", f"Origin: {lab}",
                             "-H", f"Access-Control-Request-Method: {method}", *extra])

        def get(path: str) -> str:
            return run_curl(["curl", "-i", api + path, "-H", f"Origin: {lab}"])
        assert preflight("/api/todos", "POST", "content-type").startswith("HTTP/1.1 204 ")
        assert preflight("/api/todos/1", "PUT", "content-type").startswith("HTTP/1.1 204 ")
        assert preflight("/api/todos/1", "PATCH", "content-type").startswith("HTTP/1.1 403 ")
        assert preflight("/api/todos", "GET", "x-secret").startswith("HTTP/1.1 403 ")
        assert "Access-Control-Allow-Credentials: true\n" in get("/api/visits")
        assert "Access-Control-Allow-Credentials" not in get("/api/todos")
        assert "Access-Control-Expose-Headers: X-Total-Count\n" in get("/api/todos")
        broken = get("/api/broken")
        assert broken.startswith("HTTP/1.1 500 ")
        assert f"Access-Control-Allow-Origin: {lab}\n" in broken
        assert "Access-Control-" not in get("/api/admin/users")


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_signal_to_the_demo_ends_everything(tmp_path: Path, number: signal.Signals) -> None:
    with demo(tmp_path) as started:
        assert len(processes_of_session(started.process.pid)) >= 3, "itself, the gateway, nginx"
        started.process.send_signal(number)
        assert started.process.wait(SECONDS) == 0
        wait_for(lambda: not processes_of_session(started.process.pid), "the end of all", SECONDS)
    assert list((tmp_path / "tmp").iterdir()) == []


def test_control_c_ends_everything(tmp_path: Path) -> None:
    """A terminal's Ctrl-C goes to all processes in front of it at once."""
    with demo(tmp_path) as started:
        session = started.process.pid
        os.killpg(session, signal.SIGINT)  # nginx has a group of its own
        assert started.process.wait(SECONDS) == 0
        wait_for(lambda: not processes_of_session(session), "the end of all", SECONDS)
    assert list((tmp_path / "tmp").iterdir()) == []


def test_killed_demo_leaves_no_process(tmp_path: Path) -> None:
    with demo(tmp_path) as started:
        started.process.kill()
        wait_for(lambda: not processes_of_session(started.process.pid), "the end of all", SECONDS)


def test_taken_ports(tmp_path: Path) -> None:
    with ExitStack() as stack:
        for port in (8080, 8081):
            try:
                stack.enter_context(socket.create_server(("127.0.0.1", port)))
            except OSError:
                pass  # somebody else has it: taken is taken
        with demo(tmp_path) as started:
            gateway_url, lab = address(started, "the gateway"), address(started, "the lab")
            assert not gateway_url.endswith(":8080") and not lab.endswith(":8081")
            assert run_curl(curl_lines(started)[0]).startswith("HTTP/1.1 200 ")


def test_own_api_and_policy(tmp_path: Path, upstream: RecordingUpstream) -> None:
    (tmp_path / "own.yaml").write_text(POLICY.replace("/api/*", "/*"))
    with demo(tmp_path, {"UPSTREAM": upstream.url, "POLICY": "own.yaml"}) as started:
        assert address(started, "the API") == upstream.url
        api = address(started, "the gateway")
        answer = run_curl(["curl", "-i", f"{api}/x", "-H", f"Origin: {LISTED}"])
        assert "GET /x HTTP/1.1" in answer
        assert f"Access-Control-Allow-Origin: {LISTED}\n" in answer
        assert len(curl_lines(started)) == 3
        for words in curl_lines(started):
            assert run_curl(words).startswith("HTTP/1.1 ")
        assert unquote(address(started, "a call")).endswith(f"live={api}/")


def test_own_policy_that_is_bad(tmp_path: Path) -> None:
    (tmp_path / "own.yaml").write_text("policies:\n  - allow_origin: [x]\n")
    ended = subprocess.run(
        [DEMO], cwd=tmp_path, capture_output=True, text=True, timeout=SECONDS, check=False,
        env={"CORS_COMMAND": COMMAND, "CORS_NGINX_MODULE": MODULE, "POLICY": "own.yaml",
             "PATH": "/usr/bin:/bin"})
    assert ended.returncode == 2
    assert "[unknown-key]" in ended.stderr
    assert "Worth trying" not in ended.stdout


def test_policy_of_the_demo_is_clean() -> None:
    for environment in ("development", "production"):
        ended = subprocess.run(
            [COMMAND, "lint", "--json", "--env", environment, str(ROOT / "demo" / "cors.yaml")],
            capture_output=True, text=True, check=False)
        assert json.loads(ended.stdout) == {"problems": []}
