# SPDX-License-Identifier: MIT
"""One visit of the shop for each browser and setting, and the table of all that was seen."""

from __future__ import annotations

import pytest
from _pytest.terminal import TerminalReporter

from shop_verdicts import SETTINGS
from shop_visit import Visit, table, visit
from tests.support.browser import BROWSERS
from tests.support.node_modules import install

VISITS = pytest.StashKey[list[Visit]]()
SITUATIONS = [pytest.param((browser, setting), id=f"{browser.name}-{setting.name}")
              for setting in SETTINGS for browser in BROWSERS]


@pytest.fixture(scope="session", autouse=True)
def application_installed() -> None:
    install()


@pytest.fixture(scope="session", params=SITUATIONS)
def visited(request: pytest.FixtureRequest, application_installed: None,
            tmp_path_factory: pytest.TempPathFactory) -> Visit:
    browser, setting = request.param
    result = visit(browser, setting, tmp_path_factory.mktemp("shop"))
    visits: list[Visit] = request.config.stash.get(VISITS, [])
    request.config.stash[VISITS] = [*visits, result]
    return result


def pytest_terminal_summary(terminalreporter: TerminalReporter) -> None:
    for result in terminalreporter.config.stash.get(VISITS, []):
        terminalreporter.section(f"{result.browser.name}, {result.setting.name}")
        for line in table(result):
            terminalreporter.write_line(line)
