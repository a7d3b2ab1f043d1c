# SPDX-License-Identifier: MIT
"""The unit in packaging/systemd: as it is installed, and what systemd says of it."""

from __future__ import annotations

import re
import subprocess
from dataclasses import dataclass
from pathlib import Path

from tests.support.readme_section import read_section, write_section

ROOT = Path(__file__).resolve().parents[2]
TEMPLATE = ROOT / "packaging" / "systemd" / "cors-serve.service.in"
README = ROOT / "packaging" / "systemd" / "README.md"
NAME = "cors-serve.service"

# Around what `tests/systemd/record_score` writes.
BEGIN = "<!-- score: written by tests/systemd/record_score -->\n"
END = "<!-- score: end -->\n"

# systemd counts from 0, nothing to fear, to 10; what an API gateway must be able to do, which is to
# use the network, costs 1.0 already.
EXPOSURE_MAX = 1.2

OVERALL = re.compile(r"Overall exposure level for \S+: (\d+\.\d) (\w+)")
POINT = re.compile(r"^✗ (\S+)\s+(.*?)\s+(\d+\.\d)\s*$", re.MULTILINE)


@dataclass(frozen=True)
class Exposure:
    score: float
    word: str
    points: list[tuple[str, str, float]]  # setting, what the service may do, what it costs


def write_unit(folder: Path, command: Path) -> Path:
    """Writes the unit as it is installed, but for the place of the command."""
    unit = folder / NAME
    text = TEMPLATE.read_text()
    assert text.count("@bindir@/cors ") == 1
    unit.write_text(text.replace("@bindir@/cors ", f"{command} "))
    return unit


def analyze(*arguments: str) -> str:
    done = subprocess.run(["systemd-analyze", "--no-pager", *arguments], capture_output=True,
                          text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout + done.stderr


def exposure(unit: Path) -> Exposure:
    said = analyze("security", "--offline=yes", str(unit))
    overall = OVERALL.search(said)
    assert overall is not None, said
    points = [(setting, what, float(cost)) for setting, what, cost in POINT.findall(said)]
    return Exposure(float(overall[1]), overall[2], points)


def values(unit: Path, key: str) -> list[str]:
    """All values of a key, in order."""
    return re.findall(rf"^{key}=(.*)$", unit.read_text(), re.MULTILINE)


def calls_of(group: str) -> set[str]:
    """The system calls of a group, with those of the groups in it."""
    calls: set[str] = set()
    for line in analyze("syscall-filter", group).splitlines()[1:]:
        name = line.strip()
        if name.startswith("@"):
            calls |= calls_of(name)
        elif name and not name.startswith("#"):
            calls.add(name)
    return calls


def allowed_calls(unit: Path) -> set[str]:
    """What SystemCallFilter= lets through, and what systemd always does."""
    allowed = calls_of("@default") | {"execve"}
    for line in values(unit, "SystemCallFilter"):
        groups = line.removeprefix("~").split()
        calls = set[str]().union(*(calls_of(group) for group in groups))
        allowed = allowed - calls if line.startswith("~") else allowed | calls
    return allowed


def score_section(found: Exposure) -> str:
    rows = ["| `{}` | {} | {:.1f} |".format(setting.replace("|", "\\|"), what, cost)
            for setting, what, cost in found.points]
    version = " ".join(analyze("--version").split()[:2])  # without that of the package
    return "\n".join([
        f"`systemd-analyze security --offline=yes {NAME}` of {version}: **{found.score:.1f} "
        f"{found.word}**, where 0 is nothing to fear and 10 is everything. What is left:",
        "", "| setting | | costs |", "|---|---|---|", *rows, ""])


def recorded_section() -> str:
    return read_section(README, BEGIN, END)


def record_section(section: str) -> None:
    write_section(README, BEGIN, END, section)
