# SPDX-License-Identifier: MIT
"""Credentials are sent to the targets, and shown to nobody."""

from __future__ import annotations

from pathlib import Path

import pytest

from audited_hosts import audit, trusts_anybody, write_json
from tests.support.cors_command import run_cors
from tests.support.https_server import Answer, HttpsServer, Request

OPEN = "open.shop-two.com"
GIVEN = ["-H", "Authorization: Bearer hush-one", "-H", "X-Api-Key: hush-two",
         "--cookie", "session=hush-three", "-H", "Cookie: other=hush-four"]
SECRETS = ["hush-one", "hush-two", "hush-three", "hush-four"]
NAMES = ["X-Session", "X-Auth", "Ocp-Apim-Subscription-Key", "X-Access-Key", "X-Functions-Key",
         "X-JWT", "X-Amz-Signature", "signature", "jwt", "session_id", "sid", "passwd", "hmac",
         "assertion", "SAMLResponse"]


def everything(folder: Path, *texts: str) -> str:
    files = [path.read_text() for path in folder.iterdir()
             if path.is_file() and path.suffix not in (".har", ".pem", ".key", ".csr", ".ext")]
    return "\n".join([*texts, *files])


@pytest.mark.parametrize("form", [[], ["--json"], ["--jsonl"], ["--dry-run"],
                                  ["--dry-run", "--json"]])
def test_what_is_given(server: HttpsServer, tmp_path: Path, form: list[str]) -> None:
    files = [] if "--dry-run" in form else ["--resume", "a.journal", "--write-baseline", "a.base"]
    done = audit(server, tmp_path, server.url(OPEN), *GIVEN, *form, *files,
                 "--sarif", "a.sarif", "--junit", "a.xml", "--html", "a.html")
    told = everything(tmp_path, done.stdout, done.stderr)
    assert OPEN in told
    assert not [secret for secret in SECRETS if secret in told]
    if files:
        assert server.seen(OPEN)[0].all("Cookie") == ["session=hush-three; other=hush-four"]


@pytest.mark.parametrize("form", [[], ["--json"], ["--jsonl"], ["--dry-run"],
                                  ["--dry-run", "--json"]])
def test_names_of_secrets(server: HttpsServer, tmp_path: Path, form: list[str]) -> None:
    """Of headers and in the query, in whatever is written."""
    headers = tmp_path.with_suffix(".headers")
    headers.write_text("".join(f"{name}: hush-{name}\n" for name in NAMES))
    query = "&".join(f"{name}=hush-{name}" for name in NAMES)
    files = [] if "--dry-run" in form else ["--resume", "a.journal", "--write-baseline", "a.base"]
    done = audit(server, tmp_path, server.url(OPEN, f"/?{query}&shown=1"), "-H", f"@{headers}",
                 *form, *files, "--sarif", "a.sarif", "--junit", "a.xml", "--html", "a.html")
    told = everything(tmp_path, done.stdout, done.stderr)
    assert "shown=1" in told and "X-Session" in told
    assert not [name for name in NAMES if f"hush-{name}" in told]
    assert "--dry-run" in form or server.seen(OPEN)[0].first("X-Session") == "hush-X-Session"


@pytest.mark.parametrize("url", ["https://me:hu/sh@a.example/", "https://me:hu?sh@a.example/",
                                 "https://me:hu#sh@a.example/", "https://me:hu\\sh@a.example/"])
def test_user_info_with_delimiters(tmp_path: Path, url: str) -> None:
    done = run_cors(["audit", url], tmp_path)
    assert (done.code, done.stdout) == (2, "")
    assert "https://<hidden>@a.example/" in done.stderr and "user name" in done.stderr


def test_what_was_recorded(server: HttpsServer, tmp_path: Path) -> None:
    headers = [{"name": name, "value": value} for name, value in (
        ("Authorization", "Bearer hush-one"), ("X-Api-Key", "hush-two"))]
    recorded = write_json(tmp_path / "page.har", {"log": {"entries": [{"request": {
        "method": "GET", "url": server.url(OPEN), "headers": headers,
        "cookies": [{"name": "session", "value": "hush-three"}]}}]}})
    done = audit(server, tmp_path, "--har", recorded, "--html", "a.html", "--resume", "a.journal",
                 "--json")
    told = everything(tmp_path, done.stdout, done.stderr)
    assert done.code == 1 and not [secret for secret in SECRETS if secret in told]
    assert server.seen(OPEN)[0].all("Authorization") == ["Bearer hush-one"]


def test_a_recording_that_is_given_as_a_list(server: HttpsServer, tmp_path: Path) -> None:
    cookie = {"name": "Cookie", "value": "session=hush-one"}
    recorded = write_json(tmp_path / "page.har",
                          {"log": {"entries": [{"request": {"headers": [cookie]}}]}})
    done = audit(server, tmp_path, "--targets", recorded)
    assert (done.code, done.stdout) == (2, "")
    assert "--har" in done.stderr and "hush-one" not in done.stderr


def test_what_a_server_hands_out(tmp_path: Path) -> None:
    def behave(request: Request) -> Answer:
        answer = trusts_anybody(request)
        return Answer(answer.status, [
            *answer.headers, ("Set-Cookie", "session=hush-one"), ("X-Csrf-Token", "hush-two"),
            ("Location", f"https://me:hush-three{'x' * 600}@a.example/?shown")], answer.body)
    with HttpsServer({OPEN: behave}, tmp_path) as server:
        done = audit(server, tmp_path, server.url(OPEN), "--json", "--html", "a.html")
    told = everything(tmp_path, done.stdout, done.stderr)
    assert done.code == 1 and not [secret for secret in SECRETS if secret in told]
    assert "<hidden>@a.example/?shown" in told


def test_credentials_go_to_no_other_host(tmp_path: Path) -> None:
    def leads_away(request: Request) -> Answer:
        return Answer(302, [("Location", f"https://elsewhere.shop-two.com:{port[0]}/")])
    port: list[int] = []
    with HttpsServer({OPEN: leads_away, "elsewhere.shop-two.com": trusts_anybody},
                     tmp_path) as server:
        port.append(server.port)
        done = audit(server, tmp_path, server.url(OPEN), *GIVEN)
        seen = server.seen("elsewhere.shop-two.com")
    assert done.code in (1, 3)
    assert not [request for request in seen if request.first("Authorization")
                or request.first("Cookie") or request.first("X-Api-Key")]
