# SPDX-License-Identifier: MIT
"""Policy cases as they go through a real server: with targets, hosts, and what an application adds.

A case has besides "enforce", "own_origin" and "front" (how nginx gets the policy: as a "file",
"compiled", or "inline" in its own configuration), and a request "target", "host", "site",
"vary" (two values that the application sends), "status" (the application's) and "own" (whether the
application sends an Access-Control line of its own).
"""

from __future__ import annotations

import re
from random import Random
from typing import Any

from tests.differential.answer_pair import Json
from tests.differential.policy_cases import Lines, draw_case
from tests.oracle.oracle import values_of

TOKEN = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
METHOD = re.compile(r"[A-Z]+")
HOST = re.compile(r"[A-Za-z0-9_-]+(\.[A-Za-z0-9_-]+)*\.?(:[0-9]{1,5})?")
UNSENDABLE = re.compile("[\0\r\n]")  # ends a field line, or has nginx refuse the request

FRONTS = ("file", "compiled", "inline")
ENFORCE = ("off", "off", "report", "block", "block")
OWN_ORIGINS = (None, None, "https://api.example", "https://app.example.com",
               "http://localhost:3000")
HOSTS = ("api.example", "app.example.com", "localhost:3000", "[::1]:8080", "API.example:443")
SITES: tuple[list[str], ...] = ([], [], [], [], ["same-origin"], ["cross-site"], ["same-site"],
                                ["none"], ["Same-Origin"], ["cross-site", "same-origin"], [""])
VARIES = ("", "", "Origin", "origin, Accept-Encoding", "Accept", "*", "accept-encoding ,ORIGIN",
          "Access-Control-Request-Method", "x-origin", ", ,", "Accept,Cookie")
STATUSES = (200, 200, 200, 204, 302, 404, 500)


def random_target(random: Random, path: str) -> str:
    """One of the many targets that mean the path."""
    parts = []
    for character in path:
        encoded = "".join(f"%{byte:02x}" for byte in character.encode())
        plain = character if character in "/~;=.-_" or character.isalnum() else encoded
        kind = random.random()
        if character == "/" and kind < 0.06:
            plain = random.choice(("//", "/./", "/x/../", "/%2e/", "%2F", "/x/%2e%2E/"))
        parts.append(encoded if kind > 0.97 else plain)
    target = "".join(parts)
    if not target.startswith("/"):
        target = "/" + target
    return target + random.choice(("", "", "", "", "?", "?a=/api/../x", "?%00", "#/x"))


def host_of(random: Random, headers: Lines) -> str:
    """Now and then the one that the request's Origin names."""
    origins = values_of([(name, value) for name, value in headers], "origin")
    if random.random() < 0.6 or not origins:
        return random.choice(HOSTS)
    host = origins[0].rpartition("://")[2] + random.choice(("", "", "", ":443", ":80", ":"))
    return random.choice((host, host.upper())) if HOST.fullmatch(host) else random.choice(HOSTS)


def sendable(headers: Lines) -> Lines:
    """What can be sent of the lines, each as one line."""
    return [[name, UNSENDABLE.sub("", value)] for name, value in headers if TOKEN.fullmatch(name)]


def as_sent(random: Random, request: Json) -> Json:
    headers = sendable(request["headers"])
    method = request["method"] if METHOD.fullmatch(request["method"]) else "GET"
    return {"method": method, "target": random_target(random, request["path"]),
            "headers": headers, "twins": [sendable(twin) for twin in request["twins"]],
            "host": host_of(random, headers), "site": random.choice(SITES),
            "vary": [random.choice(VARIES), random.choice(VARIES)],
            "status": random.choice(STATUSES), "own": random.random() < 0.5}


def unique_variables(case: Json, prefix: str) -> Json:
    """The case with variables that no other case of one process has."""
    def renamed(value: Any) -> Any:
        if isinstance(value, dict) and "from_env" in value:
            return {**value, "from_env": f"{prefix}_{value['from_env']}"}
        if isinstance(value, dict):
            return {key: renamed(item) for key, item in value.items()}
        return [renamed(item) for item in value] if isinstance(value, list) else value
    return {**case, "policies": renamed(case["policies"]),
            "variables": {f"{prefix}_{name}": text for name, text in case["variables"].items()}}


def sayable_inline(case: Json) -> Json:
    """The first policy alone, with what directives of nginx can say of it."""
    policy = case["policies"][0]
    origins = [entry for entry in policy["allow_origins"] if isinstance(entry, str)]
    policy = {**policy, "allow_origins": origins or ["https://app.example.com"], "path": "/*"}
    return {**case, "policies": [policy], "environment": "production", "variables": {}, "files": {}}


def quoted(value: str) -> str:
    return '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'


def directives(policy: Json) -> str:
    """A policy as it stands in a server of nginx.conf."""
    lines = []
    for key, value in policy.items():
        if isinstance(value, bool):
            lines.append(f"cors_{key} {'on' if value else 'off'};")
        elif isinstance(value, list) and value:
            lines.append(f"cors_{key} {' '.join(map(quoted, value))};")
        elif key in ("max_age", "preflight_status"):
            lines.append(f"cors_{key} {value};")
    return "\n        ".join(lines)


def draw_sent_case(random: Random, requests: int, prefix: str) -> Json:
    case = unique_variables(draw_case(random, requests), prefix)
    front = random.choice(FRONTS)
    if front == "inline":
        case = sayable_inline(case)
    return {**case, "requests": [as_sent(random, request) for request in case["requests"]],
            "enforce": random.choice(ENFORCE), "own_origin": random.choice(OWN_ORIGINS),
            "front": front}


def all_lines(request: Json, headers: Lines) -> Lines:
    """Every field line that the request is sent with."""
    return [["Host", request["host"]], *(["Sec-Fetch-Site", site] for site in request["site"]),
            *headers]


def is_sendable(case: Json) -> bool:
    """Whether nginx understands all requests of the case; one made smaller may be nonsense."""
    return all(METHOD.fullmatch(request["method"]) and request["target"].startswith("/")
               and HOST.fullmatch(request["host"].replace("[::1]", "localhost"))
               and request["status"] in STATUSES
               and all(TOKEN.fullmatch(name) for name, _ in request["headers"])
               for request in case["requests"]) and (
                   case["enforce"] in ENFORCE and case["front"] in FRONTS)
