# SPDX-License-Identifier: MIT
"""Runs rounds of pairs for a time, and makes what disagrees small enough to read."""

from __future__ import annotations

import json
import multiprocessing
import os
import shutil
import subprocess
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.differential.answer_pair import Disagreement, Json, Pair, Round, Unaskable, round_random
from tests.differential.case_shrinking import shrink

ROUNDS_MAX = 1_000_000  # of one run; each has a seed of its own
SHOWN = 2500  # characters of a case, or of what was said, on the terminal
SHRINKING_SECONDS = 30.0  # after which a smaller case is not worth the wait
ROOT = Path(__file__).resolve().parents[2]
# Where cases are left that disagree; elsewhere for those that disagree on purpose.
KEPT = Path(os.environ.get("CORS_DIFFERENTIAL_KEPT", ROOT / "build" / "differential"))


@dataclass
class Outcome:
    """What came of a pair's time."""

    pair: str
    parties: str
    seed: int
    rounds: int = 0
    executions: int = 0
    disagreements: int = 0
    seconds: float = 0.0
    outcomes: Counter[str] = field(default_factory=Counter)
    report: str = ""  # of the first round in which they disagreed


@contextmanager
def private_folder(pair: str) -> Iterator[Path]:
    """A folder whose name is short enough for a Unix socket, gone when it is left."""
    path = Path(tempfile.mkdtemp(prefix=f"cors-{pair[:20]}-"))
    try:
        yield path
    finally:
        shutil.rmtree(path, ignore_errors=True)


def compare_in(folder: Path, pair: Pair, cases: list[Json]) -> Round:
    """Asks both in an empty folder."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    return pair.compare(cases, folder)


def first_disagreement(folder: Path, pair: Pair, case: Json) -> Disagreement | None:
    """None also where the case is none any more, which shows in more ways than can be named."""
    try:
        found = compare_in(folder, pair, [case]).disagreements
    except Exception:  # pylint: disable=broad-except
        return None
    return found[0] if found else None


def smallest(folder: Path, pair: Pair, found: Disagreement, seconds: float) -> Disagreement:
    """The disagreement with as little of its case as still shows one."""
    if found.whole:
        return found
    case = shrink(found.case, lambda less: first_disagreement(folder, pair, less) is not None,
                  seconds)
    return first_disagreement(folder, pair, case) or found


def again(pair: str, seed: int, number: int) -> str:
    return f"tests/differential/run --pair {pair} --seed {seed} --round {number}"


def clipped(text: str) -> str:
    return text if len(text) <= SHOWN else f"{text[:SHOWN]} … ({len(text)} characters)"


def keep(pair: str, case: Json) -> Path:
    """Writes a case to where it can be looked at, whole."""
    KEPT.mkdir(parents=True, exist_ok=True)
    path = KEPT / f"{pair}.json"
    path.write_text(json.dumps(case, indent=1, ensure_ascii=False) + "\n")
    return path


def run_round(folder: Path, pair: Pair, outcome: Outcome, number: int, shrinking: float) -> None:
    cases = pair.draw(round_random(pair.name, outcome.seed, number))
    try:
        done = compare_in(folder, pair, cases)
    except (Unaskable, AssertionError, json.JSONDecodeError, subprocess.SubprocessError) as error:
        # What is drawn is meant to be answered: by a refusal, a crash or a hang it is not.
        done = Round(disagreements=[Disagreement({}, f"no answer: {error}", whole=True)])
    outcome.rounds += 1
    outcome.executions += done.executions
    outcome.outcomes += done.outcomes
    outcome.disagreements += len(done.disagreements)
    if done.disagreements:
        first = done.disagreements[0]
        least = smallest(folder, pair, first, shrinking)
        outcome.report = "\n".join([
            f"{pair.name} disagree: {again(pair.name, outcome.seed, number)}",
            clipped(json.dumps(least.case, ensure_ascii=False)), clipped(least.told),
            f"found as: {clipped(first.told)}", f"the case: {keep(pair.name, least.case)}"])


def run_pair(pair: Pair, seed: int, seconds: float, rounds: Sequence[int] = (),
             shrinking: float = SHRINKING_SECONDS) -> Outcome:
    """The rounds, or as many as the seconds have room for, but one at least; a round with a
    disagreement is the last, and its case is made smaller for some seconds."""
    outcome = Outcome(pair.name, pair.parties, seed)
    start = time.monotonic()
    with private_folder(pair.name) as folder:
        for number in rounds or range(ROUNDS_MAX):
            run_round(folder / "round", pair, outcome, number, shrinking)
            outcome.seconds = time.monotonic() - start
            if outcome.disagreements or (not rounds and outcome.seconds >= seconds):
                break
    return outcome


@contextmanager
def ending_with_us(pool: ProcessPoolExecutor) -> Iterator[None]:
    """Has the processes of a pool end early, with what they started, where we do."""
    try:
        yield
    except BaseException:
        pool.shutdown(wait=False, cancel_futures=True)
        for process in multiprocessing.active_children():
            process.terminate()
        raise


def run_named(find: Callable[[str], Pair], name: str, seed: int, seconds: float) -> Outcome:
    """run_pair() for another process, which finds the pair by its name."""
    return run_pair(find(name), seed, seconds)


def run_pairs(find: Callable[[str], Pair], names: Sequence[str], seed: int, seconds: float,
              jobs: int, tell: Callable[[Outcome], Any]) -> list[Outcome]:
    """All of them within the seconds, evenly, `jobs` at once; `tell` hears of each as it ends."""
    share = seconds * jobs / len(names)
    outcomes = {}
    with ProcessPoolExecutor(jobs) as pool, ending_with_us(pool):
        running = [pool.submit(run_named, find, name, seed, share) for name in names]
        for done in as_completed(running):
            outcome = done.result()
            outcomes[outcome.pair] = outcome
            tell(outcome)
    return [outcomes[name] for name in names]
