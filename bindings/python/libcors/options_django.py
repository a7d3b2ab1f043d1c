# SPDX-License-Identifier: MIT
"""The settings of django-cors-headers: CORS_ALLOWED_ORIGINS and the others."""
from __future__ import annotations

import re
from collections.abc import Awaitable
from typing import Any

from django.conf import settings
from django.core.signals import setting_changed
from django.dispatch import Signal

from libcors.options_origins import read_listed_origins
from libcors.options_paths import PathPattern, PathsDiffer, find_by_path
from libcors.options_source import Asked, CorsOptions, OptionsRule, Spelling, read_asked
from libcors.options_values import (OptionNames, listed, option_problem, private_network_problem,
                                    refuse_option, seconds, tell, texts, truth)
from libcors.policy_sources import Request, View
from libcors.regex_sources import Matching

# Handlers are sent the request; where one returns True, its origin is allowed.
check_request_enabled = Signal()

PREFIX = "CORS_"
DEFAULT_HEADERS = ("accept", "accept-encoding", "authorization", "content-type", "dnt", "origin",
                   "user-agent", "x-csrftoken", "x-requested-with")
DEFAULT_METHODS = ("DELETE", "GET", "OPTIONS", "PATCH", "POST", "PUT")
EVERY_PATH = r"^.*$"
NAMES = OptionNames(place="settings", everybody="CORS_ALLOW_ALL_ORIGINS",
                    origins="CORS_ALLOWED_ORIGINS", methods="CORS_ALLOW_METHODS",
                    headers="CORS_ALLOW_HEADERS", expose="CORS_EXPOSE_HEADERS",
                    credentials="CORS_ALLOW_CREDENTIALS", max_age="CORS_PREFLIGHT_MAX_AGE",
                    regexes="CORS_ALLOWED_ORIGIN_REGEXES",
                    origins_form="CORS_ALLOWED_ORIGINS = {}", risks="CORS_ACCEPT_RISKS")
OLDER_NAMES = {NAMES.everybody: "CORS_ORIGIN_ALLOW_ALL", NAMES.origins: "CORS_ORIGIN_WHITELIST",
               NAMES.regexes: "CORS_ORIGIN_REGEX_WHITELIST"}
# What stands in a policy where there is one.
POLICY_SETTINGS = (NAMES.origins, NAMES.regexes, NAMES.everybody, *OLDER_NAMES.values(),
                   "CORS_URLS_REGEX", NAMES.methods, NAMES.headers, NAMES.expose,
                   NAMES.credentials, NAMES.max_age, NAMES.risks)
# What has no effect.
IGNORED = {
    "CORS_ALLOW_PRIVATE_NETWORK": private_network_problem("CORS_ALLOW_PRIVATE_NETWORK"),
    "CORS_REPLACE_HTTPS_REFERER": option_problem(
        "setting-ignored", "CORS_REPLACE_HTTPS_REFERER",
        "It has no effect: list the origins in CSRF_TRUSTED_ORIGINS.", severity="warning"),
}
NO_POLICY = View(None)


class DjangoSpelling(Spelling):
    """Lists as they are given, also those names that no browser asks for."""

    def __init__(self, methods: tuple[str, ...], headers: tuple[str, ...]) -> None:
        self._methods = None if "*" in methods else ", ".join(methods)
        self._headers = None if "*" in headers else ", ".join(headers)

    def methods(self) -> str | None:
        return self._methods

    def headers(self, asked: Asked) -> str | None:
        return self._headers


def setting(name: str, default: Any) -> Any:
    older = OLDER_NAMES.get(name)
    if older is not None:
        default = getattr(settings, older, default)
    return getattr(settings, name, default)


def read_settings() -> CorsOptions:
    """Raises PolicyError."""
    everybody = truth(setting(NAMES.everybody, False), NAMES, NAMES.everybody)
    origins = listed(setting(NAMES.origins, ()), NAMES, NAMES.origins)
    if "*" in origins:
        refuse_option(NAMES, "origin-syntax", NAMES.origins, '"*" is no origin.',
                      f"{NAMES.everybody} = True")
    regexes = setting(NAMES.regexes, ())
    how = Matching(whole=False, ignores_case=False)
    methods = texts(setting(NAMES.methods, DEFAULT_METHODS), NAMES, NAMES.methods)
    headers = texts(setting(NAMES.headers, DEFAULT_HEADERS), NAMES, NAMES.headers)
    # 0 is "send no such line" here.
    max_age = seconds(setting(NAMES.max_age, 86400) or None, NAMES)
    return CorsOptions(
        names=NAMES, spelling=DjangoSpelling(methods, headers),
        origins=read_listed_origins((*origins, *(["*"] if everybody else [])), regexes, how, NAMES),
        methods=methods, headers=headers,
        expose=texts(setting(NAMES.expose, ()), NAMES, NAMES.expose),
        credentials=truth(setting(NAMES.credentials, False), NAMES, NAMES.credentials),
        max_age=max_age,
        accept_risks=texts(setting("CORS_ACCEPT_RISKS", ()), NAMES, "CORS_ACCEPT_RISKS"),
        lists_all_methods=False,
        quiet=frozenset(("allow_headers", name) for name in DEFAULT_HEADERS),
        quiet_rules=("no-origins-left",) if check_request_enabled.receivers else ())


def read_paths() -> PathPattern:
    pattern = setting("CORS_URLS_REGEX", EVERY_PATH)
    if not isinstance(pattern, (str, re.Pattern)):
        refuse_option(NAMES, "wrong-type", "CORS_URLS_REGEX",
                      f"{pattern!r} is no regular expression over paths.")
    try:
        return PathPattern(re.compile(pattern), frozenset())
    except re.error as error:
        refuse_option(NAMES, "regex-not-understood", "CORS_URLS_REGEX",
                      f"{pattern!r} is no regular expression: {error}.")


def tell_ignored() -> None:
    tell(NAMES.place, [problem for name, problem in IGNORED.items() if setting(name, False)])


class SettingsSource:
    """The settings as a source; they are read again when a test overrides one."""

    def __init__(self) -> None:
        self._read()
        setting_changed.connect(self._changed)

    def _read(self) -> None:
        self._stale = False
        self._paths = read_paths()
        self._rule = OptionsRule(read_settings())
        tell_ignored()

    def _changed(self, *, setting: str, **_: Any) -> None:
        self._stale = self._stale or setting.startswith(PREFIX)

    def view(self, request: Request) -> View | Awaitable[View]:
        if self._stale:
            self._read()
        try:
            covered = find_by_path(request.native.path_info, self._paths.matches)
        except PathsDiffer:
            return self._rule.refusal()
        if self._enabled(request, covered):
            return self._rule.acceptance(request)
        return self._rule.view(request) if covered else NO_POLICY

    def _enabled(self, request: Request, covered: bool) -> bool:
        """Whether a handler allows the request. Asked where it matters."""
        if not check_request_enabled.receivers or (covered and not read_asked(request).origins):
            return False
        answers = check_request_enabled.send(sender=None, request=request.native)
        return any(answer for _, answer in answers)

    def close(self) -> None:
        setting_changed.disconnect(self._changed)


def settings_source() -> SettingsSource:
    return SettingsSource()
