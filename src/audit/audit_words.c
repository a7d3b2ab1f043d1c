/* SPDX-License-Identifier: MIT */
/* Evidence, the line that reproduces it, and the matcher in words. No secret is in any of them. */
#include <cors/origin.h>

#include "audit_findings.h"
#include "secret_name.h"
#include "shown_url.h"
#include "text_slices.h"

static void put_line(struct keep_text *text, const char *mark, cors_slice name, cors_slice value) {
    keep_text_put(text, mark);
    keep_text_add(text, name);
    keep_text_put(text, ": ");
    keep_text_add(text, value);
    keep_text_put(text, "\n");
}

static bool is_own_line(cors_slice name) {
    return text_is_folded(name, "Accept") || text_is_folded(name, "User-Agent");
}

cors_slice audit_evidence(struct audit *audit, enum audit_question question) {
    const struct audit_probe *probe = &audit->probes[question];
    struct keep_text text = {.keep = &audit->keep};
    keep_text_put(&text, "> ");
    keep_text_add(&text, probe->method);
    keep_text_put(&text, " ");
    keep_text_add(&text, shown_url(&audit->keep, probe->url));
    keep_text_put(&text, "\n");
    for (size_t i = 0; i < probe->field_count; i++) {
        const cors_field *field = &probe->fields[i];
        bool secret = is_secret_name(field->name) && !text_same(field->value, audit->cookie);
        if (!is_own_line(field->name)) {
            put_line(&text, "> ", field->name, secret ? CORS_SLICE(HIDDEN) : field->value);
        }
    }
    cors_slice status = keep_format(&audit->keep, "< %d\n", probe->facts.status);
    keep_text_add(&text, status);
    for (size_t i = 0; i < probe->facts.shown_count; i++) {
        put_line(&text, "< ", probe->facts.shown[i].name, probe->facts.shown[i].value);
    }
    return keep_text_slice(&text);
}

/* A word of a shell's command line: in single quotes, which end where one stands inside. */
static void put_word(struct keep_text *text, cors_slice word) {
    keep_text_put(text, "'");
    for (size_t i = 0; i < word.size; i++) {
        if (word.data[i] == '\'') {
            keep_text_put(text, "'\\''");
        } else {
            keep_text_add(text, (cors_slice){word.data + i, 1});
        }
    }
    keep_text_put(text, "'");
}

static void put_field(struct keep_text *text, const cors_field *field) {
    keep_text_put(text, " -H ");
    struct keep_text line = {.keep = text->keep};
    keep_text_add(&line, field->name);
    keep_text_put(&line, ": ");
    keep_text_add(&line, is_secret_name(field->name) ? CORS_SLICE(HIDDEN) : field->value);
    put_word(text, keep_text_slice(&line));
}

cors_slice audit_reproduce(struct audit *audit, enum audit_question question) {
    const struct audit_probe *probe = &audit->probes[question];
    bool preflight = probe->asked_method.size > 0;
    cors_slice method = preflight ? probe->asked_method : probe->method;
    struct keep_text text = {.keep = &audit->keep};
    keep_text_put(&text, "cors check ");
    put_word(&text, shown_url(&audit->keep, probe->url));
    if (probe->origin.size > 0) {
        keep_text_put(&text, " --origin ");
        put_word(&text, probe->origin);
    }
    if (!text_is(method, "GET")) {
        keep_text_put(&text, " -X ");
        put_word(&text, method);
    }
    if (probe->facts.access == AUDIT_ACCESS_CREDENTIALS) {
        keep_text_put(&text, " --credentials");
    }
    if (preflight && probe->asked_header.size > 0) {
        put_field(&text, &(cors_field){probe->asked_header, CORS_SLICE("x")});
    }
    for (size_t i = 0; i < audit->target.field_count; i++) {
        put_field(&text, &audit->target.fields[i]);
    }
    return keep_text_slice(&text);
}

