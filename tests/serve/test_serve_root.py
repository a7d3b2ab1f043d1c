# SPDX-License-Identifier: MIT
"""What only root can ask for; conftest.py leaves it out for everybody else."""

from __future__ import annotations

import pwd
from pathlib import Path

import pytest

from tests.serve.recording_upstream import RecordingUpstream
from tests.serve.serving import LISTED, POLICY, gateway, run_serve


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
