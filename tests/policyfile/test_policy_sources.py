# SPDX-License-Identifier: MIT
"""What a policy file reads besides itself: the environment, variables, lists; and odd files."""

from __future__ import annotations

import os
import threading
from pathlib import Path

import pytest

from drawn_case import POLICY, Case, Problem, lint, read_problems, worst, write_files
from tests.support.cors_command import SECONDS, run_cors

RISKY = """
    policies:
      - allow_credentials: true
        allow_origins:
          - null
          - http://intranet.example.com
          - https://*.github.io
          - http://localhost:3000
          - http://localhost:3000
        allow_methods: [patch]
        allow_headers: ["*"]
        accept_risks: [%s]
"""

CASES = [
    Case("entries for another environment are checked for syntax, not for risks", """
        policies:
          - allow_credentials: true
            allow_origins:
              - https://app.example.com
              - { origin: http://localhost:3000, environment: development }
              - { origin: https://*.github.io, environment: development }
              - { origin: https://dev.example.com/, environment: development }
                          ^ error origin-path -> https://dev.example.com
        """),
    Case("entries for this environment are checked for risks", """
        policies:
          - allow_credentials: true
            allow_origins:
              - { origin: http://localhost:3000, environment: production }
                          ^ error loopback-in-production
              - { environment: production, origin: "https://{label}.github.io" }
                                                   ^ error public-suffix-wildcard
        """),
    Case("CORS_ENV selects", """
        policies:
          - allow_origins:
              - http://localhost:3000
              - { origin: "https://a.example", environment: test }
        """, variables={"CORS_ENV": "test"}),
    Case("--env counts before CORS_ENV", """
        policies:
          - allow_origins: [http://localhost:3000]
                            ^ warning loopback-in-production
        """, variables={"CORS_ENV": "test"}, environment="production"),
    Case("an empty CORS_ENV is production", """
        policies:
          - allow_origins: [http://localhost:3000]
                            ^ warning loopback-in-production
        """, variables={"CORS_ENV": ""}),
    Case("the problems of a variable stand at its name", """
        policies:
          - allow_credentials: true
            allow_origins:
              - { from_env: MANY }
                            ^ error origin-path -> https://b.example.com
                            ^ error insecure-origin-with-credentials
                            ^ warning redundant-origin
              - { environment: test, from_env: OTHERS }
                                               ^ error origin-syntax -> https://app.example.com
        """, variables={
            "MANY": "https://a.example.com, https://b.example.com/ ,,http://c.example.com\t"
                    "https://a.example.com\n",
            "OTHERS": "http://localhost app.example.com"}),
    Case("a star in a variable covers the rest", """
        policies:
          - allow_origins:
              - https://app.example.com
                ^ warning redundant-origin
              - { from_env: STAR }
        """, variables={"STAR": "*"}),
    Case("the problems of a list stand in the list", """
        policies:
          - allow_origins:
              - { from_file: tenants.txt }
              - { from_file: empty.txt }
              - { from_file: development.txt, environment: development }
        """, files={
            "tenants.txt": """
                # The tenants, one a line.

                https://a.example.com
                  https://b.example.com/ # a comment
                  ^ error origin-path -> https://b.example.com
                \thttps://bücher.example
                 ^ info origin-converted -> https://xn--bcher-kva.example
                https://a.example.com#top
                ^ error origin-path -> https://a.example.com
                https://c.example.com https://d.example.com
                ^ error origin-syntax
                null
                ^ error null-origin
                """,
            "empty.txt": "# nothing\n",
            "development.txt": """
                http://localhost:3000
                https://dev.example.com:443
                ^ error origin-default-port -> https://dev.example.com
                """}),
    Case("what is accepted is an info",
         RISKY % "null-origin, insecure-origin-with-credentials, public-suffix-wildcard, "
                 "loopback-in-production, redundant-origin, method-case, wildcard-headers"),
    Case("many problems at once, in the order of the file", """
        policies:
          - path: api
                  ^ error path-syntax -> /api
            allow_origins:
              - https://app.example.com/
                ^ error origin-path -> https://app.example.com
              - https://*.github.io
                ^ error public-suffix-wildcard
              - http://localhost:3000
                ^ error loopback-in-production
              - { from_file: tenants.txt }
                             ^ error unreadable-file
            allow_methods: [TRACE, "P T"]
                            ^ error forbidden-method
                                   ^ error method-syntax
            allow_headers: [Cookie]
                            ^ error forbidden-request-header
            expose_headers: [Set-Cookie, "*"]
                             ^ error forbidden-response-header
                                         ^ error wildcard-expose-with-credentials
            allow_credentials: true
            max_age: 10x
                     ^ error max-age-range
            cache: yes
            ^ error unknown-key
        """),
]


