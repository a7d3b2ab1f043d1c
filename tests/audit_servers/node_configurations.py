# SPDX-License-Identifier: MIT
"""Express, Fastify, Koa and Hono: by hand, and with the packages that their users take."""

from __future__ import annotations

from tests.audit_servers.configuration import (
    ANYONE, BESIDE_EVERYBODY, BESIDE_LOOK_ALIKES, FAULT, INFO, LOCAL, READS, SUBDOMAIN,
    Configuration, beyond, clean, reflecting)

LIST = "['https://app.example.com', 'https://admin.example.com']"


def cors(options: str) -> str:
    """Express's own, for all routes."""
    return f"const cors = require('cors');\napp.use(cors({options}));"


def by_hand(condition: str) -> str:
    """An allow-list without a package: `origin` is trusted if the condition holds."""
    return """
app.use((req, res, next) => {
  const origin = req.headers.origin || '';
  res.vary('Origin');
  if (%s) {
    res.setHeader('Access-Control-Allow-Origin', origin);
    res.setHeader('Access-Control-Allow-Credentials', 'true');
    res.setHeader('Access-Control-Allow-Methods', 'GET, POST, PUT, DELETE');
    res.setHeader('Access-Control-Allow-Headers', 'Content-Type, Authorization');
  }
  if (req.method === 'OPTIONS') return res.sendStatus(204);
  next();
});
""" % condition


