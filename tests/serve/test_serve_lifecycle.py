# SPDX-License-Identifier: MIT
"""How the gateway starts and ends: signals, what is missing, what is in the way."""

from __future__ import annotations

import os
import pty
import re
import shutil
import signal
import socket
import tempfile
from pathlib import Path

import pytest

from tests.serve.recording_upstream import RecordingUpstream
from tests.serve.serving import (
    ADDRESS, COMMAND, LISTED, MODULE, POLICY, READY, SECONDS, connect, exchange, gateway,
    read_head, run_serve, simple_request)
from tests.support.started import Started, accepts, free_port, processes_of_session, wait_for


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGQUIT])
def test_signal_ends_everything(
        tmp_path: Path, upstream: RecordingUpstream, number: signal.Signals) -> None:
    with gateway(tmp_path, "--upstream", upstream.url) as served:
        port = served.port
        assert served.allows(LISTED)
        assert len(served.processes()) > 2, "the command, nginx and a worker"
        served.send(number)
        assert served.wait_for_end() == 0
        assert served.left_behind() == []
        assert not accepts(port)


@pytest.mark.parametrize("number", [signal.SIGHUP, signal.SIGINT])
def test_closed_terminal_and_control_c(
        tmp_path: Path, upstream: RecordingUpstream, number: signal.Signals) -> None:
    """In front of a terminal: Ctrl-C ends it, and so does closing the window."""
    (tmp_path / "cors.yaml").write_text(POLICY)
    log = tmp_path / "log"
    pid, terminal = pty.fork()
    if pid == 0:
        signal.signal(signal.SIGHUP, signal.SIG_DFL)  # whoever ran the tests with nohup
        signal.signal(signal.SIGINT, signal.SIG_DFL)
        os.chdir(tmp_path)
        os.environ.update({"CORS_NGINX_MODULE": MODULE, "TMPDIR": str(tmp_path)})
        os.execvp("sh", ["sh", "-c", 'exec "$0" "$@" 2>log', COMMAND, "serve", "--policy",
                         "cors.yaml", "--upstream", upstream.url, "--listen", "127.0.0.1:0"])
    ended: list[int] = []

    def has_ended() -> bool:
        which, status = os.waitpid(pid, os.WNOHANG)
        if which == pid:
            ended.append(os.waitstatus_to_exitcode(status))
        return which == pid
    try:
        wait_for(lambda: log.exists() and READY.search(log.read_text()) is not None,
                 "the gateway", SECONDS)
        if number == signal.SIGINT:
            os.write(terminal, b"\x03")
            wait_for(has_ended, "the end by Ctrl-C", SECONDS)
        os.close(terminal)
        if number == signal.SIGHUP:
            wait_for(has_ended, "the end with the terminal", SECONDS)
        assert ended == [0]
        wait_for(lambda: not processes_of_session(pid), "the end of all", SECONDS)
    finally:
        for left in processes_of_session(pid):
            os.kill(left, signal.SIGKILL)
    assert not list(tmp_path.glob("cors-serve.*"))


def test_end_does_not_wait_for_clients(tmp_path: Path, upstream: RecordingUpstream) -> None:
    with gateway(tmp_path, "--upstream", upstream.url) as served, \
            connect(served.port) as connection:
        connection.sendall(b"POST /api/x HTTP/1.1\r\nHost: h\r\nContent-Length: 10\r\n\r\n")
        served.send(signal.SIGTERM)
        assert served.wait_for_end() == 0


def test_killed_command_leaves_no_process(tmp_path: Path, upstream: RecordingUpstream) -> None:
    with gateway(tmp_path, "--upstream", upstream.url) as served:
        port = served.port
        assert served.allows(LISTED)
        served.send(signal.SIGKILL)
        assert served.wait_for_end() == -signal.SIGKILL
        assert not accepts(port)


def test_next_start_removes_what_a_killed_one_left(
        tmp_path: Path, upstream: RecordingUpstream) -> None:
    with gateway(tmp_path, "--upstream", upstream.url) as killed:
        killed.send(signal.SIGKILL)
        killed.wait_for_end()
        left = killed.left_behind()
        assert len(left) == 1
    with gateway(tmp_path, "--upstream", upstream.url) as served:
        now = served.left_behind()
        assert len(now) == 1 and now != left
        # Where workers are of another user, their group passes through.
        assert (served.scratch / now[0]).stat().st_mode & 0o767 == 0o700


def test_two_gateways_leave_each_others_folder_alone(
        tmp_path: Path, upstream: RecordingUpstream) -> None:
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
    shared = {"TMPDIR": str(tmp_path)}
    with gateway(tmp_path / "one", "--upstream", upstream.url, environment=shared) as one, \
            gateway(tmp_path / "two", "--upstream", upstream.url, environment=shared) as two:
        assert one.allows(LISTED) and two.allows(LISTED)
        assert len(list(tmp_path.glob("cors-serve.*"))) == 2
        one.send(signal.SIGHUP)  # it still finds its configuration
        one.wait_until_said("now in force")
        assert one.allows(LISTED)


