# SPDX-License-Identifier: MIT
"""Measures the eight workloads of workloads.py through libcors and through its peers.

A program per language holds its contestants, with all workloads prepared. It reads the file of
workloads, tells what each contestant answers to each, as a line of JSON, and then runs one for
each line `CONTESTANT WORKLOAD MILLISECONDS` on standard input and prints the nanoseconds of
processor time that a decision took. The first run of each is a warm-up.
"""
from __future__ import annotations

import importlib.metadata
import json
import os
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from rounds import Rounds, progress
from workloads import Request, Workload, workloads, write_workloads

ROOT = Path(__file__).resolve().parent.parent
BUILD = ROOT / "build" / "bench"
ROUND_MS = 20

LIBCORS = "libcors"
GO = "rs/cors"
NODE = ("expressjs/cors", "@fastify/cors", "hono/cors")
PYTHON = ("flask-cors", "Starlette", "django-cors-headers")
PEERS = (GO, *NODE, *PYTHON)

PROGRAMS = {
    (GO,): [str(BUILD / "peers")],
    NODE: ["node", "--single-threaded-gc", "bench/peers.mjs"],
    PYTHON: ["/usr/bin/python3", "bench/python_peers.py"],
}
SAFELISTED = {"GET", "HEAD", "POST"}


@dataclass(frozen=True)
class Contest:
    """By contestant and workload; `bare` is a look-up of the same origin in a bare hash table."""
    workloads: list[Workload]
    times: dict[tuple[str, str], Rounds]
    bare: dict[str, Rounds]
    wrong: set[tuple[str, str]]
    versions: dict[str, str]

    @property
    def names(self) -> list[str]:
        return [workload.name for workload in self.workloads]

    def ratio(self, peer: str, workload: str) -> Rounds:
        """How many times as long the peer takes, round by round."""
        return Rounds([theirs / ours for theirs, ours in zip(
            self.times[peer, workload].values, self.times[LIBCORS, workload].values)])

    def above_bare(self, workload: str) -> Rounds:
        return Rounds([ours / bare for ours, bare in zip(
            self.times[LIBCORS, workload].values, self.bare[workload].values)])


def versions() -> dict[str, str]:
    pinned = json.loads((ROOT / "tests/applications/package.json").read_text())["dependencies"]
    asked = subprocess.run(["dpkg-query", "-W", "-f", "${Version}", "golang-github-rs-cors-dev"],
                           capture_output=True, text=True)
    python = {"flask-cors": "Flask-Cors", "Starlette": "starlette"}
    return {
        GO: asked.stdout.split("-")[0],
        "expressjs/cors": pinned["cors"],
        "@fastify/cors": pinned["@fastify/cors"],
        "hono/cors": pinned["hono"],
        **{name: importlib.metadata.version(python.get(name, name)) for name in PYTHON},
    }


def build_peers() -> None:
    progress("peers …")
    BUILD.mkdir(parents=True, exist_ok=True)
    go = {"GO111MODULE": "off", "GOPATH": "/usr/share/gocode", "GOCACHE": str(BUILD / "go-cache"),
          "GOFLAGS": "", "CGO_ENABLED": "0"}
    subprocess.run(["go", "build", "-o", str(BUILD / "peers"), "bench/peers.go"], cwd=ROOT,
                   env=os.environ | go, check=True)
    subprocess.run(["scripts/npm_install", "tests/applications"], cwd=ROOT, check=True)


def words_of(text: str) -> set[str]:
    return {word.strip() for word in text.split(",")}


def passes(request: Request, answer: Any) -> bool:
    """What a browser makes of an answer, where credentials are sent along."""
    given = {name.lower(): value for name, value in answer["lines"]}
    if (given.get("access-control-allow-origin") != request.header("Origin")
            or given.get("access-control-allow-credentials") != "true"):
        return False
    if request.method != "OPTIONS":
        return True
    methods = words_of(given.get("access-control-allow-methods", "")) | SAFELISTED
    headers = words_of(given.get("access-control-allow-headers", "").lower())
    return (answer["status"] in range(200, 300)
            and request.header("Access-Control-Request-Method") in methods
            and words_of(request.header("Access-Control-Request-Headers").lower()) <= headers)


class Program:
    """A running program of one language."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        assert process.stdin is not None and process.stdout is not None
        self._commands: IO[str] = process.stdin
        self._answers: IO[str] = process.stdout
        self._arguments = process.args

    def line(self) -> str:
        line = self._answers.readline()
        if not line:
            raise SystemExit(f"bench/run: {self._arguments!r} ended before its time")
        return line

    def run(self, command: str) -> Any:
        self._commands.write(command + "\n")
        self._commands.flush()
        return json.loads(self.line())


@contextmanager
def started(command: list[str]) -> Iterator[Program]:
    with subprocess.Popen(command, cwd=ROOT, text=True, stdin=subprocess.PIPE,
                          stdout=subprocess.PIPE) as process:
        try:
            yield Program(process)
        finally:
            process.kill()


def turned(contestants: list[str], number: int) -> list[str]:
    """Each round begins with another."""
    turn = number % len(contestants)
    return contestants[turn:] + contestants[:turn]


def measure_contest(rounds: int) -> Contest:
    todo = workloads()
    wrong: set[tuple[str, str]] = set()
    times: dict[tuple[str, str], list[float]] = {}
    bare: dict[str, list[float]] = {workload.name: [] for workload in todo}
    programs: dict[str, Program] = {}
    with ExitStack() as stack, tempfile.NamedTemporaryFile("w", suffix=".json") as file:
        write_workloads(Path(file.name))
        programs[LIBCORS] = stack.enter_context(
            started([str(BUILD / "decisions"), file.name, "-"]))
        programs[LIBCORS].line()  # it has checked its own answers
        for names, command in PROGRAMS.items():
            program = stack.enter_context(started([*command, file.name]))
            for name, answers in json.loads(program.line()).items():
                programs[name] = program
                wrong |= {(name, workload.name) for workload, answer in zip(todo, answers)
                          if passes(workload.request, answer) != workload.allowed}
        for number in range(-1, rounds):
            progress(f"peers, round {max(number, 0) + 1} of {rounds} …")
            for index, workload in enumerate(todo):
                for name in turned(list(programs), number):
                    if name == LIBCORS:
                        taken = programs[name].run(f"{index} {ROUND_MS}")
                        ns = taken["ns"]
                    else:
                        ns = programs[name].run(f"{name} {index} {ROUND_MS}")
                    if number >= 0:
                        times.setdefault((name, workload.name), []).append(ns)
                        if name == LIBCORS:
                            bare[workload.name].append(taken["bare"])
    progress("")
    return Contest(todo, {key: Rounds(values) for key, values in times.items()},
                   {key: Rounds(values) for key, values in bare.items()}, wrong, versions())
