# SPDX-License-Identifier: MIT
"""cors decide: the protocol of JSON Lines. What is decided is for the conformance corpus."""

from __future__ import annotations

import json
import os
import select
import subprocess
from pathlib import Path
from typing import Any

import pytest

from tests.support.cors_command import COMMAND, SECONDS, Finished, run_cors

POLICY = """
policies:
  - path: /api/*
    allow_origins: [https://app.example.com, { origin: "https://dev.example", environment: test }]
    allow_methods: [PUT]
    allow_headers: [Authorization]
    expose_headers: [X-Request-Id, X-Total]
    allow_credentials: true
    max_age: 10m
"""
APP = ["Origin", "https://app.example.com"]
PREFLIGHT = [APP, ["Access-Control-Request-Method", "PUT"],
             ["Access-Control-Request-Headers", "authorization"]]


@pytest.fixture(name="folder")
def make_folder(tmp_path: Path) -> Path:
    (tmp_path / "cors.yaml").write_text(POLICY)
    return tmp_path


def decide(folder: Path, stdin: bytes, *options: str) -> Finished:
    return run_cors(["decide", "--policy", "cors.yaml", *options], folder, stdin=stdin)


def answers(folder: Path, *lines: object) -> list[Any]:
    """What is answered to lines: bytes as they are, all else as JSON."""
    stdin = b"".join((line if isinstance(line, bytes) else json.dumps(line).encode()) + b"\n"
                     for line in lines)
    done = decide(folder, stdin)
    assert (done.code, done.stderr) == (0, "")
    return [json.loads(line) for line in done.stdout.splitlines()]


def ask(identity: object, headers: object, method: object = "GET",
        path: object = "/api/x") -> dict[str, object]:
    return {"id": identity, "method": method, "path": path, "headers": headers}


def test_answers_are_written_as_agreed(folder: Path) -> None:
    lines = [ask(1, [APP]), ask(2, PREFLIGHT, "OPTIONS"), ask(3, []), ask(4, [APP], path="/x"),
             ask(5, [["Origin", "https://evil.example"], *PREFLIGHT[1:]], "OPTIONS")]
    done = decide(folder, "".join(json.dumps(line) + "\n" for line in lines).encode())
    assert done.stdout.splitlines() == [
        '{"id":1,"kind":"actual","allowed":true,"reason":"allowed","status":null,"set":'
        '[["Access-Control-Allow-Origin","https://app.example.com"],'
        '["Access-Control-Allow-Credentials","true"],'
        '["Access-Control-Expose-Headers","X-Request-Id, X-Total"]],"vary":["Origin"]}',
        '{"id":2,"kind":"preflight","allowed":true,"reason":"allowed","status":204,"set":'
        '[["Access-Control-Allow-Origin","https://app.example.com"],'
        '["Access-Control-Allow-Credentials","true"],'
        '["Access-Control-Allow-Methods","PUT"],'
        '["Access-Control-Allow-Headers","Authorization"],'
        '["Access-Control-Max-Age","600"]],'
        '"vary":["Access-Control-Request-Method","Access-Control-Request-Headers","Origin"]}',
        '{"id":3,"kind":"no-origin","allowed":null,"reason":"no-origin","status":null,"set":[],'
        '"vary":["Origin"]}',
        '{"id":4,"kind":"no-policy","allowed":null,"reason":"no-policy","status":null,"set":[],'
        '"vary":[]}',
        '{"id":5,"kind":"preflight","allowed":false,"reason":"origin-not-allowed","status":403,'
        '"set":[],'
        '"vary":["Access-Control-Request-Method","Access-Control-Request-Headers","Origin"]}',
    ]


@pytest.mark.parametrize("identity", [
    0, -1, 2 ** 63 - 1, 1.5, "", "a\0b\"\\\u2028é\n", None, True, [1, {"a": [2]}],
    {"b": 1, "a": 2}])
def test_the_id_comes_back(identity: object, folder: Path) -> None:
    good, bad = answers(folder, ask(identity, []), ask(identity, 5))
    assert good["id"] == identity and list(good)[0] == "id"
    assert list(bad) == ["id", "error"] and bad["id"] == identity


