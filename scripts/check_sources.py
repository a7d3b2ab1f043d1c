#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""House rules over the source files that stand on standard input, one path a line.

Each file has a licence line; names are unique and say what is inside; no file outgrows a reader;
layers include only what lies below them; modules and the command spell no CORS of their own.
"""
import re
import sys
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

LINES_MAX = 600
LICENCE = "SPDX-License-Identifier: MIT"

# Formats that have no comments, and prose.
NO_LICENCE_LINE = {".json", ".md", ".manifest", ".xz", ".png", ".svg", ".woff2", ".jsonl"}
NO_LICENCE_NAMES = {"LICENSE", "py.typed"}

# Names that tools give a meaning, or that every folder may have.
SHARED_NAMES = {
    "README.md", "meson.build", "conftest.py", "__init__.py", "package.json",
    "package-lock.json", ".gitignore", "run", "config", "build.sh", "build", "libcors.js",
    "libcors.d.ts", "tsconfig.json",
}
# Public names of a package, which are named after the frameworks that they are for.
PACKAGE = "bindings/python/libcors"
VAGUE_NAMES = re.compile(r"(^|/)(utils?|helpers?|misc|common)(\.|/|$)", re.IGNORECASE)

INCLUDE = re.compile(r'^\s*#\s*include\s+([<"])([^">]+)[">]', re.MULTILINE)
CODE = {".c", ".h"}
SCRIPTS = {".js", ".mjs"}
SOURCE = CODE | SCRIPTS | {".py", ".sh", ".ts", ".css"}

# The core may include these of the C library: they declare no function.
FREESTANDING = {"stdbool.h", "stddef.h", "stdint.h", "limits.h"}
SEES_THE_CORE = ["tests/core", "tests/fuzz", "bench"]  # and may include its own headers

# The one place that declares mem*.
MEMORY_CALLS = Path("src/core/byte_words.h")

Problem = tuple[Path, str]


def read(path: Path) -> str:
    return path.read_text(encoding="utf-8", errors="replace")


def licence_problems(path: Path, text: str) -> Iterator[Problem]:
    if path.suffix in NO_LICENCE_LINE or path.name in NO_LICENCE_NAMES or not text:
        return
    if LICENCE not in "\n".join(text.splitlines()[:4]):
        yield path, f"has no line '{LICENCE}' at its beginning"


def size_problems(path: Path, text: str) -> Iterator[Problem]:
    lines = text.count("\n")
    if path.suffix in SOURCE and lines > LINES_MAX:
        yield path, f"has {lines} lines; split it at {LINES_MAX}"


def name_problems(paths: list[Path]) -> Iterator[Problem]:
    by_name: defaultdict[str, list[Path]] = defaultdict(list)
    for path in paths:
        if not below(path, PACKAGE):
            by_name[path.name].append(path)
        if VAGUE_NAMES.search(str(path)):
            yield path, "is named after nothing in particular"
    for name, same in by_name.items():
        if len(same) > 1 and name not in SHARED_NAMES:
            for path in same[1:]:
                yield path, f"has the same name as {same[0]}"


def below(path: Path, folder: str) -> bool:
    return path.is_relative_to(folder)


def include_allowed(path: Path, quote: str, header: str) -> bool:
    """Whether the layer of a file may include a header that is this project's."""
    target = Path(header).name
    if below(path, "include/cors"):
        return quote == "<" and (header.startswith("cors/") or header in FREESTANDING)
    if path == MEMORY_CALLS and header == "string.h":
        return True
    if below(path, "src/core"):
        in_core = Path("src/core", target).exists() and quote == '"'
        return in_core or header.startswith("cors/") or header in FREESTANDING
    if not Path("src/core", target).exists() or header.startswith("cors/"):
        own = any(Path("src/cli").rglob(target))
        return not own or below(path, "src/cli") or below(path, "tests")
    return any(below(path, folder) for folder in SEES_THE_CORE)


def layer_problems(path: Path, text: str) -> Iterator[Problem]:
    if path.suffix not in CODE:
        return
    for quote, header in INCLUDE.findall(text):
        if not include_allowed(path, quote, header):
            yield path, f"includes {header}, which its layer must not know"


def spelling_problems(path: Path, text: str) -> Iterator[Problem]:
    """The engine alone knows the header names: whoever spells one decides something himself."""
    bound = path.suffix in CODE | SCRIPTS | {".py"} and below(path, "bindings")
    if bound or path.suffix in CODE and (below(path, "modules") or below(path, "src/cli")):
        for number, line in enumerate(text.splitlines(), 1):
            if "access-control-" in line.lower():
                yield path, f"line {number} spells an Access-Control header name"


def main() -> int:
    paths = [Path(line) for line in sys.stdin.read().splitlines()]
    problems = list(name_problems(paths))
    for path in paths:
        if path.is_symlink() or b"\0" in path.read_bytes()[:8000]:
            continue
        text = read(path)
        for rule in (licence_problems, size_problems, layer_problems, spelling_problems):
            problems.extend(rule(path, text))
    for path, what in problems:
        print(f"{path} {what}")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
