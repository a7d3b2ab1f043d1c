/* SPDX-License-Identifier: MIT */
/* An audit from its first request to its last answer. */
#include "audit.h"

#include <stdlib.h>
#include <string.h>

#include "audit_plan.h"
#include "text_slices.h"

/* Redirects that are followed to another place of the same host. */
enum { REDIRECTS_MAX = 3 };

/* Beside the user's: Origin, three of a preflight, Accept, User-Agent, Cookie. */
enum { OWN_FIELDS_MAX = 8 };

static const cors_slice agent = {
    "Mozilla/5.0 (compatible; cors-audit/" CORS_VERSION_STRING ")",
    sizeof "Mozilla/5.0 (compatible; cors-audit/" CORS_VERSION_STRING ")" - 1};

static struct audit_target copy_target(struct keep *keep, const struct audit_target *target) {
    struct audit_target copy = *target;
    copy.url = keep_slice(keep, target->url);
    copy.method = target->method.size == 0 ? CORS_SLICE("GET") : keep_slice(keep, target->method);
    copy.fields = keep_fields(keep, target->fields, target->field_count);
    copy.body = keep_slice(keep, target->body);
    copy.known_origin = keep_slice(keep, target->known_origin);
    return copy;
}

struct audit *audit_create(const struct audit_target *target, const struct audit_options *options) {
    struct audit *audit = calloc(1, sizeof *audit);
    if (audit == NULL) {
        return NULL;
    }
    audit->target = copy_target(&audit->keep, target);
    audit->options = *options;
    audit->has_site =
        audit_site_begin(&audit->site, &audit->keep, audit->target.url, &audit->options);
    audit->cache_key = audit_site_name(&audit->site);
    audit->cookie =
        keep_format(&audit->keep, "%.*s=1", SLICE_ARGUMENTS(audit_site_name(&audit->site)));
    return audit;
}

void audit_destroy(struct audit *audit) {
    if (audit != NULL) {
        keep_free(&audit->keep);
        free(audit);
    }
}

/* The request. */

static bool is_preflight(enum audit_question question) {
    enum audit_kind kind = audit_question_kind(question);
    return kind == AUDIT_KIND_PREFLIGHT || kind == AUDIT_KIND_ERROR_PREFLIGHT;
}

static bool shares_cache_key(const struct audit *audit, enum audit_question question) {
    return audit_question_kind(question) == AUDIT_KIND_CACHE ||
           (question == AUDIT_ASK_PLAIN && audit_avoids_cache(audit));
}

/* The query, with one more pair where no cache shall know the place. */
static cors_slice query_of(struct audit *audit, enum audit_question question) {
    cors_slice query = audit->site.query;
    bool shared = shares_cache_key(audit, question);
    if (question == AUDIT_ASK_NONE || (!shared && !audit_avoids_cache(audit))) {
        return query;
    }
    cors_slice name = shared ? audit->cache_key : audit_site_name(&audit->site);
    return keep_format(&audit->keep, "%.*s%s%.*s=1", SLICE_ARGUMENTS(query),
                       query.size == 0 ? "?" : "&", SLICE_ARGUMENTS(name));
}

static cors_slice url_of(struct audit *audit, enum audit_question question) {
    const struct audit_site *site = &audit->site;
    enum audit_kind kind = audit_question_kind(question);
    cors_slice path = site->path;
    if (kind == AUDIT_KIND_ERROR) {
        bool slash = path.size > 0 && path.data[path.size - 1] == '/';
        path = keep_format(&audit->keep, "%.*s%s%.*s", SLICE_ARGUMENTS(path), slash ? "" : "/",
                           SLICE_ARGUMENTS(audit_site_name(&audit->site)));
    }
    if (kind == AUDIT_KIND_ERROR_PREFLIGHT) {
        return audit->probes[AUDIT_ASK_ERROR].url;
    }
    return keep_format(
        &audit->keep, "%.*s%.*s%.*s",
        SLICE_ARGUMENTS(audit_origin_format(&audit->keep, site->scheme, site->host, site->port)),
        SLICE_ARGUMENTS(path), SLICE_ARGUMENTS(query_of(audit, question)));
}

