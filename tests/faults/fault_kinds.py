# SPDX-License-Identifier: MIT
"""The kinds of calls, and how each fails: those of fault_calls.h, and allocations."""

from __future__ import annotations

import errno
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from tests.faults.fault_state import Call, Fault


@dataclass(frozen=True)
class Kind:
    call: str
    errors: tuple[int, ...]
    stays: bool = False  # tried too: from one call on all fail


KINDS = [
    Kind("allocate", (errno.ENOMEM,), stays=True),
    Kind("mmap", (errno.ENOMEM,), stays=True),
    Kind("open", (errno.EMFILE, errno.EACCES)),
    Kind("stat", (errno.EIO,)),
    Kind("folder", (errno.EIO,)),
    Kind("read", (errno.EIO, errno.EINTR)),
    Kind("write", (errno.ENOSPC, errno.EINTR), stays=True),
    Kind("truncate", (errno.ENOSPC,)),
    Kind("sync", (errno.EIO,)),
    Kind("rename", (errno.EACCES,)),
    Kind("unlink", (errno.EACCES,)),
    Kind("mkdir", (errno.ENOSPC,)),
    Kind("chmod", (errno.EPERM,)),
    Kind("memfd", (errno.EMFILE,)),
    Kind("lock", (errno.ENOLCK,)),
    Kind("socket", (errno.EMFILE,)),
    Kind("bind", (errno.EADDRINUSE,)),
    Kind("connect", (errno.ECONNREFUSED, errno.ETIMEDOUT)),
    Kind("accept", (errno.EMFILE, errno.ECONNABORTED)),
    Kind("receive", (errno.ECONNRESET, errno.EINTR)),
    Kind("send", (errno.EPIPE, errno.EINTR)),
    Kind("pipe", (errno.EMFILE,)),
    Kind("duplicate", (errno.EMFILE,)),
    Kind("fork", (errno.EAGAIN,)),
    Kind("exec", (errno.ENOMEM,)),
    Kind("events", (errno.EMFILE,)),
    Kind("wait", (errno.EINTR,)),
]


def chosen(calls: Sequence[Call], most: int) -> list[Call]:
    """The calls to fail, out of these: all, or `most` from the first to the last."""
    if len(calls) <= most:
        return list(calls)
    return [calls[step * (len(calls) - 1) // (most - 1)] for step in range(most)]


def faults(kind: Kind, calls: Sequence[Call], most: int) -> Iterator[Fault]:
    """Each call once with each error, and where the fault can stay, from there on."""
    for call in chosen(calls, most):
        for error in kind.errors:
            yield Fault(kind.call, error, call.number, place=call.place)
        if kind.stays:
            yield Fault(kind.call, kind.errors[0], call.number, stays=True, place=call.place)


def error_name(number: int) -> str:
    return errno.errorcode.get(number, str(number))
