# SPDX-License-Identifier: MIT
"""What is shipped as machine code carries the protections of compiler and linker."""

from __future__ import annotations

import os
import subprocess
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
BUILD = ROOT / os.environ.get("CORS_BUILD", "build")

# hardening-check wants the mark for indirect branches too, which the start-up code of Debian 12
# keeps any binary from (meson.build); the marks are tested below.
NO_LANDING_PADS_IN_START_UP = "--nocfprotection"

# The core calls mem* alone, with lengths that no compiler knows: there is nothing to fortify.
NOTHING_TO_FORTIFY = "--nofortify"


@dataclass(frozen=True)
class Shipped:
    path: str
    without: tuple[str, ...] = ()
    shadow_stack: bool = True


SHIPPED = [
    Shipped("cors"),
    Shipped("ngx_http_cors_module.so"),
    Shipped("libcors.so", (NOTHING_TO_FORTIFY,)),
    # Linked as the machine's Python links, which marks nothing.
    Shipped("python/site/libcors/_engine.abi3.so", shadow_stack=False),
]


def output(*command: str) -> str:
    return subprocess.run(command, check=False, text=True, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT).stdout


@pytest.mark.parametrize("shipped", SHIPPED, ids=lambda shipped: str(shipped.path))
def test_hardening_check_finds_nothing(shipped: Shipped) -> None:
    checked = subprocess.run(
        ["hardening-check", NO_LANDING_PADS_IN_START_UP, *shipped.without,
         str(BUILD / shipped.path)], check=False, text=True, stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT)
    assert checked.returncode == 0, checked.stdout
    assert "Read-only relocations: yes" in checked.stdout
    assert "Immediate binding: yes" in checked.stdout
    assert "Stack protected: yes" in checked.stdout


@pytest.mark.parametrize("shipped", SHIPPED, ids=lambda shipped: str(shipped.path))
def test_no_memory_is_writable_and_executable(shipped: Shipped) -> None:
    segments = output("readelf", "--program-headers", "--wide", str(BUILD / shipped.path))
    assert "GNU_STACK" in segments
    assert not [line for line in segments.splitlines() if "RWE" in line]
    assert "GNU_RELRO" in segments


@pytest.mark.parametrize("shipped", [shipped for shipped in SHIPPED if shipped.shadow_stack],
                         ids=lambda shipped: str(shipped.path))
def test_marked_for_the_shadow_stack(shipped: Shipped) -> None:
    if os.uname().machine == "x86_64":  # other processors have other means, and no such mark
        notes = output("readelf", "--notes", str(BUILD / shipped.path))
        assert "x86 feature:" in notes and "SHSTK" in notes


def test_every_function_of_the_library_has_landing_pads() -> None:
    if os.uname().machine == "x86_64":
        notes = output("readelf", "--notes", str(BUILD / "libcors.a"))
        members = notes.count("File: ")
        assert members > 40
        assert notes.count("x86 feature: IBT, SHSTK") == members


def test_the_check_can_fail(tmp_path: Path) -> None:
    """A program built without protection is told from ours."""
    source = tmp_path / "bare.c"
    source.write_text('#include <string.h>\nint main(int c, char **v) {\n'
                      '    char text[9]; strcpy(text, v[c - 1]); return text[0];\n}\n')
    program = tmp_path / "bare"
    subprocess.run(["gcc", "-O1", "-no-pie", "-fno-stack-protector", "-U_FORTIFY_SOURCE",
                    "-Wl,-z,norelro", "-Wl,-z,lazy", str(source), "-o", str(program)], check=True)
    checked = subprocess.run(["hardening-check", NO_LANDING_PADS_IN_START_UP, str(program)],
                             check=False, stdout=subprocess.DEVNULL)
    assert checked.returncode != 0
