# SPDX-License-Identifier: MIT
"""Matchers by which anyone can have a trusted origin: a domain of one's own, a frame, a free site.

Each is written as it is found in real code.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from urllib.parse import urlsplit

from tests.audit.api_answers import LAX, NO_STORE, PUBLIC, Api, is_preflight
from tests.audit.behaviour import (ANYONE, REFLECTING, SERIOUS, SMALL, Behaviour, Between, Trusts)
from tests.support.https_server import Answer, Request


def row(name: str, host: str, trusts: Trusts, finds: Mapping[str, Between], may: str = "",
        api: Api | None = None) -> Behaviour:
    """A row of an API that answers well but for whom it trusts."""
    server = replace(api, trusts=trusts) if api else Api(trusts)
    return Behaviour(name, host, server, finds, frozenset(may.split()), trusts=trusts)


def matches(pattern: str) -> Trusts:
    """As `preg_match`, `RegExp.test` and `re.search` do: anywhere unless it is anchored."""
    compiled = re.compile(pattern)
    return lambda origin, _: compiled.search(origin) is not None


def host_of(origin: str) -> str:
    """As `new URL(origin).hostname`."""
    return urlsplit(origin).hostname or ""


def everyone(origin: str, _: str) -> bool:
    return origin != ""


REFLECTED = {"reflected-origin": SERIOUS}
OF_REFLECTING = frozenset({"null-origin", "preflight-reflects"})


def reflecting(name: str, host: str, api: Api, finds: Mapping[str, Between], may: str = "",
               options: tuple[str, ...] = ()) -> Behaviour:
    return Behaviour(name, host, api, finds, OF_REFLECTING | frozenset(may.split()),
                     requests=REFLECTING, options=options, trusts=api.trusts)


def with_any_cookie(api: Api) -> Callable[[Request], Answer]:
    """CORS for calls with a session only."""
    def answer(request: Request) -> Answer:
        if is_preflight(request) or request.first("Cookie"):
            return api(request)
        return Answer(200, [*api.own_fields(), ("Vary", "Origin")], b'{"user":null}')
    return answer


def with_session(api: Api) -> Callable[[Request], Answer]:
    """CORS for calls with a session that the server knows."""
    def answer(request: Request) -> Answer:
        if is_preflight(request) or "session=alice" in (request.first("Cookie") or ""):
            return api(request)
        return Answer(401, [NO_STORE, ("Vary", "Origin")], b'{"error":"who are you"}')
    return answer


def of_post(api: Api) -> Callable[[Request], Answer]:
    """CORS for the one method that the route has."""
    def answer(request: Request) -> Answer:
        if request.method in ("POST", "OPTIONS"):
            return api(request)
        return Answer(405, [NO_STORE, ("Allow", "POST")])
    return answer


def always_an_error(request: Request) -> Answer:
    fields = Api(everyone).named(request)
    return Answer(404, [NO_STORE, *fields], b'{"error":"nothing here"}')


def wants_login(request: Request) -> Answer:
    if is_preflight(request):
        return Api(everyone)(request)
    return Answer(401, [NO_STORE, ("WWW-Authenticate", "Bearer"),
                        *Api(everyone).named(request)], b'{"error":"who are you"}')


def moved(request: Request) -> Answer:
    if request.path == "/old/":
        return Answer(307, [NO_STORE, ("Location", "/old/new/")])
    return Api(everyone)(request)


def only_errors_reflect(request: Request) -> Answer:
    """The error handler has CORS code of its own."""
    if not is_preflight(request) and not request.path.endswith("/"):
        return Answer(404, [NO_STORE, *Api(everyone).named(request)], b'{"error":"nothing here"}')
    return Api(lambda origin, netloc: origin == f"https://{netloc}")(request)


REFLECT = [
    reflecting("reflects any origin", "api.orchardbank.com", Api(everyone), REFLECTED),
    reflecting("reflects any origin, on the apex", "orchardbank.com", Api(everyone), REFLECTED),
    reflecting("reflects any origin, below co.uk", "api.orchard.co.uk", Api(everyone), REFLECTED),
    reflecting("reflects any origin, on a tenant of a shared host", "orchard.vercel.app",
               Api(everyone), REFLECTED),
    replace(reflecting("reflects any origin, on an address", "127.0.0.1", Api(everyone),
                       REFLECTED), path="/open/"),
    reflecting("reflects any origin, in another layer's letters", "lower.orchardbank.com",
               Api(everyone, more=(("access-control-expose-headers", "x-total-count"),)),
               REFLECTED),
    reflecting("reflects any origin, and lets caches keep it", "cdn.orchardbank.com",
               Api(everyone, vary="never", keep=PUBLIC, cookie=""),
               {"reflected-origin": ANYONE, "missing-vary": ("low", "medium")}),
    reflecting("reflects any origin, without credentials", "open.orchard.co.uk",
               Api(everyone, credentials="", cookie=""), {"reflected-origin": SMALL}),
    reflecting("reflects any origin, with credentials `True`", "python.orchardbank.com",
               Api(everyone, credentials="True"),
               {"reflected-origin": SMALL, "invalid-allow-credentials": SMALL}),
    reflecting("reflects any origin, cookies are SameSite=Lax", "lax.orchardbank.com",
               Api(everyone, cookie=LAX), {"reflected-origin": ("low", "medium")}),
    Behaviour("reflects any origin to calls with a cookie", "gate.orchardbank.com",
              with_any_cookie(Api(everyone)), REFLECTED, OF_REFLECTING, trusts=everyone),
    Behaviour("reflects any origin to those logged in", "login.orchardbank.com",
              with_session(Api(everyone)), REFLECTED, OF_REFLECTING, trusts=everyone,
              options=("--cookie", "session=alice")),
    Behaviour("reflects any origin to POST", "post.orchardbank.com", of_post(Api(everyone)),
              REFLECTED, OF_REFLECTING, trusts=everyone,
              options=("-X", "POST", "--data", '{"page":1}')),
    row("reflects any origin but null", "safe.orchardbank.com",
        lambda origin, _: origin != "null", REFLECTED, "preflight-reflects"),
    row("reflects any origin that is https", "tls.orchardbank.com",
        lambda origin, _: origin.startswith("https://"), REFLECTED, "preflight-reflects"),
    row("reflects what looks like an origin", "shape.orchardbank.com",
        matches(r"^https?://[\w.-]+(:\d+)?$"), REFLECTED, "preflight-reflects"),
    row("reflects any origin without a bad word", "words.orchardbank.com",
        lambda origin, _: not re.search("evil|attacker|hack|null", origin), REFLECTED,
        "preflight-reflects"),
    Behaviour("reflects any origin on a page that is not there", "gone.orchardbank.com",
              always_an_error, {"reflected-origin": SMALL}, OF_REFLECTING, trusts=everyone),
    Behaviour("reflects any origin to those who are to log in", "wall.orchardbank.com",
              wants_login, {"reflected-origin": ("info", "medium")}, OF_REFLECTING,
              trusts=everyone),
    Behaviour("reflects any origin, where it moved to", "moved.orchardbank.com", moved, REFLECTED,
              OF_REFLECTING, path="/old/", trusts=everyone),
    reflecting("reflects any origin to a token, without credentials", "token.orchardbank.com",
               Api(everyone, credentials="", cookie=""), {"reflected-origin": SMALL},
               options=("-H", "Authorization: Bearer alice")),
    replace(reflecting("reflects any origin, by http", "old.orchardbank.com", Api(everyone),
                       {"reflected-origin": ("low", "critical")}), by_http=True),
    Behaviour("reflects any origin on errors alone", "errors.orchardbank.com", only_errors_reflect,
              {"reflected-origin": SMALL}, frozenset({"errors-lack-headers"}),
              untried="errors are asked for by a trusted origin only"),
]


def names_null(request: Request) -> Answer:
    """`add_header Access-Control-Allow-Origin null`"""
    api = Api(everyone)
    answer = api(request)
    fields = [(name, "null" if name == "Access-Control-Allow-Origin" else value)
              for name, value in answer.headers if name != "Vary"]
    return Answer(answer.status, fields, answer.body)


def else_null(request: Request) -> Answer:
    """`origins.includes(origin) ? origin : 'null'`"""
    fields = Api(everyone).named(request)
    own = f"https://{request.first('Host')}"
    named = own if request.first("Origin") == own else "null"
    fields = [(name, named if name == "Access-Control-Allow-Origin" else value)
              for name, value in fields]
    if is_preflight(request):
        return Answer(204, [*fields, ("Access-Control-Allow-Methods", "GET, POST, PUT"),
                            ("Access-Control-Allow-Headers", "Authorization, Content-Type")])
    return Answer(200, [*Api(everyone).own_fields(), *fields], b"{}")


NULL = [
    Behaviour("names null to all", "static.willowpay.com", names_null, {"null-origin": SERIOUS},
              frozenset({"invalid-allow-origin", "errors-lack-headers"})),
    Behaviour("names null to those not on the list", "else.willowpay.com", else_null,
              {"null-origin": SERIOUS}, frozenset({"errors-lack-headers"})),
    row("has null on the list", "api.willowpay.co.uk",
        lambda origin, netloc: origin in ("null", f"https://{netloc}"), {"null-origin": SERIOUS}),
    row("has null on a list of partners", "partners.willowpay.com",
        lambda origin, _: origin in ("https://till.example", "null"), {"null-origin": SERIOUS}),
    row("has null on the list, without credentials", "open.willowpay.com",
        lambda origin, netloc: origin in ("null", f"https://{netloc}"), {"null-origin": SMALL},
        api=Api(everyone, credentials="", cookie="")),
]

SUFFIXED = {"suffix-match": SERIOUS}
OF_SUFFIX = "any-subdomain insecure-origin any-scheme"

SUFFIX = [
    row("origin.endsWith(domain)", "api.cedarmail.com",
        lambda origin, _: origin.endswith("cedarmail.com"), SUFFIXED, OF_SUFFIX),
    row("origin.endsWith(domain), on the apex", "cedarmail.io",
        lambda origin, _: origin.endswith("cedarmail.io"), SUFFIXED, OF_SUFFIX),
    row("origin.endsWith(domain), on an apex below co.uk", "cedar.co.uk",
        lambda origin, _: origin.endswith("cedar.co.uk"), SUFFIXED, OF_SUFFIX),
    row("origin.endsWith(domain), below co.uk", "www.cedarmail.co.uk",
        lambda origin, _: origin.endswith("cedarmail.co.uk"), SUFFIXED, OF_SUFFIX),
    row("origin.endsWith(domain), three labels down", "v2.api.cedarmail.de",
        lambda origin, _: origin.endswith("cedarmail.de"), SUFFIXED, OF_SUFFIX),
    row("origin.endsWith(domain), in a name of other letters", "api.xn--bcher-kva.de",
        lambda origin, _: origin.endswith("xn--bcher-kva.de"), SUFFIXED, OF_SUFFIX),
    replace(row("origin.endsWith(domain), for a search", "search.cedarmail.com",
                lambda origin, _: origin.endswith("cedarmail.com"), SUFFIXED, OF_SUFFIX),
            path="/v1/items/", query="?q=a%20b&page=2"),
    replace(row("origin.endsWith(domain), by http", "plain.cedarmail.com",
                lambda origin, _: origin.endswith("cedarmail.com"),
                {"suffix-match": ("low", "critical")}, OF_SUFFIX), by_http=True),
    row("https, and ends in the domain", "tls.cedarmail.com",
        lambda origin, _: origin.startswith("https://") and origin.endswith("cedarmail.com"),
        SUFFIXED, "any-subdomain"),
    row("hostname.endsWith(domain)", "url.cedarmail.com",
        lambda origin, _: host_of(origin).endswith("cedarmail.com"), SUFFIXED,
        OF_SUFFIX + " any-port"),
    row("/domain$/", "regex.cedarmail.com", matches(r"cedarmail\.com$"), SUFFIXED, OF_SUFFIX),
    row("/^https:..*domain$/", "dots.cedarmail.com", matches(r"^https://.*cedarmail\.com$"),
        SUFFIXED, "any-subdomain"),
    row("origin.endsWith(Host header)", "cedarhost.com",
        lambda origin, netloc: origin.endswith(netloc), SUFFIXED, OF_SUFFIX),
    row("origin.endsWith(own name), on a tenant of a shared host", "cedar.vercel.app",
        lambda origin, _: host_of(origin).endswith("cedar.vercel.app"), SUFFIXED,
        OF_SUFFIX + " any-port shared-hosting"),
    row("origin.endsWith(domain), without credentials", "open.cedarmail.com",
        lambda origin, _: origin.endswith("cedarmail.com"), {"suffix-match": SMALL}, OF_SUFFIX,
        Api(everyone, credentials="", cookie="")),
]

PREFIXED = {"prefix-match": SERIOUS}

PREFIX = [
    row("origin.startsWith(own origin)", "api.maplehealth.com",
        lambda origin, _: origin.startswith("https://api.maplehealth.com"), PREFIXED,
        "any-port special-characters"),
    row("re.match() without an end", "match.maplehealth.com",
        lambda origin, _: re.match(r"https://match\.maplehealth\.com", origin) is not None,
        PREFIXED, "any-port special-characters"),
    row("re.match() with a word boundary", "word.maplehealth.com",
        lambda origin, _: re.match(r"https?://word\.maplehealth\.com\b", origin) is not None,
        PREFIXED, "any-port insecure-origin special-characters"),
    row("origin.startsWith(apex)", "api.maple.co.uk",
        lambda origin, _: origin.startswith("https://maple.co.uk"), PREFIXED,
        "any-port special-characters"),
    row("origin.startsWith(app)", "backend.maplehealth.io",
        lambda origin, _: origin.startswith("https://app.maplehealth.io"), PREFIXED,
        "any-port special-characters"),
    row("/^https?:..(www\\.)?domain/, on the apex", "maplehealth.org",
        matches(r"^https?://(www\.)?maplehealth\.org"), PREFIXED,
        "any-port insecure-origin special-characters"),
    row("origin.startsWith(own origin), on a tenant of a shared host", "maple.netlify.app",
        lambda origin, _: origin.startswith("https://maple.netlify.app"), PREFIXED,
        "any-port special-characters shared-hosting"),
    replace(row("origin.startsWith(own address)", "127.0.0.1",
                lambda origin, _: origin.startswith("https://127.0.0.1"), PREFIXED,
                "any-port special-characters loopback-origin"), path="/start/"),
    row("first label is the own one", "backend.maplehealth.de",
        lambda origin, _: host_of(origin).split(".")[0] == "backend", PREFIXED,
        "any-port insecure-origin any-scheme"),
    row("origin.startsWith('http://localhost')", "dev.maplehealth.com",
        lambda origin, netloc: origin.startswith("http://localhost")
        or origin == f"https://{netloc}", PREFIXED, "loopback-origin any-port special-characters"),
    row("origin.startsWith('http://192.168.')", "office.maplehealth.com",
        lambda origin, netloc: origin.startswith("http://192.168.")
        or origin == f"https://{netloc}", PREFIXED, "private-address-origin any-port"),
]

HELD = {"substring-match": SERIOUS}
OF_SUBSTRING = "any-subdomain insecure-origin any-scheme any-port special-characters"

SUBSTRING = [
    row("origin.includes(domain)", "api.birchtravel.com",
        lambda origin, _: "birchtravel.com" in origin, HELD, OF_SUBSTRING),
    row("origin.includes(domain), below co.uk", "api.birch.co.uk",
        lambda origin, _: "birch.co.uk" in origin, HELD, OF_SUBSTRING),
    row("/domain/", "regex.birchtravel.com", matches(r"birchtravel\.com"), HELD, OF_SUBSTRING),
    row("hostname.indexOf(own host) >= 0", "www.birchtravel.io",
        lambda origin, _: "www.birchtravel.io" in host_of(origin), HELD, OF_SUBSTRING),
    row("origin.includes(Host header's name)", "birchtravel.net",
        lambda origin, netloc: netloc.split(":")[0] in origin, HELD, OF_SUBSTRING),
    row("origin.includes(brand)", "api.birchbrand.com",
        lambda origin, _: "birchbrand" in origin, HELD,
        OF_SUBSTRING + " suffix-match prefix-match shared-hosting unescaped-dot"),
    row("'a list, in a string'.includes(origin)", "list.birchtravel.com",
        lambda origin, _: origin in "https://list.birchtravel.com,https://pay.birchtravel.com",
        HELD, "any-subdomain"),
]

DOTTED = {"unescaped-dot": SERIOUS}

DOT = [
    row("/^https:..api.domain$/", "api.aspenlegal.com", matches(r"^https://api.aspenlegal.com$"),
        DOTTED),
    row("/^https:..api.domain$/, below co.uk", "api.aspen.co.uk",
        matches(r"^https://api\.aspen.co\.uk$"), DOTTED),
    row("/^https:..api.domain(:port)?$/", "port.aspenlegal.com",
        matches(r"^https://port.aspenlegal.com(:\d+)?$"), DOTTED, "any-port"),
    row("nginx's ~^https?:..api.domain$", "map.aspenlegal.com",
        matches(r"^https?://map.aspenlegal.com(:[0-9]+)?$"), DOTTED, "any-port insecure-origin"),
    row("/^https:..(www|api).eu.domain$/", "api.eu.aspenlegal.com",
        matches(r"^https://(www|api).eu.aspenlegal.com$"), DOTTED),
    row("/^https:..name.vercel.app$/", "aspen.vercel.app", matches(r"^https://aspen.vercel.app$"),
        DOTTED, "shared-hosting"),
    row("/^https:...*.domain$/", "any.aspenlegal.com", matches(r"^https://.*.aspenlegal\.com$"),
        {"suffix-match|unescaped-dot": SERIOUS}, "any-subdomain suffix-match unescaped-dot"),
    row("/^https:..[a-z]+.domain$/", "letters.aspenlegal.com",
        matches(r"^https://[a-z]+.aspenlegal.com$"),
        {"suffix-match|unescaped-dot": SERIOUS}, "any-subdomain suffix-match unescaped-dot"),
    row("Host header as a pattern", "host.aspenlegal.com",
        lambda origin, netloc: re.match(f"^https://{netloc}$", origin) is not None, DOTTED),
]

SPECIAL = [
    row("host, then anything but a letter, a digit, a dot", "api.hazeltax.com",
        matches(r"^https://api\.hazeltax\.com([^a-z0-9.-].*)?$"),
        {"special-characters": SERIOUS}, "any-port"),
    row("host, and no dot after it", "dot.hazeltax.com",
        matches(r"^https://dot\.hazeltax\.com(?!\.)"),
        {"special-characters|prefix-match": SERIOUS}, "any-port prefix-match special-characters"),
    row("host, and no word after it", "word.hazeltax.com",
        matches(r"^https://word\.hazeltax\.com(?![\w.-])"),
        {"special-characters": ("low", "critical")}, "any-port"),
    row("host, or host_", "under.hazeltax.com", matches(r"^https://under\.hazeltax\.com(_.*)?$"),
        {"special-characters": SERIOUS}),
]

STRANGERS = [*REFLECT, *NULL, *SUFFIX, *PREFIX, *SUBSTRING, *DOT, *SPECIAL]
