# SPDX-License-Identifier: MIT
"""What other people's code does wrong when its calls fail, and nobody around it can mend."""

from __future__ import annotations

import re
from dataclasses import dataclass

from tests.faults.fault_state import Fault


@dataclass(frozen=True)
class Reason:
    """Of runs of `program` (a pattern) in which a `call` failed and that went `wrong` (another)."""

    program: str
    call: str
    wrong: str
    words: str
    first_only: bool = False  # only where it is the first call of its kind

    def explains(self, program: str, fault: Fault, wrong: str) -> bool:
        return (self.call == fault.call and (fault.number == 1 or not self.first_only) and
                re.fullmatch(self.program, program) is not None and
                re.fullmatch(self.wrong, wrong) is not None)


REASONS = [
    Reason("(check|audit).*", "allocate",
           r"died of signal 11 in libcrypto\.so\.3: \w+ < CRYPTO_THREAD_\w+_lock < RAND_.*",
           "OpenSSL 3.0 takes the lock of its random numbers even where it could not be made"),
    Reason("nginx.*|serve.*", "allocate",
           r"(died of signal|a process of it died).* in \w+: .*__nss_passwd_lookup2 < getpwnam.*",
           "getpwnam() of glibc 2.36 dies where it has no memory for its table of databases"),
    Reason("nginx.*|serve.*", "allocate",
           "ended with 127: cannot allocate memory for thread-local data: ABORT",
           "the C library ends a program that has no memory for a thread's variables"),
    Reason("nginx.*", "allocate", "ended with 1 without a word",
           "nginx has no memory yet for the words of its errors, and so none at all", True),
]


def reason_for(program: str, fault: Fault, wrong: str) -> Reason | None:
    return next((reason for reason in REASONS if reason.explains(program, fault, wrong)), None)
