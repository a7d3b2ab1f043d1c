/* SPDX-License-Identifier: MIT */
/*
 * The closed loop: for random policies and random calls, the browser's half run against the
 * server's half allows exactly what the policy says, in all browsers.
 *
 *     closed-loop [PAIRS [SEED]]
 *
 * A failure prints the seed, and the smallest pair that still fails.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "loop_pair.h"

enum { PAIRS = 50000, SEED = 20261121 };

struct tally {
    uint64_t calls;
    uint64_t allowed;
};

/* The first way in which a pair fails; NULL where all is as the policy says. */
static const char *find_fault(const cors_policy *policy, const struct loop_pair *pair,
                              cors_browser browser, struct tally *tally) {
    struct loop_outcome outcomes[CALLS_MAX] = {{.allowed = false}};
    const char *wrong = loop_run(policy, pair, browser, outcomes);
    for (unsigned i = 0; wrong == NULL && i < pair->call_count; i++) {
        struct loop_outcome said = loop_judge(pair, &pair->calls[i], browser);
        tally->calls++;
        tally->allowed += said.allowed;
        if (said.allowed != outcomes[i].allowed) {
            return said.allowed ? "the policy allows the last call, the browser does not"
                                : "the browser allows the last call, the policy does not";
        }
        if (said.readable != outcomes[i].readable) {
            return "script reads other headers than the policy exposes";
        }
    }
    return wrong;
}

static const char *find_fault_alone(const struct loop_pair *pair, cors_browser browser) {
    struct tally ignored = {0, 0};
    const cors_policy *policy = loop_build(pair);
    const char *fault = find_fault(policy, pair, browser, &ignored);
    loop_release(policy);
    return fault;
}

/* Takes the smaller pair if it fails in the same browser. */
static bool take_smaller(struct loop_pair *pair, const struct loop_pair *smaller,
                         cors_browser browser) {
    if (find_fault_alone(smaller, browser) == NULL) {
        return false;
    }
    *pair = *smaller;
    return true;
}

static bool drop_call(struct loop_pair *pair, cors_browser browser) {
    for (unsigned i = 0; pair->call_count > 1 && i < pair->call_count; i++) {
        struct loop_pair smaller = *pair;
        smaller.call_count--;
        for (unsigned at = i; at < smaller.call_count; at++) {
            smaller.calls[at] = pair->calls[at + 1];
        }
        if (take_smaller(pair, &smaller, browser)) {
            return true;
        }
    }
    return false;
}

static bool drop_route(struct loop_pair *pair, cors_browser browser) {
    for (unsigned i = 0; i < ROUTES; i++) {
        struct loop_pair smaller = *pair;
        smaller.routes[i].present = false;
        bool some_left = smaller.routes[0].present || smaller.routes[1].present;
        if (pair->routes[i].present && some_left && take_smaller(pair, &smaller, browser)) {
            return true;
        }
    }
    return false;
}

/* Clears one bit of a word that stands in both pairs. */
static bool drop_bit(struct loop_pair *pair, struct loop_pair *smaller, uint32_t *word,
                     cors_browser browser) {
    uint32_t whole = *word;
    for (unsigned i = 0; i < 32; i++) {
        if (loop_has(whole, i)) {
            *word = whole & ~(UINT32_C(1) << i);
            if (take_smaller(pair, smaller, browser)) {
                return true;
            }
        }
    }
    *word = whole;
    return false;
}

static bool drop_value(struct loop_pair *pair, cors_browser browser) {
    struct loop_pair smaller = *pair;
    for (unsigned i = 0; i < ROUTES; i++) {
        struct loop_route *route = &smaller.routes[i];
        uint32_t *words[] = {&route->origins, &route->methods, &route->headers, &route->exposed};
        for (unsigned at = 0; at < sizeof words / sizeof *words; at++) {
            /* A policy needs an origin. */
            bool last = words[at] == &route->origins && (*words[at] & (*words[at] - 1)) == 0;
            if (!last && drop_bit(pair, &smaller, words[at], browser)) {
                return true;
            }
        }
    }
    for (unsigned i = 0; i < smaller.call_count; i++) {
        if (drop_bit(pair, &smaller, &smaller.calls[i].headers, browser)) {
            return true;
        }
    }
    return false;
}

static void report(struct loop_pair *pair, cors_browser browser, uint64_t seed, uint64_t number) {
    while (drop_call(pair, browser) || drop_route(pair, browser) || drop_value(pair, browser)) {
    }
    (void)printf("seed %" PRIu64 ", pair %" PRIu64 ", %s: %s\n", seed, number,
                 cors_browser_name(browser), find_fault_alone(pair, browser));
    loop_print(pair);
}

static bool run_pair(struct loop_pair *pair, uint64_t seed, uint64_t number, struct tally *tally) {
    const cors_policy *policy = loop_build(pair);
    unsigned browser = 0;
    while (browser < BROWSERS && find_fault(policy, pair, (cors_browser)browser, tally) == NULL) {
        browser++;
    }
    loop_release(policy);
    if (browser < BROWSERS) {
        report(pair, (cors_browser)browser, seed, number);
    }
    return browser == BROWSERS;
}

static bool run_pairs(uint64_t pairs, uint64_t seed, struct tally *tally) {
    uint64_t state = seed;
    for (uint64_t number = 0; number < pairs; number++) {
        struct loop_pair pair;
        loop_draw(&state, &pair);
        if (!run_pair(&pair, seed, number, tally)) {
            return false;
        }
    }
    return true;
}

static bool read_number(const char *text, uint64_t *number) {
    char *end;
    *number = strtoull(text, &end, 10);
    return end != text && *end == '\0';
}

int main(int argc, char **argv) {
    uint64_t pairs = PAIRS;
    uint64_t seed = SEED;
    struct tally tally = {0, 0};
    if (argc > 3 || (argc > 1 && !read_number(argv[1], &pairs)) ||
        (argc > 2 && !read_number(argv[2], &seed)) || pairs == 0) {
        (void)fputs("Usage: closed-loop [PAIRS [SEED]]\n", stderr);
        return 2;
    }
    if (!run_pairs(pairs, seed, &tally)) {
        return 1;
    }
    (void)printf("seed %" PRIu64 ": %" PRIu64 " pairs in %d browsers, %" PRIu64 " calls, %" PRIu64
                 " allowed\n",
                 seed, pairs, BROWSERS, tally.calls, tally.allowed);
    /* Near the border: else too little was tried. */
    bool balanced = tally.allowed * 5 > tally.calls && tally.allowed * 5 < tally.calls * 4;
    return balanced || pairs < 1000 ? 0 : 1;
}
