# SPDX-License-Identifier: MIT
"""The corpus through the real nginx with the module, over sockets."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.conformance.corpus import Refusal, load_corpus
from tests.conformance.corpus_checks import Answer, faults_of
from tests.conformance.corpus_gateway import Application, Gateway, check_configuration
from tests.conformance.surfaces import announce, artifact, policy_name, write_policy

CORPUS = load_corpus()
CASES = CORPUS.over("nginx")


@pytest.fixture
def folder() -> Iterator[Path]:
    """A folder whose name is short enough for a Unix socket."""
    path = Path(tempfile.mkdtemp(prefix="cors-"))
    yield path
    shutil.rmtree(path)


def nginx_module() -> Path:
    return artifact("CORS_NGINX_MODULE", "build/ngx_http_cors_module.so").resolve()


def answer_all(folder: Path) -> list[Answer]:
    policies = [(policy, write_policy(policy, folder))
                for policy, _ in CORPUS.by_policy("nginx")]
    with (Application(folder / "application.sock", CASES) as application,
          Gateway(folder, nginx_module(), policies) as gateway):
        responses = [gateway.send(case, number) for number, case in enumerate(CASES)]
    log = (folder / "error.log").read_text()
    assert "[alert]" not in log and "[emerg]" not in log, log
    assert len(application.reached) == len(set(application.reached)), "a case came twice"
    reached = set(application.reached)
    return [Answer(response, number in reached) for number, response in enumerate(responses)]


def test_cases(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    answers = answer_all(folder)
    faults = faults_of(CASES, answers)
    announce(capsys, "nginx", len(answers))
    assert len(answers) == len(CASES)
    assert not faults, "\n\n".join(faults)


@pytest.mark.parametrize("refusal", CORPUS.refusals, ids=policy_name)
def test_refusal(refusal: Refusal, folder: Path) -> None:
    """`nginx -t` refuses what `cors lint` refuses."""
    file = write_policy(refusal.policy, folder)
    done = check_configuration(folder, nginx_module(), refusal.policy, file)
    assert done.returncode == 1, done.stdout
    for rule in refusal.rules:
        assert rule in done.stdout, refusal.name
    place = [*refusal.policy.files, "cors.yaml"][0]
    assert f"{place}:" in done.stdout
