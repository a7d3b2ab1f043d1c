# SPDX-License-Identifier: MIT
"""Long lists of origins, and what they allow, told as plainly as can be."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from tests.support.cors_command import run_cors

COUNT = 1_000_000
FIRST = 2_000_000  # the entries' numbers, so that all have as many digits

# An entry with its number, and an origin that it allows; of other origins one letter is changed.
EXACT = [("https://tenant-{}.customers.example.com", "https://tenant-{}.customers.example.com")]
WILDCARD = [("https://*.tenant-{}.example.com", "https://eu.app.tenant-{}.example.com")]
MIXED = [
    *EXACT,
    ("https://*.tenant-{}.example.com", "https://app.tenant-{}.example.com"),
    ("https://*.tenant-{}.example.com:8443", "https://app.tenant-{}.example.com:8443"),
    ("https://*.tenant-{}.example.com:*", "https://app.tenant-{}.example.com:3000"),
    ("https://pr-*.t{}.example.com", "https://pr-72.t{}.example.com"),
    ("https://pr-*-web.t{}.example.com", "https://pr-72-web.t{}.example.com"),
    ("https://t{}-*.preview.example.com", "https://t{}-main.preview.example.com"),
    ("https://*-t{}.preview.example.com:*", "https://main-t{}.preview.example.com:81"),
    ("https://{{label}}.t{}.example.com", "https://staging.t{}.example.com"),
    ("https://t{}.*.eu.example.com", "https://t{}.a.b.eu.example.com"),
    ("https://t{}.{{label}}.us.example.com", "https://t{}.a.us.example.com"),
    ("https://t{}.example.net:8080", "https://t{}.example.net:8080"),
    ("https://t{}.example.com:*", "https://t{}.example.com:65535"),
]
LISTS = {"exact": EXACT, "wildcard": WILDCARD, "mixed": MIXED}


def entries_of(forms: list[tuple[str, str]], count: int) -> list[str]:
    return [forms[number % len(forms)][0].format(number)
            for number in range(FIRST, FIRST + count)]


def origin_of(forms: list[tuple[str, str]], number: int) -> str:
    """What the entry of that place in the list allows."""
    number += FIRST
    return forms[number % len(forms)][1].format(number)


def write_policy(folder: Path, entries: list[str]) -> Path:
    """A policy whose list is in a file of its own."""
    (folder / "list.txt").write_text("".join(f"{entry}\n" for entry in entries))
    policy = folder / "cors.yaml"
    policy.write_text("policies:\n  - allow_origins:\n      - from_file: list.txt\n")
    return policy


def compile_policy(folder: Path, policy: Path) -> Path:
    compiled = policy.with_suffix(".corsc")
    done = run_cors(["compile", str(policy), "-o", str(compiled)], folder)
    assert done.code == 0, done.stderr
    return compiled


@dataclass(frozen=True)
class LongList:
    policy: Path
    compiled: Path
    entries: list[str]
    forms: list[tuple[str, str]]


def write_long_list(folder: Path, forms: list[tuple[str, str]]) -> LongList:
    entries = entries_of(forms, COUNT)
    policy = write_policy(folder, entries)
    return LongList(policy, compile_policy(folder, policy), entries, forms)


def change_letters(origins: list[str], seed: int) -> list[str]:
    """Each second one a letter away from what it was."""
    draw = random.Random(seed)
    changed = list(origins)
    for number in range(0, len(origins), 2):
        origin = origins[number]
        at = draw.randrange(len("https://"), len(origin))
        changed[number] = origin[:at] + draw.choice("a0.-") + origin[at + 1:]
    return changed


def allowing_entries(origin: str) -> Iterator[str]:
    """Every entry that could allow an origin, spelled out."""
    scheme, _, rest = origin.partition("://")
    host, colon, port = rest.partition(":")
    labels = host.split(".")
    hosts = [host]
    for left in range(len(labels)):
        for right in range(left + 1, len(labels) + 1):
            hosts.append(".".join([*labels[:left], "*", *labels[right:]]))
    for place, label in enumerate(labels):
        cuts = [(label[:start], label[end:])
                for start in range(len(label)) for end in range(start + 1, len(label) + 1)]
        for before, after in cuts:
            wild = f"{before}*{after}" if before or after else "{label}"
            hosts.append(".".join([*labels[:place], wild, *labels[place + 1:]]))
    for wild in hosts:
        yield f"{scheme}://{wild}{colon}{port}"
        yield f"{scheme}://{wild}:*"
