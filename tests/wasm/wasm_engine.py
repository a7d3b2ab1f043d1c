# SPDX-License-Identifier: MIT
"""The engine in WebAssembly, asked through Node."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Iterable
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
MODULE = (ROOT / os.environ.get("CORS_WASM", "build/wasm/libcors.wasm")).resolve()
SUFFIXES = MODULE.with_name("suffixes.bin")
DRIVER = Path(__file__).resolve().parent / "wasm_driver.mjs"
SECONDS = 120.0  # far above what any run takes

Task = dict[str, Any]


def run_node(script: Path, arguments: Iterable[str] = (), text: str = "") -> str:
    """What a script writes; it gets the module's path before its arguments."""
    assert MODULE.exists(), f"{MODULE} is missing: bindings/wasm/build.sh {MODULE} builds it"
    done = subprocess.run(["node", str(script), str(MODULE), *arguments], input=text.encode(),
                          capture_output=True, timeout=SECONDS, check=False)
    assert done.returncode == 0, done.stderr.decode(errors="replace")
    assert done.stderr == b"", done.stderr.decode(errors="replace")
    return done.stdout.decode("ascii")


def ask(tasks: Iterable[Task]) -> list[str]:
    """The driver's answers, a line each."""
    asked = [json.dumps(task) + "\n" for task in tasks]
    lines = run_node(DRIVER, text="".join(asked)).splitlines()
    assert len(lines) == len(asked)
    return lines
