# SPDX-License-Identifier: MIT
"""Servers to audit, and the command on them."""

from __future__ import annotations

import json
from collections.abc import Collection
from pathlib import Path
from typing import Any

from tests.support.cors_command import Finished, run_cors
from tests.support.https_server import Answer, Behaviour, HttpsServer, Request, audit_arguments

Headers = list[tuple[str, str]]


def granted(request: Request) -> Headers:
    """What lets the origin of a request read the answer, with credentials."""
    origin = request.first("Origin") or ""
    headers = [("Access-Control-Allow-Origin", origin),
               ("Access-Control-Allow-Credentials", "true")]
    if request.method == "OPTIONS":
        wanted = request.first("Access-Control-Request-Headers") or ""
        headers += [("Access-Control-Allow-Methods", "GET, POST, PUT"),
                    *([("Access-Control-Allow-Headers", wanted)] if "echo" not in wanted else [])]
    return headers


def answer(request: Request, trusted: bool) -> Answer:
    preflight = (request.method == "OPTIONS"
                 and request.first("Access-Control-Request-Method") is not None)
    vary = [("Vary", "Origin, Access-Control-Request-Method, Access-Control-Request-Headers")]
    known = request.first("Cookie") or request.first("Authorization")
    return Answer(204 if preflight else 200, [*vary, *(granted(request) if trusted else [])],
                  b"" if preflight else b'{"name": "Ada"}' if known else b"{}")


def trusts_nobody(request: Request) -> Answer:
    return answer(request, False)


def trusts_anybody(request: Request) -> Answer:
    """Reflects whatever origin there is: the gravest finding."""
    return answer(request, request.first("Origin") is not None)


def trusts(*origins: str) -> Behaviour:
    """A list of whole origins, which is as it should be."""
    return lambda request: answer(request, request.first("Origin") in origins)


def after(count: int, first: Behaviour, then: Behaviour) -> Behaviour:
    """Another behaviour from some request to the host on."""
    return lambda request: (first if request.number <= count else then)(request)


def only(numbers: Collection[int], special: Behaviour, otherwise: Behaviour) -> Behaviour:
    return lambda request: (special if request.number in numbers else otherwise)(request)


def refuses(status: int, *headers: tuple[str, str]) -> Behaviour:
    return lambda _: Answer(status, headers, b"not now")


def audit(server: HttpsServer, folder: Path, *arguments: str, stdin: bytes = b"") -> Finished:
    return run_cors(["audit", *audit_arguments(server), *arguments], folder, stdin=stdin)


def audit_json(server: HttpsServer, folder: Path, *arguments: str,
               stdin: bytes = b"") -> list[dict[str, Any]]:
    """The targets of --json."""
    done = audit(server, folder, "--json", *arguments, stdin=stdin)
    assert done.code in (0, 1, 3), done.stderr
    targets: list[dict[str, Any]] = json.loads(done.stdout)["targets"]
    return targets


def write_json(path: Path, value: object) -> str:
    path.write_text(json.dumps(value))
    return str(path)
