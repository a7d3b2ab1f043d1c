/* SPDX-License-Identifier: MIT */
/* Whose turn it is, by clocks that the tests set, without sending anything. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "probe_clock.h"
#include "probe_hosts.h"

static const uint64_t start = 5000 * PROBE_CLOCK_SECOND;

static cors_slice slice(const char *text) {
    return (cors_slice){text, strlen(text)};
}

static struct probe_host *find(struct probe_hosts *hosts, const char *url) {
    struct probe_host *host = probe_hosts_find(hosts, slice(url));
    assert_non_null(host);
    return host;
}

static struct probe_host *enqueue(struct probe_hosts *hosts, const char *url) {
    struct probe_host *host = find(hosts, url);
    struct probe_errand *errand = calloc(1, sizeof *errand);
    assert_non_null(errand);
    probe_hosts_enqueue(hosts, host, errand);
    return host;
}

static void send_next(struct probe_hosts *hosts, struct probe_host *host, uint64_t now) {
    probe_errand_free(probe_hosts_dequeue(hosts, host, now));
}

static void a_host_is_told_from_its_url(void **state) {
    static const char *const same[][2] = {
        {"https://api.example/a", "https://api.example/b?c#d"},
        {"https://api.example", "https://API.example:443/"},
        {"http://api.example/", "HTTP://api.EXAMPLE:80?x"},
        {"https://api.example/", "https://user:p@ss@api.example/"},
        {"https://[::1]/", "https://[::1]:443/x"},
        {"https://api.example/a", "https://api.example\\b"},
    };
    static const char *const different[][2] = {
        {"https://api.example/", "http://api.example/"},
        {"https://api.example/", "https://api.example:8443/"},
        {"https://api.example/", "https://xapi.example/"},
        {"https://[::1]/", "https://[::1:443]/"},
        {"https://api.example/", "https://evil.example/@api.example/"},
    };
    struct probe_hosts hosts = {.idle_max = 100};
    (void)state;
    for (size_t i = 0; i < sizeof same / sizeof same[0]; i++) {
        assert_ptr_equal(find(&hosts, same[i][0]), find(&hosts, same[i][1]));
    }
    for (size_t i = 0; i < sizeof different / sizeof different[0]; i++) {
        assert_ptr_not_equal(find(&hosts, different[i][0]), find(&hosts, different[i][1]));
    }
    probe_hosts_free(&hosts);
}

static void urls_that_are_none_do_no_harm(void **state) {
    static const char *const urls[] = {"",         ":",         "https:",       "https:/",
                                       "https://", "https://@", "https://:443", "x",
                                       "///",      "https://h:"};
    struct probe_hosts hosts = {.idle_max = 100};
    (void)state;
    for (size_t i = 0; i < sizeof urls / sizeof urls[0]; i++) {
        (void)find(&hosts, urls[i]);
    }
    static char endless[1 << 16] = "https://";
    memset(endless + 8, 'a', sizeof endless - 8);
    assert_non_null(probe_hosts_find(&hosts, (cors_slice){endless, sizeof endless}));
    probe_hosts_free(&hosts);
}

static void one_at_a_time_until_it_speaks_http2(void **state) {
    struct probe_hosts hosts = {.idle_max = 10};
    struct probe_host *host = NULL;
    (void)state;
    for (int i = 0; i < PROBE_HOST_STREAMS + 3; i++) {
        host = enqueue(&hosts, "https://api.example/");
    }
    send_next(&hosts, host, start);
    assert_true(probe_hosts_wait(host, true, start) == PROBE_CLOCK_NEVER);
    probe_hosts_ended(&hosts, host, true, start);
    for (int i = 0; i < PROBE_HOST_STREAMS; i++) {
        assert_int_equal(probe_hosts_wait(host, true, start), 0);
        send_next(&hosts, host, start);
    }
    assert_true(probe_hosts_wait(host, true, start) == PROBE_CLOCK_NEVER);
    assert_int_equal(hosts.active, 1);
    probe_hosts_ended(&hosts, host, false, start);
    assert_true(probe_hosts_wait(host, true, start) == PROBE_CLOCK_NEVER);
    probe_hosts_free(&hosts);
}

static void without_room_for_a_connection_only_those_that_have_one(void **state) {
    struct probe_hosts hosts = {.idle_max = 10};
    struct probe_host *talking = enqueue(&hosts, "https://one.example/");
    struct probe_host *other = enqueue(&hosts, "https://two.example/");
    (void)state;
    (void)enqueue(&hosts, "https://one.example/");
    send_next(&hosts, talking, start);
    probe_hosts_ended(&hosts, talking, true, start);
    send_next(&hosts, talking, start);
    (void)enqueue(&hosts, "https://one.example/");
    assert_int_equal(probe_hosts_wait(talking, false, start), 0);
    assert_true(probe_hosts_wait(other, false, start) == PROBE_CLOCK_NEVER);
    assert_int_equal(probe_hosts_wait(other, true, start), 0);
    probe_hosts_free(&hosts);
}

static void those_with_a_connection_come_first(void **state) {
    struct probe_hosts hosts = {.idle_max = 10};
    struct probe_host *known = enqueue(&hosts, "https://one.example/");
    (void)state;
    send_next(&hosts, known, start);
    probe_hosts_ended(&hosts, known, false, start);
    struct probe_host *second = enqueue(&hosts, "https://two.example/");
    struct probe_host *third = enqueue(&hosts, "https://three.example/");
    assert_ptr_equal(enqueue(&hosts, "https://one.example/"), known);
    assert_ptr_equal(hosts.waiting.first, known);
    assert_ptr_equal(known->after, second);
    assert_ptr_equal(second->after, third);
    assert_ptr_equal(hosts.waiting.last, third);
    probe_hosts_free(&hosts);
}

static void a_hold_and_a_rate_are_kept(void **state) {
    struct probe_hosts hosts = {.idle_max = 10, .rate = 2};
    struct probe_host *host = enqueue(&hosts, "https://one.example/");
    (void)state;
    (void)enqueue(&hosts, "https://one.example/");
    send_next(&hosts, host, start);
    probe_hosts_ended(&hosts, host, false, start);
    assert_int_equal(probe_hosts_wait(host, true, start), PROBE_CLOCK_SECOND / 2);
    host->held_until = start + 7 * PROBE_CLOCK_SECOND;
    assert_int_equal(probe_hosts_wait(host, true, start), 7 * PROBE_CLOCK_SECOND);
    assert_int_equal(probe_hosts_wait(host, true, start + 7 * PROBE_CLOCK_SECOND), 0);
    probe_hosts_free(&hosts);
}

static void idle_hosts_are_forgotten(void **state) {
    struct probe_hosts hosts = {.idle_max = 8};
    (void)state;
    for (int i = 0; i < 1000; i++) {
        char url[64];
        (void)snprintf(url, sizeof url, "https://h%d.example/", i);
        struct probe_host *host = enqueue(&hosts, url);
        send_next(&hosts, host, start);
        probe_hosts_ended(&hosts, host, false, start);
        assert_true(hosts.idle_count <= hosts.idle_max);
    }
    assert_int_equal(hosts.active, 0);
    probe_hosts_free(&hosts);
}

static void but_not_those_to_be_spared(void **state) {
    struct probe_hosts hosts = {.idle_max = 1, .rate = 0.5};
    struct probe_host *held = find(&hosts, "https://held.example/");
    uint64_t now = start;
    (void)state;
    held->held_until = start + 60 * PROBE_CLOCK_SECOND;
    for (int i = 0; i < 1000; i++, now += PROBE_CLOCK_MILLISECOND) {
        char url[64];
        (void)snprintf(url, sizeof url, "https://h%d.example/", i);
        struct probe_host *host = enqueue(&hosts, url);
        send_next(&hosts, host, now);
        probe_hosts_ended(&hosts, host, false, now);
    }
    /* Within the two seconds that the rate wants between two, and the hold. */
    assert_int_equal(hosts.idle_count, 1001);
    assert_ptr_equal(find(&hosts, "https://held.example/"), held);
    assert_true(held->held_until > now);
    for (int i = 0; i < 1200; i++, now += 60 * PROBE_CLOCK_SECOND) {
        struct probe_host *host = enqueue(&hosts, "https://one.example/");
        send_next(&hosts, host, now);
        probe_hosts_ended(&hosts, host, false, now);
    }
    assert_true(hosts.idle_count <= 2);
    probe_hosts_free(&hosts);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_host_is_told_from_its_url),
        cmocka_unit_test(urls_that_are_none_do_no_harm),
        cmocka_unit_test(one_at_a_time_until_it_speaks_http2),
        cmocka_unit_test(without_room_for_a_connection_only_those_that_have_one),
        cmocka_unit_test(those_with_a_connection_come_first),
        cmocka_unit_test(a_hold_and_a_rate_are_kept),
        cmocka_unit_test(idle_hosts_are_forgotten),
        cmocka_unit_test(but_not_those_to_be_spared),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
