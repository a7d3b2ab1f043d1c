# SPDX-License-Identifier: MIT
"""CORS for aiohttp's server.

    app = web.Application()
    setup(app, "cors.yaml")

Every answer has its headers, also those that aiohttp makes itself: 404s, and the 500 to an
exception.
"""
from __future__ import annotations

from collections.abc import Awaitable, Callable

from aiohttp import web

from libcors.policy_guard import Answer, Enforce, Guard, OnDecision, Verdict, open_guard
from libcors.policy_sources import PolicySource

__all__ = ["setup"]

VERDICT = "libcors.verdict"

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


def answer_response(answer: Answer) -> web.Response:
    response = web.Response(status=answer.status, body=answer.body)
    response.headers.clear()
    response.headers.extend(answer.text_lines)
    return response


async def judge(guard: Guard, request: web.Request) -> Verdict:
    verdict = await guard.judge_async(request.method, request.raw_path.encode("utf-8",
                                      "surrogateescape"), request.raw_headers, request)
    request[VERDICT] = verdict
    return verdict


def setup(app: web.Application, source: PolicySource | Guard, *, environment: str | None = None,
          enforce: Enforce = "off", own_origin: str | None = None, reload: bool = True,
          on_decision: OnDecision | None = None) -> Guard:
    """Puts CORS around an application; best last, so that it stands before other middlewares.

    source: the path of a policy file, a mapping with what such a file holds, or a Guard. The rest
    are options of Guard.
    """
    guard = open_guard(source, environment=environment, enforce=enforce, own_origin=own_origin,
                       reload=reload, on_decision=on_decision)

    @web.middleware
    async def answer_first(request: web.Request, handler: Handler) -> web.StreamResponse:
        verdict = await judge(guard, request)
        return answer_response(verdict.answer) if verdict.answer else await handler(request)

    async def set_lines(request: web.Request, response: web.StreamResponse) -> None:
        verdict: Verdict = request.get(VERDICT) or await judge(guard, request)
        lines = verdict.judgement.apply_text(list(response.headers.items()))
        response.headers.clear()
        response.headers.extend(lines)

    async def come_first(app: web.Application) -> None:
        """Middlewares that were put before this one come after it."""
        if app.middlewares[0] is not answer_first and not app.middlewares.frozen:
            app.middlewares.remove(answer_first)
            app.middlewares.insert(0, answer_first)

    app.middlewares.insert(0, answer_first)
    app.on_response_prepare.append(set_lines)
    app.on_startup.append(come_first)
    return guard
