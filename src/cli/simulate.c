/* SPDX-License-Identifier: MIT */
/* cors simulate: what a browser does with calls and answers. */
#include <cors/browser.h>
#include <ctype.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "command.h"
#include "json_lines.h"
#include "shared_options.h"
#include "simulate_scenario.h"
#include "terminal.h"

/* A preflight cache as large as Chromium's 1,024 entries with URLs of ordinary length. */
enum { CACHE_SIZE = 1 << 18 };

/* Fetches get more memory when they need it, up to this. */
enum { FETCH_MEMORY_MAX = 1 << 29 };

enum { MESSAGE_SIZE = 4096 };

struct simulator {
    cors_browser browser;
    char *memory; /* for the fetch in progress */
    size_t memory_size;
    char *cache_memory;
};

/* A line under way. */
struct run {
    struct simulator *simulator;
    const json_t *scenario;
    struct line_memory memory;
    cors_preflight_cache cache;
    int64_t now; /* milliseconds since the page was opened */
    json_t *fetches;
    json_t *sent;
    const char *error;
    bool too_large; /* the memory for fetches was */
};

static json_t *json_slice(cors_slice slice) {
    json_t *text = json_stringn(slice.data, slice.size);
    if (text == NULL) {
        /* Bytes that are no UTF-8 are shown as the characters that they are in Latin-1. */
        char *wide = malloc(2 * slice.size + 1);
        size_t size = 0;
        for (size_t i = 0; wide != NULL && i < slice.size; i++) {
            unsigned char byte = (unsigned char)slice.data[i];
            if (byte >= 0x80) {
                wide[size++] = (char)(0xC0 | byte >> 6);
                byte = (unsigned char)(0x80 | (byte & 0x3F));
            }
            wide[size++] = (char)byte;
        }
        text = wide == NULL ? NULL : json_stringn(wide, size);
        free(wide);
    }
    return text;
}

/* Sets a member named like a field, in lower case, unless the field is not sent. */
static void set_field(json_t *object, cors_field_id field, cors_slice value) {
    char key[64];
    const char *name = cors_field_name(field);
    size_t size = 0;
    if (value.data == NULL) {
        return;
    }
    while (size < sizeof key - 1 && name[size] != '\0') {
        key[size] = (char)tolower((unsigned char)name[size]);
        size++;
    }
    key[size] = '\0';
    (void)json_object_set_new(object, key, json_slice(value));
}

/* Notes the request that the browser sends now. */
static void note_sent(struct run *run, const cors_fetch *fetch) {
    json_t *request = json_pack("{s:o, s:o}", "method", json_slice(cors_fetch_method(fetch)), "url",
                                json_slice(cors_fetch_url(fetch)));
    set_field(request, CORS_FIELD_ORIGIN, cors_fetch_origin(fetch));
    set_field(request, CORS_FIELD_REQUEST_METHOD, cors_fetch_requested_method(fetch));
    set_field(request, CORS_FIELD_REQUEST_HEADERS, cors_fetch_requested_headers(fetch));
    (void)json_object_set_new(request, "credentials",
                              json_boolean(cors_fetch_sends_credentials(fetch)));
    (void)json_array_append_new(run->sent, request);
}

static bool holds_text(const json_t *list, const char *text) {
    for (size_t i = 0; i < json_array_size(list); i++) {
        if (strcmp(json_string_value(json_array_get(list, i)), text) == 0) {
            return true;
        }
    }
    return false;
}

/* Notes why there is a preflight, each reason once: "method PUT", "header x-a". */
static void note_whys(json_t *whys, const cors_fetch *fetch) {
    size_t position = 0;
    cors_why why;
    cors_slice what;
    while (cors_fetch_next_why(fetch, &position, &why, &what)) {
        json_t *named = json_slice(what);
        json_t *text = what.size == 0
                           ? json_string(cors_why_name(why))
                           : json_sprintf("%s %s", cors_why_name(why), json_string_value(named));
        json_decref(named);
        if (text != NULL && !holds_text(whys, json_string_value(text))) {
            (void)json_array_append(whys, text);
        }
        json_decref(text);
    }
}

/* Hands the scenario's answer to the fetch; false where the line is at fault. */
static bool answer_step(struct run *run, cors_fetch *fetch) {
    cors_response response;
    const char *part = cors_fetch_step(fetch) == CORS_STEP_PREFLIGHT ? "preflight" : "response";
    if (!scenario_find_answer(&run->memory, run->scenario, cors_fetch_url(fetch), part, &response,
                              &run->error)) {
        cors_fetch_fail(fetch);
        return run->error == NULL;
    }
    run->too_large = cors_fetch_answer(fetch, &response, run->now) == CORS_TOO_LARGE;
    return !run->too_large;
}

