# SPDX-License-Identifier: MIT
"""One run of one target for a number of seconds, and what libFuzzer says about it."""

from __future__ import annotations

import os
import re
import subprocess
import tempfile
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from tests.fuzz import fuzz_files
from tests.fuzz.fuzz_build import Target
from tests.fuzz.fuzz_inputs import Input, packed, read_inputs, unpack, write_corpus

# Far above what any input takes, on a machine that does much else.
INPUT_SECONDS_MAX = 60
MEMORY_MEGABYTES_MAX = 1536
MINIMIZE_SECONDS = 15
CORPUS_BYTES_MAX = 300_000  # of text in the repository
INTERRUPTED = 72  # libFuzzer's exit code after a signal to stop

COVERAGE = re.compile(r"#\d+\s+(\w+)\s+cov: (\d+)")
COUNTERS = re.compile(r"\((\d+) inline 8-bit counters\)")
EXECUTIONS = re.compile(r"stat::number_of_executed_units: (\d+)")
ARTIFACT = re.compile(r"Test unit written to (\S+)")
BLAME = re.compile(r"invariant broken: .*|runtime error: .*|ERROR: \w+Sanitizer: [^(]*"
                   r"|ERROR: libFuzzer: .*|LeakSanitizer: detected .*")
CLOCK_TICKS = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True)
class Crash:
    target: str
    blame: str
    path: Path  # as small as it became
    data: bytes


@dataclass(frozen=True)
class Slice:
    executions: int
    cpu_seconds: float
    edges: int
    edges_known: int  # how many the program has
    new_edges: int
    quiet_cpu_seconds: float  # since the last new edge, or since the corpus was read
    crash: Crash | None


def command(target: Target, options: Iterable[str], *inputs: Path) -> list[str]:
    """The target's command line; it ends with whoever started it."""
    return ["setpriv", "--pdeathsig", "TERM", str(target.program),
            f"-timeout={INPUT_SECONDS_MAX}", f"-rss_limit_mb={MEMORY_MEGABYTES_MAX}",
            *target.options, *options, *map(str, inputs)]


# What was freed is kept apart only for so long that a use of it is seen, and memory of megabytes
# costs less when its shadow is written than when that is mapped anew.
SANITIZER_OPTIONS = ("allocator_may_return_null=1:quarantine_size_mb=16"
                     f":clear_shadow_mmap_threshold={16 << 20}")


def environment() -> dict[str, str]:
    return os.environ | {
        "ASAN_OPTIONS": SANITIZER_OPTIONS,
        "UBSAN_OPTIONS": "print_stacktrace=1"}


def cpu_seconds_so_far(process: int) -> float:
    try:
        fields = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return 0.0
    return (int(fields[11]) + int(fields[12])) / CLOCK_TICKS


class Listener:
    """Reads what libFuzzer writes while it runs."""

    def __init__(self) -> None:
        self.executions = 0
        self.edges_at_start: int | None = None
        self.edges = 0
        self.edges_known = 0
        self.cpu_seconds_at_last_edge = 0.0
        self.blame = ""
        self.artifact: Path | None = None

    def hear(self, line: str, process: int) -> None:
        if found := COVERAGE.match(line):
            self.hear_coverage(found[1], int(found[2]), process)
        elif found := COUNTERS.search(line):
            self.edges_known = int(found[1])
        elif found := EXECUTIONS.match(line):
            self.executions = int(found[1])
        elif found := ARTIFACT.search(line):
            self.artifact = Path(found[1])
        elif not self.blame and (found := BLAME.search(line)):
            self.blame = found[0].strip()

    def hear_coverage(self, event: str, edges: int, process: int) -> None:
        """What the corpus covers was known before; INITED comes once it was read."""
        if event == "INITED":
            self.edges_at_start = edges
            self.cpu_seconds_at_last_edge = cpu_seconds_so_far(process)
        elif self.edges_at_start is not None and edges > self.edges:
            self.cpu_seconds_at_last_edge = cpu_seconds_so_far(process)
        self.edges = max(self.edges, edges)

    @property
    def new_edges(self) -> int:
        return 0 if self.edges_at_start is None else self.edges - self.edges_at_start

    def quiet_cpu_seconds(self, cpu_seconds: float) -> float:
        """Of so many in all; none where it ended before the corpus was read."""
        return 0.0 if self.edges_at_start is None else cpu_seconds - self.cpu_seconds_at_last_edge


