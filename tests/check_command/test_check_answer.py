# SPDX-License-Identifier: MIT
"""cors check on what is pasted and recorded: --answer, --curl, --har; no server is asked."""

from __future__ import annotations

import json
import unicodedata
from pathlib import Path
from typing import Any

import pytest

from tests.support.cors_command import Finished, run_cors

URL = "https://api.example.com/items"
PAGE = "https://app.example.com"
ALLOWED = f"Access-Control-Allow-Origin: {PAGE}\r\nVary: Origin\r\n"
PREFLIGHT = ("HTTP/1.1 204 No Content\r\n" + ALLOWED +
             "Access-Control-Allow-Methods: PUT\r\nAccess-Control-Allow-Headers: x-token\r\n\r\n")
FINE = "HTTP/2 200 \r\n" + ALLOWED + "Content-Length: 5\r\n\r\nhello"


def check(folder: Path, answer: str | bytes, *options: str, page: str | None = PAGE) -> Finished:
    """Judges an answer from standard input, without a network."""
    stdin = answer if isinstance(answer, bytes) else answer.encode()
    origin = [] if page is None else ["--origin", page]
    return run_cors(["check", *options, *origin, "--answer", "-"], folder, stdin=stdin)


def judge(folder: Path, answer: str | bytes, *options: str, page: str | None = PAGE) -> Any:
    done = check(folder, answer, *options, "--json", page=page)
    assert done.stderr == ""
    told = json.loads(done.stdout)
    assert done.code == (1 if told["verdict"] == "blocked" else 0)
    return told


def kinds(told: Any) -> list[tuple[str, str, int]]:
    return [(one["kind"], one["method"], one["status"]) for one in told["exchange"]]


@pytest.mark.parametrize("ends", ["\r\n", "\n"])
def test_one_answer_is_judged(tmp_path: Path, ends: str) -> None:
    told = judge(tmp_path, FINE.replace("\r\n", ends), URL)
    assert (told["verdict"], told["code"], told["url"], told["origin"], told["browser"]) == (
        "allowed", "ok", URL, PAGE, "chromium")
    empty = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"
    told = judge(tmp_path, empty.replace("\r\n", ends), URL)
    assert (told["verdict"], told["code"], told["preflight"]) == (
        "blocked", "missing-allow-origin", False)
    assert told["messages"]["chromium"] == (
        f"Access to fetch at '{URL}' from origin '{PAGE}' has been blocked by CORS policy: "
        "No 'Access-Control-Allow-Origin' header is present on the requested resource.")


def test_answers_come_one_after_the_other(tmp_path: Path) -> None:
    pasted = ("HTTP/1.1 200 Connection established\r\n\r\nHTTP/1.1 100 Continue\r\n\r\n" +
              PREFLIGHT + "HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n"
              "HTTP/1.1 307 Temporary Redirect\r\n" + ALLOWED + "Location: /moved\r\n\r\n" +
              PREFLIGHT + FINE)
    told = judge(tmp_path, pasted, URL, "-X", "PUT", "-H", "X-Token: abc")
    assert kinds(told) == [("preflight", "OPTIONS", 204), ("request", "PUT", 307),
                           ("preflight", "OPTIONS", 204), ("request", "PUT", 200)]
    assert [one["url"] for one in told["exchange"]][2:] == ["https://api.example.com/moved"] * 2
    assert (told["verdict"], told["notes"]) == ("allowed", [])


def test_a_preflight_alone_leaves_the_verdict_open(tmp_path: Path) -> None:
    told = judge(tmp_path, PREFLIGHT, URL, "-X", "PUT")
    assert (told["verdict"], told["code"]) == ("unknown", None)
    assert "preflight passes" in told["cause"]
    assert told["why_preflight"] == [
        {"why": "method", "what": "PUT", "advice": "GET, HEAD and POST need no preflight."}]


def test_an_answer_too_many_is_told(tmp_path: Path) -> None:
    told = judge(tmp_path, PREFLIGHT + FINE, URL)
    assert len(told["notes"]) == 1
    assert told["notes"][0].startswith("2 answers were handed in, and the call takes 1")


