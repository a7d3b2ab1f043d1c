/* SPDX-License-Identifier: MIT */
#include "audit_plan.h"

#include "text_slices.h"

static const struct {
    enum audit_kind kind;
    const char *purpose;
} questions[] = {
#define QUESTION_ROW(name, kind, purpose) [AUDIT_ASK_##name] = {AUDIT_KIND_##kind, purpose},
    AUDIT_QUESTIONS(QUESTION_ROW)
#undef QUESTION_ROW
};

enum audit_kind audit_question_kind(enum audit_question question) {
    return questions[question].kind;
}

const char *audit_question_purpose(enum audit_question question) {
    return questions[question].purpose;
}

/* What is known. */

static const struct audit_facts *facts_of(const struct audit *audit, enum audit_question question) {
    return &audit->probes[question].facts;
}

bool audit_known(const struct audit *audit, enum audit_question question) {
    return audit->probes[question].known &&
           audit->probes[question].facts.failure == AUDIT_REASON_NONE;
}

/* Nothing more will be known: answered, failed, or not to be asked of this target. */
static bool over(const struct audit *audit, enum audit_question question) {
    return audit->probes[question].known || audit->probes[question].none;
}

/* What an origin gets that nobody has on a list. */
static enum audit_access access_of_strangers(const struct audit *audit) {
    bool reflected = facts_of(audit, AUDIT_ASK_RANDOM)->access >= AUDIT_ACCESS_ORIGIN;
    enum audit_question stranger =
        reflected && audit_known(audit, AUDIT_ASK_PLAIN) ? AUDIT_ASK_PLAIN : AUDIT_ASK_RANDOM;
    return facts_of(audit, stranger)->access;
}

bool audit_passes(const struct audit *audit, enum audit_question question) {
    return audit_known(audit, question) && facts_of(audit, question)->access >= AUDIT_ACCESS_ANYONE;
}

static bool is_named(const struct audit *audit, enum audit_question question) {
    return audit_known(audit, question) && facts_of(audit, question)->access >= AUDIT_ACCESS_ORIGIN;
}

bool audit_trusts(const struct audit *audit, enum audit_question question) {
    bool stranger = question == AUDIT_ASK_RANDOM || question == AUDIT_ASK_PLAIN ||
                    audit_question_kind(question) != AUDIT_KIND_ACTUAL;
    return is_named(audit, question) &&
           (stranger || facts_of(audit, question)->access > access_of_strangers(audit));
}

bool audit_refuses(const struct audit *audit, enum audit_question question) {
    return audit_known(audit, question) && !audit_trusts(audit, question);
}

bool audit_reflects(const struct audit *audit) {
    return is_named(audit, AUDIT_ASK_PLAIN);
}

bool audit_is_public(const struct audit *audit) {
    return audit_known(audit, AUDIT_ASK_RANDOM) && audit_known(audit, AUDIT_ASK_OWN) &&
           (facts_of(audit, AUDIT_ASK_RANDOM)->access == AUDIT_ACCESS_ANYONE ||
            facts_of(audit, AUDIT_ASK_RANDOM)->access == AUDIT_ACCESS_ORIGIN) &&
           facts_of(audit, AUDIT_ASK_OWN)->access == AUDIT_ACCESS_ANYONE;
}

bool audit_is_fixed(const struct audit *audit) {
    const enum audit_question asked[] = {AUDIT_ASK_NONE, AUDIT_ASK_RANDOM, AUDIT_ASK_OWN};
    cors_slice value = facts_of(audit, AUDIT_ASK_NONE)->allow_origin;
    for (size_t i = 0; i < sizeof asked / sizeof asked[0]; i++) {
        if (!audit_known(audit, asked[i]) || facts_of(audit, asked[i])->allow_origin_lines != 1 ||
            !text_same(facts_of(audit, asked[i])->allow_origin, value)) {
            return false;
        }
    }
    return !text_is(value, "*");
}

static const enum audit_question bases[] = {AUDIT_ASK_OWN,    AUDIT_ASK_PORTLESS, AUDIT_ASK_KNOWN,
                                            AUDIT_ASK_STATED, AUDIT_ASK_APEX,     AUDIT_ASK_APP,
                                            AUDIT_ASK_WWW};

bool audit_base(const struct audit *audit, enum audit_question *base) {
    for (size_t i = 0; i < sizeof bases / sizeof bases[0]; i++) {
        if (audit_trusts(audit, bases[i])) {
            *base = bases[i];
            return true;
        }
    }
    return false;
}

