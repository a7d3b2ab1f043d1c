# SPDX-License-Identifier: MIT
"""Servers with nothing to find: right ones, and ones whose faults nobody can use.

No finding is right here, not even an information.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable
from dataclasses import replace

from tests.audit.api_answers import (CREDENTIALS, EXPOSE, HEADERS, METHODS, NO_STORE, ORIGIN,
                                     PRIVATE, PUBLIC, Api, is_preflight, netloc)
from tests.audit.behaviour import CLEAN, Behaviour
from tests.audit.faulty_answers import by_options, fixed, is_own, plain
from tests.audit.trusted_strangers import matches, with_session
from tests.support.https_server import Answer, Request

Serve = Callable[[Request], Answer]

OWN = Api(is_own)


def row(name: str, host: str, answer: Serve, path: str = "/", options: tuple[str, ...] = (),
        query: str = "", by_http: bool = False) -> Behaviour:
    return Behaviour(name, host, answer, requests=CLEAN, path=path, query=query,
                     options=options, by_http=by_http)


def trusts_list(*origins: str) -> Serve:
    return Api(lambda origin, _: origin in origins)


def turns_strangers_away(trusted: str) -> Serve:
    """As Spring does: 403 `Invalid CORS request` to whom it does not trust."""
    def answer(request: Request) -> Answer:
        origin = request.first("Origin")
        own = f"https://{netloc(request)}"
        if origin is not None and origin not in (trusted or own, own):
            return Answer(403, [("Vary", "Origin")], b"Invalid CORS request")
        return Api(lambda asked, _: asked == (trusted or own))(request)
    return answer


def strict_about_preflights(request: Request) -> Answer:
    """As rs/cors does: headers in a preflight's answer only if all of it is allowed."""
    wrong = request.first("Access-Control-Request-Method") not in ("GET", "POST")
    if is_preflight(request) and wrong:
        return Answer(204, [("Vary", "Origin, Access-Control-Request-Method")])
    return Api(is_own, methods="GET, POST")(request)


def with_fields(answer: Serve, *fields: tuple[str, str]) -> Serve:
    def more(request: Request) -> Answer:
        plain_answer = answer(request)
        return replace(plain_answer, headers=[*plain_answer.headers, *fields])
    return more


numbers = itertools.count(1)


def numbered(request: Request) -> Answer:
    """No two answers are the same."""
    number = next(numbers)
    answer = OWN(request)
    return replace(answer, body=answer.body + str(number).encode(),
                   headers=[*answer.headers, ("X-Request-Id", f"{number:08x}"),
                            ("Set-Cookie", f"csrf={number}; Secure; SameSite=Strict")])


def moved(request: Request) -> Answer:
    """The route moved, on the same host."""
    if request.path == "/moved/":
        return Answer(308, [NO_STORE, ("Location", "/moved/here/"), ("Vary", "Origin")])
    return OWN(request)


def kept_by_origin() -> Serve:
    """A cache that keeps an answer for each Origin, as Vary says."""
    kept: dict[tuple[str, str | None], Answer] = {}
    api = Api(is_own, keep=PUBLIC, cookie="")

    def answer(request: Request) -> Answer:
        if request.method != "GET":
            return api(request)
        key = (request.target, request.first("Origin"))
        hit = key in kept
        kept.setdefault(key, api(request))
        return replace(kept[key], headers=[*kept[key].headers,
                                           ("X-Cache", "HIT" if hit else "MISS")])
    return answer


def only_head_and_get(request: Request) -> Answer:
    if request.method == "OPTIONS":
        return Answer(405, [("Allow", "GET, HEAD")])
    return Answer(200, [PUBLIC, ("Content-Type", "text/html")], b"<p>Hello</p>")


PARTNER = "https://www.larchpartner.com"
OPEN_PARTNER = ((ORIGIN, PARTNER), (CREDENTIALS, "true"))

LISTS = [
    row("its own origin", "api.lindenbank.com", OWN),
    row("its own origin, on the apex", "lindenbank.io", OWN),
    row("its own origin, below co.uk", "api.linden.co.uk", OWN),
    row("its own origin, three labels down", "v1.api.lindenbank.de", OWN),
    row("its own origin, on a tenant of a shared host", "linden.vercel.app", OWN),
    row("its own origin, on pages of a shared host", "linden.github.io", OWN),
    row("its own origin, on an address", "127.0.0.1", OWN, path="/own/"),
    row("its own origin, on localhost", "localhost", OWN, path="/own/"),
    row("its own origin on the usual port", "usual.lindenbank.com",
        trusts_list("https://usual.lindenbank.com")),
    row("a list: the apex, www, app, and a partner", "list.lindenbank.com",
        trusts_list("https://lindenbank.com", "https://www.lindenbank.com",
                    "https://app.lindenbank.com", PARTNER)),
    row("a partner alone", "partner.lindenbank.com", trusts_list(PARTNER)),
    row("a partner alone, who is told", "told.lindenbank.com", trusts_list(PARTNER),
        options=("--origin", PARTNER)),
    row("its own origin, in a name of other letters", "api.xn--bcher-kva.com", OWN),
    row("its own origin, for a search", "search.lindenbank.com", OWN, path="/v1/items/",
        query="?q=a%20b&page=2"),
    row("a list that is compared in lower case", "lower.lindenbank.com",
        Api(lambda origin, asked: origin.lower() == f"https://{asked}")),
    row("an anchored regular expression", "regex.lindenbank.com",
        Api(matches(r"^https://regex\.lindenbank\.com$"))),
    row("a regular expression of names", "names.lindenbank.com",
        Api(matches(r"^https://(www|app|names)\.lindenbank\.com$"))),
    row("an unescaped dot that nobody can register", "dot.lindenbank.com",
        Api(matches(r"^https://dot\.lindenbank.com$"))),
    row("an unescaped dot of co.uk", "dot.linden.co.uk",
        Api(matches(r"^https://dot\.linden\.co.uk$"))),
    row("begins with the own origin and its port", "start.lindenbank.com",
        Api(lambda origin, asked: origin.startswith(f"https://{asked}"))),
    row("its own origin, without credentials", "open.lindenbank.com",
        Api(is_own, credentials="", cookie="")),
    row("its own origin, credentials `false`", "false.lindenbank.com",
        Api(is_own, credentials="false", cookie="")),
    row("its own origin, by http", "plain.lindenbank.com",
        Api(lambda origin, asked: origin == f"http://{asked}"), by_http=True),
    row("its own origin by http and https, by http", "both.lindenbank.com",
        Api(lambda origin, asked: re.fullmatch(f"https?://{re.escape(asked)}", origin)
            is not None), by_http=True),
    row("its own origin, to those logged in", "login.lindenbank.com",
        with_session(OWN), options=("--cookie", "session=alice")),
    row("its own origin, to POST", "post.lindenbank.com",
        lambda request: OWN(request) if request.method in ("POST", "OPTIONS")
        else Answer(405, [("Allow", "POST")]), options=("-X", "POST", "--data", "{}")),
]

