# SPDX-License-Identifier: MIT
"""CORS for Flask, with the options of Flask-CORS or with a policy file.

    from libcors.flask import CORS, cross_origin     # in place of flask_cors
    from libcors.flask import Cors                   # Cors(app, "cors.yaml")

Preflights are answered before any before_request function, and every answer has its lines: error
handlers', 404s, uncaught exceptions' 500 and streams' too.
"""
from __future__ import annotations

import functools
import threading
from collections.abc import Awaitable, Callable, Iterable
from contextlib import suppress
from dataclasses import replace
from typing import Any, TypeVar
from urllib.parse import urlsplit

import flask
from werkzeug.exceptions import HTTPException, MethodNotAllowed
from werkzeug.routing import MapAdapter, RequestRedirect

from libcors.flask_decorations import (DECORATION, JUDGED, Decoration, Judged, TextLine,
                                       answer_response, apply_apart, apply_to_response,
                                       find_decoration, judge_environ, mark_result)
from libcors.options_flask import (PathsDiffer, Resources, check_names, config_options, kept,
                                   merge_options)
from libcors.options_source import REQUEST_METHOD
from libcors.policy_guard import Answer, Guard, RequestLines, Verdict
from libcors.policy_sources import PolicySource, Request, View
from libcors.standing_verdict import STANDING, StandingVerdict, standing_in
from libcors.wsgi import CorsMiddleware

Environ = dict[str, Any]
ViewFunction = TypeVar("ViewFunction", bound=Callable[..., Any])

EXTENSION = "libcors"
DECORATED = "libcors.flask.decorated"
FIRST_ANSWER = "libcors.flask.first_answer"
REQUEST_METHOD_KEY = "HTTP_" + REQUEST_METHOD.upper().replace("-", "_")
NO_POLICY = View(None)


class AppSource:
    """What counts for a request to an app: its view's options, its blueprint's, then the app's."""

    def __init__(self, app: flask.Flask) -> None:
        self._app = app
        self._apps: list[Resources] = []
        self._blueprints: dict[str, list[Resources]] = {}

    def add(self, resources: Resources, blueprint: str | None = None) -> None:
        """Those that came last are asked first."""
        found = self._apps if blueprint is None else self._blueprints.setdefault(blueprint, [])
        found.insert(0, resources)

    def view(self, request: Request) -> View | Awaitable[View]:
        environ: Environ = request.native
        endpoint, own_options = None, False
        environ[DECORATED] = None
        if request.method == "OPTIONS" or Decoration.made or self._blueprints:
            with suppress(HTTPException):  # of a Host that is none: Flask will say so
                adapter = self._adapter(environ)
                endpoint, own_options = _endpoint(adapter, environ)
                # What Flask's own answer to OPTIONS says, for the answer to a preflight.
                environ["libcors.allow"] = ", ".join(sorted(adapter.allowed_methods())).encode()
        decoration = self._decoration(endpoint, environ)
        if decoration is not None:
            automatic = decoration.automatic(self._app)
            if automatic or own_options or request.method != "OPTIONS":
                environ[DECORATED] = decoration
                view = decoration.rule(self._app).view(request)
                return view if automatic else _continued(view)
        return self._by_path(request, endpoint)

    def close(self) -> None:
        pass

    def _by_path(self, request: Request, endpoint: str | None) -> View | Awaitable[View]:
        path = _path(request.native)
        for resources in (*self._of_blueprints(endpoint), *self._apps):
            try:
                rule = resources.find(path)
            except PathsDiffer:
                return resources.any_rule().refusal()
            if rule is not None:
                return rule.view(request)
        return NO_POLICY

    def _of_blueprints(self, endpoint: str | None) -> list[Resources]:
        """Those of the innermost blueprint first."""
        found: list[Resources] = []
        name = endpoint or ""
        while self._blueprints and "." in name:
            name = name.rpartition(".")[0]
            found.extend(self._blueprints.get(name, ()))
        return found

    def _decoration(self, endpoint: str | None, environ: Environ) -> Decoration | None:
        view = self._app.view_functions.get(endpoint) if endpoint else None
        for method in _methods(environ):
            found = find_decoration(view, method)
            if found is not None:
                return found
        return None

    def _adapter(self, environ: Environ) -> MapAdapter:
        request = self._app.request_class(environ, populate_request=False)
        adapter = self._app.create_url_adapter(request)
        assert adapter is not None  # there is a request
        return adapter


