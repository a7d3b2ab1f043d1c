# SPDX-License-Identifier: MIT
"""The engine's own list of public suffixes answers as libpsl does."""

from __future__ import annotations

import gzip
import os
import random
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.wasm_lint.lint_pair import (BINDINGS, SUFFIX_LIST, Policy, build_suffixes, lint_many,
                                       lint_wasm)
from tests.support.cors_command import ROOT

SOURCES = [ROOT / "tests" / "wasm_lint" / "suffix_answers.c", BINDINGS / "wasm_suffixes.c",
           ROOT / "src" / "core" / "bytes.c"]
INCLUDES = ["include", "bindings/wasm"]
SANITIZERS = ["-g", "-O1", "-fsanitize=address,undefined", "-fno-sanitize-recover=all"]


def rules() -> list[str]:
    """The names of the list's rules in ASCII, without the marks of wildcards and exceptions."""
    lines = Path(SUFFIX_LIST).read_text(encoding="utf-8").splitlines()
    words = [line.split()[0] for line in lines if line.strip() and not line.startswith("//")]
    return [in_ascii(word.lstrip("!").removeprefix("*.")) for word in words]


def in_ascii(name: str) -> str:
    return ".".join(label if label.isascii() else f"xn--{label.encode('punycode').decode()}"
                    for label in name.split("."))


def around(rule: str) -> Iterator[str]:
    """A rule's name, its parents, children and siblings, and what only looks like them."""
    labels = rule.split(".")
    for start in range(len(labels)):
        parent = ".".join(labels[start:])
        yield from (parent, f"q.{parent}", f"x{parent}", f"{parent}x", f"{parent}.")
    yield from (".".join(labels[:-1]), f"a.b.{rule}", f".{rule}", f"-.{rule}", f"a..{rule}",
                f"www.{rule}", ".".join(["q", *labels[1:]]))


def names() -> set[str]:
    draw = random.Random(3)
    listed = rules()
    found = {name for rule in listed for name in around(rule)}
    found |= {f"{draw.choice(listed)}.{draw.choice(listed)}" for _ in range(5000)}
    found |= {".".join("".join(draw.choices("abcx-_09", k=draw.randint(1, 3)))
                       for _ in range(draw.randint(1, 5))) for _ in range(20000)}
    long = {"a." * count + end for count in (254, 255, 256, 400) for end in ("com", "co.uk")}
    return found | long | {"", ".", "..", "a.", "com", "x" * 64 + ".com"}


@pytest.fixture(scope="module", name="suffixes")
def made_suffixes(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build_suffixes(tmp_path_factory.mktemp("suffixes"))


def test_it_is_small(suffixes: Path) -> None:
    assert len(gzip.compress(suffixes.read_bytes(), 9)) < 60_000


def test_it_answers_as_libpsl(suffixes: Path, tmp_path: Path) -> None:
    """Over every rule, and in the face of bytes that are no list, under the sanitizers."""
    program = tmp_path / "suffix_answers"
    subprocess.run([os.environ.get("CC", "cc"), "-std=c11", "-Wno-attributes", *SANITIZERS,
                    *(f"-I{ROOT / folder}" for folder in INCLUDES), *map(str, SOURCES), "-lpsl",
                    "-o", str(program)], check=True)
    asked = sorted(names())
    assert len(asked) > 100_000
    done = subprocess.run([str(program), str(suffixes)], input="\n".join(asked).encode(),
                          capture_output=True, check=False)
    assert (done.returncode, done.stdout.decode()[-2000:], done.stderr.decode()[-2000:]) == (
        0, "", "")


def test_wildcards_below_suffixes_are_found(suffixes: Path, tmp_path: Path) -> None:
    """In policies, by the module itself."""
    draw = random.Random(5)
    listed = draw.sample(rules(), 600) + ["kawasaki.jp", "city.kawasaki.jp", "x.ck", "www.ck"]
    origins = [f"      - https://*.{prefix}{rule}\n" for rule in listed for prefix in ("", "q.")]
    policy = Policy("cors.yaml", "policies:\n  - allow_origins:\n" + "".join(origins))
    native = lint_many([policy], tmp_path)
    assert sum(problem["rule"] == "public-suffix-wildcard" for problem in native[0]) > 500
    assert lint_wasm([policy], suffixes) == native
