# SPDX-License-Identifier: MIT
"""Servers with nothing to find."""

from __future__ import annotations

import re
import secrets
from dataclasses import replace
from typing import Any

from tests.audit_second.second_answers import ORIGIN, PUBLIC, always, changed
from tests.audit_second.second_api import Api, with_field
from tests.audit_second.second_behaviour import Behaviour, Call, Matcher, Reply, Server
from tests.audit_second.second_trust import (
    APEX, BRITISH, DEEP, OWN, PARTNER, SHOP, WITH_PORT, hostname, pattern)

CLEAN_REQUESTS = 16


def correct(code: str, server: Server, **more: Any) -> Behaviour:
    return Behaviour(code, server, requests=CLEAN_REQUESTS, **more)


def allowing(code: str, allows: Matcher, **more: Any) -> Behaviour:
    return correct(code, Api(allows), matcher=allows, **more)


def no_cors(call: Call) -> Reply:
    """Has never heard of CORS: OPTIONS is no method of it."""
    if call.method == "OPTIONS":
        return Reply(405, [("Allow", "GET, HEAD")])
    if call.path != "/v1/items":
        return Reply(404, [("Content-Type", "text/plain")], b"not found")
    return Reply(200, [("Content-Type", "application/json")], b"[]")


def forbids_strangers(call: Call) -> Reply:
    """As Spring does: 403 to origins that are not on the list."""
    if call.origin and call.origin not in (OWN, SHOP):
        return Reply(403, [("Vary", "Origin")], b"Invalid CORS request")
    return Api(lambda origin: origin in (OWN, SHOP))(call)


def changing_body(call: Call) -> Reply:
    """A new token in each page."""
    reply = Api(lambda origin: origin == SHOP)(call)
    return replace(reply, body=secrets.token_hex(16).encode())


def telling_origin(call: Call) -> Reply:
    """The Origin shows in the body and in fields that are not CORS'."""
    reply = no_cors(call)
    return replace(reply, fields=[*reply.fields, ("X-Seen-Origin", call.origin or "none")],
                   body=reply.body + call.origin.encode())


def gone(call: Call) -> Reply:
    return Api(lambda origin: origin == OWN, path="/elsewhere")(call)


def moved(call: Call) -> Reply:
    """To the same URL with a slash, within the host."""
    if call.path == "/v1/items":
        return Reply(301, [("Location", "/v1/items/"), ("Vary", "Origin")])
    return Api(lambda origin: origin == OWN, path="/v1/items/")(call)


def quiet_about_vary(call: Call) -> Reply:
    return Api(lambda origin: origin == OWN, vary="", cache="no-store", cookie="")(call)


MANY = [f"https://customer-{number}.fabrikam.io" for number in range(300)]

LISTS = [
    allowing("own-alone", lambda origin: origin == OWN),
    allowing("own-and-shop", lambda origin: origin in {OWN, SHOP}),
    allowing("partner-alone", lambda origin: origin == PARTNER),
    allowing("partners", lambda origin: origin in [PARTNER, "https://www.fabrikam.io"]),
    allowing("siblings-alone", lambda origin: origin in (SHOP, "https://www.northwind.com")),
    allowing("nobody", lambda origin: False),
    allowing("three-hundred", lambda origin: origin in MANY),
    allowing("own-with-port", lambda origin: origin == "https://api.northwind.com:8443",
             url=WITH_PORT),
    allowing("default-beside-port", lambda origin: origin == OWN, url=WITH_PORT),
    allowing("partner-with-port", lambda origin: origin == "https://partner.contoso.io:8443"),
    allowing("own-apex", lambda origin: origin == "https://northwind.com", url=APEX),
    allowing("own-and-www-apex", lambda origin: origin in
             ("https://northwind.com", "https://www.northwind.com"), url=APEX),
    allowing("own-deep", lambda origin: origin == "https://eu.api.northwind.com", url=DEEP),
    allowing("own-co-uk", lambda origin: origin == "https://api.contoso.co.uk", url=BRITISH),
    allowing("any-case", lambda origin: origin.lower() in (OWN, SHOP)),
    allowing("own-on-vercel", lambda origin: origin == "https://northwind.vercel.app",
             url="https://northwind.vercel.app/v1/items"),
    allowing("own-on-github", lambda origin: origin == "https://northwind.github.io",
             url="https://northwind.github.io/v1/items"),
    allowing("own-address", lambda origin: origin == "https://127.0.0.1",
             url="https://127.0.0.1/v1/items"),
    allowing("own-localhost", lambda origin: origin == "https://localhost:8443",
             url="https://localhost:8443/v1/items"),
    allowing("a-site-on-netlify", lambda origin: origin == "https://northwind-shop.netlify.app"),
]

