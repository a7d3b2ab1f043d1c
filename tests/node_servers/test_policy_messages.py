# SPDX-License-Identifier: MIT
"""What is said of a policy that is refused: what `cors lint` prints, word for word."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path
from typing import Any

import pytest

from tests.conformance.corpus import load_corpus
from tests.conformance.surfaces import artifact, write_policy
from tests.node_servers.node_library import FOLDER, library

HEAD = "policies:\n  - allow_origins:\n"

TEXTS: dict[str, bytes] = {
    "path": f"{HEAD}      - https://a.example/x\n".encode(),
    "several": f"{HEAD}      - https://a.example/\n      - 'null'\n    alow: 1\n".encode(),
    "wide": f"{HEAD}      - {{ origin: 'https://例え.example', 環境: 日本 }}\n".encode(),
    "emoji": f"{HEAD}      - {{ '🦊🦊': x, origin: 'https://a.example/' }}\n".encode(),
    "combining": f"{HEAD}      - {{ 'e\u0301e\u0301': x, no: 'https://a.example/' }}\n".encode(),
    "tab": f"{HEAD}      - [\t'https://a.example/']\n".encode(),
    "long": f"{HEAD}      - '{'a' * 300}'\n".encode(),
    "far": f"{HEAD}      - {{ {'x' * 200}: 1, origin: 'https://a.example/', no: 1 }}\n".encode(),
    "mark": b"\xef\xbb\xbfpolicies: 7\n",
    "carriage": b"policies:\r\n  - allow_origins: [https://a.example/]\r\n",
    "control": f"{HEAD}      - \"https://a.example\\u001b[31m\"\n".encode(),
    "direction": f"{HEAD}      - 'https://\u202ea.example'\n".encode(),
    "bytes": f"{HEAD}      - https://a.example\n".encode() + b"      - https://\xff\xfe.example\n",
    "empty": b"",
    "no yaml": b"policies:\n  - allow_origins: [*]\n",
    "list": f"{HEAD}      - from_file: list.txt\n".encode(),
    "no list": f"{HEAD}      - from_file: none.txt\n".encode(),
    "folder": f"{HEAD}      - from_file: lists\n".encode(),
}


def said(files: list[Path]) -> list[Any]:
    done = subprocess.run(
        ["node", str(FOLDER / "policy_messages.mjs"), str(library()), *map(str, files)],
        check=True, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
        env={name: value for name, value in os.environ.items() if name != "CORS_ENV"})
    return [json.loads(line) for line in done.stdout.splitlines()]


def linted(file: Path) -> str:
    command = artifact("CORS_COMMAND", "build/cors")
    done = subprocess.run([str(command), "lint", "--color", "never", str(file)], check=False,
                          stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                          env={**os.environ, "LC_ALL": "C.UTF-8"})
    assert done.returncode == 1, file
    return done.stdout.decode()


def test_errors_are_told_as_the_command_does(tmp_path: Path) -> None:
    (tmp_path / "list.txt").write_text("# ours\nhttps://a.example\nhttps://b.example/\n")
    (tmp_path / "lists").mkdir()
    files = []
    for name, text in TEXTS.items():
        files.append(tmp_path / f"{name}.yaml")
        files[-1].write_bytes(text)
    files.append(tmp_path / "missing.yaml")
    for file, told in zip(files, said(files), strict=True):
        assert told["kind"] == "PolicyError", file
        assert told["message"] + "\n" == linted(file), file


def test_refused_policies_of_the_corpus(tmp_path: Path) -> None:
    refusals = [refusal for refusal in load_corpus().refusals
                if refusal.policy.environment == "production" and not refusal.policy.variables]
    files = [write_policy(refusal.policy, tmp_path) for refusal in refusals]
    assert len(files) > 20
    for file, told in zip(files, said(files), strict=True):
        assert told["message"] + "\n" == linted(file), file


@pytest.mark.parametrize("environment, rule", [
    ("", None), ("staging", "wildcard-with-credentials")])
def test_environment_of_the_process(tmp_path: Path, environment: str, rule: str | None,
                                    monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "cors.yaml"
    file.write_text(f"{HEAD}      - https://a.example\n"
                    "      - {origin: '*', environment: staging}\n    allow_credentials: true\n")
    monkeypatch.setenv("CORS_ENV", environment)
    done = subprocess.run(
        ["node", str(FOLDER / "policy_messages.mjs"), str(library()), str(file)],
        check=True, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE)
    told = json.loads(done.stdout)
    rules = {problem["rule"] for problem in told["problems"]} if told else set()
    assert (rule in rules) == (rule is not None)
    assert (told is not None) == (rule is not None)
