# SPDX-License-Identifier: MIT
"""What lasts and what attacks: memory over a million calls, threads, hostile input."""

from __future__ import annotations

import gc
import os
import random
import threading
from collections.abc import Callable, Iterator

import pytest
from libcors import Guard, _engine
from libcors.wsgi import environ_target

PAGE = os.sysconf("SC_PAGE_SIZE")
FLAT = 2 << 20  # what a million calls may add, in bytes: a leak of 3 bytes each would be more

ORIGIN = b"https://app.example"
METHOD = _engine.FIELDS["REQUEST_METHOD"]
HEADERS = _engine.FIELDS["REQUEST_HEADERS"]
ENTRY = {"path": "/api/*", "allow_origins": ["https://app.example", "https://*.example.org"],
         "allow_methods": ["PUT"], "allow_headers": ["x-a", "x-b"], "allow_credentials": True,
         "max_age": 600}

SANITIZED = "libasan" in os.environ.get("LD_PRELOAD", "")
TURNS = 20_000 if SANITIZED else 250_000


def resident() -> int:
    with open("/proc/self/statm") as file:
        return int(file.read().split()[1]) * PAGE


def policy() -> _engine.Policy:
    compiled, problems, _ = _engine.parse_policy(
        '{"policies": [{"path": "/api/*", "allow_origins": ["https://app.example"], '
        '"allow_methods": ["PUT"], "allow_headers": ["x-a"], "max_age": 600}]}')
    assert compiled is not None, problems
    return compiled


POLICY = policy()
ANSWER = [(b"Vary", b"Accept"), (b"Content-Type", b"text/plain"), (b"X", b"y")]
ANSWER_TEXT = [(name.decode(), value.decode()) for name, value in ANSWER]


def judged() -> None:
    """Four judgements and what is done with them: allowed, denied, a preflight, a bad call."""
    said = _engine.judge(POLICY, "GET", b"/api/x", [(b"Origin", ORIGIN), (b"A", b"\xff")])
    said.apply(ANSWER)
    said.apply_text(ANSWER_TEXT)
    said = _engine.judge(POLICY, "GET", "/api/..%2f\xff", [("Origin", "https://\xe9")])
    said.apply_lower(ANSWER)
    said = _engine.judge(POLICY, "OPTIONS", "/api/x", iter([(b"Origin", ORIGIN), (METHOD, b"PUT")]))
    said.replace(status=200, fields=[(b"a", b"b")]).apply(())
    try:
        _engine.judge(POLICY, "GET", "/", [(b"Origin", ORIGIN), (b"a", None)])  # type: ignore
    except TypeError:
        pass


def guarded() -> Callable[[], None]:
    guard = Guard(ENTRY, enforce="block")

    def judge() -> None:
        for method, origin in (("GET", ORIGIN), ("POST", b"https://evil.example"),
                               ("OPTIONS", ORIGIN), ("GET", b"null")):
            verdict = guard.judge(method, b"/api/x", [(b"Origin", origin), (METHOD, b"PUT")])
            guard.apply(verdict, ANSWER)
    return judge


def read() -> None:
    _engine.parse_policy('{"policies": [{"allow_origins": ["https://b\u00fccher.example/"]}]}')
    _engine.read_regex(r"^https://[a-z]+\.example\.com$")
    policy()


