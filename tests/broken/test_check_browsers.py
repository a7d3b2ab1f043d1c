# SPDX-License-Identifier: MIT
"""Real browsers on the broken servers: `cors check` says what they say, word for word, and
`cors explain` reads what they print.

A browser of another major version than the one that the words were taken from may say otherwise:
then record again (tests/browsers/README.md).
"""

from __future__ import annotations

import json

import pytest

from tests.broken.broken_cases import BY_NAME, CASES, Call, Case
from tests.broken.broken_server import BrokenServer
from tests.broken.browser_calls import Made, call_in_chromium, call_in_firefox
from tests.broken.check_command import FOLDER, Judged, check_case
from tests.support.cors_command import run_cors

BROWSERS = {"chromium": call_in_chromium, "firefox": call_in_firefox}
BROKEN = [case for case in CASES if not case.allowed]

# Chromium goes through headers in the order of a hash table, and names the first that is missing.
NAMES_ANY = {"no-headers", "star-headers-credentials"}

# What a browser prints of calls that do not fail by CORS, or that get their answer.
BESIDE = ("Failed to load resource: the server responded with a status of ",
          "Failed to load resource: net::ERR_FAILED",
          "Redirecting to data: URI not allowed (Blocked loading of: ")
BESIDE_AT_THE_END = "(Reason: CORS request did not succeed). Status code: (null)."

# Firefox says no more of these than that they failed.
VAGUE_IN_FIREFOX = {"redirect-userinfo", "redirect-data", "redirect-loop", "redirect-21"}
# Of a redirect to another scheme it says what it says of a call to one, and of a preflight that is
# redirected without any header what it says of any answer without.
OTHERWISE_IN_FIREFOX = {"redirect-ftp": "scheme-not-http",
                        "preflight-redirect-302": "missing-allow-origin"}


def named(case: Case) -> str:
    return case.name


@pytest.fixture(scope="session", params=BROWSERS)
def browser(request: pytest.FixtureRequest) -> str:
    name: str = request.param
    return name


@pytest.fixture(scope="session")
def calls(browser: str, running_server: BrokenServer) -> dict[str, Made]:
    """All calls of the table, made in one session of the browser."""
    return BROWSERS[browser](running_server, CASES)


@pytest.mark.parametrize("case", CASES, ids=named)
def test_same_verdict(browser: str, calls: dict[str, Made], server: BrokenServer,
                      case: Case) -> None:
    _, judged = check_case(server, case, "--send", "--browser", browser)
    made = calls[case.name]
    assert judged["verdict"] == ("allowed" if made.allowed else "blocked"), made
    assert case.allowed == made.allowed
    if made.allowed:
        assert made.outcome == f"answer {judged['exchange'][-1]['status']}"


@pytest.mark.parametrize("case", CASES, ids=named)
def test_same_words(browser: str, calls: dict[str, Made], server: BrokenServer,
                    case: Case) -> None:
    _, judged = check_case(server, case, "--send", "--browser", browser)
    message = judged["messages"][browser]
    lines = calls[case.name].lines
    telling = [line for line in lines if not is_beside(line)]
    if browser == "chromium" and case.name in NAMES_ANY:
        assert telling[0] in words_for_each_header(message, case.call)
    elif message is None:
        assert not telling
    else:
        assert message in lines
        assert telling[:1] in ([message], [])  # before all that Firefox says further


def is_beside(line: str) -> bool:
    return line.startswith(BESIDE) or line.endswith(BESIDE_AT_THE_END)


def words_for_each_header(message: str, call: Call) -> list[str]:
    names = [name.lower() for name, _ in call.headers]
    said = [name for name in names if f" {name} " in message]
    assert len(said) == 1, message
    return [message.replace(f" {said[0]} ", f" {name} ") for name in names]


@pytest.mark.parametrize("case", BROKEN, ids=named)
@pytest.mark.parametrize("noise", [False, True], ids=["line", "console"])
def test_explained(browser: str, calls: dict[str, Made], server: BrokenServer, case: Case,
                   noise: bool) -> None:
    """What the console shows of a call, by itself or with all around it."""
    made = calls[case.name]
    text = made.lines[0]
    if noise:
        text = "\n".join(["Some line", *made.lines, f"Uncaught (in promise) {made.outcome}"])
    done = run_cors(["explain", "--json"], FOLDER, stdin=text.encode())
    assert done.code == 0, done.stderr
    explained: Judged = json.loads(done.stdout)
    assert explained["browser"] == browser
    assert case.code in [explained["code"], *explained["also"]]
    if browser != "firefox":
        assert explained["code"] == case.code
    elif case.name not in VAGUE_IN_FIREFOX:
        assert explained["code"] == OTHERWISE_IN_FIREFOX.get(case.name, case.code)
    assert explained["preflight"] in (None, case.fails_preflight)
    if browser == "chromium":
        assert explained["preflight"] is not None
    if case.name != "redirect-ftp" and "http" in text:
        assert (explained["url"] or "").startswith("http://127.0.0.1:")


def test_the_words_of_a_call_lead_back_to_it(server: BrokenServer) -> None:
    """From the console to `cors explain`, and along its line to `cors check`."""
    _, judged = check_case(server, BY_NAME["no-origin"])
    done = run_cors(["explain", "--json", judged["messages"]["chromium"]], FOLDER)
    explained = json.loads(done.stdout)
    assert explained["check"].startswith("cors check ")
    words = explained["check"].replace("'", "").split()[1:]
    again = run_cors([*words, "--json"], FOLDER)
    assert json.loads(again.stdout)["code"] == "missing-allow-origin"
