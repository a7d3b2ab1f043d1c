# SPDX-License-Identifier: MIT
"""The values of options as applications write them: lists, names and seconds."""
from __future__ import annotations

import re
import sys
import warnings
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any, NoReturn

from libcors import _engine
from libcors.policy_problems import PolicyError, PolicyWarning, Problem, problems_text

if TYPE_CHECKING:
    from libcors._engine import Severity


@dataclass(frozen=True)
class OptionNames:
    """What the middleware whose options these are calls them, for messages."""
    place: str
    everybody: str  # how everybody is let in
    origins: str
    methods: str
    headers: str
    expose: str
    credentials: str
    max_age: str
    regexes: str
    origins_form: str  # how a list of origins is written down
    risks: str = "accept_risks"

    def of_key(self, key: str) -> str:
        """The option that becomes a key of a policy."""
        return {"allow_origins": self.origins, "allow_methods": self.methods,
                "allow_headers": self.headers, "expose_headers": self.expose,
                "allow_credentials": self.credentials, "max_age": self.max_age}.get(key, key)


def option_problem(rule: str, option: str, message: str, suggestion: str | None = None,
                   severity: Severity = "error") -> Problem:
    """A problem of an option: its file is the option's name, and it has no line."""
    return Problem(rule=rule, severity=severity, file=option, line=0, column=0, message=message,
                   suggestion=suggestion)


def refuse(place: str, problems: Sequence[Problem]) -> NoReturn:
    raise PolicyError(f"{place} is refused.\n{problems_text(problems)}", problems)


def private_network_problem(option: str) -> Problem:
    """Of an option that asks for what browsers had for a while."""
    return option_problem("private-network", option, "No browser asks for it any more: Chromium "
                          "asks its user instead. It has no effect.", severity="warning")


def tell(place: str, problems: Sequence[Problem]) -> None:
    """Warns, at the first line of the program that is none of this package's."""
    if not problems:
        return
    level = 1
    while sys._getframe(level).f_globals.get("__name__", "").partition(".")[0] == "libcors":
        level += 1
    warnings.warn(PolicyWarning(f"{place}\n{problems_text(problems)}"), stacklevel=level + 1)


def refuse_option(names: OptionNames, rule: str, option: str, message: str,
                  suggestion: str | None = None) -> NoReturn:
    refuse(names.place, [option_problem(rule, option, message, suggestion)])


def listed(value: Any, names: OptionNames, option: str) -> tuple[Any, ...]:
    """A list's items; one value alone counts as a list of one."""
    if value is None:
        return ()
    if isinstance(value, (str, re.Pattern)) or callable(value):
        return (value,)
    if isinstance(value, (set, frozenset)):
        return tuple(sorted(value, key=str))
    if isinstance(value, Iterable) and not isinstance(value, (bytes, bytearray, dict)):
        return tuple(value)
    refuse_option(names, "wrong-type", option,
                  f"{value!r} is neither text nor a list of texts.")


def texts(value: Any, names: OptionNames, option: str) -> tuple[str, ...]:
    """A list's items, each of which must be text; "a, b" in one text counts as two."""
    items = listed(value, names, option)
    for item in items:
        if not isinstance(item, str):
            refuse_option(names, "wrong-type", option, f"{item!r} is not text.")
    if isinstance(value, str):
        items = tuple(item.strip() for item in value.split(","))
    return tuple(item for item in items if item)


def seconds(value: Any, names: OptionNames) -> str | None:
    """What max_age says: a number, a timedelta, or text as policies have it.

    -1 is "do not keep it", as browsers read it, which policies say with 0.
    """
    if value is None:
        return None
    if value in (-1, "-1"):
        return "0"
    if isinstance(value, timedelta):
        return str(int(value.total_seconds()))
    if isinstance(value, bool) or not isinstance(value, (int, str)):
        refuse_option(names, "wrong-type", names.max_age,
                      f"{value!r} is no number of seconds.")
    return str(value)


def truth(value: Any, names: OptionNames, option: str) -> bool:
    if isinstance(value, bool):
        return value
    refuse_option(names, "wrong-type", option, f"{value!r} is neither True nor False.")


def refuse_unknown(given: Iterable[str], known: Sequence[str], older: Mapping[str, str],
                   names: OptionNames) -> None:
    """A misspelt option would silently count as not given, which for origins is everybody."""
    for name in given:
        if name not in known:
            meant = older.get(name) or _engine.nearest_name(name, known)
            refuse_option(names, "unknown-key", name, f"There is no option {name!r}.", meant)
