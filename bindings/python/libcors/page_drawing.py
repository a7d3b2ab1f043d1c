# SPDX-License-Identifier: MIT
"""A call drawn as text: lanes for page, browser and server, an arrow for each message, the headers
that mattered below it, and a caret under the fault. 80 columns, but for a value at fault that is
longer."""
from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from unicodedata import category, east_asian_width

from libcors import _engine
from libcors.page_wire import Exchange, WireRequest, WireResponse, origin_of, target_of

BROWSER = 10
SERVER = 77
TEXT = BROWSER + 3
DULL_REQUEST_FIELDS = ("accept", "content-length", "host", "user-agent")
TELLING_ANSWER_FIELDS = ("location", "set-cookie", "vary", "www-authenticate")
SECRETS = ("authorization", "cookie", "token", "secret", "passw", "key", "session", "credential",
           "signature", "jwt", "x-auth")
HIDDEN = "(hidden)"
LONG = 2000  # characters; of what is longer the beginning is shown


@dataclass(frozen=True)
class Fault:
    """What of the last answer is at fault: its status, or a field and a part of its value."""

    code: str
    status: bool = False
    field: str | None = None
    value: str = ""


def draw(method: str, exchanges: Sequence[Exchange], fault: Fault | None) -> str:
    """The whole call; `fault` is None where script gets the answer."""
    lines = [" page".ljust(BROWSER) + "browser".ljust(SERVER - 5 - BROWSER) + "server",
             lane(fill(f" ├{fitting(clean(method), BROWSER - 3)}", BROWSER - 1) + "▶│")]
    for exchange in exchanges:
        lines += draw_exchange(exchange, exchanges[0].request.url,
                               fault if exchange is exchanges[-1] else None)
    return "\n".join([*lines, draw_end(fault)])


def draw_exchange(exchange: Exchange, first_url: str, fault: Fault | None) -> list[str]:
    request = exchange.request
    lines = [request_arrow(exchange, first_url)]
    lines += [field_line(name, value) for name, value in request.headers
              if name.lower() not in DULL_REQUEST_FIELDS]
    lines += answer_lines(exchange.response, fault)
    return [*lines, lane(" │".ljust(BROWSER) + "│")]


def draw_end(fault: Fault | None) -> str:
    sign, word = ("✓", "ok") if fault is None else ("✗", fault.code)
    return lane(f" │◀─ {sign} ".ljust(BROWSER, "─") + f"┤  {word}")


def request_arrow(exchange: Exchange, first_url: str) -> str:
    request: WireRequest = exchange.request
    same = origin_of(request.url) == origin_of(first_url)
    target = target_of(request.url) if same else request.url
    label = f" {exchange.kind} ──▶│"
    room = SERVER + 1 - BROWSER - len(label)
    words = fitting(f"├─ {request.method} {clean(target)}", room - 2) + " "
    return " │".ljust(BROWSER) + fill(words, room) + label


def answer_lines(response: WireResponse | None, fault: Fault | None) -> list[str]:
    start = " │".ljust(BROWSER) + "│◀─ "
    if response is None:
        return [fill(start + "✗ no answer ", SERVER) + "┤"]
    status = f"{response.status} {response.reason}".strip()
    lines = [fill(start + fitting(clean(status), 50) + " ", SERVER) + "┤"]
    if fault is not None and fault.status:
        lines.append(carets(len(start), 3))
    return lines + answer_fields(response, fault)


def answer_fields(response: WireResponse, fault: Fault | None) -> list[str]:
    wanted = fault.field.lower() if fault is not None and fault.field is not None else None
    lines = []
    found = False
    for name, value in response.headers:
        if fault is not None and name.lower() == wanted:
            found = True
            lines += faulty_field(name, value, fault.value)
        elif matters(name):
            lines.append(field_line(name, value))
    if fault is not None and fault.field is not None and not found:
        lines += [lane(lanes() + f"✗ no {fault.field}"), carets(TEXT + 5, len(fault.field))]
    return lines


def faulty_field(name: str, value: str, fault: str) -> list[str]:
    start = lanes() + f"{clean(name)}: "
    shown, part = clean(value), clean(fault)
    at = shown.find(part) if part else -1
    if at < 0:
        at, part = 0, shown
    return [lane(start + shown), carets(columns(start + shown[:at]), columns(part))]


def matters(name: str) -> bool:
    return name.lower() in TELLING_ANSWER_FIELDS or _engine.is_owned(name)


def field_line(name: str, value: str) -> str:
    secret = not _engine.is_owned(name) and any(part in name.lower() for part in SECRETS)
    shown = HIDDEN if secret else clean(value)
    return lane(fitting(lanes() + f"{clean(name)}: {shown}", SERVER - 1))


def lanes() -> str:
    """The lines of page and browser, before what stands between browser and server."""
    return (" │".ljust(BROWSER) + "│").ljust(TEXT)


def lane(text: str) -> str:
    """A line with the server's lane at its end, where there is room."""
    width = columns(text)
    return text + " " * (SERVER - width) + "│" if width < SERVER else text


def carets(start: int, count: int) -> str:
    return lane(lanes() + " " * (start - TEXT) + "^" * max(count, 1))


def fill(text: str, width: int) -> str:
    return text + "─" * (width - columns(text))


def columns(text: str) -> int:
    """How many columns of a terminal the text takes."""
    return sum(2 if east_asian_width(one) in "WF" else 0 if category(one) in ("Mn", "Me") else 1
               for one in text)


def fitting(text: str, width: int) -> str:
    """The text, or its beginning with an ellipsis."""
    used = 0
    for at, one in enumerate(text):
        used += columns(one)
        if used > width or (used == width and at + 1 < len(text)):
            return text[:at] + "…"
    return text


def clean(text: str) -> str:
    """Text of strangers: what a terminal would obey, or not show, becomes U+FFFD."""
    if len(text) > LONG:
        text = text[:LONG] + "…"
    return "".join("\N{REPLACEMENT CHARACTER}" if category(one)[0] in "CZ" and one != " " else one
                   for one in text)
