# SPDX-License-Identifier: MIT
"""How the lab starts, where it listens, what it says when it cannot, and how it ends."""

from __future__ import annotations

import os
import re
import shutil
import signal
import socket
from pathlib import Path

import pytest

from lab_serving import SECONDS, Lab, make_page
from tests.support.cors_command import COMMAND, run_cors
from tests.support.raw_client import ask
from tests.support.started import Started, wait_for


def answers_at(address: str, port: int) -> bool:
    with socket.socket(socket.AF_INET6 if ":" in address else socket.AF_INET) as probe:
        return probe.connect_ex((address, port)) == 0


@pytest.mark.parametrize("listen, addresses, host", [
    ("localhost:0", ["127.0.0.1", "::1"], "localhost"),
    ("127.0.0.1:0", ["127.0.0.1"], "localhost"),
    ("[::1]:0", ["::1"], "localhost"),
    ("127.0.0.9:0", ["127.0.0.9"], "127.0.0.9"),
    ("0.0.0.0:0", ["127.0.0.1", "127.0.0.9"], "localhost")])
def test_addresses(page: Path, tmp_path: Path, listen: str, addresses: list[str],
                   host: str) -> None:
    with Lab(page, tmp_path / "lab.log", listen) as lab:
        lab.wait_until_ready()
        assert lab.said() == f"cors lab: serving http://{host}:{lab.port}\n"
        for address in ("127.0.0.1", "127.0.0.9", "::1"):
            assert answers_at(address, lab.port) == (address in addresses), address


def test_the_address_of_listen_is_a_name_of_the_page(page: Path, tmp_path: Path) -> None:
    with Lab(page, tmp_path / "lab.log", "0.0.0.0:0") as lab:
        lab.wait_until_ready()
        for host, status in (("0.0.0.0", 200), ("127.0.0.1", 200), ("localhost", 200),
                             ("127.0.0.9", 421), ("10.0.0.1", 421)):
            assert ask(lab.port, "GET", "/", host=f"{host}:{lab.port}").status == status
            info = ask(lab.port, "GET", "/-/info", host=f"{host}:{lab.port}")
            assert info.status == status


def test_ipv6(lab: Lab) -> None:
    """Browsers try either address for localhost."""
    with socket.create_connection(("::1", lab.port), SECONDS) as connection:
        connection.sendall(f"GET / HTTP/1.1\r\nHost: {lab.host}\r\nConnection: close\r\n\r\n"
                           .encode())
        received = b""
        while piece := connection.recv(65536):
            received += piece
    assert received.startswith(b"HTTP/1.1 200 ")


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_signals(page: Path, tmp_path: Path, number: signal.Signals) -> None:
    """With connections in every state."""
    with Lab(page, tmp_path / "lab.log") as lab:
        lab.wait_until_ready()
        with lab.connect() as idle, lab.connect() as half, lab.connect() as used:
            half.send(b"PUT /-/scripts/0123456789abcdef HTTP/1.1\r\nContent-Length: 9\r\n\r\n{")
            assert used.ask("GET", "/", host=lab.host).status == 200
            assert lab.finish(number) == 0
            assert idle.socket.recv(1) == b""
        assert lab.said() == f"cors lab: serving {lab.url}\n"


def test_a_port_again_at_once(page: Path, tmp_path: Path) -> None:
    """Connections that the last one closed are in nobody's way."""
    with Lab(page, tmp_path / "first.log") as first:
        first.wait_until_ready()
        with first.connect() as kept:
            assert kept.ask("GET", "/", host=first.host).status == 200
            port = first.port
            assert first.finish() == 0
    with Lab(page, tmp_path / "second.log", f"localhost:{port}") as second:
        assert second.wait_until_ready().port == port


@pytest.mark.parametrize("address, listen", [
    ("127.0.0.1", "127.0.0.1"), ("127.0.0.1", "localhost"), ("::1", "localhost"),
    ("::1", "[::1]")])
def test_a_port_in_use(page: Path, tmp_path: Path, address: str, listen: str) -> None:
    """Also where only one of the two addresses is taken: localhost would lead to a stranger."""
    with socket.socket(socket.AF_INET6 if ":" in address else socket.AF_INET) as other:
        other.bind((address, 0))
        other.listen()
        port = other.getsockname()[1]
        done = run_cors(["lab", "--page", str(page), "--listen", f"{listen}:{port}"], tmp_path)
    shown = f"[{address}]:{port}" if ":" in address else f"{address}:{port}"
    assert (done.code, done.stdout) == (3, "")
    assert done.stderr == (f"cors lab: {shown} is in use by another program. Choose another with "
                           "--listen ADDR:PORT; port 0 takes any that is free\n")


