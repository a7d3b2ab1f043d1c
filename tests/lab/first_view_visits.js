// SPDX-License-Identifier: MIT
// What the first view costs, and what it leaves for later.
import assert from 'node:assert/strict';

const FIRST_VIEW_MAX = 150_000; // bytes, as sent
const ENGINE_MAX = 100_000; // bytes, not compressed, without the public suffix list

/** Everything that a new browser loads until the first view is quiet, with its size as sent. */
async function loadedFiles(visit) {
    const page = await visit.blank();
    const requests = [];
    page.on('requestfinished', (request) => requests.push(request));
    await page.goto(`${visit.lab}/`);
    await visit.ready(page);
    await page.waitForLoadState('networkidle');
    return Promise.all(requests.map(async (request) => {
        const {responseBodySize, responseHeadersSize} = await request.sizes();
        const response = await request.response();
        return {
            name: new URL(request.url()).pathname,
            bytes: responseBodySize + responseHeadersSize,
            method: request.method(),
            headers: await response.allHeaders(),
        };
    }));
}

export const checks = {
    'the first view is small, and loads each file once': async (visit) => {
        const files = await loadedFiles(visit);
        const bytes = files.reduce((sum, file) => sum + file.bytes, 0);
        visit.told = {bytes, files: files.map(({name, bytes: each}) => `${name} ${each}`)};
        assert.ok(bytes > 20_000 && bytes < FIRST_VIEW_MAX, JSON.stringify(visit.told));
        const names = files.filter(({method}) => method === 'GET').map(({name}) => name);
        assert.deepEqual(names, [...new Set(names)]);
        assert.ok(names.includes('/libcors.wasm'));
        assert.ok(!names.includes('/suffixes.bin'), 'suffixes come with the first policy');
    },

    'what compresses is sent compressed': async (visit) => {
        const files = await loadedFiles(visit);
        const kinds = files.filter(({name}) => /(^\/|\.(js|css|wasm|svg))$/.test(name));
        assert.ok(kinds.length >= 4);
        for (const {name, headers} of kinds) {
            assert.equal(headers['content-encoding'], 'gzip', name);
        }
    },

    'the engine is small': async (visit) => {
        const page = await visit.open('');
        const bytes = await page.evaluate(async () =>
            (await (await fetch('libcors.wasm')).arrayBuffer()).byteLength);
        assert.ok(bytes > 10_000 && bytes < ENGINE_MAX, `${bytes} bytes`);
    },

    'the engine imports nothing': async (visit) => {
        const page = await visit.open('');
        const imports = await page.evaluate(async () => {
            const bytes = await (await fetch('libcors.wasm')).arrayBuffer();
            return WebAssembly.Module.imports(await WebAssembly.compile(bytes));
        });
        assert.deepEqual(imports, []);
    },

    'the policy in the headers is that of the page, and stricter': async (visit) => {
        const page = await visit.blank();
        const response = await page.goto(`${visit.lab}/`);
        const sent = (await response.allHeaders())['content-security-policy'];
        await visit.ready(page);
        const inPage = await page.locator('meta[http-equiv="Content-Security-Policy"]')
            .getAttribute('content');
        const directives = (text) => text.split(';').map((each) => each.trim()).filter(Boolean);
        for (const directive of directives(inPage)) {
            assert.ok(directives(sent).includes(directive), `${directive} is not in: ${sent}`);
        }
        assert.ok(directives(sent).includes("frame-ancestors 'none'"), sent);
        assert.ok(!/unsafe-inline|'unsafe-eval'/.test(sent), sent);
    },

    'markup put into the page runs nothing': async (visit) => {
        visit.expects = (note) => /Content.Security.Policy|policy violation/.test(note);
        const page = await visit.open('');
        await page.evaluate(() => {
            const box = document.createElement('div');
            box.innerHTML = '<img src="data:," onerror="globalThis.ran = true">' +
                '<iframe srcdoc="<script>parent.ran = true</script>"></iframe>';
            document.body.append(box);
            const script = document.createElement('script');
            script.textContent = 'globalThis.ran = true';
            document.body.append(script);
        });
        await page.waitForFunction(() => document.images.length > 0 && document.images[0].complete);
        assert.equal(await page.evaluate(() => globalThis.ran), undefined);
    },
};
