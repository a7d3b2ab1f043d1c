# SPDX-License-Identifier: MIT
"""What can be seen from outside: variables, the log, and counters as Prometheus text."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

import pytest

from tests.nginx.conftest import Serve
from tests.support.application import Application
from tests.support.nginx_server import NginxServer
from tests.support.raw_client import Lines, ask, ask_raw

APP = "https://app.example"
EVIL = "https://evil.example"

POLICY = "cors_allow_origins https://app.example; cors_allow_methods PUT;"

REQUESTS: list[tuple[str, Lines, str]] = [
    ("GET", [], "[no-origin] [] [no-origin]"),
    ("GET", [("Origin", APP)], "[actual] [true] [allowed]"),
    ("GET", [("Origin", EVIL)], "[actual] [false] [origin-not-allowed]"),
    ("POST", [("Origin", "http://api.example")], "[actual] [false] [same-origin]"),
    ("OPTIONS", [("Origin", APP)], "[actual] [true] [allowed]"),
    ("OPTIONS", [("Origin", APP), ("Access-Control-Request-Method", "PUT")],
     "[preflight] [true] [allowed]"),
    ("OPTIONS", [("Origin", APP), ("Access-Control-Request-Method", "PATCH")],
     "[preflight] [false] [method-not-allowed]"),
    ("OPTIONS", [("Origin", "null"), ("Access-Control-Request-Method", "PUT")],
     "[preflight] [false] [origin-null]"),
    ("OPTIONS", [("Access-Control-Request-Method", "PUT")], "[no-origin] [] [no-origin]"),
]

# Text exposition format 0.0.4, as far as counters need it.
SAMPLE = re.compile(r'([a-z_]+)\{((?:[a-z]+="[a-z-]+",?)+)\} (\d+)')


def counters(nginx: NginxServer) -> dict[tuple[str, str], int]:
    response = ask(nginx.port, "GET", "/status")
    assert response.status == 200
    assert response.values("Content-Type") == ["text/plain; version=0.0.4; charset=utf-8"]
    text = response.body.decode()
    assert text.endswith("\n")
    samples = {}
    declared: list[str] = []
    for line in text.splitlines():
        if line.startswith("# TYPE "):
            declared.append(line.removeprefix("# TYPE ").removesuffix(" counter"))
        elif not line.startswith("# HELP "):
            match = SAMPLE.fullmatch(line)
            assert match, line
            assert match[1] == declared[-1]
            samples[match[1], match[2]] = int(match[3])
    return samples


def requests_by_label(samples: dict[tuple[str, str], int]) -> dict[str, int]:
    return {labels: count for (name, labels), count in samples.items()
            if name == "cors_requests_total"}


STATUS = "location = /status { cors off; access_log off; cors_status; }"


def test_log_and_counters(serve: Serve, application: Application) -> None:
    nginx = serve(f"{POLICY} {STATUS} location / {{ proxy_pass {application.url}; }}")
    expected: Counter[str] = Counter()
    for method, lines, words in REQUESTS * 3:
        ask(nginx.port, method, "/", lines)
        kind, _, reason = re.findall(r"\[([a-z-]*)\]", words)
        expected[f'kind="{kind}",reason="{reason}"'] += 1
    logged = nginx.access_lines(len(REQUESTS) * 3)
    assert [line.split(" ", 3)[3] for line in logged] == [words for _, _, words in REQUESTS * 3]
    assert requests_by_label(counters(nginx)) == dict(expected)


def test_counters_outlive_a_reload(serve: Serve) -> None:
    nginx = serve(f"{POLICY} {STATUS} location / {{ return 200; }}")
    for count in range(1, 4):
        ask(nginx.port, "GET", "/", [("Origin", APP)])
        assert requests_by_label(counters(nginx)) == {'kind="actual",reason="allowed"': count}
        nginx.configure(f"{POLICY} {STATUS} location / {{ return 200 {count}; }}")
        assert nginx.reload()


def test_counters_of_all_workers(serve: Serve) -> None:
    nginx = serve(f"{POLICY} {STATUS} location / {{ return 200; }}",
                  http="server_tokens off;", main="worker_priority 1;")
    pids = nginx.workers()
    for _ in range(50):
        ask(nginx.port, "GET", "/", [("Origin", EVIL)])
    assert nginx.reload()
    assert not pids & nginx.workers()
    for _ in range(50):
        ask(nginx.port, "GET", "/", [("Origin", EVIL)])
    assert requests_by_label(counters(nginx)) == {
        'kind="actual",reason="origin-not-allowed"': 100}


def test_status_is_for_reading(serve: Serve) -> None:
    nginx = serve(f"{POLICY} {STATUS}")
    assert ask(nginx.port, "HEAD", "/status").status == 200
    assert ask(nginx.port, "POST", "/status", [], b"x").status == 405
    samples = counters(nginx)
    assert samples == {("cors_blocked_total", 'mode="block"'): 0,
                       ("cors_blocked_total", 'mode="report"'): 0}


def test_status_under_a_policy(serve: Serve) -> None:
    """A dashboard on another origin may read it, if the policy says so."""
    nginx = serve(f"{POLICY} location = /status {{ cors_status; }}")
    response = ask(nginx.port, "GET", "/status", [("Origin", APP)])
    assert response.allowed_origin() == APP
    assert response.vary() == ["origin"]


def test_variables_where_no_phase_ran(serve: Serve, application: Application) -> None:
    nginx = serve(f"{POLICY} client_max_body_size 1; location = /back {{ return 200; }} "
                  f"location / {{ proxy_pass {application.url}; }}")
    ask(nginx.port, "GET", "/back", [("Origin", APP)])
    ask(nginx.port, "POST", "/", [("Origin", EVIL)], b"xx")
    ask_raw(nginx.port, b"nonsense\r\n\r\n")
    ask_raw(nginx.port, b"GET / HTTP/1.1\r\nOrigin: https://app.example\r\n\r\n")
    assert nginx.access_lines(4) == [
        "GET /back 200 [actual] [true] [allowed]",
        "POST / 413 [actual] [false] [origin-not-allowed]",
        "- - 400 [no-origin] [] [no-origin]",
        "GET / 400 [actual] [true] [allowed]",
    ]


def test_variables_of_a_closed_connection(serve: Serve) -> None:
    """444 sends nothing: the variables are all that tells of the request."""
    nginx = serve(f"{POLICY} return 444;")
    with pytest.raises(ConnectionError):
        ask(nginx.port, "GET", "/", [("Origin", EVIL)])
    assert nginx.access_lines(1) == ["GET / 444 [actual] [false] [origin-not-allowed]"]


def test_variables_in_the_configuration(serve: Serve, application: Application) -> None:
    """They may be asked for at any time, and do not fix the decision."""
    nginx = serve(f"""
        {POLICY}
        if ($cors_reason = origin-null) {{ return 418; }}
        add_header X-Kind $cors_kind always;
        location / {{
            proxy_set_header X-Allowed $cors_allowed; proxy_set_header X-Reason $cors_reason;
            proxy_pass {application.url};
        }}""")
    assert ask(nginx.port, "GET", "/", [("Origin", "null")]).status == 418
    response = ask(nginx.port, "GET", "/", [("Origin", EVIL)])
    assert response.values("X-Kind") == ["actual"]
    assert application.seen[0].values("X-Allowed") == ["false"]
    assert application.seen[0].values("X-Reason") == ["origin-not-allowed"]


def test_denials_in_the_error_log(serve: Serve, tmp_path: Path) -> None:
    """In words, without a byte of what the client chose to call itself."""
    nginx = serve(f"{POLICY} return 200;")
    ask(nginx.port, "GET", "/", [("Origin", "https://evil.example\x1b[2J")])
    ask(nginx.port, "GET", "/", [("Origin", APP)])
    nginx.access_lines(2)
    denials = [line for line in nginx.errors().splitlines() if "cors: " in line]
    assert len(denials) == 1
    assert "[info]" in denials[0]
    assert "cors: actual denied: origin-malformed, client: 127.0.0.1" in denials[0]
    assert "\x1b" not in nginx.errors()
