# SPDX-License-Identifier: MIT
"""Random pages, calls and servers: near the border between allowed and not, with odd bytes."""

from __future__ import annotations

from random import Random
from typing import Any, TypeVar

Choice = TypeVar("Choice")
Pair = list[str]

PAGES = ("http://a.test", "http://a.test", "https://a.test", "http://a.test:8080", "null")
HOSTS = ("http://a.test", "http://api.test", "http://b.test", "http://a.test:8080",
         "https://api.test", "https://a.test", "http://localhost:3000")
PATHS = ("/", "/x", "/x?q=1", "/d/y")
METHODS = ("GET", "GET", "POST", "POST", "PUT", "HEAD", "DELETE", "PATCH", "patch", "put", "get",
           "OPTIONS", "*", "X", "TRACE", "track", "P T", "")
HEADERS: tuple[Pair, ...] = (
    ["X-A", "1"], ["x-a", "2"], ["X-B", ""], ["Authorization", "Bearer x"], ["*", "1"],
    ["Content-Type", "application/json"], ["Content-Type", "text/plain"],
    ["content-type", "TEXT/PLAIN; charset=x"], ["Content-Type", "text/plain, x/y"],
    ["Content-Type", ""], ["Content-Type", "text/plain;a=\"b\""], ["Content-Type", "text /plain"],
    ["Content-Type", " multipart/form-data;é "], ["Content-Type", "text/plain\x0b"],
    ["Content-Type", "a/b\x7f"], ["Content-Type", "text/"], ["Content-Type", "text/plain;"],
    ["Accept", "a" * 128], ["accept", "a" * 129], ["Accept", "é\xff"], ["Accept", "a\tb"],
    ["Accept", "(x)"], ["Accept", "a\x01b"], ["Accept", ""], ["Accept", " x "],
    ["Accept-Language", "en-US, en;q=0.9"], ["Accept-Language", "en_US"],
    ["Accept-Language", "a\tb"], ["Content-Language", "de"], ["Content-Language", "é"],
    ["Range", "bytes=0-"], ["Range", "bytes=5-10"], ["Range", "bytes=-5"],
    ["Range", "bytes=9-5"], ["Range", "Bytes=0-1"], ["Range", "bytes=0-1,3-4"],
    ["Range", "bytes= 0-1"], ["Range", f"bytes=0-{'9' * 40}"], ["Range", f"bytes={'9' * 40}-1"],
    ["DPR", "2"], ["Save-Data", "on"], ["User-Agent", "x"], ["If-None-Match", "\"1\""],
    ["Cookie", "a=b"], ["Origin", "http://a.test"], ["Sec-Foo", "1"], ["Proxy-X", "1"],
    ["X-HTTP-Method-Override", "TRACE"], ["X-HTTP-Method-Override", "PUT"],
    ["X-Method-Override", "put, connect"], ["Access-Control-Request-Method", "PUT"],
    ["X-High", "\x80"], ["DNT", "1"])
BAD_HEADERS: tuple[Pair, ...] = (
    ["Bad Name", "1"], ["X-Bad", "a\nb"], ["X-Nul", "a\0b"], ["", "1"])
MODES = ("cors",) * 20 + ("same-origin", "no-cors")
CREDENTIALS = ("same-origin", "same-origin", "include", "omit")
BODIES = ("text", "params", "form", "blob", "bytes", "stream")
BLOB_TYPES = ("", "text/plain", "application/json", "text/html", "multipart/form-data; a=b")
WAITS = (0, 0, 0, 1500, 3700, 7100)  # no sum of them is an age that servers say
ALLOW_ORIGINS = ("*", "null", "http://a.test/", "HTTP://A.TEST", "http://b.test", "*, *", "",
                 "http://*.test", "*.test", "a.test", "http://a.test http://b.test", " * ", "*\x0b",
                 "http://a.test:80", "true", "http://", "é")
ALLOW_CREDENTIALS = ("true",) * 12 + ("True", "false", "", " true\t", "true, true")
ALLOW_METHODS = ("*", "PUT", "PUT, DELETE", "PATCH,patch", ",,PUT,", "GET, PU T", "X,OPTIONS,*",
                 "put", "", "POST", "DELETE,\tPATCH", "\"PUT\"", "PUT, é")
