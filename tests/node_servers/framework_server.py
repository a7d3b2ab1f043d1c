# SPDX-License-Identifier: MIT
"""A framework's server with the middleware in it, running."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.node_servers.node_library import FOLDER, library
from tests.support.node_modules import MODULES
from tests.support.raw_client import Lines, Response, ask
from tests.support.started import Started

SECONDS = 30.0

OVER_HTTP1 = ("plain", "express", "express5", "fastify", "fastify5", "koa", "hono", "fetch")

POLICY: dict[str, object] = {
    "allow_origins": ["https://a.example"],
    "allow_methods": ["PUT"],
    "allow_headers": ["x-a"],
    "expose_headers": ["x-e"],
    "allow_credentials": True,
    "max_age": 600,
}

LISTENS = re.compile(r"^listens (\d+)$", re.MULTILINE)


@dataclass(frozen=True)
class FrameworkServer:
    name: str
    port: int
    process: Started

    def ask(self, method: str, target: str, lines: Lines | None = None) -> Response:
        return ask(self.port, method, target, lines)

    def told(self, member: str) -> list[Any]:
        """What the program printed as JSON, where it has a member."""
        lines = [json.loads(line) for line in self.process.said().splitlines()
                 if line.startswith("{")]
        return [line for line in lines if member in line]


@contextmanager
def framework_server(name: str, folder: Path, policy: object, upstream: int = 0,
                     **options: object) -> Iterator[FrameworkServer]:
    """A server until the end of the `with` block. `options` are the middleware's."""
    settings = folder / f"{name}.json"
    settings.write_text(json.dumps({
        "framework": name, "library": str(library()), "modules": f"{MODULES}/",
        "ownModules": f"{FOLDER}/", "policy": policy, "options": options, "upstream": upstream,
    }))
    command = ["node", str(FOLDER / "framework_applications.mjs"), str(settings)]
    environment = {"NODE_ENV": "production", "NODE_NO_WARNINGS": "1"}
    with Started(command, folder / f"{name}.log", folder, environment) as process:
        process.wait_until(lambda: LISTENS.search(process.said()) is not None,
                           f"{name} to listen", SECONDS)
        found = LISTENS.search(process.said())
        assert found is not None
        yield FrameworkServer(name, int(found[1]), process)
