// SPDX-License-Identifier: MIT
// Calls that a page of a real browser makes, and createBrowser too; and what script saw of each.
// A server answers as the URL says: see real_server.py.

const OPEN = [['Access-Control-Allow-Origin', '*']];

/** The lines that let one page in, with its cookies. */
function letIn(page) {
    return [['Access-Control-Allow-Origin', page], ['Access-Control-Allow-Credentials', 'true']];
}

const PREFLIGHT = {status: 204, headers: [...OPEN, ['Access-Control-Allow-Methods', 'PUT, DELETE'],
    ['Access-Control-Allow-Headers', 'content-type, x-a'], ['Access-Control-Max-Age', '60']]};

/** Makers of bodies, which do not go through JSON. */
const BODIES = {
    params: () => new URLSearchParams({a: 'b c', d: 'é'}),
    form: () => {
        const form = new FormData();
        form.append('name', 'value');
        return form;
    },
    blob: () => new Blob(['x'], {type: 'Text/Plain'}),
    json: () => new Blob(['{}'], {type: 'application/json'}),
    bytes: () => new TextEncoder().encode('xyz'),
};

const INTEGRITY = 'sha256-LPJNul+wow4m6DsqxbninhsWHlwfp0JecwQzYpOLmCQ='; // of "hello"

/**
 * `at`: whose URL, with `path`, else the name; an answer's `to` is where it redirects, and `then`
 * what comes from there.
 */
