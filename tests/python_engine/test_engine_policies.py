# SPDX-License-Identifier: MIT
"""Where policies come from, what is said about bad ones, and files that change."""

from __future__ import annotations

import os
import subprocess
import threading
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from libcors import Decision, Guard, PolicyError, PolicyWarning, Request, View, _engine
from libcors.policy_sources import LOOK_SECONDS, DataSource, FileSource

from tests.conformance.surfaces import artifact
from tests.support.started import wait_for

DEADLINE = 20.0
ORIGIN = "https://app.example"
ENTRY: dict[str, Any] = {"path": "/*", "allow_origins": [ORIGIN], "max_age": "10m"}
YAML = 'policies:\n  - path: "/*"\n    allow_origins: [{}]\n    max_age: 10m\n'


def allows(guard: Guard, origin: str) -> bool:
    return guard.judge("GET", "/x", [(b"Origin", origin.encode())]).decision.allowed is True


@pytest.mark.parametrize("source", [
    {"policies": [ENTRY]}, ENTRY, {"allow_origins": [ORIGIN], "max_age": 600}])
def test_data(source: dict[str, Any]) -> None:
    guard = Guard(source)
    assert allows(guard, ORIGIN) and not allows(guard, "https://evil.example")


@pytest.mark.parametrize("form", [str, Path, os.fspath])
def test_files(form: Callable[[Path], Any], tmp_path: Path) -> None:
    path = tmp_path / "b\u00fccher.yaml"
    path.write_text(YAML.format(ORIGIN))
    assert allows(Guard(form(path)), ORIGIN)


def test_a_relative_path_stays_where_it_was(tmp_path: Path,
                                            monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "cors.yaml").write_text(YAML.format("{from_file: list.txt}"))
    (tmp_path / "list.txt").write_text(f"{ORIGIN}\n")
    monkeypatch.chdir(tmp_path)
    guard = Guard("cors.yaml")
    monkeypatch.chdir("/")
    assert allows(guard, ORIGIN)
    (tmp_path / "list.txt").write_text("https://other.example\n")
    wait_for(lambda: allows(guard, "https://other.example"), "the changed list", DEADLINE)


@pytest.mark.parametrize("environment, variable, allowed", [
    (None, None, False), ("development", None, True), (None, "development", True),
    ("production", "development", False)])
