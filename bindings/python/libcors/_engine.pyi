# SPDX-License-Identifier: MIT
"""The engine in C. Internal: what the modules of this package build on.

Texts from the wire are bytes; where `str` is taken too, each character stands for the byte of its
number (Latin-1, as WSGI has it). What is no such text raises ValueError, what is of another kind
TypeError. Nothing here locks; a Policy and a Judgement never change and go from thread to thread.
"""
from collections.abc import Iterable, Sequence
from typing import Final, Literal, TypedDict, final, type_check_only

from typing_extensions import Required, Self

Line = tuple[bytes, bytes]
Kind = Literal["preflight", "actual", "no-origin", "no-policy"]
Severity = Literal["error", "warning", "info"]

# rule, severity, file, line, column, message, suggestion ("" where there is no one answer)
ProblemRow = tuple[str, Severity, str, int, int, str, str]

VERSION: Final[str]
# Field names in canonical case, by their name in the engine: {"ALLOW_ORIGIN": b"Access-..."}.
FIELDS: Final[dict[str, bytes]]
# The names of the request's fields that a judgement depends on: all else need not be handed in.
REQUEST_FIELDS: Final[tuple[bytes, ...]]
# name -> (severity, whether accept_risks may name it, meaning)
RULES: Final[dict[str, tuple[Severity, bool, str]]]
# name -> what a person is told
REASONS: Final[dict[str, str]]
# fault -> what is wrong, for people
REGEX_FAULTS: Final[dict[str, str]]
# The keys of policies.
KEYS: Final[tuple[str, ...]]


@final
class Policy:
    """A compiled policy; only load_policy() and parse_policy() make one."""
    @property
    def size(self) -> int:
        """Of its block, in bytes."""

    def covers(self, path: bytes | str) -> bytes | None:
        """The path, as written, of the policy that covers a normalized path."""


# The policy, None where a problem is an error; the problems; the files read: the policy's first.
Reading = tuple[Policy | None, list[ProblemRow], list[str]]


def load_policy(path: str | bytes, environment: str | None = None) -> Reading:
    """Reads a policy file. `environment`: None or "" are $CORS_ENV, else "production".

    A file that cannot be read is a problem like any other. Raises MemoryError, and OverflowError
    where the policy's lists are larger than a policy can be.
    """


def parse_policy(text: bytes | str, name: str = "policy", environment: str | None = None) -> Reading:
    """Reads what a policy file would hold (a `str` as UTF-8); JSON is YAML.

    `name` is what problems call it, and where the paths of `from_file` start: beside it.
    """


@final
class Judgement:
    """What to answer to a request. Texts are as the policy and the request have them."""
    @property
    def kind(self) -> Kind: ...
    @property
    def allowed(self) -> bool | None:
        """None: there was nothing to judge."""
    @property
    def reason(self) -> str:
        """As logs have it: also "same-origin"."""
    @property
    def status(self) -> int | None:
        """What to answer with at once: a preflight's. None: the application answers."""
    @property
    def fields(self) -> tuple[Line, ...]:
        """The lines to set, once those that is_owned() names are removed."""
    @property
    def vary(self) -> tuple[bytes, ...]:
        """What Vary must hold besides what it holds."""
    @property
    def body(self) -> bytes:
        """Plain text for a denial; else empty."""
    @property
    def blocks(self) -> bool:
        """Whether an enforcing server refuses the request with 403."""
    @property
    def ambiguous(self) -> bool:
        """Whether it depends on who reads the target which policy covers it: answer 400."""

    def apply(self, lines: Iterable[Line]) -> list[Line]:
        """The lines of an application's answer with this applied: those that the policy owns are
        removed, `fields` set, Vary merged. As they were where kind is "no-policy"."""

    def apply_lower(self, lines: Iterable[Line]) -> list[Line]:
        """The same with the names that are added in lower case, as ASGI wants them."""

    def apply_text(self, lines: Iterable[tuple[str, str]]) -> list[tuple[str, str]]:
        """The same for lines in Latin-1 text, as WSGI has them."""

    def replace(self, *, status: int | None = ..., fields: Sequence[Line] = ...,
                vary: Sequence[bytes] = ..., body: bytes = ...) -> Judgement:
        """A copy with other lines, for answers that are spelled otherwise but mean the same."""


