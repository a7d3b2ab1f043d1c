/* SPDX-License-Identifier: MIT */
/*
 * Inputs beside an inaccessible page, once ending right before it and once beginning right behind:
 * a byte read too far, or before the first, is a crash. Every prefix of every input is tried.
 */
#include <cors/cors.h>

#include <stddef.h>
#include <stdio.h>
#include <sys/mman.h>
#include <unistd.h>

#include "case_policy.h"
#include "case_table.h"

/* Pages that can be used, between two that cannot. */
struct island {
    char *start;
    size_t size;
    size_t page;
};

static void create_island(struct island *island, size_t size) {
    size_t page = (size_t)sysconf(_SC_PAGESIZE);
    *island = (struct island){.size = (size + page - 1) / page * page, .page = page};
    void *pages =
        mmap(NULL, island->size + 2 * page, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    assert_true(pages != MAP_FAILED);
    island->start = (char *)pages + page;
    assert_int_equal(mprotect(island->start, island->size, PROT_READ | PROT_WRITE), 0);
}

static void destroy_island(struct island *island) {
    assert_int_equal(munmap(island->start - island->page, island->size + 2 * island->page), 0);
}

enum place { AT_START, AT_END, PLACES };

/* Copies a text to one end of the island. */
static cors_slice put(const struct island *island, enum place place, cors_slice text) {
    assert_true(text.size <= island->size);
    char *at = place == AT_START ? island->start : island->start + island->size - text.size;
    if (text.size > 0) {
        memcpy(at, text.data, text.size);
    }
    return (cors_slice){at, text.size};
}

static const char policy_lines[] = "policy\n"
                                   "path /api/*\n"
                                   "accept_risks null-origin\n"
                                   "allow_origins https://app.example\n"
                                   "allow_origins https://*.deep.example\n"
                                   "allow_origins https://pr-*.one.example\n"
                                   "allow_origins https://[2001:db8::1]:*\n"
                                   "allow_origins null\n"
                                   "allow_methods *\n"
                                   "allow_headers *\n"
                                   "allow_headers Authorization\n"
                                   "allow_credentials true\n"
                                   "policy\n"
                                   "path /api/exact\n"
                                   "allow_origins *\n"
                                   "allow_methods PATCH\n"
                                   "allow_headers X-One\n"
                                   "allow_headers Content-Type\n"
                                   "max_age 10m\n";

/* The parts of a request with one field line of its own. */
enum part { METHOD, PATH, NAME, VALUE, OWN_ORIGIN, PARTS };

struct parts {
    cors_slice part[PARTS];
};

/* What becomes of a sound request when a part of it is a prefix of the text. */
static const struct {
    enum part part;
    const char *text;
    const char *name; /* for VALUE: the field line's */
} inputs[] = {
    {METHOD, "OPTIONS", "Origin"},
    {METHOD, "GET", "Origin"},
    {PATH, "/api/exact", "Origin"},
    {PATH, "/api/exactly", "Origin"},
    {PATH, "/other", "Origin"},
    {NAME, "Origin", NULL},
    {NAME, "Host", NULL},
    {NAME, "SEC-FETCH-SITE", NULL},
    {NAME, "Access-Control-Request-Method", NULL},
    {NAME, "Access-Control-Request-Headersx", NULL},
    {VALUE, "https://app.example", "Origin"},
    {VALUE, "https://a.b.deep.example:8443", "Origin"},
    {VALUE, "https://pr-12.one.example", "Origin"},
    {VALUE, "https://[2001:db8::1]:8443", "Origin"},
    {VALUE, "null", "Origin"},
    {VALUE, " \thttps://app.example\t ", "Origin"},
    {VALUE, "app.example:443", "Host"},
    {VALUE, "[2001:db8::1]:8443", "Host"},
    {VALUE, "same-origin", "Sec-Fetch-Site"},
    {VALUE, "cross-site", "Sec-Fetch-Site"},
    {VALUE, "PATCH", "Access-Control-Request-Method"},
    {VALUE, " DELETE ", "Access-Control-Request-Method"},
    {VALUE, "authorization,content-type, x-one ,, x-a,b", "Access-Control-Request-Headers"},
    {VALUE, "a bc", "Access-Control-Request-Headers"},
    {VALUE, "\t,", "Access-Control-Request-Headers"},
    {OWN_ORIGIN, "https://app.example", "Host"},
};

/* Judges a request of the parts, with and without sound lines before the parts' own. */
static void judge(const cors_policy *policy, const struct parts *parts) {
    for (int sound_lines = 0; sound_lines <= 1; sound_lines++) {
        cors_request request;
        cors_decision decision;
        cors_request_begin(&request, policy, parts->part[METHOD], parts->part[PATH]);
        cors_request_set_own_origin(&request, parts->part[OWN_ORIGIN]);
        if (sound_lines != 0) {
            cors_request_add_header(&request, CORS_SLICE("Origin"),
                                    CORS_SLICE("https://app.example"));
            cors_request_add_header(&request, CORS_SLICE("Access-Control-Request-Method"),
                                    CORS_SLICE("PUT"));
        }
        cors_request_add_header(&request, parts->part[NAME], parts->part[VALUE]);
        cors_decide(&request, &decision);
        assert_true(decision.field_count <= CORS_DECISION_FIELDS_MAX);
        assert_true(decision.vary_count <= CORS_DECISION_VARY_MAX);
    }
}

/* The largest input that is read to its end. */
static void fill_large_value(char *value, size_t size) {
    for (size_t i = 0; i < size; i++) {
        value[i] = i % 64 == 63 ? ',' : (char)('a' + (int)(i % 26));
    }
}

static void requests_are_read_within_their_bytes(void **state) {
    struct case_policy made;
    struct island island;
    (void)state;
    case_policy_build_sound(&made, policy_lines);
    create_island(&island, 1);
    for (size_t i = 0; i < ROWS(inputs); i++) {
        struct parts parts = {{CORS_SLICE("OPTIONS"), CORS_SLICE("/api/x"), CORS_SLICE("Accept"),
                               CORS_SLICE("https://app.example"), CORS_SLICE("")}};
        parts.part[NAME] = inputs[i].name == NULL ? parts.part[NAME] : case_slice(inputs[i].name);
        for (size_t size = 0; size <= strlen(inputs[i].text); size++) {
            for (enum place place = AT_START; place < PLACES; place++) {
                cors_slice prefix = {inputs[i].text, size};
                parts.part[inputs[i].part] = put(&island, place, prefix);
                judge(made.policy, &parts);
            }
        }
    }
    destroy_island(&island);
    case_policy_end(&made);
}

static void large_values_are_read_within_their_bytes(void **state) {
    static char value[CORS_REQUEST_HEADERS_BYTES_MAX + 1];
    struct case_policy made;
    struct island island;
    (void)state;
    case_policy_build_sound(&made, policy_lines);
    create_island(&island, sizeof value);
    fill_large_value(value, sizeof value);
    struct parts parts = {{CORS_SLICE("OPTIONS"), CORS_SLICE("/api/x"),
                           CORS_SLICE("Access-Control-Request-Headers"), CORS_SLICE(""),
                           CORS_SLICE("")}};
    for (size_t cut = 0; cut < 70; cut++) {
        for (enum place place = AT_START; place < PLACES; place++) {
            parts.part[VALUE] = put(&island, place, (cors_slice){value, sizeof value - cut});
            judge(made.policy, &parts);
        }
    }
    destroy_island(&island);
    case_policy_end(&made);
}

/* What every other call makes of a text is of no interest here, but where it reads. */
static void hand_to_every_call(const cors_policy *policy, cors_slice text) {
    char buffer[CORS_ENTRY_MAX];
    char scratch[256];
    cors_origin origin;
    cors_slice found;
    cors_origin_parse(text, &origin);
    cors_scheme_default_port(text);
    cors_policy_find_origin(policy, CORS_SLICE("/api/x"), text, buffer, &found);
    cors_policy_find_path(policy, text, &found);
    cors_header_is_owned(text);
    cors_vary_covers(text, CORS_SLICE("Origin"));
    cors_vary_covers(CORS_SLICE("Cookie, Origin"), text);
    cors_target_is_plain(text);
    assert_true(text.size <= sizeof scratch);
    cors_target_is_ambiguous(policy, text, scratch);
    cors_key_find(text, &found);
}

static const char *const texts[] = {
    "https://a.b.deep.example:8443",
    "http://[2001:db8::1]:80",
    "null",
    "Access-Control-Allow-Origin",
    "access-control-max-age",
    "Accept-Encoding , origin, *",
    "/api/../%2e%2E/a//b/%2F%5c/%252e\\x/./..?q",
    "/api/exact#%",
    "allow_credentails",
};

static void other_calls_read_within_their_bytes(void **state) {
    struct case_policy made;
    struct island island;
    (void)state;
    case_policy_build_sound(&made, policy_lines);
    create_island(&island, 1);
    for (size_t i = 0; i < ROWS(texts); i++) {
        for (size_t size = 0; size <= strlen(texts[i]); size++) {
            for (enum place place = AT_START; place < PLACES; place++) {
                hand_to_every_call(made.policy, put(&island, place, (cors_slice){texts[i], size}));
            }
        }
    }
    destroy_island(&island);
    case_policy_end(&made);
}

/* Values of a policy, to every key in turn. */
static const char *const policy_values[] = {
    "/api/a/..%2f//b*",
    "https://u@*.B\303\234CHER.test:443/x",
    "https://[0:0::1.2.3.4]:08443",
    "https://pr-{label}*.example:*",
    "patch",
    "Set-Cookie2",
    "X-Auth-Token",
    "2147483648d",
    "true",
    "204",
    "insecure-orign-with-credentials",
    "*",
    "null",
};

static void builders_read_within_their_bytes(void **state) {
    struct island island;
    (void)state;
    create_island(&island, 1);
    for (size_t i = 0; i < ROWS(policy_values); i++) {
        for (size_t size = 0; size <= strlen(policy_values[i]); size++) {
            for (enum place place = AT_START; place < PLACES; place++) {
                cors_slice value = put(&island, place, (cors_slice){policy_values[i], size});
                struct case_memory memory = {.asked = 0};
                cors_builder_options options = case_policy_options(&memory);
                cors_builder *builder;
                const cors_policy *policy;
                assert_int_equal(cors_builder_create(&options, &builder), CORS_OK);
                for (int key = CORS_KEY_PATH; key <= CORS_KEY_ACCEPT_RISKS; key++) {
                    cors_builder_add(builder, (cors_key)key, value, (cors_position){0, 1, 1});
                }
                cors_builder_finish(builder, &policy);
                cors_policy_destroy(policy, &options.allocator);
                cors_builder_destroy(builder);
                assert_int_equal(memory.live, 0);
            }
        }
    }
    destroy_island(&island);
}

/* Memory of the allocator: right before it stands where its island begins. */
struct piece {
    struct island island;
    _Alignas(8) char bytes[];
};

static void *allocate_at_end(void *context, size_t size) {
    size_t *live = context;
    struct island island;
    size_t rounded = (size + 7) / 8 * 8;
    create_island(&island, sizeof(struct piece) + rounded);
    struct piece *piece = (struct piece *)(void *)(island.start + island.size - rounded -
                                                   offsetof(struct piece, bytes));
    piece->island = island;
    ++*live;
    return piece->bytes;
}

static void release_at_end(void *context, void *memory) {
    size_t *live = context;
    if (memory != NULL) {
        struct piece *piece =
            (struct piece *)(void *)((char *)memory - offsetof(struct piece, bytes));
        struct island island = piece->island;
        destroy_island(&island);
        --*live;
    }
}

enum { FIRST_ROOM = 8 }; /* values that a list of the builder begins with room for */
enum { LINES_SIZE = 8192 };

/* Adds a line with a number at its end for each of so many values. */
static void add_lines(char *lines, const char *line, int count) {
    for (int number = 1; number <= count; number++) {
        size_t size = strlen(lines);
        (void)snprintf(lines + size, LINES_SIZE - size, "%s%d\n", line, number);
    }
}

/* Lists of as many values as their memory has room for: whoever reads one more, crashes. */
static void lists_are_read_within_their_memory(void **state) {
    static char lines[LINES_SIZE];
    (void)state;
    for (int count = 1; count <= 2 * FIRST_ROOM + 1; count++) {
        size_t live = 0;
        struct case_memory memory = {.asked = 0};
        cors_builder_options options = case_policy_options(&memory);
        options.allocator = (cors_allocator){allocate_at_end, release_at_end, &live};
        cors_builder *builder;
        const cors_policy *policy;
        lines[0] = '\0';
        add_lines(lines, "allow_origins https://*.example.q", count);
        add_lines(lines, "allow_methods M", count);
        add_lines(lines, "allow_headers X-", count);
        add_lines(lines, "expose_headers X-", count);
        /* A * among headers is looked at otherwise. */
        strcat(lines, "policy\npath /any\nallow_origins https://a.example\nallow_headers *\n");
        add_lines(lines, "allow_headers X-", count - 1);
        assert_int_equal(cors_builder_create(&options, &builder), CORS_OK);
        assert_int_equal(case_policy_add(builder, lines), CORS_OK);
        assert_int_equal(cors_builder_finish(builder, &policy), CORS_OK);
        cors_policy_destroy(policy, &options.allocator);
        cors_builder_destroy(builder);
        assert_int_equal(live, 0);
    }
}

/* A compiled policy reads nothing beside its block. */
static void policies_are_read_within_their_block(void **state) {
    struct case_policy made;
    struct island island;
    (void)state;
    case_policy_build_sound(&made, policy_lines);
    size_t size = cors_policy_size(made.policy);
    assert_int_equal(size % 8, 0);
    create_island(&island, size);
    for (enum place place = AT_START; place < PLACES; place++) {
        cors_slice block = put(&island, place, (cors_slice){(const char *)made.policy, size});
        const cors_policy *policy = (const cors_policy *)(const void *)block.data;
        for (size_t i = 0; i < ROWS(inputs); i++) {
            struct parts parts = {{CORS_SLICE("OPTIONS"), CORS_SLICE("/api/exact"),
                                   CORS_SLICE("Access-Control-Request-Headers"),
                                   CORS_SLICE("authorization, x-one"), CORS_SLICE("")}};
            parts.part[inputs[i].part] = case_slice(inputs[i].text);
            judge(policy, &parts);
            parts.part[PATH] = CORS_SLICE("/api/x");
            judge(policy, &parts);
            hand_to_every_call(policy, case_slice(inputs[i].text));
        }
    }
    destroy_island(&island);
    case_policy_end(&made);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(requests_are_read_within_their_bytes),
        cmocka_unit_test(large_values_are_read_within_their_bytes),
        cmocka_unit_test(other_calls_read_within_their_bytes),
        cmocka_unit_test(builders_read_within_their_bytes),
        cmocka_unit_test(lists_are_read_within_their_memory),
        cmocka_unit_test(policies_are_read_within_their_block),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
