/* SPDX-License-Identifier: MIT */
/*
 * The auditor, asking a server that the bytes describe: by rules about origins, so that what it
 * says is of a piece, with field lines of any kind, and with moods that turn single answers around.
 *
 * Whatever a server answers, an audit ends within its bounds, asks only what is safe, and what it
 * says is consistent.
 */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "audit.h"
#include "fuzzed_input.h"
#include "fuzzed_memory.h"
#include "invariant.h"
#include "naive_text.h"
#include "text_slices.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { RULES_MAX = 4, LINES_MAX = 8, FIELDS_MAX = 24 };

/* Which origins a rule is for. */
enum match {
    MATCH_NONE,
    MATCH_ALL,
    MATCH_NULL,
    MATCH_ENDS,
    MATCH_BEGINS,
    MATCH_HOLDS,
    MATCH_IS,
    MATCH_ABSENT,
    MATCHES
};

/* What an origin that matches is answered. */
enum grant { GRANT_ECHO, GRANT_STAR, GRANT_NULL, GRANT_WORD, GRANT_TWICE, GRANT_LIST, GRANTS };

/* How an answer goes against the rules. */
enum mood {
    MOOD_NONE,
    MOOD_FAILURE, /* there is none */
    MOOD_STATUS,  /* the status is another */
    MOOD_BODY,    /* the body is another */
    MOOD_MUTE,    /* nothing is granted */
    MOODS
};

struct rule {
    enum match match;
    enum grant grant;
    bool credentials;
    bool preflights; /* for these, too */
    cors_slice word;
};

/* Field lines that come along, whoever asks. */
struct line {
    bool preflight; /* with preflights only, or with all else only */
    cors_field field;
};

struct server {
    struct fuzzed_memory memory;
    struct rule rules[RULES_MAX];
    size_t rule_count;
    struct line lines[LINES_MAX];
    size_t line_count;
    int status;
    int preflight_status;
    bool varies;
    struct fuzzed_input moods; /* a few bytes for each answer */
    bool names_origins;        /* some answer had a field that allows an origin */
    cors_field fields[FIELDS_MAX];
    size_t field_count;
};

static const int statuses[] = {200, 204, 301, 302, 400, 401, 403, 404, 405, 429, 500, 503, 0, 999};

static int take_status(struct fuzzed_input *input) {
    return statuses[fuzzed_choice(input, sizeof statuses / sizeof statuses[0])];
}

static bool is_visible(cors_slice text) {
    for (size_t i = 0; i < text.size; i++) {
        if ((uint8_t)text.data[i] < ' ' || text.data[i] == 0x7F) {
            return false;
        }
    }
    return true;
}

/* A line as a reader of heads hands it out: it holds no line break. */
static void take_line(struct server *server, struct fuzzed_input *input) {
    bool preflight = fuzzed_flag(input);
    struct fuzzed_input line = {.data = NULL};
    cors_slice text = fuzzed_until(input, '\n');
    line = (struct fuzzed_input){text.data, text.size};
    cors_slice name = fuzzed_until(&line, ':');
    if (name.size > 0 && server->line_count < LINES_MAX) {
        server->lines[server->line_count++] = (struct line){
            preflight,
            {fuzzed_copy(&server->memory, name), fuzzed_copy(&server->memory, fuzzed_rest(&line))}};
    }
}

static void take_rule(struct server *server, struct fuzzed_input *input) {
    struct rule *rule = &server->rules[server->rule_count++];
    rule->match = (enum match)fuzzed_choice(input, MATCHES);
    rule->grant = (enum grant)fuzzed_choice(input, GRANTS);
    unsigned flags = fuzzed_byte(input);
    rule->credentials = (flags & 1) != 0;
    rule->preflights = (flags & 2) != 0;
    rule->word = fuzzed_copy(&server->memory, fuzzed_until(input, '\n'));
}

static void describe(struct server *server, struct fuzzed_input *input) {
    size_t rules = fuzzed_choice(input, RULES_MAX + 1);
    size_t lines = fuzzed_choice(input, LINES_MAX + 1);
    server->varies = fuzzed_flag(input);
    server->status = take_status(input);
    server->preflight_status = take_status(input);
    for (size_t i = 0; i < rules; i++) {
        take_rule(server, input);
    }
    for (size_t i = 0; i < lines; i++) {
        take_line(server, input);
    }
    server->moods = *input;
}

static bool begins_with(cors_slice text, cors_slice start) {
    return text.size >= start.size && text_same((cors_slice){text.data, start.size}, start);
}

