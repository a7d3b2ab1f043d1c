# SPDX-License-Identifier: MIT
"""`cors check`, run for a case of the table."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from tests.broken.broken_cases import Call, Case
from tests.broken.broken_server import BrokenServer
from tests.support.cors_command import Finished, run_cors

Judged = dict[str, Any]  # what --json prints

FOLDER = Path("/")  # nothing is read from or written to the folder that it runs in
ALLOWED, BLOCKED, USAGE, NETWORK = range(4)  # exit codes


def call_options(call: Call) -> list[str]:
    options = ["-X", call.method]
    for name, value in call.headers:
        options += ["-H", f"{name}: {value}"]
    if call.body is not None:
        options += ["--data", call.body]
    if call.credentials:
        options.append("--credentials")
    return options


def check(url: str, *options: str) -> Finished:
    return run_cors(["check", url, *options], FOLDER)


def check_json(url: str, *options: str) -> tuple[int, Judged]:
    """The exit code, and what was printed."""
    done = check(url, "--json", *options)
    assert done.stdout, done.stderr
    judged: Judged = json.loads(done.stdout)
    return done.code, judged


def check_case(server: BrokenServer, case: Case, *options: str) -> tuple[int, Judged]:
    return check_json(server.url(case.name), "--origin", server.page, *call_options(case.call),
                      *options)