EXPRESS = [
    reflecting("echo", """
app.use(function(req, res, next) {
  res.header('Access-Control-Allow-Origin', req.headers.origin);
  res.header('Access-Control-Allow-Credentials', true);
  res.header('Access-Control-Allow-Methods', 'GET,PUT,POST,DELETE,UPDATE,OPTIONS');
  res.header('Access-Control-Allow-Headers', 'X-Requested-With, Content-Type');
  if (req.method === 'OPTIONS') { res.sendStatus(200); } else { next(); }
});
"""),
    reflecting("any-origin", cors("{ origin: true, credentials: true }")),
    reflecting("any-origin-by-callback",
               cors("{ origin: (origin, callback) => callback(null, true) }"), READS),
    Configuration("everything-as-it-comes", cors(""), {"wildcard": INFO}, requests=16),
    Configuration("wildcard-and-credentials", cors("{ origin: '*', credentials: true }"),
                  {"wildcard-with-credentials": FAULT}, ("wildcard",), requests=16),
    # From the package's own README.
    Configuration("readme-pattern", cors(r"{ origin: /example\.com$/, credentials: true }"),
                  {"suffix-match": ANYONE, "insecure-origin": SUBDOMAIN},
                  BESIDE_LOOK_ALIKES + ("any-scheme",)),
    Configuration("subdomains", cors(r"{ origin: /\.example\.com$/, credentials: true }"),
                  {"any-subdomain": SUBDOMAIN, "insecure-origin": SUBDOMAIN}, ("any-scheme",)),
    Configuration("dots", cors("{ origin: /^https:\\/\\/app.example.com$/, credentials: true }"),
                  {"unescaped-dot": ANYONE}),
    Configuration("null-for-the-mobile-application",
                  cors("{ origin: ['https://app.example.com', 'null'], credentials: true }"),
                  {"null-origin": ANYONE}),
    Configuration("developers-too", cors(
        "{ origin: ['https://app.example.com', 'http://localhost:3000'], credentials: true }"),
        {"loopback-origin": LOCAL}),
    Configuration("ends-in-domain", by_hand("origin.endsWith('example.com')"),
                  {"suffix-match": ANYONE, "insecure-origin": SUBDOMAIN},
                  BESIDE_LOOK_ALIKES + ("any-scheme",)),
    Configuration("name-anywhere", by_hand("origin.includes('example.com')"),
                  {"substring-match": ANYONE},
                  BESIDE_LOOK_ALIKES + ("any-scheme", "prefix-match", "suffix-match")),
    Configuration("begins-with-origin", by_hand("origin.startsWith('https://app.example.com')"),
                  {"prefix-match": ANYONE}, BESIDE_LOOK_ALIKES),
    # A text where a list was meant: https://app.example.co is a part of it.
    beyond("list-is-a-text", by_hand(
        "origin && 'https://app.example.com,https://admin.example.com'.includes(origin)"),
        "substring-match"),
    beyond("previews-of-anybody", by_hand(
        "origin === 'https://app.example.com' || "
        r"/^https:\/\/[a-z0-9-]+\.netlify\.app$/.test(origin)"), "shared-hosting"),
    Configuration("private-network", by_hand(
        "origin === 'https://app.example.com' || "
        r"/^http:\/\/192\.168\.\d+\.\d+(:\d+)?$/.test(origin)"),
        {"private-address-origin": "low medium high"}, ("insecure-origin",)),
    # `app.use(cors())` is missing: OPTIONS has Express's own answer.
    Configuration("only-get", f"""
const cors = require('cors');
app.get('/api/items', cors({{ origin: {LIST} }}), (req, res) => res.json([]));
""", {"preflight-fails": FAULT}, ("errors-lack-headers",)),
    Configuration("max-age-in-words", cors(f"{{ origin: {LIST}, maxAge: '1 day' }}"),
                  {"max-age-invalid": FAULT}),
    Configuration("token-for-script", cors(
        f"{{ origin: {LIST}, credentials: true, exposedHeaders: ['Authorization'] }}"),
        {"exposes-sensitive-header": "info low medium"}),
    clean("list", cors(f"{{ origin: {LIST}, credentials: true }}")),
    clean("list-with-all-options", cors(
        f"{{ origin: {LIST}, credentials: true, methods: ['GET', 'PUT'], maxAge: 600,"
        " allowedHeaders: ['Content-Type', 'Authorization'], exposedHeaders: ['ETag'] }")),
    clean("one-origin", cors("{ origin: 'https://app.example.com', credentials: true }")),
    clean("no-origin", cors("{ origin: false }")),
    # From the package's README: who is not on the list gets an error, without any header.
    clean("list-or-error", f"const allowlist = {LIST};\n" + cors("""{
  credentials: true,
  origin: function (origin, callback) {
    if (allowlist.indexOf(origin) !== -1 || !origin) {
      callback(null, true);
    } else {
      callback(new Error('Not allowed by CORS'));
    }
  }
}""")),
    clean("by-hand", by_hand(f"{LIST}.includes(origin)")),
    clean("pattern-of-two", by_hand(r"/^https:\/\/(app|admin)\.example\.com$/.test(origin)")),
]


def fastify(options: str) -> str:
    return f"fastify.register(require('@fastify/cors'), {options});"


FIRST = """
app.use((req, res, next) => {
  const { origin } = req.headers;
  res.vary('Origin');
  res.setHeader('Access-Control-Allow-Origin', %s ? origin : 'https://app.example.com');
  res.setHeader('Access-Control-Allow-Credentials', 'true');
  if (req.method === 'OPTIONS') return res.sendStatus(204);
  next();
});
"""


# An answer of one's own, to whoever has the session; the cookie goes along across sites, or not.
def session(same_site: str) -> str:
    return """
app.use(require('cors')({ origin: true, credentials: true }));
app.get('/api/me', (req, res) => {
  res.setHeader('Set-Cookie', 'session=ada; Secure; HttpOnly; SameSite=%s');
  res.json({ name: /session=ada/.test(req.headers.cookie) ? 'Ada' : null });
});
""" % same_site


EXPRESS += [
    Configuration("session-across-sites", session("None"), {"reflected-origin": "critical"},
                  BESIDE_EVERYBODY, 6, options=("--cookie", "session=ada"), path="/api/me"),
    Configuration("session-of-the-site", session("Lax"), {"reflected-origin": "low medium"},
                  BESIDE_EVERYBODY, 6, options=("--cookie", "session=ada"), path="/api/me"),
    # Who is not on the list is told of its first entry.
    clean("list-or-first", FIRST % f"{LIST}.includes(origin)"),
    Configuration("subdomains-or-first", FIRST % r"/^https:\/\/[a-z]+\.example\.com$/.test(origin)",
                  {"any-subdomain": SUBDOMAIN}),
    Configuration("null-or-first", FIRST % "origin === 'null'", {"null-origin": ANYONE}),
]

