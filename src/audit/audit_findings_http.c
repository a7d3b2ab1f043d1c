/* SPDX-License-Identifier: MIT */
/* What is wrong with the headers themselves, with caching, with preflights and with errors. */
#include <cors/origin.h>

#include "audit_findings.h"
#include "text_slices.h"

static const struct audit_facts *facts_of(const struct audit_found *found,
                                          enum audit_question question) {
    return &found->audit->probes[question].facts;
}

static cors_slice shown(cors_slice value) {
    enum { VALUE_BYTES_MAX = 200 };
    value.size = value.size > VALUE_BYTES_MAX ? VALUE_BYTES_MAX : value.size;
    return value;
}

/* Requests whose Origin is a usual one: what their answers say is said to everybody. */
static const enum audit_question usual[] = {AUDIT_ASK_OWN,    AUDIT_ASK_PORTLESS, AUDIT_ASK_KNOWN,
                                            AUDIT_ASK_STATED, AUDIT_ASK_APEX,     AUDIT_ASK_APP,
                                            AUDIT_ASK_WWW,    AUDIT_ASK_PLAIN,    AUDIT_ASK_RANDOM,
                                            AUDIT_ASK_NULL,   AUDIT_ASK_NONE};

enum { USUAL_COUNT = sizeof usual / sizeof usual[0] };

static void find_wildcard(struct audit_found *found) {
    struct audit *audit = found->audit;
    /* Some frameworks name the origin where there is a cookie, and mean *: the own has none. */
    enum audit_question question = audit_is_public(audit) ? AUDIT_ASK_OWN : AUDIT_ASK_RANDOM;
    const struct audit_facts *facts = facts_of(found, question);
    if (!audit_known(audit, question) || facts->access != AUDIT_ACCESS_ANYONE) {
        return;
    }
    if (text_is(facts->allow_credentials, "true")) {
        audit_found_other(found, AUDIT_WILDCARD_WITH_CREDENTIALS, AUDIT_INFO, question,
                          CORS_SLICE("* is sent together with credentials allowed."),
                          CORS_SLICE("No browser hands the answer to a call with credentials over; "
                                     "calls without them work, from everywhere."));
    } else {
        audit_found_other(found, AUDIT_WILDCARD, AUDIT_INFO, question,
                          CORS_SLICE("Every origin may read the answer to calls without "
                                     "credentials."),
                          CORS_SLICE("For public data that is right; for a server that only an "
                                     "inner network reaches it is not."));
    }
}

static bool is_origin(cors_slice value) {
    cors_origin origin;
    return text_is(value, "*") || cors_origin_parse(value, &origin);
}

/* What is sent where nobody asked is judged by no browser. */
static void find_bad_values(struct audit_found *found) {
    struct audit *audit = found->audit;
    static const char useless[] = "No browser takes it: calls from other origins fail.";
    for (size_t i = 0; i < USUAL_COUNT; i++) {
        const struct audit_facts *facts = facts_of(found, usual[i]);
        if (usual[i] == AUDIT_ASK_NONE || !audit_known(audit, usual[i]) ||
            facts->allow_origin.data == NULL) {
            continue;
        }
        bool several = facts->allow_origin_lines > 1 ||
                       text_find(facts->allow_origin, ',') < facts->allow_origin.size;
        if (several) {
            audit_found_other(found, AUDIT_MULTIPLE_ALLOW_ORIGIN, AUDIT_INFO, usual[i],
                              facts->allow_origin_lines > 1
                                  ? keep_format(&audit->keep,
                                                "The allowed origin is sent in %zu lines.",
                                                facts->allow_origin_lines)
                                  : CORS_SLICE("More than one origin is sent in one line."),
                              text_slice(useless));
        } else if (!is_origin(facts->allow_origin)) {
            audit_found_other(found, AUDIT_INVALID_ALLOW_ORIGIN, AUDIT_INFO, usual[i],
                              keep_format(&audit->keep, "\"%.*s\" is no origin.",
                                          SLICE_ARGUMENTS(shown(facts->allow_origin))),
                              text_slice(useless));
        }
    }
}

