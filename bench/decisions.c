/* SPDX-License-Identifier: MIT */
/*
 * How long a decision takes: cors_request_begin(), cors_request_add_header() for each field line,
 * cors_decide(). FILE holds the workloads as bench/workloads.py writes them, and "bare" is what the
 * same program takes for the look-up alone: the library's own hash of the Origin's bytes and one
 * probe of the policy's table of exact origins.
 *
 *     decisions FILE ROUNDS          runs all workloads in turn, round after round, and prints a
 *                                    JSON line for each: {"workload","ns":[…],"bare":[…]}
 *     decisions FILE -               prints "ready"; then, for each line "INDEX MILLISECONDS" of
 *                                    standard input, {"ns":…,"bare":…} of one workload
 *     decisions FILE --once INDEX N  makes N decisions of one workload, for counting instructions
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "decision_workloads.h"
#include "policy_match.h"

enum { ROUND_MS = 5, ROUNDS_MAX = 1000, BARE_SHARE = 8 };

/* Not inlined, as an application's own function around the library's calls would not be. */
__attribute__((noinline)) static void decide(const struct workload *workload,
                                             cors_decision *decision) {
    cors_request request;
    cors_request_begin(&request, workload->policy, workload->method, workload->path);
    for (size_t i = 0; i < workload->field_count; i++) {
        cors_request_add_header(&request, workload->fields[i].name, workload->fields[i].value);
    }
    cors_decide(&request, decision);
}

__attribute__((noinline)) static bool look_up(const struct workload *workload,
                                              const struct route *route) {
    return cors_set_find_text(workload->policy, &route->origins, workload->origin) != NULL;
}

/* What was measured; `sum` keeps the compiler from leaving the work out. */
struct measured {
    double ns;
    double bare;
    unsigned long sum;
};

/* Processor time, which others on the machine lengthen less. */
static double now(void) {
    struct timespec time;
    (void)clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
    return (double)time.tv_sec * 1e9 + (double)time.tv_nsec;
}

static double time_decisions(const struct workload *workload, size_t repeats, unsigned long *sum) {
    cors_decision decision;
    double start = now();
    for (size_t i = 0; i < repeats; i++) {
        decide(workload, &decision);
        *sum += (unsigned long)decision.reason;
    }
    return now() - start;
}

static double time_look_ups(const struct workload *workload, size_t repeats, unsigned long *sum) {
    const struct route *route = cors_route_find(workload->policy, workload->path);
    double start = now();
    for (size_t i = 0; i < repeats; i++) {
        *sum += look_up(workload, route);
    }
    return now() - start;
}

/*
 * Runs one of the two in growing chunks until `wanted` nanoseconds are over; returns those of one.
 * The first chunks are for the caches and do not count.
 */
static double measure(const struct workload *workload, double wanted,
                      double (*run)(const struct workload *, size_t, unsigned long *),
                      unsigned long *sum) {
    size_t chunk = 1;
    while (run(workload, chunk, sum) < wanted / 4) {
        chunk *= 2;
    }
    double all = 0;
    size_t done = 0;
    while (all < wanted) {
        all += run(workload, chunk, sum);
        done += chunk;
    }
    return all / (double)done;
}

static struct measured measure_both(const struct workload *workload, double milliseconds) {
    struct measured measured = {0, 0, 0};
    measured.ns = measure(workload, milliseconds * 1e6, time_decisions, &measured.sum);
    measured.bare =
        measure(workload, milliseconds * 1e6 / BARE_SHARE, time_look_ups, &measured.sum);
    return measured;
}

/* A fast wrong answer is worth nothing. */
static void check(const struct workload *workload) {
    cors_decision decision;
    decide(workload, &decision);
    if ((decision.verdict == CORS_VERDICT_ALLOWED) != workload->allowed) {
        give_up(cors_reason_meaning(decision.reason), workload->name);
    }
}

static void print_numbers(const char *name, const double *numbers, size_t count) {
    (void)printf(",\"%s\":[", name);
    for (size_t i = 0; i < count; i++) {
        (void)printf("%s%.2f", i == 0 ? "" : ",", numbers[i]);
    }
    (void)printf("]");
}

static void run_rounds(const struct workloads *workloads, size_t rounds) {
    size_t size = workloads->count * 2 * rounds * sizeof(double);
    double *numbers = size == 0 ? NULL : malloc(size);
    if (numbers == NULL) {
        give_up("no memory", "the rounds");
    }
    for (size_t round = 0; round < rounds; round++) {
        for (size_t i = 0; i < workloads->count; i++) {
            struct measured measured = measure_both(&workloads->items[i], ROUND_MS);
            numbers[2 * i * rounds + round] = measured.ns;
            numbers[(2 * i + 1) * rounds + round] = measured.bare;
        }
    }
    for (size_t i = 0; i < workloads->count; i++) {
        (void)printf("{\"workload\":\"%s\"", workloads->items[i].name);
        print_numbers("ns", numbers + 2 * i * rounds, rounds);
        print_numbers("bare", numbers + (2 * i + 1) * rounds, rounds);
        (void)printf("}\n");
    }
    free(numbers);
}

/* Answers a request for a measurement at a time, for a program that measures others in between. */
static void serve(const struct workloads *workloads) {
    char line[64];
    (void)printf("ready\n");
    (void)fflush(stdout);
    while (fgets(line, sizeof line, stdin) != NULL) {
        char *rest;
        size_t index = (size_t)strtoul(line, &rest, 10);
        double milliseconds = strtod(rest, NULL);
        if (index >= workloads->count || !(milliseconds > 0)) {
            give_up("is no \"INDEX MILLISECONDS\"", line);
        }
        struct measured measured = measure_both(&workloads->items[index], milliseconds);
        (void)printf("{\"ns\":%.3f,\"bare\":%.3f}\n", measured.ns, measured.bare);
        (void)fflush(stdout);
    }
}

static void run_once(const struct workloads *workloads, size_t index, size_t times) {
    if (index >= workloads->count) {
        give_up("there is no workload of this index", "--once");
    }
    cors_decision decision;
    for (size_t i = 0; i < times; i++) {
        decide(&workloads->items[index], &decision);
    }
}

int main(int argc, char **argv) {
    bool once = argc == 5 && strcmp(argv[2], "--once") == 0;
    bool serving = argc == 3 && strcmp(argv[2], "-") == 0;
    size_t rounds = argc == 3 && !serving ? (size_t)strtoul(argv[2], NULL, 10) : 0;
    if (!once && !serving && (rounds == 0 || rounds > ROUNDS_MAX)) {
        (void)fprintf(stderr,
                      "usage: decisions FILE ROUNDS (1 to %d)\n"
                      "       decisions FILE -\n"
                      "       decisions FILE --once INDEX N\n",
                      ROUNDS_MAX);
        return 2;
    }
    struct workloads workloads = workloads_read(argv[1]);
    for (size_t i = 0; i < workloads.count; i++) {
        check(&workloads.items[i]);
    }
    if (once) {
        run_once(&workloads, (size_t)strtoul(argv[3], NULL, 10),
                 (size_t)strtoul(argv[4], NULL, 10));
    } else if (serving) {
        serve(&workloads);
    } else {
        run_rounds(&workloads, rounds);
    }
    workloads_release(&workloads);
    return 0;
}
