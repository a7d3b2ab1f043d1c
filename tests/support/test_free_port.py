# SPDX-License-Identifier: MIT
"""Tests that run side by side do not get each other's ports."""

from __future__ import annotations

import socket

from tests.support.started import accepts, free_port

PORTS = 500  # of the half of 28,232 that the system draws from: some nine twice, were none kept


def test_no_port_is_given_twice() -> None:
    ports = [free_port() for _ in range(PORTS)]
    assert len(set(ports)) == PORTS


def test_a_server_may_have_the_port() -> None:
    port = free_port()
    assert not accepts(port)
    with socket.create_server(("127.0.0.1", port)):
        assert accepts(port)
