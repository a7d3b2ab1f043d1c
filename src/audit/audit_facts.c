/* SPDX-License-Identifier: MIT */
#include "audit_facts.h"

#include "shown_url.h"
#include "text_slices.h"

/* The value of the first field of a name; NULL data where there is none. */
static cors_slice first(const struct audit_answer *answer, const char *name, size_t *count) {
    cors_slice value = {NULL, 0};
    *count = 0;
    for (size_t i = 0; i < answer->field_count; i++) {
        if (text_is_folded(answer->fields[i].name, name)) {
            value = (*count)++ == 0 ? answer->fields[i].value : value;
        }
    }
    return value;
}

static cors_slice field_of(struct keep *keep, const struct audit_answer *answer, const char *name) {
    size_t count;
    cors_slice value = first(answer, name, &count);
    return value.data == NULL ? value : keep_slice(keep, value);
}

/* All lines of a name, joined with commas. */
static cors_slice joined(struct keep *keep, const struct audit_answer *answer, const char *name) {
    struct keep_text text = {.keep = keep};
    for (size_t i = 0; i < answer->field_count; i++) {
        if (text_is_folded(answer->fields[i].name, name)) {
            if (text.size > 0) {
                keep_text_put(&text, ", ");
            }
            keep_text_add(&text, answer->fields[i].value);
        }
    }
    return keep_text_slice(&text);
}

bool audit_list_holds(cors_slice list, cors_slice word) {
    cors_slice item;
    while (text_take(&list, ',', &item)) {
        if (text_same_folded(item, word)) {
            return true;
        }
    }
    return false;
}

static bool is_letter(char byte) {
    return (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z');
}

/* As a word: "/sso", not "/associates". */
static bool holds_word(cors_slice text, const char *word) {
    size_t size = strlen(word);
    for (size_t i = 0; i + size <= text.size; i++) {
        bool begins = i == 0 || !is_letter(text.data[i - 1]);
        bool ends = i + size == text.size || !is_letter(text.data[i + size]);
        if (begins && ends && text_starts_folded(text_skip(text, i), word)) {
            return true;
        }
    }
    return false;
}

bool audit_is_login_place(cors_slice url) {
    static const char *const words[] = {"login", "logon", "signin", "sign",     "sso",
                                        "auth",  "oauth", "saml",   "authorize"};
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
        if (holds_word(url, words[i])) {
            return true;
        }
    }
    return false;
}

static cors_slice cors_value(struct keep *keep, const struct audit_answer *answer,
                             cors_field_id field) {
    return field_of(keep, answer, cors_field_name(field));
}

static void read_cors_fields(struct audit_facts *facts, struct keep *keep,
                             const struct audit_answer *answer) {
    const char *allow_origin = cors_field_name(CORS_FIELD_ALLOW_ORIGIN);
    facts->allow_origin = cors_value(keep, answer, CORS_FIELD_ALLOW_ORIGIN);
    (void)first(answer, allow_origin, &facts->allow_origin_lines);
    facts->allow_credentials = joined(keep, answer, cors_field_name(CORS_FIELD_ALLOW_CREDENTIALS));
    facts->allow_credentials_invalid = facts->allow_credentials.data != NULL &&
                                       !text_is(facts->allow_credentials, "true") &&
                                       !text_is_folded(facts->allow_credentials, "false");
    facts->allow_methods = joined(keep, answer, cors_field_name(CORS_FIELD_ALLOW_METHODS));
    facts->allow_headers = joined(keep, answer, cors_field_name(CORS_FIELD_ALLOW_HEADERS));
    facts->expose_headers = joined(keep, answer, cors_field_name(CORS_FIELD_EXPOSE_HEADERS));
    facts->max_age = cors_value(keep, answer, CORS_FIELD_MAX_AGE);
    facts->allow_private_network =
        text_is(cors_value(keep, answer, CORS_FIELD_ALLOW_PRIVATE_NETWORK), "true");
}