def test_what_follows_each_mended_failure_is_told(tmp_path: Path) -> None:
    told = judge(tmp_path, "HTTP/1.1 401 Unauthorized\r\n\r\nHTTP/1.1 500 Oops\r\n\r\n", URL,
                 "-X", "PUT", "-H", "X-Token: abc", "--credentials")
    assert (told["code"], told["preflight"]) == ("missing-allow-origin", True)
    assert told["next"] == ["invalid-allow-credentials", "preflight-status", "method-not-allowed",
                            "header-not-allowed", "missing-allow-origin",
                            "invalid-allow-credentials"]
    assert [one["beyond"] for one in told["exchange"]] == [False, True]
    assert any("401" in note for note in told["notes"])


def test_a_body_that_looks_like_an_answer_stays_a_body(tmp_path: Path) -> None:
    body = "x\nHTTP/1.1 500 no answer\n\n"
    told = judge(tmp_path, f"HTTP/1.1 200 OK\r\n{ALLOWED}Content-Length: {len(body)}\r\n\r\n{body}",
                 URL)
    assert (told["verdict"], told["notes"]) == ("allowed", [])


def test_curl_v_is_understood(tmp_path: Path) -> None:
    pasted = ("*   Trying 127.0.0.1:80...\n> OPTIONS / HTTP/1.1\n> Host: x\n>\n" +
              "".join(f"< {line}\n" for line in PREFLIGHT.splitlines()) +
              "* Connection #0 left\n> PUT / HTTP/1.1\n>\n" +
              "".join(f"< {line}\n" for line in FINE.splitlines()[:-1]) + "hello")
    told = judge(tmp_path, pasted, URL, "-X", "PUT")
    assert kinds(told) == [("preflight", "OPTIONS", 204), ("request", "PUT", 200)]


@pytest.mark.parametrize("pasted", [
    b"", b"\n\n", b"hello", b"HTTP", b"HTTP/1.1", b"HTTP/1.1 20", b"HTTP/1.1 2000 OK\n\n",
    b"<html>HTTP/1.1 200 OK</html>", b"\x00\xff\xfe", b"{\"a\": 1}",
    b"HTTP/1.1 200 OK\r\n" + b"X: y\r\n" * 5000, b"HTTP/1.1 200 OK\r\nX: " + b"y" * 300_000,
], ids=lambda pasted: repr(pasted[:20]))
def test_what_is_no_answer_is_refused(tmp_path: Path, pasted: bytes) -> None:
    done = check(tmp_path, pasted, URL)
    assert (done.code, done.stdout) == (2, "")
    assert done.stderr.startswith("cors check: standard input is no HTTP answer: ")


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    done = run_cors(["check", URL, "--answer", "nothing.txt"], tmp_path)
    assert (done.code, done.stdout) == (2, "")
    assert done.stderr == "cors check: nothing.txt cannot be read: No such file or directory\n"


def test_a_call_that_fetch_refuses_is_blocked(tmp_path: Path) -> None:
    for options in (["-X", "TRACE"], ["-X", "GET", "--data", "x"], ["-H", "a b: c"]):
        told = judge(tmp_path, FINE, URL, *options)
        assert (told["code"], told["exchange"], told["curl"]) == ("bad-request", [], [])
        assert told["snippet"] is None


def is_harmless(text: str) -> bool:
    return all(character == "\n" or unicodedata.category(character) not in ("Cc", "Cf")
               for character in text)


def test_hostile_headers_write_no_escape_codes(tmp_path: Path) -> None:
    evil = b"\x1b]0;owned\x07\x1b[2J\x9b31m\xc2\x9b1m\xe2\x80\xae\x08\r\x7f\xff"
    for name in (b"Access-Control-Allow-Origin", b"Server", b"X-Powered-By", b"Location", b"Vary",
                 b"Access-Control-Allow-Headers", b"Set-Cookie", b"Access-Control-Allow-" + evil):
        answer = b"HTTP/1.1 200 " + evil + b"\n" + name + b": " + evil + b"\n\n"
        for options in (["-X", "PUT"], ["--credentials"], ["-X", "PUT", "--browser", "standard"]):
            done = check(tmp_path, answer, URL, *options, "--color", "never")
            assert done.code in (0, 1), done
            assert is_harmless(done.stdout + done.stderr), done.stdout
            told = check(tmp_path, answer, URL, *options, "--json")
            assert json.loads(told.stdout)["url"] == URL


