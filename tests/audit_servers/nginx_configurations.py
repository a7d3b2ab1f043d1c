# SPDX-License-Identifier: MIT
"""nginx, as tutorials, gists and answers have it configured."""

from __future__ import annotations

from tests.audit_servers.configuration import (
    ANYONE, BESIDE_LOOK_ALIKES, CACHED, FAULT, INFO, READS, SUBDOMAIN, Configuration, clean,
    reflecting)

# The map that a good answer has, and the location that goes with it.
MAP = r"""
map $http_origin $cors_origin {
    default "";
    "~^https://(app|admin)\.example\.com$" $http_origin;
}
map $cors_origin $cors_credentials {
    default true;
    "" "";
}
"""
MAPPED = """
location /api/ {
    add_header Access-Control-Allow-Origin $cors_origin always;
    add_header Access-Control-Allow-Credentials $cors_credentials always;
    add_header Access-Control-Allow-Methods "GET, PUT, DELETE" always;
    add_header Access-Control-Allow-Headers "Content-Type, X-Token" always;
    add_header Vary Origin always;
    if ($request_method = OPTIONS) { return 204; }
}
"""


def matching(pattern: str) -> str:
    """The `if` of so many answers."""
    return """
location /api/ {
    set $cors "";
    if ($http_origin %s) { set $cors $http_origin; }
    add_header Access-Control-Allow-Origin $cors always;
    add_header Access-Control-Allow-Credentials true always;
    add_header Access-Control-Allow-Headers "Authorization, Content-Type" always;
    add_header Vary Origin always;
    if ($request_method = OPTIONS) { return 204; }
}
""" % pattern


def mapping(entries: str) -> str:
    return MAP.replace(r'"~^https://(app|admin)\.example\.com$" $http_origin;', entries)


