# SPDX-License-Identifier: MIT
"""The programs of two pages, one for Node and one for Python, used by pages in real browsers."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from tests.framework_pages.page_program import ROOT, read_page, running
from tests.support.browser import BROWSERS, Browser, opened
from tests.support.reporting_pages import reporting_pages

SECONDS = 120.0  # for all calls of both pages, which take some 5
LISTED, STRANGER = "localhost", "evil.localhost"
PROGRAMS = ("framework_express", "framework_flask")

# Each call with what script could see of it; then the other page.
PAGE = """<!doctype html><meta charset="utf-8"><title>calls</title><script type="module">
const {apis, next} = await (await fetch('/plan?' + location.hostname)).json();
const headers = {Authorization: 'me'};
const credentials = 'include';
const calls = {
    read: (api) => fetch(`${api}/api/orders`, {headers, credentials}),
    fails: (api) => fetch(`${api}/api/orders/1`, {method: 'PUT', headers, credentials}),
    unknown: (api) => fetch(`${api}/api/orders`, {credentials}),
    method: (api) => fetch(`${api}/api/orders`, {method: 'PATCH', headers}),
};
const seen = {};
for (const [name, api] of Object.entries(apis)) {
    seen[name] = {};
    for (const [what, call] of Object.entries(calls)) {
        seen[name][what] = await call(api).then(({status}) => status, (error) => error.name);
    }
}
await fetch('/report?' + location.hostname, {method: 'POST', body: JSON.stringify(seen)});
if (next) {
    location.href = next;
}
</script>"""

SEEN = {
    LISTED: {"read": 200, "fails": 500, "unknown": 401, "method": "TypeError"},
    STRANGER: dict.fromkeys(("read", "fails", "unknown", "method"), "TypeError"),
}


@pytest.fixture(name="seen", scope="module", params=BROWSERS, ids=lambda one: str(one.name))
def visit(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
          ) -> Iterator[dict[str, Any]]:
    browser: Browser = request.param
    with (pytest.MonkeyPatch.context() as patch, ExitStack() as started,
          reporting_pages((LISTED, STRANGER), PAGE) as pages):
        patch.setenv("CORS_ENV", "development")
        apis = {}
        for name in PROGRAMS:
            page = read_page(ROOT / "docs" / f"{name}.md")
            folder: Path = tmp_path_factory.mktemp("programs") / name
            folder.mkdir()
            apis[name] = f"http://127.0.0.1:{started.enter_context(running(page, folder))}"
        pages.begin(apis)
        with opened(browser, pages.url(LISTED)) as process:
            process.wait_until(pages.done, f"the pages in {browser.name}", SECONDS)
        yield pages.seen


@pytest.mark.parametrize("host", [LISTED, STRANGER])
@pytest.mark.parametrize("name", PROGRAMS)
def test_page_sees_what_the_policy_grants(seen: dict[str, Any], name: str, host: str) -> None:
    assert seen[host][name] == SEEN[host]
