# SPDX-License-Identifier: MIT
"""The example servers, as the build left them."""

from __future__ import annotations

from pathlib import Path
from types import TracebackType

from tests.support.cors_command import COMMAND, ROOT
from tests.support.started import Started, accepts, free_port

EXAMPLES = Path(COMMAND).parent / "examples"
SERVERS = ("microhttpd-server", "evhttp-server")
POLICY = ROOT / "examples" / "notes_policy.txt"
START_SECONDS = 60.0  # far above what a start takes, under valgrind too


class Example(Started):
    """A running example, at a port of its own."""

    def __init__(self, program: Path, folder: Path, policy: Path = POLICY,
                 enforces: bool = False, before: tuple[str, ...] = (),
                 environment: str = "production") -> None:
        self.port = free_port()
        arguments = [str(policy), str(self.port), *(["enforce"] if enforces else [])]
        super().__init__([*before, str(program), *arguments],
                         folder / f"{program.name}-{self.port}.log",
                         environment={"CORS_ENV": environment})

    def __enter__(self) -> Example:
        try:
            self.wait_until(lambda: accepts(self.port), "the example listens", START_SECONDS)
        except BaseException:
            self.end()
            raise
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None,
                 trace: TracebackType | None) -> None:
        self.end()
