# SPDX-License-Identifier: MIT
"""Workers that nginx is without: told to start them anew by nginx alone, and never too often."""

from __future__ import annotations

import time
from pathlib import Path

from tests.serve.serving import Gateway, gateway

ANEW = "it is told to start"

# Until long after nginx would have been told.
NOTHING_CAME_SECONDS = 2.0

# What nginx says when it is without a worker, and when it refuses a configuration.
SAID_BY_NGINX = [
    "and%20cannot%20be%20respawned", "could%20not%20respawn%20worker%20process",
    "fork()%20failed%20while%20spawning%20%22worker%20process%22",
    "worker%20process%201%20exited%20with%20fatal%20code%202%20and%20cannot%20be%20respawned"]
LEVELS = ["2026/11/22%2000:00:00%20[alert]%201%231:%20", "[emerg]%201%231:%20"]


def nothing_came_of_it(served: Gateway, workers: list[int]) -> bool:
    time.sleep(NOTHING_CAME_SECONDS)
    said = served.said()
    return ANEW not in said and "new configuration" not in said and served.workers() == workers


def test_clients_do_not_speak_for_nginx(tmp_path: Path, site: Path) -> None:
    """nginx quotes the decoded path of a file that is not there."""
    with gateway(tmp_path, "--mount", f"/={site}") as served:
        workers = served.workers()
        for words in SAID_BY_NGINX:
            for before in ["", "%0A", *LEVELS, *(f"%0A{level}" for level in LEVELS)]:
                assert served.ask(f"/x{before}{words}").status == 404
        assert nothing_came_of_it(served, workers)


def test_clients_do_not_speak_for_nginx_by_a_referrer(tmp_path: Path, site: Path) -> None:
    """It stands in what nginx notes of a request that would be blocked."""
    with gateway(tmp_path, "--mount", f"/={site}", "--enforce", "report") as served:
        workers = served.workers()
        for level in ("alert", "emerg"):
            referrer = f"Referer: [{level}] 1#1: could not respawn worker process"
            assert served.ask("/api/x", "https://evil.test", "POST", (referrer,)).status < 500
        assert nothing_came_of_it(served, workers)
