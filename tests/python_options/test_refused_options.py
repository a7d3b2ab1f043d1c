# SPDX-License-Identifier: MIT
"""Options that would let in who should not be, or that can mean nothing: what people are told.

Each row: the options, the rule, words of the message, and what it says to write instead (None:
nothing in particular). What is said to be written must itself be taken.
"""
from __future__ import annotations

import ast
import re
import warnings
from collections.abc import Callable
from typing import Any

import pytest
from django.test.utils import override_settings
from flask import Flask

from libcors import PolicyError, PolicyWarning
from libcors.flask import CORS, cross_origin
from libcors.starlette import CORSMiddleware
from tests.python_options import django_site

django_site.configure()

from libcors.options_django import settings_source  # noqa: E402  (it wants settings)

Row = tuple[dict[str, Any], str, str, "str | None"]
A = "https://a.example"


def flask_app(**options: Any) -> None:
    CORS(Flask(__name__), **options)


def starlette_middleware(**options: Any) -> None:
    CORSMiddleware(lambda *_: None, **options)  # type: ignore[arg-type]


def django_settings(**settings: Any) -> None:
    with override_settings(**settings):
        settings_source().close()


FLASK: list[Row] = [
    ({"supports_credentials": True}, "wildcard-with-credentials", "act as the visitor",
     '["https://app.example.com"]'),
    ({"origins": [A, "*"], "supports_credentials": True}, "wildcard-with-credentials",
     "List the origins", '["https://app.example.com"]'),
    ({"origins": ".*", "supports_credentials": True}, "wildcard-with-credentials", "visitor",
     '["https://app.example.com"]'),
    ({"resources": {"/api/*": {"origins": "*"}}, "supports_credentials": True},
     "wildcard-with-credentials", "visitor", '["https://app.example.com"]'),
    ({"origins": r"https://.*\.example\.com", "supports_credentials": True}, "regex-open-end",
     "does not end with $", '["https://*.example.com"]'),
    ({"origins": [r".*\.example\.com$"]}, "regex-open-scheme", "scheme",
     '["https://*.example.com"]'),
    ({"origins": re.compile(r"^https://www.example\.com$")}, "regex-bare-dot", "backslash",
     '["https://www.example.com"]'),
    ({"origins": r"^https://.*example\.com$"}, "regex-open-host", "other sites' names",
     '["https://*.example.com", "https://example.com"]'),
    ({"origins": r"^https://.*$"}, "regex-any-host", "any", None),
    ({"origins": r"https?://\w*\.?example\.com:?\d*/?.*"}, "regex-any-host", "any",
     '["https://*.example.com:*", "https://example.com:*", "http://*.example.com:*", '
     '"http://example.com:*"]'),
    ({"origins": r"^https://(?!evil)\w+\.example\.com$"}, "regex-not-understood", "cannot", None),
    ({"origins": "(("}, "regex-not-understood", "no regular expression", None),
    ({"origins": re.compile(r"^https://a\.example$ # ours", re.VERBOSE)}, "regex-not-understood",
     "flags", None),
    ({"origins": r"^https://a\.example/$"}, "regex-matches-nothing", "no origin", None),
    ({"origins": "https://*.vercel.app"}, "public-suffix-wildcard", "anyone", None),
    ({"origins": r"^https://.*\.vercel\.app$"}, "public-suffix-wildcard",
     'accept_risks with "public-suffix-wildcard"', None),
    ({"origins": ["null"]}, "null-origin", 'accept_risks with "null-origin"', None),
    ({"origins": "https://a.example/"}, "origin-path", "no browser sends", A),
    ({"origins": "https://a.example:443"}, "origin-default-port", "default port", A),
    ({"origins": "a.example"}, "origin-syntax", "no scheme", A),
    ({"origins": [5]}, "wrong-type", "5 is no origin", None),
    ({"origins": [A, lambda origin: True]}, "wrong-type", "give it alone", None),
    ({"origin": A}, "unknown-key", "no option 'origin'", "origins"),
    ({"headers": ["X-A"]}, "unknown-key", "no option 'headers'", "allow_headers"),
    ({"resources": {"/api/*": {"origin": A}}}, "unknown-key", "no option 'origin'", "origins"),
    ({"resources": 5}, "wrong-type", "neither a dict", None),
    ({"resources": {"/api/*": [A]}}, "wrong-type", "no dict of options", None),
    ({"resources": "/(("}, "regex-not-understood", "no regular expression", None),
    ({"max_age": -2}, "max-age-range", "no time", None),
    ({"origins": "http://*.example.com", "supports_credentials": True},
     "insecure-origin-with-credentials", 'accept_risks with "insecure-origin-with-credentials"',
     None),
    ({"origins": [r"^https?://([a-z]+\.)?example\.com$"], "supports_credentials": True},
     "insecure-origin-with-credentials", "http", None),
    ({"methods": None}, "wrong-type", "no list of methods", None),
    ({"max_age": [600]}, "wrong-type", "no number of seconds", None),
    ({"methods": ["GET PUT"]}, "method-syntax", "no HTTP method", None),
    ({"allow_headers": ["X A"]}, "header-syntax", "no header name", None),
    ({"supports_credentials": "false"}, "wrong-type", "neither True nor False", None),
]
STARLETTE: list[Row] = [
    ({"allow_origins": ["*"], "allow_credentials": True}, "wildcard-with-credentials",
     "act as the visitor", 'allow_origins=["https://app.example.com"]'),
    ({"allow_origin_regex": ".*"}, "regex-any-host", "any", None),
    ({"allow_origin_regex": "https://.*"}, "regex-any-host", "any", None),
    ({"allow_origin_regex": r"https?://.*\.example.com", "allow_credentials": True},
     "regex-bare-dot", "backslash",
     'allow_origins=["https://*.example.com", "http://*.example.com"]'),
    ({"allow_origin_regex": r"https://.*example\.com"}, "regex-open-host", "other sites' names",
     'allow_origins=["https://*.example.com", "https://example.com"]'),
    ({"allow_origins": [r"https://.*\.example\.com"]}, "origin-syntax", "no origin", None),
    ({"allow_origins": [re.compile("https://a")]}, "wrong-type", "give it as allow_origin_regex",
     None),
    ({"allow_origin_regex": r"https://.*\.github\.io"}, "public-suffix-wildcard", "anyone", None),
    ({"allow_origins": ["null"]}, "null-origin", "sandboxed", None),
    ({"allow_origins": ["https://a.example/"]}, "origin-path", "no browser sends", A),
    ({"max_age": -2}, "max-age-range", "no time", None),
    ({"allow_origin_regex": r"http://[a-z]+\.example\.com", "allow_credentials": True},
     "insecure-origin-with-credentials", "http", None),
]
DJANGO: list[Row] = [
    ({"CORS_ALLOW_ALL_ORIGINS": True, "CORS_ALLOW_CREDENTIALS": True},
     "wildcard-with-credentials", "CORS_ALLOW_ALL_ORIGINS with CORS_ALLOW_CREDENTIALS",
     'CORS_ALLOWED_ORIGINS = ["https://app.example.com"]'),
    ({"CORS_ORIGIN_ALLOW_ALL": True, "CORS_ALLOW_CREDENTIALS": True},
     "wildcard-with-credentials", "act as the visitor",
     'CORS_ALLOWED_ORIGINS = ["https://app.example.com"]'),
    ({"CORS_ALLOWED_ORIGIN_REGEXES": [r"^https://\w+\.example\.com"]}, "regex-open-end",
     "does not end with $",
     'CORS_ALLOWED_ORIGINS = ["https://{label}.example.com"]'),
    ({"CORS_ALLOWED_ORIGINS": ["*"]}, "origin-syntax", "no origin",
     "CORS_ALLOW_ALL_ORIGINS = True"),
    ({"CORS_ALLOWED_ORIGINS": ["null"]}, "null-origin", "CORS_ACCEPT_RISKS", None),
    ({"CORS_ALLOWED_ORIGINS": ["a.example"]}, "origin-syntax", "no scheme", A),
    ({"CORS_ALLOW_ALL_ORIGINS": "True"}, "wrong-type", "neither True nor False", None),
    ({"CORS_URLS_REGEX": "(("}, "regex-not-understood", "no regular expression", None),
    ({"CORS_URLS_REGEX": 5}, "wrong-type", "no regular expression", None),
    ({"CORS_ALLOWED_ORIGINS": ["http://*.example.com"], "CORS_ALLOW_CREDENTIALS": True},
     "insecure-origin-with-credentials", "CORS_ACCEPT_RISKS", None),
    ({"CORS_PREFLIGHT_MAX_AGE": -5}, "max-age-range", "no time", None),
]
FACES: list[tuple[str, Callable[..., None], list[Row]]] = [
    ("flask", flask_app, FLASK), ("starlette", starlette_middleware, STARLETTE),
    ("django", django_settings, DJANGO)]
