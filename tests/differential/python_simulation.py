# SPDX-License-Identifier: MIT
"""A scenario of `cors simulate` played by Python's extension."""

from __future__ import annotations

from typing import Any

from libcors import _engine

Json = dict[str, Any]
SENT_TEXTS = (("origin", "origin"), ("access-control-request-method", "requested_method"),
              ("access-control-request-headers", "requested_headers"))
NO_ANSWER: Json = {"result": "error", "type": None, "status": None, "redirected": None,
                   "url": None, "headers": []}


def to_bytes(text: str) -> bytes:
    return text.encode("latin-1")


def to_text(data: bytes | None) -> str | None:
    """Bytes as the command prints them: text where they are UTF-8, else a character each."""
    if data is None:
        return None
    try:
        return data.decode()
    except UnicodeDecodeError:
        return data.decode("latin-1")


def lines_of(lines: Any) -> list[tuple[bytes, bytes]]:
    return [(to_bytes(name), to_bytes(value)) for name, value in lines]


def begin(browser: _engine.PageBrowser, scenario: Json, call: Json,
          now: int) -> _engine.PageFetch:
    body = call.get("body") or {"kind": "none"}
    choices = {key: call[key] for key in ("initiator", "mode", "credentials", "redirect", "cache",
                                          "upload_listener") if key in call}
    return _engine.PageFetch(
        browser, now, page=to_bytes(scenario["page"]), url=to_bytes(call["url"]),
        method=to_bytes(call.get("method", "GET")), headers=lines_of(call.get("headers", ())),
        body=body["kind"], body_type=to_bytes(body.get("type", "")),
        top=to_bytes(scenario.get("top", "")), **choices)


def noted(request: _engine.SentRequest) -> Json:
    """A request that was sent, as `cors simulate` lists it."""
    told: Json = {"method": to_text(request["method"]), "url": to_text(request["url"])}
    for name, member in SENT_TEXTS:
        value = request[member]  # type: ignore[literal-required]
        if value is not None:
            told[name] = to_text(value)
    return {**told, "credentials": request["credentials"]}


def ended(fetch: _engine.PageFetch, whys: list[str]) -> Json:
    outcome = fetch.outcome()
    if outcome["ok"]:
        names = {name.decode("latin-1").lower() for name in outcome["readable"]}
        told: Json = {"result": "ok", "type": outcome["type"], "status": outcome["status"],
                      "redirected": outcome["redirected"], "url": to_text(outcome["url"]),
                      "headers": sorted(names)}
    else:
        told = dict(NO_ANSWER)
    messages = outcome.get("messages") or {}
    return {**told, "code": outcome["code"], "preflight": outcome.get("preflight", False),
            "why_preflight": whys,
            "messages": {name: to_text(messages.get(name))
                         for name in ("chromium", "firefox", "safari")}}


def play(fetch: _engine.PageFetch, server: Json, now: int, sent: list[Json]) -> Json:
    whys: list[str] = []
    while not fetch.done:
        request = fetch.request()
        sent.append(noted(request))
        for why, what, _ in request["whys"]:
            told = f"{why} {to_text(what)}" if what else why
            whys += [told] if told not in whys else []
        answers = server.get(str(to_text(request["url"])), {})
        answer = answers.get("preflight" if request["preflight"] else "response")
        if answer is None:
            fetch.fail()
        else:
            fetch.answer(answer["status"], lines_of(answer["headers"]), None, now)
    return ended(fetch, whys)


def simulate(scenario: Json, name: str) -> Json:
    browser = _engine.create_page_browser(name)
    sent: list[Json] = []
    fetches = []
    now = 0
    for call in scenario["fetches"]:
        now += call.get("wait", 0)
        fetches.append(play(begin(browser, scenario, call, now), scenario["server"], now, sent))
    return {"fetches": fetches, "sent": sent}