static bool is_credential(cors_slice name) {
    return text_is_folded(name, "Cookie") || text_is_folded(name, "Authorization");
}

static bool user_names(const struct audit *audit, const char *name) {
    for (size_t i = 0; i < audit->target.field_count; i++) {
        if (text_is_folded(audit->target.fields[i].name, name)) {
            return true;
        }
    }
    return false;
}

/* The user's own lines, as far as this request has them. */
static size_t add_user_fields(const struct audit *audit, enum audit_question question,
                              cors_field *fields) {
    size_t count = 0;
    for (size_t i = 0; i < audit->target.field_count && !is_preflight(question); i++) {
        cors_slice name = audit->target.fields[i].name;
        bool left_out = text_is_folded(name, cors_field_name(CORS_FIELD_ORIGIN)) ||
                        (question == AUDIT_ASK_BARE && is_credential(name));
        if (!left_out) {
            fields[count++] = audit->target.fields[i];
        }
    }
    return count;
}

static cors_field cors_line(cors_field_id id, cors_slice value) {
    return (cors_field){text_slice(cors_field_name(id)), value};
}

static size_t add_preflight_fields(const struct audit_probe *probe, cors_field *fields) {
    size_t count = 0;
    fields[count++] = cors_line(CORS_FIELD_REQUEST_METHOD, probe->asked_method);
    if (probe->asked_header.size > 0) {
        fields[count++] = cors_line(CORS_FIELD_REQUEST_HEADERS, probe->asked_header);
    }
    fields[count++] = cors_line(CORS_FIELD_REQUEST_PRIVATE_NETWORK, CORS_SLICE("true"));
    return count;
}

/* Some servers look at the Origin only where there is a session: any will do. */
static bool wants_cookie(const struct audit *audit, enum audit_question question) {
    return (question == AUDIT_ASK_RANDOM || question == AUDIT_ASK_PLAIN) &&
           !audit_has_credentials(audit);
}

static void make_fields(struct audit *audit, enum audit_question question,
                        struct audit_probe *probe) {
    size_t most = audit->target.field_count + OWN_FIELDS_MAX;
    cors_field *fields = keep_memory(&audit->keep, most * sizeof *fields);
    size_t count = 0;
    if (!user_names(audit, "User-Agent") || is_preflight(question)) {
        fields[count++] = (cors_field){CORS_SLICE("User-Agent"), agent};
    }
    if (!user_names(audit, "Accept") || is_preflight(question)) {
        fields[count++] = (cors_field){CORS_SLICE("Accept"), CORS_SLICE("*/*")};
    }
    if (probe->origin.size > 0) {
        fields[count++] = cors_line(CORS_FIELD_ORIGIN, probe->origin);
    }
    if (is_preflight(question)) {
        count += add_preflight_fields(probe, fields + count);
    }
    if (wants_cookie(audit, question)) {
        fields[count++] = (cors_field){CORS_SLICE("Cookie"), audit->cookie};
    }
    count += add_user_fields(audit, question, fields + count);
    probe->fields = fields;
    probe->field_count = count;
}

/* What a preflight asks for: what nearly every API takes, or what none does. */
static void choose_asked(struct audit *audit, enum audit_question question,
                         struct audit_probe *probe) {
    bool made_up = question == AUDIT_ASK_PREFLIGHT ||
                   (question == AUDIT_ASK_PREFLIGHT_ANY && audit_reflects(audit));
    bool reads = text_is(audit->target.method, "GET") || text_is(audit->target.method, "HEAD");
    /* What strangers should not be able to do is more telling than what they may read. */
    probe->asked_method =
        question == AUDIT_ASK_PREFLIGHT_ANY && reads ? CORS_SLICE("POST") : audit->target.method;
    if (made_up) {
        char *method = (char *)(uintptr_t)audit_site_name(&audit->site).data;
        for (size_t i = 0; i < AUDIT_NAME_LETTERS; i++) {
            method[i] = (char)(method[i] - 'a' + 'A');
        }
        probe->asked_method = (cors_slice){method, AUDIT_NAME_LETTERS};
        probe->asked_header =
            keep_format(&audit->keep, "x-%.*s", SLICE_ARGUMENTS(audit_site_name(&audit->site)));
    }
}

