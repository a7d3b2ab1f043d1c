# SPDX-License-Identifier: MIT
"""One audit of all the hosts, reported in every form."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from report_hosts import BEHAVIOURS
from tests.support.cors_command import Finished, run_cors
from tests.support.https_server import HttpsServer, audit_arguments

PATH = "/me?x=1"


def audit(server: HttpsServer, folder: Path, *arguments: str,
          variables: dict[str, str] | None = None) -> Finished:
    return run_cors(["audit", *audit_arguments(server), *arguments], folder, variables)


def all_urls(server: HttpsServer) -> list[str]:
    return [server.url(host, PATH) for host in BEHAVIOURS]


@dataclass(frozen=True)
class Reports:
    """What one run wrote, and the targets as `--json` has them: the others must agree."""
    code: int
    targets: list[dict[str, Any]]
    sarif: Path
    junit: Path
    html: Path

    def findings(self) -> list[tuple[dict[str, Any], dict[str, Any]]]:
        """Each with its target."""
        return [(target, finding) for target in self.targets for finding in target["findings"]]


def write_reports(server: HttpsServer, folder: Path, *arguments: str) -> Reports:
    paths = [folder / name for name in ("report.sarif", "report.xml", "report.html")]
    done = audit(server, folder, *all_urls(server), "--json", "--sarif", str(paths[0]), "--junit",
                 str(paths[1]), "--html", str(paths[2]), *arguments)
    assert done.stderr == ""
    return Reports(done.code, json.loads(done.stdout)["targets"], *paths)


def baseline(folder: Path, *suppressions: dict[str, Any]) -> str:
    """Writes a baseline file, and returns its name in the folder."""
    (folder / "known.json").write_text(json.dumps({"suppressions": suppressions}))
    return "known.json"


def accepting(url: str, rule: str, until: str = "2999-12-31",
              reason: str = "a <b>reason</b>") -> dict[str, str]:
    return {"url": url, "rule": rule, "reason": reason, "until": until}
