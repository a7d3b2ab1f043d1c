# SPDX-License-Identifier: MIT
"""Servers that trust origins which others can hold: comparisons as people write them."""

from __future__ import annotations

import re
from fnmatch import fnmatch
from typing import Any
from urllib.parse import urlsplit

from tests.audit_second.second_api import Api
from tests.audit_second.second_behaviour import (
    ANYONE, LOCAL, NETWORK, SUBDOMAIN, Behaviour, Matcher)

OWN = "https://api.northwind.com"
SHOP = "https://shop.northwind.com"
PARTNER = "https://partner.contoso.io"

WITH_PORT = "https://api.northwind.com:8443/v1/items"
DEEP = "https://eu.api.northwind.com/v1/items"
APEX = "https://northwind.com/v1/items"
BRITISH = "https://api.contoso.co.uk/v1/items"
BRITISH_APEX = "https://contoso.co.uk/v1/items"
APP = "https://app.northwind.com/v1/items"


def trusting(code: str, allows: Matcher, finds: dict[str, str], **more: Any) -> Behaviour:
    """An API that is right but for the origins it allows, with credentials."""
    return Behaviour(code, Api(allows), finds, matcher=allows, **more)


def pattern(text: str) -> Matcher:
    """A regular expression that is searched for, as JavaScript's test() and nginx's ~ do."""
    compiled = re.compile(text)
    return lambda origin: compiled.search(origin) is not None


def hostname(origin: str) -> str:
    try:
        return urlsplit(origin).hostname or ""
    except ValueError:
        return ""


def last_two_labels(host: str) -> str:
    return ".".join(host.split(".")[-2:])


ANY = {"reflected-origin": ANYONE}

REFLECTING = [
    trusting("reflects-everything", lambda origin: True, ANY, requests=5),
    trusting("reflects-all-but-null", lambda origin: origin != "null", ANY, requests=5),
    trusting("reflects-https-only", lambda origin: origin.startswith("https://"), ANY),
    trusting("reflects-by-regex", pattern(r"^https?://.*$"), ANY),
    trusting("reflects-hosts-without-port", pattern(r"^https?://[\w.-]+$"), ANY),
    trusting("reflects-dot-com", pattern(r"^https://.+\.com$"),
             {"reflected-origin|suffix-match": ANYONE}),
    trusting("reflects-but-a-block-list", lambda origin: "evil" not in origin
             and "attacker" not in origin, ANY,
             arguable="finds a scanner whose probes are named evil.com"),
    trusting("reflects-by-truth-of-find", lambda origin: bool(origin.find("northwind.com")), ANY,
             requests=5),
    trusting("reflects-by-empty-setting", lambda origin: any(
        origin.endswith(end) for end in "".split(",")), ANY, requests=5),
    trusting("reflects-with-port", lambda origin: True, ANY, url=WITH_PORT, requests=5),
]

NULL = {"null-origin": ANYONE}

NULLS = [
    trusting("null-beside-own", lambda origin: origin in (OWN, "null"), NULL),
    trusting("null-alone", lambda origin: origin == "null", NULL),
    trusting("null-in-regex", pattern(r"^(null|https://shop\.northwind\.com)$"), NULL),
    trusting("null-for-files", lambda origin: origin in (SHOP, "null", "file://"), NULL),
]

SUFFIX = {"suffix-match": ANYONE}