PATTERNS = [
    allowing("pattern-whole", pattern(r"^https://(www|api|shop)\.northwind\.com$")),
    allowing("pattern-numbers", pattern(r"^https://pr-[0-9]{4}\.review\.northwind\.com$"),
             arguable="a subdomain of a subdomain, by number: nobody guesses it"),
    allowing("pattern-countries", pattern(r"^https://(www\.)?northwind\.(com|de|co\.uk)$"),
             url=APEX),
    allowing("pattern-full-match", lambda origin: re.fullmatch(
        r"https://api\.northwind\.com", origin) is not None),
    allowing("pattern-last-dot-open", pattern(r"^https://api\.northwind.com$"),
             arguable="the open dot is a mistake; nobody can register api.northwindxcom"),
    allowing("pattern-last-dot-open-apex", pattern(r"^https://northwind.com$"), url=APEX),
    allowing("pattern-last-dot-open-uk", pattern(r"^https://api\.contoso\.co.uk$"), url=BRITISH,
             arguable="nobody can register contoso.coxuk"),
    allowing("hostname-and-scheme", lambda origin: hostname(origin) == "api.northwind.com"
             and origin == f"https://{hostname(origin)}"),
]

SERVERS = [
    correct("no-cors", no_cors),
    correct("no-cors-cached", changed(no_cors, lambda call, reply: with_field(
        reply, "Cache-Control", PUBLIC))),
    correct("static-own", always((ORIGIN, OWN))),
    correct("static-partner", always((ORIGIN, PARTNER))),
    correct("static-partner-cached", changed(always((ORIGIN, PARTNER)), lambda call, reply:
                                             with_field(reply, "Cache-Control", PUBLIC))),
    correct("forbids-strangers", forbids_strangers),
    correct("changing-body", changing_body),
    correct("telling-origin", telling_origin),
    correct("errors-alone", gone),
    correct("moved-within", moved),
    correct("vary-and-more", Api(lambda origin: origin == OWN, cache=PUBLIC, cookie="",
                                 vary="Accept-Encoding, origin")),
    correct("vary-star", Api(lambda origin: origin == OWN, vary="*")),
    correct("cached-and-varied", Api(lambda origin: origin in (OWN, SHOP), cache=PUBLIC,
                                     cookie="")),
    correct("not-stored-without-vary", quiet_about_vary,
            arguable="nothing is stored, so nothing varies; Vary would still be tidier"),
    correct("without-credentials", Api(lambda origin: origin in (OWN, SHOP), credentials="")),
    correct("exposes-counts", Api(lambda origin: origin == OWN, exposes="X-Total-Count, Link")),
    correct("many-methods", Api(lambda origin: origin == OWN,
                                methods="GET, HEAD, POST, PUT, PATCH, DELETE",
                                headers="Authorization, Content-Type, X-Requested-With")),
    correct("age-of-a-day", Api(lambda origin: origin == OWN, max_age="86400")),
    correct("age-of-a-year", Api(lambda origin: origin == OWN, max_age="31536000"),
            arguable="longer than browsers keep, and yet a number of seconds"),
    correct("lax-cookie", Api(lambda origin: origin == OWN,
                              cookie="session=guest; Secure; HttpOnly; SameSite=Lax")),
]

CORRECT = [*LISTS, *PATTERNS, *SERVERS]
