# SPDX-License-Identifier: MIT
"""The tool notices what it is there for: a command that is wrong in one way is found out."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path
from random import Random

import pytest

from tests.differential.case_shrinking import shrink
from tests.differential.policy_cases import respelled
from tests.support.cors_command import COMMAND, ROOT

RUN = ROOT / "tests" / "differential" / "run"
SECONDS = 120.0

# What a wrong command does to an answer, and what is said about it.
WRONG = {
    "another origin": ("""
        for line in answer["set"][:1]:
            line[1] = line[1].replace("https:", "http:")""", "which did not ask"),
    "a star with credentials": ("""
        if any(line[0].endswith("Allow-Credentials") for line in answer["set"]):
            answer["set"][0][1] = "*\"""", "* together with credentials"),
    "a line twice": ("""
        answer["set"] += answer["set"][:1]""", "stands twice"),
    "a line for a refused origin": ("""
        if answer["allowed"] is False:
            answer["set"] = [["Access-Control-Max-Age", "5"]]""", "a refused origin gets a line"),
    "no Vary": ("""
        answer["vary"] = []""", "Vary does not tell"),
    "another status": ("""
        answer["status"] = answer["status"] and 200""", "oracle"),
}
COMMAND_THAT_IS_WRONG = """\
#!/usr/bin/python3
import json, subprocess, sys
done = subprocess.run([{command!r}, *sys.argv[1:]], stdin=sys.stdin, stdout=subprocess.PIPE)
for line in done.stdout.decode().splitlines():
    if sys.argv[1] == "decide":
        answer = json.loads(line){change}
        line = json.dumps(answer)
    print(line)
sys.exit(done.returncode)
"""


def run_tool(*arguments: str, **variables: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([str(RUN), *arguments], env={**os.environ, **variables},
                          capture_output=True, text=True, timeout=SECONDS, check=False)


def wrong_command(folder: Path, change: str) -> str:
    """The command, with what `cors decide` prints changed."""
    script = folder / "cors"
    script.write_text(COMMAND_THAT_IS_WRONG.format(command=COMMAND, change=change))
    script.chmod(0o755)
    return str(script)


@pytest.mark.parametrize("name", WRONG)
def test_wrong_answers_are_found(name: str, tmp_path: Path) -> None:
    change, told = WRONG[name]
    done = run_tool("--pair", "decide-oracle", "--seed", "1", "--round", "0",
                    "--shrink", "0.5", CORS_COMMAND=wrong_command(tmp_path, change),
                    CORS_DIFFERENTIAL_KEPT=str(tmp_path / "kept"))
    assert done.returncode == 1, done.stdout + done.stderr
    assert "tests/differential/run --pair decide-oracle --seed 1 --round 0" in done.stdout
    assert told in done.stdout
    assert [path.name for path in (tmp_path / "kept").iterdir()] == ["decide-oracle.json"]


def test_usage() -> None:
    done = run_tool("--round", "1")
    assert done.returncode == 2 and "--seed" in done.stderr


def test_a_case_is_made_small() -> None:
    case = {"policies": [{"a": list(range(40))}, {"b": "left out"}], "text": "xxneedlexx" * 5}
    least = shrink(case, lambda less: 17 in less["policies"][0].get("a", [])
                   and "needle" in less["text"] if less.get("policies") and "text" in less
                   else False, 10)
    assert least == {"policies": [{"a": [17]}], "text": "needle"}


def test_a_case_that_cannot_be_smaller_stays() -> None:
    assert shrink({"a": [1, 2]}, lambda less: False, 10) == {"a": [1, 2]}


def test_another_spelling_keeps_what_counts() -> None:
    lines = [["Origin", "a"], ["X-B", "1"], ["origin", "b"], ["X-B", "2"]]
    for seed in range(50):
        spelled = respelled(Random(seed), lines)
        for name in ("origin", "x-b"):
            assert [value for key, value in spelled if key.lower() == name] == \
                [value for key, value in lines if key.lower() == name]
