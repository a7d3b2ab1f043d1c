# SPDX-License-Identifier: MIT
"""That fuzzing finds what is broken, and counts what it did."""

from __future__ import annotations

import subprocess
from dataclasses import replace
from pathlib import Path

import pytest

from tests.fuzz import fuzz_files, fuzz_rounds, fuzz_slice
from tests.fuzz.fuzz_build import Target
from tests.fuzz.fuzz_inputs import Input, read_inputs, write_corpus
from tests.fuzz.fuzz_record import Entry, read_record, section
from tests.fuzz.fuzz_rounds import Campaign, Run, Shares, chosen, report
from tests.fuzz.fuzz_slice import Crash, Slice, run_slice, save_corpus

FAULTY = """
#include "invariant.h"
#include <stddef.h>
#include <stdint.h>
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
static volatile int letters;
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    letters = 0;
    if (size >= 3 && data[0] == 'b') {
        letters = 1;
        if (data[1] == 'o') {
            letters = 2;
            INVARIANT(data[2] != 'o' || SOUND, "nobody says boo");
        }
    }
    return 0;
}
"""
HEADERS = fuzz_files.HERE
QUIET = Slice(executions=1000, cpu_seconds=60, edges=10, edges_known=90, new_edges=0,
              quiet_cpu_seconds=60, crash=None)
CRASH = Crash("faulty", "invariant broken: nobody says boo", Path("crash-boo"), b"boo")


def compiled(folder: Path, sound: bool) -> Target:
    source = folder / "faulty.c"
    source.write_text(FAULTY)
    program = folder / "fuzz_faulty"
    subprocess.run(["clang", "-g", "-O1", "-fsanitize=fuzzer,address", f"-DSOUND={int(sound)}",
                    f"-I{HEADERS}", str(source), "-o", str(program)], check=True)
    return Target("faulty", program, ["-seed=1"])


@pytest.fixture
def apart(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A place of its own for all that fuzzing makes and keeps."""
    monkeypatch.setattr(fuzz_files, "BUILD", tmp_path / "build")
    monkeypatch.setattr(fuzz_files, "HERE", tmp_path)
    monkeypatch.setattr(fuzz_files, "RECORD", tmp_path / "campaign.json")
    (tmp_path / "build").mkdir()
    return tmp_path


def test_a_fault_is_found_and_made_small(tmp_path: Path, apart: Path) -> None:
    target = compiled(tmp_path, sound=False)
    write_corpus(fuzz_files.corpus_text("faulty"), [b"bo", b"something quite else, boring"])
    run = run_slice(target, 60)
    assert run.crash is not None
    assert run.crash.blame == "invariant broken: nobody says boo"
    assert run.crash.data == b"boo"
    shown = report([Run(target, run)])
    assert f"  {run.crash.path}\n  boo\n" in shown
    assert run.executions > 0 and run.cpu_seconds > 0 and run.edges > 0


def test_a_crash_while_the_corpus_is_read_is_no_quiet_time(
        tmp_path: Path, apart: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fuzz_slice, "MINIMIZE_SECONDS", 1)
    target = compiled(tmp_path, sound=False)
    write_corpus(fuzz_files.corpus_text("faulty"), [b"boo"])
    run = run_slice(target, 60)
    assert run.crash is not None and run.cpu_seconds > 0
    assert run.quiet_cpu_seconds == 0 and run.new_edges == 0


def test_what_is_sound_is_counted_and_kept(tmp_path: Path, apart: Path) -> None:
    target = compiled(tmp_path, sound=True)
    run = run_slice(replace(target, options=["-runs=500000"]), 60)
    assert run.crash is None
    assert run.executions >= 500_000
    assert run.new_edges > 0 and run.edges <= run.edges_known
    save_corpus(target)
    kept = [entry.data for entry in read_inputs(fuzz_files.corpus_text("faulty"))]
    assert any(data.startswith(b"bo") for data in kept)


def test_a_target_is_done_after_20_minutes_and_10_without_a_new_edge() -> None:
    entry = Entry()
    for _ in range(19):
        entry = entry.after(QUIET)
    assert entry.cpu_seconds == 19 * 60 and not entry.is_done
    entry = entry.after(replace(QUIET, new_edges=1, quiet_cpu_seconds=5))
    assert entry.quiet_cpu_seconds == 5 and not entry.is_done
    for _ in range(9):
        entry = entry.after(QUIET)
    assert not entry.is_done
    entry = entry.after(QUIET)
    assert entry.is_done and entry.executions == 30_000 and entry.crashes == 0


def test_a_target_that_crashed_is_not_done_until_a_run_without() -> None:
    entry = Entry()
    for _ in range(20):
        entry = entry.after(QUIET)
    assert entry.is_done
    entry = entry.after(replace(QUIET, crash=CRASH))
    assert not entry.is_done and entry.crashes == 1
    entry = entry.after(QUIET)
    assert entry.is_done and entry.crashes == 1


def test_a_record_without_what_came_later_is_read(apart: Path) -> None:
    fuzz_files.RECORD.write_text('{"one": {"executions": 7, "crashes": 2}}')
    assert read_record() == {"one": Entry(executions=7, crashes=2)}


def test_a_campaign_is_of_the_named_and_says_that_one_crashed(
        tmp_path: Path, apart: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    target = compiled(tmp_path, sound=False)
    other = replace(target, name="other", program=tmp_path / "none")
    write_corpus(fuzz_files.corpus_text("faulty"), [b"boo"])
    monkeypatch.setattr(fuzz_slice, "MINIMIZE_SECONDS", 1)
    monkeypatch.setattr(fuzz_rounds, "build_what_compiles", lambda: ([target, other], ""))
    campaign = Campaign(["faulty"], minutes=0.05, jobs=1)
    campaign.run()
    assert campaign.crashed and list(read_record()) == ["faulty"]
    with pytest.raises(SystemExit, match="There is no target third"):
        chosen([target, other], ["other", "third"])
    assert chosen([target, other], []) == [target, other]


def test_the_section_says_what_was_measured() -> None:
    record = {"one": replace(Entry().after(QUIET), executions=1234567, cpu_seconds=1260,
                             quiet_cpu_seconds=660, crashes=3),
              "two": Entry().after(QUIET)}
    written = section(record)
    assert "2 targets, 1,235,567 executions in 22 CPU minutes. Done: 1 of them" in written
    assert "| one | 1,234,567 | 21.0 | 11.0 | 10 | 90 | 3 | 0 |\n" in written


def test_time_is_shared_evenly() -> None:
    shares = Shares(seconds=600, targets=5, jobs=2)
    assert [shares.take() for _ in range(5)] == [239, 299, 399, 599, 599]


def test_inputs_are_named_as_libfuzzer_does() -> None:
    assert Input(b"").name == "da39a3ee5e6b4b0d3255bfef95601890afd80709"
