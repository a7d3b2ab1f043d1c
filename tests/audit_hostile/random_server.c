/* SPDX-License-Identifier: MIT */
#include "random_server.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cors/browser.h>

#include "keep.h"
#include "text_slices.h"

enum { RULES_MAX = 3, FIELDS_MAX = 24, VALUE_MAX = 300, LONG_VALUE = 70000, FLOOD = 3000 };

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

/* Which origins a rule is for. */
enum match {
    MATCH_ALL,
    MATCH_NULL,
    MATCH_ENDS,
    MATCH_BEGINS,
    MATCH_HOLDS,
    MATCH_IS,
    MATCH_NO_TLS,
    MATCH_PORT,
    MATCH_HALF, /* by a hash of the origin */
    MATCHES
};

/* What an origin that matches is answered. */
enum grant { GRANT_ECHO, GRANT_STAR, GRANT_NULL, GRANT_NOISE, GRANT_TWICE, GRANT_LIST, GRANTS };

struct rule {
    enum match match;
    enum grant grant;
    cors_slice word;
    bool credentials;
    bool only_requests; /* not for preflights */
};

struct random_server {
    uint64_t state;
    struct keep keep;        /* of the target and the rules */
    struct keep answer_keep; /* of the last answer */
    struct rule rules[RULES_MAX];
    size_t rule_count;
    unsigned noise;    /* percent of answers that have noise among their fields */
    unsigned failures; /* percent of requests without an answer */
    bool varies;
    int status;
    cors_slice host;
    cors_field *fields; /* of the answer that is being made */
    size_t field_count;
    size_t field_room;
};

/* SplitMix64. */
static uint64_t draw(struct random_server *server) {
    uint64_t mixed = server->state += UINT64_C(0x9E3779B97F4A7C15);
    mixed = (mixed ^ mixed >> 30) * UINT64_C(0xBF58476D1CE4E5B9);
    mixed = (mixed ^ mixed >> 27) * UINT64_C(0x94D049BB133111EB);
    return mixed ^ mixed >> 31;
}

static size_t below(struct random_server *server, size_t bound) {
    return (size_t)(draw(server) % bound);
}

static bool chance(struct random_server *server, size_t percent) {
    return below(server, 100) < percent;
}

static cors_slice pick(struct random_server *server, const char *const *words, size_t count) {
    return text_slice(words[below(server, count)]);
}

static const char *const hosts[] = {
    "api.example.com",  "example.com", "a.b.c.d.e.f.g.h.example.com", "localhost",
    "127.0.0.1",        "[::1]",       "shop.github.example",         "x",
    "api.example.com.", "10.0.0.7",    "xn--bcher-kva.example",       "_a-.example.com"};
static const char *const urls[] = {"https://%s/",
                                   "http://%s/a/b?c=d&e=%%20",
                                   "https://%s:8443/v1/users?",
                                   "https://%s",
                                   "http://%s:80/#fragment",
                                   "https://user:secret@%s/",
                                   "HTTPS://%s/A",
                                   "https://%s:99999/",
                                   "//%s/",
                                   "ftp://%s/",
                                   "https:///%s"};
static const char *const methods[] = {"", "", "", "GET", "POST", "HEAD", "DELETE", "get", "X-Y"};
static const char *const origins[] = {
    "", "", "", "https://app.example.com", "null", "http://localhost:3000", "https://A.b/", "*"};
static const char *const words[] = {"example.com",
                                    ".example.com",
                                    "example",
                                    "https://",
                                    "http",
                                    "api.example.com",
                                    "null",
                                    "localhost",
                                    "com",
                                    "app",
                                    "https://app.example.com"};

/* Bytes that values are made of, the rude ones among them. */
static const char *const pieces[] = {"*",
                                     "null",
                                     "true",
                                     "TRUE",
                                     "Origin",
                                     "https://app.example.com",
                                     "http://",
                                     "://",
                                     ", ",
                                     ",",
                                     ";",
                                     "=",
                                     "\"",
                                     "'",
                                     " ",
                                     "\t",
                                     "\r",
                                     "\n",
                                     "\r\n",
                                     "\x1b[31m",
                                     "\xff",
                                     "\xc3\xa9",
                                     "\xe2\x80\xae",
                                     "%s%n",
                                     "%00",
                                     "<script>",
                                     "max-age=31536000; includeSubDomains",
                                     "SameSite=None; Secure",
                                     "a=b",
                                     "GET",
                                     "PUT, DELETE",
                                     "authorization",
                                     "set-cookie",
                                     "-1",
                                     "99999999999999999999999",
                                     "0x10",
                                     "600",
                                     "/",
                                     "/login",
                                     "//evil.example/",
                                     "\\",
                                     "?",
                                     "#"};

