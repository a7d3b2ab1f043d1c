# SPDX-License-Identifier: MIT
"""cors compile as a command: what it says, and with which exit code."""

from __future__ import annotations

import json
import os
import pty
import re
import subprocess
from pathlib import Path

import pytest

from compiled_policies import ELSEWHERE, ERROR, FINE, ORIGIN, WARNING, allows, compiled, listed
from tests.support.cors_command import COMMAND, SECONDS, cors_environment, run_cors

LINE = re.compile(r"^(\S+): ([\d,]+) origins? in (\d+) polic(?:y|ies), "
                  r"(?:\d+ bytes|\d+\.\d [KM]iB), \d+\.\d s \[([0-9a-f]{16})\]\n$")


def test_one_line_says_what_was_written(tmp_path: Path) -> None:
    source = listed(tmp_path, 1234)
    done = run_cors(["compile", source.name, "-o", "x.corsc"], tmp_path)
    assert (done.code, done.stderr) == (0, "")
    found = LINE.match(done.stdout)
    assert found is not None, done.stdout
    assert (found[1], found[2], found[3]) == ("x.corsc", "1,234", "1")
    assert allows(tmp_path / "x.corsc", "https://t1233.example.com")
    assert not allows(tmp_path / "x.corsc", "https://t1234.example.com")


def test_one_origin_is_one(tmp_path: Path) -> None:
    (tmp_path / "cors.yaml").write_text(FINE)
    done = run_cors(["compile", "cors.yaml", "--output", "x"], tmp_path)
    assert done.code == 0 and "x: 1 origin in 1 policy, " in done.stdout


def test_json_says_what_was_written(tmp_path: Path) -> None:
    (tmp_path / "cors.yaml").write_text(WARNING)
    done = run_cors(["compile", "cors.yaml", "-o", "x.corsc", "--json"], tmp_path)
    assert (done.code, done.stderr) == (0, "")
    told = json.loads(done.stdout)
    assert set(told) == {"file", "policies", "origins", "bytes", "checksum", "environment",
                         "seconds", "problems"}
    block = (tmp_path / "x.corsc").read_bytes()
    checksum = int.from_bytes(block[16:24], "little" if block[4] else "big")
    assert (told["file"], told["policies"], told["origins"]) == ("x.corsc", 1, 1)
    assert (told["bytes"], told["checksum"]) == (len(block), f"{checksum:016x}")
    assert (told["environment"], told["seconds"] >= 0) == ("production", True)
    lint = run_cors(["lint", "--json", "cors.yaml"], tmp_path)
    assert told["problems"] == json.loads(lint.stdout)["problems"] != []


def test_problems_are_printed_as_lint_prints_them(tmp_path: Path) -> None:
    (tmp_path / "cors.yaml").write_text(WARNING)
    done = run_cors(["compile", "cors.yaml", "-o", "x.corsc"], tmp_path)
    assert done.code == 0
    assert done.stderr == run_cors(["lint", "cors.yaml"], tmp_path).stdout != ""


@pytest.mark.parametrize("text", [ERROR, "", "policies: 1\n", "a: [\n", "\0"])
def test_a_bad_policy_is_not_written(text: str, tmp_path: Path) -> None:
    (tmp_path / "cors.yaml").write_text(text)
    (tmp_path / "x.corsc").write_text("as it was")
    done = run_cors(["compile", "cors.yaml", "-o", "x.corsc"], tmp_path)
    assert (done.code, done.stdout) == (2, "")
    assert done.stderr.startswith("cors.yaml:1:") or "[origin-path]" in done.stderr
    assert done.stderr.endswith("cors compile: the policy has errors and is refused\n")
    assert (tmp_path / "x.corsc").read_text() == "as it was"
    assert sorted(os.listdir(tmp_path)) == ["cors.yaml", "x.corsc"]


def test_json_of_a_bad_policy(tmp_path: Path) -> None:
    (tmp_path / "cors.yaml").write_text(ERROR)
    done = run_cors(["compile", "cors.yaml", "-o", "x.corsc", "--json"], tmp_path)
    told = json.loads(done.stdout)
    assert done.code == 2 and told["problems"][0]["rule"] == "origin-path"
    assert [told[name] for name in ("file", "policies", "origins", "bytes", "checksum")] \
        == [None] * 5
    assert not (tmp_path / "x.corsc").exists()


@pytest.mark.parametrize("arguments, words", [
    ([], "name a policy file"),
    (["cors.yaml"], "-o FILE.corsc"),
    (["cors.yaml", "-o", ""], "-o FILE.corsc"),
    (["-o", "x.corsc"], "name a policy file"),
    (["cors.yaml", "other.yaml", "-o", "x.corsc"], '"other.yaml" is one too many'),
    (["cors.yaml", "-o"], "requires an argument"),
    (["cors.yaml", "-o", "x.corsc", "--strict"], "--strict"),
    (["cors.yaml", "-o", "x.corsc", "--color", "red"], "auto, always or never"),
])
def test_wrong_usage(arguments: list[str], words: str, tmp_path: Path) -> None:
    (tmp_path / "cors.yaml").write_text(FINE)
    done = run_cors(["compile", *arguments], tmp_path)
    assert (done.code, done.stdout) == (2, "")
    assert words in done.stderr
    assert os.listdir(tmp_path) == ["cors.yaml"]


