# SPDX-License-Identifier: MIT
"""The traps of CORS, with Browser over real sockets, each in all browsers that it speaks of."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from libcors.browser import Browser, Exchange

from tests.python_browser.recorded_calls import Clock, play
from tests.python_browser.recorded_server import RecordedServers
from tests.traps.test_traps import show
from tests.traps.trap_corpus import Case, read_all


def names_addresses(case: Case) -> bool:
    """Whether a server has an IP address of its own, which sockets of one machine cannot have."""
    answers = [answer for answers in case.scenario["server"].values()
               for answer in answers.values()]
    return any("address" in answer for answer in answers)


CASES = [case for case in read_all() if not names_addresses(case)]
REQUEST_FIELDS = ("origin", "access-control-request-method", "access-control-request-headers")


@pytest.fixture(scope="module")
def servers() -> Iterator[RecordedServers]:
    with RecordedServers() as started:
        yield started


def told(exchange: Exchange) -> dict[str, Any]:
    request = exchange.request
    sent: dict[str, Any] = {"method": request.method, "url": request.url,
                            "credentials": exchange.credentials}
    fields = {name: request.header(name) for name in REQUEST_FIELDS}
    return sent | {name: value for name, value in fields.items() if value is not None}


def answer(servers: RecordedServers, case: Case, name: str) -> dict[str, Any]:
    """What Browser does, in the words of `cors simulate`."""
    scenario = case.scenario
    clock = Clock()
    browser = Browser(scenario["page"], name, hosts=servers.play(scenario, "none"), now=clock,
                      page_address=scenario.get("page_address"), top=scenario.get("top"),
                      hsts=scenario.get("hsts", ()))
    fetches = []
    for call in scenario["fetches"]:
        before = len(browser.exchanges)
        fetch = play(browser, clock, call)
        whys = [f"{why.why} {why.what}".strip() for exchange in browser.exchanges[before:]
                for why in exchange.whys]
        fetches.append(fetch | {"why_preflight": list(dict.fromkeys(whys))})
    return {"fetches": fetches, "sent": [told(exchange) for exchange in browser.exchanges]}


@pytest.mark.parametrize("number", range(len(CASES)), ids=[case.name for case in CASES])
def test_trap(servers: RecordedServers, number: int) -> None:
    case = CASES[number]
    for browser, expectations in case.expected.items():
        given = answer(servers, case, browser)
        for kind, wanted in expectations:
            assert show(given, kind, wanted) == wanted, browser


def test_most_traps_can_be_played() -> None:
    assert len(CASES) >= 0.95 * len(read_all())
