# SPDX-License-Identifier: MIT
"""Answers of a peer and of this package to the same request, and which differences are meant.

A suite has a table of `Difference`s. Each answer is compared member by member; where two differ,
the first row of the table that fits must say why. A row that never fits is a fault too.
"""
from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

Lines = list[tuple[str, str]]

ORIGIN = "access-control-allow-origin"
CREDENTIALS = "access-control-allow-credentials"
METHODS = "access-control-allow-methods"
HEADERS = "access-control-allow-headers"
EXPOSE = "access-control-expose-headers"
MAX_AGE = "access-control-max-age"
FIELDS = (ORIGIN, CREDENTIALS, METHODS, HEADERS, EXPOSE, MAX_AGE)
PREFLIGHT = "Access-Control-Request-Method"
REQUESTED = "Access-Control-Request-Headers"


@dataclass(frozen=True)
class Ask:
    """A request."""
    method: str = "GET"
    path: str = "/"
    lines: tuple[tuple[str, str], ...] = ()

    def value(self, name: str) -> str | None:
        return dict(self.lines).get(name)

    @property
    def origin(self) -> str | None:
        return self.value("Origin")

    @property
    def is_preflight(self) -> bool:
        return (self.method == "OPTIONS" and self.origin is not None
                and self.value(PREFLIGHT) is not None)


@dataclass(frozen=True)
class Told:
    """An answer, as far as CORS goes: its status, its body, its lines, the names in Vary."""
    status: int
    body: str
    lines: dict[str, list[str]]
    vary: frozenset[str]

    def members(self) -> dict[str, Any]:
        return {"status": self.status, "body": self.body, "vary": self.vary,
                **{name: self.lines.get(name, []) for name in FIELDS}}

    @property
    def allowed(self) -> bool:
        return ORIGIN in self.lines


def told(status: int, body: bytes, lines: Iterable[tuple[str, str]]) -> Told:
    found: dict[str, list[str]] = {}
    for name, value in lines:
        found.setdefault(name.lower(), []).append(value)
    vary = ",".join(found.get("vary", ())).lower().split(",")
    return Told(status, body.decode("utf-8", "replace"), found,
                frozenset(name.strip() for name in vary if name.strip()))


@dataclass(frozen=True)
class Case:
    options: dict[str, Any]
    ask: Ask
    peer: Told
    ours: Told


@dataclass(frozen=True)
class Difference:
    """Members that may differ, when, and why that is meant."""
    members: tuple[str, ...]
    when: Callable[[Case], bool]
    why: str


@dataclass
class Comparison:
    table: Sequence[Difference]
    compared: int = 0
    used: set[int] = field(default_factory=set)
    unexplained: list[str] = field(default_factory=list)

    def add(self, case: Case) -> None:
        self.compared += 1
        peer, ours = case.peer.members(), case.ours.members()
        for member in peer:
            if peer[member] != ours[member]:
                self._explain(case, member, peer[member], ours[member])

    def _explain(self, case: Case, member: str, peer: Any, ours: Any) -> None:
        for number, row in enumerate(self.table):
            if member in row.members and row.when(case):
                self.used.add(number)
                return
        self.unexplained.append(
            f"{case.options} {case.ask}\n    {member}: {peer!r} became {ours!r}")

    def check(self) -> None:
        shown = "\n".join(self.unexplained[:10])
        assert not self.unexplained, f"{len(self.unexplained)} differences, such as\n{shown}"
        unused = [row.why for number, row in enumerate(self.table) if number not in self.used]
        assert not unused, f"never seen: {unused}"
