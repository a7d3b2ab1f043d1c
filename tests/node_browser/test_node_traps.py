# SPDX-License-Identifier: MIT
"""The traps of CORS, through createBrowser over real sockets."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from tests.node_browser.socket_replay import Certificates, Json, is_sendable, replay
from tests.traps.test_traps import show
from tests.traps.trap_corpus import BROWSERS, Case, read_all

AUTHORITY = re.compile(r'https?://[^/"\s?#\\]+')
COOKIES = {"https": "page=1; Path=/; SameSite=None; Secure", "http": "page=1; Path=/"}

CASES_MIN = 455


def is_playable(case: Case) -> bool:
    """Not where servers have chosen addresses, or where the browser knows of HSTS."""
    answers = [answer for parts in case.scenario["server"].values() for answer in parts.values()]
    return (is_sendable(case.scenario) and "hsts" not in case.scenario
            and not any("address" in answer for answer in answers))


CASES = [case for case in read_all() if is_playable(case)]


def scenario_of(case: Case) -> Json:
    """With a cookie on every host, so that it shows where credentials go along.

    Hosts tell where the page is from, as in the traps, unless the case says it.
    """
    urls = {found[0] for text in [*case.scenario["server"], *(
        call["url"] for call in case.scenario["fetches"])]
        if (found := AUTHORITY.match(text)) and "@" not in text}
    cookies = {url: COOKIES[url.split(":")[0]] for url in urls}
    return {"page_address": ""} | case.scenario | {"id": case.name, "cookies": cookies}


@pytest.fixture(scope="module", name="played")
def play_all() -> dict[str, list[Json]]:
    scenarios = [scenario_of(case) for case in CASES]
    return {browser: replay(scenarios, browser, "nothing") for browser in BROWSERS}


def with_credentials(answer: Json) -> Json:
    return answer | {"sent": [sent | {"credentials": sent["cookie"]} for sent in answer["sent"]]}


def test_traps(played: dict[str, list[Json]]) -> None:
    differ: list[Any] = []
    for number, case in enumerate(CASES):
        for browser, expectations in case.expected.items():
            answer = with_credentials(played[browser][number])
            differ += [(case.name, browser, kind, wanted, answer)
                       for kind, wanted in expectations
                       if kind != "why:" and show(answer, kind, wanted) != wanted]
    assert len(CASES) >= CASES_MIN
    assert not differ, f"{len(differ)}: {differ[:5]}"


@pytest.mark.parametrize("name, code", [("x.test", "network-failure"), ("api.test", "ok")])
def test_certificates_are_checked(name: str, code: str, tmp_path: Path) -> None:
    case = next(case for case in CASES if case.expected.get("standard") == [("=>", "ok")])
    certificates = Certificates(tmp_path, [f"DNS:{name}"])
    played = replay([scenario_of(case)], "standard", "nothing", certificates)
    assert played[0]["fetches"][0]["code"] == code
