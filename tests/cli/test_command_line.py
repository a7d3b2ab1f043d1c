# SPDX-License-Identifier: MIT
"""The `cors` command itself: its help, its version, and commands that there are not."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.support.cors_command import ROOT, run_cors

COMMANDS = ["lint", "check", "audit", "test", "compile", "decide", "simulate", "explain", "serve",
            "lab"]


def version() -> str:
    header = (ROOT / "include" / "cors" / "types.h").read_text()
    found = re.search(r'CORS_VERSION_STRING "(.+)"', header)
    assert found is not None
    return found[1]


def test_help_names_each_command(tmp_path: Path) -> None:
    done = run_cors(["--help"], tmp_path)
    assert (done.code, done.stderr) == (0, "")
    named = re.findall(r"^  ([a-z]+) ", done.stdout, re.MULTILINE)
    assert [name for name in named if name != "cors"] == COMMANDS
    assert "Examples:" in done.stdout and "--version" in done.stdout
    assert run_cors(["help"], tmp_path) == done


@pytest.mark.parametrize("command", COMMANDS)
def test_each_command_has_help_with_examples(command: str, tmp_path: Path) -> None:
    done = run_cors([command, "--help"], tmp_path)
    assert (done.code, done.stderr) == (0, "")
    assert done.stdout.startswith(f"Usage: cors {command} ")
    assert f"cors {command}" in done.stdout.partition("xample")[2]
    assert all(len(line) <= 100 for line in done.stdout.splitlines())


@pytest.mark.parametrize("command", ["", *COMMANDS])
def test_version(command: str, tmp_path: Path) -> None:
    done = run_cors([*command.split(), "--version"], tmp_path)
    assert (done.code, done.stdout, done.stderr) == (0, f"cors {version()}\n", "")


@pytest.mark.parametrize("given, meant", [
    ("lnit", "lint"), ("li", "lint"), ("lints", "lint"), ("decied", "decide"), ("Serve", "serve"),
    ("srve", "serve"), ("frobnicate", None), ("x", None), ("", None), ("a" * 1000, None)])
def test_an_unknown_command(given: str, meant: str | None, tmp_path: Path) -> None:
    done = run_cors([given], tmp_path)
    assert (done.code, done.stdout) == (2, "")
    assert f'no command "{given}"' in done.stderr and "cors --help" in done.stderr
    assert ("did you mean" in done.stderr) == (meant is not None)
    assert meant is None or f'did you mean "{meant}"?' in done.stderr


def test_an_unknown_command_is_shown_harmless(tmp_path: Path) -> None:
    done = run_cors(["\x1b[2J\u202e"], tmp_path)
    assert done.code == 2
    assert "\x1b" not in done.stderr and "\u202e" not in done.stderr


@pytest.mark.parametrize("command", COMMANDS)
@pytest.mark.parametrize("option", ["--tokn", "--help", "--hel"])
def test_a_wrong_option_is_named_without_its_value(command: str, option: str,
                                                   tmp_path: Path) -> None:
    done = run_cors([command, f"{option}=hush"], tmp_path)
    assert (done.code, done.stdout) == (2, "")
    assert f"option '{option}'" in done.stderr and "hush" not in done.stderr


def test_an_option_in_place_of_a_command(tmp_path: Path) -> None:
    done = run_cors(["--tokn=hush", "audit"], tmp_path)
    assert done.code == 2 and '"--tokn"' in done.stderr and "hush" not in done.stderr


def test_no_command(tmp_path: Path) -> None:
    done = run_cors([], tmp_path)
    assert (done.code, done.stdout) == (2, "")
    assert "cors --help" in done.stderr


def test_a_result_that_cannot_be_written(tmp_path: Path) -> None:
    with open("/dev/full", "wb") as full:
        for arguments in (["--help"], ["--version"], ["lint", "--help"]):
            assert run_cors(arguments, tmp_path, stdout=full).code == 3
