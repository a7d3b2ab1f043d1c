/* SPDX-License-Identifier: MIT */
#include "probe_rate.h"

#include "probe_clock.h"

/* What a person means by less is never. */
static const double per_second_min = 1e-6;

struct probe_rate probe_rate_of(double per_second) {
    const uint64_t burst = PROBE_CLOCK_SECOND / 10;
    struct probe_rate rate = {.interval = 0};
    if (per_second > 0) {
        double slowest = per_second < per_second_min ? per_second_min : per_second;
        rate.interval = (uint64_t)((double)PROBE_CLOCK_SECOND / slowest);
        rate.burst = rate.interval > burst ? rate.interval : burst;
    }
    return rate;
}

uint64_t probe_rate_wait(const struct probe_rate *rate, uint64_t now) {
    uint64_t next = rate->full_at + rate->interval;
    return next > now + rate->burst ? next - now - rate->burst : 0;
}

void probe_rate_take(struct probe_rate *rate, uint64_t now) {
    rate->full_at = (rate->full_at > now ? rate->full_at : now) + rate->interval;
}

bool probe_rate_is_full(const struct probe_rate *rate, uint64_t now) {
    return rate->full_at <= now;
}
