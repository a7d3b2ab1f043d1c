/* SPDX-License-Identifier: MIT */
/*
 * A token bucket, kept as the time at which it is full again: so many events a second, and after a
 * pause as many at once as come in a tenth of a second, but at least one. Reads no clock.
 */
#ifndef CORS_PROBE_RATE_H
#define CORS_PROBE_RATE_H

#include <stdbool.h>
#include <stdint.h>

struct probe_rate {
    uint64_t interval; /* nanoseconds from one event to the next; 0: no limit */
    uint64_t burst;    /* nanoseconds by which events may run ahead of that */
    uint64_t full_at;
};

/* A full one. `per_second` is above 0, or 0 for no limit. */
struct probe_rate probe_rate_of(double per_second);

/* Nanoseconds from `now` until an event may happen; 0: at once. */
uint64_t probe_rate_wait(const struct probe_rate *rate, uint64_t now);

/* An event happens at `now`. */
void probe_rate_take(struct probe_rate *rate, uint64_t now);

/* Whether it is as it was at first, and need not be kept. */
bool probe_rate_is_full(const struct probe_rate *rate, uint64_t now);

#endif