@pytest.mark.parametrize("case", CASES, ids=lambda case: str(case.name))
def test_sources(case: Case, tmp_path: Path) -> None:
    expected = write_files(case, tmp_path)
    done = lint(case, tmp_path, "--json")
    found = read_problems(done.stdout)
    if case.policy.startswith(RISKY[:20]):
        assert {problem.severity for problem in found} == {"info"}
        assert {problem.rule for problem in found} == {
            "null-origin", "insecure-origin-with-credentials", "public-suffix-wildcard",
            "loopback-in-production", "redundant-origin", "method-case", "wildcard-headers",
            "max-age-missing"}
        assert done.code == 0
        return
    assert sorted(found, key=str) == sorted(expected, key=str)
    assert done.code == (1 if worst(expected) == "error" else 0)


def test_a_risk_is_accepted_by_its_own_policy_only(tmp_path: Path) -> None:
    (tmp_path / POLICY).write_text(
        "policies:\n"
        "  - { path: /a, allow_origins: [null], accept_risks: [null-origin] }\n"
        "  - { path: /b, allow_origins: [null] }\n")
    found = read_problems(run_cors(["lint", "--json", POLICY], tmp_path).stdout)
    assert [(problem.line, problem.severity) for problem in found] == [(2, "info"), (3, "error")]


def test_a_list_is_found_from_another_folder(tmp_path: Path) -> None:
    (tmp_path / "policies").mkdir()
    (tmp_path / "policies" / POLICY).write_text(
        "policies:\n  - allow_origins: [{ from_file: lists/a.txt }]\n")
    (tmp_path / "policies" / "lists").mkdir()
    (tmp_path / "policies" / "lists" / "a.txt").write_text("https://a.example.com/\n")
    found = read_problems(run_cors(["lint", "--json", f"policies/{POLICY}"], tmp_path).stdout)
    assert found == [Problem("policies/lists/a.txt", 1, 1, "origin-path", "error",
                             "https://a.example.com")]
    absolute = tmp_path / "policies" / "lists" / "a.txt"
    (tmp_path / POLICY).write_text(
        f"policies:\n  - allow_origins: [{{ from_file: {absolute} }}]\n")
    found = read_problems(run_cors(["lint", "--json", POLICY], tmp_path).stdout)
    assert [problem.file for problem in found] == [str(absolute)]


@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"], ids=["plain", "byte order mark"])
@pytest.mark.parametrize("end", [b"\n", b"\r\n"], ids=["LF", "CRLF"])
def test_line_ends_and_byte_order_marks(mark: bytes, end: bytes, tmp_path: Path) -> None:
    policy = [b"policies:", b"  - allow_origins: [{ from_file: list.txt }]", b"    colour: blue"]
    tenants = [b"https://a.example.com/", b"https://b.example.com", b"https://c.example.com:443"]
    (tmp_path / POLICY).write_bytes(mark + end.join(policy) + end)
    (tmp_path / "list.txt").write_bytes(mark + end.join(tenants))
    done = run_cors(["lint", "--json", POLICY], tmp_path)
    assert [(problem.file, problem.line, problem.column) for problem in
            read_problems(done.stdout)] == [(POLICY, 3, 5), ("list.txt", 1, 1), ("list.txt", 3, 1)]
    shown = run_cors(["lint", POLICY], tmp_path).stdout
    assert "\r" not in shown and "\ufeff" not in shown


