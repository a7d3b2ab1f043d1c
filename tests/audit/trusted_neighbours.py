# SPDX-License-Identifier: MIT
"""Matchers that trust more than was meant: who is on a subdomain, the network path, the machine."""

from __future__ import annotations

import ipaddress
import re
from dataclasses import replace
from urllib.parse import urlsplit

from tests.audit.api_answers import LAX, Api
from tests.audit.behaviour import NEIGHBOUR, SERIOUS, SMALL, Behaviour
from tests.audit.trusted_strangers import everyone, host_of, matches, row

SUBDOMAINS = {"any-subdomain": NEIGHBOUR}
OPEN = Api(everyone, credentials="", cookie="")


def is_private(origin: str) -> bool:
    """As code with `ipaddress` or `is-ip-private` does."""
    host = host_of(origin)
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_private
    except ValueError:
        return False


SUBDOMAIN = [
    row("https, and ends in .domain", "api.elmwood.com",
        lambda origin, _: origin.startswith("https://") and origin.endswith(".elmwood.com"),
        SUBDOMAINS),
    row("/^https:..([a-z0-9-]+.)*domain$/, on the apex", "elmwood.io",
        matches(r"^https://([a-z0-9-]+\.)*elmwood\.io$"), SUBDOMAINS),
    row("/^https:..[\\w-]+.domain$/, below co.uk", "api.elm.co.uk",
        matches(r"^https://[\w-]+\.elm\.co\.uk$"), SUBDOMAINS),
    row("any name below the own host", "shop.elmwood.com",
        matches(r"^https://([\w-]+\.)?shop\.elmwood\.com$"), SUBDOMAINS),
    row("ends in the own host, without a dot", "pay.elmwood.com",
        lambda origin, _: origin.startswith("https://") and origin.endswith("pay.elmwood.com"),
        {"any-subdomain|suffix-match": NEIGHBOUR}, "any-subdomain"),
    row("hostname ends in .domain", "url.elmwood.com",
        lambda origin, _: origin.startswith("https://") and host_of(origin).endswith(
            ".elmwood.com"), SUBDOMAINS, "any-port"),
    row("last two labels are the domain", "split.elmwood.com",
        lambda origin, _: ".".join(origin.split(".")[-2:]) == "elmwood.com", SUBDOMAINS,
        "insecure-origin any-scheme"),
    row("any subdomain, also by http", "both.elmwood.com",
        matches(r"^https?://([\w-]+\.)*elmwood\.com$"),
        {"any-subdomain": NEIGHBOUR, "insecure-origin": NEIGHBOUR}),
    row("any subdomain, cookies are SameSite=Lax", "lax.elmwood.com",
        matches(r"^https://[\w-]+\.elmwood\.com$"), {"any-subdomain": ("medium", "high")},
        api=Api(everyone, cookie=LAX)),
    row("any subdomain, without credentials", "open.elmwood.com",
        matches(r"^https://[\w-]+\.elmwood\.com$"), {"any-subdomain": SMALL}, api=OPEN),
    row("any subdomain, and a dot that nobody can register", "last.elmwood.com",
        matches(r"^https://[\w-]+\.elmwood.com$"), SUBDOMAINS),
    row("fnmatch 'https://*.domain'", "glob.elmwood.com",
        lambda origin, _: re.fullmatch(r"https://[^/]*\.elmwood\.com", origin) is not None,
        SUBDOMAINS),
]

PORT = [
    row("hostname is the own one, over https", "api.firestone.com",
        lambda origin, netloc: origin.startswith("https://")
        and host_of(origin) == netloc.split(":")[0], {"any-port": NEIGHBOUR}),
    row("/^https:..host(:[0-9]+)?$/", "regex.firestone.co.uk",
        matches(r"^https://regex\.firestone\.co\.uk(:[0-9]+)?$"), {"any-port": NEIGHBOUR}),
    row("/^https:..app(:[0-9]+)?$/", "backend.firestone.com",
        matches(r"^https://app\.firestone\.com(:[0-9]+)?$"), {"any-port": NEIGHBOUR}),
]

INSECURE = [
    row("http and https on the list", "api.gumtreebank.com",
        lambda origin, netloc: origin in (f"https://{netloc}", f"http://{netloc}"),
        {"insecure-origin": NEIGHBOUR}),
    row("/^https?:..host$/", "regex.gumtreebank.com",
        matches(r"^https?://regex\.gumtreebank\.com$"), {"insecure-origin": NEIGHBOUR}),
    row("host is the own one, whatever the scheme", "host.gumtreebank.com",
        lambda origin, netloc: urlsplit(origin).netloc == netloc,
        {"insecure-origin|any-scheme": NEIGHBOUR}, "insecure-origin any-scheme"),
    row("scheme is any word", "scheme.gumtreebank.com",
        matches(r"^[a-z][a-z0-9+.-]*://scheme\.gumtreebank\.com$"),
        {"any-scheme|insecure-origin": NEIGHBOUR}, "any-scheme insecure-origin"),
    row("the http origin alone", "old.gumtreebank.com",
        lambda origin, _: origin == "http://old.gumtreebank.com", {"insecure-origin": NEIGHBOUR}),
]

