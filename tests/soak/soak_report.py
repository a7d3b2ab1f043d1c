# SPDX-License-Identifier: MIT
"""What a run showed: a table, and everything that must not be, one sentence each."""

from __future__ import annotations

from collections import Counter

from tests.soak.memory_watch import NOTHING_BYTES, SHARED_GROWTH, SURE, Line
from tests.soak.slow_clients import KINDS, PROMISED_SECONDS, SLACK_SECONDS
from tests.soak.soak_conditions import Gateways
from tests.soak.soak_stand import GatewayResult, Result
from tests.support.measurement import measured

MEBIBYTE = 1 << 20

# What is to be done to each gateway, by the names under which it is counted.
TROUBLE = {Gateways.PLAIN: ("policies", "reloads", "kills"),
           Gateways.TLS: ("policies", "reloads", "kills"),
           Gateways.STEADY: ("policies",)}

# What all hostile clients do, by the names under which they count it.
HOSTILE = [
    "malformed requests", "floods within the limits", "floods past the limits, refused",
    "half-closed connections", "connections reset", "pipelines left unread",
    "connections without TLS where it is due", "slow heads", "slow bodies", "slow readers",
    "HTTP/2 rapid resets", "HTTP/2 streams reset", "HTTP/2 floods of pings",
    "HTTP/2 endless heads", "HTTP/2 windows kept closed", "HTTP/2 tables blown up",
]

# How hostile connections ended.
ENDED = [
    "hostile connections cut off", "hostile HTTP/2 connections ended by the gateway",
    *(f"{kind} ended by the gateway" for kind in KINDS),
]


def faults_of(result: Result) -> list[str]:
    """Everything that is wrong; empty: the gateway stood it."""
    counts = result.outcome.counts
    faults = [f"{counts['wrong']} wrong answers"] if counts["wrong"] else []
    faults += [f"wrong: {words}" for words in result.outcome.wrong]
    faults += [f"{counts['failed']} requests failed without an excuse"] if counts["failed"] else []
    faults += [f"failed: {words}" for words in result.outcome.failed]
    faults += [f"trouble: {words}" for words in result.trouble_failures]
    if counts["good"] == 0:
        faults.append("not one good answer")
    faults += [f"nobody got to: {what}" for what in HOSTILE if counts[what] == 0]
    faults += [f"no end was seen of: {kind}" for kind in overdue_kinds(result)
               if counts[f"{kind} ended by the gateway"] == 0]
    faults += [f"{gateway.name}: it never happened: {what}" for gateway, kinds in TROUBLE.items()
               for what in kinds if result.trouble.get(gateway, Counter())[what] == 0]
    if result.upstream_downs == 0:
        faults.append("the upstream was never out of order")
    if max(result.crowd_held, default=0) < result.plan.idle:
        faults.append(f"a crowd of {max(result.crowd_held, default=0)} idle connections at most, "
                      f"not of {result.plan.idle}")
    for gateway, about in result.gateways.items():
        faults += [f"{gateway.name}: {words}" for words in faults_of_gateway(about)]
    return faults


def overdue_kinds(result: Result) -> list[str]:
    """The slow clients that the gateway has to have ended in so long a run."""
    return [kind for kind, seconds in PROMISED_SECONDS.items()
            if result.seconds > seconds + SLACK_SECONDS]


def faults_of_gateway(about: GatewayResult) -> list[str]:
    memory = about.memory
    faults = [f"{what} grows: {line_in_words(line)}"
              for what, line in about.lines.items() if not line.is_flat]
    if memory.workers_live and not 0 < len(memory.workers) == memory.workers_most:
        faults.append(f"{len(memory.workers)} workers lived, {memory.workers_most} at once")
    if about.exit_code != 0:
        faults.append(f"ended with {about.exit_code}")
    if about.left_behind:
        faults.append(f"left behind: {', '.join(about.left_behind)}")
    if about.log["control bytes"]:
        faults.append(f"{about.log['control bytes']} control bytes in what it says")
    return faults


def line_in_words(line: Line) -> str:
    begin, end = line.begin / MEBIBYTE, (line.begin + line.growth) / MEBIBYTE
    slope, low, high = (slope * 60 / MEBIBYTE
                        for slope in (line.slope, line.slope_low, line.slope_high))
    return f"{begin:.1f} to {end:.1f} MiB, {slope:+.2f} a minute ({low:+.2f} to {high:+.2f})"