@pytest.mark.parametrize("call, turns", [
    (judged, TURNS), (guarded(), TURNS), (read, TURNS // 50)], ids=["judge", "guard", "read"])
def test_memory_is_flat(call: Callable[[], None], turns: int) -> None:
    for _ in range(turns // 10):
        call()
    gc.collect()
    before = resident()
    for _ in range(turns):
        call()
    gc.collect()
    assert resident() - before < FLAT or SANITIZED


def test_threads_judge_at_once() -> None:
    wanted = _engine.judge(POLICY, "GET", "/api/x", [(b"Origin", ORIGIN)])
    faults: list[str] = []

    def ask(number: int) -> None:
        lines = [(b"Origin", ORIGIN if number % 2 else b"https://evil.example")]
        for _ in range(5000):
            said = _engine.judge(POLICY, "GET", "/api/x", lines)
            if said.allowed is not bool(number % 2) or said.kind is not wanted.kind:
                faults.append(f"{number}: {said.allowed}")

    threads = [threading.Thread(target=ask, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not faults


def test_a_policy_outlives_whoever_made_it() -> None:
    said = _engine.judge(policy(), "GET", "/api/x", [(b"Origin", ORIGIN)])
    gc.collect()
    assert said.fields[0][1] == ORIGIN


def test_lines_that_change_while_they_are_read() -> None:
    lines: list[tuple[bytes, bytes]] = [(b"A", b"b")] * 100

    def growing() -> Iterator[tuple[bytes, bytes]]:
        for line in lines[:50]:
            lines.clear()
            yield line
        yield b"Origin", bytes(bytearray(ORIGIN))  # nobody else holds it

    assert _engine.judge(POLICY, "GET", "/api/x", growing()).allowed


LONG: list[tuple[bytes, bytes]] = [
    (b"Origin", b"https://" + b"a" * (1 << 20)), (b"Origin", b"\x00\xff" * 1000), (b"", b""),
    (HEADERS, b"," * (1 << 20)), (HEADERS, b"x-a, " * 100_000), (METHOD, b"P" * (1 << 20)),
    (b"O" * (1 << 20), b"x")]


@pytest.mark.parametrize("line", LONG, ids=range(len(LONG)))
def test_long_lines_are_denied_or_ignored(line: tuple[bytes, bytes]) -> None:
    method = (METHOD, b"PUT")
    said = _engine.judge(POLICY, "OPTIONS", "/api/x", [(b"Origin", ORIGIN), method, line])
    counts = line[0] in (b"Origin", HEADERS, METHOD)
    assert said.allowed is not counts and len(said.body) < 500


def test_many_lines() -> None:
    lines = [(HEADERS, b"," * 1024)] * 1024 + [(b"Origin", ORIGIN), (METHOD, b"PUT")]
    said = _engine.judge(POLICY, "OPTIONS", "/api/x", lines)
    assert said.status == 403 and said.reason == "header-too-many"


def test_anything_at_all() -> None:
    """Bytes by chance: whatever they are, the origin that is sent back is one that is listed."""
    drawn = random.Random(6454)
    names = [b"Origin", METHOD, HEADERS, b"Host", b"Sec-Fetch-Site", b"X", b"vary"]
    for _ in range(4000):
        lines = [(drawn.choice(names), drawn.randbytes(drawn.randrange(40)))
                 for _ in range(drawn.randrange(6))]
        if drawn.random() < 0.5:
            lines.append((b"Origin", ORIGIN))
        target = b"/" + drawn.randbytes(drawn.randrange(30))
        said = _engine.judge(POLICY, drawn.choice(["GET", "OPTIONS", "\xff"]), target, lines,
                             drawn.choice([None, True, False]))
        values = [value for name, value in said.apply(lines)
                  if name == _engine.FIELDS["ALLOW_ORIGIN"]]
        assert values in ([], [ORIGIN]) or said.allowed
        assert all(b"\r" not in value and b"\n" not in value for _, value in said.fields)


def test_hostile_policies() -> None:
    texts: list[str | bytes] = [
        "", "\0", "[" * 10_000, "{" * 10_000, "&a [*a]", "policies: !!python/x {}", "\ufeff",
        '{"policies": [' + '{"path": "/a"},' * 1000 + "]}", "a: b\n---\nc: d", b"\xff\xfe"]
    for text in texts:
        compiled, problems, files = _engine.parse_policy(text)
        assert compiled is None and problems and files == ["policy"]


@pytest.mark.parametrize("path, target", [
    ("/a b", "/a%20b"), ("/\xc3\xa9", "/%C3%A9"), ("/..", "/.."), ("/%2e%2e/", "/%252e%252e/"),
    ("/?", "/%3F"), ("/#", "/%23"), ("", "/"), ("/\x00", "/%00"), ("/\u20ac", "/%3F")])
def test_a_target_is_made_of_a_path(path: str, target: str) -> None:
    assert environ_target({"PATH_INFO": path}) == target
    assert environ_target({"SCRIPT_NAME": "/mounted", "PATH_INFO": path}) == (
        "/mounted" + target if path else "/mounted")
    assert environ_target({"PATH_INFO": path, "RAW_URI": "/raw?x"}) == "/raw?x"
