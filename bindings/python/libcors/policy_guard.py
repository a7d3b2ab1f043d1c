# SPDX-License-Identifier: MIT
"""The Guard: what all adapters ask about a request, and what they do to its answer."""
from __future__ import annotations

import inspect
import logging
from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any, Literal

from libcors import _engine
from libcors.policy_sources import Line, PolicySource, Request, Source, View, open_source

log = logging.getLogger("libcors")

Enforce = Literal["off", "report", "block"]
RequestLines = Sequence[tuple[bytes, bytes] | tuple[str, str]]

ORIGIN = _engine.FIELDS["ORIGIN"].lower()
REQUEST_METHOD = _engine.FIELDS["REQUEST_METHOD"]


@dataclass(frozen=True, slots=True)
class Decision:
    """What was decided about a request, for logs."""
    kind: _engine.Kind
    allowed: bool | None
    reason: str
    status: int | None
    fields: tuple[Line, ...]
    vary: tuple[bytes, ...]
    blocks: bool  # whether enforce="block" refuses the request


@dataclass(frozen=True, slots=True)
class Answer:
    """What to send at once, before any application sees the request."""
    status: int
    lines: list[Line]
    body: bytes

    @property
    def reason_phrase(self) -> str:
        try:
            return HTTPStatus(self.status).phrase
        except ValueError:
            return "Status"

    @property
    def text_lines(self) -> list[tuple[str, str]]:
        """The lines as WSGI wants them."""
        return [(name.decode("latin-1"), value.decode("latin-1")) for name, value in self.lines]


@dataclass(slots=True)
class Verdict:
    """What the guard says to a request."""
    judgement: _engine.Judgement
    answer: Answer | None

    @property
    def decision(self) -> Decision:
        said = self.judgement
        return Decision(said.kind, said.allowed, said.reason, said.status, said.fields, said.vary,
                        said.blocks)


OnDecision = Callable[[Decision, Request], None]

AMBIGUOUS_BODY = (b"CORS: ambiguous target\nWhich policy covers this path depends on who reads it. "
                  b"Write the path without encoded slashes, dot segments and empty segments.\n")


def text_answer(status: int, lines: Sequence[Line], body: bytes) -> Answer:
    """An answer of this guard's own. One that says 204 has neither type nor length."""
    own: list[Line] = []
    if body and not has_field(lines, b"Content-Type"):
        own.append((b"Content-Type", b"text/plain"))
    if status != HTTPStatus.NO_CONTENT:
        own.append((b"Content-Length", b"%d" % len(body)))
    return Answer(status, [*lines, *own], body)


def has_field(lines: RequestLines, name: bytes) -> bool:
    text = name.decode()
    return any((given.lower() == name.lower()) if isinstance(given, bytes)
               else given.lower() == text.lower() for given, _ in lines)


def with_requested_method(request: Request, method: str) -> Request:
    """An OPTIONS that names no method, as a preflight for this one; any other as it is."""
    if (request.method != "OPTIONS" or not has_field(request.lines, ORIGIN)
            or has_field(request.lines, REQUEST_METHOD)):
        return request
    line = (REQUEST_METHOD, method.encode("latin-1"))
    lines: Any = [*request.lines, line]
    return Request(request.method, request.target, lines, request.native)


