# SPDX-License-Identifier: MIT
"""A policy that changes while the gateway runs: on SIGHUP, and by itself with --watch."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.serve.recording_upstream import RecordingUpstream
from tests.serve.serving import (
    LISTED, POLICY, connect, exchange, gateway, read_head, simple_request)

NEW = "https://new.example.com"
NEW_POLICY = POLICY.replace(LISTED, NEW)
BROKEN = "policies:\n  - path: /api/*\n    allow_origins: [https://new.example.com/]\n"


def edit_in_place(policy: Path, text: str) -> None:
    policy.write_text(text)


def replace_by_rename(policy: Path, text: str) -> None:
    beside = policy.with_name(".cors.yaml.new")
    beside.write_text(text)
    os.replace(beside, policy)


def remove_and_write_anew(policy: Path, text: str) -> None:
    policy.unlink()
    policy.write_text(text)


CHANGES = [edit_in_place, replace_by_rename, remove_and_write_anew]


def test_hangup_reads_the_policy_again(tmp_path: Path, upstream: RecordingUpstream) -> None:
    with gateway(tmp_path, "--upstream", upstream.url) as served:
        assert served.allows(LISTED) and not served.allows(NEW)
        (tmp_path / "cors.yaml").write_text(NEW_POLICY)
        assert not served.allows(NEW), "nothing is read unasked"
        served.send(signal.SIGHUP)
        served.wait_until_allows(NEW)
        served.wait_until_allows(LISTED, False)
        served.wait_until_said("now in force: cors.yaml")


def test_hangup_with_a_bad_policy_keeps_the_old(
        tmp_path: Path, upstream: RecordingUpstream) -> None:
    with gateway(tmp_path, "--upstream", upstream.url) as served:
        (tmp_path / "cors.yaml").write_text(BROKEN)
        served.send(signal.SIGHUP)
        served.wait_until_said("cors.yaml was not taken: the policy that was in force stays")
        assert "cors.yaml:3:21: error: " in served.said()
        assert "[origin-path]" in served.said()
        assert served.allows(LISTED) and not served.allows(NEW)
        (tmp_path / "cors.yaml").write_text(NEW_POLICY)
        served.send(signal.SIGHUP)
        served.wait_until_allows(NEW)


def test_hangup_with_a_bad_certificate_keeps_the_old(
        tmp_path: Path, upstream: RecordingUpstream, localhost_certificate: object) -> None:
    certificate = tmp_path / "cert.pem"
    key = tmp_path / "key.pem"
    source = localhost_certificate
    certificate.write_bytes(getattr(source, "certificate").read_bytes())
    key.write_bytes(getattr(source, "key").read_bytes())
    authority = getattr(source, "certificate")
    with gateway(tmp_path, "--upstream", upstream.url, "--tls-cert", str(certificate),
                 "--tls-key", str(key)) as served:
        certificate.write_text("no certificate")
        served.send(signal.SIGHUP)
        served.wait_until_said("nginx did not take the new configuration")
        answer = served.ask_tls("/api/x", authority)
        assert answer.header("Access-Control-Allow-Origin") == LISTED


def test_reload_keeps_the_port_and_the_processes_few(
        tmp_path: Path, upstream: RecordingUpstream) -> None:
    with gateway(tmp_path, "--upstream", upstream.url) as served:
        port = served.port
        before = served.processes()
        for number in range(5):
            origin = f"https://number-{number}.example.com"
            (tmp_path / "cors.yaml").write_text(POLICY.replace(LISTED, origin))
            served.send(signal.SIGHUP)
            served.wait_until_allows(origin)

        def all_workers_are_new() -> bool:
            """All but the gateway itself and nginx's master."""
            now = served.processes()
            return len(now) == len(before) and len(set(now) & set(before)) == 2
        served.wait_until(all_workers_are_new, "the old workers gone", 30)
        assert served.port == port


def test_reload_cuts_no_connection(tmp_path: Path, upstream: RecordingUpstream) -> None:
    """A WebSocket lives on, and so does a request that is under way."""
    with gateway(tmp_path, "--upstream", upstream.url) as served, \
            connect(served.port) as socket, connect(served.port) as request:
        socket.sendall(simple_request(
            "/api/x", "GET", "Upgrade: websocket", "Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==")
            .replace(b"Connection: close", b"Connection: Upgrade"))
        assert read_head(socket)[0].startswith(b"HTTP/1.1 101 ")
        whole = simple_request("/api/x", "POST", body=b"x" * 100)
        request.sendall(whole[:-50])
        (tmp_path / "cors.yaml").write_text(NEW_POLICY)
        served.send(signal.SIGHUP)
        served.wait_until_allows(NEW)
        socket.sendall(b"still here")
        assert socket.recv(100) == b"still here"
        answer = exchange(request, whole[-50:])
        assert answer.header("Access-Control-Allow-Origin") == LISTED, "decided when it came"


