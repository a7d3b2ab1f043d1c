# SPDX-License-Identifier: MIT
"""Apache, Caddy, HAProxy, PHP and functions behind a gateway, as people have them configured."""

from __future__ import annotations

from tests.audit_servers.configuration import (
    ANYONE, BESIDE_LOOK_ALIKES, CACHED, FAULT, INFO, READS, SUBDOMAIN, Configuration, beyond,
    clean, reflecting)

PREFLIGHT = """
RewriteEngine On
RewriteCond %{REQUEST_METHOD} =OPTIONS
RewriteRule ^ - [R=204,L]
"""
GOOD_APACHE = r"""
SetEnvIf Origin "^https://(app|admin)\.example\.com$" ORIGIN_OK=$0
Header always set Access-Control-Allow-Origin "%{ORIGIN_OK}e" env=ORIGIN_OK
Header always set Access-Control-Allow-Credentials "true" env=ORIGIN_OK
Header always set Access-Control-Allow-Headers "Content-Type" env=ORIGIN_OK
Header always merge Vary Origin
""" + PREFLIGHT

APACHE = [
    reflecting("echo", """
SetEnvIf Origin "^(.*)$" ORIGIN_DOMAIN=$1
Header always set Access-Control-Allow-Origin "%{ORIGIN_DOMAIN}e" env=ORIGIN_DOMAIN
Header always set Access-Control-Allow-Credentials "true"
Header always set Access-Control-Allow-Methods "POST, GET, OPTIONS, DELETE, PUT"
""" + PREFLIGHT),
    reflecting("echo-with-an-expression", """
Header always set Access-Control-Allow-Origin "expr=%{HTTP:Origin}"
Header always set Vary Origin
""" + PREFLIGHT, READS),
    # The answer with the most votes.
    Configuration("two-domains", """
SetEnvIf Origin "http(s)?://(www\\.)?(example.com|example.org)$" AccessControlAllowOrigin=$0
Header add Access-Control-Allow-Origin %{AccessControlAllowOrigin}e env=AccessControlAllowOrigin
Header merge Vary Origin
""" + PREFLIGHT, {"insecure-origin": READS}, ("errors-lack-headers", "preflight-fails")),
    Configuration("name-anywhere", GOOD_APACHE.replace(
        GOOD_APACHE.splitlines()[1], 'SetEnvIf Origin "example\\.com" HAS_NAME\n'
        'SetEnvIf Origin "^(.*)$" ORIGIN_OK=$1').replace("env=ORIGIN_OK", "env=HAS_NAME"),
        {"substring-match": ANYONE}, BESIDE_LOOK_ALIKES + ("prefix-match", "suffix-match")),
    Configuration("wildcard", 'Header set Access-Control-Allow-Origin "*"\n', {"wildcard": INFO},
                  ("errors-lack-headers", "preflight-fails"), requests=16),
    # Apache's answer to OPTIONS is R=204, which loses the headers too.
    Configuration("without-always", GOOD_APACHE.replace("Header always", "Header"),
                  {"errors-lack-headers|preflight-fails": FAULT}),
    Configuration("without-vary", GOOD_APACHE.replace("Header always merge Vary Origin", ""),
                  {"missing-vary": CACHED}),
    clean("list", GOOD_APACHE),
]

CADDY_PREFLIGHT = "@preflight method OPTIONS\nrespond @preflight 204\n"
GOOD_CADDY = r"""
@listed header_regexp Origin ^https://(app|admin)\.example\.com$
header Vary Origin
header @listed Access-Control-Allow-Origin {header.Origin}
header @listed Access-Control-Allow-Credentials true
header @listed Access-Control-Allow-Headers Content-Type
""" + CADDY_PREFLIGHT


def caddy(matcher: str) -> str:
    return GOOD_CADDY.replace(r"header_regexp Origin ^https://(app|admin)\.example\.com$", matcher)


CADDY = [
    reflecting("echo", """
header {
    Access-Control-Allow-Origin {header.Origin}
    Access-Control-Allow-Credentials true
    Access-Control-Allow-Methods *
    Access-Control-Allow-Headers *
}
""" + CADDY_PREFLIGHT),
    Configuration("name-anywhere", caddy(r"header_regexp Origin example\.com"),
                  {"substring-match": ANYONE},
                  BESIDE_LOOK_ALIKES + ("prefix-match", "suffix-match")),
    Configuration("ends-in-domain", caddy("header Origin *example.com"), {"suffix-match": ANYONE},
                  BESIDE_LOOK_ALIKES + ("any-scheme",)),
    Configuration("subdomains-of-any-scheme", caddy("header Origin *.example.com"),
                  {"any-subdomain": SUBDOMAIN, "insecure-origin": SUBDOMAIN}, ("any-scheme",)),
    Configuration("begins-with-host", caddy("header Origin https://app.example.com*"),
                  {"prefix-match": ANYONE}, BESIDE_LOOK_ALIKES),
    Configuration("wildcard", "header Access-Control-Allow-Origin *\n" + CADDY_PREFLIGHT,
                  {"wildcard": INFO}, requests=16),
    clean("list", GOOD_CADDY),
    clean("names", caddy("header Origin https://app.example.com")),
    # The gist: a snippet with the origin as its argument.
    clean("gist", """
@cors_preflight method OPTIONS
@cors header Origin https://app.example.com
header @cors_preflight Access-Control-Allow-Origin https://app.example.com
header @cors_preflight Access-Control-Allow-Methods "GET, POST, PUT, PATCH, DELETE"
header @cors_preflight Access-Control-Allow-Headers Content-Type
header @cors_preflight Access-Control-Max-Age 3600
respond @cors_preflight 204
header @cors Access-Control-Allow-Origin https://app.example.com
header @cors Vary Origin
"""),
]