FASTIFY = [
    reflecting("any-origin", fastify("{ origin: true, credentials: true }")),
    reflecting("echo", """
fastify.addHook('onRequest', async (request, reply) => {
  reply.header('Access-Control-Allow-Origin', request.headers.origin || '*');
  reply.header('Access-Control-Allow-Credentials', 'true');
});
fastify.options('*', async (request, reply) => reply.code(204).send());
"""),
    Configuration("everything-as-it-comes", fastify("{}"), {"wildcard": INFO}, requests=16),
    Configuration("pattern-without-dot", fastify(r"{ origin: /example\.com$/, credentials: true }"),
                  {"suffix-match": ANYONE, "insecure-origin": SUBDOMAIN},
                  BESIDE_LOOK_ALIKES + ("any-scheme",)),
    # From its README: the host is compared, whatever the scheme and the port.
    Configuration("readme-localhost", fastify("""{
  credentials: true,
  origin: (origin, cb) => {
    const hostname = origin ? new URL(origin).hostname : '';
    if (['app.example.com', 'localhost'].includes(hostname)) { cb(null, true); return; }
    cb(null, false);
  }
}"""), {"loopback-origin": LOCAL, "insecure-origin": SUBDOMAIN, "any-port": LOCAL},
        ("any-scheme",)),
    clean("list", fastify(f"{{ origin: {LIST}, credentials: true }}")),
    clean("list-or-error", fastify(f"""{{
  origin: (origin, cb) => {{
    if (!origin || {LIST}.includes(origin)) {{ cb(null, true); return; }}
    cb(new Error('Not allowed'), false);
  }}
}}""")),
]


def koa(options: str) -> str:
    return f"const cors = require('@koa/cors');\napp.use(cors({options}));"


KOA = [
    reflecting("echo", """
app.use(async (ctx, next) => {
  ctx.set('Access-Control-Allow-Origin', ctx.get('Origin'));
  ctx.set('Access-Control-Allow-Credentials', 'true');
  ctx.set('Access-Control-Allow-Headers', 'Content-Type');
  if (ctx.method === 'OPTIONS') { ctx.status = 204; } else { await next(); }
});
"""),
    reflecting("any-origin", koa("{ origin: (ctx) => ctx.get('Origin'), credentials: true }")),
    Configuration("everything-as-it-comes", koa(""), {"wildcard": INFO}, requests=16),
    # It mirrors the headers that are asked for, and does not say so in Vary.
    clean("list", koa(f"{{ origin: (ctx) => {LIST}.find((each) => each === ctx.get('Origin')) "
                      "|| '', credentials: true }"), allowed=("headers-too-wide",)),
    clean("one-origin", koa("{ origin: 'https://app.example.com' }")),
]


def hono(options: str) -> str:
    return f"const {{ cors }} = require('hono/cors');\napp.use('*', cors({options}));"


HONO = [
    reflecting("any-origin", hono("{ origin: (origin) => origin, credentials: true }")),
    Configuration("everything-as-it-comes", hono(""), {"wildcard": INFO}, requests=16),
    # From its documentation: others are told of an origin that is not encrypted.
    Configuration("documented-subdomains", hono("""{
  credentials: true,
  origin: (origin, c) => origin.endsWith('.example.com') ? origin : 'http://example.com',
}"""), {"any-subdomain": SUBDOMAIN, "insecure-origin": SUBDOMAIN}, ("any-scheme",)),
    clean("list", hono(f"{{ origin: {LIST}, credentials: true }}")),
    clean("one-origin", hono("{ origin: 'https://app.example.com' }")),
]
