# SPDX-License-Identifier: MIT
"""What lets somebody in is neither logged, nor in the arguments or the files of a process."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

from tests.serve.recording_upstream import RecordingUpstream
from tests.serve.serving import LISTED, POLICY, Gateway, connect, gateway, run_serve
from tests.support.certificates import Pair
from tests.support.started import free_port

SECRET = "s3cr3t-0f-a-test"

REQUESTS = {
    "in the query": f"GET /api/x?access_token={SECRET} HTTP/1.1\r\nHost: h\r\n",
    "in the query, no policy": f"GET /x?{SECRET} HTTP/1.1\r\nHost: h\r\n",
    "in the query, behind a line break": f"GET /api/a%0Ab?t={SECRET} HTTP/1.1\r\nHost: h\r\n",
    "in a target that is refused": f"GET /api/%2e%2e/x?t={SECRET} HTTP/1.1\r\nHost: h\r\n",
    "in the authority": f"GET http://me:{SECRET}@h/api/x HTTP/1.1\r\nHost: h\r\n",
    "Authorization": f"GET /api/x HTTP/1.1\r\nHost: h\r\nAuthorization: Bearer {SECRET}\r\n",
    "Cookie": f"GET /api/x HTTP/1.1\r\nHost: h\r\nCookie: session={SECRET}\r\n",
    "Referer": f"GET /api/x HTTP/1.1\r\nHost: h\r\nReferer: https://a.test/?code={SECRET}\r\n",
    "the origin's user": f"GET /api/x HTTP/1.1\r\nHost: h\r\nOrigin: https://u:{SECRET}@a.test\r\n",
    "the origin's user, no scheme":
        f"GET /api/x HTTP/1.1\r\nHost: h\r\nOrigin: u:{SECRET}@a.test\r\n",
    "the origin's user, a scheme behind it":
        f"GET /api/x HTTP/1.1\r\nHost: h\r\nOrigin: //u:{SECRET}@a.test://b\r\n",
    "the origin's fragment":
        f"GET /api/x HTTP/1.1\r\nHost: h\r\nOrigin: https://a.test#token={SECRET}\r\n",
    "in the fragment": f"GET /api/x#token={SECRET} HTTP/1.1\r\nHost: h\r\n",
    "the origin's query": f"GET /api/x HTTP/1.1\r\nHost: h\r\nOrigin: https://a.test?{SECRET}\r\n",
    "a malformed line": f"GET /api/x HTTP/1.1\r\nHost: h\r\nAuthorization {SECRET}\r\n",
    "a large line": f"GET /api/x HTTP/1.1\r\nHost: h\r\nCookie: {SECRET}{'x' * 70_000}\r\n",
    "a body": "POST /api/x HTTP/1.1\r\nHost: h\r\nContent-Length: "
              f"{len(SECRET)}\r\n\r\n{SECRET}",
}


def send(served: Gateway, request: str) -> None:
    """Sends it, and waits until the gateway has told of what came after it."""
    end = "" if "\r\n\r\n" in request else "Connection: close\r\n\r\n"
    start = len(served.said())
    with connect(served.port) as connection:
        connection.sendall((request + end).encode())
        try:
            connection.shutdown(socket.SHUT_WR)
            while connection.recv(65536):
                pass
        except ConnectionError:
            pass
    served.ask("/api/%2e%2e/end-of-case")  # refused by the gateway itself
    served.wait_until(lambda: "/end-of-case" in served.said()[start:], "the log", 30)


@pytest.mark.parametrize("what", REQUESTS)
def test_requests(tmp_path: Path, upstream: RecordingUpstream, what: str) -> None:
    with gateway(tmp_path, "--upstream", upstream.url) as served:
        send(served, REQUESTS[what])
        assert SECRET not in served.said()


@pytest.mark.parametrize("what", REQUESTS)
def test_requests_while_the_upstream_is_away(tmp_path: Path, what: str) -> None:
    """nginx complains of it, with the request and the upstream's URL."""
    with gateway(tmp_path, "--upstream", f"http://127.0.0.1:{free_port()}") as served:
        send(served, REQUESTS[what])
        served.ask("/api/x")  # whether that one got as far or not
        served.wait_until_said("Connection refused) while connecting to upstream\n")
        assert SECRET not in served.said()


@pytest.mark.parametrize("what", REQUESTS)
def test_requests_for_files(tmp_path: Path, site: Path, what: str) -> None:
    """nginx complains of what is not there, with the path decoded, and with the request."""
    with gateway(tmp_path, "--mount", f"/={site}") as served:
        send(served, REQUESTS[what])
        assert SECRET not in served.said()


