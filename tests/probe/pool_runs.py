# SPDX-License-Identifier: MIT
"""Requests sent through a real pool by pool_driver.c, which says what it takes.

    done = run_pool([f"GET\\t{server.url('api.example')}\\tOrigin:null"], *at(server))
    assert done.outcomes[0].outcome == "answered"
"""

from __future__ import annotations

import os
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from tests.support.cors_command import COMMAND
from tests.support.https_server import HttpsServer

DRIVER = Path(COMMAND).parent / "tests" / "probe" / "pool-driver"
SECONDS = 60.0  # far above what any run takes
FNV_START = 0xcbf29ce484222325
FNV_FACTOR = 0x100000001b3


@dataclass(frozen=True)
class Outcome:
    outcome: str
    status: int
    version: str
    kept: int  # bytes of the body
    total: int
    digest: str
    fields: int
    sentence: str


@dataclass(frozen=True)
class Done:
    outcomes: dict[int, Outcome]  # by the requests' numbers
    order: list[int]  # in which they came out
    left: int
    peak_kib: int  # of the driver's memory

    def of(self, number: int) -> str:
        return self.outcomes[number].outcome


def read_outcome(fields: list[str]) -> Outcome:
    outcome, status, version, kept, total, digest, count, sentence = fields
    return Outcome(outcome, int(status), version, int(kept), int(total), digest, int(count),
                   sentence)


def run_pool(lines: Sequence[str], *options: str) -> Done:
    """Sends the lines' requests. What comes out twice, or is not told as it should be, fails."""
    environment = {key: value for key, value in os.environ.items()
                   if not key.lower().endswith("_proxy")}
    done = subprocess.run([DRIVER, *options], input="".join(f"{line}\n" for line in lines).encode(),
                          stdout=subprocess.PIPE, env=environment, timeout=SECONDS, check=True)
    *told, left, peak = [line.split("\t") for line in done.stdout.decode().splitlines()]
    order = [int(fields[0]) for fields in told]
    assert len(set(order)) == len(order), "a request came out twice"
    return Done({int(fields[0]): read_outcome(fields[1:]) for fields in told}, order,
                int(left[1]), int(peak[1]))


def at(server: HttpsServer) -> list[str]:
    """What leads every host name to the server and has its certificate trusted."""
    return ["--ca", str(server.ca_file), "--resolve", f"*:{server.port}:127.0.0.1"]


def fnv(data: bytes) -> str:
    digest = FNV_START
    for byte in data:
        digest = (digest ^ byte) * FNV_FACTOR % (1 << 64)
    return f"{digest:016x}"
