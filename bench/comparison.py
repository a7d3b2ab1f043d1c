# SPDX-License-Identifier: MIT
"""What the report says about decisions, libcors' and its peers'."""

from __future__ import annotations

import json
from pathlib import Path

from contest import (GO, LIBCORS, NODE, PEERS, PYTHON, ROUND_MS, Contest, build_peers,
                     measure_contest)
from section import Section, Verdict, multiple, times

ROOT = Path(__file__).resolve().parent.parent
BUDGET = ROOT / "tests" / "instructions" / "budget.json"

ACTUAL_NS = 60  # the targets on a 2 GHz core
PREFLIGHT_NS = 120
GO_ACTUAL, GO_PREFLIGHT, SCRIPTED = 4, 8, 20  # times as long
PREFLIGHT = "preflight, three headers"

WHAT = f"""\
The same eight policies and requests (`workloads.py`) through libcors in C and through the
middlewares that Debian and npm ship, each alone: {{peers}}. A program per language holds its
contestants and runs one of them for {ROUND_MS} ms at a time, the next workload's turn comes when
all had theirs, and each round begins with another. What is counted is processor time, garbage
collection included; the ratios are of times from the same round.

What a decision is to each:

- **libcors**: from field lines to decision, ready to be sent: `cors_request_begin()`,
  `cors_request_add_header()` for each line, `cors_decide()` (`decisions.c`).
- **rs/cors**: its handler around one that does nothing, on one processor (`peers.go`). The request
  is parsed; the response is a header map that is emptied and used again, which costs less than a
  server's.
- **expressjs/cors**, **@fastify/cors**: the middleware and the hook, with a parsed request and a
  response that keeps one value for each name, whatever its case, and does nothing else
  (`peers.mjs`). Fastify's own reply and Node's own response do more.
- **hono/cors**: with Hono's own Context, whose response is Node's; the request is a light one.
- **flask-cors**: the function that Flask calls after a request, which gets a response with nothing
  but headers, inside one request's context (`python_peers.py`).
- **Starlette's CORSMiddleware**: around an application that answers at once.
- **django-cors-headers**: the middleware, with a request that has a method, a path and META.

The wildcards become what each has for them: rs/cors' own \\*, regular expressions in Python, in
Express and in Fastify, a function in Hono. Before anything is measured, each answer is judged as a
browser would. "100,000 exact" asks for the origin in the middle of the list, "denied" for one that
is not among 1,000; "16 KiB" is a preflight for 8,192 headers, none of them listed. expressjs/cors,
@fastify/cors, hono/cors and django-cors-headers never look at the headers that a preflight asks
for: they name their list, and let the browser compare."""

LIMIT = """\
How far is that from what any list costs? `bare` is one look-up of the same origin's bytes in the
same table, hashed and compared, and nothing else: no request read, nothing validated, no answer."""


def peers_words(contest: Contest) -> str:
    return ", ".join(f"{name} {contest.versions[name]}" for name in PEERS)


def peer_cell(contest: Contest, peer: str, workload: str) -> str:
    rounds = contest.times[peer, workload]
    wrong = "<br>answered wrongly" if (peer, workload) in contest.wrong else ""
    ratio = multiple(contest.ratio(peer, workload).median)
    return f"{times(rounds.median)} {rounds.spread}<br>**{ratio}**{wrong}"


def comparison_table(contest: Contest) -> list[str]:
    lines = ["| | libcors | " + " | ".join(PEERS) + " |", "|---|" + "---:|" * (1 + len(PEERS))]
    for workload in contest.names:
        ours = contest.times[LIBCORS, workload]
        cells = [f"{times(ours.median)} {ours.spread}",
                 *(peer_cell(contest, peer, workload) for peer in PEERS)]
        lines.append(f"| {workload} | " + " | ".join(cells) + " |")
    return lines


def budget() -> dict[str, int]:
    """The most instructions that a decision may take, by workload; the tests count them."""
    if not BUDGET.exists():
        return {}
    read: dict[str, int] = json.loads(BUDGET.read_text())["bench/decisions"]
    return read


def limit_table(contest: Contest) -> list[str]:
    allowed = budget()
    lines = ["| | bare look-up | libcors | times as long | instructions, at most |",
             "|---|---:|---:|---:|---:|"]
    for workload in contest.names:
        bare, ours = contest.bare[workload], contest.times[LIBCORS, workload]
        most = f"{allowed[workload]:,}" if workload in allowed else ""
        lines.append(f"| {workload} | {times(bare.median)} {bare.spread} | {times(ours.median)} "
                     f"| {multiple(contest.above_bare(workload).median)} | {most} |")
    return lines


def is_preflight(contest: Contest, workload: str) -> bool:
    return next(one.request.method == "OPTIONS" for one in contest.workloads
                if one.name == workload)


def ratio_verdict(contest: Contest, peer: str, what: str, workloads: list[str],
                  target: float) -> Verdict:
    """Of the workload where the peer comes nearest to libcors."""
    ratios = {name: contest.ratio(peer, name).median for name in workloads}
    nearest = min(ratios, key=lambda name: ratios[name])
    met = sum(ratio >= target for ratio in ratios.values())
    note = f" ({nearest})" if met == len(ratios) else f" ({nearest}); met by {met} of {len(ratios)}"
    return Verdict(f"{peer}, {what}", ratios[nearest], target, " × libcors' time", smaller=False,
                   note=note)


def comparison_verdicts(contest: Contest) -> list[Verdict]:
    actual = [name for name in contest.names if not is_preflight(contest, name)]
    preflights = [name for name in contest.names if is_preflight(contest, name)]
    slowest = max(actual, key=lambda name: contest.times[LIBCORS, name].median)
    return [
        Verdict("actual requests", contest.times[LIBCORS, slowest].median, ACTUAL_NS, " ns",
                note=f" ({slowest})"),
        Verdict(PREFLIGHT, contest.times[LIBCORS, PREFLIGHT].median, PREFLIGHT_NS, " ns"),
        ratio_verdict(contest, GO, "every actual request", actual, GO_ACTUAL),
        ratio_verdict(contest, GO, "every preflight", preflights, GO_PREFLIGHT),
        *(ratio_verdict(contest, peer, "every workload", contest.names, SCRIPTED)
          for peer in (*NODE, *PYTHON)),
    ]


def out_of_reach(contest: Contest) -> list[str]:
    """Says of missed targets whether anybody could meet them."""
    told = []
    for peer in (*NODE, *PYTHON):
        short = [name for name in contest.names
                 if contest.times[peer, name].median / SCRIPTED <= contest.bare[name].median]
        if short:
            told.append(f"{peer} ({', '.join(short)})")
    if not told:
        return []
    return [f"Where 1/{SCRIPTED} of a peer's time is less than the bare look-up alone takes, no "
            f"list could be {SCRIPTED} times as fast: " + "; ".join(told) + ".", ""]


def comparison_section(contest: Contest) -> Section:
    return Section("Decisions, beside the peers", [
        "![Time for a decision, by workload and middleware](chart.svg)", "",
        *comparison_table(contest), "",
        WHAT.format(peers=peers_words(contest)), "", LIMIT, "",
        *limit_table(contest), "", *out_of_reach(contest)],
        comparison_verdicts(contest))


def measured_contest(quick: bool) -> Contest:
    build_peers()
    return measure_contest(3 if quick else 25)
