# SPDX-License-Identifier: MIT
"""What script gets of an answer."""
from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from libcors.page_wire import Exchange, Fields


class ReadableHeaders(Mapping[str, str]):
    """The headers that script can read. Names in any case; values of one name are joined."""

    def __init__(self, fields: Fields) -> None:
        self._values: dict[str, str] = {}
        for name, value in fields:
            name, value = name.lower(), value.strip(" \t")
            former = self._values.get(name)
            self._values[name] = value if former is None else f"{former}, {value}"

    def __getitem__(self, name: str) -> str:
        return self._values[name.lower()]

    def __contains__(self, name: object) -> bool:
        return isinstance(name, str) and name.lower() in self._values

    def __iter__(self) -> Iterator[str]:
        return iter(sorted(self._values))

    def __len__(self) -> int:
        return len(self._values)

    def __repr__(self) -> str:
        return repr(dict(self.items()))


class CorsResponse:
    """An answer as script has it: like Response of fetch(), with its body read.

    Of an opaque response script sees neither status nor headers nor body, and neither do tests.
    """

    def __init__(self, kind: str, status: int, url: str, redirected: bool, fields: Fields,
                 body: bytes, exchanges: tuple[Exchange, ...]) -> None:
        self.type = kind
        self.status = status
        self.url = url
        self.redirected = redirected
        self.headers = ReadableHeaders(fields)
        self.body = body
        self.exchanges = exchanges

    @property
    def ok(self) -> bool:
        """Whether the status is 200 to 299."""
        return 200 <= self.status <= 299

    @property
    def preflight(self) -> Exchange | None:
        """The preflight that was sent last, if one was."""
        return next((one for one in reversed(self.exchanges) if one.preflight), None)

    def text(self) -> str:
        """The body as UTF-8, as Response.text() reads it."""
        return self.body.decode("utf-8-sig", "replace")

    def json(self) -> Any:
        """The body as JSON."""
        return json.loads(self.text())

    def __repr__(self) -> str:
        return f"<CorsResponse {self.type} {self.status} {self.url!r}>"
