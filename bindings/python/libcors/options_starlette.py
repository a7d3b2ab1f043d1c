# SPDX-License-Identifier: MIT
"""The options of Starlette's CORSMiddleware."""
from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Optional, Union

from libcors.options_origins import OriginJudge, read_listed_origins
from libcors.options_source import Asked, CorsOptions, Spelling
from libcors.options_values import OptionNames, seconds, texts, truth
from libcors.policy_sources import Line, Request
from libcors.regex_sources import Matching

AllowOrigins = Union[Sequence[str], OriginJudge]
Expression = Optional[Union[str, "re.Pattern[str]"]]

ALL_METHODS = ("DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT")
ALWAYS_ALLOWED = ("Accept", "Accept-Language", "Content-Language", "Content-Type")
NAMES = OptionNames(place="CORSMiddleware", everybody='allow_origins=["*"]',
                    origins="allow_origins", methods="allow_methods", headers="allow_headers",
                    expose="expose_headers", credentials="allow_credentials", max_age="max_age",
                    regexes="allow_origin_regex", origins_form="allow_origins={}")
COOKIE = b"cookie"


@dataclass(frozen=True)
class StarletteOptions:
    allow_origins: Any
    allow_methods: Any
    allow_headers: Any
    allow_credentials: bool
    allow_origin_regex: Any
    expose_headers: Any
    max_age: Any
    accept_risks: Any


class StarletteSpelling(Spelling):
    """Lists as they are given; headers sorted, or those of the request where all are allowed."""
    body = b"OK"

    def __init__(self, methods: tuple[str, ...], headers: tuple[str, ...]) -> None:
        self._methods = ", ".join(methods)
        self._headers = None if "*" in headers else ", ".join(headers)

    def methods(self) -> str | None:
        return self._methods

    def headers(self, asked: Asked) -> str | None:
        return ", ".join(asked.headers) if self._headers is None else self._headers

    def lines(self, request: Request) -> tuple[Line, ...]:
        return ((b"Content-Type", b"text/plain; charset=utf-8"),)

    def names_origin(self, request: Request, asked: Asked, origin: str | None) -> bool:
        scope = request.native or {}
        return origin is not None and any(name == COOKIE for name, _ in scope.get("headers", ()))


def read_starlette_options(given: StarletteOptions) -> CorsOptions:
    """Raises PolicyError."""
    methods = texts(given.allow_methods, NAMES, NAMES.methods)
    if "*" in methods:
        methods = ALL_METHODS
    headers = tuple(sorted({*ALWAYS_ALLOWED, *texts(given.allow_headers, NAMES, NAMES.headers)}))
    how = Matching(whole=True, ignores_case=False)
    return CorsOptions(
        names=NAMES, spelling=StarletteSpelling(methods, headers),
        # "" and None are "not given".
        origins=read_listed_origins(given.allow_origins, given.allow_origin_regex or None, how,
                                    NAMES),
        methods=methods, headers=headers, expose=texts(given.expose_headers, NAMES, NAMES.expose),
        credentials=(given.allow_credentials is not None
                     and truth(given.allow_credentials, NAMES, NAMES.credentials)),
        max_age=seconds(given.max_age, NAMES),
        accept_risks=texts(given.accept_risks, NAMES, "accept_risks"))


__all__ = ["AllowOrigins", "Expression", "StarletteOptions", "read_starlette_options"]
