/* SPDX-License-Identifier: MIT */
/* What CORS does not say, and still keeps a page from its data: cookies, preflights that are asked
 * for credentials, caches that mix origins up. */
#include <libpsl.h>

#include "check.h"

void check_note(struct check_outcome *outcome, cors_slice note) {
    if (outcome->note_count < CHECK_NOTES_MAX) {
        outcome->notes[outcome->note_count++] = note;
    }
}

static bool is_numeric(cors_slice host) {
    return host.size > 0 && (host.data[0] == '[' ||
                             (host.data[host.size - 1] >= '0' && host.data[host.size - 1] <= '9'));
}

static cors_slice site_of(struct keep *keep, cors_slice host) {
    const psl_ctx_t *list = psl_builtin();
    const char *text = keep_slice(keep, host).data;
    const char *domain =
        list == NULL || is_numeric(host) ? NULL : psl_registrable_domain(list, text);
    return domain == NULL ? host : text_slice(domain);
}

/* HTML Standard, "same site": the scheme and the registrable domain. */
static bool same_site(struct keep *keep, cors_slice left, cors_slice right) {
    cors_origin a;
    cors_origin b;
    if (!cors_origin_parse(left, &a) || !cors_origin_parse(right, &b) || a.opaque || b.opaque) {
        return false;
    }
    return text_same(a.scheme, b.scheme) && text_same(site_of(keep, a.host), site_of(keep, b.host));
}

struct cookie {
    cors_slice name;
    cors_slice same_site;
    bool secure;
    bool partitioned;
};

static struct cookie read_cookie(cors_slice value) {
    struct cookie cookie = {.secure = false};
    cors_slice pair = {"", 0};
    cors_slice attribute;
    (void)text_take(&value, ';', &pair);
    cookie.name = (cors_slice){pair.data, text_find(pair, '=')};
    while (text_take(&value, ';', &attribute)) {
        size_t equals = text_find(attribute, '=');
        cors_slice name = text_trim((cors_slice){attribute.data, equals});
        if (text_is_folded(name, "Secure")) {
            cookie.secure = true;
        } else if (text_is_folded(name, "Partitioned")) {
            cookie.partitioned = true;
        } else if (text_is_folded(name, "SameSite") && equals < attribute.size) {
            cookie.same_site = text_trim(text_skip(attribute, equals + 1));
        }
    }
    return cookie;
}

/* Why a cookie does not go along to another site; NULL where nothing of its own speaks against. */
static const char *obstacle(const struct cookie *cookie, bool https, bool crosses) {
    if (cookie->secure && !https) {
        return "is Secure, and the URL is not https: browsers do not keep it";
    }
    if (text_is_folded(cookie->same_site, "None") && !cookie->secure) {
        return "has SameSite=None without Secure: browsers do not keep it";
    }
    if (!crosses || text_is_folded(cookie->same_site, "None")) {
        return NULL;
    }
    if (text_is_folded(cookie->same_site, "Strict")) {
        return "has SameSite=Strict, and page and server are of different sites: it does not go "
               "along, whatever CORS allows; it needs SameSite=None; Secure";
    }
    if (text_is_folded(cookie->same_site, "Lax")) {
        return "has SameSite=Lax, and page and server are of different sites: it does not go along "
               "on such calls, whatever CORS allows; it needs SameSite=None; Secure";
    }
    return "has no SameSite, which browsers take for Lax, and page and server are of different "
           "sites: it does not go along, whatever CORS allows; it needs SameSite=None; Secure";
}

static void note_cookie(struct check_outcome *outcome, cors_slice line, bool https, bool crosses) {
    struct cookie cookie = read_cookie(line);
    const char *why = obstacle(&cookie, https, crosses);
    if (why != NULL) {
        check_note(outcome, keep_format(outcome->call->keep, "The cookie %.*s %s.",
                                        SLICE_ARGUMENTS(cookie.name), why));
    }
}

static bool is_https(cors_slice url) {
    return text_starts_folded(url, "https:");
}

/* Loopback counts as secure to browsers. */
static bool keeps_secure_cookies(struct keep *keep, cors_slice url) {
    cors_origin origin;
    return is_https(url) || (cors_origin_parse(check_url_origin(keep, url), &origin) &&
                             cors_origin_is_loopback(&origin));
}

