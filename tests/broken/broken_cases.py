# SPDX-License-Identifier: MIT
"""The ways in which servers are broken, and the right ones beside them: one table for all tests.

In field values {page}, {api} and {other} stand for the page's origin, the server's, and another
one that the same cases answer at.
"""

from __future__ import annotations

from dataclasses import dataclass, field

Fields = tuple[tuple[str, str], ...]

ORIGIN = "Access-Control-Allow-Origin"
CREDENTIALS = "Access-Control-Allow-Credentials"
METHODS = "Access-Control-Allow-Methods"
HEADERS = "Access-Control-Allow-Headers"

ALLOWS: Fields = ((ORIGIN, "{page}"), ("Vary", "Origin"))
ALLOWS_ALL: Fields = ((ORIGIN, "*"),)
WITH_CREDENTIALS: Fields = (*ALLOWS, (CREDENTIALS, "true"))
LISTS: Fields = ((METHODS, "PUT, DELETE"), (HEADERS, "Content-Type, X-Trace"))
LIST_CODES = ("method-not-allowed", "header-not-allowed")

USER_INFO = "someone:hunter2"


@dataclass(frozen=True)
class Reply:
    status: int = 200
    lines: Fields = ()


@dataclass(frozen=True)
class Call:
    method: str = "GET"
    headers: Fields = ()
    credentials: bool = False
    body: str | None = None


GET = Call()
GET_WITH_CREDENTIALS = Call(credentials=True)
GET_TRACED = Call(headers=(("X-Trace", "1"),))
PUT = Call("PUT", (("Content-Type", "application/json"), ("X-Trace", "1")), body='{"a":1}')
PUT_WITH_CREDENTIALS = Call("PUT", PUT.headers, True, PUT.body)

FINE = Reply(204, (*ALLOWS, *LISTS))
FINE_WITH_CREDENTIALS = Reply(204, (*WITH_CREDENTIALS, *LISTS))
READABLE = Reply(200, ALLOWS)


@dataclass(frozen=True)
class Case:
    """A call, what the server says to it, and what a browser makes of that.

    `preflight` and `actual` answer at /NAME, `steps` at /NAME/WORD where redirects lead:
    each a preflight's answer and another.
    """

    name: str
    code: str
    actual: Reply = READABLE
    call: Call = GET
    preflight: Reply = FINE
    steps: dict[str, tuple[Reply, Reply]] = field(default_factory=dict)
    fails_preflight: bool = False
    next: tuple[str, ...] = ()
    note: str = ""  # that one of the notes holds

    @property
    def allowed(self) -> bool:
        return self.code == "ok"


def redirect(to: str, status: int = 302, lines: Fields = ALLOWS) -> Reply:
    return Reply(status, (*lines, ("Location", to)))


def allow_origin(*values: str) -> Reply:
    return Reply(200, tuple((ORIGIN, value) for value in values))


def answered(name: str, code: str, actual: Reply, call: Call = GET) -> Case:
    """The answer to a plain request is broken."""
    return Case(name, code, actual, call)


def preflighted(name: str, code: str, preflight: Reply, call: Call = PUT,
                following: tuple[str, ...] = (), note: str = "") -> Case:
    """The answer to the preflight is broken."""
    return Case(name, code, call=call, preflight=preflight, fails_preflight=True, next=following,
                note=note)


RIGHT = (
    Case("right", "ok"),
    Case("right-for-all", "ok", Reply(200, ALLOWS_ALL)),
    Case("right-credentials", "ok", Reply(200, WITH_CREDENTIALS), GET_WITH_CREDENTIALS),
    Case("right-put", "ok", call=PUT),
    Case("right-put-credentials", "ok", Reply(200, WITH_CREDENTIALS), PUT_WITH_CREDENTIALS,
         FINE_WITH_CREDENTIALS),
    Case("right-wildcards", "ok", call=PUT, preflight=Reply(
        200, (*ALLOWS_ALL, (METHODS, "*"), (HEADERS, "*")))),
    Case("right-404", "ok", Reply(404, ALLOWS)),
    Case("right-500", "ok", Reply(500, ALLOWS)),
    Case("right-redirect", "ok", redirect("{api}/right-redirect/end"),
         steps={"end": (FINE, READABLE)}),
    Case("right-redirect-away", "ok", redirect("{other}/right-redirect-away/end"),
         steps={"end": (FINE, Reply(200, ALLOWS_ALL))}),
    Case("right-null", "ok", redirect("{other}/right-null/end"),
         steps={"end": (FINE, allow_origin("null"))}),
)

