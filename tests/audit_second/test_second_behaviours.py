# SPDX-License-Identifier: MIT
"""What an audit says of each behaviour, against what is true of it."""

from __future__ import annotations

import re
from typing import Any

import pytest

from tests.audit_second.conftest import Audit
from tests.audit_second.second_answers import ANSWERS
from tests.audit_second.second_behaviour import Behaviour
from tests.audit_second.second_correct import CORRECT
from tests.audit_second.second_stage import Seen
from tests.audit_second.second_trust import TRUST
from tests.audit_second.second_truth import ABOUT_ORIGINS, true_rules

ALL = [*TRUST, *ANSWERS, *CORRECT]
FAULTY = [*TRUST, *ANSWERS]
SEVERITIES = ["info", "low", "medium", "high", "critical"]
SAFE_METHODS = {"GET", "HEAD", "OPTIONS"}
QUICK_REQUESTS = 6

every_behaviour = pytest.mark.parametrize("behaviour", ALL, ids=str)
every_fault = pytest.mark.parametrize(
    "behaviour", [each for each in FAULTY if not each.beyond], ids=str)
every_far_fault = pytest.mark.parametrize(
    "behaviour", [each for each in FAULTY if each.beyond], ids=str)
every_correct = pytest.mark.parametrize("behaviour", CORRECT, ids=str)


def target(seen: Seen) -> dict[str, Any]:
    assert len(seen.audited.targets) == 1
    return seen.audited.targets[0]


def findings(seen: Seen) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = target(seen)["findings"]
    return found


def told(seen: Seen) -> list[tuple[str, str, str | None]]:
    return [(each["rule"], each["severity"], each["origin"]) for each in findings(seen)]


def test_there_are_enough() -> None:
    codes = [behaviour.code for behaviour in ALL]
    assert len(codes) == len(set(codes)) >= 80
    ruled = {rule for behaviour in FAULTY for rules in behaviour.finds
             for rule in rules.split("|")}
    assert len(ruled) >= 30


@every_fault
def test_finds_the_fault(behaviour: Behaviour, audit: Audit) -> None:
    seen = audit(behaviour)
    found = {rule for rule, _, _ in told(seen)}
    missed = [rules for rules in behaviour.finds if not found & set(rules.split("|"))]
    assert not missed, (told(seen), target(seen)["outcome"], target(seen)["matcher"])
    assert target(seen)["outcome"] == "findings"


@every_fault
def test_rates_the_fault(behaviour: Behaviour, audit: Audit) -> None:
    seen = audit(behaviour)
    for rules, severities in behaviour.finds.items():
        rated = {rule: severity for rule, severity, _ in told(seen) if rule in rules.split("|")}
        assert rated, (rules, told(seen))
        assert set(rated.values()) & set(severities.split()), (rules, severities, told(seen))


@every_far_fault
def test_finds_the_far_fault_or_says_nothing(behaviour: Behaviour, audit: Audit) -> None:
    seen = audit(behaviour)
    wanted = {rule for rules in behaviour.finds for rule in rules.split("|")}
    assert not told(seen) or wanted & {rule for rule, _, _ in told(seen)}, told(seen)


@every_behaviour
def test_raises_no_false_alarm(behaviour: Behaviour, audit: Audit) -> None:
    seen = audit(behaviour)
    right = {rule for rules in behaviour.finds for rule in rules.split("|")} | behaviour.may
    if behaviour.matcher:
        right |= true_rules(behaviour.matcher, behaviour.url)
    assert not [each for each in told(seen) if each[0] not in right], told(seen)


@every_behaviour
def test_names_origins_that_are_allowed(behaviour: Behaviour, audit: Audit) -> None:
    for rule, _, origin in told(audit(behaviour)):
        if rule in ABOUT_ORIGINS and behaviour.matcher:
            assert origin and behaviour.matcher(origin), (rule, origin)


@every_correct
def test_has_nothing_against_the_correct(behaviour: Behaviour, audit: Audit) -> None:
    seen = audit(behaviour)
    assert (target(seen)["outcome"], told(seen)) == ("clean", []), target(seen)
    assert seen.audited.code == 0


@every_correct
def test_quick_has_nothing_against_the_correct(behaviour: Behaviour, audit: Audit) -> None:
    seen = audit(behaviour, "--quick")
    assert (target(seen)["outcome"], told(seen)) == ("clean", []), target(seen)
    assert len(seen.requests) <= QUICK_REQUESTS, [
        (each.method, each.target, each.first("Origin")) for each in seen.requests]


@every_behaviour
def test_asks_no_more_than_it_may(behaviour: Behaviour, audit: Audit) -> None:
    seen = audit(behaviour)
    asked = [(each.method, each.target, each.first("Origin")) for each in seen.requests]
    assert len(asked) <= behaviour.requests, asked
    assert target(seen)["requests"] == len(asked)


@every_behaviour
def test_sends_safe_methods_unless_asked(behaviour: Behaviour, audit: Audit) -> None:
    sent = {each.method for each in audit(behaviour).requests}
    assert sent <= SAFE_METHODS | ({"POST"} if "POST" in behaviour.options else set())


@every_behaviour
def test_asks_with_origins_that_browsers_send(behaviour: Behaviour, audit: Audit) -> None:
    """In lower case, with a host and no path: others are turned away before they are judged."""
    origins = {each.first("Origin") for each in audit(behaviour).requests} - {None}
    for origin in origins:
        assert re.fullmatch(r"null|[a-z][a-z0-9+.-]*://[^/\sA-Z]+", origin or ""), origin


@every_behaviour
def test_exits_as_it_found(behaviour: Behaviour, audit: Audit) -> None:
    seen = audit(behaviour)
    counted = [severity for _, severity, _ in told(seen) if severity != "info"]
    open_ends = target(seen)["outcome"] == "inconclusive"
    assert seen.audited.code == (1 if counted else 3 if open_ends else 0)


@every_behaviour
def test_says_what_a_person_needs(behaviour: Behaviour, audit: Audit) -> None:
    seen = audit(behaviour)
    ranks = [SEVERITIES.index(severity) for _, severity, _ in told(seen)]
    assert ranks == sorted(ranks, reverse=True)
    for each in findings(seen):
        assert all(each[name] for name in ("message", "reasoning", "evidence", "fix")), each
        assert each["reproduce"].startswith("cors check "), each
    assert "alice-4711" not in seen.audited.stdout + seen.audited.stderr
