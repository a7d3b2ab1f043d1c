/* SPDX-License-Identifier: MIT */
/*
 * What waits to be sent and what is under way, by host (scheme, host, port), and when each may be
 * sent something. Sends nothing itself, and reads no clock. Internal to the probe.
 */
#ifndef CORS_PROBE_HOSTS_H
#define CORS_PROBE_HOSTS_H

#include "probe_message.h"
#include "probe_pool.h"
#include "probe_rate.h"

enum {
    PROBE_HOST_KEY_MAX = 300,
    PROBE_HOST_CHAINS = 1024,
    PROBE_HOST_STREAMS = 16, /* at once to one that is known to speak HTTP/2 */
};

/* A request that waits for its turn. */
struct probe_errand {
    struct probe_errand *next;
    struct probe_message message;
    enum probe_outcome refusal; /* the pool's, for what it does not send */
    probe_pool_done done;
    void *context;
};

struct probe_host {
    struct probe_host *chained;
    struct probe_host *before; /* in the list that it is in */
    struct probe_host *after;
    struct probe_errand *first;
    struct probe_errand *last;
    size_t under_way;
    size_t streams;      /* as many at most */
    bool known;          /* it was sent something before: there may be a connection to it */
    uint64_t held_until; /* 0: never; one that was held is sent one at a time */
    struct probe_rate rate;
    size_t key_size;
    char key[];
};

struct probe_host_list {
    struct probe_host *first;
    struct probe_host *last;
};

/* Zeroed, but for what the caller sets. */
struct probe_hosts {
    double rate;     /* set by the caller: requests a second to each; 0: no limit */
    size_t idle_max; /* set by the caller: how many are remembered of which nothing is wanted */
    size_t idle_count;
    size_t active;                  /* with something under way */
    struct probe_host_list waiting; /* those with a connection first, then in their order */
    struct probe_host_list idle;    /* the one that is idle longest first */
    struct probe_host *chains[PROBE_HOST_CHAINS];
};

/* The host of a URL; it lives until something else is done. NULL where there is no memory. */
struct probe_host *probe_hosts_find(struct probe_hosts *hosts, cors_slice url);

/* Takes the errand over; its turn comes after those that wait for the same host. */
void probe_hosts_enqueue(struct probe_hosts *hosts, struct probe_host *host,
                         struct probe_errand *errand);

/*
 * Nanoseconds from `now` until the host's next errand may be sent; 0: at once; PROBE_CLOCK_NEVER:
 * something else must end first.
 *
 * may_connect  whether a host of which nothing is under way may be sent something.
 */
uint64_t probe_hosts_wait(const struct probe_host *host, bool may_connect, uint64_t now);

/* Hands the next errand out, to be sent. */
struct probe_errand *probe_hosts_dequeue(struct probe_hosts *hosts, struct probe_host *host,
                                         uint64_t now);

/* What was handed out came to its end; the host may be gone then. */
void probe_hosts_ended(struct probe_hosts *hosts, struct probe_host *host, bool http2,
                       uint64_t now);

void probe_errand_free(struct probe_errand *errand);
void probe_hosts_free(struct probe_hosts *hosts);

#endif