static void find_bad_credentials(struct audit_found *found) {
    struct audit *audit = found->audit;
    for (size_t i = 0; i < USUAL_COUNT; i++) {
        const struct audit_facts *facts = facts_of(found, usual[i]);
        if (audit_known(audit, usual[i]) && facts->allow_credentials_invalid &&
            facts->allow_origin.data != NULL) {
            audit_found_other(found, AUDIT_INVALID_ALLOW_CREDENTIALS, AUDIT_INFO, usual[i],
                              keep_format(&audit->keep, "Credentials are allowed by \"%.*s\".",
                                          SLICE_ARGUMENTS(shown(facts->allow_credentials))),
                              CORS_SLICE("Browsers know `true` only, byte for byte: calls with "
                                         "credentials fail."));
        }
    }
}

static void find_exposed_secrets(struct audit_found *found) {
    struct audit *audit = found->audit;
    for (size_t i = 0; i < USUAL_COUNT; i++) {
        cors_slice list = facts_of(found, usual[i])->expose_headers;
        cors_slice name;
        while (audit_known(audit, usual[i]) && text_take(&list, ',', &name)) {
            if (cors_header_is_sensitive(name)) {
                audit_found_other(found, AUDIT_EXPOSES_SENSITIVE_HEADER, AUDIT_LOW, usual[i],
                                  keep_format(&audit->keep, "Script may read %.*s.",
                                              SLICE_ARGUMENTS(shown(name))),
                                  CORS_SLICE("By its name it holds a secret, which any script on "
                                             "a trusted page can then send away."));
            }
        }
    }
}

/* The answer that names an origin and does not vary. */
static enum audit_question unvaried(const struct audit *audit) {
    for (enum audit_question i = 0; i < AUDIT_QUESTION_COUNT; i++) {
        const struct audit_facts *facts = &audit->probes[i].facts;
        if (audit_question_kind(i) == AUDIT_KIND_ACTUAL && audit_known(audit, i) &&
            facts->access >= AUDIT_ACCESS_ORIGIN && !facts->varies) {
            return i;
        }
    }
    return AUDIT_QUESTION_COUNT;
}

static void find_cache_poisoning(struct audit_found *found) {
    struct audit *audit = found->audit;
    enum audit_question first = audit_reflects(audit) ? AUDIT_ASK_PLAIN : AUDIT_ASK_CACHE_FIRST;
    const struct audit_facts *second = facts_of(found, AUDIT_ASK_CACHE_SECOND);
    if (audit_known(audit, AUDIT_ASK_CACHE_SECOND) && audit_known(audit, first) &&
        text_same(second->allow_origin, audit->probes[first].origin)) {
        audit_found_other(
            found, AUDIT_CACHE_POISONING, AUDIT_MEDIUM, AUDIT_ASK_CACHE_SECOND,
            keep_format(&audit->keep, "A cache answered %.*s with what it had kept for %.*s.",
                        SLICE_ARGUMENTS(audit->probes[AUDIT_ASK_CACHE_SECOND].origin),
                        SLICE_ARGUMENTS(audit->probes[first].origin)),
            CORS_SLICE("Whoever asks first decides which origin everybody's answer names: others' "
                       "pages are locked out, and what was kept for one is handed to another."));
    }
}

/* An answer that a cache may keep, and that differs from another one by the Origin alone. */
static bool keeps_unvaried_refusal(const struct audit *audit) {
    enum audit_question base;
    const struct audit_facts *none = &audit->probes[AUDIT_ASK_NONE].facts;
    return audit_base(audit, &base) && audit_known(audit, AUDIT_ASK_NONE) &&
           none->explicit_freshness && none->storage == AUDIT_STORAGE_SHARED && !none->varies &&
           !audit_is_fixed(audit);
}

