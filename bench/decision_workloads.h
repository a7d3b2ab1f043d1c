/* SPDX-License-Identifier: MIT */
/* The workloads that bench/workloads.py writes, with their policies built. */
#ifndef CORS_BENCH_DECISION_WORKLOADS_H
#define CORS_BENCH_DECISION_WORKLOADS_H

#include <cors/cors.h>
#include <jansson.h>

enum { WORKLOAD_FIELDS_MAX = 8 };

/* A policy and a request to it. All slices point into the JSON that was read. */
struct workload {
    const char *name;
    const cors_policy *policy;
    cors_slice method;
    cors_slice path;
    cors_slice origin;
    cors_field fields[WORKLOAD_FIELDS_MAX];
    size_t field_count;
    bool allowed; /* what the decision must be */
};

struct workloads {
    struct workload *items;
    size_t count;
    json_t *json;
};

/* Reads the file and builds the policies; ends the program with words where it cannot. */
struct workloads workloads_read(const char *file);

void workloads_release(struct workloads *workloads);

/* Ends the program with these words and a status of 1. */
_Noreturn void give_up(const char *what, const char *about);

#endif
