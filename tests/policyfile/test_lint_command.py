# SPDX-License-Identifier: MIT
"""cors lint as a command: exit codes, forms of output, several files, hostile names."""

from __future__ import annotations

import os
import pty
import subprocess
from pathlib import Path

import pytest

from drawn_case import Problem, read_problems
from tests.support.cors_command import COMMAND, SECONDS, cors_environment, run_cors

FINE = "policies:\n  - allow_origins: [https://app.example.com]\n"
INFO = "policies:\n  - allow_origins: [HTTPS://app.example.com]\n"
WARNING = "policies:\n  - allow_origins: [http://app.example.com]\n"
ERROR = "policies:\n  - allow_origins: [https://app.example.com/]\n"


@pytest.fixture(name="folder")
def make_folder(tmp_path: Path) -> Path:
    for name, text in (("fine", FINE), ("info", INFO), ("warning", WARNING), ("error", ERROR)):
        (tmp_path / f"{name}.yaml").write_text(text)
    return tmp_path


@pytest.mark.parametrize("arguments, code, summary", [
    ("fine.yaml", 0, "no problems"),
    ("info.yaml", 0, "1 info"),
    ("warning.yaml", 0, "1 warning"),
    ("error.yaml", 1, "1 error"),
    ("--strict fine.yaml", 0, "no problems"),
    ("--strict info.yaml", 0, "1 info"),
    ("--strict warning.yaml", 1, "1 warning"),
    ("--strict error.yaml", 1, "1 error"),
    ("fine.yaml error.yaml warning.yaml error.yaml info.yaml", 1, "2 errors, 1 warning, 1 info"),
    ("missing.yaml", 1, "1 error"),
])
def test_exit_codes_and_summaries(arguments: str, code: int, summary: str, folder: Path) -> None:
    done = run_cors(["lint", *arguments.split()], folder)
    assert (done.code, done.stderr) == (code, f"{summary}\n")
    if summary == "no problems":
        assert done.stdout == ""


@pytest.mark.parametrize("arguments, words", [
    ("", "name a policy file"),
    ("--strict", "name a policy file"),
    ("--bogus fine.yaml", "--bogus"),
    ("--env", "--env"),
    ("--color sometimes fine.yaml", "--color"),
])
def test_wrong_usage(arguments: str, words: str, folder: Path) -> None:
    done = run_cors(["lint", *arguments.split()], folder)
    assert (done.code, done.stdout) == (2, "")
    assert done.stderr.startswith("cors") and words in done.stderr


def test_the_form_for_people(folder: Path) -> None:
    done = run_cors(["lint", "error.yaml"], folder)
    lines = done.stdout.splitlines()
    assert lines[0].startswith("error.yaml:2:21: error: \"https://app.example.com/\" ")
    assert lines[0].endswith(" [origin-path]")
    assert lines[1:] == ["      - allow_origins: [https://app.example.com/]",
                         "                        ^",
                         "    write: https://app.example.com"]


def test_several_files_in_one_object(folder: Path) -> None:
    done = run_cors(["lint", "--json", "error.yaml", "fine.yaml", "warning.yaml"], folder)
    assert (done.code, done.stderr) == (1, "")
    assert read_problems(done.stdout) == [
        Problem("error.yaml", 2, 21, "origin-path", "error", "https://app.example.com"),
        Problem("warning.yaml", 2, 21, "insecure-origin", "warning", None)]
    assert run_cors(["lint", "--json", "fine.yaml"], folder).stdout == '{"problems":[]}\n'


def test_the_caret_stands_under_wide_characters_and_tabs(tmp_path: Path) -> None:
    (tmp_path / "wide.yaml").write_text(
        'policies:\n  - {path: "/例え/e\u0301\t", allow_origins: [https://a.example/]}\n')
    lines = run_cors(["lint", "wide.yaml"], tmp_path).stdout.splitlines()
    place = [index for index, line in enumerate(lines) if "[origin-path]" in line][0]
    before, shown, caret = lines[place:place + 3]
    assert before.startswith("wide.yaml:2:39: ")
    assert "\t" not in shown
    # The two ideographs take two columns each, the combining accent none.
    assert caret.index("^") == shown.index("https:") + 2 - 1


