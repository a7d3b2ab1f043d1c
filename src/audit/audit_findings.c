/* SPDX-License-Identifier: MIT */
/* Which origins are trusted that should not be: the least that explains all answers. */
#include "audit_findings.h"

#include <cors/origin.h>
#include <stdlib.h>

#include "audit_characters.h"
#include "text_slices.h"

static struct audit_finding *add(struct audit_found *found, enum audit_rule rule,
                                 enum audit_question question, cors_slice message) {
    struct audit *audit = found->audit;
    for (size_t i = 0; i < found->count; i++) {
        if (found->findings[i].rule == rule) {
            return NULL;
        }
    }
    struct audit_finding *finding = &found->findings[found->count++];
    *finding = (struct audit_finding){
        .rule = rule,
        .origin = audit->probes[question].origin,
        .message = message,
        .evidence = audit_evidence(audit, question),
        .reproduce = audit_reproduce(audit, question),
    };
    return finding;
}

void audit_found_origin(struct audit_found *found, enum audit_rule rule,
                        enum audit_question question, enum audit_holder holder,
                        cors_slice message) {
    struct audit_finding *finding = add(found, rule, question, message);
    if (finding != NULL) {
        finding->severity = audit_weigh(found->audit, question, holder, &finding->reasoning);
    }
}

void audit_found_other(struct audit_found *found, enum audit_rule rule,
                       enum audit_severity severity, enum audit_question question,
                       cors_slice message, cors_slice reasoning) {
    struct audit_finding *finding = add(found, rule, question, message);
    if (finding != NULL) {
        finding->severity = severity;
        finding->reasoning = reasoning;
    }
}

/* The first of some questions whose origin is trusted; AUDIT_QUESTION_COUNT where none is. */
static enum audit_question first_trusted(const struct audit *audit,
                                         const enum audit_question *asked, size_t count) {
    for (size_t i = 0; i < count; i++) {
        if (audit_trusts(audit, asked[i])) {
            return asked[i];
        }
    }
    return AUDIT_QUESTION_COUNT;
}

#define FIRST_TRUSTED(audit, ...)                                                                  \
    first_trusted(audit, (const enum audit_question[]){__VA_ARGS__},                               \
                  sizeof(const enum audit_question[]){__VA_ARGS__} / sizeof(enum audit_question))

static cors_slice origin_of(const struct audit *audit, enum audit_question question) {
    return audit->probes[question].origin;
}

static cors_slice say(struct audit *audit, enum audit_question question, const char *words) {
    return keep_format(&audit->keep, "%.*s is trusted: %s",
                       SLICE_ARGUMENTS(origin_of(audit, question)), words);
}

/* Of the classes of look-alikes that strangers can register, those that were found. */
struct look_alikes {
    enum audit_question prefix;
    enum audit_question suffix;
    enum audit_question substring;
    enum audit_question dot;
    enum audit_question ends; /* begins and ends as it should, and either alone is not enough */
};

static enum audit_question find_substring(const struct audit *audit) {
    if (audit_trusts(audit, AUDIT_ASK_SUBSTRING_DOMAIN)) {
        return AUDIT_ASK_SUBSTRING_DOMAIN;
    }
    /* A pattern for subdomains without an end accepts what holds the host, too. */
    bool subdomains = audit_trusts(audit, AUDIT_ASK_SUBSTRING_BELOW);
    return audit_trusts(audit, AUDIT_ASK_SUBSTRING_HOST) && !subdomains ? AUDIT_ASK_SUBSTRING_HOST
                                                                        : AUDIT_QUESTION_COUNT;
}

/*
 * What ends in the domain without a dot is a comparison of ends, if the bare domain is trusted
 * too; else the pattern wants a character there: its dot.
 */
static bool suffix_is_dot(const struct audit *audit) {
    return audit_refuses(audit, AUDIT_ASK_SUFFIX_APEX);
}

/* The host that the target is a tenant of trusts all its tenants. */
static bool trusts_neighbours(const struct audit *audit) {
    cors_slice origin = origin_of(audit, AUDIT_ASK_NEIGHBOUR);
    return audit_trusts(audit, AUDIT_ASK_NEIGHBOUR) &&
           audit->options.is_shared_host(audit->options.context,
                                         text_skip(origin, text_find(origin, '.') + 1));
}

