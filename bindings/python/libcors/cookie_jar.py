# SPDX-License-Identifier: MIT
"""A browser's cookies: what is kept of Set-Cookie, and what goes along with a request.

RFC 6265bis, sections 5.4 to 5.8, for requests that script makes: none of them is a navigation.
"""
from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timezone
from urllib.parse import urlsplit

from libcors import _engine

# Browsers that take a cookie without SameSite for Lax, and want Secure beside SameSite=None.
STRICT_BROWSERS = ("standard", "chromium")
MAX_BYTES = 4096
MAX_ATTRIBUTE_BYTES = 1024
MAX_DAYS = 400
MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
CONTROLS = re.compile(r"[\x00-\x08\x0a-\x1f\x7f]")


@dataclass(frozen=True)
class Cookie:
    """A cookie as the jar keeps it."""

    name: str
    value: str
    domain: str
    host_only: bool
    path: str
    secure: bool
    http_only: bool
    same_site: str  # "none", "lax", "strict", or "" where the server said nothing
    expires: float | None  # None: with the browser
    created: float

    @property
    def key(self) -> tuple[str, str, bool, str]:
        return self.name, self.domain, self.host_only, self.path


@dataclass(frozen=True)
class Place:
    """What of a URL counts for cookies."""

    scheme: str
    host: str
    path: str

    @property
    def trusted(self) -> bool:
        """Whether Secure cookies go there: by TLS, or on this very machine."""
        return self.scheme == "https" or is_loopback(self.host)


class CookieJar:
    """The cookies of one browser, whose pages are all of one origin.

    page  the origin of the page; of the top-level page, where it is in a frame.
    """

    def __init__(self, browser: str, page: str) -> None:
        self._strict = browser in STRICT_BROWSERS
        self._page = None if page == "null" else place_of(page)
        # Firefox keeps what frames of no origin have apart from all else.
        self._apart = browser == "firefox" and self._page is None
        self._cookies: dict[tuple[str, str, bool, str], Cookie] = {}

    def visit(self, url: str, line: str, now: float) -> bool:
        """Keeps a cookie that a server at the URL set when the visitor was there."""
        return self._take(place_of(url), line, now, same_site=True)

    def receive(self, url: str, line: str, now: float) -> bool:
        """Keeps the cookie of a Set-Cookie line in the answer to a script's request."""
        place = place_of(url)
        return self._take(place, line, now, same_site=self._is_same_site(place))

    def header(self, url: str, now: float) -> str | None:
        """The Cookie header of a script's request; None where no cookie goes along."""
        place = place_of(url)
        same_site = self._is_same_site(place)
        fitting = [cookie for cookie in self._living(now)
                   if self._goes(cookie, place, same_site)]
        fitting.sort(key=lambda cookie: (-len(cookie.path), cookie.created))
        pairs = [f"{one.name}={one.value}" if one.name else one.value for one in fitting]
        return "; ".join(pairs) if pairs else None

    def all(self, now: float) -> list[Cookie]:
        """The cookies that have not expired."""
        return list(self._living(now))

    def clear(self) -> None:
        """Forgets all cookies."""
        self._cookies.clear()

    def _living(self, now: float) -> list[Cookie]:
        self._cookies = {key: cookie for key, cookie in self._cookies.items()
                         if cookie.expires is None or cookie.expires > now}
        return list(self._cookies.values())

    def _is_same_site(self, place: Place) -> bool:
        page = self._page
        if page is None or (self._strict and page.scheme != place.scheme):
            return False
        return site_of(page.host) == site_of(place.host)

    def _restricted(self, cookie: Cookie) -> bool:
        """Whether the cookie keeps to its own site."""
        return cookie.same_site in ("lax", "strict") or (cookie.same_site == "" and self._strict)

    def _goes(self, cookie: Cookie, place: Place, same_site: bool) -> bool:
        if cookie.host_only:
            fits = cookie.domain == place.host
        else:
            fits = domain_covers(cookie.domain, place.host)
        return (fits and not self._apart and path_covers(cookie.path, place.path)
                and (place.trusted or not cookie.secure)
                and (same_site or not self._restricted(cookie)))

    def _take(self, place: Place, line: str, now: float, same_site: bool) -> bool:
        cookie = read_cookie(line, place, now)
        if cookie is None or not self._may_keep(cookie, place, same_site):
            return False
        former = self._cookies.get(cookie.key)
        if former is not None:
            cookie = replace(cookie, created=former.created)
        self._cookies[cookie.key] = cookie
        self._living(now)
        return True

    def _may_keep(self, cookie: Cookie, place: Place, same_site: bool) -> bool:
        if cookie.secure and not place.trusted:
            return False
        if cookie.same_site == "none" and not cookie.secure and self._strict:
            return False
        if self._restricted(cookie) and not same_site:
            return False
        return place.trusted or not self._hides_secure(cookie)

    def _hides_secure(self, cookie: Cookie) -> bool:
        """Whether a server without TLS would overlay a cookie of one with TLS."""
        return any(other.secure and other.name == cookie.name
                   and (domain_covers(other.domain, cookie.domain)
                        or domain_covers(cookie.domain, other.domain))
                   and path_covers(other.path, cookie.path) for other in self._cookies.values())