def rows_of(result: Result) -> list[tuple[str, str]]:
    counts = result.outcome.counts
    trouble = sum(result.trouble.values(), Counter[str]())
    rows = [
        ("under load", f"{result.seconds:.0f} s, seed {result.plan.seed}"),
        ("answers judged", f"{counts['answers']:,}, {counts['answers'] / result.seconds:,.0f} a s"),
        ("wrong answers", str(counts["wrong"])),
        ("requests sent once more", f"{counts['retried']:,}"),
        ("failed: the upstream was out of order", f"{counts['failed: upstream']:,}"),
        ("failed: in flight in a killed worker", f"{counts['failed: worker killed']:,}"),
        ("failed otherwise", str(counts["failed"])),
        ("not processed, said GOAWAY over HTTP/2", f"{counts['not processed']:,}"),
        ("policies replaced", f"{trouble['policies']:,}"),
        ("nginx reloaded", f"{trouble['reloads']:,}"),
        ("workers killed", f"{trouble['kills']:,}"),
        ("times the upstream was out of order", f"{result.upstream_downs:,}"),
        ("idle connections held at once", f"{max(result.crowd_held, default=0):,}"),
        ("idle connections opened", f"{counts['idle connections opened']:,}"),
    ]
    rows += [(what, f"{counts[what]:,}") for what in HOSTILE]
    rows += [(what, f"{counts[what]:,}") for what in ENDED]
    rows += [(f"longest of the {what}", f"{seconds:.0f} s")
             for what, seconds in result.outcome.longest.items()]
    for gateway, about in result.gateways.items():
        rows += rows_of_gateway(f"{gateway.name}: ", about, result.seconds)
    return rows


def rows_of_gateway(name: str, about: GatewayResult, seconds: float) -> list[tuple[str, str]]:
    used = about.processor_seconds
    rows = [(f"{name}{what}", line_in_words(line)) for what, line in about.lines.items()]
    return [
        *rows,
        (f"{name}workers at once", f"{about.memory.workers_most}, with those that shut down"),
        (f"{name}processor time", f"{used:.0f} s, {100 * used / seconds:.0f}% of a core"),
        (f"{name}lines of log, lost", f"{about.log['lines']:,}, {about.log['lines lost']:,}"),
        (f"{name}left behind", str(len(about.left_behind))),
    ]


def table_of(result: Result) -> str:
    """For a terminal."""
    rows = rows_of(result)
    width = max(len(name) for name, _ in rows)
    return "".join(f"{name:<{width}}  {value}\n" for name, value in rows)


def section_of(result: Result) -> str:
    """For a page in Markdown."""
    plan, promised = result.plan, PROMISED_SECONDS
    rows = "".join(f"| {name} | {value} |\n" for name, value in rows_of(result))
    return f"""
Three gateways stand before an upstream that flaps (it refuses connections, resets them, says what
is no HTTP, cuts answers short, is silent). Each second the policy of each is replaced by one of
sixteen that answer differently. PLAIN and TLS are in storms for two thirds of each minute: nginx is
reloaded each second, and workers are killed. The last third brings PLAIN a crowd of
{plan.idle:,} idle connections. STEADY, with TLS as well, is neither reloaded nor killed.

{plan.good_threads} clients each of PLAIN and TLS and {plan.steady_threads} of STEADY ask without a
pause, over HTTP/1.1 (pipelined at times) and, with TLS, HTTP/2, and judge every answer by an
oracle: it has to be that of a policy that may have been in force at the time. A request has failed
if it still fails after one more try on a new connection; what a GOAWAY says was not processed is
sent anew, as every client of HTTP/2 does (RFC 9113, section 6.8). Hostile clients never pause
either: those over HTTP/2, and some that speak no TLS, are TLS's, all others and the slow ones
PLAIN's. It is a failure, too, if a gateway neither answers nor closes, if it holds a slow head for
more than {promised["slow heads"]:.0f} s, or an answer that nobody reads for more than
{promised["slow readers"]:.0f} s; {SLACK_SECONDS:.0f} s more are for a machine that has much else
to do.

Memory is PSS after the first quarter of the run, without what processes share; of workers that of
STEADY's, which live as long as the run, each for itself. It is shown where a line through samples
of each second (Theil and Sen) begins and ends, its slope, and between which bounds that is at
{SURE:.0%} (Sen). It is flat where it rises by no more than {NOTHING_BYTES >> 20} MiB in all, or
where the lower bound is not above 0; what they share may rise by {SHARED_GROWTH >> 20} MiB, to
which nginx's cache of TLS sessions fills up.

| | |
|---|---|
{rows}
{measured(result.seconds)}

"""