SUFFIXES = [
    trusting("suffix-endswith", lambda origin: origin.endswith("northwind.com"), SUFFIX),
    trusting("suffix-hostname", lambda origin: hostname(origin).endswith("northwind.com"), SUFFIX),
    trusting("suffix-regex-end", pattern(r"northwind\.com$"), SUFFIX),
    trusting("suffix-regex-star", pattern(r"^https://.*northwind\.com$"), SUFFIX),
    trusting("suffix-on-apex", lambda origin: origin.endswith("northwind.com"), SUFFIX, url=APEX),
    trusting("suffix-co-uk", lambda origin: origin.endswith("contoso.co.uk"), SUFFIX, url=BRITISH),
    trusting("suffix-co-uk-apex", lambda origin: origin.endswith("contoso.co.uk"), SUFFIX,
             url=BRITISH_APEX),
    trusting("suffix-with-port", lambda origin: origin.endswith("northwind.com:8443"), SUFFIX,
             url=WITH_PORT),
    trusting("suffix-glob", lambda origin: fnmatch(origin, "https://*northwind.com"), SUFFIX),
    trusting("suffix-letters", pattern(r"^https://[a-z]*northwind\.com$"), SUFFIX),
    trusting("suffix-of-own-host", lambda origin: origin.endswith("api.northwind.com"),
             {"suffix-match|any-subdomain": SUBDOMAIN},
             arguable="nobody can register xapi.northwind.com, who does not own northwind.com"),
    trusting("suffix-public", lambda origin: hostname(origin).endswith(
             last_two_labels("shop.contoso.co.uk")), {"suffix-match|reflected-origin": ANYONE},
             may=frozenset({"shared-hosting"}), url=BRITISH,
             arguable="the last two labels are co.uk: anybody's, as a shared host's names are"),
]

PREFIX = {"prefix-match": ANYONE}

PREFIXES = [
    trusting("prefix-startswith", lambda origin: origin.startswith(OWN), PREFIX),
    trusting("prefix-regex", pattern(r"^https://api\.northwind\.com"), PREFIX),
    trusting("prefix-regex-either", pattern(r"^https?://(www|api)\.northwind\.com"), PREFIX),
    trusting("prefix-hostname", lambda origin: hostname(origin).startswith("api.northwind.com"),
             PREFIX),
    trusting("prefix-of-apex", lambda origin: origin.startswith("https://northwind.com"), PREFIX),
    trusting("prefix-on-apex", lambda origin: origin.startswith("https://northwind.com"), PREFIX,
             url=APEX),
    trusting("prefix-of-alternatives",
             pattern(r"^https://api\.northwind\.com|https://shop\.northwind\.com$"), PREFIX),
    trusting("prefix-of-any-listed", lambda origin: any(
        origin.startswith(each) for each in (SHOP, OWN, PARTNER)), PREFIX),
    trusting("prefix-of-name", lambda origin: origin.startswith("https://northwind"),
             {"prefix-match|substring-match": ANYONE}),
    trusting("prefix-of-subdomains", pattern(r"^https://[a-z0-9-]+\.northwind\.com"), PREFIX),
    trusting("prefix-co-uk", lambda origin: origin.startswith("https://api.contoso.co.uk"), PREFIX,
             url=BRITISH),
    trusting("prefix-with-port", lambda origin: origin.startswith("https://api.northwind.com"),
             PREFIX, url=WITH_PORT),
    trusting("prefix-any-country", pattern(r"^https://(www\.)?northwind\.[a-z.]+$"),
             {"prefix-match|substring-match": ANYONE},
             beyond="northwind.evil.com begins with a part of the name, up to a dot"),
    trusting("prefix-no-dot", pattern(r"^https://api\.northwind\.com[a-z]*(\.[a-z]+)?$"), PREFIX,
             beyond="only letters may follow: no digit, no underscore, no second dot"),
    trusting("prefix-valid-hosts", pattern(r"^https://api\.northwind\.com[a-z0-9.-]*$"), PREFIX,
             beyond="as servers compare whose parser takes no underscore in a host: Java's URI"),
    trusting("prefix-of-apex-beside-own", lambda origin: origin == OWN
             or origin.startswith("https://northwind.com"), PREFIX,
             beyond="the own origin is right; what is wrong is beside it"),
    trusting("prefix-first-label", lambda origin: origin.startswith("https://app."), PREFIX,
             url=APP, arguable="the matcher says nothing of northwind"),
    trusting("prefix-localhost", lambda origin: origin == OWN
             or origin.startswith("http://localhost"),
             {"prefix-match|loopback-origin": "low medium high critical"},
             arguable="localhost.evil.com is anybody's, so loopback-origin alone says too little"),
]

SUBSTRING = {"substring-match": ANYONE}
SUBSTRING_OR_PREFIX = {"substring-match|prefix-match": ANYONE}