static struct look_alikes find_look_alikes(const struct audit *audit) {
    struct look_alikes like = {AUDIT_QUESTION_COUNT, AUDIT_QUESTION_COUNT, AUDIT_QUESTION_COUNT,
                               AUDIT_QUESTION_COUNT, AUDIT_QUESTION_COUNT};
    enum audit_question dot =
        FIRST_TRUSTED(audit, AUDIT_ASK_DOT, AUDIT_ASK_DOT_1, AUDIT_ASK_DOT_2, AUDIT_ASK_DOT_3);
    like.substring = find_substring(audit);
    if (like.substring != AUDIT_QUESTION_COUNT) {
        return like;
    }
    like.prefix = FIRST_TRUSTED(audit, AUDIT_ASK_PREFIX_PLAIN);
    bool suffix = audit_trusts(audit, AUDIT_ASK_SUFFIX);
    if (trusts_neighbours(audit)) {
        return like; /* they end so, too */
    }
    like.suffix = suffix && !suffix_is_dot(audit) ? AUDIT_ASK_SUFFIX : AUDIT_QUESTION_COUNT;
    like.dot = suffix && suffix_is_dot(audit) ? AUDIT_ASK_SUFFIX : dot;
    like.dot = like.suffix != AUDIT_QUESTION_COUNT ? AUDIT_QUESTION_COUNT : like.dot;
    if (like.prefix == AUDIT_QUESTION_COUNT && !suffix) {
        like.ends = FIRST_TRUSTED(audit, AUDIT_ASK_COMBINED);
    }
    return like;
}

static void report_look_alikes(struct audit_found *found, const struct look_alikes *like) {
    struct audit *audit = found->audit;
    if (like->substring != AUDIT_QUESTION_COUNT) {
        audit_found_origin(
            found, AUDIT_SUBSTRING_MATCH, like->substring, AUDIT_HOLDER_ANYONE,
            say(audit, like->substring, "the server looks for a name anywhere in the origin."));
    }
    if (like->prefix != AUDIT_QUESTION_COUNT) {
        audit_found_origin(
            found, AUDIT_PREFIX_MATCH, like->prefix, AUDIT_HOLDER_ANYONE,
            say(audit, like->prefix, "the server compares the beginning of the origin only."));
    }
    if (like->ends != AUDIT_QUESTION_COUNT) {
        bool neither =
            audit_refuses(audit, AUDIT_ASK_PREFIX_PLAIN) && audit_refuses(audit, AUDIT_ASK_SUFFIX);
        audit_found_origin(found, AUDIT_SUBSTRING_MATCH, like->ends, AUDIT_HOLDER_ANYONE,
                           say(audit, like->ends,
                               neither ? "the server does not compare the middle of the origin."
                                       : "the server compares parts of the origin only."));
    }
    if (like->suffix != AUDIT_QUESTION_COUNT) {
        audit_found_origin(found, AUDIT_SUFFIX_MATCH, like->suffix, AUDIT_HOLDER_ANYONE,
                           say(audit, like->suffix,
                               "the server compares the end of the origin, without a dot before "
                               "the domain."));
    }
    if (like->dot != AUDIT_QUESTION_COUNT) {
        audit_found_origin(
            found, AUDIT_UNESCAPED_DOT, like->dot, AUDIT_HOLDER_ANYONE,
            say(audit, like->dot, "a dot of the server's pattern stands for any character."));
    }
}

/* How many real browsers send an Origin with a character in its host. */
static int browsers_that_send(char character) {
    return audit_character_is_sent(character, CORS_BROWSER_CHROMIUM) +
           audit_character_is_sent(character, CORS_BROWSER_FIREFOX) +
           audit_character_is_sent(character, CORS_BROWSER_SAFARI);
}

static const struct special_question {
    enum audit_question question;
    char character;
} specials[] = {
    {AUDIT_ASK_UNDERSCORE, '_'}, {AUDIT_ASK_SPECIAL_2, '!'},     {AUDIT_ASK_SPECIAL_3, '~'},
    {AUDIT_ASK_SPECIAL_4, '$'},  {AUDIT_ASK_SPECIAL_PLAIN, '`'},
};

/* The trusted one that most browsers send. */
static void report_special(struct audit_found *found, const struct look_alikes *like) {
    struct audit *audit = found->audit;
    const struct special_question *best = NULL;
    if (like->prefix != AUDIT_QUESTION_COUNT || like->substring != AUDIT_QUESTION_COUNT) {
        return; /* they go on with any character */
    }
    for (size_t i = 0; i < sizeof specials / sizeof specials[0]; i++) {
        bool better = best == NULL || browsers_that_send(specials[i].character) >
                                          browsers_that_send(best->character);
        if (audit_trusts(audit, specials[i].question) && better) {
            best = &specials[i];
        }
    }
    if (best != NULL) {
        bool sent = browsers_that_send(best->character) > 0;
        audit_found_origin(
            found, AUDIT_SPECIAL_CHARACTERS, best->question,
            sent ? AUDIT_HOLDER_ANYONE : AUDIT_HOLDER_NOBODY,
            keep_format(&audit->keep,
                        "%.*s is trusted: the host may go on after a character such as %c.",
                        SLICE_ARGUMENTS(origin_of(audit, best->question)), best->character));
    }
}