def call(target: Target, arguments: list[str], listener: Listener) -> tuple[int, float]:
    """Runs the target to its end; its exit code and CPU seconds. Its words go to its log."""
    log = fuzz_files.log_file(target.name)
    log.parent.mkdir(parents=True, exist_ok=True)
    process = subprocess.Popen(arguments, cwd=fuzz_files.BUILD, env=environment(),
                               stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                               stderr=subprocess.PIPE, text=True, errors="replace")
    assert process.stderr is not None
    with process.stderr, log.open("w", encoding="utf-8") as written:
        for line in process.stderr:
            written.write(line)
            listener.hear(line, process.pid)
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    return process.returncode, usage.ru_utime + usage.ru_stime


def minimize(target: Target, listener: Listener) -> Crash:
    """The input that broke it, made smaller while it still breaks it."""
    assert listener.artifact is not None
    original = fuzz_files.BUILD / listener.artifact
    smaller = original.with_name(f"minimized-{original.name}")
    subprocess.run(
        command(target, ["-minimize_crash=1", f"-max_total_time={MINIMIZE_SECONDS}",
                         f"-exact_artifact_path={smaller}"], original),
        cwd=fuzz_files.BUILD, env=environment(), stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False)
    path = smaller if smaller.exists() else original
    return Crash(target.name, listener.blame, path, path.read_bytes())


def kept_inputs(name: str) -> list[Input]:
    """All that the repository keeps for a target."""
    texts = (fuzz_files.corpus_text, fuzz_files.seeds_text, fuzz_files.reproducers_text)
    return [entry for text in texts for entry in read_inputs(text(name))]


def fill_corpus(target: Target) -> Path:
    """The folder that libFuzzer adds to, with all that the repository keeps in it."""
    folder = fuzz_files.corpus_folder(target.name)
    unpack(kept_inputs(target.name), folder)
    return folder


def run_slice(target: Target, seconds: int) -> Slice:
    folder = fill_corpus(target)
    crashes = fuzz_files.crash_folder(target.name)
    crashes.mkdir(parents=True, exist_ok=True)
    options = [f"-max_total_time={seconds}", "-print_final_stats=1", "-reload=0",
               f"-artifact_prefix={crashes}/"]
    if fuzz_files.dictionary(target.name).exists():
        options.append(f"-dict={fuzz_files.dictionary(target.name)}")
    listener = Listener()
    status, cpu_seconds = call(target, command(target, options, folder), listener)
    crash = None
    if listener.artifact is not None:
        crash = minimize(target, listener)
    elif status not in (0, INTERRUPTED):
        log = fuzz_files.log_file(target.name)
        crash = Crash(target.name, listener.blame or f"exit code {status}", log, b"")
    return Slice(listener.executions, cpu_seconds, listener.edges, listener.edges_known,
                 listener.new_edges, listener.quiet_cpu_seconds(cpu_seconds), crash)


def merge(target: Target, options: list[str]) -> list[bytes]:
    """The smallest inputs of the corpus that cover what all of it covers."""
    folder = fuzz_files.corpus_folder(target.name)
    with tempfile.TemporaryDirectory(dir=fuzz_files.BUILD, prefix="merge-") as made:
        done = subprocess.run(
            command(target, ["-set_cover_merge=1", *options], Path(made), folder),
            cwd=fuzz_files.BUILD, env=environment(), stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, errors="replace",
            check=False)
        if done.returncode != 0:
            raise RuntimeError(f"{target.program} cannot merge its corpus:\n{done.stderr}")
        return packed(Path(made))


def keep_only(folder: Path, inputs: Iterable[bytes]) -> None:
    """Removes what others cover, so that a corpus does not grow with each run."""
    names = {Input(data).name for data in inputs}
    for path in folder.iterdir():
        if path.name not in names:
            path.unlink(missing_ok=True)


def save_corpus(target: Target) -> None:
    """Writes the corpus back to its text, with how often edges are taken if that fits."""
    text = fuzz_files.corpus_text(target.name)
    covering = merge(target, [])
    keep_only(fuzz_files.corpus_folder(target.name), covering)
    write_corpus(text, covering)
    if text.stat().st_size > CORPUS_BYTES_MAX:
        write_corpus(text, merge(target, ["-use_counters=0"]))
