/* SPDX-License-Identifier: MIT */
#include "probe_pool.h"

#include <limits.h>
#include <stdlib.h>
#include <strings.h>

#include "probe_answer.h"
#include "probe_clock.h"
#include "probe_hosts.h"

/*
 * libcurl is handed no more than it can send at once: what waits for a connection there would
 * wait behind others that wait for another host, and its time would run.
 */

/*
 * How long nothing need happen until libcurl is asked all the same: for a body that does not go on,
 * and because what HTTP/2 has read already of a large answer does not show at the socket.
 */
enum { PATIENCE_MS = 20 };

/* A request under way; the handle is used again and again. */
struct transfer {
    struct transfer *next; /* of the unused ones */
    struct transfer *before;
    struct transfer *after; /* of those under way */
    CURL *handle;
    struct probe_host *host;
    struct probe_errand *errand;
    struct probe_reception reception;
    struct probe_answer answer;
    char words[CURL_ERROR_SIZE];
};

struct probe_pool {
    struct probe_pool_options options;
    CURLM *multi;
    struct probe_hosts hosts;
    struct probe_rate rate;
    /*
     * The addresses that the options name are read by the first transfer, and known to all from
     * then on: libcurl would read them anew for each. Only that there are some for all hosts of a
     * port, each handle is to be told.
     */
    struct curl_slist *resolve;
    struct curl_slist *resolve_any;
    bool resolved;
    CURLSH *share;
    struct transfer *unused;
    struct transfer *under_way;
    struct probe_errand *refused; /* which came to nothing before they were sent */
    size_t count;                 /* waiting or under way */
    bool proxied;
};

/* As libcurl looks for them. */
static bool is_proxied(const struct probe_options *options) {
    static const char *const variables[] = {"http_proxy", "https_proxy", "HTTPS_PROXY", "all_proxy",
                                            "ALL_PROXY"};
    for (size_t i = 0; i < sizeof variables / sizeof variables[0]; i++) {
        const char *value = options->proxy != NULL ? options->proxy : getenv(variables[i]);
        if (value != NULL && value[0] != '\0') {
            return true;
        }
    }
    return false;
}

/* One thread uses it, so that it needs no locks. */
static bool open_share(struct probe_pool *pool) {
    pool->share = curl_share_init();
    return pool->share != NULL && curl_share_setopt(pool->share, CURLSHOPT_SHARE,
                                                    CURL_LOCK_DATA_SSL_SESSION) == CURLSHE_OK;
}

static void set_limits(const struct probe_pool *pool) {
    CURLM *multi = pool->multi;
    long connections = (long)pool->options.connections_max;
    (void)curl_multi_setopt(multi, CURLMOPT_PIPELINING, (long)CURLPIPE_MULTIPLEX);
    (void)curl_multi_setopt(multi, CURLMOPT_MAX_TOTAL_CONNECTIONS, connections);
    (void)curl_multi_setopt(multi, CURLMOPT_MAXCONNECTS, connections);
    /* A proxy counts as one host to libcurl, whatever hosts are behind it. */
    (void)curl_multi_setopt(multi, CURLMOPT_MAX_HOST_CONNECTIONS, pool->proxied ? 0L : 1L);
}

probe_pool *probe_pool_create(const struct probe_pool_options *options) {
    probe_pool *pool = calloc(1, sizeof *pool);
    if (pool == NULL) {
        return NULL;
    }
    pool->options = *options;
    if (pool->options.connections_max == 0) {
        pool->options.connections_max = PROBE_POOL_CONNECTIONS;
    }
    pool->proxied = is_proxied(&options->probe);
    pool->rate = probe_rate_of(options->rate_all);
    pool->hosts.rate = options->rate_host;
    pool->hosts.idle_max = pool->options.connections_max;
    pool->multi = curl_multi_init();
    if (pool->multi == NULL || !open_share(pool) ||
        !probe_message_resolves(&options->probe, false, &pool->resolve) ||
        !probe_message_resolves(&options->probe, true, &pool->resolve_any)) {
        probe_pool_destroy(pool);
        return NULL;
    }
    set_limits(pool);
    return pool;
}

static void transfer_free(struct transfer *transfer) {
    if (transfer != NULL) {
        curl_easy_cleanup(transfer->handle);
        free(transfer);
    }
}

static struct transfer *transfer_create(void) {
    struct transfer *transfer = calloc(1, sizeof *transfer);
    if (transfer == NULL) {
        return NULL;
    }
    transfer->handle = curl_easy_init();
    if (transfer->handle == NULL) {
        free(transfer);
        return NULL;
    }
    return transfer;
}

static struct transfer *take_transfer(struct probe_pool *pool) {
    struct transfer *transfer = pool->unused;
    if (transfer == NULL) {
        return transfer_create();
    }
    pool->unused = transfer->next;
    return transfer;
}

static void put_under_way(struct probe_pool *pool, struct transfer *transfer) {
    transfer->before = NULL;
    transfer->after = pool->under_way;
    if (pool->under_way != NULL) {
        pool->under_way->before = transfer;
    }
    pool->under_way = transfer;
}