static void find_missing_vary(struct audit_found *found) {
    struct audit *audit = found->audit;
    if (audit_lacks_vary(audit)) {
        enum audit_question question = unvaried(audit);
        enum audit_storage storage = facts_of(found, question)->storage;
        bool kept = storage == AUDIT_STORAGE_SHARED || storage == AUDIT_STORAGE_PRIVATE;
        audit_found_other(
            found, AUDIT_MISSING_VARY, kept ? AUDIT_LOW : AUDIT_INFO, question,
            CORS_SLICE("The answer names the origin that asked, and Vary does not say so."),
            kept ? CORS_SLICE("Caches may keep the answer, and hand it to another origin, for "
                              "which it is the wrong one.")
                 : CORS_SLICE("Nothing says that caches may keep the answer; where one does, it "
                              "hands it to another origin."));
    } else if (keeps_unvaried_refusal(audit)) {
        audit_found_other(
            found, AUDIT_MISSING_VARY, AUDIT_LOW, AUDIT_ASK_NONE,
            CORS_SLICE("The answer to a request without Origin may be kept, and Vary does not say "
                       "that another one is due to a request with one."),
            CORS_SLICE("A cache hands it to a trusted origin, whose call then fails."));
    }
}

void audit_find_headers(struct audit_found *found) {
    find_wildcard(found);
    find_bad_values(found);
    find_bad_credentials(found);
    find_exposed_secrets(found);
    find_cache_poisoning(found);
    find_missing_vary(found);
}

/* Preflights. */

static const enum audit_question preflights[] = {AUDIT_ASK_PREFLIGHT, AUDIT_ASK_PREFLIGHT_BARE,
                                                 AUDIT_ASK_PREFLIGHT_ANY,
                                                 AUDIT_ASK_PREFLIGHT_OTHER};

enum { PREFLIGHT_COUNT = sizeof preflights / sizeof preflights[0] };

static void find_failing_preflight(struct audit_found *found) {
    struct audit *audit = found->audit;
    /* That a made-up method is refused says nothing: only the plain preflight counts. */
    enum audit_question last = AUDIT_ASK_PREFLIGHT_BARE;
    const struct audit_facts *facts = facts_of(found, last);
    enum audit_question base;
    static const char reasoning[] =
        "Pages of the trusted origin can make simple calls only: no JSON body, no PUT, no "
        "Authorization.";
    if (!audit_base(audit, &base) || !audit_known(audit, last) || audit_passes(audit, last) ||
        audit_passes(audit, AUDIT_ASK_PREFLIGHT)) {
        return;
    }
    if (facts->status == 401 || facts->status == 407) {
        audit_found_other(found, AUDIT_PREFLIGHT_NEEDS_CREDENTIALS, AUDIT_LOW, last,
                          keep_format(&audit->keep,
                                      "The preflight of a trusted origin is answered with %d.",
                                      facts->status),
                          text_slice(reasoning));
    } else if (facts->status >= 300 && facts->status < 400) {
        audit_found_other(found, AUDIT_PREFLIGHT_REDIRECTS, AUDIT_LOW, last,
                          keep_format(&audit->keep,
                                      "The preflight of a trusted origin is redirected (%d).",
                                      facts->status),
                          text_slice(reasoning));
    } else {
        audit_found_other(found, AUDIT_PREFLIGHT_FAILS, AUDIT_LOW, last,
                          keep_format(&audit->keep,
                                      "The preflight of a trusted origin fails: status %d, %s.",
                                      facts->status, cors_code_name(facts->code)),
                          text_slice(reasoning));
    }
}

