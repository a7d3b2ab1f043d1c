# SPDX-License-Identifier: MIT
"""Several servers behind one another, each with a mind of its own about CORS."""

from __future__ import annotations

from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.audit_servers.audited_servers import Address, Stage
from tests.audit_servers.configuration import (
    ANYONE, BESIDE_EVERYBODY, CLEAN_REQUESTS, FAULT, Configuration, clean, reflecting)
from tests.audit_servers.judging import judge
from tests.support.cors_command import COMMAND
from tests.support.https_server import run_audit
from tests.support.nginx_server import NginxServer, nginx_module
from tests.support.started import Started, accepts, free_port
from tests.support.web_servers import SECONDS, start_server

LIST = "['https://app.example.com', 'https://admin.example.com']"
EXPRESS_LIST = f"app.use(require('cors')({{ origin: {LIST}, allowedHeaders: ['X-Token'] }}));"
EXPRESS_ECHO = "app.use(require('cors')({ origin: true, credentials: true }));"

# Takes what comes to the application; a test adds what nginx does about CORS.
PROXY = """
location / {
    proxy_pass http://127.0.0.1:%d;
    proxy_set_header Host $http_host;
%s
}
"""
SAME_LIST = """
    set $cors "";
    if ($http_origin ~ ^https://(app|admin)\\.example\\.com$) { set $cors $http_origin; }
    add_header Access-Control-Allow-Origin $cors always;
    add_header Vary Origin always;
"""
HIDDEN = "    proxy_hide_header Access-Control-Allow-Origin;\n"

LAYERS = [
    ("passes-on", EXPRESS_LIST, "", clean("", "")),
    ("passes-an-echo-on", EXPRESS_ECHO, "", reflecting("", "")),
    ("both-name-the-origin", EXPRESS_LIST, SAME_LIST,
     Configuration("", "", {"multiple-allow-origin": FAULT}, ("preflight-fails",))),
    ("both-say-anyone", "app.use(require('cors')());",
     "    add_header Access-Control-Allow-Origin * always;\n",
     Configuration("", "", {"multiple-allow-origin": FAULT},
                   ("preflight-fails", "wildcard"), requests=16)),
    ("one-speaks-for-both", EXPRESS_LIST, HIDDEN + SAME_LIST, clean("", "")),
    # The list of the application counts for nothing: nginx has the last word.
    ("echo-over-a-list", EXPRESS_LIST, HIDDEN + """
    add_header Access-Control-Allow-Origin $http_origin always;
    add_header Access-Control-Allow-Credentials true always;
""", Configuration("", "", {"reflected-origin": ANYONE}, BESIDE_EVERYBODY)),
    ("module-over-an-echo", EXPRESS_ECHO, """
    cors_allow_origins https://app.example.com;
    cors_allow_credentials on;
""", clean("", "")),
    # What the module knows of errors, the application does not send at all.
    ("module-over-a-failing-application", "app.get('/api/items', (req, res) => res.json([]));",
     "    cors_allow_origins https://app.example.com;\n", clean("", "")),
]


def check(address: Address, configuration: Configuration) -> None:
    audited = run_audit(COMMAND, address, [address.url(configuration.path)],
                        *configuration.options)
    wrong = judge(configuration, audited)
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("application, proxy, expected", [
    pytest.param(*values, id=name) for name, *values in LAYERS])
def test_nginx_before_express(tmp_path: Path, started: ExitStack, stage: Stage, application: str,
                              proxy: str, expected: Configuration) -> None:
    port = start_server(started, tmp_path, "express", application)
    check(stage.start_nginx(started, tmp_path, PROXY % (port, proxy)), expected)


CACHE = "proxy_cache_path %s/cache keys_zone=answers:1m;"
CACHED = """
    proxy_cache answers;
    proxy_cache_valid 200 1m;
    add_header X-Cache $upstream_cache_status always;
"""
KEPT = """
app.use((req, res, next) => {
  res.setHeader('Cache-Control', 'public, max-age=60');
  const { origin } = req.headers;
  if (%s) res.setHeader('Access-Control-Allow-Origin', origin);
  %s
  next();
});
"""


@pytest.mark.parametrize("allowed, vary, expected", [
    pytest.param(f"{LIST}.includes(origin)", "", Configuration(
        "", "", {"cache-poisoning|missing-vary": "low medium high"},
        ("cache-poisoning", "missing-vary", "preflight-fails")), id="list-without-vary"),
    pytest.param("origin", "", Configuration(
        "", "", {"reflected-origin": "info low", "cache-poisoning": "low medium high"},
        ("missing-vary", "preflight-fails", "preflight-reflects"), requests=7), id="echo"),
    pytest.param(f"{LIST}.includes(origin)", "res.vary('Origin');",
                 Configuration("", "", {}, ("preflight-fails",)), id="list-with-vary"),
])
def test_a_cache_before_express(tmp_path: Path, started: ExitStack, stage: Stage, allowed: str,
                                vary: str, expected: Configuration) -> None:
    port = start_server(started, tmp_path, "express", KEPT % (allowed, vary))
    check(stage.start_nginx(started, tmp_path, PROXY % (port, CACHED), CACHE % tmp_path), expected)


def test_cors_serve_before_an_echo(tmp_path: Path, started: ExitStack, stage: Stage) -> None:
    port = start_server(started, tmp_path, "express", EXPRESS_ECHO)
    (tmp_path / "cors.yaml").write_text("""
policies:
  - path: /api/*
    allow_origins: ["https://app.example.com", "https://admin.example.com"]
    allow_methods: [PUT]
    allow_headers: [Content-Type]
    allow_credentials: true
    max_age: 10m
""")
    gateway = free_port()
    process = started.enter_context(Started(
        [COMMAND, "serve", "--policy", "cors.yaml", "--listen", f"127.0.0.1:{gateway}",
         "--upstream", f"http://127.0.0.1:{port}"], tmp_path / "serve.log", tmp_path,
        {"CORS_NGINX_MODULE": str(nginx_module()), "TMPDIR": str(tmp_path)}))
    process.wait_until(lambda: accepts(gateway), "cors serve to listen", SECONDS)
    check(stage.before(gateway), clean("", ""))


def test_http_that_leads_to_https(tmp_path: Path, started: ExitStack, stage: Stage) -> None:
    """The place that it leads to is judged; preflights are redirected, too, and get nowhere."""
    port = start_server(started, tmp_path, "express", EXPRESS_LIST)
    secure = stage.start_nginx(started, tmp_path, PROXY % (port, ""))
    folder = tmp_path / "plain"
    folder.mkdir()
    plain = started.enter_context(NginxServer(
        folder, f"return 301 {secure.url('$request_uri')};"))
    audited = run_audit(COMMAND, secure, [f"http://api.example.com:{plain.port}/api/items"],
                        "--resolve", f"*:{plain.port}:127.0.0.1")
    expected = Configuration("", "", {}, ("preflight-redirects",), CLEAN_REQUESTS + 1)
    wrong = judge(expected, audited)
    assert not wrong, "\n".join(wrong)
    assert audited.targets[0]["matcher"] == "https://app.example.com"