ALLOW_HEADERS = ("*", "x-a", "X-A, X-B", "*, Authorization", "authorization,content-type",
                 "Content-Type", ",x-a,,", "Bad value", "accept, range, accept-language", "",
                 "X-A,X-B,Authorization,Content-Type,Accept,Range,Accept-Language,DPR", "x-a;x-b",
                 "content-language,user-agent,save-data,if-none-match,x-high,*")
GENEROUS_METHODS = ("*", "PUT, DELETE, PATCH,patch,OPTIONS,X")
GENEROUS_HEADERS = (
    "*, authorization", "X-A, X-B, *",
    "X-A,x-b,Authorization,Content-Type,Accept,Range,Accept-Language,Content-Language,DPR,"
    "Save-Data,User-Agent,If-None-Match,X-HTTP-Method-Override,X-High")
MAX_AGES = ("0", "-1", "1", "5", "10", "600", "abc", "", "5, 600", "99999999999999999999", "+5",
            " 10 ", "1.5")
EXPOSED = ("*", "ETag", "etag, X-Count", "'bb-8',bb-8", "\"bb-8\",bb-8", ",,etag", "Set-Cookie",
           "x count", "", "*, etag")
ANSWERS: tuple[Pair, ...] = (
    ["ETag", "1"], ["X-Count", "1"], ["Set-Cookie", "a=b"], ["Content-Type", "text/plain"],
    ["Content-Length", "4"], ["bb-8", "1"], ["*", "1"], ["Cache-Control", "no-store"],
    ["Allow", "PUT"], ["last-modified", "x"])
STATUSES = (200, 200, 200, 200, 204, 404, 500, 299, 304, 300)
PREFLIGHT_STATUSES = (204, 200, 204, 200, 204, 299, 300, 301, 304, 308, 404, 500)
REDIRECTS = (301, 302, 303, 307, 308)
ODD_LOCATIONS = ("", "?q=1", "/x", "y", "#f", "//api.test/x", "data:,x", "ftp://a.test/", "http://",
                 "http://api.test:99999/", "mailto:x", "https://@api.test/x", "http://:@a.test/x",
                 "http://u:p@a.test/x", "http://u@api.test/x", "http://api.test:25/x",
                 "http://api.test/x#f")


def maybe(random: Random, percent: int) -> bool:
    return random.randrange(100) < percent


def random_url(random: Random, page: str) -> str:
    """From an https page to http, which is mixed content, only now and then."""
    host = random.choice(HOSTS)
    if page.startswith("https:") and maybe(random, 90):
        host = random.choice([host for host in HOSTS if host.startswith("https:")])
    return host + random.choice(PATHS)


def random_headers(random: Random) -> list[Pair]:
    if maybe(random, 3):  # around the bound of 1,024 bytes
        return [["Accept", "a" * (113 + maybe(random, 50))] for _ in range(8)] + [
            ["Accept", "a" * random.choice((111, 112, 113, 120))]]
    few = random.choice((0, 0, 1, 1, 2, 3))
    pool = HEADERS if maybe(random, 50) else HEADERS[:8]
    headers = [list(random.choice(pool)) for _ in range(few)]
    return headers + [list(random.choice(BAD_HEADERS)) for _ in range(maybe(random, 1))]


def random_call(random: Random, urls: list[str]) -> dict[str, Any]:
    method = random.choice(METHODS if maybe(random, 15) else METHODS[:11])
    call: dict[str, Any] = {"url": random.choice(urls), "method": method,
                            "headers": random_headers(random), "mode": random.choice(MODES),
                            "credentials": random.choice(CREDENTIALS)}
    if maybe(random, 10):
        call["redirect"] = random.choice(("error", "manual"))
    if maybe(random, 10):
        call["cache"] = random.choice(("no-store", "reload", "no-cache", "force-cache"))
    if maybe(random, 1):
        call |= {"cache": "only-if-cached", "mode": "cors"}
    if maybe(random, 2):
        call["url"] = random.choice(("file:///x", "ftp://a.test/", "http://u:p@a.test/",
                                     "http://api.test:6000/", "http://", "/x"))
    if maybe(random, 30):
        call["wait"] = random.choice(WAITS)
    wants_body = method.upper() not in ("GET", "HEAD") or maybe(random, 1)
    if wants_body and maybe(random, 40):
        call["body"] = random_body(random)
    if maybe(random, 10):
        make_xhr(random, call)
    return call