static void take_from_way(struct probe_pool *pool, struct transfer *transfer) {
    *(transfer->before == NULL ? &pool->under_way : &transfer->before->after) = transfer->after;
    if (transfer->after != NULL) {
        transfer->after->before = transfer->before;
    }
}

void probe_pool_destroy(probe_pool *pool) {
    if (pool == NULL) {
        return;
    }
    while (pool->under_way != NULL) {
        struct transfer *transfer = pool->under_way;
        (void)curl_multi_remove_handle(pool->multi, transfer->handle);
        pool->under_way = transfer->after;
        probe_answer_free(&transfer->answer);
        probe_errand_free(transfer->errand);
        transfer_free(transfer);
    }
    while (pool->unused != NULL) {
        struct transfer *transfer = pool->unused;
        pool->unused = transfer->next;
        transfer_free(transfer);
    }
    while (pool->refused != NULL) {
        struct probe_errand *errand = pool->refused;
        pool->refused = errand->next;
        probe_errand_free(errand);
    }
    (void)curl_multi_cleanup(pool->multi);
    (void)curl_share_cleanup(pool->share);
    curl_slist_free_all(pool->resolve);
    curl_slist_free_all(pool->resolve_any);
    probe_hosts_free(&pool->hosts);
    free(pool);
}

static void refuse(struct probe_pool *pool, struct probe_errand *errand,
                   enum probe_outcome outcome) {
    errand->refusal = outcome;
    errand->next = pool->refused;
    pool->refused = errand;
}

/* Returns false where there is no memory. */
static bool take_errand(struct probe_pool *pool, cors_slice url, struct probe_errand *errand,
                        enum probe_outcome made) {
    struct probe_host *host = made == PROBE_ANSWERED ? probe_hosts_find(&pool->hosts, url) : NULL;
    if (host != NULL) {
        probe_hosts_enqueue(&pool->hosts, host, errand);
    } else if (made == PROBE_BAD_REQUEST) {
        refuse(pool, errand, made);
    } else {
        return false;
    }
    pool->count++;
    return true;
}

bool probe_pool_send(probe_pool *pool, const struct probe_request *request, probe_pool_done done,
                     void *context) {
    struct probe_errand *errand = calloc(1, sizeof *errand);
    if (errand == NULL) {
        return false;
    }
    errand->done = done;
    errand->context = context;
    enum probe_outcome made = probe_message_make(&errand->message, request);
    bool taken = take_errand(pool, request->url, errand, made);
    if (!taken) {
        probe_errand_free(errand);
    }
    return taken;
}

void probe_pool_hold(probe_pool *pool, cors_slice url, long milliseconds) {
    struct probe_host *host = probe_hosts_find(&pool->hosts, url);
    uint64_t until =
        probe_clock() + (uint64_t)(milliseconds > 0 ? milliseconds : 0) * PROBE_CLOCK_MILLISECOND;
    if (host != NULL && until > host->held_until) {
        host->held_until = until;
        host->streams = 1;
    }
}

/* What the transfer was for is over; the handle is free for another. */
static void end_transfer(struct probe_pool *pool, struct transfer *transfer) {
    (void)curl_multi_remove_handle(pool->multi, transfer->handle);
    take_from_way(pool, transfer);
    probe_hosts_ended(&pool->hosts, transfer->host, transfer->answer.http2, probe_clock());
    transfer->next = pool->unused;
    pool->unused = transfer;
}

static void hand_out(struct probe_pool *pool, struct probe_errand *errand,
                     struct probe_answer *answer) {
    pool->count--;
    errand->done(errand->context, answer);
    probe_answer_free(answer);
    probe_errand_free(errand);
}

static void finish(struct probe_pool *pool, struct transfer *transfer, CURLcode code) {
    probe_reception_end(&transfer->reception, transfer->handle, code, transfer->words);
    end_transfer(pool, transfer);
    hand_out(pool, transfer->errand, &transfer->answer);
}

/* Goes on with everything that can. */
static void perform(struct probe_pool *pool) {
    int running;
    (void)curl_multi_perform(pool->multi, &running);
}

/* Only then may a connection turn out to be HTTP/2, which is worth waiting for. */
static bool is_secure(const struct probe_message *message) {
    return strncasecmp(message->url, "https:", 6) == 0;
}

static void set_transfer(struct probe_pool *pool, struct transfer *transfer) {
    const struct probe_message *message = &transfer->errand->message;
    CURL *handle = transfer->handle;
    probe_message_set(message, &pool->options.probe, transfer->words, handle);
    probe_reception_begin(&transfer->reception, &transfer->answer, handle);
    transfer->reception.proxied = pool->proxied;
    (void)curl_easy_setopt(handle, CURLOPT_PRIVATE, transfer);
    (void)curl_easy_setopt(handle, CURLOPT_SHARE, pool->share);
    (void)curl_easy_setopt(handle, CURLOPT_PIPEWAIT, is_secure(message) ? 1L : 0L);
    (void)curl_easy_setopt(handle, CURLOPT_RESOLVE,
                           pool->resolved ? pool->resolve_any : pool->resolve);
}

