# SPDX-License-Identifier: MIT
"""What only root can ask for; conftest.py leaves it out for everybody else."""

from __future__ import annotations

import os
import pwd
import signal
import subprocess
from pathlib import Path

import pytest

from tests.serve.recording_upstream import RecordingUpstream
from tests.serve.serving import (
    LISTED, POLICY, SECONDS, Gateway, effective_capabilities, gateway, run_serve)
from tests.support.reachable_folder import reachable_folder
from tests.support.started import wait_for

# Of a user that nobody else is, so that the processes of the test are all that it has.
AS_NEW_USER = ["setpriv", "--reuid", "64117", "--regid", "64117", "--clear-groups", "--"]


@pytest.mark.parametrize("name", ["nobody", "root"])
def test_another_user(tmp_path: Path, upstream: RecordingUpstream, name: str) -> None:
    """nobody's group has another name than its own; and root may be asked for."""
    with gateway(tmp_path, "--upstream", upstream.url, "--user", name) as served:
        owners = {Path(f"/proc/{worker}").stat().st_uid for worker in served.workers()}
        assert owners == {pwd.getpwnam(name).pw_uid}
        assert served.allows(LISTED)


def test_folder_that_is_closed_itself(tmp_path: Path) -> None:
    (tmp_path / "cors.yaml").write_text(POLICY)
    site = tmp_path / "site"
    site.mkdir(mode=0o700)
    ended = run_serve(tmp_path, "--policy", "cors.yaml", "--mount", f"/={site}",
                      "--listen", "127.0.0.1:0", environment={"TMPDIR": str(tmp_path)})
    assert ended.returncode == 3
    assert f"www-data, whom nginx's workers run as, may not enter {site}" in ended.stderr
    assert "--user" in ended.stderr
    assert not list(tmp_path.glob("cors-serve.*"))


def test_folder_that_becomes_a_link(tmp_path: Path) -> None:
    """Whoever owns a folder on the way cannot have root open what is root's."""
    home, hidden = tmp_path / "home", tmp_path / "hidden"
    (home / "site").mkdir(parents=True)
    (hidden / "keys").mkdir(parents=True)
    home.chmod(0o700)
    hidden.chmod(0o700)
    os.mkfifo(tmp_path / "pipe.yaml")
    arguments = ["--policy", "pipe.yaml", "--mount", f"/={home}/site", "--listen", "127.0.0.1:0"]
    with Gateway(tmp_path, arguments) as served:
        with (tmp_path / "pipe.yaml").open("w") as policy:  # by now the options are read
            (home / "site").rename(home / "moved")
            (home / "site").symlink_to(hidden / "keys")
            policy.write(POLICY)
        assert served.process.wait(SECONDS) == 3
        assert f"cannot open {home}/site for nginx's workers" in served.said()
        assert served.left_behind() == []


# Without it there is no way to cut off what is above a folder.
CAP_SYS_ADMIN = 21
MAY_CUT_OFF = bool(effective_capabilities(os.getpid()) >> CAP_SYS_ADMIN & 1)


def test_what_lies_beside_the_private_folder(tmp_path: Path, upstream: RecordingUpstream) -> None:
    """What is handed down to workers any process of their user gets from them."""
    closed = tmp_path / "closed"
    (closed / "open").mkdir(parents=True)
    (closed / "open" / "settings.env").write_text("secret")
    closed.chmod(0o700)
    with gateway(tmp_path, "--upstream", upstream.url,
                 environment={"TMPDIR": str(closed / "open")}) as served:
        assert served.allows(LISTED)
        folders = [folder for folder in Path(f"/proc/{served.workers()[0]}/fd").iterdir()
                   if folder.is_dir()]
        assert folders
        for folder in folders:
            for path in ["settings.env", *(["../settings.env"] if MAY_CUT_OFF else [])]:
                seen = subprocess.run(["setpriv", "--reuid", "www-data", "--regid", "www-data",
                                       "--clear-groups", "--", "cat", f"{folder}/{path}"],
                                      capture_output=True, check=False)
                assert seen.returncode != 0 and seen.stdout == b""


ALONE = ["unshare", "--map-root-user", "--user"]
MAY_BE_ALONE = subprocess.run([*ALONE, "true"], capture_output=True, check=False).returncode == 0


@pytest.mark.skipif(not MAY_BE_ALONE, reason="the machine has no namespaces of users")
def test_root_that_has_no_other_user(tmp_path: Path, upstream: RecordingUpstream) -> None:
    """As in a sandbox without root's rights: it is told of the way that is left, and that works."""
    (tmp_path / "cors.yaml").write_text(POLICY)
    arguments = ["--policy", "cors.yaml", "--upstream", upstream.url, "--listen", "127.0.0.1:0"]
    with Gateway(tmp_path, arguments, before=ALONE) as refused:
        assert refused.process.wait(SECONDS) == 3
        assert "cannot run nginx's workers as www-data: Invalid argument. --user" in refused.said()
        assert "--user root" in refused.said()
        assert refused.left_behind() == []
    with gateway(tmp_path, "--upstream", upstream.url, "--user", "root", before=ALONE) as served:
        assert served.allows(LISTED)


def limit_processes(served: Gateway, most: str) -> None:
    """Of the user's processes all threads count."""
    subprocess.run([*AS_NEW_USER, "prlimit", "--pid", str(served.master()), f"--nproc={most}:"],
                   check=True)


def threads_of(served: Gateway) -> int:
    return sum(len(os.listdir(f"/proc/{process}/task")) for process in served.processes())


@pytest.mark.skipif(os.cpu_count() == 1, reason="nginx has a single worker")
def test_worker_that_cannot_be_started(upstream: RecordingUpstream) -> None:
    """Those that are left serve; to try again costs them their place, and is put off longer."""
    with reachable_folder() as folder:
        (folder / "tmp").mkdir()
        (folder / "tmp").chmod(0o1777)
        with gateway(folder, "--upstream", upstream.url, before=AS_NEW_USER) as served:
            workers = served.workers()
            limit_processes(served, str(threads_of(served) - 1))
            os.kill(workers[0], signal.SIGKILL)
            for wait in (1, 2, 4):
                served.wait_until_said(f"nginx lacks a worker: in {wait} s, or sooner")
                assert served.allows(LISTED)
            limit_processes(served, "100")
            wait_for(lambda: len(served.workers()) == len(workers), "all workers", SECONDS)
            assert served.said().count("lacks a worker") == 3
