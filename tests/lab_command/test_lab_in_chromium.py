# SPDX-License-Identifier: MIT
"""A page in a real Chromium: frames of other origins call scripted ones, and the page may not."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

from lab_serving import Lab, make_page, new_id
from tests.support.browser import CHROMIUM, opened

SECONDS = 60.0

# Puts the frames in place, asks for what is its own, and calls what its policy forbids.
PAGE = """\
const {hostname, port, hash} = location;
const id = hash.slice(1);
const tell = (words) => fetch(`/-/run/${id}/told?${new URLSearchParams(words)}`);
const frame = (host, sandbox) => {
    const element = document.createElement('iframe');
    if (sandbox) {
        element.sandbox = 'allow-scripts';
    }
    element.src = `http://${host}:${port}/-/frame.html#${id}`;
    document.body.append(element);
};
frame('app.localhost', false);
frame('app.localhost', true);
(async () => {
    const info = await (await fetch('/-/info')).json();
    const refused = await fetch(`http://api.localhost:${port}/-/run/${id}/open`).catch(() => 'no');
    await tell({who: 'page', port: info.port, direct: refused});
})();
"""

# Calls what is open to all, what is open to app.localhost, and what nobody answers.
FRAME = """\
const {port, hash} = location;
const id = hash.slice(1);
const api = `http://api.localhost:${port}/-/run/${id}`;
const call = async (path, options) => {
    try {
        const answer = await fetch(`${api}/${path}`, options);
        return `${answer.status} ${answer.headers.get('x-shown')} ${await answer.text()}`.trim();
    } catch {
        return 'failed';
    }
};
(async () => {
    const words = {
        who: self.origin,
        open: await call('open'),
        app: await call('app', {method: 'PUT', headers: {'X-A': '1'}}),
        nobody: await call('nobody'),
    };
    const told = `http://localhost:${port}/-/run/${id}/told?${new URLSearchParams(words)}`;
    await fetch(told, {mode: 'no-cors'}).catch(() => {});
})();
"""


def answers(lab: Lab, name: str) -> dict[str, Any]:
    app = f"http://app.localhost:{lab.port}"
    api = f"http://api.localhost:{lab.port}/-/run/{name}"
    shown = [["Access-Control-Expose-Headers", "X-Shown"], ["X-Shown", "b\xfccher"]]
    return {
        f"{api}/open": {"response": {
            "status": 299, "headers": [["Access-Control-Allow-Origin", "*"], *shown]}},
        f"{api}/app": {
            "preflight": {"status": 204, "headers": [
                ["Access-Control-Allow-Origin", app], ["Access-Control-Allow-Methods", "PUT"],
                ["Access-Control-Allow-Headers", "x-a"]]},
            "response": {"status": 201, "headers": [
                ["Access-Control-Allow-Origin", app], *shown]}}}


def told(lab: Lab, target: str) -> dict[str, dict[str, str]]:
    """What the page and its frames said, by who they are."""
    queries = [parse_qs(urlsplit(sent["url"]).query) for sent in lab.sent(target)
               if "/told?" in sent["url"]]
    return {query["who"][0]: {key: values[0] for key, values in query.items()}
            for query in queries}


def test_a_page_and_its_frames(tmp_path: Path) -> None:
    page = make_page(tmp_path / "page")
    (page / "index.html").write_text("<!doctype html><body><script src=page.js></script>")
    (page / "page.js").write_text(PAGE)
    (page / "frame" / "frame.html").write_text("<!doctype html><script src=frame.js></script>")
    (page / "frame" / "frame.js").write_text(FRAME)
    with Lab(page, tmp_path / "lab.log") as lab:
        lab.wait_until_ready()
        name = new_id()
        assert lab.script(answers(lab, name), name).status == 204
        target = f"/-/run/{name}/"
        app = f"http://app.localhost:{lab.port}"
        with opened(CHROMIUM, f"{lab.url}/#{name}") as browser:
            browser.wait_until(lambda: len(told(lab, target)) == 3, "the page and frames", SECONDS)
        said = told(lab, target)
        assert said["page"] == {"who": "page", "port": str(lab.port), "direct": "no"}
        assert said[app] == {"who": app, "open": "299 b\xfccher ok", "app": "201 b\xfccher ok",
                             "nobody": "failed"}
        assert said["null"] == {"who": "null", "open": "299 b\xfccher ok", "app": "failed",
                                "nobody": "failed"}
        sent = [(one["method"], one["origin"], one.get("access-control-request-headers"))
                for one in lab.sent(target) if one["url"].endswith("/app")]
        assert sorted(sent, key=str) == [
            ("OPTIONS", app, "x-a"), ("OPTIONS", "null", "x-a"), ("PUT", app, None)]
        assert lab.finish() == 0
