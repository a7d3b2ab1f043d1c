# SPDX-License-Identifier: MIT
"""Everything that has threads, under ThreadSanitizer: the library, the gateway, nginx's loader."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.nginx_live.live_nginx import LOCATION, compile_policy, put, wait_until_in_force
from tests.serve import serving
from tests.support.nginx_server import NginxServer
from tests.support.raw_client import ask

ROOT = Path(__file__).resolve().parents[2]
BUILD = ROOT / "build" / "threads"
REPORT = "ThreadSanitizer"
SEEN = 66  # no exit code of anything else here
SWAPS = 12
MANY = 20_000  # origins, so that reading them takes a while


def run(*command: str | Path, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        command, cwd=ROOT, text=True, check=False, stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        env={**os.environ, "TSAN_OPTIONS": f"exitcode={SEEN}", **environment})


@pytest.fixture(scope="module", autouse=True)
def built() -> None:
    """The command and the tests in C, with ThreadSanitizer in all that is ours."""
    if not (BUILD / "build.ninja").exists():
        configured = run("meson", "setup", str(BUILD), "-Db_sanitize=thread", "-Db_lundef=false",
                         "-Dnginx_module=false", "-Dmanual=false", CC="clang")
        assert configured.returncode == 0, configured.stdout
    made = run("ninja", "-C", str(BUILD), "cors", "tests/threads/test_threads",
               "tests/serve/test_serve_intake")
    assert made.returncode == 0, made.stdout


@pytest.fixture(scope="module")
def module() -> Path:
    """The nginx module likewise, by gcc, whose library can be loaded into nginx first."""
    flags = "-fsanitize=thread -fno-omit-frame-pointer"
    module = BUILD / "nginx" / "ngx_http_cors_module.so"
    made = run("modules/nginx/build.sh", str(module), str(module.parent / "work"), CC="gcc",
               CFLAGS=flags, LDFLAGS=flags)
    assert made.returncode == 0, made.stdout
    return module


@pytest.mark.parametrize("program", ["threads/test_threads", "serve/test_serve_intake"])
def test_units(program: str) -> None:
    done = run(BUILD / "tests" / program)
    assert done.returncode == 0, done.stdout
    assert REPORT not in done.stdout


@pytest.fixture
def gateway_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    monkeypatch.setattr(serving, "COMMAND", str(BUILD / "cors"))
    monkeypatch.setenv("TSAN_OPTIONS", f"exitcode={SEEN}")
    (tmp_path / "site" / "api").mkdir(parents=True)
    (tmp_path / "site" / "api" / "index.html").write_text("here")
    yield tmp_path


def test_gateway(gateway_folder: Path) -> None:
    """Requests, whose decisions a thread prints, while the policy is replaced again and again."""
    policy = gateway_folder / "cors.yaml"
    policy.write_text(serving.POLICY)
    served = serving.Gateway(gateway_folder, [
        "--policy", "cors.yaml", "--mount", "/=site", "--listen", "127.0.0.1:0", "--watch"])
    try:
        served.wait_until_ready()
        found = serving.ADDRESS.search(served.said())
        assert found is not None
        for number in range(1, SWAPS + 1):
            for _ in range(20):
                with serving.connect(int(found[1])) as connection:
                    answer = serving.exchange(connection, serving.simple_request("/api/"))
                assert answer.header("access-control-allow-origin") == serving.LISTED
            policy.write_text(serving.POLICY.replace("10m", f"{number}m"))
            served.wait_until_said("now in force", number)
    finally:
        served.end()
    assert served.process.returncode == 0, served.said()
    assert REPORT not in served.said()


def test_loader_of_live_policies(module: Path, tmp_path: Path,
                                 monkeypatch: pytest.MonkeyPatch) -> None:
    """Workers decide while the thread of one of them reads what replaces the policy."""
    preload = run("gcc", "-print-file-name=libtsan.so").stdout.strip()
    reports = tmp_path / "reports"
    monkeypatch.setenv("CORS_NGINX_MODULE", str(module))
    monkeypatch.setenv("CORS_NGINX_PRELOAD", os.path.realpath(preload))
    monkeypatch.setenv("TSAN_OPTIONS", f"exitcode={SEEN}:log_path={reports}")
    policies = [compile_policy(tmp_path, f"policy-{number}", MANY) for number in range(2)]
    live = tmp_path / "live.corsc"
    shutil.copyfile(policies[0].file, live)
    with NginxServer(tmp_path, LOCATION % live, workers=2) as nginx:
        wait_until_in_force(nginx, live, policies[0], 0)
        for number in range(1, SWAPS + 1):
            policy = policies[number % 2]
            put(policy.file, live)
            for _ in range(20):
                assert ask(nginx.port, "GET", "/", [("Origin", policy.mark)]).status == 200
            wait_until_in_force(nginx, live, policy, number)
            answer = ask(nginx.port, "GET", "/", [("Origin", policy.mark)])
            assert answer.allowed_origin() == policy.mark
    assert nginx.process.process.returncode == 0, nginx.errors()
    assert not list(tmp_path.glob("reports*")), "\n".join(
        path.read_text() for path in tmp_path.glob("reports*"))


def test_a_race_is_seen(tmp_path: Path) -> None:
    source = tmp_path / "race.c"
    source.write_text(
        "#include <pthread.h>\nstatic int shared;\n"
        "static void *add(void *p) { for (int i = 0; i < 100000; i++) shared++; return p; }\n"
        "int main(void) { pthread_t a, b; pthread_create(&a, 0, add, 0);\n"
        "    pthread_create(&b, 0, add, 0); pthread_join(a, 0); pthread_join(b, 0); return 0; }\n")
    program = tmp_path / "race"
    made = run("clang", "-g", "-O1", "-fsanitize=thread", str(source), "-o", str(program))
    assert made.returncode == 0, made.stdout
    done = run(program)
    assert done.returncode == SEEN and "data race" in done.stdout