SUBSTRINGS = [
    trusting("substring-in", lambda origin: "northwind.com" in origin, SUBSTRING),
    trusting("substring-search", pattern(r"northwind\.com"), SUBSTRING),
    trusting("substring-name", lambda origin: "northwind" in origin, SUBSTRING),
    trusting("substring-own-host", lambda origin: "api.northwind.com" in origin,
             SUBSTRING_OR_PREFIX),
    trusting("substring-hostname", lambda origin: "northwind.com" in hostname(origin), SUBSTRING),
    trusting("substring-of-list",
             lambda origin: origin in "https://api.northwind.com,https://shop.northwind.com",
             {"substring-match|prefix-match|suffix-match": ANYONE},
             arguable="the list is a text: https://api.northwind.co is part of it"),
    trusting("substring-of-origins", lambda origin: any(
        each in origin for each in (SHOP, OWN)), SUBSTRING_OR_PREFIX),
    trusting("substring-of-hosts", lambda origin: any(
        each in origin for each in ("contoso.io", "northwind.com")), SUBSTRING),
    trusting("substring-localhost", lambda origin: origin == OWN or "localhost" in origin,
             {"substring-match|prefix-match|suffix-match|loopback-origin":
              "low medium high critical"}),
]

DOT = {"unescaped-dot": ANYONE}

DOTS = [
    trusting("dots-all", pattern(r"^https://api.northwind.com$"), DOT),
    trusting("dots-first", pattern(r"^https://api.northwind\.com$"), DOT),
    trusting("dots-middle", pattern(r"^https://eu\.api.northwind\.com$"), DOT, url=DEEP),
    trusting("dots-second-level", pattern(r"^https://api\.contoso.co\.uk$"), DOT, url=BRITISH),
    trusting("dots-co-uk-all", pattern(r"^https://api.contoso.co.uk$"), DOT, url=BRITISH),
    trusting("dots-with-port", pattern(r"^https://api.northwind.com:8443$"), DOT, url=WITH_PORT),
    trusting("dots-of-subdomains", pattern(r"^https://.*.northwind.com$"),
             {"unescaped-dot|suffix-match": ANYONE}),
    trusting("dots-letters-only", pattern(r"^https://api[a-z.]northwind\.com$"), DOT,
             arguable="a dot that only letters stand for"),
]

SPECIALS = [
    trusting("special-any", pattern(r"^https://api\.northwind\.com($|[^.\-a-zA-Z0-9])"),
             {"special-characters": ANYONE}),
    trusting("special-underscore", pattern(r"^https://api\.northwind\.com(_[\w.-]+)?$"),
             {"special-characters": ANYONE}),
    trusting("special-split", lambda origin: re.split(r"[_:/]+", origin)[:2]
             == ["https", "api.northwind.com"], {"special-characters": ANYONE}),
    trusting("special-subdomain", pattern(r"^https://([\w-]+\.)*northwind\.com([^\w.-].*|_.*)?$"),
             {"special-characters": ANYONE, "any-subdomain": SUBDOMAIN},
             arguable="what ends the name of a subdomain is a second fault beside the first"),
]

WHOLE_SUBDOMAINS = {"any-subdomain": SUBDOMAIN}

