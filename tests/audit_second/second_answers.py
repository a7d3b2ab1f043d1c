# SPDX-License-Identifier: MIT
"""Servers that allow the right origins, or everybody, and say it in a wrong way."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from tests.audit_second.second_api import NAMES, Api, with_field, without, without_cors
from tests.audit_second.second_behaviour import ANYONE, NOBODY, Behaviour, Call, Reply, Server
from tests.audit_second.second_trust import OWN, SHOP

ORIGIN = NAMES + "Allow-Origin"
CREDENTIALS = NAMES + "Allow-Credentials"
METHODS = NAMES + "Allow-Methods"
HEADERS = NAMES + "Allow-Headers"
PUBLIC = "public, max-age=3600"


def allows_own(origin: str) -> bool:
    return origin == OWN


def allows_any(origin: str) -> bool:
    return True


def allows_none(origin: str) -> bool:
    return False


OWN_API = Api(allows_own)

Change = Callable[[Call, Reply], Reply]


def changed(server: Server, change: Change) -> Server:
    """A server whose every reply is changed before it goes out."""
    return lambda call: change(call, server(call))


def answering(code: str, server: Server, finds: dict[str, str], *may: str,
              **more: Any) -> Behaviour:
    return Behaviour(code, server, finds, frozenset(may), **more)


def own_but(code: str, change: Change, finds: dict[str, str], *may: str, **more: Any) -> Behaviour:
    """An API for its own origin alone, changed."""
    return answering(code, changed(OWN_API, change), finds, *may, **more)


def always(*fields: tuple[str, str]) -> Server:
    """Public data; the same CORS fields on every answer, whatever the Origin."""
    api = Api(allows_none, vary="", cookie="", cache="no-cache")
    return changed(api, lambda call, reply: replace(reply, fields=[*reply.fields, *fields]))


# Everybody, in words that browsers know

PREFLIGHT_STARS = ((METHODS, "*"), (HEADERS, "*"))

WILDCARDS = [
    answering("star-public", always((ORIGIN, "*")), {"wildcard": "info"}, requests=16),
    answering("star-public-preflights", always((ORIGIN, "*"), *PREFLIGHT_STARS),
              {"wildcard": "info"}, arguable="a public API with * everywhere is one info"),
    answering("star-cached", changed(always((ORIGIN, "*")), lambda call, reply: with_field(
        reply, "Cache-Control", PUBLIC)), {"wildcard": "info"}),
    answering("star-with-credentials", always((ORIGIN, "*"), (CREDENTIALS, "true")),
              {"wildcard-with-credentials": NOBODY}, "wildcard"),
    answering("star-for-foreigners", lambda call: with_field(
        OWN_API(call), ORIGIN, call.origin if call.origin == OWN else "*"),
              {"wildcard": "info"}),
    answering("star-or-reflection", changed(Api(allows_any), lambda call, reply: with_field(
        reply, ORIGIN, call.origin or "*")), {"reflected-origin": ANYONE},
              "wildcard", "wildcard-with-credentials", requests=5),
]

# Reflection where a list of probes does not look


def on_post(call: Call) -> Reply:
    """Allows every origin, to POST alone; GET is not there at all."""
    if call.method in ("POST", "OPTIONS"):
        return Api(allows_any)(call)
    return Reply(405, [("Allow", "POST")])


def reflects_post_only(call: Call) -> Reply:
    """GET is there, and allows nobody."""
    asked = call.fields.get("access-control-request-method", call.method)
    return Api(allows_any if asked == "POST" else allows_none)(call)


def behind_login(call: Call) -> Reply:
    """Public for guests without a word of CORS; persons' own answers are anybody's."""
    return Api(allows_any if call.known_person or call.is_preflight else allows_none)(call)


def reflecting_errors(call: Call) -> Reply:
    reply = OWN_API(call)
    return Api(allows_any)(call) if reply.status >= 400 else reply


def nothing_here(call: Call) -> Reply:
    return Api(allows_any, path="/elsewhere")(call)


def wants_login(call: Call) -> Reply:
    """401 for guests, with the reflection of a CORS layer that runs first."""
    reply = Api(allows_any, cookie="")(call)
    if call.is_preflight or call.known_person:
        return reply
    return with_field(replace(reply, status=401, body=b"{}"), "WWW-Authenticate", "Bearer")


COOKIE = ("-H", "Cookie: session=alice-4711")
POSTING = ("-X", "POST", "--data", '{"item": "tea"}', "-H", "Content-Type: application/json")

HIDDEN = [
    answering("reflects-to-persons", behind_login,
              {"reflected-origin": "high critical"}, "preflight-reflects", "missing-vary",
              options=COOKIE),
    answering("reflects-post", on_post, {"reflected-origin": ANYONE}, "preflight-reflects",
              options=POSTING),
    answering("reflects-post-beside-get", reflects_post_only, {"reflected-origin": ANYONE},
              "preflight-reflects", options=POSTING),
    answering("reflects-post-seen-from-get", reflects_post_only,
              {"preflight-reflects": "info low medium high"}, "missing-vary",
              arguable="POST itself is not sent unasked; its preflight may be"),
    answering("reflects-in-preflights", lambda call: Api(
        allows_any if call.is_preflight else allows_own)(call),
              {"preflight-reflects": "info low medium high"}, "methods-too-wide"),
    answering("reflects-in-preflights-alone", lambda call: Api(
        allows_any if call.is_preflight else allows_none)(call),
              {"preflight-reflects": "info low medium high"}, "methods-too-wide"),
    answering("reflects-in-errors", nothing_here, {"reflected-origin": "info low"},
              arguable="an error page holds nothing worth reading; ANYONE would be crying wolf"),
    answering("reflects-to-the-logged-in", wants_login, {"reflected-origin": "high critical"},
              options=COOKIE),
    answering("reflects-to-bearers", wants_login, {"reflected-origin": "low medium high critical"},
              options=("-H", "Authorization: Bearer alice-4711"),
              arguable="no browser adds a bearer's token for a stranger's page"),
    answering("reflects-post-where-get-is-none", on_post,
              {"preflight-reflects": "info low medium high"}, "reflected-origin",
              "errors-lack-headers", arguable="inconclusive for its method would be honest, too"),
    answering("null-always", always((ORIGIN, "null"), (CREDENTIALS, "true")),
              {"null-origin": ANYONE}, "missing-vary",
              arguable="written as a refusal; every sandboxed frame has that origin"),
    answering("reflects-without-credentials", Api(allows_any, credentials=""),
              {"reflected-origin": "info low medium"}, requests=5),
    answering("reflects-with-false", Api(allows_any, credentials="false"),
              {"reflected-origin": "info low medium"}, "invalid-allow-credentials"),
    answering("reflects-with-capital-true", Api(allows_any, credentials="True"),
              {"reflected-origin": "info low medium", "invalid-allow-credentials": NOBODY},
              requests=5),
]

# Caches


def echoing_only_then(call: Call) -> Reply:
    """Vary where there is an Origin, and not where there is none."""
    reply = Api(allows_own, cache=PUBLIC, cookie="")(call)
    return reply if call.origin else without(reply, "Vary")


UNVARIED = {"missing-vary": "low medium"}

CACHES = [
    answering("vary-missing", Api(allows_own, vary="", cache=PUBLIC, cookie=""), UNVARIED),
    answering("vary-of-other-things", Api(allows_own, vary="Accept-Encoding, Cookie",
                                          cache=PUBLIC, cookie=""), UNVARIED),
    answering("vary-only-with-origin", echoing_only_then, UNVARIED),
    answering("vary-missing-reflecting", Api(allows_any, vary="", cache=PUBLIC, cookie=""),
              {"reflected-origin": ANYONE, "missing-vary": "info low medium"},
              "cache-poisoning", requests=5),
    answering("vary-missing-in-a-word", Api(allows_own, vary="X-Origin, Origin-Agent",
                                            cache=PUBLIC, cookie=""), UNVARIED),
]

# Values that no browser takes


def says(*values: str) -> Change:
    """The own origin's answers with other values, a field line each."""
    def change(call: Call, reply: Reply) -> Reply:
        if not any(name == ORIGIN for name, _ in reply.fields):
            return reply
        return replace(without(reply, ORIGIN), fields=[
            *without(reply, ORIGIN).fields, *((ORIGIN, value) for value in values)])
    return change


