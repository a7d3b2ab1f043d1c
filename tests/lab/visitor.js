// SPDX-License-Identifier: MIT
// Opens the lab's pages in Chromium, and watches each for what no page of it may do: report an
// error or a warning in the console, break its Content-Security-Policy, ask another host.
import assert from 'node:assert/strict';
import {chromium} from '../../lab/node_modules/playwright-core/index.mjs';

const CHROMIUM = process.env.LAB_CHROMIUM ?? '/usr/bin/chromium';
const WAIT_MS = 20_000; // for one condition; far above what any takes
const PERMISSIONS = ['clipboard-read', 'clipboard-write'];

/**
 * Whether a note is about a call that "Try it for real" makes: many are made to fail, and what the
 * console says of them is what the room is about.
 *
 * @param {string} note
 */
export function isOfTrials(note) {
    return /\/-\/(run|frame)/.test(note);
}

/** Runs in each frame before its own scripts. */
function reportViolations() {
    document.addEventListener('securitypolicyviolation', (event) => {
        globalThis.noteViolation(`${event.violatedDirective} ${event.blockedURI} ` +
            `${event.sourceFile}:${event.lineNumber} ${event.sample}`);
    });
}

/** What one check does in the browser: contexts of its own, each with a page. */
export class Visit {
    /** @param {import('playwright-core').Browser} browser */
    constructor(browser) {
        this.browser = browser;
        this.lab = process.env.LAB_URL ?? '';
        this.plain = process.env.LAB_PLAIN_URL ?? '';
        /** @type {import('playwright-core').BrowserContext[]} */
        this.contexts = [];
        /** @type {string[]} */
        this.noted = [];
        /** What the check hands to Python, by name. @type {Record<string, unknown>} */
        this.told = {};
        /** Which notes are no fault in this check. @type {(note: string) => boolean} */
        this.expects = () => false;
    }

    /**
     * The page, once the room that the fragment names stands there.
     *
     * @param {string} hash
     * @param {{at?: string, width?: number, height?: number, scheme?: 'light' | 'dark',
     *   reducedMotion?: 'reduce' | 'no-preference', script?: string, scale?: number}} [options]
     */
    async open(hash, options = {}) {
        const page = await this.blank(options);
        await page.goto(`${options.at ?? this.lab}/${hash}`);
        await this.ready(page);
        return page;
    }

    /** A watched page, where nothing is opened yet. */
    async blank({width = 1280, height = 900, scheme = 'light', reducedMotion = 'reduce', script,
        scale = 1} = {}) {
        const context = await this.browser.newContext({
            viewport: {width, height}, colorScheme: scheme, reducedMotion,
            deviceScaleFactor: scale, permissions: PERMISSIONS,
        });
        this.contexts.push(context);
        context.setDefaultTimeout(WAIT_MS);
        await this.watch(context);
        if (script) {
            await context.addInitScript({path: script});
        }
        return context.newPage();
    }

    /** @param {import('playwright-core').Page} page */
    async ready(page) {
        await page.locator('html[data-ready] main[data-room] h1, main [role="alert"] h1').waitFor();
        assert.equal(await page.locator('html[data-ready]').count(), 1,
            await page.locator('main').innerText());
    }

    /** @param {import('playwright-core').BrowserContext} context */
    async watch(context) {
        await context.exposeBinding('noteViolation',
            (_, text) => this.note(`policy violation: ${text}`));
        await context.addInitScript(reportViolations);
        context.on('console', (message) => {
            if (['error', 'warning'].includes(message.type())) {
                this.note(`console ${message.type()}: ${message.text()} ` +
                    `(${message.location().url})`);
            }
        });
        context.on('weberror', (error) => this.note(`exception: ${error.error().stack}`));
        context.on('request', (request) => {
            const url = new URL(request.url());
            if (![this.lab, this.plain].includes(url.origin) &&
                !['data:', 'blob:', 'about:'].includes(url.protocol)) {
                this.note(`request to ${url.origin}${url.pathname}`);
            }
        });
    }

    /** @param {string} text */
    note(text) {
        if (!this.expects(text)) {
            this.noted.push(text);
        }
    }

    assertNothingNoted() {
        assert.deepEqual(this.noted, []);
    }

    /** Where a check stood when it failed. */
    async describe() {
        const pages = this.contexts.flatMap((context) => context.pages());
        const places = pages.map((page) => `at ${page.url().slice(0, 2000)}`);
        return [...places, ...this.noted].join('\n');
    }

    async end() {
        await Promise.all(this.contexts.map((context) => context.close()));
    }
}

export class Visitor {
    static async start() {
        const browser = await chromium.launch({
            executablePath: CHROMIUM,
            args: ['--no-sandbox', '--disable-quic', '--disable-background-networking'],
        });
        return new Visitor(browser);
    }

    /** @param {import('playwright-core').Browser} browser */
    constructor(browser) {
        this.browser = browser;
    }

    visit() {
        return new Visit(this.browser);
    }

    end() {
        return this.browser.close();
    }
}