SUBDOMAINS = [
    trusting("subdomain-dotted", lambda origin: hostname(origin).endswith(".northwind.com")
             and origin.startswith("https://") and urlsplit(origin).port is None,
             WHOLE_SUBDOMAINS),
    trusting("subdomain-regex", pattern(r"^https://([a-z0-9-]+\.)?northwind\.com$"),
             WHOLE_SUBDOMAINS),
    trusting("subdomain-one-label", pattern(r"^https://[^.]+\.northwind\.com$"), WHOLE_SUBDOMAINS),
    trusting("subdomain-glob", lambda origin: fnmatch(origin, "https://*.northwind.com"),
             WHOLE_SUBDOMAINS),
    trusting("subdomain-letters", pattern(r"^https://[a-z]+\.northwind\.com$"), WHOLE_SUBDOMAINS),
    trusting("subdomain-word", pattern(r"^https://\w+\.northwind\.com$"), WHOLE_SUBDOMAINS),
    trusting("subdomain-of-own", pattern(r"^https://(.+\.)?api\.northwind\.com$"),
             WHOLE_SUBDOMAINS),
    trusting("subdomain-on-apex", pattern(r"^https://([\w-]+\.)*northwind\.com$"),
             WHOLE_SUBDOMAINS, url=APEX),
    trusting("subdomain-co-uk", pattern(r"^https://([\w-]+\.)*contoso\.co\.uk$"),
             WHOLE_SUBDOMAINS, url=BRITISH),
    trusting("subdomain-with-port", pattern(r"^https://[a-z0-9-]+\.northwind\.com:8443$"),
             WHOLE_SUBDOMAINS, url=APEX.replace(".com/", ".com:8443/"),
             beyond="subdomains with the target's port, where its own origin is not trusted"),
    trusting("subdomain-and-http", pattern(r"^https?://([\w-]+\.)*northwind\.com$"),
             WHOLE_SUBDOMAINS | {"insecure-origin": NETWORK}),
    trusting("subdomain-and-ports", pattern(r"^https://([\w-]+\.)*northwind\.com(:\d+)?$"),
             WHOLE_SUBDOMAINS | {"any-port": LOCAL},
             arguable="any-port is a smaller part of the same trust"),
    trusting("subdomain-last-dot-open", pattern(r"^https://(.+\.)?northwind.com$"),
             WHOLE_SUBDOMAINS),
]

PORT = {"any-port": "low medium"}

PORTS = [
    trusting("port-regex", pattern(r"^https://api\.northwind\.com(:\d+)?$"), PORT),
    trusting("port-hostname", lambda origin: origin.startswith("https://")
             and hostname(origin) == "api.northwind.com", PORT),
    trusting("port-on-apex", pattern(r"^https://northwind\.com(:[0-9]{1,5})?$"), PORT, url=APEX),
    trusting("port-beside-own", pattern(r"^https://api\.northwind\.com(:\d+)?$"), PORT,
             url=WITH_PORT),
    trusting("port-and-scheme", lambda origin: origin.partition("://")[2].split(":")[0]
             == "api.northwind.com", PORT | {"insecure-origin|any-scheme": NETWORK}),
    trusting("port-four-digits", pattern(r"^https://api\.northwind\.com(:[0-9]{4})?$"), PORT,
             arguable="four digits: 3000, 8080, 8443; not 65535"),
]

INSECURE = {"insecure-origin": NETWORK}

SCHEMES = [
    trusting("http-own-listed", lambda origin: origin in (OWN, "http://api.northwind.com"),
             INSECURE),
    trusting("http-regex", pattern(r"^https?://api\.northwind\.com$"), INSECURE),
    trusting("http-on-apex", pattern(r"^https?://northwind\.com$"), INSECURE, url=APEX),
    trusting("http-only", lambda origin: origin == "http://api.northwind.com", INSECURE),
    trusting("http-with-port", pattern(r"^https?://api\.northwind\.com:8443$"), INSECURE,
             url=WITH_PORT),
    trusting("scheme-netloc", lambda origin: urlsplit(origin).netloc == "api.northwind.com",
             {"any-scheme|insecure-origin": NETWORK}),
    trusting("scheme-endswith", lambda origin: origin.endswith("://api.northwind.com"),
             {"any-scheme|insecure-origin": NETWORK}),
    trusting("scheme-word", pattern(r"^\w+://api\.northwind\.com$"),
             {"any-scheme|insecure-origin": NETWORK}),
]


def hosted(code: str, allows: Matcher, **more: Any) -> Behaviour:
    return trusting("hosting-" + code, allows, {"shared-hosting": ANYONE}, **more)


LESS_COMMON = "a host among dozens: a clean server's sixteen requests are not for all of them"

