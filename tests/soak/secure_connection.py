# SPDX-License-Identifier: MIT
"""A connection of raw_client.py over TLS, to whatever certificate the gateway shows."""

from __future__ import annotations

import ssl

from tests.support.raw_client import Connection


def context_for(protocol: str) -> ssl.SSLContext:
    """`protocol` is http/1.1 or h2. Who the gateway is was tested elsewhere."""
    context = ssl.create_default_context()
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    context.set_alpn_protocols([protocol])
    return context


HTTP_1_1 = context_for("http/1.1")


class SecureConnection(Connection):
    def __init__(self, port: int, context: ssl.SSLContext = HTTP_1_1) -> None:
        super().__init__(port)
        try:
            self.socket = context.wrap_socket(self.socket, server_hostname="localhost")
        except OSError:
            self.socket.close()
            raise
