# SPDX-License-Identifier: MIT
"""What each case of pages/shop_cases.mjs is to come to: what script sees, what the API gets.

Three pages use the API. `app` has the origin that the policy allows; `sibling` is another host
of the same site, whose requests carry the site's cookies; `stranger` is another site.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

APP, SIBLING, STRANGER = "app", "sibling", "stranger"
PAGES = (APP, SIBLING, STRANGER)
HOSTS = {
    APP: "app.shop.localhost",
    SIBLING: "old.shop.localhost",
    STRANGER: "evil.localhost",
}
API_HOST = "api.shop.localhost"

BLOCKED = "blocked"


class Gate(Enum):
    """Which requests of a page in another origin than the API's get to the application."""

    SIMPLE = "from an origin refused, unless the gateway enforces: no preflight asks before"
    PREFLIGHTED = "from the allowed origin only"
    CLOSED = "from none: the preflight is denied to all"
    OPEN = "from all: a public policy, no policy, or a request without Origin"


@dataclass(frozen=True)
class Setting:
    """One way to put the API and its pages up."""

    name: str
    own_cors: bool  # json-server's own CORS is on: it reflects every origin, with credentials
    enforce: str
    one_origin: bool  # pages and API under one origin, with --mount

    @property
    def pages(self) -> tuple[str, ...]:
        return (APP,) if self.one_origin else PAGES


SETTINGS = (
    Setting("own-cors", own_cors=True, enforce="off", one_origin=False),
    Setting("own-cors-block", own_cors=True, enforce="block", one_origin=False),
    Setting("no-cors-report", own_cors=False, enforce="report", one_origin=False),
    Setting("no-cors-block", own_cors=False, enforce="block", one_origin=False),
    Setting("mount", own_cors=True, enforce="block", one_origin=True),
)


class Cookie(Enum):
    """When a page of the site sends the cookie that the page `app` got by logging in."""

    NEVER = "credentials are left out"
    AFTER_LOGIN = "this case comes after the login"
    LATER_PAGES = "this case comes before the login: pages opened later send it"


@dataclass(frozen=True)
class Case:
    name: str
    gate: Gate
    methods: tuple[str, ...]  # of the requests that the page makes, preflights aside
    allowed: str  # what script sees in the allowed origin
    refused: str = BLOCKED
    one_origin: str = ""  # what it sees in the API's own origin, where that is another thing
    cookie: Cookie = Cookie.NEVER

    def said(self, setting: Setting, page: str) -> str:
        if setting.one_origin:
            return self.one_origin or self.allowed
        return self.allowed if page == APP else self.refused

    def reaches(self, setting: Setting, page: str) -> tuple[str, ...]:
        """The methods of the requests that the application gets."""
        if setting.one_origin or self.gate is Gate.OPEN:
            return self.methods
        if page == APP:
            return () if self.gate is Gate.CLOSED else self.methods
        if self.gate is Gate.SIMPLE and setting.enforce != "block":
            return self.methods[:1]  # a page that was refused the first asks for no second
        return ()

    def sends_cookie(self, page: str) -> bool:
        if self.cookie is Cookie.LATER_PAGES:
            return page == SIBLING
        return self.cookie is Cookie.AFTER_LOGIN and page != STRANGER


@dataclass(frozen=True)
class UncoveredCase(Case):
    """A path without a policy: the application's own CORS is left as it is, also if wrong."""

    def said(self, setting: Setting, page: str) -> str:
        readable = setting.one_origin or setting.own_cors
        return self.allowed if readable else self.refused


SIMPLE, PREFLIGHTED, CLOSED, OPEN = Gate.SIMPLE, Gate.PREFLIGHTED, Gate.CLOSED, Gate.OPEN
GET, POST = ("GET",), ("POST",)

CASES = (
    Case("list", SIMPLE, GET, "1 2 3"),
    Case("read", SIMPLE, GET, "200 post 10"),
    Case("head", SIMPLE, ("HEAD",), "200"),
    Case("exposed-header", SIMPLE, GET, "X-Total-Count 5, Link hidden",
         one_origin="X-Total-Count 5, Link readable"),
    Case("xhr", SIMPLE, GET, "200 X-Total-Count readable, Link hidden",
         one_origin="200 X-Total-Count readable, Link readable"),
    Case("create", PREFLIGHTED, POST, "201 created, Location hidden",
         one_origin="201 created, Location readable"),
    Case("replace", PREFLIGHTED, ("PUT",), "200 replaced"),
    Case("patch", PREFLIGHTED, ("PATCH",), "200 patched"),
    Case("delete", PREFLIGHTED, ("DELETE",), "200"),
    Case("method-unlisted", CLOSED, ("PATCH",), BLOCKED, one_origin="200"),
    Case("header-listed", PREFLIGHTED, GET, "200"),
    Case("header-unlisted", CLOSED, GET, BLOCKED, one_origin="200"),
    Case("simple-post", SIMPLE, POST, "201 simple"),
    Case("no-cors-post", SIMPLE, POST, "opaque", refused="opaque", one_origin="basic"),
    Case("form-post", SIMPLE, POST, "sent", refused="sent", cookie=Cookie.LATER_PAGES),
    Case("missing", SIMPLE, GET, "404"),
    Case("server-error", PREFLIGHTED, POST, "500 Error: Insert failed, duplicate id"),
    Case("revalidated", SIMPLE, ("GET", "GET"), "200 200"),
    Case("account-logged-out", SIMPLE, GET, "401 log in first"),
    Case("login", SIMPLE, POST, "204", cookie=Cookie.LATER_PAGES),
    Case("account", SIMPLE, GET, "200 Ada", cookie=Cookie.AFTER_LOGIN),
    Case("account-without-cookie", SIMPLE, GET, "401 log in first"),
    Case("account-patch", PREFLIGHTED, ("PATCH",), "200 Ada", cookie=Cookie.AFTER_LOGIN),
    Case("account-simple-post", SIMPLE, POST, "201 Eve", cookie=Cookie.AFTER_LOGIN),
    Case("account-form-post", SIMPLE, POST, "sent", refused="sent", cookie=Cookie.AFTER_LOGIN),
    Case("credentials-unlisted", SIMPLE, GET, BLOCKED, one_origin="200",
         cookie=Cookie.AFTER_LOGIN),
    Case("public", OPEN, GET, "200 chair", refused="200 chair"),
    Case("public-with-credentials", OPEN, GET, BLOCKED, one_origin="200",
         cookie=Cookie.AFTER_LOGIN),
    UncoveredCase("no-policy", OPEN, GET, "200 shop"),
    Case("font-script", SIMPLE, GET, "loaded"),
    Case("font-style", SIMPLE, GET, "loaded"),
    Case("widget", SIMPLE, GET, "ran"),
    Case("widget-error", SIMPLE, GET, "the error"),
    Case("widget-module", SIMPLE, GET, "widget"),
    Case("widget-with-credentials", SIMPLE, GET, "ran", cookie=Cookie.AFTER_LOGIN),
    Case("widget-credentials-unlisted", SIMPLE, GET, BLOCKED, one_origin="ran",
         cookie=Cookie.AFTER_LOGIN),
    Case("widget-without-cors", OPEN, GET, "ran", refused="ran", cookie=Cookie.AFTER_LOGIN),
)
