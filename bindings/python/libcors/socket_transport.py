# SPDX-License-Identifier: MIT
"""Requests over real sockets. No redirect is followed and nothing is decoded."""
from __future__ import annotations

import http.client
import ssl
from urllib.parse import SplitResult, urlsplit

from libcors.page_wire import NoAnswer, WireRequest, WireResponse, target_of


class SocketTransport:
    """A connection for each request."""

    def __init__(self, timeout: float, ssl_context: ssl.SSLContext | None) -> None:
        self._timeout = timeout
        self._ssl_context = ssl_context

    def send(self, request: WireRequest, place: str | None) -> WireResponse:
        """Asks the URL's host, or the server at the URL `place`, which then stands in for it."""
        connection = self._connection(urlsplit(place or request.url))
        try:
            return self._ask(connection, request, place is None)
        except (OSError, http.client.HTTPException) as error:
            raise NoAnswer(error) from error
        finally:
            connection.close()

    def _connection(self, place: SplitResult) -> http.client.HTTPConnection:
        host, port = place.hostname or "", place.port
        if place.scheme == "https":
            return http.client.HTTPSConnection(host, port, timeout=self._timeout,
                                               context=self._ssl_context)
        return http.client.HTTPConnection(host, port, timeout=self._timeout)

    def _ask(self, connection: http.client.HTTPConnection, request: WireRequest,
             tells_address: bool) -> WireResponse:
        connection.connect()
        address = connection.sock.getpeername()[0] if tells_address else None
        connection.putrequest(request.method, target_of(request.url), skip_host=True,
                              skip_accept_encoding=True)
        for name, value in request.headers:
            connection.putheader(name, value)
        connection.endheaders(request.body)
        response = connection.getresponse()
        headers = tuple(response.msg.items())
        try:
            return WireResponse(response.status, headers, response.read(), response.reason, address)
        except http.client.IncompleteRead as error:  # script has the headers by then
            return WireResponse(response.status, headers, error.partial, response.reason, address,
                                error)