static int compare_names(const void *left, const void *right) {
    return strcmp(*(const char *const *)left, *(const char *const *)right);
}

/* The names of the last answer that script can read: in lower case, sorted, each once. */
static json_t *list_visible(struct run *run, const cors_fetch *fetch,
                            const cors_response *response) {
    json_t *list = json_array();
    const char **names = line_take(&run->memory, response->field_count * sizeof *names + 1);
    size_t count = 0;
    for (size_t i = 0; names != NULL && i < response->field_count; i++) {
        cors_slice name = response->fields[i].name;
        char *lower = line_take(&run->memory, name.size + 1);
        if (lower == NULL || !cors_fetch_exposes(fetch, name)) {
            continue;
        }
        for (size_t byte = 0; byte < name.size; byte++) {
            lower[byte] = (char)tolower((unsigned char)name.data[byte]);
        }
        lower[name.size] = '\0';
        names[count++] = lower;
    }
    if (count > 0) {
        qsort(names, count, sizeof *names, compare_names);
    }
    for (size_t i = 0; i < count; i++) {
        if (i == 0 || strcmp(names[i - 1], names[i]) != 0) {
            (void)json_array_append_new(list, json_string(names[i]));
        }
    }
    return list;
}

static json_t *message_of(const cors_failure *failure, cors_browser browser) {
    char buffer[MESSAGE_SIZE];
    size_t size = cors_failure_message(failure, browser, buffer, sizeof buffer);
    if (size <= sizeof buffer) {
        return size == 0 ? json_null() : json_slice((cors_slice){buffer, size});
    }
    char *longer = malloc(size);
    if (longer == NULL) {
        return NULL;
    }
    (void)cors_failure_message(failure, browser, longer, size);
    json_t *message = json_slice((cors_slice){longer, size});
    free(longer);
    return message;
}

static json_t *messages_of(const cors_result *result) {
    if (result->code == CORS_CODE_OK) {
        return json_pack("{s:n, s:n, s:n}", "chromium", "firefox", "safari");
    }
    const cors_failure *failure = &result->failure;
    return json_pack("{s:o, s:o, s:o}", "chromium", message_of(failure, CORS_BROWSER_CHROMIUM),
                     "firefox", message_of(failure, CORS_BROWSER_FIREFOX), "safari",
                     message_of(failure, CORS_BROWSER_SAFARI));
}

/* How a call ended; takes `whys`. */
static json_t *describe(struct run *run, const cors_fetch *fetch, json_t *whys) {
    const cors_result *result = cors_fetch_result(fetch);
    if (result->code != CORS_CODE_OK) {
        return json_pack("{s:s, s:n, s:n, s:n, s:n, s:[], s:s, s:b, s:o, s:o}", "result", "error",
                         "type", "status", "redirected", "url", "headers", "code",
                         cors_code_name(result->code), "preflight", (int)result->failure.preflight,
                         "why_preflight", whys, "messages", messages_of(result));
    }
    return json_pack("{s:s, s:s, s:i, s:b, s:o, s:o, s:s, s:b, s:o, s:o}", "result", "ok", "type",
                     cors_response_type_name(result->type), "status", result->status, "redirected",
                     (int)result->redirected, "url", json_slice(result->url), "headers",
                     list_visible(run, fetch, cors_fetch_response(fetch)), "code",
                     cors_code_name(result->code), "preflight", 0, "why_preflight", whys,
                     "messages", messages_of(result));
}

/* Runs one call to its end; false where the line is at fault, or the memory too small. */
static bool run_fetch(struct run *run, const json_t *described) {
    struct simulator *simulator = run->simulator;
    struct scenario_call call;
    cors_fetch *fetch;
    if (!scenario_read_call(&run->memory, run->scenario, described, &call, &run->error)) {
        return false;
    }
    run->now += call.wait;
    if (cors_fetch_begin(simulator->memory, simulator->memory_size, &call.call, simulator->browser,
                         &run->cache, run->now, &fetch) != CORS_OK) {
        run->too_large = true;
        return false;
    }
    json_t *whys = json_array();
    while (cors_fetch_step(fetch) != CORS_STEP_DONE) {
        note_sent(run, fetch);
        note_whys(whys, fetch);
        if (!answer_step(run, fetch)) {
            json_decref(whys);
            return false;
        }
    }
    run->error = "out of memory";
    return json_array_append_new(run->fetches, describe(run, fetch, whys)) == 0;
}

static bool run_fetches(struct run *run) {
    const json_t *fetches = json_object_get(run->scenario, "fetches");
    run->error = "\"fetches\" must be a list of calls";
    if (!json_is_array(fetches)) {
        return false;
    }
    for (size_t i = 0; i < json_array_size(fetches); i++) {
        if (!run_fetch(run, json_array_get(fetches, i))) {
            return false;
        }
    }
    return true;
}

