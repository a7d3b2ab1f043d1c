# SPDX-License-Identifier: MIT
"""Random scenarios: calls, and servers to answer them. The same seed gives the same ones.

Each kind looks at one part of what browsers do. Most servers are nearly right, so that calls get
far and fail in one place.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from random import Random
from typing import Any
from urllib.parse import urldefrag

from tests.browsers.element_bodies import body_for
from tests.browsers.scenario_values import (
    EXPOSED, Fields, HTTP2_TARGET, MAX_AGES, MAX_AGES_THAT_WAITS_SHOW, METHODS, METHODS_REFUSED,
    PLAIN_PAGES, PLAIN_TARGETS, RESPONSE_FIELDS, STATUS_BAD, STATUS_FINE, STATUS_REDIRECT,
    TLS_PAGE, TLS_TARGETS, UNSAFE_NAMES, WAITS, allow_credentials, allow_origin, listed,
    other_case, request_header)

Json = dict[str, Any]

BODIES: tuple[Json, ...] = (
    {"kind": "text", "text": "x"}, {"kind": "params", "text": "a=b"},
    {"kind": "form", "text": "b"}, {"kind": "bytes", "text": "x"},
    {"kind": "blob", "text": "x", "type": ""}, {"kind": "blob", "text": "x", "type": "text/plain"},
    {"kind": "blob", "text": "x", "type": "application/json"},
    {"kind": "blob", "text": "x", "type": "text/plain,x"})
BODY_LENGTH = "4"

# What an element needs to take an answer for its own: ending of the path, and media type.
ELEMENTS = {
    "image": (".gif", "image/gif"), "script": (".js", "text/javascript"),
    "module": (".js", "text/javascript"), "stylesheet": (".css", "text/css"),
    "font": (".woff", "font/woff"), "eventsource": (".events", "text/event-stream")}
ALWAYS_CORS = ("module", "font", "eventsource")


@dataclass
class Plan:
    """A scenario on its way."""

    random: Random
    name: str
    page: str = ""
    calls: list[Json] = field(default_factory=list)
    server: Json = field(default_factory=dict)
    more: Json = field(default_factory=dict)

    def url(self, origin: str, rest: str = "") -> str:
        return f"{origin}/{self.name}{rest}"

    def chance(self, share: float) -> bool:
        return self.random.random() < share

    def serve(self, url: str, preflight: Json, response: Json) -> None:
        self.server[urldefrag(url).url] = {"preflight": preflight, "response": response}


def call(url: str, method: str = "GET", **options: Any) -> Json:
    return {"url": url, "method": method, "mode": "cors", "credentials": "same-origin",
            "redirect": "follow", "cache": "default", "headers": [], "body": None, **options}


def credentials_mode(plan: Plan) -> str:
    return plan.random.choice(("same-origin", "omit", "include", "include"))


def random_call(plan: Plan, url: str, headers_max: int = 2) -> Json:
    random = plan.random
    method = random.choice(METHODS)
    headers = [request_header(random) for _ in range(random.randint(0, headers_max))]
    body = None
    if method.upper() not in ("GET", "HEAD") and plan.chance(0.3):
        body = random.choice(BODIES)
    return call(url, method, credentials=credentials_mode(plan), headers=headers, body=body)


def names_to_allow(headers: Fields) -> list[str]:
    """Every name that a header list holds, so that no server is stricter than it means to be."""
    return sorted({name for name, _ in headers if name.isascii() and name.strip() == name != ""
                   and " " not in name})


def as_sent(method: str) -> str:
    """Some methods are upper-cased before they are sent."""
    known = method.upper() in ("DELETE", "GET", "HEAD", "OPTIONS", "POST", "PUT")
    return method.upper() if known else method


def ok_preflight(plan: Plan, calls: list[Json], page: str, good: float = 0.94) -> Json:
    """An answer to the preflight of the calls, each part of which is right with a chance."""
    random = plan.random
    include = any(one["credentials"] == "include" for one in calls)
    headers = [header for one in calls for header in one["headers"]]
    names = names_to_allow(headers + [["Content-Type", ""]])
    methods = sorted({as_sent(one["method"]) for one in calls if one["method"].isalpha()})
    lines = allow_origin(random, page, include, good)
    if include or plan.chance(0.2):
        lines += allow_credentials(random, good)
    lines += listed(random, "Access-Control-Allow-Methods", methods, good)
    lines += listed(random, "Access-Control-Allow-Headers", names, good)
    if plan.chance(0.3):
        lines.append(["Access-Control-Max-Age", random.choice(MAX_AGES)])
    status = random.choice((200, 200, 204, 204, 202, 299))
    if not plan.chance(good):
        status = random.choice(STATUS_BAD + STATUS_REDIRECT)
        if status in STATUS_REDIRECT:
            lines.append(["Location", plan.url(random.choice(PLAIN_TARGETS), "/moved")])
    if status not in (204, 304):
        lines.append(["Content-Length", "0"])
    return {"status": status, "headers": lines}


def with_body(plan: Plan, status: int, lines: Fields, length: str = BODY_LENGTH) -> Json:
    ending = [] if status in (204, 304) else [["Content-Length", length]]
    return {"status": status, "headers": [*lines, ["Cache-Control", "no-store"], *ending]}


def ok_response(plan: Plan, calls: list[Json], page: str, good: float = 0.94) -> Json:
    random = plan.random
    include = any(one["credentials"] == "include" for one in calls)
    lines = allow_origin(random, page, include, good)
    if include or plan.chance(0.2):
        lines += allow_credentials(random, good)
    for _ in range(random.choice((0, 0, 1, 1, 2))):
        lines.append([other_case(random, "Access-Control-Expose-Headers"),
                      random.choice(EXPOSED)])
    lines += [list(one) for one in random.sample(RESPONSE_FIELDS, random.randrange(6))]
    status = random.choice(STATUS_FINE) if plan.chance(0.9) else random.choice(STATUS_BAD)
    return with_body(plan, status, lines)


def finish(plan: Plan, url: str, good: float = 0.94) -> None:
    plan.serve(url, ok_preflight(plan, plan.calls, plan.page, good),
               ok_response(plan, plan.calls, plan.page, good))


def plain(plan: Plan) -> None:
    url = plan.url(plan.random.choice(PLAIN_TARGETS))
    plan.calls = [random_call(plan, url, 3)]
    finish(plan, url, plan.random.choice((0.7, 0.94, 1.0)))


def refused(plan: Plan) -> None:
    """Calls that the API refuses before anything is sent, or hardly takes."""
    random = plan.random
    url = plan.url(random.choice(PLAIN_TARGETS))
    plan.calls = [random_call(plan, url)]
    kind = random.randrange(4)
    if kind == 0:
        plan.calls[0].update(method=random.choice(METHODS_REFUSED), body=None)
    elif kind == 1:
        plan.calls[0]["url"] = url.replace("://", "://" + random.choice(("u@", "u:p@", ":p@")))
    elif kind == 2:
        plan.calls[0].update(method=random.choice(("GET", "HEAD", "get")), body=BODIES[0])
    else:
        plan.calls[0]["headers"].append(["X-Bad", random.choice(("a\nb", "\u0151", "\r"))])
    finish(plan, url)


def mode(plan: Plan) -> None:
    random = plan.random
    url = plan.url(random.choice((*PLAIN_TARGETS, plan.page)))
    plan.calls = [random_call(plan, url)]
    plan.calls[0].update(
        mode=random.choice(("no-cors", "same-origin", "cors")),
        redirect=random.choice(("follow", "error", "manual")),
        cache=random.choice(("default", "no-store", "reload", "no-cache", "force-cache")))
    finish(plan, url)
    if plan.chance(0.4):
        redirect_from(plan, url, plan.url(random.choice((*PLAIN_TARGETS, plan.page)), "/1"))


def address(plan: Plan) -> None:
    """URLs as people write them."""
    random = plan.random
    origin = random.choice(PLAIN_TARGETS)
    asked, served = random.choice((
        (plan.url(origin, "/é"), plan.url(origin, "/%C3%A9")),
        (plan.url(origin, "/a b?q='x'"), plan.url(origin, "/a%20b?q=%27x%27")),
        (plan.url(origin, "/'x'"), plan.url(origin, "/'x'")),
        (plan.url(origin, "/x/../y/./z"), plan.url(origin, "/y/z")),
        (plan.url(origin, "?q=[a]|b^`{}"), plan.url(origin, "?q=[a]|b^`{}")),
        (plan.url(origin, "?q=\"<>"), plan.url(origin, "?q=%22%3C%3E")),
        (plan.url(origin, "#top"), plan.url(origin)),
        (plan.url(origin, "?#"), plan.url(origin, "?")),
        (plan.url(origin.upper()), plan.url(origin)),
        (plan.url(origin.replace("://", ":\\\\"), "\\x"), plan.url(origin, "/x")),
        (plan.url(origin, "/%7Euser%2f"), plan.url(origin, "/%7Euser%2f")),
        (plan.url(origin, "//double"), plan.url(origin, "//double")),
        (plan.url(origin.partition(":")[2]), plan.url(origin)),
        (f"  {plan.url(origin)}\t", plan.url(origin)),
        (plan.url(origin, "/a\nb"), plan.url(origin, "/ab")),
        (plan.url(origin.replace(":88", ":088")), plan.url(origin)),
        (plan.url(origin, "?ü=%zz"), plan.url(origin, "?%C3%BC=%zz"))))
    plan.calls = [random_call(plan, asked)]
    finish(plan, served)


def limits(plan: Plan) -> None:
    """The limits of 128 bytes for a header and 1,024 for all, and bytes that matter."""
    random = plan.random
    url = plan.url(random.choice(PLAIN_TARGETS))
    plan.calls = [random_call(plan, url, 1)]
    headers = plan.calls[0]["headers"]
    kind = random.randrange(4)
    if kind == 0:
        total = random.choice((1023, 1024, 1025, 1100))
        while total > 0:
            length = min(total, 128)
            name = random.choice(("Accept", "Accept-Language", "Content-Language", "accept"))
            headers.append([name, "e" * length])
            total -= length
    elif kind == 1:
        length = random.choice((127, 128, 129))
        headers.append([random.choice(("Accept", "Accept-Language", "Width", "Save-Data")),
                        "1" * length])
    elif kind == 2:
        headers.append(["Accept", f"a{chr(random.randrange(0x20, 0x100))}"])
        headers.append(["Content-Type", f"text/plain;a={chr(random.randrange(0x20, 0x100))}"])
    else:
        parts = random.choice(((64, 64), (63, 63), (62, 64), (128, 1)))
        headers.extend([random.choice(("Accept", "accept")), "e" * part] for part in parts)
    finish(plan, url, 0.97)


def expose(plan: Plan) -> None:
    url = plan.url(plan.random.choice(PLAIN_TARGETS))
    plan.calls = [call(url, plan.random.choice(("GET", "POST", "HEAD")),
                       credentials=credentials_mode(plan))]
    finish(plan, url, 1.0)
    response = plan.server[url]["response"]
    response["headers"][:0] = [[other_case(plan.random, "Access-Control-Expose-Headers"), value]
                               for value in plan.random.sample(EXPOSED, 1)]
    response["headers"][:0] = [list(one) for one in plan.random.sample(RESPONSE_FIELDS, 6)]


def preflight_fails(plan: Plan) -> None:
    """One thing is wrong, in the preflight or in the response."""
    random = plan.random
    url = plan.url(random.choice(PLAIN_TARGETS))
    plan.calls = [random_call(plan, url)]
    plan.calls[0]["headers"].append(list(random.choice(UNSAFE_NAMES)))
    right, wrong = 1.0, 0.0
    finish(plan, url, right)
    broken = plan.server[url][random.choice(("preflight", "preflight", "response"))]
    other: Json = {}
    other["preflight"] = ok_preflight(plan, plan.calls, plan.page, wrong)
    part = random.choice(("origin", "credentials", "methods", "headers", "status"))
    if part == "status":
        broken["status"] = random.choice((300, 301, 302, 303, 304, 307, 308, 400, 401, 404, 500))
        moved = plan.url(random.choice(PLAIN_TARGETS), "/moved")
        broken["headers"].append(["Location", moved])
        plan.serve(moved, *[{"status": 404, "headers": [["Content-Length", "0"]]}] * 2)
        return
    word = f"access-control-allow-{part}"
    broken["headers"] = [
        line for line in broken["headers"] if line[0].lower() != word
    ] + [line for line in other["preflight"]["headers"] if line[0].lower() == word]


def cache(plan: Plan) -> None:
    """Up to eight calls to one URL, whose preflights may be remembered."""
    random = plan.random
    url = plan.url(random.choice(PLAIN_TARGETS))
    first = random_call(plan, url)
    others = [first, first, random_call(plan, url), random_call(plan, url, 1)]
    for number in range(random.randint(2, 8)):
        one = dict(random.choice(others)) if number else dict(first)
        if plan.chance(0.25):
            one["credentials"] = credentials_mode(plan)
        if plan.chance(0.15):
            one["cache"] = random.choice(("no-store", "reload", "no-cache", "force-cache"))
        if plan.chance(0.1):
            one["initiator"] = "xhr"
            one.update(cache="default", upload_listener=plan.chance(0.5))
            if one["credentials"] == "omit":
                one["credentials"] = "same-origin"
        plan.calls.append(one)
    finish(plan, url, random.choice((0.9, 1.0, 1.0)))
    lines = [line for line in plan.server[url]["preflight"]["headers"]
             if line[0].lower() != "access-control-max-age"]
    if plan.chance(0.8):
        lines.append(["Access-Control-Max-Age", random.choice(MAX_AGES)])
    plan.server[url]["preflight"]["headers"] = lines


def waiting(plan: Plan) -> None:
    """As `cache`, with time enough between calls for what is remembered to be forgotten."""
    cache(plan)
    for number in plan.random.sample(range(1, len(plan.calls)), min(2, len(plan.calls) - 1)):
        plan.calls[number] = {**plan.calls[number], "wait": plan.random.choice(WAITS)}
    for answer in plan.server.values():
        for line in answer["preflight"]["headers"]:
            if line[0] == "Access-Control-Max-Age":
                line[1] = plan.random.choice(MAX_AGES_THAT_WAITS_SHOW)


def origin_of(url: str) -> str:
    return "/".join(url.split("/", 3)[:3])


def location(plan: Plan, url: str, target: str) -> Fields:
    """A Location that leads from the URL to the target, mostly."""
    random = plan.random
    relative = target
    if origin_of(url) == origin_of(target):
        relative = target.removeprefix(origin_of(target))
    elif url.partition(":")[0] == target.partition(":")[0]:
        relative = target.partition(":")[2]
    if plan.chance(0.9):
        return [["Location", target]]
    odd: tuple[Fields, ...] = (
        [["Location", target + "#there"]],
        [["Location", target.replace("://", "://u:p@")]],
        [["Location", target.replace("://", "://u@")]],
        [["Location", relative]], [["Location", relative + "#"]], [["Location", ""]],
        [["Location", target], ["Location", target]],
        [["Location", target], ["Location", target + "x"]],
        [["Location", "http://[::1"]], [["Location", "ftp://localhost/x"]],
        [["Location", "data:text/plain,x"]], [["Location", "javascript:1"]],
        [["Location", target.upper().replace(plan.name.upper(), plan.name)]], [])
    return random.choice(odd)


def redirect_from(plan: Plan, url: str, target: str) -> None:
    """Has the URL redirect to the target, which answers as the URL did."""
    answer = plan.server[urldefrag(url).url]
    plan.server[urldefrag(target).url] = {
        "preflight": dict(answer["preflight"]), "response": dict(answer["response"])}
    lines = [line for line in answer["response"]["headers"] if line[0].lower() != "location"]
    answer["response"] = {"status": plan.random.choice(STATUS_REDIRECT),
                          "headers": [*location(plan, url, target), *lines]}
    if not any(name == "Content-Length" for name, _ in lines):
        answer["response"]["headers"].append(["Content-Length", BODY_LENGTH])


def redirects(plan: Plan, origins: tuple[str, ...], hops: int, good: float = 0.97) -> None:
    """A chain over some origins; every server of it answers in its own way."""
    random = plan.random
    urls = [plan.calls[0]["url"]] + [
        plan.url(random.choice(origins), f"/{number}") for number in range(1, hops + 1)]
    for number, url in enumerate(urls):
        page = plan.page if number == 0 or plan.chance(0.6) else "null"
        plan.serve(url, ok_preflight(plan, plan.calls, page, good),
                   ok_response(plan, plan.calls, page, good))
    for url, target in zip(urls, urls[1:]):
        response = plan.server[urldefrag(url).url]["response"]
        lines = [line for line in response["headers"]
                 if line[0].lower() not in ("location", "content-length")]
        response["status"] = random.choice(STATUS_REDIRECT)
        response["headers"] = [*location(plan, url, target), *lines,
                               ["Content-Length", BODY_LENGTH]]


def redirect(plan: Plan) -> None:
    random = plan.random
    origins = (*PLAIN_TARGETS, plan.page)
    plan.calls = [random_call(plan, plan.url(random.choice(origins)))]
    redirects(plan, origins, random.randint(1, 4))
    if plan.chance(0.3):
        plan.calls.append(dict(plan.calls[0]))


def chain(plan: Plan) -> None:
    """Redirects up to the limit and beyond."""
    random = plan.random
    origins = random.choice(((plan.page,), PLAIN_TARGETS[:1], (plan.page, PLAIN_TARGETS[1])))
    plan.calls = [call(plan.url(origins[-1]), random.choice(("GET", "PUT")),
                       credentials=credentials_mode(plan))]
    hops = random.choice((5, 19, 20, 21, 22))
    urls = [plan.calls[0]["url"]] + [plan.url(random.choice(origins), f"/{number}")
                                     for number in range(1, hops + 1)]
    include = plan.calls[0]["credentials"] == "include"
    lines: Fields = [["Access-Control-Allow-Origin", plan.page if include else "*"],
                     ["Access-Control-Allow-Credentials", "true"]]
    preflight = {"status": 204, "headers": lines + [["Access-Control-Allow-Methods", "PUT"]]}
    for url, target in zip(urls, urls[1:]):
        plan.serve(url, preflight, with_body(
            plan, random.choice((307, 308)), [*lines, ["Location", target]]))
    plan.serve(urls[-1], preflight, with_body(plan, 200, lines))


def xhr_of(plan: Plan, one: Json) -> None:
    one["initiator"] = "xhr"
    one["credentials"] = "include" if one["credentials"] == "include" else "same-origin"
    if one["method"].upper() in ("GET", "HEAD"):
        one["body"] = None


def xhr(plan: Plan) -> None:
    random = plan.random
    url = plan.url(random.choice((*PLAIN_TARGETS, *PLAIN_TARGETS, plan.page)))
    plan.calls = [random_call(plan, url)]
    xhr_of(plan, plan.calls[0])
    if plan.chance(0.5):
        plan.calls[0]["upload_listener"] = True
        if plan.chance(0.6):
            plan.calls[0]["method"] = "POST"
            plan.calls[0]["headers"] = []
    if plan.chance(0.3):
        redirects(plan, (*PLAIN_TARGETS, plan.page), random.randint(1, 2))
    else:
        finish(plan, url, random.choice((0.7, 0.94)))


def behind_nginx(response: Json) -> None:
    """Leaves out what the server before ours would change: `*` shows fields that it adds."""
    response["headers"] = [line for line in response["headers"]
                           if line[0].lower() != "access-control-expose-headers"]
    if response["status"] in (204, 304):
        response["status"] = 201
        response["headers"].append(["Content-Length", BODY_LENGTH])


def stream(plan: Plan) -> None:
    """Bodies that are streams, to a server with HTTP/2: Chromium sends them to no other."""
    random = plan.random
    url = plan.url(HTTP2_TARGET)
    plan.calls = [call(url, random.choice(("POST", "PUT", "PATCH")),
                       credentials=credentials_mode(plan),
                       body={"kind": "stream", "text": "x"},
                       headers=[request_header(random) for _ in range(random.randrange(2))])]
    if plan.chance(0.1):
        plan.calls[0]["mode"] = random.choice(("no-cors", "same-origin"))
    if plan.chance(0.3):
        plan.calls.append(dict(plan.calls[0]))
    if plan.chance(0.3):
        redirects(plan, (HTTP2_TARGET,), 1)
    else:
        finish(plan, url, random.choice((0.7, 0.9, 1.0)))
    for answer in plan.server.values():
        behind_nginx(answer["response"])


def element(plan: Plan) -> None:
    random = plan.random
    kind = random.choice(tuple(ELEMENTS))
    ending, media_type = ELEMENTS[kind]
    origins = (*PLAIN_TARGETS, plan.page)
    url = plan.url(random.choice(origins), f"/0{ending}")
    one = call(url, initiator=kind, credentials=random.choice(("same-origin", "include")))
    if kind in ("module", "font"):
        one["credentials"] = "same-origin"
    if kind not in ALWAYS_CORS and plan.chance(0.3):
        one.update(mode="no-cors", credentials="include")
    plan.calls = [one]
    urls = [url] + [plan.url(random.choice(origins), f"/{number}{ending}")
                    for number in range(1, random.choice((1, 1, 2, 3)))]
    for number, here in enumerate(urls):
        lines = ok_response(plan, plan.calls, plan.page, 0.8)["headers"]
        lines = [line for line in lines if line[0].lower() not in (
            "content-length", "content-type", "location", "x-content-type-options",
            "cache-control")]
        lines.append(["Content-Type", media_type])
        status = 200
        if number + 1 < len(urls):
            status = random.choice(STATUS_REDIRECT)
            lines.append(["Location", urls[number + 1]])
        plan.serve(here, {"status": 404, "headers": [["Content-Length", "0"]]},
                   with_body(plan, status, lines, str(len(body_for(ending)))))


def beacon(plan: Plan) -> None:
    random = plan.random
    url = plan.url(random.choice((*PLAIN_TARGETS, plan.page)))
    json_body = {"kind": "blob", "text": "{}", "type": "application/json"}
    body = random.choice((*(one for one in BODIES if one["kind"] != "blob"), json_body, json_body,
                          {"kind": "blob", "text": "x", "type": "text/plain"}))
    safe = body["kind"] != "blob" or body["type"] == "text/plain"
    plan.calls = [call(url, "POST", initiator="beacon", credentials="include", body=body,
                       mode="no-cors" if safe else "cors")]
    if plan.chance(0.3):
        redirects(plan, (*PLAIN_TARGETS, plan.page), 1, 0.9)
    else:
        finish(plan, url, 0.9)


def opaque(plan: Plan) -> None:
    """Calls from a frame whose origin is opaque."""
    random = plan.random
    plan.more = {"top": plan.page, "frame": random.choice(("sandbox", "data"))}
    origins = (*PLAIN_TARGETS, plan.page)
    plan.page = "null"
    url = plan.url(random.choice(origins))
    plan.calls = [random_call(plan, url)]
    if plan.chance(0.2):
        xhr_of(plan, plan.calls[0])
    elif plan.chance(0.1):
        plan.calls[0]["mode"] = random.choice(("same-origin", "no-cors"))
    if plan.chance(0.3):
        plan.calls.append(dict(plan.calls[0]))
    if plan.chance(0.3):
        redirects(plan, origins, random.randint(1, 2))
    else:
        finish(plan, url, random.choice((0.8, 0.97)))


def tls(plan: Plan) -> None:
    random = plan.random
    plan.page = random.choice((TLS_PAGE, TLS_PAGE, PLAIN_PAGES[1]))
    origins = (*TLS_TARGETS, plan.page) if plan.page == TLS_PAGE else TLS_TARGETS
    plan.calls = [random_call(plan, plan.url(random.choice(origins)))]
    if plan.chance(0.2):
        xhr_of(plan, plan.calls[0])
    if plan.chance(0.4):
        redirects(plan, origins, random.randint(1, 3))
    else:
        finish(plan, plan.calls[0]["url"], random.choice((0.8, 0.97)))


def downgrade(plan: Plan) -> None:
    """From a page with TLS to servers without."""
    random = plan.random
    plan.page = TLS_PAGE
    origins = (*PLAIN_TARGETS, *TLS_TARGETS[:2])
    plan.calls = [random_call(plan, plan.url(random.choice(PLAIN_TARGETS)))]
    if plan.chance(0.4):
        plan.calls[0].update(mode="no-cors", method="POST", headers=[])
    if plan.chance(0.3):
        redirects(plan, origins, random.randint(1, 2))
    else:
        finish(plan, plan.calls[0]["url"])


KINDS: dict[Callable[[Plan], None], int] = {  # and how often, relative to each other
    plain: 18, refused: 3, mode: 8, address: 3, limits: 7, expose: 5, preflight_fails: 14,
    cache: 10, waiting: 3, redirect: 14, chain: 2, xhr: 9, stream: 3, element: 9, beacon: 3,
    opaque: 7, tls: 6, downgrade: 2}


def scenario(seed: int, number: int) -> Json:
    random = Random(f"{seed}/{number}")
    plan = Plan(random, f"r{number:05d}", random.choice(PLAIN_PAGES))
    draw = random.choices(list(KINDS), list(KINDS.values()))[0]
    draw(plan)
    return {"id": plan.name, "kind": draw.__name__, "page": plan.page, **plan.more,
            "fetches": plan.calls, "server": plan.server}


def scenarios(seed: int, count: int) -> list[Json]:
    return [scenario(seed, number) for number in range(count)]