def test_an_address_that_is_not_here(page: Path, tmp_path: Path) -> None:
    done = run_cors(["lab", "--page", str(page), "--listen", "192.0.2.1:0"], tmp_path)
    assert done.code == 3 and "cannot listen on 192.0.2.1:0" in done.stderr


def test_no_page_where_it_was_named(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    (tmp_path / "file").write_text("")
    for folder in ("empty", "file", "none", ""):
        done = run_cors(["lab", "--page", folder, "--listen", "localhost:0"], tmp_path)
        assert (done.code, done.stdout) == (3, "")
        assert "--page: " in done.stderr and "`make lab`" in done.stderr


def moved_command(folder: Path) -> str:
    """The command in a folder of its own, where there is no page beside it."""
    alone = folder / "cors"
    shutil.copy(COMMAND, alone)
    return str(alone)


def test_the_page_beside_the_command(tmp_path: Path) -> None:
    command = moved_command(tmp_path)
    make_page(tmp_path / "lab")
    with Started([command, "lab", "--listen", "127.0.0.1:0"], tmp_path / "log") as started:
        started.wait_until(lambda: "\n" in started.said(), "the lab", SECONDS)
        port = int(started.said().rpartition(":")[2])
        assert b"<title>page</title>" in ask(port, "GET", "/", host=f"localhost:{port}").body


def test_no_page_at_all(tmp_path: Path) -> None:
    """Neither beside the command nor installed, or else only the latter."""
    command = moved_command(tmp_path)
    (tmp_path / "lab").write_text("a program that is called so")
    with Started([command, "lab", "--listen", "localhost:0"], tmp_path / "log") as started:
        wait_for(lambda: "\n" in started.said(), "what it says", SECONDS)
        found = re.search(r"neither in (\S+) nor in (\S+)\. Build it with `make lab`, or name its "
                          r"folder with --page DIR\n", started.said())
        if found is None:
            assert started.said().startswith("cors lab: serving http://localhost:")
        else:
            assert found[1] == f"{tmp_path}/lab" and not Path(found[2], "index.html").exists()
            assert started.process.wait(SECONDS) == 3


WRONG = [
    (["--bogus"], "unrecognized option"), (["--listen"], "requires an argument"),
    (["stray"], "stray is not an option"), (["--listen", "8081"], "ADDR:PORT"),
    (["--listen", "localhost"], "ADDR:PORT"), (["--listen", "localhost:x"], "port"),
    (["--listen", "localhost:65536"], "port"), (["--listen", "api.localhost:1"], "no IP address"),
    (["--listen", "[::1"], "ADDR:PORT"), (["--listen", "\x1b[2J:1"], "\ufffd[2J:1 has no IP"),
    (["--color", "red"], "--color"),
]


@pytest.mark.parametrize("arguments, words", WRONG)
def test_wrong_usage(tmp_path: Path, arguments: list[str], words: str) -> None:
    done = run_cors(["lab", *arguments], tmp_path)
    assert (done.code, done.stdout) == (2, "")
    assert words in done.stderr and "\x1b" not in done.stderr


def test_colours(page: Path, tmp_path: Path) -> None:
    with Lab(page, tmp_path / "lab.log", arguments=("--color", "always")) as lab:
        lab.wait_until(lambda: "\n" in lab.said(), "the lab", SECONDS)
        assert lab.said().startswith("cors lab: serving \x1b[1mhttp://localhost:")


def opener(folder: Path, words: str) -> dict[str, str]:
    """An environment in which xdg-open is a script."""
    folder.mkdir()
    program = folder / "xdg-open"
    program.write_text(f"#!/bin/sh\n{words}\n")
    program.chmod(0o755)
    return {"PATH": f"{folder}:{os.environ['PATH']}"}


def test_open(page: Path, tmp_path: Path) -> None:
    seen = tmp_path / "seen"
    environment = opener(tmp_path / "bin", f'echo "$@" > {seen}.new && mv {seen}.new {seen}')
    with Lab(page, tmp_path / "lab.log", arguments=("--open",), environment=environment) as lab:
        lab.wait_until_ready()
        wait_for(seen.exists, "the browser", SECONDS)
        assert seen.read_text() == f"{lab.url}\n"
        assert lab.finish() == 0


def test_open_without_a_browser(page: Path, tmp_path: Path) -> None:
    (tmp_path / "bin").mkdir()
    for starter in ("setpriv", "env"):  # by which tests start what they start
        (tmp_path / "bin" / starter).symlink_to(shutil.which(starter) or "")
    environment = {"PATH": str(tmp_path / "bin")}
    with Lab(page, tmp_path / "lab.log", arguments=("--open",), environment=environment) as lab:
        lab.wait_until(lambda: lab.said().count("\n") == 2, "what it says", SECONDS)
        assert f"cannot start xdg-open: No such file or directory. Open {lab.url} in a browser" \
            in lab.said()
        assert lab.ask("GET", "/").status == 200
