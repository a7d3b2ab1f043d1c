# SPDX-License-Identifier: MIT
"""Whether `cors simulate` says what a recorded browser did.

A recording is a scenario, as `cors simulate` reads it, with what each browser did under
"observed". The page's host has a cookie and no other host has one, so a request that the browser
attached credentials to had the cookie where its host is the page's.
"""

from __future__ import annotations

import json
import lzma
import os
import re
import subprocess
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from tests.browsers.console_lines import SCENARIO
from tests.browsers.scenario_values import HTTP2_TARGET

ROOT = Path(__file__).resolve().parents[2]
COMMAND = str((ROOT / os.environ.get("CORS_COMMAND", "build/cors")).resolve())
RECORDINGS = Path(__file__).resolve().parent / "recordings"
SECONDS = 300.0  # far above what any run takes

Json = dict[str, Any]

RESULT_FIELDS = ("result", "type", "status", "redirected", "url", "headers")
SENT_FIELDS = ("method", "url", "origin", "access-control-request-method",
               "access-control-request-headers", "cookie")
MESSAGES_OF = ("chromium", "firefox")  # whose consoles are recorded

# How the lines begin that a console shows for a call which CORS blocked.
BLOCKED = ("Access to ", "Cross-Origin Request Blocked: ")

REFUSED_HEADER = re.compile(r"Request header field (\S+) is not allowed")


@dataclass(frozen=True)
class Difference:
    field: str  # of the first thing that differs, such as "result" or "sent origin"
    call: int | None  # counted from 0; None for requests, which are those of all calls
    recorded: Any
    simulated: Any


@dataclass(frozen=True)
class Comparison:
    recording: Json
    simulated: Json
    difference: Difference | None


def read_lines(file: Path) -> Iterator[Json]:
    opened = lzma.open(file, "rt") if file.suffix == ".xz" else file.open()
    with opened as lines:
        for line in lines:
            yield json.loads(line)


def read_recordings(file: Path) -> Iterator[Json]:
    """The recordings of a .jsonl or .jsonl.xz file."""
    return (line for line in read_lines(file) if "id" in line)


def about_recordings(file: Path) -> Json | None:
    """What the first line of a file tells of it, if it does."""
    first: Json = next(read_lines(file), {})
    return first.get("about")


def scenario_of(recording: Json) -> Json:
    """What the simulation may see, with field names as they come over HTTP/2: in lower case."""
    beside = ("observed", "kind", "frame")
    seen = {key: value for key, value in recording.items() if key not in beside}
    seen["server"] = {
        url: {part: as_http2_has(answer) for part, answer in answers.items()}
        if url.startswith(HTTP2_TARGET) else answers
        for url, answers in recording["server"].items()}
    return seen


def as_http2_has(answer: Json) -> Json:
    return answer | {"headers": [[name.lower(), value] for name, value in answer["headers"]]}


def simulate(recordings: list[Json], browser: str) -> list[Json]:
    lines = "".join(json.dumps(scenario_of(recording)) + "\n" for recording in recordings)
    done = subprocess.run([COMMAND, "simulate", "--browser", browser], input=lines.encode(),
                          capture_output=True, timeout=SECONDS, check=False)
    if done.returncode != 0:
        raise ChildProcessError(f"{COMMAND} simulate ended with {done.returncode}: "
                                f"{done.stderr.decode(errors='replace')}")
    answers: list[Json] = [json.loads(line) for line in done.stdout.splitlines()]
    if len(answers) != len(recordings):
        raise ValueError(f"{COMMAND} simulate answered {len(recordings)} lines with "
                         f"{len(answers)}")
    return answers


def as_noted(page: str, sent: Json, recorded: Json) -> Json:
    """A simulated request as a server would have noted it down.

    A host's cookie, without SameSite, goes to the host's other scheme in some browsers only. That
    is none of CORS, so there the recording has its way.
    """
    here, there = urlsplit(page), urlsplit(sent["url"])
    cookie = bool(sent.get("credentials")) and here.hostname == there.hostname
    if cookie and here.scheme != there.scheme:
        cookie = recorded["cookie"]
    return {**sent, "cookie": cookie}


def compare(recording: Json, simulated: Json, browser: str) -> Comparison:
    return Comparison(recording, simulated, first_difference(recording, simulated, browser))


def first_difference(recording: Json, simulated: Json, browser: str) -> Difference | None:
    if "error" in simulated:
        return Difference("not simulated", None, "", simulated["error"])
    observed = recording["observed"][browser]
    return (results_differ(observed["fetches"], simulated["fetches"])
            or sent_differ(recording["page"], observed["sent"], simulated["sent"])
            or messages_differ(observed, simulated["fetches"], browser))


def results_differ(recorded: list[Json], simulated: list[Json]) -> Difference | None:
    for call, (was, says) in enumerate(zip(recorded, simulated)):
        for field in RESULT_FIELDS:
            # An error has no further fields, and elements tell of an answer only that it came.
            if field in was and was[field] != says.get(field):
                return Difference(field, call, was[field], says.get(field))
    if len(recorded) != len(simulated):
        return Difference("number of calls", None, len(recorded), len(simulated))
    return None


def sent_differ(page: str, recorded: list[Json], simulated: list[Json]) -> Difference | None:
    for was, sent in zip(recorded, simulated):
        says = as_noted(page, sent, was)
        for field in SENT_FIELDS:
            if was.get(field) != says.get(field):
                return Difference(f"sent {field}", None, was, says)
    if len(recorded) > len(simulated):
        return Difference("sent too few", None, recorded[len(simulated)], None)
    if len(recorded) < len(simulated):
        return Difference("sent too many", None, None, simulated[len(recorded)])
    return None


def messages_differ(recorded: Json, simulated: list[Json], browser: str) -> Difference | None:
    """The message must be the first that the console showed for the call."""
    asked = {name for sent in recorded["sent"]
             for name in sent.get("access-control-request-headers", "").split(",")}
    for call, (was, says) in enumerate(zip(recorded["fetches"], simulated)):
        said = says.get("messages", {}).get(browser)
        if "console" in was and not is_told(was["console"], said, asked):
            return Difference("message", call, was["console"], said)
    return None


def is_told(console: list[str], said: str | None, asked: set[str]) -> bool:
    console = [line.rstrip("\n") for line in console]
    first = next((line for line in console if line.startswith(BLOCKED)), None)
    if said is not None and said.startswith(BLOCKED) and not SCENARIO.search(said):
        return True  # it names a foreign URL only, and such lines the recorder cannot attribute
    if said is None or said.startswith(BLOCKED):
        return said == first or same_but_for_header(first or "", said or "", asked)
    return first is None and said in console


def same_but_for_header(first: str, said: str, asked: set[str]) -> bool:
    """Whether both messages name a header that the preflight asked for, of several not allowed.

    Chromium names the one that its hash table has first.
    """
    was, says = REFUSED_HEADER.search(first), REFUSED_HEADER.search(said)
    return (was is not None and says is not None and {was[1], says[1]} <= asked
            and first.replace(was[0], "") == said.replace(says[0], ""))


def compare_all(recordings: Iterable[Json], browser: str) -> list[Comparison]:
    known = [recording for recording in recordings if browser in recording["observed"]]
    return [compare(recording, simulated, browser)
            for recording, simulated in zip(known, simulate(known, browser))]
