# SPDX-License-Identifier: MIT
"""The wheel and the source distribution, as people install them; and the types."""

from __future__ import annotations

import os
import subprocess
import sys
import tarfile
import zipfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from tests.support.python_package import ROOT, built

DIST = built("dist")
PACKAGE = ROOT / "bindings" / "python"

PROGRAM = """\
import sys
from libcors import Guard, PolicyError, Verdict, __version__
from libcors.wsgi import CorsMiddleware
import libcors.asgi

guard = Guard({"path": "/*", "allow_origins": ["https://app.example"]})
verdict: Verdict = guard.judge("GET", "/x", [(b"Origin", b"https://app.example")])
assert verdict.decision.allowed and guard.apply(verdict, [])
try:
    Guard({"allow_origins": ["https://app.example/"]})
except PolicyError as error:
    print(__version__, error.problems[0].rule, *sys.path[-1:])
"""

TYPED = """\
from collections.abc import Iterable

from libcors import Answer, Decision, Guard, PolicyError, Problem, Request, Source, Verdict, View
from libcors.asgi import CorsMiddleware as AsgiMiddleware
from libcors.wsgi import CorsMiddleware


def log(decision: Decision, request: Request) -> None:
    print(decision.reason.upper(), decision.vary[0].decode(), request.target)


class Mine:
    def view(self, request: Request) -> View:
        return View(None, verdict=request.method == "GET")

    def close(self) -> None:
        pass


async def application(scope: object, receive: object, send: object) -> None:
    pass


def main() -> list[tuple[bytes, bytes]]:
    source: Source = Mine()
    guard = Guard(source, enforce="block", own_origin=None, on_decision=log)
    verdict: Verdict = guard.judge("GET", b"/", [(b"Origin", b"https://a.example")])
    answer: Answer | None = verdict.answer
    if answer is not None:
        print(answer.status + 1, answer.body.decode())
    try:
        AsgiMiddleware(application, {"allow_origins": []}, environment="test")
    except PolicyError as error:
        first: Problem = error.problems[0]
        print(first.suggestion or first.message, first.line + 1)
    return guard.apply(verdict, [])


def wrong() -> None:
    Guard(5)  # type: ignore[arg-type]
    Guard("cors.yaml", enforce="yes")  # type: ignore[arg-type]
    Guard("cors.yaml").judge("GET", "/", [("Origin", b"x")])  # type: ignore[list-item]
    CorsMiddleware(None, "cors.yaml")  # type: ignore[arg-type]
"""


def run(*command: str | Path, folder: Path | None = None,
        environment: dict[str, str] | None = None) -> str:
    kept = {name: value for name, value in os.environ.items()
            if name not in ("PYTHONPATH", "LD_PRELOAD")}
    done = subprocess.run([str(word) for word in command], cwd=folder, text=True,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                          env=kept | (environment or {}))
    assert done.returncode == 0, done.stdout
    return done.stdout


def wheel() -> Path:
    found, = DIST.glob("*.whl")
    return found


def source() -> Path:
    found, = DIST.glob("*.tar.gz")
    return found


def test_one_wheel_is_for_python_3_10_and_all_later() -> None:
    name, version, python, abi, platform = wheel().stem.split("-")
    assert (name, version, python, abi) == ("libcors", "0.1.0", "cp310", "abi3")
    assert platform.startswith("linux_")
    with zipfile.ZipFile(wheel()) as archive:
        names = archive.namelist()
        metadata = archive.read("libcors-0.1.0.dist-info/METADATA").decode()
    assert {"libcors/_engine.abi3.so", "libcors/_engine.pyi", "libcors/py.typed"} <= set(names)
    assert "libcors-0.1.0.dist-info/entry_points.txt" in names
    assert "Requires-Python: >=3.10" in metadata and "Requires-Dist" not in metadata


def test_the_wheel_holds_every_module() -> None:
    with zipfile.ZipFile(wheel()) as archive:
        packed = {name.removeprefix("libcors/") for name in archive.namelist()
                  if name.startswith("libcors/") and name.endswith(".py")}
    assert packed == {path.name for path in (PACKAGE / "libcors").glob("*.py")}


@pytest.fixture(scope="module")
def venv(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An empty environment: nothing but pip."""
    folder = tmp_path_factory.mktemp("venv")
    run(sys.executable, "-m", "venv", folder)
    return folder / "bin"


def test_the_wheel_installs_alone(venv: Path, tmp_path: Path) -> None:
    run(venv / "pip", "install", "--no-index", wheel())
    said = run(venv / "python", "-c", PROGRAM, folder=tmp_path).split()
    assert said[:2] == ["0.1.0", "origin-path"]
    assert Path(said[2]).is_relative_to(venv.parent)
    run(venv / "pip", "check")


def test_the_source_stands_alone(tmp_path: Path) -> None:
    with tarfile.open(source()) as archive:
        assert any(name.endswith("native/src/core/server_decide.c")
                   for name in archive.getnames())
        archive.extractall(tmp_path)
    folder = tmp_path / "libcors-0.1.0"
    made = tmp_path / "made"
    run(sys.executable, "-m", "pip", "wheel", "--no-index", "--no-build-isolation", "--no-deps",
        "--wheel-dir", made, folder, folder=tmp_path, environment={"CFLAGS": "-O0"})
    found, = made.glob("*.whl")
    assert found.name == wheel().name
    run(sys.executable, "-m", "zipfile", "-e", found, tmp_path / "site")
    said = run(sys.executable, "-c", PROGRAM, folder=tmp_path,
               environment={"PYTHONPATH": str(tmp_path / "site")})
    assert said.startswith("0.1.0 origin-path")


def test_the_extension_shows_nothing_but_its_entry(tmp_path: Path) -> None:
    with zipfile.ZipFile(wheel()) as archive:
        extension = archive.extract("libcors/_engine.abi3.so", tmp_path)
    defined = run("nm", "-D", "--defined-only", extension).split()
    assert [word for word in defined if not word.isalnum()] == ["PyInit__engine"]
    needed = run("readelf", "-d", extension)
    assert "libpython" not in needed and "libcors" not in needed.replace("libcors/", "")


def test_builds_at_the_same_time_leave_one_result() -> None:
    built("dist")
    before = wheel().stat().st_mtime_ns
    with ThreadPoolExecutor(3) as pool:
        for _ in range(3):
            pool.submit(built, "dist")
    assert wheel().stat().st_mtime_ns == before


def test_a_typed_program(tmp_path: Path) -> None:
    (tmp_path / "typed_program.py").write_text(TYPED)
    run("mypy", "--strict", "--warn-unused-ignores", "typed_program.py", folder=tmp_path,
        environment={"MYPYPATH": str(built("site"))})
