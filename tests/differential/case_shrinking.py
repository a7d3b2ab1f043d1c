# SPDX-License-Identifier: MIT
"""Makes a case smaller for as long as it still shows what it showed.

Nothing here knows what a case means: parts are left out, the largest first, and whoever asks says
whether the rest is still of interest.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from typing import Any, TypeVar

Sequence = TypeVar("Sequence", list[Any], str)


def shorter(whole: Sequence) -> Iterator[Sequence]:
    """Without all of it, one half, one quarter …, down to without one item."""
    step = len(whole)
    while step > 0:
        for start in range(0, len(whole), step):
            yield whole[:start] + whole[start + step:]
        step //= 2


def smaller(value: Any) -> Iterator[Any]:
    """Values with something less, each a little different from the last."""
    if isinstance(value, str):
        yield from shorter(value)
    elif isinstance(value, list):
        yield from shorter(value)
        for at, item in enumerate(value):
            for less in smaller(item):
                yield [*value[:at], less, *value[at + 1:]]
    elif isinstance(value, dict):
        for key in value:
            yield {name: item for name, item in value.items() if name != key}
        for key, item in value.items():
            for less in smaller(item):
                yield {**value, key: less}


def shrink(case: Any, shows: Callable[[Any], bool], seconds: float) -> Any:
    """The smallest form of the case found in that time."""
    deadline = time.monotonic() + seconds
    found = True
    while found:
        found = False
        for less in smaller(case):
            if time.monotonic() > deadline:
                return case
            if shows(less):
                case, found = less, True
                break
    return case