static void find_reflecting_preflight(struct audit_found *found) {
    struct audit *audit = found->audit;
    const struct audit_facts *facts = facts_of(found, AUDIT_ASK_PREFLIGHT_ANY);
    /* A request that got no answer was not refused. */
    bool refused = audit_refuses(audit, AUDIT_ASK_PLAIN) || audit_refuses(audit, AUDIT_ASK_RANDOM);
    if (!refused || audit_reflects(audit) || !audit_trusts(audit, AUDIT_ASK_PREFLIGHT_ANY)) {
        return;
    }
    bool credentials = facts->access == AUDIT_ACCESS_CREDENTIALS;
    audit_found_other(
        found, AUDIT_PREFLIGHT_REFLECTS, credentials ? AUDIT_MEDIUM : AUDIT_LOW,
        AUDIT_ASK_PREFLIGHT_ANY,
        keep_format(&audit->keep, "The preflight of %.*s is allowed, the request itself is not.",
                    SLICE_ARGUMENTS(audit->probes[AUDIT_ASK_PREFLIGHT_ANY].origin)),
        credentials ? CORS_SLICE("Anyone's page can send requests that change something, with the "
                                 "visitor's credentials; it cannot read the answers.")
                    : CORS_SLICE("Anyone's page can send requests that change something, without "
                                 "credentials; it cannot read the answers."));
}

static bool is_number(cors_slice value) {
    value = text_trim(value);
    for (size_t i = 0; i < value.size; i++) {
        if (value.data[i] < '0' || value.data[i] > '9') {
            return false;
        }
    }
    return value.size > 0;
}

static void find_bad_ages(struct audit_found *found) {
    struct audit *audit = found->audit;
    for (size_t i = 0; i < PREFLIGHT_COUNT; i++) {
        const struct audit_facts *facts = facts_of(found, preflights[i]);
        if (audit_known(audit, preflights[i]) && facts->max_age.data != NULL &&
            !is_number(facts->max_age)) {
            audit_found_other(found, AUDIT_MAX_AGE_INVALID, AUDIT_INFO, preflights[i],
                              keep_format(&audit->keep, "\"%.*s\" is no number of seconds.",
                                          SLICE_ARGUMENTS(shown(facts->max_age))),
                              CORS_SLICE("Browsers then keep the preflight for 5 seconds."));
        }
    }
}

/* The preflight of whom strangers are no worse off than: they may do what it allows. */
static bool is_for_strangers(enum audit_question question) {
    return question == AUDIT_ASK_PREFLIGHT_ANY || question == AUDIT_ASK_PREFLIGHT_OTHER;
}

/* Who lets its own pages into its own network may mean it. */
static void find_private_network(struct audit_found *found) {
    struct audit *audit = found->audit;
    for (size_t i = 0; i < PREFLIGHT_COUNT; i++) {
        enum audit_question question = preflights[i];
        if (is_for_strangers(question) && audit_known(audit, question) &&
            facts_of(found, question)->allow_private_network) {
            audit_found_other(
                found, AUDIT_PRIVATE_NETWORK_ALLOWED,
                audit_passes(audit, question) ? AUDIT_LOW : AUDIT_INFO, question,
                CORS_SLICE("The preflight allows pages from the internet into a private network."),
                CORS_SLICE("Browsers that still ask for it let the page through; today's ask the "
                           "visitor instead."));
        }
    }
}

static bool is_made_up(const struct audit_probe *probe) {
    return text_starts_folded(probe->asked_header, "x-");
}

static void find_wide_methods(struct audit_found *found, enum audit_question question) {
    struct audit *audit = found->audit;
    const struct audit_probe *probe = &audit->probes[question];
    cors_slice list = probe->facts.allow_methods;
    bool echoed = is_made_up(probe) && audit_list_holds(list, probe->asked_method);
    bool any = audit_list_holds(list, CORS_SLICE("*"));
    bool odd = audit_list_holds(list, CORS_SLICE("TRACE")) ||
               audit_list_holds(list, CORS_SLICE("CONNECT")) ||
               audit_list_holds(list, CORS_SLICE("TRACK"));
    if (echoed || any || odd) {
        audit_found_other(found, AUDIT_METHODS_TOO_WIDE,
                          is_for_strangers(question) ? AUDIT_LOW : AUDIT_INFO, question,
                          echoed ? CORS_SLICE("Whatever method is asked for is allowed.")
                          : any  ? CORS_SLICE("* allows every method.")
                                 : CORS_SLICE("Methods are allowed that no page can use."),
                          CORS_SLICE("What a trusted page can do is left to the application."));
    }
}

