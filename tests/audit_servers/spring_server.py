# SPDX-License-Identifier: MIT
"""What Spring's DefaultCorsProcessor answers, for a CorsConfiguration in Python's words.

    serve(port, CorsConfiguration(allowed_origin_patterns=["*"], allow_credentials=True))

After the documentation and the sources of Spring 6: three lines of Vary are on every answer,
a call of another origin that is not allowed is refused, and a preflight names what was asked for.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from http import HTTPStatus
from urllib.parse import urlsplit

import uvicorn
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.types import Receive, Scope, Send

VARY = ["Origin", "Access-Control-Request-Method", "Access-Control-Request-Headers"]
REFUSED = "Invalid CORS request"
PORTS = re.compile(r"(.*):\[(\*|\d+(,\d+)*)\]")


@dataclass
class CorsConfiguration:
    allowed_origins: list[str] = field(default_factory=list)
    allowed_origin_patterns: list[str] = field(default_factory=list)
    allowed_methods: list[str] = field(default_factory=lambda: ["GET", "HEAD", "POST"])
    allowed_headers: list[str] = field(default_factory=lambda: ["*"])
    exposed_headers: list[str] = field(default_factory=list)
    allow_credentials: bool = False
    max_age: int | None = 1800

    def check_origin(self, origin: str) -> str | None:
        """What to name in the answer; None where the origin is not allowed."""
        trimmed = origin.removesuffix("/")
        if "*" in self.allowed_origins:
            if self.allow_credentials:
                raise ValueError("When allowCredentials is true, allowedOrigins cannot contain "
                                 "the special value \"*\"")
            return "*"
        if any(each.lower() == trimmed.lower() for each in self.allowed_origins):
            return origin
        if any(pattern_of(each).fullmatch(trimmed) for each in self.allowed_origin_patterns):
            return origin
        return None

    def check_method(self, method: str) -> list[str] | None:
        if "*" in self.allowed_methods:
            return [method]
        return self.allowed_methods if method in self.allowed_methods else None

    def check_headers(self, asked: list[str]) -> list[str] | None:
        if not asked:
            return []
        allowed = [name for name in asked if "*" in self.allowed_headers or
                   name.lower() in (each.lower() for each in self.allowed_headers)]
        return allowed or None


def pattern_of(value: str) -> re.Pattern[str]:
    """A pattern's `*` stands for anything; `:[*]` behind it for any port, or none."""
    with_ports = PORTS.fullmatch(value)
    host, ports = (with_ports[1], with_ports[2]) if with_ports else (value, "")
    text = re.escape(host).replace(r"\*", ".*")
    if ports:
        text += r"(:\d+)?" if ports == "*" else f":({ports.replace(',', '|')})"
    return re.compile(text)


def is_same_origin(request: Request, origin: str) -> bool:
    return urlsplit(origin).netloc == request.headers.get("host") and \
        urlsplit(origin).scheme == request.headers.get("x-forwarded-proto", "http")


@dataclass
class SpringApplication:
    configuration: CorsConfiguration

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        assert scope["type"] == "http"
        response = self.answer(Request(scope, receive))
        for value in VARY:
            response.headers.append("Vary", value)
        await response(scope, receive, send)

    def answer(self, request: Request) -> Response:
        origin = request.headers.get("origin")
        if origin is None or is_same_origin(request, origin):
            return self.handle(request)
        asked = request.headers.get("access-control-request-method")
        preflight = request.method == "OPTIONS" and asked is not None
        try:
            headers = self.headers_for(request, origin, preflight, asked or request.method)
        except ValueError:
            return JSONResponse({"status": 500, "error": "Internal Server Error"}, 500)
        if headers is None:
            return PlainTextResponse(REFUSED, HTTPStatus.FORBIDDEN)
        response = Response() if preflight else self.handle(request)
        response.headers.update(headers)
        return response

    def headers_for(self, request: Request, origin: str, preflight: bool,
                    method: str) -> dict[str, str] | None:
        """The headers of the answer; None where it is refused."""
        settings = self.configuration
        allowed = settings.check_origin(origin)
        asked = [name.strip() for name in
                 request.headers.get("access-control-request-headers", "").split(",") if name]
        names = settings.check_headers(asked) if preflight else []
        methods = settings.check_method(method)
        if allowed is None or methods is None or names is None:
            return None
        headers = {"Access-Control-Allow-Origin": allowed}
        if preflight:
            headers["Access-Control-Allow-Methods"] = ",".join(methods)
        if names:
            headers["Access-Control-Allow-Headers"] = ", ".join(names)
        if settings.exposed_headers:
            headers["Access-Control-Expose-Headers"] = ", ".join(settings.exposed_headers)
        if settings.allow_credentials:
            headers["Access-Control-Allow-Credentials"] = "true"
        if preflight and settings.max_age is not None:
            headers["Access-Control-Max-Age"] = str(settings.max_age)
        return headers

    def handle(self, request: Request) -> Response:
        if request.url.path != "/api/items":
            return JSONResponse({"status": 404, "error": "Not Found"}, 404)
        return JSONResponse([])


def serve(port: int, configuration: CorsConfiguration) -> None:
    uvicorn.run(SpringApplication(configuration), host="127.0.0.1", port=port)
