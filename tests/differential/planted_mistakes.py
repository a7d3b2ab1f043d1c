# SPDX-License-Identifier: MIT
"""Mistakes put into policies that have none, each with the rule that must tell of it.

A policy is a list of (key, value) pairs here, so that a key can stand twice.
"""

from __future__ import annotations

from collections.abc import Callable
from random import Random
from typing import Any

Pairs = list[tuple[str, Any]]
Mistake = Callable[[Random, list[Pairs]], str]

EXACT = ("https://app.example.com", "http://a.b.example.org:8080", "https://xn--bcher-kva.example")
BAD_ORIGINS = ("https://", "://a.example", "https:/a.example", "https//a.example",
               "app.example.com", "https://a..example", "https://.a.example", "https://a b.example",
               "https://a,b", "https://*", "https://*.*.example.com", "https://a*b*.example.com",
               "https://{label}", "https://{label}.*.example.com", "https://{labels}.example.com",
               "https://a.example:65536", "https://a.example:08", "https://a.example:x",
               "https://a.example:-1", "https://[::1", "https://[1:2]", "https://[0:0::1]",
               "https://[::1%eth0]", "https://1.2.3", "https://256.1.1.1", "https://1.2.3.04",
               "1http://a.example", "ht_tp://a.example", "https://%61.example",
               "https://" + "a" * 64 + ".example", "https://" + "a." * 124 + "example.com",
               "https://a.example:", "https://a.example:*8", "Null ", "https://:80")
SUFFIXES = ("com", "co.uk", "github.io", "vercel.app", "org", "pages.dev", "s3.amazonaws.com")
FORBIDDEN_HEADERS = ("Cookie", "host", "ORIGIN", "Sec-Fetch-Mode", "proxy-x", "Content-Length",
                     "Set-Cookie", "date", "access-control-request-headers", "Connection", "TE")
BAD_NAMES = ("X A", "X-A:", "", "é", "x(y)", "a,b", "x\ty", "[x]", "a/b", "\x7f", "x=")
BAD_AGES = (-1, "10x", "-5m", "1.5h", "", "10 m", 2147483648, "99999999999999999999", "m", "1dd",
            "0x10", "+5", "24856d")
BAD_PATHS = ("api", "", "*", "/a*b", "/a/**", "/a//b", "/a/../b", "/./a", "/a/.", "/a/..", "/%41",
             "/a%2fb/*", "/a?b", "/a#b", "//", "https://a.example/*", " /a", "/a/../*")


def put(policy: Pairs, key: str, value: Any) -> None:
    policy[:] = [pair for pair in policy if pair[0] != key] + [(key, value)]


def values_of(policy: Pairs, key: str) -> list[Any]:
    return list(dict(policy).get(key) or [])


def add_to(random: Random, policies: list[Pairs], key: str, value: Any) -> Pairs:
    """Puts a value somewhere into a list of some policy."""
    policy = random.choice(policies)
    values = values_of(policy, key)
    values.insert(random.randrange(len(values) + 1), value)
    put(policy, key, values)
    return policy


def not_accepted(policy: Pairs, rule: str) -> None:
    put(policy, "accept_risks", [name for name in values_of(policy, "accept_risks")
                                 if name != rule])


def origin_path(random: Random, policies: list[Pairs]) -> str:
    behind = random.choice(("/", "/x", "?q", "#f", "/*", "/?"))
    add_to(random, policies, "allow_origins", random.choice(EXACT) + behind)
    return "origin-path"


def origin_default_port(random: Random, policies: list[Pairs]) -> str:
    add_to(random, policies, "allow_origins", random.choice((
        "https://a.example:443", "http://a.example:80", "wss://a.example:443", "ws://x.example:80",
        "ftp://a.example:21", "HTTPS://A.example:443", "https://*.example.com:443")))
    return "origin-default-port"


def origin_userinfo(random: Random, policies: list[Pairs]) -> str:
    user = random.choice(("u@", "u:p@", ":@", "@", "a.b@"))
    add_to(random, policies, "allow_origins", random.choice(EXACT).replace("://", f"://{user}"))
    return "origin-userinfo"


def origin_syntax(random: Random, policies: list[Pairs]) -> str:
    add_to(random, policies, "allow_origins", random.choice(BAD_ORIGINS))
    return "origin-syntax"


def wildcard_with_credentials(random: Random, policies: list[Pairs]) -> str:
    put(add_to(random, policies, "allow_origins", "*"), "allow_credentials", True)
    return "wildcard-with-credentials"


