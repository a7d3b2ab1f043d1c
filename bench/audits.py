# SPDX-License-Identifier: MIT
"""Measures `cors audit`: many HTTPS servers, each with a name and so a connection of its own.

nginx plays them all: an allow-list of two origins, an ECDSA certificate, TLS 1.3, answers after
50 ms. It shares the cores with the auditor.
"""

from __future__ import annotations

import json
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from nginx_process import FOLDERS, nginx_process
from rounds import Rounds, progress
from tests.support.certificates import Authority
from tests.support.started import free_port

FEW, MANY = 500, 2000  # targets
SLEEP_MS = 50
LOOK_SECONDS = 0.02  # between two looks at the auditor's memory
PROTOCOLS = {"HTTP/1.1": "", "HTTP/2": " http2"}

CONFIGURATION = """
load_module /usr/lib/nginx/modules/ngx_http_echo_module.so;
worker_processes 1;
daemon off;
pid {folder}/nginx.pid;
error_log {folder}/error.log crit;
events {{ worker_connections 1024; }}
http {{
    access_log off;
    keepalive_requests 1000000;
{folders}
    ssl_certificate {certificate};
    ssl_certificate_key {key};
    ssl_protocols TLSv1.3;
    map $http_origin $allowed {{
        default "";
        "https://app.shop.example" $http_origin;
        "https://admin.shop.example" $http_origin;
    }}
    map "$request_method $allowed" $methods {{
        default "";
        "~^OPTIONS ." "PUT, DELETE";
    }}
    server {{
        listen 127.0.0.1:{port} ssl backlog=4096{options};
        location / {{
            default_type application/json;
            add_header Access-Control-Allow-Origin $allowed always;
            add_header Access-Control-Allow-Methods $methods always;
            add_header Vary Origin always;
            echo_sleep {sleep};
            echo '{{"id": 1, "title": "write the bench"}}';
        }}
    }}
}}
"""


@dataclass(frozen=True)
class Audit:
    requests: int
    seconds: float
    peak_mib: float


@dataclass(frozen=True)
class Audits:
    """Of one protocol and one number of targets."""
    audits: list[Audit]

    @property
    def rate(self) -> Rounds:
        """Requests a second."""
        return Rounds([audit.requests / audit.seconds for audit in self.audits])

    @property
    def seconds(self) -> Rounds:
        return Rounds([audit.seconds for audit in self.audits])

    @property
    def peak_mib(self) -> Rounds:
        return Rounds([audit.peak_mib for audit in self.audits])

    @property
    def requests(self) -> int:
        return self.audits[0].requests


@contextmanager
def servers(folder: Path, options: str) -> Iterator[tuple[int, Path]]:
    """Yields the port, and the authority to trust."""
    folder.mkdir()
    authority = Authority(folder)
    pair = authority.sign("servers", "DNS:*.shop.example")
    port = free_port()
    text = CONFIGURATION.format(
        folder=folder, folders=FOLDERS.format(folder=folder), certificate=pair.certificate,
        key=pair.key, port=port, options=options, sleep=SLEEP_MS / 1000)
    with nginx_process(folder, text, port):
        yield port, authority.certificate


def peak_mib_of(process: subprocess.Popen[bytes]) -> float:
    """The most memory that the process had until it ended.

    wait4(2) would count ours as well, of which it is born.
    """
    kib = 0
    status = Path(f"/proc/{process.pid}/status")
    while process.poll() is None:
        for line in status.read_text().splitlines():
            if line.startswith("VmHWM:"):
                kib = int(line.split()[1])
        time.sleep(LOOK_SECONDS)
    return kib / 1024


def audit(cors: Path, port: int, authority: Path, count: int) -> Audit:
    """Audits so many targets, all of which must come out clean."""
    with tempfile.TemporaryFile() as report, tempfile.NamedTemporaryFile("w") as targets:
        targets.writelines(f"https://t{number}.shop.example:{port}/items\n"
                           for number in range(count))
        targets.flush()
        began = time.monotonic()
        with subprocess.Popen(
                [cors, "audit", "--targets", targets.name, "--jsonl", "--cacert", authority,
                 "--resolve", f"*:{port}:127.0.0.1"], stdout=report) as process:
            peak = peak_mib_of(process)
        seconds = time.monotonic() - began
        report.seek(0)
        told = [json.loads(line) for line in report]
    if len(told) != count or any(target["outcome"] != "clean" for target in told):
        raise SystemExit("bench/run: not all of the audited servers came out clean")
    return Audit(sum(target["requests"] for target in told), seconds, peak)


def measure_audits(cors: Path, rounds: int) -> dict[tuple[str, int], Audits]:
    """By protocol and number of targets; each round has them all."""
    measured: dict[tuple[str, int], list[Audit]] = {
        (protocol, count): [] for protocol in PROTOCOLS for count in (FEW, MANY)}
    with tempfile.TemporaryDirectory(prefix="cors-bench-") as name:
        folder = Path(name)
        folder.chmod(0o755)
        with (servers(folder / "1", PROTOCOLS["HTTP/1.1"]) as one,
              servers(folder / "2", PROTOCOLS["HTTP/2"]) as two):
            started = {"HTTP/1.1": one, "HTTP/2": two}
            for number in range(rounds):
                for (protocol, count), audits in measured.items():
                    progress(f"cors audit, {count} targets, {protocol}, "
                             f"round {number + 1} of {rounds} …")
                    audits.append(audit(cors, *started[protocol], count))
    progress("")
    return {key: Audits(audits) for key, audits in measured.items()}


def audits_table(measured: dict[tuple[str, int], Audits]) -> list[str]:
    lines = ["| targets | protocol | requests | seconds | requests a second | peak memory |",
             "|---:|---|---:|---:|---:|---:|"]
    for (protocol, count), audits in measured.items():
        lines.append(
            f"| {count:,} | {protocol} | {audits.requests:,} "
            f"| {audits.seconds.median:.1f} {audits.seconds.spread} "
            f"| {audits.rate.median:,.0f} {audits.rate.spread} "
            f"| {audits.peak_mib.median:.0f} MiB {audits.peak_mib.spread} |")
    return lines