static void report_cut(struct audit_found *found, const struct look_alikes *like) {
    struct audit *audit = found->audit;
    if (audit_trusts(audit, AUDIT_ASK_CUT) && like->suffix == AUDIT_QUESTION_COUNT) {
        audit_found_origin(found, AUDIT_SUBSTRING_MATCH, AUDIT_ASK_CUT, AUDIT_HOLDER_ANYONE,
                           say(audit, AUDIT_ASK_CUT,
                               "the server looks for the origin inside its list, where a part of "
                               "an entry is enough."));
    }
}

/* What belongs to the owner of the trusted origin, or nearly so. */
static void report_relatives(struct audit_found *found, const struct look_alikes *like) {
    struct audit *audit = found->audit;
    bool ends_open =
        like->prefix != AUDIT_QUESTION_COUNT || like->substring != AUDIT_QUESTION_COUNT;
    bool begin_open =
        like->suffix != AUDIT_QUESTION_COUNT || like->substring != AUDIT_QUESTION_COUNT;
    enum audit_question subdomain =
        FIRST_TRUSTED(audit, AUDIT_ASK_SUBDOMAIN, AUDIT_ASK_SUBDOMAIN_BELOW);
    enum audit_question insecure =
        FIRST_TRUSTED(audit, AUDIT_ASK_INSECURE, AUDIT_ASK_SUBDOMAIN_INSECURE);
    if (subdomain != AUDIT_QUESTION_COUNT && !begin_open && !trusts_neighbours(audit)) {
        audit_found_origin(found, AUDIT_ANY_SUBDOMAIN, subdomain, AUDIT_HOLDER_SUBDOMAIN,
                           say(audit, subdomain, "any subdomain is."));
    }
    if (insecure != AUDIT_QUESTION_COUNT && text_is(audit->site.scheme, "https")) {
        audit_found_origin(found, AUDIT_INSECURE_ORIGIN, insecure, AUDIT_HOLDER_NETWORK,
                           say(audit, insecure, "it is not encrypted."));
    }
    if (audit_trusts(audit, AUDIT_ASK_PORT) && !ends_open) {
        audit_found_origin(found, AUDIT_ANY_PORT, AUDIT_ASK_PORT, AUDIT_HOLDER_PORT,
                           say(audit, AUDIT_ASK_PORT, "any port of the host is."));
    }
    if (audit_trusts(audit, AUDIT_ASK_ANY_SCHEME) && !begin_open) {
        audit_found_origin(found, AUDIT_ANY_SCHEME, AUDIT_ASK_ANY_SCHEME, AUDIT_HOLDER_NOBODY,
                           say(audit, AUDIT_ASK_ANY_SCHEME, "the scheme is not compared."));
    }
}

/* Hosts that anyone can have a name on. */
static void report_shared(struct audit_found *found) {
    struct audit *audit = found->audit;
    enum audit_question shared = FIRST_TRUSTED(audit, AUDIT_ASK_RANDOM, AUDIT_ASK_GITHUB,
                                               AUDIT_ASK_NETLIFY, AUDIT_ASK_PAGES);
    shared = trusts_neighbours(audit) ? AUDIT_ASK_NEIGHBOUR : shared;
    if (shared != AUDIT_QUESTION_COUNT) {
        audit_found_origin(found, AUDIT_SHARED_HOSTING, shared, AUDIT_HOLDER_ANYONE,
                           say(audit, shared, "anyone can have a site beside it."));
    }
}

