# SPDX-License-Identifier: MIT
"""All rows of the bench on two servers, audited, and judged against what they should say.

    PYTHONPATH=. python3 -m tests.audit.bench_stage

prints the table: recall, false alarms, requests a target, seconds. With --keep it writes it into
README.md, too.
"""

from __future__ import annotations

import sys
import tempfile
import time
from collections.abc import Iterable
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.audit.behaviour import SEVERITIES, Behaviour
from tests.audit.correct_servers import CORRECT
from tests.audit.faulty_answers import FAULTS
from tests.audit.trusted_neighbours import NEIGHBOURS
from tests.audit.trusted_strangers import STRANGERS
from tests.support.cors_command import COMMAND
from tests.support.https_server import Answer, HttpsServer, Request, run_audit
from tests.support.https_server import Behaviour as Serve
from tests.support.readme_section import write_section

README = Path(__file__).resolve().parent / "README.md"
TABLE_BEGINS = "<!-- bench: python3 -m tests.audit.bench_stage --keep writes this -->\n"
TABLE_ENDS = "<!-- bench: end -->\n"

ROWS = [*STRANGERS, *NEIGHBOURS, *FAULTS, *CORRECT]


@dataclass(frozen=True)
class Outcome:
    """What the command said of a row, and what its server saw."""
    behaviour: Behaviour
    said: dict[str, Any]
    seen: list[Request]

    @property
    def findings(self) -> list[dict[str, Any]]:
        findings: list[dict[str, Any]] = self.said["findings"]
        return findings

    def missed(self) -> list[str]:
        found = {finding["rule"] for finding in self.findings}
        return [rules for rules in self.behaviour.finds if not found & set(rules.split("|"))]

    def false_alarms(self) -> list[str]:
        """Rules that are not true of the row."""
        right = {rule for rules in self.behaviour.finds for rule in rules.split("|")}
        right |= self.behaviour.may
        return [finding["rule"] for finding in self.findings if finding["rule"] not in right]

    def misjudged(self) -> list[str]:
        """Findings that are rated too high or too low."""
        wrong = []
        for rules, (least, most) in self.behaviour.finds.items():
            rated = [SEVERITIES.index(finding["severity"]) for finding in self.findings
                     if finding["rule"] in rules.split("|")]
            if rated and not (SEVERITIES.index(least) <= max(rated) <= SEVERITIES.index(most)):
                wrong.append(f"{rules} is {SEVERITIES[max(rated)]}, not {least} to {most}")
        return wrong

    def asked(self) -> list[str]:
        """The requests in a line each, for messages."""
        return [f"{each.method} {each.target} {each.first('Origin')}" for each in self.seen]


@dataclass(frozen=True)
class Bench:
    outcomes: list[Outcome]
    seconds: float


def path_length(behaviour: Behaviour) -> int:
    return len(behaviour.path)


class Stage:
    """Serves rows by their host, and by their path where several have the same."""

    def __init__(self, rows: Iterable[Behaviour], folder: Path, tls: bool) -> None:
        self._rows: dict[str, list[Behaviour]] = {}
        for behaviour in rows:
            self._rows.setdefault(behaviour.host, []).append(behaviour)
        folder.mkdir()
        serve: dict[str, Serve] = {host: self._answer for host in self._rows}
        self.server = HttpsServer(serve, folder, tls=tls)

    def _row_of(self, request: Request) -> Behaviour | None:
        rows = [each for each in self._rows[request.host] if request.path.startswith(each.path)]
        return max(rows, key=path_length) if rows else None

    def _answer(self, request: Request) -> Answer:
        behaviour = self._row_of(request)
        return behaviour.answer(request) if behaviour else Answer(404)

    def url(self, behaviour: Behaviour) -> str:
        return self.server.url(behaviour.host, behaviour.path + behaviour.query)

    def seen(self, behaviour: Behaviour) -> list[Request]:
        return [each for each in self.server.seen(behaviour.host)
                if self._row_of(each) is behaviour]


def audit_rows(rows: Iterable[Behaviour], *options: str) -> Bench:
    """One run of the command for all rows that are audited with the same options."""
    groups: dict[tuple[bool, tuple[str, ...]], list[Behaviour]] = {}
    for behaviour in rows:
        groups.setdefault((behaviour.by_http, behaviour.options), []).append(behaviour)
    outcomes: list[Outcome] = []
    seconds = 0.0
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        stages = {plain: Stage([row for (key, _), group in groups.items() for row in group
                                if key == plain], folder / str(plain), tls=not plain)
                  for plain in {plain for plain, _ in groups}}
        for stage in stages.values():
            stack.enter_context(stage.server)
        for (plain, own_options), group in groups.items():
            stage = stages[plain]
            begun = time.monotonic()
            audited = run_audit(COMMAND, stage.server, [stage.url(each) for each in group],
                                *own_options, *options)
            seconds += time.monotonic() - begun
            assert len(audited.targets) == len(group), audited.stderr
            outcomes += [Outcome(each, said, stage.seen(each))
                         for each, said in zip(group, audited.targets)]
    return Bench(outcomes, seconds)


def table(bench: Bench) -> list[str]:
    """What to show people."""
    kinds = {
        "exploitable": [each for each in bench.outcomes if each.behaviour.is_exploitable],
        "faulty, little or nothing gained": [
            each for each in bench.outcomes
            if not each.behaviour.is_safe and not each.behaviour.is_exploitable],
        "correct": [each for each in bench.outcomes if each.behaviour.is_safe]}
    lines = ["| servers | number | found | false alarms | requests, mean | most |",
             "|---|---:|---:|---:|---:|---:|"]
    for kind, outcomes in [*kinds.items(), ("all", bench.outcomes)]:
        found = sum(not each.missed() for each in outcomes if not each.behaviour.is_safe)
        faulty = sum(not each.behaviour.is_safe for each in outcomes)
        alarms = sum(len(each.false_alarms()) for each in outcomes)
        sent = [len(each.seen) for each in outcomes]
        lines.append(f"| {kind} | {len(outcomes)} | {f'{found} of {faulty}' if faulty else '-'} "
                     f"| {alarms} | {sum(sent) / max(1, len(sent)):.1f} "
                     f"| {max(sent, default=0)} |")
    sent_in_all = sum(len(each.seen) for each in bench.outcomes)
    return [*lines, "", f"{len(bench.outcomes)} targets, {sent_in_all} requests, "
                        f"{bench.seconds:.1f} s."]


def main() -> None:
    lines = []
    for option in ("", "--quick"):
        bench = audit_rows(ROWS, *filter(None, [option]))
        lines += [f"`cors audit {option}".strip() + "`:", "", *table(bench), ""]
    text = "\n" + "\n".join(lines)
    print(text)
    if "--keep" in sys.argv[1:]:
        write_section(README, TABLE_BEGINS, TABLE_ENDS, text)


if __name__ == "__main__":
    main()
