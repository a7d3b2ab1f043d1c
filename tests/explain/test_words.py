# SPDX-License-Identifier: MIT
"""Words are taken whole: what breaks off within one is not yet the message that has it."""

from __future__ import annotations

import subprocess
from pathlib import Path

from tests.explain.message_corpus import cases
from tests.support.cors_command import COMMAND

READER = Path(COMMAND).parent / "tests" / "explain" / "words-needed"
SECONDS = 60.0  # far above what a run takes


def test_words_are_taken_whole() -> None:
    messages = {case.message: case.place for case in cases()}
    done = subprocess.run([READER], input="".join(f"{message}\0" for message in messages).encode(),
                          stdout=subprocess.PIPE, timeout=SECONDS, check=True)
    sizes = [int(line) for line in done.stdout.split()]
    assert len(sizes) == len(messages) and all(sizes)
    cut = []
    for (message, place), size in zip(messages.items(), sizes):
        taken, left = message.encode()[:size].decode(), message.encode()[size:].decode()
        if taken[-1].isalpha() and left[:1].isalpha():
            cut.append(f"{place}: {taken}|{left}")
    assert not cut, "\n".join(cut)