static const char *const other_names[] = {"Vary",
                                          "Location",
                                          "Set-Cookie",
                                          "Cache-Control",
                                          "Age",
                                          "Expires",
                                          "ETag",
                                          "X-Cache",
                                          "CF-Cache-Status",
                                          "Server",
                                          "Retry-After",
                                          "WWW-Authenticate",
                                          "Strict-Transport-Security",
                                          "Content-Type",
                                          "Allow",
                                          "Via",
                                          "",
                                          ":",
                                          "A b",
                                          "\x01"};

/* A text of pieces, single bytes (NUL too) and, rarely, of very many of one of them. */
static cors_slice noise(struct random_server *server, struct keep *keep) {
    struct keep_text text = {.keep = keep};
    if (chance(server, 2)) {
        cors_slice piece = pick(server, pieces, COUNT(pieces));
        while (text.size < LONG_VALUE) {
            keep_text_add(&text, piece);
        }
    }
    for (size_t left = below(server, 5); left > 0 && text.size < LONG_VALUE; left--) {
        char byte = (char)below(server, 256);
        keep_text_add(&text, chance(server, 15) ? (cors_slice){&byte, 1}
                                                : pick(server, pieces, COUNT(pieces)));
    }
    return keep_text_slice(&text);
}

static struct rule draw_rule(struct random_server *server) {
    struct rule rule = {
        .match = (enum match)below(server, MATCHES),
        .grant = chance(server, 75) ? GRANT_ECHO : (enum grant)below(server, GRANTS),
        .word = chance(server, 50) ? server->host : pick(server, words, COUNT(words)),
        .credentials = chance(server, 60),
        .only_requests = chance(server, 20),
    };
    return rule;
}

struct random_server *random_server_start(uint64_t seed) {
    static const int statuses[] = {200, 200, 200, 200, 204, 301, 302, 400, 401, 403,
                                   404, 405, 429, 500, 503, 304, 100, 999, 0,   -1};
    struct random_server *server = calloc(1, sizeof *server);
    if (server == NULL) {
        perror("random_server");
        exit(2);
    }
    server->state = seed;
    server->host = pick(server, hosts, COUNT(hosts));
    server->rule_count = below(server, RULES_MAX + 1);
    for (size_t i = 0; i < server->rule_count; i++) {
        server->rules[i] = draw_rule(server);
    }
    server->noise = chance(server, 60) ? 0 : (unsigned)below(server, 101);
    server->failures = chance(server, 80) ? 0 : (unsigned)below(server, 101);
    server->varies = chance(server, 60);
    server->status = chance(server, 70) ? 200 : statuses[below(server, COUNT(statuses))];
    return server;
}

void random_server_stop(struct random_server *server) {
    keep_free(&server->keep);
    keep_free(&server->answer_keep);
    free(server);
}

/* A URL of the server's; rarely one that is noise. */
static cors_slice draw_url(struct random_server *server) {
    if (chance(server, 5)) {
        return noise(server, &server->keep);
    }
    cors_slice pattern = pick(server, urls, COUNT(urls));
    struct keep_text url = {.keep = &server->keep};
    size_t hole = text_find_folded(pattern, "%s");
    keep_text_add(&url, (cors_slice){pattern.data, hole});
    keep_text_add(&url, server->host);
    keep_text_add(&url, text_skip(pattern, hole + 2));
    return keep_text_slice(&url);
}

struct audit_target random_server_target(struct random_server *server) {
    static const cors_field user_fields[] = {
        {{"Authorization", 13}, {"Bearer secret", 13}},
        {{"cookie", 6}, {"session=secret", 14}},
        {{"Origin", 6}, {"https://mine.example", 20}},
    };
    struct audit_target target = {
        .url = draw_url(server),
        .method = pick(server, methods, COUNT(methods)),
        .fields = user_fields,
        .field_count = chance(server, 70) ? 0 : below(server, COUNT(user_fields) + 1),
        .known_origin = pick(server, origins, COUNT(origins)),
        .has_body = chance(server, 10),
        .body = CORS_SLICE("{\"secret\": 1}"),
    };
    return target;
}

/* The answer. */

static bool ends_with(cors_slice text, cors_slice end) {
    return text.size >= end.size && text_same(text_skip(text, text.size - end.size), end);
}

static bool begins_with(cors_slice text, cors_slice start) {
    return text.size >= start.size && text_same((cors_slice){text.data, start.size}, start);
}

static bool holds(cors_slice text, cors_slice part) {
    for (; text.size >= part.size; text = text_skip(text, 1)) {
        if (begins_with(text, part)) {
            return true;
        }
    }
    return false;
}

static uint64_t hash(cors_slice text) {
    uint64_t value = UINT64_C(0xcbf29ce484222325);
    for (size_t i = 0; i < text.size; i++) {
        value = (value ^ (uint8_t)text.data[i]) * UINT64_C(0x100000001b3);
    }
    return value;
}