SECRETS = ("-H", "Authorization: Bearer SECRET", "-H", "X-Api-Key: SECRET",
           "-H", "Cookie: a=SECRET", "-H", "X-Auth-Token: SECRET", "-H", "X-JWT: SECRET",
           "-H", "X-Functions-Key: SECRET", "--credentials")


def test_secrets_are_never_shown(tmp_path: Path) -> None:
    credentials = "Access-Control-Allow-Credentials: true\r\n"
    pasted = (PREFLIGHT
              .replace("x-token", "authorization, x-api-key, x-auth-token, x-jwt, x-functions-key")
              .replace("Vary: Origin\r\n", "Vary: Origin\r\n" + credentials)
              + "HTTP/1.1 302 Found\r\n" + ALLOWED + credentials +
              "Location: https://a:SECRET@api.example.com/?X-Amz-Signature=SECRET\r\n"
              "Set-Cookie: sid=SECRET\r\n"
              "Proxy-Authenticate: Basic\r\nX-Session-Token: SECRET\r\n\r\n")
    for output in ("--json", "--color=always"):
        done = check(tmp_path, pasted, URL, "-X", "PUT", *SECRETS, output)
        assert "SECRET" not in done.stdout + done.stderr
        assert "<your Authorization>" in done.stdout


@pytest.mark.parametrize("name", ["token", "signature", "X-Amz-Signature", "jwt", "session", "sid",
                                  "passwd", "hmac", "assertion", "SAMLResponse"])
def test_secrets_in_queries_are_never_shown(tmp_path: Path, name: str) -> None:
    """In the drawing, in JSON, in what consoles say and in lines for curl; of redirects too."""
    secret = f"?{name}=SECRET&shown=1"
    bare = "HTTP/1.1 200 OK\r\n\r\n"
    redirect = f"HTTP/1.1 302 Found\r\n{ALLOWED}Location: https://b.example/{secret}\r\n\r\n"
    preflight = f"HTTP/1.1 302 Found\r\nLocation: https://b.example/{secret}\r\n\r\n"
    for answers, method in ((bare, "GET"), (redirect + bare, "GET"), (preflight, "PUT")):
        for output in ("--json", "--color=always"):
            text = check(tmp_path, answers, URL + secret, "-X", method, output).stdout
            assert f"{name}=<hidden>&shown=1" in text and "SECRET" not in text


def test_headers_from_a_file(tmp_path: Path) -> None:
    """So that a secret stands in no list of processes."""
    headers = tmp_path / "headers.txt"
    headers.write_bytes(b"Authorization: Bearer SECRET\r\n\r\nX-Token: abc\n")
    done = check(tmp_path, PREFLIGHT, URL, "-X", "PUT", "-H", f"@{headers}", "--json")
    why = [reason["what"] for reason in json.loads(done.stdout)["why_preflight"]]
    assert why == ["PUT", "authorization", "x-token"]
    assert "SECRET" not in done.stdout
    headers.write_text("X-Token: abc\nSECRET\n")
    for argument, words in ((f"@{headers}", "-H takes a header as one line"),
                            (f"@{tmp_path}/none", "cannot be read")):
        done = check(tmp_path, PREFLIGHT, URL, "-H", argument)
        assert done.code == 2 and words in done.stderr and "SECRET" not in done.stderr


