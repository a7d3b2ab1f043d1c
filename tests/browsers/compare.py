#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Compares recordings of real browsers with what `cors simulate` says of the same scenarios.

    tests/browsers/compare.py                     all recordings of the repository
    tests/browsers/compare.py FILE.jsonl[.xz]...  these

Prints how many agree, by kind and browser; then the differences by the field that differs first,
with an example or a few of each. Exit status 1 if anything differs.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections import Counter, defaultdict
from collections.abc import Iterator
from itertools import chain, islice
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from tests.browsers.agreement import (Comparison, Difference, Json,  # noqa: E402
                                      RECORDINGS, about_recordings, compare_all, read_recordings)
from tests.support.readme_section import write_section  # noqa: E402

BROWSERS = ("chromium", "firefox")
README = Path(__file__).resolve().parent / "README.md"

TABLE_BEGINS = "<!-- agreement: tests/browsers/record --keep writes this -->\n"
TABLE_ENDS = "<!-- agreement: end -->\n"


def agreement_table(comparisons: dict[str, list[Comparison]]) -> str:
    """Per kind and browser, how many of how many agree."""
    total: Counter[tuple[str, str]] = Counter()
    agree: Counter[tuple[str, str]] = Counter()
    for browser, of_browser in comparisons.items():
        for comparison in of_browser:
            for kind in (comparison.recording.get("kind", "?"), "all"):
                total[kind, browser] += 1
                agree[kind, browser] += comparison.difference is None
    kinds = sorted({kind for kind, _ in total if kind != "all"}) + ["all"]
    lines = [f"{'kind':16}" + "".join(f"{browser:>20}" for browser in comparisons)]
    for kind in kinds:
        cells = (f"{agree[kind, browser]} of {total[kind, browser]}" for browser in comparisons)
        lines.append(f"{kind:16}" + "".join(f"{cell:>20}" for cell in cells))
    return "\n".join(lines)


def write_readme(table: str, abouts: list[Json]) -> None:
    """Puts the table between its marks, below what was recorded with which browsers."""
    recorded = "".join(
        f"{about['scenarios']} scenarios of seed {about['seed']}, recorded {about['recorded']} "
        f"with {' and '.join(about['browsers'].values())}; "
        f"{sum(about['thrown out'].values())} thrown out.\n" for about in abouts)
    write_section(README, TABLE_BEGINS, TABLE_ENDS, f"{recorded}\n```\n{table}\n```\n")


def describe_call(number: int, call: Json) -> str:
    """A call in one line; what is as usual is left out."""
    usual = {"mode": "cors", "credentials": "same-origin", "redirect": "follow",
             "cache": "default", "initiator": "fetch"}
    unusual = [f"{key}={call[key]}" for key in ("initiator", "mode", "credentials", "redirect",
                                                "cache", "wait", "upload_listener")
               if key in call and call[key] != usual.get(key)]
    if call.get("body"):
        unusual.append(f"body={json.dumps(call['body'], ensure_ascii=False)}")
    if call.get("headers"):
        unusual.append(f"headers={json.dumps(call['headers'], ensure_ascii=False)}")
    return f"  call {number}: {call['method']} {call['url']} {' '.join(unusual)}"


def describe_server(server: Json) -> Iterator[str]:
    for url, answers in server.items():
        yield f"  server {url}"
        for part in ("preflight", "response"):
            answer = answers[part]
            fields = ", ".join(f"{name}: {value!r}" for name, value in answer["headers"])
            yield f"    {part:9} {answer['status']} {fields}"


def describe_sent(word: str, sent: list[Json]) -> Iterator[str]:
    yield f"  {word} sent:"
    for request in sent:
        rest = {key: value for key, value in request.items() if key not in ("method", "url")}
        yield f"    {request['method']} {request['url']} {json.dumps(rest)}"


def describe(comparison: Comparison, difference: Difference, browser: str) -> str:
    recording = comparison.recording
    lines = [f"{recording['id']} ({recording.get('kind', '?')}) {browser}: {difference.field}",
             f"  page {recording['page']}" + (f" in {recording['top']}" if "top" in recording
                                              else "")]
    lines += [describe_call(number, call) for number, call in enumerate(recording["fetches"])]
    lines += describe_server(recording["server"])
    lines += describe_sent("browser", recording["observed"][browser]["sent"])
    lines += describe_sent("simulate", comparison.simulated.get("sent", []))
    where = "" if difference.call is None else f"call {difference.call} "
    lines += [f"  {where}browser:  {json.dumps(difference.recorded, ensure_ascii=False)}",
              f"  {where}simulate: {json.dumps(difference.simulated, ensure_ascii=False)}"]
    return "\n".join(lines)


def differences_by_field(comparisons: dict[str, list[Comparison]], show: int,
                         ids_only: bool) -> Iterator[str]:
    groups: dict[tuple[str, str], list[tuple[Comparison, Difference]]] = defaultdict(list)
    for browser, of_browser in comparisons.items():
        for comparison in of_browser:
            if comparison.difference is not None:
                group = groups[browser, comparison.difference.field]
                group.append((comparison, comparison.difference))
    for (browser, field), group in sorted(groups.items(), key=lambda item: -len(item[1])):
        yield f"\n== {browser}: {field} differs in {len(group)}"
        if ids_only:
            yield " ".join(comparison.recording["id"] for comparison, _ in group)
            continue
        for comparison, difference in group[:show]:
            yield describe(comparison, difference, browser)


def parse_arguments(arguments: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("files", nargs="*", type=Path, metavar="FILE")
    parser.add_argument("--browser", choices=BROWSERS, help="only this one")
    parser.add_argument("--skip", type=int, default=0, metavar="N",
                        help="leave out the first N recordings")
    parser.add_argument("--limit", type=int, metavar="N", help="at most N recordings")
    parser.add_argument("--kind", help="only scenarios of this kind")
    parser.add_argument("--id", action="append", help="only this scenario (may be repeated)")
    parser.add_argument("--show", type=int, default=2, metavar="N",
                        help="examples of each difference (default 2)")
    parser.add_argument("--readme", action="store_true", help="write the table into README.md")
    parser.add_argument("--ids", action="store_true", help="only the ids of what differs")
    return parser.parse_args(arguments)


def recording_files(options: argparse.Namespace) -> list[Path]:
    return options.files or sorted(RECORDINGS.glob("*.jsonl.xz"))


def chosen(options: argparse.Namespace) -> list[Json]:
    everything = chain.from_iterable(map(read_recordings, recording_files(options)))
    end = None if options.limit is None else options.skip + options.limit
    return [recording for recording in islice(everything, options.skip, end)
            if options.kind in (None, recording.get("kind"))
            and (options.id is None or recording["id"] in options.id)]


def main(arguments: list[str]) -> int:
    options = parse_arguments(arguments)
    recordings = chosen(options)
    browsers = [options.browser] if options.browser else list(BROWSERS)
    comparisons = {browser: compare_all(recordings, browser) for browser in browsers}
    table = agreement_table(comparisons)
    print(table)
    if options.readme:
        write_readme(table, [about for file in recording_files(options)
                             if (about := about_recordings(file)) is not None])
    for line in differences_by_field(comparisons, options.show, options.ids):
        print(line)
    agree = all(comparison.difference is None
                for of_browser in comparisons.values() for comparison in of_browser)
    return 0 if agree and recordings else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
