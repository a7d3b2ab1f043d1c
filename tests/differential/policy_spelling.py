# SPDX-License-Identifier: MIT
"""Policies written as people write YAML: in blocks or in brackets, quoted or plain, commented."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from random import Random
from typing import Any

from tests.differential.planted_mistakes import Pairs

PLAIN = re.compile(r"[A-Za-z/][A-Za-z0-9/_.-]*(://[A-Za-z0-9._-]+)?(:[0-9]+)?")
KEYWORDS = {"true", "false", "null", "yes", "no", "on", "off", "y", "n"}


def scalar(random: Random, value: Any) -> str:
    if value is None:
        return random.choice(("null", "~"))
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (int, float)):
        return str(value)
    text = str(value)
    if PLAIN.fullmatch(text) and text.lower() not in KEYWORDS and random.random() < 0.6:
        return text
    if random.random() < 0.3 and text.isprintable():
        return "'" + text.replace("'", "''") + "'"
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\x7f")


def in_brackets(random: Random, value: Any) -> str:
    if isinstance(value, dict):
        value = list(value.items())
        return "{" + ", ".join(f"{scalar(random, key)}: {in_brackets(random, item)}"
                               for key, item in value) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(in_brackets(random, item) for item in value) + "]"
    return scalar(random, value)


def comment(random: Random) -> str:
    return random.choice(("", "", "", "", "", "", " # why", " # é: [x]", "  #"))


def in_block(random: Random, key: str, value: Any) -> Iterator[str]:
    """The lines of one key, which stand at no indent."""
    name = scalar(random, key)
    if isinstance(value, list) and value and random.random() < 0.7:
        yield f"{name}:{comment(random)}"
        indent = random.choice(("  ", "", "    "))
        for item in value:
            yield f"{indent}- {in_brackets(random, item)}{comment(random)}"
    else:
        yield f"{name}: {in_brackets(random, value)}{comment(random)}"


def spelled(random: Random, policies: list[Pairs]) -> str:
    """The file's text."""
    lines = ["policies:"]
    for policy in policies:
        sign = "  - "
        for key, value in policy:
            for line in in_block(random, key, value):
                lines.append(sign + line)
                sign = "    "
        if sign == "  - ":
            lines.append("  - {}")
    if random.random() < 0.3:
        lines.insert(random.randrange(len(lines) + 1), random.choice(("", "# a line", "   # x")))
    return "\n".join(lines) + random.choice(("\n", "\n", ""))