NGINX = [
    reflecting("echo", """
location /api/ {
    if ($request_method = 'OPTIONS') {
        add_header 'Access-Control-Allow-Origin' "$http_origin";
        add_header 'Access-Control-Allow-Credentials' 'true';
        add_header 'Access-Control-Allow-Methods' 'GET, POST, OPTIONS';
        add_header 'Access-Control-Allow-Headers' 'DNT,X-CustomHeader,Keep-Alive,Content-Type';
        add_header 'Access-Control-Max-Age' 1728000;
        add_header 'Content-Type' 'text/plain charset=UTF-8';
        add_header 'Content-Length' 0;
        return 204;
    }
    add_header 'Access-Control-Allow-Origin' "$http_origin";
    add_header 'Access-Control-Allow-Credentials' 'true';
    add_header 'Access-Control-Allow-Methods' 'GET, POST, OPTIONS';
}
"""),
    reflecting("echo-always-without-credentials", """
location /api/ {
    add_header Access-Control-Allow-Origin $http_origin always;
    add_header Vary Origin always;
    if ($request_method = OPTIONS) { return 204; }
}
""", READS),
    reflecting("map-default-echo", MAPPED, http="""
map $http_origin $cors_origin { default $http_origin; }
map $http_origin $cors_credentials { default true; }
"""),
    Configuration("name-anywhere", matching("~ example.com"), {"substring-match": ANYONE},
                  BESIDE_LOOK_ALIKES + ("prefix-match", "suffix-match")),
    Configuration("subdomains-without-end", matching(r"~* (https?://.*\.example\.com)"),
                  {"prefix-match|substring-match": ANYONE}, BESIDE_LOOK_ALIKES),
    Configuration("host-without-end", matching(r"~ ^https://app\.example\.com"),
                  {"prefix-match": ANYONE}, BESIDE_LOOK_ALIKES),
    Configuration("domain-without-dot", matching(r"~ ^https?://.*example\.com$"),
                  {"suffix-match": ANYONE, "insecure-origin": SUBDOMAIN}, BESIDE_LOOK_ALIKES),
    Configuration("dot-before-domain", matching("~ ^https://app.example.com$"),
                  {"unescaped-dot": ANYONE}),
    # Nobody can register examplexcom: that dot does no harm.
    Configuration("dot-before-com", matching(r"~ ^https://(.*\.)?example.com$"),
                  {"any-subdomain": SUBDOMAIN}),
    Configuration("subdomains", matching(r"~ ^https://([a-z0-9-]+\.)*example\.com$"),
                  {"any-subdomain": SUBDOMAIN}),
    Configuration("scheme-port-and-subdomains", MAPPED, {
        "any-subdomain": SUBDOMAIN, "insecure-origin": SUBDOMAIN, "any-port": "low medium"},
        http=mapping(r'"~^https?://(.*\.)?example\.com(:\d+)?$" $http_origin;')),
    # Of an ingress: its `if` has no ^ either, and a list may name null.
    Configuration("ingress-null", matching(r"~* ((https://app\.example\.com|null)$)"),
                  {"null-origin": ANYONE}),
    Configuration("developers-too", MAPPED, {"loopback-origin": "low medium"},
                  ("prefix-match",), http=mapping("""
    "https://app.example.com" $http_origin;
    "http://localhost:3000" $http_origin;
""")),
    Configuration("any-localhost", MAPPED, {"loopback-origin": "low medium",
                                            "prefix-match": ANYONE},
                  http=mapping('"~^https?://localhost" $http_origin;')),
    Configuration("wildcard", """
location /api/ {
    if ($request_method = 'OPTIONS') {
        add_header 'Access-Control-Allow-Origin' '*';
        add_header 'Access-Control-Allow-Methods' 'GET, POST, OPTIONS';
        add_header 'Access-Control-Max-Age' 1728000;
        return 204;
    }
    add_header 'Access-Control-Allow-Origin' '*' always;
    add_header 'Access-Control-Allow-Methods' 'GET, POST, OPTIONS' always;
    add_header 'Access-Control-Expose-Headers' 'Content-Length,Content-Range' always;
}
""", {"wildcard": INFO}, requests=16),
    Configuration("wildcard-and-credentials", """
location /api/ {
    add_header Access-Control-Allow-Origin * always;
    add_header Access-Control-Allow-Credentials true always;
    if ($request_method = OPTIONS) { return 204; }
}
""", {"wildcard-with-credentials": FAULT}, ("wildcard",), requests=16),
    clean("map", MAPPED, MAP),
    clean("map-of-names", MAPPED, mapping("""
    "https://app.example.com" $http_origin;
    "https://www.example.com" $http_origin;
    "https://partner.example" $http_origin;
""")),
    clean("if-of-one-host", matching(r"~* ^https://app\.example\.com$")),
    clean("one-origin", """
location /api/ {
    add_header Access-Control-Allow-Origin https://app.example.com always;
    add_header Access-Control-Allow-Credentials true always;
    if ($request_method = OPTIONS) { return 204; }
}
"""),
    clean("its-own-origin", """
location /api/ {
    set $own https://$http_host;
    set $cors "";
    if ($http_origin = $own) { set $cors $http_origin; }
    add_header Access-Control-Allow-Origin $cors always;
    add_header Vary Origin always;
    if ($request_method = OPTIONS) { return 204; }
}
"""),
    clean("none", "location /api/ { }"),
    # The module of this repository.
    clean("module-list", """
cors_allow_origins https://app.example.com https://admin.example.com;
cors_allow_credentials on;
location /api/ { }
"""),
    Configuration("module-wildcard", "cors_allow_origins *;\nlocation /api/ { }",
                  {"wildcard": INFO}, requests=16),
    # What stands in the server is lost where a location has an add_header of its own.
    clean("lost", """
add_header Access-Control-Allow-Origin $http_origin always;
location /api/ { add_header X-Frame-Options DENY; }
"""),
    Configuration("map-without-always", MAPPED.replace(" always", ""),
                  {"errors-lack-headers": FAULT}, http=MAP),
    Configuration("map-without-vary", MAPPED.replace("add_header Vary Origin always;", ""),
                  {"missing-vary": CACHED}, http=MAP),
    Configuration("slash", """
location /api/ {
    add_header Access-Control-Allow-Origin https://app.example.com/ always;
    if ($request_method = OPTIONS) { return 204; }
}
""", {"invalid-allow-origin": FAULT}, ("preflight-fails",)),
    Configuration("list-in-one-header", """
location /api/ {
    add_header Access-Control-Allow-Origin "https://app.example.com, https://www.example.com";
    if ($request_method = OPTIONS) { return 204; }
}
""", {"multiple-allow-origin|invalid-allow-origin": FAULT},
        ("errors-lack-headers", "preflight-fails")),
    Configuration("two-headers", """
location /api/ {
    add_header Access-Control-Allow-Origin https://app.example.com always;
    add_header Access-Control-Allow-Origin https://www.example.com always;
    if ($request_method = OPTIONS) { return 204; }
}
""", {"multiple-allow-origin": FAULT}, ("preflight-fails",)),
    Configuration("credentials-yes", MAPPED, {"invalid-allow-credentials": FAULT},
                  http=MAP.replace("default true;", "default True;")),
    Configuration("max-age-in-words", """
location /api/ {
    add_header Access-Control-Allow-Origin https://app.example.com always;
    add_header Access-Control-Max-Age "1 day" always;
    if ($request_method = OPTIONS) { return 204; }
}
""", {"max-age-invalid": FAULT}),
    # A file may be read by a page without any preflight, so that is a fault of calls only.
    Configuration("options-is-not-allowed", MAPPED.replace(
        "if ($request_method = OPTIONS) { return 204; }", ""),
        {"preflight-fails": FAULT}, http=MAP),
    Configuration("login-before-options", MAPPED.replace(
        "if ($request_method = OPTIONS) { return 204; }",
        'auth_basic "items"; auth_basic_user_file users;'),
        {"preflight-needs-credentials": FAULT}, http=MAP,
        options=("-H", "Authorization: Basic YWRhOnNlY3JldA==")),
    Configuration("redirect-to-login-before-options", MAPPED.replace(
        "if ($request_method = OPTIONS) { return 204; }",
        "if ($cookie_session = '') { return 302 /login; }"),
        {"preflight-redirects": FAULT}, ("errors-lack-headers",), http=MAP,
        options=("--cookie", "session=ada")),
]
