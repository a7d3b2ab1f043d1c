/* SPDX-License-Identifier: MIT */
/*
 * Answers of hostile servers, byte by byte, as `cors check` reads, judges and shows them: two bytes
 * of choices, then what each connection is sent, with a byte 1E between. The same bytes are also
 * handed in as pasted text, and to the pool of connections that `cors audit` uses.
 */
#include <string.h>

#include "audit_retry.h"
#include "command.h"
#include "fuzzed_command.h"
#include "fuzzed_input.h"
#include "fuzzed_memory.h"
#include "fuzzed_network.h"
#include "fuzzed_output.h"
#include "invariant.h"
#include "naive_head.h"
#include "probe_head.h"
#include "probe_pool.h"
#include "text_slices.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { ANSWERS_MAX = 16, WAIT_MS = 60000 };

/* Of the first byte: what is done with the answers. */
enum way { WAY_SEND, WAY_PASTE, WAY_POOL, WAYS };

/* Of the second. */
enum {
    CHOICE_PUT = 1,
    CHOICE_HEADER = 2,
    CHOICE_CREDENTIALS = 4,
    CHOICE_JSON = 8,
    CHOICE_BROWSER = 16
};

/* Of the second, where the pool is used: heads at the bounds of size and count are read instead. */
enum { LARGE_CHOICES = 3, LARGE_HEAD = 1, LARGE_COUNT = 2 };

/* The status line, the empty one, and one more: the bound counts them with the fields. */
enum { LINES_BESIDE_FIELDS = 3 };

#define STATUS_LINE "HTTP/1.1 200 OK\r\n"

/* What stands in what is sent, and must not be shown. */
static const char token[] = "Authorization: Bearer hush-token";
static const char cookie[] = "Cookie: session=hush-cookie";
static const char secret[] = "hush-";

static bool holds(cors_slice text, const char *part) {
    return text.size > 0 && memmem(text.data, text.size, part, strlen(part)) != NULL;
}

static void add_choices(struct fuzzed_command *command, unsigned choice) {
    static const char *const browsers[] = {"chromium", "firefox", "safari", "standard"};
    const struct {
        unsigned bit;
        const char *arguments[2];
    } choices[] = {
        {CHOICE_PUT, {"-X", "PUT"}},
        {CHOICE_HEADER, {"-H", token}},
        {CHOICE_CREDENTIALS, {"--credentials", NULL}},
        {CHOICE_JSON, {"--json", NULL}},
    };
    size_t count = 0;
    while (command->arguments[count] != NULL) {
        count++;
    }
    for (size_t i = 0; i < sizeof choices / sizeof choices[0]; i++) {
        if ((choice & choices[i].bit) != 0) {
            command->arguments[count++] = choices[i].arguments[0];
            if (choices[i].arguments[1] != NULL) {
                command->arguments[count++] = choices[i].arguments[1];
            }
        }
    }
    command->arguments[count++] = "--browser";
    command->arguments[count++] = browsers[choice / CHOICE_BROWSER % 4];
}

static void check_verdict(const struct fuzzed_result *result, cors_slice answers) {
    json_t *report = fuzzed_json(result->out);
    cors_slice verdict = text_slice(json_string_value(json_object_get(report, "verdict")));
    bool allowed = text_is(verdict, "allowed");
    INVARIANT(allowed || text_is(verdict, "blocked") || text_is(verdict, "unknown"),
              "there are three verdicts");
    INVARIANT(allowed == (result->code == EXIT_FINE) || text_is(verdict, "unknown"),
              "the exit code says the verdict");
    INVARIANT(!allowed || text_holds_folded(answers, "access-control-allow-origin"),
              "nobody gets an answer to which no server let him");
    json_decref(report);
}

static void check_result(const struct fuzzed_result *result, unsigned choice, cors_slice answers) {
    INVARIANT(fuzzed_is_clean(result->out) && fuzzed_is_clean(result->errors),
              "what is printed holds no control characters");
    INVARIANT(holds(answers, secret) ||
                  (!holds(result->out, secret) && !holds(result->errors, secret)),
              "no secret is shown that no server gave away");
    if (result->out.size > 0 && (choice & CHOICE_JSON) != 0) {
        check_verdict(result, answers);
    }
}

