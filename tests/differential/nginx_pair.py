# SPDX-License-Identifier: MIT
"""The real nginx with the module, over sockets, against the oracle and the invariants.

Every policy of a round is a server of one nginx, given as a file, compiled or as directives; behind
it nginx itself is the application, which answers with what the request asks it to.
"""

from __future__ import annotations

import socket
from collections.abc import Iterator
from pathlib import Path
from random import Random

from tests.differential.answer_invariants import broken_promises
from tests.differential.answer_pair import Disagreement, Json, Pair, Round, Unaskable
from tests.differential.nginx_cases import all_lines, directives, draw_sent_case, is_sendable
from tests.differential.policy_cases import (Lines, compile_policy, shown, spellings,
                                             surroundings_of, with_requests, write_policy)
from tests.oracle.oracle import decide
from tests.oracle.oracle_targets import is_same_origin, path_of_target
from tests.support.nginx_server import NginxServer
from tests.support.raw_client import ANSWER_SECONDS, Closed, Connection, Response

CASES = 100  # policies of one nginx
REQUESTS = 12
APPLICATION_LINE = ("Access-Control-Allow-Origin", "https://application.example")

HTTP = """
    access_log off;
    large_client_header_buffers 16 64k;
    keepalive_requests 1000000;
    server {
        listen unix:%(folder)s/app.sock;
        add_header X-Reached yes always;
        add_header Vary $http_x_vary_a always;
        add_header Vary $http_x_vary_b always;
        add_header Access-Control-Allow-Origin $http_x_own always;
        if ($http_x_status = 204) { return 204; }
        if ($http_x_status = 302) { return 302 /elsewhere; }
        if ($http_x_status = 404) { return 404; }
        if ($http_x_status = 500) { return 500; }
        return 200 "application";
    }
"""

SERVER = """
    server {
        listen unix:%(folder)s/%(number)d.sock;
        %(policy)s
        cors_enforce %(enforce)s;
        %(own_origin)s
        location / {
            proxy_pass http://unix:%(folder)s/app.sock:;
            proxy_intercept_errors off;
        }
    }
"""


class SocketConnection(Connection):
    """A connection to a Unix socket."""

    def __init__(self, path: Path) -> None:  # pylint: disable=super-init-not-called
        self.socket = socket.socket(socket.AF_UNIX)
        self.received = bytearray()
        try:
            self.socket.settimeout(ANSWER_SECONDS)
            self.socket.connect(str(path))
        except BaseException:
            self.socket.close()
            raise


def draw(random: Random) -> list[Json]:
    return [draw_sent_case(random, REQUESTS, f"P{number}") for number in range(CASES)]


def written_request(request: Json, headers: Lines) -> bytes:
    lines = all_lines(request, headers) + [["X-Status", str(request["status"])]]
    lines += [[name, value] for name, value
              in zip(("X-Vary-A", "X-Vary-B"), request["vary"]) if value]
    lines += [["X-Own", APPLICATION_LINE[1]]] if request["own"] else []
    text = "".join(f"{name}: {value}\r\n" for name, value in lines)
    return f"{request['method']} {request['target']} HTTP/1.1\r\n{text}\r\n".encode()


def answers_of(path: Path, case: Json) -> Iterator[Response]:
    """One after the other over one connection; over another where the server closed it."""
    asked = [(request["method"], written_request(request, headers))
             for request, headers in spellings(case)]
    while asked:
        with SocketConnection(path) as connection:
            while asked:
                method, text = asked[0]
                connection.send(text)
                response = connection.receive(method == "HEAD")
                asked.pop(0)
                yield response
                if response.values("Connection") == ["close"]:
                    break


def application_lines(request: Json) -> list[list[str]]:
    """Those of the application's lines that CORS is about."""
    lines = [["Vary", value] for value in request["vary"] if value]
    return lines + ([list(APPLICATION_LINE)] if request["own"] else [])


def vary_names(values: list[str]) -> list[str]:
    return sorted(name.strip().lower() for name in ",".join(values).split(",") if name.strip())


def merged_vary(sent: list[str], wanted: list[str]) -> list[str]:
    names = vary_names(sent)
    if "*" in names:
        return names
    return sorted(names + [name.lower() for name in wanted if name.lower() not in names])