def test_answers_are_ascii_so_that_no_reader_splits_them(folder: Path) -> None:
    done = decide(folder, json.dumps(ask("\u2028\x85é", [APP]), ensure_ascii=False).encode())
    assert done.stdout.isascii() and json.loads(done.stdout)["id"] == "\u2028\x85é"


def test_an_absent_id_is_null(folder: Path) -> None:
    assert answers(folder, {"method": "GET", "path": "/api/"})[0]["id"] is None


def test_each_line_has_its_answer_in_order(folder: Path) -> None:
    requests = [ask(number, PREFLIGHT if number % 2 else [APP], "OPTIONS")
                for number in range(20_000)]
    found = answers(folder, *requests)
    assert [answer["id"] for answer in found] == list(range(20_000))
    assert [answer["kind"] for answer in found] == ["actual", "preflight"] * 10_000


def test_lines_that_stand_twice_are_not_joined(folder: Path) -> None:
    origin, method, headers = PREFLIGHT
    found = answers(folder, ask(1, [origin, origin]), ask(2, [origin, ["oRIGIN", ""]]),
                    ask(3, [origin, method, method], "OPTIONS"),
                    ask(4, [origin, method, headers, headers], "OPTIONS"))
    assert [answer["reason"] for answer in found] == [
        "origin-malformed", "origin-malformed", "method-malformed", "allowed"]


def test_a_nul_is_a_byte_like_another(folder: Path) -> None:
    found = answers(folder, ask(1, [["Origin", "https://app.example.com\0"]]),
                    ask(2, [["Origin\0", "https://app.example.com"]]),
                    ask(3, [APP, *PREFLIGHT[1:2], ["Access-Control-Request-Headers", "a\0b"]],
                        "OPTIONS"),
                    ask(4, [APP], path="/api/\0"))
    assert [answer["reason"] for answer in found] == [
        "origin-malformed", "no-origin", "header-malformed", "allowed"]


@pytest.mark.parametrize("line, identity", [
    (b"", None),
    (b"   ", None),
    (b"{", None),
    (b"[1]", None),
    (b'"id"', None),
    (b"\xff\xfe", None),
    (b'{"id":1,"path":"/"}', 1),
    (b'{"id":2,"method":"GET"}', 2),
    (b'{"id":3,"method":5,"path":"/"}', 3),
    (b'{"id":4,"method":"GET","path":["/"]}', 4),
    (b'{"id":5,"method":"GET","path":"/","headers":{"Origin":"null"}}', 5),
    (b'{"id":6,"method":"GET","path":"/","headers":[["Origin"]]}', 6),
    (b'{"id":7,"method":"GET","path":"/","headers":[["Origin","a","b"]]}', 7),
    (b'{"id":8,"method":"GET","path":"/","headers":[["Origin",null]]}', 8),
    (b'{"id":9,"method":"GET","path":"/","headers":["Origin: null"]}', 9),
    (b'{"id":10,"method":"GET","path":"/","headers":null}', 10),
    (b'{"id":11,"method":"GET","path":"/"} {"id":12}', None),
    (b'{"id":13,"method":"\xff","path":"/"}', None),
    (b'{"id":14,"method":"\\ud800","path":"/"}', None),
    (b'{"id":' + b"[" * 100_000, None),
], ids=range(20))
def test_a_line_that_cannot_be_read(line: bytes, identity: int | None, folder: Path) -> None:
    before, bad, after = answers(folder, ask("before", [APP]), line, ask("after", [APP]))
    assert (before["allowed"], after["allowed"]) == (True, True)
    assert list(bad) == ["id", "error"]
    assert bad["id"] == identity
    assert isinstance(bad["error"], str) and len(bad["error"]) > 10


def test_line_ends(folder: Path) -> None:
    """The last line may lack its end, and carriage returns are white space."""
    line = json.dumps(ask(1, [APP])).encode()
    done = decide(folder, line + b"\r\n" + line)
    assert [json.loads(answer)["allowed"] for answer in done.stdout.splitlines()] == [True, True]
    assert decide(folder, b"") == Finished(0, "", "")


