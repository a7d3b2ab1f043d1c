// SPDX-License-Identifier: MIT
/**
 * One application, written for each framework: framework_applications.mjs settings.json
 *
 * The middleware stands before a rule that lets nobody without Authorization into /private. Each
 * path answers in a way that middleware may fail to cover. Prints "listens PORT" once it does, and
 * a line for each decision.
 */
import {readFileSync} from 'node:fs';
import http from 'node:http';
import http2 from 'node:http2';
import {createRequire} from 'node:module';
import {Readable} from 'node:stream';
import {pathToFileURL} from 'node:url';

const settings = JSON.parse(readFileSync(process.argv[2], 'utf8'));
const {cors, fastifyCors, koaCors, honoCors, withCors} =
    await import(pathToFileURL(settings.library).href);
const require = createRequire(settings.modules);
const requireOwn = createRequire(settings.ownModules);

const options = {
    ...settings.options,
    onDecision(decision, request) {
        console.log(JSON.stringify({decision, request}));
    },
    onProblem(problems, message) {
        console.log(JSON.stringify({problems: problems.map(({rule}) => rule), message}));
    },
};

/** Lines that the policy owns, which must not get out. */
const OWN_LINES = {
    'Access-Control-Allow-Origin': '*', 'access-control-allow-credentials': 'false',
    'Access-Control-Max-Age': '1', 'Vary': 'Accept-Language',
};

const isPrivate = (path) => path.startsWith('/private');

const pieces = () => Readable.from(['one ', 'two ', 'three']);

/** What raw responses of Node's can do; also in Express. */
const rawAnswers = {
    '/items'(request, response) {
        response.setHeader('Vary', 'Accept');
        if (request.method === 'OPTIONS') {
            response.setHeader('X-Reached', 'yes');
        }
        response.end('[]');
    },
    '/own'(request, response) {
        Object.entries(OWN_LINES).forEach(([name, value]) => response.setHeader(name, value));
        response.end('own');
    },
    '/head-object'(request, response) {
        response.writeHead(200, {...OWN_LINES, 'X-One': '1'}).end('head');
    },
    '/head-array'(request, response) {
        response.writeHead(200, ['Set-Cookie', 'a=1', 'Set-Cookie', 'b=2',
            ...Object.entries(OWN_LINES).flat(), 'Vary', 'Cookie']);
        response.end('head');
    },
    '/head-message'(request, response) {
        response.writeHead(202, 'Taken', {...OWN_LINES, 'Vary': ['Accept-Language', 'Cookie']});
        response.end('head');
    },
    '/vary-list'(request, response) {
        response.setHeader('Vary', ['Accept', 'origin']);
        response.end('vary');
    },
    '/vary-star'(request, response) {
        response.setHeader('Vary', '*');
        response.end('vary');
    },
    '/vary-removed'(request, response) {
        response.getHeaderNames().forEach((name) => response.removeHeader(name));
        response.end('vary');
    },
    '/seen'(request, response) {
        response.end(JSON.stringify([response.getHeader('access-control-allow-origin'),
            response.getHeader('vary')]));
    },
    '/stream'(request, response) {
        response.flushHeaders();
        pieces().pipe(response);
    },
    '/piped'(request, response) { // as proxies do it
        http.get({port: settings.upstream, host: '127.0.0.1', path: '/'}, (upstream) => {
            response.writeHead(upstream.statusCode, upstream.rawHeaders);
            upstream.pipe(response);
        });
    },
    '/redirect'(request, response) {
        response.writeHead(302, {Location: '/items'}).end();
    },
    '/unchanged'(request, response) {
        response.writeHead(304).end();
    },
    '/private'(request, response) {
        response.end('secret');
    },
};

function answerRaw(request, response, error) {
    const path = request.url.split('?')[0];
    if (error || path === '/failing') {
        response.statusCode = 500;
        response.end('failed');
    } else if (isPrivate(path) && !request.headers.authorization) {
        response.writeHead(401).end();
    } else if (rawAnswers[path]) {
        rawAnswers[path](request, response);
    } else {
        response.writeHead(404).end();
    }
}

function listen(server) {
    server.listen(0, '127.0.0.1', () => console.log(`listens ${server.address().port}`));
}

function express(name) {
    const app = require(name)();
    app.use(cors(settings.policy, options));
    app.use((request, response, next) =>
        isPrivate(request.path) && !request.headers.authorization
            ? response.sendStatus(401) : next());
    for (const [path, answer] of Object.entries(rawAnswers)) {
        app.all(path, answer);
    }
    app.all('/failing', () => {
        throw new Error('out of order');
    });
    app.all('/failing-later', async () => {
        throw new Error('out of order');
    });
    const proxy = requireOwn('http-proxy').createProxyServer();
    app.all('/proxied', (request, response) =>
        proxy.web(request, response, {target: `http://127.0.0.1:${settings.upstream}`}));
    listen(http.createServer(app));
}

function plain() {
    const middleware = cors(settings.policy, options);
    listen(http.createServer((request, response) =>
        middleware(request, response, (error) => answerRaw(request, response, error))));
}

function overHttp2() {
    const middleware = cors(settings.policy, options);
    listen(http2.createServer((request, response) =>
        middleware(request, response, (error) => answerRaw(request, response, error))));
}