def test_killed_nginx_ends_the_command(tmp_path: Path, upstream: RecordingUpstream) -> None:
    with gateway(tmp_path, "--upstream", upstream.url) as served:
        os.kill(served.master(), signal.SIGKILL)
        assert served.wait_for_end() == 3
        assert "nginx was ended by signal 9" in served.said()
        assert served.left_behind() == []


def test_port_in_use(tmp_path: Path) -> None:
    (tmp_path / "cors.yaml").write_text(POLICY)
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        ended = run_serve(tmp_path, "--policy", "cors.yaml", "--upstream", "http://127.0.0.1:1",
                          "--listen", f"127.0.0.1:{port}")
    assert ended.returncode == 3
    assert f"127.0.0.1:{port} is in use" in ended.stderr
    assert "--listen" in ended.stderr


def test_address_of_another_machine(tmp_path: Path) -> None:
    (tmp_path / "cors.yaml").write_text(POLICY)
    ended = run_serve(tmp_path, "--policy", "cors.yaml", "--upstream", "http://127.0.0.1:1",
                      "--listen", "192.0.2.1:8080")
    assert ended.returncode == 3
    assert "cannot listen on 192.0.2.1:8080" in ended.stderr


@pytest.mark.parametrize("variable", ["CORS_NGINX", "CORS_NGINX_MODULE"])
def test_missing_program(tmp_path: Path, variable: str) -> None:
    (tmp_path / "cors.yaml").write_text(POLICY)
    ended = run_serve(tmp_path, "--policy", "cors.yaml", "--upstream", "http://127.0.0.1:1",
                      "--listen", "127.0.0.1:0", environment={variable: "/nowhere/nginx"})
    assert ended.returncode == 3
    assert "/nowhere/nginx" in ended.stderr


def test_module_that_nginx_does_not_take(tmp_path: Path) -> None:
    (tmp_path / "cors.yaml").write_text(POLICY)
    (tmp_path / "module.so").write_text("no shared object")
    ended = run_serve(tmp_path, "--policy", "cors.yaml", "--upstream", "http://127.0.0.1:1",
                      "--listen", "127.0.0.1:0",
                      environment={"CORS_NGINX_MODULE": str(tmp_path / "module.so")})
    assert ended.returncode == 3
    assert "nginx did not start" in ended.stderr
    assert "module.so" in ended.stderr


def test_unreadable_policy(tmp_path: Path) -> None:
    ended = run_serve(tmp_path, "--policy", "none.yaml", "--upstream", "http://127.0.0.1:1")
    assert ended.returncode == 2
    assert "none.yaml" in ended.stderr and "[unreadable-file]" in ended.stderr


def test_bad_policy(tmp_path: Path) -> None:
    (tmp_path / "cors.yaml").write_text(
        'policies:\n  - allow_origins: ["*"]\n    allow_credentials: true\n')
    ended = run_serve(tmp_path, "--policy", "cors.yaml", "--upstream", "http://127.0.0.1:1")
    assert ended.returncode == 2
    assert "cors.yaml:2:" in ended.stderr
    assert "[wildcard-with-credentials]" in ended.stderr


def test_environment_selects(tmp_path: Path, upstream: RecordingUpstream) -> None:
    policy = """\
policies:
  - allow_origins:
      - { origin: "http://localhost:3000", environment: development }
      - https://app.example.com
"""
    with gateway(tmp_path, "--upstream", upstream.url, "--env", "development",
                 policy=policy) as served:
        assert served.allows("http://localhost:3000")
    with gateway(tmp_path, "--upstream", upstream.url, policy=policy,
                 environment={"CORS_ENV": "development"}) as served:
        assert served.allows("http://localhost:3000")
    with gateway(tmp_path, "--upstream", upstream.url, policy=policy) as served:
        assert not served.allows("http://localhost:3000")


def test_origins_from_a_variable(tmp_path: Path, upstream: RecordingUpstream) -> None:
    policy = "policies:\n  - allow_origins: [{ from_env: WHO_MAY_READ }]\n"
    with gateway(tmp_path, "--upstream", upstream.url, policy=policy,
                 environment={"WHO_MAY_READ": f"https://x.example {LISTED}"}) as served:
        assert served.allows(LISTED)
        assert not served.allows("https://y.example")


def test_upstream_that_refuses(tmp_path: Path) -> None:
    port = free_port()
    with gateway(tmp_path, "--upstream", f"http://127.0.0.1:{port}") as served:
        answer = served.ask("/api/x", LISTED)
        assert answer.status == 502
        assert answer.header("Access-Control-Allow-Origin") == LISTED
        served.wait_until_said(f"the upstream 127.0.0.1:{port} cannot be reached")
        with RecordingUpstream(port=port):  # it comes back, and is used at once
            assert served.ask("/api/x", LISTED).status == 200


def test_upstream_without_an_address(tmp_path: Path) -> None:
    (tmp_path / "cors.yaml").write_text(POLICY)
    ended = run_serve(tmp_path, "--policy", "cors.yaml", "--upstream", "http://api.invalid",
                      "--listen", "127.0.0.1:0")
    assert ended.returncode == 3
    assert "http://api.invalid has no address" in ended.stderr