INVALID = {"invalid-allow-origin": NOBODY}
SEVERAL = {"multiple-allow-origin": NOBODY}
EITHER = {"multiple-allow-origin|invalid-allow-origin": NOBODY}

VALUES = [
    answering("list-with-comma", always((ORIGIN, f"{OWN}, {SHOP}")), EITHER,
              "multiple-allow-origin", "invalid-allow-origin"),
    answering("list-with-space", always((ORIGIN, f"{OWN} {SHOP}")), EITHER,
              "multiple-allow-origin", "invalid-allow-origin"),
    answering("two-fields", always((ORIGIN, OWN), (ORIGIN, SHOP)), SEVERAL,
              "invalid-allow-origin"),
    own_but("star-and-origin", says("*", OWN), SEVERAL, "invalid-allow-origin", "wildcard",
            "preflight-fails"),
    own_but("same-twice", says(OWN, OWN), SEVERAL, "invalid-allow-origin", "preflight-fails"),
    own_but("with-slash", says(OWN + "/"), INVALID, "preflight-fails"),
    own_but("without-scheme", says("api.northwind.com"), INVALID, "preflight-fails"),
    own_but("in-capitals", says(OWN.upper()), INVALID, "preflight-fails"),
    answering("star-dot-domain", always((ORIGIN, "https://*.northwind.com")), INVALID),
    answering("with-path", always((ORIGIN, OWN + "/app")), INVALID),
    answering("with-default-port", always((ORIGIN, OWN + ":443")), INVALID),
    answering("in-quotes", always((ORIGIN, '"*"')), INVALID),
    answering("false-as-refusal", always((ORIGIN, "false")), INVALID),
    answering("capital-true", Api(allows_own, credentials="True"),
              {"invalid-allow-credentials": NOBODY}),
    answering("credentials-one", Api(allows_own, credentials="1"),
              {"invalid-allow-credentials": NOBODY}),
    answering("credentials-twice", changed(OWN_API, lambda call, reply: with_field(
        reply, CREDENTIALS, "true, true") if call.origin == OWN else reply),
              {"invalid-allow-credentials": NOBODY}),
]

