/* SPDX-License-Identifier: MIT */
/* What policies and calls are drawn from. */
#include "loop_pair.h"

const struct loop_origin loop_origins[LOOP_ORIGINS] = {
    {"*", NULL, "", "", true},
    {"https://app.example.com", NULL, NULL, NULL, false},
    {"https://app.example.com:8443", NULL, NULL, NULL, false},
    {"https://*.example.com", "public-suffix-wildcard", "https://", ".example.com", true},
    {"https://{label}.example.org", "public-suffix-wildcard", "https://", ".example.org", false},
    {"https://pr-*.example.net", "public-suffix-wildcard", "https://pr-", ".example.net", false},
    {"http://localhost:3000", "loopback-in-production", NULL, NULL, false},
    {"null", "null-origin", NULL, NULL, false},
    {"http://app.example.com", "insecure-origin-with-credentials", NULL, NULL, false},
};

const char *const loop_pages[LOOP_PAGES] = {
    "https://app.example.com",
    "https://app.example.com:8443",
    "http://app.example.com",
    "https://example.com",
    "https://a.b.example.com",
    "https://a.example.org",
    "https://a.b.example.org",
    "https://pr-7.example.net",
    "https://pr-.example.net",
    "http://localhost:3000",
    "null",
    LOOP_SERVER,
};

const char *const loop_methods[LOOP_METHODS] = {"*", "PUT", "DELETE", "PATCH", "patch", "REPORT"};

const char *const loop_call_methods[LOOP_CALL_METHODS] = {
    "GET", "HEAD",   "POST",  "get",   "post",   "PUT",
    "put", "delete", "PATCH", "patch", "REPORT", "report",
};

const char *const loop_allowed_headers[LOOP_ALLOWED_HEADERS] = {
    "*",      "Authorization", "Content-Type", "X-Token",    "Accept",
    "X-List", "Range",         "DPR",          "User-Agent",
};

/* 129 bytes, and 128. */
#define SIXTEEN "aaaaaaaaaaaaaaaa"
#define BYTES_128 SIXTEEN SIXTEEN SIXTEEN SIXTEEN SIXTEEN SIXTEEN SIXTEEN SIXTEEN

#define NOWHERE                                                                                    \
    { false, false, false, false }
#define EVERYWHERE                                                                                 \
    { true, true, true, true }
#define BUT_CHROMIUM                                                                               \
    { true, false, true, true }

const struct loop_header loop_headers[LOOP_HEADERS] = {
    {"X-Token", "1", EVERYWHERE},
    {"x-list", "a, b", EVERYWHERE},
    {"Authorization", "Bearer x", EVERYWHERE},
    {"authorization", "Basic eA==", EVERYWHERE},
    {"Content-Type", "application/json", EVERYWHERE},
    {"Content-Type", "text/plain;charset=utf-8", NOWHERE},
    {"Accept", BYTES_128, NOWHERE},
    {"Accept", BYTES_128 "a", EVERYWHERE},
    {"Accept", "text/html;q=\"1\"", EVERYWHERE},
    {"Accept-Language", "en-US, en;q=0.9", NOWHERE},
    {"Accept-Language", "en_US", EVERYWHERE},
    {"Range", "bytes=0-99", NOWHERE},
    {"Range", "bytes=-5", EVERYWHERE},
    {"DPR", "2", BUT_CHROMIUM},
    {"User-Agent", "mine", BUT_CHROMIUM},
    {"Cookie", "a=b", NOWHERE},
    {"Sec-Mine", "1", NOWHERE},
    {"Proxy-Mine", "1", NOWHERE},
};

const char *const loop_exposed[LOOP_EXPOSED] = {"*",    "ETag",     "X-Request-Id",
                                                "Link", "Location", "Content-Length"};

const char *const loop_answer_headers[LOOP_ANSWER_HEADERS] = {
    "content-type", "Content-Length", "ETag",       "x-request-id",
    "Link",         "Location",       "Set-Cookie", "Date",
};

const struct loop_body loop_bodies[LOOP_BODIES] = {
    {CORS_BODY_NONE, "", false},
    {CORS_BODY_TEXT, "", false},
    {CORS_BODY_PARAMS, "", false},
    {CORS_BODY_FORM, "", false},
    {CORS_BODY_BLOB, "application/json", true},
    {CORS_BODY_BYTES, "", false},
    {CORS_BODY_STREAM, "", false},
};

const char *const loop_ages[LOOP_AGES] = {"", "0", "10m", "2d"};

const char *const loop_paths[LOOP_PATHS] = {"/", "/api", "/api/x", "/api/x/y"};

const char *const loop_route_paths[ROUTES] = {"/*", "/api/*"};

const int loop_statuses[LOOP_STATUSES] = {200, 204, 201, 404, 500};
