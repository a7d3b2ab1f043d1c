# SPDX-License-Identifier: MIT
"""What a browser does that follows the Fetch Standard to the letter, step by step and slowly.

It is written from the standard's text: section 2.2 for headers, 4.1 "Main fetch" to 4.9 "CORS
check", 5 for what fetch() does before. Only URLs as random_calls.py draws them are understood.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

Pairs = list[tuple[str, str]]  # bytes as Latin-1

TOKEN = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
SAFE_METHODS = ("GET", "HEAD", "POST")
NORMALIZED = ("DELETE", "GET", "HEAD", "OPTIONS", "POST", "PUT")
FORBIDDEN_METHODS = ("CONNECT", "TRACE", "TRACK")
FORBIDDEN_NAMES = (
    "accept-charset", "accept-encoding", "access-control-request-headers",
    "access-control-request-method", "connection", "content-length", "cookie", "cookie2", "date",
    "dnt", "expect", "host", "keep-alive", "origin", "referer", "set-cookie", "te", "trailer",
    "transfer-encoding", "upgrade", "via")
OVERRIDES = ("x-http-method", "x-http-method-override", "x-method-override")
UNSAFE_BYTES = set(map(chr, [*range(9), *range(10, 32), 0x7F])) | set('"():<>?@[\\]{}')
LANGUAGE = re.compile(r"[0-9A-Za-z *,\-.;=]*")
SAFE_TYPES = ("application/x-www-form-urlencoded", "multipart/form-data", "text/plain")
SAFE_RESPONSE_NAMES = ("cache-control", "content-language", "content-length", "content-type",
                       "expires", "last-modified", "pragma")
REDIRECTS = (301, 302, 303, 307, 308)
BODY_NAMES = ("content-encoding", "content-language", "content-location", "content-type")
BAD_PORTS = (25, 6000)  # of the table, those that are drawn
BOUNDARY = "----WebKitFormBoundary" + 16 * "A"  # as long as they are
DEFAULT_PORTS = {"http": 80, "https": 443}


class Throws(Exception):
    """fetch() throws a TypeError."""


class NetworkError(Exception):
    """The fetch ends in a network error."""

    def __init__(self, code: str, preflight: bool = False) -> None:
        super().__init__(code)
        self.code = code
        self.preflight = preflight


@dataclass(frozen=True)
class Url:
    """An http or https URL."""

    scheme: str
    userinfo: str
    host: str
    port: int
    path: str  # with the query
    fragment: str | None

    def origin(self) -> str:
        port = "" if self.port == DEFAULT_PORTS[self.scheme] else f":{self.port}"
        return f"{self.scheme}://{self.host}{port}"

    def sent(self) -> str:
        return self.origin() + self.path

    def shown(self) -> str:
        """Serialized without the fragment."""
        userinfo = f"{self.userinfo}@" if self.userinfo else ""
        return self.sent().replace("://", f"://{userinfo}", 1)


ABSOLUTE = re.compile(r"(https?)://(?:([^/@]*)@)?([a-z0-9.*-]+)(?::(\d+))?([^#]*)(?:#(.*))?")
OTHER_SCHEME = re.compile(r"[a-z][a-z0-9+.-]*:(?!//$)")


def parse_url(text: str, base: Url | None = None) -> Url | str | None:
    """A Url; the scheme of any other URL; None where it is no URL."""
    found = ABSOLUTE.fullmatch(text)
    if found:
        scheme, userinfo, host, port, path, fragment = found.groups()
        number = int(port) if port else DEFAULT_PORTS[scheme]
        if number > 65535:
            return None
        path = path if path.startswith("/") else "/" + path
        return Url(scheme, (userinfo or "").removesuffix(":"), host, number, path, fragment)
    if text.startswith(("http:", "https:")):
        return None
    if OTHER_SCHEME.match(text):
        return text.partition(":")[0]
    return None if base is None else parse_relative(text, base)


def parse_relative(text: str, base: Url) -> Url | str | None:
    if text.startswith("//"):
        return parse_url(f"{base.scheme}:{text}")
    rest, sign, fragment = text.partition("#")
    path, mark, query = base.path.partition("?")
    if rest.startswith("/"):
        path = rest
    elif rest.startswith("?"):
        path += rest
    elif rest:
        path = path[:path.rindex("/") + 1] + rest
    else:
        path += mark + query
    return Url(base.scheme, base.userinfo, base.host, base.port, path, fragment if sign else None)


def get(headers: Pairs, name: str) -> str | None:
    values = [strip(value) for key, value in headers if key.lower() == name]
    return ", ".join(values) if values else None


def strip(value: str) -> str:
    return value.strip(" \t\r\n")


def extract_tokens(headers: Pairs, name: str) -> list[str] | None:
    """Extract header list values of a #token field; ValueError is its failure."""
    lines = [strip(value) for key, value in headers if key.lower() == name]
    if not lines:
        return None
    tokens = [item.strip(" \t") for line in lines for item in line.split(",")]
    tokens = [token for token in tokens if token]
    if not all(TOKEN.fullmatch(token) for token in tokens):
        raise ValueError(name)
    return tokens


