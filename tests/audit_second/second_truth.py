# SPDX-License-Identifier: MIT
"""What is true of a matcher: for each rule about origins, witnesses that would make it true."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import urlsplit

from tests.audit_second.second_api import own_origin
from tests.audit_second.second_behaviour import Matcher

SUFFIXES = ("co.uk", "com", "io", "app")
STRANGERS = ("k7qzxw.com", "vmtrpl.org", "zzgrhx.net")
NAMES = ("qxwzv", "kj4tz8", "mrtp")
HOSTS_FOR_ALL = ("github.io", "vercel.app", "netlify.app", "pages.dev", "herokuapp.com",
                 "web.app", "firebaseapp.com", "azurewebsites.net", "workers.dev")
LOCAL = ("localhost", "127.0.0.1", "[::1]", "app.localhost")
PRIVATE = ("192.168.1.1", "192.168.0.10", "10.0.0.1", "10.1.2.3", "172.16.0.1", "172.20.10.5",
           "169.254.1.1")
ANY_PORTS = (1337, 3000, 4443, 8080, 8443, 50123)
SPECIAL = "_-!$&'()*+,;=~`{}\"^|%"


def registrable(host: str) -> str:
    """The domain that its owner registered."""
    for suffix in SUFFIXES:
        if host.endswith("." + suffix):
            label = host[:-len(suffix) - 1].rpartition(".")[2]
            return f"{label}.{suffix}"
    return host


def dotless(host: str) -> Iterator[str]:
    """The host with one of its dots another character, where a stranger can register that."""
    for place, character in enumerate(host):
        for letter in "xqz0-" if character == "." else "":
            variant = host[:place] + letter + host[place + 1:]
            if "." in variant and registrable(variant) != registrable(host) \
                    and variant.rpartition(".")[2] == host.rpartition(".")[2]:
                yield variant


def witnesses(url: str) -> Iterator[tuple[str, str]]:
    """Pairs of a rule and an origin that it would take."""
    own = own_origin(url)
    parts = urlsplit(url)
    host, port = parts.hostname or "", f":{parts.port}" if parts.port else ""
    apex = registrable(host)
    cores = {host, apex, host + port, apex + port}
    brand = apex.partition(".")[0]
    for stranger in STRANGERS:
        yield "reflected-origin", f"https://{stranger}"
        yield "reflected-origin", f"http://{stranger}"
        for core in cores | {host[:-1], apex[:-1], brand, "localhost", host.partition(".")[0]}:
            for between in (".", "", "-"):
                yield "prefix-match", f"https://{core}{between}{stranger}"
                yield "prefix-match", f"http://{core}{between}{stranger}"
                yield "substring-match", f"https://q7{core}{between}{stranger}"
                yield "substring-match", f"https://q.{core}{between}{stranger}"
        for character in SPECIAL:
            yield "special-characters", f"https://{host}{character}.{stranger}"
            yield "special-characters", f"https://{host}{character}{stranger}"
    for core in (host, apex):
        yield "substring-match", f"https://{core[:-1]}"
        yield "prefix-match", f"https://{core[:-1]}"
    yield "null-origin", "null"
    for name in NAMES:
        for core in cores:
            yield "suffix-match", f"https://{name}{core}"
            yield "suffix-match", f"http://{name}{core}"
            yield "any-subdomain", f"https://{name}.{core}"
            yield "any-subdomain", f"http://{name}.{core}"
        yield "suffix-match", f"https://{name}{apex.partition('.')[2]}"
        yield "suffix-match", f"https://{name}.{apex.partition('.')[2]}"
        for hosting in HOSTS_FOR_ALL:
            yield "shared-hosting", f"https://{name}.{hosting}"
            yield "shared-hosting", f"https://{brand}-{name}.{hosting}"
    for variant in dotless(host):
        yield "unescaped-dot", f"https://{variant}{port}"
    for number in ANY_PORTS:
        yield "any-port", f"https://{host}:{number}"
        yield "any-port", f"https://{apex}:{number}"
        yield "any-port", f"https://{NAMES[0]}.{apex}:{number}"
    for address, rule in [(name, "loopback-origin") for name in LOCAL] + [
            (name, "private-address-origin") for name in PRIVATE]:
        for scheme in ("http", "https"):
            for end in ("", ":3000", ":4200", ":5173", ":8000", ":8080", ":50123"):
                yield rule, f"{scheme}://{address}{end}"
    for insecure in (own.replace("https", "http", 1), f"http://{host}", f"http://{apex}",
                     f"http://{NAMES[0]}.{apex}"):
        yield "insecure-origin", insecure
    for scheme in ("ftp", "foo", "qzx", "chrome-extension", "capacitor", "ionic", "wss"):
        yield "any-scheme", f"{scheme}://{host}{port}"


def controlled(allows: Matcher, url: str, rule: str, origin: str) -> bool:
    """Whether the origin shows this rule, and not a wider one that takes the control as well."""
    parts = urlsplit(url)
    host, port = parts.hostname or "", f":{parts.port}" if parts.port else ""
    apex = registrable(host)
    if rule == "suffix-match":  # a sibling's name that ends in the host's is a subdomain first
        ends_in_own = (urlsplit(origin).hostname or "").endswith("." + apex)
        return not ends_in_own or not allows(f"https://{NAMES[0]}.{apex}")
    if rule == "unescaped-dot":  # one character stands for a dot: two do not
        doubled = (f"https://{host.replace('.', pair, 1)}{port}" for pair in ("xz", "zqv"))
        return not any(allows(origin) for origin in doubled)
    if rule == "special-characters":  # a dot, or a letter, does not end the name
        return not any(allows(f"https://{host}{between}{STRANGERS[0]}") for between in (".", ""))
    return True


def true_rules(allows: Matcher, url: str) -> set[str]:
    """The rules about origins that an honest examiner could name for this matcher."""
    own = own_origin(url)
    true = {rule for rule, origin in witnesses(url) if origin != own and allows(origin)
            and controlled(allows, url, rule, origin)}
    # Who trusts strangers says it all with that, and null is no stranger's name.
    wide = {"reflected-origin", "null-origin", "insecure-origin", "any-scheme"}
    return true & wide if "reflected-origin" in true else true


ABOUT_ORIGINS = frozenset(rule for rule, _ in witnesses("https://api.northwind.com/"))
