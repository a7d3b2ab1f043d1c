# SPDX-License-Identifier: MIT
"""What the command line takes, and that nothing on it becomes nginx's own words."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.serve.recording_upstream import RecordingUpstream
from tests.serve.serving import LISTED, POLICY, Gateway, gateway, run_serve

UPSTREAM = ["--upstream", "http://127.0.0.1:1"]

WRONG = [
    ([], "--policy FILE is missing"),
    (["--policy", "cors.yaml"], "nothing to serve"),
    (["--policy", "cors.yaml", "--bogus"], "unrecognized option"),
    (["--policy"], "requires an argument"),
    (["--policy", "cors.yaml", *UPSTREAM, "stray"], "stray is not an option"),
    (["--policy", "cors.yaml", "--upstream", "127.0.0.1:3000"], "http:// or https://"),
    (["--policy", "cors.yaml", "--upstream", "ftp://127.0.0.1"], "http:// or https://"),
    (["--policy", "cors.yaml", "--upstream", "http://"], "has no host"),
    (["--policy", "cors.yaml", "--upstream", "http://:80"], "has no host"),
    (["--policy", "cors.yaml", "--upstream", "http://u:p@h"], "user name"),
    (["--policy", "cors.yaml", "--upstream", "http://h:0"], "port"),
    (["--policy", "cors.yaml", "--upstream", "http://h:65536"], "port"),
    (["--policy", "cors.yaml", "--upstream", "http://h:"], "port"),
    (["--policy", "cors.yaml", "--upstream", "http://h:80x"], "port"),
    (["--policy", "cors.yaml", "--upstream", "http://[::1"], "form"),
    (["--policy", "cors.yaml", "--upstream", "http://[nope]"], "IPv6"),
    (["--policy", "cors.yaml", "--upstream", "http://h/?a"], "query"),
    (["--policy", "cors.yaml", "--upstream", "http://h/#a"], "fragment"),
    (["--policy", "cors.yaml", "--upstream", "http://h/$uri"], "not allowed"),
    (["--policy", "cors.yaml", "--upstream", "http://h/a b"], "not allowed"),
    (["--policy", "cors.yaml", "--upstream", 'http://h/";return 200;#'], "fragment"),
    (["--policy", "cors.yaml", "--upstream", 'http://h/"}'], "not allowed"),
    (["--policy", "cors.yaml", "--upstream", "http://h\n;"], "no host name has"),
    (["--policy", "cors.yaml", "--upstream", "http://h;x"], "no host name has"),
    (["--policy", "cors.yaml", "--mount", "api=http://h"], "PREFIX=URL"),
    (["--policy", "cors.yaml", "--mount", "/api"], "PREFIX=URL"),
    (["--policy", "cors.yaml", "--mount", "/api="], "PREFIX=URL"),
    (["--policy", "cors.yaml", "--mount", "/a/../b=http://h"], "empty segment, . or .."),
    (["--policy", "cors.yaml", "--mount", "/a//b=http://h"], "empty segment, . or .."),
    (["--policy", "cors.yaml", "--mount", "/a%2fb=http://h"], "cannot have"),
    (["--policy", "cors.yaml", "--mount", '/a" {}=http://h'], "cannot have"),
    (["--policy", "cors.yaml", "--mount", "/$uri=http://h"], "cannot have"),
    (["--policy", "cors.yaml", "--mount", "/a=http://h", "--mount", "/a/=http://i"],
     "mounted twice"),
    (["--policy", "cors.yaml", "--mount", "/=none"], "neither"),
    (["--policy", "cors.yaml", "--mount", "/=cors.yaml"], "a folder or a URL is needed"),
    (["--policy", "cors.yaml", "--mount", "/=/"], "root of the file system"),
    (["--policy", "cors.yaml", *UPSTREAM, "--mount", "/a=http://h"], "--upstream takes all paths"),
    (["--policy", "cors.yaml", *UPSTREAM, "--listen", "8080"], "ADDR:PORT"),
    (["--policy", "cors.yaml", *UPSTREAM, "--listen", "127.0.0.1:x"], "port"),
    (["--policy", "cors.yaml", *UPSTREAM, "--listen", "127.0.0.1:70000"], "port"),
    (["--policy", "cors.yaml", *UPSTREAM, "--listen", "example.com:80"], "no IP address"),
    (["--policy", "cors.yaml", *UPSTREAM, "--listen", "[::1:80"], "ADDR:PORT"),
    (["--policy", "cors.yaml", *UPSTREAM, "--listen", "[127.0.0.1]:80"], "IPv6"),
    (["--policy", "cors.yaml", *UPSTREAM, "--enforce", "maybe"], "off, report or block"),
    (["--policy", "cors.yaml", *UPSTREAM, "--env", ""], "--env takes"),
    (["--policy", "cors.yaml", *UPSTREAM, "--env", "a\nb"], "--env takes"),
    (["--policy", "cors.yaml", *UPSTREAM, "--color", "red"], "--color"),
    (["--policy", "cors.yaml", *UPSTREAM, "--tls-cert", "cors.yaml"], "belong together"),
    (["--policy", "cors.yaml", *UPSTREAM, "--tls-key", "cors.yaml"], "belong together"),
    (["--policy", "cors.yaml", *UPSTREAM, "--tls-cert", "none.pem", "--tls-key", "none.pem"],
     "cannot read none.pem"),
    (["--policy", "a$b.yaml", *UPSTREAM], "--policy"),
    (["--policy", "a\nb.yaml", *UPSTREAM], "--policy"),
]


@pytest.mark.parametrize(("arguments", "words"), WRONG)
def test_wrong_usage(tmp_path: Path, arguments: list[str], words: str) -> None:
    (tmp_path / "cors.yaml").write_text(POLICY)
    ended = run_serve(tmp_path, *arguments)
    assert ended.returncode == 2
    assert words in ended.stderr
    assert ended.stdout == ""


def test_many_mounts(tmp_path: Path) -> None:
    (tmp_path / "cors.yaml").write_text(POLICY)
    mounts = [part for number in range(65) for part in ("--mount", f"/{number}=http://127.0.0.1:1")]
    ended = run_serve(tmp_path, "--policy", "cors.yaml", *mounts)
    assert ended.returncode == 2
    assert "at most 64 mounts" in ended.stderr


STRANGE = ['a "b" c', "a;b}c", "a\\b", "a'b", "a#b", "{}", "ä ö", "a\\\"b;return 200;#"]


@pytest.mark.parametrize("name", STRANGE)
def test_strange_names_are_only_names(
        tmp_path: Path, upstream: RecordingUpstream, name: str) -> None:
    """As the folder of everything, as a mounted folder, as the environment."""
    folder = tmp_path / name
    site = folder / name
    site.mkdir(parents=True)
    (site / "index.html").write_text("page")
    with gateway(folder, "--mount", f"/={site}", "--mount", f"/api={upstream.url}",
                 "--env", name) as served:
        assert served.ask("/").body == b"page"
        assert served.allows(LISTED)


@pytest.mark.parametrize("place", ["$HOME", "a\nb", "\x7f"])
def test_folder_that_nginx_would_misread(tmp_path: Path, place: str) -> None:
    (tmp_path / "cors.yaml").write_text(POLICY)
    (tmp_path / place).mkdir()
    ended = run_serve(tmp_path, "--policy", "cors.yaml", "--mount", f"/=./{place}")
    assert ended.returncode == 2
    assert "nginx cannot take a folder" in ended.stderr


def test_policy_from_elsewhere(tmp_path: Path, upstream: RecordingUpstream) -> None:
    """Relative names are those of the folder that the command was started in."""
    (tmp_path / "sub").mkdir()
    (tmp_path / "sub" / "list.txt").write_text(f"{LISTED}\n")
    (tmp_path / "sub" / "own.yaml").write_text(
        "policies:\n  - allow_origins: [{ from_file: list.txt }]\n")
    with gateway(tmp_path, "--upstream", upstream.url, "--policy", "sub/own.yaml") as served:
        assert served.allows(LISTED)


def test_environment_that_nginx_gets_is_not_the_users(
        tmp_path: Path, upstream: RecordingUpstream) -> None:
    """$NGINX would have nginx take over sockets that are not there."""
    with gateway(tmp_path, "--upstream", upstream.url,
                 environment={"NGINX": "77;", "CORS_SERVE": "x"}) as served:
        assert served.allows(LISTED)


def test_long_temporary_folder(tmp_path: Path, upstream: RecordingUpstream) -> None:
    place = tmp_path
    for _ in range(10):
        place = place / ("x" * 40)
    place.mkdir(parents=True)
    (tmp_path / "cors.yaml").write_text(POLICY)
    served = Gateway(tmp_path, ["--policy", "cors.yaml", "--upstream", upstream.url,
                                "--listen", "127.0.0.1:0"], {"TMPDIR": str(place)})
    with served:
        served.wait_until_ready()
        assert served.allows(LISTED)


def test_temporary_folder_that_is_not_there(tmp_path: Path) -> None:
    (tmp_path / "cors.yaml").write_text(POLICY)
    ended = run_serve(tmp_path, "--policy", "cors.yaml", *UPSTREAM, "--listen", "127.0.0.1:0",
                      environment={"TMPDIR": "/nowhere"})
    assert ended.returncode == 3
    assert "cannot create a folder in /nowhere" in ended.stderr
