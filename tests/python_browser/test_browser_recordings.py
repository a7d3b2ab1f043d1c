# SPDX-License-Identifier: MIT
"""Browser does over real sockets what real browsers did: every request that reaches the server,
with its cookie, and how every call ends."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from libcors.browser import Browser

from tests.browsers.agreement import (RECORDINGS, SENT_FIELDS, Json, messages_differ,
                                      read_recordings, results_differ, scenario_of)
from tests.python_browser.recorded_calls import Clock, play
from tests.python_browser.recorded_server import RecordedServers

COOKIE = "page=1"
SHOWN = 5
# One scenario in so many: the engine is held to all of them elsewhere, this is about the rest.
STRIDES = {"own.jsonl.xz": 2, "plain-http.jsonl.xz": 4}


@pytest.fixture(scope="module")
def servers() -> Iterator[RecordedServers]:
    with RecordedServers() as started:
        yield started


def browser_for(recording: Json, name: str, hosts: dict[str, str], clock: Clock) -> Browser:
    page = recording["page"]
    cookies = {} if page == "null" else {page: f"{COOKIE}; Path=/"}
    more = {key: recording[key] for key in ("page_address", "top", "hsts") if key in recording}
    return Browser(page, name, cookies=cookies, hosts=hosts, now=clock, **more)


def played(servers: RecordedServers, recording: Json, name: str) -> tuple[list[Json], list[Json]]:
    """How the calls ended, and what the servers were sent."""
    clock = Clock()
    scenario = scenario_of(recording)
    browser = browser_for(recording, name, servers.play(scenario, COOKIE), clock)
    ended = [play(browser, clock, call) for call in scenario["fetches"]]
    return ended, servers.sent


def differs(recording: Json, name: str, ended: list[Json], sent: list[Json]) -> Any:
    observed = recording["observed"][name]
    difference = results_differ(observed["fetches"], ended)
    if difference is not None:
        return difference
    known = [{field: one.get(field) for field in SENT_FIELDS} for one in observed["sent"]]
    came = [{field: one.get(field) for field in SENT_FIELDS} for one in sent]
    if known != came:
        return "sent", known, came
    return messages_differ(observed, ended, name)


@pytest.mark.parametrize("name", ["chromium", "firefox"])
@pytest.mark.parametrize("file", STRIDES)
def test_recordings(servers: RecordedServers, file: str, name: str) -> None:
    recordings = [one for one in read_recordings(RECORDINGS / file) if name in one["observed"]]
    chosen = recordings[::STRIDES[file]]
    found = []
    for recording in chosen:
        difference = differs(recording, name, *played(servers, recording, name))
        if difference is not None:
            found.append(f"{recording['id']}: {difference}")
    assert len(chosen) > 200
    assert not found, f"{len(found)} of {len(chosen)} differ:\n" + "\n".join(found[:SHOWN])
