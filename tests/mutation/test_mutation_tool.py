# SPDX-License-Identifier: MIT
"""The tool that puts faults into the core: what it changes, and that it tells killed from not."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from tests.mutation.c_source import Source
from tests.mutation.judgement import Fate, Judge, NotSound, Verdict
from tests.mutation.killers import program
from tests.mutation.mutant import Mutant
from tests.mutation.mutant_choice import choose, find_all, find_mutants
from tests.mutation.mutation_report import Run, section, shortcomings, table, weighted_share
from tests.mutation.mutation_results import (NAMES, SURVIVORS, First, Log, Results, merged,
                                             read_log, read_reasons, write_log)
from tests.mutation.mutations import all_changes
from tests.mutation.work_tree import tree_digest
from tests.support.ending import only_one

ROOT = Path(__file__).resolve().parents[2]
CORE = ROOT / "src" / "core"
POSSIBLE = find_all(CORE)

# A line of a function, and every line that becomes of it.
CHANGED = [
    ("x = y;", {";"}),
    ("return;", set()),
    ("size_t n = size;", set()),
    ("f(n);", {";"}),
    ("(void)n;", set()),
    ("*at = n;", {";"}),
    ("break;", {";"}),
    ("if (a < n) {}", {"if (a <= n) {}", "if (!(a < n)) {}"}),
    ("if (a && !b) {}", {"if (a || !b) {}", "if (a && b) {}", "if (!(a && !b)) {}"}),
    ("for (; p->n; n++) {}", {"for (; p->n; n--) {}"}),
    ("size_t k = a + (n & m);", {"size_t k = a - (n & m);", "size_t k = a + (n | m);"}),
    ("char *c = &n;", set()),
    ("size_t k = n * m;", set()),  # might be a pointer's declaration
    ("size_t k = n ? a : b;", {"size_t k = !(n) ? a : b;"}),
    ("bool k = true;", {"bool k = false;"}),
    ("int k = 0x1fU;", {"int k = 0x20U;", "int k = 0x1eU;"}),
    ("int k = 0;", {"int k = 1;"}),
    ("char k = 'a';", {"char k = ('a' + 1);"}),
    ('f("ab\\n", "");', {'f("ab", "");', ";"}),
    ("int k = A_ONE;", {"int k = A_TWO;"}),
    ("return n;", {"return 0;", "return (n) + 1;"}),
    ("// a < b", set()),
    ('f("a < b");', {'f("a < ");', ";"}),
]


@pytest.mark.parametrize("line, expected", CHANGED, ids=[line for line, _ in CHANGED])
def test_each_way_to_be_wrong(line: str, expected: set[str]) -> None:
    others = "enum { A_ONE, A_TWO };\nstatic int name(void) {\n"
    source = Source(f"{others}    {line}\n}}\n")
    becomes = set()
    for _, change in all_changes(source):
        text = source.text[:change.start] + change.after + source.text[change.end:]
        becomes.add(text.splitlines()[2].strip())
    assert becomes == expected


def test_only_tables_enums_and_functions_change() -> None:
    source = Source("#define N (1 + 2)\nstruct s { int bits : 3; };\nint f(int n[4]);\n"
                    "enum { K = 5 };\nstatic const int t[6] = {7};\n")
    assert {source.text[change.start:change.end] for _, change in all_changes(source)} == {"5", "7"}


def test_every_file_of_the_core_has_its_share() -> None:
    chosen = choose(POSSIBLE, seed=1, count=450)
    assert len(chosen) >= 300
    with_code = {file.name for file in CORE.glob("*.c")}
    assert with_code <= {mutant.file for mutant in chosen}


def test_a_seed_draws_the_same_ones_again() -> None:
    assert choose(POSSIBLE, 7, 300) == choose(find_all(CORE), 7, 300) != choose(POSSIBLE, 8, 300)


def test_a_name_stands_for_one_mutant() -> None:
    names = [mutant.name for mutants in POSSIBLE.values() for mutant in mutants]
    assert len(names) == len(set(names))


def test_a_name_outlives_changes_elsewhere(tmp_path: Path) -> None:
    file = tmp_path / "origin.c"
    text = (CORE / "origin.c").read_text()
    file.write_text(text.replace("\n\n", "\n\nenum { NEWLY_HERE };\n\n", 1))
    known = {mutant.name for mutant in POSSIBLE["origin.c"]}
    assert known <= {mutant.name for mutant in find_mutants(file)}


def test_each_reason_belongs_to_a_mutant_that_is_drawn_or_could_be() -> None:
    names = {mutant.name for mutants in POSSIBLE.values() for mutant in mutants}
    missing = [name for name in read_reasons() if name not in names]
    assert not missing, f"the lines of these changed; try them again: {missing}"
    assert SURVIVORS.read_text().count('"reason"') == len(read_reasons())


@pytest.fixture(name="judge", scope="module")
def started_judge() -> Iterator[Judge]:
    """In a tree that the next run finds built, below build/."""
    folder = ROOT / "build" / "mutation" / "small"
    with only_one(folder):
        yield Judge(ROOT, folder, lambda tree: [program("tests/core/test_http_names")])


def mutant(file: str, before: str, after: str) -> Mutant:
    text = (CORE / file).read_text()
    start = text.index(before)
    return Mutant(file, 1, "", before, "made", before, after, 0, start, start + len(before))


def fate(judge: Judge, tried: Mutant) -> Verdict:
    verdicts: list[Verdict] = []
    judge.judge_file(tried.file, [tried], verdicts.append)
    assert judge.tree.read(tried.file) == (CORE / tried.file).read_text()
    return verdicts[0]


def test_a_fault_that_a_test_sees_is_killed(judge: Judge) -> None:
    judge.check_tests()
    verdict = fate(judge, mutant("http_names.c", '"sec-"', '"sex-"'))
    assert (verdict.fate, verdict.by) == (Fate.KILLED, "test_http_names")


def test_an_endless_loop_is_killed(judge: Judge) -> None:
    assert fate(judge, mutant("http_names.c", "list++", "")).fate is Fate.KILLED


def test_a_fault_that_no_test_sees_survives(judge: Judge) -> None:
    fault = mutant("server_path.c", "READ_TWICE = 32", "READ_TWICE = 64")
    assert fate(judge, fault).fate is Fate.SURVIVED


def test_the_same_program_written_otherwise_is_not_tried(judge: Judge) -> None:
    assert fate(judge, mutant("http_names.c", "name.size == 0", "0 == name.size")).fate is Fate.SAME


def test_what_does_not_compile_is_refused(judge: Judge) -> None:
    assert fate(judge, mutant("http_names.c", "list++", "list+")).fate is Fate.REFUSED


def test_tests_that_fail_by_themselves_judge_nothing(judge: Judge) -> None:
    fault = mutant("http_names.c", '"sec-"', '"sex-"')
    judge.tree.write(fault.file, fault.applied(judge.tree.read(fault.file)))
    try:
        judge.tree.make(["tests/core/test_http_names"])
        with pytest.raises(NotSound, match="test_http_names fails"):
            judge.check_tests()
    finally:
        judge.tree.write(fault.file, (CORE / fault.file).read_text())
        judge.tree.make(["tests/core/test_http_names"])


def results(*fates: Fate, reasons: int = 0) -> Results:
    mutants = POSSIBLE["origin.c"][:len(fates)]
    return Results([Verdict(tried, fate) for tried, fate in zip(mutants, fates)],
                   {tried.name: "why" for tried in mutants[:reasons]})


def test_a_survivor_wants_a_reason() -> None:
    enough = [Fate.KILLED] * 19
    assert "No test notices" in shortcomings(results(Fate.SURVIVED, *enough), CORE)
    assert shortcomings(results(Fate.SURVIVED, *enough, reasons=1), CORE) == ""


def test_a_needless_reason_is_told() -> None:
    assert "take it out" in shortcomings(results(Fate.KILLED, reasons=1), CORE)


def test_too_few_killed_are_told() -> None:
    found = results(Fate.SURVIVED, *[Fate.KILLED] * 18, Fate.SAME, Fate.REFUSED, reasons=1)
    assert "94.7% of the mutants were killed" in shortcomings(found, CORE)
    assert table(found).splitlines()[-1].split() == [
        "all", "21", "1", "1", "19", "18", "1", "94.7%"]


def test_the_page_hides_no_survivor() -> None:
    found = results(Fate.SURVIVED, Fate.SURVIVED, *[Fate.KILLED] * 18, reasons=1)
    page = section(found, Run(71, 200, First(21, 17, 0.8), 2, 600.0))
    assert "Of 200 places" in page and "by seed 71" in page
    assert "| at first | 21 | 17 (81.0%) | | |" in page
    assert "| now | 20 | 18 (90.0%) | 1 | 1 |" in page
    assert "60.0% to 92.3% were killed at first" in page  # as tables of Wilson's interval have it
    assert "with each file counted by its size, 80.0%. 1 that survived was of code" in page
    assert page.count("**No reason: a test is wanting.**") == 1


def test_small_files_weigh_little() -> None:
    here, there = POSSIBLE["origin.c"][0], POSSIBLE["bytes.h"][0]
    found = Results([Verdict(here, Fate.KILLED), Verdict(there, Fate.SURVIVED)], {})
    assert weighted_share(found, {"origin.c": 90, "bytes.h": 10, "untried.c": 50}) == 0.9


def test_verdicts_are_kept_and_replaced(tmp_path: Path) -> None:
    place = tmp_path / "verdicts.jsonl"
    assert read_log(place) == Log()
    first = sorted(results(Fate.SURVIVED, Fate.KILLED).verdicts, key=lambda one: one.mutant)
    log = Log("a tree", 7, 330, fresh=True, seconds=2.5, first=First(9, 8, 0.75), verdicts=first)
    write_log(place, log)
    assert read_log(place) == log
    better = replace(first[0], fate=Fate.KILLED, by="test_origin", seconds=1.5)
    assert merged(first, [better]) == [first[1], better]


def test_a_tree_is_told_by_sources_and_tests(tmp_path: Path) -> None:
    subprocess.run(["git", "init", "-q", str(tmp_path)], check=True)
    digests = []
    for name in ("src/core/a.c", "tests/core/a.c", "docs/a.md", "tests/fuzz/corpora/a.corpus"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("here")
        digests.append(tree_digest(tmp_path))
    assert digests[0] != digests[1] == digests[2] == digests[3]


def test_names_are_whole() -> None:
    """What survivors.json is read by is what a mutant is known by."""
    one = POSSIBLE["origin.c"][0]
    assert tuple(getattr(one, name) for name in NAMES) == one.name
