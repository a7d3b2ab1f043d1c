# SPDX-License-Identifier: MIT
"""`cors serve` before the shop's API, with the shop's policy."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.support.started import Started

ROOT = Path(__file__).resolve().parent.parent.parent
START_SECONDS = 30.0
ADDRESS = re.compile(r"^cors serve: http://127\.0\.0\.1:(\d+)/ serves ", re.MULTILINE)

# The API as a person would open it to one page: what each page may do stands in shop_verdicts.py.
POLICY = """\
policies:
  - path: {prefix}/posts*
    allow_origins:
      - {{ origin: "{origin}", environment: development }}
    allow_methods: [PUT, PATCH, DELETE]
    allow_headers: [Content-Type, X-Client]
    max_age: 10m
  - path: {prefix}/comments*
    allow_origins:
      - {{ origin: "{origin}", environment: development }}
    expose_headers: [X-Total-Count]
  - path: {prefix}/accounts*
    allow_origins:
      - {{ origin: "{origin}", environment: development }}
    allow_methods: [PATCH]
    allow_headers: [Content-Type]
    allow_credentials: true
    max_age: 10m
  - path: {prefix}/session
    allow_origins:
      - {{ origin: "{origin}", environment: development }}
    allow_credentials: true
  - path: {prefix}/members/*
    allow_origins:
      - {{ origin: "{origin}", environment: development }}
    allow_credentials: true
  - path: {prefix}/assets/*
    allow_origins:
      - {{ origin: "{origin}", environment: development }}
  - path: {prefix}/catalog*
    allow_origins: ["*"]
"""


@dataclass(frozen=True)
class Gateway:
    port: int
    process: Started


def cors_command() -> str:
    return str(ROOT / os.environ.get("CORS_COMMAND", "build/cors"))


def environment() -> dict[str, str]:
    module = os.environ.get("CORS_NGINX_MODULE", "build/ngx_http_cors_module.so")
    return {"CORS_NGINX_MODULE": str(ROOT / module)}


@contextmanager
def gateway(folder: Path, allowed: str, backends: list[str], enforce: str,
            prefix: str = "") -> Iterator[Gateway]:
    """The gateway on a port of its own.

    `allowed` is the one origin of the policy, `prefix` where the API stands in the gateway's
    paths, `backends` are the --upstream or --mount options.
    """
    policy = folder / "shop.yaml"
    policy.write_text(POLICY.format(origin=allowed, prefix=prefix))
    command = [cors_command(), "serve", "--policy", str(policy), "--env", "development",
               "--listen", "127.0.0.1:0", "--enforce", enforce, *backends]
    with Started(command, folder / "gateway.log", environment=environment()) as process:
        process.wait_until(lambda: ADDRESS.search(process.said()) is not None, "cors serve",
                           START_SECONDS)
        found = ADDRESS.search(process.said())
        assert found is not None
        yield Gateway(int(found[1]), process)