ROWS = [pytest.param(make, *row, id=f"{name}-{number}-{row[1]}")
        for name, make, rows in FACES for number, row in enumerate(rows)]


@pytest.mark.parametrize("make, options, rule, words, instead", ROWS)
def test_refused(make: Callable[..., None], options: dict[str, Any], rule: str, words: str,
                 instead: str | None) -> None:
    with pytest.raises(PolicyError) as caught:
        make(**options)
    problem = caught.value.problems[0]
    assert (problem.rule, problem.severity) == (rule, "error")
    assert words in problem.message
    assert problem.suggestion == instead
    # The message names the option that is at fault, and says all of this.
    assert problem.file in re.sub(r"\W+", " ", str(caught.value)).split()
    assert problem.message in str(caught.value) and f"[{rule}]" in str(caught.value)
    assert (instead or "") in str(caught.value)


INSTEAD = [(make, row[3]) for _, make, rows in FACES for row in rows
           if row[3] and "[" in row[3]]


@pytest.mark.parametrize("make, instead", INSTEAD)
def test_what_is_said_to_be_written_is_taken(make: Callable[..., None], instead: str) -> None:
    if make is flask_app:
        options = {"origins": ast.literal_eval(instead)}
    else:
        option, _, value = instead.replace(" = ", "=").partition("=")
        options = {option: ast.literal_eval(value)}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", PolicyWarning)
        make(**options)