def test_runs_as_an_ordinary_user(upstream: RecordingUpstream) -> None:
    """As nobody where the tests run as root, else as whoever runs them."""
    as_nobody = ["setpriv", "--reuid", "65534", "--regid", "65534", "--clear-groups", "--"]
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        folder.chmod(0o755)
        scratch = folder / "tmp"
        scratch.mkdir()
        scratch.chmod(0o777)
        (folder / "cors.yaml").write_text(POLICY)
        shutil.copy(COMMAND, folder / "cors")
        shutil.copy(MODULE, folder / "ngx_http_cors_module.so")
        command = [*(as_nobody if os.geteuid() == 0 else []), str(folder / "cors"), "serve",
                   "--policy", "cors.yaml", "--upstream", upstream.url,
                   "--listen", "127.0.0.1:0"]
        with Started(command, folder / "log", folder=folder,
                     environment={"TMPDIR": str(scratch), "CORS_NGINX_MODULE": ""}) as served:
            served.wait_until(lambda: READY.search(served.said()) is not None, "the gateway",
                              SECONDS)
            owners = {Path(f"/proc/{pid}").stat().st_uid
                      for pid in processes_of_session(served.process.pid)}
            assert 0 not in owners
            found = ADDRESS.search(served.said())
            assert found is not None
            with connect(int(found[1])) as connection:
                answer = exchange(connection, simple_request("/api/x"))
            assert answer.header("Access-Control-Allow-Origin") == LISTED
            served.process.send_signal(signal.SIGTERM)
            assert served.process.wait(SECONDS) == 0


def test_no_worker_can_hang_in_accept(tmp_path: Path, upstream: RecordingUpstream) -> None:
    """Two workers wake up for one connection; on a blocking socket one would wait for the next."""
    with gateway(tmp_path, "--upstream", upstream.url) as served:
        flags = []
        for folder in Path(f"/proc/{served.master()}/fd").iterdir():
            if os.readlink(folder).startswith("socket:"):
                info = (folder.parent.parent / "fdinfo" / folder.name).read_text()
                flags.append(int(info.split("flags:", 1)[1].split()[0], 8))
        assert flags and all(flag & os.O_NONBLOCK for flag in flags)


def test_ipv6(tmp_path: Path, upstream: RecordingUpstream) -> None:
    with gateway(tmp_path, "--upstream", upstream.url, listen="[::1]:0") as served:
        assert f"cors serve: http://[::1]:{served.port}/ serves {upstream.url}" in served.said()
        with connect(served.port, "::1") as connection:
            answer = exchange(connection, simple_request("/api/x"))
        assert answer.header("Access-Control-Allow-Origin") == LISTED


def test_start_says_what_is_served(tmp_path: Path, upstream: RecordingUpstream) -> None:
    with gateway(tmp_path, "--upstream", upstream.url) as served:
        assert f"cors serve: http://127.0.0.1:{served.port}/ serves {upstream.url}\n" \
            in served.said()
        assert re.search(r"^cors serve: policy cors\.yaml, environment production: "
                         r"1 origin in 1 policy$", served.said(), re.MULTILINE)


def test_kept_connection_is_served_to_its_end(
        tmp_path: Path, upstream: RecordingUpstream) -> None:
    with gateway(tmp_path, "--upstream", upstream.url) as served, \
            connect(served.port) as connection:
        request = f"GET /api/x HTTP/1.1\r\nHost: h\r\nOrigin: {LISTED}\r\n\r\n".encode()
        for _ in range(3):
            connection.sendall(request)
            head, _ = read_head(connection)
            assert b"Access-Control-Allow-Origin" in head


def test_slow_reader_stops_no_request(tmp_path: Path, upstream: RecordingUpstream) -> None:
    """Who should read the decisions never does, and the gateway serves on."""
    (tmp_path / "cors.yaml").write_text(POLICY)
    os.mkfifo(tmp_path / "pipe")
    reader = os.open(tmp_path / "pipe", os.O_RDWR)
    into_pipe = ["sh", "-c", 'exec "$0" "$@" >pipe']
    target = "/api/" + "x" * 4000
    request = simple_request(target, "OPTIONS", "Access-Control-Request-Method: PUT")
    with Started([*into_pipe, COMMAND, "serve", "--policy", "cors.yaml",
                  "--upstream", upstream.url, "--listen", "127.0.0.1:0"],
                 tmp_path / "slow.log", folder=tmp_path,
                 environment={"CORS_NGINX_MODULE": MODULE, "TMPDIR": str(tmp_path)}) as served:
        served.wait_until(lambda: READY.search(served.said()) is not None, "the gateway", SECONDS)
        found = ADDRESS.search(served.said())
        assert found is not None
        for _ in range(600):  # far more than any pipe holds
            with connect(int(found[1])) as connection:
                assert exchange(connection, request).status == 204
        served.process.send_signal(signal.SIGTERM)
        assert served.process.wait(SECONDS) == 0
    os.close(reader)
