# SPDX-License-Identifier: MIT
"""Puts Python's extension behind JSON Lines; a character is a byte.

{"do": "policy", "folder", "path", "environment", "variables"} reads a policy of a folder for the
tasks after it;
{"do": "judge", "method", "target", "lines", "verdict", "own_origin", "application"} judges a
request, and has an application's lines settled;
{"do": "simulate", "scenario", "browser"} plays a scenario.
"""

from __future__ import annotations

import json
import os
import sys
from typing import Any

from libcors import _engine

from tests.differential.python_simulation import simulate

Json = dict[str, Any]
Pairs = list[list[str]]


def texts(lines: Any) -> Pairs:
    return [[text if isinstance(text, str) else text.decode("latin-1") for text in line]
            for line in lines]


def read_policy(task: Json) -> tuple[_engine.Policy | None, Json]:
    os.chdir(task["folder"])
    os.environ.update(task["variables"])
    policy, problems, _ = _engine.load_policy(task["path"], task["environment"])
    for name in task["variables"]:
        del os.environ[name]
    rows = [{"rule": rule, "severity": severity, "file": file, "line": line,
             "column": column, "message": message, "suggestion": suggestion or None}
            for rule, severity, file, line, column, message, suggestion in problems]
    return policy, {"usable": policy is not None, "problems": rows}


def judge(policy: _engine.Policy | None, task: Json) -> Json:
    lines = [(name, value) for name, value in task["lines"]]
    said = _engine.judge(policy, task["method"], task["target"], lines, task["verdict"],
                         task["own_origin"])
    application = [(name, value) for name, value in task["application"]]
    return {"kind": said.kind, "allowed": said.allowed, "loggedReason": said.reason,
            "status": said.status, "set": texts(said.fields),
            "vary": [name.decode("latin-1") for name in said.vary],
            "body": said.body.decode("latin-1"), "blocks": said.blocks,
            "ambiguous": said.ambiguous, "applied": texts(said.apply_text(application))}


def main() -> None:
    policy = None
    for line in sys.stdin:
        task = json.loads(line)
        try:
            if task["do"] == "policy":
                policy, answer = read_policy(task)
            elif task["do"] == "simulate":
                answer = simulate(task["scenario"], task["browser"])
            else:
                answer = judge(policy, task)
        except (ValueError, TypeError, KeyError) as error:
            answer = {"error": repr(error)}
        print(json.dumps(answer))


main()
