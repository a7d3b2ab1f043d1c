# SPDX-License-Identifier: MIT
"""What `cors check` says to put into an Express application, put there."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

import json_server
from tests.support.cors_command import run_cors
from tests.support.started import Started

PAGE = "http://localhost:3000"
SECONDS = 30.0
APPLICATION = """
const express = require('express');
const fs = require('fs');
const app = express();
%s
app.get('/failing', () => { throw new Error('out of order'); });
app.put('/items', (request, response) => response.json({}));
app.get('/items', (request, response) => response.json([]));
const server = app.listen(0, '127.0.0.1', () => {
  fs.writeFileSync('port.new', String(server.address().port));
  fs.renameSync('port.new', 'port');
});
"""


@contextmanager
def express(folder: Path, middleware: str) -> Iterator[int]:
    """An application with some middleware before its routes, on the port that is yielded."""
    folder.mkdir()
    (folder / "application.js").write_text(APPLICATION % middleware)
    with Started(["node", "application.js"], folder / "log", folder,
                 {"NODE_PATH": str(json_server.MODULES)}) as process:
        process.wait_until((folder / "port").exists, "Express to listen", SECONDS)
        yield int((folder / "port").read_text())


@pytest.mark.parametrize("path, options", [
    ("/items", []),
    ("/failing", []),
    ("/items", ["--credentials"]),
    ("/items", ["-X", "PUT", "-H", "Content-Type: application/json", "-H", "X-Trace: 1",
                "--data", "{}", "--send"]),
    ("/items", ["-X", "PUT", "-H", "X-Trace: 1", "--credentials", "--send"]),
], ids=str)
def test_snippet_for_express_works(tmp_path: Path, path: str, options: list[str]) -> None:
    def check(port: int) -> tuple[int, dict[str, object]]:
        done = run_cors(["check", f"http://127.0.0.1:{port}{path}", "--origin", PAGE, "--json",
                         *options], tmp_path)
        judged: dict[str, object] = json.loads(done.stdout)
        return done.code, judged

    with express(tmp_path / "before", "") as port:
        code, judged = check(port)
    assert (code, judged["code"]) == (1, "missing-allow-origin")
    assert judged["server"] == "express"
    with express(tmp_path / "after", str(judged["snippet"])) as port:
        code, judged = check(port)
    assert (code, judged["verdict"]) == (0, "allowed"), judged["cause"]
