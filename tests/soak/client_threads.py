# SPDX-License-Identifier: MIT
"""Clients of one process, each in a thread of its own."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Protocol

from tests.soak.soak_outcome import Outcome


class Client(Protocol):
    outcome: Outcome

    def run(self) -> None:
        """Until the run stops."""


def run_clients(clients: Sequence[Client], file: Path) -> None:
    """Runs them all, and writes what they counted together."""
    outcome = Outcome()
    with ThreadPoolExecutor(len(clients)) as threads:
        for running in [threads.submit(client.run) for client in clients]:
            running.result()
    for client in clients:
        outcome.add(client.outcome)
    outcome.write(file)