def test_a_line_without_end_does_not_fill_the_memory(folder: Path) -> None:
    """100 MiB, then a line that can be read."""
    piece = b"x" * (1 << 20)
    with subprocess.Popen([COMMAND, "decide", "--policy", "cors.yaml"], cwd=folder,
                          stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdin is not None and process.stdout is not None
        for _ in range(100):
            process.stdin.write(piece)
        process.stdin.write(b"\n" + json.dumps(ask("after", [APP])).encode() + b"\n")
        process.stdin.close()
        found = [json.loads(line) for line in process.stdout]
        process.wait(SECONDS)
    assert [answer["id"] for answer in found] == [None, "after"]
    assert "64 MiB" in found[0]["error"] and found[1]["allowed"]


def read_answer(process: subprocess.Popen[bytes]) -> dict[str, object]:
    """Reads one line, and fails where none comes."""
    assert process.stdout is not None
    line = b""
    while not line.endswith(b"\n"):
        ready, _, _ = select.select([process.stdout], [], [], SECONDS)
        assert ready, "no answer while standard input stays open"
        piece = os.read(process.stdout.fileno(), 1)
        assert piece, "the output ended"
        line += piece
    answer: dict[str, object] = json.loads(line)
    return answer


def test_each_line_is_answered_while_the_input_stays_open(folder: Path) -> None:
    with subprocess.Popen([COMMAND, "decide", "--policy", "cors.yaml"], cwd=folder, bufsize=0,
                          stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdin is not None
        for number in range(50):
            process.stdin.write(json.dumps(ask(number, [APP])).encode() + b"\n")
            assert read_answer(process)["id"] == number
        # Two lines and the beginning of a third, which is answered once it is whole.
        line = json.dumps(ask("whole", [APP])).encode() + b"\n"
        process.stdin.write(line + line + line[:10])
        assert [read_answer(process)["id"] for _ in range(2)] == ["whole", "whole"]
        process.stdin.write(line[10:] + b"{\n")
        assert read_answer(process)["id"] == "whole"
        assert "error" in read_answer(process)
        process.stdin.close()
        assert process.wait(SECONDS) == 0


def test_the_environment_is_selected(folder: Path) -> None:
    request = json.dumps(ask(1, [["Origin", "https://dev.example"]])).encode()
    assert json.loads(decide(folder, request).stdout)["allowed"] is False
    assert json.loads(decide(folder, request, "--env", "test").stdout)["allowed"] is True
    chosen = run_cors(["decide", "--policy", "cors.yaml"], folder, {"CORS_ENV": "test"}, request)
    assert json.loads(chosen.stdout)["allowed"] is True


@pytest.mark.parametrize("policy", ["policies: [{ allow_origins: [x] }]\n", "", "a: [b\n"])
def test_a_bad_policy_is_refused_with_its_problems(policy: str, folder: Path) -> None:
    (folder / "cors.yaml").write_text(policy)
    done = decide(folder, json.dumps(ask(1, [])).encode())
    assert (done.code, done.stdout) == (2, "")
    assert "cors.yaml:1:" in done.stderr and "error: " in done.stderr
    assert "\x1b" not in done.stderr
    assert "\x1b" in decide(folder, b"", "--color=always").stderr


@pytest.mark.parametrize("arguments, words", [
    ([], "--policy"),
    (["--policy"], "--policy"),
    (["--policy", "cors.yaml", "request.json"], "standard input"),
    (["--policy", "cors.yaml", "--bogus"], "--bogus"),
    (["--policy", "cors.yaml", "--color", "some"], "--color"),
    (["--policy", "missing.yaml"], "missing.yaml"),
])
def test_wrong_usage(arguments: list[str], words: str, folder: Path) -> None:
    done = run_cors(["decide", *arguments], folder)
    assert (done.code, done.stdout) == (2, "")
    assert words in done.stderr


def test_an_output_that_cannot_be_written(folder: Path) -> None:
    with open("/dev/full", "wb") as full:
        done = run_cors(["decide", "--policy", "cors.yaml"], folder, stdout=full,
                        stdin=json.dumps(ask(1, [])).encode() + b"\n")
    assert done.code == 3 and "No space left" in done.stderr


def test_a_reader_that_goes_away(folder: Path) -> None:
    """Ends the command with a message, not by a signal."""
    lines = json.dumps(ask(1, [APP])).encode() + b"\n"
    readable, writable = os.pipe()
    os.close(readable)
    try:
        done = run_cors(["decide", "--policy", "cors.yaml"], folder, stdin=lines, stdout=writable)
    finally:
        os.close(writable)
    assert done.code == 3 and "Broken pipe" in done.stderr
