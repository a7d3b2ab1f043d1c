# SPDX-License-Identifier: MIT
"""`nginx -t` is the linter, and a level's policy replaces that of the levels above it whole."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.nginx.conftest import Serve
from tests.support.nginx_server import NginxServer, check_configuration, nginx_module
from tests.support.raw_client import Lines, Response, ask

APP = "https://app.example"
OTHER = "https://other.example"
FROM_APP: Lines = [("Origin", APP)]


def configuration(server: str, http: str = "") -> str:
    """`server` begins at line 7, `http` is line 4."""
    return (f"load_module {nginx_module()};\nevents {{}}\nhttp {{\n{http}\nserver {{\n"
            f"listen 127.0.0.1:1;\n{server}\n}}\n}}\n")


# What stands in a server from line 7 on, and what is said, {conf} being nginx.conf.
REFUSED = {
    "wildcard-with-credentials": (
        "cors_allow_origins *; cors_allow_credentials on;",
        ['[emerg] cors: "*" with credentials would let every site act as the visitor, and '
         "browsers refuse it; list the origins, or remove allow_credentials. "
         "[wildcard-with-credentials] in {conf}:7"]),
    "each at its own line": (
        """cors_allow_origins https://a.example/
            https://b.example:443;
        cors_allow_methods TRACE patch;
        cors_allow_headers Cookie "a b";
        cors_expose_headers Set-Cookie;
        cors_max_age 10x;
        cors_preflight_status 201;""",
        ["[emerg] [origin-path] in {conf}:8", "[emerg] [origin-default-port] in {conf}:8",
         "[emerg] [forbidden-method] in {conf}:9", "[warn] [method-case] in {conf}:9",
         "[emerg] [forbidden-request-header] in {conf}:10",
         "[emerg] [header-syntax] in {conf}:10",
         "[emerg] [forbidden-response-header] in {conf}:11",
         "[emerg] [max-age-range] in {conf}:12", "[emerg] [wrong-type] in {conf}:13"]),
    "deep": (
        "location / {\nlocation /api/ {\ncors_allow_origins null;\n} }",
        ["[emerg] [null-origin] in {conf}:9"]),
    "no origins": ("cors_max_age 600;\ncors_allow_methods PUT;",
                   ["[emerg] [missing-origins] in {conf}:7"]),
    "on or off": ("cors_allow_origins https://a.example;\ncors_allow_credentials true;",
                  ["[emerg] cors: cors_allow_credentials is on or off. [wrong-type] in {conf}:8"]),
    "twice": ("cors_allow_origins https://a.example; cors_max_age 1;\ncors_max_age 2;",
              ["[emerg] [duplicate-key] in {conf}:8"]),
    "loopback": ("cors_allow_origins http://localhost:3000; cors_allow_credentials on;",
                 ["[emerg] [loopback-in-production] in {conf}:7"]),
    "public suffix": ("cors_allow_origins https://*.github.io;",
                      ["[emerg] [public-suffix-wildcard] in {conf}:7"]),
    "file then words": (
        "cors_policy good.yaml;\ncors_allow_origins https://a.example;",
        ['[emerg] "cors_allow_origins" directive cannot stand beside cors_policy: one level has '
         "one policy in {conf}:8"]),
    "words then file": (
        "cors_max_age 1;\ncors_policy good.yaml;",
        ['[emerg] "cors_policy" directive cannot stand beside cors_allow_origins and the like: '
         "one level has one policy in {conf}:8"]),
    "two files": ("cors_policy good.yaml;\ncors_policy good.yaml;",
                  ['[emerg] "cors_policy" directive is duplicate in {conf}:8']),
    "off and a policy": (
        "cors off;\ncors_policy good.yaml;",
        ['[emerg] "cors_policy" directive cannot stand beside "cors off" in {conf}:8']),
    "a policy and off": (
        "cors_allow_origins https://a.example;\ncors off;",
        ['[emerg] "cors" directive cannot stand beside a policy of the same level in {conf}:8']),
    "on": ("cors on;", ['[emerg] "cors" directive takes off only: a policy is switched on by '
                        "cors_policy or cors_allow_origins in {conf}:7"]),
    "mode": ("cors_enforce maybe;", ['[emerg] invalid value "maybe" in {conf}:7']),
    "own origin": (
        "cors_own_origin https://API.example/;",
        ['[emerg] "cors_own_origin" directive takes an origin as browsers send it, such as '
         "https://api.example.com: lower case, no path, no default port in {conf}:7"]),
    "in if": ("location / { if ($uri) { cors_allow_origins https://a.example; } }",
              ['[emerg] "cors_allow_origins" directive is not allowed here in {conf}:7']),
    "off in limit_except": ("location / { limit_except GET { cors off; } }",
                            ['[emerg] "cors" directive is not allowed here in {conf}:7']),
    "status of a server": ("cors_status;",
                           ['[emerg] "cors_status" directive is not allowed here in {conf}:7']),
    "file": (
        "cors_policy bad.yaml;",
        ["[emerg] [origin-path] in {folder}/bad.yaml:3:21",
         '[emerg] cors: "allow_method" is no key of a policy. Write: allow_methods [unknown-key] '
         "in {folder}/bad.yaml:4:5"]),
    "file of the file": ("cors_policy tenants.yaml;",
                         ["[emerg] [origin-userinfo] in {folder}/tenants.txt:2:1"]),
    "no such file": ("cors_policy missing.yaml;",
                     ["[emerg] [unreadable-file] in {folder}/missing.yaml:1:1"]),
    "folder": ("cors_policy .;", ["[emerg] [unreadable-file] in {folder}/.:1:1"]),
    "file without origins": ("cors_policy staged.yaml;",
                             ["[emerg] [missing-origins] in {folder}/staged.yaml:2:5"]),
    "included": ("include part.conf;", ["[emerg] [origin-syntax] in {folder}/part.conf:2"]),
    "control characters": ('cors_allow_origins "https://a\\n\x1b[2Jb.example";',
                           ["[emerg] [origin-syntax] in {conf}:7"]),
}

FILES = {
    "good.yaml": "policies:\n  - allow_origins: ['https://a.example']\n",
    "bad.yaml": "policies:\n  - path: /a\n    allow_origins: ['https://a.example/']\n"
                "    allow_method: [PUT]\n",
    "tenants.yaml": "policies:\n  - allow_origins: [{from_file: tenants.txt}]\n",
    "tenants.txt": "https://a.example\nhttps://me@b.example\n",
    "staged.yaml": "policies:\n  - allow_methods: [PUT]\n",
    "part.conf": "# a comment\ncors_allow_origins example.com;\n",
}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name, text in FILES.items():
        (tmp_path / name).write_text(text)
    return tmp_path


def said(text: str, line: str) -> bool:
    """Whether a line of the log is `level words`, or `level [rule] place` with any words before."""
    level, _, rest = line.partition(" ")
    return any(f"{level} " in logged and logged.endswith(rest) for logged in text.splitlines())


@pytest.mark.parametrize("name", REFUSED)
def test_refused(folder: Path, name: str) -> None:
    server, lines = REFUSED[name]
    done = check_configuration(folder, configuration(server))
    assert done.returncode == 1, done.stdout
    conf = folder / "nginx.conf"
    for line in lines:
        assert said(done.stdout, line.format(conf=conf, folder=folder)), done.stdout
    emergencies = sum("[emerg]" in line for line in done.stdout.splitlines())
    assert emergencies == sum(line.startswith("[emerg]") for line in lines), done.stdout
    assert "\x1b" not in done.stdout


WARNED = {
    "insecure-origin": ("cors_allow_origins http://a.example;", "[warn]"),
    "redundant-origin": ("cors_allow_origins https://a.example https://a.example;", "[warn]"),
    "unknown-risk": ("cors_allow_origins https://a.example; cors_accept_risks luck;", "[warn]"),
    "unused-environment": ("cors_policy good.yaml staging;", "[warn]"),
    "max-age-missing": ("cors_allow_origins https://a.example; cors_allow_methods PUT;", "[info]"),
    "origin-converted": ("cors_allow_origins https://A.example;", "[info]"),
    "public-suffix-wildcard": ("cors_allow_origins https://*.github.io;"
                               "cors_accept_risks public-suffix-wildcard;", "[info]"),
}


@pytest.mark.parametrize("rule", WARNED)
def test_warned(folder: Path, rule: str) -> None:
    server, level = WARNED[rule]
    done = check_configuration(folder, configuration(server))
    assert done.returncode == 0, done.stdout
    assert any(level in line and f"[{rule}]" in line for line in done.stdout.splitlines())


def test_a_file_is_read_once(folder: Path) -> None:
    (folder / "warns.yaml").write_text("policies:\n  - allow_origins: ['http://a.example']\n")
    server = "".join(f"location /{number} {{ cors_policy warns.yaml; }}\n" for number in range(50))
    done = check_configuration(folder, configuration(server))
    assert (done.returncode, done.stdout.count("[insecure-origin]")) == (0, 1)


def test_a_refused_level_above(folder: Path) -> None:
    done = check_configuration(folder, configuration("", "cors_allow_origins null;"))
    assert done.returncode == 1
    assert done.stdout.count("[null-origin]") == 1
    assert f"{folder}/nginx.conf:4" in done.stdout


def test_environment(serve: Serve, tmp_path: Path) -> None:
    policy = tmp_path / "cors.yaml"
    policy.write_text(f"policies:\n  - allow_origins: ['{APP}', {{origin: '{OTHER}', "
                      "environment: staging}]\n")
    server = f"""
        location /one {{ cors_policy {policy}; return 200; }}
        location /two {{ cors_policy {policy} staging; return 200; }}
        location /three {{ cors_policy {policy} production; return 200; }}"""
    nginx = serve(server)
    staged = serve(server, environment={"CORS_ENV": "staging"})

    def answers(server: NginxServer, target: str) -> bool:
        return ask(server.port, "GET", target, [("Origin", OTHER)]).allowed_origin() == OTHER
    assert [answers(nginx, target) for target in ("/one", "/two", "/three")] == [False, True, False]
    assert [answers(staged, target) for target in ("/one", "/two", "/three")] == [True, True, False]


def test_path_of_a_file(serve: Serve, tmp_path: Path) -> None:
    """A relative file is looked for beside nginx.conf."""
    (tmp_path / "nginx0").mkdir()
    (tmp_path / "nginx0" / "cors.yaml").write_text(f"policies: [{{allow_origins: ['{APP}']}}]")
    (tmp_path / "nginx0").rename(tmp_path / "kept")
    nginx = serve("return 200;")
    (tmp_path / "kept" / "cors.yaml").rename(nginx.folder / "cors.yaml")
    nginx.configure("cors_policy cors.yaml; return 200;")
    assert nginx.reload()
    assert ask(nginx.port, "GET", "/", FROM_APP).allowed_origin() == APP


PREFLIGHT: Lines = [("Origin", APP), ("Access-Control-Request-Method", "PUT")]


def test_inheritance(serve: Serve) -> None:
    """No part of an upper level's policy comes down beside a lower level's own."""
    nginx = serve(f"""
        cors_enforce block;
        location /inherits {{ return 200; }}
        location /own {{ cors_allow_origins {APP}; return 200; }}
        location /off {{
            cors off; return 200;
            location /off/on {{ cors_allow_origins {OTHER}; return 200; }}
            location /off/inherits {{ return 200; }}
        }}
        location /mode {{ cors_enforce off; try_files /x =418; }}
        location /answers {{ try_files /x =418; }}
        """, http=f"cors_allow_origins {APP}; cors_allow_methods PUT; cors_allow_credentials on; "
                  "cors_expose_headers X-Id; cors_max_age 1m; cors_preflight_status 200;")

    def get(target: str, origin: str = APP) -> Response:
        return ask(nginx.port, "GET", target, [("Origin", origin)])
    assert get("/inherits").cors() == {
        "access-control-allow-origin": APP, "access-control-allow-credentials": "true",
        "access-control-expose-headers": "X-Id"}
    assert get("/own").cors() == {"access-control-allow-origin": APP}
    for target in ("/off", "/off/inherits"):
        assert (get(target).cors(), get(target).vary()) == ({}, [])
    assert get("/off/on").cors() == {}
    assert get("/off/on", OTHER).cors() == {"access-control-allow-origin": OTHER}
    preflight = ask(nginx.port, "OPTIONS", "/answers", PREFLIGHT)
    assert preflight.status == 200
    assert preflight.values("Content-Length") == ["0"]
    assert preflight.cors()["access-control-max-age"] == "60"
    assert get("/mode", OTHER).status == 418
    assert get("/answers", OTHER).status == 403
    assert get("/answers").status == 418


def test_two_servers(serve: Serve) -> None:
    nginx = serve("server_name one.example; cors_allow_origins https://app.example; return 200;")
    first = nginx.texts[0]
    nginx.configure(first, f"server {{ listen 127.0.0.1:{nginx.port}; server_name two.example; "
                           f"cors_allow_origins {OTHER}; return 200; }}")
    assert nginx.reload()
    for host, allowed in (("one.example", APP), ("two.example", OTHER)):
        for origin in (APP, OTHER):
            response = ask(nginx.port, "GET", "/", [("Origin", origin)], host=host)
            assert response.allowed_origin() == (origin if origin == allowed else None)


def test_no_policy_no_trace(serve: Serve) -> None:
    """A loaded module without a policy leaves everything alone."""
    nginx = serve("add_header Access-Control-Allow-Origin *; return 200 $cors_kind$cors_allowed;")
    response = ask(nginx.port, "GET", "/", FROM_APP)
    assert response.body == b"no-policy"
    assert response.cors() == {"access-control-allow-origin": "*"}
    assert response.vary() == []


def test_no_policy_for_the_path(serve: Serve, tmp_path: Path) -> None:
    policy = tmp_path / "cors.yaml"
    policy.write_text(f"policies: [{{path: /api/*, allow_origins: ['{APP}']}}]")
    nginx = serve(f"cors_policy {policy}; add_header Access-Control-Allow-Origin *; return 200;")
    response = ask(nginx.port, "GET", "/elsewhere", FROM_APP)
    assert (response.cors(), response.vary()) == ({"access-control-allow-origin": "*"}, [])
    assert ask(nginx.port, "GET", "/api/x", FROM_APP).vary() == ["origin"]


def test_large_policy(serve: Serve, tmp_path: Path) -> None:
    """A hundred thousand tenants from a file, with none of them in the way of another."""
    count = 100_000
    (tmp_path / "tenants.txt").write_text(
        "".join(f"https://t{number}.example\n" for number in range(count)))
    policy = tmp_path / "cors.yaml"
    policy.write_text("policies: [{allow_origins: [{from_file: tenants.txt}]}]")
    nginx = serve(f"cors_policy {policy}; return 200;")
    for number in (0, 1, count // 2, count - 1):
        origin = f"https://t{number}.example"
        assert ask(nginx.port, "GET", "/", [("Origin", origin)]).allowed_origin() == origin
    assert ask(nginx.port, "GET", "/", [("Origin", f"https://t{count}.example")]).cors() == {}
