# SPDX-License-Identifier: MIT
"""What a recorded figure carries with it: when, on which machine, of which sources, how long."""

from __future__ import annotations

import datetime
import os
import subprocess
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def commit() -> str:
    """The commit that is measured, and whether files of it were changed since."""
    described = subprocess.run(["git", "-C", str(ROOT), "describe", "--always", "--dirty",
                                "--exclude", "*"],
                               stdout=subprocess.PIPE, text=True, check=True)
    return described.stdout.strip().replace("-dirty", " with changes")


def processor() -> str:
    for line in Path("/proc/cpuinfo").read_text().splitlines():
        key, _, value = line.partition(":")
        if key.strip() == "model name":
            return value.strip()
    return "unknown processor"


def duration(seconds: float) -> str:
    return f"{seconds:.0f} s" if seconds < 120 else f"{seconds / 60:.0f} min"


def measured(seconds: float) -> str:
    """A sentence for under a table."""
    today = datetime.datetime.now(datetime.timezone.utc).date().isoformat()
    return (f"Measured on {today} at commit {commit()} in {duration(seconds)}, "
            f"{processor()}, {os.cpu_count()} cores.")
