# SPDX-License-Identifier: MIT
"""The middlewares of Python for bench/contest.py, which has the protocol: each alone.

Starlette's is called with a scope around an application that answers at once; flask-cors is the
function that Flask calls after a request, with a response that has headers only, inside one
request's context; Django's is called with a request that has a method, a path and META. Responses
that a middleware makes itself are what it makes them.
"""
from __future__ import annotations

import gc
import json
import re
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import corsheaders.middleware
import django
import flask
import flask_cors
import starlette.middleware.cors
from django.conf import settings
from werkzeug.datastructures import Headers

# A workload is as bench/workloads.py writes it.
Workload = dict[str, Any]
Lines = list[tuple[str, str]]


@dataclass
class Call:
    """A workload that is ready to run; `once` returns the status and the lines of the answer."""
    once: Callable[[], object]
    answer: Callable[[], tuple[int, Lines]]
    enter: Callable[[], object] = lambda: None
    leave: Callable[[], object] = lambda: None
    turns: int = 0
    ns: float = 0


def pattern_of(entry: str) -> str:
    """What libcors' wildcards mean."""
    before, after = entry.split("*")
    wild = r"[a-z0-9_-]+(?:\.[a-z0-9_-]+)*" if before.endswith("//") else "[a-z0-9_-]+"
    return f"^{re.escape(before)}{wild}{re.escape(after)}$"


def exact(workload: Workload) -> list[str]:
    return [entry for entry in workload["origins"] if "*" not in entry]


def patterns(workload: Workload) -> list[str]:
    return [pattern_of(entry) for entry in workload["origins"] if "*" in entry]


def flask_call(workload: Workload) -> Call:
    app = flask.Flask(__name__)
    flask_cors.CORS(app, origins=exact(workload) + [re.compile(one) for one in patterns(workload)],
                    methods=workload["methods"], allow_headers=workload["headers"],
                    supports_credentials=workload["credentials"])
    after_request = app.after_request_funcs[None][0]
    asked = workload["request"]
    context = app.test_request_context(asked["path"], method=asked["method"],
                                       headers=asked["headers"])

    def once() -> Any:
        return after_request(SimpleNamespace(headers=Headers()))

    def answer() -> tuple[int, Lines]:
        with context:
            return 200, list(once().headers)
    return Call(once, answer, context.push, context.pop)


async def application(scope: Any, receive: Any, send: Any) -> None:
    await send({"type": "http.response.start", "status": 200, "headers": []})


def starlette_call(workload: Workload) -> Call:
    middleware = starlette.middleware.cors.CORSMiddleware(
        application, allow_origins=exact(workload), allow_methods=workload["methods"],
        allow_headers=workload["headers"], allow_credentials=workload["credentials"],
        allow_origin_regex="|".join(patterns(workload)) or None)
    asked = workload["request"]
    scope = {"type": "http", "method": asked["method"], "path": asked["path"], "headers": [
        (name.lower().encode(), value.encode()) for name, value in asked["headers"]]}
    started: list[Any] = []

    async def receive() -> Any:
        raise AssertionError("the middleware wants a body")

    async def send(message: Any) -> None:
        pass

    async def keep(message: Any) -> None:
        started.append(message)

    def run(to: Any) -> None:
        try:
            middleware(scope, receive, to).send(None)  # it never has to wait here
        except StopIteration:
            return
        raise AssertionError("the middleware waited for something")

    def answer() -> tuple[int, Lines]:
        run(keep)
        return started[0]["status"], [(name.decode(), value.decode())
                                      for name, value in started[0]["headers"]]
    return Call(lambda: run(send), answer)


class LightResponse(dict[str, str]):
    """Of Django's, what the middleware asks of it."""
    status_code = 200

    @property
    def headers(self) -> dict[str, str]:
        return self

    has_header = dict.__contains__


def django_call(workload: Workload) -> Call:
    asked = workload["request"]
    meta = {"HTTP_" + name.upper().replace("-", "_"): value for name, value in asked["headers"]}
    middleware = corsheaders.middleware.CorsMiddleware(lambda request: LightResponse())

    def enter() -> None:  # the settings are one for all
        settings.CORS_ALLOWED_ORIGINS = exact(workload)
        settings.CORS_ALLOWED_ORIGIN_REGEXES = patterns(workload)
        settings.CORS_ALLOW_METHODS = workload["methods"]
        settings.CORS_ALLOW_HEADERS = workload["headers"]
        settings.CORS_ALLOW_CREDENTIALS = workload["credentials"]

    def once() -> Any:
        return middleware(SimpleNamespace(method=asked["method"], path_info=asked["path"],
                                          META=meta))

    def answer() -> tuple[int, Lines]:
        enter()
        response = once()
        return response.status_code, list(response.items())
    return Call(once, answer, enter)


CONTESTANTS = {"flask-cors": flask_call, "Starlette": starlette_call,
               "django-cors-headers": django_call}


def measure(call: Call) -> None:
    once = call.once
    start = time.process_time_ns()
    for _ in range(call.turns):
        once()
    call.ns = (time.process_time_ns() - start) / call.turns


def run_round(call: Call, wanted: float) -> float:
    """Runs for about so many nanoseconds; the first time finds out how many turns that are."""
    call.enter()
    gc.collect()
    while call.ns * call.turns < wanted / 4:
        call.turns = 2 * call.turns + 1
        measure(call)
    call.turns = 1 + int(wanted / call.ns)
    measure(call)
    call.leave()
    return call.ns


def main() -> None:
    settings.configure(ALLOWED_HOSTS=["*"])
    django.setup()
    workloads = json.loads(Path(sys.argv[1]).read_text())
    calls = {name: [prepare(workload) for workload in workloads]
             for name, prepare in CONTESTANTS.items()}
    answers = {name: [dict(zip(("status", "lines"), call.answer())) for call in mine]
               for name, mine in calls.items()}
    print(json.dumps(answers), flush=True)
    gc.disable()
    for line in sys.stdin:
        name, index, milliseconds = line.split()
        print(run_round(calls[name][int(index)], float(milliseconds) * 1e6), flush=True)


if __name__ == "__main__":
    main()
