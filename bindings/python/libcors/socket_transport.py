# SPDX-License-Identifier: MIT
"""Requests over real sockets. No redirect is followed and nothing is decoded."""
from __future__ import annotations

import http.client
import socket
import ssl
from urllib.parse import SplitResult, urlsplit

from libcors.page_wire import NoAnswer, WireRequest, WireResponse, target_of

SWITCHED = 101
DEFAULT_PORTS = {"http": 80, "https": 443}


class SocketTransport:
    """A connection for each request."""

    def __init__(self, timeout: float, ssl_context: ssl.SSLContext | None) -> None:
        self._timeout = timeout
        self._ssl_context = ssl_context

    def send(self, request: WireRequest, place: str | None) -> WireResponse:
        """Asks the URL's host, or the server at the URL `place`, which then stands in for it."""
        parts = urlsplit(place or request.url)
        connection = http.client.HTTPConnection(parts.hostname or "", parts.port)
        try:
            connection.sock = self._connect(parts, urlsplit(request.url))
            return self._ask(connection, request, place is None)
        except (OSError, http.client.HTTPException, UnicodeError) as error:
            raise NoAnswer(error) from error
        finally:
            connection.close()

    def _connect(self, parts: SplitResult, asked: SplitResult) -> socket.socket:
        """Connects to `parts`; a certificate has to be that of the host that was asked for."""
        host = parts.hostname or ""
        port = parts.port or DEFAULT_PORTS[parts.scheme]
        connected = connect_to(addresses_of(host), port, self._timeout)
        if parts.scheme == "http":
            return connected
        context = self._ssl_context or ssl.create_default_context()
        try:
            name = asked.hostname if asked.scheme == "https" else host
            return context.wrap_socket(connected, server_hostname=name)
        except BaseException:
            connected.close()
            raise

    def _ask(self, connection: http.client.HTTPConnection, request: WireRequest,
             tells_address: bool) -> WireResponse:
        address = connection.sock.getpeername()[0] if tells_address else None
        connection.putrequest(request.method, target_of(request.url), skip_host=True,
                              skip_accept_encoding=True)
        for name, value in request.headers:
            connection.putheader(name, value)
        connection.endheaders(request.body)
        response = final(connection.getresponse())
        headers = tuple(response.msg.items())
        try:
            return WireResponse(response.status, headers, response.read(), response.reason, address)
        except http.client.IncompleteRead as error:  # script has the headers by then
            return WireResponse(response.status, headers, error.partial, response.reason, address,
                                error)


def final(response: http.client.HTTPResponse) -> http.client.HTTPResponse:
    """Reads on behind answers that only announce one, such as 103 Early Hints."""
    while 100 <= response.status < 200 and response.status != SWITCHED:
        response.headers = response.msg = None  # type: ignore[assignment]
        response.begin()
    return response


def addresses_of(host: str) -> tuple[str, ...]:
    """Where browsers find a host: names below localhost are this machine to them."""
    return ("127.0.0.1", "::1") if host.endswith(".localhost") else (host,)


def connect_to(addresses: tuple[str, ...], port: int, timeout: float) -> socket.socket:
    """A connection to the first address that takes one."""
    *others, last = addresses
    for address in others:
        try:
            return socket.create_connection((address, port), timeout)
        except OSError:
            pass
    return socket.create_connection((last, port), timeout)
