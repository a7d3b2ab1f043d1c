# SPDX-License-Identifier: MIT
"""A real server over HTTP/2 that limits how often it may be asked: nginx's limit_req."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.certificates import Authority
from tests.support.cors_command import run_cors
from tests.support.nginx_server import NginxServer

# Many requests can come at once, and 20 a second afterwards.
LIMIT = """
limit_req_zone $binary_remote_addr zone=all:1m rate=20r/s;
limit_req_status 429;
map $http_origin $trusted { default ""; "https://app.shop-one.com" $http_origin; }
log_format versions "$status $server_protocol";
"""
LIMITED = """
access_log access.log versions;
location / {
    limit_req zone=all burst=25 nodelay;
    add_header Retry-After 1 always;
    try_files /nothing @answer;
}
location @answer {
    add_header Vary Origin always;
    add_header Access-Control-Allow-Origin $trusted always;
    return 200 "hello";
}
"""
TARGETS = 4


@pytest.fixture(name="limited")
def serve(tmp_path: Path) -> Iterator[NginxServer]:
    pair = Authority(tmp_path).sign("servers", "DNS:api.shop-one.com")
    with NginxServer(tmp_path, LIMITED, LIMIT, http2=True, tls=pair) as nginx:
        yield nginx


def test_every_target_is_judged(limited: NginxServer, tmp_path: Path) -> None:
    urls = [f"https://api.shop-one.com:{limited.port}/{number}" for number in range(TARGETS)]
    done = run_cors(["audit", *urls, "--json", "--cacert", "authority.pem", "--resolve",
                     f"*:{limited.port}:127.0.0.1"], tmp_path)
    targets = json.loads(done.stdout)["targets"]
    assert [(target["url"], target["outcome"]) for target in targets] == [
        (url, "clean") for url in urls]
    asked = sum(target["requests"] for target in targets)
    lines = limited.access_lines(asked)
    assert len(lines) == asked and set(lines) == {"200 HTTP/2.0", "429 HTTP/2.0"}
    # One at a time after a refusal, and again so after each wait.
    refused = [number for number, line in enumerate(lines) if line.startswith("429")]
    assert len(refused) <= 16 + 3 * TARGETS
    later = lines[refused[0] + 16:]
    assert not any(one.startswith("429") and two.startswith("429")
                   for one, two in zip(later, later[1:]))
