# SPDX-License-Identifier: MIT
"""Measures what CORS costs in applications of Node and Python, beside the usual middlewares."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

from rounds import Rounds, progress

ROOT = Path(__file__).resolve().parent.parent
BARE = "no CORS"
# Each prints lines of JSON: {"framework", "with", "request", "ns": a number for each round}.
PROGRAMS = {
    "Node": ["node", "--single-threaded-gc", "bench/middleware.mjs"],
    "Python": ["/usr/bin/python3", "bench/middleware_wsgi.py"],
}

# By framework, middleware and request.
Middlewares = dict[tuple[str, str, str], Rounds]


def build_packages() -> None:
    """The packages as they ship, and the others to measure beside them."""
    progress("packages …")
    for command in (["scripts/npm_install", "tests/applications"], ["bindings/node/build"],
                    ["bindings/python/build"]):
        subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.DEVNULL)


def measure_middlewares(rounds: int) -> Middlewares:
    measured: Middlewares = {}
    for language, command in PROGRAMS.items():
        progress(f"middlewares in {language} …")
        done = subprocess.run([*command, str(rounds)], cwd=ROOT, check=True, capture_output=True,
                              text=True)
        for line in map(json.loads, done.stdout.splitlines()):
            measured[line["framework"], line["with"], line["request"]] = Rounds(line["ns"])
    return measured


def cell(rounds: Rounds, bare: Rounds) -> str:
    return f"{(rounds.median - bare.median) / 1000:,.2f} µs {rounds.spread}"


def middlewares_table(measured: Middlewares) -> list[str]:
    """What each adds to the application without any CORS."""
    requests = list(dict.fromkeys(request for _, _, request in measured))
    lines = ["| framework | middleware | " + " | ".join(requests) + " |",
             "|---|---|" + "---:|" * len(requests)]
    for framework, name in dict.fromkeys((framework, name) for framework, name, _ in measured):
        if name != BARE:
            cells = [cell(measured[framework, name, request], measured[framework, BARE, request])
                     for request in requests]
            lines.append(f"| {framework} | {name} | " + " | ".join(cells) + " |")
    return lines


def sizes_table() -> list[str]:
    """What people download, and what it is unpacked."""
    node, python = ROOT / "build" / "node", ROOT / "build" / "python"
    lines = ["| package | download | unpacked |", "|---|---:|---:|"]
    for packed, unpacked in ((node.glob("*.tgz"), node / "libcors"),
                             (python.glob("dist/*.whl"), python / "site")):
        file = next(packed)
        files = (path for path in unpacked.rglob("*") if path.is_file()
                 and "__pycache__" not in path.parts)
        whole = sum(path.stat().st_size for path in files)
        lines.append(f"| `{file.name}` | {file.stat().st_size / 1000:,.0f} KB "
                     f"| {whole / 1000:,.0f} KB |")
    return lines


def slowdown(measured: Middlewares, framework: str, peer: str, ours: str = "libcors") -> float:
    """The largest ratio, over all requests, of our time to the peer's."""
    requests = {request for one, _, request in measured if one == framework}
    bare = {request: measured[framework, BARE, request].median for request in requests}
    return max((measured[framework, ours, request].median - bare[request]) /
               (measured[framework, peer, request].median - bare[request]) for request in requests)
