# SPDX-License-Identifier: MIT
"""Tests in JavaScript, for node:test, run as one of pytest's."""

from __future__ import annotations

import os
import re
import subprocess
from pathlib import Path

from tests.support.started import ENDS_WITH_US

SECONDS_MAX = 240.0  # far above what a file of tests takes: only a hang gets there


def run_node_tests(file: Path, environment: dict[str, str] | None = None,
                   options: tuple[str, ...] = ()) -> int:
    """Runs a file of tests, and fails with what it said unless all of them passed.

    The process has to come to its end by itself: whatever a test leaves open fails it. Returns how
    many passed.
    """
    # Run from pytest by hand inside node --test, this variable would change what node prints.
    inherited = {name: value for name, value in os.environ.items() if name != "NODE_TEST_CONTEXT"}
    done = subprocess.run(
        [*ENDS_WITH_US, "node", *options, "--test", "--test-reporter=tap", str(file)],
        env={**inherited, **(environment or {})}, stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, errors="replace",
        timeout=SECONDS_MAX)
    counts = {name: int(count)
              for name, count in re.findall(r"^# (\w+) (\d+)$", done.stdout, re.MULTILINE)}
    others = sum(counts.get(name, 0) for name in ("fail", "cancelled", "skipped", "todo"))
    assert done.returncode == 0 and others == 0 and counts.get("pass", 0) > 0, \
        f"{file.name}:\n{done.stdout}"
    return counts["pass"]