static size_t split(cors_slice all, cors_slice answers[ANSWERS_MAX]) {
    struct fuzzed_input rest = {all.data, all.size};
    size_t count = 0;
    while (!fuzzed_is_empty(&rest) && count < ANSWERS_MAX) {
        answers[count++] = fuzzed_until(&rest, '\x1e');
    }
    return count;
}

static void send_call(unsigned choice, cors_slice all) {
    cors_slice answers[ANSWERS_MAX];
    size_t count = split(all, answers);
    struct fuzzed_command command = {
        .words = "cors check",
        .run = cors_check_main,
        .arguments = {"http://192.0.2.1:8000/x", "--send", "-H", cookie, "--proxy", "", "--cacert",
                      fuzzed_file(0, CORS_SLICE(""))},
    };
    add_choices(&command, choice);
    fuzzed_network_serve(answers, count);
    struct fuzzed_result result = fuzzed_command_run(&command);
    check_result(&result, choice, all);
    INVARIANT(result.code != EXIT_USAGE, "the call is one that can be made");
}

static void paste_answers(unsigned choice, cors_slice all) {
    struct fuzzed_command command = {
        .words = "cors check",
        .run = cors_check_main,
        .arguments = {"http://192.0.2.1:8000/x", "--answer", "-", "-H", cookie},
        .input = all,
    };
    add_choices(&command, choice);
    struct fuzzed_result result = fuzzed_command_run(&command);
    check_result(&result, choice, all);
    INVARIANT(result.code != EXIT_FAILED, "nothing is needed that could fail");
}

/* What the pool and a single session have to agree on. */
struct facts {
    enum probe_outcome outcome;
    int status;
    size_t field_count;
    size_t body_size;
    uint64_t digest;
    bool cut;
    bool done;
};

static struct facts facts_of(const struct probe_answer *answer) {
    for (size_t i = 0; i < answer->head.field_count; i++) {
        const cors_field *field = &answer->head.fields[i];
        INVARIANT(text_find(field->name, ':') == field->name.size &&
                      text_find(field->name, '\n') == field->name.size &&
                      text_find(field->value, '\n') == field->value.size,
                  "a field is of one line");
    }
    INVARIANT(answer->body_size <= PROBE_BODY_KEPT && answer->body_size <= answer->body_total,
              "of a body its beginning is kept");
    INVARIANT((answer->outcome == PROBE_ANSWERED) == (answer->sentence[0] == '\0'),
              "a failure is told in words");
    return (struct facts){answer->outcome,
                          answer->head.status,
                          answer->head.field_count,
                          answer->body_size,
                          answer->digest,
                          answer->cut,
                          true};
}

static void take_answer(void *context, const struct probe_answer *answer) {
    struct facts *facts = context;
    long seconds = -1;
    INVARIANT(!facts->done, "a request is answered once");
    *facts = facts_of(answer);
    INVARIANT(!audit_retry_wanted(answer, 0, 1000000000, &seconds) || seconds >= 0,
              "nobody is asked again before now");
}

static void compare_pool(cors_slice text) {
    static const struct probe_options options = {.proxy = ""};
    static const struct probe_pool_options pool_options = {.probe = {.proxy = ""}};
    const cors_field field = {CORS_SLICE("Origin"), CORS_SLICE("https://app.example")};
    const struct probe_request request = {.method = CORS_SLICE("GET"),
                                          .url = CORS_SLICE("http://192.0.2.1:8000/x"),
                                          .fields = &field,
                                          .field_count = 1};
    struct probe_answer answer;
    struct facts pooled = {.done = false};
    fuzzed_network_serve(&text, 1);
    probe_session *session = probe_session_create(&options);
    (void)probe_send(session, &request, &answer);
    struct facts single = facts_of(&answer);
    probe_answer_free(&answer);
    probe_session_destroy(session);
    fuzzed_network_serve(&text, 1);
    probe_pool *pool = probe_pool_create(&pool_options);
    (void)probe_pool_send(pool, &request, take_answer, &pooled);
    (void)probe_pool_wait(pool, WAIT_MS);
    probe_pool_destroy(pool);
    INVARIANT(pooled.done, "what is sent is answered");
    INVARIANT(pooled.outcome == single.outcome && pooled.status == single.status &&
                  pooled.field_count == single.field_count &&
                  pooled.body_size == single.body_size && pooled.digest == single.digest &&
                  pooled.cut == single.cut,
              "the pool reads what a session reads");
}

