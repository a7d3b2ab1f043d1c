# SPDX-License-Identifier: MIT
from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.serve.recording_upstream import RecordingUpstream
from tests.support.certificates import Pair

collect_ignore = [] if os.geteuid() == 0 else ["test_serve_root.py"]


@pytest.fixture()
def upstream() -> Iterator[RecordingUpstream]:
    with RecordingUpstream() as server:
        yield server


@pytest.fixture()
def site(tmp_path: Path) -> Path:
    """A folder to mount, with a page."""
    folder = tmp_path / "site"
    folder.mkdir()
    (folder / "index.html").write_text("page")
    return folder


@pytest.fixture(scope="session")
def localhost_certificate(tmp_path_factory: pytest.TempPathFactory) -> Pair:
    """A certificate for localhost that is its own authority."""
    folder = tmp_path_factory.mktemp("tls")
    made = Pair(folder / "cert.pem", folder / "key.pem")
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256",
         "-nodes", "-days", "2", "-subj", "/CN=localhost",
         "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1",
         "-keyout", str(made.key), "-out", str(made.certificate)],
        check=True, capture_output=True)
    return made
