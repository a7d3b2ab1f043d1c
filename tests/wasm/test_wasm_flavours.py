# SPDX-License-Identifier: MIT
"""The two modules, the small one for pages and the fast one for servers, answer alike."""

from __future__ import annotations

import json
from itertools import chain
from pathlib import Path

from tests.conformance.corpus import load_corpus
from tests.explain.message_corpus import cases as message_cases
from tests.traps.trap_corpus import read_all
from tests.wasm.test_wasm_decide import lint, request
from tests.wasm.wasm_engine import MODULE, SERVERS, SUFFIXES, Task, ask

FOLDER = Path(__file__).resolve().parent
SUFFIX_LIST: Task = {"do": "suffixes", "path": str(SUFFIXES)}
BROWSERS = ("standard", "chromium", "firefox", "safari")
SIZE_MAX = 170_000


def same_answers(tasks: list[Task]) -> int:
    small = ask([SUFFIX_LIST, *tasks], MODULE)
    fast = ask([SUFFIX_LIST, *tasks], SERVERS)
    differ = [f"{task}\npages   {one}\nservers {other}"
              for task, one, other in zip(tasks, small[1:], fast[1:], strict=True) if one != other]
    assert not differ, "\n\n".join(differ[:5])
    return len(tasks)


def test_tables() -> None:
    assert same_answers([{"do": "tables"}]) == 1


def test_decisions() -> None:
    groups = load_corpus().by_policy("decide")
    assert same_answers(list(chain(*(
        [lint(policy), *({"do": "decide", "line": request(case)} for case in cases)]
        for policy, cases in groups)))) > 250


def test_refused_policies() -> None:
    assert same_answers([lint(refusal.policy) for refusal in load_corpus().refusals]) > 20


def test_explanations() -> None:
    assert same_answers([{"do": "explain", "text": case.message} for case in message_cases()]) > 50


def test_simulations() -> None:
    assert same_answers([{"do": "simulate", "browser": browser, "line": case.scenario}
                         for case in read_all() for browser in BROWSERS]) > 50


def test_module_for_servers() -> None:
    module = json.loads(ask([{"do": "module"}], SERVERS)[0])
    more = (FOLDER / "exports_servers.manifest").read_text().splitlines()
    small = (FOLDER / "exports.manifest").read_text().splitlines()
    assert module["imports"] == []
    assert sorted(module["exports"]) == sorted(small + more)
    assert SERVERS.stat().st_size < SIZE_MAX


def test_module_for_pages_says_what_it_lacks() -> None:
    for task in ({"do": "regex", "source": "^a$"}, {"do": "publicSuffix", "domain": "com"}):
        assert "for pages" in json.loads(ask([task])[0])["error"]


def test_public_suffixes() -> None:
    domains = {"com": True, "co.uk": True, "example.co.uk": False, "github.io": True,
               "x.github.io": False, "": True}
    answers = ask([SUFFIX_LIST, *({"do": "publicSuffix", "domain": name} for name in domains)],
                  SERVERS)[1:]
    assert dict(zip(domains, map(json.loads, answers), strict=True)) == domains


def test_regex_offset_is_in_code_units() -> None:
    """As RegExp and its users count, though the engine counts bytes."""
    source = "^https://(\U0001f600|a).example$"
    plain = "^https://a.example$"
    wide, ascii_only = (json.loads(line) for line in ask(
        [{"do": "regex", "source": text, "flags": {}} for text in (source, plain)], SERVERS))
    assert ascii_only["fault"] == "bare-dot"
    assert ascii_only["offset"] == plain.index(".")
    assert wide["fault"] != "none" and wide["offset"] <= len(source.encode("utf-16-le")) // 2
