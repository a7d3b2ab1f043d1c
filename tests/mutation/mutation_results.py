# SPDX-License-Identifier: MIT
"""What was found, kept from one run to the next, and which survivors have a reason to."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field, fields
from pathlib import Path

from tests.mutation.judgement import Fate, Verdict
from tests.mutation.mutant import Mutant
from tests.support.figures import share

SURVIVORS = Path(__file__).with_name("survivors.json")
NAMES = ("file", "function", "code", "kind", "before", "after", "again")
TRIED = (Fate.KILLED, Fate.SURVIVED)  # what was run against the tests


@dataclass(frozen=True)
class Results:
    """All verdicts of a run, and the reasons that are written down for survivors."""

    verdicts: list[Verdict]
    reasons: dict[tuple[str | int, ...], str]

    def of(self, *fates: Fate, file: str = "") -> list[Verdict]:
        return [verdict for verdict in self.verdicts
                if verdict.fate in fates and file in ("", verdict.mutant.file)]

    @property
    def unexplained(self) -> list[Verdict]:
        return [verdict for verdict in self.of(Fate.SURVIVED)
                if verdict.mutant.name not in self.reasons]

    @property
    def needless(self) -> list[Verdict]:
        """What has a reason to survive and does not."""
        return [verdict for verdict in self.verdicts
                if verdict.fate is not Fate.SURVIVED and verdict.mutant.name in self.reasons]

    def killed_share(self, file: str = "") -> float:
        return share(len(self.of(Fate.KILLED, file=file)), len(self.of(*TRIED, file=file)))


def read_reasons(place: Path = SURVIVORS) -> dict[tuple[str | int, ...], str]:
    return {tuple(entry[name] for name in NAMES): entry["reason"]
            for entry in json.loads(place.read_text())}


@dataclass(frozen=True)
class First:
    """What a recorded run came to before anyone looked at its survivors."""

    tried: int
    killed: int
    weighted_share: float  # killed, of all mutants that could have been drawn


@dataclass(frozen=True)
class Log:
    """What was tried so far, and of what."""

    tree: str = ""  # work_tree.tree_digest(); empty where verdicts of several are together
    seed: int = 0
    count: int = 0  # about how many are to be drawn
    fresh: bool = False  # the seed was drawn for this run, so no test was written for its mutants
    seconds: float = 0.0
    first: First | None = None  # set at the end of a whole run that is recorded
    verdicts: list[Verdict] = field(default_factory=list)


def write_log(place: Path, log: Log) -> None:
    head = {name: value for name, value in vars(log).items() if name != "verdicts"}
    head["first"] = log.first and asdict(log.first)
    entries = [{"fate": verdict.fate.value, "by": verdict.by, "seconds": verdict.seconds,
                **asdict(verdict.mutant)}
               for verdict in sorted(log.verdicts, key=lambda verdict: verdict.mutant)]
    place.write_text("".join(f"{json.dumps(entry)}\n" for entry in [head, *entries]))


def merged(earlier: list[Verdict], verdicts: list[Verdict]) -> list[Verdict]:
    """Later verdicts in the place of earlier ones."""
    tried = {verdict.mutant.name for verdict in verdicts}
    return [verdict for verdict in earlier if verdict.mutant.name not in tried] + verdicts


def read_log(place: Path) -> Log:
    names = [field.name for field in fields(Mutant)]
    if not place.exists():
        return Log()
    head, *entries = map(json.loads, place.read_text().splitlines())
    verdicts = [Verdict(Mutant(**{name: entry[name] for name in names}), Fate(entry["fate"]),
                        entry["by"], entry["seconds"]) for entry in entries]
    first = head.pop("first", None)
    return Log(verdicts=verdicts, first=first and First(**first), **head)