BROKEN_ORIGINS = (
    answered("no-origin", "missing-allow-origin", Reply(200)),
    answered("no-origin-500", "missing-allow-origin", Reply(500)),
    answered("no-origin-404", "missing-allow-origin", Reply(404)),
    answered("no-origin-401", "missing-allow-origin",
             Reply(401, (("WWW-Authenticate", 'Bearer realm="api"'),))),
    answered("origin-twice", "multiple-allow-origin", allow_origin("{page}", "{page}")),
    answered("stars-twice", "multiple-allow-origin", allow_origin("*", "*")),
    answered("origin-list", "multiple-allow-origin", allow_origin("{page}, {other}")),
    answered("origin-list-spaces", "multiple-allow-origin", allow_origin("{page} {other}")),
    answered("origin-pattern", "invalid-allow-origin", allow_origin("*.test")),
    answered("origin-without-scheme", "invalid-allow-origin", allow_origin("app.test")),
    answered("origin-word", "invalid-allow-origin", allow_origin("true")),
    answered("origin-pattern-https", "allow-origin-mismatch", allow_origin("https://*.test")),
    answered("other-origin", "allow-origin-mismatch", allow_origin("https://other.test")),
    answered("other-scheme", "allow-origin-mismatch", allow_origin("https://localhost")),
    answered("trailing-slash", "allow-origin-mismatch", allow_origin("{page}/")),
    answered("null-origin", "allow-origin-mismatch", allow_origin("null")),
    answered("upper-case", "allow-origin-mismatch", allow_origin("HTTP://LOCALHOST")),
    answered("quoted", "invalid-allow-origin", allow_origin('"{page}"')),
)

BROKEN_CREDENTIALS = (
    answered("star-credentials", "wildcard-with-credentials",
             Reply(200, (*ALLOWS_ALL, (CREDENTIALS, "true"))), GET_WITH_CREDENTIALS),
    answered("no-credentials", "invalid-allow-credentials", READABLE, GET_WITH_CREDENTIALS),
    answered("credentials-True", "invalid-allow-credentials",
             Reply(200, (*ALLOWS, (CREDENTIALS, "True"))), GET_WITH_CREDENTIALS),
    answered("credentials-twice", "invalid-allow-credentials",
             Reply(200, (*WITH_CREDENTIALS, (CREDENTIALS, "true"))), GET_WITH_CREDENTIALS),
    Case("star-without-credentials", "wildcard-with-credentials", Reply(200, ALLOWS_ALL),
         GET_WITH_CREDENTIALS, next=("invalid-allow-credentials",)),
)

BROKEN_STATUSES = tuple(
    preflighted(f"preflight-{status}", "preflight-status", Reply(status, (*ALLOWS, *LISTS)))
    for status in (400, 403, 404, 405, 429, 500, 503)
) + (
    preflighted("preflight-401", "preflight-status", Reply(
        401, (*ALLOWS, *LISTS, ("WWW-Authenticate", "Basic realm=api"))), note="401"),
    preflighted("preflight-304", "preflight-status", Reply(304, (*ALLOWS, *LISTS))),
    preflighted("preflight-401-bare", "missing-allow-origin", Reply(401),
                following=("preflight-status", *LIST_CODES), note="401"),
    preflighted("preflight-404-bare", "missing-allow-origin", Reply(404),
                following=("preflight-status", *LIST_CODES)),
    preflighted("preflight-405-bare", "missing-allow-origin", Reply(405, (("Allow", "PUT"),)),
                following=("preflight-status", *LIST_CODES)),
    preflighted("preflight-500-bare", "missing-allow-origin", Reply(500),
                following=("preflight-status", *LIST_CODES)),
)

BROKEN_PREFLIGHTS = (
    preflighted("preflight-redirect-301", "preflight-redirect",
                redirect("{api}/right-put", 301, (*ALLOWS, *LISTS))),
    preflighted("preflight-redirect-302", "preflight-redirect",
                redirect("{other}/login", 302, ()),
                following=("missing-allow-origin", *LIST_CODES)),
    preflighted("preflight-redirect-308", "preflight-redirect",
                redirect("/right-put", 308, (*ALLOWS, *LISTS))),
    preflighted("preflight-bare", "missing-allow-origin", Reply(200), following=LIST_CODES),
    preflighted("preflight-twice", "multiple-allow-origin",
                Reply(204, (*ALLOWS, *ALLOWS, *LISTS))),
    preflighted("preflight-invalid", "invalid-allow-origin",
                Reply(204, ((ORIGIN, "*.test"), *LISTS))),
    preflighted("preflight-other", "allow-origin-mismatch",
                Reply(204, ((ORIGIN, "https://other.test"), *LISTS))),
    preflighted("preflight-star", "wildcard-with-credentials",
                Reply(204, (*ALLOWS_ALL, (CREDENTIALS, "true"), *LISTS)), PUT_WITH_CREDENTIALS),
    preflighted("preflight-no-credentials", "invalid-allow-credentials", FINE,
                PUT_WITH_CREDENTIALS),
    preflighted("preflight-credentials-True", "invalid-allow-credentials",
                Reply(204, (*ALLOWS, (CREDENTIALS, "True"), *LISTS)), PUT_WITH_CREDENTIALS),
    preflighted("no-lists", "method-not-allowed", Reply(204, ALLOWS),
                following=("header-not-allowed",)),
    preflighted("no-methods", "method-not-allowed", Reply(204, (*ALLOWS, LISTS[1]))),
    preflighted("other-methods", "method-not-allowed",
                Reply(204, (*ALLOWS, (METHODS, "GET, POST, PATCH"), LISTS[1]))),
    preflighted("lower-case-methods", "method-not-allowed",
                Reply(204, (*ALLOWS, (METHODS, "put"), LISTS[1]))),
    preflighted("star-methods-credentials", "method-not-allowed",
                Reply(204, (*WITH_CREDENTIALS, (METHODS, "*"), LISTS[1])),
                PUT_WITH_CREDENTIALS),
    preflighted("unparsable-methods", "invalid-allow-methods",
                Reply(204, (*ALLOWS, (METHODS, "PUT, DE LETE"), LISTS[1]))),
    preflighted("no-headers", "header-not-allowed", Reply(204, (*ALLOWS, LISTS[0]))),
    preflighted("other-headers", "header-not-allowed",
                Reply(204, (*ALLOWS, LISTS[0], (HEADERS, "content-type, x-other")))),
    preflighted("star-headers-credentials", "header-not-allowed",
                Reply(204, (*WITH_CREDENTIALS, LISTS[0], (HEADERS, "*"))),
                PUT_WITH_CREDENTIALS),
    preflighted("unparsable-headers", "invalid-allow-headers",
                Reply(204, (*ALLOWS, LISTS[0], (HEADERS, "content-type, x trace")))),
    Case("no-origin-after-preflight", "missing-allow-origin", Reply(500), GET_TRACED),
    Case("other-origin-after-preflight", "allow-origin-mismatch",
         allow_origin("https://other.test"), GET_TRACED),
)

