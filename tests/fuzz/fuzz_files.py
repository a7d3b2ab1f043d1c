# SPDX-License-Identifier: MIT
"""Where fuzzing keeps what: the sources beside this file, all that it makes below build/fuzz."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent.parent
BUILD = ROOT / "build" / "fuzz"
RECORD = HERE / "campaign.json"
RELIABILITY = ROOT / "docs" / "reliability.md"


def dictionary(target: str) -> Path:
    return HERE / "dictionaries" / f"{target}.dict"


def corpus_text(target: str) -> Path:
    return HERE / "corpora" / f"{target}.corpus"


def reproducers_text(target: str) -> Path:
    return HERE / "reproducers" / f"{target}.reproducers"


def seeds_text(target: str) -> Path:
    return HERE / "seeds" / f"{target}.seeds"


def corpus_folder(target: str) -> Path:
    return BUILD / "corpus" / target


def crash_folder(target: str) -> Path:
    return BUILD / "crashes" / target


def log_file(target: str) -> Path:
    return BUILD / "logs" / f"{target}.log"


def shown(path: Path) -> str:
    """As a person in the repository's root would write it."""
    return str(path.relative_to(ROOT)) if path.is_relative_to(ROOT) else str(path)


def replace_text(path: Path, text: str) -> None:
    """Writes a file so that whoever reads it, or kills the writer, finds the old or the new."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.NamedTemporaryFile("w", dir=path.parent, prefix=f".{path.name}.", delete=False,
                                     encoding="utf-8") as beside:
        try:
            beside.write(text)
            beside.flush()
            os.chmod(beside.name, 0o644)
            os.replace(beside.name, path)
        except BaseException:
            Path(beside.name).unlink(missing_ok=True)
            raise
