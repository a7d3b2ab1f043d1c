# SPDX-License-Identifier: MIT
"""The unit for systemd: sound, strict, and no stricter than the gateway can bear."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.serve.recording_upstream import RecordingUpstream
from tests.serve.serving import COMMAND, LISTED, POLICY, Gateway, gateway, run_serve
from tests.support.reachable_folder import reachable_folder
from tests.support.started import wait_for
from tests.systemd.systemd_unit import (
    EXPOSURE_MAX, allowed_calls, analyze, exposure, recorded_section, score_section, values,
    write_unit)

SECONDS = 30.0
CONFINED = Path(__file__).with_name("confined_start.py")
NEW = "https://new.example.com"

# As the unit's DynamicUser= is: without any right, where the tests run as root.
AS_NOBODY = ["setpriv", "--reuid", "65534", "--regid", "65534", "--clear-groups",
             "--bounding-set=-all", "--inh-caps=-all", "--"] if os.geteuid() == 0 else []


@pytest.fixture()
def open_folder() -> Iterator[Path]:
    with reachable_folder() as folder:
        yield folder


@pytest.fixture()
def unit(tmp_path: Path) -> Path:
    return write_unit(tmp_path, Path(COMMAND))


def confined(unit: Path) -> list[str]:
    """A command that starts another as the unit lets it."""
    families = [int(getattr(socket, name))
                for line in values(unit, "RestrictAddressFamilies") for name in line.split()]
    return [sys.executable, str(CONFINED), ",".join(sorted(allowed_calls(unit))),
            ",".join(map(str, families))]


def test_systemd_takes_it(unit: Path) -> None:
    assert analyze("verify", "--man=no", "--recursive-errors=no", str(unit)) == ""


def test_how_exposed_it_is(unit: Path) -> None:
    assert exposure(unit).score <= EXPOSURE_MAX


def test_the_readme_has_the_score(unit: Path) -> None:
    assert score_section(exposure(unit)) == recorded_section(), "run tests/systemd/record_score"


def test_what_it_allows_is_little(unit: Path) -> None:
    calls = allowed_calls(unit)
    assert {"accept4", "execve", "memfd_create", "openat"} <= calls
    assert not {"setuid", "chown", "mount", "ptrace", "bpf", "reboot", "setpriority"} & calls


def test_what_ends_it_for_good(tmp_path: Path, unit: Path) -> None:
    """A policy or an option that is refused, and nothing that may pass."""
    assert values(unit, "Restart") == ["always"]
    assert values(unit, "StartLimitIntervalSec") == ["0"]
    prevented = [int(status) for status in values(unit, "RestartPreventExitStatus")]
    upstream = ["--upstream", "http://127.0.0.1:1"]
    (tmp_path / "bad.yaml").write_text("policies: 1")
    (tmp_path / "cors.yaml").write_text(POLICY)
    refused = [["--policy", "bad.yaml", *upstream], ["--policy", "cors.yaml", "--no-such-option"]]
    passing = [["--policy", "cors.yaml", "--upstream", "http://api.invalid"],
               ["--policy", "cors.yaml", *upstream, "--listen", "192.0.2.1:80"]]
    for arguments in refused:
        assert run_serve(tmp_path, *arguments).returncode in prevented
    for arguments in passing:
        assert run_serve(tmp_path, *arguments).returncode not in (0, *prevented)


FORBIDDEN = {
    "a system call": "import os; os.nice(1)",
    "a family of addresses": "import socket; socket.socket(socket.AF_NETLINK, socket.SOCK_RAW)",
    "memory to write and execute": "import mmap; mmap.mmap(-1, 4096, prot=7)",
}


@pytest.mark.parametrize("what", FORBIDDEN)
def test_confinement_is_real(unit: Path, what: str) -> None:
    """What the test below runs under does refuse."""
    script = f"try:\n  {FORBIDDEN[what]}\nexcept PermissionError:\n  print('refused')"
    done = subprocess.run([*confined(unit), sys.executable, "-c", script], capture_output=True,
                          text=True, check=False)
    assert (done.returncode, done.stdout) == (0, "refused\n"), done.stderr


def replace_policy(served: Gateway, text: str) -> None:
    beside = served.folder / "cors.yaml.new"
    beside.write_text(text)
    beside.replace(served.folder / "cors.yaml")


def test_gateway_under_what_it_allows(open_folder: Path, unit: Path) -> None:
    """Starting, answering, a new policy, a reload, a worker that comes back, the end."""
    scratch = open_folder / "tmp"
    scratch.mkdir()
    scratch.chmod(0o1777)
    with RecordingUpstream() as upstream, \
            gateway(open_folder, "--upstream", upstream.url, "--watch",
                    before=[*AS_NOBODY, *confined(unit)]) as served:
        count = len(served.workers())
        assert served.allows(LISTED) and not served.allows(NEW)
        replace_policy(served, POLICY.replace(LISTED, NEW))
        served.wait_until_said("now in force")
        served.wait_until_allows(NEW)
        served.send(signal.SIGHUP)
        served.wait_until_said("now in force", times=2)
        wait_for(lambda: len(served.workers()) == count, "the end of the old workers", SECONDS)
        killed = served.workers()[0]
        os.kill(killed, signal.SIGKILL)
        wait_for(lambda: len(served.workers()) == count and killed not in served.workers(),
                 "a new worker", SECONDS)
        assert served.allows(NEW) and not served.allows(LISTED)
        served.send(signal.SIGTERM)
        assert served.wait_for_end() == 0
        assert served.left_behind() == []
