# SPDX-License-Identifier: MIT
"""Who let a stranger in is not called clean, whatever it says to others afterwards; nor unsteady
who answers by a rule."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.audit.trusted_strangers import host_of
from tests.support.cors_command import COMMAND
from tests.support.https_server import Answer, HttpsServer, Request, run_audit

HOST = "api.elmwood.com"
DOMAIN = "elmwood.com"


def grant(request: Request) -> Answer:
    return Answer(200, [("Access-Control-Allow-Origin", request.first("Origin") or ""),
                        ("Access-Control-Allow-Credentials", "true"), ("Vary", "Origin")])


REFUSAL = Answer(200, [("Vary", "Origin")])


@pytest.mark.parametrize("options", [[], ["--quick"]])
@pytest.mark.parametrize("number", range(1, 7))
def test_a_stranger_gets_in_once(options: list[str], number: int, tmp_path: Path) -> None:
    let_in: list[str] = []

    def lets_one_in(request: Request) -> Answer:
        origin = request.first("Origin")
        if origin is None or host_of(origin) == HOST:
            return REFUSAL if origin is None else grant(request)
        strangers.append(origin)
        if len(strangers) == number and request.method != "OPTIONS":
            let_in.append(origin)
            return grant(request)
        return REFUSAL
    strangers: list[str] = []
    with HttpsServer({HOST: lets_one_in}, tmp_path) as server:
        audited = run_audit(COMMAND, server, [server.url(HOST, "/me")], *options)
    assert (audited.targets[0]["outcome"] == "clean") == (not let_in), audited.targets[0]


def test_both_ends_are_compared_and_not_the_middle(tmp_path: Path) -> None:
    def compares_ends(request: Request) -> Answer:
        origin = request.first("Origin") or ""
        known = origin.startswith(f"https://{HOST}") and host_of(origin).endswith(DOMAIN)
        return grant(request) if known else REFUSAL
    with HttpsServer({HOST: compares_ends}, tmp_path) as server:
        audited = run_audit(COMMAND, server, [server.url(HOST, "/me")], "--quick")
    rules = [finding["rule"] for finding in audited.targets[0]["findings"]]
    assert rules[:1] == ["substring-match"], audited.targets[0]


def test_a_target_in_the_clear_may_trust_origins_in_the_clear(tmp_path: Path) -> None:
    known = (f"https://app.{DOMAIN}", f"http://app.{DOMAIN}")

    def lists_both(request: Request) -> Answer:
        return grant(request) if request.first("Origin") in known else REFUSAL
    with HttpsServer({HOST: lists_both}, tmp_path, tls=False) as server:
        audited = run_audit(COMMAND, server, [server.url(HOST, "/me")], "--origin", known[0])
    assert audited.targets[0]["outcome"] == "clean", audited.targets[0]


def test_a_preflight_alone_lets_nobody_in(tmp_path: Path) -> None:
    own = f"https://{HOST}"

    def preflights_are_lax(request: Request) -> Answer:
        origin = request.first("Origin") or ""
        lax = request.method == "OPTIONS" and host_of(origin).endswith(f".{DOMAIN}")
        return grant(request) if lax or origin == own else REFUSAL
    with HttpsServer({HOST: preflights_are_lax}, tmp_path) as server:
        audited = run_audit(COMMAND, server, [server.url(HOST, "/me")])
    assert audited.targets[0]["outcome"] in ("clean", "findings"), audited.targets[0]


def test_more_fields_than_can_be_judged_are_no_refusal(tmp_path: Path) -> None:
    def exposes_much(request: Request) -> Answer:
        names = ", ".join(f"X-Name-{number}" for number in range(2600))
        answer = grant(request)
        return Answer(200, [*answer.headers, ("Access-Control-Expose-Headers", names),
                            ("Access-Control-Expose-Headers", names)])
    with HttpsServer({HOST: exposes_much}, tmp_path) as server:
        audited = run_audit(COMMAND, server, [server.url(HOST, "/me")])
    target = audited.targets[0]
    assert (target["outcome"], target["reason"]) == ("inconclusive", "too-large"), target