ANSWERS = [
    row("no CORS", "www.alderpress.com", only_head_and_get),
    row("no CORS, on the apex", "alderpress.org", plain(200, NO_STORE)),
    row("no CORS, and OPTIONS wants a login", "auth.alderpress.com",
        by_options(plain(401, ("WWW-Authenticate", "Basic")), plain(200, NO_STORE))),
    row("no CORS, and OPTIONS is redirected", "moved.alderpress.com",
        by_options(plain(302, ("Location", "/login")), plain(200, NO_STORE))),
    row("no CORS, and nothing there", "gone.alderpress.com", plain(404, NO_STORE)),
    row("no CORS, but Vary: Origin", "vary.alderpress.com", plain(200, ("Vary", "Origin"))),
    row("strangers get 403", "spring.alderpress.com", turns_strangers_away("")),
    row("all but a partner get 403", "partner.alderpress.com", turns_strangers_away(PARTNER)),
    row("the same one origin for all", "fixed.alderpress.com", fixed(*OPEN_PARTNER)),
    row("the same one origin for all, kept by caches", "kept.alderpress.co.uk",
        lambda request: replace(fixed(*OPEN_PARTNER)(request),
                                headers=[PUBLIC, *fixed(*OPEN_PARTNER)(request).headers[1:]]
                                if request.method == "GET"
                                else fixed(*OPEN_PARTNER)(request).headers)),
    row("the own origin for all", "self.alderpress.com",
        lambda request: fixed((ORIGIN, f"https://{netloc(request)}"))(request)),
    row("no Vary, and no cache keeps it", "novary.alderpress.com", Api(is_own, vary="never")),
    row("Vary among others", "among.alderpress.com",
        with_fields(Api(is_own, vary="never", keep=PUBLIC, cookie=""),
                    ("Vary", "Accept-Encoding, ORIGIN , Accept"))),
    row("Vary on two lines", "lines.alderpress.com",
        with_fields(Api(is_own, vary="never", keep=PUBLIC, cookie=""),
                    ("Vary", "Accept-Encoding"), ("vary", "origin"))),
    row("Vary: *", "star.alderpress.com",
        with_fields(Api(is_own, vary="never", keep=PUBLIC, cookie=""), ("Vary", "*"))),
    row("a cache that keeps by Origin", "cdn.alderpress.com", kept_by_origin()),
    row("a preflight's answer of 200", "200.alderpress.com", Api(is_own, preflight_status=200)),
    row("preflights of GET alone", "get.alderpress.com", Api(is_own, methods="GET")),
    row("preflights that allow what they know", "strict.alderpress.com",
        strict_about_preflights),
    row("no header is allowed", "none.alderpress.com", Api(is_own, headers="Content-Type")),
    row("harmless headers exposed", "expose.alderpress.com",
        Api(is_own, more=((EXPOSE, "X-Total-Count, Link, ETag"),))),
    row("into the private network, for its own", "lan.alderpress.com",
        lambda request: with_fields(OWN, (PRIVATE, "true"))(request)
        if is_preflight(request) and request.first("Origin") == f"https://{netloc(request)}"
        else OWN(request)),
    row("no two answers are the same", "id.alderpress.com", numbered),
    row("moved, on the same host", "api.alderpress.com", moved, path="/moved/"),
    row("an answer without content", "204.alderpress.com",
        lambda request: OWN(request) if request.method == "OPTIONS" or request.path != "/"
        else Answer(204, OWN(request).headers)),
    row("a large answer", "large.alderpress.com",
        lambda request: replace(OWN(request), body=b"x" * 200_000)),
    row("a connection for each answer", "close.alderpress.com",
        with_fields(OWN, ("Connection", "close"))),
    row("headers of other kinds", "other.alderpress.com",
        with_fields(OWN, ("Timing-Allow-Origin", "*"),
                    ("Cross-Origin-Resource-Policy", "cross-origin"),
                    ("X-Frame-Options", "ALLOWALL"))),
    row("preflights allow by lists of their own", "tight.alderpress.com",
        by_options(lambda request: Answer(204, [*OWN.named(request), (METHODS, "POST"),
                                                (HEADERS, "content-type")]), OWN)),
]

CORRECT = [*LISTS, *ANSWERS]
