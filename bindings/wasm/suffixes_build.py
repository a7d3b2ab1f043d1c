#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Makes suffixes.bin of the public suffix list: bindings/wasm/suffixes_build.py LIST OUTPUT

LIST is the text file of https://publicsuffix.org, in Debian's package publicsuffix
/usr/share/publicsuffix/public_suffix_list.dat. bindings/wasm/wasm_suffixes.h has the format.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

LISTED, WILDCARD, EXCEPTION, BRANCH = 1, 2, 4, 8
HEADER = b"CSFX\x01"


class Node:
    """A name, with those that end in it."""

    def __init__(self) -> None:
        self.flags = 0
        self.children: dict[bytes, Node] = {}

    def below(self, labels: list[bytes]) -> Node:
        """The node of some labels, the last one of the domain first."""
        node = self
        for label in labels:
            node = node.children.setdefault(label, Node())
        return node


def ascii_label(label: str) -> bytes:
    """A label as DNS has it; the list holds Unicode, in lower case and composed."""
    return label.encode() if label.isascii() else b"xn--" + label.encode("punycode")


def read_rules(text: str) -> Iterator[str]:
    """The rules of the list: one a line, up to the first white space."""
    for line in text.splitlines():
        words = line.split()
        if words and not line.startswith("//"):
            yield words[0]


def add_rule(root: Node, rule: str) -> None:
    flag = LISTED
    if rule.startswith("!"):
        flag, rule = EXCEPTION, rule[1:]
    elif rule.startswith("*."):
        flag, rule = WILDCARD, rule[2:]
    root.below([ascii_label(label) for label in reversed(rule.split("."))]).flags |= flag


def write_branch(node: Node) -> bytes:
    parts = []
    for label, child in sorted(node.children.items()):
        flags = child.flags | (BRANCH if child.children else 0)
        parts.append(bytes([len(label), flags]) + label)
        if child.children:
            branch = write_branch(child)
            parts.append(len(branch).to_bytes(3, "little") + branch)
    return b"".join(parts) + b"\0"


def main(arguments: list[str]) -> int:
    if len(arguments) != 2:
        print(__doc__, file=sys.stderr)
        return 2
    root = Node()
    for rule in read_rules(Path(arguments[0]).read_text(encoding="utf-8")):
        add_rule(root, rule)
    Path(arguments[1]).write_bytes(HEADER + write_branch(root))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