static void make_request(struct audit *audit, enum audit_question question,
                         struct audit_request *request) {
    struct audit_probe *probe = &audit->probes[question];
    bool preflight = is_preflight(question);
    probe->url = url_of(audit, question);
    probe->method = preflight ? CORS_SLICE("OPTIONS") : audit->target.method;
    if (preflight) {
        choose_asked(audit, question, probe);
    }
    make_fields(audit, question, probe);
    *request = (struct audit_request){
        .method = probe->method,
        .url = probe->url,
        .fields = probe->fields,
        .field_count = probe->field_count,
        .body = audit->target.body,
        .sends_body = audit->target.has_body && !preflight,
        .origin = probe->origin,
        .purpose = audit_question_purpose(question),
    };
}

size_t audit_round(struct audit *audit, const struct audit_request **requests) {
    audit->round_count = audit->has_site ? audit_plan_round(audit, audit->round) : 0;
    for (size_t i = 0; i < audit->round_count; i++) {
        make_request(audit, audit->round[i], &audit->requests[i]);
    }
    audit->sent += (unsigned)audit->round_count;
    if (audit->round_count == 0 && !audit->done) {
        audit->done = true;
        audit_conclude(audit);
    }
    *requests = audit->requests;
    return audit->round_count;
}

/* The answer. */

/* A Location as an absolute URL, as far as it leads to http or https; else an empty slice. */
static cors_slice resolve(struct audit *audit, cors_slice location) {
    const struct audit_site *site = &audit->site;
    cors_slice origin = audit_origin_format(&audit->keep, site->scheme, site->host, site->port);
    if (text_starts_folded(location, "http://") || text_starts_folded(location, "https://")) {
        return location;
    }
    if (text_starts_folded(location, "//")) {
        return keep_format(&audit->keep, "%.*s:%.*s", SLICE_ARGUMENTS(site->scheme),
                           SLICE_ARGUMENTS(location));
    }
    if (location.size > 0 && location.data[0] == '/') {
        return keep_format(&audit->keep, "%.*s%.*s", SLICE_ARGUMENTS(origin),
                           SLICE_ARGUMENTS(location));
    }
    size_t folder = site->path.size;
    while (folder > 0 && site->path.data[folder - 1] != '/') {
        folder--;
    }
    return keep_format(&audit->keep, "%.*s%.*s%.*s", SLICE_ARGUMENTS(origin), (int)folder,
                       site->path.data, SLICE_ARGUMENTS(location));
}

/* Goes on at the place that the first answer led to, if that is on the same host. */
static void follow_redirect(struct audit *audit) {
    struct audit_probe *probe = &audit->probes[AUDIT_ASK_NONE];
    bool redirects =
        probe->facts.status >= 300 && probe->facts.status < 400 && probe->facts.location.size > 0;
    if (!redirects || audit->redirects == REDIRECTS_MAX ||
        audit_is_login_place(probe->facts.location)) {
        return;
    }
    struct audit_site site;
    cors_slice url = keep_slice(&audit->keep, resolve(audit, probe->facts.location));
    bool there = audit_site_begin(&site, &audit->keep, url, &audit->options);
    bool safe = there && text_same(site.host, audit->site.host) &&
                (text_is(site.scheme, "https") || text_is(audit->site.scheme, "http"));
    if (safe) {
        site.random = audit->site.random;
        audit->site = site;
        audit->redirects++;
        *probe = (struct audit_probe){.asked = false};
    }
}

void audit_take(struct audit *audit, size_t number, const struct audit_answer *answer) {
    enum audit_question question = audit->round[number];
    struct audit_probe *probe = &audit->probes[question];
    probe->known = true;
    audit_facts_read(&probe->facts, &audit->site, answer, probe->origin, is_preflight(question),
                     CORS_SLICE("GET"), CORS_SLICE(""));
    if (question == AUDIT_ASK_NONE && answer->failure == AUDIT_REASON_NONE) {
        follow_redirect(audit);
    }
}

const struct audit_result *audit_result(const struct audit *audit) {
    return &audit->result;
}
