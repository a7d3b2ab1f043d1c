# SPDX-License-Identifier: MIT
"""Lists that live behind the gateway: appended to, written slowly; and compiled policies."""

from __future__ import annotations

import os
import signal
import subprocess
from pathlib import Path

from tests.serve.recording_upstream import RecordingUpstream
from tests.serve.serving import COMMAND, LISTED, MODULE, SECONDS, Gateway, gateway, run_serve

NEW = "https://new.example.com"
LIST_POLICY = "policies:\n  - allow_origins: [{ from_file: tenants.txt }]\n"
OPEN_LINE = ("tenants.txt ends within a line and is still open for writing: that line is not taken "
             "before it is whole")


def write_list(folder: Path, *origins: str) -> Path:
    tenants = folder / "tenants.txt"
    tenants.write_text("".join(f"{origin}\n" for origin in origins))
    return tenants


def append(path: Path, text: str) -> None:
    with path.open("a") as file:
        file.write(text)


def compile_policy(folder: Path, text: str, name: str = "policy.corsc") -> Path:
    (folder / "source.yaml").write_text(text)
    beside = folder / f"{name}.made"
    subprocess.run([COMMAND, "compile", "source.yaml", "-o", beside.name], cwd=folder, check=True,
                   timeout=SECONDS, stdout=subprocess.DEVNULL)
    return beside


def policy_of(origin: str) -> str:
    return f"policies:\n  - allow_origins: ['{origin}']\n"


def test_append(tmp_path: Path, upstream: RecordingUpstream) -> None:
    """Line by line, with no reload: the workers stay."""
    tenants = write_list(tmp_path, LISTED)
    with gateway(tmp_path, "--upstream", upstream.url, "--watch", policy=LIST_POLICY) as served:
        processes = served.processes()
        for number in range(5):
            append(tenants, f"https://tenant-{number}.example\n")
            served.wait_until_said(f": {number + 2} origins in 1 policy")
            assert served.allows(f"https://tenant-{number}.example"), "in force when it is said"
        assert served.processes() == processes
        append(tenants, "https://bad.example/\n")
        served.wait_until_said("tenants.txt:7:")
        assert served.allows("https://tenant-4.example")


def test_append_to_many(tmp_path: Path, upstream: RecordingUpstream) -> None:
    tenants = write_list(tmp_path, *(f"https://tenant-{i}.example" for i in range(100_000)))
    with gateway(tmp_path, "--upstream", upstream.url, "--watch", policy=LIST_POLICY) as served:
        append(tenants, f"{NEW}\n")
        served.wait_until_said("now in force: cors.yaml, environment production: 100001 origins")
        assert served.allows(NEW) and served.allows("https://tenant-99999.example")


def test_last_line_that_is_being_written(tmp_path: Path, upstream: RecordingUpstream) -> None:
    """What is not whole yet is no origin; what stands before it is in force at once."""
    tenants = write_list(tmp_path, LISTED)
    with gateway(tmp_path, "--upstream", upstream.url, "--watch", policy=LIST_POLICY) as served:
        with tenants.open("a") as file:
            file.write("https://first.example\nhttps://second.example.co")
            file.flush()
            served.wait_until_said(OPEN_LINE)
            served.wait_until_allows("https://first.example")
            assert not served.allows("https://second.example.co")
            file.write("m\nhttps://third.example.co")
            file.flush()
            served.wait_until_allows("https://second.example.com")
            assert not served.allows("https://second.example.co")
            assert not served.allows("https://third.example.co")
            file.write("m")
        served.wait_until_allows("https://third.example.com")  # closed, so that it is whole
        assert not served.allows("https://third.example.co")
        assert served.said().count(OPEN_LINE) == 1


def test_last_line_without_newline(tmp_path: Path, upstream: RecordingUpstream) -> None:
    """Editors leave it so: a file that nobody writes to is whole."""
    tenants = tmp_path / "tenants.txt"
    tenants.write_text(LISTED)
    with gateway(tmp_path, "--upstream", upstream.url, "--watch", policy=LIST_POLICY) as served:
        assert served.allows(LISTED)
        tenants.write_text(f"{LISTED}\n{NEW}")
        served.wait_until_allows(NEW)
        (tmp_path / "beside").write_text("https://third.example.com")
        os.replace(tmp_path / "beside", tenants)
        served.wait_until_allows("https://third.example.com")
        assert not served.allows(NEW)


def test_closed_without_a_further_byte(tmp_path: Path, upstream: RecordingUpstream) -> None:
    tenants = write_list(tmp_path, LISTED)
    with gateway(tmp_path, "--upstream", upstream.url, "--watch", policy=LIST_POLICY) as served:
        with tenants.open("a") as file:
            file.write(NEW)
            file.flush()
            served.wait_until_said(OPEN_LINE)
            assert not served.allows(NEW)
        served.wait_until_allows(NEW)


