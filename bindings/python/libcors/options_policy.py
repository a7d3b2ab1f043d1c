# SPDX-License-Identifier: MIT
"""Options become the text of a policy, which the one reader of policies reads and judges."""
from __future__ import annotations

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass, replace

from libcors import _engine
from libcors.options_values import OptionNames, option_problem, refuse, tell
from libcors.policy_problems import Problem, problems_of

# Origins of a development set-up: everybody has them, so people are told, and not stopped. That
# goes for one host that somebody wrote, and not for patterns of them.
ONE_HOST = re.compile(r"[^*{]+(:\*)?")
TOLD_RISKS = ("insecure-origin-with-credentials", "loopback-in-production")
# Names that no browser asks for, and a * that none understands. Listing them changes nothing.
IDLE_RULES = ("forbidden-request-header", "forbidden-response-header", "forbidden-method",
              "wildcard-expose-with-credentials")
LOOPBACK = ("Any program on a visitor's machine can hold this origin: list it in development "
            "only.")


@dataclass(frozen=True)
class PolicyOptions:
    """What becomes a policy: each member is a key of policy files."""
    allow_origins: tuple[str, ...]
    allow_methods: tuple[str, ...] = ()
    allow_headers: tuple[str, ...] = ()
    expose_headers: tuple[str, ...] = ()
    allow_credentials: bool = False
    max_age: str | None = None
    accept_risks: tuple[str, ...] = ()


LISTS = ("allow_origins", "allow_methods", "allow_headers", "expose_headers")
POLICY_BEGIN = '{"policies":[{"path":"/*","preflight_status":200'
Written = tuple[str, str]  # the key and the value that stand in a line


def _text(options: PolicyOptions) -> tuple[str, list[Written]]:
    """The policy's text with each value in a line of its own, and what stands in each line."""
    rows: list[tuple[str, Written]] = [(POLICY_BEGIN, ("", ""))]
    for key in LISTS:
        values: tuple[str, ...] = getattr(options, key)
        if not values and key != "allow_origins":
            continue
        rows.append((f',"{key}":[', (key, "")))
        for position, value in enumerate(values):
            comma = "," if position else ""
            rows.append((comma + json.dumps(value, ensure_ascii=False), (key, value)))
        rows.append(("]", (key, "")))
    if options.allow_credentials:
        rows.append((',"allow_credentials":true', ("allow_credentials", "True")))
    if options.max_age is not None:
        rows.append((f',"max_age":{json.dumps(options.max_age)}', ("max_age", options.max_age)))
    risks = [*options.accept_risks, *(risk for risk in TOLD_RISKS
                                      if risk not in options.accept_risks)]
    rows.append((f',"accept_risks":{json.dumps(risks)}', ("accept_risks", "")))
    rows.append(("}]}", ("", "")))
    return "\n".join(row[0] for row in rows), [row[1] for row in rows]


def _without(options: PolicyOptions, idle: Iterable[Written]) -> PolicyOptions:
    for key, value in idle:
        left = tuple(item for item in getattr(options, key) if item != value)
        options = replace(options, **{key: left})
    return options


class PolicyReading:
    """Reads options as a policy, and gathers what people are to be told about them."""

    def __init__(self, options: PolicyOptions, names: OptionNames) -> None:
        self.options = options
        self.names = names
        self.told: list[tuple[Problem, Written]] = []
        self.policy = self._read()

    def _read(self) -> _engine.Policy:
        policy, found = self._parse()
        idle = [written for problem, written in found if problem.rule in IDLE_RULES]
        if idle:
            self._tell(found, IDLE_RULES)
            self.options = _without(self.options, idle)
            policy, found = self._parse()
        found = [(self._graver(problem, written[1]), written) for problem, written in found]
        errors = [self._named(problem, written) for problem, written in found
                  if problem.severity == "error"]
        if policy is None or errors:
            refuse(self.names.place, errors)
        self._tell(found, TOLD_RISKS)
        self.told.extend((self._named(problem, written), written) for problem, written in found
                         if problem.severity == "warning")
        return policy

    def _parse(self) -> tuple[_engine.Policy | None, list[tuple[Problem, Written]]]:
        text, written = _text(self.options)
        policy, rows, _ = _engine.parse_policy(text, self.names.place)
        return policy, [(problem, written[problem.line - 1] if problem.line else ("", ""))
                        for problem in problems_of(rows)]

    def _graver(self, problem: Problem, value: str) -> Problem:
        """A risk that is told of where one host is meant is an error where more are."""
        if (problem.rule not in TOLD_RISKS or problem.severity == "warning"
                or problem.rule in self.options.accept_risks or ONE_HOST.fullmatch(value)):
            return problem
        return replace(problem, severity="error")

    def _named(self, problem: Problem, written: Written) -> Problem:
        """A problem of the policy as one of the option that it comes from."""
        message = problem.message
        if problem.rule == "loopback-in-production":
            message = f"{json.dumps(written[1])}: {LOOPBACK}"
        elif problem.rule == "no-origins-left":
            message = "No origin is listed, so no other site may read the answers."
        elif problem.severity == "error" and _engine.RULES[problem.rule][1]:
            message += f' If it is meant: {self.names.risks} with "{problem.rule}".'
        return option_problem(problem.rule, self.names.of_key(written[0]), message,
                              problem.suggestion, problem.severity)

    def _tell(self, found: list[tuple[Problem, Written]], rules: tuple[str, ...]) -> None:
        for problem, written in found:
            accepted = problem.rule in self.options.accept_risks
            if problem.rule in rules and problem.severity != "warning" and not accepted:
                told = replace(self._named(problem, written), severity="warning")
                self.told.append((told, written))

    def tell(self, quiet: frozenset[Written], quiet_rules: tuple[str, ...]) -> None:
        """Warns of all but the values in `quiet` (in lower case), which are defaults."""
        tell(self.names.place, [
            problem for problem, (key, value) in self.told
            if (key, value.lower()) not in quiet and problem.rule not in quiet_rules])