HOSTING = [
    hosted("github", lambda origin: origin.endswith(".github.io")),
    hosted("vercel", pattern(r"^https://[a-z0-9-]+\.vercel\.app$")),
    hosted("netlify", pattern(r"^https://.*\.netlify\.app$")),
    hosted("pages", lambda origin: origin == OWN or hostname(origin).endswith(".pages.dev")),
    hosted("github-beside-own", pattern(r"^https://(api\.northwind\.com|[\w-]+\.github\.io)$"),
           beyond=LESS_COMMON),
    hosted("vercel-beside-own", pattern(r"^https://(api\.northwind\.com|[\w-]+\.vercel\.app)$")),
    hosted("netlify-beside-own", pattern(r"^https://(api\.northwind\.com|[\w-]+\.netlify\.app)$")),
    hosted("pages-beside-own", pattern(r"^https://(api\.northwind\.com|[\w-]+\.pages\.dev)$"),
           beyond=LESS_COMMON),
    hosted("vercel-previews", pattern(r"^https://northwind-[a-z0-9-]+\.vercel\.app$"),
           arguable="anyone may name a project northwind-x; who audits has to guess the name"),
    hosted("heroku", pattern(r"^https://[\w-]+\.herokuapp\.com$"), beyond=LESS_COMMON),
    hosted("firebase", pattern(r"^https://[\w-]+\.web\.app$"), beyond=LESS_COMMON),
    hosted("azure", pattern(r"^https://[\w-]+\.azurewebsites\.net$"), beyond=LESS_COMMON),
    hosted("workers", pattern(r"^https://[\w.-]+\.workers\.dev$"), beyond=LESS_COMMON),
]

LOOPBACK = {"loopback-origin": LOCAL}

LOOPBACKS = [
    trusting("localhost-3000", lambda origin: origin in (OWN, "http://localhost:3000"), LOOPBACK),
    trusting("localhost-alone-3000", lambda origin: origin == "http://localhost:3000", LOOPBACK),
    trusting("localhost-any-port", pattern(r"^http://localhost(:\d+)?$"), LOOPBACK),
    trusting("localhost-a-port", pattern(r"^http://localhost:\d+$"), LOOPBACK),
    trusting("localhost-https", pattern(r"^https?://localhost(:[0-9]+)?$"), LOOPBACK),
    trusting("localhost-hostname", lambda origin: hostname(origin) in
             ("api.northwind.com", "localhost", "127.0.0.1"), LOOPBACK),
    trusting("loopback-address", pattern(r"^http://127\.0\.0\.1(:\d+)?$"), LOOPBACK,
             beyond="localhost goes by its name first"),
    trusting("localhost-8080", lambda origin: origin in (SHOP, "http://localhost:8080"), LOOPBACK,
             beyond="one port of many: 3000, 8080, 5173, 4200"),
    trusting("localhost-5173", lambda origin: origin in (SHOP, "http://localhost:5173"), LOOPBACK,
             beyond="one port of many: 3000, 8080, 5173, 4200"),
]

PRIVATE = {"private-address-origin": LOCAL}

PRIVATES = [
    trusting("private-192-168", pattern(r"^http://192\.168\.\d+\.\d+(:\d+)?$"), PRIVATE),
    trusting("private-10", pattern(r"^http://10\.\d+\.\d+\.\d+(:\d+)?$"), PRIVATE,
             beyond="one range of three, and not the one of most homes"),
    trusting("private-172", pattern(r"^http://172\.(1[6-9]|2\d|3[01])\.\d+\.\d+(:\d+)?$"),
             PRIVATE, beyond="one range of three, and not the one of most homes"),
    trusting("private-all", pattern(r"^https?://(10\.\d+|192\.168|172\.(1[6-9]|2\d|3[01]))"
                                    r"\.\d+\.\d+(:\d+)?$"), PRIVATE),
    trusting("private-or-any-address", pattern(r"^https?://\d+\.\d+\.\d+\.\d+(:\d+)?$"),
             {"private-address-origin|reflected-origin": ANYONE + " low"}),
    trusting("private-unanchored", pattern(r"^http://192\.168\."),
             {"private-address-origin|prefix-match": ANYONE + " low"},
             arguable="192.168.evil.com is anybody's"),
]

TRUST = [*REFLECTING, *NULLS, *SUFFIXES, *PREFIXES, *SUBSTRINGS, *DOTS, *SPECIALS, *SUBDOMAINS,
         *PORTS, *SCHEMES, *HOSTING, *LOOPBACKS, *PRIVATES]