def judge(policy: Policy | None, method: bytes | str, target: bytes | str,
          lines: Iterable[tuple[bytes, bytes] | tuple[str, str]],
          verdict: bool | None = None, own_origin: bytes | str | None = None, /) -> Judgement:
    """Judges a request.

    policy: None where none applies. target: as received: path and query, or in absolute form.
    lines: its field lines. verdict: what the application itself judged of the origin; None: the
    policy's list decides. own_origin: the serialized origin under which clients see this server.
    """


def is_owned(name: bytes | str, /) -> bool:
    """Whether a response field belongs to whoever owns the policy; in any case."""


def vary_covers(value: bytes | str, name: bytes | str, /) -> bool:
    """Whether a Vary value holds a name, or is "*"."""


def is_public_suffix(domain: str, /) -> bool:
    """Whether anybody can register names below a domain (lower-case ASCII)."""


def parse_origin(text: bytes | str, /) -> tuple[str, str, str] | None:
    """Scheme, host and port of a serialized origin; ("null", "", "") for `null`; None: it is none.
    """


def is_loopback(origin: bytes | str, /) -> bool:
    """Whether a serialized origin is on the visitor's own machine."""


def nearest_name(given: str, names: Iterable[str], /) -> str | None:
    """The name that was probably meant, if one is alike enough."""


# fault ("none" where it is fine), offset of the fault in characters of the expression, entries of
# allow_origins that cover all that it matches (with a fault: what may be meant), whether they match
# nothing else.
RegexReading = tuple[str, int, tuple[str, ...], bool]


def read_regex(source: str, anchored_start: bool = False, anchored_end: bool = False,
               ignores_case: bool = False) -> RegexReading:
    """Reads a regular expression over origins as entries of a policy."""


# The browser's half.

class SentRequest(TypedDict):
    """What to send now."""
    preflight: bool
    method: bytes
    url: bytes
    fields: list[Line]  # all that CORS, script and the body bring
    origin: bytes | None
    requested_method: bytes | None
    requested_headers: bytes | None
    credentials: bool  # whether cookies and the like go along
    body: bool
    whys: list[tuple[str, bytes, str]]  # why this is a preflight: reason, of what, advice


class Repair(TypedDict):
    """One line, or the status, of the answer that failed, as it should have been."""
    preflight: bool
    status: int | None
    name: bytes | None
    value: bytes


class Outcome(TypedDict, total=False):
    """How a call ended."""
    ok: Required[bool]
    code: Required[str]
    cause: Required[str]
    fix: Required[str]
    # Where script gets the answer:
    type: str
    status: int
    redirected: bool
    url: bytes
    readable: list[bytes]  # names that script can read, as they came
    # Where it does not:
    preflight: bool
    failed_step: int | None
    value: bytes
    header: bytes
    messages: dict[str, bytes | None]
    repair: Repair | None
    field: str | None


@type_check_only
class PageBrowser:
    """What calls of one browser share, a preflight cache above all; a capsule at run time."""


def create_page_browser(name: str, /) -> PageBrowser:
    """A browser by its name: standard, chromium, firefox, safari. ValueError: there is none."""


@final
class PageFetch:
    """A call in progress, without I/O: send request(), hand in answer() or fail(), until done.

    All text is bytes. ValueError where a name is unknown, or the call is too large. `now` is in
    milliseconds and never goes back.
    """
    def __new__(cls, browser: PageBrowser, now: int, *, page: bytes, url: bytes,
                method: bytes = b"GET", headers: Iterable[Line] = (), initiator: str = "fetch",
                mode: str = "cors", credentials: str = "same-origin", redirect: str = "follow",
                cache: str = "default", body: str = "none", body_type: bytes = b"",
                upload_listener: bool = False, top: bytes = b"", page_address: bytes = b"",
                upgraded_hosts: Iterable[bytes] = ()) -> Self: ...

    @property
    def done(self) -> bool:
        """Whether nothing is left to send."""

    def request(self) -> SentRequest:
        """What to send now; RuntimeError once it is done."""

    def answer(self, status: int, lines: Iterable[Line], address: bytes | None, now: int, /) -> None:
        """Hands in what came back. ValueError where a redirect's URL is too long; the call has
        then failed."""

    def fail(self) -> None:
        """Says that there was no answer."""

    def outcome(self) -> Outcome:
        """How it ended; RuntimeError until it is done."""

    def exposes(self, name: bytes, /) -> bool:
        """Whether script can read a header of the answer."""