struct audit_parts audit_trusted_parts(const struct audit *audit) {
    /* Lists are of public names: without a base, the target's own port stands in none. */
    struct audit_parts parts = {audit->site.scheme, audit->site.host, {"", 0}};
    enum audit_question base;
    /* Where both ports are trusted the usual one is that which more matchers know. */
    bool portless = audit_trusts(audit, AUDIT_ASK_PORTLESS);
    if (audit_base(audit, &base)) {
        base = portless ? AUDIT_ASK_PORTLESS : base;
        (void)audit_parts_read(audit->probes[base].origin, &parts);
    }
    return parts;
}

/* Origins that a good list may hold: all others are trusted by a fault, or by a wish for it. */
static bool may_be_listed(enum audit_question question) {
    for (size_t i = 0; i < sizeof bases / sizeof bases[0]; i++) {
        if (bases[i] == question) {
            return true;
        }
    }
    return question == AUDIT_ASK_SUFFIX_APEX || question == AUDIT_ASK_BARE ||
           question == AUDIT_ASK_PREFLIGHT || question == AUDIT_ASK_PREFLIGHT_BARE ||
           question == AUDIT_ASK_ERROR || question == AUDIT_ASK_ERROR_PREFLIGHT ||
           question == AUDIT_ASK_CACHE_FIRST;
}

bool audit_trusts_beyond(const struct audit *audit, enum audit_question question) {
    return !may_be_listed(question) && audit_trusts(audit, question);
}

bool audit_trusts_more(const struct audit *audit) {
    for (enum audit_question i = 0; i < AUDIT_QUESTION_COUNT; i++) {
        if (audit_trusts_beyond(audit, i)) {
            return true;
        }
    }
    return false;
}

bool audit_has_credentials(const struct audit *audit) {
    for (size_t i = 0; i < audit->target.field_count; i++) {
        cors_slice name = audit->target.fields[i].name;
        if (text_is_folded(name, "Cookie") || text_is_folded(name, "Authorization")) {
            return true;
        }
    }
    return false;
}

/* Whether one origin got another answer than a second one. Failures of the server do not count. */
static bool depends_on_origin(const struct audit *audit) {
    const struct audit_facts *first = NULL;
    for (enum audit_question i = 0; i < AUDIT_QUESTION_COUNT; i++) {
        const struct audit_facts *facts = facts_of(audit, i);
        if (audit_question_kind(i) != AUDIT_KIND_ACTUAL || !audit_known(audit, i) ||
            facts->status >= 500) {
            continue;
        }
        first = first == NULL ? facts : first;
        if (!text_same(facts->allow_origin, first->allow_origin)) {
            return true;
        }
    }
    return false;
}

bool audit_lacks_vary(const struct audit *audit) {
    if (!depends_on_origin(audit)) {
        return false;
    }
    for (enum audit_question i = 0; i < AUDIT_QUESTION_COUNT; i++) {
        if (audit_question_kind(i) == AUDIT_KIND_ACTUAL && is_named(audit, i) &&
            !facts_of(audit, i)->varies && facts_of(audit, i)->storage != AUDIT_STORAGE_NONE) {
            return true;
        }
    }
    return false;
}

bool audit_avoids_cache(const struct audit *audit) {
    const struct audit_facts *facts = facts_of(audit, AUDIT_ASK_NONE);
    return audit_known(audit, AUDIT_ASK_NONE) && facts->storage == AUDIT_STORAGE_SHARED;
}

/* The conditions. */

static bool always(const struct audit *audit) {
    (void)audit;
    return true;
}

/* The server answers at all, and here. */
static bool is_there(const struct audit *audit) {
    const struct audit_facts *facts = facts_of(audit, AUDIT_ASK_NONE);
    bool redirects = facts->status >= 300 && facts->status < 400 && facts->location.size > 0;
    return audit_known(audit, AUDIT_ASK_NONE) && !redirects;
}

static bool random_is_trusted(const struct audit *audit) {
    return is_named(audit, AUDIT_ASK_RANDOM) && !audit_is_public(audit);
}

/* The first three answers tell of no simple case. */
static bool is_open(const struct audit *audit) {
    bool answered = audit_known(audit, AUDIT_ASK_RANDOM) && audit_known(audit, AUDIT_ASK_OWN);
    return answered && (!random_is_trusted(audit) || over(audit, AUDIT_ASK_PLAIN)) &&
           !audit_reflects(audit) && !audit_is_public(audit);
}

