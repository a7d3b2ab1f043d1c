/* SPDX-License-Identifier: MIT */
/* What a block is refused for though its checksum fits, and in which words. */
#include "case_block.h"
#include "case_policy.h"
#include "case_table.h"
#include "policy_block.h"

static const char lines[] = "path /a/*\n"
                            "allow_origins https://app.example\n"
                            "allow_methods PUT\n"
                            "allow_headers X-One\n"
                            "expose_headers X-Two\n"
                            "max_age 10m\n"
                            "policy\n"
                            "path /b/*\n"
                            "allow_origins *\n"
                            "allow_methods *\n"
                            "allow_headers *\n"
                            "allow_headers Authorization\n"
                            "policy\n"
                            "path /b/c\n"
                            "allow_origins https://*.deep.example\n"
                            "policy\n"
                            "path /d/*\n"
                            "allow_origins https://[2001:db8::1]\n"
                            "policy\n"
                            "path /e/*\n"
                            "allow_origins https://pr-*.one.example:8443\n"
                            "policy\n"
                            "path /f/*\n"
                            "allow_origins https://open.example:*\n"
                            "policy\n"
                            "path /g/*\n"
                            "allow_origins https://{label}.q\n"
                            "accept_risks public-suffix-wildcard\n";

enum route_number { LISTED, PUBLIC, DEEP, ADDRESS, PART, OPEN_PORT, LABEL };

struct opened {
    struct case_policy made;
    struct case_block block;
    cors_policy *head;
    struct route *routes;
};

static void begin(struct opened *opened) {
    case_policy_build_sound(&opened->made, lines);
    case_block_begin(&opened->block, opened->made.policy);
    opened->head = (cors_policy *)(void *)opened->block.start;
    opened->routes = (struct route *)(void *)(opened->block.start + opened->head->routes);
}

static void end(struct opened *opened) {
    case_block_end(&opened->block);
    case_policy_end(&opened->made);
}

/* Opens what was changed, and puts all back. */
static void expect_fault(struct opened *opened, const char *row, const char *wanted) {
    const cors_policy *policy;
    case_block_retag(&opened->block, opened->made.policy);
    case_block_mend(&opened->block);
    expect_text(row, "the fault", case_block_open(&opened->block, &policy), wanted);
    memcpy(opened->block.start, opened->made.policy, opened->block.size);
}

#define NO_ENTRY "This entry is no origin and no sound pattern."
#define ELSEWHERE "What is said to begin here lies elsewhere."

/* Texts of the block, from the `from`th place where they stand, and what they are changed to. */
static const struct {
    const char *text;
    const char *changed; /* as long */
    int from;
    const char *fault;
} texts[] = {
    {"https://app.example", "https://app,example", 0, NO_ENTRY},
    {"https://app.example", "https://app.exampl/", 0, NO_ENTRY},
    {"https://app.example", "https://app.exa\r\nle", 0, NO_ENTRY},
    {"https://app.example", "https://App.example", 0, NO_ENTRY},
    {"https://app.example", "https://a.exmpl:443", 0, NO_ENTRY},
    {"https://app.example", "https://u@pp.exampl", 0, NO_ENTRY},
    {"https://app.example", "https://*.a.example", 0, NO_ENTRY},
    {"https://app.example", "file://app.examples", 0, NO_ENTRY},
    {"https://app.example", "https://300.1.1.300", 0, NO_ENTRY},
    {"https://[2001:db8::1]", "https://[2001:0db8::1", 0, NO_ENTRY},
    {"https://[2001:db8::1]", "https://[2001:db80::]", 0, ""},
    {"https://[2001:db8::1]", "https://[201:0db8::1]", 0, NO_ENTRY},
    {"https://.deep.example", "https://-deep.example", 0, NO_ENTRY},
    {"https://.deep.example", "https://.deep..xample", 0, NO_ENTRY},
    {"https://.deep.example", "https://.deep.exa:443", 0, NO_ENTRY},
    {"https://.deep.example", "https://.deep.exam.10", 0, NO_ENTRY},
    {"https://pr-.one.example:8443", "https://pr-.one.exampl:08443", 0, NO_ENTRY},
    {"https://open.example", "https://open.exam:81", 0, NO_ENTRY},
    {"https://open.example", "https://open.Example", 0, NO_ENTRY},
    {"/a/*", "a//*", 0, "This path is none."},
    {"/a/*", "/a/x", 0, "This path is none."},
    {"/a/*", "/\n/*", 0, "This path is none."},
    {"/a/*", "/?/*", 0, "This path is none."},
    {"/a/*", "/x/*", 0, "The policies' paths are not in order."},
    {"/g/*", "/f/*", 0, "The policies' paths are not in order."},
    {"/b/c", "/b/*", 0, "This path is none."},
    {"/b/c", "/c/c", 0, "This is not the policy's next shorter path."},
    {"PUT", "P T", 0, "This is no method that a page may use."},
    {"PUT", "P\rT", 1, "This list names what is not allowed."},
    {"PUT", "PAT", 1, "This list names what is not allowed."},
    {"x-one", "X-one", 0, "This is no header that a page may set, in lower case."},
    {"x-one", "x-\nne", 0, "This is no header that a page may set, in lower case."},
    {"x-one", "sec-a", 0, "This is no header that a page may set, in lower case."},
    {"X-One", "X-\r\ne", 0, "This list names what is not allowed."},
    {"X-One", "X-Two", 0, "This list names what is not allowed."},
    {"X-One", "x, y1", 0, "This list names what is not allowed."},
    {"X-Two", "X-\r\no", 0, "This is no list of headers that may be read."},
    {"X-Two", "X, Y,", 0, "This is no list of headers that may be read."},
    {"X-Two", "X,Two", 0, "This is no list of headers that may be read."},
    {"600", "6\r\n", 0, "This is no number of seconds."},
    {"600", "060", 0, "This is no number of seconds."},
    {"*, Authorization", "*, Authorizatiom", 0,
     "Any header is allowed, and this says something else."},
};

