# SPDX-License-Identifier: MIT
"""Which characters real browsers take in a host name, and send in the Origin of a page there.

Each browser is asked what URL() makes of a host, then to go to a page of that host, which tells
its location.origin and makes a cross-origin call with credentials; the server notes the Origin
that came, and reflects it. Each browser does so in two ways: it looks the names up itself, or
leaves that to a proxy. Everything is done twice, with a browser started anew.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any, Protocol
from urllib.parse import urlencode

from tests.browsers.chromium_console import chromium
from tests.browsers.console_lines import ConsoleLines
from tests.browsers.firefox_console import firefox
from tests.browsers.host_server import ADDRESS, OWN_URL, PORT, HostServer, Visit
from tests.support.browser import CHROMIUM_FLAGS

Json = dict[str, Any]

RUNS = 2
SECONDS_MAX = 20.0  # far above what a page takes
SUFFIX = ".attacker.test"

# The host of a page as somebody registers it who holds attacker.test: against a comparison that
# ends too soon, and against one that takes any character.
SHAPES = {"prefix": "api.example.test{}.attacker.test", "label": "a{}b.attacker.test"}
PLAIN = set(b"0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ.")

# Hosts about more than one byte.
OTHERS = {
    "letters": "api.example.test.attacker.test",
    "upper case": "API.Example.test.ATTACKER.test",
    "a dot at the end": "api.attacker.test.",
    "_ at the start": "_a.attacker.test",
    "_ alone": "_.attacker.test",
    "- at the start": "-a.attacker.test",
    "` percent-encoded": "api.example.test%60.attacker.test",
    "{ percent-encoded": "api.example.test%7b.attacker.test",
    "_ percent-encoded": "api.example.test%5F.attacker.test",
    "\\ percent-encoded": "api.example.test%5C.attacker.test",
    "/ percent-encoded": "api.example.test%2F.attacker.test",
    "NUL percent-encoded": "api.example.test%00.attacker.test",
    "byte 0x80 percent-encoded": "api.example.test%80.attacker.test",
    "U+0080": "api.example.test\u0080.attacker.test",
}

# What loads a page of every name without a name server, and what leaves all names to a proxy.
CHROMIUM_WAYS = {
    "names": (*CHROMIUM_FLAGS, f"--host-resolver-rules=MAP * {ADDRESS}"),
    "proxy": (*(flag for flag in CHROMIUM_FLAGS if flag != "--no-proxy-server"),
              f"--proxy-server=http://{ADDRESS}:{PORT}", "--proxy-bypass-list=<-loopback>"),
}
FIREFOX_WAYS: dict[str, dict[str, bool | int | str]] = {
    "names": {"network.dns.native-is-localhost": True, "network.dns.disableIPv6": True},
    "proxy": {"network.proxy.type": 1, "network.proxy.http": ADDRESS,
              "network.proxy.http_port": PORT, "network.proxy.no_proxies_on": "",
              "network.proxy.allow_hijacking_localhost": True},
}
BROWSERS = ("chromium", "firefox")
WAYS = ("names", "proxy")
ERROR = re.compile(r"net::\w+|(?<=about:neterror\?e=)\w+")


class Visitor(Protocol):
    async def open(self, url: str) -> str: ...
    async def visit(self, url: str) -> str | None: ...
    async def version(self) -> str: ...


@dataclass(frozen=True)
class Host:
    about: str
    host: str
    byte: int | None

    @property
    def url(self) -> str:
        return f"http://{self.host}:{PORT}/@host.html"


def all_hosts() -> list[Host]:
    """Each ASCII byte that is none of a plain name, in each shape, and the others."""
    return [Host(shape, template.format(chr(byte)), byte)
            for byte in range(0x80) if byte not in PLAIN
            for shape, template in SHAPES.items()
            ] + [Host(about, host, None) for about, host in OTHERS.items()]


@asynccontextmanager
async def visitor(browser: str, way: str) -> AsyncIterator[Visitor]:
    lines = ConsoleLines()
    if browser == "chromium":
        async with chromium(lines, CHROMIUM_WAYS[way]) as devtools:
            yield devtools
    else:
        async with firefox(lines, FIREFOX_WAYS[way], load_strategy="eager") as marionette:
            yield marionette


async def visit(window: Visitor, server: HostServer, host: Host) -> Json:
    """Goes to the page, and tells what it saw and sent, or why it did not come."""
    name = str(len(server.visits))
    server.visits[name] = seen = Visit()
    failure = await window.visit(f"{host.url}?{urlencode({'visit': name, 'server': OWN_URL})}")
    if failure is not None:
        found = ERROR.search(failure)
        if found is None:
            raise ValueError(f"{host.url}: {failure}")
        return {"error": found[0]}
    arrived = await asyncio.wait_for(seen.arrived, SECONDS_MAX)
    return {**arrived, "sent": seen.sent}


def is_of_attacker(parsed: Json | None) -> bool:
    """Whether the URL leads below the name that was registered, by its host name alone."""
    return (parsed is not None and parsed["user"] == ""
            and parsed["host"].removesuffix(".").endswith(SUFFIX))


async def run_once(browser: str, way: str) -> tuple[str, list[Json]]:
    """The browser's version, and for each host what URL() says and what the page did."""
    hosts = all_hosts()
    async with HostServer([host.url for host in hosts]) as server, \
            visitor(browser, way) as window:
        await window.open(f"{OWN_URL}/@parse.html")
        parsed = await asyncio.wait_for(server.parsed, SECONDS_MAX)
        seen = [{"url": url, "page": await visit(window, server, host)
                 if is_of_attacker(url) else None} for host, url in zip(hosts, parsed)]
        return await window.version(), seen


def merged(runs: dict[str, list[Json]]) -> Iterator[Json]:
    """For each host, what each way of a browser showed; what URL() says is the same in all."""
    for of_ways in zip(*runs.values()):
        if any(seen["url"] != of_ways[0]["url"] for seen in of_ways):
            raise ValueError(f"URL() says one thing and another: {of_ways}")
        yield {"url": of_ways[0]["url"],
               **{way: seen["page"] for way, seen in zip(runs, of_ways)}}


async def record_browser(browser: str) -> tuple[str, list[Json]]:
    runs = {}
    for way in WAYS:
        version, first = await run_once(browser, way)
        for _ in range(1, RUNS):
            if (version, first) != await run_once(browser, way):
                raise ValueError(f"two runs of {version} differ")
        runs[way] = first
    return version, list(merged(runs))


async def record(browsers: tuple[str, ...], day: str) -> Json:
    """The whole recording, as host-characters.json has it."""
    recorded = {browser: await record_browser(browser) for browser in browsers}
    return {
        "about": {"browsers": {browser: version for browser, (version, _) in recorded.items()},
                  "recorded": day},
        "hosts": [{"about": host.about, "host": host.host, "byte": host.byte,
                   "observed": {browser: seen[number]
                                for browser, (_, seen) in recorded.items()}}
                  for number, host in enumerate(all_hosts())]}
