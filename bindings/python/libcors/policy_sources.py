# SPDX-License-Identifier: MIT
"""Where policies come from: a file, which is read again when it changes, or data."""
from __future__ import annotations

import json
import os
import threading
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol, Union, runtime_checkable

from libcors import _engine
from libcors.policy_problems import PolicyError, problems_of, take_problems, warn

Line = tuple[bytes, bytes]

LOOK_SECONDS = 0.5  # a file is looked at by requests, and at most this often


@dataclass(slots=True)  # one is made for each request: frozen ones take thrice as long to make
class Request:
    """A request as it arrived; `native` is the framework's own object, where there is one."""
    method: str
    target: bytes | str
    lines: Sequence[tuple[bytes, bytes] | tuple[str, str]]
    native: Any = None


Respell = Callable[[_engine.Judgement, Request], _engine.Judgement]


@dataclass(frozen=True, slots=True)
class View:
    """What counts for one request."""
    policy: _engine.Policy | None
    # What the application itself judged of the origin; None: the policy's list decides.
    verdict: bool | None = None
    # Spells an answer otherwise that means the same.
    respell: Respell | None = None
    # The method that an OPTIONS with an Origin, but without a requested method, asks for.
    as_preflight: str | None = None
    # Whether preflights go on to the application, with the lines set.
    preflight_continue: bool = False


@runtime_checkable
class Source(Protocol):
    """Where the Guard gets its policy for each request."""

    def view(self, request: Request) -> View | Awaitable[View]:
        """Called once for a request. Awaitable only where somebody has to be asked."""

    def close(self) -> None: ...


Path = Union[str, "os.PathLike[str]"]
PolicySource = Union[Path, Mapping[str, Any], Source]


def file_lines(name: str) -> list[str]:
    try:
        if not os.path.isfile(name):
            return []
        with open(name, encoding="utf-8-sig", errors="replace", newline="\n") as file:
            return [line.rstrip("\r") for line in file.read().split("\n")]
    except OSError:
        return []


def read_text(text: str, name: str, environment: str | None = None,
              stacklevel: int = 2) -> _engine.Policy:
    """Compiles what a policy file would hold. Raises PolicyError, warns with PolicyWarning."""
    policy, rows, _ = _engine.parse_policy(text, name, environment)

    def lines(file: str) -> list[str]:
        return text.split("\n") if file == name else file_lines(file)

    take_problems(problems_of(rows), lines, stacklevel + 1)
    assert policy is not None  # there was no error among the problems
    return policy


def policy_text(data: Mapping[str, Any]) -> str:
    """Data as the text of a policy file; one policy's own keys may stand for the whole."""
    whole = data if "policies" in data else {"policies": [data]}
    try:
        return json.dumps(whole, ensure_ascii=False, indent=2)
    except TypeError as error:
        raise PolicyError(f"The policy holds something that a policy file could not: {error}. "
                          "Write texts, numbers, true or false, lists and mappings.") from None


class DataSource:
    """A policy in the program itself."""

    def __init__(self, data: Mapping[str, Any], environment: str | None = None,
                 stacklevel: int = 2) -> None:
        policy = read_text(policy_text(data), "policy", environment, stacklevel + 1)
        self._view = View(policy)

    def view(self, request: Request) -> View:
        return self._view

    def close(self) -> None:
        pass


State = tuple[int, int, int, int]


def file_state(name: str) -> State | None:
    """What changes with a file's content: its times, size and inode. None: it is not there."""
    try:
        found = os.stat(name)
    except OSError:
        return None
    return found.st_mtime_ns, found.st_ctime_ns, found.st_size, found.st_ino


class FileSource:
    """A policy file. Requests look at it and at the lists it names; a bad one changes nothing."""

    def __init__(self, path: Path, environment: str | None = None, reload: bool = True,
                 stacklevel: int = 2) -> None:
        # Its own place, wherever the program goes later.
        self._path = os.path.abspath(os.fspath(path))
        self._shown = os.fspath(path)
        self._environment = environment
        self._reload = reload
        self._looking = threading.Lock()
        self._next_look = 0.0
        self._states: dict[str, State | None] = {}
        self._view = View(self._read(stacklevel + 1))

    def _read(self, stacklevel: int) -> _engine.Policy:
        # Looked at first: what changes meanwhile is then seen with the next look.
        before = {name: file_state(name) for name in [self._path, *self._states]}
        policy, rows, files = _engine.load_policy(self._path, self._environment)
        self._states = {name: before[name] if name in before else file_state(name)
                        for name in [self._path, *files]}
        self._next_look = time.monotonic() + LOOK_SECONDS
        shown = [row[:2] + (self._shown if row[2] == self._path else row[2],) + row[3:]
                 for row in rows]
        take_problems(problems_of(shown), self._lines, stacklevel + 1)
        assert policy is not None
        return policy

    def _lines(self, name: str) -> list[str]:
        return file_lines(self._path if name == self._shown else name)

    def _look(self) -> None:
        if all(file_state(name) == state for name, state in self._states.items()):
            self._next_look = time.monotonic() + LOOK_SECONDS
            return
        try:
            self._view = View(self._read(stacklevel=3))
        except PolicyError as error:
            warn(f"{self._shown} has changed and is not used; the policy from before stays.\n"
                 f"{error}", stacklevel=3)

    def view(self, request: Request) -> View:
        # One thread looks, the others go on with what there is.
        if (self._reload and time.monotonic() >= self._next_look
                and self._looking.acquire(blocking=False)):
            try:
                self._look()
            finally:
                self._looking.release()
        return self._view

    def close(self) -> None:
        pass


def open_source(source: PolicySource, environment: str | None = None, reload: bool = True,
                stacklevel: int = 2) -> Source:
    """The source that an argument means: a path, data, or a source itself."""
    if isinstance(source, (str, os.PathLike)):
        return FileSource(source, environment, reload, stacklevel + 1)
    if isinstance(source, Mapping):
        return DataSource(source, environment, stacklevel + 1)
    if isinstance(source, Source):
        return source
    raise TypeError("A policy is the path of a policy file, or a mapping with what such a file "
                    f"holds; not {type(source).__name__}.")
