# SPDX-License-Identifier: MIT
from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from tests.audit_second.second_behaviour import Behaviour
from tests.audit_second.second_stage import Seen, Stage

Audit = Callable[..., Seen]


@pytest.fixture(scope="session")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    with Stage(tmp_path_factory.mktemp("stage")) as started:
        yield started


@pytest.fixture(scope="session")
def audit(stage: Stage) -> Audit:
    """Audits a behaviour once for all tests that look at the outcome."""
    done: dict[tuple[str, ...], Seen] = {}

    def once(behaviour: Behaviour, *options: str) -> Seen:
        key = (behaviour.code, *options)
        if key not in done:
            done[key] = stage.audit(behaviour, *options)
        return done[key]
    return once
