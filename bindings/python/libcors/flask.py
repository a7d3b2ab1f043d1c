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
import weakref
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import replace
from typing import Any, TypeVar
from urllib.parse import urlsplit

import flask
from werkzeug.exceptions import HTTPException, MethodNotAllowed
from werkzeug.routing import MapAdapter, RequestRedirect

from libcors.options_flask import (PathsDiffer, Resources, check_names, compile_flask_rule,
                                   config_options, merge_options)
from libcors.options_source import REQUEST_METHOD, OptionsRule
from libcors.policy_guard import Answer, Guard, Verdict
from libcors.policy_sources import PolicySource, Request, View
from libcors.wsgi import CorsMiddleware, environ_lines, environ_target

Environ = dict[str, Any]
ViewFunction = TypeVar("ViewFunction", bound=Callable[..., Any])

EXTENSION = "libcors"
DECORATION = "_libcors_decoration"
REQUEST_METHOD_KEY = "HTTP_" + REQUEST_METHOD.upper().replace("-", "_")
NO_POLICY = View(None)


class Decoration:
    """The options of one @cross_origin, compiled for each app that has the view."""

    def __init__(self, options: dict[str, Any]) -> None:
        self.options = options
        self._told = "origins" in options
        self._rules: weakref.WeakKeyDictionary[flask.Flask, OptionsRule] = (
            weakref.WeakKeyDictionary())
        check_names(options, "cross_origin")
        # What an app's config adds is not known yet. What is wrong already is refused already.
        compile_flask_rule(merge_options({"origins": []}, options), "cross_origin", self._told)

    def rule(self, app: flask.Flask) -> OptionsRule:
        rule = self._rules.get(app)
        if rule is None:
            merged = merge_options(config_options(app.config), self.options)
            rule = compile_flask_rule(merged, "cross_origin", not self._told)
            self._rules[app] = rule
        return rule

    def automatic(self, app: flask.Flask) -> bool:
        return bool(merge_options(config_options(app.config), self.options)["automatic_options"])


class AppSource:
    """What counts for a request to an app: its view's options, its blueprint's, then the app's."""

    def __init__(self, app: flask.Flask) -> None:
        self._app = app
        self._apps: list[Resources] = []
        self._blueprints: dict[str, list[Resources]] = {}
        self._views_seen = -1
        self._decorated = False

    def add(self, resources: Resources, blueprint: str | None = None) -> None:
        """Those that came last are asked first."""
        found = self._apps if blueprint is None else self._blueprints.setdefault(blueprint, [])
        found.insert(0, resources)

    def view(self, request: Request) -> View | Awaitable[View]:
        environ: Environ = request.native
        endpoint, own_options = None, False
        if request.method == "OPTIONS" or self._looks_at_views():
            with suppress(HTTPException):  # of a Host that is none: Flask will say so
                adapter = self._adapter(environ)
                endpoint, own_options = _endpoint(adapter, environ)
                # What Flask's own answer to OPTIONS says, for the answer to a preflight.
                environ["libcors.allow"] = ", ".join(sorted(adapter.allowed_methods())).encode()
        decoration = self._decoration(endpoint)
        if decoration is not None:
            automatic = decoration.automatic(self._app)
            if automatic or own_options or request.method != "OPTIONS":
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

    def _decoration(self, endpoint: str | None) -> Decoration | None:
        view = self._app.view_functions.get(endpoint) if endpoint else None
        found = getattr(view, DECORATION, None)
        return found if isinstance(found, Decoration) else None

    def _looks_at_views(self) -> bool:
        """Whether it matters which view a request is for."""
        views = self._app.view_functions
        if self._views_seen != len(views):
            self._decorated = any(hasattr(view, DECORATION) for view in views.values())
            self._views_seen = len(views)
        return self._decorated or bool(self._blueprints)

    def _adapter(self, environ: Environ) -> MapAdapter:
        request = self._app.request_class(environ, populate_request=False)
        adapter = self._app.create_url_adapter(request)
        assert adapter is not None  # there is a request
        return adapter


