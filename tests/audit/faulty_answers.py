# SPDX-License-Identifier: MIT
"""Faults of the answer, whoever is trusted: caches, values that browsers refuse, preflights.

Most harm the owner alone, and none should be rated as if somebody read a user's data.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

from tests.audit.api_answers import (ASKED_HEADERS, ASKED_METHOD, ASKED_PRIVATE, CREDENTIALS,
                                     EXPOSE, HEADERS, METHODS, NO_STORE, ORIGIN, PRIVATE,
                                     PUBLIC, Api, is_preflight, netloc)
from tests.audit.behaviour import ANY, NEIGHBOUR, REFLECTING, SERIOUS, SMALL, Behaviour, Between
from tests.audit.trusted_strangers import everyone
from tests.support.https_server import Answer, Request

Serve = Callable[[Request], Answer]
LOW_MEDIUM: Between = ("low", "medium")


def is_own(origin: str, asked: str) -> bool:
    return origin == f"https://{asked}"


OWN = Api(is_own)
OPEN_OWN = Api(is_own, cookie="", keep=PUBLIC)


def row(name: str, host: str, answer: Serve, finds: Mapping[str, Between], may: str = "",
        path: str = "/", requests: int = ANY) -> Behaviour:
    return Behaviour(name, host, answer, finds, frozenset(may.split()), requests, path)


def fixed(*fields: tuple[str, str]) -> Serve:
    """The same headers on every answer, as `add_header ... always` has it."""
    def answer(request: Request) -> Answer:
        if is_preflight(request):
            return Answer(204, [*fields, (METHODS, "GET, POST, PUT"),
                                (HEADERS, "Authorization, Content-Type")])
        found = request.path.endswith("/")
        return Answer(200 if found else 404, [NO_STORE, *fields], b'{"news":[]}')
    return answer


def naming(values: Callable[[str], list[str]]) -> Serve:
    """The own origin is trusted; the lines that say so are these."""
    def answer(request: Request) -> Answer:
        plain = OWN(request)
        origin = request.first("Origin") or ""
        lines = [(ORIGIN, value) for value in values(origin)]
        rest = [field for field in plain.headers if field[0] != ORIGIN]
        named = len(rest) < len(plain.headers)
        return Answer(plain.status, [*(lines if named else []), *rest], plain.body)
    return answer


WILDCARD = [
    row("* for all", "feed.junipernews.com", fixed((ORIGIN, "*")),
        {"wildcard": ("info", "info")}),
    row("* for all, and any header", "fonts.juniper.co.uk",
        fixed((ORIGIN, "*"), (EXPOSE, "X-Total-Count")), {"wildcard": ("info", "info")}),
    row("* for those who have an Origin", "api.junipernews.com",
        lambda request: Answer(200, [NO_STORE, *([(ORIGIN, "*")] if request.first("Origin")
                                                 else [])], b"{}"),
        {"wildcard": ("info", "info")}, "preflight-fails errors-lack-headers"),
    row("* on this machine", "localhost", fixed((ORIGIN, "*")), {"wildcard": ("info", "medium")},
        path="/any/"),
    row("* and credentials", "both.junipernews.com",
        fixed((ORIGIN, "*"), (CREDENTIALS, "true")), {"wildcard-with-credentials": SMALL},
        "wildcard"),
    row("* and credentials `false`", "neither.junipernews.com",
        fixed((ORIGIN, "*"), (CREDENTIALS, "false")), {"wildcard": ("info", "info")},
        "invalid-allow-credentials"),
]


class Cache:
    """A cache as people build it: an answer is kept by its URL, and for as long as it says."""

    def __init__(self, behind: Serve, by_origin: bool = False) -> None:
        self._behind = behind
        self._by_origin = by_origin
        self._kept: dict[tuple[str, str], Answer] = {}

    def __call__(self, request: Request) -> Answer:
        if request.method not in ("GET", "HEAD"):
            return self._behind(request)
        origin = request.first("Origin") or "" if self._by_origin else ""
        key = (request.target, origin)
        if key in self._kept:
            return replace(self._kept[key],
                           headers=[*self._kept[key].headers, ("Age", "3"), ("X-Cache", "HIT")])
        answer = self._behind(request)
        if PUBLIC in answer.headers:
            self._kept[key] = answer
        return replace(answer, headers=[*answer.headers, ("X-Cache", "MISS")])


CACHES = [
    row("a list without Vary, for all caches", "api.oakfonts.com",
        replace(OPEN_OWN, vary="never"), {"missing-vary": LOW_MEDIUM}),
    row("a list without Vary, for the browser's cache", "me.oakfonts.com",
        Api(is_own, vary="never", keep=("Cache-Control", "private, max-age=600")),
        {"missing-vary": LOW_MEDIUM}),
    row("Vary to the trusted only", "half.oak.co.uk", replace(OPEN_OWN, vary="trusted"),
        {"missing-vary": SMALL[:1] + ("medium",)}),
    row("Vary: Accept-Encoding alone", "zip.oakfonts.com",
        Api(is_own, vary="never", keep=PUBLIC, cookie="", more=(("Vary", "Accept-Encoding"),)),
        {"missing-vary": LOW_MEDIUM}),
    row("a cache that forgets the Origin, before a list", "cdn.oakfonts.com",
        Cache(replace(OPEN_OWN, vary="never")), {"cache-poisoning": NEIGHBOUR}, "missing-vary"),
    row("a cache that forgets the Origin, before a reflecting server", "img.oakfonts.com",
        Cache(Api(everyone, vary="never", keep=PUBLIC, cookie="")),
        {"cache-poisoning": NEIGHBOUR, "reflected-origin": ("low", "critical")},
        "missing-vary preflight-reflects null-origin"),
]

LITERAL = [
    row("two lines, both the origin", "two.poplarcrm.com", naming(lambda origin: [origin] * 2),
        {"multiple-allow-origin": SMALL}),
    row("two layers: the origin, and *", "layers.poplarcrm.com",
        naming(lambda origin: [origin, "*"]), {"multiple-allow-origin": SMALL}),
    row("any origin, by two layers", "api.poplar.co.uk",
        lambda request: replace(
            Api(everyone)(request),
            headers=[*Api(everyone)(request).headers, (ORIGIN, request.first("Origin") or "*")]),
        {"multiple-allow-origin": SMALL}),
    row("a list with commas", "commas.poplarcrm.com",
        fixed((ORIGIN, "https://app.poplarcrm.com, https://www.poplarcrm.com")),
        {"multiple-allow-origin|invalid-allow-origin": SMALL}),
    row("a trailing slash", "slash.poplarcrm.com", fixed((ORIGIN, "https://app.poplarcrm.com/")),
        {"invalid-allow-origin": SMALL}),
    row("a trailing slash on whom it trusts", "echo.poplarcrm.com",
        naming(lambda origin: [origin + "/"]), {"invalid-allow-origin": SMALL}),
    row("https://*.domain, literally", "star.poplarcrm.com",
        fixed((ORIGIN, "https://*.poplarcrm.com")), {"invalid-allow-origin": SMALL}),
    row("a host without a scheme", "host.poplarcrm.com", fixed((ORIGIN, "poplarcrm.com")),
        {"invalid-allow-origin": SMALL}),
    row("capital letters", "case.poplarcrm.com", fixed((ORIGIN, "https://App.PoplarCRM.com")),
        {"invalid-allow-origin": SMALL}),
    row("credentials `True`", "python.poplarcrm.com", Api(is_own, credentials="True"),
        {"invalid-allow-credentials": SMALL}),
    row("credentials `1`", "php.poplarcrm.com", Api(is_own, credentials="1"),
        {"invalid-allow-credentials": SMALL}),
    row("credentials `true`, by two layers", "twice.poplarcrm.com",
        Api(is_own, more=((CREDENTIALS, "true"),)), {"invalid-allow-credentials": SMALL}),
    row("Set-Cookie and a token exposed", "expose.poplarcrm.com",
        Api(is_own, more=((EXPOSE, "Set-Cookie, Authorization, X-Auth-Token"),)),
        {"exposes-sensitive-header": SMALL[:1] + ("medium",)}),
]


def by_options(options: Callable[[Request], Answer], api: Serve = OWN) -> Serve:
    """What answers OPTIONS is not what answers the rest."""
    return lambda request: options(request) if request.method == "OPTIONS" else api(request)


def plain(status: int, *fields: tuple[str, str]) -> Serve:
    return lambda _: Answer(status, fields)


def echoing(methods: bool = True, headers: bool = True) -> Serve:
    """Allows what is asked for: the methods, the headers, or both."""
    def answer(request: Request) -> Answer:
        fields = OWN.named(request)
        if any(name == ORIGIN for name, _ in fields):
            asked = request.first(ASKED_METHOD) or ""
            fields += [(METHODS, asked if methods else "GET, POST, PUT, PATCH, DELETE"),
                       (HEADERS, (request.first(ASKED_HEADERS) or "") if headers
                        else "Authorization, Content-Type")]
        return Answer(204, fields)
    return by_options(answer)


def opens_private_network(trusts: Callable[[str, str], bool]) -> Serve:
    api = Api(trusts)

    def answer(request: Request) -> Answer:
        plain_answer = api(request)
        asked = request.first(ASKED_PRIVATE) == "true"
        named = any(name == ORIGIN for name, _ in plain_answer.headers)
        more = [(PRIVATE, "true")] if asked and named else []
        return replace(plain_answer, headers=[*plain_answer.headers, *more])
    return answer


def of_anyone(request: Request) -> Answer:
    return Api(everyone)(request)


PREFLIGHT = [
    row("preflights of any origin", "api.sequoiaiot.com", by_options(of_anyone),
        {"preflight-reflects": ("info", "medium")}),
    row("preflights of any origin, and no CORS besides", "get.sequoiaiot.com",
        by_options(of_anyone, Api(lambda _, __: False)),
        {"preflight-reflects": ("info", "medium")}),
    row("preflights end in 404", "404.sequoiaiot.com", by_options(plain(404)),
        {"preflight-fails": SMALL}, "errors-lack-headers"),
    row("preflights end in 500", "500.sequoia.co.uk", by_options(plain(500)),
        {"preflight-fails": SMALL}, "errors-lack-headers"),
    row("preflights end in 405", "405.sequoiaiot.com", by_options(plain(405, ("Allow", "GET"))),
        {"preflight-fails": SMALL}, "errors-lack-headers"),
    row("preflights have the headers, and end in 403", "403.sequoiaiot.com",
        Api(is_own, preflight_status=403), {"preflight-fails": SMALL}),
    row("preflights lack the headers", "none.sequoiaiot.com", by_options(plain(200)),
        {"preflight-fails": SMALL}),
    row("preflights want a login", "401.sequoiaiot.com",
        by_options(plain(401, ("WWW-Authenticate", "Bearer"))),
        {"preflight-needs-credentials": SMALL}, "preflight-fails errors-lack-headers"),
    row("preflights are redirected", "301.sequoiaiot.com",
        by_options(lambda request: Answer(301, [("Location", f"https://{netloc(request)}/v2/")])),
        {"preflight-redirects": SMALL}, "preflight-fails"),
    row("any method", "methods.sequoiaiot.com", echoing(headers=False),
        {"methods-too-wide": SMALL}),
    row("any header", "headers.sequoiaiot.com", echoing(methods=False),
        {"headers-too-wide": SMALL}),
    row("any method and any header", "any.sequoiaiot.com", echoing(),
        {"methods-too-wide": SMALL, "headers-too-wide": SMALL}),
    row("an age in words", "age.sequoiaiot.com", Api(is_own, max_age="1 day"),
        {"max-age-invalid": SMALL}),
    row("an age with a unit", "unit.sequoiaiot.com", Api(is_own, max_age="600s"),
        {"max-age-invalid": SMALL}),
    row("lets any page into the private network", "lan.sequoiaiot.com",
        opens_private_network(everyone),
        {"private-network-allowed": ("low", "high"), "reflected-origin": SERIOUS},
        "preflight-reflects null-origin", requests=REFLECTING),
]

ERRORS = [
    row("errors lack the headers", "api.bayleafshop.com", Api(is_own, errors=False),
        {"errors-lack-headers": SMALL}),
    row("errors lack the headers that all else has", "feed.bayleafshop.com",
        lambda request: replace(fixed((ORIGIN, "https://www.bayleafshop.com"))(request),
                                **({} if is_preflight(request) or request.path.endswith("/")
                                   else {"headers": [NO_STORE]})),
        {"errors-lack-headers": SMALL}),
]


def else_partner(trusts: Callable[[str, str], bool]) -> Serve:
    """`trusted ? origin : origins[0]`"""
    api = Api(trusts)

    def answer(request: Request) -> Answer:
        given = api(request)
        if any(name == ORIGIN for name, _ in given.headers):
            return given
        partner = [(ORIGIN, "https://www.larchpartner.com"), (CREDENTIALS, "true")]
        return replace(given, headers=[*given.headers, *partner])
    return answer


def ends_in_partner(origin: str, _: str) -> bool:
    return origin.endswith("larchpartner.com")


NAMED = [
    Behaviour("names its first partner else, and ends in it", "api.bayleafshop.io",
              else_partner(ends_in_partner), {"suffix-match": SERIOUS},
              frozenset({"any-subdomain", "insecure-origin", "any-scheme"}),
              trusts=ends_in_partner),
]

FAULTS = [*WILDCARD, *CACHES, *LITERAL, *PREFLIGHT, *ERRORS, *NAMED]
