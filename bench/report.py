# SPDX-License-Identifier: MIT
"""The topics of the bench, and the report that they make."""

from __future__ import annotations

import os
import platform
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from audits import FEW, MANY, SLEEP_MS, audits_table, measure_audits
from browser_half import browser_section
from chart import chart_svg
from comparison import comparison_section, measured_contest
from middlewares import (build_packages, measure_middlewares, middlewares_table, sizes_table,
                         slowdown)
from million import TARGETS as MILLION_TARGETS
from million import measure_million
from section import Section, Verdict, targets_table
from servers import measure_servers, servers_table, servers_verdicts, servers_words
from swaps import TARGETS as SWAPS_TARGETS
from swaps import measure_swaps

BENCH = Path(__file__).resolve().parent
CORS = BENCH.parent / "build" / "cors"

PROBES = 2_000  # requests of an audit, a second
AUDIT_GROWTH = 1.25  # of its memory, with four times the targets


def decisions_section(quick: bool) -> Section:
    contest = measured_contest(quick)
    section = comparison_section(contest)
    section.pictures["chart.svg"] = chart_svg(contest)
    return section


def servers_section(quick: bool) -> Section:
    measured = measure_servers(2 if quick else 15, 1)
    return Section("Whole servers", [servers_words(), "", *servers_table(measured)],
                   [Verdict(what, ratio, least, " ×", smaller=False)
                    for what, ratio, least in servers_verdicts(measured)])


def audits_section(quick: bool) -> Section:
    measured = measure_audits(CORS, 2 if quick else 5)
    return Section("cors audit", [
        "Each target is an HTTPS server with a name and a connection of its own, an allow-list of "
        f"two origins that is in order, and answers after {SLEEP_MS} ms; nginx plays them all on "
        "the same cores. TLS 1.3, P-256; the default concurrency.", "",
        *audits_table(measured)],
        [Verdict(f"`cors audit`, requests a second, {MANY:,} targets",
                 min(audits.rate.median for (_, count), audits in measured.items()
                     if count == MANY), PROBES, smaller=False),
         Verdict(f"`cors audit`, memory with {MANY:,} targets against {FEW:,}",
                 max(measured[protocol, MANY].peak_mib.median /
                     measured[protocol, FEW].peak_mib.median for protocol, _ in measured),
                 AUDIT_GROWTH)])


def middlewares_section(quick: bool) -> Section:
    build_packages()
    measured = measure_middlewares(3 if quick else 21)
    return Section("In the frameworks", [
        "Processor time that a request costs more than without any CORS; ten origins are allowed, "
        "with credentials. Nothing travels: Connect's middleware is called alone, with light "
        "objects in place of Node's; the other frameworks run whole. `middleware.mjs` and "
        "`middleware_wsgi.py` have the workloads.", "",
        *middlewares_table(measured), "",
        "The packages, neither of which needs another one:", "",
        *sizes_table()],
        [Verdict(f"{framework}: libcors against {peer}, the worst request",
                 slowdown(measured, framework, peer), 1, " ×")
         for framework, peer in (("connect", "cors"), ("Flask", "flask-cors"),
                                 ("Django", "django-cors-headers"))])


@dataclass(frozen=True)
class Topic:
    measure: Callable[[bool], Section]
    targets: list[str] = field(default_factory=list)  # of ninja, to be built first


TOPICS = {
    "decisions": Topic(decisions_section, ["bench/decisions"]),
    "million": Topic(measure_million, MILLION_TARGETS),
    "servers": Topic(servers_section, ["ngx_http_cors_module.so"]),
    "swaps": Topic(measure_swaps, SWAPS_TARGETS),
    "browser": Topic(browser_section, ["bench/fetches", "cors"]),
    "audits": Topic(audits_section, ["cors"]),
    "middlewares": Topic(middlewares_section),
}


def machine() -> str:
    model, clock = "an unknown processor", ""
    for line in Path("/proc/cpuinfo").read_text().splitlines():
        key, _, value = line.partition(":")
        if key.strip() == "model name":
            model = value.strip()
        elif key.strip() == "cpu MHz" and not clock:
            clock = f" at {float(value) / 1000:.2f} GHz"
    return f"{model}{clock}, {os.cpu_count()} cores, Linux {platform.release().split('-')[0]}"


def report(sections: list[Section]) -> str:
    return "\n".join([
        "<!-- SPDX-License-Identifier: MIT -->",
        "<!-- Written by bench/run: `make bench` measures and writes it anew. -->",
        "# Benchmarks", "",
        f"Measured on {machine()}, on {time.strftime('%Y-%m-%d')}, in one run. Within a topic "
        "everything is interleaved; numbers are medians over the rounds, ± half the width of the "
        "middle half of the rounds. `bench/run --only decisions` measures one topic and prints "
        f"it; the others are {', '.join(list(TOPICS)[1:])}.", "",
        "## Targets", "", *targets_table(sections), "",
        "The times are targets for a 2 GHz core.", "",
        *(section.text() for section in sections)])


def write_report(sections: list[Section]) -> None:
    (BENCH / "README.md").write_text(report(sections))
    for section in sections:
        for name, picture in section.pictures.items():
            (BENCH / name).write_text(picture)
