/* SPDX-License-Identifier: MIT */
/*
 * Many requests at once, over libcurl's multi interface: one connection to a host, which HTTP/2
 * shares between requests, and limits on how many are under way and how fast they are sent. A pool
 * belongs to one thread. Its memory follows what waits and is under way, not what is done.
 *
 * Its answers are those of probe_send(), without what is told of the TLS connection.
 */
#ifndef CORS_PROBE_POOL_H
#define CORS_PROBE_POOL_H

#include "probe.h"

struct probe_pool_options {
    struct probe_options probe;
    size_t connections_max; /* to all hosts together; 0: PROBE_POOL_CONNECTIONS */
    double rate_all;        /* requests a second; 0: no limit */
    double rate_host;       /* the same to each host (scheme, host, port); 0: no limit */
};

/*
 * A connection that nothing is under way on is kept, but makes room for another: whoever talks to
 * no more hosts at a time than there may be connections opens each but once.
 */
enum { PROBE_POOL_CONNECTIONS = 256 };

typedef struct probe_pool probe_pool;

/* Is handed the answer, which belongs to the pool and ends with the call. */
typedef void (*probe_pool_done)(void *context, const struct probe_answer *answer);

/* Borrows what the options point to for its life. Returns NULL if there is no memory. */
probe_pool *probe_pool_create(const struct probe_pool_options *options);
/* Ends what is under way; nothing more is handed out. Not to be called from a `done`. */
void probe_pool_destroy(probe_pool *pool);

/*
 * Takes a request, of which everything but `body` is copied; it is sent when the limits let it.
 * The time limits begin then. `done` is called once, from probe_pool_wait(), whatever happens; it
 * may send more. Returns false where there is no memory; `done` is then not called.
 */
bool probe_pool_send(probe_pool *pool, const struct probe_request *request, probe_pool_done done,
                     void *context);

/*
 * Sends nothing to the host of a URL for so many milliseconds from now: Retry-After. Never ends an
 * earlier hold sooner. From then on the host is sent one request at a time.
 */
void probe_pool_hold(probe_pool *pool, cors_slice url, long milliseconds);

/*
 * Works until something was handed out, or the time is over. Returns how many requests are
 * waiting or under way.
 */
size_t probe_pool_wait(probe_pool *pool, long milliseconds);

#endif