def test_the_drawing_fits_80_columns(tmp_path: Path) -> None:
    answer = ("HTTP/1.1 403 " + "Forbidden " * 20 + f"\r\nAccess-Control-Allow-Origin: {PAGE}\r\n"
              f"Vary: {'a, ' * 60}b\r\n\r\n")
    done = check(tmp_path, answer, URL + "?" + "q" * 200, "-X", "PUT", "-H", "X-Long: " + "v" * 300)
    drawing = done.stdout[done.stdout.index(" page"):done.stdout.index("blocked")]
    assert max(len(line) for line in drawing.splitlines()) <= 80


def test_the_caret_stands_under_the_fault(tmp_path: Path) -> None:
    answer = "HTTP/1.1 200 OK\r\nAccess-Control-Allow-Origin: https://b.example\r\n\r\n"
    lines = check(tmp_path, answer, URL).stdout.splitlines()
    at = next(i for i, line in enumerate(lines) if "https://b.example" in line)
    begin = lines[at].index("https://b.example")
    assert lines[at + 1][begin:begin + len("https://b.example")] == "^" * len("https://b.example")
    assert lines[at + 1][begin - 1] == " "


BASH = r"""curl 'https://api.example.com/items' \
  -X 'PUT' \
  -H 'accept: */*' \
  -H 'accept-language: en-US,en;q=0.9' \
  -H 'cache-control: no-cache' \
  -H 'content-type: application/json' \
  -b 'sid=SECRET' \
  -H 'origin: https://app.example.com' \
  -H 'priority: u=1, i' \
  -H 'sec-ch-ua: "Chromium";v="156"' \
  -H 'sec-fetch-mode: cors' \
  -H 'user-agent: Mozilla/5.0' \
  -H $'x-name: it\'s \u00e9 \x41' \
  --data-raw $'{"a":"it\'s"}'"""

WINDOWS = "\r\n".join((
    'curl ^"https://api.example.com/items^" ^', '  -X ^"PUT^" ^', '  -H ^"accept: */*^" ^',
    '  -H ^"content-type: application/json^" ^', '  -b ^"sid=SECRET^" ^',
    '  -H ^"origin: https://app.example.com^" ^',
    "  -H ^\"x-name: it's ^%^PATH^%^ a^&b^\" ^",
    '  --data-raw ^"^{^\\^"a^\\^":^\\^"x^\\^"^}^"'))

SAFARI = """curl 'https://api.example.com/items' \\
-X 'PUT' \\
-H 'Content-Type: application/json' \\
-H 'Accept: */*' \\
-H 'Referer: https://app.example.com/page?x' \\
-H 'x-name: v' \\
-H 'Cookie: sid=SECRET' \\
--data-binary '{"a":1}'"""


@pytest.mark.parametrize("command, value", [
    (BASH, "it's é A"), (WINDOWS, "it's %PATH% a&b"), (SAFARI, "v"),
    ("$ curl -sSXPUT https://api.example.com/items --json '{}' -H \"X-Name: a\\\"b\\$c\" "
     "-H 'Origin: https://app.example.com' --cookie sid=SECRET | jq .", 'a"b$c'),
], ids=["bash", "windows", "safari", "by-hand"])
def test_the_call_out_of_copy_as_curl(tmp_path: Path, command: str, value: str) -> None:
    told = judge(tmp_path, PREFLIGHT, "--curl", command, page=None)
    assert (told["url"], told["origin"]) == (URL, PAGE)
    sent = {name: text for name, text in told["exchange"][0]["request_headers"]}
    assert sent["Access-Control-Request-Method"] == "PUT"
    assert sent["Access-Control-Request-Headers"] == "content-type,x-name"
    assert any("cookies" in remark for remark in told["remarks"])
    line = told["curl"][1]
    assert f": {value}'".replace("'s", "'\\''s") in line
    assert "SECRET" not in json.dumps(told)
    assert "--data-raw '<your data>'" in line


