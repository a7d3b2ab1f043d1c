# SPDX-License-Identifier: MIT
"""Requests as well-meaning clients send them, drawn at random, and the judge of their answers."""

from __future__ import annotations

import random
from dataclasses import dataclass

from tests.soak.soak_policies import ALWAYS, NEVER, TURNS, Expected, expected, mark
from tests.support.raw_client import Response

HOST = "api.example"

# What the upstream says of itself, right or wrong: the gateway has to replace the one line and keep
# the other.
UPSTREAM_LINES = (("Access-Control-Allow-Origin", "https://upstream.example"),
                  ("Vary", "Accept-Encoding"))
UPSTREAM_CORS = {UPSTREAM_LINES[0][0].lower(): UPSTREAM_LINES[0][1]}
UPSTREAM_VARY = UPSTREAM_LINES[1][1].lower()

# Answers of the gateway itself when the upstream gave none.
UPSTREAM_FAILED = (502, 504)

SHOWN_MAX = 300  # characters of a question in a complaint

Lines = tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Question:
    method: str
    path: str  # what the policy is chosen by
    number: int  # comes back in the upstream's body, so that no answer is taken for another's
    lines: Lines
    body: bytes = b""

    @property
    def target(self) -> str:
        return f"{self.path}?number={self.number}"

    @property
    def reaches_upstream(self) -> bool:
        """Preflights do not, whichever turn it is."""
        return expected(0, self.method, self.path, self.lines).status is None

    def __str__(self) -> str:
        lines = "; ".join(f"{name}: {value}" for name, value in self.lines)
        return f"{self.method} {self.target} {lines}"[:SHOWN_MAX]

    def wire(self) -> bytes:
        """As HTTP/1.1, on a connection that stays open."""
        fields = [("Host", HOST), *self.lines]
        if self.body:
            fields.append(("Content-Length", str(len(self.body))))
        text = "".join(f"{name}: {value}\r\n" for name, value in fields)
        return f"{self.method} {self.target} HTTP/1.1\r\n{text}\r\n".encode("latin-1") + self.body


def upstream_status(path: str) -> int:
    """/api/status/404 is answered with 404, and everything else with 200."""
    last = path.rpartition("/")[2]
    return int(last) if "/status/" in path else 200


def upstream_body(target: str) -> bytes:
    return b'{"you asked for": "%b"}' % target.encode("latin-1")


def draw_origin(draw: random.Random) -> Lines:
    kind = draw.random()
    if kind < 0.30:
        return (("Origin", ALWAYS),)
    if kind < 0.65:
        return (("Origin", mark(draw.randrange(TURNS))),)
    if kind < 0.75:
        return (("oRIGIN", "https://a.b.wild.example"),)
    if kind < 0.85:
        return (("Origin", NEVER),)
    unusual: list[Lines] = [
        (), (("Origin", "null"),), (("Origin", ALWAYS + "/"),), (("Origin", ALWAYS.upper()),),
        (("Origin", ALWAYS), ("Origin", NEVER)), (("Origin", ALWAYS + ".evil.example"),),
        (("Origin", "https://wild.example"),), (("ORIGIN", f"\t {ALWAYS} \t"),),
    ]
    return draw.choice(unusual)


def draw_path(draw: random.Random) -> str:
    return draw.choice(["/api/items", "/api/items/7", "/public/news", "/elsewhere",
                        "/api/status/404", "/api/status/500", "/public/status/503"])


def draw_question(draw: random.Random, number: int) -> Question:
    origin, path = draw_origin(draw), draw_path(draw)
    kind = draw.random()
    if kind < 0.35:
        wanted: list[tuple[str, str]] = [
            ("Access-Control-Request-Method", draw.choice(["PUT", "DELETE", "PATCH", "GET"]))]
        if draw.random() < 0.7:
            names = draw.choice(["content-type", f"X-Turn-{draw.randrange(5)}",
                                 f"content-type,x-turn-{draw.randrange(5)}", "authorization"])
            wanted.append(("access-control-request-headers", names))
        return Question("OPTIONS", path, number, (*origin, *wanted))
    if kind < 0.45:
        return Question(draw.choice(["POST", "PUT"]), path, number,
                        (*origin, ("Content-Type", "text/plain")), b"x" * draw.randrange(1, 3000))
    return Question(draw.choice(["GET", "GET", "GET", "DELETE", "OPTIONS"]), path, number, origin)


def fault_against(question: Question, answer: Response, turn: int) -> str | None:
    """What is wrong with an answer if this turn's policies gave it; None: nothing."""
    right: Expected = expected(turn, question.method, question.path, question.lines)
    by_upstream = right.status is None and answer.status not in UPSTREAM_FAILED
    status = upstream_status(question.path) if right.status is None else right.status
    if right.status is not None or by_upstream:
        if answer.status != status:
            return f"status {answer.status} instead of {status}"
    if by_upstream and answer.body != upstream_body(question.target):
        return f"another body than the upstream sent: {answer.body[:80]!r}"
    left_alone = by_upstream and not right.policed
    cors = UPSTREAM_CORS if left_alone else right.cors
    if answer.cors() != cors:
        return f"{answer.cors()} instead of {cors}"
    vary = sorted(right.vary | ({UPSTREAM_VARY} if by_upstream else set()))
    if answer.vary() != vary:
        return f"Vary {answer.vary()} instead of {vary}"
    return None


def find_fault(question: Question, answer: Response, first: int, last: int) -> str | None:
    """What is wrong with an answer while policies `first` to `last` may have been in force."""
    try:
        faults = [fault_against(question, answer, number % TURNS)
                  for number in range(first, last + 1)]
    except AssertionError as error:  # a line that must stand once stands twice
        return str(error)
    if None in faults:
        return None
    return f"{faults[-1]} (policies {first} to {last}): {question}"
