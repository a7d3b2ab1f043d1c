# SPDX-License-Identifier: MIT
"""Control characters in arguments, names of files and variables reach no terminal."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.support.cors_command import run_cors

# Colours, titles, C1, a right-to-left mark, broken UTF-8 (as Python hands it on), a bell.
HOSTILE = "\x1b[31m\x1b]0;t\x07\x9b1m\u202e\udcff\x7f\r\b"
URL = f"http://127.0.0.1:1/{HOSTILE}"

# C0 but the line break, DEL, C1, and what turns the direction of text around.
UNFIT = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")

POLICY = "policies:\n  - allow_origins: [https://app.example.com]\n"
BAD_POLICY = f"policies:\n  - allow_origins: [\"https://{HOSTILE}.example.com/\"]\n    x: [\n"

COMMANDS = ["lint", "check", "audit", "test", "compile", "decide", "simulate", "explain", "serve",
            "lab"]

CASES = [
    *([command, word] for command in COMMANDS
      for word in (f"--x{HOSTILE}", f"-\x1b{HOSTILE}", f"--help={HOSTILE}",
                   f"--color={HOSTILE}")),
    *([command, f"--{HOSTILE}"] for command in COMMANDS),
    *([command, HOSTILE] for command in COMMANDS),
    ["lint", f"{HOSTILE}.yaml"],
    ["lint", "--env", HOSTILE, "cors.yaml"],
    ["lint", "--json", f"{HOSTILE}.yaml"],
    ["lint", "hostile.yaml"],
    ["compile", f"{HOSTILE}.yaml", "-o", "out"],
    ["compile", "cors.yaml", "-o", f"none/{HOSTILE}"],
    ["compile", "cors.yaml", "-o", HOSTILE],
    ["compile", "hostile.yaml", "-o", "out"],
    ["decide", "--policy", HOSTILE],
    ["decide", "--policy", "hostile.yaml"],
    ["decide", "--policy", "cors.yaml", "--env", HOSTILE],
    ["simulate", "--browser", HOSTILE],
    ["test", f"{HOSTILE}.yaml"],
    ["test", "cors.yaml", "--policy", HOSTILE],
    ["test", "cors.yaml", "--format", HOSTILE],
    ["test", "hostile.yaml"],
    ["check", URL, "--origin", "https://a.test"],
    ["check", "http://127.0.0.1:1/", "--origin", HOSTILE],
    ["check", "http://127.0.0.1:1/", "--origin", "https://a.test", "-X", HOSTILE],
    ["check", "http://127.0.0.1:1/", "--origin", "https://a.test", "-H", HOSTILE],
    ["check", "http://127.0.0.1:1/", "--origin", "https://a.test", "--cacert", HOSTILE],
    ["check", "http://127.0.0.1:1/", "--origin", "https://a.test", "--proxy", HOSTILE],
    ["check", "http://127.0.0.1:1/", "--origin", "https://a.test", "--resolve", HOSTILE],
    ["check", "--har", HOSTILE],
    ["check", "--answer", HOSTILE, "http://127.0.0.1:1/", "--origin", "https://a.test"],
    ["check", "--curl", f"curl {HOSTILE} --{HOSTILE}"],
    ["audit", URL],
    ["audit", f"http://{HOSTILE}/"],
    ["audit", "--targets", HOSTILE],
    ["audit", "--har", HOSTILE],
    ["audit", "--openapi", HOSTILE],
    ["audit", "--baseline", HOSTILE, "http://127.0.0.1:1/"],
    ["audit", "--resume", f"none/{HOSTILE}", "http://127.0.0.1:1/"],
    ["audit", "--sarif", f"none/{HOSTILE}", "http://127.0.0.1:1/"],
    ["audit", "-H", HOSTILE, "http://127.0.0.1:1/"],
    ["audit", "--fail-on", HOSTILE, "http://127.0.0.1:1/"],
    ["explain", HOSTILE],
    ["explain", "--json", HOSTILE],
    ["lab", "--page", HOSTILE],
    ["lab", "--listen", HOSTILE],
    ["serve", "--policy", HOSTILE, "--upstream", "http://127.0.0.1:1"],
    ["serve", "--policy", "hostile.yaml", "--upstream", "http://127.0.0.1:1"],
    ["serve", "--policy", "cors.yaml", "--upstream", URL],
    ["serve", "--policy", "cors.yaml", "--upstream", f"http://{HOSTILE}"],
    ["serve", "--policy", "cors.yaml", "--mount", f"/={HOSTILE}"],
    ["serve", "--policy", "cors.yaml", "--mount", f"/{HOSTILE}=http://127.0.0.1:1"],
    ["serve", "--policy", "cors.yaml", "--mount", HOSTILE],
    ["serve", "--policy", "cors.yaml", "--upstream", "http://127.0.0.1:1", "--user", HOSTILE],
    ["serve", "--policy", "cors.yaml", "--upstream", "http://127.0.0.1:1", "--listen", HOSTILE],
    ["serve", "--policy", "cors.yaml", "--upstream", "http://127.0.0.1:1", "--enforce", HOSTILE],
    ["serve", "--policy", "cors.yaml", "--upstream", "http://127.0.0.1:1", "--tls-key", HOSTILE],
]


def shown(arguments: list[str]) -> str:
    return " ".join(arguments).replace(HOSTILE, "HOSTILE").encode("ascii", "replace").decode()


@pytest.mark.parametrize("arguments", CASES, ids=shown)
def test_arguments(tmp_path: Path, arguments: list[str]) -> None:
    (tmp_path / "cors.yaml").write_text(POLICY)
    (tmp_path / "hostile.yaml").write_bytes(BAD_POLICY.encode(errors="surrogateescape"))
    done = run_cors(arguments, tmp_path)
    assert done.code in (0, 1, 2, 3)
    assert not UNFIT.search(done.stdout), done.stdout
    assert not UNFIT.search(done.stderr), done.stderr


VARIABLES = {"CORS_NGINX": HOSTILE, "CORS_NGINX_MODULE": HOSTILE, "TMPDIR": f"/none/{HOSTILE}",
             "SSL_CERT_FILE": f"/none/{HOSTILE}", "CORS_ENV": HOSTILE}


@pytest.mark.parametrize("name", VARIABLES)
@pytest.mark.parametrize("arguments", [
    ["serve", "--policy", "cors.yaml", "--upstream", "http://127.0.0.1:1", "--listen",
     "192.0.2.1:1"],
    ["lint", "cors.yaml"], ["audit", "http://127.0.0.1:1/"],
    ["check", "http://127.0.0.1:1/", "--origin", "https://a.test"]], ids=shown)
def test_variables(tmp_path: Path, arguments: list[str], name: str) -> None:
    (tmp_path / "cors.yaml").write_text(POLICY)
    done = run_cors(arguments, tmp_path, {name: VARIABLES[name]})
    assert not UNFIT.search(done.stdout + done.stderr), done
