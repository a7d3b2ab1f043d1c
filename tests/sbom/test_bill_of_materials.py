# SPDX-License-Identifier: MIT
"""The bill of materials is CycloneDX, is complete, and says the truth about the build."""

from __future__ import annotations

import hashlib
import json
import re
import subprocess
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft7Validator, RefResolver  # type: ignore[import]

from tests.support import node_modules

FOLDER = Path(__file__).resolve().parent
ROOT = FOLDER.parents[1]
SCHEMAS = FOLDER / "node_modules" / "@cyclonedx" / "cyclonedx-library" / "res" / "schema"
PLACE = "http://cyclonedx.org/schema/"
DEPENDENCIES = ROOT / "docs" / "dependencies.md"

Bill = dict[str, Any]


def written() -> str:
    return subprocess.run([ROOT / "scripts" / "sbom", "-"], check=True, text=True,
                          stdout=subprocess.PIPE).stdout


@pytest.fixture(scope="module")
def bill() -> Bill:
    read: Bill = json.loads(written())
    return read


@pytest.fixture(scope="module")
def schemas() -> dict[str, Bill]:
    node_modules.install(FOLDER)
    names = ["bom-1.5", "jsf-0.82", "spdx"]
    files = [SCHEMAS / f"{name}.SNAPSHOT.schema.json" for name in names]
    # By the names that they call each other by.
    return {f"{PLACE}{path.name}": json.loads(path.read_text()) for path in files}


def judged(bill: Bill, schemas: dict[str, Bill]) -> list[str]:
    schema = schemas[f"{PLACE}bom-1.5.SNAPSHOT.schema.json"]
    judge = Draft7Validator(schema, resolver=RefResolver(PLACE, schema, store=schemas))
    return [error.message for error in judge.iter_errors(bill)]


def test_follows_the_schema(bill: Bill, schemas: dict[str, Bill]) -> None:
    assert not judged(bill, schemas)


def test_the_schema_refuses_a_wrong_one(bill: Bill, schemas: dict[str, Bill]) -> None:
    assert judged({**bill, "components": [{"name": "of no type"}]}, schemas)


def test_the_same_build_gives_the_same_bytes() -> None:
    assert written() == written()


def test_dependencies_lead_to_components(bill: Bill) -> None:
    references = [component["bom-ref"] for component in bill["components"]]
    assert len(references) == len(set(references))
    edges = {entry["ref"]: set(entry["dependsOn"]) for entry in bill["dependencies"]}
    product = bill["metadata"]["component"]["bom-ref"]
    assert set(edges) == {product, *references}
    reached, waiting = set[str](), [product]
    while waiting:
        reference = waiting.pop()
        if reference not in reached:
            reached.add(reference)
            waiting += edges[reference]
    assert reached == {product, *references}  # nothing stands there for no reason


def test_what_ships_is_there_with_its_hash(bill: Bill) -> None:
    shipped = [component for component in bill["components"]
               if component["bom-ref"].startswith("libcors/")]
    assert {component["name"] for component in shipped} == {
        "cors", "libcors", "ngx_http_cors_module", "libcors-wasm", "libcors-lab", "libcors-npm",
        "libcors-python"}
    for component in shipped:
        file = ROOT / component["properties"][0]["value"]
        assert component["hashes"] == [
            {"alg": "SHA-256", "content": hashlib.sha256(file.read_bytes()).hexdigest()}]


def test_what_the_command_loads_is_there(bill: Bill) -> None:
    loaded = subprocess.run(["ldd", ROOT / "build" / "cors"], check=True, text=True,
                            stdout=subprocess.PIPE).stdout
    assert "libcurl.so.4" in loaded and "libyaml-0.so.2" in loaded
    names = {component["name"] for component in bill["components"]}
    assert {"libc6", "libcurl4", "libidn2-0", "libjansson4", "libmicrohttpd12", "libpsl5",
            "libyaml-0-2", "libssl3", "nginx", "yaml", "publicsuffix"} <= names


def test_the_core_loads_the_c_library_alone(bill: Bill) -> None:
    edges = {entry["ref"]: entry["dependsOn"] for entry in bill["dependencies"]}
    assert [edge.partition("@")[0] for edge in edges["libcors/libcors"]] == ["pkg:deb/debian/libc6"]


def debian_packages() -> set[str]:
    """What scripts/setup installs, whatever part."""
    script = (ROOT / "scripts" / "setup").read_text()
    lists = re.findall(r"^\w+_packages=\(([^)]*)\)", script, re.MULTILINE)
    assert len(lists) >= 5
    return {name for words in lists for name in words.split()} | {"nodejs", "npm"}


def npm_packages() -> set[str]:
    listed = subprocess.run(["git", "ls-files", "*package.json"], cwd=ROOT, check=True, text=True,
                            stdout=subprocess.PIPE).stdout.split()
    read = [json.loads((ROOT / path).read_text()) for path in listed]
    return {f"{name} (npm)" for package in read for kind in ("dependencies", "devDependencies")
            for name in package.get(kind, {})}


def test_each_dependency_is_named_with_its_reason() -> None:
    rows = [line.split("|")[1:-1] for line in DEPENDENCIES.read_text().splitlines()
            if line.startswith("| ") and not line.startswith("| package")]
    named = {name.strip() for row in rows for name in row[0].split(",")}
    assert all(row[-1].strip() for row in rows)
    assert named - {"libc6-dev"} == (debian_packages() | npm_packages()) - {"libc6-dev"}