@pytest.mark.parametrize("command, complaint", [
    ("curl 'https://api.example.com", "a quote is opened and never closed"),
    ("curl https://a.example -d @/etc/passwd", "is not read"),
    ("curl https://a.example --data-urlencode x@/etc/passwd", "is not read"),
    ("curl https://a.example --frobnicate", "--frobnicate is not known"),
    ("curl https://a.example https://b.example", "more than one URL"),
    ("curl https://a.example -H", "argument is expected"),
    ("wget https://a.example", "begins with curl"), ("", "begins with curl"),
    ("curl", "names no URL"), ("curl a.example", "must be whole"),
    ("curl https://a.example -H 'SECRET'", "no colon"),
])
def test_a_command_that_is_none_is_refused(tmp_path: Path, command: str, complaint: str) -> None:
    done = run_cors(["check", "--curl", command, "--answer", "-"], tmp_path, stdin=FINE.encode())
    assert (done.code, done.stdout) == (2, "")
    assert complaint in done.stderr
    assert "SECRET" not in done.stderr


def test_nothing_of_a_command_is_run(tmp_path: Path) -> None:
    run_cors(["check", "--curl", "curl https://a.example/$(touch x) `touch x` ; touch x",
              "--answer", "-"], tmp_path, stdin=FINE.encode())
    assert list(tmp_path.iterdir()) == []


def entry(url: str, method: str = "GET", origin: str = PAGE, status: int = 200,
          **more: object) -> dict[str, object]:
    fields = {":authority": "x", "Origin": origin, "User-Agent": "x", "X-Token": "SECRET"}
    headers = [{"name": name, "value": value} for name, value in fields.items()]
    request: dict[str, object] = {"url": url, "method": method, "headers": headers}
    return {"request": request | more,
            "response": {"status": status, "headers": []}}


def har(folder: Path, *entries: object) -> None:
    (folder / "page.har").write_text(json.dumps({"log": {"entries": entries}}))


def test_the_failed_call_of_a_har_file_is_taken(tmp_path: Path) -> None:
    har(tmp_path, entry("https://app.example.com/own"), entry("https://cdn.example.net/a.js"),
        entry(URL, "PUT", status=0, cookies=[{"name": "sid", "value": "SECRET"}],
              postData={"mimeType": "application/json", "text": "SECRET"}),
        entry(URL, "PUT", status=0))
    told = judge(tmp_path, PREFLIGHT, "--har", "page.har", page=None)
    assert (told["url"], told["origin"]) == (URL, PAGE)
    assert [why["what"] for why in told["why_preflight"]] == ["PUT", "x-token"]
    assert "SECRET" not in json.dumps(told)


def test_a_har_file_with_several_calls_wants_a_url(tmp_path: Path) -> None:
    har(tmp_path, entry(URL), entry("https://api.example.com/\x1b[31m"), entry(URL))
    done = check(tmp_path, FINE, "--har", "page.har", page=None)
    assert done.code == 2
    assert "name the URL" in done.stderr and URL in done.stderr and "\x1b" not in done.stderr
    told = judge(tmp_path, PREFLIGHT, URL, "--har", "page.har", page=None)
    assert told["url"] == URL


@pytest.mark.parametrize("text, complaint", [
    ("", "no JSON"), ("SECRET {", "no JSON"), ("[]", "no log.entries"), ("{}", "no log.entries"),
    ('{"log":{"entries":[]}}', "no request to another origin"),
    ('{"log":{"entries":[1,null,{"request":[]},{"request":{"url":1,"method":2,"headers":3}}]}}',
     "no request to another origin"),
    ("[" * 100_000, "no JSON"),
])
def test_a_file_that_is_no_har_is_refused(tmp_path: Path, text: str, complaint: str) -> None:
    (tmp_path / "page.har").write_text(text)
    done = check(tmp_path, FINE, "--har", "page.har")
    assert (done.code, done.stdout) == (2, "")
    assert complaint in done.stderr and "SECRET" not in done.stderr


