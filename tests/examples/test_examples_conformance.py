# SPDX-License-Identifier: MIT
"""The conformance corpus through the example servers, over sockets.

Their policies are lines of values, without environments, variables and lists from files; what an
example cannot be told so is left out, and counted. What a server's own library refuses, or cannot
parse, never reaches libcors: such an answer must not allow anything.
"""

from __future__ import annotations

import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.conformance.corpus import Case, Policy, load_corpus
from tests.conformance.corpus_gateway import Response, parse_response
from tests.conformance.policy_values import policy_records
from tests.examples.example_server import EXAMPLES, SERVERS, Example

CORPUS = load_corpus()
ANSWER_SECONDS = 30.0
OWN_REFUSALS = (400, 413, 414, 431, 501, 505)  # of libmicrohttpd and evhttp themselves
CASES_MIN = 500
REFUSED_MAX = 20


# The examples know no public suffixes, and take every domain for one.
ACCEPTED = ("accept_risks", ["public-suffix-wildcard"])


def policy_lines(policy: Policy) -> str | None:
    """A policy as the examples read it; None where it takes more than words of ASCII."""
    policies: list[dict[str, list[str]]] = []
    for letter, texts in policy_records(policy):
        words = "".join(texts)
        if letter == "O" or not words.isascii() or set(words) & set(" \t\n#"):
            return None
        if letter == "B":
            policies.append({"path": []})
        elif letter == "L":
            policies[-1]["allow_origins"] = []
        elif letter == "K":
            policies[-1].setdefault(texts[0], []).append(texts[1])
    lines = [" ".join([key, *values]) if key != "path" or values else "path /*"
             for one in policies for key, values in [*one.items(), ACCEPTED]]
    return "\n".join(lines) + "\n"


def send(port: int, case: Case) -> Response | None:
    """A case as it stands; None where the connection was closed without an answer."""
    request = case.request
    lines = [b" ".join([request.method, request.target, request.version]),
             b"Host: api.example", b"Connection: close"]
    lines += [name + b": " + value for name, value in request.fields
              if name.lower() != b"connection"]
    answer = bytearray()
    with socket.create_connection(("127.0.0.1", port), ANSWER_SECONDS) as connection:
        try:
            connection.sendall(b"\r\n".join(lines) + b"\r\n\r\n")
            while chunk := connection.recv(65536):
                answer += chunk
        except (BrokenPipeError, ConnectionResetError):
            pass  # refused early
    return parse_response(bytes(answer)) if answer else None


def faults(case: Case, response: Response) -> Iterator[str]:
    """What is wrong with an answer that libcors had a say in."""
    decision = case.decision
    if decision.kind == "preflight" and response.status != decision.status:
        yield f"status {response.status}, not {decision.status}"
    if decision.kind == "preflight" and not decision.allowed:
        if decision.reason.encode() not in response.body:
            yield f"the body does not name the reason: {response.body[:100]!r}"
    if response.owned() != sorted(decision.set):
        yield f"lines {response.owned()}, not {sorted(decision.set)}"
    wanted = sorted(name.lower() for name in decision.vary)
    if response.vary() != wanted:
        yield f"Vary {response.vary()}, not {wanted}"


def is_refusal(response: Response | None, case: Case) -> bool:
    return response is None or (response.status in OWN_REFUSALS and not response.vary()
                                and response.status != case.decision.status)


@pytest.mark.parametrize("name", SERVERS)
def test_corpus(name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    compared, refused, told = 0, [], []
    for policy, cases in CORPUS.by_policy("nginx"):
        lines = policy_lines(policy)
        if lines is None:
            continue
        file = tmp_path / f"{policy.name}.txt"
        file.write_text(lines)
        with Example(EXAMPLES / name, tmp_path, file, environment=policy.environment) as server:
            for case in cases:
                response = send(server.port, case)
                if response is None or is_refusal(response, case):
                    refused.append(case.name)
                    if response is not None and response.owned():
                        told.append(f"{case.name}\n  refused, with {response.owned()}")
                    continue
                compared += 1
                wrong = list(faults(case, response))
                if wrong:
                    told.append("\n  ".join([case.name, *(text[:400] for text in wrong)]))
        assert server.process.returncode == 0, server.said()
    with capsys.disabled():
        print(f"\n{compared} conformance cases through {name}, which refused {len(refused)} more")
    assert not told, "\n\n".join(told)
    assert compared >= CASES_MIN and len(refused) <= REFUSED_MAX, "\n".join(refused)
