# SPDX-License-Identifier: MIT
"""Becomes a program under what a unit of systemd lets it do, without systemd.

    python3 confined_start.py CALLS FAMILIES COMMAND...

CALLS are the names of system calls, FAMILIES numbers of address families, each with commas. What is
not among them fails with EPERM, as SystemCallErrorNumber= says; so does another family. Memory
cannot be both written and executed.
"""

from __future__ import annotations

import errno
import os
import sys

import seccomp  # type: ignore[import]

PROT_WRITE = 2  # asm-generic/mman-common.h
PROT_EXEC = 4
PROTECTION = 2  # the place of these among the arguments of mmap() and mprotect()


def lacks(bits: int) -> seccomp.Arg:
    return seccomp.Arg(PROTECTION, seccomp.MASKED_EQ, bits, 0)


def conditions(call: str, families: list[int]) -> list[list[seccomp.Arg]]:
    """When a call is allowed: one of these lists holds, and of it everything."""
    if call == "socket":
        return [[seccomp.Arg(0, seccomp.EQ, family)] for family in families]
    if call == "mmap":
        return [[lacks(PROT_WRITE)], [lacks(PROT_EXEC)]]
    if call in ("mprotect", "pkey_mprotect"):
        return [[lacks(PROT_EXEC)]]
    return [[]]


def allow_only(calls: list[str], families: list[int]) -> None:
    known = seccomp.SyscallFilter(seccomp.ERRNO(errno.EPERM))
    for call in calls:
        try:
            number = seccomp.resolve_syscall(seccomp.Arch(), call)
        except ValueError:
            continue  # newer than the library
        if number >= 0:  # else it is of another machine
            for condition in conditions(call, families):
                known.add_rule(seccomp.ALLOW, call, *condition)
    known.load()


def main() -> None:
    calls, families, *command = sys.argv[1:]
    allow_only(calls.split(","), [int(family) for family in families.split(",")])
    os.execvp(command[0], command)


if __name__ == "__main__":
    main()