def test_a_decorator_refuses_where_it_stands() -> None:
    with pytest.raises(PolicyError, match="cross_origin is refused"):
        cross_origin(origins=r"https://.*\.example\.com")
    with pytest.raises(PolicyError, match="act as the visitor"):
        cross_origin(origins="*", supports_credentials=True)
    with pytest.raises(PolicyError, match="no option 'orgins'"):
        cross_origin(orgins=A)


def test_the_error_is_also_a_value_error() -> None:
    with pytest.raises(ValueError, match="resources '/x'"):
        CORS(Flask(__name__), resources={"/x": {"origins": "null"}})


ACCEPTED: list[tuple[Callable[..., None], dict[str, Any]]] = [
    (flask_app, {"origins": ["null"], "accept_risks": ["null-origin"]}),
    (flask_app, {"origins": r"^https://app-[a-z]+\.vercel\.app$",
                 "accept_risks": ["public-suffix-wildcard"]}),
    (starlette_middleware, {"allow_origin_regex": r"https://app-[a-z]+\.vercel\.app",
                            "accept_risks": ["public-suffix-wildcard"]}),
    (django_settings, {"CORS_ALLOWED_ORIGINS": ["null"], "CORS_ACCEPT_RISKS": ["null-origin"]}),
    (starlette_middleware, {"allow_origins": ["http://*.example.com"], "allow_credentials": True,
                            "accept_risks": ["insecure-origin-with-credentials",
                                             "insecure-origin"]}),
]