@pytest.mark.parametrize("change", CHANGES)
def test_watch(tmp_path: Path, upstream: RecordingUpstream,
               change: Callable[[Path, str], None]) -> None:
    with gateway(tmp_path, "--upstream", upstream.url, "--watch") as served:
        for text, origin, other in ((NEW_POLICY, NEW, LISTED), (POLICY, LISTED, NEW)):
            change(tmp_path / "cors.yaml", text)
            served.wait_until_allows(origin)
            served.wait_until_allows(other, False)


def test_watch_half_written(tmp_path: Path, upstream: RecordingUpstream) -> None:
    half = NEW_POLICY[:NEW_POLICY.index('.com"]') + 2]
    with gateway(tmp_path, "--upstream", upstream.url, "--watch") as served:
        with (tmp_path / "cors.yaml").open("w") as policy:
            policy.write(half)
            policy.flush()
            served.wait_until_said("was not taken")
            assert "[yaml-syntax]" in served.said()
            assert served.allows(LISTED)
            policy.write(NEW_POLICY[len(half):])
        served.wait_until_allows(NEW)


@pytest.mark.parametrize("change", CHANGES)
def test_watch_broken_then_fixed(tmp_path: Path, upstream: RecordingUpstream,
                                 change: Callable[[Path, str], None]) -> None:
    with gateway(tmp_path, "--upstream", upstream.url, "--watch") as served:
        change(tmp_path / "cors.yaml", BROKEN)
        served.wait_until_said("was not taken")
        assert served.allows(LISTED)
        change(tmp_path / "cors.yaml", NEW_POLICY)
        served.wait_until_allows(NEW)


def test_watch_removed_then_back(tmp_path: Path, upstream: RecordingUpstream) -> None:
    with gateway(tmp_path, "--upstream", upstream.url, "--watch") as served:
        (tmp_path / "cors.yaml").unlink()
        served.wait_until_said("[unreadable-file]")
        assert served.allows(LISTED)
        (tmp_path / "cors.yaml").write_text(NEW_POLICY)
        served.wait_until_allows(NEW)


LIST_POLICY = "policies:\n  - allow_origins: [{ from_file: lists/tenants.txt }]\n"


@pytest.mark.parametrize("change", CHANGES)
def test_watch_list(tmp_path: Path, upstream: RecordingUpstream,
                    change: Callable[[Path, str], None]) -> None:
    (tmp_path / "lists").mkdir()
    tenants = tmp_path / "lists" / "tenants.txt"
    tenants.write_text(f"{LISTED}\n")
    with gateway(tmp_path, "--upstream", upstream.url, "--watch", policy=LIST_POLICY) as served:
        assert served.allows(LISTED)
        change(tenants, f"# all\n{LISTED}\n{NEW}\n")
        served.wait_until_allows(NEW)
        change(tenants, f"{LISTED}\n{NEW}/\n")
        served.wait_until_said("tenants.txt:2:")
        assert served.allows(NEW)


def test_watch_list_that_a_new_policy_names(
        tmp_path: Path, upstream: RecordingUpstream) -> None:
    (tmp_path / "lists").mkdir()
    tenants = tmp_path / "lists" / "tenants.txt"
    tenants.write_text(f"{NEW}\n")
    with gateway(tmp_path, "--upstream", upstream.url, "--watch") as served:
        (tmp_path / "cors.yaml").write_text(LIST_POLICY)
        served.wait_until_allows(NEW)
        tenants.write_text("https://third.example.com\n")
        served.wait_until_allows("https://third.example.com")


def test_watch_list_that_comes_later(tmp_path: Path, upstream: RecordingUpstream) -> None:
    """Neither the list nor its folder is there when the policy begins to name it."""
    with gateway(tmp_path, "--upstream", upstream.url, "--watch") as served:
        (tmp_path / "cors.yaml").write_text(LIST_POLICY)
        served.wait_until_said("was not taken")
        (tmp_path / "lists").mkdir()
        (tmp_path / "lists" / "tenants.txt").write_text(f"{NEW}\n")
        served.wait_until_allows(NEW)


def test_watch_link_that_is_turned(tmp_path: Path, upstream: RecordingUpstream) -> None:
    """As Kubernetes updates files: a link to a folder is replaced by a link to another."""
    for name, text in (("first", POLICY), ("second", NEW_POLICY)):
        (tmp_path / name).mkdir()
        (tmp_path / name / "policy.yaml").write_text(text)
    (tmp_path / "current").symlink_to("first")
    (tmp_path / "linked.yaml").symlink_to("current/policy.yaml")
    with gateway(tmp_path, "--upstream", upstream.url, "--watch",
                 "--policy", "linked.yaml") as served:
        assert served.allows(LISTED)
        (tmp_path / "next").symlink_to("second")
        os.replace(tmp_path / "next", tmp_path / "current")
        served.wait_until_allows(NEW)
