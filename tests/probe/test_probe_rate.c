/* SPDX-License-Identifier: MIT */
/* Rates, by clocks that the tests set. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "probe_clock.h"
#include "probe_rate.h"

enum { SECONDS_SHOWN = 20 };

static const uint64_t start = 5000 * PROBE_CLOCK_SECOND;

/* How many events there are from `start` on, each as soon as it may be. */
static unsigned events_within(struct probe_rate *rate, uint64_t duration) {
    unsigned count = 0;
    uint64_t now = start;
    while (now < start + duration) {
        uint64_t wait = probe_rate_wait(rate, now);
        if (wait == 0) {
            probe_rate_take(rate, now);
            count++;
        }
        now += wait;
    }
    return count;
}

static void as_many_as_the_rate_says(void **state) {
    static const struct {
        double rate;
        unsigned events;
    } cases[] = {
        /* At first a tenth of a second's events, or one; then the rate. */
        {0.1, 2},           {0.5, 10},           {1, 20}, {3, 60}, {10, 200}, {100, 2000 + 9},
        {1000, 20000 + 99}, {2000, 40000 + 199},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct probe_rate rate = probe_rate_of(cases[i].rate);
        unsigned count = events_within(&rate, SECONDS_SHOWN * PROBE_CLOCK_SECOND);
        assert_in_range(count, cases[i].events, cases[i].events + 1);
    }
}

static void a_late_caller_loses_nothing(void **state) {
    struct probe_rate rate = probe_rate_of(100);
    unsigned count = 0;
    (void)state;
    /* Looked at every 37 ms, which is no multiple of the 10 ms between two events. */
    for (uint64_t now = start; now < start + 100 * PROBE_CLOCK_SECOND;
         now += 37 * PROBE_CLOCK_MILLISECOND) {
        while (probe_rate_wait(&rate, now) == 0) {
            probe_rate_take(&rate, now);
            count++;
        }
    }
    assert_in_range(count, 10000, 10010);
}

static void a_pause_saves_no_more_than_a_burst(void **state) {
    struct probe_rate rate = probe_rate_of(100);
    uint64_t later = start + 3600 * PROBE_CLOCK_SECOND;
    (void)state;
    probe_rate_take(&rate, start);
    for (int i = 0; i < 10; i++) {
        assert_int_equal(probe_rate_wait(&rate, later), 0);
        probe_rate_take(&rate, later);
    }
    assert_int_equal(probe_rate_wait(&rate, later), 10 * PROBE_CLOCK_MILLISECOND);
}

static void a_slow_rate_has_one_at_a_time(void **state) {
    struct probe_rate rate = probe_rate_of(0.25);
    (void)state;
    assert_int_equal(probe_rate_wait(&rate, start), 0);
    probe_rate_take(&rate, start);
    assert_int_equal(probe_rate_wait(&rate, start), 4 * PROBE_CLOCK_SECOND);
    assert_int_equal(probe_rate_wait(&rate, start + PROBE_CLOCK_SECOND), 3 * PROBE_CLOCK_SECOND);
    assert_int_equal(probe_rate_wait(&rate, start + 4 * PROBE_CLOCK_SECOND), 0);
}

static void without_a_rate_nothing_waits(void **state) {
    struct probe_rate rate = probe_rate_of(0);
    (void)state;
    for (int i = 0; i < 100000; i++) {
        assert_int_equal(probe_rate_wait(&rate, start), 0);
        probe_rate_take(&rate, start);
    }
    assert_true(probe_rate_is_full(&rate, start));
}

static void it_is_full_again_when_all_came_back(void **state) {
    struct probe_rate rate = probe_rate_of(10);
    (void)state;
    assert_true(probe_rate_is_full(&rate, start));
    probe_rate_take(&rate, start);
    assert_false(probe_rate_is_full(&rate, start + 99 * PROBE_CLOCK_MILLISECOND));
    assert_true(probe_rate_is_full(&rate, start + 100 * PROBE_CLOCK_MILLISECOND));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(as_many_as_the_rate_says),
        cmocka_unit_test(a_late_caller_loses_nothing),
        cmocka_unit_test(a_pause_saves_no_more_than_a_burst),
        cmocka_unit_test(a_slow_rate_has_one_at_a_time),
        cmocka_unit_test(without_a_rate_nothing_waits),
        cmocka_unit_test(it_is_full_again_when_all_came_back),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
