/* SPDX-License-Identifier: MIT */
/* cors simulate: what a browser does with calls and answers. */
#include <cors/browser.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "command.h"
#include "json_lines.h"
#include "shared_options.h"
#include "simulate_output.h"
#include "simulate_scenario.h"
#include "terminal.h"

/* A preflight cache as large as Chromium's 1,024 entries with URLs of ordinary length. */
enum { CACHE_SIZE = 1 << 18 };

/* Fetches get more memory when they need it, up to this. */
enum { FETCH_MEMORY_MAX = 1 << 29 };

struct simulator {
    cors_browser browser;
    char *memory; /* for the fetch in progress */
    size_t memory_size;
    char *cache_memory;
    struct json_writer sent; /* of the line in progress */
    struct why_list whys;    /* of the fetch in progress */
};

/* A line under way. */
struct run {
    struct simulator *simulator;
    const json_t *scenario;
    struct line_memory memory;
    cors_preflight_cache cache;
    int64_t now; /* milliseconds since the page was opened */
    struct json_writer *out;
    const char *error;
    bool too_large; /* the memory for fetches was */
};

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
    why_list_clear(&simulator->whys);
    while (cors_fetch_step(fetch) != CORS_STEP_DONE) {
        output_sent(&simulator->sent, fetch);
        output_whys(&simulator->whys, &run->memory, fetch);
        if (!answer_step(run, fetch)) {
            return false;
        }
    }
    output_result(run->out, &run->memory, fetch, &simulator->whys);
    return true;
}

static bool run_fetches(struct run *run) {
    const json_t *fetches = json_object_get(run->scenario, "fetches");
    size_t start = run->out->size;
    run->error = "\"fetches\" must be a list of calls";
    if (!json_is_array(fetches)) {
        return false;
    }
    for (size_t i = 0; i < json_array_size(fetches); i++) {
        json_write_comma(run->out, start);
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

/* Writes the answer's members; false where the line is at fault, or the memory too small. */
static bool write_answer(struct run *run) {
    struct json_writer *sent = &run->simulator->sent;
    sent->size = 0;
    JSON_WRITE(run->out, "\"fetches\":[");
    bool fine = run_fetches(run);
    line_release(&run->memory);
    JSON_WRITE(run->out, "],\"sent\":[");
    json_write(run->out, sent->data, sent->size);
    JSON_WRITE(run->out, "]");
    run->out->failed |= sent->failed || run->simulator->whys.json.failed;
    return fine;
}

/* The whole line; again with more memory where that was too small: nothing outlives a line. */
static bool answer(void *context, const json_t *line, struct json_writer *out, const char **error) {
    struct simulator *simulator = context;
    size_t start = out->size;
    for (;;) {
        struct run run = {.simulator = simulator, .scenario = line, .out = out};
        cors_preflight_cache_begin(&run.cache, simulator->cache_memory, CACHE_SIZE);
        bool fine = write_answer(&run);
        *error = run.error;
        if (fine || !run.too_large) {
            return fine;
        }
        out->size = start;
        if (!grow_memory(simulator)) {
            *error = "the calls need more memory than there is";
            return false;
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
    while ((option = shared_option_next(argc, argv, ":", known)) != -1) {
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
    free(simulator.sent.data);
    free(simulator.whys.json.data);
    return code;
}
