# SPDX-License-Identifier: MIT
"""Simulations in WebAssembly are those of `cors simulate`, to the byte, in every browser."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from tests.browsers.agreement import RECORDINGS, read_recordings, scenario_of
from tests.support.cors_command import COMMAND, SECONDS
from tests.traps.trap_corpus import read_all
from tests.wasm.wasm_engine import ask

BROWSERS = ("standard", "chromium", "firefox", "safari")
FILES = sorted(RECORDINGS.glob("*.jsonl.xz"))
SHOWN = 3


def of_command(scenarios: list[Any], browser: str) -> list[str]:
    text = "".join(json.dumps(scenario) + "\n" for scenario in scenarios)
    done = subprocess.run([COMMAND, "simulate", "--browser", browser], input=text.encode(),
                          capture_output=True, timeout=SECONDS, check=True)
    return done.stdout.decode("ascii").splitlines()


def of_module(scenarios: list[Any], browser: str) -> list[str]:
    return ask({"do": "simulate", "browser": browser, "line": line} for line in scenarios)


def check_same(scenarios: list[Any], browser: str) -> None:
    pairs = list(zip(of_command(scenarios, browser), of_module(scenarios, browser), strict=True))
    assert len(pairs) == len(scenarios) > 0
    differ = [f"command {native}\nmodule  {module}" for native, module in pairs
              if native != module]
    assert not differ, f"{len(differ)} of {len(pairs)} differ:\n" + "\n".join(differ[:SHOWN])


@pytest.mark.parametrize("browser", BROWSERS)
@pytest.mark.parametrize("file", FILES, ids=lambda file: str(file.name))
def test_recordings(file: Path, browser: str) -> None:
    check_same([scenario_of(recording) for recording in read_recordings(file)], browser)


@pytest.mark.parametrize("browser", BROWSERS)
def test_traps(browser: str) -> None:
    check_same([case.scenario for case in read_all()], browser)


PAGE = {"page": "https://app.example"}
CALL = {"url": "https://api.example/x"}
ANSWER = {"status": 200, "headers": [["Access-Control-Allow-Origin", "*"]]}


def line(call: Any = None, answer: Any = None, **more: Any) -> Any:
    """A line with a call, and an answer to it; `more` are members of the line."""
    called = CALL | (call or {})
    return PAGE | {"fetches": [called],
                   "server": {str(called["url"]): {"response": answer or ANSWER}}} | more


# Lines that the command refuses, by what is wrong with them.
REFUSED = {
    "no calls": PAGE,
    "calls that are no list": PAGE | {"fetches": {}},
    "a call that is none": PAGE | {"fetches": [7]},
    "no page": {"fetches": [CALL]},
    "no URL": PAGE | {"fetches": [{}]},
    "a method that is no text": line({"method": None}),
    "a wait that is no number": line({"wait": "1"}),
    "a wait that is not whole": line({"wait": 1.5}),
    "an unknown mode": line({"mode": "navigate"}),
    "an unknown initiator": line({"initiator": "Fetch"}),
    "credentials that are no text": line({"credentials": True}),
    "an unknown redirect": line({"redirect": ""}),
    "an unknown cache": line({"cache": "never"}),
    "an unknown body": line({"body": {"kind": "json"}}),
    "a body that is none": line({"body": "text"}),
    "a body's type that is no text": line({"body": {"kind": "blob", "type": 1}}),
    "a header of three": line({"headers": [["a", "b", "c"]]}),
    "a header that is no list": line({"headers": ["ab"]}),
    "hosts that are no list": line(hsts="api.example"),
    "no hosts at all": line(hsts=None),
    "a host that is no text": line(hsts=[1]),
    "an answer that is none": line(server={CALL["url"]: {"response": None}}),
    "a status out of range": line(answer={"status": 99}),
    "a status that is no number": line(answer={"status": "200"}),
    "an address that is no text": line(answer={"status": 200, "address": 1}),
    "an answer's header that is no text": line(answer={"status": 200, "headers": [["a", None]]}),
}

# Lines that are answered, by what is unusual in them.
UNUSUAL = {
    "no answer": line(server={}),
    "a server that is none": line(server=[]),
    "headers that are no list": line({"headers": "x-a: 1"}),
    "bytes in a header": line({"headers": [["x-a", "\u00e9\u00ff"]]}),
    "what no byte stands for": line({"headers": [["x-a", "\u20ac"]]}),
    "bytes in an answer": line(answer={"status": 200, "headers": [
        ["Access-Control-Allow-Origin", "\u00e9"]]}),
    "UTF-8 in an answer": line(answer={"status": 200, "headers": [
        ["Access-Control-Allow-Origin", "\u20ac\u2028\U0001f600"]]}),
    "names beside ASCII": line(answer={"status": 200, "headers": [
        ["Access-Control-Allow-Origin", "*"], ["Access-Control-Expose-Headers", "*"],
        ["X-\u00c9", "1"], ["X-B", "3"], ["x-b", "4"], ["X-A", "5"]]}),
    "a Unicode host": line({"url": "https://b\u00fccher.example/\u00fc?\u00fc#\u00fc"}),
    "a host of many labels": line({"url": "https://\u00fc.\u00df.\u65e5\u672c.\u0438\u3002x/"}),
    "an encoded host": line({"url": "https://%C3%BC%E3%80%82b/"}),
    "a host that is no UTF-8": line({"url": "https://%FF.example/"}),
    "a host of symbols": line({"url": "https://\u2603.example/"}),
    "a number in other digits": line({"url": "http://\uff11\uff12\uff17.1/"}),
    "a label that is too long": line({"url": "https://" + "\u00fc" * 64 + ".example/"}),
    "a redirect to a Unicode host": line(answer={"status": 307, "headers": [
        ["Location", "//\u00fc\u00e4.example/%C3%BC"], ["Access-Control-Allow-Origin", "*"]]}),
    "a redirect to a long URL": line(answer={"status": 307, "headers": [
        ["Location", "/" + "x" * 300000], ["Access-Control-Allow-Origin", "*"]]}),
    "a long header": line({"headers": [["x-a", "y" * 200000]]}),
    "an identity that is an object": line(id={"a": [1, 1.5, -0.1, 1e300, 2**53, "\u007f\u0080"]}),
    "an identity in other characters": line(id="\"\\/\b\f\n\r\t\u0001\U0001f600\ud7ff"),
    "a long wait": line({"wait": 2**52}),
    "a negative wait": line({"wait": -5}),
}


LINES = REFUSED | UNUSUAL


@cache
def answers(of: Callable[[list[Any], str], list[str]], browser: str) -> dict[str, str]:
    return dict(zip(LINES, of(list(LINES.values()), browser), strict=True))


@pytest.mark.parametrize("name", LINES)
def test_line(name: str) -> None:
    for browser in BROWSERS:
        native = answers(of_command, browser)[name]
        assert answers(of_module, browser)[name] == native
        assert ("error" in json.loads(native)) == (name in REFUSED)
