/* SPDX-License-Identifier: MIT */
#include "probe_hosts.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "probe_clock.h"

static void list_append(struct probe_host_list *list, struct probe_host *host) {
    host->before = list->last;
    host->after = NULL;
    *(list->last == NULL ? &list->first : &list->last->after) = host;
    list->last = host;
}

static void list_prepend(struct probe_host_list *list, struct probe_host *host) {
    host->before = NULL;
    host->after = list->first;
    *(list->first == NULL ? &list->last : &list->first->before) = host;
    list->first = host;
}

static void list_remove(struct probe_host_list *list, struct probe_host *host) {
    *(host->before == NULL ? &list->first : &host->before->after) = host->after;
    *(host->after == NULL ? &list->last : &host->after->before) = host->before;
    host->before = NULL;
    host->after = NULL;
}

static bool is_idle(const struct probe_host *host) {
    return host->first == NULL && host->under_way == 0;
}

struct host_key {
    char text[PROBE_HOST_KEY_MAX];
    size_t size;
};

/* Of what is longer than any name, the rest is left out. */
static void key_add(struct host_key *key, cors_slice text) {
    for (size_t i = 0; i < text.size && key->size < sizeof key->text; i++) {
        key->text[key->size++] = (char)tolower((unsigned char)text.data[i]);
    }
}

static size_t find_any(cors_slice text, const char *bytes) {
    size_t at = 0;
    while (at < text.size && strchr(bytes, text.data[at]) == NULL) {
        at++;
    }
    return at;
}

static cors_slice skip(cors_slice text, size_t size) {
    return (cors_slice){text.data + size, text.size - size};
}

/* Without what names the user. */
static cors_slice authority_of(cors_slice rest) {
    cors_slice authority = {rest.data, find_any(rest, "/?#\\")};
    for (size_t at = find_any(authority, "@"); at < authority.size; at = find_any(authority, "@")) {
        authority = skip(authority, at + 1);
    }
    return authority;
}

static bool names_port(cors_slice authority) {
    size_t at = authority.size;
    while (at > 0 && isdigit((unsigned char)authority.data[at - 1])) {
        at--;
    }
    return at > 0 && at < authority.size && authority.data[at - 1] == ':';
}

static struct host_key key_of(cors_slice url) {
    struct host_key key = {.size = 0};
    size_t scheme = find_any(url, ":");
    size_t start = scheme + 3 < url.size ? scheme + 3 : url.size;
    cors_slice authority = authority_of(skip(url, start));
    bool secure = scheme == 5;
    key_add(&key, (cors_slice){url.data, scheme});
    key_add(&key, (cors_slice){"://", 3});
    key_add(&key, authority);
    if (!names_port(authority)) {
        key_add(&key, secure ? (cors_slice){":443", 4} : (cors_slice){":80", 3});
    }
    return key;
}

static struct probe_host **chain_of(struct probe_hosts *hosts, const char *key, size_t size) {
    uint32_t hash = 0;
    for (size_t i = 0; i < size; i++) {
        hash = hash * 31 + (unsigned char)key[i];
    }
    return &hosts->chains[(hash ^ hash >> 16) % PROBE_HOST_CHAINS];
}

static struct probe_host *host_create(struct probe_hosts *hosts, const struct host_key *key) {
    struct probe_host *host = calloc(1, sizeof *host + key->size);
    if (host != NULL) {
        host->streams = 1;
        host->rate = probe_rate_of(hosts->rate);
        host->key_size = key->size;
        memcpy(host->key, key->text, key->size);
        list_append(&hosts->idle, host);
        hosts->idle_count++;
    }
    return host;
}

struct probe_host *probe_hosts_find(struct probe_hosts *hosts, cors_slice url) {
    struct host_key key = key_of(url);
    struct probe_host **chain = chain_of(hosts, key.text, key.size);
    for (struct probe_host *host = *chain; host != NULL; host = host->chained) {
        if (host->key_size == key.size && memcmp(host->key, key.text, key.size) == 0) {
            return host;
        }
    }
    struct probe_host *host = host_create(hosts, &key);
    if (host != NULL) {
        host->chained = *chain;
        *chain = host;
    }
    return host;
}

static void forget(struct probe_hosts *hosts, struct probe_host *host) {
    struct probe_host **link = chain_of(hosts, host->key, host->key_size);
    while (*link != host) {
        link = &(*link)->chained;
    }
    *link = host->chained;
    list_remove(&hosts->idle, host);
    hosts->idle_count--;
    free(host);
}

/* Forgets hosts that nothing was wanted of for long, and that need not be spared. */
static void forget_some(struct probe_hosts *hosts, uint64_t now) {
    struct probe_host *host = hosts->idle.first;
    for (int looks = 0; host != NULL && looks < 2 && hosts->idle_count > hosts->idle_max; looks++) {
        struct probe_host *after = host->after;
        if (host->held_until <= now && probe_rate_is_full(&host->rate, now)) {
            forget(hosts, host);
        } else {
            list_remove(&hosts->idle, host);
            list_append(&hosts->idle, host);
        }
        host = after;
    }
}

void probe_hosts_enqueue(struct probe_hosts *hosts, struct probe_host *host,
                         struct probe_errand *errand) {
    if (is_idle(host)) {
        list_remove(&hosts->idle, host);
        hosts->idle_count--;
    }
    if (host->first == NULL) {
        (host->known ? list_prepend : list_append)(&hosts->waiting, host);
    }
    errand->next = NULL;
    *(host->first == NULL ? &host->first : &host->last->next) = errand;
    host->last = errand;
}

uint64_t probe_hosts_wait(const struct probe_host *host, bool may_connect, uint64_t now) {
    if (host->under_way >= host->streams || (host->under_way == 0 && !may_connect)) {
        return PROBE_CLOCK_NEVER;
    }
    uint64_t held = host->held_until > now ? host->held_until - now : 0;
    uint64_t rated = probe_rate_wait(&host->rate, now);
    return held > rated ? held : rated;
}

struct probe_errand *probe_hosts_dequeue(struct probe_hosts *hosts, struct probe_host *host,
                                         uint64_t now) {
    struct probe_errand *errand = host->first;
    host->first = errand->next;
    if (host->first == NULL) {
        list_remove(&hosts->waiting, host);
    }
    probe_rate_take(&host->rate, now);
    hosts->active += host->under_way == 0;
    host->under_way++;
    return errand;
}

void probe_hosts_ended(struct probe_hosts *hosts, struct probe_host *host, bool http2,
                       uint64_t now) {
    host->known = true;
    host->streams = http2 && host->held_until == 0 ? PROBE_HOST_STREAMS : 1;
    host->under_way--;
    hosts->active -= host->under_way == 0;
    if (is_idle(host)) {
        list_append(&hosts->idle, host);
        hosts->idle_count++;
        forget_some(hosts, now);
    }
}

void probe_errand_free(struct probe_errand *errand) {
    probe_message_free(&errand->message);
    free(errand);
}

static void host_free(struct probe_host *host) {
    while (host->first != NULL) {
        struct probe_errand *errand = host->first;
        host->first = errand->next;
        probe_errand_free(errand);
    }
    free(host);
}

void probe_hosts_free(struct probe_hosts *hosts) {
    for (size_t i = 0; i < PROBE_HOST_CHAINS; i++) {
        while (hosts->chains[i] != NULL) {
            struct probe_host *host = hosts->chains[i];
            hosts->chains[i] = host->chained;
            host_free(host);
        }
    }
}