def wildcard_expose(random: Random, policies: list[Pairs]) -> str:
    put(add_to(random, policies, "expose_headers", "*"), "allow_credentials", True)
    return "wildcard-expose-with-credentials"


def method_syntax(random: Random, policies: list[Pairs]) -> str:
    add_to(random, policies, "allow_methods", random.choice(BAD_NAMES))
    return "method-syntax"


def forbidden_method(random: Random, policies: list[Pairs]) -> str:
    add_to(random, policies, "allow_methods", random.choice(("TRACE", "CONNECT", "TRACK", "trace")))
    return "forbidden-method"


def header_syntax(random: Random, policies: list[Pairs]) -> str:
    key = random.choice(("allow_headers", "expose_headers"))
    add_to(random, policies, key, random.choice(BAD_NAMES))
    return "header-syntax"


def forbidden_request_header(random: Random, policies: list[Pairs]) -> str:
    add_to(random, policies, "allow_headers", random.choice(FORBIDDEN_HEADERS))
    return "forbidden-request-header"


def forbidden_response_header(random: Random, policies: list[Pairs]) -> str:
    add_to(random, policies, "expose_headers", random.choice(("Set-Cookie", "set-cookie2",
                                                              "SET-COOKIE")))
    return "forbidden-response-header"


def max_age_range(random: Random, policies: list[Pairs]) -> str:
    put(random.choice(policies), "max_age", random.choice(BAD_AGES))
    return "max-age-range"


def path_syntax(random: Random, policies: list[Pairs]) -> str:
    put(random.choice(policies), "path", random.choice(BAD_PATHS))
    return "path-syntax"


def duplicate_path(random: Random, policies: list[Pairs]) -> str:
    policies.insert(random.randrange(len(policies) + 1), list(random.choice(policies)))
    return "duplicate-path"


def unknown_key(random: Random, policies: list[Pairs]) -> str:
    policy = random.choice(policies)
    policy.insert(random.randrange(len(policy) + 1),
                  (random.choice(("allow_origin", "Allow_Origins", "maxage", "", "é", "paths")), 1))
    return "unknown-key"


def duplicate_key(random: Random, policies: list[Pairs]) -> str:
    policy = random.choice(policies)
    policy.append(random.choice(policy))
    return "duplicate-key"


def wrong_type(random: Random, policies: list[Pairs]) -> str:
    key, value = random.choice((
        ("allow_credentials", "yes"), ("allow_credentials", 1), ("preflight_status", 201),
        ("preflight_status", "ok"), ("allow_methods", {"a": 1}), ("allow_headers", "X-A"),
        ("max_age", [1]), ("path", ["/x"]), ("expose_headers", 7), ("accept_risks", "null-origin"),
        ("allow_origins", "https://a.example"), ("allow_methods", [["PUT"]])))
    put(random.choice(policies), key, value)
    return "wrong-type"


def missing_origins(random: Random, policies: list[Pairs]) -> str:
    policy = random.choice(policies)
    policy[:] = [pair for pair in policy if pair[0] != "allow_origins"] or [("max_age", 5)]
    return "missing-origins"


def null_origin(random: Random, policies: list[Pairs]) -> str:
    not_accepted(add_to(random, policies, "allow_origins", "null"), "null-origin")
    return "null-origin"


def insecure_origin(random: Random, policies: list[Pairs]) -> str:
    policy = add_to(random, policies, "allow_origins", "http://plain.example.com")
    put(policy, "allow_credentials", True)
    not_accepted(policy, "insecure-origin-with-credentials")
    return "insecure-origin-with-credentials"


def public_suffix_wildcard(random: Random, policies: list[Pairs]) -> str:
    label = random.choice(("*", "{label}", "app-*", "*-x", "a*b"))
    port = random.choice(("", ":8443", ":*"))
    policy = add_to(random, policies, "allow_origins",
                    f"https://{label}.{random.choice(SUFFIXES)}{port}")
    not_accepted(policy, "public-suffix-wildcard")
    return "public-suffix-wildcard"


MISTAKES: tuple[Mistake, ...] = (
    origin_path, origin_default_port, origin_userinfo, origin_syntax, wildcard_with_credentials,
    wildcard_expose, method_syntax, forbidden_method, header_syntax, forbidden_request_header,
    forbidden_response_header, max_age_range, path_syntax, duplicate_path, unknown_key,
    duplicate_key, wrong_type, missing_origins, null_origin, insecure_origin,
    public_suffix_wildcard)
