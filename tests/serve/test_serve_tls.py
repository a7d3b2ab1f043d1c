# SPDX-License-Identifier: MIT
"""TLS as Mozilla's intermediate level has it, shaken by OpenSSL's own client."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.serve.recording_upstream import RecordingUpstream
from tests.serve.serving import SECONDS, Gateway, gateway
from tests.support.certificates import CURVE, Pair, openssl
from tests.support.started import Started, accepts, free_port, wait_for

KEYS = {"ecdsa": CURVE, "rsa": ["-newkey", "rsa:2048", "-nodes"]}

# All that the client's library has, and nothing kept back: what is refused is so by the server.
EVERYTHING = ["-cipher", "ALL:COMPLEMENTOFALL:@SECLEVEL=0"]

MODERN = ["AES128-GCM-SHA256", "AES256-GCM-SHA384", "CHACHA20-POLY1305"]
WEAK = ["AES128-GCM-SHA256", "AES256-SHA256", "AES128-SHA", "DHE-RSA-AES128-GCM-SHA256",
        "DHE-RSA-AES256-SHA", "ECDHE-RSA-AES128-SHA256", "ECDHE-RSA-AES256-SHA",
        "ECDHE-ECDSA-AES128-SHA256", "ECDHE-ECDSA-AES256-SHA", "ECDHE-ECDSA-AES128-CCM8",
        "AECDH-AES128-SHA", "NULL-SHA256", "ECDHE-RSA-NULL-SHA"]


@dataclass(frozen=True)
class Handshake:
    protocol: str | None  # None: refused
    cipher: str
    said: str


def shake(port: int, *options: str) -> Handshake:
    done = subprocess.run(
        ["openssl", "s_client", "-connect", f"127.0.0.1:{port}", "-servername", "localhost",
         *options], input="", capture_output=True, text=True,
        errors="replace", timeout=SECONDS, check=False)
    said = done.stdout + done.stderr
    found = re.search(r"^New, (\S+), Cipher is (\S+)$", said, re.MULTILINE)
    if found is None or found[2] == "(NONE)":
        return Handshake(None, "", said)
    return Handshake(found[1], found[2], said)


def make_pair(folder: Path, kind: str) -> Pair:
    pair = Pair(folder / f"{kind}.pem", folder / f"{kind}.key")
    openssl("req", "-x509", *KEYS[kind], "-days", "2", "-subj", "/CN=localhost",
            "-addext", "subjectAltName=DNS:localhost", "-keyout", str(pair.key),
            "-out", str(pair.certificate))
    return pair


@pytest.fixture(scope="module", params=KEYS)
def served(request: pytest.FixtureRequest,
           tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, Gateway]]:
    folder = tmp_path_factory.mktemp(request.param)
    pair = make_pair(folder, request.param)
    with RecordingUpstream() as upstream, \
            gateway(folder, "--upstream", upstream.url, "--tls-cert", str(pair.certificate),
                    "--tls-key", str(pair.key)) as gate:
        yield request.param, gate


@pytest.mark.parametrize("version", ["-tls1", "-tls1_1"])
def test_old_protocols_are_refused(served: tuple[str, Gateway], version: str) -> None:
    assert shake(served[1].port, version, *EVERYTHING).protocol is None


def test_the_client_could(tmp_path: Path) -> None:
    """A server that takes TLS 1.1 is spoken to: above, it is the gateway that refuses."""
    pair = make_pair(tmp_path, "rsa")
    port = free_port()
    with Started(["openssl", "s_server", "-accept", str(port), "-cert", str(pair.certificate),
                  "-key", str(pair.key), "-tls1_1", "-www", *EVERYTHING],
                 tmp_path / "log"):
        wait_for(lambda: accepts(port), "s_server", SECONDS)
        assert shake(port, "-tls1_1", *EVERYTHING).protocol == "TLSv1.0"  # of its ciphers


@pytest.mark.parametrize("cipher", MODERN)
def test_modern_ciphers(served: tuple[str, Gateway], cipher: str) -> None:
    kind, gate = served
    name = f"ECDHE-{kind.upper()}-{cipher}"
    got = shake(gate.port, "-tls1_2", "-cipher", name)
    assert (got.protocol, got.cipher) == ("TLSv1.2", name), got.said


@pytest.mark.parametrize("cipher", WEAK)
def test_weak_ciphers_are_refused(served: tuple[str, Gateway], cipher: str) -> None:
    got = shake(served[1].port, "-tls1_2", "-cipher", f"{cipher}:@SECLEVEL=0")
    assert got.protocol is None
    assert "handshake failure" in got.said, got.said  # by the server


def test_the_client_chooses(served: tuple[str, Gateway]) -> None:
    kind, gate = served
    names = [f"ECDHE-{kind.upper()}-{cipher}" for cipher in MODERN]
    for order in (names, names[::-1]):
        assert shake(gate.port, "-tls1_2", "-cipher", ":".join(order)).cipher == order[0]


@pytest.mark.parametrize("group", ["X25519", "prime256v1", "secp384r1"])
def test_groups(served: tuple[str, Gateway], group: str) -> None:
    assert shake(served[1].port, "-tls1_3", "-groups", group).protocol == "TLSv1.3"


def test_other_groups_are_refused(served: tuple[str, Gateway]) -> None:
    assert shake(served[1].port, "-tls1_3", "-groups", "secp521r1").protocol is None


def test_sessions_are_cached_and_not_in_tickets(
        served: tuple[str, Gateway], tmp_path: Path) -> None:
    session = tmp_path / "session"
    first = shake(served[1].port, "-tls1_2", "-sess_out", str(session))
    assert first.protocol == "TLSv1.2" and "TLS session ticket:" not in first.said
    again = shake(served[1].port, "-tls1_2", "-sess_in", str(session))
    assert re.search(r"^Reused, TLSv1.2", again.said, re.MULTILINE), again.said


def test_http2_is_offered(served: tuple[str, Gateway]) -> None:
    assert "ALPN protocol: h2" in shake(served[1].port, "-alpn", "h2,http/1.1").said
