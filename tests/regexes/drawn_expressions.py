# SPDX-License-Identifier: MIT
"""Random regular expressions over origins, and origins that they may or must not match."""

from __future__ import annotations

import random
import re
from dataclasses import dataclass

# What people write, each with texts that it was written for.
Part = tuple[str, list[str]]

STARTS: list[Part] = [("^", [""])] * 12 + [("", [""]), (r"\A", [""]), ("(?:^)", [""])]
ENDS: list[Part] = [("$", [""])] * 12 + [("", [""]), (r"\Z", [""]), ("(?:$)", [""]),
                                         ("(/|$)", [""]), ("/?$", [""])]
SCHEMES: list[Part] = [
    ("https://", ["https://"]), (r"https:\/\/", ["https://"]),
    ("https?://", ["https://", "http://"]), ("http[s]?://", ["https://", "http://"]),
    ("(http|https)://", ["https://", "http://"]), ("(?:https?://)", ["https://"]),
    ("(https?://)?", ["https://"]), ("https{1}://", ["https://"]), ("http.?://", ["https://"]),
    (r"\w+://", ["https://"]), (".*", ["https://"]), ("capacitor://", ["capacitor://"]),
]
BELOW: list[Part] = [
    ("", [""]), (r"(www\.)?", ["www.", ""]), (r"(?:www\.|api\.)", ["www.", "api."]),
    (r".*\.", ["a.", "a.b."]), (r".+\.", ["a.", "a.b."]), (".*", ["", "a.", "evil"]),
    (r"([a-z0-9-]+\.)*", ["a.", "a-1.b.", ""]), (r"([\w-]+\.)*", ["a.", "a_1.b.", ""]),
    (r"(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+", ["a.", "a-b.c."]),
    (r"[a-z0-9-]+\.", ["a.", "x-1."]), (r"[\w-]+\.", ["a_b."]), (r"[^.]+\.", ["a-b."]),
    (r"[^/]+\.", ["a.b."]), (r"(.*\.)?", ["", "a.", "a.b."]), (r"(?:.+\.)?", ["", "a.b."]),
    (r"pr-\d+\.", ["pr-1.", "pr-23."]), (r"pr-?[0-9]*\.", ["pr-1.", "pr."]),
    (r"app.*\.", ["app.", "app-1.", "app.x."]), (r"app[12]\.", ["app1.", "app2."]),
    (r"[a-z]{2,4}\.", ["de.", "test."]), (r"w{3}\.", ["www."]), (r"(a|b)+\.", ["a.", "abab."]),
    (r"[A-Z]+\.", ["a."]), (r"\S+\.", ["a.b."]), (r"x\.(.+)\.", ["x.y."]), (r"\D*", ["a.", ""]),
    (r"(a\.)?(b\.)?", ["a.b.", "b."]), (r"(-|_)", ["-", "_"]), (r"[a-z.]+", ["a.", "ab"]),
    (r"(a|b)+", ["ab"]), (r"([a-z]\.?)*", ["", "ab", "a.b."]), (r"x([ab]?)+\.", ["x.", "xab."]),
    (r"(?P<below>a\.)?", ["a."]), (r"(?:(?:a|b)\.){1,2}", ["a.", "b.a."]), (r".", ["a", "."]),
]
DOMAINS = ["example.com", "a.example", "b.co.uk", "my-site.example.org", "localhost", "127.0.0.1"]
DOTS = [r"\."] * 14 + ["[.]", r"\x2e", "."]
PORTS: list[Part] = [
    ("", [""])] * 6 + [
    (r"(:\d+)?", ["", ":8080"]), (r"(:[0-9]{1,5})?", ["", ":3000"]), (r":\d+", [":3000"]),
    (r":?\d*", ["", ":3000"]), (":(3000|8080)", [":3000", ":8080"]), (r":30\d\d", [":3012"]),
    (r"(:\d*)?", ["", ":1"]), (":8443", [":8443"]), ("(:.*)?", ["", ":81"]), (":443", [":443"]),
    (r"[:\d]*", ["", ":81"]), (".*", ["", ":81", ".evil.test"]),
]

# What a random change puts in, or a random expression is made of.
BITS = list("ab.-:/0()[]|?*+^$\\") + [
    r"\.", r"\d", r"\w", "[a-z]", "[^a]", "(a|b)", "{2}", "{0,1}", "(?:", "[.-]", r"\-", ".*",
    ".+", "*?", "(?=a)", "(?!a)", r"\b", r"\Z", "(?i)", "a{3}", r"\.com", "example", "://"]

