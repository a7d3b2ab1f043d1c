# SPDX-License-Identifier: MIT
"""Random requests close to the border of what a policy allows.

A request begins as one that the policy allows; then, more often than not, one thing about it is
changed a little.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from random import Random

from tests.oracle.oracle import Lines, PolicyValues, origin_entries
from tests.oracle.random_policies import (DOMAINS, HEADERS, LABELS, METHODS, PATHS, PolicyFile,
                                          random_origin)

ORIGIN = "Origin"
METHOD = "Access-Control-Request-Method"
NAMES = "Access-Control-Request-Headers"


@dataclass
class Request:
    method: str
    path: str
    headers: Lines


def fill(random: Random, entry: str, empty: bool = False) -> str:
    """An origin that an entry means; with `empty`, one where the wildcard stands for nothing."""
    if entry == "*":
        return fill(random, random_origin(random))
    head, any_port, _ = entry.lower().partition(":*")
    if any_port:
        head += random.choice(["", ":3000", ":0", ":65535", ":8080"])
    if empty:
        return head.replace("{label}", "").replace("*", "")
    label = random.choice(LABELS)
    head = head.replace("{label}", label)
    if "://*." in head or ".*." in head:
        label = ".".join(random.choice(LABELS) for _ in range(random.choice([1, 1, 2, 3])))
    return head.replace("*", label)


def split(origin: str) -> tuple[str, str, str]:
    """Scheme with its slashes, host, port with its colon; together the origin or entry."""
    scheme, slashes, rest = origin.partition("://")
    port = re.search(r":[0-9*]*$", rest) if not rest.endswith("]") else None
    end = port.start() if port else len(rest)
    return scheme + slashes, rest[:end], rest[end:]


def one_label_more(random: Random, origin: str) -> str:
    scheme, host, port = split(origin)
    return f"{scheme}{random.choice(LABELS)}.{host}{port}"


def one_label_less(random: Random, origin: str) -> str:
    scheme, host, port = split(origin)
    return f"{scheme}{host.partition('.')[2]}{port}"


def label_inside(random: Random, origin: str) -> str:
    scheme, host, port = split(origin)
    labels = host.split(".")
    labels.insert(random.randrange(len(labels) + 1), random.choice(["", *LABELS]))
    return f"{scheme}{'.'.join(labels)}{port}"


def other_domain(random: Random, origin: str) -> str:
    scheme, host, port = split(origin)
    return scheme + random.choice([
        f"{host}.evil.example", f"{host}.{random.choice(DOMAINS)}", f"evil{host}", f"evil-{host}",
        f"{host}evil", f"{host.partition('.')[0]}.{random.choice(DOMAINS)}"]) + port


def other_port(random: Random, origin: str) -> str:
    scheme, host, port = split(origin)
    ports = ["", ":", ":80", ":443", ":8443", ":8444", ":0", ":65535", ":65536", ":080", ":99999",
             ":*", ":3000", ":3000 ", ":21", ":+1", port + "0", port[:-1]]
    return scheme + host + random.choice(ports)


def other_scheme(random: Random, origin: str) -> str:
    _, host, port = split(origin)
    scheme = random.choice(["http", "https", "httpss", "http", "https", "HTTPS", "ws", "wss", "ftp",
                            "capacitor", "", "1a", "a_b", "x" * 64])
    return f"{scheme}{random.choice(['://'] * 6 + [':/', ':', '//', ''])}{host}{port}"


def other_case(random: Random, origin: str) -> str:
    at = random.randrange(len(origin) + 1)
    return origin[:at] + origin[at:at + 1].upper() + origin[at + 1:]


def byte_changed(random: Random, origin: str) -> str:
    at = random.randrange(len(origin) + 1)
    new = random.choice(["", ".", "-", "_", "x", "0", ":", "/", "@", "%", " ", "\t", "\x00", "é",
                         "*", "\x7f", "]", "[", "..", "{", "?", "#", "\\", "~"])
    return origin[:at] + new + origin[at + random.choice([0, 1]):]


def byte_dropped(random: Random, origin: str) -> str:
    at = random.choice([0, len(origin) - 1, random.randrange(len(origin) + 1)])
    return origin[:at] + origin[at + 1:]


def something_behind(random: Random, origin: str) -> str:
    return origin + random.choice([".", "/", "/a", "?", "#", "..", " https://evil.example", ",",
                                   ";", ", https://evil.example", ":443", ":80", "\x00", "\x0b"])


def something_before(random: Random, origin: str) -> str:
    scheme, host, port = split(origin)
    return random.choice([f"{scheme}user@{host}{port}", f"{scheme}.{host}{port}",
                          f"{scheme}evil.example/{host}{port}", f"\x0c{origin}", f"'{origin}'",
                          f"{scheme}a:b@{host}{port}", f"{scheme}[{host}]{port}"])


def white_space(random: Random, origin: str) -> str:
    """No change at all: what surrounds a value is not part of it."""
    space = ["", " ", "\t", " \t ", "\t\t"]
    return random.choice(space) + origin + random.choice(space)


def something_else(random: Random, origin: str) -> str:
    return random.choice([
        "null", "null", "", " ", "*", "NULL", "null.", "https://", "://", "https://[]",
        "http://null", "https://" + "a" * 300 + ".example.com",
        "https://" + "a." * 300 + "example.com", random_origin(random)])


CHANGES: list[Callable[[Random, str], str]] = [
    one_label_more, one_label_more, one_label_less, one_label_less, label_inside, other_domain,
    other_domain, other_port, other_port, other_scheme, other_case, byte_changed, byte_changed,
    byte_dropped, something_behind, something_before, white_space, something_else]


def overlap(entry: str) -> str:
    """The parts before and behind a wildcard, sharing the byte that both have."""
    before, star, behind = entry.lower().partition("*")
    if star and before and behind and before[-1] == behind[0]:
        return before + behind[1:]
    return before + behind


def changed_origin(random: Random, entry: str) -> str:
    kind = random.random()
    if kind < 0.08:
        return fill(random, entry, empty=True)
    if kind < 0.12:
        return overlap(entry)
    origin = fill(random, entry)
    return random.choice(CHANGES)(random, origin) if origin else origin


def crossed(random: Random, entries: list[str]) -> str:
    """An entry, or sometimes one that has its host from one entry and its scheme or port from
    another."""
    entry = random.choice(entries)
    other = random.choice(entries)
    if random.random() < 0.9 or "://" not in entry or "://" not in other:
        return entry
    scheme, host, port = split(entry)
    other_scheme, _, other_port = split(other)
    return random.choice([f"{other_scheme}{host}{port}", f"{scheme}{host}{other_port}"])


def allowed_method(random: Random, policy: PolicyValues) -> str:
    listed: list[str] = [name for name in policy.get("allow_methods", []) if name != "*"]
    if "*" in policy.get("allow_methods", []):
        listed.append("ANYTHING")
    return random.choice([*listed, *listed, "GET", "HEAD", "POST"])


def changed_method(random: Random, method: str) -> str:
    return random.choice([method.lower(), method.capitalize(), method[:-1], method + "S", "",
                          f"{method},{method}", f"{method} {method}", f'"{method}"', f" {method}\t",
                          method.swapcase(), "*", "OPTIONS", "É", random.choice(METHODS), method])


def allowed_names(random: Random, policy: PolicyValues) -> list[str]:
    listed = [name for name in policy.get("allow_headers", []) if name != "*"]
    if "*" in policy.get("allow_headers", []):
        listed += ["x-any", "x-other"]
    names = random.sample(listed, random.randrange(len(listed) + 1))
    names = sorted({name.lower() for name in names})
    if names and random.random() < 0.2:
        names += random.choices(names, k=random.choice([1, 2, 5]))
        random.shuffle(names)
    if random.random() < 0.1:
        names = [random.choice([name, name.upper(), name.title()]) for name in names]
    return names


def changed_names(random: Random, names: list[str]) -> list[str]:
    kind = random.random()
    if kind < 0.01:
        return [random.choice([*names, "x-a"])] * random.choice([255, 256, 257, 300])
    if kind < 0.02:
        return [*names, "," * random.choice([16384 - len(",".join(names)) - 1, 16384, 16385])]
    if kind < 0.03:
        return [*names, "x" * random.choice([255, 256, 257, 16384, 16385])]
    if kind < 0.5 or not names:
        new = random.choice(["x-unlisted", "authorization", "x-aa", "*", "x a", "x-a:", "é", "(",
                             "x-a\x00", "", " ", "content-type;", *HEADERS])
        names = names + [new]
        random.shuffle(names)
        return names
    at = random.randrange(len(names))
    name = names[at]
    new = random.choice([name[:-1], name + "x", name[1:], name.replace("-", "_"), name + "\x0b",
                         name[:2] + " " + name[2:], name[:2] + "\t" + name[2:], f'"{name}"'])
    return [*names[:at], new, *names[at + 1:]]


def join_names(random: Random, names: list[str]) -> list[str]:
    """The names as one or several lines, with white space and empty elements."""
    lines = [""]
    for name in names:
        if lines[-1]:
            if random.random() < 0.05:
                lines.append("")
            else:
                lines[-1] += random.choice([","] * 8 + [", ", " ,\t", ",,", ",\t,"])
        lines[-1] += name
    if random.random() < 0.05:
        lines.append(random.choice(["", " ", ",", "\t,\t"]))
    if random.random() < 0.05:
        lines[-1] = f"\t{lines[-1]} "
    return lines


def allowed_path(random: Random, policy: PolicyValues) -> str:
    path = str(policy.get("path", "/*"))
    if not path.endswith("*"):
        return path
    return path[:-1] + random.choice(["", "a", "items", "v1/items", "items/1", "z/z"])


def changed_path(random: Random, path: str) -> str:
    return random.choice([path + "/", path[:-1] or "/", path.upper(), path + "x", "/other",
                          random.choice(PATHS).rstrip("*")])


def random_case_of(random: Random, name: str) -> str:
    return random.choice([name, name, name.lower(), name.upper()])


def disturb(random: Random, request: Request) -> None:
    """Changes what kind of request it is, or how often a line comes."""
    kind = random.random()
    if kind < 0.3:
        request.headers.append(random.choice(request.headers))
    elif kind < 0.5:
        request.headers.remove(random.choice(request.headers))
    elif kind < 0.7:
        request.method = random.choice(["OPTIONS", "GET", "HEAD", "POST", "options", "Options",
                                        "PUT", "OPTION"])
    elif kind < 0.85:
        name, value = request.headers.pop()
        name = random.choice(["X-" + name, name + "-Foo", name[:-1], name])
        request.headers.append((name, value))
    else:
        name = random.choice([ORIGIN, METHOD, NAMES])
        request.headers.append((name, random.choice(["", "null"])))


def random_request(random: Random, file: PolicyFile) -> Request:
    policy = random.choice(file.policies)
    entries = list(origin_entries(policy, file.surroundings)) or [random_origin(random)]
    entry = crossed(random, entries)
    change = random.choices(["none", "origin", "method", "names", "path", "shape"],
                            [40, 40, 8, 12, 4, 4])[0]
    preflight = change in ("method", "names") or random.random() < 0.4
    path = allowed_path(random, policy)
    origin = changed_origin(random, entry) if change == "origin" else fill(random, entry)
    headers = [(ORIGIN, origin)]
    if preflight:
        method = allowed_method(random, policy)
        names = allowed_names(random, policy)
        headers.append((METHOD, changed_method(random, method) if change == "method" else method))
        names = changed_names(random, names) if change == "names" else names
        lines = join_names(random, names)
        headers += [(NAMES, line) for line in lines if line or random.random() < 0.2]
    request = Request("OPTIONS" if preflight else random.choice(["GET", "GET", "POST", "PUT"]),
                      changed_path(random, path) if change == "path" else path, headers)
    if change == "shape":
        disturb(random, request)
    if random.random() < 0.2:
        random.shuffle(request.headers)
    if random.random() < 0.2:
        request.headers.insert(0, ("Accept", "*/*"))
    request.headers = [(random_case_of(random, name), value) for name, value in request.headers]
    return request
