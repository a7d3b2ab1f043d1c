# SPDX-License-Identifier: MIT
"""The examples with nothing but an installed library, by the commands of their README."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.examples.example_server import SERVERS, Example
from tests.support.cors_command import COMMAND, ROOT
from tests.support.raw_client import ask

BUILD = Path(COMMAND).parent
APP = "https://app.example.com"


def run(command: list[str], folder: Path, environment: dict[str, str]) -> None:
    done = subprocess.run(command, cwd=folder, env=os.environ | environment, text=True,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=120)
    assert done.returncode == 0, done.stdout
    assert "warning" not in done.stdout, done.stdout


@pytest.fixture(scope="module")
def prefix(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("installed")
    run(["meson", "install", "-C", str(BUILD), "--no-rebuild", "--quiet", "--destdir", str(folder),
         "--tags", "devel,runtime"], ROOT, {})
    return folder


def pkg_config_variables(prefix: Path) -> dict[str, str]:
    """Has pkg-config find libcors where it was installed, and the others where they are."""
    file = next(prefix.rglob("libcors.pc"))
    text = file.read_text()
    own = file.parent / "own"
    own.mkdir(exist_ok=True)
    (own / file.name).write_text(re.sub(r"(?m)^prefix=", f"prefix={prefix}", text))
    return {"PKG_CONFIG_PATH": str(own)}


def test_commands_of_the_readme(prefix: Path, tmp_path: Path) -> None:
    readme = (ROOT / "examples" / "README.md").read_text()
    block = re.search(r"```sh\n(.*?)```", readme, re.DOTALL)
    assert block
    sources = tmp_path / "examples"
    shutil.copytree(ROOT / "examples", sources)
    run(["sh", "-euc", block[1]], sources, pkg_config_variables(prefix))
    library = next(prefix.rglob("libcors.so.0"))
    linked = ("env", f"LD_LIBRARY_PATH={library.parent}")
    for name in SERVERS:
        with Example(sources / name, tmp_path, sources / "notes_policy.txt",
                     before=linked) as server:
            answer = ask(server.port, "GET", "/api/nothing", [("Origin", APP)])
        assert (answer.status, answer.allowed_origin()) == (404, APP)
        assert server.process.returncode == 0


def test_the_readme_names_every_file() -> None:
    readme = (ROOT / "examples" / "README.md").read_text()
    for file in (ROOT / "examples").iterdir():
        if file.name not in ("README.md", "meson.build") and file.suffix != ".h":
            assert f"`{file.name}`" in readme
