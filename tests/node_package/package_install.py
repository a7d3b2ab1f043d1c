# SPDX-License-Identifier: MIT
"""The tarball, installed as anybody would: into an empty project, and without a network."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path

from tests.conformance.surfaces import artifact

SECONDS = 120.0  # far above what any run takes


def tarball() -> Path:
    return artifact("CORS_NODE_TARBALL", "build/node/libcors-0.1.0.tgz")


def run(command: list[str], folder: Path, text: str = "") -> str:
    """What a command writes; it must succeed, and have nothing to complain of."""
    done = subprocess.run(command, cwd=folder, input=text, capture_output=True, text=True,
                          timeout=SECONDS, check=False)
    assert done.returncode == 0 and done.stderr == "", f"{command}:\n{done.stdout}\n{done.stderr}"
    return done.stdout


def new_project(folder: Path, more: dict[str, str] | None = None) -> Path:
    """A project with nothing in it but the package."""
    folder.mkdir(parents=True)
    (folder / "package.json").write_text(json.dumps({"name": "shop", "private": True,
                                                     **(more or {})}))
    subprocess.run(
        ["npm", "install", "--offline", "--no-audit", "--no-fund", "--loglevel=error",
         f"--cache={folder / 'no-cache'}", str(tarball())],
        cwd=folder, check=True, stdin=subprocess.DEVNULL, timeout=SECONDS,
        env={**os.environ, "npm_config_update_notifier": "false"})
    return folder


def node(folder: Path, program: str, kind: str = "module", options: tuple[str, ...] = ()) -> str:
    """What a program writes that stands in the project."""
    file = folder / ("program.mjs" if kind == "module" else "program.cjs")
    file.write_text(program)
    return run(["node", *options, str(file)], folder)
