# SPDX-License-Identifier: MIT
"""cors explain: what it takes, what it prints, and how it ends."""

from __future__ import annotations

import json
import shlex
from pathlib import Path
from typing import Any

import pytest

from tests.support.cors_command import Finished, run_cors

URL = "https://api.example.com/x"
PAGE = "https://app.example.com"
BLOCKED = f"Access to fetch at '{URL}' from origin '{PAGE}' has been blocked by CORS policy: "
PREFLIGHT = "Response to preflight request doesn't pass access control check: "
MISSING = "No 'Access-Control-Allow-Origin' header is present on the requested resource."
HEADER = ("Request header field content-type is not allowed by Access-Control-Allow-Headers in "
          "preflight response.")
SAFARI = f"Origin {PAGE} is not allowed by Access-Control-Allow-Origin. Status code: 200"
KEYS = ["browser", "code", "also", "preflight", "url", "origin", "cause", "fix", "check"]


def explain(folder: Path, *arguments: str, stdin: bytes = b"") -> Finished:
    return run_cors(["explain", *arguments], folder, stdin=stdin)


def explained(folder: Path, message: str) -> dict[str, Any]:
    done = explain(folder, "--json", stdin=message.encode("utf-8", "surrogateescape"))
    assert (done.code, done.stderr) == (0, "")
    told: dict[str, Any] = json.loads(done.stdout)
    return told


def test_json_is_as_agreed(tmp_path: Path) -> None:
    told = explained(tmp_path, BLOCKED + MISSING)
    assert list(told) == KEYS
    assert told | {"cause": "", "fix": ""} == {
        "browser": "chromium", "code": "missing-allow-origin", "also": [], "preflight": False,
        "url": URL, "origin": PAGE, "cause": "", "fix": "",
        "check": f"cors check '{URL}' --origin '{PAGE}' --browser chromium"}
    assert told["cause"].startswith("The response has no Access-Control-Allow-Origin header")
    assert told["fix"].startswith("Have the server send Access-Control-Allow-Origin")


def test_what_the_words_do_not_tell_is_null(tmp_path: Path) -> None:
    told = explained(tmp_path, MISSING)
    assert [told[key] for key in ("preflight", "url", "origin", "check")] == [None] * 4


def test_message_is_an_argument_or_several_or_standard_input(tmp_path: Path) -> None:
    whole = explain(tmp_path, "--json", BLOCKED + MISSING)
    words = explain(tmp_path, "--json", *(BLOCKED + MISSING).split(" "))
    piped = explain(tmp_path, "--json", stdin=(BLOCKED + MISSING).encode())
    assert whole == words == piped
    assert whole.code == 0


def test_text_says_cause_fix_and_check(tmp_path: Path) -> None:
    done = explain(tmp_path, BLOCKED + MISSING)
    assert (done.code, done.stderr) == (0, "")
    first, *lines = done.stdout.splitlines()
    assert first == "chromium: missing-allow-origin (the request itself failed)"
    titles = [line.split()[0] for line in lines if line]
    assert titles == ["URL", "Page", "Cause", "Fix", "Check"]
    assert lines[-1].endswith(f"cors check '{URL}' --origin '{PAGE}' --browser chromium")


def test_other_causes_are_said(tmp_path: Path) -> None:
    done = explain(tmp_path, SAFARI)
    assert done.stdout.startswith("safari: missing-allow-origin\n")
    assert "\nOr        Access-Control-Allow-Origin names another origin" in done.stdout


@pytest.mark.parametrize("message, advice", [
    (HEADER, "the header content-type made a preflight necessary. text/plain, "),
    (HEADER.replace("content-type", "x-a"),
     "the header x-a made a preflight necessary. Only Accept, "),
    ("Method PUT is not allowed by Access-Control-Allow-Methods in preflight response.",
     "the method PUT made a preflight necessary. GET, HEAD and POST need no preflight."),
    (PREFLIGHT + "It does not have HTTP ok status.",
     "it failed before the call itself was sent; "),
])
def test_preflight_advice(tmp_path: Path, message: str, advice: str) -> None:
    done = explain(tmp_path, BLOCKED + message)
    assert f"\nPreflight {advice}" in done.stdout