def test_written_to_all_the_time(tmp_path: Path, upstream: RecordingUpstream) -> None:
    """A list that is never left alone is read all the same."""
    tenants = write_list(tmp_path, LISTED)
    with gateway(tmp_path, "--upstream", upstream.url, "--watch", policy=LIST_POLICY) as served:
        writer = subprocess.Popen(
            ["bash", "-c", "while :; do echo https://same.example >>tenants.txt; sleep 0.02; done"],
            cwd=tmp_path)
        try:
            served.wait_until_allows("https://same.example")
        finally:
            writer.kill()
            writer.wait(SECONDS)
        assert tenants.stat().st_size > 0


def test_list_that_changes_while_it_is_read_first(
        tmp_path: Path, upstream: RecordingUpstream) -> None:
    """Appended to at whatever moment of the start: it is in force in the end."""
    for number in range(4):
        folder = tmp_path / str(number)
        folder.mkdir()
        tenants = write_list(folder, *(f"https://tenant-{i}.example" for i in range(50_000)))
        (folder / "cors.yaml").write_text(LIST_POLICY)
        served = Gateway(folder, ["--policy", "cors.yaml", "--listen", "127.0.0.1:0", "--watch",
                                  "--upstream", upstream.url])
        with served:
            for _ in range(number):
                append(tenants, "https://same.example\n")
            append(tenants, f"{NEW}\n")
            served.wait_until_ready()
            served.wait_until_allows(NEW)


def test_compiled(tmp_path: Path, upstream: RecordingUpstream) -> None:
    policy = tmp_path / "policy.corsc"
    os.replace(compile_policy(tmp_path, policy_of(LISTED)), policy)
    with gateway(tmp_path, "--upstream", upstream.url, "--policy", policy.name) as served:
        assert served.allows(LISTED)
        os.replace(compile_policy(tmp_path, policy_of(NEW)), policy)
        assert not served.allows(NEW), "nothing is read unasked"
        served.send(signal.SIGHUP)
        served.wait_until_said(f"now in force: {policy.name}")
        assert served.allows(NEW) and not served.allows(LISTED)


def test_watch_compiled(tmp_path: Path, upstream: RecordingUpstream) -> None:
    policy = tmp_path / "policy.corsc"
    os.replace(compile_policy(tmp_path, policy_of(LISTED)), policy)
    with gateway(tmp_path, "--upstream", upstream.url, "--watch",
                 "--policy", policy.name) as served:
        processes = served.processes()
        os.replace(compile_policy(tmp_path, policy_of(NEW)), policy)
        served.wait_until_said(f"now in force: {policy.name}")
        assert served.allows(NEW) and not served.allows(LISTED)
        content = policy.read_bytes()
        policy.write_bytes(content[:-8])
        served.wait_until_said(f"{policy.name} was not taken: the policy that was in force stays")
        assert served.allows(NEW)
        policy.write_bytes(content[:-8] + content[-8:])
        served.wait_until_said("now in force", times=2)
        assert served.processes() == processes


def test_compiled_for_another_environment(tmp_path: Path, upstream: RecordingUpstream) -> None:
    compile_policy(tmp_path, policy_of(LISTED))
    done = run_serve(tmp_path, "--policy", "policy.corsc.made", "--env", "development",
                     "--upstream", upstream.url)
    assert done.returncode == 2
    assert "production" in done.stderr and "development" in done.stderr


def test_temporary_files(tmp_path: Path, upstream: RecordingUpstream) -> None:
    """One policy is in the gateway's folder, however often it was replaced."""
    tenants = write_list(tmp_path, LISTED)
    with gateway(tmp_path, "--upstream", upstream.url, "--watch", policy=LIST_POLICY) as served:
        for number in range(3):
            append(tenants, f"https://tenant-{number}.example\n")
            served.wait_until_said(f": {number + 2} origins in 1 policy")
        [folder] = served.left_behind()
        names = os.listdir(served.scratch / folder)
        assert [name for name in names if "policy" in name] == ["policy.corsc"]
    assert served.left_behind() == []


def test_no_room_for_the_policy(tmp_path: Path, upstream: RecordingUpstream) -> None:
    """The folder is gone, say: what is in force stays, and that is said."""
    with gateway(tmp_path, "--upstream", upstream.url, "--watch") as served:
        [folder] = served.left_behind()
        (served.scratch / folder / "policy.corsc.new").mkdir()
        (tmp_path / "cors.yaml").write_text(policy_of(NEW))
        served.wait_until_said("cannot write ")
        served.wait_until_said("cors.yaml was not taken: the policy that was in force stays")
        assert served.allows(LISTED) and not served.allows(NEW)
        (served.scratch / folder / "policy.corsc.new").rmdir()
        served.send(signal.SIGHUP)
        served.wait_until_allows(NEW)


def test_print_config_names_the_policy_itself(
        tmp_path: Path, upstream: RecordingUpstream) -> None:
    """What is printed is for use without the gateway, whose folder is not there then."""
    (tmp_path / "cors.yaml").write_text(policy_of(LISTED))
    done = run_serve(tmp_path, "--policy", "cors.yaml", "--print-config", "--upstream",
                     upstream.url)
    assert f'cors_policy "{tmp_path}/cors.yaml" "production";' in done.stdout
    assert MODULE in done.stdout
