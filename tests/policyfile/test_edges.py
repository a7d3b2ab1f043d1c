# SPDX-License-Identifier: MIT
"""Where reading ends: at a size, at a byte that is no text; and what messages name."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from drawn_case import POLICY, Problem, read_problems
from tests.support.cors_command import ROOT, run_cors


def keys_of_a_policy() -> list[str]:
    header = (ROOT / "include" / "cors" / "policy.h").read_text()
    return re.findall(r'^    KEY\(\w+, \d+, "([a-z_]+)", \w+\)', header, re.MULTILINE)


def test_the_header_has_keys() -> None:
    assert {"path", "allow_origins", "max_age", "accept_risks"} < set(keys_of_a_policy())


@pytest.mark.parametrize("key", keys_of_a_policy())
def test_a_value_of_another_kind_names_its_key(key: str, tmp_path: Path) -> None:
    """A mapping is a value of none of them."""
    origins = "" if key == "allow_origins" else "    allow_origins: ['*']\n"
    (tmp_path / POLICY).write_text(f"policies:\n  - {key}: {{ a: b }}\n{origins}")
    found = json.loads(run_cors(["lint", "--json", POLICY], tmp_path).stdout)["problems"]
    wrong = [problem for problem in found if problem["rule"] == "wrong-type"]
    assert [(problem["line"], problem["column"]) for problem in wrong] == [(2, 7 + len(key))]
    assert wrong[0]["message"].startswith(f'"{key}" ')


@pytest.mark.parametrize("line, column", [
    (b"colour: \xff", 9),
    (b"colour: blue \x00", 14),
    (b"policies: [{ allow_origins: [https://b.example/] }] \x1b[31m", 53),
])
def test_nothing_is_said_of_the_line_of_such_a_byte(line: bytes, column: int,
                                                    tmp_path: Path) -> None:
    """What stands before it may be half a word."""
    (tmp_path / POLICY).write_bytes(
        b"policies:\n  - allow_origins: [https://app.example.com/]\n" + line + b"\n")
    assert read_problems(run_cors(["lint", "--json", POLICY], tmp_path).stdout) == [
        Problem(POLICY, 2, 21, "origin-path", "error", "https://app.example.com"),
        Problem(POLICY, 3, column, "yaml-syntax", "error")]


def test_the_largest_policy_is_read(tmp_path: Path) -> None:
    """64 MiB are: what is at fault is what stands in them."""
    with (tmp_path / POLICY).open("wb") as policy:
        policy.truncate(64 << 20)
    assert read_problems(run_cors(["lint", "--json", POLICY], tmp_path).stdout) == [
        Problem(POLICY, 1, 1, "yaml-syntax", "error")]


@pytest.mark.parametrize("value, suggested", [
    ("PUT", "[PUT]"),
    ("GET, POST", "[GET, POST]"),
    ("GET,,POST", '["GET,,POST"]'),
    (",", '[","]'),
    ("  ", '["  "]'),
    ("*", '["*"]'),
    ("a: b", '["a: b"]'),
    ("\u009b", ""),
    ('"', ""),
])
def test_a_suggested_list_is_one_of_that_value(value: str, suggested: str, tmp_path: Path) -> None:
    written = json.dumps(value, ensure_ascii=False)
    (tmp_path / POLICY).write_text(
        f"policies:\n  - allow_origins: [https://app.example.com]\n    allow_methods: {written}\n")
    found = json.loads(run_cors(["lint", "--json", POLICY], tmp_path).stdout)["problems"]
    wrong = [problem for problem in found if problem["rule"] in ("wrong-type", "yaml-syntax")]
    assert [problem["suggestion"] or "" for problem in wrong] == [suggested]
