/* SPDX-License-Identifier: MIT */
/* Nanoseconds of a clock that only goes forward. Internal to the probe. */
#ifndef CORS_PROBE_CLOCK_H
#define CORS_PROBE_CLOCK_H

#include <stdint.h>
#include <time.h>

#define PROBE_CLOCK_MILLISECOND UINT64_C(1000000)
#define PROBE_CLOCK_SECOND UINT64_C(1000000000)
#define PROBE_CLOCK_NEVER UINT64_MAX

static inline uint64_t probe_clock(void) {
    struct timespec now;
    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * PROBE_CLOCK_SECOND + (uint64_t)now.tv_nsec;
}

#endif