/* Addresses that belong to nobody in particular, and origins that begin with one. */
static void report_local(struct audit_found *found) {
    struct audit *audit = found->audit;
    enum audit_question loopback =
        FIRST_TRUSTED(audit, AUDIT_ASK_LOOPBACK_PORT, AUDIT_ASK_LOOPBACK, AUDIT_ASK_LOOPBACK_BARE);
    enum audit_question private_address =
        FIRST_TRUSTED(audit, AUDIT_ASK_PRIVATE, AUDIT_ASK_PRIVATE_TEN);
    enum audit_question prefix =
        FIRST_TRUSTED(audit, AUDIT_ASK_LOOPBACK_PREFIX, AUDIT_ASK_PRIVATE_PREFIX);
    if (prefix != AUDIT_QUESTION_COUNT) {
        audit_found_origin(
            found, AUDIT_PREFIX_MATCH, prefix, AUDIT_HOLDER_ANYONE,
            say(audit, prefix, "the server compares the beginning of the origin only."));
    }
    if (loopback != AUDIT_QUESTION_COUNT) {
        bool any_port = loopback == AUDIT_ASK_LOOPBACK_PORT;
        audit_found_origin(found, AUDIT_LOOPBACK_ORIGIN, loopback, AUDIT_HOLDER_LOCAL,
                           say(audit, loopback,
                               any_port ? "any port of the visitor's own machine is."
                                        : "software on the visitor's own machine can have it."));
    }
    if (private_address != AUDIT_QUESTION_COUNT) {
        audit_found_origin(found, AUDIT_PRIVATE_ADDRESS_ORIGIN, private_address,
                           AUDIT_HOLDER_NETWORK,
                           say(audit, private_address,
                               "in any other network the address belongs to somebody else."));
    }
}

/* An origin that the server itself names: what kind of origin is it? */
static void report_stated(struct audit_found *found) {
    struct audit *audit = found->audit;
    cors_slice text = origin_of(audit, AUDIT_ASK_STATED);
    cors_origin origin;
    if (!audit_trusts(audit, AUDIT_ASK_STATED) || !cors_origin_parse(text, &origin)) {
        return;
    }
    bool insecure = text_is(origin.scheme, "http") && text_is(audit->site.scheme, "https");
    if (cors_origin_is_loopback(&origin)) {
        audit_found_origin(
            found, AUDIT_LOOPBACK_ORIGIN, AUDIT_ASK_STATED, AUDIT_HOLDER_LOCAL,
            say(audit, AUDIT_ASK_STATED, "software on the visitor's own machine can have it."));
    } else if (insecure) {
        audit_found_origin(found, AUDIT_INSECURE_ORIGIN, AUDIT_ASK_STATED, AUDIT_HOLDER_NETWORK,
                           say(audit, AUDIT_ASK_STATED, "it is not encrypted."));
    }
}

static void report_strangers(struct audit_found *found) {
    struct audit *audit = found->audit;
    if (audit_reflects(audit)) {
        bool credentials = audit->probes[AUDIT_ASK_PLAIN].facts.access == AUDIT_ACCESS_CREDENTIALS;
        audit_found_origin(found, AUDIT_REFLECTED_ORIGIN, AUDIT_ASK_PLAIN,
                           credentials ? AUDIT_HOLDER_ANYONE : AUDIT_HOLDER_EVERYONE,
                           say(audit, AUDIT_ASK_PLAIN, "whatever origin asks is."));
    }
    if (audit_trusts(audit, AUDIT_ASK_NULL)) {
        audit_found_origin(found, AUDIT_NULL_ORIGIN, AUDIT_ASK_NULL, AUDIT_HOLDER_ANYONE,
                           CORS_SLICE("null is trusted: any page has it in a sandboxed frame."));
    }
}

void audit_find_origins(struct audit_found *found) {
    struct audit *audit = found->audit;
    if (audit_is_public(audit)) {
        return; /* * tells nobody apart */
    }
    report_strangers(found);
    if (audit_reflects(audit)) {
        return; /* that explains all the rest */
    }
    struct look_alikes like = find_look_alikes(audit);
    report_look_alikes(found, &like);
    report_special(found, &like);
    report_cut(found, &like);
    report_shared(found);
    report_relatives(found, &like);
    report_local(found);
    report_stated(found);
}

/* The worst first; among equals, in the order of the rules. */
static int compare_findings(const void *left, const void *right) {
    const struct audit_finding *a = left;
    const struct audit_finding *b = right;
    if (a->severity != b->severity) {
        return a->severity < b->severity ? 1 : -1;
    }
    return (a->rule > b->rule) - (a->rule < b->rule);
}

void audit_conclude(struct audit *audit) {
    struct audit_found *found = keep_memory(&audit->keep, sizeof *found);
    found->audit = audit;
    audit_find_origins(found);
    audit_find_headers(found);
    audit_find_preflights(found);
    qsort(found->findings, found->count, sizeof found->findings[0], compare_findings);
    audit->result.findings = found->findings;
    audit->result.finding_count = found->count;
    audit->result.requests = audit->sent;
    audit->result.matcher = audit_matcher(found);
    audit_decide_outcome(audit);
}
