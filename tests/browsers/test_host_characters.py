# SPDX-License-Identifier: MIT
"""The auditor's table of characters says what the recorded browsers sent, and README.md too."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from tests.browsers.agreement import COMMAND
from tests.browsers.host_characters import BROWSERS, OTHERS, PLAIN, SHAPES, all_hosts
from tests.browsers.host_server import PORT
from tests.browsers.host_table import (README, TABLE_BEGINS, TABLE_ENDS, Json, outcomes, pages,
                                       read, sent, table)
from tests.support.readme_section import read_section

PRINTER = Path(COMMAND).parent / "tests" / "browsers" / "character-table"

# URL Standard, "forbidden domain code point", and what its parser takes for the host's end.
FORBIDDEN = {*range(0x20 + 1), *b"#/:<>?@[\\]^|%", 0x7F}

RECORDING = read()


def observed(about: str, browser: str) -> Json:
    found, = (host for host in RECORDING["hosts"] if host["about"] == about)
    seen: Json = found["observed"][browser]
    return seen


def in_c(browser: str) -> set[int]:
    """The bytes that the auditor takes a browser to send."""
    printed = subprocess.run([PRINTER], stdout=subprocess.PIPE, text=True, check=True).stdout
    lines = [line.split() for line in printed.splitlines()]
    assert [int(byte, 16) for byte, *_ in lines] == list(range(0x100))
    return {int(byte, 16) for byte, *browsers in lines if browser in browsers}


@pytest.mark.parametrize("browser", BROWSERS)
def test_measured_browser_is_as_recorded(browser: str) -> None:
    recorded = {byte for byte, outcome in outcomes(RECORDING, browser).items()
                if outcome == chr(byte)}
    assert in_c(browser) == recorded


@pytest.mark.parametrize("browser", ["standard", "safari"])
def test_others_are_as_the_url_standard(browser: str) -> None:
    assert in_c(browser) == set(range(0x80)) - PLAIN - FORBIDDEN


def test_every_host_is_recorded() -> None:
    recorded = [(host["about"], host["host"], host["byte"]) for host in RECORDING["hosts"]]
    assert recorded == [(host.about, host.host, host.byte) for host in all_hosts()]
    assert len(recorded) == len(SHAPES) * (0x80 - len(PLAIN)) + len(OTHERS)


@pytest.mark.parametrize("browser", BROWSERS)
def test_a_page_sends_its_origin_and_reads_what_is_reflected(browser: str) -> None:
    came = [(host["observed"][browser]["url"], page) for host in RECORDING["hosts"]
            for page in pages(host["observed"][browser]) if "error" not in page]
    assert came
    for url, page in came:
        assert page == {"origin": url["origin"], "reads": True, "sent": [url["origin"]]}
        assert url["origin"] == f"http://{url['host']}:{PORT}"


@pytest.mark.parametrize("browser", BROWSERS)
def test_both_ways_of_loading_come_out_the_same(browser: str) -> None:
    for host in RECORDING["hosts"]:
        seen = host["observed"][browser]
        assert seen["names"] == seen["proxy"], host["host"]


@pytest.mark.parametrize("browser", BROWSERS)
@pytest.mark.parametrize("about, host", [
    ("letters", "api.example.test.attacker.test"),
    ("upper case", "api.example.test.attacker.test"),
    ("a dot at the end", "api.attacker.test."),
    ("_ at the start", "_a.attacker.test"),
    ("_ alone", "_.attacker.test"),
    ("- at the start", "-a.attacker.test"),
    ("_ percent-encoded", "api.example.test_.attacker.test"),
])
def test_origin_of_other_hosts(browser: str, about: str, host: str) -> None:
    assert sent(observed(about, browser)) == host


@pytest.mark.parametrize("browser", BROWSERS)
@pytest.mark.parametrize("about", [
    "\\ percent-encoded", "/ percent-encoded", "NUL percent-encoded", "U+0080",
    "byte 0x80 percent-encoded",
])
def test_hosts_that_no_url_has(browser: str, about: str) -> None:
    assert observed(about, browser)["url"] is None


def test_readme_has_the_table() -> None:
    assert read_section(README, TABLE_BEGINS, TABLE_ENDS) == table(RECORDING)
