# SPDX-License-Identifier: MIT
"""Whole servers under wrk, side by side: requests a second, and the processor time of each."""

from __future__ import annotations

import http.client
import re
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from nginx_process import processor_seconds, server_process
from rounds import Rounds, progress
from server_recipes import RECIPES, ROOT
from tests.support.nginx_recipe import HEADERS, ORIGIN
from tests.support.started import free_port

ACTUAL, PREFLIGHT = "actual", "preflight"
REQUESTS = {
    ACTUAL: ("GET", {"Origin": ORIGIN}),
    PREFLIGHT: ("OPTIONS", {"Origin": ORIGIN, "Access-Control-Request-Method": "PUT",
                            "Access-Control-Request-Headers": ",".join(HEADERS).lower()}),
}
# What an application without CORS says to a preflight is no answer to compare with.
CONTESTANTS = [(request, server) for request in REQUESTS for server, recipe in RECIPES.items()
               if request == ACTUAL or recipe.has_cors]
BASE = {ACTUAL: "bare", PREFLIGHT: "recipe"}  # what ratios in the table are to
SERVER_CORE, CLIENT_CORE = "0", "1"
CONNECTIONS = 32
SLICE_SECONDS = 0.25
SLICES_TO_TRY = 20
BARE_RATIO = 0.97


@dataclass(frozen=True)
class Servers:
    """By request and server, a value for each round."""

    rates: dict[tuple[str, str], Rounds]  # requests a second
    costs: dict[tuple[str, str], Rounds]  # the server's processor time for a request, in µs

    def ratio(self, request: str, server: str, other: str) -> Rounds:
        """How many times the requests of the other a server does with the same processor time."""
        pairs = zip(self.costs[request, other].values, self.costs[request, server].values)
        return Rounds([theirs / own for theirs, own in pairs])

    def rate_ratio(self, request: str, server: str, other: str) -> Rounds:
        """The same of requests a second, where both had the cores for themselves."""
        pairs = zip(self.rates[request, server].values, self.rates[request, other].values)
        return Rounds([own / theirs for own, theirs in pairs])


@contextmanager
def server(name: str) -> Iterator[tuple[int, int]]:
    """A server of this recipe on its core; yields its port and process."""
    recipe = RECIPES[name]
    with tempfile.TemporaryDirectory(prefix="cors-bench-") as text:
        folder = Path(text)
        folder.chmod(0o755)
        port = free_port()
        command = ["taskset", "-c", SERVER_CORE, *recipe.command(folder, port)]
        environment = {**recipe.environment, "HOME": text}
        with server_process(command, folder, port, environment) as process:
            yield port, process


def check_answers(name: str, port: int) -> None:
    """A server that answers something else is not worth a measurement."""
    for request, (method, lines) in REQUESTS.items():
        if (request, name) not in CONTESTANTS:
            continue
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
        connection.request(method, "/item", headers=lines)
        answer = connection.getresponse()
        answer.read()
        connection.close()
        allowed = answer.getheader("Access-Control-Allow-Origin")
        if (answer.status != (200 if request == ACTUAL else 204) or
                allowed != (ORIGIN if RECIPES[name].has_cors else None)):
            raise SystemExit(f"bench/servers.py: {name} answers the {request} request with "
                             f"{answer.status} and {answer.getheaders()}")


def write_script(folder: Path, request: str) -> Path:
    """wrk's Lua: what to send."""
    method, lines = REQUESTS[request]
    script = folder / f"{request}.lua"
    script.write_text(f'wrk.method = "{method}"\n' + "".join(
        f'wrk.headers["{name}"] = "{value}"\n' for name, value in lines.items()))
    return script


@dataclass
class Load:
    """What came of a load so far."""

    count: int = 0
    seconds: float = 0.0
    used: float = 0.0  # processor time of the server, in seconds

    def add(self, port: int, process: int, script: Path) -> None:
        """One more slice of it; on a machine that is too busy, the first that has an answer."""
        before = self.count
        for _ in range(SLICES_TO_TRY):
            self._add_slice(port, process, script)
            if self.count > before:
                return
        raise SystemExit(f"bench/servers.py: nothing answers at port {port}")

    def _add_slice(self, port: int, process: int, script: Path) -> None:
        before = processor_seconds(process)
        client = subprocess.Popen(
            ["taskset", "-c", CLIENT_CORE, "wrk", "-t1", f"-c{CONNECTIONS}", "-d60s", "-s",
             str(script), f"http://127.0.0.1:{port}/item"], stdout=subprocess.PIPE, text=True)
        try:
            time.sleep(SLICE_SECONDS)
            while client.poll() is None:
                client.send_signal(signal.SIGINT)  # wrk ends and reports, once it has begun
                time.sleep(0.01)
            said = client.communicate()[0]
        finally:
            client.kill()
            client.wait()
        self.used += processor_seconds(process) - before
        rate = re.search(r"Requests/sec:\s+([\d.]+)", said)
        count = re.search(r"(\d+) requests in", said)
        if rate is None or count is None or "Non-2xx" in said or "Socket errors" in said:
            raise SystemExit(f"bench/servers.py: requests failed:\n{said}")
        if int(count.group(1)) > 0:
            self.count += int(count.group(1))
            self.seconds += int(count.group(1)) / float(rate.group(1))