def test_a_missing_policy_file(tmp_path: Path) -> None:
    done = run_cors(["compile", "none.yaml", "-o", "x.corsc"], tmp_path)
    assert done.code == 2 and "No such file" in done.stderr
    assert os.listdir(tmp_path) == []


def test_the_same_input_makes_the_same_bytes(tmp_path: Path) -> None:
    source = listed(tmp_path, 500)
    for name in ("one", "other"):
        assert run_cors(["compile", source.name, "-o", name], tmp_path).code == 0
    assert (tmp_path / "one").read_bytes() == (tmp_path / "other").read_bytes()
    with open(tmp_path / "list.txt", "a", encoding="utf-8") as file:
        file.write("https://one-more.example.com\n")
    assert run_cors(["compile", source.name, "-o", "more"], tmp_path).code == 0
    assert allows(tmp_path / "more", "https://one-more.example.com")
    assert not allows(tmp_path / "one", "https://one-more.example.com")


def test_a_compiled_policy_compiles_to_itself(tmp_path: Path) -> None:
    block = compiled(tmp_path)
    assert run_cors(["compile", block.name, "-o", "again"], tmp_path).code == 0
    assert (tmp_path / "again").read_bytes() == block.read_bytes()


def run_bytes(arguments: list[str], folder: Path) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run([COMMAND, *arguments], cwd=folder, env=cors_environment(),
                          capture_output=True, timeout=SECONDS, check=False)


def test_standard_output(tmp_path: Path) -> None:
    block = compiled(tmp_path)
    done = run_bytes(["compile", "cors.yaml", "-o", "-"], tmp_path)
    assert (done.returncode, done.stdout) == (0, block.read_bytes())
    assert done.stderr.startswith(b"standard output: 1 origin in 1 policy, ")
    done = run_bytes(["compile", "cors.yaml", "-o", "-", "--json"], tmp_path)
    assert (done.returncode, done.stdout) == (0, block.read_bytes())
    assert json.loads(done.stderr)["file"] == "-"


def test_standard_output_by_its_name(tmp_path: Path) -> None:
    block = compiled(tmp_path)
    done = run_bytes(["compile", "cors.yaml", "-o", "/dev/stdout"], tmp_path)
    assert (done.returncode, done.stdout) == (0, block.read_bytes())
    assert done.stderr.startswith(b"standard output: 1 origin in 1 policy, ")
    done = run_bytes(["compile", "cors.yaml", "-o", "/dev/stdout", "--json"], tmp_path)
    assert (done.returncode, done.stdout) == (0, block.read_bytes())
    assert json.loads(done.stderr)["file"] == "-"


def test_a_terminal_gets_no_block(tmp_path: Path) -> None:
    (tmp_path / "cors.yaml").write_text(FINE)
    leader, follower = pty.openpty()
    try:
        for output, code in (("-", 2), (os.ttyname(follower), 3)):
            done = subprocess.run([COMMAND, "compile", "cors.yaml", "-o", output], cwd=tmp_path,
                                  env=cors_environment(), stdout=follower, stderr=subprocess.PIPE,
                                  timeout=SECONDS, check=False)
            assert done.returncode == code and b"terminal" in done.stderr
    finally:
        os.close(leader)
        os.close(follower)


def test_environments(tmp_path: Path) -> None:
    source = tmp_path / "cors.yaml"
    source.write_text(ELSEWHERE)
    block = tmp_path / "staging.corsc"
    done = run_cors(["compile", "cors.yaml", "-o", block.name, "--env", "staging", "--json"],
                    tmp_path)
    assert json.loads(done.stdout)["environment"] == "staging"
    assert allows(block, "https://staging.example.com", "--env", "staging")
    assert allows(block, ORIGIN, "--env", "staging")
    for selected in ("", "production", "stagin", "staging2"):
        refused = run_cors(["decide", "--policy", block.name, "--env", selected], tmp_path)
        assert refused.code == 2
        assert 'compiled for the environment "staging"' in refused.stderr
    assert run_cors(["lint", block.name], tmp_path, {"CORS_ENV": "staging"}).code == 0
    assert run_cors(["lint", block.name], tmp_path).code == 1
    named = run_cors(["compile", "cors.yaml", "-o", "x"], tmp_path, {"CORS_ENV": "staging"})
    assert named.code == 0 and (tmp_path / "x").read_bytes() == block.read_bytes()


def test_variables_are_read_once(tmp_path: Path) -> None:
    (tmp_path / "cors.yaml").write_text("policies:\n  - allow_origins: [{ from_env: ORIGINS }]\n")
    done = run_cors(["compile", "cors.yaml", "-o", "x.corsc"], tmp_path, {"ORIGINS": ORIGIN})
    assert done.code == 0
    assert allows(tmp_path / "x.corsc", ORIGIN)


def test_expectations_are_judged_by_it(tmp_path: Path) -> None:
    block = compiled(tmp_path)
    (tmp_path / "expect.txt").write_text(f"{ORIGIN} may GET /x\nhttps://evil.test may not\n")
    with_source = run_cors(["test", "--policy", "cors.yaml", "expect.txt"], tmp_path)
    with_block = run_cors(["test", "--policy", block.name, "expect.txt"], tmp_path)
    assert with_source.code == 0, with_source.stderr
    assert (with_block.code, with_block.stdout) == (with_source.code, with_source.stdout)
