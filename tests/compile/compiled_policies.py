# SPDX-License-Identifier: MIT
"""Policies, what `cors compile` makes of them, and what it leaves."""

from __future__ import annotations

import json
import struct
from pathlib import Path
from typing import Any

from tests.support.cors_command import Finished, run_cors

ORIGIN = "https://app.example.com"
FINE = f"policies:\n  - allow_origins: [{ORIGIN}]\n"
WARNING = "policies:\n  - allow_origins: [http://app.example.com]\n"
ERROR = f"policies:\n  - allow_origins: [{ORIGIN}/]\n"
ELSEWHERE = ("policies:\n  - allow_origins:\n"
             f"      - {ORIGIN}\n"
             "      - { origin: https://staging.example.com, environment: staging }\n")

# Where the members of a block's head are, and their types.
LAYOUT = struct.Struct("=I")
LAYOUT_AT = 4
HEAD_SIZE = 40


def compiled(folder: Path, text: str = FINE, name: str = "cors", *arguments: str) -> Path:
    """Writes a policy and compiles it."""
    source = folder / f"{name}.yaml"
    source.write_text(text)
    target = folder / f"{name}.corsc"
    done = run_cors(["compile", source.name, "-o", target.name, *arguments], folder)
    assert done.code == 0, done.stderr
    return target


def listed(folder: Path, count: int) -> Path:
    """A policy with a list of as many origins beside it."""
    (folder / "list.txt").write_text("".join(f"https://t{i}.example.com\n" for i in range(count)))
    path = folder / "listed.yaml"
    path.write_text("policies:\n  - allow_origins: [{ from_file: list.txt }]\n")
    return path


def decide(policy: Path, origin: str, *arguments: str) -> Finished:
    request = {"method": "GET", "path": "/x", "headers": [["Origin", origin]]}
    return run_cors(["decide", "--policy", str(policy), *arguments], policy.parent,
                    stdin=json.dumps(request).encode())


def allows(policy: Path, origin: str, *arguments: str) -> bool:
    done = decide(policy, origin, *arguments)
    assert done.code == 0, done.stderr
    answer: dict[str, Any] = json.loads(done.stdout)
    assert isinstance(answer["allowed"], bool)
    return answer["allowed"]


def left_over(folder: Path) -> list[str]:
    """What a write that failed could have left."""
    return [path.name for path in folder.iterdir() if path.name.startswith(".")]
