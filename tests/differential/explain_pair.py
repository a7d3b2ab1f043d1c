# SPDX-License-Identifier: MIT
"""Messages that `cors simulate` prints, read back: by `cors explain`, WebAssembly and Node.

A case is {"scenario", "browser", "damage"}: the messages of the scenario in that browser's words,
read as they are, and once more with the damage done to them.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from random import Random

from tests.browser_oracle.random_calls import random_scenario
from tests.differential.answer_pair import Disagreement, Json, Pair, Round
from tests.differential.simulate_pairs import command_lines
from tests.node_cli.cli_pair import Use, run_many
from tests.support.cors_command import Finished, run_cors
from tests.wasm.wasm_engine import ask

CASES = 30
SPEAKING = ("chromium", "firefox", "safari")
PIECES = ("'", "\u2019", "\n", " ", "\x1b[31m", "\x00", "%", "https://", "é", ". ", "(", ")", "PUT")


def draw(random: Random) -> list[Json]:
    return [{"scenario": random_scenario(random, number), "browser": random.choice(SPEAKING),
             "damage": [random.random(), random.choice((0, 0, 1, 2, 9)), random.choice(PIECES)]}
            for number in range(CASES)]


def damaged(message: str, damage: list[str | float | int]) -> str:
    """With a few characters dropped somewhere, and something put there."""
    at = int(float(damage[0]) * len(message))
    return message[:at] + str(damage[2]) + message[at + int(damage[1]):]


def messages_of(cases: list[Json], folder: Path) -> Iterator[tuple[Json, Json, str]]:
    """Each case with the fetch that failed and what the console prints."""
    for browser in SPEAKING:
        mine = [case for case in cases if case["browser"] == browser]
        lines = command_lines([case["scenario"] for case in mine], browser, folder)
        for case, line in zip(mine, lines, strict=True):
            for fetch in json.loads(line)["fetches"]:
                message = fetch["messages"][browser]
                if message:
                    yield case, fetch, message


def misread(fetch: Json, browser: str, told: Finished) -> str | None:
    """What of a message that the engine itself printed is not understood."""
    if told.code != 0:
        return f"it is unknown: {told.stdout}{told.stderr}"
    read = json.loads(told.stdout)
    if fetch["code"] not in (read["code"], *read["also"]):
        return f"it is of {fetch['code']}, and read as {read['code']} or {read['also']}"
    if read["browser"] != browser:
        return f"it is {browser}'s, and read as {read['browser']}'s"
    if read["preflight"] not in (None, fetch["preflight"]):
        return f"preflight is {fetch['preflight']}, and read as {read['preflight']}"
    return None


def compare(cases: list[Json], folder: Path) -> Round:
    asked: list[tuple[Json, Json | None, str]] = []
    for case, failed, message in messages_of(cases, folder):
        asked += [(case, failed, message), (case, None, damaged(message, case["damage"]))]
    native = [run_cors(["explain", "--json"], folder, stdin=message.encode())
              for _, _, message in asked]
    node = run_many([Use(["explain", "--json"], message.encode()) for _, _, message in asked],
                    folder)
    wasm = ask({"do": "explain", "text": message} for _, _, message in asked)
    result = Round()
    for (case, fetch, message), told, of_node, of_wasm in zip(asked, native, node, wasm,
                                                              strict=True):
        result.executions += 2
        result.outcomes[f"{case['browser']}, {told.code}, {fetch['code'] if fetch else ''}"] += 1
        faults = []
        if fetch is not None:
            faults.append(misread(fetch, case["browser"], told))
        if (of_node.code, of_node.stdout) != (told.code, told.stdout):
            faults.append(f"command {told.stdout}\nNode    {of_node.stdout}")
        if told.code == 0 and of_wasm != told.stdout.rstrip("\n"):
            faults.append(f"command     {told.stdout}\nWebAssembly {of_wasm}")
        if told.code == 1 and of_wasm != "null":
            faults.append(f"unknown to the command, and to WebAssembly {of_wasm}")
        result.disagreements += [Disagreement(case, f"{message!r}\n{fault}")
                                 for fault in faults if fault]
    return result


PAIR = Pair("explain-bindings", "cors simulate's messages : cors explain, WebAssembly, Node",
            draw, compare)