static void compare_fields(const struct probe_head *head, const struct naive_head *naive) {
    INVARIANT(head->field_count == naive->field_count, "every line with a name is a field");
    for (size_t i = 0; i < head->field_count; i++) {
        INVARIANT(text_same(head->fields[i].name, naive->fields[i].name) &&
                      text_same(head->fields[i].value, naive->fields[i].value),
                  "a field is what its line says, and those that go on with it");
    }
}

/* The head alone, in memory that ends where it ends. */
static void parse_head(cors_slice text) {
    static struct naive_head naive;
    struct fuzzed_memory memory = {NULL};
    struct probe_head head;
    size_t consumed = 0;
    char *exact = (char *)(uintptr_t)fuzzed_copy(&memory, text).data;
    cors_status status =
        text.size == 0 ? CORS_INVALID : probe_head_parse(exact, text.size, &head, &consumed);
    naive_head_read(&naive, &memory, text);
    INVARIANT((status == CORS_INVALID) == (naive.status == 0),
              "a head is what a status line begins");
    if (status != CORS_INVALID) {
        bool large = naive.size > PROBE_HEAD_BYTES_MAX || naive.field_count > PROBE_HEAD_FIELDS_MAX;
        bool small = naive.size <= PROBE_HEAD_BYTES_MAX && naive.line_count < PROBE_HEAD_FIELDS_MAX;
        INVARIANT(status == CORS_TOO_LARGE ? !small : !large, "a head has a bounded size");
    }
    if (status == CORS_OK) {
        INVARIANT(consumed == naive.size, "a head ends with the empty line");
        INVARIANT(head.status == naive.status, "a status is what the status line says");
        compare_fields(&head, &naive);
        probe_head_free(&head);
    }
    fuzzed_free_all(&memory);
}

/* A line of so many bytes, between the status line and the rest. */
static cors_slice with_line(struct fuzzed_memory *memory, size_t size, cors_slice rest) {
    char *line = fuzzed_allocate(memory, size + 1);
    memset(line, 'x', size);
    line[1] = ':';
    line[size - 1] = '\n';
    cors_slice start = fuzzed_join(memory, CORS_SLICE(STATUS_LINE), (cors_slice){line, size});
    return fuzzed_join(memory, start, rest);
}

/* A head that is as large as heads may be, or a byte or two more or less. */
static void parse_large_head(unsigned difference, cors_slice rest) {
    static struct naive_head naive;
    struct fuzzed_memory memory = {NULL};
    naive_head_read(&naive, &memory, fuzzed_join(&memory, CORS_SLICE(STATUS_LINE), rest));
    size_t size = PROBE_HEAD_BYTES_MAX + 1 - difference;
    if (naive.size + sizeof "x:\n" <= size) {
        parse_head(with_line(&memory, size - naive.size, rest));
    }
    fuzzed_free_all(&memory);
}

/* As many fields as a head may have, or some more or less. */
static void parse_many_fields(unsigned difference, cors_slice rest) {
    static const char field[] = "x:\n";
    struct fuzzed_memory memory = {NULL};
    size_t count = PROBE_HEAD_FIELDS_MAX + LINES_BESIDE_FIELDS - difference;
    char *fields = fuzzed_allocate(&memory, count * (sizeof field - 1));
    for (size_t i = 0; i < count; i++) {
        memcpy(fields + i * (sizeof field - 1), field, sizeof field - 1);
    }
    cors_slice head = fuzzed_join(&memory, CORS_SLICE(STATUS_LINE),
                                  (cors_slice){fields, count * (sizeof field - 1)});
    parse_head(fuzzed_join(&memory, head, rest));
    fuzzed_free_all(&memory);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    struct fuzzed_input input = fuzzed_input_of(data, size);
    enum way way = (enum way)fuzzed_choice(&input, WAYS);
    unsigned choice = fuzzed_byte(&input);
    cors_slice answers = fuzzed_rest(&input);
    parse_head(answers);
    if (way == WAY_POOL && (choice & LARGE_CHOICES) == LARGE_HEAD) {
        parse_large_head(choice / 4 % 4, answers);
    } else if (way == WAY_POOL && (choice & LARGE_CHOICES) == LARGE_COUNT) {
        parse_many_fields(choice / 4 % 8, answers);
    } else if (way == WAY_SEND) {
        send_call(choice, answers);
    } else if (way == WAY_PASTE) {
        paste_answers(choice, answers);
    } else {
        compare_pool(answers);
    }
    fuzzed_network_serve(NULL, 0);
    return 0;
}
