# SPDX-License-Identifier: MIT
"""An API that does everything right but for what a behaviour changes."""

from __future__ import annotations

from dataclasses import dataclass, replace
from urllib.parse import urlsplit

from tests.audit_second.second_behaviour import Call, Fields, Matcher, Reply, TARGET

PUBLIC_BODY = b'{"items": ["tea", "coffee"]}'
PERSONAL_BODY = b'{"items": ["tea", "coffee"], "name": "Alice", "iban": "DE89370400440532013000"}'
CROSS_SITE_COOKIE = "session=guest; Path=/; Secure; HttpOnly; SameSite=None"
NAMES = "Access-Control-"


def own_origin(url: str) -> str:
    """The origin of an URL's own pages."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"


@dataclass(frozen=True)
class Api:
    """Allows the origins of a matcher; answers preflights, errors and caches as it should."""

    allows: Matcher
    path: str = urlsplit(TARGET).path
    credentials: str = "true"
    cookie: str = CROSS_SITE_COOKIE
    vary: str = "Origin"
    cache: str = "private, no-cache"
    methods: str = "GET, POST"
    headers: str = "Content-Type"
    max_age: str = "600"
    exposes: str = ""

    def cors(self, call: Call) -> Fields:
        """What every answer says about the origin."""
        fields: Fields = [("Vary", self.vary)] if self.vary else []
        if not call.origin or not self.allows(call.origin):
            return fields
        fields.append((NAMES + "Allow-Origin", call.origin))
        return fields + self.companions(call)

    def companions(self, call: Call) -> Fields:
        """What goes along with an allowed origin."""
        fields: Fields = []
        if self.credentials:
            fields.append((NAMES + "Allow-Credentials", self.credentials))
        if call.is_preflight:
            fields += [(NAMES + "Allow-Methods", self.methods),
                       (NAMES + "Allow-Headers", self.headers),
                       (NAMES + "Max-Age", self.max_age)]
        elif self.exposes:
            fields.append((NAMES + "Expose-Headers", self.exposes))
        return fields

    def about(self, call: Call) -> Fields:
        fields: Fields = [("Content-Type", "application/json"), ("Cache-Control", self.cache)]
        if self.cookie and not call.known_person and not call.is_preflight:
            fields.append(("Set-Cookie", self.cookie))
        return fields

    def __call__(self, call: Call) -> Reply:
        if call.is_preflight:
            return Reply(204, self.cors(call))
        if call.path != self.path:
            return Reply(404, self.cors(call) + self.about(call), b'{"error": "not found"}')
        if call.method == "OPTIONS":
            return Reply(204, [*self.cors(call), ("Allow", "GET, HEAD, POST, OPTIONS")])
        if call.method not in ("GET", "HEAD", "POST"):
            return Reply(405, [*self.cors(call), ("Allow", "GET, HEAD, POST, OPTIONS")])
        body = PERSONAL_BODY if call.known_person else PUBLIC_BODY
        return Reply(200, self.cors(call) + self.about(call), body)


def without(reply: Reply, *names: str) -> Reply:
    """The reply without some fields."""
    gone = {name.lower() for name in names}
    return replace(reply, fields=[(name, value) for name, value in reply.fields
                                  if name.lower() not in gone])


def with_field(reply: Reply, name: str, value: str) -> Reply:
    """The reply with a field set to a value."""
    return replace(without(reply, name), fields=[*without(reply, name).fields, (name, value)])


def without_cors(reply: Reply) -> Reply:
    return replace(reply, fields=[(name, value) for name, value in reply.fields
                                  if not name.startswith(NAMES)])