# Preflights


def to_preflights(status: int, *fields: tuple[str, str]) -> Change:
    """Preflights are answered like this instead."""
    return lambda call, reply: Reply(status, list(fields)) if call.is_preflight else reply


def echo(field: str, asked: str) -> Change:
    """A preflight's field says what was asked for."""
    def change(call: Call, reply: Reply) -> Reply:
        wanted = call.fields.get("access-control-request-" + asked, "")
        if not call.is_preflight or not wanted or call.origin != OWN:
            return reply
        return with_field(reply, field, wanted)
    return change


FAILS = {"preflight-fails": NOBODY}

PREFLIGHTS = [
    own_but("preflight-405", to_preflights(405, ("Allow", "GET, POST")), FAILS),
    own_but("preflight-404", to_preflights(404), FAILS),
    own_but("preflight-500", to_preflights(500), FAILS),
    own_but("preflight-bare", to_preflights(204, ("Allow", "GET, POST, OPTIONS")), FAILS),
    own_but("preflight-401", to_preflights(401, ("WWW-Authenticate", "Bearer")),
            {"preflight-needs-credentials": NOBODY}, "preflight-fails"),
    own_but("preflight-401-with-headers", lambda call, reply: replace(
        reply, status=401) if call.is_preflight else reply,
            {"preflight-needs-credentials": NOBODY}, "preflight-fails"),
    own_but("preflight-301", to_preflights(301, ("Location", "/v1/items/")),
            {"preflight-redirects": NOBODY}, "preflight-fails"),
    own_but("preflight-to-login", to_preflights(302, ("Location", "/login")),
            {"preflight-redirects": NOBODY}, "preflight-fails", "preflight-needs-credentials"),
    own_but("methods-echoed", echo(METHODS, "method"), {"methods-too-wide": NOBODY}),
    own_but("headers-echoed", echo(HEADERS, "headers"), {"headers-too-wide": NOBODY},
            arguable="the default of Express' cors, behind a correct list of origins"),
    answering("methods-star", Api(allows_own, credentials="", methods="*"),
              {"methods-too-wide": NOBODY}),
    answering("headers-star", Api(allows_own, credentials="", headers="*"),
              {"headers-too-wide": NOBODY}),
    answering("max-age-words", Api(allows_own, max_age="1 hour"), {"max-age-invalid": NOBODY}),
    answering("max-age-unit", Api(allows_own, max_age="3600s"), {"max-age-invalid": NOBODY}),
    answering("max-age-fraction", Api(allows_own, max_age="86400.0"),
              {"max-age-invalid": NOBODY}),
    answering("private-network", changed(OWN_API, lambda call, reply: with_field(
        reply, NAMES + "Allow-Private-Network", "true") if call.is_preflight else reply),
              {"private-network-allowed": "info low medium"}),
]

# What script may read, and when

REST = [
    own_but("errors-bare", lambda call, reply: without_cors(reply) if reply.status >= 400
            else reply, {"errors-lack-headers": NOBODY}),
    own_but("errors-of-another-server", lambda call, reply: Reply(
        404, [("Content-Type", "text/html")], b"<h1>404 Not Found</h1><hr>nginx")
            if reply.status == 404 else reply, {"errors-lack-headers": NOBODY}),
    answering("errors-bare-with-star", changed(always((ORIGIN, "*")), lambda call, reply:
                                               without_cors(reply) if reply.status >= 400
                                               else reply),
              {"wildcard": "info"}, "errors-lack-headers",
              arguable="what is public for everybody is one info, and nothing beside"),
    answering("exposes-authorization", Api(allows_own, exposes="X-Total, Authorization"),
              {"exposes-sensitive-header": "info low medium"}),
    answering("exposes-token", Api(allows_own, exposes="X-Auth-Token"),
              {"exposes-sensitive-header": "info low medium"}),
    answering("exposes-csrf-token", Api(allows_own, exposes="X-CSRF-Token, Link"),
              {"exposes-sensitive-header": "info low medium"},
              arguable="for the own origin alone that is what such a token is for"),
]

ANSWERS = [*WILDCARDS, *HIDDEN, *CACHES, *VALUES, *PREFLIGHTS, *REST]
