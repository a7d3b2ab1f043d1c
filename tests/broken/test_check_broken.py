# SPDX-License-Identifier: MIT
"""`cors check` against servers broken in each of the ways of the table."""

from __future__ import annotations

import re
import subprocess
from urllib.parse import urlsplit

import pytest

from tests.broken.broken_cases import BY_NAME, CASES, PUT, USER_INFO, Case
from tests.broken.broken_server import BrokenServer
from tests.broken.check_command import (ALLOWED, BLOCKED, Judged, call_options, check, check_case,
                                        check_json)
from tests.support.raw_client import Lines

BROKEN = [case for case in CASES if not case.allowed]
CHANGING = [case for case in CASES if case.call.method == PUT.method]
NEEDING_PREFLIGHT = {PUT.method: {"method", "content-type", "header"}, "GET": {"header"}}

COLOURS = re.compile(r"\x1b\[[0-9;]*m")
CONTROLS = re.compile(r"[\x00-\x09\x0b-\x1f\x7f-\x9f]")

# What goes with the connection, and differs from one program to another.
OF_THE_PROGRAM = {"host", "user-agent", "accept", "accept-encoding", "connection",
                  "content-length"}


def named(case: Case) -> str:
    return case.name


@pytest.mark.parametrize("case", CASES, ids=named)
def test_verdict_and_code(server: BrokenServer, case: Case) -> None:
    code, judged = check_case(server, case, "--send")
    assert judged["code"] == case.code
    assert judged["verdict"] == ("allowed" if case.allowed else "blocked")
    assert code == (ALLOWED if case.allowed else BLOCKED)
    assert judged["preflight"] == case.fails_preflight
    assert judged["next"] == list(case.next)
    assert case.note in "\n".join(judged["notes"])
    assert {why["why"] for why in judged["why_preflight"]} == (
        NEEDING_PREFLIGHT[case.call.method] if case.call.headers else set())


@pytest.mark.parametrize("case", CASES, ids=named)
def test_exchange_is_what_the_server_saw(server: BrokenServer, case: Case) -> None:
    _, judged = check_case(server, case, "--send")
    told = [(entry["method"], entry["url"], sent_lines(entry["request_headers"]))
            for entry in judged["exchange"]]
    seen = [(seen.method, f"http://{seen.values('Host')[0]}{seen.target}", sent_lines(seen.lines))
            for seen in server.seen(case.name)]
    assert sorted(told) == sorted(seen)


def sent_lines(lines: Lines) -> list[tuple[str, str]]:
    return sorted((name.lower(), value) for name, value in lines
                  if name.lower() not in OF_THE_PROGRAM)


@pytest.mark.parametrize("case", CHANGING, ids=named)
def test_what_changes_something_is_not_sent_unasked(server: BrokenServer, case: Case) -> None:
    code, judged = check_case(server, case)
    assert [seen.method for seen in server.seen(case.name)] == ["OPTIONS"]
    if case.allowed:
        assert (code, judged["verdict"], judged["code"]) == (ALLOWED, "unknown", None)
        assert "--send" in judged["cause"]
    else:
        assert (code, judged["verdict"], judged["code"]) == (BLOCKED, "blocked", case.code)


@pytest.mark.parametrize("case", [case for case in CHANGING if case.allowed], ids=named)
def test_what_changes_something_is_sent_when_asked(server: BrokenServer, case: Case) -> None:
    check_case(server, case, "--send")
    seen = server.seen(case.name)
    assert [request.method for request in seen] == ["OPTIONS", case.call.method]
    assert seen[1].body == (case.call.body or "").encode()


@pytest.mark.parametrize("case", [case for case in BROKEN if case.fails_preflight], ids=named)
def test_nothing_is_sent_behind_a_failed_preflight(server: BrokenServer, case: Case) -> None:
    check_case(server, case, "--send")
    assert "PUT" not in [seen.method for seen in server.seen(case.name)]


@pytest.mark.parametrize("case", CASES, ids=named)
def test_curl_lines_repeat_the_exchange(server: BrokenServer, case: Case) -> None:
    _, judged = check_case(server, case, "--send")
    first = [entry for entry in judged["exchange"]
             if entry["url"] == server.url(case.name) and not entry["beyond"]]
    server.forget()
    for line, entry in zip(judged["curl"], first):
        status, lines = run_curl(line)
        assert status == entry["status"]
        assert [(name, value.replace(USER_INFO, "<hidden>")) for name, value in lines] == (
            without_date(entry["response_headers"]))
        sent = server.seen(case.name)[-1]
        assert sent.method == entry["method"]
        assert sent_lines(sent.lines) == sent_lines(entry["request_headers"])
    assert judged["curl"], "no line at all"


def run_curl(line: str) -> tuple[int, list[tuple[str, str]]]:
    """Runs a line in a shell, as somebody would paste it."""
    done = subprocess.run(["sh", "-c", f"{line} --silent --show-error"], capture_output=True,
                          timeout=60, check=True)
    first, *rest = done.stdout.partition(b"\r\n\r\n")[0].decode("utf-8", "replace").split("\r\n")
    pairs = [part.partition(":") for part in rest]
    return int(first.split()[1]), without_date(
        [(name, value.strip()) for name, _, value in pairs])


