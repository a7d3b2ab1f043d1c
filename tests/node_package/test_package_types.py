# SPDX-License-Identifier: MIT
"""The types, as users of TypeScript have them: both module systems, bundlers, workers."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest

from tests.node_package.package_install import SECONDS, new_project

FOLDER = Path(__file__).resolve().parent
DEVELOPMENT = FOLDER.parents[1] / "bindings" / "node" / "node_modules"


@pytest.fixture(scope="module")
def typed_project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """With @types/node beside the package, as projects in TypeScript have it."""
    folder = new_project(tmp_path_factory.mktemp("node-types") / "shop")
    (folder / "node_modules" / "@types").symlink_to(DEVELOPMENT / "@types")
    (folder / "node_modules" / "undici-types").symlink_to(DEVELOPMENT / "undici-types")
    for program in (FOLDER / "typed_programs").iterdir():
        (folder / program.name).write_text(program.read_text())
    return folder


def complaints(folder: Path, *programs: str, **options: object) -> list[str]:
    """What tsc says about programs; everything they read is checked, the package's files too."""
    (folder / "tsconfig.json").write_text(json.dumps({
        "compilerOptions": {"strict": True, "noEmit": True, "target": "es2022",
                            "types": ["node"], "skipLibCheck": False, **options},
        "files": programs}))
    done = subprocess.run(["node", str(DEVELOPMENT / "typescript" / "bin" / "tsc")], cwd=folder,
                          capture_output=True, text=True, timeout=SECONDS, check=False)
    return done.stdout.splitlines()


def test_both_module_systems(typed_project: Path) -> None:
    assert complaints(typed_project, "typed_module.mts", "typed_common.cts",
                      module="node16", lib=["es2022"]) == []


def test_bundlers_and_the_dom(typed_project: Path) -> None:
    assert complaints(typed_project, "typed_module.mts", module="esnext",
                      moduleResolution="bundler", lib=["es2022", "dom", "dom.iterable"]) == []


def test_worker_without_types_of_node(typed_project: Path) -> None:
    assert complaints(typed_project, "typed_worker.mts", module="esnext", types=[],
                      moduleResolution="bundler", lib=["es2022", "webworker"]) == []


def test_wrong_programs_are_refused(typed_project: Path) -> None:
    """Each line that ends in a comment is wrong, and no other is."""
    text = (FOLDER / "typed_programs" / "typed_mistakes.mts").read_text().splitlines()
    wrong = {number for number, line in enumerate(text, 1) if line.endswith("// wrong")}
    told = complaints(typed_project, "typed_mistakes.mts", module="node16")
    lines = {int(line.split("(")[1].split(",")[0]) for line in told if "error TS" in line}
    assert len(wrong) > 3 and lines == wrong, told
