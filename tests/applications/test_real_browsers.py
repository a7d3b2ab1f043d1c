# SPDX-License-Identifier: MIT
"""json-server behind `cors serve`, used by real pages in real Chromium and Firefox.

A browser is started once for each setting; it opens one page after the other, and each test looks
at what one case came to. The tables of all that was seen stand at the end of the output.
"""

from __future__ import annotations

import pytest

from shop_verdicts import APP, CASES, SIBLING, STRANGER, Case
from shop_visit import Visit


def case_name(case: Case) -> str:
    return case.name


@pytest.mark.parametrize("case", CASES, ids=case_name)
def test_script_sees_what_the_policy_grants(visited: Visit, case: Case) -> None:
    setting = visited.setting
    seen = {page: visited.seen[page][case.name] for page in setting.pages}
    log = "\n".join(visited.log_of(case.name, page) for page in setting.pages)
    assert seen == {page: case.said(setting, page) for page in setting.pages}, log


@pytest.mark.parametrize("case", CASES, ids=case_name)
def test_application_gets_what_the_gateway_lets_in(visited: Visit, case: Case) -> None:
    setting = visited.setting
    got = {page: tuple(exchange.method for exchange in visited.of_case(case, page))
           for page in setting.pages}
    assert got == {page: case.reaches(setting, page) for page in setting.pages}


def test_application_answered_all_it_got(visited: Visit) -> None:
    assert visited.waiting == []


def test_no_page_ran_more_than_the_cases(visited: Visit) -> None:
    names = {case.name for case in CASES}
    assert {page: set(seen) for page, seen in visited.seen.items()} == {
        page: names for page in visited.setting.pages}


def test_cookies_go_along_within_the_site(visited: Visit) -> None:
    if visited.setting.one_origin:
        judged = [case for case in CASES if case.sends_cookie(APP)]
    else:
        judged = list(CASES)
    wrong = [(page, case.name) for page in visited.setting.pages for case in judged
             for exchange in visited.of_case(case, page)
             if bool(exchange.request_lines("Cookie")) != case.sends_cookie(page)]
    assert wrong == []


def test_cookie_stays_away_where_credentials_are_omitted(visited: Visit) -> None:
    omitted = [case for case in CASES if case.name == "account-without-cookie"]
    exchanges = [exchange for case in omitted for exchange in visited.of_case(case, APP)]
    assert [exchange.request_lines("Cookie") for exchange in exchanges] == [[]]


def test_revalidated_answer_was_304(visited: Visit) -> None:
    case = next(case for case in CASES if case.name == "revalidated")
    assert [exchange.status for exchange in visited.of_case(case, APP)] == [200, 304]


def test_preflights_stay_at_the_gateway(visited: Visit) -> None:
    assert [exchange.target for exchange in visited.exchanges
            if exchange.method == "OPTIONS"] == []


def test_application_had_cors_of_its_own_or_none(visited: Visit) -> None:
    """Else the settings with json-server's own CORS would not differ from those without."""
    with_origin = [exchange for exchange in visited.exchanges
                   if exchange.request_lines("Origin") and exchange.status != 304]
    own = {bool(exchange.response_lines("Access-Control-Allow-Origin"))
           for exchange in with_origin}
    assert own == {visited.setting.own_cors}


def test_one_origin_needs_no_cors(visited: Visit) -> None:
    """Where pages share the API's origin, no request is a cross-origin one.

    Origin stands on what is not GET or HEAD, and in Chromium also on fonts and on scripts with
    a crossorigin attribute: it is then the API's own, and nobody needs to allow it.
    """
    if not visited.setting.one_origin:
        assert "preflight" in visited.log
        return
    assert "preflight" not in visited.log
    for exchange in visited.exchanges:
        assert exchange.request_lines("Sec-Fetch-Site") == ["same-origin"], exchange
        if exchange.request_lines("Sec-Fetch-Dest") == ["empty"] and (
                exchange.method in ("GET", "HEAD")):
            assert exchange.request_lines("Origin") == [], exchange
        else:
            assert exchange.request_lines("Origin") in ([], [visited.own_origin]), exchange


def test_gateway_had_no_trouble(visited: Visit) -> None:
    assert [line for line in visited.log.splitlines()
            if line.startswith("cors serve: nginx: ")] == []


def test_log_tells_what_became_of_a_request(visited: Visit) -> None:
    setting = visited.setting
    if setting.one_origin:
        assert "same origin 201" in visited.log_of("POST /api/posts", APP)
        return
    assert "preflight allowed 204" in visited.log_of("POST /posts", APP)
    assert "preflight denied 403: origin-not-allowed" in visited.log_of("POST /posts", STRANGER)
    assert "allowed 201" in visited.log_of("POST /posts", APP)
    refused = {"off": "denied 201", "report": "denied, would be blocked 201",
               "block": "blocked 403"}[setting.enforce]
    assert f"{refused}: origin-not-allowed" in visited.log_of("POST /posts", STRANGER)


def test_log_names_the_nearest_allowed_origin(visited: Visit) -> None:
    if visited.setting.one_origin:
        assert "nearest" not in visited.log
        return
    assert f"nearest allowed: {visited.own_origin}" in visited.log_of("GET /posts", SIBLING)
    assert "nearest" not in visited.log_of("GET /posts", STRANGER)
