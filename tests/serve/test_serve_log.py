# SPDX-License-Identifier: MIT
"""What the gateway says about each decision, and about near misses."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest

from recording_upstream import RecordingUpstream
from serving import LISTED, POLICY, Gateway, connect, gateway, read_head, run_serve

NEAR_POLICY = """\
policies:
  - path: /api/*
    allow_origins:
      - https://app.example.com
      - https://admin.example.com:8443
      - https://*.pages.example.com
      - "https://{label}.cloud.example.com"
      - https://pr-*.preview.example.com
      - http://localhost:3000
      - capacitor://localhost
    accept_risks: [insecure-origin, loopback-in-production]
    allow_methods: [PUT, DELETE]
    allow_headers: [Content-Type]
    max_age: 10m
  - path: /other/*
    allow_origins: [https://other.example.net]
"""

NEAR_MISSES = [
    ("http://app.example.com", "https://app.example.com", ["the scheme differs"]),
    ("https://app.example.com:8080", "https://app.example.com", ["the port differs"]),
    ("https://app.example.com:443", "https://app.example.com", ["the port differs"]),
    ("https://admin.example.com", "https://admin.example.com:8443", ["the port differs"]),
    ("http://admin.example.com:8443", "https://admin.example.com:8443", ["the scheme differs"]),
    ("http://admin.example.com", "https://admin.example.com:8443",
     ["the scheme differs", "the port differs"]),
    ("https://app.example.com/", "https://app.example.com", ["a trailing slash too many"]),
    ("https://app.example.com/x", "https://app.example.com", ["a path, which no origin has"]),
    ("https://APP.example.com", "https://app.example.com", ["the case differs"]),
    ("HTTP://app.example.com/", "https://app.example.com",
     ["the scheme differs", "the case differs", "a trailing slash too many"]),
    ("https://me@app.example.com", "https://app.example.com", ["a user name, which no origin has"]),
    ("https://app.example.com.", "https://app.example.com", ["a trailing dot too many"]),
    ("https://www.app.example.com", "https://app.example.com", ["one label too many"]),
    ("https://pages.example.com", "https://*.pages.example.com", ["one label too few"]),
    ("http://a.b.pages.example.com", "https://*.pages.example.com", ["the scheme differs"]),
    ("http://a.b.pages.example.com:81", "https://*.pages.example.com",
     ["the scheme differs", "the port differs"]),
    ("https://a.b.cloud.example.com", "https://{label}.cloud.example.com", ["one label too many"]),
    ("https://cloud.example.com", "https://{label}.cloud.example.com", ["one label too few"]),
    ("https://pr-.preview.example.com", "https://*.pages.example.com", None),
    ("http://localhost:3001", "http://localhost:3000", ["the port differs"]),
    ("https://localhost:3000", "http://localhost:3000", ["the scheme differs"]),
    ("https://shop.example.com", None, ["another host of the same site"]),
]


def said_after(served: Gateway, origin: str, target: str = "/api/x") -> list[str]:
    """The lines that a request from an origin leads to; a second request marks their end."""
    start = len(served.said())
    served.ask(target, origin)
    served.ask("/end-of-case")
    served.wait_until(lambda: "/end-of-case" in served.said()[start:], "the log", 30)
    return served.said()[start:].splitlines()


@pytest.fixture(scope="module")
def near_gateway(tmp_path_factory: pytest.TempPathFactory) -> object:
    with RecordingUpstream() as upstream, \
            gateway(tmp_path_factory.mktemp("near"), "--upstream", upstream.url,
                    policy=NEAR_POLICY) as served:
        yield served


def nearest_in(lines: list[str]) -> tuple[str, list[str]] | None:
    for line in lines:
        found = re.match(r"^ +nearest allowed: (\S+) \((.*)\)$", line)
        if found is not None:
            return found[1], found[2].split(", ")
    return None


NOTHING_NEAR = ["https://evil.test", "null", "https://example.org", "https://app.example.com.evil",
                "https://xn--e1afmkfd.test", "garbage", "://", "https://", "https://[::1]",
                "a" * 5000, "http://127.0.0.2:3000", "https://com"]


@pytest.mark.parametrize(("origin", "entry", "differences"), NEAR_MISSES)
def test_near_miss(tmp_path: Path, upstream: RecordingUpstream, origin: str, entry: str | None,
                   differences: list[str] | None) -> None:
    with gateway(tmp_path, "--upstream", upstream.url, policy=NEAR_POLICY) as served:
        near = nearest_in(said_after(served, origin))
        assert near is not None
        if differences is not None:
            assert near[1] == differences or "a path, which no origin has" in differences
            assert entry is None or near[0] == entry


@pytest.mark.parametrize("origin", NOTHING_NEAR)
def test_nothing_near(tmp_path: Path, upstream: RecordingUpstream, origin: str) -> None:
    with gateway(tmp_path, "--upstream", upstream.url, policy=NEAR_POLICY) as served:
        lines = said_after(served, origin)
        assert nearest_in(lines) is None
        assert " denied 200: origin-" in lines[0]
