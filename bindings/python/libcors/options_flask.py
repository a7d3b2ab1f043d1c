# SPDX-License-Identifier: MIT
"""The options of Flask-CORS, as arguments, per resource, and as CORS_* in an app's config."""
from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from libcors import _engine
from libcors.options_origins import REGEX_MARKS, read_flask_origins
from libcors.options_paths import (PathPattern, PathsDiffer, find_by_path, most_specific_first)
from libcors.options_source import Asked, CorsOptions, OptionsRule, Spelling
from libcors.options_values import (OptionNames, listed, option_problem, private_network_problem,
                                    refuse_option, refuse_unknown, seconds, tell, texts, truth)
from libcors.policy_sources import Line, Request

Options = Mapping[str, Any]

DEFAULTS: dict[str, Any] = {
    "origins": "*",
    "methods": ["GET", "HEAD", "POST", "OPTIONS", "PUT", "PATCH", "DELETE"],
    "allow_headers": "*",
    "expose_headers": None,
    "supports_credentials": False,
    "max_age": None,
    "send_wildcard": False,
    "automatic_options": True,
    "vary_header": True,
    "resources": r"/*",
    "intercept_exceptions": True,
    "always_send": True,
    "allow_private_network": False,
    "accept_risks": (),
}
CONFIG_PREFIX = "CORS_"
OLDER_NAMES = {"headers": "allow_headers"}
EVERYTHING = ("*", ".*")


def flask_names(place: str) -> OptionNames:
    return OptionNames(place=place, everybody='origins="*"', origins="origins", methods="methods",
                       headers="allow_headers", expose="expose_headers",
                       credentials="supports_credentials", max_age="max_age", regexes="origins",
                       origins_form="{}")


def kept(options: Options) -> dict[str, Any]:
    """The same, with what can be read only once as tuples."""
    return {name: tuple(value) if isinstance(value, Iterator) else value
            for name, value in options.items()}


def config_options(config: Options) -> dict[str, Any]:
    """What an app's config says: CORS_ORIGINS and the others. Other extensions' stay theirs."""
    found = {name: config.get(CONFIG_PREFIX + name.upper()) for name in DEFAULTS}
    return {name: value for name, value in found.items() if value is not None}


def merge_options(*layers: Options) -> dict[str, Any]:
    merged = dict(DEFAULTS)
    for layer in layers:
        merged.update(layer)
    return merged


class FlaskSpelling(Spelling):
    """Names sorted, those of the request echoed, the origin named unless send_wildcard."""

    def __init__(self, methods: Any, send_wildcard: bool, always_send: bool) -> None:
        if isinstance(methods, str):
            self._methods: str | None = methods.upper()
        else:
            self._methods = ", ".join(sorted(str(method).upper() for method in methods))
        if "*" in self._methods:
            self._methods = None
        self._send_wildcard = send_wildcard
        self._always_send = always_send

    def methods(self) -> str | None:
        return self._methods

    def headers(self, asked: Asked) -> str | None:
        return ", ".join(sorted(asked.header_names))

    def names_origin(self, request: Request, asked: Asked, origin: str | None) -> bool:
        if not asked.origins:
            return not self._always_send
        return origin is not None and not self._send_wildcard

    def lines(self, request: Request) -> tuple[Line, ...]:
        # The methods that the application has for this URL, as Flask's own answer says them.
        allowed = request.native.get("libcors.allow") if request.native else None
        return ((b"Allow", allowed),) if allowed else ()


def _header_patterns(value: Any, names: OptionNames) -> tuple[
        tuple[str, ...], tuple[re.Pattern[str], ...]]:
    """Names, and expressions over names."""
    exact: list[str] = []
    patterns: list[re.Pattern[str]] = []
    for item in listed(value, names, names.headers):
        if isinstance(item, re.Pattern):
            patterns.append(item)
        elif not isinstance(item, str):
            refuse_option(names, "wrong-type", names.headers, f"{item!r} is no header name.")
        elif item in EVERYTHING:
            exact.append("*")
        elif REGEX_MARKS.intersection(item):
            patterns.append(_header_pattern(item, names))
        else:
            exact.extend(texts(item, names, names.headers))
    return tuple(exact), tuple(patterns)


def _header_pattern(text: str, names: OptionNames) -> re.Pattern[str]:
    try:
        return re.compile(text, re.IGNORECASE)
    except re.error as error:
        refuse_option(names, "regex-not-understood", names.headers,
                      f"{text!r} is no regular expression: {error}.")


