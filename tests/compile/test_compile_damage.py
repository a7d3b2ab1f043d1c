# SPDX-License-Identifier: MIT
"""Compiled files that are not as they were written, and files that only look like one."""

from __future__ import annotations

import json
import os
import sys
import threading
from pathlib import Path
from typing import Any

import pytest

from compiled_policies import (FINE, HEAD_SIZE, LAYOUT, LAYOUT_AT, ORIGIN, allows, compiled,
                               decide, listed)
from tests.support.cors_command import run_cors

RICH = """policies:
  - path: /api/*
    allow_origins: [https://app.example.com, "https://*.example.org", "https://pr-*.a.example.net"]
    allow_methods: [PUT, DELETE]
    allow_headers: [Authorization, X-One]
    expose_headers: [ETag]
    allow_credentials: true
    max_age: 10m
  - path: /public/*
    allow_origins: ["*"]
"""


def problems(folder: Path, paths: list[Path]) -> list[dict[str, Any]]:
    """What lint says about many files in one run."""
    done = run_cors(["lint", "--json", *(path.name for path in paths)], folder)
    assert done.code == 1
    found: list[dict[str, Any]] = json.loads(done.stdout)["problems"]
    return found


def expect_refused(folder: Path, paths: list[Path], words: str = "; compile it again.") -> None:
    found = problems(folder, paths)
    assert [problem["file"] for problem in found] == [path.name for path in paths]
    for problem in found:
        assert (problem["rule"], problem["line"], problem["column"]) == ("unreadable-file", 1, 1)
        assert words in problem["message"]


def write_all(folder: Path, blocks: list[bytes]) -> list[Path]:
    paths = [folder / f"damaged-{number}" for number in range(len(blocks))]
    for path, block in zip(paths, blocks):
        path.write_bytes(block)
    return paths


def test_every_length_but_the_whole_is_refused(tmp_path: Path) -> None:
    block = compiled(tmp_path, RICH).read_bytes()
    cut = [block[:size] for size in range(8, len(block))]
    longer = [block + b"\0", block + b"\0" * 8, block + block]
    expect_refused(tmp_path, write_all(tmp_path, cut + longer))


def test_every_changed_byte_is_noticed(tmp_path: Path) -> None:
    block = compiled(tmp_path, RICH).read_bytes()
    changed = []
    for at in range(8, len(block)):
        changed.append(block[:at] + bytes([block[at] ^ 1 << at % 8]) + block[at + 1:])
    expect_refused(tmp_path, write_all(tmp_path, changed))


def test_another_version_is_named(tmp_path: Path) -> None:
    block = compiled(tmp_path).read_bytes()
    layout = LAYOUT.unpack_from(block, LAYOUT_AT)[0]
    others = [block[:LAYOUT_AT] + LAYOUT.pack(layout + step) + block[LAYOUT_AT + LAYOUT.size:]
              for step in (1, -1, 1000)]
    expect_refused(tmp_path, write_all(tmp_path, others), "by another version of libcors")


def test_another_byte_order_is_named(tmp_path: Path) -> None:
    block = compiled(tmp_path).read_bytes()
    turned = b"".join(block[at:at + 4][::-1] for at in range(0, HEAD_SIZE, 4)) + block[HEAD_SIZE:]
    assert turned[:4] == (b"sroc" if sys.byteorder == "little" else b"cors")
    expect_refused(tmp_path, write_all(tmp_path, [turned]), "another byte order")


@pytest.mark.parametrize("text, rules", [
    (b"", ["wrong-type"]),
    (b"cors", ["wrong-type"]),
    (b"cors: 1\n", ["unknown-key", "wrong-type"]),
    (b"cors_origins:\n  - https://app.example.com\n", ["unknown-key", "wrong-type"]),
    (b"sroc: 1\n", ["unknown-key", "wrong-type"]),
    (b"cors\0", ["yaml-syntax"]),
    (b"\0\0\0\0\0\0\0\0\0\0\0\0", ["yaml-syntax"]),
])
def test_what_is_no_block_is_read_as_text(text: bytes, rules: list[str], tmp_path: Path) -> None:
    (tmp_path / "x.corsc").write_bytes(text)
    assert [problem["rule"] for problem in problems(tmp_path, [tmp_path / "x.corsc"])] == rules


def test_people_are_told_without_the_bytes(tmp_path: Path) -> None:
    block = compiled(tmp_path)
    block.write_bytes(block.read_bytes()[:-8])
    done = decide(block, ORIGIN)
    assert (done.code, done.stdout) == (2, "")
    assert done.stderr == (
        f"{block}:1:1: error: This compiled policy cannot be read: it is damaged or of another"
        " version (byte 8: It is cut short.); compile it again. [unreadable-file]\n"
        "cors decide: the policy has errors and is refused\n")


@pytest.mark.parametrize("name", ["cors", "cors.yaml", "cors.json", "x.txt"])
def test_the_name_does_not_matter(name: str, tmp_path: Path) -> None:
    block = compiled(tmp_path, FINE, "made")
    block.rename(tmp_path / name)
    assert allows(tmp_path / name, ORIGIN)


def test_a_text_may_be_named_like_a_block(tmp_path: Path) -> None:
    (tmp_path / "cors.corsc").write_text(FINE)
    assert allows(tmp_path / "cors.corsc", ORIGIN)


def through_pipe(folder: Path, content: bytes) -> Path:
    path = folder / "pipe"
    os.mkfifo(path)
    threading.Thread(target=lambda: path.write_bytes(content), daemon=True).start()
    return path


def test_a_block_comes_through_a_pipe(tmp_path: Path) -> None:
    block = compiled(tmp_path)
    assert allows(through_pipe(tmp_path, block.read_bytes()), ORIGIN)


def test_half_a_block_comes_through_a_pipe(tmp_path: Path) -> None:
    block = compiled(tmp_path).read_bytes()
    done = decide(through_pipe(tmp_path, block[:len(block) // 2]), ORIGIN)
    assert done.code == 2 and "It is cut short." in done.stderr


def test_lint_finds_nothing_in_it(tmp_path: Path) -> None:
    source = listed(tmp_path, 2000)
    assert run_cors(["compile", source.name, "-o", "x.corsc"], tmp_path).code == 0
    done = run_cors(["lint", "--strict", "x.corsc"], tmp_path)
    assert (done.code, done.stdout, done.stderr) == (0, "", "no problems\n")
