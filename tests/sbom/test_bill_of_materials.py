# SPDX-License-Identifier: MIT
"""The bill of materials is CycloneDX, is complete, and says the truth about the build."""

from __future__ import annotations

import hashlib
import json
import re
import subprocess
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pytest
from jsonschema import Draft7Validator, RefResolver  # type: ignore[import]

from tests.support import node_modules

FOLDER = Path(__file__).resolve().parent
ROOT = FOLDER.parents[1]
SCHEMAS = FOLDER / "node_modules" / "@cyclonedx" / "cyclonedx-library" / "res" / "schema"
PLACE = "http://cyclonedx.org/schema/"
DEPENDENCIES = ROOT / "docs" / "dependencies.md"

Bill = dict[str, Any]

# Which package has each shared library of this machine.
OWNERS = {file: listed.name.partition(".list")[0].partition(":")[0]
          for listed in Path("/var/lib/dpkg/info").glob("*.list")
          for file in listed.read_text().splitlines() if ".so" in file}


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


def reached_from(bill: Bill, reference: str) -> set[str]:
    """A component, what it depends on, what that depends on, and so on."""
    edges = {entry["ref"]: set(entry["dependsOn"]) for entry in bill["dependencies"]}
    reached, waiting = set[str](), [reference]
    while waiting:
        reference = waiting.pop()
        if reference not in reached:
            reached.add(reference)
            waiting += edges[reference]
    return reached


def test_dependencies_lead_to_components(bill: Bill) -> None:
    references = [component["bom-ref"] for component in bill["components"]]
    assert len(references) == len(set(references))
    product = bill["metadata"]["component"]["bom-ref"]
    assert {entry["ref"] for entry in bill["dependencies"]} == {product, *references}
    assert reached_from(bill, product) == {product, *references}  # nothing is there for no reason


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


def loaded_by(binary: Path) -> set[str]:
    """The packages of all that the loader brings in, the loader itself included."""
    loaded = subprocess.run(["ldd", binary], check=True, text=True, stdout=subprocess.PIPE).stdout
    packages = set()
    for library in map(Path, re.findall(r"(/\S+) \(0x", loaded)):
        # Debian knows some by the names before /usr was merged.
        names = {library, library.resolve(), Path(f"/usr{library}")}
        owners = {OWNERS[str(name)] for name in names if str(name) in OWNERS}
        assert len(owners) == 1, library
        packages |= owners
    return packages


def shipped_binary(component: Bill, folder: Path) -> Path:
    """Of a wheel the extension in it."""
    file: Path = ROOT / component["properties"][0]["value"]
    if file.suffix != ".whl":
        return file
    with ZipFile(file) as wheel:
        [extension] = [name for name in wheel.namelist() if name.endswith(".so")]
        return Path(wheel.extract(extension, folder))


@pytest.mark.parametrize("name, least", [
    ("cors", {"libc6", "libcurl4", "libidn2-0", "libjansson4", "libmicrohttpd12", "libpsl5",
              "libyaml-0-2", "libssl3"}),
    ("libcors", {"libc6"}), ("ngx_http_cors_module", {"libc6"}), ("libcors-python", {"libc6"})])
def test_what_a_program_loads_is_there_and_nothing_else(
        bill: Bill, name: str, least: set[str], tmp_path: Path) -> None:
    components = {component["bom-ref"]: component for component in bill["components"]}
    own = reached_from(bill, f"libcors/{name}") - {f"libcors/{name}"}
    loaded = loaded_by(shipped_binary(components[f"libcors/{name}"], tmp_path))
    started = {"nginx"} if name in ("cors", "ngx_http_cors_module") else set()
    assert least <= loaded
    assert {components[reference]["name"] for reference in own} == loaded | started


def test_what_is_bundled_is_there(bill: Bill) -> None:
    for name in ("libcors-lab", "libcors-npm"):
        reached = reached_from(bill, f"libcors/{name}")
        assert {reference.partition("@")[0] for reference in reached} == {
            f"libcors/{name}", "pkg:npm/yaml", "pkg:deb/debian/publicsuffix"}


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
