# SPDX-License-Identifier: MIT
"""The conformance corpus: Markdown files of policies, requests and the decisions expected.

README.md tells how they are written. This module reads them and nothing else; the runners beside
it put the cases to the C library, to `cors decide` and to nginx.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path

FOLDER = Path(__file__).resolve().parent

Fields = tuple[tuple[bytes, bytes], ...]

KINDS = ("no-policy", "no-origin", "preflight", "actual")
SURFACES = ("nginx", "decide", "node", "wsgi", "asgi")

FENCE = re.compile(r"^```(\w*) ?(.*)$")
VERDICT = re.compile(r"^(actual|preflight (\d{3})) (allowed|denied: ([a-z-]+))$")
EXCEPTION = re.compile(r"^not over (\w+): (.+)$")
ESCAPE = re.compile(rb"\\(x[0-9a-f]{2}|.)|\{(.+?)\*(\d+)\}", re.DOTALL)
ESCAPES = {b"t": b"\t", b"r": b"\r", b"n": b"\n", b"s": b" ", b"\\": b"\\", b"{": b"{"}
TIMES = re.compile(r" \((\d+) times\)$")
NOT_NORMALIZED = re.compile(rb"%|//|/\.\.?(/|$)")


class CorpusError(Exception):
    """A corpus file that is not written as README.md says."""


@dataclass(frozen=True)
class Policy:
    """A policy file, with what it reads besides."""

    name: str
    yaml: str
    environment: str
    variables: dict[str, str]
    files: dict[str, str]


@dataclass(frozen=True)
class Request:
    method: bytes
    target: bytes
    version: bytes
    fields: Fields


@dataclass(frozen=True)
class Decision:
    kind: str
    allowed: bool | None
    reason: str
    status: int | None
    set: Fields
    vary: frozenset[bytes]


@dataclass(frozen=True)
class Case:
    """A request under a policy, and what is to come of it."""

    name: str
    policy: Policy
    request: Request
    path: bytes
    application: bytes
    decision: Decision
    exceptions: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Refusal:
    """A policy that is to be refused, and the rules it breaks."""

    name: str
    policy: Policy
    rules: frozenset[str]


APPLICATION = """\
HTTP/1.1 200 OK
Content-Type: text/plain
Access-Control-Allow-Origin: https://application.example
Access-Control-Allow-Credentials: true
Access-Control-Expose-Headers: X-Application
Vary: Accept-Language
"""


def unescape(text: str) -> bytes:
    """Reads the notation for bytes: \\t, \\x80, {a*1000}."""

    def replace(match: re.Match[bytes]) -> bytes:
        escape, repeated, count = match.groups()
        if repeated is not None:
            return ESCAPE.sub(replace, repeated) * int(count)
        if len(escape) == 3:
            return bytes([int(escape[1:], 16)])
        if escape not in ESCAPES:
            raise CorpusError(f"\\{escape.decode()} is no escape")
        return ESCAPES[escape]

    return ESCAPE.sub(replace, text.encode())


def read_fields(lines: list[str]) -> Fields:
    fields: list[tuple[bytes, bytes]] = []
    for line in lines:
        times = TIMES.search(line)
        name, colon, value = TIMES.sub("", line).partition(":")
        if not colon:
            raise CorpusError(f"no field line: {line}")
        item = (unescape(name), unescape(value.removeprefix(" ")))
        fields += [item] * (int(times[1]) if times else 1)
    return tuple(fields)


def read_request(lines: list[str]) -> Request:
    words = lines[0].split(" ")
    if len(words) not in (2, 3):
        raise CorpusError(f"no request line: {lines[0]}")
    version = words[2] if len(words) == 3 else "HTTP/1.1"
    return Request(unescape(words[0]), unescape(words[1]), version.encode(),
                   read_fields(lines[1:]))


def read_path(lines: list[str], request: Request) -> bytes:
    """The normalized path: stated in the decision, unless the target is one already."""
    if lines and lines[0].startswith("path: "):
        return unescape(lines.pop(0).removeprefix("path: "))
    path = request.target.split(b"?")[0]
    if NOT_NORMALIZED.search(path):
        raise CorpusError(f"the decision must begin with the path that {path!r} comes to")
    return path


def read_decision(lines: list[str]) -> Decision:
    verdict = VERDICT.match(lines[0])
    if not verdict and lines[0] not in ("no-origin", "no-policy"):
        raise CorpusError(f"no verdict: {lines[0]}")
    fields = read_fields(lines[1:])
    vary = [name.strip() for key, value in fields if key == b"Vary" for name in value.split(b",")]
    others = tuple(item for item in fields if item[0] != b"Vary")
    if any(not key.startswith(b"Access-Control-") for key, _ in others):
        raise CorpusError(f"a decision sets Access-Control-* lines only: {others}")
    if not verdict:
        return Decision(lines[0], None, lines[0], None, others, frozenset(vary))
    return Decision(
        kind=verdict[1].split(" ")[0],
        allowed=verdict[3] == "allowed",
        reason=verdict[4] or "allowed",
        status=int(verdict[2]) if verdict[2] else None,
        set=others,
        vary=frozenset(vary),
    )


def read_exceptions(lines: list[str]) -> dict[str, str]:
    """Takes the lines off that say over which surface a case cannot go."""
    exceptions: dict[str, str] = {}
    while lines and (match := EXCEPTION.match(lines[-1])):
        if match[1] not in SURFACES:
            raise CorpusError(f"no surface: {match[1]}")
        exceptions[match[1]] = match[2]
        lines.pop()
    return exceptions


class Reader:
    """Reads one file, block by block."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.cases: list[Case] = []
        self.refusals: list[Refusal] = []
        self.variables: dict[str, str] = {}
        self.files: dict[str, str] = {}
        self.policy: Policy | None = None
        self.request: Request | None = None
        self.application = APPLICATION
        self.sentence = ""
        self.line = 0

    def read(self) -> None:
        block: list[str] | None = None
        opening = ("", "")
        begun = 0
        paragraph = False
        for number, line in enumerate(self.path.read_text().split("\n"), 1):
            fence = FENCE.match(line)
            if block is not None and line != "```":
                block.append(line)
            elif block is not None:
                self.line = begun
                self.take(opening[0], opening[1], block)
                block = None
            elif fence:
                opening, block, begun = (fence[1], fence[2]), [], number
            elif line.startswith(("#", "<!--")) or not line.strip():
                paragraph = False
            else:
                self.sentence = f"{self.sentence} {line}" if paragraph else line
                paragraph = True
        if block is not None or self.request is not None:
            raise CorpusError(f"{self.path.name} ends in the middle of a case")

    def take(self, word: str, argument: str, block: list[str]) -> None:
        try:
            self.take_block(word, argument, block)
        except CorpusError as error:
            raise CorpusError(f"{self.path.name}:{self.line}: {error}") from None

    def take_block(self, word: str, argument: str, block: list[str]) -> None:
        if word == "env":
            self.variables |= dict(line.split("=", 1) for line in block)
        elif word == "text":
            self.files[argument] = "\n".join(block) + "\n"
        elif word == "yaml":
            name = f"{self.path.stem}-{self.line}"
            self.policy = Policy(name, "\n".join(block) + "\n", argument or "production",
                                 self.variables, self.files)
            self.variables, self.files = {}, {}
        elif word == "application":
            self.application = "\n".join(block) + "\n"
        elif word == "http":
            self.request = read_request(block)
        elif word == "refused":
            self.refusals.append(Refusal(self.name(), self.current(), frozenset(block)))
        elif word == "decision":
            self.take_decision(block)
        else:
            raise CorpusError(f"no such block: {word}")

    def take_decision(self, block: list[str]) -> None:
        policy = self.current()
        if self.request is None:
            raise CorpusError("a decision without a request")
        exceptions = read_exceptions(block)
        path = read_path(block, self.request)
        self.cases.append(Case(self.name(), policy, self.request, path,
                               self.application.encode(), read_decision(block), exceptions))
        self.request, self.application = None, APPLICATION

    def current(self) -> Policy:
        if self.policy is None:
            raise CorpusError("a case without a policy")
        return self.policy

    def name(self) -> str:
        """Where the case stands, and its sentence, which no other case may share."""
        if not self.sentence:
            raise CorpusError("a case without a sentence that says what it shows")
        sentence, self.sentence = self.sentence, ""
        return f"{self.path.name}:{self.line} {sentence}"


@dataclass(frozen=True)
class Corpus:
    cases: list[Case]
    refusals: list[Refusal]

    def over(self, surface: str) -> list[Case]:
        return [case for case in self.cases if surface not in case.exceptions]

    def by_policy(self, surface: str) -> list[tuple[Policy, list[Case]]]:
        """The cases that go over a surface, those of one policy together."""
        groups: dict[str, tuple[Policy, list[Case]]] = {}
        for case in self.over(surface):
            groups.setdefault(case.policy.name, (case.policy, []))[1].append(case)
        return list(groups.values())


def load_corpus() -> Corpus:
    corpus = Corpus([], [])
    for path in sorted(FOLDER.glob("*.md")):
        if path.name != "README.md":
            reader = Reader(path)
            reader.read()
            corpus.cases.extend(reader.cases)
            corpus.refusals.extend(reader.refusals)
    return corpus
