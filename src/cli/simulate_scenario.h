/* SPDX-License-Identifier: MIT */
/* A line of `cors simulate`: calls of a page, and what the servers answer, as JSON has them. */
#ifndef CORS_CLI_SIMULATE_SCENARIO_H
#define CORS_CLI_SIMULATE_SCENARIO_H

#include <cors/browser.h>
#include <jansson.h>

/* Memory for one line, given back as a whole. */
struct line_memory {
    struct line_block *blocks;
};

void *line_take(struct line_memory *memory, size_t size);
void line_release(struct line_memory *memory);

/* A call and how long the page waits before it. */
struct scenario_call {
    cors_call call;
    int64_t wait; /* milliseconds */
};

/*
 * Reads a call. Slices point into the JSON or the memory.
 * Returns false with what is wrong in `*error`, words that live as long as the program.
 */
bool scenario_read_call(struct line_memory *memory, const json_t *scenario, const json_t *fetch,
                        struct scenario_call *call, const char **error);

/*
 * Finds what the servers answer to a URL. `part` is "preflight" or "response".
 * Returns false where there is no such answer; `*error` is then set if the JSON is at fault.
 */
bool scenario_find_answer(struct line_memory *memory, const json_t *scenario, cors_slice url,
                          const char *part, cors_response *response, const char **error);

#endif