static void note_set_cookies(struct check_outcome *outcome, const struct check_exchange *exchange,
                             bool crosses) {
    bool secure = keeps_secure_cookies(outcome->call->keep, exchange->url);
    for (size_t i = 0; i < exchange->field_count; i++) {
        if (text_is_folded(exchange->fields[i].name, "Set-Cookie")) {
            note_cookie(outcome, exchange->fields[i].value, secure, crosses);
        }
    }
}

static bool sets_cookies(const struct check_outcome *outcome) {
    for (size_t i = 0; i < outcome->exchange_count; i++) {
        if (check_field(&outcome->exchanges[i], "Set-Cookie").data != NULL) {
            return true;
        }
    }
    return false;
}

static void note_cookies(struct check_outcome *outcome) {
    const struct check_call *call = outcome->call;
    struct keep *keep = call->keep;
    cors_slice target = check_url_origin(keep, call->call.url);
    bool crosses = !same_site(keep, call->call.page, target);
    bool foreign = !text_same(call->call.page, target);
    if (call->call.credentials != CORS_CREDENTIALS_INCLUDE) {
        if (foreign && sets_cookies(outcome)) {
            check_note(outcome, text_slice("The answer sets cookies, which the browser ignores: "
                                           "the call is made without credentials."));
        }
        return;
    }
    for (size_t i = 0; i < outcome->exchange_count; i++) {
        note_set_cookies(outcome, &outcome->exchanges[i], crosses);
    }
    if (crosses) {
        check_note(outcome,
                   text_slice("Page and server are of different sites, so the cookies are "
                              "third-party: Safari blocks them, Firefox keeps a separate jar for "
                              "each site, Chromium blocks them in private windows or where the "
                              "visitor chose so. A server on the page's own domain avoids all "
                              "that."));
    }
}

/* A preflight carries no credentials, whatever the server asks for. */
static void note_demands(struct check_outcome *outcome, const struct check_exchange *exchange) {
    if (!exchange->preflight) {
        return;
    }
    bool failed = exchange->outcome != PROBE_ANSWERED || exchange->status > 299;
    if (exchange->status == 401) {
        check_note(outcome, text_slice("The server asks the preflight to log in (401), and a "
                                       "preflight never carries cookies or Authorization: OPTIONS "
                                       "must be answered before authentication."));
    }
    if (exchange->status == 407 || exchange->proxy_status == 407) {
        check_note(outcome, text_slice("A proxy asks the preflight to log in (407); browsers do so "
                                       "only for proxies of their own."));
    }
    bool names_certificate =
        exchange->status == 496 ||
        (exchange->status == 400 && text_holds_folded(exchange->content, "SSL certificate"));
    if (exchange->outcome == PROBE_CLIENT_CERTIFICATE || names_certificate ||
        (failed && exchange->asked_for_certificate)) {
        check_note(outcome, text_slice("The server asks the preflight for a client certificate, "
                                       "and browsers send it without one: make the certificate "
                                       "optional, and demand it for other methods than OPTIONS."));
    }
}

static bool may_be_shared(const struct check_exchange *exchange) {
    static const int cacheable[] = {200, 203, 204, 206, 300, 301, 308, 404, 405, 410, 414, 501};
    bool by_status = false;
    for (size_t i = 0; i < sizeof cacheable / sizeof cacheable[0]; i++) {
        by_status = by_status || exchange->status == cacheable[i];
    }
    cors_slice control = check_field(exchange, "Cache-Control");
    bool reads = text_is(exchange->method, "GET") || text_is(exchange->method, "HEAD");
    return reads && by_status && !text_holds_folded(control, "no-store") &&
           !text_holds_folded(control, "private");
}

static bool varies_by_origin(const struct check_exchange *exchange) {
    const char *vary = cors_field_name(CORS_FIELD_VARY);
    for (size_t i = 0; i < exchange->field_count; i++) {
        if (text_is_folded(exchange->fields[i].name, vary) &&
            cors_vary_covers(exchange->fields[i].value,
                             text_slice(cors_field_name(CORS_FIELD_ORIGIN)))) {
            return true;
        }
    }
    return false;
}