def _endpoint(adapter: MapAdapter, environ: Environ, path: str | None = None) -> tuple[
        str | None, bool]:
    """The endpoint that a request is for, and whether its view answers OPTIONS by itself."""
    method = environ["REQUEST_METHOD"]
    wanted = environ.get(REQUEST_METHOD_KEY, method) if method == "OPTIONS" else method
    for tried in dict.fromkeys((wanted, method)):
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


class Covered:
    """What stands around an app: one source for all that its CORS and cross_origin say."""

    def __init__(self, app: flask.Flask) -> None:
        self.source = AppSource(app)
        self.guard = Guard(self.source)
        _surround(app, self.guard)
        app.before_request_funcs.setdefault(None, []).insert(0, _answer_first)


def _surround(app: flask.Flask, source: PolicySource | Guard, **options: Any) -> None:
    application: Any = app
    application.wsgi_app = CorsMiddleware(app.wsgi_app, source, **options)


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
        self._options = options
        if app is not None:
            self.init_app(app)

    def init_app(self, app: flask.Flask | flask.Blueprint, **options: Any) -> None:
        check_names(options, "CORS(app)")
        given = {**self._options, **options}
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
        _surround(app, chosen, **self._options)


def cross_origin(**options: Any) -> Callable[[ViewFunction], ViewFunction]:
    """Flask-CORS' decorator: options for one view, which stand before those of the app."""
    decoration = Decoration(options)
    with suppress(RuntimeError):  # Flask before 2.3 may be without signals: the view does it then
        flask.request_started.connect(_request_started)

    def decorate(function: ViewFunction) -> ViewFunction:
        target: Any = function
        if options.get("automatic_options", True):
            target.required_methods = {*getattr(target, "required_methods", ()), "OPTIONS"}
            target.provide_automatic_options = False

        @functools.wraps(function)
        def view(*args: Any, **kwargs: Any) -> Any:
            app: Any = flask.current_app
            _request_started(app._get_current_object())
            if flask.request.method == "OPTIONS" and decoration.automatic(app):
                return _answer_first() or app.make_default_options_response()
            return app.ensure_sync(function)(*args, **kwargs)

        setattr(view, DECORATION, decoration)
        return view  # type: ignore[return-value]
    return decorate


_undecorated: weakref.WeakSet[flask.Flask] = weakref.WeakSet()
VERDICT = "libcors.verdict"
FIRST_ANSWER = "libcors.first_answer"


def _request_started(app: flask.Flask, **_: Any) -> None:
    """An app that has decorated views and no CORS(app) is covered when its first request comes."""
    environ = flask.request.environ
    if app in _undecorated or VERDICT in environ:
        return
    if not any(hasattr(view, DECORATION) for view in app.view_functions.values()):
        _undecorated.add(app)
        return
    guard = _cover(app).guard
    verdict = guard.judge(environ["REQUEST_METHOD"], environ_target(environ),
                          environ_lines(environ), environ)
    environ[VERDICT] = verdict
    environ[FIRST_ANSWER] = verdict.answer
    flask.after_this_request(functools.partial(_apply_first, guard, verdict))


def _answer_first() -> flask.Response | None:
    """Answers a preflight that came before the app was covered."""
    answer = flask.request.environ.get(FIRST_ANSWER)
    if not isinstance(answer, Answer):
        return None
    response = flask.Response(answer.body, answer.status)
    response.headers.clear()
    response.headers.extend(answer.text_lines)
    return response


def _apply_first(guard: Guard, verdict: Verdict, response: Any) -> Any:
    lines = guard.apply_text(verdict, list(response.headers))
    response.headers.clear()
    response.headers.extend(lines)
    return response


__all__ = ["CORS", "Cors", "cross_origin"]
