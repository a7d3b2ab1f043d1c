# SPDX-License-Identifier: MIT
"""What travels between a browser and servers: requests, responses, and both as one exchange."""
from __future__ import annotations

from dataclasses import dataclass, field

Fields = tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class WireRequest:
    """A request as it is sent. A character of a header is a byte (Latin-1)."""

    method: str
    url: str
    headers: Fields
    body: bytes | None = field(default=None, repr=False)

    def header(self, name: str) -> str | None:
        """The values of a header joined with ", "; None where it is not sent."""
        return joined(self.headers, name)


@dataclass(frozen=True)
class WireResponse:
    """A response as it came. A character of a header is a byte (Latin-1)."""

    status: int
    headers: Fields
    body: bytes = field(default=b"", repr=False)
    reason: str = ""
    address: str | None = None  # the server's IP address, where it is to be judged by
    error: Exception | None = field(default=None, repr=False)  # that the application raised

    def header(self, name: str) -> str | None:
        """The values of a header joined with ", "; None where there is none."""
        return joined(self.headers, name)


@dataclass(frozen=True)
class Why:
    """Why a preflight was sent."""

    why: str
    what: str
    advice: str


@dataclass(frozen=True)
class Exchange:
    """A request and what came back; `response` is None where nothing did."""

    preflight: bool
    request: WireRequest
    response: WireResponse | None
    credentials: bool  # whether the browser let cookies go along
    whys: tuple[Why, ...] = ()

    @property
    def kind(self) -> str:
        return "preflight" if self.preflight else "request"


class NoAnswer(Exception):
    """Raised by transports: nothing came back."""

    def __init__(self, reason: Exception) -> None:
        super().__init__(str(reason))
        self.reason = reason


def joined(headers: Fields, name: str) -> str | None:
    """The values of a header joined with ", "; None where there is none."""
    values = [value.strip(" \t") for one, value in headers if one.lower() == name.lower()]
    return ", ".join(values) if values else None


def text_of(data: bytes) -> str:
    """Text from outside: UTF-8 where it is that, else Latin-1."""
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return data.decode("latin-1")


def origin_of(url: str) -> str:
    """The serialized origin of a URL, as the engine writes it."""
    return url[:_path_start(url)]


def target_of(url: str) -> str:
    """Path and query of a URL, as the engine writes it."""
    return url[_path_start(url):].partition("#")[0]


def authority_of(url: str) -> str:
    """Host, and port where it is not the scheme's own: what goes into the Host header."""
    return origin_of(url).partition("://")[2]


def _path_start(url: str) -> int:
    start = url.find("/", url.index("://") + 3)
    return start if start >= 0 else len(url)