static void note_cache(struct check_outcome *outcome, const struct check_exchange *exchange) {
    const char *name = cors_field_name(CORS_FIELD_ALLOW_ORIGIN);
    cors_slice allowed = check_field(exchange, name);
    bool names_origin = allowed.size > 0 && !text_is(allowed, "*");
    if (!exchange->preflight && names_origin && may_be_shared(exchange) &&
        !varies_by_origin(exchange)) {
        check_note(outcome,
                   keep_format(outcome->call->keep,
                               "The answer names one origin in %s and has no Vary: Origin: a "
                               "cache may give it to a page of another origin, which is then "
                               "blocked, or the other way round. Send Vary: Origin on every "
                               "answer, also to requests without Origin.",
                               name));
    }
}

/* What the browser refuses without asking the server. */
static void note_refusal(struct check_outcome *outcome) {
    const struct check_call *call = outcome->call;
    if (is_https(call->call.page) && !keeps_secure_cookies(call->keep, call->call.url)) {
        check_note(outcome, text_slice("The page is https and the URL is not: browsers block that "
                                       "as mixed content before CORS comes into it."));
    } else if (outcome->browser_count == 0 && check_failed(outcome) &&
               outcome->result->code == CORS_CODE_NETWORK_FAILURE) {
        check_note(outcome, text_slice("Nothing was sent: browsers do not connect to this port, "
                                       "or take the URL for none (Fetch Standard, \"bad port\")."));
    }
}

static bool is_loopback(cors_slice origin) {
    cors_origin parsed;
    return cors_origin_parse(origin, &parsed) && cors_origin_is_loopback(&parsed);
}

/* What Chromium asks its user for, whatever the headers say. */
static void note_local_network(struct check_outcome *outcome) {
    const struct check_call *call = outcome->call;
    if (is_loopback(check_url_origin(call->keep, call->call.url)) &&
        !is_loopback(call->call.page)) {
        check_note(outcome, text_slice("The server is on this very machine. If the page comes from "
                                       "the internet, Chromium asks the visitor for permission "
                                       "first, and blocks the call without it."));
    }
}

/* An error page without the headers looks like a CORS failure, and hides the error. */
static void note_hidden_error(struct check_outcome *outcome) {
    const struct check_exchange *last = check_last(outcome);
    if (last != NULL && check_failed(outcome) && !last->preflight && last->status >= 400 &&
        outcome->result->code == CORS_CODE_MISSING_ALLOW_ORIGIN) {
        check_note(outcome, keep_format(outcome->call->keep,
                                        "The server answered %d, and its error answers lack "
                                        "the header that others may have: the page sees a "
                                        "CORS failure in place of the error. Look into the "
                                        "error too.",
                                        last->status));
    }
}

/* Calls that CORS has nothing to say about, or only half. */
static void note_kind(struct check_outcome *outcome) {
    const struct check_call *call = outcome->call;
    cors_slice target = check_url_origin(call->keep, call->call.url);
    if (target.size > 0 && text_same(target, call->call.page)) {
        check_note(outcome, text_slice("Page and URL are of the same origin: CORS does not apply "
                                       "to this call, but to redirects that leave it."));
    }
    if (outcome->result != NULL && outcome->result->type == CORS_RESPONSE_OPAQUE) {
        check_note(outcome, text_slice("The call's mode is no-cors: it is sent, and script cannot "
                                       "read anything of the answer, not even its status."));
    }
    if (call->cookies.size > 0 && call->call.credentials != CORS_CREDENTIALS_INCLUDE) {
        check_note(outcome, text_slice("A cookie is given, and the call is made without "
                                       "credentials, so browsers do not send it to another origin: "
                                       "--credentials."));
    }
}

void check_notes_take(struct check_outcome *outcome) {
    note_kind(outcome);
    note_refusal(outcome);
    note_local_network(outcome);
    note_hidden_error(outcome);
    for (size_t i = 0; i < outcome->exchange_count; i++) {
        note_demands(outcome, &outcome->exchanges[i]);
        note_cache(outcome, &outcome->exchanges[i]);
    }
    note_cookies(outcome);
}