static void start(struct probe_pool *pool, struct transfer *transfer, struct probe_host *host,
                  uint64_t now) {
    struct probe_errand *errand = probe_hosts_dequeue(&pool->hosts, host, now);
    probe_rate_take(&pool->rate, now);
    transfer->host = host;
    transfer->errand = errand;
    set_transfer(pool, transfer);
    put_under_way(pool, transfer);
    if (curl_multi_add_handle(pool->multi, transfer->handle) == CURLM_OK) {
        if (!pool->resolved) {
            perform(pool);
            pool->resolved = true;
        }
    } else {
        end_transfer(pool, transfer);
        refuse(pool, errand, PROBE_NO_MEMORY);
    }
}

/*
 * Begins what a host waits with. Where memory has no room for a transfer one that ends will do, and
 * where none is under way, it is refused: waiting would have no end.
 */
static bool begin_next(struct probe_pool *pool, struct probe_host *host, uint64_t now) {
    struct transfer *transfer = take_transfer(pool);
    if (transfer != NULL) {
        start(pool, transfer, host, now);
        return true;
    }
    if (pool->under_way != NULL) {
        return false;
    }
    refuse(pool, probe_hosts_dequeue(&pool->hosts, host, now), PROBE_NO_MEMORY);
    probe_hosts_ended(&pool->hosts, host, false, now);
    return true;
}

static uint64_t wait_of(const struct probe_pool *pool, const struct probe_host *host,
                        uint64_t now) {
    bool may_connect = pool->hosts.active < pool->options.connections_max;
    uint64_t one = probe_hosts_wait(host, may_connect, now);
    uint64_t all = probe_rate_wait(&pool->rate, now);
    return one > all ? one : all;
}

/* Sends what may be sent. Returns when there is more to send: probe_clock(). */
static uint64_t start_waiting(struct probe_pool *pool) {
    uint64_t now = probe_clock();
    uint64_t shortest = PROBE_CLOCK_NEVER;
    struct probe_host *host = pool->hosts.waiting.first;
    while (host != NULL) {
        uint64_t wait = wait_of(pool, host, now);
        struct probe_host *after = host->after;
        bool more = host->first->next != NULL;
        if (wait == 0 && begin_next(pool, host, now) && more) {
            after = host;
        }
        shortest = wait > 0 && wait < shortest ? wait : shortest;
        host = after;
    }
    return shortest == PROBE_CLOCK_NEVER ? PROBE_CLOCK_NEVER : now + shortest;
}

static size_t hand_out_refused(struct probe_pool *pool) {
    size_t count = 0;
    while (pool->refused != NULL) {
        struct probe_errand *errand = pool->refused;
        struct probe_answer answer;
        pool->refused = errand->next;
        probe_answer_refuse(&answer, errand->refusal);
        hand_out(pool, errand, &answer);
        count++;
    }
    return count;
}

static size_t hand_out_answers(struct probe_pool *pool) {
    size_t count = 0;
    int left;
    const CURLMsg *message;
    while ((message = curl_multi_info_read(pool->multi, &left)) != NULL) {
        struct transfer *transfer = NULL;
        (void)curl_easy_getinfo(message->easy_handle, CURLINFO_PRIVATE, (char **)&transfer);
        finish(pool, transfer, message->data.result);
        count++;
    }
    return count;
}

static size_t hand_out_endless(struct probe_pool *pool) {
    size_t count = 0;
    uint64_t now = probe_clock();
    struct transfer *transfer = pool->under_way;
    while (transfer != NULL) {
        struct transfer *after = transfer->after;
        if (probe_reception_is_over(&transfer->reception, now)) {
            finish(pool, transfer, CURLE_ABORTED_BY_CALLBACK);
            count++;
        }
        transfer = after;
    }
    return count;
}

static size_t hand_out_all(struct probe_pool *pool) {
    return hand_out_refused(pool) + hand_out_answers(pool) + hand_out_endless(pool);
}

/* Waits for something to happen until a time at most: probe_clock(). */
static void doze(const struct probe_pool *pool, uint64_t until) {
    uint64_t now = probe_clock();
    uint64_t left = until > now ? until - now + PROBE_CLOCK_MILLISECOND - 1 : 0;
    uint64_t most = pool->under_way == NULL ? INT_MAX : PATIENCE_MS;
    uint64_t milliseconds = left / PROBE_CLOCK_MILLISECOND;
    (void)curl_multi_poll(pool->multi, NULL, 0, (int)(milliseconds < most ? milliseconds : most),
                          NULL);
}

size_t probe_pool_wait(probe_pool *pool, long milliseconds) {
    uint64_t end =
        probe_clock() + (uint64_t)(milliseconds > 0 ? milliseconds : 0) * PROBE_CLOCK_MILLISECOND;
    while (pool->count > 0) {
        uint64_t next = start_waiting(pool);
        perform(pool);
        if (hand_out_all(pool) > 0 || probe_clock() >= end) {
            break;
        }
        doze(pool, next < end ? next : end);
    }
    return pool->count;
}