def _tell_ignored(options: Options, names: OptionNames) -> None:
    told = []
    if not options["vary_header"]:
        told.append(option_problem(
            "vary-header", "vary_header", "Without it caches hand one site's answer to another: "
            "what answers depend on is always said.", severity="warning"))
    if options["allow_private_network"]:
        told.append(private_network_problem("allow_private_network"))
    tell(names.place, told)


def _only_origin(options: Options) -> str | None:
    """The one origin of a list of one, for requests that name none."""
    value = options["origins"]
    if isinstance(value, (list, tuple, set, frozenset)) and len(value) == 1:
        value = next(iter(value))
    if not options["always_send"] or not isinstance(value, str) or value == "null":
        return None
    return value if _engine.parse_origin(value) is not None else None


def read_flask_options(options: Options, place: str) -> CorsOptions:
    """Options that are merged already. Raises PolicyError."""
    names = flask_names(place)
    headers, patterns = _header_patterns(options["allow_headers"], names)
    if options["methods"] is None:
        refuse_option(names, "wrong-type", "methods", "None is no list of methods: leave the "
                      "option out where all of them may be used.")
    methods = texts(options["methods"], names, "methods")
    expose = texts(options["expose_headers"], names, "expose_headers")
    if not isinstance(options["expose_headers"], str):
        expose = tuple(sorted(expose))
    quiet = frozenset({("allow_headers", "*")} if options["allow_headers"] == "*" else ())
    return CorsOptions(
        names=names,
        spelling=FlaskSpelling(options["methods"],
                               truth(options["send_wildcard"], names, "send_wildcard"),
                               truth(options["always_send"], names, "always_send")),
        origins=read_flask_origins(options["origins"], names),
        methods=tuple(method.upper() for method in methods),
        headers=headers, header_patterns=patterns, expose=expose,
        credentials=truth(options["supports_credentials"], names, "supports_credentials"),
        max_age=seconds(options["max_age"], names),
        accept_risks=texts(options["accept_risks"], names, "accept_risks"),
        quiet=quiet, only_origin=_only_origin(options))


def check_names(options: Iterable[str], place: str) -> None:
    refuse_unknown(options, tuple(DEFAULTS), OLDER_NAMES, flask_names(place))


def compile_flask_rule(options: Options, place: str, tells: bool = True) -> OptionsRule:
    rule = OptionsRule(read_flask_options(options, place), tells)
    if tells:
        _tell_ignored(options, flask_names(place))
    return rule


def _path_pattern(pattern: Any, place: str) -> PathPattern:
    if not isinstance(pattern, (str, re.Pattern)):
        refuse_option(flask_names(place), "wrong-type", "resources",
                      f"{pattern!r} is neither a path nor a regular expression over paths.")
    try:
        return PathPattern(".*" if pattern == "*" else pattern, REGEX_MARKS)
    except re.error as error:
        refuse_option(flask_names(place), "regex-not-understood", "resources",
                      f"{pattern!r} is no regular expression: {error}.")


def _resource_pairs(resources: Any, place: str) -> list[tuple[PathPattern, Options]]:
    if isinstance(resources, Mapping):
        pairs = [(_path_pattern(pattern, place), own) for pattern, own in resources.items()]
        for _, own in pairs:
            if not isinstance(own, Mapping):
                refuse_option(flask_names(place), "wrong-type", "resources",
                              f"{own!r} is no dict of options.")
        return most_specific_first(pairs)
    if isinstance(resources, (str, re.Pattern)):
        return [(_path_pattern(resources, place), {})]
    if isinstance(resources, Iterable):
        return [(_path_pattern(pattern, place), {}) for pattern in resources]
    refuse_option(flask_names(place), "wrong-type", "resources",
                  f"{resources!r} is neither a dict nor a list nor text.")


class Resources:
    """The options of one CORS(app, ...): some for each path."""

    def __init__(self, options: Options, place: str) -> None:
        self._rules: list[tuple[PathPattern, OptionsRule]] = []
        common: OptionsRule | None = None
        for pattern, own in _resource_pairs(options["resources"], place):
            at = f"{place}, resources {pattern.text!r}" if own else place
            check_names(own, at)
            if own or common is None:
                rule = compile_flask_rule({**options, **kept(own)}, at)
            else:
                rule = common
            common = common if own else rule
            self._rules.append((pattern, rule))

    def _at(self, path: str) -> OptionsRule | None:
        return next((rule for pattern, rule in self._rules if pattern.matches(path)), None)

    def find(self, path: str) -> OptionsRule | None:
        """The rule for a path; None where there is none. Raises PathsDiffer."""
        return find_by_path(path, self._at)

    def any_rule(self) -> OptionsRule:
        return self._rules[0][1]


__all__ = ["Options", "PathsDiffer", "Resources", "check_names", "compile_flask_rule",
           "config_options", "kept", "merge_options"]
