/* SPDX-License-Identifier: MIT */
/* Recognises the software that answers, by what it says of itself and by its habits. */
#include "check.h"

/*
 * A sign, and what it tells. The first that fits is taken, so what an application says stands
 * above what a proxy before it says.
 */
static const struct sign {
    const char *server;
    const char *field; /* NULL: a sign in the body */
    const char *part;  /* that its value holds, in any case */
} signs[] = {
    {"express", "X-Powered-By", "Express"},
    {"express", NULL, "<pre>Cannot OPTIONS "},
    {"flask", "Server", "Werkzeug"},
    {"fastapi", "Server", "uvicorn"},
    {"fastapi", "Server", "hypercorn"},
    {"fastapi", NULL, "{\"detail\":\"Method Not Allowed\"}"},
    {"fastapi", NULL, "Disallowed CORS "},
    {"django", "Server", "WSGIServer"},
    {"django", "Server", "daphne"},
    {"django", "Set-Cookie", "csrftoken="},
    {"spring", "X-Application-Context", ""},
    {"spring", "Set-Cookie", "JSESSIONID="},
    {"spring", NULL, "Invalid CORS request"},
    {"spring", NULL, "\"error\":\"Method Not Allowed\",\"path\":"},
    {"iis", "Server", "Microsoft-IIS"},
    {"iis", "X-Powered-By", "ASP.NET"},
    {"caddy", "Server", "Caddy"},
    {"apache", "Server", "Apache"},
    {"nginx", "Server", "nginx"},
    {"nginx", "Server", "openresty"},
    {"go", NULL, "404 page not found\n"},
    {"go", NULL, "Method Not Allowed\n"},
};

static bool shows(const struct check_exchange *exchange, const struct sign *sign) {
    if (sign->field == NULL) {
        return text_holds_folded(exchange->content, sign->part);
    }
    for (size_t i = 0; i < exchange->field_count; i++) {
        if (text_is_folded(exchange->fields[i].name, sign->field) &&
            text_holds_folded(exchange->fields[i].value, sign->part)) {
            return true;
        }
    }
    return false;
}

/* The module's word on a preflight that it denies, and the order of names in its Vary. */
static bool shows_own_module(const struct check_exchange *exchange) {
    cors_slice vary = check_field(exchange, cors_field_name(CORS_FIELD_VARY));
    const char *first = cors_field_name(CORS_FIELD_REQUEST_METHOD);
    const char *second = cors_field_name(CORS_FIELD_REQUEST_HEADERS);
    if (!text_holds_folded(check_field(exchange, "Server"), "nginx")) {
        return false;
    }
    for (int reason = CORS_REASON_ORIGIN_MALFORMED; reason <= CORS_REASON_HEADER_NOT_ALLOWED;
         reason++) {
        if (exchange->status == 403 &&
            text_starts_folded(exchange->content, cors_reason_meaning((cors_reason)reason))) {
            return true;
        }
    }
    size_t method = text_find_folded(vary, first);
    size_t headers = text_find_folded(vary, second);
    size_t origin = text_find_folded(text_skip(vary, method), ", Origin");
    return exchange->preflight && method < headers && headers < vary.size &&
           method + origin < vary.size;
}

static const char *recognise(const struct check_exchange *exchange) {
    for (size_t i = 0; i < sizeof signs / sizeof signs[0]; i++) {
        if (shows(exchange, &signs[i])) {
            return shows_own_module(exchange) ? "nginx-module" : signs[i].server;
        }
    }
    return NULL;
}

static cors_slice own_name(struct keep *keep, const struct check_exchange *exchange) {
    cors_slice server = check_field(exchange, "Server");
    cors_slice powered = check_field(exchange, "X-Powered-By");
    if (server.size > 0 && powered.size > 0) {
        return keep_format(keep, "%.*s, %.*s", SLICE_ARGUMENTS(server), SLICE_ARGUMENTS(powered));
    }
    return server.size > 0 ? server : powered;
}

/* The answer that failed tells first, then the others, from the last. */
void check_server_recognise(struct check_outcome *outcome) {
    outcome->server_id = text_slice("generic");
    for (size_t i = outcome->exchange_count; i > 0; i--) {
        const struct check_exchange *exchange = &outcome->exchanges[i - 1];
        if (outcome->server_name.size == 0) {
            outcome->server_name = own_name(outcome->call->keep, exchange);
        }
    }
    size_t deciding = outcome->browser_count;
    for (size_t i = 0; i < outcome->exchange_count; i++) {
        /* Begins with the exchange that decided, and goes round. */
        size_t index = (deciding - 1 + i) % outcome->exchange_count;
        const char *server = recognise(&outcome->exchanges[index]);
        if (server != NULL) {
            outcome->server_id = text_slice(server);
            return;
        }
    }
}
