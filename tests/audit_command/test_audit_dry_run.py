# SPDX-License-Identifier: MIT
"""What would be sent is told, and nothing is."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from audited_hosts import audit, trusts_nobody
from tests.support.https_server import HttpsServer

HOSTS = ["api.shop-one.com", "www.shop-two.com"]


@pytest.fixture(name="idle")
def serve(tmp_path: Path) -> HttpsServer:
    """Only its URLs are needed: what is sent to it would wait for ever."""
    return HttpsServer({host: trusts_nobody for host in HOSTS}, tmp_path)


def test_nothing_is_sent(idle: HttpsServer, tmp_path: Path) -> None:
    urls = [idle.url(host) for host in HOSTS]
    with idle:
        done = audit(idle, tmp_path, *urls, "--dry-run", "-X", "PUT", "--data", "four")
        assert idle.connections_taken == 0
    assert done.code == 0
    assert "nothing was sent" in done.stderr and "40" in done.stderr
    for url in urls:
        assert f"== PUT {url}\n" in done.stdout and f"\nOPTIONS {url}" in done.stdout
        assert f"\nOrigin: {url.removesuffix('/')}\n" in done.stdout
    assert "body of 4 bytes" in done.stdout
    counts = [int(count) for count in re.findall(r"^(\d+) requests$", done.stdout, re.MULTILINE)]
    assert len(counts) == 2 and all(3 <= count <= 16 for count in counts)
    assert len(re.findall(r"^(?:PUT|OPTIONS|GET) https", done.stdout,
                          re.MULTILINE)) == sum(counts)


@pytest.mark.parametrize("form", ["--json", "--jsonl"])
def test_as_json(idle: HttpsServer, tmp_path: Path, form: str) -> None:
    urls = [idle.url(host) for host in HOSTS]
    with idle:
        done = audit(idle, tmp_path, *urls, "--dry-run", form, "--quick")
        assert idle.connections_taken == 0
    targets = (json.loads(done.stdout)["targets"] if form == "--json"
               else [json.loads(line) for line in done.stdout.splitlines()])
    assert [target["url"] for target in targets] == urls
    for target in targets:
        first = target["requests"][0]
        assert (first["method"], first["url"], first["body"]) == ("GET", target["url"], False)
        assert "Origin" not in dict(first["headers"])
        assert len(target["requests"]) <= 6


def test_names_are_drawn_anew(idle: HttpsServer, tmp_path: Path) -> None:
    def origins() -> set[str]:
        done = audit(idle, tmp_path, idle.url(HOSTS[0]), "--dry-run")
        return set(re.findall(r"^Origin: (.+)$", done.stdout, re.MULTILINE))
    with idle:
        first, second = origins(), origins()
    assert first - second and second - first and first & second


def test_where_no_policy_can_be(idle: HttpsServer, tmp_path: Path) -> None:
    """Origins that policies do not take are told about, too."""
    with idle:
        for url in ("http://127.0.0.1:8080/", "https://[::1]/", "https://EXAMPLE.com:443/",
                    "https://a_b.example/", "https://..example/"):
            done = audit(idle, tmp_path, url, "--dry-run")
            assert done.code == 0 and f"== GET {url}" in done.stdout