def test_a_long_line_is_cut_around_the_place(tmp_path: Path) -> None:
    origins = ", ".join(f"https://a{number}.example.com" for number in range(100))
    (tmp_path / "long.yaml").write_text(
        f"policies:\n  - allow_origins: [{origins}, https://b.example/, {origins}]\n")
    lines = run_cors(["lint", "long.yaml"], tmp_path).stdout.splitlines()
    shown, caret = lines[1:3]
    assert len(shown) < 200 and shown.startswith("    …") and shown.endswith("…")
    assert shown[caret.index("^"):].startswith("https://b.example/, ")


def on_a_terminal(arguments: list[str], folder: Path, variables: dict[str, str]) -> bytes:
    """What the command writes to standard output where that is a terminal."""
    ours, theirs = pty.openpty()
    with subprocess.Popen([COMMAND, *arguments], cwd=folder, stdout=theirs,
                          stderr=subprocess.DEVNULL, env=cors_environment(variables)) as process:
        os.close(theirs)
        written = b""
        try:
            while piece := os.read(ours, 65536):
                written += piece
        except OSError:  # the other end is closed
            pass
        os.close(ours)
        process.wait(SECONDS)
    return written


@pytest.mark.parametrize("options, variables, coloured", [
    ([], {}, True),
    (["--color", "auto"], {"NO_COLOR": ""}, True),
    ([], {"NO_COLOR": "1"}, False),
    (["--color", "never"], {}, False),
    (["--color=always"], {"NO_COLOR": "1"}, True),
])
def test_colours_on_a_terminal(options: list[str], variables: dict[str, str], coloured: bool,
                               folder: Path) -> None:
    written = on_a_terminal(["lint", *options, "error.yaml"], folder, variables)
    assert b"origin-path" in written
    assert (b"\x1b[" in written) == coloured


def test_colours_in_a_pipe_only_when_asked(folder: Path) -> None:
    assert "\x1b" not in run_cors(["lint", "error.yaml"], folder).stdout
    assert "\x1b" in run_cors(["lint", "--color", "always", "error.yaml"], folder).stdout
    assert "\x1b" not in run_cors(["lint", "--color", "always", "--json", "error.yaml"],
                                  folder).stdout


def test_nothing_hostile_reaches_the_terminal(tmp_path: Path) -> None:
    name = "a\x1b[2J\n\u202eb\x9b.yaml"
    (tmp_path / name).write_text(
        "policies:\n  - allow_origins: [\"https://a.example/\\e[31m\"] # \u202e \u2066\n"
        "    \"\\e]0;x\\a\": 1\n")
    done = run_cors(["lint", name], tmp_path)
    assert done.code == 1
    assert done.stdout.count("\ufffd") > 4
    for hostile in "\x1b\x07\x9b\u202e\u2066":
        assert hostile not in done.stdout
    heads = [line for line in done.stdout.splitlines() if line.startswith("a\ufffd[2J\ufffd")]
    assert len(heads) == 2
    problems = read_problems(run_cors(["lint", "--json", name], tmp_path).stdout)
    assert {problem.file for problem in problems} == {name}


def test_a_file_name_that_is_not_utf8(tmp_path: Path) -> None:
    name = b"caf\xe9.yaml"
    with open(os.path.join(os.fsencode(tmp_path), name), "wb") as policy:
        policy.write(ERROR.encode())
    done = subprocess.run([os.fsencode(COMMAND), b"lint", b"--json", name], cwd=tmp_path,
                          capture_output=True, timeout=SECONDS, check=False)
    assert [problem.file for problem in read_problems(done.stdout.decode())] == ["caf\ufffd.yaml"]


def test_output_that_cannot_be_written(folder: Path) -> None:
    plain: list[str] = []
    for options in (plain, ["--json"]):
        with open("/dev/full", "wb") as full:
            done = run_cors(["lint", *options, "error.yaml"], folder, stdout=full)
        assert done.code == 3
        assert "cannot be written" in done.stderr