def measure_round(running: dict[str, tuple[int, int]], scripts: dict[str, Path],
                  seconds: int) -> dict[tuple[str, str], Load]:
    """The slices are short, so that all share in what else the machine does meanwhile."""
    loads = {key: Load() for key in CONTESTANTS}
    for number in range(round(seconds / SLICE_SECONDS)):
        # Forwards and backwards in turn, so that none is always the first.
        for request, name in CONTESTANTS[::1 if number % 2 == 0 else -1]:
            loads[request, name].add(*running[name], scripts[request])
    return loads


def measure_servers(rounds: int, seconds: int) -> Servers:
    rates: dict[tuple[str, str], list[float]] = {key: [] for key in CONTESTANTS}
    costs: dict[tuple[str, str], list[float]] = {key: [] for key in CONTESTANTS}
    subprocess.run([ROOT / "scripts" / "npm_install", ROOT / "tests" / "applications"], check=True)
    with ExitStack() as started:
        folder = Path(started.enter_context(tempfile.TemporaryDirectory()))
        scripts = {request: write_script(folder, request) for request in REQUESTS}
        running = {name: started.enter_context(server(name)) for name in RECIPES}
        for name, (port, _) in running.items():
            check_answers(name, port)
        measure_round(running, scripts, 1)  # a warm-up
        for number in range(rounds):
            progress(f"servers, round {number + 1} of {rounds} …")
            for key, done in measure_round(running, scripts, seconds).items():
                rates[key].append(done.count / done.seconds)
                costs[key].append(1e6 * done.used / done.count)
    progress("")
    return Servers({key: Rounds(values) for key, values in rates.items()},
                   {key: Rounds(values) for key, values in costs.items()})


def servers_words() -> str:
    return (
        "Each server has one process with one thread on one core, and answers wrk on the other, "
        f"over {CONNECTIONS} connections that stay open. Ten origins are allowed. nginx serves a "
        "file of 38 bytes; HAProxy (`http-request return`), Caddy (`respond`) and Express "
        "(`response.json`) answer the same bytes from memory, with nothing behind them. The "
        "recipes are the usual ones, which `server_recipes.py` has in full; preflights are "
        "answered with 204, by the recipe for nginx with `return 204` and `add_header` in an `if`. "
        "Processor time is that of the server's processes, system calls included; requests a "
        "second are also bounded by wrk where a server is faster than it. Ratios are of each round "
        "to nginx with no CORS, and for preflights to the recipe for nginx: how many times the "
        "requests with the same processor time, and within the same second.")


def servers_table(measured: Servers) -> list[str]:
    lines = ["| request | server | requests a second | processor time | ratio by time "
             "| ratio by requests a second |", "|---|---|---:|---:|---:|---:|"]
    for request, name in CONTESTANTS:
        rate, cost = measured.rates[request, name], measured.costs[request, name]
        by_time = measured.ratio(request, name, BASE[request])
        by_rate = measured.rate_ratio(request, name, BASE[request])
        lines.append(f"| {request} | {RECIPES[name].words} | {rate.median:,.0f} {rate.spread} "
                     f"| {cost.median:.2f} µs {cost.spread} "
                     f"| {by_time.median:.3f} {by_time.spread} "
                     f"| {by_rate.median:.3f} {by_rate.spread} |")
    return lines


def servers_verdicts(measured: Servers) -> list[tuple[str, float, float]]:
    """What the module is to reach: in words, as measured, and at least."""
    return [
        ("nginx, actual: the module against no CORS",
         measured.ratio(ACTUAL, "module", "bare").median, BARE_RATIO),
        ("nginx, actual: the module against map + add_header",
         measured.ratio(ACTUAL, "module", "recipe").median, 1),
        ("nginx, preflight: the module against return 204 + add_header",
         measured.ratio(PREFLIGHT, "module", "recipe").median, 1),
    ]


def main() -> None:
    """A look at it alone, from the repository's root: PYTHONPATH=. bench/servers.py [ROUNDS]"""
    measured = measure_servers(int(sys.argv[1]) if len(sys.argv) > 1 else 3, 1)
    print("\n".join(servers_table(measured)))
    for what, value, target in servers_verdicts(measured):
        print(f"{what}: {value:.3f}, at least {target}")


if __name__ == "__main__":
    main()