def test_environments(environment: str | None, variable: str | None, allowed: bool,
                      monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("CORS_ENV", raising=False)
    if variable:
        monkeypatch.setenv("CORS_ENV", variable)
    local = "http://localhost:3000"
    guard = Guard({"policies": [{"path": "/*", "max_age": 60, "allow_origins": [
        ORIGIN, {"origin": local, "environment": "development"}]}]}, environment=environment)
    assert allows(guard, local) is allowed


def test_variables_are_those_of_the_program(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MY_ORIGINS", f"{ORIGIN} https://two.example")
    guard = Guard({"allow_origins": [{"from_env": "MY_ORIGINS"}]})
    assert allows(guard, "https://two.example")


BAD = [
    "policies:\n  - allow_origin: [https://app.example]\n",
    "policies:\n  - path: /api\n    allow_origins: [https://app.example/, '*', 'https://*.com']\n"
    "    allow_credentials: true\n    max_age: 10 minutes\n",
    "policies: [\n",
    "policies:\n  - allow_origins:\n\t- x\n",
    "policies:\n  - allow_origins: ['https://b\u00fccher.example/\u8a9e', 'https://\u65e5\u672c/x']"
    " # \u0007\n",
    "policies:\n  - allow_origins: [" + "https://a.example, " * 30 + "https://b.example/]\n",
    "policies:\n  - allow_origins: [{from_file: missing.txt}]\n",
]


@pytest.mark.parametrize("text", BAD)
def test_an_error_reads_as_lint_prints_it(text: str, tmp_path: Path) -> None:
    path = tmp_path / "cors.yaml"
    path.write_text(text)
    done = subprocess.run(
        [str(artifact("CORS_COMMAND", "build/cors")), "lint", "--env", "production", str(path)],
        stdout=subprocess.PIPE, env={**os.environ, "LC_ALL": "C.UTF-8", "LD_PRELOAD": ""})
    assert done.returncode == 1
    with pytest.raises(PolicyError) as caught:
        Guard(path, environment="production")
    assert isinstance(caught.value, ValueError)
    assert str(caught.value) == without_infos(done.stdout.decode())
    errors = [problem for problem in caught.value.problems if problem.severity == "error"]
    assert errors and all(problem.line >= 1 for problem in errors)


def test_an_error_names_the_file_as_the_program_does(tmp_path: Path,
                                                     monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "cors.yaml").write_text(BAD[0])
    monkeypatch.chdir(tmp_path)
    with pytest.raises(PolicyError) as caught:
        Guard("cors.yaml")
    assert str(caught.value).startswith("cors.yaml:2:5: error: ")
    assert "  - allow_origin:" in str(caught.value)


def without_infos(text: str) -> str:
    """The problems but for those that are only worth knowing: each begins unindented."""
    kept, skips = [], False
    for line in text.splitlines():
        if not line.startswith(" "):
            skips = ": info: " in line.split("[")[0]
        if not skips:
            kept.append(line)
    return "\n".join(kept)


def test_an_error_in_data_shows_it_as_text() -> None:
    with pytest.raises(PolicyError) as caught:
        Guard({"path": "/*", "allow_origins": ["https://app.example/"]})
    text = str(caught.value)
    assert text.startswith("policy:") and '"https://app.example/"' in text and "^" in text
    assert "write: https://app.example" in text
    problem = caught.value.problems[0]
    assert (problem.rule, problem.suggestion) == ("origin-path", ORIGIN)


@pytest.mark.parametrize("source, kind, words", [
    (5, TypeError, "path of a policy file"), (None, TypeError, "path of a policy file"),
    (["https://a.example"], TypeError, "not list"),
    ({"allow_origins": {ORIGIN}}, PolicyError, "a policy file could not"),
    ({"allow_origins": [b"x"]}, PolicyError, "a policy file could not"),
    ({}, PolicyError, "allow_origins"), ({"policies": []}, PolicyError, ""),
    ({"origins": [ORIGIN]}, PolicyError, "no key of a policy")])
def test_what_is_no_policy(source: Any, kind: type[Exception], words: str) -> None:
    with pytest.raises(kind) as caught:
        Guard(source)
    assert words in str(caught.value)


def test_what_is_no_option() -> None:
    options: Any = {"enforce": "yes"}
    with pytest.raises(ValueError, match='"off", "report" or "block"'):
        Guard(ENTRY, **options)
    with pytest.raises(ValueError, match="own_origin must be"):
        Guard(ENTRY, own_origin="https://api.example/")


def test_a_warning_names_who_made_the_guard() -> None:
    with pytest.warns(PolicyWarning, match="insecure-origin") as caught:
        Guard({"allow_origins": ["http://app.example"]})
    assert caught[0].filename == __file__
    with warnings.catch_warnings():
        warnings.simplefilter("error", PolicyWarning)
        with pytest.raises(PolicyWarning):
            Guard({"allow_origins": ["http://app.example"]})


def test_a_file_that_changes(tmp_path: Path) -> None:
    path = tmp_path / "cors.yaml"
    path.write_text(YAML.format(ORIGIN))
    guard, fixed = Guard(path), Guard(path, reload=False)
    other = "https://other.example"
    path.write_text(YAML.format(other))
    wait_for(lambda: allows(guard, other), "the changed policy", DEADLINE)
    assert not allows(guard, ORIGIN) and allows(fixed, ORIGIN)


def test_a_bad_file_changes_nothing_and_is_told_once(tmp_path: Path) -> None:
    path = tmp_path / "cors.yaml"
    path.write_text(YAML.format(ORIGIN))
    guard = Guard(path)
    path.write_text(YAML.format("https://app.example/"))
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        wait_for(lambda: bool(allows(guard, ORIGIN) and caught), "the warning", DEADLINE)
        seen = FileSource.view  # further looks: each asks the file's state and finds it known
        source: Any = guard._source
        for _ in range(3):
            source._next_look = 0.0
            seen(source, Request("GET", "/", []))
        assert allows(guard, ORIGIN)
        path.unlink()
        source._next_look = 0.0
        assert allows(guard, ORIGIN)
    told = [str(item.message) for item in caught if item.category is PolicyWarning]
    assert len(told) == 2 and "origin-path" in told[0] and "cannot be read" in told[1]
    assert all("the policy from before stays" in text for text in told)
    path.write_text(YAML.format("https://third.example"))
    wait_for(lambda: allows(guard, "https://third.example"), "the mended policy", DEADLINE)


def test_a_file_is_looked_at_rarely(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "cors.yaml"
    path.write_text(YAML.format(ORIGIN))
    guard = Guard(path)
    looks: list[str] = []
    now = [1000.0]
    monkeypatch.setattr("libcors.policy_sources.time.monotonic", lambda: now[0])
    monkeypatch.setattr("libcors.policy_sources.file_state", looks.append)
    source: Any = guard._source
    source._states, source._next_look = {str(path): None}, now[0]
    for _ in range(100):
        allows(guard, ORIGIN)
    now[0] += LOOK_SECONDS
    for _ in range(100):
        allows(guard, ORIGIN)
    assert len(looks) == 2


def test_threads_meet_one_policy_or_the_other(tmp_path: Path) -> None:
    path = tmp_path / "cors.yaml"
    texts = [YAML.format(ORIGIN), YAML.format("https://other.example")]
    path.write_text(texts[0])
    guard = Guard(path)
    source: Any = guard._source
    faults: list[BaseException] = []
    done = threading.Event()

    def ask() -> None:
        try:
            while not done.is_set():
                assert allows(guard, ORIGIN) in (True, False)
        except BaseException as error:
            faults.append(error)

    threads = [threading.Thread(target=ask) for _ in range(3)]
    for thread in threads:
        thread.start()
    for turn in range(40):
        part = tmp_path / "part"
        part.write_text(texts[turn % 2])
        part.replace(path)
        source._next_look = 0.0
    done.set()
    for thread in threads:
        thread.join()
    assert not faults
    source._next_look = 0.0
    assert allows(guard, "https://other.example")


def test_decisions_are_told() -> None:
    told: list[tuple[Decision, Request]] = []
    guard = Guard(ENTRY, on_decision=lambda said, asked: told.append((said, asked)))
    guard.judge("GET", "/x?y", [("Origin", "https://evil.example")], native="mine")
    (decision, request), = told
    assert (decision.allowed, decision.reason) == (False, "origin-not-allowed")
    assert (request.method, request.target, request.native) == ("GET", "/x?y", "mine")


def test_enforcement(caplog: pytest.LogCaptureFixture) -> None:
    evil = [("Origin", "https://evil.example\r\n")]
    assert Guard(ENTRY).judge("POST", "/x", evil).answer is None and not caplog.records
    reporting = Guard(ENTRY, enforce="report").judge("POST", "/x\r\nX", evil)
    assert reporting.answer is None
    assert "enforce would refuse 'POST' '/x\\r\\nX'" in caplog.text
    answer = Guard(ENTRY, enforce="block").judge("POST", "/x", evil).answer
    assert answer is not None and answer.status == 403
    assert (b"Vary", b"Origin") in answer.lines and b"origin-" in answer.body


class Asking:
    """A source that has to ask somebody."""

    def __init__(self, view: View) -> None:
        self._view = view
        self.closed = False

    async def view(self, request: Request) -> View:
        return self._view

    def close(self) -> None:
        self.closed = True


def test_a_source_of_ones_own() -> None:
    view = DataSource(ENTRY).view(Request("GET", "/", []))
    source = Asking(View(view.policy, verdict=False))
    guard = Guard(source)
    with pytest.raises(TypeError, match="need an ASGI application"):
        guard.judge("GET", "/", [])
    coroutine = guard.judge_async("GET", "/", [("Origin", ORIGIN)])
    with pytest.raises(StopIteration) as stopped:
        coroutine.send(None)
    assert stopped.value.value.decision.allowed is False
    guard.close()
    assert source.closed


def test_views_that_are_spelled_otherwise() -> None:
    policy = DataSource(ENTRY).view(Request("GET", "/", [])).policy

    class Fixed(DataSource):
        def __init__(self, view: View) -> None:
            self._view = view

    def spelled(said: _engine.Judgement, request: Request) -> _engine.Judgement:
        return said if said.status is None else said.replace(status=200, body=b"OK")

    options = [("Origin", ORIGIN)]
    guard = Guard(Fixed(View(policy, respell=spelled, as_preflight="GET")))
    answer = guard.judge("OPTIONS", "/", options).answer
    assert answer is not None and (answer.status, answer.body) == (200, b"OK")
    assert (b"Content-Length", b"2") in answer.lines
    assert guard.judge("OPTIONS", "/", []).answer is None
    assert Guard(Fixed(View(policy))).judge("OPTIONS", "/", options).answer is None
    going_on = Guard(Fixed(View(policy, as_preflight="GET", preflight_continue=True)))
    verdict = going_on.judge("OPTIONS", "/", options)
    assert verdict.answer is None and verdict.decision.kind == "preflight"
    assert going_on.apply(verdict, [])
