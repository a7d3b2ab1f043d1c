# SPDX-License-Identifier: MIT
"""URLs as the browser engine reads them, against Node's implementation of the URL Standard.

Node 18 and 20 leave "^" in a path, which browsers encode by now: no path here has one. Whether
what stands behind "xn--" is valid is not looked at.
Each drawn text is used twice: as the Location of a redirect, on a base, and as the URL of a call.
"""

from __future__ import annotations

import json
import random
import re
import subprocess
from pathlib import Path
from typing import Any

from tests.support.cors_command import COMMAND

HERE = Path(__file__).resolve().parent
BASE = "http://base.test:8080/one/two/three?four=five#six"
SENT_BASE = "http://base.test:8080/one/two/three?four=five"
DRAWN = 20000
SEED = 1
BAD_PORTS = ("0", "1", "7", "9")  # of those that may be drawn

SCHEMES = ["http:", "https:", "HTTP:", "hTtPs:", "ftp:", "data:", "file:", "x:", ""]
SLASHES = ["//", "/", "", "\\\\", "\\/", "///", "////"]
USERINFO = ["", "", "", "", "u@", "u:p@", ":@", "@", "a@b@", ":p@", "u%40:p:q@"]
HOSTS = ["a.test", "A.Test", "localhost", "127.0.0.1", "127.1", "0x7f.1", "0177.0.0.1", "1.2.3",
         "256.1.1.1", "4294967295", "4294967296", "1.2.3.4.5", "1.2.3.08", "a.0x1", "1.",
         "1.2.3.4.",
         "[::1]", "[::]", "[1:2:3:4:5:6:7:8]", "[1::8]", "[::ffff:1.2.3.4]", "[1:2]", "[::1",
         "[G::1]", "[ABCD::EF]", "a%2etest", "a%41.test", "a%00b", "a b", "a_b.test", "a|b",
         "-a.test", "a..test", ".", "", "%", "a%", "a*b", "a,b", "0x", "0x.0x",
         "1e3", "09", "a.09", "a.1a"]
PORTS = ["", "", "", ":80", ":443", ":8080", ":", ":0", ":00080", ":65535", ":65536", ":x", ":8 0",
         ":-1", ":99999999999999999999"]
SEGMENTS = ["a", "..", ".", "%2e", "%2E%2e", ".%2e", "", "b c", "d%20e", "h`i", "{j}", "k'l",
            "m|n", "o\"p", "<q>", "r~s", "t\\u", "C:", "C|", "...", "%", "%zz", "@", ":", "é", "ü"]
QUERIES = ["", "", "", "?", "?a=b", "?a b", "?'\"<>", "?`{}|", "?#", "?é", "?%41", "??"]
FRAGMENTS = ["", "", "", "#", "#frag", "#a b`<>\"", "#é", "##"]
EDGES = ["", "", "", "", " ", "\t", "\n", "\x01", "\x1f "]


def draw_path(rng: random.Random, slashes: list[str]) -> str:
    return rng.choice(slashes) + rng.choice(["/", "/", "\\"]).join(
        rng.choice(SEGMENTS) for _ in range(rng.randrange(0, 6)))


def draw_url(rng: random.Random) -> str:
    if rng.random() < 0.35:
        text = draw_path(rng, ["/", "\\", ""])
    else:
        text = (rng.choice(SCHEMES) + rng.choice(SLASHES) + rng.choice(USERINFO)
                + rng.choice(HOSTS) + rng.choice(PORTS) + draw_path(rng, ["/", "\\"]))
    text += rng.choice(QUERIES) + rng.choice(FRAGMENTS)
    if rng.random() < 0.1:
        place = rng.randrange(len(text) + 1)
        text = text[:place] + rng.choice("\t\n\r /\\?#@:[]%.") + text[place:]
    return rng.choice(EDGES) + text + rng.choice(EDGES)


def run(command: list[str], lines: list[Any]) -> list[Any]:
    text = "".join(json.dumps(line) + "\n" for line in lines)
    done = subprocess.run(command, input=text, capture_output=True, text=True, check=True,
                          timeout=120)
    return [json.loads(line) for line in done.stdout.splitlines()]


def reference(pairs: list[tuple[str, str | None]]) -> list[Any]:
    return run(["node", str(HERE / "reference.mjs")], [list(pair) for pair in pairs])


def simulated(scenarios: list[dict[str, Any]]) -> list[Any]:
    return run([COMMAND, "simulate"], scenarios)


def is_http(url: Any) -> bool:
    return url is not None and url["protocol"] in ("http:", "https:")


def failures(text: str, url: Any) -> tuple[str, ...]:
    """How a call to what is no http URL may end; the host of file: is not looked at."""
    start = text.strip(" \x01\x1f").replace("\t", "").replace("\n", "").replace("\r", "").lower()
    scheme = re.match("[a-z][a-z0-9+.-]*(?=:)", start)
    if scheme is not None and scheme.group() == "data":
        return ("ok",)
    if scheme is not None and scheme.group() not in ("http", "https", "ftp", "ws", "wss"):
        return ("scheme-not-http",)
    return ("bad-request",) if url is None else ("scheme-not-http",)


def drawn() -> list[str]:
    rng = random.Random(SEED)
    return [draw_url(rng) for _ in range(DRAWN)]


def test_calls_go_where_the_url_standard_says() -> None:
    """An image takes any URL, user info and all, so that nothing but the parser judges it."""
    texts = drawn()
    answers = simulated([
        {"page": "null", "fetches": [{"url": text, "initiator": "image", "mode": "no-cors"}],
         "server": {}} for text in texts])
    for text, url, answer in zip(texts, reference([(text, None) for text in texts]), answers,
                                 strict=True):
        fetch = answer["fetches"][0]
        sent = [request["url"] for request in answer["sent"]]
        if not is_http(url):
            assert fetch["code"] in failures(text, url) and sent == [], repr(text)
        elif sent:
            assert sent == [url["href"]], repr(text)
        else:
            assert fetch["code"] == "network-failure" and url["port"] in BAD_PORTS, repr(text)


def test_redirects_go_where_the_url_standard_says() -> None:
    """A Location holds bytes: what is not ASCII, or a line break, is left to the other test."""
    texts = [text for text in drawn() if text.isascii() and "\n" not in text and "\r" not in text]
    answer = {"status": 302}
    scenarios = [
        {"page": "null", "fetches": [{"url": BASE, "initiator": "image", "mode": "no-cors"}],
         "server": {SENT_BASE: {"response": answer | {"headers": [["Location", text]]}}}}
        for text in texts]
    # A field value loses the white space at its ends before it is read.
    pairs: list[tuple[str, str | None]] = [(text.strip(" \t"), BASE) for text in texts]
    for text, url, answered in zip(texts, reference(pairs), simulated(scenarios), strict=True):
        code = answered["fetches"][0]["code"]
        sent = [request["url"] for request in answered["sent"]]
        assert sent[0] == SENT_BASE
        if not is_http(url):
            assert (code, len(sent)) == ("redirect-scheme", 1), repr(text)
        elif len(sent) > 1:
            assert sent[1] == url["href"], repr(text)
        else:
            assert code == "network-failure" and url["port"] in BAD_PORTS, repr(text)
