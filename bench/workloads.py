#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""What everyone has to decide: eight workloads, each a policy and a request to it.

    bench/workloads.py FILE   writes them as JSON, for the programs in other languages

A request is what a browser sends, without what no middleware of CORS looks at.
"""
from __future__ import annotations

import json
import sys
from dataclasses import asdict, dataclass
from pathlib import Path

METHODS = ["GET", "PUT", "PATCH", "DELETE"]  # GET for those that allow only what is listed
HEADERS = ["Authorization", "Content-Type", "X-Requested-With"]
HOST_BYTES = 253  # the longest name of a host
HOSTILE_BYTES = 16384  # what servers take for a whole head


@dataclass(frozen=True)
class Request:
    method: str
    path: str
    headers: list[tuple[str, str]]

    def header(self, name: str) -> str:
        return next((value for one, value in self.headers if one == name), "")


@dataclass(frozen=True)
class Workload:
    """`allowed` says what a browser makes of the right answer: whether the call may go on."""
    name: str
    origins: list[str]  # as libcors writes them
    methods: list[str]
    headers: list[str]
    credentials: bool
    request: Request
    allowed: bool


def actual(origin: str) -> Request:
    return Request("GET", "/api/items/1", [("Host", "api.example.com"), ("Origin", origin)])


def preflight(origin: str, headers: str) -> Request:
    return Request("OPTIONS", "/api/items/1", [
        ("Host", "api.example.com"), ("Origin", origin),
        ("Access-Control-Request-Method", "PUT"), ("Access-Control-Request-Headers", headers)])


def workload(name: str, origins: list[str], request: Request, *,
             allowed: bool = True) -> Workload:
    return Workload(name, origins, METHODS, HEADERS, True, request, allowed)


def long_host(first: str) -> str:
    """Labels of the greatest length, so that only the first byte tells two such hosts apart."""
    labels = [first + "a" * 62, "b" * 63, "c" * 63, "d" * 49, "example.com"]
    host = ".".join(labels)
    assert len(host) == HOST_BYTES
    return f"https://{host}"


def hostile_list() -> str:
    """As many names as its bytes can hold, none of which is allowed."""
    text = "a," * (HOSTILE_BYTES // 2 - 1) + "aa"
    assert len(text) == HOSTILE_BYTES
    return text


APP = "https://app.example.com"
NINE = [APP, "https://www.example.com", "https://admin.example.com", "https://shop.example.net",
        "https://accounts.example.net", "https://status.example.org",
        "https://*.partners.example.com", "https://*.preview.example.net",
        "https://pr-*.preview.example.org"]
SUBDOMAINS = [f"https://tenant-{number:04}.example.com" for number in range(1000)]
CUSTOMERS = [f"https://www.customer-{number:05}.example" for number in range(100_000)]


def workloads() -> list[Workload]:
    return [
        workload("one origin", [APP], actual(APP)),
        workload("nine, with wildcards", NINE, actual("https://pr-1234.preview.example.org")),
        workload("1,000 subdomains, the last", SUBDOMAINS, actual(SUBDOMAINS[-1])),
        workload("100,000 exact", CUSTOMERS, actual(CUSTOMERS[len(CUSTOMERS) // 2])),
        workload("two hosts of 253 bytes", [long_host("x"), long_host("y")],
                 actual(long_host("y"))),
        workload("denied", SUBDOMAINS, actual("https://tenant-000x.example.com"), allowed=False),
        workload("preflight, three headers", [APP],
                 preflight(APP, "authorization,content-type,x-requested-with")),
        workload("preflight, 16 KiB", [APP], preflight(APP, hostile_list()), allowed=False),
    ]


def write_workloads(file: Path) -> None:
    file.write_text(json.dumps([asdict(one) for one in workloads()]))


def main() -> None:
    if len(sys.argv) != 2:
        raise SystemExit(__doc__)
    write_workloads(Path(sys.argv[1]))


if __name__ == "__main__":
    main()
