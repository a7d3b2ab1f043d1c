# SPDX-License-Identifier: MIT
"""The pages of the application in Django; the same views for WSGI and ASGI."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

from django.http import HttpResponse, StreamingHttpResponse
from django.urls import path
from django.utils.decorators import sync_and_async_middleware

from tests.python_servers.python_frameworks import (OWN, PARTS, REFUSED, Accident, half,
                                                    may_enter)


def with_own_lines(response: Any, status: int = 200) -> Any:
    for name, value in OWN.items():
        response[name] = value
    response.status_code = status
    return response


def data(request: Any) -> Any:
    if request.method not in ("GET", "PUT", "POST", "HEAD"):
        return with_own_lines(HttpResponse(), 405)
    return with_own_lines(HttpResponse("data"))


def boom(request: Any) -> Any:
    raise Accident


def stream(request: Any) -> Any:
    return with_own_lines(StreamingHttpResponse(iter(PARTS)))


def half_of_it(request: Any) -> Any:
    return with_own_lines(StreamingHttpResponse(half("/half")))


def refusal(request: Any) -> Any:
    if may_enter(request.path, request.META.get("HTTP_AUTHORIZATION")):
        return None
    return with_own_lines(HttpResponse(REFUSED), 401)


@sync_and_async_middleware  # type: ignore[misc]
def authenticate(get_response: Callable[[Any], Any]) -> Callable[[Any], Any]:
    if not asyncio.iscoroutinefunction(get_response):
        return lambda request: refusal(request) or get_response(request)

    async def answer(request: Any) -> Any:
        return refusal(request) or await get_response(request)
    return answer


urlpatterns = [path("data", data), path("private", data), path("boom", boom),
               path("stream", stream), path("half", half_of_it)]
