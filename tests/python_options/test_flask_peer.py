# SPDX-License-Identifier: MIT
"""Flask-CORS beside libcors.flask: the same options, the same requests, and what differs and why.
"""
from __future__ import annotations

import itertools
import random
import re
import warnings
from datetime import timedelta
from typing import Any

import flask_cors
from flask import Flask, Response

import libcors.flask
from libcors import PolicyWarning
from tests.python_options.peer_comparison import (CREDENTIALS, EXPOSE, FIELDS, HEADERS, MAX_AGE,
                                                  METHODS, ORIGIN, PREFLIGHT, REQUESTED, Ask, Case,
                                                  Comparison, Difference, Told, told)

SEED = 20261
APPS = 60

A, B, EVIL = "https://a.example", "https://b.example", "https://evil.example"
SHORT, LONG = "https://abc.corp.example", "https://ab.c.corp.example"

ORIGINS: list[Any] = [
    "*", A, [A, B], [A, "https://*.corp.example"], {A, B}, ["*", A],
    re.compile(r"^https://[a-z]+\.corp\.example$"),
    r"^https://[a-z]+\.corp\.example$", [A, r"^https://([a-z0-9-]+\.)+corp\.example$"],
    [r"^https://a\.example$", re.compile(r"^HTTPS://B\.EXAMPLE$", re.IGNORECASE)],
]
CHOICES: dict[str, list[Any]] = {
    "methods": [["GET"], ["GET", "PUT"], "GET, DELETE", ["get", "put"], ("PUT", "POST")],
    "allow_headers": ["X-A", ["X-A", "X-B"], [r"X-.*", "Content-Type"], re.compile("x-[ab]$"),
                      "*", []],
    "expose_headers": ["X-E", ["X-F", "X-E"], None],
    "supports_credentials": [True, False],
    "max_age": [600, "30", timedelta(minutes=5), 0, None],
    "send_wildcard": [True, False],
    "always_send": [True, False],
}
REQUEST_ORIGINS = [None, A, B, EVIL, SHORT, LONG, "null", "https://A.EXAMPLE",
                   "https://abc.corp.example.evil.example", "not an origin"]
NO_ORIGINS = ("null", "not an origin", "https://A.EXAMPLE")
REQUESTED_METHODS = ["GET", "PUT", "POST", "DELETE", "PATCH", "put", "PURGE", "ET"]
REQUESTED_HEADERS = [None, "x-a", "X-B,x-a", "x-a, X-No", "content-type", "authorization", "x-abc"]


def chosen_options(chance: random.Random) -> dict[str, Any]:
    options = {name: chance.choice(values) for name, values in CHOICES.items()
               if chance.random() < 0.4}
    options["origins"] = chance.choice(ORIGINS)
    if "*" in options["origins"] if isinstance(options["origins"], (str, list)) else False:
        options.pop("supports_credentials", None)
    return options


def asked(chance: random.Random) -> list[Ask]:
    asks = []
    for origin, path in itertools.product(REQUEST_ORIGINS, ["/", "/missing"]):
        own = () if origin is None else (("Origin", origin),)
        asks += [Ask("GET", path, own), Ask("POST", path, own), Ask("OPTIONS", path, own)]
    for origin in REQUEST_ORIGINS:
        for method in chance.sample(REQUESTED_METHODS, 3):
            lines = [] if origin is None else [("Origin", origin)]
            headers = chance.choice(REQUESTED_HEADERS)
            lines.append((PREFLIGHT, method))
            lines += [] if headers is None else [(REQUESTED, headers)]
            asks.append(Ask("OPTIONS", "/", tuple(lines)))
    return asks


def application() -> Flask:
    app = Flask(__name__)

    @app.route("/", methods=["GET", "POST", "PUT", "DELETE"])
    def index() -> Response:
        answer = Response("hello")
        answer.headers["Vary"] = "Accept"
        return answer
    return app


def said(app: Flask, ask: Ask) -> Told:
    answer = app.test_client().open(ask.path, method=ask.method, headers=list(ask.lines))
    return told(answer.status_code, answer.data, list(answer.headers.items()))


