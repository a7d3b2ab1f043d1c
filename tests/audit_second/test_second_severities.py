# SPDX-License-Identifier: MIT
"""What makes a fault worse, and what does not: pairs of servers that differ in one thing."""

from __future__ import annotations

from dataclasses import replace

from tests.audit_second.second_answers import allows_any, always, changed, ORIGIN
from tests.audit_second.second_api import Api
from tests.audit_second.second_behaviour import Call, Matcher, Reply, Server, TARGET
from tests.audit_second.second_stage import Stage
from tests.audit_second.second_trust import OWN, pattern

SEVERITIES = ["info", "low", "medium", "high", "critical"]
COOKIE = ("-H", "Cookie: session=alice-4711")
BEARER = ("-H", "Authorization: Bearer alice-4711")

any_subdomain = pattern(r"^https://([a-z0-9-]+\.)*northwind\.com$")
localhost = pattern(r"^http://localhost(:\d+)?$")


def null(origin: str) -> bool:
    return origin == "null"


def http_too(origin: str) -> bool:
    return origin in (OWN, "http://api.northwind.com")


def session(allows: Matcher, same_site: str) -> Server:
    """An API whose every answer renews the session."""
    value = f"session=renewed; Path=/; Secure; HttpOnly; SameSite={same_site}"

    def renew(call: Call, reply: Reply) -> Reply:
        return replace(reply, fields=[*reply.fields, ("Set-Cookie", value)])
    return changed(Api(allows, cookie=""), renew)


def severity(stage: Stage, server: Server, rule: str, *options: str) -> int:
    seen = stage.play(server, TARGET, *options)
    found = {each["rule"]: each["severity"] for each in seen.audited.targets[0]["findings"]}
    assert rule in found, found
    return SEVERITIES.index(found[rule])


def test_strangers_who_read_persons_data_are_the_worst(stage: Stage) -> None:
    for allows, rule in ((allows_any, "reflected-origin"), (null, "null-origin")):
        assert severity(stage, session(allows, "None"), rule, *COOKIE) >= SEVERITIES.index("high")


def test_same_site_lowers_what_strangers_gain(stage: Stage) -> None:
    open_cookie = severity(stage, session(allows_any, "None"), "reflected-origin", *COOKIE)
    for same_site in ("Lax", "Strict"):
        assert severity(stage, session(allows_any, same_site), "reflected-origin",
                        *COOKIE) < open_cookie


def test_same_site_does_not_lower_what_siblings_gain(stage: Stage) -> None:
    open_cookie = severity(stage, session(any_subdomain, "None"), "any-subdomain", *COOKIE)
    for same_site in ("Lax", "Strict"):
        assert severity(stage, session(any_subdomain, same_site), "any-subdomain",
                        *COOKIE) == open_cookie


def test_strangers_before_siblings_before_local_software(stage: Stage) -> None:
    stranger = severity(stage, session(allows_any, "None"), "reflected-origin", *COOKIE)
    sibling = severity(stage, session(any_subdomain, "None"), "any-subdomain", *COOKIE)
    local = severity(stage, session(localhost, "None"), "loopback-origin", *COOKIE)
    assert stranger > sibling > local


def test_without_credentials_less_is_gained(stage: Stage) -> None:
    for allows, rule in ((allows_any, "reflected-origin"), (null, "null-origin"),
                         (any_subdomain, "any-subdomain"), (http_too, "insecure-origin")):
        with_them = severity(stage, Api(allows), rule, *COOKIE)
        assert severity(stage, Api(allows, credentials=""), rule, *COOKIE) < with_them


def test_credentials_that_no_browser_sends_are_none(stage: Stage) -> None:
    without = severity(stage, Api(allows_any, credentials=""), "reflected-origin", *COOKIE)
    for value in ("True", "TRUE", "1", "yes", "true, true", "false"):
        assert severity(stage, Api(allows_any, credentials=value), "reflected-origin",
                        *COOKIE) == without


def test_a_token_of_scripts_own_is_no_worse_than_a_cookie(stage: Stage) -> None:
    cookie = severity(stage, session(allows_any, "None"), "reflected-origin", *COOKIE)
    assert severity(stage, Api(allows_any, cookie=""), "reflected-origin", *BEARER) <= cookie


def test_encryption_that_browsers_insist_on_lowers_the_network(stage: Stage) -> None:
    plain = Api(http_too)
    strict = changed(plain, lambda call, reply: replace(reply, fields=[
        *reply.fields,
        ("Strict-Transport-Security", "max-age=63072000; includeSubDomains; preload")]))
    assert severity(stage, strict, "insecure-origin") <= severity(stage, plain, "insecure-origin")


def test_a_star_gives_no_persons_data_away(stage: Stage) -> None:
    assert severity(stage, always((ORIGIN, "*")), "wildcard", *COOKIE) == 0
