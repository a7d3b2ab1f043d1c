# SPDX-License-Identifier: MIT
"""The `cors` command, run to its end."""

from __future__ import annotations

import os
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import IO

ROOT = Path(__file__).resolve().parents[2]
COMMAND = str((ROOT / os.environ.get("CORS_COMMAND", "build/cors")).resolve())
SECONDS = 60.0  # far above what any run takes


@dataclass(frozen=True)
class Finished:
    code: int
    stdout: str
    stderr: str


def cors_environment(variables: dict[str, str] | None = None) -> dict[str, str]:
    """The environment without what changes the command's ways, but for `variables`."""
    return {key: value for key, value in os.environ.items()
            if key not in ("CORS_ENV", "NO_COLOR")} | (variables or {})


def run_cors(arguments: list[str], folder: Path, variables: dict[str, str] | None = None,
             stdin: bytes = b"", stdout: IO[bytes] | int = subprocess.PIPE,
             command: str = COMMAND) -> Finished:
    """Runs the command in a folder; `stdout` may be a file instead."""
    done = subprocess.run([command, *arguments], cwd=folder, env=cors_environment(variables),
                          input=stdin, stdout=stdout, stderr=subprocess.PIPE, timeout=SECONDS,
                          check=False)
    return Finished(done.returncode, (done.stdout or b"").decode(), done.stderr.decode())
