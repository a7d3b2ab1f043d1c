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
SERVERS = (ROOT / os.environ.get("CORS_WASM_SERVERS", "build/node/engine/libcors.wasm")).resolve()
SUFFIXES = MODULE.with_name("suffixes.bin")
DRIVER = Path(__file__).resolve().parent / "wasm_driver.mjs"
SECONDS = 120.0  # far above what any run takes

Task = dict[str, Any]


def run_node(script: Path, arguments: Iterable[str] = (), text: str = "",
             module: Path = MODULE, options: Iterable[str] = ()) -> str:
    """What a script writes; it gets the module's path before its arguments."""
    assert module.exists(), f"{module} is missing: make lab and make node build what is tested here"
    done = subprocess.run(["node", *options, str(script), str(module), *arguments],
                          input=text.encode(), capture_output=True, timeout=SECONDS, check=False)
    assert done.returncode == 0, done.stderr.decode(errors="replace")
    assert done.stderr == b"", done.stderr.decode(errors="replace")
    return done.stdout.decode("ascii")


def ask(tasks: Iterable[Task], module: Path = MODULE) -> list[str]:
    """The driver's answers, a line each."""
    asked = [json.dumps(task) + "\n" for task in tasks]
    lines = run_node(DRIVER, text="".join(asked), module=module).splitlines()
    assert len(lines) == len(asked)
    return lines
