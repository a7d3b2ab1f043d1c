# SPDX-License-Identifier: MIT
"""What a server answers, told a second time and as plainly as can be.

Regular expressions, lists and loops; nothing is fast, nothing is shared with the library. A policy
is the mapping that stands in its file, already known to be free of errors.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

PolicyValues = dict[str, Any]
Lines = list[tuple[str, str]]

LABEL = "[a-z0-9_-]+"
NAME = rf"{LABEL}(?:\.{LABEL})*"
ORIGIN = re.compile(
    rf"([a-z][a-z0-9+.-]*)://({NAME}\.?|\[[0-9a-f:.]+\])(?::(0|[1-9][0-9]{{0,4}}))?")
TOKEN = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
DEFAULT_PORTS = {"http": 80, "https": 443, "ws": 80, "wss": 443, "ftp": 21}
UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86400}
SAFELISTED = ["GET", "HEAD", "POST"]
# Labels as a policy may write them, and as browsers send them (RFC 3492).
UNICODE_LABELS = {"bücher": "xn--bcher-kva", "例え": "xn--r8jz45g", "テスト": "xn--zckzah"}


@dataclass
class Surroundings:
    """What a policy file is read with."""

    environment: str
    variables: dict[str, str]
    files: dict[str, str]


def trim(value: str) -> str:
    return value.strip(" \t")


def is_serialized_origin(text: str) -> bool:
    if text == "null":
        return True
    match = ORIGIN.fullmatch(text)
    if not match:
        return False
    scheme, _, port = match.groups()
    return port is None or (int(port) <= 65535 and int(port) != DEFAULT_PORTS.get(scheme))


def in_ascii(entry: str) -> str:
    for label, ascii_label in UNICODE_LABELS.items():
        entry = entry.replace(label, ascii_label)
    return entry


@lru_cache(maxsize=None)
def entry_expression(entry: str) -> re.Pattern[str]:
    """What the origins look like that an entry of allow_origins, other than *, means."""
    scheme, _, authority = in_ascii(entry.lower()).partition("://")
    any_port = authority.endswith(":*")
    host = authority[:-2] if any_port else authority
    expression = re.escape(scheme + "://")
    for number, label in enumerate(host.split(".")):
        expression += r"\." if number else ""
        if label == "*":
            expression += NAME
        elif label == "{label}":
            expression += LABEL
        elif label.startswith("*:"):
            expression += NAME + re.escape(label[1:])
        else:
            expression += LABEL.join(re.escape(part) for part in label.split("*"))
    expression += "(?::[0-9]+)?" if any_port else ""
    return re.compile(expression)


def entry_matches(entry: str, origin: str) -> bool:
    if entry == "null" or origin == "null":
        return entry == origin
    return entry_expression(entry).fullmatch(origin) is not None


def origin_entries(policy: PolicyValues, surroundings: Surroundings) -> Iterator[str]:
    for entry in policy["allow_origins"]:
        if isinstance(entry, str):
            yield entry
        elif "from_env" in entry:
            value = surroundings.variables.get(entry["from_env"], "")
            yield from value.replace(",", " ").split()
        elif "from_file" in entry:
            lines = surroundings.files[entry["from_file"]].split("\n")
            yield from [line.split("#")[0].strip() for line in lines if line.split("#")[0].strip()]
        elif entry["environment"] == surroundings.environment:
            yield entry["origin"]


def find_policy(policies: list[PolicyValues], path: str) -> PolicyValues | None:
    best: tuple[int, bool] = (-1, False)
    found = None
    for policy in policies:
        pattern = policy.get("path", "/*")
        exact = not pattern.endswith("*")
        literal = pattern if exact else pattern[:-1]
        matches = path == literal if exact else path.startswith(literal)
        if matches and (len(literal.encode()), exact) > best:
            best, found = (len(literal.encode()), exact), policy
    return found


def values_of(headers: Lines, name: str) -> list[str]:
    return [trim(value) for key, value in headers if key.lower() == name]


def judge_origin(entries: list[str], origins: list[str], verdict: bool | None) -> str:
    if "*" in entries and verdict is None:
        return "allowed"
    if len(origins) > 1 or not is_serialized_origin(origins[0]):
        return "origin-malformed"
    listed = any(entry_matches(entry, origins[0]) for entry in entries)
    if listed if verdict is None else verdict and origins[0] != "null":
        return "allowed"
    return "origin-null" if origins[0] == "null" else "origin-not-allowed"


def judge_method(policy: PolicyValues, methods: list[str]) -> str:
    if len(methods) > 1 or not TOKEN.fullmatch(methods[0]):
        return "method-malformed"
    listed = policy.get("allow_methods", [])
    if methods[0] in SAFELISTED or methods[0] in listed or "*" in listed:
        return "allowed"
    return "method-not-allowed"


def requested_names(lines: list[str]) -> list[str]:
    elements = [trim(element) for line in lines for element in line.split(",")]
    return [element for element in elements if element]


def header_is_allowed(policy: PolicyValues, name: str) -> bool:
    listed = [header.lower() for header in policy.get("allow_headers", [])]
    if name.lower() in listed:
        return True
    credentials = policy.get("allow_credentials", False)
    return "*" in listed and (credentials or name.lower() != "authorization")


def judge_headers(policy: PolicyValues, lines: list[str]) -> str:
    names = requested_names(lines)
    if not all(TOKEN.fullmatch(name) for name in names):
        return "header-malformed"
    if sum(len(line.encode()) for line in lines) > 16384 or len(names) > 256:
        return "header-too-many"
    if not all(header_is_allowed(policy, name) for name in names):
        return "header-not-allowed"
    return "allowed"


def seconds(max_age: str | int) -> int:
    text = str(max_age)
    return int(text[:-1]) * UNITS[text[-1]] if text[-1] in UNITS else int(text)


def origin_lines(policy: PolicyValues, public: bool, origin: str) -> Lines:
    lines = [("Access-Control-Allow-Origin", "*" if public else origin)]
    if policy.get("allow_credentials", False):
        lines.append(("Access-Control-Allow-Credentials", "true"))
    return lines


def exposed_lines(policy: PolicyValues) -> Lines:
    exposed = policy.get("expose_headers", [])
    value = "*" if "*" in exposed else ", ".join(exposed)
    return [("Access-Control-Expose-Headers", value)] if value else []


def preflight_lines(policy: PolicyValues, method: str, names: list[str]) -> Lines:
    methods = policy.get("allow_methods", [])
    headers = policy.get("allow_headers", [])
    credentials = policy.get("allow_credentials", False)
    allow_methods = ", ".join(methods)
    if "*" in methods:
        allow_methods = method if credentials else "*"
    allow_headers = ", ".join(headers)
    if "*" in headers:
        authorization = [name for name in headers if name.lower() == "authorization"]
        allow_headers = ", ".join(names if credentials else ["*", *authorization])
    lines = [("Access-Control-Allow-Methods", allow_methods),
             ("Access-Control-Allow-Headers", allow_headers)]
    if "max_age" in policy:
        lines.append(("Access-Control-Max-Age", str(seconds(policy["max_age"]))))
    return [line for line in lines if line[1]]


def answer(kind: str, allowed: bool | None, reason: str, status: int | None, lines: Lines,
           vary: list[str]) -> dict[str, Any]:
    return {"kind": kind, "allowed": allowed, "reason": reason, "status": status,
            "set": sorted([name, value] for name, value in lines), "vary": sorted(vary)}


def decide(policies: list[PolicyValues], surroundings: Surroundings, method: str, path: str,
           headers: Lines, verdict: bool | None = None) -> dict[str, Any]:
    """`verdict`: what the application itself judged of the origin, in place of the policy."""
    policy = find_policy(policies, path)
    if policy is None:
        return answer("no-policy", None, "no-policy", None, [], [])
    entries = list(origin_entries(policy, surroundings))
    public = "*" in entries and verdict is None
    vary = [] if public else ["Origin"]
    if method == "OPTIONS":
        vary += ["Access-Control-Request-Method", "Access-Control-Request-Headers"]
    origins = values_of(headers, "origin")
    if not origins:
        lines = [("Access-Control-Allow-Origin", "*"), *exposed_lines(policy)] if public else []
        return answer("no-origin", None, "no-origin", None, lines, vary)
    methods = values_of(headers, "access-control-request-method")
    reason = judge_origin(entries, origins, verdict)
    if method != "OPTIONS" or not methods:
        if reason != "allowed":
            return answer("actual", False, reason, None, [], vary)
        lines = origin_lines(policy, public, origins[0]) + exposed_lines(policy)
        return answer("actual", True, reason, None, lines, vary)
    header_lines = values_of(headers, "access-control-request-headers")
    if reason == "allowed":
        reason = judge_method(policy, methods)
    if reason == "allowed":
        reason = judge_headers(policy, header_lines)
    if reason != "allowed":
        return answer("preflight", False, reason, 403, [], vary)
    lines = origin_lines(policy, public, origins[0])
    lines += preflight_lines(policy, methods[0], requested_names(header_lines))
    return answer("preflight", True, reason, policy.get("preflight_status", 204), lines, vary)
