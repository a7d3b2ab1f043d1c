# SPDX-License-Identifier: MIT
"""An API behind the CORS code that people write: one matcher, and the ways to answer by it."""

from __future__ import annotations

from dataclasses import dataclass

from tests.audit.behaviour import Trusts
from tests.support.https_server import Answer, Request

Fields = list[tuple[str, str]]

ORIGIN = "Access-Control-Allow-Origin"
CREDENTIALS = "Access-Control-Allow-Credentials"
METHODS = "Access-Control-Allow-Methods"
HEADERS = "Access-Control-Allow-Headers"
EXPOSE = "Access-Control-Expose-Headers"
MAX_AGE = "Access-Control-Max-Age"
PRIVATE = "Access-Control-Allow-Private-Network"
ASKED_METHOD = "Access-Control-Request-Method"
ASKED_HEADERS = "Access-Control-Request-Headers"
ASKED_PRIVATE = "Access-Control-Request-Private-Network"

CROSS_SITE = "session=anonymous; Path=/; Secure; HttpOnly; SameSite=None"
LAX = "session=anonymous; Path=/; Secure; HttpOnly; SameSite=Lax"
NO_STORE = ("Cache-Control", "no-store")
PUBLIC = ("Cache-Control", "public, max-age=600")


def is_preflight(request: Request) -> bool:
    return request.method == "OPTIONS" and request.first(ASKED_METHOD) is not None


def netloc(request: Request) -> str:
    return request.first("Host") or ""


def body_for(request: Request) -> bytes:
    """The account of who is known by a cookie or a token."""
    known = (request.first("Cookie") or "") + (request.first("Authorization") or "")
    return b'{"user":"alice","balance":1200}' if "alice" in known else b'{"user":null}'


@dataclass(frozen=True)
class Api:
    """Answers the origins that it trusts by name, and Vary: Origin to all."""
    trusts: Trusts
    credentials: str = "true"  # "": the header is not sent
    vary: str = "always"  # "trusted": where the origin is named only; "never"
    keep: tuple[str, str] = NO_STORE  # what caches may do
    cookie: str = CROSS_SITE  # that is set
    more: tuple[tuple[str, str], ...] = ()  # on each answer to a trusted origin
    methods: str = "GET, POST, PUT, DELETE"
    headers: str = "Authorization, Content-Type, X-Requested-With"
    max_age: str = "600"
    preflight_status: int = 204
    errors: bool = True  # they have the headers, too

    def __call__(self, request: Request) -> Answer:
        if is_preflight(request):
            return self.preflight(request)
        if request.method == "OPTIONS":
            return Answer(204, [("Allow", "GET, HEAD, POST, OPTIONS")])
        if not request.path.endswith("/"):  # only folders are there
            fields = self.named(request) if self.errors else []
            return Answer(404, [NO_STORE, *fields], b'{"error":"nothing here"}')
        return Answer(200, [*self.own_fields(), *self.named(request)], body_for(request))

    def own_fields(self) -> Fields:
        cookie = [("Set-Cookie", self.cookie)] if self.cookie else []
        return [("Content-Type", "application/json"), self.keep, *cookie]

    def named(self, request: Request) -> Fields:
        """The headers by which the origin is trusted, or not."""
        origin = request.first("Origin")
        if origin is None or not self.trusts(origin, netloc(request)):
            return self._vary("always")
        credentials = [(CREDENTIALS, self.credentials)] if self.credentials else []
        return [(ORIGIN, origin), *credentials, *self.more, *self._vary("always", "trusted")]

    def _vary(self, *of: str) -> Fields:
        return [("Vary", "Origin")] if self.vary in of else []

    def preflight(self, request: Request) -> Answer:
        fields = self.named(request)
        if any(name == ORIGIN for name, _ in fields):
            fields += [(METHODS, self.methods), (HEADERS, self.headers), (MAX_AGE, self.max_age)]
        return Answer(self.preflight_status, fields)
