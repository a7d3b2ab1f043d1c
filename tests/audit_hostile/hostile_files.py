# SPDX-License-Identifier: MIT
"""Files that break what reads them carelessly: lists, OpenAPI, HAR, journals, baselines."""

from __future__ import annotations

import json
from typing import Any

DEEP = 100_000
LONG = 3_000_000
ALL_BYTES = bytes(range(256)) * 20


def nested(depth: int) -> str:
    return '{"a":' * depth + "1" + "}" * depth


def openapi(**members: Any) -> str:
    return json.dumps({"openapi": "3.0.0", "info": {"title": "x", "version": "1"},
                       "servers": [{"url": "https://a.test"}], **members})


def path(parameter: Any, **members: Any) -> str:
    return openapi(paths={"/a/{n}": {"get": {"parameters": [parameter]}}}, **members)


def har(*entries: Any) -> str:
    return json.dumps({"log": {"entries": entries}})


def request(**members: Any) -> Any:
    return {"request": {"method": "GET", "url": "https://a.test/x", "headers": [], **members}}


A = {"$ref": "#/components/parameters/A"}
B = {"$ref": "#/components/schemas/B"}

# What can be used in part or whole; what is no target is left out.
USABLE: dict[str, tuple[str, str | bytes]] = {
    "a reference to itself": ("--openapi", path(A, components={"parameters": {"A": A}})),
    "a schema within itself": ("--openapi", path(
        {"name": "n", "in": "path", "schema": B},
        components={"schemas": {"B": {"allOf": [B], "items": B, "example": B}}})),
    "references of odd types": ("--openapi", path(
        [{"$ref": 1}, {"$ref": "#/"}, {"$ref": "#/paths/~2"}, {"$ref": "https://evil.test/"},
         {"$ref": "#/paths/~1a~1{n}/get/parameters/99999999999999999999"}])),
    "a deep schema": ("--openapi", openapi(paths={"/a": {"get": {"parameters": [
        {"name": "x", "in": "query", "schema": json.loads(nested(900))}]}}})),
    "a long path": ("--openapi", openapi(paths={"/" + "x" * LONG: {"get": {}}})),
    "headers of odd types": ("--har", har(request(headers=[
        1, None, {"name": 1, "value": 2}, {"name": "a\r\nb", "value": "c"},
        {"name": "X", "value": "a\r\nInjected: b"}, {"name": "", "value": ""},
        {"name": ":authority", "value": "x"}]))),
    "headers that are no list": ("--har", har(request(headers={"a": "b"}))),
    "a body that is a number": ("--har", har(request(postData=1))),
    "a long URL": ("--har", har(request(url="https://a.test/" + "x" * LONG))),
    "a long line": ("--targets", "https://a.test/" + "x" * LONG),
    "one target often": ("--targets", "https://a.test/\n" * 100_000),
    "CRLF and a byte order mark": ("--targets", "\ufeffhttps://a.test/\r\nhttps://a.test/b\r\n"),
}

# What is refused, with words that the complaint has.
REFUSED: dict[str, tuple[str, str | bytes, str]] = {
    "a deep object": ("--openapi", nested(DEEP), "no JSON"),
    "a deep list": ("--openapi", "[" * DEEP, "no JSON"),
    "an empty API": ("--openapi", "", "no JSON"),
    "NUL": ("--openapi", b"\0\0", "no JSON"),
    "YAML": ("--openapi", "openapi: 3.0.0\npaths: {}", "no JSON"),
    "another JSON": ("--openapi", "[]", "no OpenAPI"),
    "a version of an odd type": ("--openapi", '{"swagger": 2.0}', "no OpenAPI"),
    "paths that are a list": ("--openapi", openapi(paths=[]), "nothing to audit"),
    "paths in a circle": ("--openapi", openapi(paths={"/a": {"$ref": "#/paths/~1b"},
                                                      "/b": {"$ref": "#/paths/~1a"}}),
                          "nothing to audit"),
    "servers in a circle": ("--openapi", openapi(
        servers=[{"url": "{a}", "variables": {"a": {"default": "{a}{a}"}}}],
        paths={"/a": {"get": {}}}), "--base"),
    "a server with a line end": ("--openapi", openapi(
        servers=[{"url": "https://{h}.test", "variables": {"h": {"default": "a\r\nX: y"}}}],
        paths={"/a": {"get": {}}}), "no URL"),
    "a deep HAR": ("--har", nested(DEEP), "no JSON"),
    "a HAR without a log": ("--har", "{}", "no HAR"),
    "entries of odd types": ("--har", har(None, 1, "x", []), "nothing to audit"),
    "bytes": ("--targets", ALL_BYTES, "no URL"),
    "NUL in a URL": ("--targets", b"https://a.test/\0b\n", "no URL"),
    "a URL that turns the terminal red": ("--targets", "https://a.test/\x1b[31m\n", "no URL"),
    "an option": ("--targets", "--json\n", "no URL"),
    "a file": ("--targets", "file:///etc/passwd\n", "no URL"),
    "a HAR as a list": ("--targets", "\n " + har(), "--har"),
    "words": ("--targets", "GET https://a.test/ twice\n", "a line is a URL"),
    "a broken baseline": ("--baseline", '{"suppressions": [', "baseline"),
    "a deep baseline": ("--baseline", nested(DEEP), "baseline"),
    "a baseline of bytes": ("--baseline", ALL_BYTES, "baseline"),
    "a baseline that is a list": ("--baseline", "[]", "no suppressions"),
    "suppressions of odd types": ("--baseline", '{"suppressions": [null, 1, []]}', "suppression 1"),
    "a day that never was": ("--baseline", json.dumps({"suppressions": [
        {"rule": "wildcard", "url": "*", "reason": "x", "until": "2027-02-30"}]}), "until"),
    "a journal of bytes": ("--resume", ALL_BYTES, "journal"),
    "a text as a journal": ("--resume", "my notes\n", "journal"),
    "a text without a line end": ("--resume", "my notes", "journal"),
    "a deep journal": ("--resume", nested(DEEP) + "\n", "journal"),
    "a journal of NUL": ("--resume", b"\0" * 100 + b"\n", "journal"),
}