static bool is_thorough(const struct audit *audit) {
    return is_open(audit) && !audit->options.quick;
}

/* Look-alikes have the port that the trusted origin has, if any has. */
static bool knows_port(const struct audit *audit) {
    return is_open(audit) && over(audit, AUDIT_ASK_PORTLESS);
}

static bool knows_port_and_is_thorough(const struct audit *audit) {
    return knows_port(audit) && is_thorough(audit);
}

static bool has_base(const struct audit *audit) {
    enum audit_question base;
    return is_thorough(audit) && audit_base(audit, &base);
}

static bool is_quick_with_base(const struct audit *audit) {
    enum audit_question base;
    return is_open(audit) && audit->options.quick && audit_base(audit, &base);
}

/* An error without headers tells nothing of lists; a preflight may. */
static bool own_fails(const struct audit *audit) {
    const struct audit_facts *facts = facts_of(audit, AUDIT_ASK_OWN);
    return is_thorough(audit) && facts->status >= 400 && facts->allow_origin.data == NULL &&
           facts->status == facts_of(audit, AUDIT_ASK_NONE)->status;
}

/* The first four places where a trusted origin may be known from. */
static bool searches_base(const struct audit *audit) {
    enum audit_question base;
    return is_thorough(audit) && over(audit, AUDIT_ASK_PORTLESS) && over(audit, AUDIT_ASK_KNOWN) &&
           over(audit, AUDIT_ASK_STATED) && !audit_base(audit, &base);
}

static bool found_no_base(const struct audit *audit) {
    return searches_base(audit) && over(audit, AUDIT_ASK_APEX) && over(audit, AUDIT_ASK_APP);
}

static bool answers_differ(const struct audit *audit) {
    return is_thorough(audit) && !audit_is_fixed(audit);
}

/* Another port would tell something: not where the port of the trusted origin counts already. */
static bool port_is_open(const struct audit *audit) {
    bool own = audit_trusts(audit, AUDIT_ASK_OWN);
    bool portless = audit_trusts(audit, AUDIT_ASK_PORTLESS);
    bool has_port = audit->site.port.size > 0;
    return has_base(audit) && over(audit, AUDIT_ASK_PORTLESS) && (!has_port || own == portless);
}

static bool dots_are_over(const struct audit *audit) {
    return over(audit, AUDIT_ASK_DOT) && over(audit, AUDIT_ASK_DOT_1) &&
           over(audit, AUDIT_ASK_DOT_2) && over(audit, AUDIT_ASK_DOT_3);
}

static bool trusts_dot(const struct audit *audit) {
    return audit_trusts(audit, AUDIT_ASK_DOT) || audit_trusts(audit, AUDIT_ASK_DOT_1) ||
           audit_trusts(audit, AUDIT_ASK_DOT_2) || audit_trusts(audit, AUDIT_ASK_DOT_3);
}

/* A name with a replaced dot ends in the domain too: only where there is none, or it is trusted. */
static bool suffix_is_open(const struct audit *audit) {
    struct audit_parts parts = audit_trusted_parts(audit);
    bool apex = text_same(parts.host, audit_site_domain(&audit->site, parts.host));
    return (has_base(audit) && (apex || (dots_are_over(audit) && trusts_dot(audit)))) ||
           audit_trusts(audit, AUDIT_ASK_COMBINED);
}

static bool suffix_is_trusted(const struct audit *audit) {
    return audit_trusts(audit, AUDIT_ASK_SUFFIX);
}

static bool prefix_needs_control(const struct audit *audit) {
    return audit_trusts(audit, AUDIT_ASK_PREFIX) || audit_trusts(audit, AUDIT_ASK_COMBINED) ||
           audit_trusts(audit, AUDIT_ASK_APEX_PREFIX);
}

static bool prefix_is_trusted(const struct audit *audit) {
    return audit_trusts(audit, AUDIT_ASK_PREFIX_PLAIN);
}

static bool substring_is_open(const struct audit *audit) {
    return prefix_is_trusted(audit) && audit_refuses(audit, AUDIT_ASK_SUBSTRING_DOMAIN);
}

static bool substring_needs_control(const struct audit *audit) {
    return substring_is_open(audit) && audit_trusts(audit, AUDIT_ASK_SUBSTRING_HOST);
}

/* It is no prefix: then the underscore did it, or the shared host. */
static bool underscore_is_open(const struct audit *audit) {
    return audit_trusts(audit, AUDIT_ASK_PREFIX) && audit_refuses(audit, AUDIT_ASK_PREFIX_PLAIN);
}

