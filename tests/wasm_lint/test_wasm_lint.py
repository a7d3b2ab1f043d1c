# SPDX-License-Identifier: MIT
"""Findings in a browser are those of `cors lint`: in rule, place, words and suggestion."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.wasm_lint.lint_pair import (OLD_LINE_BREAKS, Difference, Policy, Problem,
                                       build_suffixes, compare, differences, is_refused, is_yaml,
                                       lint_alone, lint_many, lint_wasm, listing)
from tests.wasm_lint.mutated_policies import mutated_policies
from tests.conformance.corpus import load_corpus
from tests.wasm_lint.written_policies import written_policies

MUTATIONS = 4000


def is_stricter(difference: Difference) -> bool:
    """npm's yaml goes by YAML 1.2: what continues in a further line is indented deeper."""
    lines_that_continue = ("this quote is not closed", "this bracket is not closed")
    return any(words in problem["message"] for problem in difference.wasm
               for words in lines_that_continue)


def named(texts: list[str], environment: str = "production") -> list[Policy]:
    return [Policy(f"{number}.yaml", text, environment) for number, text in enumerate(texts)]


@pytest.mark.parametrize("environment", ["production", "development", "elsewhere"])
def test_every_policy_of_the_repository(environment: str, tmp_path: Path) -> None:
    policies = named([text for text in written_policies() if not OLD_LINE_BREAKS.search(text)],
                     environment)
    assert len(policies) > 200
    found = [difference for difference in compare(policies, tmp_path)
             if is_yaml(difference.native) and not is_stricter(difference)]
    assert found == [], listing(found)


@dataclass(frozen=True)
class Mistakes:
    """Policies with mistakes, and what each of the two says of them."""

    policies: list[Policy]
    native: list[list[Problem]]
    wasm: list[list[Problem]]


@pytest.fixture(scope="module", name="mistakes")
def lint_mistakes(tmp_path_factory: pytest.TempPathFactory) -> Mistakes:
    texts = mutated_policies(written_policies(), MUTATIONS, seed=20261121)
    policies = named([text for text in texts if OLD_LINE_BREAKS.search(text) is None])
    folder = tmp_path_factory.mktemp("mistakes")
    return Mistakes(policies, lint_many(policies, folder),
                    lint_wasm(policies, build_suffixes(folder)))


def test_nothing_passes_that_the_command_refuses(mistakes: Mistakes) -> None:
    laxer = [Difference(policy, native, wasm) for policy, native, wasm
             in zip(mistakes.policies, mistakes.native, mistakes.wasm, strict=True)
             if is_refused(native) and not is_refused(wasm)]
    assert laxer == [], listing(laxer)


def test_policies_that_are_yaml(mistakes: Mistakes) -> None:
    """The same findings; or, rarely, a fault of YAML 1.2."""
    found = [difference for difference
             in differences(mistakes.policies, mistakes.native, mistakes.wasm)
             if is_yaml(difference.native)]
    sound = sum(map(is_yaml, mistakes.native))
    stricter = [difference for difference in found if not is_yaml(difference.wasm)]
    others = [difference for difference in found if is_yaml(difference.wasm)]
    assert sound > MUTATIONS * 0.3
    assert len(stricter) < sound * 0.06
    assert len(others) < sound * 0.005, listing(others)


def test_faults_are_found_in_the_same_lines(mistakes: Mistakes) -> None:
    def line_of(problems: list[Problem]) -> object:
        return [problem["line"] for problem in problems if problem["rule"] == "yaml-syntax"]
    faulty = [(line_of(native), line_of(wasm)) for native, wasm
              in zip(mistakes.native, mistakes.wasm, strict=True) if not is_yaml(native)]
    same = sum(native == wasm for native, wasm in faulty)
    assert len(faulty) > MUTATIONS * 0.3
    assert same > len(faulty) * 0.8, f"{same} of {len(faulty)}"


def test_mistakes_are_found_all_over(mistakes: Mistakes) -> None:
    """Else the comparison of mistakes would say little."""
    problems = [problem for found in mistakes.native for problem in found]
    faults = {problem["message"].rpartition(", ")[2] for problem in problems
              if problem["rule"] == "yaml-syntax"}
    assert len(faults) > 25, faults
    assert len({problem["rule"] for problem in problems}) > 25


def test_policies_of_the_corpus_with_their_environment(tmp_path: Path) -> None:
    corpus = load_corpus()
    written = ({id(case.policy): case.policy for case in corpus.cases} |
               {id(refusal.policy): refusal.policy for refusal in corpus.refusals})
    policies = [Policy("cors.yaml", policy.yaml, policy.environment or "production",
                       policy.variables, policy.files) for policy in written.values()]
    assert len(policies) > 100
    native = []
    for number, policy in enumerate(policies):
        folder = tmp_path / str(number)
        folder.mkdir()
        native.append(lint_alone(policy, folder))
    found = differences(policies, native, lint_wasm(policies, build_suffixes(tmp_path)))
    assert found == [], listing(found)


ORIGINS = """policies:
  - allow_origins:
      - https://app.example.com
      - { from_env: LISTED }
      - { from_env: LISTED, environment: staging }
      - { from_file: lists/tenants.txt }
      - { environment: development, from_file: missing.txt }
      - { from_env: "" }
      - { from_file: '' }
      - { from_file: "/nowhere/at\\0all" }
      - { from_env: "A\\0B" }
    allow_methods: [PUT]
"""
LISTS = [
    "https://a.example\nhttps://b.example/ # a path\n\n  \thttp://c.example \t\r\n#all\na#b\n x #",
    "\ufeff# first\nhttps://tenant.example:443\n\ufeffhttps://d.example\n",
    "https://app.example.com\nhttps://app.example.com\nhttps://*.example.com\n*\nnull",
    "",
]
VARIABLES = ["https://v.example, https://w.example/\t\nhttps://app.example.com,,", "*", "", " ,\r ",
             "ü", "https://[::1]:80"]


@pytest.mark.parametrize("environment", ["production", "staging", "development", "elsewhere"])
def test_variables_and_lists(environment: str, tmp_path: Path) -> None:
    policies = []
    for listed in LISTS:
        for value in VARIABLES:
            variables = {"LISTED": value, "__proto__": "https://x.example"}
            policies.append(Policy("below/cors.yaml", ORIGINS, environment, variables,
                                   {"lists/tenants.txt": listed}))
    policies.append(Policy("cors.yaml", ORIGINS, environment))
    policies.append(Policy("cors.yaml", ORIGINS.replace("LISTED", "toString"), environment))
    native = []
    for number, policy in enumerate(policies):
        folder = tmp_path / str(number)
        folder.mkdir()
        prefix = policy.name.rpartition("cors.yaml")[0]
        files = {prefix + name: text for name, text in policy.files.items()}
        native.append(lint_alone(Policy(policy.name, policy.text, environment, policy.variables,
                                        files), folder))
    found = differences(policies, native, lint_wasm(policies, build_suffixes(tmp_path)))
    assert found == [], listing(found)
