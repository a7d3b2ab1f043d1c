# SPDX-License-Identifier: MIT
"""Every policy file that stands somewhere in the repository."""

from __future__ import annotations

import ast
import re
import textwrap
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from tests.support.cors_command import ROOT

FENCE = re.compile(r"^```\w*[^\n]*\n(.*?)^```", re.DOTALL | re.MULTILINE)
CARET = re.compile(r"^ *\^ (?:info|warning|error) [a-z-]+(?: -> .*)?\n", re.MULTILINE)


def texts_of_python(source: str) -> Iterator[str]:
    """String literals; what expected problems draw below the lines is left out."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield CARET.sub("", textwrap.dedent(node.value).removeprefix("\n"))


def texts_of(path: Path) -> Iterator[str]:
    source = path.read_text(encoding="utf-8")
    if path.suffix == ".py":
        yield from texts_of_python(source)
    elif path.suffix == ".yaml":
        yield source
    else:
        yield from FENCE.findall(source)


def sources() -> list[Path]:
    patterns = ("*.md", "docs/**/*.md", "docs/man/*.scd", "demo/*.yaml", "tests/**/*.md",
                "tests/**/*.py")
    found = {path for pattern in patterns for path in ROOT.glob(pattern)}
    return sorted(path for path in found if "node_modules" not in path.parts)


@cache
def written_policies() -> list[str]:
    """The texts, each once."""
    texts = [text for path in sources() for text in texts_of(path) if "policies:" in text]
    return list(dict.fromkeys(texts))
