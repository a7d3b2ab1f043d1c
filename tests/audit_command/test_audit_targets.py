# SPDX-License-Identifier: MIT
"""Where targets come from: the command line, lists, OpenAPI and Swagger files, HAR files."""

from __future__ import annotations

from pathlib import Path

import pytest

from audited_hosts import audit, audit_json, write_json
from tests.support.https_server import HttpsServer, Request

CLEAN, OTHER, OPEN = "clean.shop-one.com", "other.shop-one.com", "open.shop-two.com"


def urls(targets: list[dict[str, object]]) -> list[object]:
    return [target["url"] for target in targets]


def calls(server: HttpsServer, host: str = CLEAN) -> list[str]:
    """The distinct requests to a host, but for preflights and what is made up below a path."""
    found = [f"{request.method} {request.target}" for request in server.seen(host)
             if request.method != "OPTIONS"]
    plain = [call for call in found if found.count(call) > 1]
    return list(dict.fromkeys(plain))


def plain_request(server: HttpsServer, host: str = CLEAN) -> Request:
    """The first request to a host."""
    return server.seen(host)[0]


def test_urls_in_their_order(server: HttpsServer, tmp_path: Path) -> None:
    named = [server.url(host, path) for path in ("/a", "/b") for host in (OPEN, CLEAN, OTHER)]
    targets = audit_json(server, tmp_path, *named, named[0], "--concurrency", "3")
    assert urls(targets) == named
    assert [target["outcome"] for target in targets] == 2 * ["findings", "clean", "clean"]


def test_a_fragment_is_not_sent(server: HttpsServer, tmp_path: Path) -> None:
    targets = audit_json(server, tmp_path, server.url(CLEAN, "/a#top"))
    assert urls(targets) == [server.url(CLEAN, "/a")]
    assert plain_request(server).target == "/a"


LIST = """\ufeff# what there is
{clean}/a  # the first
\t
  POST\t{clean}/b#c
{clean}/a
HEAD {other}/\r
"""


@pytest.mark.parametrize("from_stdin", [False, True])
def test_a_list(server: HttpsServer, tmp_path: Path, from_stdin: bool) -> None:
    text = LIST.format(clean=server.origin(CLEAN), other=server.origin(OTHER)).encode()
    (tmp_path / "urls.txt").write_bytes(text)
    name = "-" if from_stdin else "urls.txt"
    targets = audit_json(server, tmp_path, "--targets", name, server.url(OTHER, "/last"),
                         stdin=text if from_stdin else b"")
    assert urls(targets) == [server.url(CLEAN, "/a"), server.url(CLEAN, "/b"),
                             server.url(OTHER), server.url(OTHER, "/last")]
    assert sorted(calls(server)) == ["GET /a", "POST /b"]
    assert {request.method for request in server.seen(OTHER)} >= {"HEAD", "GET"}


def test_the_method_and_the_body(server: HttpsServer, tmp_path: Path) -> None:
    (tmp_path / "urls.txt").write_text(f"{server.url(OTHER)}\nGET {server.url(OTHER, '/get')}\n")
    audit_json(server, tmp_path, server.url(CLEAN), "--targets", "urls.txt", "--data", "name=Ada",
               "-H", "Content-Type: application/x-www-form-urlencoded")
    first = plain_request(server)
    assert (first.method, first.body) == ("POST", b"name=Ada")
    assert first.all("Content-Type") == ["application/x-www-form-urlencoded"]
    bodies = {(request.method, request.body) for request in server.seen(OTHER)
              if request.method != "OPTIONS" and request.path in ("/", "/get")}
    assert bodies == {("POST", b"name=Ada"), ("GET", b"")}


def test_a_named_method(server: HttpsServer, tmp_path: Path) -> None:
    """In upper case, as fetch() sends it, where fetch() does that."""
    for given, sent in (("DELETE", "DELETE"), ("put", "PUT"), ("patch", "patch")):
        server.forget()
        audit_json(server, tmp_path, server.url(CLEAN, "/items/1"), "-X", given)
        assert plain_request(server).method == sent


