# SPDX-License-Identifier: MIT
"""Options as a source of policies: what counts for each request, and how answers are spelled."""
from __future__ import annotations

import inspect
import logging
import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

from libcors import _engine
from libcors.options_origins import Origins
from libcors.options_policy import PolicyOptions, PolicyReading, Written
from libcors.options_values import OptionNames, refuse_option
from libcors.policy_sources import Line, Request, View

LOG = logging.getLogger("libcors")

ORIGIN = _engine.FIELDS["ORIGIN"].decode().lower()
REQUEST_METHOD = _engine.FIELDS["REQUEST_METHOD"].decode().lower()
REQUEST_HEADERS = _engine.FIELDS["REQUEST_HEADERS"].decode().lower()
ALLOW_METHODS = _engine.FIELDS["ALLOW_METHODS"]
ALLOW_HEADERS = _engine.FIELDS["ALLOW_HEADERS"]

# A policy always allows these, as browsers do. Some middlewares refuse them where their options
# do not list them.
NEVER_LISTED = ("GET", "HEAD", "POST")
UNLISTED = "method-not-allowed"
UNLISTED_BODY = f"CORS: {UNLISTED}\n{_engine.REASONS[UNLISTED]}\n".encode()
EVERY_HEADER = ("*", "Authorization")


@dataclass
class Asked:
    """What a request says about itself: the values of each field's lines."""
    origins: list[str] = field(default_factory=list)
    methods: list[str] = field(default_factory=list)
    headers: list[str] = field(default_factory=list)

    @property
    def header_names(self) -> list[str]:
        names = (name.strip() for line in self.headers for name in line.split(","))
        return [name for name in names if name]


def read_asked(request: Request) -> Asked:
    asked = Asked()
    wanted = {ORIGIN: asked.origins, REQUEST_METHOD: asked.methods, REQUEST_HEADERS: asked.headers}
    for name, value in request.lines:
        text = name if isinstance(name, str) else name.decode("latin-1")
        values = wanted.get(text.lower())
        if values is not None:
            values.append(value.strip(" \t") if isinstance(value, str)
                          else value.decode("latin-1").strip(" \t"))
    return asked


def serialized(origins: list[str]) -> str | None:
    """The one origin that a request names, if it is one that can be judged."""
    if len(origins) != 1 or origins[0] == "null" or not origins[0].isascii():
        return None
    return origins[0] if _engine.parse_origin(origins[0]) is not None else None


class Spelling:
    """How a middleware spells an allowed answer, where that means the same."""
    body = b""

    def methods(self) -> str | None:
        """None: as the policy has them. Empty: no such line."""
        return None

    def headers(self, asked: Asked) -> str | None:
        """Likewise."""
        return None

    def lines(self, request: Request) -> tuple[Line, ...]:
        """Further lines of an allowed preflight's answer."""
        return ()

    def names_origin(self, request: Request, asked: Asked, origin: str | None) -> bool:
        """Where everybody is allowed: whether the answer names the origin, in place of *."""
        return False

    def respell(self, judgement: _engine.Judgement, request: Request) -> _engine.Judgement:
        if judgement.kind != "preflight" or not judgement.allowed:
            return judgement
        fields = _with_line(judgement.fields, ALLOW_METHODS, self.methods())
        fields = _with_line(fields, ALLOW_HEADERS, self.headers(read_asked(request)))
        return judgement.replace(fields=fields + self.lines(request), body=self.body)


def _with_line(lines: tuple[Line, ...], name: bytes, value: str | None) -> tuple[Line, ...]:
    if value is None:
        return lines
    kept = tuple(line for line in lines if line[0] != name)
    return (*kept, (name, value.encode("latin-1"))) if value else kept


def _unlisted(judgement: _engine.Judgement, request: Request) -> _engine.Judgement:
    return judgement.replace(body=UNLISTED_BODY) if judgement.status is not None else judgement


@dataclass(frozen=True)
class CorsOptions:
    """What the options of any middleware come to."""
    names: OptionNames
    spelling: Spelling
    origins: Origins
    methods: tuple[str, ...] = ()
    headers: tuple[str, ...] = ()
    header_patterns: tuple[re.Pattern[str], ...] = ()
    expose: tuple[str, ...] = ()
    credentials: bool = False
    max_age: str | None = None
    accept_risks: tuple[str, ...] = ()
    lists_all_methods: bool = True
    # Values and rules that nobody is told about: defaults that nobody wrote.
    quiet: frozenset[Written] = frozenset()
    quiet_rules: tuple[str, ...] = ()
    # The only origin there is, if requests without an Origin are told it.
    only_origin: str | None = None


def refuse_everybody(options: CorsOptions) -> None:
    names = options.names
    if options.origins.everybody and options.credentials:
        refuse_option(names, "wildcard-with-credentials", names.origins,
                      f"{names.everybody} with {names.credentials} would let every site act as "
                      f"the visitor. List the origins that may, or leave {names.credentials} out.",
                      names.origins_form.format('["https://app.example.com"]'))


