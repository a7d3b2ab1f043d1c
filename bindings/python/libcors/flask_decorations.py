# SPDX-License-Identifier: MIT
"""What @cross_origin says of a function, and what it does to the answer that the function makes.

A function that is an app's view, or a method of its class, is found before it runs, so that its
options count for preflights and errors too. Any other one, such as a helper or what a decorator
without functools.wraps hides, is noticed when it runs: its options count for the answer it makes.
"""
from __future__ import annotations

import functools
import weakref
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import flask

from libcors import _engine
from libcors.options_flask import (check_names, compile_flask_rule, config_options, kept,
                                   merge_options)
from libcors.options_source import OptionsRule
from libcors.policy_guard import Answer, Guard, Verdict
from libcors.standing_verdict import narrowest, standing_in, with_vary_of
from libcors.wsgi import environ_lines, environ_target

TextLine = tuple[str, str]

DECORATION = "_libcors_decoration"
JUDGED = "libcors.flask.judged"
MADE = "libcors.flask.made"


class Decoration:
    """The options of one @cross_origin, compiled for each app that has the view."""
    made = False  # whether there is any

    def __init__(self, options: Mapping[str, Any]) -> None:
        self.options = kept(options)
        self._told = "origins" in options
        self._guards: weakref.WeakKeyDictionary[flask.Flask, tuple[OptionsRule, Guard]] = (
            weakref.WeakKeyDictionary())
        check_names(options, "cross_origin")
        # What an app's config adds is not known yet. What is wrong already is refused already.
        compile_flask_rule(merge_options({"origins": []}, self.options), "cross_origin",
                           self._told)
        Decoration.made = True

    def _of(self, app: flask.Flask) -> tuple[OptionsRule, Guard]:
        found = self._guards.get(app)
        if found is None:
            merged = merge_options(config_options(app.config), self.options)
            rule = compile_flask_rule(merged, "cross_origin", not self._told)
            found = self._guards[app] = rule, Guard(rule)
        return found

    def rule(self, app: flask.Flask) -> OptionsRule:
        return self._of(app)[0]

    def automatic(self, app: flask.Flask) -> bool:
        return bool(merge_options(config_options(app.config), self.options)["automatic_options"])

    def enter(self, app: flask.Flask) -> Verdict:
        """Judges the request that the function is to answer."""
        environ = flask.request.environ
        judged = environ.get(JUDGED)
        if isinstance(judged, Judged) and judged.app is app and judged.decoration is self:
            verdict = judged.verdict
        else:
            verdict = judge_environ(self._of(app)[1], environ)
        standing = standing_in(environ)
        if standing is not None:
            standing.add(verdict.judgement)
        return verdict


@dataclass(frozen=True)
class Judged:
    """What an app's own options said to a request, and whose they were."""
    app: flask.Flask
    decoration: Decoration | None
    verdict: Verdict


def judge_environ(guard: Guard, environ: dict[str, Any]) -> Verdict:
    return guard.judge(environ["REQUEST_METHOD"], environ_target(environ), environ_lines(environ),
                       environ)


def find_decoration(view: Any, method: str) -> Decoration | None:
    """The one that counts where a view function is called for a method."""
    while view is not None:
        found = getattr(view, DECORATION, None)
        if isinstance(found, Decoration):
            return found
        of_class = getattr(view, "view_class", None)
        if of_class is not None:
            return _of_class(of_class, method)
        view = view.func if isinstance(view, functools.partial) else getattr(
            view, "__wrapped__", None)
    return None


def _of_class(view_class: type, method: str) -> Decoration | None:
    """Of a class of views: that of what dispatches, or of the method's own function."""
    names = ["dispatch_request", method.lower()]
    if method == "HEAD" and not hasattr(view_class, "head"):
        names.append("get")
    for name in names:
        found = find_decoration(getattr(view_class, name, None), method)
        if found is not None:
            return found
    return None


def apply_apart(judgement: _engine.Judgement, lines: Iterable[TextLine]) -> list[TextLine]:
    """An application's lines with a judgement applied; what Vary lacks in a line of its own."""
    if judgement.kind == "no-policy":
        return list(lines)
    owned = tuple(line for line in judgement.fields if _engine.is_owned(line[0]))
    found = judgement.replace(fields=owned, vary=()).apply_text(lines)
    there = [value for name, value in found if name.lower() == "vary"]
    missing = [name.decode() for name in judgement.vary
               if not any(_engine.vary_covers(value, name) for value in there)]
    return [*found, ("Vary", ", ".join(missing))] if missing else found


def apply_to_response(judgement: _engine.Judgement, response: Any) -> Any:
    lines = apply_apart(judgement, list(response.headers))
    response.headers.clear()
    response.headers.extend(lines)
    return response


def answer_response(answer: Answer) -> flask.Response:
    response = flask.Response(answer.body, answer.status)
    response.headers.clear()
    response.headers.extend(answer.text_lines)
    return response


def mark_result(app: flask.Flask, verdict: Verdict, result: Any) -> Any:
    """What a decorated function returned, as a response with the function's own lines.

    Where it comes from another decorated function, both have to allow it.
    """
    if result is None:
        return None
    response = app.make_response(result)
    made: list[tuple[Any, _engine.Judgement]] = flask.request.environ.setdefault(MADE, [])
    judgement = verdict.judgement
    before = [inner for other, inner in made if other is response]
    if before:
        judgement = with_vary_of(narrowest([judgement, *before]), [judgement, *before])
    made.append((response, judgement))
    return apply_to_response(judgement, response)
