# SPDX-License-Identifier: MIT
"""What host-characters.json says, read and as a table."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from tests.browsers.host_server import PORT

KEPT = Path(__file__).resolve().parent / "host-characters.json"
README = KEPT.parent / "README.md"
TABLE_BEGINS = "<!-- characters: tests/browsers/record_characters --keep writes this -->\n"
TABLE_ENDS = "<!-- characters: end -->\n"
REFUSED = "refused"
ANOTHER_HOST = "another host"
TAKEN_OUT = "taken out"

Json = dict[str, Any]


def read(file: Path = KEPT) -> Json:
    recording: Json = json.loads(file.read_text())
    return recording


def write(recording: Json, file: Path) -> None:
    """A line for each host, so that two recordings can be compared."""
    lines = ",\n".join(json.dumps(host) for host in recording["hosts"])
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(f'{{"about": {json.dumps(recording["about"])},\n"hosts": [\n{lines}\n]}}\n')


def pages(observed: Json) -> list[Json]:
    """What came of the page in each way of loading it; none if there was no page to load."""
    return [page for way, page in observed.items() if way != "url" and page is not None]


def sent(observed: Json) -> str | None:
    """The host as it stands in the Origin; None if no page with that Origin comes about."""
    origins: set[str] = {origin for page in pages(observed) for origin in page.get("sent", [])}
    if len(origins) != 1:
        return None
    return origins.pop().removeprefix("http://").removesuffix(f":{PORT}")


def outcome(host: Json, browser: str) -> str:
    """What a browser makes of a host, in one word or the text that it sends for the byte."""
    observed = host["observed"][browser]
    found = sent(observed)
    if observed["url"] is None:
        return REFUSED
    if found is not None:
        before, after = host["host"].split(chr(host["byte"]))
        return found[len(before):len(found) - len(after)] or TAKEN_OUT
    errors = {page["error"] for page in pages(observed) if "error" in page}
    return ", ".join(sorted(errors)) or ANOTHER_HOST


def bytes_of(recording: Json) -> dict[int, list[Json]]:
    """The hosts of each byte: one of each shape."""
    found: dict[int, list[Json]] = {}
    for host in recording["hosts"]:
        if host["byte"] is not None:
            found.setdefault(host["byte"], []).append(host)
    return found


def outcomes(recording: Json, browser: str) -> dict[int, str]:
    """What a browser makes of each byte, in hosts of both shapes."""
    found = {}
    for byte, hosts in bytes_of(recording).items():
        of_shapes = {outcome(host, browser) for host in hosts}
        if len(of_shapes) != 1:
            raise ValueError(f"byte {byte}, {browser}: one shape differs from the other")
        found[byte] = of_shapes.pop()
    return found


def shown(byte: int) -> str:
    return "space" if byte == 0x20 else chr(byte) if 0x20 < byte < 0x7F else f"0x{byte:02x}"


def rows(recording: Json) -> Iterator[str]:
    """A line for bytes that browsers treat alike."""
    browsers = list(recording["about"]["browsers"])
    by_byte = [outcomes(recording, browser) for browser in browsers]
    alike: dict[tuple[str, ...], list[int]] = {}
    for byte in by_byte[0]:
        cells = tuple("sent" if of_byte[byte] == chr(byte) else of_byte[byte]
                      for of_byte in by_byte)
        alike.setdefault(cells, []).append(byte)
    for cells, same in sorted(alike.items(), key=lambda item: item[1][-1]):
        printable = [byte for byte in same if 0x20 <= byte < 0x7F]
        words = [shown(byte) for byte in printable]
        words += [f"{len(same) - len(printable)} controls"] if len(same) > len(printable) else []
        yield f"{' '.join(words):44}" + "".join(f"{cell:>14}" for cell in cells)


def table(recording: Json) -> str:
    about = recording["about"]
    heading = f"{'character':44}" + "".join(f"{browser:>14}" for browser in about["browsers"])
    lines = "\n".join([heading, *rows(recording)])
    return (f"Recorded {about['recorded']} with {' and '.join(about['browsers'].values())}.\n\n"
            f"```\n{lines}\n```\n")
