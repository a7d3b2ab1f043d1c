# SPDX-License-Identifier: MIT
"""createBrowser does over real sockets what real browsers did in the recordings, cookies too."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.browsers.agreement import (MESSAGES_OF, RECORDINGS, SENT_FIELDS, messages_differ,
                                      read_recordings, results_differ, scenario_of)
from tests.node_browser.socket_replay import Certificates, Json, is_sendable, replay

FILES = sorted(RECORDINGS.glob("*.jsonl.xz"))
NAMES = ("DNS:localhost", "DNS:app.localhost", "DNS:api.localhost")
UNSENDABLE_MAX = 40  # in a file of thousands
EVERY = 10  # the others are those of tests/browsers and tests/wasm, whose engine this is
REJECTIONS = {"chromium": "Failed to fetch",
              "firefox": "NetworkError when attempting to fetch resource."}
SHOWN = 5


@pytest.fixture(scope="module", name="certificates")
def make_certificates(tmp_path_factory: pytest.TempPathFactory) -> Certificates:
    return Certificates(tmp_path_factory.mktemp("certificates"), NAMES)


def differences(recording: Json, played: Json, browser: str) -> Iterator[str]:
    observed: Json = recording["observed"][browser]
    found: Any = (results_differ(observed["fetches"], played["fetches"])
                  or messages_differ(observed, played["fetches"], browser))
    if found is not None:
        yield f"{recording['id']}: {found}"
    was = [{field: sent.get(field) for field in SENT_FIELDS} for sent in observed["sent"]]
    sent = [{field: one.get(field) for field in SENT_FIELDS} for one in played["sent"]]
    if was != sent:
        yield f"{recording['id']}: recorded as sent {was}, but {sent}"
    for fetch in played["fetches"]:
        if fetch["result"] == "error" and fetch["rejection"] != REJECTIONS[browser]:
            yield f"{recording['id']}: rejected with {fetch['rejection']}"


@pytest.mark.parametrize("browser", MESSAGES_OF)
@pytest.mark.parametrize("file", FILES, ids=lambda file: str(file.name))
def test_recordings(file: Path, browser: str, certificates: Certificates) -> None:
    known = list(read_recordings(file))
    recordings = [recording for recording in known if is_sendable(recording)]
    assert len(known) - len(recordings) <= UNSENDABLE_MAX
    recordings = recordings[::EVERY]
    played = replay([scenario_of(recording) for recording in recordings], browser, "404",
                    certificates)
    differ = [difference for recording, one in zip(recordings, played, strict=True)
              for difference in differences(recording, one, browser)]
    assert recordings and not differ, f"{len(differ)} differ:\n" + "\n".join(differ[:SHOWN])
