# SPDX-License-Identifier: MIT
"""What a request costs nginx with the module, in instructions, which no other load can change.

nginx_budget.json has the most that each kind of request may take over nginx without the module,
a preflight (which nginx has no answer to) as a whole. It leaves a percent or so for processors that
differ, by which the C library chooses its memcpy() and the like. Who makes a request cheaper
lowers it; who must make one dearer raises it and says why.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from tests.nginx_instructions.counted_nginx import CountedNginx, Request
from tests.support.nginx_recipe import HEADERS, MODULE, ORIGIN, RECIPE, RECIPE_HTTP
from tests.support.nginx_server import nginx_module

BUDGET: dict[str, int] = json.loads(
    (Path(__file__).resolve().parent / "nginx_budget.json").read_text())

ACTUAL = Request("GET", "/item", {"Origin": ORIGIN})
DENIED = Request("GET", "/item", {"Origin": "https://tenant-7.example.net"})
NO_ORIGIN = Request("GET", "/item")
NO_POLICY = Request("GET", "/outside/item", {"Origin": ORIGIN})
BROWSER = Request("GET", "/item", {
    "Connection": "keep-alive",
    "sec-ch-ua": '"Chromium";v="124", "Not-A.Brand";v="99"',
    "sec-ch-ua-mobile": "?0",
    "User-Agent": "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) "
                  "Chrome/124.0.0.0 Safari/537.36",
    "sec-ch-ua-platform": '"Linux"',
    "Accept": "*/*",
    "Origin": ORIGIN,
    "Sec-Fetch-Site": "cross-site",
    "Sec-Fetch-Mode": "cors",
    "Sec-Fetch-Dest": "empty",
    "Referer": f"{ORIGIN}/",
    "Accept-Encoding": "gzip, deflate, br, zstd",
    "Accept-Language": "en-US,en;q=0.9"})
PREFLIGHT = Request("OPTIONS", "/item", {
    "Origin": ORIGIN, "Access-Control-Request-Method": "PUT",
    "Access-Control-Request-Headers": ",".join(HEADERS).lower()})

OVER_BARE = {"actual, allowed": ACTUAL, "actual, denied": DENIED,
             "actual, as a browser sends it": BROWSER, "no Origin": NO_ORIGIN,
             "no policy": NO_POLICY}

LOCATIONS = """
        location / {%s}
        location /outside/ { alias %s/; }
"""

Count = Callable[[str, Request], float]


@pytest.fixture(scope="module")
def servers() -> Iterator[dict[str, CountedNginx]]:
    """nginx bare, with the pasted recipe, and with the module.

    Their folders' names are always as long: nginx writes them into each request's pool, and how
    full its blocks are decides how many of them the next piece of memory is looked for in.
    """
    kinds = {"bare": ("", "", ""), "recipe": (RECIPE, RECIPE_HTTP, ""),
             "module": (MODULE, "", f"load_module {nginx_module()};")}
    with ExitStack() as started:
        running = {}
        for kind, (location, http, main) in kinds.items():
            name = TemporaryDirectory(prefix="cors-counted-", dir="/tmp")
            folder = Path(started.enter_context(name))
            folder.chmod(0o755)
            server = LOCATIONS % (location, folder)
            running[kind] = started.enter_context(CountedNginx(folder, server, http, main))
        yield running


@pytest.fixture(scope="module")
def count(servers: dict[str, CountedNginx]) -> Count:
    """The instructions of a request; each is counted once."""
    counted: dict[tuple[str, str], float] = {}

    def instructions(kind: str, request: Request) -> float:
        key = kind, repr(request)
        if key not in counted:
            counted[key] = servers[kind].per_request(request)
        return counted[key]
    return instructions


def test_what_is_counted_has_the_right_answers(servers: dict[str, CountedNginx]) -> None:
    for kind in ("recipe", "module"):
        for request, status in ((ACTUAL, 200), (PREFLIGHT, 204)):
            answer = servers[kind].ask(request)
            assert (answer.status, answer.allowed_origin()) == (status, ORIGIN)
        assert servers[kind].ask(DENIED).allowed_origin() is None
        assert servers[kind].ask(NO_ORIGIN).vary() == ["origin"]
    for kind, server in servers.items():
        assert server.ask(NO_POLICY).status == 200
        assert server.ask(NO_POLICY).vary() == [], kind


def test_a_count_is_the_same_again(servers: dict[str, CountedNginx], count: Count) -> None:
    first = count("module", ACTUAL)
    assert abs(servers["module"].per_request(ACTUAL) - first) <= first / 1000


@pytest.mark.parametrize("name", OVER_BARE)
def test_over_bare_nginx(count: Count, name: str) -> None:
    request = OVER_BARE[name]
    over = count("module", request) - count("bare", request)
    assert over <= BUDGET[name], f"{name}: {over:.0f} instructions over bare nginx"
    print(f"{name}: {over:.0f} over {count('bare', request):.0f}")


def test_a_preflight(count: Count) -> None:
    whole = count("module", PREFLIGHT)
    assert whole <= BUDGET["preflight"], f"{whole:.0f} instructions"
    print(f"preflight: {whole:.0f}")


@pytest.mark.parametrize("request_", [ACTUAL, BROWSER, NO_ORIGIN, DENIED, PREFLIGHT],
                         ids=["actual", "browser", "no Origin", "denied", "preflight"])
def test_cheaper_than_the_pasted_recipe(count: Count, request_: Request) -> None:
    assert count("module", request_) <= count("recipe", request_)