/* The value of a directive with digits: "max-age=60" -> 60; -1 where it is not there. */
static long directive_seconds(cors_slice list, const char *name) {
    cors_slice item;
    while (text_take(&list, ',', &item)) {
        size_t equals = text_find(item, '=');
        if (equals < item.size && text_is_folded((cors_slice){item.data, equals}, name)) {
            long seconds = 0;
            for (size_t i = equals + 1; i < item.size && seconds < 1000000; i++) {
                bool digit = item.data[i] >= '0' && item.data[i] <= '9';
                seconds = digit ? seconds * 10 + (item.data[i] - '0') : seconds;
            }
            return seconds;
        }
    }
    return -1;
}

/* Whether a cache stands before the server, even if this answer did not come out of it. */
static bool passed_a_cache(const struct audit_answer *answer) {
    static const char *const marks[] = {
        "Age",           "X-Cache",   "X-Cache-Status", "CF-Cache-Status",
        "X-Proxy-Cache", "X-Varnish", "X-Served-By",    "Cache-Status"};
    size_t count;
    for (size_t i = 0; i < sizeof marks / sizeof marks[0]; i++) {
        if (first(answer, marks[i], &count).data != NULL) {
            return true;
        }
    }
    return false;
}

static void read_storage(struct audit_facts *facts, struct keep *keep,
                         const struct audit_answer *answer) {
    size_t count;
    cors_slice control = joined(keep, answer, "Cache-Control");
    bool private_only = text_holds_folded(control, "private");
    bool fresh = directive_seconds(control, "max-age") > 0 ||
                 directive_seconds(control, "s-maxage") > 0 ||
                 first(answer, "Expires", &count).size > 1;
    bool revalidated = audit_list_holds(control, CORS_SLICE("no-cache")) ||
                       directive_seconds(control, "max-age") == 0;
    facts->passed_cache = passed_a_cache(answer);
    bool shared = audit_list_holds(control, CORS_SLICE("public")) || facts->passed_cache;
    /* Heuristic freshness: RFC 9111, section 4.2.2. */
    bool heuristic = first(answer, "Last-Modified", &count).data != NULL;
    facts->explicit_freshness = fresh;
    facts->storage = AUDIT_STORAGE_UNKNOWN;
    if (audit_list_holds(control, CORS_SLICE("no-store"))) {
        facts->storage = AUDIT_STORAGE_NONE;
    } else if (private_only) {
        facts->storage = fresh ? AUDIT_STORAGE_PRIVATE : AUDIT_STORAGE_UNKNOWN;
    } else if (shared || ((fresh || heuristic) && !revalidated)) {
        facts->storage = AUDIT_STORAGE_SHARED;
    }
}

static void read_cookies(struct audit_cookies *cookies, const struct audit_answer *answer) {
    for (size_t i = 0; i < answer->field_count; i++) {
        if (!text_is_folded(answer->fields[i].name, "Set-Cookie")) {
            continue;
        }
        cors_slice value = answer->fields[i].value;
        bool kept =
            text_holds_folded(value, "SameSite=Lax") || text_holds_folded(value, "SameSite=Strict");
        cookies->same_site = cookies->same_site || kept;
        cookies->cross_site = cookies->cross_site || !kept;
    }
}

/* Marks of firewalls and bot checks, beside a status that turns away. */
static bool turned_away(const struct audit_answer *answer) {
    static const char *const names[] = {
        "CF-Mitigated",    "X-Amzn-Waf-Action", "X-Sucuri-Block", "X-Sucuri-ID",
        "X-Iinfo",         "X-DataDome",        "X-WAF",          "X-Akamai-Request-ID",
        "X-Denied-Reason", "X-Block-Reason"};
    static const char *const words[] = {"captcha",
                                        "challenge",
                                        "request blocked",
                                        "web application firewall",
                                        "attention required",
                                        "bot detect",
                                        "incident id",
                                        "reference #",
                                        "support id",
                                        "are you a human",
                                        "mod_security"};
    size_t count;
    if (answer->status != 403 && answer->status != 406 && answer->status != 503 &&
        answer->status != 405 && answer->status != 429) {
        return false;
    }
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        if (first(answer, names[i], &count).data != NULL) {
            return true;
        }
    }
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
        if (text_holds_folded(answer->body, words[i])) {
            return true;
        }
    }
    return false;
}

