// SPDX-License-Identifier: MIT
// Plays scenarios through createBrowser over real sockets: a line of JSON in, a line out with what
// `cors simulate` would say, but that it all happened.
//
//     node replay.mjs BROWSER UNKNOWN [CERTIFICATE] < scenarios.jsonl
//
// UNKNOWN is what comes from URLs that a scenario does not mention: "404" or "nothing".
// A scenario may hold the `cookies` of the browser (else the page's host has one), and the
// `page_address` (else it is createBrowser's usual one).

import {readFileSync} from 'node:fs';
import {createInterface} from 'node:readline';
import {createBrowser} from '../../bindings/node/source/page_browser.js';
import {ScriptedAnswers} from './scripted_answers.mjs';

const COOKIE = 'page=1; Path=/';
const BODIES = {
    text: ({text}) => text,
    params: ({text}) => new URLSearchParams(text),
    form: ({text}) => {
        const form = new FormData();
        form.append('a', text);
        return form;
    },
    blob: ({text, type}) => new Blob([text], {type}),
    bytes: ({text}) => new TextEncoder().encode(text),
    stream: ({text}) => new ReadableStream({
        start(controller) {
            controller.enqueue(new TextEncoder().encode(text));
            controller.close();
        },
    }),
};

function initOf(call) {
    const {method, headers, mode, credentials, redirect, cache, initiator, body} = call;
    return {
        method, headers, mode, credentials, redirect, cache, initiator,
        uploadListener: call.upload_listener,
        body: body ? BODIES[body.kind](body) : undefined,
        duplex: body?.kind === 'stream' ? 'half' : undefined,
    };
}

async function resultOf(browser, call) {
    try {
        const response = await browser.fetch(call.url, initOf(call));
        await response.text().catch(() => {}); // bodies of scenarios are not in their codings
        return {
            result: 'ok', type: response.type, status: response.status,
            redirected: response.redirected, url: response.url,
            headers: [...new Set(response.headers.keys())].sort(), code: 'ok',
            preflight: false, messages: {},
        };
    } catch (error) {
        const blocked = error.cause;
        if (!(error instanceof TypeError)) {
            throw error;
        }
        return {
            result: 'error', code: blocked?.code ?? error.message,
            preflight: blocked?.preflight ?? false,
            messages: blocked?.messages ?? {}, rejection: error.message,
        };
    }
}

function cookiesOf({cookies, top, page}) {
    const origin = top ?? page;
    return cookies ?? (origin === 'null' ? {} : {[origin]: COOKIE});
}

async function play(name, answers, scenario) {
    let now = 1e12;
    answers.load(scenario);
    const browser = createBrowser({
        origin: scenario.page, top: scenario.top, browser: name,
        pageAddress: scenario.page_address, hosts: answers.hosts,
        cookies: cookiesOf(scenario),
        now: () => now,
    });
    const fetches = [];
    for (const call of scenario.fetches) {
        now += call.wait ?? 0;
        fetches.push(await resultOf(browser, call));
    }
    browser.close();
    return {id: scenario.id, fetches, sent: answers.sent};
}

const [name, unknown, certificate] = process.argv.slice(2);
const answers = new ScriptedAnswers(
    unknown === '404' ? 'HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n' : null);
await answers.start(certificate === undefined ? null : readFileSync(certificate));
for await (const line of createInterface({input: process.stdin})) {
    process.stdout.write(`${JSON.stringify(await play(name, answers, JSON.parse(line)))}\n`);
}
answers.stop();
