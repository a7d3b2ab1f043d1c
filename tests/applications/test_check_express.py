# SPDX-License-Identifier: MIT
"""What `cors check` says to put into an Express application, put there."""

from __future__ import annotations

import json
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.support.cors_command import run_cors
from tests.support.web_servers import start_server

PAGE = "http://localhost:3000"


@pytest.mark.parametrize("path, options", [
    ("/api/items", []),
    ("/api/failing", []),
    ("/api/items", ["--credentials"]),
    ("/api/items", ["-X", "PUT", "-H", "Content-Type: application/json", "-H", "X-Trace: 1",
                    "--data", "{}", "--send"]),
    ("/api/items", ["-X", "PUT", "-H", "X-Trace: 1", "--credentials", "--send"]),
], ids=str)
def test_snippet_for_express_works(tmp_path: Path, path: str, options: list[str]) -> None:
    def check(port: int) -> tuple[int, dict[str, object]]:
        done = run_cors(["check", f"http://127.0.0.1:{port}{path}", "--origin", PAGE, "--json",
                         *options], tmp_path)
        judged: dict[str, object] = json.loads(done.stdout)
        return done.code, judged

    with ExitStack() as started:
        code, judged = check(start_server(started, tmp_path, "express", ""))
        assert (code, judged["code"]) == (1, "missing-allow-origin")
        assert judged["server"] == "express"
        snippet = str(judged["snippet"])
        code, judged = check(start_server(started, tmp_path, "express", snippet))
    assert (code, judged["verdict"]) == (0, "allowed"), judged["cause"]
