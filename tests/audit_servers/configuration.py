# SPDX-License-Identifier: MIT
"""A configuration that people paste into a server, and what an audit of it has to say."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

# What an origin is worth, by who can hold it, where credentials go along; no cookie is ever seen.
ANYONE = "high critical"
SUBDOMAIN = "medium high"  # also whoever is on the network path
LOCAL = "low medium"  # software on the visitor's machine, another port of the host
# The same without credentials: little more than * gives.
READS = "info low"
# A fault that costs the owner, and gives nobody anything; or nothing but worth knowing.
FAULT = "info low"
CACHED = "info low medium"  # one origin's answer, kept and handed to another
INFO = "info"

CLEAN_REQUESTS = 16
REFLECTED_REQUESTS = 5
REQUESTS = 40

# True as well of what trusts everybody, and told by that already.
BESIDE_EVERYBODY = ("null-origin", "missing-vary", "preflight-reflects", "headers-too-wide",
                    "methods-too-wide", "errors-lack-headers")

# The same of what trusts whoever has the name in some place of the origin.
BESIDE_LOOK_ALIKES = ("any-subdomain", "any-port", "insecure-origin", "special-characters",
                      "missing-vary")


@dataclass(frozen=True)
class Configuration:
    name: str
    snippet: str
    # Rules, each with its possible severities; `a|b` stands for either.
    required: Mapping[str, str] = field(default_factory=dict)
    allowed: tuple[str, ...] = ()  # may be found, or not
    requests: int = 0  # the most; 0: as what is required says
    http: str = ""  # of nginx: what stands outside its server
    options: tuple[str, ...] = ()  # of the audit
    path: str = "/api/items"
    outcomes: tuple[str, ...] = ("clean",)  # where nothing is found

    @property
    def requests_max(self) -> int:
        if self.requests:
            return self.requests
        if "reflected-origin" in self.required:
            return REFLECTED_REQUESTS
        return REQUESTS if self.required else CLEAN_REQUESTS


def reflecting(name: str, snippet: str, severities: str = ANYONE, http: str = "",
               allowed: tuple[str, ...] = ()) -> Configuration:
    """One that answers every origin with its name."""
    return Configuration(name, snippet, {"reflected-origin": severities},
                         BESIDE_EVERYBODY + allowed, http=http)


def clean(name: str, snippet: str, http: str = "",
          allowed: tuple[str, ...] = ()) -> Configuration:
    return Configuration(name, snippet, allowed=allowed, http=http)


def beyond(name: str, snippet: str, *allowed: str) -> Configuration:
    """A fault that sixteen requests need not reach where the own origin is not trusted."""
    return Configuration(name, snippet, allowed=allowed, requests=REQUESTS)
