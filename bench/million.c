/* SPDX-License-Identifier: MIT */
/*
 * Measures policies of many origins: how long one is built from a text file, how many bytes an
 * origin takes beside its text, and how long a look-up of one drawn at random takes.
 *
 *     million COUNT ROUNDS                    prints a line of JSON for each kind of list
 *     million POLICY ORIGINS --once INDEX N   looks the origins of a file up, from the line INDEX
 *                                             on, N times in a policy that `cors compile` wrote,
 *                                             for counting instructions
 *
 * Origins are drawn and written a few at a time into memory that stays in the processor's cache, as
 * a request does that was just read; the policy does not fit there. "hit" and "miss" are what a
 * look-up takes where others follow that need not wait for it, with "_alone" where each waits for
 * the one before. "memory" is what one read of memory as large takes that waits for the one before:
 * a look-up that is alone reads two places one after the other, and one where nothing is found.
 */
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "policy_match.h"
#include "policyfile.h"
#include "text_file.h"

enum { BATCH = 256, BATCHES = 400, TEXT_MAX = 96, PATH_SIZE = 64, CACHE_LINE = 64 };

_Noreturn static void give_up(const char *what) {
    (void)fprintf(stderr, "million: %s\n", what);
    exit(EXIT_FAILURE);
}

/* Processor time, which others on the machine lengthen less. */
static double now(void) {
    struct timespec time;
    (void)clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
    return (double)time.tv_sec * 1e9 + (double)time.tv_nsec;
}

static uint64_t random_state = UINT64_C(88172645463325252);

static uint32_t draw(uint32_t below) {
    random_state ^= random_state << 13;
    random_state ^= random_state >> 7;
    random_state ^= random_state << 17;
    return (uint32_t)((random_state >> 32) * below >> 32);
}

/* An entry, with its number for %u, and an origin that it allows; %c makes others that none does.
 */
struct form_of_entry {
    const char *entry;
    const char *origin;
};

static const struct form_of_entry exact[] = {
    {"https://tenant-%u.customers.example.com", "https://%cenant-%u.customers.example.com"}};
static const struct form_of_entry wildcard[] = {
    {"https://*.tenant-%u.example.com", "https://app.%cenant-%u.example.com"}};
static const struct form_of_entry mixed[] = {
    {"https://tenant-%u.customers.example.com", "https://%cenant-%u.customers.example.com"},
    {"https://*.tenant-%u.example.com", "https://app.%cenant-%u.example.com"},
    {"https://pr-*.tenant-%u.example.com", "https://pr-72.%cenant-%u.example.com"},
    {"https://{label}.tenant-%u.example.com", "https://staging.%cenant-%u.example.com"},
    {"https://tenant-%u.example.com:8443", "https://%cenant-%u.example.com:8443"},
    {"https://tenant-%u.example.com:*", "https://%cenant-%u.example.com:3000"},
};

static const struct list {
    const char *name;
    const struct form_of_entry *forms;
    uint32_t form_count;
} lists[] = {{"exact", exact, 1}, {"wildcard", wildcard, 1}, {"mixed", mixed, 6}};

/* A line of a format with two numbers in it would look like a mistake to compilers. */
static size_t fill(char *to, const char *format, char letter, uint32_t number) {
    size_t size = 0;
    for (; *format != '\0'; format++) {
        if (*format != '%') {
            to[size++] = *format;
        } else if (*++format == 'c') {
            to[size++] = letter;
        } else {
            size += (size_t)snprintf(to + size, 12, "%u", number);
        }
    }
    return size;
}

struct folder {
    char path[PATH_SIZE];
    char list[PATH_SIZE + 8];
    char policy[PATH_SIZE + 8];
};

static FILE *create(const char *path) {
    FILE *file = fopen(path, "w");
    if (file == NULL) {
        give_up("the list cannot be written");
    }
    return file;
}

/* Returns the bytes of the origins' texts. */
static size_t write_list(const struct folder *folder, const struct list *list, uint32_t count) {
    FILE *file = create(folder->list);
    size_t bytes = 0;
    for (uint32_t i = 0; i < count; i++) {
        char text[TEXT_MAX];
        size_t size = fill(text, list->forms[i % list->form_count].entry, 't', i);
        bytes += size;
        text[size] = '\n';
        (void)fwrite(text, 1, size + 1, file);
    }
    FILE *policy = create(folder->policy);
    (void)fprintf(policy, "policies:\n  - allow_origins:\n      - from_file: list.txt\n");
    if (fclose(file) != 0 || fclose(policy) != 0) {
        give_up("the list cannot be written");
    }
    return bytes;
}

