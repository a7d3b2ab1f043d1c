# SPDX-License-Identifier: MIT
"""What `cors audit` says to configurations that people paste, on the servers that run them."""

from __future__ import annotations

from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.audit_servers import (nginx_configurations, node_configurations, other_configurations,
                                 python_configurations)
from tests.audit_servers.audited_servers import Stage
from tests.audit_servers.configuration import Configuration
from tests.audit_servers.judging import judge
from tests.support.cors_command import COMMAND
from tests.support.https_server import run_audit

CONFIGURATIONS: dict[str, list[Configuration]] = {
    "nginx": nginx_configurations.NGINX,
    "apache": other_configurations.APACHE,
    "caddy": other_configurations.CADDY,
    "haproxy": other_configurations.HAPROXY,
    "php": other_configurations.PHP,
    "lambda": other_configurations.LAMBDA,
    "express": node_configurations.EXPRESS,
    "fastify": node_configurations.FASTIFY,
    "koa": node_configurations.KOA,
    "hono": node_configurations.HONO,
    "flask": python_configurations.FLASK,
    "fastapi": python_configurations.STARLETTE,
    "django": python_configurations.DJANGO,
    "spring": python_configurations.SPRING,
}


@pytest.mark.parametrize("software, configuration", [
    pytest.param(software, configuration, id=f"{software}-{configuration.name}")
    for software, configurations in CONFIGURATIONS.items() for configuration in configurations])
def test_configuration(tmp_path: Path, started: ExitStack, stage: Stage, software: str,
                       configuration: Configuration) -> None:
    address = stage.start(started, tmp_path, software, configuration)
    audited = run_audit(COMMAND, address, [address.url(configuration.path)],
                        *configuration.options)
    wrong = judge(configuration, audited)
    assert not wrong, "\n".join(wrong)