def test_headers_and_cookies_are_sent(server: HttpsServer, tmp_path: Path) -> None:
    audit_json(server, tmp_path, server.url(CLEAN), "-H", "Authorization: Bearer abc",
               "-H", "Cookie: a=1", "--cookie", "b=2; c=3", "-H", "X-Two: 1", "-H", "X-Two: 2")
    first = plain_request(server)
    assert first.all("Authorization") == ["Bearer abc"]
    assert first.all("Cookie") == ["a=1; b=2; c=3"]
    assert first.all("X-Two") == ["1", "2"]


def openapi(server: HttpsServer) -> dict[str, object]:
    return {
        "openapi": "3.0.3",
        "servers": [{"url": "https://{name}.shop-one.com:{port}/v1/", "variables": {
                         "name": {"default": "clean"}, "port": {"default": str(server.port)}}},
                    {"url": server.origin(OTHER)}],
        "paths": {
            "/items": {
                "get": {"parameters": [
                    {"$ref": "#/components/parameters/Page"},
                    {"name": "sort", "in": "query", "schema": {"enum": ["name", "age"]}},
                    {"name": "nothing", "in": "query", "schema": {"type": "string"}},
                    {"name": "since", "in": "query", "required": True,
                     "schema": {"type": "string", "format": "date"}},
                    {"name": "X-Tenant", "in": "header", "required": True,
                     "schema": {"type": "string", "default": "main"}}]},
                "post": {"requestBody": {"content": {"application/json": {
                    "schema": {"$ref": "#/components/schemas/Item"}}}}}},
            "/items/{id}/parts/{part}/{left_out}": {
                "parameters": [
                    {"name": "id", "in": "path", "required": True, "example": "a/b c"},
                    {"name": "part", "in": "path", "required": True,
                     "schema": {"$ref": "#/components/schemas/Count"}}],
                "head": {}},
            "/elsewhere": {"servers": [{"url": server.origin(OTHER) + "/api"}], "get": {
                "parameters": [{"$ref": "other.json#/p"}, {"in": "query"}, 7,
                               {"$ref": "#/components/parameters/Circle"}]}},
        },
        "components": {
            "parameters": {
                "Page": {"name": "page", "in": "query", "examples": {"one": {"value": 3}}},
                "Circle": {"$ref": "#/components/parameters/Circle"}},
            "schemas": {
                "Count": {"type": ["null", "integer"], "minimum": 12},
                "Item": {"type": "object", "example": {"name": "x"}}}},
    }


ITEMS = "/v1/items?page=3&sort=name&since=2024-01-01"


def test_openapi(server: HttpsServer, tmp_path: Path) -> None:
    file = write_json(tmp_path / "api.json", openapi(server))
    done = audit(server, tmp_path, "--openapi", file, "--jsonl")
    assert done.code == 0 and "1 that may change something is left out" in done.stderr
    assert sorted(calls(server)) == [
        f"GET {ITEMS}", "HEAD /v1/items/a%2Fb%20c/parts/12/1"]
    items = next(request for request in server.seen(CLEAN) if request.target == ITEMS)
    assert items.all("X-Tenant") == ["main"]
    assert calls(server, OTHER) == ["GET /api/elsewhere"]


def test_openapi_with_what_may_change_something(server: HttpsServer, tmp_path: Path) -> None:
    file = write_json(tmp_path / "api.json", openapi(server))
    audit_json(server, tmp_path, "--openapi", file, "--unsafe")
    posts = [request for request in server.seen(CLEAN) if request.method == "POST"]
    assert {(request.path, request.body) for request in posts} == {
        ("/v1/items", b'{"name":"x"}')}
    assert posts[0].all("Content-Type") == ["application/json"]