def _methods(environ: Environ) -> tuple[str, ...]:
    """The method that a preflight asks for, and the request's own."""
    method: str = environ["REQUEST_METHOD"]
    wanted = environ.get(REQUEST_METHOD_KEY, method) if method == "OPTIONS" else method
    return tuple(dict.fromkeys((wanted, method)))


def _endpoint(adapter: MapAdapter, environ: Environ, path: str | None = None) -> tuple[
        str | None, bool]:
    """The endpoint that a request is for, and whether its view answers OPTIONS by itself."""
    for tried in _methods(environ):
        try:
            rule, _ = adapter.match(path, tried, return_rule=True)
        except MethodNotAllowed:
            continue
        except RequestRedirect as redirect:  # to the same with a slash: the view's, as it will be
            there = urlsplit(redirect.new_url).path.removeprefix(adapter.script_name.rstrip("/"))
            return (None, False) if path is not None else _endpoint(adapter, environ, there)
        except HTTPException:
            break
        return rule.endpoint, not getattr(rule, "provide_automatic_options", False)
    return None, False


def _path(environ: Environ) -> str:
    """The path that Flask routes by."""
    raw: str = environ.get("PATH_INFO") or ""
    return "/" + raw.encode("latin-1").decode("utf-8", "replace").lstrip("/")


def _continued(view: View | Awaitable[View]) -> View | Awaitable[View]:
    """The same, with preflights handed on to the view function."""
    return replace(view, preflight_continue=True) if isinstance(view, View) else view


class AppGuard(Guard):
    """Judges by what an app's CORS and cross_origin say, and leaves word of whose it was."""

    def __init__(self, app: flask.Flask, source: AppSource) -> None:
        super().__init__(source)
        self._app = app

    def judge(self, method: str, target: bytes | str, lines: RequestLines,
              native: Any = None) -> Verdict:
        verdict = super().judge(method, target, lines, native)
        native[JUDGED] = Judged(self._app, native.get(DECORATED), verdict)
        return verdict

    def apply_text(self, verdict: Verdict, lines: Iterable[TextLine]) -> list[TextLine]:
        return apply_apart(verdict.judgement, lines)


class AppMiddleware(CorsMiddleware):
    """What stands around an app. The options of a view stay a limit for all that it calls."""

    def binds(self, environ: Environ) -> bool:
        return environ[JUDGED].decoration is not None


class Covered:
    """What stands around an app: one source for all that its CORS and cross_origin say."""

    def __init__(self, app: flask.Flask) -> None:
        self.source = AppSource(app)
        self.guard = AppGuard(app, self.source)
        application: Any = app
        application.wsgi_app = AppMiddleware(app.wsgi_app, self.guard)
        app.before_request_funcs.setdefault(None, []).insert(0, _answer_first)
        _listen()


_covering = threading.Lock()


def _cover(app: flask.Flask) -> Covered:
    with _covering:
        covered = app.extensions.get(EXTENSION)
        if not isinstance(covered, Covered):
            covered = app.extensions[EXTENSION] = Covered(app)
        return covered