def set_cookies(jar: CookieJar, cookies: Mapping[str, str | list[str]], now: float) -> None:
    """Puts cookies into a jar, by URL, written as a server would have set them."""
    for url, lines in cookies.items():
        if "://" not in url:
            raise ValueError(f"cookies are given by URL, as in {{'https://api.example': "
                             f"'session=1; Secure; SameSite=None'}}; {url!r} is no URL")
        for line in [lines] if isinstance(lines, str) else lines:
            if not jar.visit(url, line, now):
                raise ValueError(f"a browser does not keep the cookie {line!r} of {url}")


def place_of(url: str) -> Place:
    parts = urlsplit(url)
    return Place(parts.scheme.lower(), (parts.hostname or "").rstrip("."), parts.path or "/")


def is_address(host: str) -> bool:
    return ":" in host or host.rpartition(".")[2].isdigit()


def is_loopback(host: str) -> bool:
    return _engine.is_loopback(f"http://{f'[{host}]' if ':' in host else host}")


def site_of(host: str) -> str:
    """The registrable domain: one label more than a public suffix."""
    if is_address(host) or _engine.is_public_suffix(host):
        return host
    while "." in host:
        parent = host.partition(".")[2]
        if _engine.is_public_suffix(parent):
            return host
        host = parent
    return host


def domain_covers(domain: str, host: str) -> bool:
    return host == domain or (host.endswith(f".{domain}") and not is_address(host))


def path_covers(path: str, asked: str) -> bool:
    return asked == path or (asked.startswith(path)
                             and (path.endswith("/") or asked[len(path)] == "/"))


def read_cookie(line: str, place: Place, now: float) -> Cookie | None:
    """A Set-Cookie line of a server; None where browsers ignore it whatever the context."""
    pair, *rest = line.split(";")
    name, equals, value = pair.partition("=")
    name, value = (name.strip(" \t"), value.strip(" \t")) if equals else ("", name.strip(" \t"))
    attributes = read_attributes(rest)
    if (not name and not value) or len(name) + len(value) > MAX_BYTES or CONTROLS.search(line):
        return None
    host_only, domain = read_domain(attributes.get("domain", ""), place.host)
    if domain is None:
        return None
    path = attributes.get("path", "")
    same_site = attributes.get("samesite", "").lower()
    cookie = Cookie(name, value, domain, host_only,
                    path if path.startswith("/") else default_path(place.path),
                    "secure" in attributes, "httponly" in attributes,
                    same_site if same_site in ("none", "lax", "strict") else "",
                    read_expiry(attributes, now), now)
    return cookie if prefix_holds(cookie, attributes) else None


def read_attributes(pieces: list[str]) -> dict[str, str]:
    """The attributes by their names in lower case; of two of one name the last counts."""
    found = {}
    for piece in pieces:
        name, _, value = piece.partition("=")
        if len(value) <= MAX_ATTRIBUTE_BYTES:
            found[name.strip(" \t").lower()] = value.strip(" \t")
    return found


def read_domain(attribute: str, host: str) -> tuple[bool, str | None]:
    """Whether only the host itself gets the cookie, and its domain; None: it is refused."""
    domain = attribute.lower().removeprefix(".")
    if not domain:
        return True, host
    if _engine.is_public_suffix(domain):
        return True, host if domain == host else None
    return False, domain if domain_covers(domain, host) else None


def default_path(path: str) -> str:
    return path[:path.rfind("/")] or "/" if path.startswith("/") else "/"


def read_expiry(attributes: dict[str, str], now: float) -> float | None:
    latest = now + MAX_DAYS * 86400
    age = attributes.get("max-age")
    if age is not None and re.fullmatch(r"-?[0-9]+", age):
        return min(now + int(age[:19]), latest) if int(age[:19]) > 0 else now
    expires = read_date(attributes.get("expires", ""))
    return None if expires is None else min(expires, latest)


def read_date(text: str) -> float | None:
    """A cookie's date, in any of the spellings that servers use."""
    time = re.search(r"\b(\d{1,2}):(\d{1,2}):(\d{1,2})\b", text)
    month = re.search("|".join(MONTHS), text.lower())
    rest = text.replace(time[0], " ") if time else text
    day = re.search(r"(?<!\d)\d{1,2}(?!\d)", rest)
    year = re.search(r"(?<!\d)\d{4}(?!\d)", rest)
    if year is None and day is not None:
        year = re.search(r"(?<!\d)\d{2}(?!\d)", rest[day.end():])
    if time is None or month is None or day is None or year is None:
        return None
    number = int(year[0])
    number += (2000 if number < 70 else 1900) if number < 100 else 0
    try:
        return datetime(number, MONTHS.index(month[0]) + 1, int(day[0]), int(time[1]),
                        int(time[2]), int(time[3]), tzinfo=timezone.utc).timestamp()
    except ValueError:
        return None


def prefix_holds(cookie: Cookie, attributes: dict[str, str]) -> bool:
    """Whether what the names __Secure- and __Host- promise is so."""
    name = (cookie.name or cookie.value).lower()
    if name.startswith("__secure-"):
        return cookie.secure and cookie.name != ""
    if name.startswith("__host-"):
        return (cookie.secure and cookie.host_only and "domain" not in attributes
                and attributes.get("path") == "/" and cookie.name != "")
    return True
