/* SPDX-License-Identifier: MIT */
/* Drives transfers of libcurl's multi interface by epoll. Internal to the probe. */
#ifndef CORS_PROBE_LOOP_H
#define CORS_PROBE_LOOP_H

#include <curl/curl.h>
#include <stdbool.h>
#include <stdint.h>

struct probe_loop {
    CURLM *multi;
    int events;        /* epoll's descriptor */
    uint64_t timer_at; /* when libcurl wants to be called */
};

/* The loop stays where it is. Returns false where there is no memory, or no descriptor. */
bool probe_loop_open(struct probe_loop *loop);
void probe_loop_close(struct probe_loop *loop);

/* Waits for something to happen, until `deadline` (probe_clock()) at most, and does it. */
void probe_loop_turn(struct probe_loop *loop, uint64_t deadline);

/* Does what is due, without waiting: transfers that were just added begin. */
void probe_loop_settle(struct probe_loop *loop);

#endif