SHARED = [
    row("any site of vercel.app", "api.rowanapps.com",
        lambda origin, netloc: origin == f"https://{netloc}" or origin.endswith(".vercel.app"),
        {"shared-hosting": SERIOUS}),
    row("any site of netlify.app", "api.rowanapps.io",
        lambda origin, netloc: origin == f"https://{netloc}"
        or re.fullmatch(r"https://[\w-]+\.netlify\.app", origin) is not None,
        {"shared-hosting": SERIOUS}),
    row("any site of pages.dev", "api.rowan.co.uk",
        lambda origin, netloc: origin == f"https://{netloc}"
        or host_of(origin).endswith(".pages.dev"), {"shared-hosting": SERIOUS}),
    replace(row("any site of github.io", "docs.rowanapps.com",
                lambda origin, netloc: origin == f"https://{netloc}"
                or host_of(origin).endswith(".github.io"), {"shared-hosting": SERIOUS}),
            untried="another shared host is asked about, beside a list with a port"),
    row("any site of github.io alone", "pages.rowanapps.com",
        lambda origin, _: origin.startswith("https://") and origin.endswith(".github.io"),
        {"shared-hosting": SERIOUS}),
    row("previews: /^https:..name-.*.vercel.app$/", "rowanapps.vercel.app",
        matches(r"^https://rowanapps(-[a-z0-9-]+)?\.vercel\.app$"), {"shared-hosting": SERIOUS}),
    row("neighbours on herokuapp.com", "rowan.herokuapp.com",
        matches(r"^https://[a-z0-9-]+\.herokuapp\.com$"), {"shared-hosting": SERIOUS}),
    row("neighbours on azurewebsites.net", "rowan.azurewebsites.net",
        lambda origin, _: origin.endswith(".azurewebsites.net"), {"shared-hosting": SERIOUS},
        "insecure-origin any-scheme any-subdomain"),
    row("any site of vercel.app, without credentials", "open.rowanapps.com",
        lambda origin, netloc: origin == f"https://{netloc}" or origin.endswith(".vercel.app"),
        {"shared-hosting": SMALL}, api=OPEN),
]

LOOPBACK = [
    row("http://localhost:3000 on the list", "api.spruce.dev",
        lambda origin, netloc: origin in (f"https://{netloc}", "http://localhost:3000"),
        {"loopback-origin": NEIGHBOUR}),
    row("localhost on any port", "any.spruce.dev",
        lambda origin, netloc: origin == f"https://{netloc}"
        or re.fullmatch(r"https?://localhost(:\d+)?", origin) is not None,
        {"loopback-origin": NEIGHBOUR}, "any-port"),
    replace(row("http://localhost on the list", "bare.spruce.dev",
                lambda origin, netloc: origin in (f"https://{netloc}", "http://localhost"),
                {"loopback-origin": NEIGHBOUR}),
            untried="localhost is asked about on port 3000"),
    row("localhost alone, on any port", "only.spruce.co.uk",
        lambda origin, _: host_of(origin) in ("localhost", "127.0.0.1"),
        {"loopback-origin": NEIGHBOUR}, "any-port"),
    row("own host is localhost, on any port", "localhost",
        lambda origin, _: host_of(origin) == "localhost",
        {"any-port|loopback-origin": SMALL[:1] + ("medium",)},
        "any-port loopback-origin insecure-origin any-scheme"),
    row("192.168.x.x on any port", "office.spruce.dev",
        lambda origin, netloc: origin == f"https://{netloc}"
        or re.fullmatch(r"http://192\.168\.\d+\.\d+(:\d+)?", origin) is not None,
        {"private-address-origin": NEIGHBOUR}, "any-port"),
    replace(row("10.x.x.x on any port", "ten.spruce.dev",
                lambda origin, netloc: origin == f"https://{netloc}"
                or re.fullmatch(r"http://10\.\d+\.\d+\.\d+(:\d+)?", origin) is not None,
                {"private-address-origin": NEIGHBOUR}, "any-port"),
            untried="an address of 192.168 is asked about"),
    row("any private address", "lan.spruce.dev",
        lambda origin, netloc: origin == f"https://{netloc}" or is_private(origin),
        {"private-address-origin": NEIGHBOUR, "loopback-origin": NEIGHBOUR}, "any-port"),
]


KNOWN = [
    replace(row("subdomains of a partner, who is told", "api.tamarack.com",
                matches(r"^https://([\w-]+\.)*larchpartner\.com$"), SUBDOMAINS),
            options=("--origin", "https://www.larchpartner.com")),
    replace(row("a partner's origin as a prefix, who is told", "v1.tamarack.com",
                lambda origin, _: origin.startswith("https://www.larchpartner.com"),
                {"prefix-match": SERIOUS}, "any-port special-characters"),
            options=("--origin", "https://www.larchpartner.com")),
]

NEIGHBOURS: list[Behaviour] = [*SUBDOMAIN, *PORT, *INSECURE, *SHARED, *LOOPBACK, *KNOWN]
