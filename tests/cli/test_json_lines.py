# SPDX-License-Identifier: MIT
"""JSON Lines out: every text and every value of an id comes back as it went in, in ASCII."""

from __future__ import annotations

import json
import random
import re
from pathlib import Path
from typing import Any

from tests.support.cors_command import run_cors

Lines = list[dict[str, Any]]


def expected(value: object) -> str:
    """As jansson writes it, but for DEL: compact, in ASCII, with capital digits in escapes."""
    text = json.dumps(value, separators=(",", ":")).replace("\x7f", "\\u007f")
    return re.sub(r"\\u[0-9a-f]{4}", lambda found: "\\u" + found.group()[2:].upper(), text)


def simulate(folder: Path, lines: Lines) -> list[str]:
    stdin = "".join(json.dumps(line) + "\n" for line in lines).encode()
    done = run_cors(["simulate"], folder, stdin=stdin)
    assert (done.code, done.stderr) == (0, "")
    return done.stdout.splitlines()


def test_each_character_is_written_as_json_has_it(tmp_path: Path) -> None:
    characters = [chr(code) for code in [*range(0xD800), *range(0xE000, 0x10800), 0x1F600,
                                         0xFFFFF, 0x10FFFF]]
    ids = ["x".join(characters[start:start + 256]) for start in range(0, len(characters), 256)]
    got = simulate(tmp_path, [{"id": identity, "fetches": []} for identity in ids])
    assert got == [f'{{"id":{expected(identity)},"fetches":[],"sent":[]}}' for identity in ids]


def test_texts_of_any_length_and_mixture_are_written(tmp_path: Path) -> None:
    """What is written as it stands goes by eight bytes: each place among them sees each kind."""
    chance = random.Random(7)
    letters = 'abcdefghijklmnop ~\x7f' * 4 + '"\\\x00\n\x1f\x80\u00e4\u2028\U0001f600'
    ids = ["".join(chance.choices(letters, k=size)) for size in range(70) for _ in range(20)]
    ids.append("\U0001f600" * 50_000 + '"' * 50_000)  # more than there is room for at first
    got = simulate(tmp_path, [{"id": identity, "fetches": []} for identity in ids])
    assert got == [f'{{"id":{expected(identity)},"fetches":[],"sent":[]}}' for identity in ids]


def test_an_id_may_be_any_value(tmp_path: Path) -> None:
    ids: list[object] = [None, True, False, 0, -1, 9223372036854775807, -9223372036854775808, 1.5,
                         "", [], {}, [1, [None, {"a": "\u00e4"}]], {"b": 1, "a": [2.25, "c"]}]
    got = simulate(tmp_path, [{"id": identity, "fetches": []} for identity in ids])
    assert got == [f'{{"id":{expected(identity)},"fetches":[],"sent":[]}}' for identity in ids]


def test_bytes_that_are_no_utf_8_are_shown_as_latin_1(tmp_path: Path) -> None:
    """A field value is bytes: a character up to U+00FF each, as script would see it."""
    types = ["text/\u00e9", "text/\u00e9\u00c3\u00a9\u00ff;\u00bf", "text/plain\u00c3"]
    fetches = [{"url": "https://api.example/x", "headers": [["Content-Type", kind]]}
               for kind in types]
    scenario = {"page": "https://app.example", "server": {}, "fetches": fetches}
    (line,) = simulate(tmp_path, [scenario])
    whys = [fetch["why_preflight"] for fetch in json.loads(line)["fetches"]]
    assert whys == [["content-type " + kind] for kind in types]


def test_a_line_at_fault_leaves_nothing_of_its_answer(tmp_path: Path) -> None:
    """The first call of the line was answered when the second turned out to be none."""
    url = "https://api.example/x"
    page = "https://app.example"
    lines: Lines = [{"id": 1, "page": page, "fetches": []},
                    {"id": 2, "page": page, "fetches": [{"url": url}, {"url": 7}]},
                    {"id": 3, "page": page, "fetches": []}]
    assert simulate(tmp_path, lines) == [
        '{"id":1,"fetches":[],"sent":[]}',
        '{"id":2,"error":"each of \\"fetches\\" must have a \\"url\\", a string"}',
        '{"id":3,"fetches":[],"sent":[]}',
    ]


def test_a_reason_for_a_preflight_stands_there_once(tmp_path: Path) -> None:
    """Also where another reason's text holds it, quotation marks and all."""
    url = "https://api.example/x"
    headers = [["Content-Type", 'text/x; a="header x-a'], ["X-A", "1"], ["x-a", "2"]]
    scenario = {"page": "https://app.example", "server": {},
                "fetches": [{"url": url, "method": "PUT", "headers": headers}]}
    (line,) = simulate(tmp_path, [scenario])
    whys = json.loads(line)["fetches"][0]["why_preflight"]
    assert sorted(whys) == ['content-type text/x; a="header x-a', "header x-a", "method PUT"]
