# SPDX-License-Identifier: MIT
"""What is refused, and in which words. Nothing is asked then."""

from __future__ import annotations

from pathlib import Path

import pytest

from audited_hosts import audit, write_json
from tests.support.https_server import HttpsServer

URL = "https://clean.shop-one.com/"


def refused(server: HttpsServer, folder: Path, *arguments: str) -> str:
    done = audit(server, folder, *arguments)
    assert (done.code, done.stdout) == (2, ""), done.stdout
    assert server.connections_taken == 0
    assert done.stderr.startswith("cors") and "\x1b" not in done.stderr
    return done.stderr


@pytest.fixture(name="server")
def make_idle_server(tmp_path: Path, server: HttpsServer) -> HttpsServer:
    del tmp_path
    server.connections_taken = 0
    return server


@pytest.mark.parametrize("arguments, words", [
    ([], "name a URL"),
    (["api.example.com"], "https:// or http:// before the host"),
    (["ftp://example.com/"], "https:// or http://"),
    (["https://"], "names no host"),
    (["https://:443/"], "names no host"),
    (["https://exa mple.com/"], "blanks"),
    (["https://example.com/\x1b[2J"], "blanks"),
    (["https://user:hunter2@example.com/"], "-H 'Authorization"),
    (["https://user@example.com/"], "-H 'Authorization"),
    ([URL, "-X", "G T"], "no method"),
    ([URL, "-X", ""], "no method"),
    ([URL, "-X", "TRACE"], "no browser sends"),
    ([URL, "-X", "GET", "--data", "x"], "a GET or HEAD has none"),
    ([URL, "-H", "no colon"], "-H takes a header"),
    ([URL, "-H", "A: b\r\nC: d"], "-H takes a header"),
    ([URL, "-H", "Origin: https://a.example"], "--origin"),
    ([URL, "--cookie", "a=b\nc"], "a cookie is one line"),
    ([URL, "--origin", "https://A.example/"], "write https://a.example"),
    ([URL, "--origin", "null"], "--origin takes an origin"),
    ([URL, "--key", "key.pem"], "--cert"),
    ([URL, "--resolve", "host:443"], "--resolve takes"),
    ([URL, "--timeout", "0"], "--timeout takes"),
    ([URL, "--timeout", "1s"], "--timeout takes"),
    ([URL, "--rate", "0"], "--rate"),
    ([URL, "--rate", "fast"], "--rate"),
    ([URL, "--rate-all", "nan"], "--rate"),
    ([URL, "--concurrency", "0"], "--concurrency takes"),
    ([URL, "--concurrency", "-1"], "--concurrency takes"),
    ([URL, "--fail-on", "severe"], "--fail-on is"),
    ([URL, "--json", "--jsonl"], "standard output"),
    ([URL, "--json", "--sarif", "-"], "standard output"),
    ([URL, "--sarif", "x", "--html", "x"], "the same file"),
    ([URL, "--dry-run", "--resume", "x"], "--dry-run"),
    ([URL, "--targets", "-", "--har", "-"], "standard input"),
    ([URL, "--no-such-option"], "--help"),
    ([URL, "--color", "often"], "--color"),
    (["--targets", "missing.txt"], "missing.txt cannot be read"),
    ([URL, "--baseline", "missing.json"], "missing.json"),
])
def test_usage(server: HttpsServer, tmp_path: Path, arguments: list[str], words: str) -> None:
    said = refused(server, tmp_path, *arguments)
    assert words in said and "hunter2" not in said
    assert not (tmp_path / "x").exists()


@pytest.mark.parametrize("line, words", [
    ("GET", "urls.txt:3: "),
    ("GET https://example.com/ now", "urls.txt:3: a line is"),
    ("https://user:hunter2@example.com/", "urls.txt:3: "),
    ("G@T https://example.com/", "urls.txt:3: \"G@T\" is no method"),
    ("\x1b]0;x\x07 https://example.com/", "urls.txt:3: "),
])
def test_a_line_of_a_list(server: HttpsServer, tmp_path: Path, line: str, words: str) -> None:
    (tmp_path / "urls.txt").write_text(f"# fine\n{URL}\n{line}\n")
    said = refused(server, tmp_path, "--targets", "urls.txt")
    assert words in said and "hunter2" not in said


def test_nothing_to_audit(server: HttpsServer, tmp_path: Path) -> None:
    (tmp_path / "urls.txt").write_text("# nothing\n\n")
    assert "nothing to audit" in refused(server, tmp_path, "--targets", "urls.txt")
    recorded = write_json(tmp_path / "page.har", {"log": {"entries": [{"request": {
        "method": "POST", "url": URL, "headers": []}}]}})
    assert "--unsafe" in refused(server, tmp_path, "--har", recorded)


@pytest.mark.parametrize("option, text, words", [
    ("--openapi", "openapi: 3.0.0\n", "no JSON: see line 1"),
    ("--openapi", "{}", "is no OpenAPI 3 or Swagger 2 file"),
    ("--openapi", "[]", "is no OpenAPI 3 or Swagger 2 file"),
    ("--openapi", '{"openapi": "3.0.0", "paths": {"/a": {"get": {}}}}', "--base"),
    ("--openapi", '{"openapi": "3.0.0", "servers": [{"url": "/v1"}], "paths": {"/a": {"get": {}}}}',
     "--base"),
    ("--openapi", '{"swagger": "2.0", "basePath": "/v1", "paths": {"/a": {"get": {}}}}', "--base"),
    ("--openapi", '{"openapi": "3.0.0", "servers": [{"url": "https://u:hunter2@a.example"}],'
     ' "paths": {"/a": {"get": {}}}}', "path /a"),
    ("--har", "{", "no JSON: see line 1"),
    ("--har", "{}", "no HAR file"),
    ("--har", '{"log": {"entries": [{"request": {"method": "GET", "url": '
     '"https://u:hunter2@a.example/"}}]}}', "request 1"),
])
def test_files_that_are_something_else(server: HttpsServer, tmp_path: Path, option: str,
                                       text: str, words: str) -> None:
    (tmp_path / "file").write_text(text)
    said = refused(server, tmp_path, option, "file")
    assert words in said and "hunter2" not in said


def test_a_report_that_cannot_be_written(server: HttpsServer, tmp_path: Path) -> None:
    for option in ("--sarif", "--junit", "--html", "--write-baseline"):
        for path in ("no/such/folder", "."):
            done = audit(server, tmp_path, server.url("clean.shop-one.com"), option, path)
            assert (done.code, done.stdout) == (3, "")
            assert f"{path} cannot be written" in done.stderr
    assert server.connections_taken == 0