def expected(case: Json, request: Json, headers: Lines) -> Json:
    """Status, reached or not, lines and Vary, from the oracle's decision."""
    lines = [(name, value) for name, value in all_lines(request, headers)]
    decision = decide(case["policies"], surroundings_of(case), request["method"],
                      path_of_target(request["target"].encode()), lines)
    blocked = (case["enforce"] == "block" and decision["kind"] == "actual"
               and not decision["allowed"] and not is_same_origin(lines, case["own_origin"]))
    if decision["status"] is not None or blocked:
        status = 403 if blocked else decision["status"]
        return {"decision": decision, "status": status, "reached": False, "set": decision["set"],
                "vary": vary_names(decision["vary"])}
    own = [list(APPLICATION_LINE)] if request["own"] else []
    return {"decision": decision, "status": request["status"], "reached": True,
            "set": own if decision["kind"] == "no-policy" else decision["set"],
            "vary": merged_vary(request["vary"], decision["vary"])}


def observed(response: Response) -> Json:
    owned = [[name, value] for name, value in response.lines
             if name.lower().startswith("access-control-")]
    return {"status": response.status, "reached": response.values("X-Reached") == ["yes"],
            "set": sorted(owned), "vary": response.vary()}


def faults_of(case: Json, request: Json, headers: Lines, response: Response) -> Iterator[str]:
    wanted = expected(case, request, headers)
    decision = wanted.pop("decision")
    got = observed(response)
    if got != wanted:
        yield f"nginx  {shown(got)}\noracle {shown(wanted)}\nof     {shown(decision)}"
    if wanted["status"] == 403 and not wanted["reached"] and (
            decision["reason"].encode() not in response.body and request["method"] != "HEAD"):
        yield f"the body does not name the reason: {response.body[:200]!r}"
    if decision["kind"] != "no-policy":
        path = path_of_target(request["target"].encode())
        lines = [[name, value] for name, value in response.lines]
        yield from broken_promises(case["policies"], surroundings_of(case), path, headers, lines,
                                   decision["allowed"] is False)


def policy_text(folder: Path, case: Json) -> str:
    """How the server is told its policy."""
    if case["front"] == "inline":
        return directives(case["policies"][0])
    policy = write_policy(case, folder)
    if case["front"] == "compiled":
        policy = compile_policy(case, policy)
    return f"cors_policy {policy} {case['environment']};"


def server_text(folder: Path, number: int, case: Json) -> str:
    own_origin = f"cors_own_origin {case['own_origin']};" if case["own_origin"] else ""
    return SERVER % {"folder": folder, "number": number, "own_origin": own_origin,
                     "policy": policy_text(folder / str(number), case),
                     "enforce": case["enforce"]}


def compare_case(path: Path, case: Json) -> Round:
    result = Round()
    answers = answers_of(path, case)
    for request, headers in spellings(case):
        alone = with_requests(case, [{**request, "headers": headers, "twins": []}])
        result.executions += 1
        try:
            response = next(answers)
        except Closed as error:
            result.disagreements.append(Disagreement(alone, f"no answer: {error}"))
            break
        told = list(faults_of(case, request, headers, response))
        result.disagreements += [Disagreement(alone, fault) for fault in told]
        result.outcomes[f"{response.status}, {bool(response.cors())}"] += 1
    return result


def compare(cases: list[Json], folder: Path) -> Round:
    result = Round()
    if not all(map(is_sendable, cases)):
        raise Unaskable("a request is none")
    variables = {name: text for case in cases for name, text in case["variables"].items()}
    servers = "".join(server_text(folder, number, case) for number, case in enumerate(cases))
    try:
        nginx = NginxServer(folder, "", HTTP % {"folder": folder} + servers, environment=variables,
                            main="".join(f"env {name};\n" for name in variables))
    except ChildProcessError as error:
        raise Unaskable(str(error)) from None
    with nginx:
        for number, case in enumerate(cases):
            result.add(compare_case(folder / f"{number}.sock", case))
        for word in ("[alert]", "[emerg]", "[crit]"):
            if word in nginx.errors():
                result.disagreements.append(Disagreement({}, f"nginx's log:\n{nginx.errors()}"))
    return result


PAIR = Pair("decide-nginx", "nginx with the module : the oracle", draw, compare)
