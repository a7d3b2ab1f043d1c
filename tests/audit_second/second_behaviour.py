# SPDX-License-Identifier: MIT
"""What a behaviour is: a server in a few lines, and what an audit of it has to say.

The expectations are written from what a browser would hand to whom, without a look at how the
auditor finds it out.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

Matcher = Callable[[str], bool]  # an Origin's value: is it allowed
Fields = list[tuple[str, str]]

TARGET = "https://api.northwind.com/v1/items"  # the audited URL where a behaviour names no other

# What each kind of attacker's origin is worth, if the server allows credentials; the audit sees a
# cookie for cross-site use, but none of the user's own that changes the answer.
ANYONE = "medium high critical"  # a domain that anyone registers, null, a shared host
SUBDOMAIN = "low medium high"  # XSS on, or takeover of, a subdomain
NETWORK = "low medium high"  # someone on the network path
LOCAL = "info low medium"  # software on the visitor's machine, devices in the same network
NOBODY = "info low"  # nothing is read: a mistake that costs the owner, or is worth knowing


@dataclass(frozen=True)
class Call:
    """A request as the server sees it."""

    method: str
    path: str  # without the query
    query: str
    host: str  # with its port
    fields: dict[str, str]  # names in lower case

    @property
    def origin(self) -> str:
        """"" where there is none."""
        return self.fields.get("origin", "")

    @property
    def is_preflight(self) -> bool:
        return self.method == "OPTIONS" and "access-control-request-method" in self.fields

    @property
    def known_person(self) -> bool:
        return "alice" in self.fields.get("cookie", "") + self.fields.get("authorization", "")


@dataclass(frozen=True)
class Reply:
    status: int
    fields: Fields
    body: bytes = b""


Server = Callable[[Call], Reply]


@dataclass(frozen=True)
class Behaviour:
    code: str
    server: Server

    # Rules that must be found, with the severities that are right for each. "a|b": either.
    finds: dict[str, str] = field(default_factory=dict)

    # Rules that may be found besides: true, but not what the behaviour is about.
    may: frozenset[str] = frozenset()

    url: str = TARGET
    options: tuple[str, ...] = ()
    requests: int = 40
    matcher: Matcher | None = None  # findings about an origin must be true of it
    arguable: str = ""  # why another examiner could see it otherwise

    # Why a clean server's sixteen requests need not reach it: then nothing may be said, or this.
    beyond: str = ""

    def __str__(self) -> str:
        return self.code
