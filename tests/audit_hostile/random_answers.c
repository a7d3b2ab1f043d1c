/* SPDX-License-Identifier: MIT */
/*
 * Audits of servers that answer at random: some by a rule of their own, some with anything at all.
 *
 *     random-answers [AUDITS [SEED]]
 *
 * Whatever the answers are, an audit ends, asks no more than it may and only what is safe, and
 * what it says is consistent. Exit status 1 where it is not, with the audit's number.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "audit.h"
#include "random_server.h"
#include "text_slices.h"

enum { AUDITS = 4000, ROUNDS_MAX = 1000 };

#define EXPECT(audit, condition)                                                                   \
    do {                                                                                           \
        if (!(condition)) {                                                                        \
            complain(audit, #condition);                                                           \
        }                                                                                          \
    } while (0)

static unsigned long complaints;

static void complain(unsigned long audit, const char *what) {
    complaints++;
    printf("audit %lu: not true: %s\n", audit, what);
}

static bool is_text(cors_slice text) {
    for (size_t i = 0; i < text.size; i++) {
        uint8_t byte = (uint8_t)text.data[i];
        if (byte == 0x7f || byte < ' ') {
            return false;
        }
    }
    return text.size == 0 || text.data != NULL;
}

static bool is_safe(cors_slice method, cors_slice own) {
    return text_is(method, "GET") || text_is(method, "HEAD") || text_is(method, "OPTIONS") ||
           text_same(method, own);
}

static void check_request(unsigned long number, const struct audit_target *target,
                          const struct audit_request *request) {
    cors_slice method = target->method.size > 0 ? target->method : CORS_SLICE("GET");
    EXPECT(number, is_safe(request->method, method));
    EXPECT(number, is_text(request->url) && request->url.size > 0);
    EXPECT(number, is_text(request->origin));
    EXPECT(number, request->purpose != NULL);
    for (size_t i = 0; i < request->field_count; i++) {
        EXPECT(number, request->fields[i].name.size > 0);
        EXPECT(number, is_text(request->fields[i].value));
    }
}

static void check_finding(unsigned long number, const struct audit_finding *finding) {
    EXPECT(number, finding->rule < AUDIT_RULE_COUNT);
    EXPECT(number, finding->severity < AUDIT_SEVERITY_COUNT);
    EXPECT(number, finding->message.size > 0);
    EXPECT(number, finding->reasoning.size > 0 && is_text(finding->reasoning));
    EXPECT(number, finding->evidence.size > 0);
    EXPECT(number, !text_holds_folded(finding->evidence, "secret"));
    EXPECT(number, !text_holds_folded(finding->reproduce, "secret"));
    EXPECT(number, finding->reproduce.size > 0 && is_text(finding->reproduce));
}

static void check_result(unsigned long number, const struct audit_result *result, unsigned sent) {
    EXPECT(number, result->requests == sent);
    EXPECT(number, (result->outcome == AUDIT_FINDINGS) == (result->finding_count > 0));
    EXPECT(number, result->outcome != AUDIT_INCONCLUSIVE || result->reason != AUDIT_REASON_NONE);
    EXPECT(number, result->outcome != AUDIT_CLEAN || result->reason == AUDIT_REASON_NONE);
    EXPECT(number, result->outcome != AUDIT_CLEAN || sent <= AUDIT_CLEAN_REQUESTS_MAX);
    EXPECT(number, is_text(result->matcher));
    for (size_t i = 0; i < result->finding_count; i++) {
        check_finding(number, &result->findings[i]);
        EXPECT(number, i == 0 || result->findings[i - 1].severity >= result->findings[i].severity);
    }
}

/* Whether a label stands alone behind the last dot, or before a name that anyone may register. */
static bool is_public_suffix(void *context, cors_slice domain) {
    (void)context;
    return text_find(domain, '.') == domain.size || text_is(domain, "github.example");
}

static bool is_shared_host(void *context, cors_slice domain) {
    (void)context;
    return text_is(domain, "github.example");
}

static void play(unsigned long number, uint64_t seed) {
    struct random_server *server = random_server_start(seed + number);
    struct audit_target target = random_server_target(server);
    struct audit_options options = {.quick = number % 4 == 0,
                                    .seed = number,
                                    .is_public_suffix = is_public_suffix,
                                    .is_shared_host = is_shared_host};
    struct audit *audit = audit_create(&target, &options);
    const struct audit_request *requests;
    unsigned sent = 0;
    unsigned rounds = 0;
    size_t count;
    while ((count = audit_round(audit, &requests)) > 0 && rounds++ < ROUNDS_MAX) {
        EXPECT(number, count <= AUDIT_ROUND_MAX);
        for (size_t i = 0; i < count; i++) {
            check_request(number, &target, &requests[i]);
            struct audit_answer answer = random_server_answer(server, &requests[i]);
            audit_take(audit, i, &answer);
            sent++;
        }
    }
    EXPECT(number, rounds < ROUNDS_MAX);
    EXPECT(number, sent <= AUDIT_REQUESTS_MAX);
    check_result(number, audit_result(audit), sent);
    audit_destroy(audit);
    random_server_stop(server);
}

int main(int count, char **arguments) {
    unsigned long audits = count > 1 ? strtoul(arguments[1], NULL, 10) : AUDITS;
    uint64_t seed = count > 2 ? strtoull(arguments[2], NULL, 10) : 20261121;
    for (unsigned long i = 0; i < audits; i++) {
        play(i, seed);
    }
    printf("%lu audits of seed %llu, %lu complaints\n", audits, (unsigned long long)seed,
           complaints);
    return complaints > 0;
}