static bool pages_is_open(const struct audit *audit) {
    return underscore_is_open(audit) && audit_refuses(audit, AUDIT_ASK_UNDERSCORE);
}

/* What takes any character but those of host names takes the colon of a port, too. */
static bool port_is_trusted(const struct audit *audit) {
    return audit_trusts(audit, AUDIT_ASK_PORT) && !audit->options.quick;
}

static bool special_is_open(const struct audit *audit) {
    return audit_trusts(audit, AUDIT_ASK_SPECIAL) && over(audit, AUDIT_ASK_PREFIX) &&
           (!audit_trusts(audit, AUDIT_ASK_PREFIX) || audit_refuses(audit, AUDIT_ASK_PREFIX_PLAIN));
}

static bool github_needs_control(const struct audit *audit) {
    return special_is_open(audit) && audit_refuses(audit, AUDIT_ASK_SPECIAL_PLAIN);
}

static bool special_is_trusted(const struct audit *audit) {
    return special_is_open(audit) && audit_trusts(audit, AUDIT_ASK_SPECIAL_PLAIN);
}

static bool insecure_is_trusted(const struct audit *audit) {
    return audit_trusts(audit, AUDIT_ASK_INSECURE);
}

static bool subdomain_is_trusted(const struct audit *audit) {
    return audit_trusts(audit, AUDIT_ASK_SUBDOMAIN) && !audit->options.quick &&
           over(audit, AUDIT_ASK_INSECURE) && !insecure_is_trusted(audit) &&
           text_is(audit->site.scheme, "https");
}

static bool loopback_is_trusted(const struct audit *audit) {
    return audit_trusts(audit, AUDIT_ASK_LOOPBACK) || audit_trusts(audit, AUDIT_ASK_LOOPBACK_BARE);
}

static bool private_is_trusted(const struct audit *audit) {
    return audit_trusts(audit, AUDIT_ASK_PRIVATE) || audit_trusts(audit, AUDIT_ASK_PRIVATE_TEN);
}

static bool preflight_failed(const struct audit *audit) {
    return audit_known(audit, AUDIT_ASK_PREFLIGHT) && !audit_passes(audit, AUDIT_ASK_PREFLIGHT);
}

static bool preflight_works(const struct audit *audit) {
    return has_base(audit) && (audit_passes(audit, AUDIT_ASK_PREFLIGHT) ||
                               audit_passes(audit, AUDIT_ASK_PREFLIGHT_BARE));
}

/* Where preflights of the trusted origin fail, no preflight can be asked about another one. */
static bool below_is_open(const struct audit *audit) {
    return audit_trusts(audit, AUDIT_ASK_PREFLIGHT_OTHER) ||
           (has_base(audit) && over(audit, AUDIT_ASK_PREFLIGHT_BARE) && !preflight_works(audit));
}

/* Preflights let somebody in whom requests refuse. */
static bool preflight_needs_control(const struct audit *audit) {
    bool refused = audit->probes[AUDIT_ASK_SUBDOMAIN_BELOW].none
                       ? audit_refuses(audit, AUDIT_ASK_GITHUB)
                       : audit_refuses(audit, AUDIT_ASK_SUBDOMAIN_BELOW);
    return audit_trusts(audit, AUDIT_ASK_PREFLIGHT_OTHER) && refused;
}

static bool github_is_open(const struct audit *audit) {
    return below_is_open(audit) && audit->probes[AUDIT_ASK_SUBDOMAIN_BELOW].none;
}

static bool error_lacks_headers(const struct audit *audit) {
    const struct audit_facts *facts = facts_of(audit, AUDIT_ASK_ERROR);
    return audit_known(audit, AUDIT_ASK_ERROR) && facts->status >= 400 &&
           !audit_passes(audit, AUDIT_ASK_ERROR);
}

/* A cache may hand one origin's answer to another. */
static bool cache_is_open(const struct audit *audit) {
    const struct audit_facts *facts = facts_of(audit, AUDIT_ASK_NONE);
    return (audit_lacks_vary(audit) || (facts->passed_cache && depends_on_origin(audit))) &&
           audit_avoids_cache(audit) &&
           (text_is(audit->target.method, "GET") || text_is(audit->target.method, "HEAD"));
}

/* Where any origin is named, the second random one was asked about at the shared place already. */
static bool cache_wants_first(const struct audit *audit) {
    return cache_is_open(audit) && !audit_reflects(audit);
}

