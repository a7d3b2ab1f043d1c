# SPDX-License-Identifier: MIT
"""The conformance corpus over sockets: through gunicorn (WSGI) and uvicorn (ASGI)."""

from __future__ import annotations

import json
import shutil
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from libcors import _engine

from tests.conformance.corpus import Case, load_corpus
from tests.conformance.corpus_checks import Answer, faults_of
from tests.conformance.corpus_gateway import Gateway, Response, application_response, variables
from tests.conformance.surfaces import announce, write_policy
from tests.support import python_package
from tests.support.started import Started

CORPUS = load_corpus()
SPELLED = {name.lower(): name for name in _engine.FIELDS.values()}


@pytest.fixture
def folder() -> Iterator[Path]:
    """A folder whose name is short enough for a Unix socket."""
    path = Path(tempfile.mkdtemp(prefix="cors-"))
    yield path
    shutil.rmtree(path)


class PythonGateway(Gateway):
    """Sends cases as they stand to a server in Python."""

    def __init__(self, form: str, folder: Path) -> None:
        self.path = folder / "python.sock"
        self.reached = folder / "reached"
        self.reached.touch()
        groups = CORPUS.by_policy(form)
        settings = folder / "settings.json"
        settings.write_text(json.dumps({
            "policies": [{"name": policy.name, "environment": policy.environment,
                          "file": str(write_policy(policy, folder))} for policy, _ in groups],
            "cases": [case_settings(case) for case in CORPUS.over(form)]}))
        Started.__init__(
            self, [sys.executable, "-m", "tests.python_servers.corpus_applications", form,
                   str(self.path), str(settings), str(self.reached)],
            folder / "server.log", folder,
            variables([policy for policy, _ in groups])
            | python_package.environment(python_package.ROOT))

    def __enter__(self) -> PythonGateway:
        super().__enter__()
        return self

    def send(self, case: Case, number: int) -> Response:
        """As the corpus spells names: ASGI has them in lower case."""
        response = super().send(case, number)
        return Response(response.status, [(SPELLED.get(name, name), value)
                                          for name, value in response.fields], response.body)


def case_settings(case: Case) -> dict[str, Any]:
    """How the application answers; the length of nothing is for it to say."""
    sent = application_response(case)
    lines = [[text.decode("latin-1") for text in field] for field in sent.fields]
    return {"status": sent.status, "lines": lines}


def is_refusal_of_an_ambiguous_target(case: Case, response: Response) -> bool:
    return (response.status == 400 and response.body.startswith(b"CORS: ambiguous target")
            and case.path != case.request.target.split(b"?")[0])


@pytest.mark.parametrize("form", ["wsgi", "asgi"])
def test_corpus(form: str, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    cases = CORPUS.over(form)
    with PythonGateway(form, folder) as gateway:
        responses = [gateway.send(case, number) for number, case in enumerate(cases)]
        reached = [int(line) for line in gateway.reached.read_text().split()]
        said = gateway.said()
    assert len(reached) == len(set(reached)), "a case came twice"
    answers = [Answer(response, number in reached) for number, response in enumerate(responses)]
    plain = [(case, answer) for case, answer in zip(cases, answers)
             if not is_refusal_of_an_ambiguous_target(case, answer.response)]
    ambiguous = [answer for case, answer in zip(cases, answers)
                 if is_refusal_of_an_ambiguous_target(case, answer.response)]
    assert not any(answer.reached for answer in ambiguous) and len(ambiguous) <= 12
    faults = faults_of([case for case, _ in plain], [answer for _, answer in plain])
    assert not faults, "\n\n".join(faults)
    assert "Traceback" not in said, said
    announce(capsys, form.upper(), len(cases))
