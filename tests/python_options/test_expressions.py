# SPDX-License-Identifier: MIT
"""Expressions that are taken allow exactly the origins that they match for the peers."""
from __future__ import annotations

import random
import re
from collections.abc import Callable, Iterator

import pytest

from libcors import Guard, PolicyError, _engine
from libcors.options_flask import merge_options, read_flask_options
from libcors.options_source import OptionsSource
from libcors.options_starlette import StarletteOptions, read_starlette_options

SEED = 20264
ORIGINS_EACH = 400

EXPRESSIONS = [
    r"^https://app\.example\.com$", r"^https://[a-z]+\.example\.com$",
    r"^https://[a-z0-9-]+\.example\.com$", r"^https://([a-z0-9-]+\.)+example\.com$",
    r"^https://([a-z0-9-]+\.)*example\.com$", r"^https://(.+\.)?example\.com$",
    r"^https://(app|www|pr-\d+)\.example\.com$", r"^https?://example\.com$",
    r"^https://.*\.example\.com(:\d+)?$", r"^https://example\.com:(3000|8\d{3})$",
    r"^http://localhost(:[0-9]+)?$", r"^http://(localhost|127\.0\.0\.1):\d+$",
    r"^https://pr-[0-9]{1,3}\.example\.com$", r"^https://\w+\.example\.com$",
    r"^https://[^.]+\.example\.com$", r"^https://app[.]example[.](com|org)$",
    r"^https://(?:a|b)\.(?:example|test)\.com$", r"^capacitor://localhost$",
    r"^https://app-[a-z]+-team\.example\.com$", r"^https://x?y+\.example\.com$",
]
PIECES = ["app", "www", "pr-7", "pr-", "a", "b", "xy", "yy", "a_b", "A", "app-x-team", "127.0.0.1"]
TAILS = ["example.com", "example.org", "test.com", "example.com.evil.net", "badexample.com",
         "exampleXcom", "localhost", "localhost.evil.net", "127.0.0.1", "example.com."]
SCHEMES = ["https", "https", "https", "http", "capacitor", "ftp", "xhttps"]
PORTS = ["", "", "", ":3000", ":8080", ":80", ":443", ":1", ":65536", ":0", ":8000x"]


def origins(chance: random.Random) -> Iterator[str]:
    for _ in range(ORIGINS_EACH):
        labels = [chance.choice(PIECES) for _ in range(chance.randrange(4))]
        host = ".".join([*labels, chance.choice(TAILS)])
        yield f"{chance.choice(SCHEMES)}://{host}{chance.choice(PORTS)}"


def flask_guard(expression: str | re.Pattern[str]) -> Guard:
    return Guard(OptionsSource(read_flask_options(
        merge_options({"origins": expression}), "CORS(app)")))


def starlette_guard(expression: str | re.Pattern[str]) -> Guard:
    return Guard(OptionsSource(read_starlette_options(StarletteOptions(
        (), ("GET",), (), False, expression, (), 600, ()))))


Make = Callable[[str], Guard]
Matches = Callable[[str, str], object]


def flask_matches(expression: str, origin: str) -> object:
    return re.match(expression, origin, re.IGNORECASE)


@pytest.mark.filterwarnings("ignore::libcors.PolicyWarning")
@pytest.mark.parametrize("make, matches", [(flask_guard, flask_matches),
                                           (starlette_guard, re.fullmatch)])
@pytest.mark.parametrize("expression", EXPRESSIONS)
def test_allowed_is_what_matches(make: Make, matches: Matches, expression: str) -> None:
    guard = make(expression)
    for origin in origins(random.Random(SEED)):
        verdict = guard.judge("GET", "/", [(b"Origin", origin.encode())])
        meant = _engine.parse_origin(origin) is not None and bool(matches(expression, origin))
        assert verdict.judgement.allowed == meant, origin


@pytest.mark.filterwarnings("ignore::libcors.PolicyWarning")
@pytest.mark.filterwarnings("ignore:Possible:FutureWarning")
@pytest.mark.parametrize("make", [flask_guard, starlette_guard])
def test_whatever_is_made_of_an_expression_lets_in_nobody_else(make: Make) -> None:
    """Expressions with a piece lost or doubled: refused, or still no wider than they are."""
    chance = random.Random(SEED)
    taken = 0
    for _ in range(600):
        expression = chance.choice(EXPRESSIONS)
        at = chance.randrange(len(expression))
        broken = expression[:at] + expression[at] * chance.choice((0, 2)) + expression[at + 1:]
        try:
            guard = make(broken)
        except PolicyError:
            continue
        taken += 1
        for origin in list(origins(chance))[:60]:
            allowed = guard.judge("GET", "/", [(b"Origin", origin.encode())]).judgement.allowed
            if allowed and not re.match(broken, origin, re.IGNORECASE):
                # A text without marks is an origin, and is compared as such.
                assert origin == broken.lower(), (broken, origin)
    assert taken > 50
