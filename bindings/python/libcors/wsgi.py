# SPDX-License-Identifier: MIT
"""CORS for any WSGI application.

    application = CorsMiddleware(application, "cors.yaml")
    app.wsgi_app = CorsMiddleware(app.wsgi_app, "cors.yaml")    # Flask

It stands outermost, so that preflights are answered before authentication and every answer has its
headers, errors too.
"""
from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from types import TracebackType
from typing import TYPE_CHECKING, Any
from urllib.parse import quote_from_bytes

from libcors import _engine
from libcors.policy_guard import Answer, Enforce, Guard, OnDecision, Verdict, open_guard
from libcors.policy_sources import PolicySource
from libcors.standing_verdict import STANDING, StandingVerdict, standing_in

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

__all__ = ["CorsMiddleware"]

TextLine = tuple[str, str]
ExcInfo = tuple[type[BaseException], BaseException, TracebackType]

# The fields that a judgement reads, by their place in the environment.
FIELD_KEYS = tuple(
    ("HTTP_" + name.decode().upper().replace("-", "_"), name.decode())
    for name in _engine.REQUEST_FIELDS)

# Who sets one of these looks at exceptions himself: a debugger, a client for tests.
EXCEPTIONS_WANTED = ("werkzeug.debug.preserve_context", "flask._preserve_context",
                     "paste.throw_errors", "x-wsgiorg.throw_errors")

PATH_SAFE = "/!$&'()*+,;=:@~"
ERROR_BODY = b"Internal Server Error\n"


def wants_exceptions(environ: Mapping[str, Any]) -> bool:
    return any(key in environ for key in EXCEPTIONS_WANTED)


def environ_target(environ: Mapping[str, Any]) -> str:
    """The request target: as received where the server tells it, else made of the path."""
    raw = environ.get("RAW_URI") or environ.get("REQUEST_URI")
    if isinstance(raw, str) and raw:
        return raw
    path = environ.get("SCRIPT_NAME", "") + environ.get("PATH_INFO", "")
    return quote_from_bytes(path.encode("latin-1", "replace"), PATH_SAFE) or "/"


def environ_lines(environ: Mapping[str, Any]) -> list[TextLine]:
    """The field lines that matter. Servers join those of one name with commas."""
    return [(name, environ[key]) for key, name in FIELD_KEYS if key in environ]


def send_answer(answer: Answer, method: str, start_response: StartResponse) -> Iterable[bytes]:
    start_response(f"{answer.status} {answer.reason_phrase}", answer.text_lines)
    return [b"" if method == "HEAD" else answer.body]


class Responder:
    """The start_response that the application is handed."""

    def __init__(self, guard: Guard, standing: StandingVerdict,
                 start_response: StartResponse) -> None:
        self.called = False
        self._guard = guard
        self._standing = standing
        self._start_response = start_response

    def __call__(self, status: str, headers: list[TextLine],
                 exc_info: ExcInfo | tuple[None, None, None] | None = None
                 ) -> Callable[[bytes], object]:
        verdict = Verdict(self._standing.settle(headers), None)
        lines = self._guard.apply_text(verdict, headers)
        self.called = True
        if exc_info is None:
            return self._start_response(status, lines)
        return self._start_response(status, lines, exc_info)

    def answer_error(self, error: BaseException, method: str) -> Iterator[bytes]:
        """An answer that says no more than 500; then the server gets the error, to log it."""
        headers = [("Content-Type", "text/plain; charset=utf-8"),
                   ("Content-Length", str(len(ERROR_BODY)))]
        traceback = error.__traceback__
        assert traceback is not None  # it was raised
        self("500 Internal Server Error", headers, (type(error), error, traceback))
        yield b"" if method == "HEAD" else ERROR_BODY
        raise error


class LateResult:
    """The result of an application that calls start_response only when it is read."""

    def __init__(self, result: Iterable[bytes], responder: Responder, method: str) -> None:
        self._result = result
        self._items = iter(result)
        self._responder = responder
        self._method = method

    def __iter__(self) -> LateResult:
        return self

    def __next__(self) -> bytes:
        if self._responder.called:
            return next(self._items)
        try:
            return next(self._items)
        except StopIteration:
            raise
        except Exception as error:
            if self._responder.called:
                raise
            self._items = self._responder.answer_error(error, self._method)
            return next(self._items)

    def close(self) -> None:
        close = getattr(self._result, "close", None)
        if close is not None:
            close()


class CorsMiddleware:
    """A WSGI application around another one.

    source: the path of a policy file, a mapping with what such a file holds, or a Guard. The rest
    are options of Guard. Where one stands around another one, the inner one's word counts for the
    answers that it lets through, and the outer one's for preflights.
    """

    def __init__(self, app: WSGIApplication, source: PolicySource | Guard, *,
                 environment: str | None = None, enforce: Enforce = "off",
                 own_origin: str | None = None, reload: bool = True,
                 on_decision: OnDecision | None = None) -> None:
        self.app = app
        self.guard = open_guard(source, environment=environment, enforce=enforce,
                                own_origin=own_origin, reload=reload, on_decision=on_decision)

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        method = environ["REQUEST_METHOD"]
        verdict = self.guard.judge(method, environ_target(environ), environ_lines(environ),
                                   environ)
        environ["libcors.verdict"] = verdict
        if verdict.judgement.kind != "no-policy":
            environ[STANDING] = StandingVerdict(verdict.judgement, standing_in(environ),
                                                self.binds(environ))
        if verdict.answer is not None:
            return send_answer(verdict.answer, method, start_response)
        if verdict.judgement.kind == "no-policy":
            return self.app(environ, start_response)
        responder = Responder(self.guard, environ[STANDING], start_response)
        return self._respond(environ, responder, method)

    def binds(self, environ: WSGIEnvironment) -> bool:
        """Whether nothing further in may allow more than this verdict."""
        return False

    def _respond(self, environ: WSGIEnvironment, responder: Responder,
                 method: str) -> Iterable[bytes]:
        try:
            result = self.app(environ, responder)
        except Exception as error:
            if responder.called or wants_exceptions(environ):
                raise
            return responder.answer_error(error, method)
        if responder.called or wants_exceptions(environ):
            return result
        return LateResult(result, responder, method)