static bool cache_wants_second(const struct audit *audit) {
    return cache_is_open(audit) &&
           (audit_reflects(audit) ? !audit_has_credentials(audit)
                                  : audit_known(audit, AUDIT_ASK_CACHE_FIRST));
}

/* What others could register is trusted: is it for what they share with the trusted origin? */
static bool look_alike_is_trusted(const struct audit *audit) {
    return audit_trusts(audit, AUDIT_ASK_PREFIX_PLAIN) || audit_trusts(audit, AUDIT_ASK_SUFFIX) ||
           audit_trusts(audit, AUDIT_ASK_CUT) || audit_trusts(audit, AUDIT_ASK_SPECIAL_PLAIN) ||
           trusts_dot(audit);
}

static bool wants_bare(const struct audit *audit) {
    return audit_has_credentials(audit) && (audit_reflects(audit) || audit_trusts_more(audit));
}

static bool reflects_anything(const struct audit *audit) {
    return audit_reflects(audit) && !cache_is_open(audit) && !audit_has_credentials(audit);
}

/*
 * The rows, in groups: a group is asked only when nothing is left to ask in those before. Within a
 * group, the first come first where there is no room for all.
 */
static const struct row {
    int group;
    enum audit_question question;
    bool (*wanted)(const struct audit *audit);
} rows[] = {
    {0, AUDIT_ASK_NONE, always},
    {0, AUDIT_ASK_RANDOM, is_there},
    {0, AUDIT_ASK_OWN, is_there},
    {0, AUDIT_ASK_PLAIN, random_is_trusted},
    {0, AUDIT_ASK_PREFLIGHT_ANY, reflects_anything},
    {0, AUDIT_ASK_PORTLESS, is_open},
    {0, AUDIT_ASK_KNOWN, is_open},
    {0, AUDIT_ASK_STATED, is_open},
    {0, AUDIT_ASK_COMBINED, is_quick_with_base},
    {0, AUDIT_ASK_NULL, is_open},
    {0, AUDIT_ASK_SUBDOMAIN, knows_port},
    {0, AUDIT_ASK_NEIGHBOUR, knows_port_and_is_thorough},
    {0, AUDIT_ASK_INSECURE, has_base},
    {0, AUDIT_ASK_DOT, has_base},
    {0, AUDIT_ASK_DOT_1, has_base},
    {0, AUDIT_ASK_DOT_2, has_base},
    {0, AUDIT_ASK_DOT_3, has_base},
    {0, AUDIT_ASK_SUFFIX, suffix_is_open},
    {0, AUDIT_ASK_PREFIX, has_base},
    {0, AUDIT_ASK_PREFLIGHT, has_base},
    {0, AUDIT_ASK_PREFLIGHT, own_fails},
    {0, AUDIT_ASK_ERROR, has_base},
    {0, AUDIT_ASK_PORT, port_is_open},
    {0, AUDIT_ASK_APEX, searches_base},
    {0, AUDIT_ASK_APP, searches_base},
    {0, AUDIT_ASK_INSECURE, found_no_base},
    {0, AUDIT_ASK_LOOPBACK, found_no_base},
    {0, AUDIT_ASK_PRIVATE, found_no_base},
    {0, AUDIT_ASK_PREFLIGHT_ANY, found_no_base},
    {0, AUDIT_ASK_APEX_PREFIX, found_no_base},
    {0, AUDIT_ASK_GITHUB, found_no_base},
    {0, AUDIT_ASK_NETLIFY, found_no_base},
    {0, AUDIT_ASK_PAGES, found_no_base},

    {1, AUDIT_ASK_PLAIN, look_alike_is_trusted},
    {1, AUDIT_ASK_NEIGHBOUR, suffix_is_trusted},
    {1, AUDIT_ASK_SUFFIX_APEX, suffix_is_trusted},
    {1, AUDIT_ASK_PREFIX_PLAIN, prefix_needs_control},
    {1, AUDIT_ASK_SUBSTRING_DOMAIN, prefix_is_trusted},
    {1, AUDIT_ASK_SUBSTRING_HOST, substring_is_open},
    {1, AUDIT_ASK_SUBSTRING_BELOW, substring_needs_control},
    {1, AUDIT_ASK_UNDERSCORE, underscore_is_open},
    {1, AUDIT_ASK_PAGES, pages_is_open},
    {1, AUDIT_ASK_SPECIAL, port_is_trusted},
    {1, AUDIT_ASK_SPECIAL_PLAIN, special_is_open},
    {1, AUDIT_ASK_GITHUB, github_needs_control},
    {1, AUDIT_ASK_UNDERSCORE, special_is_trusted},
    {1, AUDIT_ASK_SPECIAL_2, special_is_trusted},
    {1, AUDIT_ASK_SPECIAL_3, special_is_trusted},
    {1, AUDIT_ASK_SPECIAL_4, special_is_trusted},
    {1, AUDIT_ASK_ANY_SCHEME, insecure_is_trusted},
    {1, AUDIT_ASK_SUBDOMAIN_INSECURE, subdomain_is_trusted},
    {1, AUDIT_ASK_LOOPBACK_PORT, loopback_is_trusted},
    {1, AUDIT_ASK_LOOPBACK_PREFIX, loopback_is_trusted},
    {1, AUDIT_ASK_PRIVATE_PREFIX, private_is_trusted},
    {1, AUDIT_ASK_BARE, wants_bare},

    {1, AUDIT_ASK_ERROR_PREFLIGHT, error_lacks_headers},
    {1, AUDIT_ASK_CACHE_FIRST, cache_wants_first},
    {1, AUDIT_ASK_CACHE_SECOND, cache_wants_second},

    {2, AUDIT_ASK_PREFLIGHT_BARE, preflight_failed},
    {2, AUDIT_ASK_LOOPBACK, is_thorough},
    {2, AUDIT_ASK_PRIVATE, answers_differ},

    {3, AUDIT_ASK_PREFLIGHT_OTHER, preflight_works},

    {4, AUDIT_ASK_SUBDOMAIN_BELOW, below_is_open},
    {4, AUDIT_ASK_GITHUB, github_is_open},
    {4, AUDIT_ASK_PREFLIGHT_ANY, preflight_needs_control},

    {5, AUDIT_ASK_NETLIFY, has_base},
    {5, AUDIT_ASK_CUT, has_base},
    {6, AUDIT_ASK_LOOPBACK_BARE, found_no_base},
    {6, AUDIT_ASK_SUBDOMAIN_BELOW, found_no_base},
    {6, AUDIT_ASK_PRIVATE_TEN, found_no_base},
    {6, AUDIT_ASK_WWW, found_no_base},
    {6, AUDIT_ASK_PREFIX_PLAIN, has_base},
    {6, AUDIT_ASK_GITHUB, has_base},
    {6, AUDIT_ASK_SPECIAL, has_base},
    {6, AUDIT_ASK_PAGES, has_base},
    {6, AUDIT_ASK_LOOPBACK_BARE, is_thorough},
    {6, AUDIT_ASK_PRIVATE_TEN, is_thorough},
    {6, AUDIT_ASK_APEX_PREFIX, has_base},
    {6, AUDIT_ASK_SUBDOMAIN_BELOW, has_base},
};

