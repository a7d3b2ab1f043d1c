# SPDX-License-Identifier: MIT
"""Hosts in Unicode: converted, or refused, as `cors lint` does with libidn2."""

from __future__ import annotations

import random
import unicodedata
from collections.abc import Iterator, Sequence
from pathlib import Path

from tests.wasm_lint.lint_pair import Policy, compare

# What docs/deviations.md names: signs that libidn2 takes and URLs do not.
ODD = {"\u2260", "\u226e", "\u226f"}
ODD_LABELS = [
    "faß", "straße", "ΣΑΣ", "ＡＢＣ", "１２", "٣", "ab--é", "é--", "-é", "é-", "a--é", "é" * 57,
    "é" * 63, "a" * 63 + "é", "é.b", "é。b", "a。b", "a\u00adb", "a\u200bé", "%41é", "é%", "é_",
    "_é", "é*", "*é", "pr-*é", "é/", "é b", "é@", "é:", "İ", "ſ", "ᾳ", "e\u0301", "\u0301e",
    "xn--", "xn--a", "xn--é", "XN--É", "xn--fa-hia", "xn--zca", "xn--ls8h", "XN--MNCHEN-3YA",
    "xn--mnchen-3ya", "xn--a-", "xn--99999999", "क्\u200dष", "क\u200dष", "نامه\u200cای", "a\u200cb",
    "l·l", "ー", "々", "日本", "א", "אב", "1א", "א1", "א-", "אa", "aא", "א١", "١א", "א۱1", "؟", "😀",
    "♥", "™", "ℂ", "㎒", "½", "②", "(é)", "⑴", "／", "\ufeff", "\ufeffé", "\u180c", "ª", "..é",
    "é..",
]
POOLS = [range(0x5D0, 0x5EB), range(0x620, 0x640), range(0x660, 0x66A), range(0x6F0, 0x6FA),
         range(0x61, 0x7B), range(0x30, 0x3A), range(0x2D, 0x2E), range(0xE0, 0xF6),
         range(0x3B1, 0x3C9), range(0x905, 0x939), range(0x3041, 0x3097), range(0x64B, 0x653)]


def is_old(character: str) -> bool:
    """Whether Unicode 3.2 has it: libidn2 and URLs know it alike."""
    category = unicodedata.ucd_3_2_0.category(character)
    return category not in ("Cn", "Cs", "Co", "Cc") and character not in ODD


def characters() -> Iterator[str]:
    """Every old character, of the many ideographs and syllables a few."""
    for point in range(0x80, 0x30000):
        many = 0x3400 <= point < 0xA000 or 0xAC00 <= point < 0xD7A4 or point >= 0x20000
        if is_old(chr(point)) and (not many or point % 61 == 0):
            yield chr(point)


def drawn(count: int) -> Iterator[str]:
    draw = random.Random(7)
    for _ in range(count):
        pools = draw.choices(POOLS, k=2)
        yield "".join(chr(draw.choice(draw.choice(pools))) for _ in range(draw.randint(1, 8)))


def quoted(label: str) -> str:
    """An origin with the label as YAML holds any character."""
    escaped = "".join(char if char.isascii() else f"\\U{ord(char):08x}" for char in label)
    return f'"https://{escaped}.example.com"'


def policies_of(labels: Sequence[str]) -> list[Policy]:
    """A hundred labels a policy, each in a line of its own."""
    texts = []
    for start in range(0, len(labels), 100):
        lines = [f"      - {quoted(label)}\n" for label in labels[start:start + 100]]
        texts.append("policies:\n  - allow_origins:\n" + "".join(lines))
    return [Policy(f"{number}.yaml", text) for number, text in enumerate(texts)]


def check(labels: Sequence[str], folder: Path) -> None:
    found = compare(policies_of(labels), folder)
    texts = [(left["message"], right["message"]) for difference in found
             for left, right in zip(difference.native, difference.wasm) if left != right]
    assert found == [], texts[:20]


def test_every_character(tmp_path: Path) -> None:
    labels = list(characters())
    assert len(labels) > 10_000
    check([f"a{label}b" for label in labels] + labels, tmp_path)


def test_labels_of_several_scripts(tmp_path: Path) -> None:
    check(list(drawn(8000)), tmp_path)


def test_encoded_labels(tmp_path: Path) -> None:
    """As they are, in upper case, and broken."""
    labels = [f"xn--{label.encode('punycode').decode()}" for label in drawn(2000)]
    check(labels + [label.upper() for label in labels] + [label[:-1] for label in labels] +
          [f"{label}a" for label in labels], tmp_path)


def test_odd_labels(tmp_path: Path) -> None:
    check(ODD_LABELS + [f"b.{label}" for label in ODD_LABELS], tmp_path)