/* Builds the policy as the command does. Returns the seconds. */
static double build(const struct folder *folder, const cors_policy **policy) {
    cors_builder *builder;
    double start = now();
    if (cors_policyfile_load(folder->policy, "", &builder, policy) != CORS_OK) {
        give_up("the policy is refused");
    }
    cors_builder_destroy(builder);
    return (now() - start) / 1e9;
}

static bool finds(const cors_policy *policy, const struct route *route, cors_slice origin) {
    cors_origin parts;
    if (cors_set_find_text(policy, &route->origins, origin) != NULL) {
        return true;
    }
    if (!cors_origin_parse(origin, &parts) || parts.opaque) {
        return false;
    }
    struct origin_cut cut = cors_origin_cut(origin, &parts);
    return cors_route_match_open(policy, route, &cut, NULL) != NULL;
}

/* Nothing that follows begins before all that precedes has ended. */
static void wait_for_all(void) {
#ifdef __x86_64__
    __builtin_ia32_lfence();
#else
    atomic_thread_fence(memory_order_seq_cst);
#endif
}

/* The nanoseconds of a look-up; with `alone` each begins when the one before has its answer. */
static double look_up(const cors_policy *policy, const struct list *list, uint32_t count, bool hit,
                      bool alone) {
    static char texts[BATCH][TEXT_MAX];
    cors_slice origins[BATCH];
    const struct route *route = policy_routes(policy);
    double spent = 0;
    size_t found = 0;
    for (size_t batch = 0; batch < BATCHES; batch++) {
        for (size_t i = 0; i < BATCH; i++) {
            uint32_t number = draw(count);
            const char *format = list->forms[number % list->form_count].origin;
            origins[i] = (cors_slice){texts[i], fill(texts[i], format, hit ? 't' : 'z', number)};
        }
        double start = now();
        for (size_t i = 0; i < BATCH; i++) {
            found += finds(policy, route, origins[i]);
            if (alone) {
                wait_for_all();
            }
        }
        spent += now() - start;
    }
    if (found != (hit ? (size_t)BATCH * BATCHES : 0)) {
        give_up("a look-up gave a wrong answer");
    }
    return spent / BATCH / BATCHES;
}

/* A walk through as much memory in an order that nothing can guess. */
static double read_memory(size_t bytes) {
    enum { STEPS = 1000000 };
    uint32_t lines = (uint32_t)(bytes / CACHE_LINE);
    char *memory = malloc((size_t)lines * CACHE_LINE);
    uint32_t *order = malloc(lines * sizeof *order);
    if (memory == NULL || order == NULL) {
        give_up("there is not enough memory");
    }
    for (uint32_t i = 0; i < lines; i++) {
        order[i] = i;
        uint32_t other = draw(i + 1);
        order[i] = order[other];
        order[other] = i;
    }
    for (uint32_t i = 0; i < lines; i++) {
        memcpy(memory + (size_t)order[i] * CACHE_LINE, &order[(i + 1) % lines], sizeof *order);
    }
    uint32_t at = 0;
    double start = now();
    for (size_t i = 0; i < STEPS; i++) {
        memcpy(&at, memory + (size_t)at * CACHE_LINE, sizeof at);
    }
    double spent = now() - start;
    (void)fprintf(stderr, at == 0 ? " " : ""); /* the walk is for something */
    free(order);
    free(memory);
    return spent / STEPS;
}

static void print_rounds(const char *name, const double *values, size_t count) {
    (void)printf(",\"%s\":[", name);
    for (size_t i = 0; i < count; i++) {
        (void)printf("%s%.4g", i == 0 ? "" : ",", values[i]);
    }
    (void)printf("]");
}

enum { ROUNDS_MAX = 100 };