async function fastify(make) {
    const app = make();
    await app.register(fastifyCors, {policy: settings.policy, ...options});
    app.addHook('onRequest', async (request, reply) => {
        if (isPrivate(request.url) && !request.headers.authorization) {
            return reply.code(401).send('');
        }
    });
    app.route({method: ['GET', 'PUT', 'OPTIONS'], url: '/items', handler(request, reply) {
        reply.header('Vary', 'Accept');
        if (request.method === 'OPTIONS') {
            reply.header('X-Reached', 'yes');
        }
        return reply.send([]);
    }});
    app.get('/own', (request, reply) => reply.headers(OWN_LINES).send('own'));
    app.get('/failing', async () => {
        throw new Error('out of order');
    });
    app.get('/stream', (request, reply) => reply.send(pieces()));
    app.get('/redirect', (request, reply) => reply.code(302).header('Location', '/items').send());
    app.get('/unchanged', (request, reply) => reply.code(304).send());
    app.get('/private', (request, reply) => reply.send('secret'));
    app.get('/hijacked', (request, reply) => {
        reply.hijack();
        reply.raw.writeHead(200, OWN_LINES);
        reply.raw.end('raw');
    });
    app.get('/inject', async (request) => {
        const {origin} = request.headers;
        const {headers, statusCode} = await app.inject({url: '/items', headers: {origin}});
        return {statusCode, headers};
    });
    const address = await app.listen({port: 0, host: '127.0.0.1'});
    console.log(`listens ${new URL(address).port}`);
}

function koa() {
    const app = new (require('koa'))();
    app.silent = true;
    app.use(koaCors(settings.policy, options));
    app.use((context, next) => isPrivate(context.path) && !context.headers.authorization
        ? context.throw(401) : next());
    const answers = {
        '/items'(context) {
            context.set('Vary', 'Accept');
            if (context.method === 'OPTIONS') {
                context.set('X-Reached', 'yes');
            }
            context.body = [];
        },
        '/own'(context) {
            context.set(OWN_LINES);
            context.body = 'own';
        },
        '/failing'() {
            throw new Error('out of order');
        },
        '/stream'(context) {
            context.body = pieces();
        },
        '/redirect'(context) {
            context.redirect('/items');
        },
        '/unchanged'(context) {
            context.status = 304;
        },
        '/private'(context) {
            context.body = 'secret';
        },
        '/raw'(context) {
            context.respond = false;
            context.res.writeHead(200, OWN_LINES);
            context.res.end('raw');
        },
    };
    app.use((context) => answers[context.path]?.(context));
    listen(http.createServer(app.callback()));
}

/** Answers of fetch's kind, for Hono and for plain handlers. */
const fetchAnswers = {
    '/items': (request) => new Response('[]', {headers: {
        'Vary': 'Accept', ...(request.method === 'OPTIONS' ? {'X-Reached': 'yes'} : {})}}),
    '/own': () => new Response('own', {headers: OWN_LINES}),
    '/failing'() {
        throw new Error('out of order');
    },
    '/stream': () => new Response(Readable.toWeb(pieces())),
    '/redirect': (request) => Response.redirect(new URL('/items', request.url), 302),
    '/unchanged': () => new Response(null, {status: 304}),
    '/private': () => new Response('secret'),
    '/fetched': () => fetch(`http://127.0.0.1:${settings.upstream}/`),
};

async function hono() {
    const {Hono} = await import(pathToFileURL(require.resolve('hono')).href);
    const {serve} = require('@hono/node-server');
    const {RESPONSE_ALREADY_SENT} = require('@hono/node-server/utils/response');
    const app = new Hono();
    app.onError((error, context) => context.text('failed', 500));
    app.use(honoCors(settings.policy, options));
    app.use((context, next) => isPrivate(context.req.path) && !context.req.header('authorization')
        ? context.text('', 401) : next());
    for (const [path, answer] of Object.entries(fetchAnswers)) {
        app.all(path, (context) => answer(context.req.raw));
    }
    app.get('/text', (context) => {
        context.header('Vary', 'Accept');
        return context.text('text');
    });
    app.get('/raw', (context) => {
        context.env.outgoing.writeHead(200, OWN_LINES);
        context.env.outgoing.end('raw');
        return RESPONSE_ALREADY_SENT;
    });
    serve({fetch: app.fetch, port: 0, hostname: '127.0.0.1'},
        ({port}) => console.log(`listens ${port}`));
}

function wrapped() {
    const {serve} = require('@hono/node-server');
    console.error = () => {};
    const handler = (request) => {
        const {pathname} = new URL(request.url);
        if (isPrivate(pathname) && !request.headers.has('authorization')) {
            return new Response('', {status: 401});
        }
        return fetchAnswers[pathname]?.(request) ?? new Response('', {status: 404});
    };
    serve({fetch: withCors(handler, settings.policy, options), port: 0, hostname: '127.0.0.1'},
        ({port}) => console.log(`listens ${port}`));
}

const frameworks = {
    express: () => express('express'), express5: () => express('express5'), plain,
    http2: overHttp2, fastify: () => fastify(require('fastify')),
    fastify5: () => fastify(requireOwn('fastify5')), koa, hono, fetch: wrapped,
};
await frameworks[settings.framework]();
