# SPDX-License-Identifier: MIT
"""The tests in C reach every line of the core, and what else they leave is explained."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.coverage.coverage_build import COUNTING, ROOT, count_core, export_counts, run_step
from tests.coverage.coverage_reading import FileCoverage, Outcome, read_coverage
from tests.coverage.coverage_reasons import Reason, judge, read_reasons
from tests.coverage.coverage_report import complaints, outcomes_reached, total

SMALL = """
static inline int is_digit(char byte) { return byte >= '0' && byte <= '9'; }
#define LARGER(left, right) ((left) > (right) ? (left) : (right))
int main(int count, char **arguments) {
    if (count > 2) {
        return is_digit(arguments[1][0]);
    }
    return LARGER(count, 1) - LARGER(count, 3) > 0;
}
"""


@pytest.fixture(scope="module")
def core() -> list[FileCoverage]:
    return read_coverage(count_core(), ROOT / "src" / "core")


def test_every_source_of_the_core_is_counted(core: list[FileCoverage]) -> None:
    sources = {path.name for path in (ROOT / "src" / "core").glob("*.c")}
    # A table is no code.
    assert sources - {one.name for one in core} == {"bytes.c", "browser_wordings.c"}


def test_the_core_is_covered(core: list[FileCoverage]) -> None:
    assert list(complaints(core, judge(core, read_reasons()))) == []


def count_small(folder: Path, *runs: list[str]) -> FileCoverage:
    """A small program of its own, run with some arguments."""
    source, program, merged = folder / "small.c", folder / "small", folder / "merged.profdata"
    source.write_text(SMALL)
    run_step(["clang", "-O0", *COUNTING, "-o", str(program), str(source)])
    for number, arguments in enumerate(runs):
        run_step(["sh", "-c", '"$@" || true', "sh", str(program), *arguments],
                 {"LLVM_PROFILE_FILE": str(folder / f"{number}.profraw")})
    run_step(["llvm-profdata-14", "merge", "-o", str(merged),
              *[str(path) for path in folder.glob("*.profraw")]])
    found = read_coverage(export_counts(merged, [program]), folder)
    assert [one.name for one in found] == ["small.c"]
    return found[0]


def test_a_line_that_is_not_run_is_seen(tmp_path: Path) -> None:
    small = count_small(tmp_path, [])
    assert small.unreached_lines == [2, 6, 7]
    assert small.lines == 8


def test_each_operand_is_a_condition_of_its_own(tmp_path: Path) -> None:
    """A lower bound that no test goes below, and a macro's expansions, each for itself."""
    small = count_small(tmp_path, [], ["5", "x"], ["x", "x"])
    assert small.unreached_lines == []
    assert small.outcomes == 10
    assert [str(outcome) for outcome in small.unreached] == [
        "small.c is_digit(): byte >= '0' is never false",
        "small.c main(): (left) > (right) is never true",
        "small.c main(): (left) > (right) is never true",
    ]
    assert small.unreached[0].line == 2


def test_reasons_are_held_against_the_counts() -> None:
    reached = Outcome("a.c", 3, "fold", "size > 0", "false")
    one = FileCoverage("a.c", lines=10, outcomes=80, unreached=[reached, reached])
    once = judge([one], [Reason("It may not.", (str(reached),))])
    assert once.unexplained == (reached,)
    assert "src/core/a.c:3: in fold(), size > 0 is never false" in "".join(complaints([one], once))
    thrice = judge([one], [Reason("It may not.", (str(reached),) * 3)])
    assert thrice.unexplained == ()
    assert thrice.needless == ("a.c fold(): size > 0 is never false",)
    assert "needs no reason any more" in "".join(complaints([one], thrice))


def test_too_little_is_too_little_whatever_the_reasons() -> None:
    left = Outcome("a.c", 3, "fold", "size > 0", "false")
    one = FileCoverage("a.c", lines=10, outcomes=19, unreached=[left])
    assert outcomes_reached(total([one])) < 0.95
    verdict = judge([one], [Reason("It may not.", (str(left),))])
    assert list(complaints([one], verdict)) == [
        "only 94.7% of outcomes are reached, and 95.0% are wanted"]
    unrun = FileCoverage("b.c", lines=10, unreached_lines=[7])
    assert "src/core/b.c:7: no test runs this line" in complaints([unrun], judge([unrun], []))
