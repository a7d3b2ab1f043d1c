# SPDX-License-Identifier: MIT
"""A few calls of each server are failed; tests/faults/run fails more of them."""

from __future__ import annotations

import errno

import pytest

from tests.faults.fault_kinds import Kind
from tests.faults.fault_runs import NO_FAULT
from tests.faults.fault_state import Fault
from tests.faults.fault_trials import ServiceTrial, try_kind
from tests.faults.faulted_gateways import SERVICES
from tests.faults.faulted_services import Service, run_service

MOST = 3  # calls of a kind
MANY = 1000  # more than there are
KINDS = [Kind("allocate", (errno.ENOMEM,), stays=True), Kind("open", (errno.EMFILE,)),
         Kind("read", (errno.EIO,)), Kind("write", (errno.ENOSPC,)), Kind("mmap", (errno.ENOMEM,)),
         Kind("fork", (errno.EAGAIN,))]


def named(name: str) -> Service:
    return next(service for service in SERVICES if service.name == name)


@pytest.mark.parametrize("service", SERVICES, ids=[service.name for service in SERVICES])
def test_servers(service: Service) -> None:
    trial = ServiceTrial(service)
    rows = [try_kind(trial, kind, MOST) for kind in KINDS]
    assert [(row.program, row.call, dict(row.wrong)) for row in rows if row.wrong] == []
    assert sum(row.runs for row in rows) > 10


@pytest.mark.parametrize(("call", "error"), [("open", errno.EMFILE), ("stat", errno.EIO)])
def test_each_look_at_a_live_policy(call: str, error: int) -> None:
    """One that fails at the start must not end in a policy that nobody follows."""
    row = try_kind(ServiceTrial(named("nginx, live policy")), Kind(call, (error,)), MANY)
    assert row.runs > MOST and not row.wrong


def test_without_a_fault_nothing_is_wrong_and_nothing_left() -> None:
    for service in SERVICES:
        served = run_service(service, NO_FAULT)
        assert served.wrong is None and served.at_ease, served.said


def test_memory_that_is_out_for_good_is_said() -> None:
    served = run_service(named("serve"), Fault("allocate", errno.ENOMEM, 60, stays=True))
    assert served.wrong is None and served.code in (2, 3)
    assert served.said.startswith("cors serve: "), served.said


@pytest.mark.parametrize("days", [-400, 400])
@pytest.mark.parametrize("name", ["serve", "serve --watch", "nginx, live policy"])
def test_the_clock_is_set(name: str, days: int) -> None:
    """The wall clock jumps between two policies; waiting is measured by another clock."""
    served = run_service(named(name), NO_FAULT, clock_shift=days * 24 * 3600)
    assert served.wrong is None and served.at_ease, served.said
    assert served.clock_reads > 0, "the program saw the clock that was set"