class Guard:
    """Judges requests by a policy.

    source: the path of a policy file, a mapping with what such a file holds, or one policy's own
    mapping.
    environment: which environment's entries count; default $CORS_ENV, else "production".
    enforce: what happens to actual requests from other origins that the policy does not allow:
    nothing ("off"), a warning of the logger "libcors" ("report"), or 403 before the application
    ("block").
    own_origin: the serialized origin under which clients see this server, where Host does not say.
    reload: whether a policy file is read again when it changes. A bad one changes nothing.
    on_decision: told of each decision, for logs.
    """

    def __init__(self, source: PolicySource, *, environment: str | None = None,
                 enforce: Enforce = "off", own_origin: str | None = None, reload: bool = True,
                 on_decision: OnDecision | None = None, stacklevel: int = 2) -> None:
        if enforce not in ("off", "report", "block"):
            raise ValueError(f'enforce is "off", "report" or "block", not {enforce!r}.')
        if own_origin is not None and _engine.parse_origin(own_origin) is None:
            raise ValueError(f"own_origin must be as browsers write it, such as "
                             f'"https://api.example.com", not {own_origin!r}.')
        self._enforce = enforce
        self._own_origin = own_origin
        self._on_decision = on_decision
        self._source: Source = open_source(source, environment, reload, stacklevel + 1)

    def judge(self, method: str, target: bytes | str, lines: RequestLines,
              native: Any = None) -> Verdict:
        """Judges a request: its method, its target as received, its field lines."""
        request = Request(method, target, lines, native)
        view = self._source.view(request)
        if not isinstance(view, View):
            if inspect.iscoroutine(view):
                view.close()
            raise TypeError("Origins that an async function decides need an ASGI application; "
                            "here it must be an ordinary function.")
        return self._verdict(request, view)

    async def judge_async(self, method: str, target: bytes | str, lines: RequestLines,
                          native: Any = None) -> Verdict:
        """The same where a source may have to ask somebody."""
        request = Request(method, target, lines, native)
        view = self._source.view(request)
        if isinstance(view, Awaitable):
            view = await view
        return self._verdict(request, view)

    def apply(self, verdict: Verdict, lines: Iterable[Line]) -> list[Line]:
        """The application's lines with the verdict applied."""
        return verdict.judgement.apply(lines)

    def apply_text(self, verdict: Verdict,
                   lines: Iterable[tuple[str, str]]) -> list[tuple[str, str]]:
        """The same for lines of text, as WSGI has them."""
        return verdict.judgement.apply_text(lines)

    def close(self) -> None:
        self._source.close()

    def _verdict(self, request: Request, view: View) -> Verdict:
        judged = request if view.as_preflight is None else with_requested_method(
            request, view.as_preflight)
        judgement = _engine.judge(view.policy, judged.method, judged.target, judged.lines,
                                  view.verdict, self._own_origin)
        if view.respell is not None and judgement.kind != "no-policy":
            judgement = view.respell(judgement, request)
        if judgement.blocks and self._enforce == "report":
            self._report(judgement, request)
        verdict = Verdict(judgement, self._answer(judgement, view))
        if self._on_decision is not None:
            self._on_decision(verdict.decision, request)
        return verdict

    def _answer(self, judgement: _engine.Judgement, view: View) -> Answer | None:
        if judgement.ambiguous:
            return text_answer(400, (), AMBIGUOUS_BODY)
        if judgement.status is not None:
            if view.preflight_continue:
                return None
            return text_answer(judgement.status, judgement.apply(()), judgement.body)
        if judgement.blocks and self._enforce == "block":
            return text_answer(403, judgement.apply(()), judgement.body)
        return None

    def _report(self, judgement: _engine.Judgement, request: Request) -> None:
        # What came from outside is escaped, and cut.
        log.warning("enforce would refuse %.40r %.200r: %s", request.method, request.target,
                    judgement.reason)


def open_guard(source: PolicySource | Guard, *, environment: str | None, enforce: Enforce,
               own_origin: str | None, reload: bool, on_decision: OnDecision | None,
               stacklevel: int = 3) -> Guard:
    """The guard that an adapter's first argument means: one that there is already, or a source."""
    if not isinstance(source, Guard):
        return Guard(source, environment=environment, enforce=enforce, own_origin=own_origin,
                     reload=reload, on_decision=on_decision, stacklevel=stacklevel + 1)
    if (environment, enforce, own_origin, reload, on_decision) != (None, "off", None, True, None):
        raise TypeError("A Guard that is handed in ready has its options already.")
    return source