class OptionsRule:
    """One set of options, compiled: judges the origins that a policy cannot hold."""

    def __init__(self, options: CorsOptions, tells: bool = True) -> None:
        refuse_everybody(options)
        self.options = options
        self._any_method = "*" in options.methods
        self._listed_headers = frozenset(name.lower() for name in options.headers)
        self._policies: dict[tuple[bool, bool], _engine.Policy] = {}
        self._views: dict[tuple[bool, bool, bool | None, bool], View] = {}
        self._compile(tells)
        self._only_fields = self._fields_for(options.only_origin)

    def _compile(self, tells: bool) -> None:
        """A policy for each combination of what has to be asked besides."""
        asked = bool(self.options.origins.asked)
        patterns = bool(self.options.header_patterns)
        reading = self._read(asked, patterns)
        self._policies[asked, patterns] = reading.policy
        quiet = ("no-origins-left",) if self.options.origins.judge else ()
        if tells:
            reading.tell(self.options.quiet, self.options.quiet_rules + quiet)
        for key in {(wide, free) for wide in (False, asked) for free in (False, patterns)}:
            if key not in self._policies:
                self._policies[key] = self._read(*key).policy

    def _read(self, wide: bool, free: bool) -> PolicyReading:
        options = self.options
        entries = options.origins.entries
        if wide:
            entries += tuple(entry for regex in options.origins.asked for entry in regex.entries)
        headers = EVERY_HEADER if free or "*" in options.headers else options.headers
        return PolicyReading(PolicyOptions(
            tuple(dict.fromkeys(entries)), options.methods, headers, options.expose,
            options.credentials, options.max_age, options.accept_risks), options.names)

    def _fields_for(self, origin: str | None) -> tuple[Line, ...]:
        """The lines of an answer to an origin; none where it is not let in."""
        if origin is None:
            return ()
        lines = [(ORIGIN, origin)]
        return _engine.judge(self._policies[False, False], "GET", "/", lines).fields

    def _respell(self, judgement: _engine.Judgement, request: Request) -> _engine.Judgement:
        if judgement.kind == "no-origin" and self._only_fields:
            return judgement.replace(fields=self._only_fields)
        return self.options.spelling.respell(judgement, request)

    def view(self, request: Request) -> View | Awaitable[View]:
        asked = read_asked(request)
        origin = serialized(asked.origins)
        judge = self.options.origins.judge
        if judge is None:
            return self._view(request, asked, origin, None)
        if origin is None:
            return self._view(request, asked, origin, False)
        return self._judged(judge, origin, asked, request)

    def close(self) -> None:
        pass

    def acceptance(self, request: Request) -> View:
        """What counts where somebody else has let the origin in already."""
        asked = read_asked(request)
        return self._view(request, asked, serialized(asked.origins), True)

    def refusal(self) -> View:
        """What counts where nobody may have an answer."""
        return self._found(False, False, False)

    def _judged(self, judge: Callable[[str], object], origin: str, asked: Asked,
                request: Request) -> View | Awaitable[View]:
        try:
            answer = judge(origin)
        except Exception:
            LOG.exception("The function that judges origins failed; %r is refused.", origin)
            answer = False
        if inspect.isawaitable(answer):
            return self._awaited(answer, origin, asked, request)
        return self._view(request, asked, origin, bool(answer))

    async def _awaited(self, answer: Awaitable[object], origin: str, asked: Asked,
                       request: Request) -> View:
        try:
            judged = bool(await answer)
        except Exception:
            LOG.exception("The function that judges origins failed; %r is refused.", origin)
            judged = False
        return self._view(request, asked, origin, judged)

    def _view(self, request: Request, asked: Asked, origin: str | None,
              verdict: bool | None) -> View:
        options = self.options
        preflight = (request.method == "OPTIONS" and bool(asked.origins)
                     and len(asked.methods) == 1)
        if preflight and not self._lists(asked.methods[0]):
            return self._found(False, False, False, unlisted=True)
        if (verdict is None and options.origins.everybody
                and options.spelling.names_origin(request, asked, origin)):
            verdict = True
        wide = origin is not None and any(regex.matches(origin)
                                          for regex in options.origins.asked)
        return self._found(wide, preflight and self._patterns_cover(asked), verdict)

    def _lists(self, method: str) -> bool:
        return (self._any_method or method not in NEVER_LISTED
                or method in self.options.methods or not self.options.lists_all_methods)

    def _patterns_cover(self, asked: Asked) -> bool:
        patterns = self.options.header_patterns
        return bool(patterns) and all(
            name.lower() in self._listed_headers or any(p.match(name) for p in patterns)
            for name in asked.header_names)

    def _found(self, wide: bool, free: bool, verdict: bool | None,
               unlisted: bool = False) -> View:
        key = (wide, free, verdict, unlisted)
        view = self._views.get(key)
        if view is None:
            respell = _unlisted if unlisted else self._respell
            view = View(self._policies[wide, free], verdict, respell)
            self._views[key] = view
        return view


class OptionsSource:
    """A source with one set of options for all requests."""

    def __init__(self, options: CorsOptions) -> None:
        self._rule = OptionsRule(options)

    def view(self, request: Request) -> View | Awaitable[View]:
        return self._rule.view(request)

    def close(self) -> None:
        pass
