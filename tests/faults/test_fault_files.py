# SPDX-License-Identifier: MIT
"""Files that change while they are read, and disks that are full."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
from pathlib import Path

import pytest

from tests.faults.changing_files import (
    CHANGES, GONE, Change, own_open, run_changed, run_while_changing, said, usual_calls)
from tests.faults.fault_judge import same_answer
from tests.faults.fault_runs import NO_FAULT, Command, Seen, run_command
from tests.faults.faulted_commands import (
    ANSWER, FILES, LISTED, MESSAGE, POLICY, decide_lines, without_quoted_lines, without_seconds)
from tests.support.cors_command import COMMAND, cors_environment, run_cors
from tests.support.nginx_server import nginx_module
from tests.support.reachable_folder import reachable_folder

LAST_CALLS = 2  # before these a program looks at its files; what is earlier is its start

HAR = ('{"log": {"entries": [{"request": {"method": "GET", "url": "https://api.example.com/",'
       f' "headers": [{{"name": "Origin", "value": "{LISTED}"}}]}},'
       ' "response": {"status": 200, "headers": []}}]}}').encode()


def compiled(folder: Path) -> bytes:
    for name, content in FILES.items():
        (folder / name).write_bytes(content)
    done = run_cors(["compile", "-o", "policy.corsc", "cors.yaml"], folder)
    assert done.code == 0, done.stderr
    return (folder / "policy.corsc").read_bytes()


def without_requests(text: bytes) -> bytes:
    """What an audit would ask. The names in its requests are drawn anew in each run."""
    return b"\n".join(re.findall(rb"(?m)^(?:==|#) .*", text))


def reading_commands(folder: Path) -> list[tuple[Command, str]]:
    """Commands, each with the file that is changed under it."""
    lint = Command("lint", [COMMAND, "lint", "cors.yaml"], FILES, settle=without_quoted_lines)
    compile_policy = Command("compile", [COMMAND, "compile", "-o", "new.corsc", "cors.yaml"], FILES,
                             settle=without_seconds)
    return [
        (lint, "cors.yaml"), (lint, "tenants.txt"),
        (compile_policy, "cors.yaml"), (compile_policy, "tenants.txt"),
        (Command("decide", [COMMAND, "decide", "--policy", "policy.corsc"],
                 {"policy.corsc": compiled(folder)}, stdin=decide_lines()), "policy.corsc"),
        (Command("check --har", [COMMAND, "check", "--har", "page.har", "--answer", "answer"],
                 {"page.har": HAR, "answer": ANSWER}), "page.har"),
        (Command("check --answer", [COMMAND, "check", "https://api.example.com/", "--origin",
                                    LISTED, "--answer", "answer"], {"answer": ANSWER}), "answer"),
        (Command("audit --dry-run", [COMMAND, "audit", "--har", "page.har", "--dry-run"],
                 {"page.har": HAR}, settle=without_requests), "page.har"),
    ]


def answers_alike(command: Command, usual: Seen, seen: Seen) -> bool:
    """Also by the files that it writes."""
    written = seen.files.keys() - command.files.keys()
    return (seen.code == usual.code and
            same_answer(command, command.settle(usual.stdout), command.settle(seen.stdout)) and
            all(seen.files[name] == usual.files.get(name) for name in written))


@pytest.mark.parametrize("change", CHANGES)
def test_a_file_changes_while_it_is_read(change: Change, tmp_path: Path) -> None:
    """A command answers of the file as it was or as it is, or says that it could not read it."""
    for command, name in reading_commands(tmp_path):
        usual = run_command(command, NO_FAULT)
        changed = run_changed(command, name, change)
        assert usual.code == command.usual_code, usual
        opens = own_open(command, name)
        for call in ("open", "stat", "read"):
            calls = usual_calls(command, call)
            first = opens if call == "open" else max(1, calls - LAST_CALLS)
            for number in range(first, calls + 1):
                seen, met = run_while_changing(command, call, number, name, change)
                place = f"{command.name}, {name}, {call} {number}: {seen}"
                assert met and not seen.ended_by and not seen.left, place
                names_it = seen.code in (1, 2, 3) and name.encode() in said(seen)
                assert names_it or answers_alike(command, usual, seen) or \
                    answers_alike(command, changed, seen), place
                if change in GONE and (call, number) == ("open", opens):
                    assert names_it, place


def in_full_folder(folder: Path, command: list[str], old: str = "") -> tuple[int, str, list[str]]:
    """Runs a command beside a disk on which nothing has room, mounted at `full`.

    Returns its exit code, what it said, and what is on the disk afterwards besides the filler.
    """
    (folder / "full").mkdir()
    script = (f"mount -t tmpfs -o size=64k,mode=0777 none full && {old} "
              "cat /dev/zero > full/filler 2>/dev/null; "
              f"{shlex.join(command)}; code=$?; ls -A full | grep -v filler >left; "
              "cp -a full/. kept 2>/dev/null; exit $code")
    unshare = ["unshare", "--mount"] if os.geteuid() == 0 else ["unshare", "-r", "--mount"]
    done = subprocess.run(
        [*unshare, "sh", "-c", script], cwd=folder, timeout=60, check=False, text=True,
        stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE,
        env=cors_environment({"TMPDIR": str(folder / "full"),
                              "CORS_NGINX_MODULE": str(nginx_module())}))
    return done.returncode, done.stderr, (folder / "left").read_text().split()


def test_compile_to_a_full_disk_keeps_the_old_policy(tmp_path: Path) -> None:
    compiled(tmp_path)
    lists = "".join(f"https://tenant-{number}.example.net\n" for number in range(5000))
    (tmp_path / "tenants.txt").write_text(lists)
    code, said, left = in_full_folder(
        tmp_path, [COMMAND, "compile", "-o", "full/policy.corsc", "cors.yaml"],
        old="cp policy.corsc full &&")
    assert code == 3 and "cannot be written: No space left on device" in said, said
    assert left == ["policy.corsc"]
    assert (tmp_path / "kept/policy.corsc").read_bytes() == (tmp_path / "policy.corsc").read_bytes()


def test_serve_on_a_full_disk_does_not_start_and_leaves_nothing() -> None:
    with reachable_folder() as folder:
        (folder / "cors.yaml").write_text(POLICY)
        (folder / "tenants.txt").write_text("")
        (folder / "site").mkdir()
        code, said, left = in_full_folder(
            folder, [COMMAND, "serve", "--policy", "cors.yaml", "--mount", f"/={folder}/site",
                     "--listen", "127.0.0.1:0"])
        assert code == 3 and "No space left on device" in said, said
        assert left == []


def test_audit_on_a_full_disk(tmp_path: Path) -> None:
    """Results go through a journal, for which there is no room."""
    code, said, left = in_full_folder(
        tmp_path, [COMMAND, "audit", "http://127.0.0.1:9/", "--html", "full/report.html"])
    assert code == 2 and "journal of this run cannot be written: No space left" in said, said
    assert left == []


@pytest.mark.parametrize("arguments", [
    ["lint", "cors.yaml"], ["lint", "--json", "cors.yaml"],
    ["compile", "-o", "-", "cors.yaml"], ["check", "https://a.example/", "--answer", "answer"],
    ["check", "https://a.example/", "--answer", "answer", "--json"],
    ["explain", MESSAGE], ["explain", "--json", MESSAGE], ["--help"],
    ["audit", "--dry-run", "https://a.example/"], ["serve", "--help"],
    ["serve", "--policy", "cors.yaml", "--mount", "/=.", "--print-config"],
])
def test_standard_output_on_a_full_disk(arguments: list[str], tmp_path: Path) -> None:
    for name, content in {**FILES, "answer": ANSWER}.items():
        (tmp_path / name).write_bytes(content)
    with open("/dev/full", "wb") as full:
        done = run_cors(arguments, tmp_path, {"CORS_NGINX_MODULE": str(nginx_module())},
                        stdout=full)
    assert done.code in (1, 3) and done.stderr.strip(), done
    assert "No space left on device" in done.stderr or "cannot be written" in done.stderr