@pytest.mark.parametrize("message, options", [
    (HEADER, ["-H", "content-type: application/json"]),
    (HEADER.replace("content-type", "x-a"), ["-H", "x-a: x"]),
    ("Method PUT is not allowed by Access-Control-Allow-Methods in preflight response.",
     ["-X", "PUT"]),
    (PREFLIGHT + "It does not have HTTP ok status.", ["-H", "content-type: application/json"]),
    ("The value of the 'Access-Control-Allow-Credentials' header in the response is '' which "
     "must be 'true' when the request's credentials mode is 'include'.", ["--credentials"]),
])
def test_check_makes_the_call_that_failed(tmp_path: Path, message: str,
                                          options: list[str]) -> None:
    check = explained(tmp_path, BLOCKED + message)["check"]
    assert shlex.split(check) == ["cors", "check", URL, "--origin", PAGE, *options, "--browser",
                                  "chromium"]


HOSTILE = ["'; touch proof; '", "$(touch proof)", "`touch proof`", "\\';touch$IFS`proof`'", "-X",
           "\x1b[2J", "\x07", "\udcff", "\u202e", "!!", "\u2019;touch"]


@pytest.mark.parametrize("hostile", HOSTILE)
def test_check_is_one_command_of_a_shell(tmp_path: Path, hostile: str) -> None:
    """What the message names is a word each, whatever is in it."""
    url = "https://a.test/" + hostile.replace(" ", "")
    message = BLOCKED.replace(URL, url).replace(PAGE, hostile.replace(" ", "")) + MISSING
    check = explained(tmp_path, message)["check"]
    if check is not None:
        words = shlex.split(check)
        assert words[:2] == ["cors", "check"] and words[-2:] == ["--browser", "chromium"]
        assert words[2].startswith("https://a.test/") and len(words) in (5, 7)
        assert all(letter.isprintable() or letter == "\u202e" for letter in check)


def test_no_check_of_what_cannot_be_called(tmp_path: Path) -> None:
    told = explained(tmp_path, BLOCKED.replace(URL, "file:///etc/passwd") + MISSING)
    assert (told["url"], told["check"]) == ("file:///etc/passwd", None)


@pytest.mark.parametrize("raw", [b"\x1b[31m", b"\x9b31m", b"\xff", b"\r", b"\x00"])
def test_terminal_is_safe(tmp_path: Path, raw: bytes) -> None:
    message = (BLOCKED + MISSING).encode().replace(b"/x", b"/x" + raw + b"y")
    done = explain(tmp_path, stdin=message)
    assert done.code == 0
    assert all(letter.isprintable() or letter == "\n" for letter in done.stdout)


@pytest.mark.parametrize("arguments", [["hello"], ["--json", "hello"], [], [""]])
def test_unknown_message(tmp_path: Path, arguments: list[str]) -> None:
    done = explain(tmp_path, *arguments)
    assert (done.code, done.stdout) == (1, "")
    assert done.stderr.startswith("cors explain: this holds no console message about CORS")


def test_wrong_usage(tmp_path: Path) -> None:
    for arguments in (["--what"], ["--color", "red", MISSING], ["--color"]):
        done = explain(tmp_path, *arguments)
        assert (done.code, done.stdout) == (2, "") and done.stderr


def test_help(tmp_path: Path) -> None:
    done = explain(tmp_path, "--help")
    assert (done.code, done.stderr) == (0, "") and done.stdout.startswith("Usage: cors explain")


def test_colour_on_request_only(tmp_path: Path) -> None:
    assert "\x1b[" in explain(tmp_path, "--color", "always", MISSING).stdout
    assert "\x1b[" not in explain(tmp_path, MISSING).stdout


def test_output_that_fails(tmp_path: Path) -> None:
    for arguments in ([MISSING], ["--json", MISSING]):
        with open("/dev/full", "wb") as full:
            assert run_cors(["explain", *arguments], tmp_path, stdout=full).code == 3


def test_much_text_around(tmp_path: Path) -> None:
    noise = b"Access to fetch at 'https://a.test/ " * 20000
    done = explain(tmp_path, "--json", stdin=noise + (BLOCKED + MISSING).encode())
    assert json.loads(done.stdout)["url"] == URL
