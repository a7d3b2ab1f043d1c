# SPDX-License-Identifier: MIT
"""Applications in this process answer as the same applications do over a socket."""

from __future__ import annotations

import asyncio
import json
import os
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from libcors.browser import Blocked, Browser, CorsResponse, FormData, Stream

from tests.python_browser.python_applications import (ALLOW, PAGE, LifespanApp, flask_app,
                                                      starlette_app)
from tests.support.started import Started, accepts, free_port

SECONDS = 30.0
API = "https://api.test"
ROOT = Path(__file__).resolve().parents[2]
SERVERS = {
    "flask": "from tests.python_browser.python_applications import flask_app\n"
             "flask_app().run('127.0.0.1', PORT, threaded=True)\n",
    "starlette": "import uvicorn\n"
                 "from tests.python_browser.python_applications import starlette_app\n"
                 "uvicorn.run(starlette_app(), host='127.0.0.1', port=PORT)\n",
}
APPLICATIONS: dict[str, Callable[[], Any]] = {"flask": flask_app, "starlette": starlette_app}
# What a server or the connection adds.
OF_SERVERS = ("connection", "date", "server", "transfer-encoding", "content-length")


@pytest.fixture(scope="module")
def urls(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    """Each framework's server, started."""
    folder = tmp_path_factory.mktemp("servers")
    with ExitStack() as started:
        ports = {}
        for name, program in SERVERS.items():
            port = ports[name] = free_port()
            file = folder / f"{name}_server.py"
            file.write_text(program.replace("PORT", str(port)))
            process = started.enter_context(Started(
                ["/usr/bin/python3", str(file)], folder / f"{name}.log", folder,
                {"PYTHONPATH": f"{ROOT}:{os.environ.get('PYTHONPATH', '')}"}))
            process.wait_until(lambda: accepts(port), name, SECONDS)
        yield {name: f"http://127.0.0.1:{port}" for name, port in ports.items()}


CALLS: list[dict[str, Any]] = [
    {"target": "/items"},
    {"target": "/items", "method": "PUT", "json": {"a": 1}},
    {"target": "/items", "method": "PUT", "headers": {"X-Token": "t"}, "body": "x"},
    {"target": "/items", "method": "DELETE"},
    {"target": "/items", "credentials": "include"},
    {"target": "/items", "mode": "no-cors"},
    {"target": "/items", "method": "HEAD"},
    {"target": "/items", "headers": {"X-Other": "1"}},
    {"target": "/echo?a=1&b=%20", "method": "POST", "body": {"name": "tea pot"}},
    {"target": "/echo", "method": "POST",
     "body": FormData({"a": "1", "f": ("x.txt", b"\x00\xff")})},
    {"target": "/echo", "method": "POST", "body": b"\x00\x80"},
    {"target": "/echo", "method": "PUT", "body": Stream(b"piece")},
    {"target": "/echo", "headers": [("Accept", "a/b"), ("Accept", "c/d")]},
    {"target": "/echo/%C3%A9/%2F?%2F"},
    {"target": "/boom"},
    {"target": "/stream"},
    {"target": "/stream", "mode": "no-cors"},
    {"target": "/move"},
    {"target": "/move", "redirect": "manual"},
    {"target": "/missing"},
]


def headers_of(response: CorsResponse) -> dict[str, str]:
    return {name: value for name, value in response.headers.items() if name not in OF_SERVERS}


def told(call: Callable[[], CorsResponse]) -> Any:
    """All that script and server see of a call."""
    try:
        response = call()
    except Blocked as blocked:
        return (blocked.code, blocked.preflight, blocked.value,
                [steps(exchange.request.method, exchange.response) for exchange in
                 blocked.exchanges])
    sent = [steps(exchange.request.method, exchange.response) for exchange in response.exchanges]
    return (response.type, response.status, response.url, response.redirected,
            headers_of(response), response.text(), sent)


def steps(method: str, response: Any) -> Any:
    return method, response.status if response is not None else None


@pytest.mark.parametrize("number", range(len(CALLS)),
                         ids=[f"{call.get('method', 'GET')} {call['target']} {number}"
                              for number, call in enumerate(CALLS)])
@pytest.mark.parametrize("name", SERVERS)
def test_as_over_a_socket(urls: dict[str, str], name: str, number: int) -> None:
    call = dict(CALLS[number])
    target = call.pop("target")
    app = APPLICATIONS[name]()
    with Browser(PAGE) as inside, Browser(PAGE, hosts={API: urls[name]}) as outside:
        here = told(lambda: inside.fetch(app, target, **call))
        there = told(lambda: outside.fetch(f"{API}{target}", **call))
    assert here == there


def test_django_as_over_a_socket(tmp_path: Path) -> None:
    """Django's settings are global, so that it runs in a process of its own."""
    port = free_port()
    program = tmp_path / "django_pages.py"
    program.write_text(DJANGO.replace("PORT", str(port)))
    environment = {"PYTHONPATH": os.pathsep.join(
        [str(ROOT), os.path.dirname(os.path.dirname(str(module_file())))])}
    with Started(["/usr/bin/python3", str(program)], tmp_path / "log", tmp_path,
                 environment) as process:
        process.wait_until(lambda: "done" in process.said(), "the comparison", SECONDS)
        said = process.said()
    results = [json.loads(line) for line in said.splitlines() if line.startswith("{")]
    assert len(results) == 3 and results[0] == results[1] == results[2], said
    assert results[0]["items"] == ["cors", 200, "[1, 2]"]


def module_file() -> Path:
    import libcors
    return Path(str(libcors.__file__))


DJANGO = """
import json, os, threading
from wsgiref.simple_server import make_server, WSGIRequestHandler
import django
from django.conf import settings
settings.configure(ROOT_URLCONF=__name__, SECRET_KEY="x", ALLOWED_HOSTS=["*"], MIDDLEWARE=[])
django.setup()
from django.core.asgi import get_asgi_application
from django.core.wsgi import get_wsgi_application
from django.http import HttpResponse
from django.urls import path
from libcors.browser import Blocked, Browser

def items(request):
    answer = HttpResponse("[1, 2]")
    answer["Access-Control-Allow-Origin"] = "https://app.example"
    return answer

def boom(request):
    raise ValueError("out of tea")

def form(request):
    answer = items(request)
    answer.content = json.dumps([request.POST.get("a"), request.get_full_path()])
    return answer

urlpatterns = [path("items", items), path("boom", boom), path("form", form)]

class Quiet(WSGIRequestHandler):
    def log_message(self, *_): pass

def ended(call):
    try:
        response = call()
        return [response.type, response.status, response.text()]
    except Blocked as blocked:
        return [blocked.code, [one.response.status for one in blocked.exchanges]]

def told(browser, *app):
    def fetch(target, **options):
        return browser.fetch(*(app or ()), *([target] if app else ["https://api.test" + target]),
                             **options)
    return json.dumps({
        "items": ended(lambda: fetch("/items")),
        "put": ended(lambda: fetch("/items", method="PUT")),
        "boom": ended(lambda: fetch("/boom")),
        "form": ended(lambda: fetch("/form?%C3%A9", method="POST", body={"a": "\\u00e9"})),
        "missing": ended(lambda: fetch("/missing")),
    })

wsgi, asgi = get_wsgi_application(), get_asgi_application()
server = make_server("127.0.0.1", PORT, wsgi, handler_class=Quiet)
threading.Thread(target=server.serve_forever, daemon=True).start()
page = "https://app.example"
print(told(Browser(page), wsgi))
with Browser(page) as browser:
    print(told(browser, asgi))
print(told(Browser(page, hosts={"https://api.test": "http://127.0.0.1:PORT"})))
print("done", flush=True)
"""


def test_what_an_application_raises_is_told() -> None:
    for make in APPLICATIONS.values():
        with pytest.raises(Blocked) as caught, Browser(PAGE) as browser:
            browser.fetch(make(), "/boom")
        assert caught.value.code == "missing-allow-origin"
        assert isinstance(caught.value.__cause__, ValueError)
        assert "Behind the answer: ValueError: out of tea" in str(caught.value)
        assert caught.value.exchanges[-1].response is not None
        assert caught.value.exchanges[-1].response.status == 500


class Pieces:
    """A body that notes whether it was closed, and that may fail on its way."""

    def __init__(self, fails_after: int | None = None) -> None:
        self.closed = False
        self.left = fails_after

    def __iter__(self) -> Iterator[bytes]:
        for piece in (b"one", b"two"):
            if self.left == 0:
                raise OSError("torn")
            self.left = self.left - 1 if self.left is not None else None
            yield piece

    def close(self) -> None:
        self.closed = True


@pytest.mark.parametrize("fails_after,status,text", [(None, 200, "onetwo"), (1, 200, "one")])
def test_wsgi_bodies_are_closed(fails_after: int | None, status: int, text: str) -> None:
    pieces = Pieces(fails_after)

    def app(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        start_response("200 OK", ALLOW)
        return pieces
    response = Browser(PAGE).fetch(app, "/")
    assert (response.status, response.text(), pieces.closed) == (status, text, True)


def test_wsgi_body_that_fails_at_once_is_a_500() -> None:
    pieces = Pieces(0)

    def app(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        start_response("200 OK", ALLOW)
        return pieces
    with pytest.raises(Blocked) as caught:
        Browser(PAGE).fetch(app, "/")
    assert caught.value.code == "missing-allow-origin" and pieces.closed


def test_wsgi_environ_is_valid() -> None:
    from wsgiref.validate import validator

    def app(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        start_response("200 OK", [*ALLOW, ("Content-Type", "text/plain")])
        return [environ["wsgi.input"].read(3)]
    calls: list[dict[str, Any]] = [{}, {"method": "POST", "body": "abcd"}]
    for options in calls:
        text = Browser(PAGE).fetch(validator(app), "/x?y", **options).text()
        assert text == ("abc" if options else "")


def test_wsgi_write_and_exc_info() -> None:
    def app(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        import sys
        try:
            start_response("200 OK", [])
            raise ValueError("late")
        except ValueError:
            write = start_response("503 Busy", ALLOW, sys.exc_info())
        write(b"wri")
        return [b"tten"]
    response = Browser(PAGE).fetch(app, "/")
    assert (response.status, response.text()) == (503, "written")


def test_asgi_lifespan_runs_around_the_calls() -> None:
    app = LifespanApp()
    with Browser(PAGE) as browser:
        assert browser.fetch(app, "/").json() == {"state": {"opened": "yes"}, "events": ["startup"]}
        browser.fetch(app, "/")
        assert app.events == ["startup"]
    assert app.events == ["startup", "shutdown"]


def test_asgi_that_cannot_start() -> None:
    async def app(scope: Any, receive: Any, send: Any) -> None:
        assert scope["type"] == "lifespan"
        await send({"type": "lifespan.startup.failed", "message": "no database"})
    with Browser(PAGE) as browser:
        for _ in range(2):
            with pytest.raises(RuntimeError, match="could not start: no database"):
                browser.fetch(app, "/")


def test_fastapi() -> None:
    from fastapi import FastAPI
    from libcors.starlette import CORSMiddleware
    api = FastAPI()
    api.add_middleware(CORSMiddleware, allow_origins=[PAGE], allow_methods=["PUT"])

    @api.put("/items/{number}")
    def items(number: int) -> dict[str, int]:
        if number == 0:
            raise ValueError("out of tea")
        return {"number": number}
    with Browser(PAGE) as browser:
        assert browser.fetch(api, "/items/7", method="PUT").json() == {"number": 7}
        assert browser.fetch(api, "/items/0", method="PUT").status == 500
        with pytest.raises(Blocked) as caught:
            browser.fetch(api, "/items/7", method="DELETE")
    assert (caught.value.code, caught.value.preflight) == ("missing-allow-origin", True)


def test_inside_a_running_loop() -> None:
    app = LifespanApp()

    async def visit() -> Any:
        async with Browser(PAGE) as browser:
            with pytest.raises(RuntimeError, match="await browser.afetch"):
                browser.fetch(app, "/")
            three = await asyncio.gather(browser.afetch(app, "/"), browser.afetch(app, "/"),
                                         browser.afetch(flask_app(), "/items"))
            return [one.json() for one in three]
    first, second, third = asyncio.run(visit())
    assert first["state"] == second["state"] == {"opened": "yes"} and third == [1, 2]
    assert app.events == ["startup", "shutdown"]


def test_asgi_that_never_answers_is_no_answer() -> None:
    async def app(scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] == "http":
            await asyncio.Event().wait()
    with pytest.raises(Blocked) as caught, Browser(PAGE, timeout=0.05) as browser:
        browser.fetch(app, "/")
    assert caught.value.code == "network-failure"
    assert "did not answer within 0.05 s" in " ".join(str(caught.value).split())


def test_what_cannot_be_called() -> None:
    with pytest.raises(TypeError, match="give a URL, or a WSGI or ASGI application"):
        Browser(PAGE).fetch(object(), "/")  # type: ignore[arg-type]


def test_the_last_exchanges_are_remembered() -> None:
    def hello(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        start_response("200 OK", ALLOW)
        return [b"hello"]
    browser = Browser(PAGE)
    for number in range(1005):
        browser.fetch(hello, f"/{number}")
    urls = [exchange.request.url for exchange in browser.exchanges]
    assert urls == [f"https://api.test/{number}" for number in range(5, 1005)]


def test_redirects_between_applications() -> None:
    def away(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        start_response("302 Found", [*ALLOW, ("Location", "https://other.test/echo")])
        return [b""]
    browser = Browser(PAGE, hosts={"other.test": starlette_app()})
    with browser, pytest.raises(Blocked) as caught:
        browser.fetch(away, "/")
    assert caught.value.code == "allow-origin-mismatch"  # the Origin is null by then
    assert [one.request.url for one in browser.exchanges] == [
        "https://api.test/", "https://other.test/echo"]
