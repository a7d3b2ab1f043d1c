# SPDX-License-Identifier: MIT
"""Tools that are asked to end leave nothing behind, and two of them do not share a folder."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.cors_command import ROOT
from tests.support.ending import only_one, run_to_end
from tests.support.figures import Column, markdown, share, text, wilson
from tests.support.started import Started, children_of, wait_for

SECONDS = 20.0

# Starts what starts something itself, in a folder that is to go.
TOOL = """\
import sys, tempfile
from pathlib import Path
sys.path.insert(0, {root!r})
from tests.support.ending import end_cleanly, run_to_end
end_cleanly()
with tempfile.TemporaryDirectory(dir=".") as folder:
    run_to_end(["sh", "-c", {script!r}], Path.cwd())
"""
SCRIPT = """\
trap 'kill $!; wait; echo ended > ended; exit 1' TERM
sh -c 'echo $$ > started; exec sleep 600' &
wait
"""


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
def test_an_end_takes_all_along(number: signal.Signals, tmp_path: Path) -> None:
    started = tmp_path / "started"
    with Started([sys.executable, "-B", "-c", TOOL.format(root=str(ROOT), script=SCRIPT)],
                 tmp_path / "log", tmp_path) as tool:
        tool.wait_until(lambda: started.exists() and started.read_text().endswith("\n"),
                        "the tool", SECONDS)
        sleeper = Path("/proc", started.read_text().strip())
        tool.process.send_signal(number)
        assert tool.process.wait(SECONDS) == 128 + number, tool.said()
        wait_for(lambda: not sleeper.exists(), "the end of what it started", SECONDS)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["ended", "log", "started"]


def test_a_command_says_all_that_it_has_to(tmp_path: Path) -> None:
    done = run_to_end(["sh", "-c", 'echo "$WORD"; echo no >&2; pwd; exit 3'], tmp_path,
                      {"WORD": "yes"})
    assert (done.returncode, done.stdout, done.stderr) == (3, f"yes\n{tmp_path}\n", "no\n")
    with pytest.raises(subprocess.TimeoutExpired):
        run_to_end(["sleep", "600"], tmp_path, seconds=0.1)
    assert not children_of(os.getpid())


def test_a_folder_is_held_by_one(tmp_path: Path) -> None:
    with only_one(tmp_path / "work"):
        with pytest.raises(SystemExit, match="Another run uses"), \
                only_one(tmp_path / "work", wait=False):
            pass
        with only_one(tmp_path / "other", wait=False):
            pass
    with only_one(tmp_path / "work", wait=False):
        pass


def test_shares_say_how_sure_they_are() -> None:
    assert share(0, 0) == 1.0 and share(1, 4) == 0.25
    assert wilson(0, 0) == (0.0, 1.0)
    assert [round(bound, 3) for bound in wilson(0, 10)] == [0.0, 0.278]
    assert [round(bound, 3) for bound in wilson(385, 403)] == [0.931, 0.972]
    assert wilson(10, 10)[1] == 1.0


def test_tables() -> None:
    columns: list[Column[int]] = [Column("in words", lambda one: "i" * one, words=True),
                                  Column("figure", str)]
    assert text(columns, [1, 12]) == ("in words      figure\n"
                                      "i                  1\n"
                                      "iiiiiiiiiiii      12\n")
    assert markdown(columns, [2]) == "| in words | figure |\n| --- | ---: |\n| ii | 2 |\n"
