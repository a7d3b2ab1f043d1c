# SPDX-License-Identifier: MIT
"""Policy cases as tasks for the engine in WebAssembly, Node's package and Python's extension."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterable, Sequence
from itertools import islice
from pathlib import Path

from tests.conformance.surfaces import artifact
from tests.differential.answer_pair import Json, Unaskable
from tests.support.cors_command import ROOT, cors_environment
from tests.wasm.wasm_engine import MODULE, SUFFIXES, ask

SUFFIX_LIST = {"do": "suffixes", "path": str(SUFFIXES)}
ANSWERS_SECONDS = 120.0  # far above what any run takes


def policy_task(case: Json) -> Json:
    """Has wasm_driver.mjs read the policy of a case."""
    return {"do": "policy", "yaml": json.dumps({"policies": case["policies"]}, ensure_ascii=False),
            "options": {"environment": case["environment"], "variables": case["variables"],
                        "files": case["files"]}}


def answers_of_wasm(tasks: Sequence[Sequence[Json]], module: Path = MODULE) -> list[list[str]]:
    """The driver's answers to each of some rows of tasks."""
    lines = iter(ask([SUFFIX_LIST, *(task for row in tasks for task in row)], module)[1:])
    return [list(islice(lines, len(row))) for row in tasks]


def answers_of_python(tasks: Iterable[Json]) -> list[Json]:
    """What python_answers.py makes of the tasks, in a process of its own: a crash is told apart."""
    site = artifact("CORS_PYTHON", "build/python/site").resolve()
    done = subprocess.run(
        [sys.executable, "-m", "tests.differential.python_answers"], cwd=ROOT,
        input="".join(json.dumps(task) + "\n" for task in tasks).encode(),
        env=cors_environment({"PYTHONPATH": str(site), "PYTHONDONTWRITEBYTECODE": "1"}),
        capture_output=True, timeout=ANSWERS_SECONDS, check=False)
    if done.returncode != 0:
        raise AssertionError(f"Python ended with {done.returncode}: {done.stderr.decode()}")
    answers = [json.loads(line) for line in done.stdout.splitlines()]
    errors = [answer["error"] for answer in answers if "error" in answer]
    if errors:
        raise Unaskable(f"Python cannot: {errors[0]}")
    return answers


def as_bytes(text: str) -> str:
    """The text's UTF-8, a character a byte."""
    return text.encode().decode("latin-1")
