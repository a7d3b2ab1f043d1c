# SPDX-License-Identifier: MIT
"""A call as script makes it: its URL, headers and body."""
from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode, urljoin

Headers = Mapping[str, str] | Iterable[tuple[str, str]]

SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:")
# What no byte stands for makes a header as invalid to script as a NUL does.
IMPOSSIBLE = b"\0"


@dataclass(frozen=True)
class Blob:
    """A body like a Blob's: bytes with a type, which becomes the Content-Type."""

    data: bytes
    type: str = ""


@dataclass(frozen=True)
class FormData:
    """A body like FormData's: multipart/form-data. A value is text, or a file's name and bytes."""

    parts: Mapping[str, str | tuple[str, bytes]]


@dataclass(frozen=True)
class Stream:
    """A body like a ReadableStream's, which always needs a preflight."""

    data: bytes


# Text as a string, bytes as an ArrayBuffer, a mapping as URLSearchParams.
Body = str | bytes | bytearray | Mapping[str, str] | Blob | FormData | Stream


@dataclass(frozen=True)
class PreparedBody:
    """What kind of body the engine is told of, and its bytes."""

    kind: str = "none"
    data: bytes | None = None
    type: bytes = b""
    form: FormData | None = None

    def bytes_for(self, content_type: str | None) -> bytes | None:
        """The body to send; a form's has the boundary that its Content-Type names."""
        if self.form is None:
            return self.data
        boundary = (content_type or "").partition("boundary=")[2].strip('"')
        return form_bytes(self.form, boundary)


def prepare_body(body: Body | None, json_value: Any, headers: list[tuple[str, str]]
                 ) -> PreparedBody:
    """Reads `body` or `json`; the latter adds its Content-Type where script set none."""
    if json_value is not None:
        if body is not None:
            raise TypeError("body and json are both the body: give one of them")
        if all(name.lower() != "content-type" for name, _ in headers):
            headers.append(("Content-Type", "application/json"))
        return PreparedBody("text", json.dumps(json_value).encode())
    if body is None:
        return PreparedBody()
    if isinstance(body, str):
        return PreparedBody("text", body.encode("utf-8", "replace"))
    if isinstance(body, bytes | bytearray):
        return PreparedBody("bytes", bytes(body))
    if isinstance(body, Blob):
        return PreparedBody("blob", body.data, body.type.encode())
    if isinstance(body, FormData):
        return PreparedBody("form", form=body)
    if isinstance(body, Stream):
        return PreparedBody("stream", body.data)
    if isinstance(body, Mapping):
        return PreparedBody("params", urlencode(list(body.items())).encode())
    raise TypeError(f"a body must be str, bytes, a mapping, Blob, FormData or Stream, "
                    f"not {type(body).__name__}")


def form_bytes(form: FormData, boundary: str) -> bytes:
    """A form as multipart/form-data."""
    pieces = []
    for name, value in form.parts.items():
        head = f'--{boundary}\r\nContent-Disposition: form-data; name="{quoted(name)}"'
        if isinstance(value, str):
            data = value.encode()
        else:
            file, data = value
            head += f'; filename="{quoted(file)}"\r\nContent-Type: application/octet-stream'
        pieces.append(head.encode() + b"\r\n\r\n" + data + b"\r\n")
    return b"".join(pieces) + f"--{boundary}--\r\n".encode()


def quoted(name: str) -> str:
    """A name between the quotes of a Content-Disposition, as browsers write it."""
    return name.replace("\r", "%0D").replace("\n", "%0A").replace('"', "%22")


def header_pairs(headers: Headers | None) -> list[tuple[str, str]]:
    """The headers in their order, whichever way they came."""
    if headers is None:
        return []
    if isinstance(headers, str):
        raise TypeError("headers must be a mapping, or pairs of name and value, not text")
    pairs = headers.items() if isinstance(headers, Mapping) else headers
    return [(str(name), str(value)) for name, value in pairs]


def header_lines(pairs: Iterable[tuple[str, str]]) -> list[tuple[bytes, bytes]]:
    """Headers as the engine takes them: a character up to U+00FF is a byte, as in script."""
    return [(name.encode("utf-8", "surrogatepass"), byte_value(value)) for name, value in pairs]


def byte_value(value: str) -> bytes:
    try:
        return value.encode("latin-1")
    except UnicodeEncodeError:
        return IMPOSSIBLE


def absolute_url(target: str, base: str | None) -> str:
    """A target below a base URL; as it is where it is absolute, or there is no base."""
    if base is None or SCHEME.match(target):
        return target
    return urljoin(base if SCHEME.match(base) else f"https://{base}", target)
