# SPDX-License-Identifier: MIT
"""Who saw what was the matter while a request was under way, and so can judge what became of it."""

from __future__ import annotations

from dataclasses import dataclass

from tests.soak.soak_conditions import Conditions, Gateways
from tests.soak.soak_questions import Question, find_fault
from tests.support.raw_client import Response


@dataclass(frozen=True)
class Began:
    """What was over when a request was sent."""
    policies: int
    kills: int
    downs: int


class Witness:
    def __init__(self, conditions: Conditions, gateway: Gateways) -> None:
        self._conditions = conditions
        self._policies = conditions.policies(gateway)
        self._kills = conditions.kills(gateway)

    @property
    def stopping(self) -> bool:
        return self._conditions.stopping

    def begin(self) -> Began:
        """To be called before a request is sent; the rest once its answer is there."""
        return Began(self._policies.over, self._kills.over, self._conditions.upstream.over)

    def fault(self, question: Question, answer: Response, began: Began) -> str | None:
        return find_fault(question, answer, began.policies, self._policies.begun)

    def worker_was_killed(self, began: Began) -> bool:
        return self._kills.since(began.kills)

    def upstream_was_down(self, began: Began) -> bool:
        return self._conditions.upstream.since(began.downs)
