# SPDX-License-Identifier: MIT
"""What was found, kept from one run to the next, and which survivors have a reason to."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, fields
from pathlib import Path

from tests.mutation.judgement import Fate, Verdict
from tests.mutation.mutant import Mutant

SURVIVORS = Path(__file__).with_name("survivors.json")
NAMES = ("file", "function", "code", "kind", "before", "after", "again")


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
        tried = len(self.of(Fate.KILLED, Fate.SURVIVED, file=file))
        return len(self.of(Fate.KILLED, file=file)) / tried if tried else 1.0


def read_reasons(place: Path = SURVIVORS) -> dict[tuple[str | int, ...], str]:
    return {tuple(entry[name] for name in NAMES): entry["reason"]
            for entry in json.loads(place.read_text())}


def write_verdicts(place: Path, verdicts: list[Verdict]) -> None:
    lines = [json.dumps({"fate": verdict.fate.value, "by": verdict.by,
                         "seconds": verdict.seconds, **asdict(verdict.mutant)})
             for verdict in sorted(verdicts, key=lambda verdict: verdict.mutant)]
    place.write_text("".join(f"{line}\n" for line in lines))


def merged(earlier: list[Verdict], verdicts: list[Verdict]) -> list[Verdict]:
    """Later verdicts in the place of earlier ones."""
    tried = {verdict.mutant.name for verdict in verdicts}
    return [verdict for verdict in earlier if verdict.mutant.name not in tried] + verdicts


def read_verdicts(place: Path) -> list[Verdict]:
    names = [field.name for field in fields(Mutant)]
    verdicts: list[Verdict] = []
    if not place.exists():
        return verdicts
    for line in place.read_text().splitlines():
        entry = json.loads(line)
        mutant = Mutant(**{name: entry[name] for name in names})
        verdicts.append(Verdict(mutant, Fate(entry["fate"]), entry["by"], entry["seconds"]))
    return verdicts
