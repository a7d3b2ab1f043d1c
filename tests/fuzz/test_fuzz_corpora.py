# SPDX-License-Identifier: MIT
"""What fuzzing keeps: every input of the corpora and every reproducer, replayed by its target.

The targets are built with AddressSanitizer and UndefinedBehaviorSanitizer, in build/fuzz.
"""

from __future__ import annotations

import re
import subprocess
from functools import lru_cache
from pathlib import Path

import pytest

from tests.fuzz import fuzz_files
from tests.fuzz.fuzz_build import Target, build
from tests.fuzz.fuzz_inputs import from_line, parse_inputs, read_inputs, to_line, unpack
from tests.fuzz.fuzz_slice import command, environment, kept_inputs

SECONDS_MAX = 300  # far above what any target takes for its corpus
NAMES = sorted(path.stem for path in (fuzz_files.HERE / "corpora").glob("*.corpus"))


@lru_cache(maxsize=None)
def targets() -> dict[str, Target]:
    return {target.name: target for target in build()}


def test_every_target_has_a_corpus() -> None:
    assert sorted(targets()) == NAMES


def test_every_kept_file_is_of_a_target() -> None:
    kept = [path for folder in ("dictionaries", "reproducers", "seeds")
            for path in (fuzz_files.HERE / folder).iterdir()]
    assert [path for path in kept if path.stem not in targets()] == []


@pytest.mark.parametrize("name", NAMES)
def test_replay(name: str, tmp_path: Path) -> None:
    target = targets()[name]
    count = unpack(kept_inputs(name), tmp_path)
    dictionary = fuzz_files.dictionary(name)
    options = [f"-dict={dictionary}"] if dictionary.exists() else []
    done = subprocess.run(command(target, ["-runs=0", *options], tmp_path), env=environment(),
                          cwd=tmp_path, capture_output=True, text=True, errors="replace",
                          timeout=SECONDS_MAX)
    assert done.returncode == 0, done.stderr
    assert f"INFO: {count:8d} files found" in done.stderr
    # The empty input comes first; and what seems to leak is run again.
    runs = re.search(r"^Done (\d+) runs", done.stderr, re.MULTILINE)
    assert runs and int(runs[1]) > count


@pytest.mark.parametrize("name", NAMES)
def test_reproducers_say_what_they_broke(name: str) -> None:
    path = fuzz_files.reproducers_text(name)
    assert [entry for entry in read_inputs(path) if not entry.comment] == []


@pytest.mark.parametrize("data, line", [
    (b"https://a.example", "https://a.example"),
    (b"a b", "a b"),
    (b" a ", "\\x20a\\x20"),
    (b" ", "\\x20"),
    (b"#a#", "\\x23a#"),
    (b"a\\x41\n\x00\xff\x7f", "a\\x5cx41\\x0a\\x00\\xff\\x7f"),
    (bytes(range(256)), None),
])
def test_an_input_is_written_and_read(data: bytes, line: str | None) -> None:
    written = to_line(data)
    assert line in (None, written)
    assert from_line(written) == data
    assert written.isascii() and written.isprintable()


@pytest.mark.parametrize("line", ["\\x41", "a\\", "\\x5Cx", "a\\x0A", " a", "tab\there"])
def test_an_input_is_written_in_one_way(line: str) -> None:
    with pytest.raises(ValueError, match="not the way to write an input"):
        from_line(line)


def test_comments_belong_to_the_input_below() -> None:
    text = "# SPDX\n\n# one\n# thing\na\nb\n\n# another\nc\n"
    assert [(entry.data, entry.comment) for entry in parse_inputs(text)] == [
        (b"a", "one thing"), (b"b", ""), (b"c", "another")]
