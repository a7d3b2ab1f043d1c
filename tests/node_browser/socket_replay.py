# SPDX-License-Identifier: MIT
"""Plays scenarios through createBrowser over real sockets; see replay.mjs."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from tests.support.certificates import Authority
from tests.support.started import ENDS_WITH_US

HERE = Path(__file__).resolve().parent
SECONDS = 300.0  # far above what any run takes

Json = dict[str, Any]


class Certificates:
    """One certificate for all hosts of the scenarios, and the authority that Node is to trust."""

    def __init__(self, folder: Path, names: Iterable[str]) -> None:
        authority = Authority(folder)
        pair = authority.sign("scenarios", *names)
        self.environment = {**os.environ, "NODE_EXTRA_CA_CERTS": str(authority.certificate)}
        self.file = folder / "both.pem"
        self.file.write_text(pair.key.read_text() + pair.certificate.read_text())


def replay(scenarios: list[Json], browser: str, unknown: str,
           certificates: Certificates | None = None) -> list[Json]:
    """What came of each scenario, in the shape that `cors simulate` gives it.

    Without certificates, https URLs are answered in plain, as behind a proxy.
    """
    lines = "".join(json.dumps(scenario) + "\n" for scenario in scenarios)
    done = subprocess.run(
        [*ENDS_WITH_US, "node", str(HERE / "replay.mjs"), browser, unknown,
         *([str(certificates.file)] if certificates else [])],
        input=lines.encode(), capture_output=True, timeout=SECONDS, check=False,
        env=certificates.environment if certificates else None)
    assert done.returncode == 0, done.stderr.decode(errors="replace")
    assert done.stderr == b"", done.stderr.decode(errors="replace")
    played: list[Json] = [json.loads(line) for line in done.stdout.splitlines()]
    assert [one["id"] for one in played] == [scenario["id"] for scenario in scenarios]
    return played


def is_sendable(scenario: Mapping[str, Any]) -> bool:
    """Whether node:http sends all that script sets: it refuses control characters in values."""
    return not any(ord(character) < 32 and character != "\t" or ord(character) == 127
                   for call in scenario["fetches"]
                   for _, value in call.get("headers") or [] for character in value)
