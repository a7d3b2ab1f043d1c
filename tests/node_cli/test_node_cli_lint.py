# SPDX-License-Identifier: MIT
"""lint of the package for Node: JSON byte for byte, and the text that people read likewise."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from tests.conformance.corpus import load_corpus
from tests.node_cli.cli_pair import Use, check_all_same, check_same, run_package
from tests.support.cors_command import run_cors
from tests.wasm_lint.written_policies import written_policies

# Line breaks of YAML 1.1 that are none to npm's yaml, and half a surrogate pair.
UNLIKE = re.compile("[\r\x85\u2028\u2029\ud800-\udfff]")


def problems_by_file(text: str) -> dict[str, list[Any]]:
    found: dict[str, list[Any]] = {}
    for problem in json.loads(text)["problems"]:
        found.setdefault(problem["file"], []).append(problem)
    return found


def is_yaml(problems: list[Any]) -> bool:
    return all(problem["rule"] != "yaml-syntax" for problem in problems)


@pytest.fixture(scope="module", name="repository")
def policies_of_the_repository(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, list[str]]:
    """Files that both take for YAML: for others each reader has words of its own."""
    folder = tmp_path_factory.mktemp("repository")
    texts = [text for text in written_policies() if UNLIKE.search(text) is None]
    names = [f"{number}.yaml" for number in range(len(texts))]
    for name, text in zip(names, texts, strict=True):
        (folder / name).write_text(text)
    native = problems_by_file(run_cors(["lint", "--json", *names], folder).stdout)
    package = problems_by_file(run_package(["lint", "--json", *names], folder).stdout)
    sound = [name for name in names if is_yaml(native.get(name, []))]
    same = [name for name in sound if is_yaml(package.get(name, []))]
    assert len(same) > 150 and len(sound) - len(same) <= 2
    return folder, same


@pytest.mark.parametrize("options", [
    ["--json"], [], ["--color", "always"], ["--color=never", "--strict"], ["--env", "development"],
    ["--json", "--env=elsewhere"]], ids=" ".join)
def test_policies_of_the_repository(options: list[str], repository: tuple[Path, list[str]]) -> None:
    folder, names = repository
    assert len(check_same(["lint", *options, *names], folder).stdout) > 10000


def test_variables_and_lists(tmp_path: Path) -> None:
    """The corpus's policies that read more than their file, each in a folder of its own."""
    uses: list[Use] = []
    for policy in {id(case.policy): case.policy for case in load_corpus().cases}.values():
        if policy.variables or policy.files:
            home = tmp_path / str(len(uses))
            home.mkdir()
            for name, text in {**policy.files, "cors.yaml": policy.yaml}.items():
                (home / name).write_text(text)
            uses.append(Use(["lint", "--env", policy.environment, f"{home.name}/cors.yaml"],
                            variables=dict(policy.variables)))
    assert len(uses) >= 4
    check_all_same(uses, tmp_path)


LISTED = b"policies:\n  - allow_origins: [{ from_file: %b }]\n"
FILES = {
    "empty.yaml": b"",
    "directory.yaml": LISTED % b"folder",
    "missing.yaml": LISTED % b"nothing.txt",
    "absolute.yaml": LISTED % b"/nowhere/at/all",
    "device.yaml": LISTED % b"/dev/null",
    "list.yaml": LISTED % b"list.txt",
    "list.txt": b"\xef\xbb\xbfhttps://a.example # one\nhttp://b.example\t\n\n*\n"
                b"https://a.example/\nhttps://\xff.example\n\xf0\x9f\x8e\x89 https://x\n",
    "mark.yaml": b"\xef\xbb\xbfpolicies:\n  - allow_origins: ['https://a.example/']\n",
    "returns.yaml": b"policies:\r\n  - allow_origins: ['https://a.example/']\r\n",
    "bytes.yaml": b"policies:\n  - allow_origins: ['https://a.example/']\n# \xff\xfe\n",
    "controls.yaml": b"policies:\n  - allow_origins: ['https://a.example/']\n# \x1b[2J\n",
    "wide.yaml": "policies:\n  - {allow_methods: [\u65e5\u672c, \U0001f389, \u26a1, a\u0301, "
                 "e\u200b], max_age: \u2066x\u202e, x\u00ad: 1, "
                 "allow_origins: ['https://\u65e5.example/']}\n"
                 .encode(),
    "tabs.yaml": b"policies:\n  - {path:\t\t/a,\tallow_origins:\t['https://a.example:443']}\n",
    "long.yaml": b"policies:\n  - {allow_origins: [" + b"'https://a.example', " * 40 +
                 "'https://\u00fc.example/', ".encode() + b"'https://b.example', " * 20 + b"]}\n",
    "longest.yaml": b"policies:\n  - {allow_origins: [" + b"'https://a.example', " * 600 +
                    b"'https://a.example/']}\n",
    "quotes.yaml": b'policies:\n  - "allow_\\u202eorigins\\x07": "\\"\\\\"\n'
                   b'    path: "/\\x1b[31m"\n',
    "deep.yaml": b"policies: " + b"[" * 9 + b"]" * 9 + b"\n",
    "two words.yaml": b"policies: 7\n",
    "\u001b[31m\u202ename\n.yaml": b"policies: 7\n",
}


