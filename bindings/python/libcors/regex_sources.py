# SPDX-License-Identifier: MIT
"""Regular expressions over origins, as Python's middlewares take them, become entries of a policy.

The engine reads the expression. What it cannot be sure about is refused with the reason and with
the expression that was probably meant; what its entries cover too widely is asked besides.
"""
from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from libcors import _engine
from libcors.options_values import OptionNames, refuse_option


@dataclass(frozen=True)
class Matching:
    """How a middleware uses its expressions: re.match, or re.fullmatch; whether case counts."""
    whole: bool
    ignores_case: bool


@dataclass(frozen=True)
class OriginRegex:
    """Entries of allow_origins that cover all that an expression matches."""
    entries: tuple[str, ...]
    exact: bool
    matches: Callable[[str], object]


FAITHFUL_FLAGS = re.IGNORECASE | re.UNICODE | re.ASCII | re.DOTALL


def _label_pattern(escaped: str) -> str:
    """An entry's wildcards, in text that re.escape() wrote, as expressions."""
    if escaped.endswith(r":\*"):
        escaped = escaped[:-3] + "(:[0-9]+)?"
    escaped = escaped.replace(r"//\*\.", r"//([a-z0-9_-]+\.)+")
    return escaped.replace(r"\{label\}", "[a-z0-9_-]+").replace(r"\*", "[a-z0-9_-]+")


def regex_of_entries(entries: tuple[str, ...], whole: bool) -> str:
    """The expression that matches what entries of a policy do, ready to be pasted."""
    written = [_label_pattern(re.escape(entry).replace(r"\-", "-")) for entry in entries]
    alone = written[0] if len(written) == 1 else f"({'|'.join(written)})"
    return f"r'{alone}'" if whole else f"r'^{alone}$'"


def _meant(entries: tuple[str, ...], whole: bool, names: OptionNames) -> str | None:
    if not entries or "*" in entries:
        return None
    return names.regex_form.format(regex_of_entries(entries, whole))


def _compiled(pattern: str | re.Pattern[str], how: Matching, names: OptionNames,
              option: str) -> re.Pattern[str]:
    try:
        compiled = re.compile(pattern) if isinstance(pattern, re.Pattern) else re.compile(
            pattern, re.IGNORECASE if how.ignores_case else 0)
    except re.error as error:
        refuse_option(names, "regex-not-understood", option,
                      f"{pattern!r} is no regular expression: {error}.")
    if not isinstance(compiled.pattern, str):
        refuse_option(names, "wrong-type", option,
                      f"{compiled.pattern!r} is an expression over bytes; write it over text.")
    if compiled.flags & ~int(FAITHFUL_FLAGS):
        refuse_option(names, "regex-not-understood", option,
                      f"{compiled.pattern!r} has flags that change what it means; "
                      "only re.IGNORECASE is read.")
    return compiled


def read_origin_regex(pattern: str | re.Pattern[str], how: Matching, names: OptionNames,
                      option: str) -> OriginRegex:
    """What an expression over origins comes to; PolicyError where it lets in other sites."""
    compiled = _compiled(pattern, how, names, option)
    ignores_case = bool(compiled.flags & re.IGNORECASE)
    fault, offset, entries, exact = _engine.read_regex(compiled.pattern, True, how.whole,
                                                       ignores_case)
    if fault != "none":
        shown = f"{compiled.pattern!r}, at character {offset + 1}"
        refuse_option(names, f"regex-{fault}", option,
                      f"{shown}: {_engine.REGEX_FAULTS[fault]}", _meant(entries, how.whole, names))
    if not entries:
        refuse_option(names, "regex-matches-nothing", option,
                      f"{compiled.pattern!r} matches no origin as browsers send it: scheme, host "
                      "and port, and nothing after them.")
    return OriginRegex(entries, exact, compiled.fullmatch if how.whole else compiled.match)
