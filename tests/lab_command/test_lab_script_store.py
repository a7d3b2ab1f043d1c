# SPDX-License-Identifier: MIT
"""Scripts that pages put down: what is taken, what is refused and why, how many are kept."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest

from lab_serving import JSON, Lab, new_id
from tests.support.raw_client import Lines

NAME = "0123456789abcdef"


def put(lab: Lab, body: str | bytes, name: str = NAME) -> tuple[int, str]:
    """The status, and the sentence of a refusal."""
    data = body if isinstance(body, bytes) else body.encode()
    answer = lab.ask("PUT", f"/-/scripts/{name}", JSON, data)
    if answer.status == 204:
        assert (answer.body, answer.values("Content-Length")) == (b"", [])
        return 204, ""
    assert answer.values("Content-Type") == ["application/json"]
    assert answer.values("X-Content-Type-Options") == ["nosniff"]
    error = json.loads(answer.body)
    assert list(error) == ["error"]
    return answer.status, error["error"]


def put_answer(lab: Lab, part: Any) -> tuple[int, str]:
    url = f"http://api.localhost:{lab.port}/-/run/{NAME}/x"
    return put(lab, json.dumps({"server": {url: {"response": part}}}))


def test_info(lab: Lab) -> None:
    answer = lab.ask("GET", "/-/info")
    assert answer.status == 200
    info = json.loads(answer.body)
    assert re.fullmatch(r"\d+\.\d+\.\d+", info.pop("version"))
    assert info == {"port": lab.port, "body": "ok\n"}
    assert answer.values("Content-Type") == ["application/json"]
    assert answer.values("Cache-Control") == ["no-store"]
    assert lab.ask("HEAD", "/-/info").values("Content-Type") == ["application/json"]


@pytest.mark.parametrize("method, target, allowed", [
    ("POST", "/-/info", "GET, HEAD"), ("OPTIONS", "/-/info", "GET, HEAD"),
    ("GET", f"/-/scripts/{NAME}", "PUT, DELETE"), ("POST", f"/-/scripts/{NAME}", "PUT, DELETE"),
    ("OPTIONS", f"/-/scripts/{NAME}", "PUT, DELETE"), ("put", f"/-/scripts/{NAME}", "PUT, DELETE"),
    ("DELETE", f"/-/log/{NAME}", "GET, HEAD"), ("PUT", f"/-/log/{NAME}", "GET, HEAD")])
def test_methods(lab: Lab, method: str, target: str, allowed: str) -> None:
    answer = lab.ask(method, target, JSON, b"{}")
    assert (answer.status, answer.values("Allow")) == (405, [allowed])


@pytest.mark.parametrize("name, fine", [
    ("a" * 16, True), ("a" * 64, True), ("0" * 32, True), ("a" * 15, False), ("a" * 65, False),
    ("A" * 16, False), ("a" * 15 + "-", False), ("a" * 15 + "/", False), ("", False),
    ("a" * 16 + "/", False), ("%61" * 16, False), ("a" * 15 + "\xe4", False)])
def test_names(lab: Lab, name: str, fine: bool) -> None:
    status = lab.ask("PUT", f"/-/scripts/{name}", JSON, b'{"server":{}}').status
    assert status == (204 if fine else 404)
    assert lab.ask("GET", f"/-/log/{name}").status == (200 if fine else 404)
    assert lab.ask("DELETE", f"/-/scripts/{name}").status == (204 if fine else 404)


@pytest.mark.parametrize("lines, status", [
    ([("Content-Type", "application/json")], 204),
    ([("content-type", "Application/JSON ; charset=utf-8")], 204),
    ([], 403), ([("Content-Type", "text/plain")], 403), ([("Content-Type", "")], 403),
    ([("Content-Type", "application/json5")], 403), ([("Content-Type", ";application/json")], 403),
    ([("Content-Type", "text/plain, application/json")], 403),
    ([("Content-Type", "text/plain"), ("Content-Type", "application/json")], 403)])
def test_content_type(lab: Lab, lines: Lines, status: int) -> None:
    answer = lab.ask("PUT", f"/-/scripts/{NAME}", lines, b'{"server":{}}')
    assert answer.status == status


NO_SCRIPTS: list[tuple[str | bytes, str]] = [
    ("", "no JSON"), ("x", "no JSON"), ('{"server":', "no JSON"), ("\0", "no JSON"),
    ("[" * 100_000, "no JSON"), ('{"a":' * 40_000, "no JSON"), ('{"server":{}} x', "no JSON"),
    (b'{"server":"\xff"}', "no JSON"), ('{"server":{"\\u0000":1}}', "no JSON"),
    ('{"server":{},"server":{}}', "no JSON"), ("{'server':{}}", "no JSON"),
    ('{"server":"\\ud800"}', "no JSON"),
    ("1" * 10_000, "no JSON"), ("null", "no JSON"), ("[]", '"server"'), ("{}", '"server"'),
    ('{"server":null}', '"server"'), ('{"server":[]}', '"server"'), ('{"server":"x"}', '"server"'),
    ('{"Server":{}}', '"server"'), ("[{}]", '"server"'),
]


@pytest.mark.parametrize("body, words", NO_SCRIPTS, ids=range(len(NO_SCRIPTS)))
def test_what_is_no_script(lab: Lab, body: str | bytes, words: str) -> None:
    status, error = put(lab, body)
    assert status == 400 and words in error and error.endswith(".")


URLS = [
    ("http://api.localhost:{port}/-/run/{name}/x", True),
    ("http://localhost:{port}/-/run/{name}/", True),
    ("http://127.0.0.1:{port}/-/run/{name}/x?y=1&z", True),
    ("http://[::1]:{port}/-/run/{name}/x", True),
    ("http://a.b.localhost:{port}/-/run/{name}/%C3%A4?%", True),
    ("http://api.localhost:{port}/-/run/{name}", False),
    ("http://api.localhost:{port}/-/run/other56789abcdef/x", False),
    ("http://api.localhost:{port}/-/run/{name}0/x", False),
    ("http://api.localhost:{port}/x", False),
    ("http://api.localhost:{port}", False),
    ("http://api.localhost:{port}/-/run/{name}/x#y", False),
    ("http://api.localhost:{port}/-/run/{name}/x y", False),
    ("http://api.localhost:{port}/-/run/{name}/\xe4", False),
    ("http://api.localhost:{port}/-/run/{name}/\n", False),
    ("http://API.localhost:{port}/-/run/{name}/x", False),
    ("HTTP://api.localhost:{port}/-/run/{name}/x", False),
    ("https://api.localhost:{port}/-/run/{name}/x", False),
    ("//api.localhost:{port}/-/run/{name}/x", False),
    ("http://u:p@api.localhost:{port}/-/run/{name}/x", False),
    ("http://api.localhost:1/-/run/{name}/x", False),
    ("http://api.localhost/-/run/{name}/x", False),
    ("http://api.example:{port}/-/run/{name}/x", False),
    ("http:///-/run/{name}/x", False), ("http://", False), ("", False), ("x" * 100_000, False),
]


@pytest.mark.parametrize("pattern, fine", URLS, ids=range(len(URLS)))
def test_urls(lab: Lab, pattern: str, fine: bool) -> None:
    url = pattern.format(port=lab.port, name=NAME)
    status, error = put(lab, json.dumps({"server": {url: {"response": {"status": 200}}}}))
    assert status == (204 if fine else 400)
    assert fine or f"http://HOST:{lab.port}/-/run/{NAME}/" in error


PARTS: list[tuple[Any, str]] = [
    ({"status": 199}, "from 200 to 599"), ({"status": 600}, "from 200 to 599"),
    ({"status": "200"}, "from 200 to 599"), ({"status": 200.0}, "from 200 to 599"),
    ({"status": -1}, "from 200 to 599"), ({"status": 2**63}, "no JSON"),
    ({}, "from 200 to 599"), ([], "from 200 to 599"), ("x", "from 200 to 599"),
    (200, "from 200 to 599"), ({"status": 101}, "from 200 to 599"),
    ({"status": 200, "headers": {}}, "pairs"), ({"status": 200, "headers": "x"}, "pairs"),
    ({"status": 200, "headers": None}, "pairs"), ({"status": 200, "headers": ["x"]}, "pairs"),
    ({"status": 200, "headers": [["x"]]}, "pairs"),
    ({"status": 200, "headers": [["x", "y", "z"]]}, "pairs"),
    ({"status": 200, "headers": [["x", 1]]}, "pairs"),
    ({"status": 200, "headers": [[1, "x"]]}, "pairs"),
    ({"status": 200, "headers": [["x", "y"]] * 513}, "too many"),
    ({"status": 200, "headers": [["x", "y" * 66_000]]}, "too many"),
]


@pytest.mark.parametrize("part, words", PARTS, ids=range(len(PARTS)))
def test_what_is_no_answer(lab: Lab, part: Any, words: str) -> None:
    status, error = put_answer(lab, part)
    assert status == 400 and words in error and error.endswith(".")


@pytest.mark.parametrize("name", [
    "Content-Length", "content-length", "Transfer-Encoding", "Connection", "Date", "Keep-Alive",
    "Upgrade", "TRAILER"])
def test_lines_of_the_server(lab: Lab, name: str) -> None:
    status, error = put_answer(lab, {"status": 200, "headers": [["X", "1"], [name, "1"]]})
    assert status == 400 and "server writes itself" in error and name in error


def test_a_line_that_would_clear_the_browser(lab: Lab) -> None:
    status, error = put_answer(lab, {"status": 200, "headers": [["clear-site-data", '"*"']]})
    assert status == 400 and "forget" in error


@pytest.mark.parametrize("name", [
    "", " ", "a b", "a:", ":a", "a\n", "a\r\nb", "a\t", "\xe4", "a,b", "a/b", "(a)", "a\x7f",
    "a\x01", "x" * 70_000])
def test_names_of_no_header(lab: Lab, name: str) -> None:
    status, error = put_answer(lab, {"status": 200, "headers": [[name, "v"]]})
    assert status == 400 and ("name" in error or "too many" in error)


@pytest.mark.parametrize("value", [
    "a\nb", "a\r\nb", "\r", "a\n", "\u0100", "a\u20ac", "\U0001f600"])
def test_values_of_no_header(lab: Lab, value: str) -> None:
    status, error = put_answer(lab, {"status": 200, "headers": [["X-A", value]]})
    assert status == 400 and "value" in error and "X-A" in error


@pytest.mark.parametrize("answers", [None, [], "x", 1])
def test_a_url_without_answers(lab: Lab, answers: Any) -> None:
    url = f"http://localhost:{lab.port}/-/run/{NAME}/x"
    status, error = put(lab, json.dumps({"server": {url: answers}}))
    assert status == 400 and '"preflight" and "response"' in error


def test_how_many_urls(lab: Lab) -> None:
    server: dict[str, dict[str, Any]] = {
        f"http://localhost:{lab.port}/-/run/{NAME}/{number}": {} for number in range(65)}
    status, error = put(lab, json.dumps({"server": server}))
    assert status == 400 and "at most 64 URLs, and this one has 65" in error
    del server[f"http://localhost:{lab.port}/-/run/{NAME}/7"]
    assert put(lab, json.dumps({"server": server})) == (204, "")


def test_how_many_headers(lab: Lab) -> None:
    url = f"http://localhost:{lab.port}/-/run/{NAME}/"
    answer = {"status": 200, "headers": [["A", "b"]] * 512}
    server = {f"{url}{number}": {"preflight": answer, "response": answer} for number in range(4)}
    assert put(lab, json.dumps({"server": server})) == (204, "")
    server[f"{url}more"] = {"response": {"status": 200, "headers": [["A", "b"]]}}
    status, error = put(lab, json.dumps({"server": server}))
    assert status == 400 and "at most 4096 headers" in error


def test_a_refused_script_leaves_the_old_one(lab: Lab) -> None:
    target = lab.scripted([["X-A", "old"]])
    name = target.split("/")[3]
    assert put(lab, '{"server":{"http://localhost/":{}}}', name)[0] == 400
    answer = lab.ask("GET", target, host=f"api.localhost:{lab.port}")
    assert answer.values("X-A") == ["old"]


def test_a_script_takes_the_place_of_the_old_one(lab: Lab) -> None:
    target = lab.scripted([["X-A", "old"]])
    host = f"api.localhost:{lab.port}"
    assert lab.ask("GET", target, host=host).status == 200
    new = {f"http://{host}{target}": {"response": {"status": 201, "headers": []}}}
    assert lab.script(new, target.split("/")[3]).status == 204
    assert lab.sent(target) == []
    assert lab.ask("GET", target, host=host).status == 201
    assert len(lab.sent(target)) == 1


def test_a_script_is_forgotten(lab: Lab) -> None:
    target = lab.scripted()
    name = target.split("/")[3]
    assert lab.ask("DELETE", f"/-/scripts/{name}").status == 204
    assert lab.ask("GET", f"/-/log/{name}").status == 404
    assert lab.ask("DELETE", f"/-/scripts/{name}").status == 204


def test_the_oldest_scripts_go(lab: Lab) -> None:
    names = [new_id() for _ in range(1000)]
    with lab.connect() as connection:
        def status(method: str, target: str, body: bytes | None = None) -> int:
            return connection.ask(method, target, JSON, body, lab.host).status

        for name in names:
            assert status("PUT", f"/-/scripts/{name}", b'{"server":{}}') == 204
        kept = [status("GET", f"/-/log/{name}") == 200 for name in names]
        assert kept == [False] * 744 + [True] * 256
        # Putting one down again makes it the newest.
        assert status("PUT", f"/-/scripts/{names[744]}", b'{"server":{}}') == 204
        assert status("PUT", f"/-/scripts/{new_id()}", b'{"server":{}}') == 204
        assert status("GET", f"/-/log/{names[744]}") == 200
        assert status("GET", f"/-/log/{names[745]}") == 404


def test_a_large_script(lab: Lab) -> None:
    """Of exactly the size that is taken, and one byte more."""
    url = f"http://localhost:{lab.port}/-/run/{NAME}/"
    server = {f"{url}{number}": {"response": {"status": 200, "headers": [["X", "v" * 60_000]]}}
              for number in range(4)}
    body = json.dumps({"server": server}).ljust(256 * 1024).encode()
    assert len(body) == 256 * 1024
    assert put(lab, body) == (204, "")
    assert lab.ask("GET", f"/-/run/{NAME}/3").values("X") == ["v" * 60_000]
    answer = lab.ask("PUT", f"/-/scripts/{NAME}", JSON, body + b" ")
    assert answer.status == 413 and b"256 KiB" in answer.body
