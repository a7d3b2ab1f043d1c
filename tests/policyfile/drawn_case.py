# SPDX-License-Identifier: MIT
"""Policy files with the expected problems drawn into them, and `cors lint` run on them.

Below a faulty line stands a caret under the place, the severity, the rule, and after an arrow what
is suggested:

    policies:
      - allow_origins: [https://app.example.com/]
                        ^ error origin-path -> https://app.example.com

Several faults of a line have a caret line each. Nothing else may be reported.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from pathlib import Path
from textwrap import dedent

from tests.support.cors_command import Finished, run_cors

POLICY = "cors.yaml"
CARET = re.compile(r"^( *)\^ (info|warning|error) ([a-z-]+)(?: -> (.*))?$")


@dataclass(frozen=True, order=True)
class Problem:
    file: str
    line: int
    column: int
    rule: str
    severity: str
    suggestion: str | None = None


@dataclass(frozen=True)
class Drawn:
    """A file without its carets, and what these say."""

    text: str
    problems: list[Problem]


def read_drawing(name: str, drawing: str) -> Drawn:
    lines: list[str] = []
    problems: list[Problem] = []
    for line in drawing.splitlines():
        caret = CARET.match(line)
        if caret is None:
            lines.append(line)
            continue
        spaces, severity, rule, suggestion = caret.groups()
        problems.append(Problem(name, max(1, len(lines)), len(spaces) + 1, rule, severity,
                                suggestion))
    return Drawn("".join(f"{line}\n" for line in lines), problems)


@dataclass(frozen=True)
class Case:
    """A policy file, drawn; `files` are the lists beside it, drawn too."""

    name: str
    policy: str
    environment: str | None = None
    variables: dict[str, str] = field(default_factory=dict)
    files: dict[str, str] = field(default_factory=dict)

    def drawn(self) -> dict[str, Drawn]:
        return {name: read_drawing(name, dedent(text).removeprefix("\n"))
                for name, text in {POLICY: self.policy, **self.files}.items()}


def write_files(case: Case, folder: Path) -> list[Problem]:
    """Writes the files of a case without their carets; returns the problems drawn into them."""
    problems: list[Problem] = []
    for name, drawn in case.drawn().items():
        (folder / name).write_text(drawn.text, encoding="utf-8", newline="")
        problems += drawn.problems
    return problems


def lint(case: Case, folder: Path, *options: str) -> Finished:
    chosen = ["--env", case.environment] if case.environment is not None else []
    return run_cors(["lint", *chosen, *options, POLICY], folder, case.variables)


def read_problems(output: str) -> list[Problem]:
    """Reads what `cors lint --json` printed, in its order."""
    found = json.loads(output)
    assert list(found) == ["problems"]
    keys = ["rule", "severity", "file", "line", "column", "message", "suggestion"]
    assert all(list(problem) == keys for problem in found["problems"])
    return [Problem(problem["file"], problem["line"], problem["column"], problem["rule"],
                    problem["severity"], problem["suggestion"]) for problem in found["problems"]]


def worst(problems: list[Problem]) -> str:
    order = ["none", "info", "warning", "error"]
    return max((problem.severity for problem in problems), key=order.index, default="none")