static bool holds(cors_slice text, cors_slice part) {
    for (size_t i = 0; i + part.size <= text.size; i++) {
        if (begins_with(text_skip(text, i), part)) {
            return true;
        }
    }
    return false;
}

static bool matches(const struct rule *rule, cors_slice origin) {
    cors_slice word = rule->word;
    switch (rule->match) {
    case MATCH_ALL:
        return origin.size > 0;
    case MATCH_NULL:
        return text_is(origin, "null");
    case MATCH_ENDS:
        return origin.size >= word.size &&
               text_same(text_skip(origin, origin.size - word.size), word);
    case MATCH_BEGINS:
        return begins_with(origin, word);
    case MATCH_HOLDS:
        return holds(origin, word);
    case MATCH_IS:
        return text_same(origin, word);
    case MATCH_ABSENT:
        return origin.size == 0;
    default:
        return false;
    }
}

static void add_field(struct server *server, cors_slice name, cors_slice value) {
    server->names_origins |= text_is_folded(name, "Access-Control-Allow-Origin");
    if (server->field_count < FIELDS_MAX) {
        server->fields[server->field_count++] = (cors_field){name, value};
    }
}

static cors_slice granted(struct server *server, const struct rule *rule, cors_slice origin) {
    cors_slice both = {NULL, 0};
    switch (rule->grant) {
    case GRANT_STAR:
        return CORS_SLICE("*");
    case GRANT_NULL:
        return CORS_SLICE("null");
    case GRANT_WORD:
        return rule->word;
    case GRANT_LIST:
        both = fuzzed_join(&server->memory, origin, CORS_SLICE(", "));
        return fuzzed_join(&server->memory, both, origin);
    default:
        return origin;
    }
}

static void grant(struct server *server, const struct rule *rule, cors_slice origin,
                  bool preflight) {
    cors_slice value = granted(server, rule, origin);
    add_field(server, CORS_SLICE("Access-Control-Allow-Origin"), value);
    if (rule->grant == GRANT_TWICE) {
        add_field(server, CORS_SLICE("access-control-allow-origin"), value);
    }
    if (rule->credentials) {
        add_field(server, CORS_SLICE("Access-Control-Allow-Credentials"), CORS_SLICE("true"));
    }
    if (preflight) {
        add_field(server, CORS_SLICE("Access-Control-Allow-Methods"), CORS_SLICE("GET, PUT"));
        add_field(server, CORS_SLICE("Access-Control-Allow-Headers"), CORS_SLICE("*"));
    }
}

static void fill_fields(struct server *server, cors_slice origin, bool preflight, bool mute) {
    server->field_count = 0;
    for (size_t i = 0; i < server->rule_count && !mute; i++) {
        const struct rule *rule = &server->rules[i];
        if ((rule->preflights || !preflight) && matches(rule, origin)) {
            grant(server, rule, origin, preflight);
            break;
        }
    }
    if (server->varies) {
        add_field(server, CORS_SLICE("Vary"), CORS_SLICE("Origin"));
    }
    for (size_t i = 0; i < server->line_count; i++) {
        if (server->lines[i].preflight == preflight) {
            add_field(server, server->lines[i].field.name, server->lines[i].field.value);
        }
    }
}

/* The reasons for which there may be no answer. */
static const enum audit_reason failures[] = {
    AUDIT_REASON_DNS,          AUDIT_REASON_CONNECT,   AUDIT_REASON_PROXY,
    AUDIT_REASON_TLS,          AUDIT_REASON_TIMEOUT,   AUDIT_REASON_CLOSED,
    AUDIT_REASON_NOT_HTTP,     AUDIT_REASON_TOO_LARGE, AUDIT_REASON_RATE_LIMIT,
    AUDIT_REASON_SERVER_ERROR,
};

static struct audit_answer answer(struct server *server, const struct audit_request *request) {
    bool preflight = text_is(request->method, "OPTIONS");
    enum mood mood = (enum mood)fuzzed_choice(&server->moods, MOODS);
    struct audit_answer made = {.status = preflight ? server->preflight_status : server->status,
                                .body = CORS_SLICE("body"),
                                .digest = 1};
    if (mood == MOOD_FAILURE) {
        size_t number = fuzzed_choice(&server->moods, sizeof failures / sizeof failures[0]);
        return (struct audit_answer){.failure = failures[number],
                                     .sentence = CORS_SLICE("It did not answer.")};
    }
    if (mood == MOOD_STATUS) {
        made.status = take_status(&server->moods);
    } else if (mood == MOOD_BODY) {
        made.body = fuzzed_until(&server->moods, '\n');
        made.digest = 1 + made.body.size;
    }
    fill_fields(server, request->origin, preflight, mood == MOOD_MUTE);
    made.fields = server->fields;
    made.field_count = server->field_count;
    return made;
}

