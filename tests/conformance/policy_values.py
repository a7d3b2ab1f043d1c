# SPDX-License-Identifier: MIT
"""A policy of the corpus as values, for the builder of the C library.

Variables and lists from files are the business of whoever reads policy files; here they are
replaced by what they hold.
"""

from __future__ import annotations

from collections.abc import Iterator

import yaml  # type: ignore[import]

from tests.conformance.corpus import Policy

Record = tuple[str, tuple[str, ...]]


def origin_records(policy: Policy, entry: object) -> Iterator[Record]:
    if isinstance(entry, str):
        yield "K", ("allow_origins", entry)
        return
    assert isinstance(entry, dict)
    if "environment" in entry:
        yield "O", (entry["environment"], entry["origin"])
    elif "from_env" in entry:
        text = policy.variables.get(entry["from_env"], "")
        for origin in text.replace(",", " ").split():
            yield "K", ("allow_origins", origin)
    else:
        for line in policy.files[entry["from_file"]].splitlines():
            origin = line.split("#")[0].strip()
            if origin:
                yield "K", ("allow_origins", origin)


def policy_records(policy: Policy) -> Iterator[Record]:
    """The records of decide_direct.c that build a policy."""
    yield "N", (policy.environment,)
    # BaseLoader leaves every scalar as it is written.
    for values in yaml.load(policy.yaml, Loader=yaml.BaseLoader)["policies"]:
        yield "B", ()
        for key, value in values.items():
            if key == "allow_origins":
                yield "L", ()
                for entry in value:
                    yield from origin_records(policy, entry)
            elif isinstance(value, list):
                for item in value:
                    yield "K", (key, item)
            else:
                yield "K", (key, value)
    yield "F", ()
