// SPDX-License-Identifier: MIT
// Makes the calls of one scenario after another, as the top page hands them in.
'use strict';

// The console gets a line of ours before each call and after the last, so that the lines between
// are known for the call's. Some come a moment after the call has ended.
const SETTLE_MS = 12;
const BEACON_MS = 150; // nothing tells script that a beacon has arrived
const CALL_MS_MAX = 15000;

const pause = (ms) => new Promise((done) => setTimeout(done, ms));

function makeBody(body) {
    if (!body) {
        return undefined;
    }
    const bytes = new TextEncoder().encode(body.text);
    const makers = {
        text: () => body.text,
        params: () => new URLSearchParams(body.text),
        form: () => {
            const form = new FormData();
            form.append('a', body.text);
            return form;
        },
        blob: () => new Blob([body.text], {type: body.type}),
        bytes: () => bytes,
        stream: () => new ReadableStream({
            start(controller) {
                controller.enqueue(bytes);
                controller.close();
            },
        }),
    };
    return makers[body.kind]();
}

async function callFetch(call) {
    const init = {
        method: call.method, mode: call.mode, credentials: call.credentials,
        redirect: call.redirect, cache: call.cache, headers: call.headers,
        body: makeBody(call.body),
    };
    if (call.body && call.body.kind === 'stream') {
        init.duplex = 'half';
    }
    const response = await fetch(call.url, init);
    return {
        result: 'ok', type: response.type, status: response.status,
        redirected: response.redirected, url: response.url,
        headers: [...new Set(response.headers.keys())].sort(),
    };
}

function callXhr(call) {
    return new Promise((done, fail) => {
        const xhr = new XMLHttpRequest();
        xhr.open(call.method, call.url);
        xhr.responseType = 'text'; // else Firefox tries to read XML
        xhr.withCredentials = call.credentials === 'include';
        if (call.upload_listener) {
            xhr.upload.addEventListener('progress', () => {});
        }
        for (const [name, value] of call.headers) {
            xhr.setRequestHeader(name, value);
        }
        xhr.onerror = fail;
        xhr.onload = () => done({
            result: 'ok', status: xhr.status, url: xhr.responseURL,
            headers: xhr.getAllResponseHeaders().split('\r\n').filter((line) => line)
                .map((line) => line.split(':')[0].toLowerCase()).sort(),
        });
        xhr.send(makeBody(call.body) ?? null);
    });
}

function setCrossOrigin(element, call) {
    if (call.mode === 'cors') {
        element.crossOrigin = call.credentials === 'include' ? 'use-credentials' : 'anonymous';
    }
}

function callElement(element, call, attribute) {
    return new Promise((done, fail) => {
        element.onload = () => done({result: 'ok'});
        element.onerror = fail;
        setCrossOrigin(element, call);
        element[attribute] = call.url;
        if (!(element instanceof HTMLImageElement)) {
            document.documentElement.append(element);
        }
    }).finally(() => element.remove());
}

function callModule(call) {
    const element = document.createElement('script');
    element.type = 'module';
    return callElement(element, call, 'src');
}

function callStylesheet(call) {
    const element = document.createElement('link');
    element.rel = 'stylesheet';
    return callElement(element, call, 'href');
}

async function callFont(call) {
    await new FontFace('Recorded', `url("${call.url}")`).load();
    return {result: 'ok'};
}

function callEventSource(call) {
    return new Promise((done, fail) => {
        const source = new EventSource(call.url,
                                       {withCredentials: call.credentials === 'include'});
        source.onopen = () => { source.close(); done({result: 'ok'}); };
        source.onerror = () => { source.close(); fail(); };
    });
}

async function callBeacon(call) {
    navigator.sendBeacon(call.url, makeBody(call.body));
    await pause(BEACON_MS);
    return {}; // script does not learn what became of it
}

const callers = {
    fetch: callFetch,
    xhr: callXhr,
    image: (call) => callElement(new Image(), call, 'src'),
    script: (call) => callElement(document.createElement('script'), call, 'src'),
    module: callModule,
    stylesheet: callStylesheet,
    font: callFont,
    eventsource: callEventSource,
    beacon: callBeacon,
};

const mark = (id, number) => reportError(`call ${id} ${number}`);

async function settled(call) {
    const overdue = pause(CALL_MS_MAX).then(() => ({result: 'hangs'}));
    const made = (async () => callers[call.initiator ?? 'fetch'](call))();
    return Promise.race([made.catch(() => ({result: 'error'})), overdue]);
}

async function runScenario(scenario) {
    const results = [];
    for (const [number, call] of scenario.fetches.entries()) {
        await pause(call.wait ?? 0);
        mark(scenario.id, number);
        results.push(await settled(call));
        await pause(SETTLE_MS);
    }
    mark(scenario.id, 'end');
    return results;
}

addEventListener('message', async (event) => {
    event.ports[0].postMessage(await runScenario(event.data));
});
parent.postMessage('ready', '*');
