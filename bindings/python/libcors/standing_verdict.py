# SPDX-License-Identifier: MIT
"""Which judgement counts for an answer that several adapters judge, one around the other.

The one nearest to the code that made the answer counts: its lines stand in the answer. Where that
cannot be seen, the narrowest of all counts, so that nobody's word is widened by another's.
"""
from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Union

from libcors import _engine

Lines = Union[Iterable["tuple[bytes, bytes]"], Iterable["tuple[str, str]"]]

# Where an adapter puts it for those further in: the key in an environment or a scope.
STANDING = "libcors.standing"

ALLOW_ORIGIN = _engine.FIELDS["ALLOW_ORIGIN"]
ALLOW_CREDENTIALS = _engine.FIELDS["ALLOW_CREDENTIALS"]


def _text(value: bytes | str) -> str:
    return value if isinstance(value, str) else value.decode("latin-1")


def owned_lines(lines: Lines) -> list[tuple[str, str]]:
    """Those that belong to whoever owns the policy, in one spelling and order."""
    return sorted((_text(name).lower(), _text(value)) for name, value in lines
                  if _engine.is_owned(name))


def narrowest(judgements: Iterable[_engine.Judgement]) -> _engine.Judgement:
    """The one that allows least; the last of several."""
    def width(judgement: _engine.Judgement) -> tuple[bool, bool]:
        names = [name for name, _ in judgement.fields]
        return ALLOW_ORIGIN in names, ALLOW_CREDENTIALS in names
    return min(reversed(list(judgements)), key=width)


def with_vary_of(judgement: _engine.Judgement,
                 others: Iterable[_engine.Judgement]) -> _engine.Judgement:
    names = [*judgement.vary, *(name for other in others for name in other.vary)]
    return judgement.replace(vary=tuple(dict.fromkeys(names)))


class StandingVerdict:
    """What an adapter judged, and what those further in judged after it."""

    def __init__(self, judgement: _engine.Judgement, around: StandingVerdict | None = None,
                 binds: bool = False) -> None:
        """around: that of the adapter around this one. binds: whether this judgement stays a
        limit for what is further in."""
        self.judgement = judgement
        self._around = around
        self._binds = binds
        self._nearer: list[_engine.Judgement] = []
        if around is not None:
            around.add(judgement)

    def add(self, judgement: _engine.Judgement) -> None:
        """Another one judged the same request, nearer to the code that answers."""
        if judgement.kind == "no-policy" or judgement is self.judgement:
            return
        # What else it set, such as Allow, stands in the answer already.
        owned = tuple(line for line in judgement.fields if _engine.is_owned(line[0]))
        self._nearer.append(judgement.replace(fields=owned))
        if self._around is not None:
            self._around.add(judgement)

    def settle(self, lines: Lines) -> _engine.Judgement:
        """The judgement that counts for an answer with these lines."""
        if not self._nearer:
            return self.judgement
        found = owned_lines(lines)
        made = [nearer for nearer in self._nearer if found and owned_lines(nearer.fields) == found]
        if not made:
            chosen = narrowest([*self._nearer, self.judgement])
        else:
            chosen = narrowest([self.judgement, made[-1]]) if self._binds else made[-1]
        return with_vary_of(chosen, [self.judgement, *self._nearer])


def standing_in(native: Mapping[str, object]) -> StandingVerdict | None:
    """That of the innermost adapter that a request has passed."""
    found = native.get(STANDING)
    return found if isinstance(found, StandingVerdict) else None
