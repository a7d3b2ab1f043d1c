# SPDX-License-Identifier: MIT
"""Whom nginx's workers run as, what they get to, and what nobody else does."""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import stat
from pathlib import Path

from tests.serve.recording_upstream import RecordingUpstream
from tests.serve.serving import (
    LISTED, POLICY, Gateway, effective_capabilities, gateway, run_serve)
from tests.support.certificates import Pair
from tests.support.started import wait_for

SECONDS = 30.0
IS_ROOT = os.geteuid() == 0
NEW = "https://new.example.com"

# What the workers of root become; those of anybody else stay what they are.
WORKERS = "www-data" if IS_ROOT else pwd.getpwuid(os.geteuid()).pw_name


def owner(process: int) -> str:
    return pwd.getpwuid(Path(f"/proc/{process}").stat().st_uid).pw_name


def rights(path: Path) -> str:
    return stat.filemode(path.stat().st_mode)


def private_folder(served: Gateway) -> Path:
    (name,) = served.left_behind()
    return served.scratch / name


def test_workers_have_no_rights(tmp_path: Path, upstream: RecordingUpstream) -> None:
    with gateway(tmp_path, "--upstream", upstream.url) as served:
        before = served.workers()
        assert {owner(worker) for worker in before} == {WORKERS}
        assert {effective_capabilities(worker) for worker in before} == {0} or not IS_ROOT
        assert owner(served.master()) == pwd.getpwuid(os.geteuid()).pw_name
        served.send(signal.SIGHUP)
        wait_for(lambda: set(served.workers()).isdisjoint(before)
                 and len(served.workers()) == len(before), "new workers for the old ones", SECONDS)
        assert {owner(worker) for worker in served.workers()} == {WORKERS}


def test_user_that_cannot_be(tmp_path: Path) -> None:
    (tmp_path / "cors.yaml").write_text(POLICY)
    ended = run_serve(tmp_path, "--policy", "cors.yaml", "--upstream", "http://127.0.0.1:1",
                      "--user", "no-such-user")
    assert ended.returncode == 2
    assert ("no-such-user is no user of this machine" if IS_ROOT else "by root only") \
        in ended.stderr


def test_private_folder(tmp_path: Path, upstream: RecordingUpstream) -> None:
    """Its owner writes, the workers read the policy, and nobody else sees anything."""
    old_mask = os.umask(0)  # whatever that of the caller is
    try:
        with gateway(tmp_path, "--upstream", upstream.url, "--watch") as served:
            folder = private_folder(served)
            assert rights(folder) == ("drwx--x---" if IS_ROOT else "drwx------")
            allowed = {"policy.corsc": "-rw-r-----"} if IS_ROOT else {}
            for path in folder.iterdir():
                usual = "drwx------" if path.is_dir() else "-rw-------"
                assert rights(path) == allowed.get(path.name, usual), path
            (tmp_path / "cors.yaml").write_text(POLICY.replace(LISTED, NEW))
            served.wait_until_said("now in force")
            assert served.allows(NEW)
            assert rights(folder / "policy.corsc") == allowed.get("policy.corsc", "-rw-------")
    finally:
        os.umask(old_mask)


def test_folders_behind_closed_ones(tmp_path: Path, upstream: RecordingUpstream) -> None:
    """Root names a folder of its own, and its files, and nothing else there, are served."""
    closed = tmp_path / "closed"
    site = closed / "open" / "site"
    site.mkdir(parents=True)
    (site / "index.html").write_text("first")
    (closed / "secret.html").write_text("secret")
    closed.chmod(0o700)
    with gateway(tmp_path, "--mount", f"/={site}", "--mount", f"/api={upstream.url}",
                 environment={"TMPDIR": str(closed)}) as served:
        assert served.ask("/").body == b"first"
        assert served.ask("/../../secret.html").status == 400
        shutil.rmtree(site)  # as a build does
        site.mkdir()
        (site / "index.html").write_text("second")
        assert served.ask("/").body == b"second"
        served.send(signal.SIGHUP)
        served.wait_until_said("now in force")
        assert served.ask("/").body == b"second"
        assert served.allows(LISTED)
        served.send(signal.SIGTERM)
        assert served.wait_for_end() == 0
    assert sorted(path.name for path in closed.iterdir()) == ["open", "secret.html"]


def test_key_stays_with_root(
        tmp_path: Path, upstream: RecordingUpstream, localhost_certificate: Pair) -> None:
    key = tmp_path / "key.pem"
    shutil.copy(localhost_certificate.key, key)
    key.chmod(0o600)
    with gateway(tmp_path, "--upstream", upstream.url,
                 "--tls-cert", str(localhost_certificate.certificate),
                 "--tls-key", str(key)) as served:
        answer = served.ask_tls("/api/x", localhost_certificate.certificate)
        assert answer.header("Access-Control-Allow-Origin") == LISTED
        for worker in served.workers():
            opened = [os.readlink(link) for link in Path(f"/proc/{worker}/fd").iterdir()]
            assert str(key) not in opened


def test_open_files_stay_with_the_caller(
        tmp_path: Path, upstream: RecordingUpstream) -> None:
    """What a shell had open when it started the gateway is not handed on."""
    (tmp_path / "secret").write_text("secret")
    opens = ["sh", "-c", 'exec 9<secret 8>>secret; exec "$0" "$@"']
    with gateway(tmp_path, "--upstream", upstream.url, before=opens) as served:
        for process in [served.master(), *served.workers()]:
            opened = {link.name: os.readlink(link)
                      for link in Path(f"/proc/{process}/fd").iterdir()}
            assert str(tmp_path / "secret") not in opened.values()
            assert [number for number, path in opened.items() if path == "/dev/null"] == ["0"]


def test_what_a_worker_left_leads_nowhere(
        tmp_path: Path, upstream: RecordingUpstream) -> None:
    """A worker that was taken over may put links into its folders; they are not followed."""
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    (elsewhere / "precious").write_text("kept")
    with gateway(tmp_path, "--upstream", upstream.url) as served:
        (private_folder(served) / "body" / "link").symlink_to(elsewhere)
        (private_folder(served) / "proxy" / "deep").mkdir()
        (private_folder(served) / "proxy" / "deep" / "file").write_text("")
        served.send(signal.SIGTERM)
        assert served.wait_for_end() == 0
        assert served.left_behind() == []
    assert (elsewhere / "precious").read_text() == "kept"
