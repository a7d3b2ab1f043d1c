// SPDX-License-Identifier: MIT
// The page of an exchange, in a frame of its own origin: makes the calls that the lab hands it, and
// says what script was told of them. Served as it is.
'use strict';

/**
 * @typedef {{
 *   url: string, method: string, headers: Array<[string, string]>, initiator: string, mode: string,
 *   credentials: string, redirect: string, upload_listener: boolean,
 *   body: {kind: string, text: string, type: string} | null,
 * }} FrameCall
 *
 * @typedef {{
 *   result?: 'ok' | 'error' | 'hangs', type?: string, status?: number, redirected?: boolean,
 *   url?: string, headers?: string[], fields?: Array<[string, string]>, text?: string,
 *   more?: boolean, message?: string,
 * }} Told What script was told; a member that it was not told of is missing.
 */

{
    const CALL_MS_MAX = 15_000;
    const BODY_SHOWN = 1024;

    /** @type {Record<string, (text: string, type: string) => BodyInit>} */
    const bodies = {
        text: (text) => text,
        params: (text) => new URLSearchParams(text),
        form: (text) => {
            const form = new FormData();
            form.append('a', text);
            return form;
        },
        blob: (text, type) => new Blob([text], {type}),
        bytes: (text) => new TextEncoder().encode(text),
    };

    /** @param {FrameCall} call */
    const makeBody = ({body}) =>
        body ? bodies[body.kind](body.text, body.type) : undefined;

    /** @param {Iterable<string>} names */
    const sorted = (names) => [...new Set(names)].sort();

    /**
     * @param {FrameCall} call
     * @returns {Promise<Response>}
     */
    const fetched = (call) => fetch(call.url, {
        method: call.method, headers: call.headers, body: makeBody(call),
        mode: /** @type {RequestMode} */ (call.mode),
        credentials: /** @type {RequestCredentials} */ (call.credentials),
        redirect: /** @type {RequestRedirect} */ (call.redirect),
    });

    /** @param {Response} response */
    const seen = (response) => ({
        result: /** @type {const} */ ('ok'), type: response.type, status: response.status,
        redirected: response.redirected, url: response.url,
        headers: sorted(response.headers.keys()),
    });

    /**
     * @param {FrameCall} call
     * @returns {Promise<Told>}
     */
    async function callFetch(call) {
        return seen(await fetched(call));
    }

    /** The first bytes of a body, and whether there were more. @param {Response} response */
    async function beginningOf(response) {
        const reader = response.body?.getReader();
        const decoder = new TextDecoder();
        let text = '';
        for (;;) {
            const part = await reader?.read();
            if (!part || part.done) {
                return {text: text.slice(0, BODY_SHOWN), more: text.length > BODY_SHOWN};
            }
            text += decoder.decode(part.value, {stream: true});
            if (text.length > BODY_SHOWN) {
                await reader?.cancel();
                return {text: text.slice(0, BODY_SHOWN), more: true};
            }
        }
    }

    /**
     * A fetch with all that script can read of the answer.
     *
     * @param {FrameCall} call
     * @returns {Promise<Told>}
     */
    async function callAndRead(call) {
        const response = await fetched(call);
        return {...seen(response), fields: [...response.headers], ...await beginningOf(response)};
    }

    /**
     * @param {FrameCall} call
     * @returns {Promise<Told>}
     */
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
            xhr.onerror = () => fail(new Error('XMLHttpRequest: error'));
            xhr.onload = () => done({
                result: 'ok', status: xhr.status, url: xhr.responseURL,
                headers: sorted(xhr.getAllResponseHeaders().split('\r\n').filter((line) => line)
                    .map((line) => line.split(':')[0].toLowerCase())),
            });
            xhr.send(/** @type {XMLHttpRequestBodyInit | undefined} */ (makeBody(call)) ?? null);
        });
    }

    /**
     * Whether the answer came through, for what the lab's answers are no good as: their body is a
     * text, so images and fonts fail in any case. Timings tell script of a status that it may see;
     * that of a redirect tells nothing, since Firefox has it also for one that it did not follow.
     *
     * @param {string} url
     * @param {() => void} start
     * @returns {Promise<Told>}
     */
    function byTiming(url, start) {
        return new Promise((done) => {
            const observer = new PerformanceObserver((list) => {
                const entry = /** @type {PerformanceResourceTiming | undefined} */ (
                    list.getEntries().find(({name}) => name === url));
                if (entry) {
                    observer.disconnect();
                    const {responseStatus: status} = entry;
                    done([301, 302, 303, 307, 308].includes(status) ? {}
                        : {result: status > 0 ? 'ok' : 'error'});
                }
            });
            observer.observe({type: 'resource'});
            start();
        });
    }

    /**
     * @param {HTMLImageElement | HTMLScriptElement | HTMLLinkElement} element
     * @param {FrameCall} call
     */
    function setCrossOrigin(element, call) {
        if (call.mode === 'cors') {
            element.crossOrigin = call.credentials === 'include' ? 'use-credentials' : 'anonymous';
        }
    }

    /**
     * @param {HTMLScriptElement | HTMLLinkElement} element
     * @param {FrameCall} call
     * @returns {Promise<Told>}
     */
    function callElement(element, call) {
        return new Promise((done, fail) => {
            element.onload = () => done({result: 'ok'});
            element.onerror = () => fail(new Error('the element had an error event'));
            setCrossOrigin(element, call);
            if (element instanceof HTMLScriptElement) {
                element.src = call.url;
            } else {
                element.href = call.url;
            }
            document.body.append(element);
        }).finally(() => element.remove());
    }

    /** @param {FrameCall} call @param {string} type */
    function callScript(call, type) {
        const element = document.createElement('script');
        element.type = type;
        return callElement(element, call);
    }

    /** @param {FrameCall} call */
    function callStylesheet(call) {
        const element = document.createElement('link');
        element.rel = 'stylesheet';
        return callElement(element, call);
    }

    /** @param {FrameCall} call @returns {Promise<Told>} */
    function callImage(call) {
        const image = new Image();
        setCrossOrigin(image, call);
        if (call.mode === 'cors') {
            return byTiming(call.url, () => {
                image.src = call.url;
            });
        }
        return new Promise((done) => {
            image.onload = image.onerror = () => done({}); // a text as an image tells nothing
            image.src = call.url;
        });
    }

    /** @param {FrameCall} call @returns {Promise<Told>} */
    function callFont(call) {
        return byTiming(call.url, () => {
            new FontFace('Called', `url(${JSON.stringify(call.url)})`).load().catch(() => {});
        });
    }

    /** @param {FrameCall} call @returns {Promise<Told>} */
    function callEventSource(call) {
        return new Promise((done, fail) => {
            const source = new EventSource(call.url,
                {withCredentials: call.credentials === 'include'});
            source.onopen = () => {
                source.close();
                done({result: 'ok'});
            };
            source.onerror = () => {
                source.close();
                fail(new Error('EventSource: error'));
            };
        });
    }

    /** @param {FrameCall} call @returns {Promise<Told>} */
    async function callBeacon(call) {
        navigator.sendBeacon(call.url,
            /** @type {XMLHttpRequestBodyInit | undefined} */ (makeBody(call)));
        return {}; // script does not learn what became of it
    }

    /** @type {Record<string, (call: FrameCall) => Promise<Told>>} */
    const callers = {
        fetch: callFetch,
        read: callAndRead,
        xhr: callXhr,
        image: callImage,
        script: (call) => callScript(call, ''),
        module: (call) => callScript(call, 'module'),
        stylesheet: callStylesheet,
        font: callFont,
        eventsource: callEventSource,
        beacon: callBeacon,
    };

    /**
     * @param {FrameCall} call
     * @returns {Promise<Told>}
     */
    function made(call) {
        /** @type {Promise<Told>} */
        const overdue = new Promise((done) => {
            setTimeout(() => done({result: 'hangs'}), CALL_MS_MAX);
        });
        const told = (async () => callers[call.initiator](call))();
        return Promise.race([overdue, told.catch((fault) => (
            {result: /** @type {const} */ ('error'), message: String(fault)}))]);
    }

    /** Nobody has this page call other machines. @param {string} url */
    function isLocal(url) {
        try {
            const {protocol, hostname} = new URL(url);
            return /^https?:$/.test(protocol) &&
                /^(?:localhost|(?:.+\.)localhost|127(?:\.\d+){3}|\[::1\])$/.test(hostname);
        } catch {
            return false;
        }
    }

    /** The lab is on this machine, at this page's port. @param {MessageEvent} event */
    function isFromLab(event) {
        const origins = ['localhost', '127.0.0.1', '[::1]'].map((host) =>
            new URL(`http://${host}:${location.port || 80}`).origin);
        return event.source === parent && origins.includes(event.origin);
    }

    /** @param {MessagePort} port */
    function serve(port) {
        port.onmessage = async ({data}) => {
            const told = isLocal(data.call.url) ? await made(data.call)
                : {result: 'error', message: 'This page calls servers of this machine only.'};
            port.postMessage({number: data.number, told});
        };
    }

    addEventListener('message', (event) => {
        if (isFromLab(event) && event.data === 'lab: calls' && event.ports.length === 1) {
            serve(event.ports[0]);
        }
    });

    // Scripts that the lab answers with consist of this word.
    Object.defineProperty(globalThis, 'ok', {value: true});
    parent.postMessage('lab: ready', '*');
}
