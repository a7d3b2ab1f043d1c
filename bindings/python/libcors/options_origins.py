# SPDX-License-Identifier: MIT
"""The origins that options name: everybody, a list, regular expressions, or a function to ask."""
from __future__ import annotations

import inspect
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from libcors.options_values import OptionNames, listed, refuse_option
from libcors.regex_sources import Matching, OriginRegex, read_origin_regex

# Flask-CORS takes a text with one of these for a regular expression.
REGEX_MARKS = frozenset("*\\]?$^[()")
PATTERN = re.compile(r"[a-z][a-z0-9+.-]*://[a-zA-Z0-9._*{}-]*(:[0-9*]+)?")

# Is given a request's serialized origin; True lets it in. Asynchronous ones in ASGI only.
OriginJudge = Callable[[str], object]


@dataclass(frozen=True)
class Origins:
    everybody: bool = False
    entries: tuple[str, ...] = ()
    # Expressions whose entries cover more than they match: these have to be asked too.
    asked: tuple[OriginRegex, ...] = ()
    judge: OriginJudge | None = None


def is_pattern(text: str) -> bool:
    """Whether a text with marks is a pattern of policies, https://*.example.com, all the same."""
    return bool(PATTERN.fullmatch(text)) and ".*" not in text


def _synchronous(judge: OriginJudge, names: OptionNames) -> OriginJudge:
    if inspect.iscoroutinefunction(judge):
        refuse_option(names, "wrong-type", names.origins,
                      "An asynchronous function needs an ASGI application; here it must be an "
                      "ordinary one.")
    return judge


def collect_origins(entries: list[str], regexes: list[OriginRegex],
                    judges: list[OriginJudge], names: OptionNames) -> Origins:
    if judges and (entries or regexes or len(judges) > 1):
        refuse_option(names, "wrong-type", names.origins,
                      "A function judges all origins by itself: give it alone.")
    if judges:
        return Origins(judge=judges[0])
    for regex in regexes:
        if regex.exact:
            entries.extend(regex.entries)
    return Origins(everybody="*" in entries, entries=tuple(dict.fromkeys(entries)),
                   asked=tuple(regex for regex in regexes if not regex.exact))


def read_flask_origins(value: Any, names: OptionNames) -> Origins:
    """Texts, patterns, expressions in text or compiled, or a function."""
    entries: list[str] = []
    regexes: list[OriginRegex] = []
    judges: list[OriginJudge] = []
    how = Matching(whole=False, ignores_case=True)
    for item in listed(value, names, names.origins):
        if isinstance(item, re.Pattern):
            regexes.append(read_origin_regex(item, how, names, names.origins))
        elif callable(item):
            judges.append(_synchronous(item, names))
        elif not isinstance(item, str):
            refuse_option(names, "wrong-type", names.origins, f"{item!r} is no origin.")
        elif item in ("*", ".*"):
            entries.append("*")
        elif REGEX_MARKS.intersection(item) and not is_pattern(item):
            regexes.append(read_origin_regex(item, how, names, names.origins))
        else:
            entries.append(item)
    return collect_origins(entries, regexes, judges, names)


def read_listed_origins(value: Any, expressions: Any, how: Matching, names: OptionNames) -> Origins:
    """A list of origins and patterns, and expressions in an option of their own."""
    entries: list[str] = []
    judges: list[OriginJudge] = []
    for item in listed(value, names, names.origins):
        if isinstance(item, re.Pattern):
            refuse_option(names, "wrong-type", names.origins,
                          f"{item.pattern!r} is a regular expression: give it as {names.regexes}.")
        if callable(item):
            judges.append(item)
        elif not isinstance(item, str):
            refuse_option(names, "wrong-type", names.origins, f"{item!r} is no origin.")
        else:
            entries.append(item)
    regexes = [read_origin_regex(item, how, names, names.regexes)
               for item in listed(expressions, names, names.regexes)]
    return collect_origins(entries, regexes, judges, names)