@contextmanager
def saying(answer: bytes) -> Iterator[str]:
    """A server that says the same to everybody, and closes."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        def serve() -> None:
            while True:
                try:
                    connection, _ = listening.accept()
                except OSError:
                    return
                with connection, suppress(ConnectionError):  # nginx has read enough
                    connection.recv(65536)
                    connection.sendall(answer)
        thread = threading.Thread(target=serve)
        thread.start()
        try:
            yield f"http://127.0.0.1:{listening.getsockname()[1]}"
        finally:
            listening.shutdown(socket.SHUT_RDWR)
            thread.join()


OK = "HTTP/1.1 200 OK\r\n"
ANSWERS = {
    "a control character": f"{OK}Set-Cookie: id={SECRET}\x01\x00\r\n\r\n",
    "no colon": f"{OK}Set-Cookie {SECRET}\r\n\r\n",
    "a line that is too large": f"{OK}Set-Cookie: {SECRET}{'x' * 200_000}\r\n\r\n",
    "no length": f"{OK}Content-Length: {SECRET}\r\n\r\n",
    "two lengths": f"{OK}Content-Length: 2\r\nContent-Length: {SECRET}\r\n\r\n",
    "an unknown coding": f"{OK}Transfer-Encoding: {SECRET}\r\n\r\n",
    "no chunk": f"{OK}Location: /?{SECRET}\r\nTransfer-Encoding: chunked\r\n\r\nzz",
    "no HTTP": f"{SECRET}\r\n\r\n",
    "nothing": "",
}


@pytest.mark.parametrize("what", ANSWERS)
def test_answers_of_the_upstream(tmp_path: Path, what: str) -> None:
    with saying(ANSWERS[what].encode()) as url, gateway(tmp_path, "--upstream", url) as served:
        send(served, "GET /api/x HTTP/1.1\r\nHost: h\r\n")
        assert SECRET not in served.said()


AUTHORITY = f"me:{SECRET}@127.0.0.1"


@pytest.mark.parametrize("arguments", [
    ["--upstream", f"http://{AUTHORITY}"], ["--upstream", f"http://127.0.0.1/?{SECRET}"],
    ["--upstream", f"http://127.0.0.1/#{SECRET}"], ["--mount", f"/api=http://{AUTHORITY}"],
    ["--mount", f"/api=http:/{AUTHORITY}"], ["--mount", f"api=http://{AUTHORITY}"],
    ["--mount", f"http://{AUTHORITY}"], [f"http://{AUTHORITY}"]])
def test_urls_that_are_refused(tmp_path: Path, arguments: list[str]) -> None:
    (tmp_path / "cors.yaml").write_text(POLICY)
    ended = run_serve(tmp_path, "--policy", "cors.yaml", *arguments)
    assert ended.returncode == 2
    assert "127.0.0.1" in ended.stderr
    assert SECRET not in ended.stderr


def memory_of(process: int) -> bytes:
    """All that it can write to."""
    held = b""
    with open(f"/proc/{process}/mem", "rb", buffering=0) as memory:
        for line in Path(f"/proc/{process}/maps").read_text().splitlines():
            place, mode = line.split()[:2]
            start, end = (int(number, 16) for number in place.split("-"))
            if mode.startswith("rw"):
                memory.seek(start)
                held += memory.read(end - start)
    return held


def test_arguments_memory_and_files_of_nginx(
        tmp_path: Path, upstream: RecordingUpstream, localhost_certificate: Pair) -> None:
    """The policy's variables come by the environment; none of it is handed on to nginx."""
    policy = "policies:\n  - allow_origins: [{ from_env: WHO_MAY_READ }]\n"
    key = localhost_certificate.key.read_text().splitlines()[1]
    with gateway(tmp_path, "--upstream", upstream.url, "--tls-key", str(localhost_certificate.key),
                 "--tls-cert", str(localhost_certificate.certificate), policy=policy,
                 environment={"WHO_MAY_READ": LISTED, "API_TOKEN": SECRET}) as served:
        for process in [served.master(), *served.workers()]:
            arguments = Path(f"/proc/{process}/cmdline").read_bytes()
            assert SECRET.encode() not in arguments
            assert SECRET.encode() not in memory_of(process)
        for path in sorted(served.scratch.rglob("*")):
            if path.is_file():
                held = path.read_bytes()
                assert SECRET.encode() not in held and key.encode() not in held, path
        assert SECRET not in served.said()