/* Rules that say whom a server trusts. */
static bool is_about_trust(enum audit_rule rule) {
    return rule <= AUDIT_ANY_SCHEME || rule == AUDIT_WILDCARD ||
           rule == AUDIT_WILDCARD_WITH_CREDENTIALS || rule == AUDIT_MULTIPLE_ALLOW_ORIGIN ||
           rule == AUDIT_INVALID_ALLOW_ORIGIN;
}

static bool has_finding(const struct audit_result *result, enum audit_rule rule) {
    for (size_t i = 0; i < result->finding_count; i++) {
        if (result->findings[i].rule == rule) {
            return true;
        }
    }
    return false;
}

/* Whether a server answers plainly, without moods, by one rule that lets everybody in. */
static bool trusts_everybody(const struct server *server, const struct server *described) {
    const struct rule *rule = &server->rules[0];
    return described->moods.size == 0 && server->line_count == 0 && server->rule_count > 0 &&
           server->status == 200 && server->preflight_status == 204 && rule->match == MATCH_ALL &&
           rule->grant == GRANT_ECHO && rule->preflights;
}

static void check_trust(const struct audit_result *result, const struct server *server,
                        const struct server *described) {
    for (size_t i = 0; i < result->finding_count; i++) {
        INVARIANT(server->names_origins || !is_about_trust(result->findings[i].rule),
                  "who allows no origin is not said to trust one");
    }
    INVARIANT(!trusts_everybody(server, described) || result->reason == AUDIT_REASON_BAD_URL ||
                  has_finding(result, AUDIT_REFLECTED_ORIGIN),
              "who trusts everybody is found");
}

static cors_slice without_port(cors_slice place) {
    size_t end = place.size;
    while (end > 0 && isdigit((unsigned char)place.data[end - 1])) {
        end--;
    }
    bool port = end > 0 && place.data[end - 1] == ':';
    return (cors_slice){place.data, port ? end - 1 : place.size};
}

/* Scheme and host as they are written, without port. */
static cors_slice place_of(cors_slice url) {
    size_t size = naive_find(url, CORS_SLICE("://")) + 3;
    while (size < url.size && memchr("/?#", url.data[size], 3) == NULL) {
        size++;
    }
    return without_port((cors_slice){url.data, size < url.size ? size : url.size});
}

/* A redirect may lead elsewhere on the same host, and to TLS. */
static bool is_same_host(cors_slice from, cors_slice to) {
    size_t scheme = naive_find(from, CORS_SLICE("://"));
    size_t other = naive_find(to, CORS_SLICE("://"));
    bool encrypted = naive_is_same_in_any_case((cors_slice){to.data, other}, CORS_SLICE("https"));
    return naive_is_same_in_any_case(naive_after(from, scheme), naive_after(to, other)) &&
           (encrypted || scheme == other);
}

static void check_request(const struct audit_target *target, const struct audit_request *request) {
    INVARIANT(is_same_host(place_of(target->url), place_of(request->url)),
              "only the target's own host is asked, and not in the clear where it was not");
    cors_slice own = target->method.size > 0 ? target->method : CORS_SLICE("GET");
    INVARIANT(text_is(request->method, "GET") || text_is(request->method, "HEAD") ||
                  text_is(request->method, "OPTIONS") || text_same(request->method, own),
              "only what is safe is asked, or what the user wants asked");
    INVARIANT(request->url.size > 0 && is_visible(request->url), "a URL can be sent");
    INVARIANT(is_visible(request->origin), "an origin can be sent");
    INVARIANT(request->purpose != NULL, "every request has a purpose");
    for (size_t i = 0; i < request->field_count; i++) {
        INVARIANT(request->fields[i].name.size > 0 && is_visible(request->fields[i].name) &&
                      is_visible(request->fields[i].value),
                  "a field can be sent");
    }
}

/* `gives_away`: the server itself says what is secret. */
static void check_finding(const struct audit_finding *finding, bool gives_away) {
    INVARIANT(finding->rule < AUDIT_RULE_COUNT && finding->severity < AUDIT_SEVERITY_COUNT,
              "a finding is of a rule, and has a severity");
    INVARIANT(finding->message.size > 0 && finding->evidence.size > 0,
              "a finding is told, and shown");
    INVARIANT(finding->reasoning.size > 0 && is_visible(finding->reasoning),
              "a severity has a reason");
    INVARIANT(finding->reproduce.size > 0 && is_visible(finding->reproduce),
              "a finding can be reproduced");
    INVARIANT(gives_away || (!text_holds_folded(finding->evidence, "9hush9") &&
                             !text_holds_folded(finding->reproduce, "9hush9")),
              "no secret is shown");
}

