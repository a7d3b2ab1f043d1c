# SPDX-License-Identifier: MIT
"""docs/testing_with_pytest.md, run as it is written, with pytest and the plugin."""

from __future__ import annotations

import os
import re
import subprocess
from pathlib import Path

import pytest
from libcors.browser import Browser

ROOT = Path(__file__).resolve().parents[2]
PAGE = ROOT / "docs" / "testing_with_pytest.md"
SITE = Path(str(__import__("libcors").__file__)).parents[1]
FENCE = re.compile(r"^```(\w+)(?: (\S+))?\n(.*?)^```$", re.MULTILINE | re.DOTALL)
SECONDS = 60.0
# Where these are set pytest writes its summary in full, and not as on the reader's terminal.
MACHINES_OWN = ("CI", "BUILD_NUMBER", "PYTEST_ADDOPTS")


def fences(kind: str) -> dict[str, str]:
    """The page's fences of a kind, by their names or numbers."""
    found = [(name, text) for word, name, text in FENCE.findall(PAGE.read_text()) if word == kind]
    return {name or str(number): text for number, (name, text) in enumerate(found)}


def run_pytest(folder: Path, *arguments: str) -> str:
    """What pytest prints, without what differs from run to run."""
    inherited = {name: value for name, value in os.environ.items() if name not in MACHINES_OWN}
    done = subprocess.run(
        ["/usr/bin/python3", "-m", "pytest", "-q", "-p", "no:cacheprovider", *arguments],
        cwd=folder, env={**inherited, "PYTHONPATH": str(SITE), "COLUMNS": "80"}, text=True,
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=SECONDS, check=False)
    text = re.sub(r"0x[0-9a-f]+", "0x…", done.stdout)
    text = re.sub(r" in [0-9.]+s$", "", text, flags=re.MULTILINE)
    return "".join(f"{line.rstrip()}\n" for line in text.splitlines())


@pytest.fixture
def project(tmp_path: Path) -> Path:
    for name, text in fences("python").items():
        if name.endswith(".py"):
            (tmp_path / name).write_text(text)
    return tmp_path


def test_mistake_is_caught_as_the_page_shows(project: Path) -> None:
    shown = fences("console")["0"].removeprefix("$ pytest -q\n")
    assert run_pytest(project) == shown


def test_mended_application_passes(project: Path) -> None:
    broken = (project / "shop.py").read_text()
    mended = next(text for name, text in fences("python").items() if not name.endswith(".py"))
    (project / "shop.py").write_text(broken[:broken.index("@app.after_request")] + mended)
    shown = fences("console")["1"].removeprefix("$ pytest -q\n").splitlines()
    assert run_pytest(project).splitlines() == [*shown, "2 passed"]


OTHERS = '''
import pytest
from libcors.browser import Blocked, expect_allowed, expect_blocked

ALLOW = [("Access-Control-Allow-Origin", "*")]
opened = []

def app(environ, start_response):
    if environ["PATH_INFO"] == "/boom":
        raise ValueError("out of tea")
    start_response("200 OK", ALLOW if environ["PATH_INFO"] == "/open" else [])
    return [b"hello"]

def test_let_through(cors_browser):
    expect_blocked(lambda: cors_browser("https://a.test").fetch(app, "/open"))

def test_blocked(cors_browser):
    expect_allowed(lambda: cors_browser("https://a.test", browser="safari").fetch(app, "/shut"))

def test_other_code(cors_browser):
    expect_blocked(lambda: cors_browser("https://a.test").fetch(app, "/shut"), "preflight-status")

def test_raises(cors_browser):
    expect_allowed(lambda: cors_browser("https://a.test").fetch(app, "/boom"))

def test_compared(cors_browser):
    assert cors_browser("https://a.test").fetch(app, "/open") == 200

class Loops:
    def __init__(self):
        self.events = []
    async def __call__(self, scope, receive, send):
        if scope["type"] != "lifespan":
            await send({"type": "http.response.start", "status": 200, "headers": [
                (b"access-control-allow-origin", b"*")]})
            await send({"type": "http.response.body", "body": b""})
            return
        while self.events[-1:] != ["lifespan.shutdown"]:
            self.events.append((await receive())["type"])
            await send({"type": self.events[-1] + ".complete"})

loops = Loops()

def test_lifespan_begins(cors_browser):
    assert cors_browser("https://a.test").fetch(loops, "/").ok
    assert loops.events == ["lifespan.startup"]

def test_lifespan_ended():
    assert loops.events == ["lifespan.startup", "lifespan.shutdown"]
'''


def test_each_failure_tells_its_story(tmp_path: Path) -> None:
    (tmp_path / "test_others.py").write_text(OTHERS)
    said = run_pytest(tmp_path)
    for words in ("the browser let the call through, and script has the answer:",
                  "<CorsResponse cors 200 'https://api.test/open'>",
                  "Safari's console:", "Origin https://a.test is not allowed",
                  "the browser blocked the call, but not for preflight-status:",
                  "✗ no Access-Control-Allow-Origin",
                  "Behind the answer: ValueError: out of tea", 'raise ValueError("out of tea")',
                  "│        ├─ GET /open ────────────────────────────────────────── request ──▶│",
                  "5 failed, 2 passed"):
        assert words in said, said
    assert "page_expectations.py" not in said  # only the test's own lines, and the application's


def test_origins_that_are_none() -> None:
    with pytest.raises(ValueError, match="write 'https://app.example'"):
        Browser("https://app.example/")
    with pytest.raises(ValueError, match="scheme, host and port alone"):
        Browser("app.example")
    with pytest.raises(ValueError, match="there is no browser named 'opera'"):
        Browser("https://app.example", "opera")
    with pytest.raises(ValueError, match="there is no mode named 'navigate'"):
        Browser("https://app.example").fetch("/", mode="navigate")
