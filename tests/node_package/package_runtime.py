# SPDX-License-Identifier: MIT
"""Runtimes that are not Node, each serving the same handler from a project with the package."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.node_package.package_install import new_project
from tests.support import node_modules
from tests.support.started import Started

FOLDER = Path(__file__).resolve().parent
PACKAGES = FOLDER / "node_modules"
START_SECONDS = 60.0  # far above what any of them takes

# Where npm puts each executable, and how it is started: Deno with the permissions that it needs.
COMMANDS = {
    "deno": ("@deno/linux-x64-glibc/deno", [
        "run", "--no-remote", "--no-prompt", "--allow-net=127.0.0.1", "--allow-env=CORS_ENV",
        "--node-modules-dir=manual", "runtime_deno.mjs"]),
    "bun": ("@oven/bun-linux-x64/bin/bun", ["run", "--no-install", "runtime_bun.mjs"]),
    "workerd": ("@cloudflare/workerd-linux-64/bin/workerd", [
        "serve", "runtime_worker.capnp", "--control-fd=1"]),
}
QUIET = {"DENO_NO_UPDATE_CHECK": "1", "DO_NOT_TRACK": "1", "NO_COLOR": "1"}


@dataclass(frozen=True)
class Running:
    port: int
    entry: str | None  # what the runtime took for libcors/fetch, where it tells


@contextmanager
def serving(name: str, folder: Path) -> Iterator[Running]:
    executable, arguments = COMMANDS[name]
    node_modules.install(FOLDER)
    project = new_project(folder / name)
    for program in FOLDER.glob("runtime_*"):
        shutil.copy(program, project)
    with Started([str(PACKAGES / executable), *arguments], folder / f"{name}.log", project,
                 {**QUIET, "HOME": str(folder), "DENO_DIR": str(folder / "deno")}) as server:
        server.wait_until(lambda: "}\n" in server.said(), f"the start of {name}", START_SECONDS)
        told = json.loads(server.said().splitlines()[-1])
        yield Running(told["port"], told.get("entry"))