/* The matcher: what is trusted, each part in words. */

static void put_part(struct keep_text *text, cors_slice part) {
    if (text->size > 0) {
        keep_text_put(text, "; ");
    }
    keep_text_add(text, part);
}

static void put_bases(struct keep_text *text, const struct audit *audit) {
    static const enum audit_question exact[] = {
        AUDIT_ASK_OWN,  AUDIT_ASK_PORTLESS, AUDIT_ASK_KNOWN, AUDIT_ASK_STATED,
        AUDIT_ASK_APEX, AUDIT_ASK_APP,      AUDIT_ASK_WWW};
    for (size_t i = 0; i < sizeof exact / sizeof exact[0]; i++) {
        if (audit_trusts(audit, exact[i])) {
            put_part(text, audit->probes[exact[i]].origin);
        }
    }
}

/* Words for a rule that says which origins are trusted; empty for all other rules. */
static cors_slice words_of(struct audit *audit, const struct audit_finding *finding) {
    struct audit_parts parts = audit_trusted_parts(audit);
    cors_slice domain = audit_site_domain(&audit->site, parts.host);
    cors_slice named = domain.size > 0 ? domain : parts.host;
    struct keep *keep = &audit->keep;
    switch (finding->rule) {
    case AUDIT_REFLECTED_ORIGIN:
        return CORS_SLICE("any origin");
    case AUDIT_WILDCARD:
    case AUDIT_WILDCARD_WITH_CREDENTIALS:
        return CORS_SLICE("any origin, without credentials (*)");
    case AUDIT_NULL_ORIGIN:
        return CORS_SLICE("null");
    case AUDIT_SUFFIX_MATCH:
        return keep_format(keep, "any origin that ends in %.*s", SLICE_ARGUMENTS(named));
    case AUDIT_PREFIX_MATCH:
        return keep_format(keep, "any origin that begins as %.*s does",
                           SLICE_ARGUMENTS(finding->origin));
    case AUDIT_SUBSTRING_MATCH:
        return keep_format(keep, "any origin such as %.*s, by a part of it",
                           SLICE_ARGUMENTS(finding->origin));
    case AUDIT_UNESCAPED_DOT:
        return keep_format(keep, "origins such as %.*s, with any character for a dot",
                           SLICE_ARGUMENTS(finding->origin));
    case AUDIT_SPECIAL_CHARACTERS:
        return keep_format(keep, "origins such as %.*s, after a special character",
                           SLICE_ARGUMENTS(finding->origin));
    case AUDIT_ANY_SUBDOMAIN:
        return keep_format(
            keep, "any subdomain of %.*s",
            SLICE_ARGUMENTS(text_skip(finding->origin, text_find(finding->origin, '.') + 1)));
    case AUDIT_ANY_PORT:
        return keep_format(keep, "any port of %.*s", SLICE_ARGUMENTS(parts.host));
    case AUDIT_ANY_SCHEME:
        return keep_format(keep, "any scheme of %.*s", SLICE_ARGUMENTS(parts.host));
    case AUDIT_INSECURE_ORIGIN:
    case AUDIT_SHARED_HOSTING:
    case AUDIT_LOOPBACK_ORIGIN:
    case AUDIT_PRIVATE_ADDRESS_ORIGIN:
        return keep_format(keep, "origins such as %.*s", SLICE_ARGUMENTS(finding->origin));
    default:
        return (cors_slice){"", 0};
    }
}

cors_slice audit_matcher(const struct audit_found *found) {
    struct keep_text text = {.keep = &found->audit->keep};
    if (!audit_reflects(found->audit)) {
        put_bases(&text, found->audit);
    }
    for (size_t i = 0; i < found->count; i++) {
        cors_slice words = words_of(found->audit, &found->findings[i]);
        if (words.size > 0) {
            put_part(&text, words);
        }
    }
    return keep_text_slice(&text);
}
