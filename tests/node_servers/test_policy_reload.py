# SPDX-License-Identifier: MIT
"""A policy file that changes while the server runs."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.node_servers.framework_server import FrameworkServer, framework_server
from tests.support.started import wait_for

SECONDS = 20.0


def policy(origin: str) -> str:
    return f"policies:\n  - allow_origins: [{origin}]\n"


@pytest.fixture
def file(folder: Path) -> Path:
    path = folder / "cors.yaml"
    path.write_text(policy("https://one.example"))
    return path


@pytest.fixture
def server(folder: Path, file: Path) -> Iterator[FrameworkServer]:
    with framework_server("plain", folder, str(file)) as running:
        yield running


def allows(server: FrameworkServer, origin: str) -> bool:
    return server.ask("GET", "/items", [("Origin", origin)]).allowed_origin() == origin


def becomes_allowed(server: FrameworkServer, origin: str) -> None:
    wait_for(lambda: allows(server, origin), f"{origin} to be allowed", SECONDS)


def messages(server: FrameworkServer) -> list[str]:
    """What was said of problems so far; a request has the server look at its files."""
    assert server.ask("GET", "/items").status == 200
    return [line["message"] for line in server.told("problems")]


def test_changed_file(server: FrameworkServer, file: Path) -> None:
    assert allows(server, "https://one.example")
    file.write_text(policy("https://two.example"))
    becomes_allowed(server, "https://two.example")
    assert not allows(server, "https://one.example")
    assert messages(server) == []


def test_file_replaced_by_another(server: FrameworkServer, file: Path, folder: Path) -> None:
    """Of the same size, and with the time of the one before."""
    new = folder / "new.yaml"
    new.write_text(policy("https://two.example"))
    os.utime(new, ns=(file.stat().st_atime_ns, file.stat().st_mtime_ns))
    new.rename(file)
    becomes_allowed(server, "https://two.example")


def test_bad_file_changes_nothing(server: FrameworkServer, file: Path, folder: Path) -> None:
    file.write_text(policy("https://two.example/"))
    wait_for(lambda: len(messages(server)) == 1, "the problem", SECONDS)
    [message] = messages(server)
    assert "the one before stays in force" in message
    assert f"{file}:2:21: error: " in message
    assert "\n      - allow_origins: [https://two.example/]\n                        ^\n" in message
    assert "    write: https://two.example" in message
    assert allows(server, "https://one.example")

    same = folder / "same.yaml"  # looked at again, and nothing new to say
    same.write_text(file.read_text())
    same.rename(file)
    file.with_name("cors.yaml.tmp").write_text("policies: 7\n")
    file.with_name("cors.yaml.tmp").rename(file)
    wait_for(lambda: len(messages(server)) == 2, "the other problem", SECONDS)
    assert "[wrong-type]" in messages(server)[1]
    assert allows(server, "https://one.example")

    file.write_text(policy("https://three.example"))
    becomes_allowed(server, "https://three.example")
    assert len(messages(server)) == 2


def test_file_that_went_and_came_back(server: FrameworkServer, file: Path) -> None:
    file.unlink()
    wait_for(lambda: len(messages(server)) == 1, "the problem", SECONDS)
    assert "No such file or directory" in messages(server)[0]
    assert allows(server, "https://one.example")
    file.write_text(policy("https://two.example"))
    becomes_allowed(server, "https://two.example")


def test_list_of_origins(folder: Path) -> None:
    file, tenants = folder / "cors.yaml", folder / "tenants.txt"
    file.write_text("policies:\n  - allow_origins: [{from_file: tenants.txt}]\n")
    tenants.write_text("https://one.example\n")
    with framework_server("plain", folder, str(file)) as server:
        assert allows(server, "https://one.example")
        tenants.write_text("https://one.example\nhttps://two.example\n")
        becomes_allowed(server, "https://two.example")
        tenants.unlink()
        wait_for(lambda: len(messages(server)) == 1, "the problem", SECONDS)
        assert allows(server, "https://two.example")
        tenants.write_text("https://three.example\n")
        becomes_allowed(server, "https://three.example")


def test_list_of_a_policy_that_is_data(folder: Path) -> None:
    tenants = folder / "tenants.txt"
    tenants.write_text("https://one.example\n")
    data = {"policies": [{"allow_origins": [{"from_file": str(tenants)}]}]}
    with framework_server("plain", folder, data) as server:
        assert allows(server, "https://one.example")
        tenants.write_text("https://two.example\n")
        becomes_allowed(server, "https://two.example")


def test_without_reload(folder: Path, file: Path) -> None:
    with framework_server("plain", folder, str(file), reload=False) as still:
        with framework_server("fetch", folder, str(file)) as other:
            file.write_text(policy("https://two.example"))
            becomes_allowed(other, "https://two.example")
        assert allows(still, "https://one.example")
        assert not allows(still, "https://two.example")


def test_warnings_are_told_at_once(folder: Path, file: Path) -> None:
    file.write_text(policy("http://one.example"))
    with framework_server("plain", folder, str(file)) as server:
        [line] = server.told("problems")
    assert line["problems"] == ["insecure-origin"]
    assert line["message"].startswith(f"{file}:2:21: warning: ")