def is_safe_range(value: str) -> bool:
    found = re.fullmatch(r"bytes=([0-9]+)-([0-9]*)", value)
    return found is not None and (not found[2] or int(found[1]) <= int(found[2]))


def essence(value: str) -> str | None:
    kind, slash, rest = strip(value).partition("/")
    subtype = rest.partition(";")[0].rstrip(" \t\r\n")
    if not slash or not TOKEN.fullmatch(kind) or not TOKEN.fullmatch(subtype):
        return None
    return f"{kind}/{subtype}".lower()


def is_safelisted(name: str, value: str) -> bool:
    if len(value) > 128:
        return False
    name = name.lower()
    if name == "accept":
        return not set(value) & UNSAFE_BYTES
    if name in ("accept-language", "content-language"):
        return bool(LANGUAGE.fullmatch(value))
    if name == "content-type":
        return not set(value) & UNSAFE_BYTES and essence(value) in SAFE_TYPES
    return name == "range" and is_safe_range(value)


def unsafe_names(headers: Pairs) -> list[str]:
    unsafe = [name for name, value in headers if not is_safelisted(name, value)]
    safe = [(name, value) for name, value in headers if is_safelisted(name, value)]
    if sum(len(value) for _, value in safe) > 1024:
        unsafe += [name for name, _ in safe]
    return sorted({name.lower() for name in unsafe})


def is_forbidden(name: str, value: str) -> bool:
    name = name.lower()
    if name in FORBIDDEN_NAMES or name.startswith(("proxy-", "sec-")):
        return True
    methods = [part.strip(" \t").upper() for part in value.split(",")]
    return name in OVERRIDES and any(method in FORBIDDEN_METHODS for method in methods)


@dataclass
class Entry:
    """Of the preflight cache: for a method, or for a header."""

    partition: str
    origin: str
    url: str
    credentials: bool
    kind: str
    value: str
    expires: int


@dataclass
class Request:
    page: str
    partition: str
    urls: list[Url]
    method: str
    headers: Pairs
    mode: str
    credentials: str
    redirect: str
    body: bool
    stream: bool
    upload_listener: bool
    from_stream: bool  # the body was a stream, also where a redirect dropped it
    tainting: str = "basic"
    redirects: int = 0

    @property
    def flagged(self) -> bool:
        """The use-CORS-preflight flag."""
        return self.upload_listener or self.from_stream

    @property
    def url(self) -> Url:
        return self.urls[-1]

    def serialized_origin(self) -> str:
        for last, after in zip(self.urls, self.urls[1:]):
            if after.origin() != last.origin() and self.page != last.origin():
                return "null"
        return self.page


@dataclass
class Response:
    status: int
    headers: Pairs


