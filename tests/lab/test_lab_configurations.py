# SPDX-License-Identifier: MIT
"""What the room "Policy" gives to copy: nginx takes it, and `cors test` finds it true."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.support.cors_command import Finished, run_cors
from tests.support.nginx_server import check_configuration, nginx_module
from tests.support.started import free_port
from visits import Visits

NGINX = """\
load_module %(module)s;
error_log stderr;
pid %(folder)s/nginx.pid;
%(main)s
events {}
http {
    access_log off;
    client_body_temp_path %(folder)s/body;
    proxy_temp_path %(folder)s/proxy;
    fastcgi_temp_path %(folder)s/fastcgi;
    scgi_temp_path %(folder)s/scgi;
    uwsgi_temp_path %(folder)s/uwsgi;
    server {
        listen 127.0.0.1:%(port)d;
%(server)s
    }
}
"""
EXAMPLES_WITHOUT_ERROR = 4
Made = dict[str, Any]


@pytest.fixture(scope="session")
def made(visits: Visits) -> list[Made]:
    """Each example without an error, with the texts to copy."""
    told = visits.of("policy")["configurations"]
    assert told.fault is None, told.fault
    found: list[Made] = told.told["made"]
    assert len(found) >= EXAMPLES_WITHOUT_ERROR
    return found


def variables(example: Made) -> dict[str, str]:
    return {each["name"]: each["value"] for each in example.get("variables", [])}


def write_files(example: Made, folder: Path) -> None:
    (folder / "cors.yaml").write_text(example["texts"]["cors.yaml"])
    (folder / "expectations.txt").write_text(example["texts"]["cors test"])
    for each in example.get("files", []):
        (folder / each["name"]).write_text(each["value"])


def nginx_says(example: Made, folder: Path, text: str) -> str:
    # nginx hands no variable of its environment on that its configuration does not name.
    main = "".join(f"env {name}={value};\n" for name, value in variables(example).items())
    done = check_configuration(folder, NGINX % {
        "module": nginx_module(), "folder": folder, "main": main, "server": text,
        "port": free_port()})
    return done.stdout


def judge(example: Made, folder: Path) -> Finished:
    environment = example.get("environment", "production")
    return run_cors(["test", "expectations.txt", "--env", environment], folder,
                    variables(example))


def test_nginx_takes_the_policy_from_its_file(made: list[Made], tmp_path: Path) -> None:
    for number, example in enumerate(made):
        folder = tmp_path / str(number)
        folder.mkdir()
        write_files(example, folder)
        said = nginx_says(example, folder, example["texts"]["nginx, with the file"])
        assert "test is successful" in said, f"{example['name']}: {said}"


def test_nginx_takes_the_policy_in_place(made: list[Made], tmp_path: Path) -> None:
    texts = [(example, example["texts"]["nginx, in place"]) for example in made]
    written = [(example, text) for example, text in texts if text is not None]
    assert written
    for number, (example, text) in enumerate(written):
        folder = tmp_path / str(number)
        folder.mkdir()
        said = nginx_says(example, folder, text)
        assert "test is successful" in said, f"{example['name']}: {said}"


def test_expectations_hold(made: list[Made], tmp_path: Path) -> None:
    for number, example in enumerate(made):
        folder = tmp_path / str(number)
        folder.mkdir()
        write_files(example, folder)
        done = judge(example, folder)
        assert (done.code, done.stderr) == (0, ""), f"{example['name']}: {done.stdout}"


def test_expectations_fail_with_another_policy(made: list[Made], tmp_path: Path) -> None:
    """They say something: without the policy's origins they do not hold."""
    example = made[0]
    write_files(example, tmp_path)
    other = example["texts"]["cors.yaml"].replace("https://app.example.com", "https://b.example")
    (tmp_path / "cors.yaml").write_text(other)
    assert judge(example, tmp_path).code == 1
