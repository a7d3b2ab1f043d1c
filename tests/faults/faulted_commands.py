# SPDX-License-Identifier: MIT
"""The command lines whose calls are failed, with all that they read and write."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.faults.fault_runs import Command
from tests.support.cors_command import COMMAND
from tests.support.https_server import Answer, HttpsServer, Request
from tests.support.nginx_server import NGINX, nginx_module, user_line
from tests.support.started import free_port

LISTED = "https://app.example.com"
HOST = "api.example.com"

POLICY = f"""\
policies:
  - path: /api/*
    allow_origins: ["{LISTED}", "https://*.tenants.example.com",
      {{ from_file: tenants.txt }}]
    allow_methods: [PUT, DELETE]
    allow_headers: [Content-Type]
    allow_credentials: true
    max_age: 10m
  - path: /public/*
    allow_origins: ["https://b\u00fccher.example", "https://*.example.org"]
"""
TENANTS = "".join(f"https://tenant-{number}.example.net\n" for number in range(40))
BAD_POLICY = """\
policies:
  - path: /api/*
    allow_origins: ["*", "https://app.example.com/", "app.example.com"]
    allow_credentials: true
"""
FILES = {"cors.yaml": POLICY.encode(), "tenants.txt": TENANTS.encode()}


# What stands in an answer that could not be given: to a line of JSON Lines, about a policy, of a
# server, and of an audit's target, as found() has it.
OUT_OF_MEMORY = b'"error":"out of memory"}'
UNREADABLE = b"unreadable-file"
NO_ANSWER = b"no answer"
OPEN = "stays open"
DECODER = json.JSONDecoder()


def decide_lines() -> bytes:
    origins = [LISTED, "https://evil.example", "https://x.tenants.example.com", "null",
               "https://tenant-7.example.net"]
    lines = [{"id": number, "method": "GET", "path": "/api/x", "headers": [["Origin", origin]]}
             for number, origin in enumerate(origins)]
    lines.append({"id": "p", "method": "OPTIONS", "path": "/api/x", "headers": [
        ["Origin", LISTED], ["Access-Control-Request-Method", "PUT"],
        ["Access-Control-Request-Headers", "content-type"]]})
    return "".join(json.dumps(line) + "\n" for line in lines).encode()


def simulate_lines() -> bytes:
    allows = [["Access-Control-Allow-Origin", "https://app.example"],
              ["Access-Control-Allow-Methods", "PUT"]]
    lines = [{"id": number, "page": "https://app.example",
              "fetches": [{"url": "https://api.example/x", "method": "PUT"}],
              "server": {"https://api.example/x": {
                  "preflight": {"status": 204, "headers": headers},
                  "response": {"status": 200, "headers": headers}}}}
             for number, headers in enumerate([allows, [], allows[:1]])]
    return "".join(json.dumps(line) + "\n" for line in lines).encode()


EXPECTATIONS = f"""\
{LISTED} may PUT /api/items with credentials
https://evil.example may not GET /api/items
https://tenant-3.example.net may not PATCH /api/items
"""

MESSAGE = (
    f"Access to fetch at 'https://api.example.com/' from origin '{LISTED}' has been blocked by "
    "CORS policy: No 'Access-Control-Allow-Origin' header is present on the requested resource.")

ANSWER = f"""\
HTTP/1.1 200 OK\r
Access-Control-Allow-Origin: {LISTED}\r
Vary: Origin\r
\r
""".encode()


def offline_commands() -> list[Command]:
    old = {"policy.corsc": b"the policy before this one"}
    return [
        Command("lint", [COMMAND, "lint", "cors.yaml"], FILES, frozenset({3}),
                settle=without_quoted_lines, failure_says=UNREADABLE),
        Command("lint --json", [COMMAND, "lint", "--json", "bad.yaml"],
                {"bad.yaml": BAD_POLICY.encode()}, frozenset({3}), usual_code=1,
                settle=line_by_line, failure_says=UNREADABLE),
        Command("compile", [COMMAND, "compile", "-o", "policy.corsc", "cors.yaml"], FILES,
                old=old, again=True, settle=without_seconds),
        Command("decide", [COMMAND, "decide", "--policy", "cors.yaml"], FILES,
                stdin=decide_lines(), may_say=OUT_OF_MEMORY),
        Command("simulate", [COMMAND, "simulate"], {}, stdin=simulate_lines(),
                may_say=OUT_OF_MEMORY),
        Command("test", [COMMAND, "test", "cors.expect"],
                {**FILES, "cors.expect": EXPECTATIONS.encode()}),
        Command("explain", [COMMAND, "explain", MESSAGE], {}),
        Command("explain --json", [COMMAND, "explain", "--json", MESSAGE], {}),
        Command("check --answer",
                [COMMAND, "check", "https://api.example.com/", "--origin", LISTED, "--answer",
                 "answer.txt"], {"answer.txt": ANSWER}),
    ]


def nginx_command() -> Command:
    """What an administrator does before each reload."""
    lines = ["load_module %s;" % nginx_module(), user_line(), "events { }", "error_log stderr;",
             "pid nginx.pid;", "http { access_log off;",
             *(f"{name}_temp_path {name};"
               for name in ("client_body", "proxy", "fastcgi", "scgi", "uwsgi")),
             "server { listen 127.0.0.1:%d; cors_policy cors.yaml; } }" % free_port()]
    files = {**FILES, "nginx.conf": "\n".join(lines).encode()}
    return Command("nginx -t", [NGINX, "-t", "-p", ".", "-c", "nginx.conf", "-e", "stderr"], files,
                   frozenset({1, 2}), program="nginx", settle_file=any_process_number)


def any_process_number(name: str, content: bytes) -> bytes:
    return b"" if name == "nginx.pid" else content


def without_quoted_lines(text: bytes) -> bytes:
    """Lint quotes the place of a problem, for which it reads the file again where it can."""
    return re.sub(rb"(?m)^    (?!write: ).*\n?", b"", text)


def line_by_line(text: bytes) -> bytes:
    """Each problem of lint's JSON in a line of its own."""
    return text.replace(b'},{"rule":', b'},\n{"rule":')


def unless_unanswered(text: bytes) -> bytes:
    """What check says of a call that the server answered; if it did not, that alone."""
    unanswered = re.search(rb'(?m)^\S+ no answer$|^  "verdict": "unknown",$', text)
    return NO_ANSWER + b"\n" if unanswered else text


def without_seconds(text: bytes) -> bytes:
    return re.sub(rb", \d+\.\d s ", b", ", text)


def reflects(request: Request) -> Answer:
    """Trusts every origin at /trusts, and the listed one elsewhere."""
    origin = request.first("Origin")
    if origin is None or (origin != LISTED and request.path != "/trusts"):
        return Answer(200, [("Vary", "Origin")])
    return Answer(200, [("Access-Control-Allow-Origin", origin), ("Vary", "Origin"),
                        ("Access-Control-Allow-Credentials", "true"),
                        ("Access-Control-Allow-Methods", "PUT")])


def found(text: bytes) -> bytes:
    """What an audit's JSON says of each target, without the names that are drawn anew in each run.

    Of a target of which it says that something stayed open it may find anything. Of an answer that
    is cut short the targets that are whole count, and the last of them lacks its newline.
    """
    targets = []
    for begin in re.finditer(rb'^{\n  "url"', text, re.MULTILINE):
        try:
            targets.append(DECODER.raw_decode(text[begin.start():].decode())[0])
        except ValueError:
            break
    said = [[target["url"], OPEN if target["reason"] is not None else
             [target["outcome"], sorted(finding["rule"] for finding in target["findings"])]]
            for target in targets]
    whole = text.startswith(b'{"targets":[\n') and text.endswith(b"\n]}\n")
    settled = b"".join(json.dumps(line).encode() + b"\n" for line in said)
    return settled if whole else settled.rstrip(b"\n")


def whole_report(name: str, content: bytes) -> bytes:
    """A page counts as whole or as none. A journal may end anywhere: the next run reads it."""
    if name == "run.journal":
        return b"a journal"
    whole = name == "report.html" and content.endswith(b"</html>\n")
    return b"a whole page" if whole else content


def online_commands(server: HttpsServer) -> list[Command]:
    authority = server.ca_file.read_bytes()
    reached = ["--cacert", "authority.pem", "--resolve", f"{HOST}:{server.port}:127.0.0.1"]
    files = {"authority.pem": authority}
    return [
        Command("check", [COMMAND, "check", server.url(HOST, "/items"), "-X", "PUT", "--send",
                          "--origin", LISTED, *reached], files,
                settle=unless_unanswered, may_say=NO_ANSWER),
        Command("check --json", [COMMAND, "check", server.url(HOST, "/items"), "--json",
                                 "--origin", LISTED, *reached], files,
                settle=unless_unanswered, may_say=NO_ANSWER),
        Command("audit", [COMMAND, "audit", server.url(HOST, "/trusts"), server.url(HOST, "/fine"),
                          "--json", "--html", "report.html", "--resume", "run.journal",
                          "--timeout", "2", *reached],
                files, again=True, usual_code=1, settle=found, settle_file=whole_report,
                may_say=OPEN.encode()),
    ]


@contextmanager
def all_commands() -> Iterator[list[Command]]:
    with TemporaryDirectory(prefix="cors-faults-") as folder, \
            HttpsServer({HOST: reflects}, Path(folder)) as server:
        yield [*offline_commands(), *online_commands(server), nginx_command()]
