# SPDX-License-Identifier: MIT
"""What an audit leaves alone: other hosts, caches, data, secrets."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from urllib.parse import quote

import pytest

from tests.audit_second.second_answers import ANSWERS, allows_any, allows_own
from tests.audit_second.second_api import Api, with_field
from tests.audit_second.second_behaviour import Call, Reply, Server
from tests.audit_second.second_stage import Stage, playing
from tests.audit_second.second_trust import OWN, SHOP
from tests.support.cors_command import COMMAND, Finished, run_cors
from tests.support.https_server import (
    Answer, HttpsServer, Request, audit_arguments, run_audit)

SECRETS = {"Cookie": "session=s3cr3t-cookie", "Authorization": "Bearer s3cr3t-bearer",
           "X-Api-Key": "s3cr3t-key"}
SECRET_OPTIONS = [text for name, value in SECRETS.items() for text in ("-H", f"{name}: {value}")]
API = "api.northwind.com"
ELSEWHERE = "login.elsewhere.io"
PATH = "/v1/items"
FORMS: list[list[str]] = [[], ["--json"], ["--jsonl"]]


def run(server: HttpsServer, folder: Path, *arguments: str, stdin: bytes = b"") -> Finished:
    return run_cors(["audit", *arguments, *audit_arguments(server)], folder, stdin=stdin)


# Redirects

def leading_to(places: list[str], status: int = 302) -> Callable[[Request], Answer]:
    """Redirects to the place that is in the list by then."""
    return lambda _: Answer(status, [("Location", places[0])])


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_no_credentials_leave_the_host(status: int, tmp_path: Path) -> None:
    seen_elsewhere: list[Request] = []

    def elsewhere(request: Request) -> Answer:
        seen_elsewhere.append(request)
        return Answer(200, [("Access-Control-Allow-Origin", request.first("Origin") or "*")])

    places: list[str] = []
    with HttpsServer({ELSEWHERE: elsewhere, API: leading_to(places, status)}, tmp_path) as server:
        places.append(server.url(ELSEWHERE, "/authorize"))
        done = run_audit(COMMAND, server, [server.url(API, PATH)], *SECRET_OPTIONS)
    for request in seen_elsewhere:
        assert "s3cr3t" not in str(request), request
    assert done.targets[0]["outcome"] == "inconclusive"


def test_redirects_to_a_sibling_leave_the_host(tmp_path: Path) -> None:
    seen: list[Request] = []

    def sibling(request: Request) -> Answer:
        seen.append(request)
        return Answer(200)

    places: list[str] = []
    with HttpsServer({"www.northwind.com": sibling, API: leading_to(places)}, tmp_path) as server:
        places.append(server.url("www.northwind.com", PATH))
        run_audit(COMMAND, server, [server.url(API, PATH)], *SECRET_OPTIONS)
    assert "s3cr3t" not in str(seen)


def test_redirects_to_plain_http_carry_nothing(tmp_path: Path) -> None:
    seen: list[Request] = []

    def plain(request: Request) -> Answer:
        seen.append(request)
        return Answer(200)

    (tmp_path / "plain").mkdir()
    places: list[str] = []
    with HttpsServer({API: plain}, tmp_path / "plain", tls=False) as plain_server, \
            HttpsServer({API: leading_to(places)}, tmp_path) as server:
        places.append(plain_server.url(API, PATH))
        run_audit(COMMAND, server, [server.url(API, PATH)], "--resolve",
                  f"*:{plain_server.port}:127.0.0.1", *SECRET_OPTIONS)
    assert "s3cr3t" not in str(seen)


# Caches

class UrlCache:
    """A cache before a server that keeps answers by URL alone, whatever they vary by."""

    def __init__(self, server: Server, blind: bool) -> None:
        self.server = server
        self.blind = blind  # to Vary
        self.kept: dict[str, Reply] = {}
        self.asked_by: dict[str, str] = {}  # the Origin whose answer is kept

    def __call__(self, call: Call) -> Reply:
        if call.method not in ("GET", "HEAD"):
            return self.server(call)
        varies = not self.blind and any(
            name == "Vary" and "origin" in value.lower()
            for name, value in self.server(call).fields)
        key = f"{call.host}{call.path}?{call.query}" + (f" {call.origin}" if varies else "")
        if key in self.kept:
            reply = with_field(self.kept[key], "Age", "7")
            return replace(reply, fields=[*reply.fields, ("X-Cache", "HIT")])
        reply = self.server(call)
        if reply.status == 200:
            self.kept[key] = reply
            self.asked_by[key] = call.origin
        return replace(reply, fields=[*reply.fields, ("X-Cache", "MISS")])


def public_api(origins: tuple[str, ...], vary: str) -> Server:
    return Api(lambda origin: origin in origins, vary=vary, cache="public, max-age=3600", cookie="")


def test_finds_a_cache_that_is_blind_to_origins(stage: Stage) -> None:
    cache = UrlCache(public_api((OWN, SHOP), ""), blind=True)
    seen = stage.play(cache, OWN + PATH)
    assert "cache-poisoning" in seen.audited.rules(), seen.audited.targets
    assert len(seen.requests) <= 40


def test_asks_caches_with_a_query_of_its_own(stage: Stage) -> None:
    cache = UrlCache(public_api((OWN, SHOP), ""), blind=True)
    stage.play(cache, OWN + PATH + "?page=2")
    own_keys = [key for key in cache.kept if key.startswith(f"{API}{PATH}?page=2&")]
    assert own_keys and any(cache.asked_by[key] for key in own_keys), cache.asked_by


def test_finds_a_cache_behind_reflection(stage: Stage) -> None:
    cache = UrlCache(Api(allows_any, vary="", cache="public, max-age=3600", cookie=""), blind=True)
    seen = stage.play(cache, OWN + PATH)
    assert {"reflected-origin"} <= set(seen.audited.rules()), seen.audited.targets
    assert {"cache-poisoning", "missing-vary"} & set(seen.audited.rules()), seen.audited.targets


def test_finds_a_cache_that_ignores_vary(stage: Stage) -> None:
    cache = UrlCache(public_api((OWN, SHOP), "Origin"), blind=True)
    assert "cache-poisoning" in stage.play(cache, OWN + PATH).audited.rules()


def test_has_nothing_against_a_cache_that_varies(stage: Stage) -> None:
    cache = UrlCache(public_api((OWN, SHOP), "Origin"), blind=False)
    seen = stage.play(cache, OWN + PATH)
    assert (seen.audited.rules(), seen.audited.targets[0]["outcome"]) == ([], "clean")
    assert len(seen.requests) <= 16


@pytest.mark.parametrize("query", ["", "?page=2"])
def test_never_fills_a_real_key_with_a_strangers_answer(query: str, stage: Stage) -> None:
    """Where people's answers are kept, no answer to an Origin of the audit may lie."""
    servers: list[Server] = [
        public_api((OWN, SHOP), ""), public_api((OWN,), "Origin"),
        Api(allows_any, vary="", cache="public, max-age=3600", cookie="")]
    for server in servers:
        cache = UrlCache(server, blind=True)
        stage.play(cache, OWN + PATH + query)
        real = f"{API}{PATH}{query or '?'}"
        assert not cache.asked_by.get(real), cache.asked_by


