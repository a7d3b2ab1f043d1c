# SPDX-License-Identifier: MIT
"""What a row of the bench is: a server, and what an audit has to say of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from tests.support.https_server import Answer, Request

SEVERITIES = ["info", "low", "medium", "high", "critical"]

# The severities that are right: the lowest and the highest.
Between = tuple[str, str]
SERIOUS: Between = ("high", "critical")  # anyone reads as the user
ANYONE: Between = ("medium", "critical")
NEIGHBOUR: Between = ("low", "high")  # someone on a subdomain, the network path, the machine
SMALL: Between = ("info", "low")  # nothing of a user's is read
INFO: Between = ("info", "info")

# Bounds on requests.
REFLECTING = 5
CLEAN = 16
ANY = 40
QUICK = 6

# Whether an origin is trusted, by its value and by the Host that was asked.
Trusts = Callable[[str, str], bool]


@dataclass(frozen=True)
class Behaviour:
    name: str
    host: str
    answer: Callable[[Request], Answer]

    # Rules that must be found, with their severities. "a|b": one of the two.
    finds: Mapping[str, Between] = field(default_factory=dict)

    # Rules that may be found besides: true, and not what the row is about.
    may: frozenset[str] = frozenset()

    requests: int = ANY
    path: str = "/"  # several rows may share a host by paths of their own: "/one/"
    query: str = ""  # with its question mark
    options: tuple[str, ...] = ()  # of the command
    trusts: Trusts | None = None  # findings that name an origin must name a trusted one
    by_http: bool = False

    # Why an audit in so few requests may leave it out; counted as not found where it does.
    untried: str = ""

    def __str__(self) -> str:
        return self.name

    @property
    def is_safe(self) -> bool:
        return not self.finds

    @property
    def is_exploitable(self) -> bool:
        """Whether somebody gains something: the worst severity that is right is above low."""
        return any(SEVERITIES.index(most) > SEVERITIES.index("low")
                   for _, most in self.finds.values())
