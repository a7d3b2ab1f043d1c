# SPDX-License-Identifier: MIT
"""Servers that fail, stall, lie, and turn auditors away: no hang, no crash, no invention."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.audit import hostile_answers as hostile
from tests.audit.api_answers import ORIGIN
from tests.audit.behaviour import ANY
from tests.audit.correct_servers import OWN
from tests.support.cors_command import COMMAND
from tests.support.https_server import (Answer, Audited, HttpsServer, Raw, Request, reset,
                                        run_audit, silence)
from tests.support.https_server import Behaviour as Serve
from tests.support.started import free_port

SHORT = ("--timeout", "1")
SECRET = "session=s3cr3tOfAlice"

# Each with the reasons that are right for it.
UNJUDGED: dict[str, tuple[Serve | Raw, str]] = {
    "silent.test": (Raw(silence), "timeout"),
    "reset.test": (Raw(reset), "closed"),
    "short.test": (hostile.lies_about_its_length, "closed"),
    "ssh.test": (hostile.says_no_http, "not-http"),
    "lengths.test": (hostile.says_two_lengths, "not-http closed"),
    "megabyte.test": (hostile.sends_a_megabyte_of_headers, "too-large"),
    "line.test": (hostile.sends_a_long_line, "too-large"),
    "pours.test": (hostile.pours_headers, "too-large"),
    "untrusted.test": (OWN, "tls"),
    "limited.test": (hostile.limits(0), "429"),
    "five.test": (hostile.limits(5), "429"),
    "hours.test": (hostile.limits(5, "86400"), "429"),
    "date.test": (hostile.limits(5, "Fri, 31 Dec 2100 23:59:59 GMT"), "429"),
    "words.test": (hostile.limits(5, "later, perhaps"), "429"),
    "wall.test": (hostile.challenges, "waf"),
    "login.test": (hostile.wants_login, "login"),
    "redirected.test": (hostile.leads_to_login, "login redirect"),
    "failing.test": (hostile.fails, "server-error"),
    "circles.test": (hostile.turns_in_circles, "redirect login unstable"),
}

# What may be said of them is less certain; never more than what is seen.
JUDGED: dict[str, Serve | Raw] = {
    "low.test": hostile.lies_low_about_its_length,
    "chunk.test": hostile.says_a_broken_chunk,
    "stream.test": hostile.streams_a_body,
    "random.test": hostile.at_random,
    "flaky.test": hostile.fails_at_random,
    "once.test": hostile.limits_once,
    "odd.test": hostile.challenges_odd_origins,
    "reflecting.test": hostile.reflects,
    "good.test": OWN,
}


def behaviours() -> dict[str, Serve | Raw]:
    return {host: behave for host, (behave, _) in UNJUDGED.items()} | JUDGED


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[HttpsServer]:
    with HttpsServer(behaviours(), tmp_path_factory.mktemp("hostile"),
                     untrusted={"untrusted.test"}) as started:
        yield started


@pytest.fixture(scope="module")
def audited(server: HttpsServer) -> Audited:
    """One run for all of them: one bad server keeps no other from being judged."""
    return run_audit(COMMAND, server, [server.url(host) for host in behaviours()], *SHORT)


def said_of(audited: Audited, host: str) -> dict[str, Any]:
    return next(each for each in audited.targets if f"//{host}:" in each["url"])


@pytest.mark.parametrize("host", UNJUDGED)
def test_is_inconclusive(host: str, audited: Audited) -> None:
    said = said_of(audited, host)
    assert (said["outcome"], said["findings"]) == ("inconclusive", []), said
    assert said["reason"] in UNJUDGED[host][1].split(), said
    assert said["detail"], said


@pytest.mark.parametrize("host", behaviours())
def test_asks_no_more_than_it_may(host: str, audited: Audited, server: HttpsServer) -> None:
    assert said_of(audited, host)["requests"] <= ANY
    assert len(server.seen(host)) <= ANY + 10  # tries after a failure or a 429 are not new ones


def test_gives_up_soon_on_what_never_answers(audited: Audited, server: HttpsServer) -> None:
    """Not once for each question."""
    for host in ("silent.test", "reset.test", "short.test", "ssh.test", "megabyte.test",
                 "limited.test"):
        assert len(server.seen(host)) <= 6, (host, len(server.seen(host)))


def test_says_nothing_else_to_an_untrusted_server(audited: Audited, server: HttpsServer) -> None:
    assert server.seen("untrusted.test") == []


def test_exits_with_findings_first(audited: Audited) -> None:
    assert audited.code == 1
    assert [each["rule"] for each in said_of(audited, "reflecting.test")["findings"]][:1] == [
        "reflected-origin"]


def test_the_good_one_is_clean_beside_them(audited: Audited) -> None:
    assert said_of(audited, "good.test")["outcome"] == "clean"


def test_waits_as_it_is_told(audited: Audited, server: HttpsServer) -> None:
    """429 with Retry-After: 1, once, and then answers."""
    said = said_of(audited, "once.test")
    assert (said["outcome"], said["findings"]) == ("clean", []), said


def test_random_answers_are_not_believed(audited: Audited) -> None:
    said = said_of(audited, "random.test")
    assert said["outcome"] == "findings" or said["reason"] == "unstable", said
    assert all(each["rule"] != "unescaped-dot" for each in said["findings"]), said


def test_a_flaky_server_is_not_accused(audited: Audited) -> None:
    said = said_of(audited, "flaky.test")
    assert {each["rule"] for each in said["findings"]} <= {"errors-lack-headers"}, said


def test_a_wall_before_some_origins_is_no_fault_of_the_server(audited: Audited) -> None:
    said = said_of(audited, "odd.test")
    assert (said["outcome"], said["findings"]) in (("clean", []), ("inconclusive", [])), said


def test_what_follows_an_answer_is_none(audited: Audited) -> None:
    said = said_of(audited, "low.test")
    assert said["findings"] == [], said


def test_inconclusive_alone_is_3(server: HttpsServer) -> None:
    done = run_audit(COMMAND, server, [server.url("reset.test"), server.url("good.test")], *SHORT)
    assert [each["outcome"] for each in done.targets] == ["inconclusive", "clean"]
    assert done.code == 3


def test_nothing_listens(server: HttpsServer) -> None:
    done = run_audit(COMMAND, server, [f"https://127.0.0.1:{free_port()}/"], *SHORT)
    assert (done.targets[0]["reason"], done.code) == ("connect", 3)


def test_findings_stay_when_the_server_stops(tmp_path: Path) -> None:
    """What was seen before a limit is told, and that it is not all."""
    def stops(request: Request) -> Answer:
        return hostile.reflects(request) if request.number <= 4 else Answer(429)
    with HttpsServer({"stops.test": stops}, tmp_path) as server:
        done = run_audit(COMMAND, server, [server.url("stops.test")], *SHORT)
    assert "reflected-origin" in done.rules()
    assert done.code == 1


def leads_to(host: str, port: list[int]) -> Serve:
    def answer(_: Request) -> Answer:
        return Answer(302, [("Location", f"https://{host}:{port[0]}/"),
                            ("Set-Cookie", "seen=1; Path=/; Secure")])
    return answer


@pytest.mark.parametrize("elsewhere", ["elsewhere.test", "sub.here.test", "127.0.0.1"])
def test_nothing_is_sent_to_another_host(elsewhere: str, tmp_path: Path) -> None:
    port: list[int] = []
    with HttpsServer({"here.test": leads_to(elsewhere, port), elsewhere: hostile.reflects},
                     tmp_path) as server:
        port.append(server.port)
        done = run_audit(COMMAND, server, [server.url("here.test")], "--cookie", SECRET,
                         "-H", "Authorization: Bearer t0psecret", "-H", "X-Api-Key: k3y", *SHORT)
        assert server.seen(elsewhere) == []
        assert any(each.first("Cookie") == SECRET for each in server.seen("here.test"))
    assert (done.targets[0]["outcome"], done.targets[0]["reason"]) == ("inconclusive", "redirect")
    assert not any(secret in done.stdout + done.stderr
                   for secret in ("s3cr3tOfAlice", "t0psecret", "k3y"))


def test_a_downgrade_is_not_followed(tmp_path: Path) -> None:
    """To http on the same host: whoever is on the path would read the credentials."""
    plain_folder = tmp_path / "plain"
    plain_folder.mkdir()
    with HttpsServer({"here.test": hostile.reflects}, plain_folder, tls=False) as plain:
        def down(_: Request) -> Answer:
            return Answer(301, [("Location", plain.url("here.test"))])
        with HttpsServer({"here.test": down}, tmp_path) as server:
            done = run_audit(COMMAND, server, [server.url("here.test")], "--cookie", SECRET,
                             "--resolve", f"*:{plain.port}:127.0.0.1", *SHORT)
        assert plain.seen("here.test") == []
    assert done.targets[0]["outcome"] == "inconclusive"


ODD = {
    "escapes": Answer(200, [(ORIGIN, "\x1b[31mred\x1b[0m")]),
    "bytes": Answer(200, [(ORIGIN, "https://\xff\xfe.test")]),
    "empty": Answer(200, [(ORIGIN, "")]),
    "long": Answer(200, [(ORIGIN, "https://" + "a" * 9000)]),
    "vary": Answer(200, [("Vary", ", ,, Origin\x00")]),
    "status": Answer(999, []),
    "cookie": Answer(200, [("Location", "https://[::1"), ("Set-Cookie", "=;=;=")]),
    "location": Answer(302, [("Location", "http://[")]),
}


@pytest.mark.parametrize("name", ODD)
def test_odd_values_leave_it_standing(name: str, tmp_path: Path) -> None:
    with HttpsServer({"odd.test": lambda _: ODD[name]}, tmp_path) as server:
        done = run_audit(COMMAND, server, [server.url("odd.test")], *SHORT)
    assert done.code in (0, 1, 3)
    assert "\x1b" not in done.stdout + done.stderr
    assert done.targets[0]["outcome"] in ("clean", "findings", "inconclusive")