@pytest.mark.parametrize("name, word", [
    ("missing.yaml", "No such file or directory"),
    (".", "directory"),
    ("file/below.yaml", "Not a directory"),
    ("loop.yaml", "symbolic links"),
])
def test_a_policy_that_cannot_be_read(name: str, word: str, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    (tmp_path / "loop.yaml").symlink_to("loop.yaml")
    done = run_cors(["lint", "--json", name], tmp_path)
    assert done.code == 1 and word in done.stdout
    assert read_problems(done.stdout) == [Problem(name, 1, 1, "unreadable-file", "error")]


def test_a_policy_that_may_not_be_read(tmp_path: Path) -> None:
    """root may read everything, so it asks for a file that the kernel keeps from it too."""
    (tmp_path / POLICY).symlink_to("/proc/self/mem")
    done = run_cors(["lint", "--json", POLICY], tmp_path)
    assert read_problems(done.stdout) == [Problem(POLICY, 1, 1, "unreadable-file", "error")]


def test_a_policy_from_a_pipe(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    text = "policies:\n  - allow_origins: [https://app.example.com/]\n"
    writer = threading.Thread(target=pipe.write_text, args=(text,), daemon=True)
    writer.start()
    done = run_cors(["lint", "pipe"], tmp_path)
    writer.join(SECONDS)
    assert done.code == 1
    assert done.stdout.splitlines()[0].startswith("pipe:2:21: error: ")
    assert done.stdout.splitlines()[0].endswith("[origin-path]")


def test_a_list_is_never_a_pipe(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "list.txt")
    (tmp_path / POLICY).write_text("policies:\n  - allow_origins: [{ from_file: list.txt }]\n")
    done = run_cors(["lint", "--json", POLICY], tmp_path)
    assert read_problems(done.stdout) == [Problem(POLICY, 2, 34, "unreadable-file", "error")]
    assert "not a regular file" in done.stdout


def test_the_size_of_files_is_bounded(tmp_path: Path) -> None:
    with (tmp_path / "large.yaml").open("wb") as policy:
        policy.truncate((64 << 20) + 1)
    with (tmp_path / "list.txt").open("wb") as tenants:
        tenants.truncate((1 << 30) + 1)
    (tmp_path / POLICY).write_text("policies:\n  - allow_origins: [{ from_file: list.txt }]\n")
    done = run_cors(["lint", "--json", "large.yaml", POLICY, "/dev/zero"], tmp_path)
    assert read_problems(done.stdout) == [
        Problem("large.yaml", 1, 1, "unreadable-file", "error"),
        Problem(POLICY, 2, 34, "unreadable-file", "error"),
        Problem("/dev/zero", 1, 1, "unreadable-file", "error")]
    assert done.stdout.count("larger") == 3


@pytest.mark.parametrize("text, column, rule", [
    (b"\xff\xfe\x00", 1, "yaml-syntax"),
    (b"# caf\xe9", 6, "yaml-syntax"),
    (b"# \xc3\xa9 \x00", 5, "yaml-syntax"),
    (b"# \xc3\xa9 \xed\xa0\x80", 5, "yaml-syntax"),
    (b"# \xc0\x80", 3, "yaml-syntax"),
    (b"# \x1b[31m", 3, "yaml-syntax"),
    (b"\xf0\x9f\x98\x80: 1", 1, "unknown-key"),
])
def test_bytes_that_are_no_text(text: bytes, column: int, rule: str, tmp_path: Path) -> None:
    """The lines before them are checked."""
    (tmp_path / POLICY).write_bytes(
        b"policies:\n  - allow_origins: [https://app.example.com/]\n" + text + b"\n")
    done = run_cors(["lint", "--json", POLICY], tmp_path)
    assert read_problems(done.stdout) == [
        Problem(POLICY, 2, 21, "origin-path", "error", "https://app.example.com"),
        Problem(POLICY, 3, column, rule, "error",
                "policies" if rule == "unknown-key" else None)]


def test_bytes_that_are_no_text_in_a_list(tmp_path: Path) -> None:
    (tmp_path / POLICY).write_text("policies:\n  - allow_origins: [{ from_file: list.txt }]\n")
    (tmp_path / "list.txt").write_bytes(b"https://a\xff.example\nhttps://b\0.example\n\x1b[31m\n")
    done = run_cors(["lint", POLICY], tmp_path)
    assert done.code == 1
    assert [line.split(" ")[0] for line in done.stdout.splitlines() if "[origin-syntax]" in line
            ] == ["list.txt:1:1:", "list.txt:2:1:", "list.txt:3:1:"]
    assert "\x1b" not in done.stdout and "\0" not in done.stdout


@pytest.mark.parametrize("opening", ["[", "{a: ", "- ", "? "], ids=["[", "{", "-", "?"])
def test_hostile_nesting_is_refused_at_once(opening: str, tmp_path: Path) -> None:
    (tmp_path / POLICY).write_text("policies:\n  - colour:\n      " + opening * 1_000_000)
    done = run_cors(["lint", "--json", POLICY], tmp_path)
    assert done.code == 1
    assert ("yaml-syntax", 3) in {(problem.rule, problem.line) for problem
                                  in read_problems(done.stdout)}


def test_aliases_are_never_followed(tmp_path: Path) -> None:
    """The billion laughs: ten aliases a level, nine levels."""
    levels = ['a: &a ["https://a.example"]']
    names = "abcdefghij"
    for outer, inner in zip(names[1:], names):
        levels.append(f"{outer}: &{outer} [{', '.join([f'*{inner}'] * 10)}]")
    (tmp_path / POLICY).write_text("\n".join(levels) + "\npolicies: [{ allow_origins: *j }]\n")
    done = run_cors(["lint", "--json", POLICY], tmp_path)
    found = read_problems(done.stdout)
    assert done.code == 1
    assert sum(problem.rule == "yaml-syntax" for problem in found) == 10 + 90 + 1


def test_a_list_of_a_million(tmp_path: Path) -> None:
    (tmp_path / POLICY).write_text("policies:\n  - allow_origins: [{ from_file: list.txt }]\n")
    (tmp_path / "list.txt").write_text(
        "".join(f"https://tenant-{number}.example.com\n" for number in range(1_000_000))
        + "  https://tenant-7.example.com\nhttps://last.example.com/")
    done = run_cors(["lint", "--json", POLICY], tmp_path)
    assert read_problems(done.stdout) == [
        Problem("list.txt", 1_000_001, 3, "redundant-origin", "warning"),
        Problem("list.txt", 1_000_002, 1, "origin-path", "error", "https://last.example.com")]
