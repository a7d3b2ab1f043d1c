# SPDX-License-Identifier: MIT
"""That fuzzing finds what is broken, and counts what it did."""

from __future__ import annotations

import subprocess
from dataclasses import replace
from pathlib import Path

import pytest

from tests.fuzz import fuzz_files
from tests.fuzz.fuzz_build import Target
from tests.fuzz.fuzz_inputs import Input, read_inputs, write_corpus
from tests.fuzz.fuzz_record import Entry, section
from tests.fuzz.fuzz_rounds import Run, Shares, report
from tests.fuzz.fuzz_slice import Slice, run_slice, save_corpus

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
              quiet_cpu_seconds=60, crash=None, interrupted=False)


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


def test_the_section_says_what_was_measured() -> None:
    record = {"one": replace(Entry().after(QUIET), executions=1234567, cpu_seconds=1260,
                             quiet_cpu_seconds=660),
              "two": Entry().after(QUIET)}
    written = section(record)
    assert "2 targets, 1,235,567 executions in 22 CPU minutes; 1 of the targets" in written
    assert "| one | 1,234,567 | 21.0 | 11.0 | 10 | 90 | 0 |\n" in written


def test_time_is_shared_evenly() -> None:
    shares = Shares(seconds=600, targets=5, jobs=2)
    assert [shares.take() for _ in range(5)] == [239, 299, 399, 599, 599]


def test_inputs_are_named_as_libfuzzer_does() -> None:
    assert Input(b"").name == "da39a3ee5e6b4b0d3255bfef95601890afd80709"