export function callsOf({page, sibling, stranger}) {
    const open = {headers: OPEN};
    const mine = {headers: letIn(page)};
    const include = {credentials: 'include'};
    const set = (...lines) => ({headers: [...letIn(page),
        ...lines.map((line) => ['Set-Cookie', line])]});
    const jar = (at, name, ...lines) => [
        {name: `${name}: set`, at, answer: set(...lines), init: include},
        {name: `${name}: sent`, at, answer: mine, init: include},
    ];
    const to = (at, answer, status = 302) => ({status, headers: OPEN, to: at, then: answer});
    return [
        {name: 'simple', at: sibling, answer: open},
        {name: 'at home', at: page, answer: {headers: [['X-Seen', '1']]}},
        {name: 'at home, POST', at: page, answer: {}, init: {method: 'POST', body: 'x'}},
        {name: 'no answer for us', at: sibling, answer: {}},
        {name: 'another site', at: stranger, answer: open},
        {name: 'all headers exposed', at: sibling, answer: {headers: [...OPEN, ['X-Seen', '1'],
            ['ETag', '"1"'], ['Access-Control-Expose-Headers', '*']]}},
        {name: 'one header exposed', at: sibling, answer: {headers: [...letIn(page),
            ['X-Seen', '1'], ['ETag', '"1"'], ['Access-Control-Expose-Headers', 'x-seen']]},
        init: include},
        {name: 'opaque', at: sibling, answer: {}, init: {mode: 'no-cors'}},
        {name: 'opaque POST', at: stranger, answer: {},
            init: {mode: 'no-cors', method: 'POST', body: 'x', headers: {'X-A': '1'}}},
        {name: 'same-origin away', at: sibling, answer: open, init: {mode: 'same-origin'}},
        ...Object.keys(BODIES).map((body) => (
            {name: `POST ${body}`, at: sibling, answer: {...open, preflight: PREFLIGHT}, body,
                init: {method: 'POST'}})),
        {name: 'POST text', at: sibling, answer: open, init: {method: 'post', body: 'é'}},
        {name: 'POST nothing', at: sibling, answer: open, init: {method: 'POST'}},
        {name: 'PUT', at: sibling, answer: {...open, preflight: PREFLIGHT},
            init: {method: 'put', body: 'x', headers: {'X-A': '1'}}},
        {name: 'PUT, in the cache', at: sibling, answer: {...open, preflight: PREFLIGHT},
            init: {method: 'put', body: 'x', headers: {'X-A': '1'}}, path: 'PUT'},
        {name: 'DELETE, in the cache', at: sibling, answer: {...open, preflight: PREFLIGHT},
            init: {method: 'DELETE'}, path: 'PUT'},
        {name: 'PATCH', at: sibling, answer: {...open, preflight: PREFLIGHT},
            init: {method: 'PATCH'}},
        {name: 'a header too many', at: sibling, answer: {...open, preflight: PREFLIGHT},
            init: {headers: {'X-A': '1', 'X-B': '2'}}},
        {name: 'preflight 401', at: sibling, init: {method: 'PUT'},
            answer: {...open, preflight: {...PREFLIGHT, status: 401}}},
        {name: 'preflight redirect', at: sibling, init: {method: 'PUT'},
            answer: {...open, preflight: {status: 307, headers: [...OPEN, ['Location', '/']]}}},
        {name: 'include and *', at: sibling, answer: open, init: include},
        {name: 'include', at: sibling, answer: mine, init: include},
        {name: 'HEAD', at: sibling, answer: open, init: {method: 'HEAD'}},
        ...[204, 404, 500].map((status) => (
            {name: `status ${status}`, at: sibling, answer: {...open, status}})),
        {name: 'compressed', at: sibling, answer: {...open, gzip: true}},
        ...['no-store', 'reload', 'no-cache'].map((cache) => (
            {name: `cache ${cache}`, at: sibling, answer: open, init: {cache}})),
        ...['no-referrer', 'origin', 'same-origin', 'unsafe-url', 'strict-origin'].map((policy) => (
            {name: `referrer ${policy}`, at: sibling, answer: open,
                init: {referrerPolicy: policy}})),
        {name: 'referrer at home', at: page, answer: {}, init: {referrer: '/here?x=1#y'}},
        {name: 'no referrer', at: sibling, answer: open, init: {referrer: ''}},
        {name: 'the right body', at: sibling, answer: open, init: {integrity: INTEGRITY}},
        {name: 'the wrong body', at: sibling, answer: {...open, gzip: true, body: 'other'},
            init: {integrity: INTEGRITY}},
        {name: 'keepalive', at: sibling, answer: open,
            init: {keepalive: true, method: 'POST', body: 'x'}},
        {name: 'a range', at: sibling, answer: open, init: {headers: {Range: 'bytes=0-1'}}},
        {name: 'redirect home to away', at: page, answer: {...to(sibling, mine), headers: []}},
        {name: 'redirect at home', at: page, answer: {...to(page, {}), headers: []}},
        {name: 'redirect away to away', at: sibling, answer: to(stranger, mine)},
        {name: 'redirect away to away, null', at: sibling, answer: to(stranger, open)},
        {name: 'redirect away and home', at: sibling, answer: to(page, open)},
        {name: 'redirect without a word', at: sibling, answer: {...to(sibling, open), headers: []}},
        ...[301, 302, 303, 307, 308].map((status) => (
            {name: `redirect ${status} of a POST`, at: sibling, answer: to(sibling, open, status),
                init: {method: 'POST', body: 'x'}})),
        ...['manual', 'error'].map((redirect) => (
            {name: `redirect ${redirect}`, at: sibling, answer: to(sibling, open),
                init: {redirect}})),
        {name: 'no such method', at: sibling, answer: open, init: {method: 'TRACE'}},
        {name: 'GET with a body', at: sibling, answer: open, init: {body: 'x'}},
        {name: 'no-cors PUT', at: sibling, answer: {}, init: {mode: 'no-cors', method: 'PUT'}},
        {name: 'navigate', at: sibling, answer: open, init: {mode: 'navigate'}},
        {name: 'no such header', at: sibling, answer: open, init: {headers: {'x y': '1'}}},
        {name: 'data:', url: 'data:text/plain,hi%20there'},
        // Cookies; those of a call before are still there.
        ...jar(page, 'at home', 'a=1', 'b=2; SameSite=Strict', 'c=3; Secure', 'd=4; HttpOnly'),
        ...jar(sibling, 'same site', 'a=1', 'b=2; SameSite=Lax', 'c=3; Secure; SameSite=None',
            'd=4; SameSite=None', 'e=5; Domain=shop.localhost', 'f=6; Domain=localhost',
            '__Host-g=7; Secure; Path=/', '__Secure-h=8', 'i=9; Path=/elsewhere'),
        ...jar(stranger, 'other site', 'a=1', 'b=2; SameSite=Lax', 'c=3; Secure; SameSite=None',
            'd=4; SameSite=None', 'e=5; SameSite=Strict'),
        {name: 'cookies stay home', at: sibling, answer: mine},
        {name: 'cookies after a blocked answer: set', at: sibling, init: include,
            answer: {headers: [['Set-Cookie', 'late=1']]}},
        {name: 'cookies after a blocked answer: sent', at: sibling, answer: mine, init: include},
        {name: 'cookies across a redirect', at: stranger, init: include, answer: {
            status: 302, headers: letIn(page), to: sibling, then: {headers: letIn('null')}}},
    ];
}

function urlOf(call, run) {
    if (call.url !== undefined) {
        return call.url;
    }
    const query = new URLSearchParams({run, answer: JSON.stringify(call.answer)});
    return `${call.at}/${encodeURIComponent(call.path ?? call.name)}?${query}`;
}

/** Headers that are none of CORS: Firefox adds one to data: URLs. */
function beside({url}) {
    return url === undefined ? [] : ['content-length'];
}

/** What script sees of a call. */
export async function seen(fetch, call, run) {
    const body = call.body === undefined ? {} : {body: BODIES[call.body]()};
    try {
        const response = await fetch(urlOf(call, run), {...call.init, ...body});
        return {
            name: call.name, type: response.type, status: response.status, ok: response.ok,
            redirected: response.redirected, url: response.url.replace(/run=\w+/g, ''),
            headers: [...response.headers.keys()].filter((name) => !beside(call).includes(name)),
            body: await response.text(),
        };
    } catch (error) {
        return {name: call.name, error: error.name, message: error.message};
    }
}