static void check_result(const struct audit_result *result, const struct audit_options *options,
                         unsigned sent, bool gives_away) {
    INVARIANT(sent <= AUDIT_REQUESTS_MAX, "no server is asked more than the manual says");
    INVARIANT(result->requests == sent, "what was sent is counted");
    INVARIANT((result->outcome == AUDIT_FINDINGS) == (result->finding_count > 0),
              "who has findings is said to have them");
    INVARIANT(result->outcome != AUDIT_INCONCLUSIVE || result->reason != AUDIT_REASON_NONE,
              "what cannot be judged has a reason");
    INVARIANT(result->outcome != AUDIT_CLEAN || result->reason == AUDIT_REASON_NONE,
              "what is clean leaves nothing open");
    INVARIANT(result->outcome != AUDIT_CLEAN ||
                  sent <= (options->quick ? (unsigned)AUDIT_QUICK_REQUESTS_MAX
                                          : (unsigned)AUDIT_CLEAN_REQUESTS_MAX),
              "a clean server is asked little");
    INVARIANT(is_visible(result->matcher), "what a server trusts is told in a line");
    for (size_t i = 0; i < result->finding_count; i++) {
        check_finding(&result->findings[i], gives_away);
        INVARIANT(i == 0 || result->findings[i - 1].severity >= result->findings[i].severity,
                  "the worst finding is told first");
    }
}

/* A label alone, and one name that anybody may register below. */
static bool is_public_suffix(void *context, cors_slice domain) {
    (void)context;
    return text_find(domain, '.') == domain.size || text_is(domain, "github.example");
}

static bool is_shared_host(void *context, cors_slice domain) {
    (void)context;
    return text_is(domain, "github.example");
}

static struct audit_target take_target(struct server *server, struct fuzzed_input *input) {
    static const struct {
        const char *name;
        const char *value;
    } secrets[] = {{"Authorization", "Bearer token-9hush9"}, {"Cookie", "session=9hush9"}};
    static const char *const urls[] = {
        "https://api.site.example/x?a=b",
        "http://localhost:8000/",
        "https://name.github.example/",
        "https://192.0.2.1:8443/x",
    };
    unsigned choice = fuzzed_byte(input);
    cors_slice url = fuzzed_copy(&server->memory, fuzzed_until(input, '\n'));
    cors_field *fields = fuzzed_allocate(&server->memory, 2 * sizeof *fields);
    for (size_t i = 0; i < 2; i++) {
        fields[i] = (cors_field){text_slice(secrets[i].name), text_slice(secrets[i].value)};
    }
    return (struct audit_target){
        .url = url.size == 0 ? text_slice(urls[choice % 4]) : url,
        .method = (choice & 4) == 0 ? CORS_SLICE("") : CORS_SLICE("HEAD"),
        .fields = fields,
        .field_count = (choice & 8) == 0 ? 0 : 2,
        .body = CORS_SLICE("9hush9"),
        .has_body = (choice & 16) != 0,
        .known_origin =
            (choice & 32) == 0 ? CORS_SLICE("") : CORS_SLICE("https://app.site.example"),
    };
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    struct fuzzed_input input = fuzzed_input_of(data, size);
    struct server server = {.rule_count = 0};
    struct audit_options options = {.quick = fuzzed_flag(&input),
                                    .seed = fuzzed_byte(&input),
                                    .is_public_suffix = is_public_suffix,
                                    .is_shared_host = is_shared_host};
    struct audit_target target = take_target(&server, &input);
    describe(&server, &input);
    struct server described = server;
    struct audit *audit = audit_create(&target, &options);
    const struct audit_request *requests;
    unsigned sent = 0;
    size_t count;
    INVARIANT(audit != NULL, "the machine has memory for one execution");
    while ((count = audit_round(audit, &requests)) > 0) {
        INVARIANT(count <= AUDIT_ROUND_MAX, "a round has a bounded size");
        for (size_t i = 0; i < count; i++) {
            check_request(&target, &requests[i]);
            struct audit_answer made = answer(&server, &requests[i]);
            audit_take(audit, i, &made);
            INVARIANT(++sent <= AUDIT_REQUESTS_MAX, "an audit ends");
        }
    }
    cors_slice all = {(const char *)data, size};
    check_trust(audit_result(audit), &server, &described);
    check_result(audit_result(audit), &options, sent, text_holds_folded(all, "9hush9"));
    audit_destroy(audit);
    fuzzed_free_all(&server.memory);
    return 0;
}