static bool grow_memory(struct simulator *simulator) {
    if (simulator->memory_size >= FETCH_MEMORY_MAX) {
        return false;
    }
    free(simulator->memory);
    simulator->memory_size *= 2;
    simulator->memory = malloc(simulator->memory_size);
    return simulator->memory != NULL;
}

/* The whole line; again with more memory where that was too small: nothing outlives a line. */
static json_t *answer(void *context, const json_t *line, const char **error) {
    struct simulator *simulator = context;
    for (;;) {
        struct run run = {.simulator = simulator,
                          .scenario = line,
                          .fetches = json_array(),
                          .sent = json_array()};
        cors_preflight_cache_begin(&run.cache, simulator->cache_memory, CACHE_SIZE);
        bool fine = run_fetches(&run);
        line_release(&run.memory);
        *error = run.error;
        if (fine) {
            return json_pack("{s:o, s:o}", "fetches", run.fetches, "sent", run.sent);
        }
        json_decref(run.fetches);
        json_decref(run.sent);
        if (!run.too_large) {
            return NULL;
        }
        if (!grow_memory(simulator)) {
            *error = "the calls need more memory than there is";
            return NULL;
        }
    }
}

static void print_help(void) {
    (void)printf(
        "Usage: cors simulate [--browser NAME]\n\n"
        "Reads calls of a page and the answers of servers as JSON Lines, and says for each what\n"
        "the browser sends, whether script gets the answer, and what the console prints.\n\n"
        "A line:      {\"id\": 1, \"page\": \"https://app.example\",\n"
        "              \"fetches\": [{\"url\": \"https://api.example/x\", \"method\": \"PUT\"}],\n"
        "              \"server\": {\"https://api.example/x\": {\"preflight\": {\"status\": 204,\n"
        "               \"headers\": [[name, value], ...]}, \"response\": {...}}}}\n"
        "Its answer:  {\"id\": 1, \"fetches\": [{\"result\": \"ok\", \"type\": \"cors\", ...}],\n"
        "              \"sent\": [{\"method\": \"OPTIONS\", ...}]}\n\n"
        "Options:\n"
        "  --browser NAME              standard (default), chromium, firefox, safari\n"
        "  --json                      accepted; the answers are JSON anyway\n"
        "  --color auto|always|never   colours in complaints; NO_COLOR is honoured\n"
        "  --help                      this text\n\n"
        "Example:\n"
        "  cors simulate --browser firefox < calls.jsonl\n\n"
        "Exit status: 0 whatever the verdicts, 2 wrong usage, 3 input or output failed.\n");
}

/* Reads the options; returns -1 to go on, else the exit code. */
static int read_options(int argc, char **argv, cors_browser *browser) {
    static const struct option known[] = {
        {"browser", required_argument, NULL, 'b'},
        {"json", no_argument, NULL, 'j'},
        SHARED_OPTIONS,
    };
    static char command_name[] = "cors simulate"; /* for getopt's messages */
    enum colour_choice colour;
    int option;
    int code = -1;
    argv[0] = command_name;
    while ((option = getopt_long(argc, argv, "", known, NULL)) != -1) {
        switch (option) {
        case 'b':
            if (!cors_browser_find((cors_slice){optarg, strlen(optarg)}, browser)) {
                (void)fputs("cors simulate: --browser is standard, chromium, firefox or safari\n",
                            stderr);
                return EXIT_USAGE;
            }
            break;
        case 'j':
            break;
        default:
            code = shared_option_take(option, command_name, print_help, &colour);
            break;
        }
        if (code >= 0) {
            return code;
        }
    }
    if (optind < argc) {
        (void)fputs("cors simulate: calls come from standard input, not from an argument\n",
                    stderr);
        return EXIT_USAGE;
    }
    return -1;
}

int cors_simulate_main(int argc, char **argv) {
    struct simulator simulator = {.browser = CORS_BROWSER_STANDARD,
                                  .memory_size = CORS_FETCH_MEMORY};
    int code = read_options(argc, argv, &simulator.browser);
    if (code >= 0) {
        return code;
    }
    simulator.memory = malloc(simulator.memory_size);
    simulator.cache_memory = malloc(CACHE_SIZE);
    if (simulator.memory == NULL || simulator.cache_memory == NULL) {
        (void)fputs("cors simulate: out of memory\n", stderr);
        code = EXIT_FAILED;
    } else {
        code = json_lines_run("cors simulate", answer, &simulator);
    }
    free(simulator.memory);
    free(simulator.cache_memory);
    return code;
}
