/* SPDX-License-Identifier: MIT */
/*
 * How long the browser's half takes for a call, from begin to result, URL parsed and all. The
 * workloads run in turn, round after round. Prints a JSON line for each: the nanoseconds a call of
 * every round.
 *
 *     fetches ROUNDS
 *     fetches --once INDEX N   makes N calls of one workload, for counting instructions
 */
#include <cors/browser.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { REPEATS = 20000, CACHED_URLS = 100, CACHE_SIZE = 1 << 16, ROUNDS_MAX = 1000 };

static const cors_field script_headers[] = {
    {{"Authorization", 13}, {"Bearer 0123456789", 17}},
    {{"Content-Type", 12}, {"application/json", 16}},
    {{"X-Requested-With", 16}, {"fetch", 5}},
};

static const cors_field allowing[] = {
    {{"Access-Control-Allow-Origin", 27}, {"https://app.example.com", 23}},
    {{"Vary", 4}, {"Origin", 6}},
    {{"Access-Control-Allow-Methods", 28}, {"PUT, PATCH, DELETE", 18}},
    {{"Access-Control-Allow-Headers", 28}, {"authorization, content-type, x-requested-with", 45}},
    {{"Access-Control-Max-Age", 22}, {"600", 3}},
    {{"Content-Type", 12}, {"application/json", 16}},
    {{"Location", 8}, {"https://other.example.com/v2/items?page=3", 41}},
};

/* Redirects to another origin taint the caller's own. */
static const cors_field redirecting[] = {
    {{"Access-Control-Allow-Origin", 27}, {"*", 1}},
    {{"Content-Type", 12}, {"application/json", 16}},
    {{"Location", 8}, {"https://other.example.com/v2/items?page=3", 41}},
};

#define FIELDS(list) list, sizeof(list) / sizeof(list)[0]

struct workload {
    const char *name;
    cors_call call;
    const cors_field *fields; /* of every answer */
    size_t field_count;
    bool cached;
    int redirects;
};

static struct workload workloads[] = {
    {"simple GET", {.method = {"GET", 3}}, FIELDS(allowing), false, 0},
    {"PUT with three headers, preflight",
     {.method = {"PUT", 3}, .headers = script_headers, .header_count = 3},
     FIELDS(allowing),
     false,
     0},
    {"the same, spared by the preflight cache",
     {.method = {"PUT", 3}, .headers = script_headers, .header_count = 3},
     FIELDS(allowing),
     true,
     0},
    {"GET with two redirects", {.method = {"GET", 3}}, FIELDS(redirecting), false, 2},
};

enum { WORKLOADS = sizeof workloads / sizeof workloads[0] };

static char memory[CORS_FETCH_MEMORY];
static char cache_memory[CACHE_SIZE];

static void require(bool held, const char *what) {
    if (!held) {
        (void)fprintf(stderr, "fetches: %s\n", what);
        exit(EXIT_FAILURE);
    }
}

/*
 * Answers until the call is over; returns whether script gets the answer. Not inlined, as an
 * application's own function around the library's calls would not be.
 */
__attribute__((noinline)) static bool fetch_once(const struct workload *work, const cors_call *call,
                                                 cors_preflight_cache *cache) {
    cors_fetch *fetch;
    int redirects = work->redirects;
    require(cors_fetch_begin(memory, sizeof memory, call, CORS_BROWSER_STANDARD, cache, 0,
                             &fetch) == CORS_OK,
            "the memory does not do");
    while (cors_fetch_step(fetch) != CORS_STEP_DONE) {
        bool request = cors_fetch_step(fetch) == CORS_STEP_REQUEST;
        cors_response response = {
            .status = 200, .fields = work->fields, .field_count = work->field_count};
        if (request && redirects-- > 0) {
            response.status = 302;
        }
        (void)cors_fetch_answer(fetch, &response, 0);
    }
    return cors_fetch_result(fetch)->code == CORS_CODE_OK;
}

static double now(void) {
    struct timespec time;
    (void)clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec * 1e9 + (double)time.tv_nsec;
}

/* Fills the cache with the answers to many URLs; the last of them is the one that is asked for. */
static void fill(const struct workload *work, cors_preflight_cache *cache) {
    cors_preflight_cache_begin(cache, cache_memory, sizeof cache_memory);
    for (int i = 0; work->cached && i <= CACHED_URLS; i++) {
        char url[64];
        cors_call call = work->call;
        int size = snprintf(url, sizeof url, "https://api.example.com/items/%d", i);
        call.url = i == CACHED_URLS ? work->call.url : (cors_slice){url, (size_t)size};
        require(fetch_once(work, &call, cache), "a call that fills the cache was refused");
    }
}

static double measure(const struct workload *work, unsigned long *sum) {
    cors_preflight_cache cache;
    fill(work, &cache);
    double start = now();
    for (size_t i = 0; i < REPEATS; i++) {
        *sum += fetch_once(work, &work->call, work->cached ? &cache : NULL);
    }
    return (now() - start) / REPEATS;
}

static void print_rounds(const char *name, const double *rounds, size_t count) {
    (void)printf("{\"fetch\":\"%s\",\"ns\":[", name);
    for (size_t round = 0; round < count; round++) {
        (void)printf("%s%.2f", round == 0 ? "" : ",", rounds[round]);
    }
    (void)printf("]}\n");
}

static unsigned long run_rounds(size_t wanted) {
    static double rounds[WORKLOADS][ROUNDS_MAX];
    unsigned long sum = 0;
    for (size_t round = 0; round < wanted; round++) {
        for (size_t w = 0; w < WORKLOADS; w++) {
            rounds[w][round] = measure(&workloads[w], &sum);
        }
    }
    for (size_t w = 0; w < WORKLOADS; w++) {
        print_rounds(workloads[w].name, rounds[w], wanted);
    }
    return sum;
}

static void run_once(size_t index, size_t times) {
    cors_preflight_cache cache;
    require(index < WORKLOADS, "there is no workload of this index");
    const struct workload *work = &workloads[index];
    fill(work, &cache);
    for (size_t i = 0; i < times; i++) {
        require(fetch_once(work, &work->call, work->cached ? &cache : NULL), "a call was refused");
    }
}

int main(int argc, char **argv) {
    bool once = argc == 4 && strcmp(argv[1], "--once") == 0;
    size_t wanted = argc == 2 ? (size_t)strtoul(argv[1], NULL, 10) : 0;
    if (!once && (wanted == 0 || wanted > ROUNDS_MAX)) {
        (void)fprintf(stderr,
                      "usage: fetches ROUNDS (1 to %d)\n"
                      "       fetches --once INDEX N\n",
                      ROUNDS_MAX);
        return 2;
    }
    for (size_t w = 0; w < WORKLOADS; w++) {
        workloads[w].call.page = CORS_SLICE("https://app.example.com");
        workloads[w].call.url = CORS_SLICE("https://api.example.com/v1/items?page=2");
        require(fetch_once(&workloads[w], &workloads[w].call, NULL), "a call was refused");
    }
    if (once) {
        run_once((size_t)strtoul(argv[2], NULL, 10), (size_t)strtoul(argv[3], NULL, 10));
        return 0;
    }
    return run_rounds(wanted) == 0;
}