BROKEN_REDIRECTS = (
    Case("redirect-bare", "missing-allow-origin", redirect("{api}/redirect-bare/end", lines=()),
         steps={"end": (FINE, READABLE)}),
    Case("redirect-to-bare", "missing-allow-origin", redirect("{api}/redirect-to-bare/end"),
         steps={"end": (Reply(), Reply())}),
    Case("redirect-away", "allow-origin-mismatch", redirect("{other}/redirect-away/end"),
         steps={"end": (FINE, READABLE)}),
    Case("redirect-away-to-bare", "missing-allow-origin",
         redirect("{other}/redirect-away-to-bare/end"), steps={"end": (Reply(), Reply())}),
    Case("redirect-preflighted", "missing-allow-origin",
         redirect("{other}/redirect-preflighted/end", 307), GET_TRACED,
         steps={"end": (Reply(200), Reply())}, fails_preflight=True,
         next=("header-not-allowed", "missing-allow-origin")),
    Case("redirect-away-with-credentials", "wildcard-with-credentials",
         redirect("{other}/redirect-away-with-credentials/end", lines=WITH_CREDENTIALS),
         GET_WITH_CREDENTIALS,
         steps={"end": (FINE, Reply(200, (*ALLOWS_ALL, (CREDENTIALS, "true"))))}),
    answered("redirect-userinfo", "redirect-with-userinfo",
             redirect(f"http://{USER_INFO}@127.0.0.1/x")),
    answered("redirect-ftp", "redirect-scheme", redirect("ftp://files.test/x")),
    answered("redirect-data", "redirect-scheme", redirect("data:text/plain,hello")),
    answered("redirect-loop", "too-many-redirects", redirect("{api}/redirect-loop")),
    Case("redirect-21", "too-many-redirects", redirect("{api}/redirect-21/1"), steps={
        **{str(n): (FINE, redirect(f"{{api}}/redirect-21/{n + 1}")) for n in range(1, 21)},
        "21": (FINE, READABLE)}),
    Case("redirect-20", "ok", redirect("{api}/redirect-20/1"), steps={
        **{str(n): (FINE, redirect(f"{{api}}/redirect-20/{n + 1}")) for n in range(1, 20)},
        "20": (FINE, READABLE)}),
)

HOSTILE = (
    answered("escape-codes", "invalid-allow-origin",
             allow_origin("\x1b[2J\x1b]0;owned\x07https://x.test")),
    answered("escape-codes-8-bit", "invalid-allow-origin", allow_origin("\x9b2Jhttps//\xe4")),
    Case("escape-codes-beside", "missing-allow-origin",
         Reply(200, (("Server", "\x1b[31mred"), ("X-Powered-By", "\x1b]8;;http://x.test\x07")))),
    preflighted("escape-codes-methods", "invalid-allow-methods",
                Reply(204, (*ALLOWS, (METHODS, "\x1b[31m"), LISTS[1]))),
    preflighted("escape-codes-headers", "invalid-allow-headers",
                Reply(204, (*ALLOWS, LISTS[0], (HEADERS, "\x1b[31m, \x7f")))),
)

CASES = (*RIGHT, *BROKEN_ORIGINS, *BROKEN_CREDENTIALS, *BROKEN_STATUSES, *BROKEN_PREFLIGHTS,
         *BROKEN_REDIRECTS, *HOSTILE)
BY_NAME = {case.name: case for case in CASES}
assert len(BY_NAME) == len(CASES), "a name stands twice"
