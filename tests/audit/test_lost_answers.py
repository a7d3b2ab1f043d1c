# SPDX-License-Identifier: MIT
"""A request that got no answer is neither allowed nor refused: no finding may say so."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.cors_command import COMMAND
from tests.support.https_server import Answer, HttpsServer, Request, run_audit

HOST = "api.example.com"
# A head that is larger than what is read of one; such a request is not sent again.
TOO_LARGE = [("X-Padding", "x" * 60_000)] * 6


def reflects(request: Request) -> Answer:
    origin = request.first("Origin")
    if origin is None:
        return Answer(200, [("Vary", "Origin")])
    return Answer(200, [("Access-Control-Allow-Origin", origin), ("Vary", "Origin"),
                        ("Access-Control-Allow-Credentials", "true"),
                        ("Access-Control-Allow-Methods", "*, PUT, DELETE"),
                        ("Access-Control-Allow-Headers", "*")])


@pytest.mark.parametrize("lost", range(1, 13))
def test_one_answer_is_lost(lost: int, tmp_path: Path) -> None:
    def loses_one(request: Request) -> Answer:
        return Answer(200, TOO_LARGE) if request.number == lost else reflects(request)
    with HttpsServer({HOST: loses_one}, tmp_path) as server:
        audited = run_audit(COMMAND, server, [server.url(HOST, "/me")])
    messages = [finding["message"] for finding in audited.targets[0]["findings"]]
    assert not [message for message in messages if "the request itself is not" in message]
    assert audited.code in (1, 3), "it trusts everybody: that is found, or was not to be judged"