static bool rule_matches(const struct rule *rule, cors_slice origin) {
    cors_slice host = text_skip(origin, holds(origin, CORS_SLICE("://")) ? 1 : 0);
    switch (rule->match) {
    case MATCH_NULL:
        return text_is(origin, "null");
    case MATCH_ENDS:
        return ends_with(origin, rule->word);
    case MATCH_BEGINS:
        return begins_with(origin, rule->word) || holds(origin, rule->word);
    case MATCH_HOLDS:
        return holds(origin, rule->word);
    case MATCH_IS:
        return text_same(origin, rule->word);
    case MATCH_NO_TLS:
        return begins_with(origin, CORS_SLICE("http://"));
    case MATCH_PORT:
        return text_find(text_skip(host, host.size > 6 ? 6 : 0), ':') + 6 < host.size;
    case MATCH_HALF:
        return hash(origin) % 2 == 0;
    case MATCH_ALL:
    case MATCHES:
        break;
    }
    return true;
}

static void add_field(struct random_server *server, const char *name, cors_slice value) {
    if (server->field_count < server->field_room) {
        server->fields[server->field_count++] = (cors_field){text_slice(name), value};
    }
}

static void add_grant(struct random_server *server, const struct rule *rule, cors_slice origin) {
    const char *name = cors_field_name(CORS_FIELD_ALLOW_ORIGIN);
    cors_slice values[GRANTS] = {
        [GRANT_ECHO] = origin,
        [GRANT_STAR] = CORS_SLICE("*"),
        [GRANT_NULL] = CORS_SLICE("null"),
        [GRANT_NOISE] = noise(server, &server->answer_keep),
        [GRANT_TWICE] = origin,
        [GRANT_LIST] = CORS_SLICE("https://a.example, https://b.example"),
    };
    add_field(server, name, values[rule->grant]);
    if (rule->grant == GRANT_TWICE) {
        add_field(server, name, origin);
    }
    if (rule->credentials) {
        add_field(server, cors_field_name(CORS_FIELD_ALLOW_CREDENTIALS), CORS_SLICE("true"));
    }
}

static void add_preflight(struct random_server *server) {
    static const char *const values[] = {"*", "GET, POST, PUT, DELETE", "authorization", ""};
    add_field(server, cors_field_name(CORS_FIELD_ALLOW_METHODS),
              pick(server, values, COUNT(values)));
    add_field(server, cors_field_name(CORS_FIELD_ALLOW_HEADERS),
              pick(server, values, COUNT(values)));
}

static void add_noise(struct random_server *server) {
    for (size_t left = below(server, FIELDS_MAX); left > 0; left--) {
        const char *name = chance(server, 60) ? cors_field_name((cors_field_id)below(server, 13))
                                              : other_names[below(server, COUNT(other_names))];
        add_field(server, name, noise(server, &server->answer_keep));
    }
}

/* Thousands of lines of one name. */
static void add_flood(struct random_server *server) {
    const char *name = cors_field_name((cors_field_id)below(server, 13));
    cors_slice value = noise(server, &server->answer_keep);
    for (size_t left = FLOOD; left > 0; left--) {
        add_field(server, name, value);
    }
}

static void add_by_rules(struct random_server *server, const struct audit_request *request) {
    bool preflight = text_is(request->method, "OPTIONS");
    for (size_t i = 0; i < server->rule_count; i++) {
        const struct rule *rule = &server->rules[i];
        if (request->origin.size > 0 && rule_matches(rule, request->origin) &&
            !(preflight && rule->only_requests)) {
            add_grant(server, rule, request->origin);
            break;
        }
    }
    if (preflight) {
        add_preflight(server);
    }
    if (server->varies) {
        add_field(server, cors_field_name(CORS_FIELD_VARY), CORS_SLICE("Origin"));
    }
}

struct audit_answer random_server_answer(struct random_server *server,
                                         const struct audit_request *request) {
    bool flood = chance(server, 1) && server->noise > 50;
    keep_free(&server->answer_keep);
    if (chance(server, server->failures)) {
        return (struct audit_answer){
            .failure = (enum audit_reason)(1 + below(server, AUDIT_REASON_COUNT - 1)),
            .sentence = noise(server, &server->answer_keep)};
    }
    server->field_room = FIELDS_MAX * 2 + (flood ? FLOOD : 0);
    server->field_count = 0;
    server->fields = keep_memory(&server->answer_keep, server->field_room * sizeof *server->fields);
    add_by_rules(server, request);
    if (chance(server, server->noise)) {
        add_noise(server);
    }
    if (flood) {
        add_flood(server);
    }
    cors_slice body = noise(server, &server->answer_keep);
    return (struct audit_answer){
        .status = chance(server, server->noise / 4) ? (int)below(server, 1000) : server->status,
        .fields = server->fields,
        .field_count = server->field_count,
        .body = body,
        .digest = chance(server, 50) ? 1 : hash(body),
    };
}