enum { GROUP_COUNT = 7 };

/* How many more requests this server may be sent. */
static size_t room(const struct audit *audit) {
    unsigned most = audit->options.quick ? AUDIT_QUICK_REQUESTS_MAX : AUDIT_CLEAN_REQUESTS_MAX;
    if (audit_trusts_more(audit) || audit_lacks_vary(audit)) {
        most = AUDIT_REQUESTS_MAX;
    }
    return audit->sent >= most ? 0 : most - audit->sent;
}

/* Whether a question is to be asked now; its origin is made. */
static bool is_next(struct audit *audit, const struct row *row) {
    struct audit_probe *probe = &audit->probes[row->question];
    if (probe->asked || probe->none || !row->wanted(audit)) {
        return false;
    }
    if (row->question != AUDIT_ASK_NONE) {
        probe->origin = audit_question_origin(audit, row->question);
        probe->none = probe->origin.size == 0;
    }
    return !probe->none;
}

size_t audit_plan_round(struct audit *audit, enum audit_question round[AUDIT_ROUND_MAX]) {
    size_t count = 0;
    size_t most = room(audit);
    most = most > AUDIT_ROUND_MAX ? AUDIT_ROUND_MAX : most;
    for (int group = 0; group < GROUP_COUNT && count == 0; group++) {
        for (size_t i = 0; i < sizeof rows / sizeof rows[0] && count < most; i++) {
            if (rows[i].group == group && is_next(audit, &rows[i])) {
                audit->probes[rows[i].question].asked = true;
                round[count++] = rows[i].question;
            }
        }
    }
    return count;
}