def test_swagger(server: HttpsServer, tmp_path: Path) -> None:
    file = write_json(tmp_path / "api.json", {
        "swagger": "2.0", "host": f"{CLEAN}:{server.port}", "basePath": "/v2",
        "schemes": ["http", "https"],
        "paths": {"/pets/{id}": {"get": {"parameters": [
            {"name": "id", "in": "path", "required": True, "type": "integer"},
            {"name": "tags", "in": "query", "type": "array", "items": {"type": "string"},
             "default": ["red", "blue"]},
            {"name": "full", "in": "query", "required": True, "type": "boolean"}]}}}})
    targets = audit_json(server, tmp_path, "--openapi", file)
    assert urls(targets) == [server.url(CLEAN, "/v2/pets/1?tags=red&full=true")]


@pytest.mark.parametrize("servers, base, path", [
    ([{"url": "/v3"}], "", "/v3/me"),
    ([{"url": "/v3/"}], "/", "/v3/me"),
    ([{"url": "/v3"}], "/api/", "/api/me"),
    ([{"url": "https://prod.example/v3"}], "", "/v3/me"),
    ([{"url": "https://prod.example/v3"}], "/api", "/api/me"),
    (None, "", "/me"),
    ([], "/api", "/api/me"),
])
def test_the_base_of_an_api(server: HttpsServer, tmp_path: Path, servers: object, base: str,
                            path: str) -> None:
    described: dict[str, object] = {"openapi": "3.1.0", "paths": {"/me": {"get": {}}}}
    if servers is not None:
        described["servers"] = servers
    file = write_json(tmp_path / "api.json", described)
    targets = audit_json(server, tmp_path, "--openapi", file, "--base",
                         server.origin(CLEAN) + base)
    assert urls(targets) == [server.url(CLEAN, path)]


def har(server: HttpsServer) -> dict[str, object]:
    def entry(method: str, url: str, headers: dict[str, str] | None = None,
              **more: object) -> object:
        listed = [{"name": name, "value": value} for name, value in (headers or {}).items()]
        request: dict[str, object] = {"method": method, "url": url, "headers": listed}
        return {"request": request | more, "response": {"status": 200}}
    page = {"Origin": server.origin(OTHER), "Referer": server.url(OTHER, "/page"),
            "sec-fetch-mode": "cors", "User-Agent": "Browser", "Accept-Encoding": "br",
            "Authorization": "Bearer abc", "X-App": "1"}
    me = server.url(CLEAN, "/me")
    return {"log": {"entries": [
        entry("OPTIONS", me, {"Access-Control-Request-Method": "GET"}),
        entry("GET", me, page | {":authority": "x"}, cookies=[{"name": "s", "value": "1"},
                                                              {"name": "t", "value": "2"}]),
        entry("GET", me, {"X-App": "2"}),
        entry("GET", "data:text/plain,hello"), entry("GET", "wss://clean.shop-one.com/live"),
        entry("PUT", server.url(CLEAN, "/name"), {"Content-Type": "text/x"},
              postData={"text": "Ada"}),
    ]}}


def test_har(server: HttpsServer, tmp_path: Path) -> None:
    file = write_json(tmp_path / "page.har", har(server))
    done = audit(server, tmp_path, "--har", file, "-H", "Authorization: Bearer new", "--jsonl")
    assert done.code == 0 and "left out" in done.stderr
    assert calls(server) == ["GET /me"]
    first = plain_request(server)
    assert first.all("Authorization") == ["Bearer new"]
    assert (first.all("X-App"), first.all("Cookie")) == (["1"], ["s=1; t=2"])
    assert "Browser" not in first.all("User-Agent") and "br" not in first.all("Accept-Encoding")
    assert not first.all("Referer") and not first.all("sec-fetch-mode")
    origins = {request.first("Origin") for request in server.seen(CLEAN)}
    assert server.origin(OTHER) in origins


def test_har_with_what_may_change_something(server: HttpsServer, tmp_path: Path) -> None:
    file = write_json(tmp_path / "page.har", har(server))
    targets = audit_json(server, tmp_path, "--har", file, "--unsafe")
    assert urls(targets) == [server.url(CLEAN, "/me"), server.url(CLEAN, "/name")]
    put = next(request for request in server.seen(CLEAN) if request.method == "PUT")
    assert (put.body, put.all("Content-Type")) == (b"Ada", ["text/x"])