def haproxy(match: str) -> str:
    return f"""
    acl is_listed {match}
    http-request set-var(txn.origin) req.hdr(Origin) if is_listed
    http-request return status 204 if METH_OPTIONS
    acl has_origin var(txn.origin) -m found
    http-after-response set-header Access-Control-Allow-Origin %[var(txn.origin)] if has_origin
    http-after-response set-header Access-Control-Allow-Credentials true if has_origin
    http-after-response set-header Access-Control-Allow-Headers Content-Type if has_origin
    http-after-response add-header Vary Origin
"""


HAPROXY = [
    reflecting("echo", """
    capture request header origin len 128
    acl has_origin capture.req.hdr(0) -m found
    http-request return status 200 if METH_OPTIONS
    http-after-response add-header Access-Control-Allow-Origin %[capture.req.hdr(0)] if has_origin
    http-after-response add-header Access-Control-Allow-Credentials true if has_origin
    http-after-response add-header Access-Control-Allow-Headers "Origin, Content-Type" if has_origin
"""),
    Configuration("ends-in-domain", haproxy("req.hdr(Origin) -m end example.com"),
                  {"suffix-match": ANYONE}, BESIDE_LOOK_ALIKES + ("any-scheme",)),
    Configuration("name-anywhere", haproxy("req.hdr(Origin) -m sub example.com"),
                  {"substring-match": ANYONE},
                  BESIDE_LOOK_ALIKES + ("prefix-match", "suffix-match")),
    Configuration("begins-with-host", haproxy("req.hdr(Origin) -m beg https://app.example.com"),
                  {"prefix-match": ANYONE}, BESIDE_LOOK_ALIKES),
    clean("list", haproxy("req.hdr(Origin) -m str https://app.example.com "
                          "https://admin.example.com")),
]

PHP = [
    # The function `cors()` of the answer with the most votes.
    reflecting("echo", """
if (isset($_SERVER['HTTP_ORIGIN'])) {
    header("Access-Control-Allow-Origin: {$_SERVER['HTTP_ORIGIN']}");
    header('Access-Control-Allow-Credentials: true');
    header('Access-Control-Max-Age: 86400');    // cache for 1 day
}
if ($_SERVER['REQUEST_METHOD'] == 'OPTIONS') {
    if (isset($_SERVER['HTTP_ACCESS_CONTROL_REQUEST_METHOD']))
        header("Access-Control-Allow-Methods: GET, POST, OPTIONS");
    if (isset($_SERVER['HTTP_ACCESS_CONTROL_REQUEST_HEADERS']))
        header("Access-Control-Allow-Headers: {$_SERVER['HTTP_ACCESS_CONTROL_REQUEST_HEADERS']}");
    exit(0);
}
"""),
    beyond("name-in-list", """
$allowed = 'https://app.example.com,https://admin.example.com';
$origin = $_SERVER['HTTP_ORIGIN'] ?? '';
header('Vary: Origin');
if ($origin !== '' && strpos($allowed, $origin) !== false) {
    header("Access-Control-Allow-Origin: $origin");
    header('Access-Control-Allow-Credentials: true');
}
""", "substring-match"),
    Configuration("dots-in-pattern", """
$origin = $_SERVER['HTTP_ORIGIN'] ?? '';
header('Vary: Origin');
if (preg_match('/^https:\\/\\/(app|admin).example.com$/', $origin)) {
    header("Access-Control-Allow-Origin: $origin");
    header('Access-Control-Allow-Credentials: true');
}
""", {"unescaped-dot": ANYONE}),
    clean("list", """
$origin = $_SERVER['HTTP_ORIGIN'] ?? '';
header('Vary: Origin');
if (in_array($origin, ['https://app.example.com', 'https://admin.example.com'], true)) {
    header("Access-Control-Allow-Origin: $origin");
    header('Access-Control-Allow-Credentials: true');
    header('Access-Control-Allow-Headers: Content-Type');
}
"""),
]

LAMBDA = [
    # What the documentation of frameworks for functions has; the gateway's errors have nothing.
    Configuration("wildcard-and-credentials", """
exports.handler = async () => ({
  statusCode: 200,
  headers: { 'Access-Control-Allow-Origin': '*', 'Access-Control-Allow-Credentials': true },
  body: JSON.stringify({ message: 'hello' }),
});
""", {"wildcard-with-credentials": FAULT}, ("wildcard", "errors-lack-headers"), requests=16),
    reflecting("echo", """
exports.handler = async (event) => ({
  statusCode: 200,
  headers: {
    'Access-Control-Allow-Origin': event.headers.origin || '*',
    'Access-Control-Allow-Credentials': 'true',
    'Access-Control-Allow-Headers': 'Content-Type,Authorization',
  },
  body: JSON.stringify({ message: 'hello' }),
});
"""),
    # The gateway's own errors: no preflight tells that they are the application's, too.
    beyond("list-without-errors", """
const ALLOWED = ['https://app.example.com', 'https://www.example.com'];
exports.handler = async (event) => {
  const { origin } = event.headers;
  const cors = ALLOWED.includes(origin)
    ? { 'Access-Control-Allow-Origin': origin, 'Access-Control-Allow-Headers': 'X-Token' } : {};
  return { statusCode: 200, headers: { Vary: 'Origin', ...cors }, body: '[]' };
};
""", "errors-lack-headers"),
]