# Data

def test_sends_a_body_only_when_asked(stage: Stage) -> None:
    asked = stage.play(Api(allows_any), OWN + PATH)
    assert {each.method for each in asked.requests} <= {"GET", "HEAD", "OPTIONS"}
    assert not any(each.body for each in asked.requests)
    posted = stage.play(Api(allows_any), OWN + PATH, "-X", "POST", "--data", "item=tea")
    assert "POST" in {each.method for each in posted.requests}
    assert {each.body for each in posted.requests if each.method == "POST"} == {b"item=tea"}


def test_files_of_targets_are_asked_safely(tmp_path: Path) -> None:
    """What an OpenAPI file or a recording lists and changes something is not sent unasked."""
    with HttpsServer({API: playing(Api(allows_own))}, tmp_path) as server:
        (tmp_path / "api.json").write_text(json.dumps({
            "openapi": "3.0.3", "info": {"title": "t", "version": "1"},
            "servers": [{"url": server.url(API, "/v1")}],
            "paths": {"/items": {"get": {"responses": {}}, "post": {"responses": {}},
                                 "delete": {"responses": {}}}}}))
        (tmp_path / "page.har").write_text(json.dumps({"log": {"version": "1.2", "entries": [
            {"request": {"method": method, "url": server.url(API, PATH), "headers": [
                {"name": "Cookie", "value": "session=s3cr3t-cookie"}]},
             "response": {"status": 200, "headers": []}} for method in ("GET", "DELETE", "PUT")]}}))
        for option, name in (("--openapi", "api.json"), ("--har", "page.har")):
            server.forget()
            done = run(server, tmp_path, option, name, "--json")
            methods = {each.method for each in server.seen(API)}
            assert "GET" in methods and methods <= {"GET", "HEAD", "OPTIONS"}, done
            assert "s3cr3t" not in done.stdout + done.stderr


