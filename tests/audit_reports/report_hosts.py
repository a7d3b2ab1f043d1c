# SPDX-License-Identifier: MIT
"""Servers whose reports are looked at: each outcome, and texts that want to be more than text."""

from __future__ import annotations

from tests.support.https_server import Answer, Behaviour, Raw, Request, reset

CLEAN = "clean.shop-one.com"
OPEN = "open.shop-two.com"  # trusts everybody, with credentials
PUBLIC = "public.shop-three.com"  # a public *: one piece of information
BROKEN = "broken.shop-four.com"
HOSTILE = "hostile.shop-five.com"  # answers with what reports must not take for their own

SCRIPT = "<script>document.documentElement.id='ran'</script>"
IMAGE = "<img src=/leak onerror=\"document.documentElement.id='ran'\">"
MARKUP = "\"'></pre></details><link rel=stylesheet href=/leak><!-- ]]> -->&lt;&amp;"
LINK = "[click](https://evil.example/) {0} }}"


def as_header(text: bytes) -> str:
    """The bytes as the server writes them: headers go out as Latin-1."""
    return text.decode("latin-1")


CONTROLS = as_header(b"bell\x07 escape\x1b[31m delete\x7f")
TURNED = as_header("turned\u202etxet\u202c isolated\u2066text\u2069".encode())
NONCHARACTERS = as_header("none\ufffe\uffff".encode())
BROKEN_UTF8 = as_header(b"broken\xff\xfe\xc3( \xed\xa0\x80 \xe2\x82")

UTF8 = "utf8"  # the query that leaves out the last of these
HOSTILE_TEXTS = (SCRIPT, IMAGE, MARKUP, LINK, CONTROLS, TURNED, NONCHARACTERS, BROKEN_UTF8)

ALLOW = "Access-Control-Allow-"


def trusts_nobody(_: Request) -> Answer:
    return Answer(200, [("Vary", "Origin")], b"{}")


def trusts_anybody(request: Request) -> Answer:
    origin = request.first("Origin")
    allowed = [(ALLOW + "Origin", origin), (ALLOW + "Credentials", "true")] if origin else []
    return Answer(200, [*allowed, ("Vary", "Origin")], b"mine" if origin else b"yours")


def is_public(_: Request) -> Answer:
    return Answer(200, [(ALLOW + "Origin", "*")], b"{}")


def is_hostile(request: Request) -> Answer:
    """Trusts everybody, and adds its texts to what is reported; UTF-8 alone where it is asked."""
    texts = HOSTILE_TEXTS[:-1] if request.query == UTF8 else HOSTILE_TEXTS
    origin = request.first("Origin")
    headers = [(ALLOW + "Origin", origin), (ALLOW + "Credentials", "true")] if origin else []
    headers += [(ALLOW + "Methods", text) for text in texts]
    headers += [("Access-Control-Expose-Headers", "Set-Cookie, " + text) for text in texts]
    headers += [("Vary", text) for text in texts]
    headers += [("Access-Control-Max-Age", LINK)]
    return Answer(200, headers, b"mine" if origin else b"yours")


BEHAVIOURS: dict[str, Behaviour | Raw] = {
    CLEAN: trusts_nobody,
    OPEN: trusts_anybody,
    PUBLIC: is_public,
    BROKEN: Raw(reset),
    HOSTILE: is_hostile,
}
