# SPDX-License-Identifier: MIT
"""The policies that take turns, no two of which answer alike, and what each of them answers.

What is right is said by the oracle of tests/oracle, which shares nothing with the library.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import lru_cache

from tests.oracle.oracle import PolicyValues, Surroundings, decide

TURNS = 16
ALWAYS = "https://always.example"
NEVER = "https://never.example"

SURROUNDINGS = Surroundings("production", {}, {})


def mark(turn: int) -> str:
    """The origin that only one turn allows."""
    return f"https://turn-{turn}.example"


@lru_cache(maxsize=TURNS)
def policies_of(turn: int) -> list[PolicyValues]:
    """One in two allows credentials, one in three subdomains, and so on: neighbours differ."""
    fillers = [f"https://filler-{number}.example" for number in range(2 * turn)]
    api: PolicyValues = {
        "path": "/api/*",
        "allow_origins": [ALWAYS, mark(turn), *fillers],
        "allow_methods": ["PUT", "DELETE"] if turn % 2 else ["PUT"],
        "allow_headers": ["Content-Type", f"X-Turn-{turn % 5}"],
        "expose_headers": [f"X-Exposed-{turn % 3}"],
        "max_age": 600 + turn,
    }
    if turn % 2:
        api["allow_credentials"] = True
    if turn % 3 == 0:
        api["allow_origins"].append("https://*.wild.example")
    everybody: PolicyValues = {
        "path": "/public/*", "allow_origins": ["*"], "allow_methods": ["PUT"], "max_age": 600,
        "expose_headers": [f"X-Public-{turn % 4}"],
    }
    return [api, everybody]


def policy_text(turn: int) -> str:
    return json.dumps({"policies": policies_of(turn)}, indent=2)  # which is YAML, too


def count_origins(turn: int) -> int:
    """How many origins the gateway counts, by which its log tells one turn from another."""
    return sum(len(policy["allow_origins"]) for policy in policies_of(turn))


@dataclass(frozen=True)
class Expected:
    """What one turn's policies answer to a request."""
    policed: bool  # or else the answer is left alone
    status: int | None  # None: the application answers
    cors: dict[str, str]  # names in lower case
    vary: set[str]


@lru_cache(maxsize=1 << 16)
def expected(turn: int, method: str, path: str, lines: tuple[tuple[str, str], ...]) -> Expected:
    decision = decide(policies_of(turn), SURROUNDINGS, method, path, list(lines))
    return Expected(decision["kind"] != "no-policy", decision["status"],
                    {name.lower(): value for name, value in decision["set"]},
                    {name.lower() for name in decision["vary"]})
