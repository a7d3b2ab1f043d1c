# SPDX-License-Identifier: MIT
"""CORS for Django.

    MIDDLEWARE = ["libcors.django.CorsMiddleware", …]    # the first of all
    CORS_POLICY = BASE_DIR / "cors.yaml"                 # or a mapping with what such a file holds
    CORS_GUARD = {"enforce": "block"}                    # options of libcors.Guard, if any

Without CORS_POLICY the settings of django-cors-headers count. What stands before a middleware's
answer, such as runserver's static files, it does not see.
"""
from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.http import HttpResponse
from django.utils.decorators import sync_and_async_middleware

from libcors import _engine
from libcors.asgi import scope_target
from libcors.options_django import (POLICY_SETTINGS, check_request_enabled,
                                    settings_source)
from libcors.policy_guard import Answer, Guard, Verdict
from libcors.standing_verdict import standing_in
from libcors.wsgi import environ_lines, environ_target

__all__ = ["CorsMiddleware", "check_request_enabled"]


def settings_guard() -> Guard:
    options = getattr(settings, "CORS_GUARD", {})
    policy = getattr(settings, "CORS_POLICY", None)
    besides = [name for name in POLICY_SETTINGS if hasattr(settings, name)]
    if policy is not None and besides:
        raise ImproperlyConfigured(f"{', '.join(besides)}: with CORS_POLICY all this stands in "
                                   "the policy.")
    try:
        return Guard(settings_source() if policy is None else policy, **options)
    except TypeError as error:
        raise ImproperlyConfigured(f"CORS_POLICY or CORS_GUARD: {error}") from None


def request_facts(request: Any) -> tuple[str, bytes | str, list[Any]]:
    """Method, target and field lines, as the server handed them to Django."""
    scope = getattr(request, "scope", None)
    if scope is not None:
        return request.method, scope_target(scope), list(scope["headers"])
    return request.META["REQUEST_METHOD"], environ_target(request.META), environ_lines(request.META)


def tell_around(request: Any, verdict: Verdict) -> None:
    """Tells a middleware of WSGI or ASGI around this one whose word counts."""
    standing = standing_in(getattr(request, "scope", None) or request.META)
    if standing is not None:
        standing.add(verdict.judgement)


def answer_response(answer: Answer) -> Any:
    response = HttpResponse(answer.body, status=answer.status)
    del response["Content-Type"]
    for name, value in answer.text_lines:
        response[name] = value
    return response


def apply_to_response(verdict: Verdict, response: Any) -> Any:
    """Replaces what the policy owns. A response of Django has a name once."""
    before: list[tuple[str, str]] = list(response.items())
    after = verdict.judgement.apply_text(before)
    for name, _ in before:
        if verdict.judgement.kind != "no-policy" and _engine.is_owned(name):
            del response[name]
    for name, value in after:
        if response.get(name) != value:
            response[name] = value
    return response


@sync_and_async_middleware  # type: ignore[misc]
def CorsMiddleware(get_response: Callable[[Any], Any]) -> Callable[[Any], Any]:
    """The middleware for settings.MIDDLEWARE."""
    guard = settings_guard()
    if not asyncio.iscoroutinefunction(get_response):
        def answer(request: Any) -> Any:
            verdict = guard.judge(*request_facts(request), request)
            request.cors = verdict
            tell_around(request, verdict)
            if verdict.answer is not None:
                return answer_response(verdict.answer)
            return apply_to_response(verdict, get_response(request))
        return answer

    async def answer_async(request: Any) -> Any:
        verdict = await guard.judge_async(*request_facts(request), request)
        request.cors = verdict
        tell_around(request, verdict)
        if verdict.answer is not None:
            return answer_response(verdict.answer)
        return apply_to_response(verdict, await get_response(request))
    return answer_async
