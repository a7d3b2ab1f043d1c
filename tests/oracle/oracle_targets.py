# SPDX-License-Identifier: MIT
"""What a server reads besides the policy, told a second time: paths of targets, and own origins."""

from __future__ import annotations

import re
from itertools import product
from urllib.parse import unquote_to_bytes

from tests.oracle.oracle import (DEFAULT_PORTS, ORIGIN, Lines, PolicyValues, find_policy,
                                 is_serialized_origin, trim, values_of)

ENCODED = re.compile(rb"%[0-9A-Fa-f]{2}")


def path_part(target: bytes) -> bytes:
    """Without the query; of a target in absolute form what follows the authority."""
    if not target.startswith(b"/"):
        absolute = re.fullmatch(rb"[^:]*://[^/?#]*(.*)", target, re.DOTALL)
        if absolute:
            target = absolute[1] if absolute[1].startswith(b"/") else b"/"
    return target.split(b"?")[0]


def without_dots(path: bytes) -> bytes:
    """RFC 3986, section 5.2.4: `.` goes, and `..` takes what stands before it along."""
    kept: list[bytes] = []
    *segments, last = path.split(b"/")[1:]
    for segment in segments:
        if segment == b"..":
            kept = kept[:-1]
        elif segment != b".":
            kept.append(segment)
    if last == b"..":
        kept = kept[:-1]
    return b"/" + b"".join(segment + b"/" for segment in kept) + (
        b"" if last in (b".", b"..") else last)


def path_of_target(target: bytes) -> str:
    """As nginx has it: without fragment, decoded once, without empty segments, dots resolved."""
    path = unquote_to_bytes(path_part(target).split(b"#")[0])
    path = without_dots(re.sub(rb"/+", b"/", path))
    return path.decode(errors="surrogateescape")


def is_same_origin(headers: Lines, own_origin: str | None) -> bool:
    """Whether a request with an Origin comes from the server's own pages: Sec-Fetch-Site tells
    where a browser sends it, else what the server calls itself, else Host."""
    sites = values_of(headers, "sec-fetch-site")
    if len(sites) == 1 and sites[0] in ("same-origin", "none"):
        return True
    if len(sites) == 1 and sites[0] in ("same-site", "cross-site"):
        return False
    origins = values_of(headers, "origin")
    if own_origin:
        return origins == [trim(own_origin)]
    hosts = values_of(headers, "host")
    if len(origins) != 1 or len(hosts) != 1 or not is_serialized_origin(origins[0]):
        return False
    origin = ORIGIN.fullmatch(origins[0])
    host = re.fullmatch(r"(\[[^\]]*\]|[^:]*)(?::(.*))?", hosts[0], re.DOTALL)
    if origin is None or host is None or host[1].lower() != origin[2]:
        return False
    default = DEFAULT_PORTS.get(origin[1])
    if origin[3] is not None:
        return host[2] == origin[3]
    return not host[2] or (re.fullmatch("[0-9]{1,5}", host[2]) is not None
                           and int(host[2]) == default)


def decoded(path: bytes, slash: bool, dot: bool) -> bytes:
    """With each encoded byte decoded, slashes and dots only where they are wanted."""
    def byte_of(found: re.Match[bytes]) -> bytes:
        byte = bytes.fromhex(found[0][1:].decode())
        keeps = (byte in b"/\\" and not slash) or (byte == b"." and not dot)
        return found[0] if keeps else byte
    return ENCODED.sub(byte_of, path)


def readings(path: bytes) -> set[bytes]:
    """All that servers make of a path: each of their choices made in either way."""
    found = set()
    for slash, dot, backslash, empty, dots, twice, fragment in product((False, True), repeat=7):
        text = path.split(b"#")[0] if fragment else path
        if twice:
            text = decoded(text, True, True)  # a percent sign, above all
        text = decoded(text, slash, dot)
        text = text.replace(b"\\", b"/") if backslash else text
        text = re.sub(rb"/+", b"/", text) if empty else text
        found.add(without_dots(text) if dots else text)
    return found


def is_ambiguous(policies: list[PolicyValues], target: bytes) -> bool:
    """Whether it depends on the reader which policy covers a target."""
    covering = {id(find_policy(policies, path.decode(errors="surrogateescape")))
                for path in readings(path_part(target))}
    return len(covering) > 1