def random_body(random: Random) -> dict[str, Any]:
    kind = random.choice(BODIES)
    body: dict[str, Any] = {"kind": kind, "text": "x"}
    if kind == "blob":
        body["type"] = random.choice(BLOB_TYPES)
    return body


def make_xhr(random: Random, call: dict[str, Any]) -> None:
    """XMLHttpRequest has no modes; the charset of an author's type is another story."""
    for key in ("cache", "redirect"):
        call.pop(key, None)
    call |= {"initiator": "xhr", "mode": "cors", "upload_listener": maybe(random, 50),
             "credentials": random.choice(("same-origin", "include"))}
    if call.get("body", {}).get("kind") == "stream":
        del call["body"]
    call["headers"] = [pair for pair in call["headers"] if pair[0].lower() != "content-type"]


def cors_fields(random: Random, page: str) -> list[Pair]:
    """The two lines that every answer needs: mostly right ones."""
    fields: list[Pair] = []
    if maybe(random, 92):
        good = page if maybe(random, 75) else random.choice(("*", "*", "null"))
        name = random.choice(("Access-Control-Allow-Origin", "access-control-ALLOW-origin"))
        fields.append([name,
                       good if maybe(random, 93) else random.choice(ALLOW_ORIGINS)])
    if maybe(random, 3):
        fields.append(["Access-Control-Allow-Origin", random.choice((page, "*"))])
    if maybe(random, 85):
        fields.append(["Access-Control-Allow-Credentials", random.choice(ALLOW_CREDENTIALS)])
    return fields


def random_preflight(random: Random, page: str) -> dict[str, Any]:
    status = random.choice(PREFLIGHT_STATUSES if maybe(random, 25) else (200, 204))
    fields = cors_fields(random, page)
    generous = maybe(random, 50)
    methods = GENEROUS_METHODS if generous else ALLOW_METHODS
    headers = GENEROUS_HEADERS if generous else ALLOW_HEADERS
    for name, values, percent in (("Access-Control-Allow-Methods", methods, 92),
                                  ("Access-Control-Allow-Headers", headers, 92),
                                  ("Access-Control-Max-Age", MAX_AGES, 60)):
        if maybe(random, percent):
            fields.append([name, random.choice(values)])
        if maybe(random, 4):
            fields.append([name, random.choice(values)])
    if status in REDIRECTS:
        fields.append(["Location", random_url(random, page)])
    random.shuffle(fields)
    return {"status": status, "headers": fields}


def random_response(random: Random, page: str, urls: list[str]) -> dict[str, Any]:
    fields = cors_fields(random, page)
    status = random.choice(STATUSES)
    fields += [list(pair) for pair in ANSWERS if maybe(random, 40)]
    for _ in range(random.choice((0, 0, 1, 1, 2))):
        fields.append(["Access-Control-Expose-Headers", random.choice(EXPOSED)])
    if maybe(random, 30):
        status = random.choice(REDIRECTS)
        if maybe(random, 95):
            odd = maybe(random, 25)
            fields.append(["Location", random.choice(ODD_LOCATIONS if odd else urls)])
        if maybe(random, 2):
            fields.append(["location", random.choice(urls)])
    return {"status": status, "headers": fields}


def random_scenario(random: Random, number: int) -> dict[str, Any]:
    page = random.choice(PAGES)
    urls = [random_url(random, page) for _ in range(random.choice((1, 2, 3)))]
    reached = {*urls, "http://a.test/x", "http://api.test/x"}
    server = {}
    for url in sorted(reached):
        server[url] = {"preflight": random_preflight(random, page),
                       "response": random_response(random, page, urls)}
        if maybe(random, 2):
            del server[url][random.choice(("preflight", "response"))]
    calls = [random_call(random, urls) for _ in range(random.choice((1, 2, 3)))]
    if maybe(random, 50):  # the preflight cache at work
        for call in calls[1:]:
            call |= {"url": calls[0]["url"], "mode": "cors"}
    return {"id": number, "page": page, "server": server, "fetches": calls}