@dataclass
class Browser:
    """One browser with one page, and the servers that it reaches."""

    scenario: dict[str, Any]
    now: int = 0
    cache: list[Entry] = field(default_factory=list)
    sent: list[dict[str, Any]] = field(default_factory=list)
    whys: list[str] = field(default_factory=list)

    def run(self) -> dict[str, Any]:
        return {"fetches": [self.run_call(call) for call in self.scenario["fetches"]],
                "sent": self.sent}

    def run_call(self, call: dict[str, Any]) -> dict[str, Any]:
        self.now += call.get("wait", 0)
        self.whys = []
        try:
            request = self.build(call)
            response = self.main_fetch(request)
        except Throws:
            return self.show_error(NetworkError("bad-request"))
        except NetworkError as error:
            return self.show_error(error)
        return self.show(request, response)

    def show_error(self, error: NetworkError) -> dict[str, Any]:
        return {"result": "error", "type": None, "status": None, "redirected": None, "url": None,
                "headers": [], "code": error.code, "preflight": error.preflight,
                "why_preflight": self.whys}

    def show(self, request: Request, response: Response) -> dict[str, Any]:
        shown = {"result": "ok", "type": request.tainting, "status": response.status,
                 "redirected": len(request.urls) > 1, "url": request.url.shown(),
                 "headers": self.readable(request, response), "code": "ok", "preflight": False,
                 "why_preflight": self.whys}
        if response.status in REDIRECTS and request.redirect == "manual":
            shown |= {"type": "opaqueredirect", "status": 0, "headers": []}
        elif request.tainting == "opaque":
            shown |= {"status": 0, "redirected": False, "url": "", "headers": []}
        return shown

    @staticmethod
    def readable(request: Request, response: Response) -> list[str]:
        names = {name.lower() for name, _ in response.headers} - {"set-cookie", "set-cookie2"}
        if request.tainting == "basic":
            return sorted(names)
        try:
            exposed = extract_tokens(response.headers, "access-control-expose-headers") or []
        except ValueError:
            exposed = []
        if request.credentials != "include" and "*" in exposed:
            return sorted(names)
        return sorted(names & ({name.lower() for name in exposed} | set(SAFE_RESPONSE_NAMES)))

    # What fetch() and XMLHttpRequest do before.

    def build(self, call: dict[str, Any]) -> Request:
        xhr = call.get("initiator") == "xhr"
        mode = call.get("mode", "cors")
        page = parse_url(self.scenario["page"])
        url = parse_url(call["url"], page if isinstance(page, Url) else None)
        if url is None or (isinstance(url, Url) and url.userinfo and not xhr):
            raise Throws
        method = self.normalize(call.get("method", "GET"), mode)
        body = call.get("body")
        if xhr and method in ("GET", "HEAD"):
            body = None
        if call.get("cache") == "only-if-cached" and mode != "same-origin":
            raise Throws
        headers = self.fill_headers(call.get("headers", []), mode, xhr)
        if body is not None:
            self.add_type(headers, body, method, mode)
        if isinstance(url, str):
            raise NetworkError(self.other_scheme(mode, call.get("redirect", "follow")))
        stream = body is not None and body["kind"] == "stream"
        return Request(self.scenario["page"], self.scenario.get("top", self.scenario["page"]),
                       [url], method, headers, mode, call.get("credentials", "same-origin"),
                       call.get("redirect", "follow"), body is not None, stream,
                       call.get("upload_listener", False), stream)

    @staticmethod
    def other_scheme(mode: str, redirect: str) -> str:
        if mode == "no-cors" and redirect != "follow":
            return "mode-no-cors"
        return "mode-same-origin" if mode == "same-origin" else "scheme-not-http"

    @staticmethod
    def normalize(method: str, mode: str) -> str:
        if not TOKEN.fullmatch(method) or method.upper() in FORBIDDEN_METHODS:
            raise Throws
        method = method.upper() if method.upper() in NORMALIZED else method
        if mode == "no-cors" and method not in SAFE_METHODS:
            raise Throws
        return method

    @staticmethod
    def fill_headers(pairs: list[list[str]], mode: str, xhr: bool) -> Pairs:
        headers: Pairs = []
        for name, raw in pairs:
            value = strip(raw)
            if not TOKEN.fullmatch(name) or set(value) & set("\0\r\n"):
                raise Throws
            if is_forbidden(name, value):
                continue
            earlier = get(headers, name.lower())
            if mode == "no-cors":
                joined = value if earlier is None else f"{earlier}, {value}"
                if name.lower() == "range" or not is_safelisted(name, joined):
                    continue
            if xhr and earlier is not None:
                headers = [(key, f"{earlier}, {value}" if key.lower() == name.lower() else old)
                           for key, old in headers]
            else:
                headers.append((name, value))
        return headers

    @staticmethod
    def add_type(headers: Pairs, body: dict[str, Any], method: str, mode: str) -> None:
        if method in ("GET", "HEAD") or (body["kind"] == "stream" and mode == "no-cors"):
            raise Throws
        types = {"text": "text/plain;charset=UTF-8",
                 "params": "application/x-www-form-urlencoded;charset=UTF-8",
                 "form": f"multipart/form-data; boundary={BOUNDARY}",
                 "blob": body.get("type", "").lower()}
        value = types.get(body["kind"], "")
        if value and get(headers, "content-type") is None:
            if mode != "no-cors" or is_safelisted("content-type", value):
                headers.append(("Content-Type", value))

    # Section 4.1, "Main fetch".

    def main_fetch(self, request: Request) -> Response:
        at_home = request.url.origin() == request.page and request.tainting == "basic"
        if request.url.port in BAD_PORTS or self.is_mixed(request):
            raise NetworkError("network-failure")
        if at_home:
            return self.http_fetch(request, False)
        if request.mode == "same-origin":
            raise NetworkError("mode-same-origin")
        if request.mode == "no-cors":
            if request.redirect != "follow":
                raise NetworkError("mode-no-cors")
            request.tainting = "opaque"
            return self.http_fetch(request, False)
        request.tainting = "cors"
        if not (request.flagged or request.method not in SAFE_METHODS
                or unsafe_names(request.headers)):
            return self.http_fetch(request, False)
        try:
            return self.http_fetch(request, True)
        except NetworkError:
            self.clear(request)
            raise

    @staticmethod
    def is_mixed(request: Request) -> bool:
        host = request.url.host
        trusted = host == "localhost" or host.endswith(".localhost") or host.startswith("127.")
        return (request.page.startswith("https:") and request.url.scheme == "http"
                and not trusted)

    def http_fetch(self, request: Request, with_preflight: bool) -> Response:
        if with_preflight and self.needs_preflight(request):
            self.preflight(request)
        self.send(request, request.method, request.credentials == "include" or (
            request.credentials == "same-origin" and request.tainting == "basic"))
        response = self.answer(request, "response")
        if request.tainting == "cors":
            self.cors_check(request, response)
        if response.status not in REDIRECTS or request.redirect == "manual":
            return response
        if request.redirect == "error":
            raise NetworkError("redirect-refused")
        return self.redirect_fetch(request, response)

    def answer(self, request: Request, part: str) -> Response:
        answers = self.scenario["server"].get(request.url.sent(), {})
        if part not in answers:
            raise NetworkError("network-failure", part == "preflight")
        return Response(answers[part]["status"],
                        [(name, value) for name, value in answers[part]["headers"]])

    def send(self, request: Request, method: str, credentials: bool,
             more: dict[str, str] | None = None) -> None:
        sent: dict[str, Any] = {"method": method, "url": request.url.sent(),
                                "credentials": credentials, **(more or {})}
        if request.tainting == "cors":
            sent["origin"] = request.serialized_origin()
        elif method not in ("GET", "HEAD"):
            # The default referrer policy names no https page to an http server.
            downgrade = request.page.startswith("https:") and request.url.scheme == "http"
            hidden = downgrade and request.mode != "cors"
            sent["origin"] = "null" if hidden else request.serialized_origin()
        self.sent.append(sent)

    # Section 4.4, "HTTP-redirect fetch".

    def redirect_fetch(self, request: Request, response: Response) -> Response:
        locations = [value for name, value in response.headers if name.lower() == "location"]
        if not locations:
            return response
        location = parse_url(strip(locations[0]), request.url) if len(locations) == 1 else None
        if not isinstance(location, Url):
            raise NetworkError("redirect-scheme")
        if location.fragment is None:
            location = Url(location.scheme, location.userinfo, location.host, location.port,
                           location.path, request.url.fragment)
        if request.redirects == 20:
            raise NetworkError("too-many-redirects")
        request.redirects += 1
        foreign = location.origin() != request.page
        if location.userinfo and ((request.mode == "cors" and foreign)
                                  or request.tainting == "cors"):
            raise NetworkError("redirect-with-userinfo")
        if response.status != 303 and request.stream:
            raise NetworkError("redirect-refused")
        self.change_method(request, response.status)
        if request.url.origin() != location.origin():
            self.delete(request, ("authorization",))
        request.urls.append(location)
        return self.main_fetch(request)

    def change_method(self, request: Request, status: int) -> None:
        if (status in (301, 302) and request.method == "POST") or (
                status == 303 and request.method not in ("GET", "HEAD")):
            request.method, request.body, request.stream = "GET", False, False
            self.delete(request, BODY_NAMES)

    @staticmethod
    def delete(request: Request, names: tuple[str, ...]) -> None:
        request.headers = [pair for pair in request.headers if pair[0].lower() not in names]

    # Section 4.8, "CORS-preflight fetch".

    def preflight(self, request: Request) -> None:
        names = unsafe_names(request.headers)
        self.note_whys(request, names)
        asked = {"access-control-request-method": request.method}
        if names:
            asked["access-control-request-headers"] = ",".join(names)
        self.send(request, "OPTIONS", False, asked)
        response = self.answer(request, "preflight")
        try:
            self.judge_preflight(request, response, names)
        except NetworkError as error:
            error.preflight = True
            raise

    def note_whys(self, request: Request, names: list[str]) -> None:
        whys = []
        if request.method not in SAFE_METHODS:
            whys.append(f"method {request.method}")
        for name in names:
            values = [value for key, value in request.headers if key.lower() == name]
            value = next((value for value in values if not is_safelisted(name, value)),
                         values[0])
            whys.append(f"header {name}" if name != "content-type" else
                        f"content-type {value}" if value else "content-type")
        if request.upload_listener:
            whys.append("upload-listener")
        if request.from_stream:
            whys.append("stream")
        self.whys += [why for why in whys if why not in self.whys]

    def judge_preflight(self, request: Request, response: Response, names: list[str]) -> None:
        if response.status in REDIRECTS:
            raise NetworkError("preflight-redirect")
        self.cors_check(request, response)
        if not 200 <= response.status <= 299:
            raise NetworkError("preflight-status")
        try:
            methods = extract_tokens(response.headers, "access-control-allow-methods")
        except ValueError:
            raise NetworkError("invalid-allow-methods") from None
        try:
            allowed = extract_tokens(response.headers, "access-control-allow-headers") or []
        except ValueError:
            raise NetworkError("invalid-allow-headers") from None
        if methods is None:
            methods = [request.method] if request.flagged else []
        include = request.credentials == "include"
        if request.method not in [*methods, *SAFE_METHODS] and (include or "*" not in methods):
            raise NetworkError("method-not-allowed")
        lower = [name.lower() for name in allowed]
        for name in names:
            covered = "*" in allowed and not include and name != "authorization"
            if name not in lower and not covered:
                raise NetworkError("header-not-allowed")
        self.store(request, response, methods, lower)

    def cors_check(self, request: Request, response: Response) -> None:
        origin = get(response.headers, "access-control-allow-origin")
        include = request.credentials == "include"
        if origin is None:
            raise NetworkError("missing-allow-origin")
        if origin == "*":
            if include:
                raise NetworkError("wildcard-with-credentials")
            return
        if origin != request.serialized_origin():
            raise NetworkError(self.why_no_match(origin))
        if include and get(response.headers, "access-control-allow-credentials") != "true":
            raise NetworkError("invalid-allow-credentials")

    @staticmethod
    def why_no_match(origin: str) -> str:
        """The standard says failure only; the codes tell apart what people get wrong."""
        if "," in origin or " " in origin:
            return "multiple-allow-origin"
        if origin != "null" and parse_url(origin.lower()) is None:
            return "invalid-allow-origin"
        return "allow-origin-mismatch"

    # Section 4.9, "CORS-preflight cache".

    def matches(self, entry: Entry, request: Request) -> bool:
        return (entry.partition == request.partition
                and entry.origin == request.serialized_origin()
                and entry.url == request.url.sent() and entry.expires > self.now
                and (entry.credentials or request.credentials != "include"))

    def find(self, request: Request, kind: str, value: str) -> Entry | None:
        for entry in self.cache:
            # A * that came with credentials is no wildcard.
            star = entry.value == "*" and not entry.credentials and value != "authorization"
            if (self.matches(entry, request) and entry.kind == kind
                    and (entry.value == value or star)):
                return entry
        return None

    def needs_preflight(self, request: Request) -> bool:
        method_needs = request.method not in SAFE_METHODS or request.flagged
        if method_needs and self.find(request, "method", request.method) is None:
            return True
        return any(self.find(request, "header", name) is None
                   for name in unsafe_names(request.headers))

    def store(self, request: Request, response: Response, methods: list[str],
              names: list[str]) -> None:
        ages = [strip(value) for name, value in response.headers
                if name.lower() == "access-control-max-age"]
        valid = len(ages) == 1 and re.fullmatch("[0-9]+", ages[0])
        include = request.credentials == "include"
        expires = self.now + 1000 * (min(int(ages[0]), 2**32 - 1) if valid else 5)
        for kind, value in ([("method", method) for method in methods]
                            + [("header", name) for name in names]):
            entry = self.find(request, kind, value)
            # And is not what an uncredentialed * would be, which is one.
            if entry is not None and not (value == "*" and entry.credentials and not include):
                entry.expires = expires
            else:
                self.cache.append(Entry(request.partition, request.serialized_origin(),
                                        request.url.sent(), include, kind, value, expires))

    def clear(self, request: Request) -> None:
        self.cache = [entry for entry in self.cache
                      if (entry.partition, entry.origin, entry.url) != (
                          request.partition, request.serialized_origin(), request.url.sent())]


def simulate(scenario: dict[str, Any]) -> dict[str, Any]:
    return Browser(scenario).run()