def write_files(folder: Path) -> None:
    (folder / "folder").mkdir()
    for name, content in FILES.items():
        (folder / name).write_bytes(content)


@pytest.mark.parametrize("options", [["--json"], ["--color=always"]], ids=" ".join)
def test_hostile_files(options: list[str], tmp_path: Path) -> None:
    write_files(tmp_path)
    names = [*(name for name in FILES if name.endswith(".yaml")), "folder", "nothing.yaml",
             "/dev/null", "x" * 300, "list.txt/x", ""]
    check_all_same([Use(["lint", *options, name]) for name in names], tmp_path)


def test_json_is_ascii(tmp_path: Path) -> None:
    """What a policy says reaches no terminal as it is, DEL included."""
    (tmp_path / "cors.yaml").write_text(
        'policies: [{allow_origins: ["https://\u00fc\\x7f.example", "https://\u65e5.example"]}]\n')
    printed = check_same(["lint", "--json", "cors.yaml"], tmp_path).stdout
    assert printed.isascii() and printed.strip().isprintable()
    assert "\u65e5.example" in json.loads(printed)["problems"][-1]["message"]


def test_several_files_and_a_pipe(tmp_path: Path) -> None:
    write_files(tmp_path)
    policy = b"policies:\n  - allow_origins: ['https://a.example/']\n"
    for files in (["/dev/stdin"], ["wide.yaml", "nothing.yaml", "tabs.yaml", "wide.yaml"]):
        check_same(["lint", *files], tmp_path, stdin=policy)


USES = [
    ["lint"], ["lint", "--"], ["lint", "--help"], ["lint", "--hel"], ["lint", "--version"],
    ["lint", "tabs.yaml", "--version"], ["lint", "--frobnicate"], ["lint", "--frob=1", "x"],
    ["lint", "-x"], ["lint", "-e", "production"], ["lint", "--env"], ["lint", "--en"],
    ["lint", "--strict=1", "x"], ["lint", "--str=1"], ["lint", "--s", "tabs.yaml"],
    ["lint", "--=x"], ["lint", "--color", "red"],
    ["lint", "--color=red", "--help"], ["lint", "--help", "--color=red"], ["lint", "--", "--help"],
    ["lint", "tabs.yaml", "--json"], ["lint", "tabs.yaml", "--", "--json"], ["lint", "-"],
    ["decide"], ["decide", "--policy"], ["decide", "--policy", "tabs.yaml"],
    ["decide", "--policy", "nothing.yaml"], ["decide", "--policy", "tabs.yaml", "--color=always"],
    ["decide", "--policy", "empty.yaml", "word"], ["decide", "--p=mark.yaml", "--json"],
    ["decide", "--help"], ["simulate", "word"], ["simulate", "--browser", "opera"],
    ["simulate", "--browser"], ["simulate", "--b", "safari"], ["simulate", "--help"],
    ["explain", "--help"], ["explain", "nothing", "known"], ["explain", "--yaml"], ["explain"],
]


def test_uses(tmp_path: Path) -> None:
    write_files(tmp_path)
    check_all_same([Use(arguments) for arguments in USES], tmp_path)


ENVIRONMENTS: list[list[str]] = [[], ["--env="], ["--env", "development"]]


def test_variables_of_the_process(tmp_path: Path) -> None:
    (tmp_path / "cors.yaml").write_text(
        "policies:\n  - allow_origins: [{from_env: LISTED}, {origin: 'http://localhost:1', "
        "environment: development}]\n    allow_credentials: true\n")
    check_all_same([Use(["lint", "cors.yaml", *options], variables=variables)
                    for options in ENVIRONMENTS
                    for variables in ({"CORS_ENV": "development"}, {"CORS_ENV": ""},
                                      {"NO_COLOR": "1", "LISTED": "http://a.example, *"})],
                   tmp_path)


def test_the_command_itself(tmp_path: Path) -> None:
    nothing = run_package([], tmp_path)
    assert nothing.code == 2 and nothing.stderr.startswith("libcors: name a command;")
    done = run_package(["--help"], tmp_path)
    assert done.code == 0 and done.stdout.startswith("Usage: libcors COMMAND")
    assert run_package(["help"], tmp_path) == done
    version = run_package(["--version"], tmp_path)
    assert version.stdout == f"lib{run_cors(['--version'], tmp_path).stdout}"
    unknown = run_package(["li\x1b"], tmp_path)
    assert unknown.code == 2 and "\x1b" not in unknown.stderr
    assert 'did you mean "lint"?' in run_package(["li"], tmp_path).stderr
    assert "native" in run_package(["serve"], tmp_path).stderr
