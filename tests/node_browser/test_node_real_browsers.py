# SPDX-License-Identifier: MIT
"""Real Chromium and Firefox, and createBrowser as each of them, make the same calls."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from tests.node_browser.real_server import Json, RealServer
from tests.support.browser import CHROMIUM, FIREFOX, Browser, opened
from tests.support.started import ENDS_WITH_US

HERE = Path(__file__).resolve().parent
PAGE_SECONDS = 120.0
DRIVER_SECONDS = 60.0
CALLS_MIN = 70
SHOWN = 12

# fetch() throws these itself, with sentences of each browser's own.
THROWN = {"no such method", "GET with a body", "no-cors PUT", "navigate", "no such header"}


# createBrowser does not block cookies of third parties, which is up to visitors.
THIRD_PARTIES = {"profile": {"cookie_controls_mode": 0}}


def allow_third_parties(profile: Path) -> None:
    (profile / "Default").mkdir()
    (profile / "Default" / "Preferences").write_text(json.dumps(THIRD_PARTIES))


BROWSERS = (replace(CHROMIUM, prepare=allow_third_parties), FIREFOX)


@pytest.fixture(scope="module", name="server")
def start_server() -> Iterator[RealServer]:
    with RealServer() as server:
        yield server


def in_browser(server: RealServer, browser: Browser) -> list[Json]:
    server.run, server.report = f"real{browser.name}", None
    with opened(browser, f"{server.origins['page']}/") as process:
        process.wait_until(lambda: server.report is not None, f"the calls in {browser.name}",
                           PAGE_SECONDS)
    assert server.report is not None
    return server.report


def in_node(server: RealServer, browser: Browser) -> list[Json]:
    done = subprocess.run(
        [*ENDS_WITH_US, "node", str(HERE / "real_driver.mjs"), browser.name,
         json.dumps(server.origins), f"node{browser.name}"],
        stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=DRIVER_SECONDS,
        check=False)
    assert done.returncode == 0, done.stderr
    seen: list[Json] = json.loads(done.stdout)
    return seen


def comparable(call: Json) -> Json:
    kept = {"message"} if call["name"] in THROWN else set()
    return {key: value for key, value in call.items() if key not in kept}


@pytest.mark.parametrize("browser", BROWSERS, ids=lambda browser: str(browser.name))
def test_same_calls(server: RealServer, browser: Browser) -> None:
    real = [comparable(call) for call in in_browser(server, browser)]
    ours = [comparable(call) for call in in_node(server, browser)]
    assert len(real) == len(ours) >= CALLS_MIN
    differ = [f"script saw  {was}\nin Node     {now}\n" for was, now in zip(real, ours)
              if was != now]
    sent_real, sent_ours = (server.sent[f"{kind}{browser.name}"] for kind in ("real", "node"))
    differ += [f"it sent     {was}\nNode sent   {now}\n" for was, now in zip(sent_real, sent_ours)
               if was != now]
    assert not differ, f"{len(differ)} differ:\n" + "\n".join(differ[:SHOWN])
    assert len(sent_real) == len(sent_ours)