/* The place of a text in the block, or the end of the test. */
static size_t find_text(const struct opened *opened, const char *text, int from) {
    size_t size = strlen(text);
    for (size_t at = sizeof *opened->head; at + size <= opened->block.size; at++) {
        if (memcmp(opened->block.start + at, text, size) == 0 && from-- == 0) {
            return at;
        }
    }
    fail_msg("the block does not hold %s", text);
    return 0;
}

static void texts_are_read(void **state) {
    struct opened opened;
    (void)state;
    begin(&opened);
    for (size_t i = 0; i < ROWS(texts); i++) {
        assert_int_equal(strlen(texts[i].text), strlen(texts[i].changed));
        size_t at = find_text(&opened, texts[i].text, texts[i].from);
        memcpy(opened.block.start + at, texts[i].changed, strlen(texts[i].changed));
        expect_fault(&opened, texts[i].changed, texts[i].fault);
    }
    end(&opened);
}

/* Changes a member, and expects the fault. */
#define EXPECT(opened, member, value, fault)                                                       \
    do {                                                                                           \
        (opened).member = (value);                                                                 \
        expect_fault(&(opened), #member " = " #value, fault);                                      \
    } while (0)

static void the_head_is_read(void **state) {
    struct opened opened;
    (void)state;
    begin(&opened);
    EXPECT(opened, head->magic, 0, "This is no compiled policy.");
    EXPECT(opened, head->magic, 0x636f7273, "It was compiled on a machine of another byte order.");
    EXPECT(opened, head->layout, POLICY_LAYOUT + 1,
           "It was compiled by another version of libcors.");
    EXPECT(opened, head->layout, POLICY_LAYOUT - 1,
           "It was compiled by another version of libcors.");
    EXPECT(opened, head->size, opened.block.size + 8, "It is cut short.");
    EXPECT(opened, head->size, opened.block.size - 8, "It has another length than it says.");
    EXPECT(opened, head->size, 0, "It has another length than it says.");
    EXPECT(opened, head->routes, 48, ELSEWHERE);
    EXPECT(opened, head->route_count, UINT32_MAX, "What begins here goes past the end.");
    EXPECT(opened, head->route_count, 0, ELSEWHERE);
    EXPECT(opened, head->environment.size, 0, "The name of the environment is missing.");
    EXPECT(opened, head->environment.size, UINT32_MAX, "What begins here goes past the end.");
    EXPECT(opened, head->environment.offset, 0, ELSEWHERE);
    end(&opened);
}

static void the_flags_are_read(void **state) {
    static const char neither[] = "What is yes or no is neither.";
    struct opened opened;
    (void)state;
    begin(&opened);
    EXPECT(opened, routes[LISTED].exact, 2, neither);
    EXPECT(opened, routes[LISTED].any_origin, 2, neither);
    EXPECT(opened, routes[LISTED].credentials, 255, neither);
    EXPECT(opened, routes[LISTED].any_method, 2, neither);
    EXPECT(opened, routes[LISTED].any_header, 2, neither);
    EXPECT(opened, routes[LISTED].any_port, 2, neither);
    EXPECT(opened, routes[LISTED].reserved[1], 1, "A byte without a meaning has one.");
    EXPECT(opened, routes[LISTED].preflight_status, 404,
           "The status of preflights is neither 200 nor 204.");
    EXPECT(opened, routes[PUBLIC].credentials, 1, "Every origin is allowed with credentials.");
    EXPECT(opened, routes[LISTED].credentials, 1, "");
    EXPECT(opened, routes[LISTED].any_origin, 1, "Every origin is allowed, and some are listed.");
    EXPECT(opened, routes[LISTED].any_method, 1, "Any method is allowed, and this is not *.");
    EXPECT(opened, routes[LISTED].any_header, 1,
           "Any header is allowed, and this says something else.");
    EXPECT(opened, routes[PUBLIC].any_method, 0, "This is no method that a page may use.");
    EXPECT(opened, routes[PUBLIC].any_header, 0,
           "This is no header that a page may set, in lower case.");
    EXPECT(opened, routes[LISTED].any_port, 1, "Some entry leaves the port open, or none does.");
    EXPECT(opened, routes[OPEN_PORT].any_port, 0, "Some entry leaves the port open, or none does.");
    EXPECT(opened, routes[PUBLIC].parent, 0, "This is not the policy's next shorter path.");
    EXPECT(opened, routes[DEEP].parent, ROUTE_NONE, "This is not the policy's next shorter path.");
    EXPECT(opened, routes[DEEP].parent, DEEP, "This is not the policy's next shorter path.");
    EXPECT(opened, routes[DEEP].exact, 0, "This path is none.");
    end(&opened);
}

static void what_is_wrong_is_pointed_at(void **state) {
    struct opened opened;
    cors_block_fault fault;
    const cors_policy *policy;
    (void)state;
    begin(&opened);
    const uint8_t *places[] = {&opened.routes[LISTED].credentials, &opened.routes[DEEP].any_port,
                               &opened.routes[PUBLIC].reserved[1],
                               (const uint8_t *)&opened.routes[PART].preflight_status};
    for (size_t i = 0; i < ROWS(places); i++) {
        size_t offset = (size_t)((const char *)places[i] - opened.block.start);
        opened.block.start[offset] ^= 2;
        case_block_mend(&opened.block);
        assert_int_equal(cors_policy_open(opened.block.start, opened.block.size, &policy, &fault),
                         CORS_INVALID);
        assert_int_equal(fault.offset, offset);
        opened.block.start[offset] ^= 2;
    }
    end(&opened);
}

static void the_parts_lie_behind_each_other(void **state) {
    static const char past[] = "What begins here goes past the end.";
    struct opened opened;
    (void)state;
    begin(&opened);
    EXPECT(opened, routes[LISTED].path.offset, 0, ELSEWHERE);
    EXPECT(opened, routes[LISTED].path.size, UINT32_MAX, past);
    EXPECT(opened, routes[LISTED].max_age.size, UINT32_MAX, past);
    EXPECT(opened, routes[LISTED].allow_methods.size, 9, ELSEWHERE);
    EXPECT(opened, routes[LISTED].expose_headers.offset, UINT32_MAX, ELSEWHERE);
    EXPECT(opened, routes[LISTED].allow_headers.offset, opened.routes[LISTED].allow_methods.offset,
           ELSEWHERE);
    EXPECT(opened, routes[DEEP].shapes, 0, ELSEWHERE);
    EXPECT(opened, routes[DEEP].shape_count, UINT32_MAX, past);
    EXPECT(opened, routes[LISTED].origins.buckets, 0, ELSEWHERE);
    EXPECT(opened, routes[LISTED].origins.bucket_count, UINT32_MAX, past);
    EXPECT(opened, routes[LISTED].origins.bucket_count, 0, "A list has no place for entries.");
    end(&opened);
}

static void the_lists_are_read(void **state) {
    static const char size_fault[] = "A list says another size of itself.";
    struct opened opened;
    (void)state;
    begin(&opened);
    EXPECT(opened, routes[LISTED].origins.count, 0, size_fault);
    EXPECT(opened, routes[LISTED].origins.count, UINT32_MAX, size_fault);
    EXPECT(opened, routes[LISTED].origins.longest, 7, size_fault);
    EXPECT(opened, routes[LISTED].origins.longest, UINT32_MAX, size_fault);
    EXPECT(opened, routes[LISTED].origins.sizes, 0, size_fault);
    EXPECT(opened, routes[LISTED].methods.seed, 1, "No search finds this entry.");
    struct set_bucket *buckets =
        (struct set_bucket *)(void *)(opened.block.start + opened.routes[LISTED].origins.buckets);
    buckets[0].tags ^= 8;
    expect_fault(&opened, "the tags", "No search finds what begins here.");
    buckets[0].tags ^= 8;
    buckets[0].records += 2;
    expect_fault(&opened, "the first bucket", "This does not lead to entries.");
    buckets[1].records = buckets[0].records - 2;
    expect_fault(&opened, "the end before the beginning", "This does not lead to entries.");
    buckets[1].records = UINT32_MAX;
    expect_fault(&opened, "the end behind the block", "This does not lead to entries.");
    buckets[1].records -= 2;
    expect_fault(&opened, "an end within an entry", "The entries that begin here do not fit.");
    buckets[1].records += 2;
    expect_fault(&opened, "an end behind the entry", "The entries that begin here do not fit.");
    end(&opened);
}

static struct set_record *first_origin(const struct opened *opened, enum route_number number) {
    const struct cors_set *set = &opened->routes[number].origins;
    const struct set_bucket *buckets =
        (const struct set_bucket *)(const void *)(opened->block.start + set->buckets);
    return (struct set_record *)(void *)(opened->block.start + buckets[0].records);
}

static void the_entries_are_read(void **state) {
    static const uint8_t kinds[] = {SET_ANY_PORT | SET_ONE_LABEL | SET_ANY_DEPTH,
                                    SET_ONE_LABEL | SET_ANY_DEPTH, 8, 255};
    struct opened opened;
    (void)state;
    begin(&opened);
    for (size_t i = 0; i < ROWS(kinds); i++) {
        first_origin(&opened, DEEP)->kind = kinds[i];
        expect_fault(&opened, "a kind that there is not", NO_ENTRY);
    }
    first_origin(&opened, DEEP)->kind = SET_ONE_LABEL;
    expect_fault(&opened, "one label", "");
    first_origin(&opened, PART)->kind = SET_ANY_DEPTH;
    expect_fault(&opened, "any depth within a label", NO_ENTRY);
    first_origin(&opened, PART)->kind = SET_ONE_LABEL | SET_ANY_PORT;
    expect_fault(&opened, "any port and one", NO_ENTRY);
    first_origin(&opened, DEEP)->kind = 0;
    expect_fault(&opened, "an exact entry with a tail", NO_ENTRY);
    struct set_record *record = first_origin(&opened, DEEP);
    record->head_size = (uint16_t)(record->head_size - 3);
    record->tail_size = (uint16_t)(record->tail_size + 3);
    expect_fault(&opened, "a wildcard in the scheme", NO_ENTRY);
    record->head_size = 0;
    expect_fault(&opened, "no head", "The entries that begin here do not fit.");
    end(&opened);
}

/* With a dot alone behind it, every name that ends in one would match. */
static void a_wildcard_stands_under_a_domain(void **state) {
    struct opened opened;
    (void)state;
    begin(&opened);
    struct set_record *record = first_origin(&opened, LABEL);
    assert_int_equal(record->tail_size, strlen(".q"));
    record->tail_size = 1;
    expect_fault(&opened, "a dot behind the wildcard", NO_ENTRY);
    end(&opened);
}

static struct shape *first_shape(const struct opened *opened, enum route_number number) {
    return (struct shape *)(void *)(opened->block.start + opened->routes[number].shapes);
}

static void the_shapes_are_read(void **state) {
    static const char no_shape[] = "This is no shape of a pattern, or not the next.";
    static const char dots[] = "The dots are not as many as the shapes count.";
    struct opened opened;
    (void)state;
    begin(&opened);
    first_shape(&opened, DEEP)->form_count = SHAPE_FORMS_MAX + 1;
    expect_fault(&opened, "too many forms", no_shape);
    first_shape(&opened, DEEP)->kind = SET_ANY_PORT;
    expect_fault(&opened, "a shape of no pattern", no_shape);
    first_shape(&opened, DEEP)->anchored = 2;
    expect_fault(&opened, "an anchor", no_shape);
    first_shape(&opened, DEEP)->dots = 254;
    expect_fault(&opened, "more dots than a host has", no_shape);
    EXPECT(opened, routes[DEEP].dots_max, 0, dots);
    EXPECT(opened, routes[LISTED].dots_max, 255, dots);
    end(&opened);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_head_is_read),
        cmocka_unit_test(the_flags_are_read),
        cmocka_unit_test(what_is_wrong_is_pointed_at),
        cmocka_unit_test(the_parts_lie_behind_each_other),
        cmocka_unit_test(the_lists_are_read),
        cmocka_unit_test(the_entries_are_read),
        cmocka_unit_test(a_wildcard_stands_under_a_domain),
        cmocka_unit_test(the_shapes_are_read),
        cmocka_unit_test(texts_are_read),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