def without_date(lines: Lines) -> list[tuple[str, str]]:
    return [(name, value) for name, value in lines if name.lower() != "date"]


@pytest.mark.parametrize("case", CASES, ids=named)
def test_no_control_character_reaches_the_terminal(server: BrokenServer, case: Case) -> None:
    for browser in ("chromium", "firefox", "safari"):
        done = check(server.url(case.name), "--origin", server.page, "--send", "--browser",
                     browser, "--color", "always", *call_options(case.call))
        assert done.stdout
        assert not CONTROLS.search(COLOURS.sub("", done.stdout + done.stderr))
    plain = check(server.url(case.name), "--origin", server.page, "--send",
                  *call_options(case.call))
    assert not CONTROLS.search(plain.stdout + plain.stderr)


@pytest.mark.parametrize("case", CASES, ids=named)
def test_report_says_what_is_wrong(server: BrokenServer, case: Case) -> None:
    done = check(server.url(case.name), "--origin", server.page, "--send",
                 *call_options(case.call))
    _, judged = check_case(server, case, "--send")
    words = " ".join(done.stdout.split())
    if case.allowed:
        assert "allowed" in words
        return
    assert f"blocked: {case.code}" in words
    assert judged["cause"] in words and judged["fix"] in words
    for line in judged["snippet"].splitlines() if judged["snippet"] else []:
        assert line.strip() in done.stdout
    for line in judged["curl"]:
        assert line in done.stdout
    for code in case.next:
        assert f"- {code}:" in words


SECRETS = {"Authorization": "Bearer correct-horse", "Cookie": "session=battery-staple",
           "X-Api-Key": "hunter2-key", "X-Trace": "plain-to-see"}


@pytest.mark.parametrize("name", ["right", "no-headers", "right-put", "preflight-401"])
@pytest.mark.parametrize("form", [["--json"], ["--color", "never"], ["--color", "always"]],
                         ids=" ".join)
def test_no_secret_is_shown(server: BrokenServer, name: str, form: list[str]) -> None:
    options = [part for field in SECRETS.items() for part in ("-H", ": ".join(field))]
    done = check(server.url(name), "--origin", server.page, "--credentials", "--send", *options,
                 *form)
    for secret in ("correct-horse", "battery-staple", "hunter2-key"):
        assert secret not in done.stdout + done.stderr
    assert SECRETS["X-Trace"] in done.stdout  # so that the others were not left out by accident
    for seen in server.seen(name):
        if seen.method == "OPTIONS":
            assert not seen.values("Authorization") and not seen.values("Cookie")


def test_secrets_are_sent_where_the_browser_sends_them(server: BrokenServer) -> None:
    check(server.url("no-headers"), "--origin", server.page, "-H", "Authorization: Bearer horse")
    assert [(seen.method, seen.values("Authorization")) for seen in server.seen("no-headers")] == [
        ("OPTIONS", []), ("GET", ["Bearer horse"])]
    check(server.url("right-credentials"), "--origin", server.page, "--credentials", "-H",
          "Cookie: session=staple")
    check(server.url("right"), "--origin", server.page, "-H", "Cookie: session=staple")
    [with_credentials] = server.seen("right-credentials")
    [without] = server.seen("right")
    assert (with_credentials.values("Cookie"), without.values("Cookie")) == (["session=staple"], [])


def test_user_info_of_a_redirect_is_not_shown(server: BrokenServer) -> None:
    for browser in ("chromium", "firefox", "safari"):
        for form in (["--json"], ["--color", "never"]):
            done = check(server.url("redirect-userinfo"), "--origin", server.page, "--browser",
                         browser, *form)
            assert "hunter2" not in done.stdout + done.stderr
            assert "127.0.0.1/x" in done.stdout


def note_texts(judged: Judged) -> str:
    return "\n".join(judged["notes"])


def test_an_answer_that_caches_may_mix_up_is_noted(server: BrokenServer) -> None:
    _, judged = check_json(server.url("trailing-slash"), "--origin", server.page)
    assert "Vary: Origin" in note_texts(judged)
    for name in ("right", "right-for-all", "no-origin"):
        _, judged = check_json(server.url(name), "--origin", server.page)
        assert "Vary" not in note_texts(judged)


def test_a_server_that_asks_the_preflight_to_log_in_is_noted(server: BrokenServer) -> None:
    for name in ("preflight-401", "preflight-401-bare"):
        _, judged = check_case(server, BY_NAME[name])
        assert "never carries cookies" in note_texts(judged)
    _, judged = check_case(server, BY_NAME["preflight-403"])
    assert "never carries cookies" not in note_texts(judged)


def test_nothing_is_fetched_from_where_a_redirect_may_not_lead(server: BrokenServer) -> None:
    for name in ("redirect-userinfo", "redirect-ftp", "redirect-data", "preflight-redirect-302"):
        _, judged = check_case(server, BY_NAME[name])
        assert {urlsplit(entry["url"]).path for entry in judged["exchange"]} == {f"/{name}"}