static size_t measure(const struct folder *folder, const struct list *list, uint32_t count,
                      size_t rounds) {
    enum { HIT = 1, ALONE = 2, WAYS = 4 };
    static const char *const names[WAYS] = {"miss", "hit", "miss_alone", "hit_alone"};
    double seconds[ROUNDS_MAX];
    double ns[WAYS][ROUNDS_MAX];
    size_t text = write_list(folder, list, count);
    size_t size = 0;
    for (size_t round = 0; round < rounds; round++) {
        const cors_policy *policy;
        seconds[round] = build(folder, &policy);
        size = cors_policy_size(policy);
        for (unsigned way = 0; way < WAYS; way++) {
            ns[way][round] = look_up(policy, list, count, (way & HIT) != 0, (way & ALONE) != 0);
        }
        cors_policy_destroy(policy, &cors_heap);
    }
    (void)printf("{\"list\":\"%s\",\"origins\":%u,\"text_bytes\":%zu,\"block_bytes\":%zu",
                 list->name, count, text, size);
    print_rounds("build_seconds", seconds, rounds);
    for (unsigned way = 0; way < WAYS; way++) {
        print_rounds(names[way], ns[way], rounds);
    }
    (void)printf("}\n");
    return size;
}

static size_t measure_all(uint32_t count, size_t rounds) {
    struct folder folder = {.path = "/tmp/cors-million-XXXXXX"};
    size_t size = CACHE_LINE;
    if (mkdtemp(folder.path) == NULL) {
        give_up("there is no folder for the list");
    }
    (void)snprintf(folder.list, sizeof folder.list, "%s/list.txt", folder.path);
    (void)snprintf(folder.policy, sizeof folder.policy, "%s/p.yaml", folder.path);
    for (size_t i = 0; i < sizeof lists / sizeof lists[0]; i++) {
        size = measure(&folder, &lists[i], count, rounds);
    }
    (void)remove(folder.list);
    (void)remove(folder.policy);
    (void)rmdir(folder.path);
    return size;
}

static void measure_memory(size_t size, size_t rounds) {
    double memory[ROUNDS_MAX];
    for (size_t round = 0; round < rounds; round++) {
        memory[round] = read_memory(size);
    }
    (void)printf("{\"memory_bytes\":%zu", size);
    print_rounds("memory", memory, rounds);
    (void)printf("}\n");
}

static cors_slice read_all(const char *path) {
    struct text_file file;
    if (text_file_read(path, TEXT_FILE_REGULAR, SIZE_MAX / 2, &file) != NULL) {
        give_up("a file cannot be read");
    }
    return (cors_slice){file.data, file.size};
}

/* A function of its own, so that callgrind counts just what it does. */
__attribute__((noinline)) static size_t look_up_lines(const cors_policy *policy, cors_slice lines) {
    const struct route *route = policy_routes(policy);
    size_t found = 0;
    while (lines.size > 0) {
        size_t size = slice_find(lines, '\n');
        found += finds(policy, route, slice_of(lines.data, size));
        lines = slice_skip(lines, size < lines.size ? size + 1 : size);
    }
    return found;
}

/* The policy is believed: its maker is at hand. */
static void look_up_often(const char *compiled, const char *origins, size_t index, size_t times) {
    cors_slice block = read_all(compiled);
    cors_slice lines = read_all(origins);
    size_t found = 0;
    for (; index > 0; index--) {
        lines = slice_skip(lines, slice_find(lines, '\n') + 1);
    }
    for (size_t i = 0; i < times; i++) {
        found = look_up_lines((const cors_policy *)(const void *)block.data, lines);
    }
    (void)printf("%zu\n", found);
    free((void *)(uintptr_t)block.data);
}

int main(int count, char **arguments) {
    if (count == 6 && strcmp(arguments[3], "--once") == 0) {
        look_up_often(arguments[1], arguments[2], strtoul(arguments[4], NULL, 10),
                      strtoul(arguments[5], NULL, 10));
        return EXIT_SUCCESS;
    }
    uint32_t origins = count == 3 ? (uint32_t)strtoul(arguments[1], NULL, 10) : 0;
    size_t rounds = count == 3 ? strtoul(arguments[2], NULL, 10) : 0;
    if (origins == 0 || rounds == 0 || rounds > ROUNDS_MAX) {
        give_up("usage: million COUNT ROUNDS, or million POLICY ORIGINS --once INDEX N");
    }
    measure_memory(measure_all(origins, rounds), rounds);
    return EXIT_SUCCESS;
}
