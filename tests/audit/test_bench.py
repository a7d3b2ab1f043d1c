# SPDX-License-Identifier: MIT
"""What an audit says of each row of the bench, in how many requests; -s prints the table."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

import pytest

from tests.audit.behaviour import QUICK, Behaviour
from tests.audit.bench_stage import ROWS, Bench, Outcome, audit_rows, table

SAFE_METHODS = {"GET", "HEAD", "OPTIONS"}
SHOWN = ("message", "reasoning", "evidence", "fix", "reproduce", "fingerprint")
RULES = 31

every_row = pytest.mark.parametrize("behaviour", ROWS, ids=str)
every_fault = pytest.mark.parametrize(
    "behaviour", [each for each in ROWS if not each.is_safe and not each.untried], ids=str)
every_untried = pytest.mark.parametrize(
    "behaviour", [each for each in ROWS if each.untried], ids=str)
every_correct = pytest.mark.parametrize(
    "behaviour", [each for each in ROWS if each.is_safe], ids=str)


@pytest.fixture(scope="module")
def bench() -> Iterator[Bench]:
    yield audit_rows(ROWS)


@pytest.fixture(scope="module")
def quick() -> Iterator[Bench]:
    yield audit_rows(ROWS, "--quick")


def of(bench: Bench, behaviour: Behaviour) -> Outcome:
    return next(each for each in bench.outcomes if each.behaviour is behaviour)


def told(outcome: Outcome) -> list[tuple[str, str, str | None]]:
    return [(each["rule"], each["severity"], each["origin"]) for each in outcome.findings]


def test_there_are_rows_for_each_rule() -> None:
    assert len(ROWS) >= 90
    assert max(Counter(each.name for each in ROWS).values()) == 1
    rules = {rule for each in ROWS for rules in each.finds for rule in rules.split("|")}
    assert len(rules) == RULES


def test_table(bench: Bench, quick: Bench, capsys: pytest.CaptureFixture[str]) -> None:
    with capsys.disabled():
        print("", "", *table(bench), "", "With --quick:", "", *table(quick), sep="\n")
    assert not [each for each in bench.outcomes if each.false_alarms()]
    assert not [each for each in quick.outcomes if each.false_alarms()]


@every_fault
def test_finds_the_fault(behaviour: Behaviour, bench: Bench) -> None:
    outcome = of(bench, behaviour)
    assert not outcome.missed(), (told(outcome), outcome.said["outcome"], outcome.asked())
    assert outcome.said["outcome"] == "findings"


@every_untried
def test_says_clean_or_finds_what_it_need_not_try(behaviour: Behaviour, bench: Bench) -> None:
    outcome = of(bench, behaviour)
    if outcome.missed():
        assert (outcome.said["outcome"], told(outcome)) == ("clean", []), outcome.said
    else:
        assert not outcome.misjudged(), told(outcome)


@every_row
def test_raises_no_false_alarm(behaviour: Behaviour, bench: Bench) -> None:
    outcome = of(bench, behaviour)
    assert not outcome.false_alarms(), (told(outcome), outcome.asked())


@every_fault
def test_rates_the_fault(behaviour: Behaviour, bench: Bench) -> None:
    outcome = of(bench, behaviour)
    assert not outcome.misjudged(), [(each["rule"], each["severity"], each["reasoning"])
                                     for each in outcome.findings]


@every_correct
def test_has_nothing_against_the_correct(behaviour: Behaviour, bench: Bench) -> None:
    outcome = of(bench, behaviour)
    assert (outcome.said["outcome"], outcome.said["reason"]) == ("clean", None), outcome.said
    assert told(outcome) == []


@every_correct
def test_quick_has_nothing_against_the_correct(behaviour: Behaviour, quick: Bench) -> None:
    outcome = of(quick, behaviour)
    assert (outcome.said["outcome"], told(outcome)) == ("clean", []), outcome.said
    assert len(outcome.seen) <= QUICK, outcome.asked()


@every_row
def test_quick_raises_no_false_alarm(behaviour: Behaviour, quick: Bench) -> None:
    outcome = of(quick, behaviour)
    assert not outcome.false_alarms(), (told(outcome), outcome.asked())


@every_row
def test_asks_no_more_than_it_may(behaviour: Behaviour, bench: Bench) -> None:
    outcome = of(bench, behaviour)
    assert len(outcome.seen) <= behaviour.requests, outcome.asked()
    assert outcome.said["requests"] == len(outcome.seen)


@every_row
def test_sends_safe_methods_unless_asked(behaviour: Behaviour, bench: Bench) -> None:
    sent = {each.method for each in of(bench, behaviour).seen}
    assert sent <= SAFE_METHODS | ({"POST"} if "POST" in behaviour.options else set())


@every_row
def test_names_origins_that_are_trusted(behaviour: Behaviour, bench: Bench) -> None:
    outcome = of(bench, behaviour)
    netloc = outcome.seen[0].first("Host") or ""
    trusts = behaviour.trusts or (lambda _, __: True)
    rules = [rule for rules in behaviour.finds for rule in rules.split("|")]
    for rule, _, origin in told(outcome):
        if rule in rules and rule not in ("invalid-allow-credentials", "missing-vary"):
            assert not origin or trusts(origin, netloc), (rule, origin)


@every_row
def test_says_what_a_person_needs(behaviour: Behaviour, bench: Bench) -> None:
    outcome = of(bench, behaviour)
    assert all(finding[name] for finding in outcome.findings for name in SHOWN), outcome.findings
    assert not any("alice" in str(finding) for finding in outcome.findings)


@every_row
def test_hands_credentials_to_its_host_alone(behaviour: Behaviour, bench: Bench) -> None:
    cookies = {each.first("Cookie") for each in of(bench, behaviour).seen}
    if "--cookie" not in behaviour.options:
        assert not any("alice" in (cookie or "") for cookie in cookies)


def test_no_cache_keeps_an_answer_to_a_stranger(bench: Bench) -> None:
    """Where an answer may be kept for all, nothing but the own origin asks at the plain URL."""
    for behaviour in ROWS:
        if behaviour.name.startswith("a cache that forgets"):
            outcome = of(bench, behaviour)
            own = f"https://{outcome.seen[0].first('Host')}"
            asked = {each.first("Origin") for each in outcome.seen
                     if each.method == "GET" and each.target == behaviour.path}
            assert asked <= {None, own}, outcome.asked()


def test_random_names_are_of_one_run(bench: Bench, quick: Bench) -> None:
    """No origin of a random name is asked about in two runs, and none on two targets."""
    behaviour = next(each for each in ROWS if each.name == "its own origin")

    def strangers(of_bench: Bench) -> set[str | None]:
        return {each.first("Origin") for each in of(of_bench, behaviour).seen
                if (each.first("Origin") or "").endswith("vercel.app")}
    assert strangers(bench) and not strangers(bench) & strangers(quick)