@pytest.mark.parametrize("options, complaint", [
    ([], "name the URL"), (["a.example"], "must be whole"), ([URL, URL], "one URL at a time"),
    ([URL, "--origin", "https://app.example.com/"], "write https://app.example.com"),
    ([URL, "--origin", "HTTPS://App.example:443/x"], "write https://app.example"),
    ([URL, "--browser", "netscape"], "--browser is chromium"),
    ([URL, "--timeout", "0"], "--timeout takes seconds"), ([URL, "--timeout", "x"], "--timeout"),
    ([URL, "-H", "SECRET"], "-H takes a header"), ([URL, "-H", ": SECRET"], "-H takes a header"),
    ([URL, "-H", "X: SECRET\r\nY: z"], "-H takes a header"),
    ([URL, "--resolve", "x"], "--resolve takes"), ([URL, "--key", "x"], "--cert"),
    ([URL, "--har", "x", "--curl", "y"], "give one"), ([URL, "--curl", "curl x"], "give one"),
    ([URL, "--answer", "x", "--send"], "give one"),
])
def test_wrong_usage_is_told(tmp_path: Path, options: list[str], complaint: str) -> None:
    done = run_cors(["check", *options], tmp_path)
    assert (done.code, done.stdout) == (2, "")
    assert complaint in done.stderr and "SECRET" not in done.stderr


@pytest.mark.parametrize("field, server", [
    ("Server: nginx/1.22.1", "nginx"), ("Server: Apache/2.4.57 (Debian)", "apache"),
    ("Server: nginx\r\nX-Powered-By: Express", "express"), ("Server: Caddy", "caddy"),
    ("Server: Werkzeug/2.2.2 Python/3.11.2", "flask"), ("server: uvicorn", "fastapi"),
    ("Server: WSGIServer/0.2 CPython/3.11.2", "django"), ("Server: Microsoft-IIS/10.0", "iis"),
    ("Set-Cookie: JSESSIONID=1; HttpOnly", "spring"), ("Server: sleepy", "generic"),
])
def test_the_snippet_is_the_servers_own(tmp_path: Path, field: str, server: str) -> None:
    told = judge(tmp_path, f"HTTP/1.1 204 No Content\r\n{field}\r\n{ALLOWED}"
                 "Access-Control-Allow-Methods: DELETE\r\n\r\n", URL, "-X", "PUT",
                 "-H", "X-Token: abc", "--credentials")
    assert told["server"] == server
    for needed in (PAGE.replace(".", "\\.") if server == "apache" else PAGE, "DELETE", "PUT",
                   "x-token", "rue"):
        assert needed in told["snippet"], told["snippet"]
    assert "@A" not in told["snippet"] and "@O" not in told["snippet"]


@pytest.mark.parametrize("cookie, words", [
    ("sid=SECRET; SameSite=Lax; Secure", "SameSite=Lax"), ("sid=SECRET; Secure", "no SameSite"),
    ("sid=SECRET; samesite=strict", "SameSite=Strict"),
    ("sid=SECRET; SameSite=None", "without Secure"),
])
def test_cookies_that_do_not_go_along_are_told(tmp_path: Path, cookie: str, words: str) -> None:
    answer = ("HTTP/1.1 200 OK\r\n" + ALLOWED + "Access-Control-Allow-Credentials: true\r\n"
              f"Set-Cookie: {cookie}\r\n\r\n").replace(PAGE, "https://other.example")
    told = judge(tmp_path, answer, URL, "--credentials", page="https://other.example")
    assert told["verdict"] == "allowed"
    assert any(note.startswith("The cookie sid ") and words in note for note in told["notes"])
    assert any("third-party" in note for note in told["notes"])


@pytest.mark.parametrize("more, warned", [
    ("", True), ("Vary: Accept\r\n", True), ("Vary: Accept, ORIGIN\r\n", False),
    ("Vary: *\r\n", False),
    ("Cache-Control: private\r\n", False), ("Cache-Control: max-age=0, no-store\r\n", False),
])
def test_a_cache_that_could_mix_origins_up_is_told(tmp_path: Path, more: str, warned: bool) -> None:
    told = judge(tmp_path, f"HTTP/1.1 200 OK\r\nAccess-Control-Allow-Origin: {PAGE}\r\n{more}\r\n",
                 URL)
    assert any("Vary: Origin" in note for note in told["notes"]) == warned
