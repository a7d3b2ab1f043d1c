# SPDX-License-Identifier: MIT
"""An audit against what it had to say."""

from __future__ import annotations

from tests.audit_servers.configuration import Configuration
from tests.support.https_server import Audited

CODES = {"clean": 0, "findings": 0, "inconclusive": 3}  # with nothing worse than info


def judge(configuration: Configuration, audited: Audited) -> list[str]:
    """What is wrong about an audit of one target, as sentences."""
    target = audited.targets[0]
    findings = {finding["rule"]: finding for finding in target["findings"]}
    wrong = []
    known = set(configuration.allowed)
    for rules, severities in configuration.required.items():
        found = [findings[rule] for rule in rules.split("|") if rule in findings]
        known.update(rules.split("|"))
        if not found:
            wrong.append(f"{rules} is missing")
        wrong += [f"{finding['rule']} is {finding['severity']}, which is none of {severities}"
                  for finding in found if finding["severity"] not in severities.split()]
    wrong += [f"{finding['rule']} is not so: {finding['message']}\n{finding['evidence']}"
              for rule, finding in findings.items() if rule not in known]
    outcomes = ("findings",) if findings else configuration.outcomes
    if target["outcome"] not in outcomes:
        wrong.append(f"the outcome is {target['outcome']}: {target['detail']}")
    if target["requests"] > configuration.requests_max:
        wrong.append(f"{target['requests']} requests, where {configuration.requests_max} do")
    worst = any(finding["severity"] != "info" for finding in findings.values())
    if audited.code != (1 if worst else CODES[target["outcome"]]):
        wrong.append(f"the exit status is {audited.code}")
    return wrong
