# SPDX-License-Identifier: MIT
"""The same policies linted twice: by `cors lint` and by lintPolicy() in Node."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.support.cors_command import COMMAND, ROOT, cors_environment, run_cors
from tests.support.node_modules import install

BINDINGS = ROOT / "bindings" / "wasm"
MODULE = (ROOT / os.environ.get("CORS_WASM", "build/wasm/libcors.wasm")).resolve()
DRIVER = Path(__file__).resolve().parent / "lint_driver.mjs"
SUFFIX_LIST = "/usr/share/publicsuffix/public_suffix_list.dat"
SECONDS = 120.0  # far above what any run takes
AT_ONCE = 500  # files that one run of the command is given

Problem = dict[str, Any]

# Line breaks of YAML 1.1 that are none to npm's yaml: docs/deviations.md.
OLD_LINE_BREAKS = re.compile("\r(?!\n)|[\x85\u2028\u2029]")
NO_YAML = "yaml-syntax"


@dataclass(frozen=True)
class Policy:
    """A policy file, with what it reads besides."""

    name: str
    text: str
    environment: str = "production"
    variables: dict[str, str] = field(default_factory=dict)
    files: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Difference:
    """A policy of which the two do not say the same."""

    policy: Policy
    native: list[Problem]
    wasm: list[Problem]

    def __str__(self) -> str:
        only_native = [problem for problem in self.native if problem not in self.wasm]
        only_wasm = [problem for problem in self.wasm if problem not in self.native]
        return (f"{self.policy.name}: {self.policy.text!r}\n"
                f"  native: {only_native}\n  wasm:   {only_wasm}")


def build_suffixes(folder: Path) -> Path:
    """suffixes.bin, freshly made."""
    made = folder / "suffixes.bin"
    subprocess.run([sys.executable, str(BINDINGS / "suffixes_build.py"), SUFFIX_LIST, str(made)],
                   check=True)
    return made


def to_bytes(text: str) -> bytes:
    """UTF-8; half of a surrogate pair becomes the three bytes that it would be."""
    return text.encode("utf-8", "surrogatepass")


def lint_wasm(policies: Sequence[Policy], suffixes: Path) -> list[list[Problem]]:
    install(BINDINGS)
    assert MODULE.exists(), f"{MODULE} is missing: bindings/wasm/build.sh {MODULE} builds it"
    cases = [json.dumps({"text": policy.text, "file": policy.name,
                         "environment": policy.environment, "variables": policy.variables,
                         "files": policy.files}) + "\n" for policy in policies]
    done = subprocess.run(["node", str(DRIVER), str(MODULE), str(suffixes)],
                          input="".join(cases).encode(), capture_output=True, timeout=SECONDS,
                          check=False)
    assert done.returncode == 0, done.stderr.decode(errors="replace")
    answers = [json.loads(line)["problems"] for line in done.stdout.splitlines()]
    assert len(answers) == len(policies)
    return answers


def lint_alone(policy: Policy, folder: Path) -> list[Problem]:
    """By the command, with variables and files of its own."""
    for name, text in {policy.name: policy.text, **policy.files}.items():
        place = folder / name
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(to_bytes(text))
    done = run_cors(["lint", "--json", "--env", policy.environment, policy.name], folder,
                    policy.variables)
    found: list[Problem] = json.loads(done.stdout)["problems"]
    return found


def lint_many(policies: Sequence[Policy], folder: Path) -> list[list[Problem]]:
    """By the command, as many at once as it can take: of one environment, without variables."""
    environments = {policy.environment for policy in policies}
    assert len(environments) == 1
    found: dict[str, list[Problem]] = {policy.name: [] for policy in policies}
    assert len(found) == len(policies), "names must differ"
    for policy in policies:
        assert not policy.files and not policy.variables
        (folder / policy.name).write_bytes(to_bytes(policy.text))
    for start in range(0, len(policies), AT_ONCE):
        names = [policy.name for policy in policies[start:start + AT_ONCE]]
        done = subprocess.run([COMMAND, "lint", "--json", "--env", *environments, *names],
                              cwd=folder, env=cors_environment(), capture_output=True,
                              timeout=SECONDS, check=False)
        for problem in json.loads(done.stdout)["problems"]:
            found[problem["file"]].append(problem)
    return [found[policy.name] for policy in policies]


def told(problems: list[Problem]) -> list[Problem]:
    """The problems as far as both can know them: a host without files does not know why one of
    them cannot be read, and each YAML reader has its own words for what is no YAML."""
    def part(problem: Problem) -> Problem:
        if problem["rule"] == "unreadable-file":
            return problem | {"message": problem["message"].partition(": ")[0]}
        if problem["rule"] == NO_YAML:
            return problem | {"message": ""}
        return problem
    return [part(problem) for problem in problems]


def is_yaml(problems: list[Problem]) -> bool:
    return all(problem["rule"] != NO_YAML for problem in problems)


def is_refused(problems: list[Problem]) -> bool:
    return any(problem["severity"] == "error" for problem in problems)


def differences(policies: Sequence[Policy], native: Sequence[list[Problem]],
                wasm: Sequence[list[Problem]]) -> list[Difference]:
    """Where rule, severity, place, message or suggestion differ."""
    return [Difference(policy, left, right)
            for policy, left, right in zip(policies, native, wasm, strict=True)
            if told(left) != told(right)]


def compare(policies: Sequence[Policy], folder: Path) -> list[Difference]:
    """Policies that read nothing else, linted by both."""
    return differences(policies, lint_many(policies, folder),
                       lint_wasm(policies, build_suffixes(folder)))


def listing(found: Sequence[Difference]) -> str:
    return "\n".join(str(difference) for difference in found[:5])