def is_everybody(case: Case) -> bool:
    return case.options["origins"] in ("*", ["*", A])


def methods_of(case: Case) -> list[str]:
    methods = case.options.get("methods", ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"])
    names = methods.split(",") if isinstance(methods, str) else methods
    return [name.strip().upper() for name in names]


def is_refused(case: Case) -> bool:
    return case.ours.status == 403


def grown(case: Case) -> bool:
    """Vary names more, and nothing less."""
    return case.peer.vary < case.ours.vary


def refused_by_peer(case: Case) -> bool:
    """A preflight that no browser takes for a yes: a line is missing that it needs."""
    wanted = case.ask.value(PREFLIGHT) or ""
    names = {name.strip().lower() for name in (case.ask.value(REQUESTED) or "").split(",")} - {""}
    allowed = {name.strip().lower()
               for name in ",".join(case.peer.lines.get(HEADERS, ())).split(",")}
    listed = [name.strip() for name in ",".join(case.peer.lines.get(METHODS, ())).split(",")]
    return (not case.peer.allowed or wanted not in listed or not names <= allowed
            or origin_of_peer(case) != case.ask.origin != "*")


def origin_of_peer(case: Case) -> str | None:
    found = case.peer.lines.get(ORIGIN, [])
    return case.ask.origin if found == ["*"] else found[0] if len(found) == 1 else None


def is_by_pattern(case: Case) -> bool:
    return (case.options["origins"] == [A, "https://*.corp.example"]
            and str(case.ask.origin).endswith(".corp.example"))


TABLE = [
    Difference(("status", "body", "vary", *FIELDS), is_by_pattern,
               "Text with a * is a pattern of policies; as an expression it says nothing."),
    Difference(("status", "body"), lambda case: is_refused(case) and refused_by_peer(case),
               "A preflight that is refused says so: 403, and why."),
    Difference((*FIELDS,), lambda case: is_refused(case) and refused_by_peer(case),
               "A refused preflight has no line at all, so nobody takes a half for a yes."),
    Difference(("status", "body", *FIELDS), lambda case: case.ask.value("Origin") ==
               "https://A.EXAMPLE" and not case.ours.allowed and case.peer.allowed,
               "Browsers send origins in lower case; another spelling is no browser's."),
    Difference(("vary",), grown, "Vary names all that the answer depends on, also without an "
               "Origin, with one that is refused, and on preflights."),
    Difference((ORIGIN, CREDENTIALS, EXPOSE), lambda case: case.ask.origin is None
               and not is_everybody(case) and not case.ours.allowed,
               "Without an Origin the list of all origins is told to nobody."),
    Difference((METHODS, HEADERS, MAX_AGE), lambda case: case.ask.origin is None,
               "Without an Origin no request is a preflight."),
    Difference((ORIGIN, "vary"), lambda case: is_everybody(case)
               and case.ask.origin in NO_ORIGINS
               and (case.ours.lines.get(ORIGIN) == ["*"] or is_refused(case)),
               "Where everybody is allowed, null and what is no origin get the *."),
    Difference((EXPOSE,), lambda case: case.ask.is_preflight and EXPOSE not in case.ours.lines,
               "Browsers read it on the answer itself, not on the preflight's."),
    Difference((MAX_AGE,), lambda case: case.options.get("max_age") == 0,
               "max_age=0 says 0: without it browsers keep the answer for 5 seconds."),
]


def test_answers_differ_only_where_it_is_meant() -> None:
    chance = random.Random(SEED)
    comparison = Comparison(TABLE)
    for _ in range(APPS):
        options = chosen_options(chance)
        peer, ours = application(), application()
        flask_cors.CORS(peer, **options)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", PolicyWarning)
            libcors.flask.CORS(ours, **options)
        for ask in asked(chance):
            comparison.add(Case(options, ask, said(peer, ask), said(ours, ask)))
    comparison.check()
    assert comparison.compared > 4000