@pytest.mark.parametrize("make, options", ACCEPTED)
def test_risks_can_be_accepted(make: Callable[..., None], options: dict[str, Any]) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error", PolicyWarning)
        make(**options)


WARNED: list[tuple[Callable[..., None], dict[str, Any], str]] = [
    (flask_app, {"origins": "http://localhost:3000", "supports_credentials": True},
     "loopback-in-production"),
    (flask_app, {"origins": "http://app.example", "supports_credentials": True},
     "insecure-origin-with-credentials"),
    (flask_app, {"origins": "http://app.example"}, "insecure-origin"),
    (flask_app, {"origins": []}, "no-origins-left"),
    (flask_app, {"origins": [A, A.upper(), r"^https://[a-z]+\.example$"],
                 "accept_risks": ["public-suffix-wildcard"]}, "redundant-origin"),
    (flask_app, {"vary_header": False}, "vary-header"),
    (flask_app, {"allow_private_network": True}, "private-network"),
    (flask_app, {"allow_headers": ["X-A", "Origin"]}, "forbidden-request-header"),
    (flask_app, {"methods": ["GET", "TRACE"]}, "forbidden-method"),
    (flask_app, {"expose_headers": ["Set-Cookie"]}, "forbidden-response-header"),
    (flask_app, {"origins": A, "supports_credentials": True, "expose_headers": "*"},
     "wildcard-expose-with-credentials"),
    (starlette_middleware, {}, "no-origins-left"),
    (starlette_middleware, {"allow_origins": [A], "allow_private_network": True},
     "private-network"),
    (django_settings, {"CORS_ALLOWED_ORIGINS": [A], "CORS_ALLOW_PRIVATE_NETWORK": True},
     "private-network"),
    (starlette_middleware, {"allow_origins": ["http://localhost:3000"],
                            "allow_credentials": True}, "loopback-in-production"),
    (starlette_middleware, {"allow_origins": [A], "allow_headers": ["*"],
                            "allow_credentials": True}, "wildcard-headers"),
    (starlette_middleware, {"allow_origins": [A], "accept_risks": ["nonsense"]}, "unknown-risk"),
    (django_settings, {"CORS_ALLOWED_ORIGINS": ["http://localhost:3000"],
                       "CORS_ALLOW_CREDENTIALS": True}, "loopback-in-production"),
    (django_settings, {"CORS_ALLOWED_ORIGINS": [A], "CORS_REPLACE_HTTPS_REFERER": True},
     "setting-ignored"),
]


@pytest.mark.parametrize("make, options, rule", WARNED)
def test_warned(make: Callable[..., None], options: dict[str, Any], rule: str) -> None:
    with pytest.warns(PolicyWarning) as caught:
        make(**options)
    assert len(caught) == 1
    assert f"[{rule}]" in str(caught[0].message)
    # It points at the line of the program, not into this package.
    assert caught[0].filename == __file__


QUIET: list[tuple[Callable[..., None], dict[str, Any]]] = [
    (flask_app, {}),
    (flask_app, {"origins": A, "supports_credentials": True, "max_age": 600}),
    (flask_app, {"origins": A, "max_age": -1}),
    (starlette_middleware, {"allow_origins": [A], "allow_methods": ["*"],
                            "allow_headers": ["Authorization"], "allow_credentials": True}),
    (django_settings, {"CORS_ALLOWED_ORIGINS": [A], "CORS_ALLOW_CREDENTIALS": True}),
    (django_settings, {"CORS_ALLOW_ALL_ORIGINS": True}),
]


@pytest.mark.parametrize("make, options", QUIET)
def test_nobody_is_told_about_defaults(make: Callable[..., None], options: dict[str, Any]) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error", PolicyWarning)
        make(**options)
