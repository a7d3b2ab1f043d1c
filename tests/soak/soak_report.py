# SPDX-License-Identifier: MIT
"""What a run showed: a table, and everything that must not be, one sentence each."""

from __future__ import annotations

from tests.soak.memory_watch import Line
from tests.soak.soak_stand import GatewayResult, Result
from tests.support.measurement import measured

MEBIBYTE = 1 << 20

# What all hostile clients do, by the names under which they count it.
HOSTILE = [
    "malformed requests", "floods within the limits", "floods past the limits, refused",
    "half-closed connections", "connections reset", "pipelines left unread",
    "connections without TLS where it is due", "slow heads", "slow bodies", "slow readers",
    "HTTP/2 rapid resets", "HTTP/2 streams reset", "HTTP/2 floods of pings",
    "HTTP/2 endless heads", "HTTP/2 windows kept closed", "HTTP/2 tables blown up",
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
    if max(result.crowd_held, default=0) < result.plan.idle:
        faults.append(f"a crowd of {max(result.crowd_held, default=0)} idle connections at most, "
                      f"not of {result.plan.idle}")
    for gateway, about in result.gateways.items():
        faults += [f"{gateway.name}: {words}" for words in faults_of_gateway(about)]
    return faults


def faults_of_gateway(about: GatewayResult) -> list[str]:
    faults = [f"{what} grows: {line_in_words(line)}"
              for what, line in about.lines.items() if not line.is_flat]
    if about.exit_code != 0:
        faults.append(f"ended with {about.exit_code}")
    if about.left_behind:
        faults.append(f"left behind: {', '.join(about.left_behind)}")
    if about.log["control bytes"]:
        faults.append(f"{about.log['control bytes']} control bytes in what it says")
    return faults


def line_in_words(line: Line) -> str:
    return f"{line.begin / MEBIBYTE:.1f} to {line.end / MEBIBYTE:.1f} MiB, " \
           f"{line.a_minute / MEBIBYTE:+.2f} a minute, spread {line.spread / MEBIBYTE:.1f}"


def rows_of(result: Result) -> list[tuple[str, str]]:
    counts, trouble = result.outcome.counts, result.trouble
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
    plan = result.plan
    rows = "".join(f"| {name} | {value} |\n" for name, value in rows_of(result))
    return f"""
Two gateways, one of them with TLS, stand before an upstream that flaps (it refuses connections,
resets them, says what is no HTTP, cuts answers short, is silent). Each second the policy is
replaced by one of sixteen that answer differently. Two thirds of each minute are a storm, in which
nginx is reloaded each second and workers are killed; the last third brings a crowd of
{plan.idle:,} idle connections. {plan.good_threads} clients of each gateway ask without a pause,
over HTTP/1.1 (pipelined at times) and HTTP/2, and judge every answer by an oracle: it has to be
that of a policy that may have been in force at the time. Hostile clients never pause either. A
request has failed if it still fails after one more try on a new connection; what a GOAWAY says was
not processed is sent anew, as every client of HTTP/2 does (RFC 9113, section 6.8).

Memory is PSS in storms, after the first quarter of the run, without what the processes share, of
the workers their average: where a line through the samples (Theil and Sen) begins and ends, and its
slope. It counts as flat where it rises by no more than the samples scatter about it, or 2 MiB; what
they share may rise by 10 MiB, to which nginx's cache of TLS sessions fills up.

| | |
|---|---|
{rows}
{measured(result.seconds)}

"""
