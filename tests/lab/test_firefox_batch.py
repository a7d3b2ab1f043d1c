# SPDX-License-Identifier: MIT
"""The batch in real Firefox: every prediction of the engine is what that browser does."""

from __future__ import annotations

import re

from tests.support.firefox_bidi import firefox_window

COUNT = 200
SEED = 7
SECONDS = 240.0  # far above what the batch takes


def test_batch_agrees_in_firefox(lab: str) -> None:
    with firefox_window() as window:
        window.open(f"{lab}/#/real?batch={COUNT}&seed={SEED}")
        window.wait_until("document.querySelector('.batch[data-state=done]') !== null",
                          "the batch", SECONDS)
        said = str(window.evaluate("document.querySelector('.batch').innerText"))
        assert re.search(rf"{COUNT} of {COUNT} agree|{COUNT} agree", " ".join(said.split())), said
        assert not re.search(r"[1-9]\d* differ", said), said


def test_first_room_works_in_firefox(lab: str) -> None:
    with firefox_window() as window:
        window.open(f"{lab}/")
        window.wait_until("document.documentElement.dataset.ready === 'true'", "the page", SECONDS)
        verdict = window.evaluate("document.querySelector('.verdict-line').innerText")
        assert "Blocked by Chromium, at the preflight" in verdict
        assert window.console == []
