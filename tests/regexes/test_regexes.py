# SPDX-License-Identifier: MIT
"""Regular expressions over origins: the entries that one comes to cover all that it matches.

The reference is what really matches: Python's re and JavaScript's RegExp, each asked about random
expressions, as people write them and worse, and about origins that look like the ones meant.
"""

from __future__ import annotations

import json
import random
import re
import subprocess
import warnings
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.regexes.drawn_expressions import Drawn, draw, draw_written
from tests.support.cors_command import COMMAND

HERE = Path(__file__).resolve().parent
READER = Path(COMMAND).parent / "tests" / "regexes" / "regex-reading"
SECONDS = 120.0  # far above what a run takes
SEED = 20261121
EXPRESSIONS = 6000
ORIGINS = 20

# How an expression's user calls it: flags for the reader, and for JavaScript where that can too.
MANNERS = {"search": ("-", ""), "search, case ignored": ("i", "i"), "match": ("s", None),
           "fullmatch": ("se", None)}

# What a run finds at least once; that one is too large, tests/core looks at.
FAULTS = {"none", "open-start", "open-end", "bare-dot", "open-host", "any-host", "not-understood",
          "open-scheme", "addresses"}
IMPOSSIBLE = {"match": {"open-start"}, "fullmatch": {"open-start", "open-end"}}


@dataclass(frozen=True)
class Reading:
    fault: str
    exact: bool
    entries: list[str]
    allowed: str  # a "1", "0" or "-" for each origin


def run(command: list[str], lines: list[str]) -> list[str]:
    done = subprocess.run(command, input="".join(line + "\n" for line in lines),
                          capture_output=True, text=True, timeout=SECONDS)
    assert done.returncode == 0, done.stderr
    return done.stdout.splitlines()


def read_all(drawn: list[Drawn], flags: str) -> list[Reading]:
    lines = ["\t".join([flags, one.source, *one.origins]) for one in drawn]
    readings = []
    for line in run([str(READER)], lines):
        fault, _, exact, entries, allowed = line.split("\t")
        readings.append(Reading(fault, exact == "exact", entries.split(), allowed))
    assert len(readings) == len(drawn)
    return readings


def javascript_matches(drawn: list[Drawn], flags: str) -> list[str | None]:
    """A "1" or "0" for each origin, or None where it is no expression."""
    lines = [json.dumps([one.source, flags, one.origins]) for one in drawn]
    said = run(["node", str(HERE / "expression_matches.mjs")], lines)
    return [json.loads(line).get("matches") for line in said]


def python_matches(drawn: list[Drawn], manner: str) -> list[str | None]:
    found: list[str | None] = []
    for one in drawn:
        try:
            expression = re.compile(one.source, re.IGNORECASE if "case" in manner else 0)
        except re.error:
            found.append(None)
            continue
        ask = {"match": expression.match, "fullmatch": expression.fullmatch}.get(
            manner, expression.search)
        found.append("".join("1" if ask(origin) else "0" for origin in one.origins))
    return found


def is_sent(origin: str) -> bool:
    """Whether browsers have such a host: one that ends in a number is an IPv4 address."""
    host = origin.partition("://")[2].partition(":")[0].rstrip(".")
    last = host.rpartition(".")[2]
    return not re.fullmatch(r"\d+|0x[0-9a-f]*", last) or host == "127.0.0.1"


def fixed_domain(entry: str) -> str:
    """What an entry's hosts end in."""
    host = re.sub(r":(\*|\d+)$", "", entry.partition("://")[2])
    return re.split(r"\*\.?|\{label\}\.?", host)[-1]


def host_of(origin: str) -> str:
    return re.sub(r":\d+$", "", origin.partition("://")[2])


def is_inside(origin: str, entries: list[str]) -> bool:
    """Whether the host ends in what an entry fixes, as whole labels or with two labels fixed."""
    for entry in entries:
        domain = fixed_domain(entry)
        whole = re.search(r"(^|//|\*\.|\{label\}\.)" + re.escape(domain), entry) is not None
        host = host_of(origin)
        if f".{host}".endswith(f".{domain}") if whole else (
                host.endswith(domain) and domain.count(".") >= 2):
            return True
    return False


def check(one: Drawn, reading: Reading, matches: str, language: str) -> int:
    """Compares what an expression matches with what its entries allow; returns how many pairs."""
    pairs = 0
    for origin, matched, allowed in zip(one.origins, matches, reading.allowed, strict=True):
        if allowed == "-" or not is_sent(origin):
            continue
        pairs += 1
        what = f"{one.source!r} and {origin} in {language}: {reading.entries}"
        assert matched == "0" or allowed == "1", f"matches, and no entry covers it: {what}"
        assert not reading.exact or matched == allowed, f"not exact: {what}"
        assert matched == "0" or is_inside(origin, reading.entries), f"another domain: {what}"
    return pairs


@pytest.fixture(scope="module")
def drawn() -> list[Drawn]:
    rng = random.Random(SEED)
    return [draw(rng, ORIGINS) for _ in range(EXPRESSIONS)]


@pytest.mark.filterwarnings("ignore:Possible (nested|set):FutureWarning")
@pytest.mark.parametrize("manner", MANNERS)
def test_entries_cover_what_matches(drawn: list[Drawn], manner: str) -> None:
    flags, javascript = MANNERS[manner]
    readings = read_all(drawn, flags)
    answers = {"Python": python_matches(drawn, manner)}
    if javascript is not None:
        answers["JavaScript"] = javascript_matches(drawn, javascript)
    pairs = 0
    faults = Counter(reading.fault for reading in readings)
    matched = 0
    for language, all_matches in answers.items():
        for one, reading, matches in zip(drawn, readings, all_matches, strict=True):
            if reading.fault == "none" and matches is not None:
                pairs += check(one, reading, matches, language)
                matched += matches.count("1")
    # The comparison means something: all faults occur, and enough was compared and did match.
    assert pairs > 10000 and matched > 2000, (pairs, matched)
    assert set(faults) == FAULTS - IMPOSSIBLE.get(manner, set()), faults


def test_suggestions_stay_inside() -> None:
    """What is suggested for a refused expression is the domain that it was written for."""
    rng = random.Random(SEED)
    written = [draw_written(rng) for _ in range(EXPRESSIONS)]
    # Behind a hyphen, the domain's first label may as well be the end of a longer one.
    written = [one for one in written if "(-|_)" not in one.source]
    suggested = 0
    for one, reading in zip(written, read_all([Drawn(each.source, []) for each in written], "-"),
                            strict=True):
        for entry in reading.entries if reading.fault != "none" else []:
            suggested += 1
            assert f".{fixed_domain(entry)}".endswith(f".{one.domain}"), (one.source, entry)
    assert suggested > 1000


def test_the_reference_refuses_what_is_no_expression() -> None:
    broken = [Drawn("(", ["https://a.example"]), Drawn("a", ["https://a.example", "null"])]
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert javascript_matches(broken, "") == python_matches(broken, "search") == [None, "10"]
