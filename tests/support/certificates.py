# SPDX-License-Identifier: MIT
"""Certificates by an authority of the test's own, which nobody else trusts."""

from __future__ import annotations

import subprocess
from dataclasses import dataclass
from pathlib import Path

CURVE = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"]


@dataclass(frozen=True)
class Pair:
    certificate: Path
    key: Path


def openssl(*arguments: str) -> None:
    subprocess.run(["openssl", *arguments], check=True, capture_output=True)


class Authority:
    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.certificate = folder / "authority.pem"
        self.key = folder / "authority.key"
        openssl("req", "-x509", *CURVE, "-days", "2", "-subj", "/CN=authority of a test",
                "-keyout", str(self.key), "-out", str(self.certificate))

    def sign(self, name: str, *alternatives: str) -> Pair:
        """A certificate for a name, and for alternative ones: DNS:..., IP:..."""
        pair = Pair(self.folder / f"{name}.pem", self.folder / f"{name}.key")
        request = self.folder / f"{name}.csr"
        extensions = self.folder / f"{name}.ext"
        names = ",".join(alternatives) or f"DNS:{name}"
        extensions.write_text(f"subjectAltName={names}\n")
        openssl("req", *CURVE, "-subj", f"/CN={name}", "-keyout", str(pair.key),
                "-out", str(request))
        openssl("x509", "-req", "-in", str(request), "-CA", str(self.certificate),
                "-CAkey", str(self.key), "-CAcreateserial", "-days", "2",
                "-extfile", str(extensions), "-out", str(pair.certificate))
        return pair
