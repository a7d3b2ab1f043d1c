# SPDX-License-Identifier: MIT
"""django-cors-headers beside libcors.django: the same settings, and what differs and why."""
from __future__ import annotations

import random
import re
import warnings
from typing import Any

from django.test import Client
from django.test.utils import override_settings

from libcors import PolicyWarning
from tests.python_options import django_site
from tests.python_options.peer_comparison import (CREDENTIALS, EXPOSE, FIELDS, HEADERS, MAX_AGE,
                                                  METHODS, ORIGIN, PREFLIGHT, REQUESTED, Ask, Case,
                                                  Comparison, Difference, Told, told)

django_site.configure()

SEED = 20263
SITES = 40

A, B, EVIL = "https://a.example", "https://b.example:8443", "https://evil.example"
CHOICES: dict[str, list[Any]] = {
    "CORS_ALLOWED_ORIGINS": [[A], (A, B), []],
    "CORS_ALLOWED_ORIGIN_REGEXES": [
        [r"^https://[a-z]+\.corp\.example$"],
        [re.compile(r"^https://([a-z0-9-]+\.)+corp\.example$")],
        [r"^https://a\.example$", r"^https://b\.example:8443$"]],
    "CORS_ALLOW_ALL_ORIGINS": [True, False],
    "CORS_URLS_REGEX": [r"^/api/.*$", re.compile(r"^/(api|boom)")],
    "CORS_ALLOW_METHODS": [["GET"], ("GET", "PUT", "OPTIONS"), ["GET", "POST", "DELETE"]],
    "CORS_ALLOW_HEADERS": [["x-a"], ("accept", "origin", "X-A", "x-b")],
    "CORS_EXPOSE_HEADERS": [["X-E"], ("X-F", "X-E")],
    "CORS_PREFLIGHT_MAX_AGE": [0, 60],
    "CORS_ALLOW_CREDENTIALS": [True, False],
}
REQUEST_ORIGINS = [None, A, B, EVIL, "https://abc.corp.example", "https://ab.c.corp.example",
                   "null", "https://abc.corp.example.evil.example", "not an origin", "https://["]
SAFELISTED = {"GET", "HEAD", "POST"}
REQUESTED_METHODS = ["GET", "HEAD", "PUT", "POST", "DELETE", "PATCH", "put", "PURGE"]
REQUESTED_HEADERS = [None, "x-a", "x-b,x-a", "x-no", "content-type", "authorization"]


def chosen_settings(chance: random.Random) -> dict[str, Any]:
    chosen = {name: chance.choice(values) for name, values in CHOICES.items()
              if chance.random() < 0.5}
    if chosen.get("CORS_ALLOW_ALL_ORIGINS"):
        chosen.pop("CORS_ALLOW_CREDENTIALS", None)
    return chosen


def asked(chance: random.Random) -> list[Ask]:
    asks = []
    for origin in REQUEST_ORIGINS:
        own = () if origin is None else (("Origin", origin),)
        asks += [Ask("GET", "/", own), Ask("GET", "/api/data", own), Ask("OPTIONS", "/api/", own),
                 Ask("OPTIONS", "/api/data", own), Ask("GET", "/boom", own)]
        for method in chance.sample(REQUESTED_METHODS, 3):
            headers = chance.choice(REQUESTED_HEADERS)
            asks.append(Ask("OPTIONS", "/api/data", (
                *own, (PREFLIGHT, method), *([] if headers is None else [(REQUESTED, headers)]))))
    return asks


def said(client: Client, ask: Ask) -> Told:
    lines = {"HTTP_" + name.upper().replace("-", "_"): value for name, value in ask.lines}
    answer = client.generic(ask.method, ask.path, **lines)
    return told(answer.status_code, answer.content, list(answer.items()))


def all_said(middleware: str, chosen: dict[str, Any], asks: list[Ask]) -> list[Told]:
    with override_settings(MIDDLEWARE=[middleware], **chosen):
        client = Client(raise_request_exception=False)
        return [said(client, ask) for ask in asks]


def is_everybody(case: Case) -> bool:
    return bool(case.options.get("CORS_ALLOW_ALL_ORIGINS"))


def refused_by_peer(case: Case) -> bool:
    """A preflight that no browser takes for a yes: a line is missing that it needs."""
    names = {name.strip().lower() for name in (case.ask.value(REQUESTED) or "").split(",")} - {""}
    listed = ",".join(case.peer.lines.get(METHODS, ())).split(",")
    allowed = ",".join(case.peer.lines.get(HEADERS, ())).lower().split(",")
    return (not case.peer.allowed
            or case.ask.value(PREFLIGHT) not in {name.strip() for name in listed} | SAFELISTED
            or not names <= {name.strip() for name in allowed})


def is_refused(case: Case) -> bool:
    return case.ours.status == 403 and case.ask.is_preflight and refused_by_peer(case)


TABLE = [
    Difference(("status", "body"), is_refused,
               "A preflight that is refused says so: 403, and why."),
    Difference(FIELDS, is_refused,
               "A refused preflight has no line at all, so nobody takes a half for a yes."),
    Difference(("status", "body"), lambda case: case.ask.method == "OPTIONS"
               and case.ask.value(PREFLIGHT) is not None and case.ask.origin is None,
               "Without an Origin no request is a preflight: the application answers."),
    Difference((METHODS, HEADERS, MAX_AGE), lambda case: case.ask.method == "OPTIONS"
               and not case.ask.is_preflight,
               "An OPTIONS that asks for no method is no preflight."),
    Difference((CREDENTIALS,), lambda case: not case.ours.allowed,
               "An origin that is refused gets no line at all."),
    Difference((EXPOSE,), lambda case: case.ask.is_preflight,
               "Browsers read it on the answer itself, not on the preflight's."),
    Difference((ORIGIN, EXPOSE), lambda case: is_everybody(case) and case.ask.origin is None,
               "A public answer without an Origin has its lines, so that it can be cached."),
    Difference(FIELDS, lambda case: is_everybody(case) and case.ask.origin == "https://[",
               "Everybody is everybody, also where the Origin is no URL."),
    Difference(("vary",), lambda case: is_everybody(case) and "origin" not in case.ours.vary,
               "An answer that is the same for everybody does not vary with the origin."),
    Difference(("vary",), lambda case: case.peer.vary < case.ours.vary,
               "The answer to OPTIONS varies with what a preflight asks for."),
]


def test_answers_differ_only_where_it_is_meant() -> None:
    chance = random.Random(SEED)
    comparison = Comparison(TABLE)
    for _ in range(SITES):
        chosen, asks = chosen_settings(chance), asked(chance)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", PolicyWarning)
            ours = all_said(django_site.OURS, chosen, asks)
        peer = all_said(django_site.PEER, chosen, asks)
        for ask, of_peer, of_us in zip(asks, peer, ours):
            comparison.add(Case(chosen, ask, of_peer, of_us))
    comparison.check()
    assert comparison.compared > 2500