class CORS:
    """Flask-CORS' extension: CORS(app, resources={...}, origins=[...], ...), for blueprints too."""

    def __init__(self, app: flask.Flask | flask.Blueprint | None = None, **options: Any) -> None:
        check_names(options, "CORS(app)")
        self._options = kept(options)
        if app is not None:
            self.init_app(app)

    def init_app(self, app: flask.Flask | flask.Blueprint, **options: Any) -> None:
        check_names(options, "CORS(app)")
        given = {**self._options, **kept(options)}
        if isinstance(app, flask.Flask):
            merged = merge_options(config_options(app.config), given)
            _cover(app).source.add(Resources(merged, "CORS(app)"))
        else:
            self._init_blueprint(app, given)

    def _init_blueprint(self, blueprint: flask.Blueprint, given: dict[str, Any]) -> None:
        resources = Resources(merge_options(given), "CORS(blueprint)")

        def registered(state: Any) -> None:
            name = f"{state.name_prefix}.{state.name}".lstrip(".")
            _cover(state.app).source.add(resources, name)
        blueprint.record(registered)


class Cors:
    """A policy for an app: Cors(app, "cors.yaml"). Further arguments are those of Guard."""

    def __init__(self, app: flask.Flask | None = None, source: PolicySource | Guard | None = None,
                 **options: Any) -> None:
        self._source = source
        self._options = options
        if app is not None:
            self.init_app(app)

    def init_app(self, app: flask.Flask, source: PolicySource | Guard | None = None) -> None:
        chosen = source if source is not None else self._source
        if chosen is None:
            raise TypeError('Cors wants a policy: Cors(app, "cors.yaml").')
        application: Any = app
        application.wsgi_app = CorsMiddleware(app.wsgi_app, chosen, **self._options)


def cross_origin(**options: Any) -> Callable[[ViewFunction], ViewFunction]:
    """Flask-CORS' decorator: options for what a function answers, before those of the app."""
    decoration = Decoration(options)
    _listen()

    def decorate(function: ViewFunction) -> ViewFunction:
        target: Any = function
        if options.get("automatic_options", True):
            target.required_methods = {*getattr(target, "required_methods", ()), "OPTIONS"}
            target.provide_automatic_options = False

        @functools.wraps(function)
        def view(*args: Any, **kwargs: Any) -> Any:
            current: Any = flask.current_app
            app: flask.Flask = current._get_current_object()
            _judge_first(app)
            verdict = decoration.enter(app)
            if flask.request.method != "OPTIONS" or not decoration.automatic(app):
                result: Any = app.ensure_sync(function)(*args, **kwargs)
            elif verdict.answer is not None:
                result = answer_response(verdict.answer)
            else:
                result = app.make_default_options_response()
            return mark_result(app, verdict, result)

        setattr(view, DECORATION, decoration)
        return view  # type: ignore[return-value]
    return decorate


def _listen() -> None:
    with suppress(RuntimeError):  # Flask before 2.3 may be without signals: others call it then
        flask.request_started.connect(_request_started)


def _request_started(app: flask.Flask, **_: Any) -> None:
    _judge_first(app)


def _judge_first(app: flask.Flask) -> None:
    """Judges a request that did not come through the middleware: it is the first one of an app
    with decorated views and without CORS(app), or the app was called in another way."""
    environ = flask.request.environ
    judged = environ.get(JUDGED)
    if isinstance(judged, Judged) and judged.app is app:
        return
    if app.extensions.get(EXTENSION) is None and not any(
            find_decoration(view, method) for view in app.view_functions.values()
            for method in _methods(environ)):
        return
    guard = _cover(app).guard
    verdict = judge_environ(guard, environ)
    if verdict.judgement.kind == "no-policy":
        return
    standing = StandingVerdict(verdict.judgement, standing_in(environ),
                               environ[JUDGED].decoration is not None)
    environ[STANDING] = standing
    environ[FIRST_ANSWER] = verdict.answer
    flask.after_this_request(functools.partial(_apply_first, standing))


def _answer_first() -> flask.Response | None:
    """Answers a preflight that did not come through the middleware."""
    current: Any = flask.current_app
    _judge_first(current._get_current_object())
    answer = flask.request.environ.pop(FIRST_ANSWER, None)
    return answer_response(answer) if isinstance(answer, Answer) else None


def _apply_first(standing: StandingVerdict, response: Any) -> Any:
    return apply_to_response(standing.settle(list(response.headers)), response)


__all__ = ["CORS", "Cors", "cross_origin"]
