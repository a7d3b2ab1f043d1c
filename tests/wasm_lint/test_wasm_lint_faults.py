# SPDX-License-Identifier: MIT
"""The mistakes that people make in YAML, one by one."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.wasm_lint.lint_pair import (Difference, Policy, build_suffixes, compare, is_yaml,
                                       lint_wasm, listing)

START = "policies:\n  - path: /api/*\n    allow_origins:\n"

FAULTS = {
    "a quote that is not closed": START + '      - "https://app.example.com\n    max_age: 10m\n',
    "a single quote that is not closed": START + "      - 'https://app.example.com\n",
    "a bracket that is not closed": "policies:\n  - allow_origins: [https://a\n    path: /\n",
    "a brace that is not closed": START + "      - { origin: https://a.example\n",
    "a bracket too many": "policies:\n  - allow_origins: [https://a.example]]\n",
    "a tab that indents": "policies:\n\t- allow_origins: ['*']\n",
    "a tab behind a dash": "policies:\n  -\tallow_origins: ['*']\n",
    "a tab behind spaces": START + "      - https://a.example\n    \tmax_age: 3\n",
    "indented too little": START + "   - https://a.example\n",
    "indented too much": START + "      - https://a.example\n        - https://b.example\n",
    "a key indented too much": "policies:\n  - path: /\n     allow_origins: ['*']\n",
    "a key indented too little": "policies:\n  - path: /\n   allow_origins: ['*']\n",
    "a colon that is missing": "policies:\n  - allow_origins\n      - '*'\n    path: /\n",
    "a word that is no key": "policies:\n  - allow_origins: ['*']\n    path\n",
    "no space behind a colon": "policies:\n  - allow_origins:['*']\n    path: /\n",
    "two colons": "policies:\n  - path: a: b\n",
    "no space behind a dash": "policies:\n  -allow_origins: ['*']\n",
    "a stray dash": START + "      - https://a.example\n-\n",
    "a dash behind a value": "policies: - allow_origins: ['*']\n",
    "a star without quotes": "policies:\n  - allow_origins: [*]\n",
    "a star before a name": START + "      - *.example.com\n    max_age: 1m\n",
    "a star that is an alias": START + "      - *all\n",
    "a tab behind a dash and a space": START + "      - \thttps://a.example\n",
    "a dash and a tab": START + "      -\thttps://a.example\n",
    "a tab behind two dashes": "policies:\n  - - \ta: b\n",
    "an at sign": START + "      - @https\n",
    "a percent sign": START + "      - %41\n",
    "a backquote": START + "      - `https://a.example`\n",
    "a percent sign that begins a line": "%policies:\n",
    "an anchor": "policies: &all\n  - allow_origins: ['*']\n",
    "a tag": "policies:\n  - allow_origins: !!seq ['*']\n",
    "a tag without a meaning": "policies:\n  - path: !x!y /\n",
    "a merge key": "policies:\n  - <<: x\n    allow_origins: ['*']\n",
    "two documents": "policies:\n  - allow_origins: ['*']\n---\npolicies: []\n",
    "an end and more": "policies:\n  - allow_origins: ['*']\n...\nmore: x\n",
    "directives": "%YAML 1.2\n%TAG !a! b\n---\npolicies:\n  - allow_origins: ['*']\n",
    "a directive that is none": "%YAML one\n---\n",
    "a handle that is none": "%TAG !a!, b\n---\npolicies:\n  - allow_origins: ['*']\n",
    "a directive behind a byte order mark": "%YAML 1.2\n\ufeff%TAG ! b\n---\npolicies: []\n",
    "a handle twice": "%TAG ! a\n%TAG ! b\n---\npolicies:\n  - allow_origins: ['*']\n",
    "a version twice": "%YAML 1.2\n%YAML 1.2\n---\npolicies:\n  - allow_origins: ['*']\n",
    "an explicit key": "? policies\n: - ? allow_origins\n    : ['*']\n",
    "an explicit key that is a list": "? [policies]\n: - a\n",
    "an empty value": "policies:\n  - path:\n    allow_origins:\n    max_age:\n",
    "an empty item": "policies:\n  -\n  - allow_origins:\n      -\n",
    "nothing": "",
    "a comment only": "# policies\n",
    "a word only": "policies\n",
    "a list": "- policies\n",
    "nested too deep": "policies: [[[[[[[[[]]]]]]]]]\n",
    "a block scalar": "policies:\n  - path: |\n      /api\n    allow_origins: [>-\n",
    "a block scalar with a bad header": "policies:\n  - path: |x\n      /api\n",
    "lines in quotes": "policies:\n  - path: '/a\n\n b\n c'\n    allow_origins: ['*']\n",
    "an escape that is none": 'policies:\n  - path: "\\q"\n',
    "a code that is none": 'policies:\n  - path: "\\x4"\n',
    "a control character": "policies:\n  - path: /\n    allow_origins: ['*\x07']\n",
    "half a pair of surrogates": "policies:\n  - path: /\n    allow_origins: ['*\ud800']\n",
    "CR LF": "policies:\r\n  - allow_origins: [https://a.example/]\r\n    path: [\r\n",
    "CR": "policies:\r  - allow_origins: [https://a.example/]\r",
    "NEL": "policies:\x85  - allow_origins: [https://a.example/]\x85    path: ]\n",
    "a byte order mark": "\ufeffpolicies:\n  - allow_origins: [https://a.example/]\n",
    "two byte order marks": "\ufeff\ufeffpolicies:\n  - allow_origins: [https://a.example/]\n",
    "columns of characters": "policies:\n  - path: /é😀\n    allow_origins: ['é', '😀', a: b, *]\n",
    "a long word": "policies:\n  - allow_origins: [*" + "é" * 60 + "]\n",
    "a key that is too long": "policies:\n  - ? x\n  - " + "k" * 1025 + ": v\n",
    "a fault behind findings": "policies:\n  - allow_origins: [https://a.example/]\n  - b: [\n",
    "keys twice": "policies: []\npolicies: []\n",
    "a NUL in a key": 'policies:\n  - "max_\\0age": 3\n',
}


# Where npm's yaml notices a fault in another place than libyaml, or does not read on to it:
# docs/deviations.md, "Lint in a browser".
OTHER_PLACES = {
    "a bracket that is not closed", "a brace that is not closed", "indented too little",
    "a colon that is missing", "a word that is no key", "no space behind a colon", "two colons",
    "a code that is none", "a handle that is none", "a fault behind findings", "CR LF",
    "a key that is too long", "a tab behind two dashes",
}
# What is YAML 1.1, and no YAML 1.2 or another one.
OTHER_VERSION = {"a percent sign that begins a line", "lines in quotes", "CR", "NEL"}


@pytest.fixture(scope="module", name="found")
def compare_all(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Difference]:
    """What is different, by name."""
    policies = [Policy(f"{name}.yaml", text) for name, text in FAULTS.items()]
    differences = compare(policies, tmp_path_factory.mktemp("faults"))
    return {difference.policy.name.removesuffix(".yaml"): difference
            for difference in differences}


@pytest.mark.parametrize("name", sorted(FAULTS.keys() - OTHER_PLACES - OTHER_VERSION))
def test_both_find_the_same(name: str, found: dict[str, Difference]) -> None:
    assert name not in found, listing([found[name]])


@pytest.mark.parametrize("name", sorted(OTHER_PLACES))
def test_both_find_the_fault(name: str, found: dict[str, Difference]) -> None:
    assert name not in found or not is_yaml(found[name].wasm), listing([found[name]])


def test_places_differ_where_documented(found: dict[str, Difference]) -> None:
    assert found.keys() <= OTHER_PLACES | OTHER_VERSION


def test_a_policy_that_is_too_large(tmp_path: Path) -> None:
    """The bound counts bytes of UTF-8."""
    largest = 64 << 20
    texts = ["#" * largest, "é" * (largest // 2) + "#"]
    policies = [Policy(f"{number}.yaml", text) for number, text in enumerate(texts)]
    found = compare(policies, tmp_path)
    assert found == [], [(difference.native, difference.wasm) for difference in found]


def test_a_policy_without_problems_is_compiled(tmp_path: Path) -> None:
    policy = Policy("cors.yaml", "policies:\n  - allow_origins: [https://a.example]\n")
    assert lint_wasm([policy], build_suffixes(tmp_path)) == [[]]