def test_a_dry_run_sends_nothing(tmp_path: Path) -> None:
    with HttpsServer({API: playing(Api(allows_any))}, tmp_path) as server:
        done = run(server, tmp_path, server.url(API, PATH), "--dry-run", *SECRET_OPTIONS)
        assert server.connections_taken == 0
    assert done.code == 0, done
    assert PATH in done.stdout and API in done.stdout
    assert "s3cr3t" not in done.stdout + done.stderr


def test_names_are_new_in_each_run(stage: Stage) -> None:
    """No server can know an audit by its origins, and none allows one by chance twice."""
    servers: list[Server] = [Api(allows_any), Api(allows_own), Api(lambda origin: False)]
    for server in servers:
        first, second = ({each.first("Origin") for each in stage.play(server, OWN + PATH).requests}
                         for _ in range(2))
        strangers = {origin for origin in first if origin and re.search(r"[a-z]{8}", origin)
                     and origin not in (OWN, OWN.replace("https", "http"))}
        assert strangers - second


# Secrets

def outputs(server: HttpsServer, folder: Path, url: str) -> str:
    """All that is written, in every form; a URL that is refused writes no files."""
    files = {"--sarif": "cors.sarif", "--junit": "cors.xml", "--html": "cors.html",
             "--resume": "cors.journal", "--write-baseline": "cors.baseline"}
    options = [text for pair in files.items() for text in pair]
    written = ""
    for form in FORMS:
        for name in files.values():
            (folder / name).unlink(missing_ok=True)
        done = run(server, folder, url, *form, *options, *SECRET_OPTIONS)
        written += done.stdout + done.stderr
        for name in files.values():
            written += (folder / name).read_text() if (folder / name).exists() else ""
    return written


@pytest.mark.parametrize(("before", "after", "rule"), [
    ("https://", "", "reflected-origin"),
    ("https://alice:s3cr3t-password@", "", ""),  # may be refused
    ("https://", "?access_token=s3cr3t-query", "reflected-origin"),
    ("https://", "?page=2&api_key=s3cr3t-query", "reflected-origin")])
def test_secrets_show_nowhere(before: str, after: str, rule: str, tmp_path: Path) -> None:
    """The ones that are handed in, and the ones that the server says."""
    def telling(call: Call) -> Reply:
        reply = Api(allows_any, exposes="Authorization, X-Auth-Token")(call)
        return replace(reply, fields=[
            *reply.fields, ("Set-Cookie", "session=s3cr3t-renewed; Secure; SameSite=None"),
            ("Authorization", "Bearer s3cr3t-answer"), ("X-Auth-Token", "s3cr3t-token")])

    with HttpsServer({API: playing(telling)}, tmp_path) as server:
        text = outputs(server, tmp_path, server.url(API, PATH).replace("https://", before) + after)
    assert rule in text
    place = text.find("s3cr3t")
    assert place < 0, text[max(0, place - 300):place + 80]


def test_secrets_are_sent(stage: Stage) -> None:
    seen = stage.play(Api(allows_any), OWN + PATH, *SECRET_OPTIONS)
    for name in ("Cookie", "Authorization", "X-Api-Key"):
        assert SECRETS[name] in [each.first(name) for each in seen.requests]


def test_preflights_carry_no_credentials(stage: Stage) -> None:
    for behaviour in ANSWERS[:12]:
        seen = stage.play(behaviour.server, behaviour.url, *SECRET_OPTIONS)
        for each in seen.requests:
            if each.method == "OPTIONS" and each.first("Access-Control-Request-Method"):
                assert "s3cr3t" not in str(each), each


# Hostile words

def test_terminals_get_no_orders(stage: Stage, tmp_path: Path) -> None:
    """What servers say goes through to no terminal, page or line of a log unchanged."""
    evil = "https://\x1b[2J\x1b]0;owned\x07<script>alert(1)</script>.io"

    def shouting(request: Request) -> Answer:
        return Answer(200, [("Access-Control-Allow-Origin", evil)])

    with HttpsServer({API: shouting}, tmp_path) as server:
        for form in FORMS:
            done = run(server, tmp_path, server.url(API, PATH), *form, "--html", "cors.html",
                       "--sarif", "cors.sarif", "--junit", "cors.xml", "--color", "never")
            page = (tmp_path / "cors.html").read_text()
            for text in (done.stdout, done.stderr, page, (tmp_path / "cors.sarif").read_text(),
                         (tmp_path / "cors.xml").read_text()):
                assert "\x1b" not in text and "\x07" not in text, quote(text[:2000])
            assert "<script>alert(1)" not in page