/*
 * Frameworks mirror the names that a trusted origin asks for, and say so in Vary: that is how they
 * write "no list", and gives nobody anything. A mirror by hand counts where credentials go along.
 */
static void find_wide_headers(struct audit_found *found, enum audit_question question) {
    struct audit *audit = found->audit;
    const struct audit_probe *probe = &audit->probes[question];
    cors_slice list = probe->facts.allow_headers;
    bool echoed = is_made_up(probe) && audit_list_holds(list, probe->asked_header) &&
                  (is_for_strangers(question) || (text_is(probe->facts.allow_credentials, "true") &&
                                                  !probe->facts.varies_by_headers));
    bool any = audit_list_holds(list, CORS_SLICE("*"));
    if (echoed || any) {
        audit_found_other(found, AUDIT_HEADERS_TOO_WIDE,
                          is_for_strangers(question) ? AUDIT_LOW : AUDIT_INFO, question,
                          echoed ? CORS_SLICE("Whatever request header is asked for is allowed.")
                                 : CORS_SLICE("* allows every request header."),
                          CORS_SLICE("Headers that are to keep other sites' calls out, such as "
                                     "X-Requested-With, keep nobody out who is trusted."));
    }
}

/* The stranger's preflight first: it weighs more. */
static void find_wide_preflights(struct audit_found *found) {
    for (size_t i = PREFLIGHT_COUNT; i > 0; i--) {
        enum audit_question question = preflights[i - 1];
        if (audit_known(found->audit, question) &&
            facts_of(found, question)->allow_origin.data != NULL) {
            find_wide_methods(found, question);
            find_wide_headers(found, question);
        }
    }
}

/* Errors. */

static void find_bare_errors(struct audit_found *found) {
    struct audit *audit = found->audit;
    const struct audit_facts *error = facts_of(found, AUDIT_ASK_ERROR);
    const struct audit_facts *own = facts_of(found, AUDIT_ASK_OWN);
    enum audit_question base;
    bool has_base = audit_base(audit, &base);
    enum audit_question question = AUDIT_QUESTION_COUNT;
    if (has_base && audit_known(audit, AUDIT_ASK_ERROR) && error->status >= 400 &&
        !audit_passes(audit, AUDIT_ASK_ERROR) && audit_passes(audit, AUDIT_ASK_ERROR_PREFLIGHT)) {
        question = AUDIT_ASK_ERROR;
    }
    if (!has_base && audit_known(audit, AUDIT_ASK_OWN) && own->status >= 400 &&
        own->status == facts_of(found, AUDIT_ASK_NONE)->status && own->allow_origin.data == NULL &&
        audit_passes(audit, AUDIT_ASK_PREFLIGHT)) {
        question = AUDIT_ASK_OWN;
    }
    if (question != AUDIT_QUESTION_COUNT) {
        audit_found_other(found, AUDIT_ERRORS_LACK_HEADERS, AUDIT_LOW, question,
                          keep_format(&audit->keep,
                                      "An error (%d) lacks the headers that other answers have.",
                                      facts_of(found, question)->status),
                          CORS_SLICE("Pages see a network failure in its place, and nobody learns "
                                     "what went wrong."));
    }
}

void audit_find_preflights(struct audit_found *found) {
    find_failing_preflight(found);
    find_reflecting_preflight(found);
    find_bad_ages(found);
    find_private_network(found);
    if (!audit_is_public(found->audit)) {
        find_wide_preflights(found);
    }
    find_bare_errors(found);
}
