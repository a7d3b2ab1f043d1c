# SPDX-License-Identifier: MIT
"""Regular expressions over origins, as Python's middlewares take them, become entries of a policy.

The engine reads the expression. What it cannot be sure about is refused with the reason and with
the entries that were probably meant; what its entries cover too widely is asked besides.
"""
from __future__ import annotations

import json
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


SHOWN_MAX = 4  # entries that people are shown
FAITHFUL_FLAGS = re.IGNORECASE | re.UNICODE | re.ASCII | re.DOTALL


def _meant(entries: tuple[str, ...], names: OptionNames) -> str | None:
    """The list of origins to write instead, if it is short."""
    entries = tuple(entry for entry in entries if "//{label}." not in entry
                    or entry.replace("//{label}.", "//*.") not in entries)
    if not 0 < len(entries) <= SHOWN_MAX:
        return None
    return names.origins_form.format(json.dumps(entries))


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
                      f"{shown}: {_engine.REGEX_FAULTS[fault]}", _meant(entries, names))
    if not entries:
        refuse_option(names, "regex-matches-nothing", option,
                      f"{compiled.pattern!r} matches no origin as browsers send it: scheme, host "
                      "and port, and nothing after them.")
    return OriginRegex(entries, exact, compiled.fullmatch if how.whole else compiled.match)
