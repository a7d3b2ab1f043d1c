/* SPDX-License-Identifier: MIT */
/*
 * What `cors simulate` says of calls: what is sent, why there is a preflight, how it ends. Where
 * memory fails, what is written to has `failed`.
 */
#ifndef CORS_CLI_SIMULATE_OUTPUT_H
#define CORS_CLI_SIMULATE_OUTPUT_H

#include <cors/browser.h>

#include "json_writer.h"
#include "simulate_scenario.h"

/* Why there are preflights: the members of a list, each once. */
struct why_list {
    struct json_writer json;
    struct noted_why *noted;
};

void why_list_clear(struct why_list *whys);

/* Adds the request that the browser sends now to a list. */
void output_sent(struct json_writer *sent, const cors_fetch *fetch);

/* Adds why this step is a preflight: "method PUT", "header x-a". */
void output_whys(struct why_list *whys, struct line_memory *memory, const cors_fetch *fetch);

/* Writes how a call ended. */
void output_result(struct json_writer *out, struct line_memory *memory, const cors_fetch *fetch,
                   const struct why_list *whys);

#endif