/* Fields that say something about the finding. What they hold is shown, but for cookies. */
static bool is_evidence(cors_slice name) {
    static const char *const names[] = {
        "Cache-Control",    "Age",    "X-Cache",      "Expires", "Location",     "Set-Cookie",
        "WWW-Authenticate", "Server", "Content-Type", "Allow",   "Last-Modified"};
    if (cors_header_is_owned(name) || text_is_folded(name, cors_field_name(CORS_FIELD_VARY))) {
        return true;
    }
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        if (text_is_folded(name, names[i])) {
            return true;
        }
    }
    return false;
}

/* "session=secret; Secure" -> "session=<hidden>; Secure" */
static cors_slice without_secret(struct keep *keep, const cors_field *field) {
    if (text_is_folded(field->name, cors_field_name(CORS_FIELD_LOCATION))) {
        return shown_url(keep, field->value);
    }
    if (!text_is_folded(field->name, "Set-Cookie")) {
        return field->value;
    }
    size_t equals = text_find(field->value, '=');
    size_t end = text_find(field->value, ';');
    if (equals >= end) {
        return CORS_SLICE("<hidden>");
    }
    return keep_format(keep, "%.*s=<hidden>%.*s", (int)equals, field->value.data,
                       SLICE_ARGUMENTS(text_skip(field->value, end)));
}

/* Lines of evidence are for reading: so much of a value is enough. */
enum { SHOWN_MAX = 24, SHOWN_BYTES_MAX = 512 };

static void keep_evidence(struct audit_facts *facts, struct keep *keep,
                          const struct audit_answer *answer) {
    cors_field *shown = keep_memory(keep, SHOWN_MAX * sizeof *shown);
    struct keep whole = {NULL};
    size_t count = 0;
    for (size_t i = 0; i < answer->field_count && count < SHOWN_MAX; i++) {
        if (is_evidence(answer->fields[i].name)) {
            /* Hidden before it is cut: what is cut may no longer look like a secret. */
            cors_slice value = without_secret(&whole, &answer->fields[i]);
            value.size = value.size > SHOWN_BYTES_MAX ? SHOWN_BYTES_MAX : value.size;
            shown[count].name = keep_slice(keep, answer->fields[i].name);
            shown[count++].value = keep_slice(keep, value);
        }
    }
    keep_free(&whole);
    facts->shown = shown;
    facts->shown_count = count;
}

static bool holds_vary(const struct audit_answer *answer, cors_field_id field) {
    for (size_t i = 0; i < answer->field_count; i++) {
        if (text_is_folded(answer->fields[i].name, cors_field_name(CORS_FIELD_VARY)) &&
            cors_vary_covers(answer->fields[i].value, text_slice(cors_field_name(field)))) {
            return true;
        }
    }
    return false;
}

void audit_facts_read(struct audit_facts *facts, const struct audit_site *site,
                      const struct audit_answer *answer, cors_slice origin, bool preflight,
                      cors_slice method, cors_slice header) {
    struct keep *keep = site->keep;
    *facts = (struct audit_facts){.failure = answer->failure, .status = answer->status};
    facts->sentence = keep_slice(keep, answer->sentence);
    if (answer->failure != AUDIT_REASON_NONE) {
        return;
    }
    read_cors_fields(facts, keep, answer);
    facts->varies = holds_vary(answer, CORS_FIELD_ORIGIN);
    facts->varies_by_headers = holds_vary(answer, CORS_FIELD_REQUEST_HEADERS);
    read_storage(facts, keep, answer);
    read_cookies(&facts->cookies, answer);
    facts->strict_transport =
        text_holds_folded(field_of(keep, answer, "Strict-Transport-Security"), "includeSubDomains");
    facts->location = field_of(keep, answer, cors_field_name(CORS_FIELD_LOCATION));
    facts->waf = turned_away(answer);
    facts->digest = answer->digest;
    keep_evidence(facts, keep, answer);
    if (origin.size > 0) {
        audit_facts_judge(facts, answer, origin, preflight, method, header);
    }
}
