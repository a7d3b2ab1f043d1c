# SPDX-License-Identifier: MIT
"""Every rule, with the place that it points at."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from drawn_case import CARET, POLICY, Case, Problem, lint, read_problems, worst, write_files
from rule_cases import CASES
from tests.support.cors_command import ROOT


@pytest.mark.parametrize("case", CASES, ids=lambda case: str(case.name))
def test_problems_are_where_they_are_drawn(case: Case, tmp_path: Path) -> None:
    expected = write_files(case, tmp_path)
    done = lint(case, tmp_path, "--json")
    found = read_problems(done.stdout)
    assert sorted(found, key=place_and_rule) == sorted(expected, key=place_and_rule)
    assert [place(problem) for problem in found] == sorted(place(problem) for problem in found)
    assert done.code == (1 if worst(expected) == "error" else 0)


@pytest.mark.parametrize("case", CASES, ids=lambda case: str(case.name))
def test_people_see_the_caret_under_the_place(case: Case, tmp_path: Path) -> None:
    write_files(case, tmp_path)
    found = read_problems(lint(case, tmp_path, "--json").stdout)
    done = lint(case, tmp_path)
    lines = (tmp_path / POLICY).read_bytes().decode().split("\n")
    shown = done.stdout.splitlines()
    for problem in found:
        head = shown.pop(0)
        start = f"{POLICY}:{problem.line}:{problem.column}: {problem.severity}: "
        assert head.startswith(start) and head.endswith(f" [{problem.rule}]")
        line = lines[problem.line - 1]
        if line:
            assert without_marks(shown.pop(0)) == "    " + without_marks(line)
            caret = shown.pop(0)
            assert caret.strip() == "^"
            if line.isascii():
                assert caret.index("^") == 4 + problem.column - 1
        if problem.suggestion is not None:
            assert shown.pop(0) == f"    write: {problem.suggestion}"
    assert shown == []


def test_every_rule_has_a_case() -> None:
    header = (ROOT / "include" / "cors" / "policy.h").read_text()
    rules = set(re.findall(r'^    RULE\(\w+, \d+, "([a-z-]+)"', header, re.MULTILINE))
    drawn = {caret[3] for case in CASES for drawing in (case.policy, *case.files.values())
             for caret in map(CARET.match, drawing.splitlines()) if caret}
    assert len(rules) == 38
    assert rules - drawn == set()
    assert drawn - rules == set()


def place(problem: Problem) -> tuple[str, int, int]:
    return (problem.file, problem.line, problem.column)


def place_and_rule(problem: Problem) -> tuple[str, int, int, str]:
    return (*place(problem), problem.rule)


def without_marks(line: str) -> str:
    """As the command shows it: a tab is a space, a control character a replacement character."""
    return re.sub("[\x00-\x1f\x7f-\x9f\u2028]", "\ufffd", line.replace("\t", " "))
