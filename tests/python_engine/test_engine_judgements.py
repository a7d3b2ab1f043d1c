# SPDX-License-Identifier: MIT
"""What the extension takes and gives: judgements, lines, and complaints in clear words."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from libcors import _engine

ORIGIN = (b"Origin", b"https://app.example")
PUT = (_engine.FIELDS["REQUEST_METHOD"], b"PUT")
ALLOW_ORIGIN = _engine.FIELDS["ALLOW_ORIGIN"]
CREDENTIALS = _engine.FIELDS["ALLOW_CREDENTIALS"]

TEXT = """\
policies:
  - path: /api/*
    allow_origins: [https://app.example]
    allow_methods: [PUT]
    allow_credentials: true
    max_age: 10m
"""


def read(text: str) -> _engine.Policy:
    policy, problems, _ = _engine.parse_policy(text)
    assert policy is not None, problems
    return policy


POLICY = read(TEXT)


def judge(*lines: tuple[bytes, bytes], method: str = "GET",
          target: str = "/api/x") -> _engine.Judgement:
    return _engine.judge(POLICY, method, target, lines)


def test_an_allowed_request() -> None:
    said = judge(ORIGIN)
    assert (said.kind, said.allowed, said.reason, said.status) == ("actual", True, "allowed", None)
    assert said.fields == ((ALLOW_ORIGIN, ORIGIN[1]), (CREDENTIALS, b"true"))
    assert (said.vary, said.body, said.blocks, said.ambiguous) == ((b"Origin",), b"", False, False)


def test_a_denied_preflight() -> None:
    said = judge((b"Origin", b"https://evil.example"), PUT, method="OPTIONS")
    assert (said.kind, said.allowed, said.status) == ("preflight", False, 403)
    assert said.reason == "origin-not-allowed" and b"origin-not-allowed" in said.body
    assert said.fields == () and b"Origin" in said.vary


def test_no_policy_leaves_lines_alone() -> None:
    said = _engine.judge(None, "GET", "/api/x", [ORIGIN])
    lines = [(ALLOW_ORIGIN, b"*")]
    assert said.kind == "no-policy" and said.apply(lines) == lines
    assert judge(ORIGIN, target="/other").apply(lines) == lines


@pytest.mark.parametrize("verdict, allowed", [(True, True), (False, False)])
def test_the_application_judges_the_origin(verdict: bool, allowed: bool) -> None:
    for origin in (b"https://app.example", b"https://other.example"):
        said = _engine.judge(POLICY, "GET", "/api/x", [(b"Origin", origin)], verdict)
        assert said.allowed is allowed and said.vary == (b"Origin",)
    assert _engine.judge(POLICY, "GET", "/api/x", [(b"Origin", b"null")], True).allowed is False


def test_own_origin() -> None:
    lines = [(b"Origin", b"https://api.example"), (b"Host", b"inside:8000")]
    assert _engine.judge(POLICY, "POST", "/api/x", lines).blocks
    said = _engine.judge(POLICY, "POST", "/api/x", lines, None, "https://api.example")
    assert not said.blocks and said.reason == "same-origin"


@pytest.mark.parametrize("target, ambiguous", [
    ("/api/x", False), ("/api/%78?a=..%2f", False), ("/public/..%2fapi/x", True),
    ("/a/../api/x", True), ("//api/x", True), ("http://h/api/x", False), ("*", False), ("", False),
    ("/" + "a" * 100_000, False), ("/" + "%2e%2e/" * 3000 + "api/x", True)])
def test_targets(target: str, ambiguous: bool) -> None:
    assert judge(ORIGIN, target=target).ambiguous is ambiguous


def test_applied_to_an_answer() -> None:
    said = judge(ORIGIN)
    lines = [(b"vary", b"Accept"), (ALLOW_ORIGIN.lower(), b"*"), (b"Set-Cookie", b"a"),
             (b"X", b"\xff"), (b"Vary", b"Cookie")]
    kept = [(b"vary", b"Accept"), (b"Set-Cookie", b"a"), (b"X", b"\xff"),
            (b"Vary", b"Cookie, Origin")]
    assert said.apply(lines) == [*kept, *said.fields]
    lower = [(name.lower(), value) for name, value in said.fields]
    assert said.apply_lower(lines) == [*kept, *lower]
    text = [(name.decode("latin-1"), value.decode("latin-1")) for name, value in lines]
    assert said.apply_text(text) == [
        (name.decode("latin-1"), value.decode("latin-1")) for name, value in [*kept, *said.fields]]


@pytest.mark.parametrize("sent, wanted", [
    ([], [b"Origin"]), ([b"*"], [b"*"]), ([b"origin"], [b"origin"]), ([b""], [b"Origin"]),
    ([b"a,ORIGIN , b"], [b"a,ORIGIN , b"]), ([b"Origin", b"x"], [b"Origin", b"x"])])
def test_vary_is_merged(sent: list[bytes], wanted: list[bytes]) -> None:
    lines = judge(ORIGIN).apply([(b"Vary", value) for value in sent])
    assert [value for name, value in lines if name == b"Vary"] == wanted


def test_applied_twice_is_applied_once() -> None:
    said = judge(ORIGIN)
    once = said.apply([(b"Content-Type", b"text/plain")])
    assert sorted(said.apply(once)) == sorted(once)


def test_a_copy_that_is_spelled_otherwise() -> None:
    said = judge(ORIGIN, PUT, method="OPTIONS")
    other = said.replace(status=200, fields=[(b"A", b"b")], vary=[b"%d" % i for i in range(9)],
                         body=b"OK")
    assert (other.status, other.fields, other.body) == (200, ((b"A", b"b"),), b"OK")
    assert other.apply([(b"vary", b"8")]) == [
        (b"vary", b"8, 0, 1, 2, 3, 4, 5, 6, 7, 8"), (b"A", b"b")]
    assert said.status == 204 and (other.kind, other.allowed) == (said.kind, said.allowed)
    assert said.replace(status=None).status is None


def test_lines_may_come_in_any_form() -> None:
    text = [("Origin", "https://app.example")]
    for lines in (text, iter(text), [list(text[0])], dict(text).items(), tuple(text)):
        assert _engine.judge(POLICY, b"GET", b"/api/x", lines).allowed  # type: ignore[arg-type]


engine: Any = _engine  # what is handed in here, no type allows


def allowed() -> Any:
    return judge(ORIGIN)


COMPLAINTS: list[tuple[Callable[[], Any], type[Exception], str]] = [
    (lambda: engine.judge(POLICY, "GET", "/"), TypeError, "judge() takes a policy, method"),
    (lambda: engine.judge("cors.yaml", "GET", "/", []), TypeError, "must be a Policy or None"),
    (lambda: engine.judge(POLICY, 1, "/", []), TypeError, "The method must be bytes or str"),
    (lambda: engine.judge(POLICY, "GET", None, []), TypeError, "The target must be bytes or str"),
    (lambda: engine.judge(POLICY, "GET", "/\u20ac", []), ValueError, "above U+00FF"),
    (lambda: engine.judge(POLICY, "GET", "/\ud800", []), ValueError, "above U+00FF"),
    (lambda: engine.judge(POLICY, "GET", "/", None), TypeError, "not iterable"),
    (lambda: engine.judge(POLICY, "GET", "/", [b"Origin: x"]), TypeError, "a name and a value"),
    (lambda: engine.judge(POLICY, "GET", "/", [("a", "b", "c")]), TypeError, "a name and a"),
    (lambda: engine.judge(POLICY, "GET", "/", [("a", None)]), TypeError, "A field value must"),
    (lambda: engine.judge(POLICY, "GET", "/", [(3, "b")]), TypeError, "A field name must"),
    (lambda: engine.judge(POLICY, "GET", "/", [], "yes"), TypeError, "True, False or None"),
    (lambda: engine.judge(POLICY, "GET", "/", [], None, 5), TypeError, "own_origin must be"),
    (lambda: engine.Policy(), TypeError, "cannot create"),
    (lambda: engine.Judgement(), TypeError, "cannot create"),
    (lambda: allowed().apply([b"x"]), TypeError, "a name and a value"),
    (lambda: allowed().apply(None), TypeError, "not iterable"),
    (lambda: allowed().replace(fields=[("a", "b")]), TypeError, "two bytes objects"),
    (lambda: allowed().replace(vary=["a"]), TypeError, "hold bytes objects"),
    (lambda: allowed().replace(status="200"), TypeError, "an int or None"),
    (lambda: allowed().replace(kind="actual"), TypeError, "kind"),
    (lambda: engine.load_policy("a\0b"), ValueError, "null byte"),
    (lambda: engine.load_policy(3), TypeError, "int"),
    (lambda: engine.parse_policy(None), TypeError, "The policy's text must be bytes or str"),
    (lambda: engine.parse_policy("", environment=3), TypeError, "int"),
    (lambda: engine.nearest_name("a", [1]), TypeError, "A name must be"),
]


@pytest.mark.parametrize("call, kind, words", COMPLAINTS)
def test_what_cannot_be_meant(call: Callable[[], Any], kind: type[Exception], words: str) -> None:
    with pytest.raises(kind) as caught:
        call()
    assert words in str(caught.value)


def test_nothing_can_be_changed() -> None:
    said: Any = judge(ORIGIN)
    for name in ("kind", "allowed", "fields", "vary", "other"):
        with pytest.raises(AttributeError):
            setattr(said, name, None)
    with pytest.raises(TypeError):
        setattr(_engine.Policy, "size", 1)


def test_words() -> None:
    assert _engine.is_owned(ALLOW_ORIGIN) and _engine.is_owned(ALLOW_ORIGIN.decode().upper())
    assert not _engine.is_owned("Vary")
    assert _engine.vary_covers("a, Origin", b"origin") and not _engine.vary_covers(b"a", "b")
    assert _engine.is_public_suffix("github.io") and not _engine.is_public_suffix("a.github.io")
    assert _engine.parse_origin("https://a.example:81") == ("https", "a.example", "81")
    assert _engine.parse_origin(b"null") == ("null", "", "")
    assert _engine.parse_origin("https://A.example") is None
    assert _engine.is_loopback("http://localhost:3000") and not _engine.is_loopback("http://a.b")
    assert _engine.nearest_name("allow_origin", _engine.KEYS) == "allow_origins"
    assert _engine.nearest_name("zzz", _engine.KEYS) is None
    assert POLICY.covers("/api/x") == b"/api/*" and POLICY.covers("/") is None


def test_a_regular_expression() -> None:
    fault, offset, entries, exact = _engine.read_regex(r"^https://[a-z0-9-]+\.example\.com$")
    assert fault == "none" and entries and offset == 0
    fault, offset, entries, _ = _engine.read_regex(r"https://a\.example", True)
    assert fault == "open-end" and _engine.REGEX_FAULTS[fault] and offset > 0
    # Told in characters, not in bytes.
    assert _engine.read_regex("^https://ä.example$")[0] != "none"


def test_tables() -> None:
    assert _engine.RULES["null-origin"][:2] == ("error", True)
    assert all(sentence for sentence in _engine.REASONS.values())
    assert set(_engine.REQUEST_FIELDS) >= {_engine.FIELDS["ORIGIN"], PUT[0]}
