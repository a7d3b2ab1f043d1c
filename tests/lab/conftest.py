# SPDX-License-Identifier: MIT
"""The lab, served, and the visits that node makes to it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from _pytest.terminal import TerminalReporter

from lab_served import lab_served, plainly_served
from tests.support.cors_command import COMMAND, ROOT
from tests.support.node_modules import install
from visits import FILES, Visits, names

VISITS = pytest.StashKey[Visits]()


@pytest.fixture(scope="session")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with lab_served(tmp_path_factory.mktemp("lab")) as origin:
        yield origin


@pytest.fixture(scope="session")
def plain(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with plainly_served(tmp_path_factory.mktemp("plain")) as origin:
        yield origin


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """A case for each visit of each file."""
    if "visited" in metafunc.fixturenames:
        install(ROOT / "lab")
        metafunc.parametrize("visited", [pytest.param((file, name), id=f"{file}: {name}")
                                         for file in FILES for name in names(file)])


@pytest.fixture(scope="session")
def visits(request: pytest.FixtureRequest, lab: str, plain: str,
           tmp_path_factory: pytest.TempPathFactory) -> Iterator[Visits]:
    wanted = {item.callspec.id.split(":")[0] for item in request.session.items
              if isinstance(item, pytest.Function) and "visited" in item.fixturenames}
    environment = {"LAB_URL": lab, "LAB_PLAIN_URL": plain, "CORS_COMMAND": COMMAND}
    with Visits([file for file in FILES if file in wanted], environment,
                tmp_path_factory.mktemp("visits")) as made:
        request.config.stash[VISITS] = made
        yield made


def pytest_terminal_summary(terminalreporter: TerminalReporter) -> None:
    made = terminalreporter.config.stash.get(VISITS, None)
    if made is None:
        return
    terminalreporter.section("seconds of the visits")
    for file, told in made.told.items():
        seconds = sum(each.milliseconds for each in told.values()) / 1000
        terminalreporter.write_line(f"{file:12} {seconds:6.1f}")
