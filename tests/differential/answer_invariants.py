# SPDX-License-Identifier: MIT
"""What holds for every answer of a server, whoever gave it and whatever the policy is.

These are not the rules told once more: each is a promise that can be checked by itself, from the
answer, the request and the texts of the policy.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from tests.differential.answer_pair import Json
from tests.oracle.oracle import (PolicyValues, Surroundings, entry_matches, find_policy,
                                 origin_entries, values_of)

ALLOW_ORIGIN = "access-control-allow-origin"
ALLOW_CREDENTIALS = "access-control-allow-credentials"
OWNED = "access-control-"

Lines = list[list[str]]


def fields_named(lines: Iterable[list[str]], name: str) -> list[str]:
    return [value for key, value in lines if key.lower() == name]


def held(policy: PolicyValues, surroundings: Surroundings, origin: str) -> bool:
    """Whether some entry of the policy means the origin; for a public one every origin is held."""
    entries = list(origin_entries(policy, surroundings))
    return "*" in entries or any(entry_matches(entry, origin) for entry in entries)


def broken_promises(policies: list[PolicyValues], surroundings: Surroundings, path: str,
                    headers: Lines, answer_lines: Lines, refused: bool) -> Iterator[str]:
    """The invariants that an answer breaks. `answer_lines` are its field lines, those that are not
    CORS's too; `refused`: the answer is said to be a denial."""
    policy = find_policy(policies, path)
    asked = values_of([(name, value) for name, value in headers], "origin")
    allowed = fields_named(answer_lines, ALLOW_ORIGIN)
    credentials = fields_named(answer_lines, ALLOW_CREDENTIALS)
    owned = [line for line in answer_lines if line[0].lower().startswith(OWNED)]
    names = [name.lower() for name, _ in owned]
    if len(set(names)) < len(names):
        yield "a line of Access-Control stands twice"
    if refused and owned:
        yield "a refused origin gets a line of Access-Control"
    if owned and len(allowed) != 1:
        yield f"{len(allowed)} lines of Access-Control-Allow-Origin"
    if "*" in allowed and credentials:
        yield "* together with credentials"
    if credentials and credentials != ["true"]:
        yield f"Access-Control-Allow-Credentials is {credentials}"
    for value in allowed:
        if value != "*" and value not in asked:
            yield f"it names {value!r}, which did not ask"
        if policy is None:
            yield "it allows an origin where no policy applies"
        elif not held(policy, surroundings, value):
            yield f"it names {value!r}, which the policy does not hold"


def vary_key(answer: Json, request: Json, headers: Lines) -> tuple[object, ...]:
    """What a cache keeps the answer under: the request's values of the fields that Vary names.

    Answers to OPTIONS are not cached (RFC 9110, section 9.3.7), so that there only the presence of
    an Origin line, which tells preflights from other requests, need not be named.
    """
    lines = [(name, value) for name, value in headers]
    named = tuple((name, tuple(values_of(lines, name.lower()))) for name in sorted(answer["vary"]))
    preflight = request["method"] == "OPTIONS" and bool(values_of(lines, "origin"))
    return request["method"], request["path"], preflight, named


class SharedCache:
    """A cache before the server: one whose Vary is incomplete hands somebody else's answer out."""

    def __init__(self) -> None:
        self.kept: dict[tuple[object, ...], tuple[Json, Json]] = {}

    def other_answer(self, answer: Json, request: Json,
                     headers: Lines) -> tuple[Json, Json] | None:
        """An earlier request and its answer that a cache takes for this one's, although this one
        got another."""
        asked = {**request, "headers": headers, "twins": []}
        key = vary_key(answer, request, headers)
        before = self.kept.setdefault(key, (asked, answer))
        same = all(before[1][part] == answer[part] for part in ("set", "status"))
        return None if same else before