# Repeated groups that no repetition inside makes costly: it ends before the dot, or there is none.
HARMLESS = re.compile(r"\((?:\?:)?(?:\[[\w\\-]+\]\+\\\.|[^()*+{}]*)\)[*+]"
                      r"|\[a-z0-9\]\(\?:\[a-z0-9-\]\{0,61\}\[a-z0-9\]\)\?\\\.\)\+")
REPETITIONS_MAX = 4


@dataclass(frozen=True)
class Drawn:
    source: str
    origins: list[str]


@dataclass(frozen=True)
class Written:
    source: str
    domain: str
    meant: list[str]


def draw_written(rng: random.Random) -> Written:
    """As somebody may have written it, with some origins that may be meant."""
    domain = rng.choice(DOMAINS)
    dotted = "".join(rng.choice(DOTS) if byte == "." else byte for byte in domain)
    chosen = [rng.choice(parts) for parts in (STARTS, SCHEMES, BELOW, PORTS, ENDS)]
    start, scheme, below, port, end = chosen
    meant = [rng.choice(scheme[1]) + rng.choice(below[1]) + domain + rng.choice(port[1])
             for _ in range(4)]
    source = start[0] + scheme[0] + below[0] + dotted + port[0] + end[0]
    return Written(source, domain, meant)


def draw_wild(rng: random.Random) -> tuple[str, list[str]]:
    """Random bits, some of them between the ends of an expression that is fine."""
    middle = "".join(rng.choice(BITS) for _ in range(rng.randrange(1, 7)))
    if rng.random() < 0.8:
        meant = ["https://a.example.com", "https://ab.example.com"]
        return rf"^https://{middle}\.example\.com$", meant
    return middle, ["https://a.b"]


def change(rng: random.Random, source: str) -> str:
    place = rng.randrange(len(source) + 1)
    kept = place + rng.randrange(0, 3)
    return source[:place] + rng.choice(["", rng.choice(BITS)]) + source[kept:]


def draw_source(rng: random.Random) -> tuple[str, list[str]]:
    written = draw_written(rng)
    source, meant = written.source, written.meant
    if rng.random() < 0.2:
        source, meant = draw_wild(rng)
    while rng.random() < 0.25:
        source = change(rng, source)
    if rng.random() < 0.1:
        other = draw_written(rng)
        meant += other.meant
        source = rng.choice([f"{source}|{other.source}", f"({source}|{other.source})",
                             f"(?:{other.source})|{source}"])
    return source, meant


def look_alike(rng: random.Random, origin: str) -> str:
    """Another origin, near enough that a careless expression matches it."""
    scheme, _, rest = origin.partition("://")
    host, _, port = rest.partition(":")
    tail = f":{port}" if port else ""
    dots = [i for i, byte in enumerate(host) if byte == "."]
    dot = rng.choice(dots) if dots else len(host)
    return rng.choice([
        f"{scheme}://evil{host}{tail}", f"{scheme}://evil-{host}{tail}",
        f"{scheme}://evil.{host}{tail}", f"{scheme}://{host}.evil.test{tail}",
        f"{scheme}://{host}evil{tail}", f"{scheme}://{host}-evil.test{tail}",
        f"{scheme}://{host[:dot]}x{host[dot + 1:]}{tail}",
        f"{scheme}://{host[:dot]}-{host[dot + 1:]}{tail}",
        f"{scheme}://{host[dot + 1:]}{tail}", f"{scheme}://a_b.c-d.{host}{tail}",
        f"{scheme}://{host[::-1]}{tail}", f"{scheme}://{host}.{tail}",
        f"{scheme}://{host}:{rng.choice(['1', '3000', '65535', '8443'])}",
        f"http://{rest}", f"https://{rest}", f"x{scheme}://{rest}", f"evil://{rest}",
        f"{scheme}://www{host}{tail}", f"{scheme}://{host}0{tail}",
        "null", f"https://evil.test:{port or 1}", "https://[::1]", "http://[::1]:3000",
        f"{scheme}://{''.join(rng.choice('ab.-_01') for _ in range(rng.randrange(1, 9)))}{tail}"])


def is_expensive(source: str) -> bool:
    """Whether the languages' own engines may take for ever."""
    left = HARMLESS.sub("+", source)
    nested = re.search(r"\)[*+]|\)\{\d+,\}", left) is not None
    return nested or len(re.findall(r"[*+]|,\d*\}", left)) > REPETITIONS_MAX


def draw(rng: random.Random, origins: int) -> Drawn:
    source, meant = draw_source(rng)
    while is_expensive(source):
        source, meant = draw_source(rng)
    drawn = dict.fromkeys(meant)
    tries = 0
    while len(drawn) < origins and tries < 4 * origins:
        tries += 1
        drawn[look_alike(rng, rng.choice(list(drawn)))] = None
    return Drawn(source, list(drawn))
