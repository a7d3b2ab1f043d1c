/* SPDX-License-Identifier: MIT */
#define _GNU_SOURCE
#include "serve_nearest.h"

#include <cors/origin.h>
#include <string.h>
#include <strings.h>

/* Longer than any origin that an entry could allow. */
enum { ORIGIN_SIZE_MAX = 400 };

#define BIT(name) (1U << SERVE_DIFFERS_##name)

static const struct {
    unsigned weight;
    const char *words;
} difference_table[] = {
#define SERVE_DIFFERENCE_ROW(name, weight, words) {weight, words},
    SERVE_DIFFERENCES(SERVE_DIFFERENCE_ROW)
#undef SERVE_DIFFERENCE_ROW
};

/* A search under way. */
struct search {
    const cors_policy *policy;
    const struct serve_origins *origins;
    cors_slice path;
    cors_slice covering; /* the policy's own path */
    char text[ORIGIN_SIZE_MAX + 1];
    cors_origin origin; /* put right: points into `text` */
    unsigned put_right; /* the differences that this took */
    struct serve_nearest *nearest;
};

static void consider(struct search *search, cors_slice entry, unsigned differences) {
    unsigned weight = 0;
    for (unsigned i = 0; i < SERVE_DIFFERENCE_COUNT; i++) {
        weight += (differences >> i & 1) != 0 ? difference_table[i].weight : 0;
    }
    struct serve_nearest *nearest = search->nearest;
    if (differences != 0 && entry.size <= sizeof nearest->entry &&
        (nearest->differences == 0 || weight < nearest->weight)) {
        nearest->differences = differences;
        nearest->weight = weight;
        nearest->entry_size = entry.size;
        memcpy(nearest->entry, entry.data, entry.size);
    }
}

/* Moves what follows `end` to `start`. */
static void cut_out(char *text, const char *start, const char *end) {
    memmove(text + (start - text), end, strlen(end) + 1);
}

/* Drops the port if it is the scheme's default. */
static bool drop_default_port(const char *text, char *host) {
    char *port = strrchr(host, ':');
    cors_slice scheme = {text, (size_t)(host - 3 - text)};
    int standard = cors_scheme_default_port(scheme);
    char digits[16];
    if (port == NULL || standard < 0) {
        return false;
    }
    (void)snprintf(digits, sizeof digits, "%d", standard);
    if (strcmp(port + 1, digits) != 0) {
        return false;
    }
    *port = '\0';
    return true;
}

/* Puts right what no browser would send, and notes what it was. */
static bool put_right(struct search *search, cors_slice origin) {
    char *text = search->text;
    if (origin.size == 0 || origin.size > ORIGIN_SIZE_MAX) {
        return false;
    }
    for (size_t i = 0; i < origin.size; i++) {
        bool upper = origin.data[i] >= 'A' && origin.data[i] <= 'Z';
        text[i] = upper ? (char)(origin.data[i] | 0x20) : origin.data[i];
        search->put_right |= upper ? BIT(CASE) : 0;
    }
    text[origin.size] = '\0';
    char *mark = strstr(text, "://");
    if (mark == NULL) {
        return false;
    }
    char *host = mark + 3;
    char *rest = host + strcspn(host, "/?#");
    if (*rest != '\0') {
        search->put_right |= strcmp(rest, "/") == 0 ? BIT(SLASH) : BIT(PATH);
        *rest = '\0';
    }
    char *user = strrchr(host, '@');
    if (user != NULL) {
        search->put_right |= BIT(USERINFO);
        cut_out(text, host, user + 1);
    }
    if (drop_default_port(text, host)) {
        search->put_right |= BIT(PORT);
    }
    char *end = host + strcspn(host, ":");
    if (host[0] != '[' && end > host && end[-1] == '.') {
        search->put_right |= BIT(DOT);
        cut_out(text, end - 1, end);
    }
    return cors_origin_parse((cors_slice){text, strlen(text)}, &search->origin) &&
           !search->origin.opaque;
}

/* Looks an origin up that is put together from parts; considers the entry that allows it. */
static void try_origin(struct search *search, cors_slice scheme, const char *label, cors_slice host,
                       cors_slice port, unsigned differences) {
    char text[ORIGIN_SIZE_MAX + 16];
    char buffer[CORS_ENTRY_MAX];
    cors_slice entry;
    int size =
        snprintf(text, sizeof text, "%.*s://%s%.*s%s%.*s", (int)scheme.size, scheme.data, label,
                 (int)host.size, host.data, port.size > 0 ? ":" : "", (int)port.size, port.data);
    if (size < 0 || (size_t)size >= sizeof text) {
        return;
    }
    cors_slice origin = {text, (size_t)size};
    if (!cors_policy_find_origin(search->policy, search->path, origin, buffer, &entry)) {
        return;
    }
    bool pattern =
        memchr(entry.data, '*', entry.size) != NULL || memchr(entry.data, '{', entry.size) != NULL;
    if (label[0] == '\0' || pattern) { /* the label was made up: only a pattern can mean it */
        consider(search, entry, search->put_right | differences);
    }
}

/* The scheme that is taken for this one most often; empty where there is none. */
static cors_slice other_scheme(cors_slice scheme) {
    static const char *const pairs[][2] = {
        {"http", "https"}, {"https", "http"}, {"ws", "wss"}, {"wss", "ws"}};
    for (size_t i = 0; i < sizeof pairs / sizeof pairs[0]; i++) {
        if (strlen(pairs[i][0]) == scheme.size &&
            memcmp(pairs[i][0], scheme.data, scheme.size) == 0) {
            return (cors_slice){pairs[i][1], strlen(pairs[i][1])};
        }
    }
    return (cors_slice){"", 0};
}

/* A host without its first label; empty where nothing is left. */
static cors_slice parent_host(cors_slice host) {
    const char *dot = host.data[0] == '[' ? NULL : memchr(host.data, '.', host.size);
    size_t skipped = dot == NULL ? host.size : (size_t)(dot - host.data) + 1;
    return (cors_slice){host.data + skipped, host.size - skipped};
}

/* One thing changed at a time. */
static void try_variants(struct search *search) {
    const cors_origin *origin = &search->origin;
    cors_slice none = {"", 0};
    cors_slice scheme = other_scheme(origin->scheme);
    cors_slice parent = parent_host(origin->host);
    try_origin(search, origin->scheme, "", origin->host, origin->port, 0);
    if (scheme.size > 0) {
        try_origin(search, scheme, "", origin->host, origin->port, BIT(SCHEME));
    }
    if (origin->port.size > 0) {
        try_origin(search, origin->scheme, "", origin->host, none, BIT(PORT));
        if (scheme.size > 0) {
            try_origin(search, scheme, "", origin->host, none, BIT(PORT) | BIT(SCHEME));
        }
    }
    if (parent.size > 0) {
        try_origin(search, origin->scheme, "", parent, origin->port, BIT(LABEL_EXTRA));
    }
    if (origin->host.data[0] != '[') {
        try_origin(search, origin->scheme, "label.", origin->host, origin->port,
                   BIT(LABEL_MISSING));
    }
}

static bool slices_equal(cors_slice left, cors_slice right) {
    return left.size == right.size && memcmp(left.data, right.data, left.size) == 0;
}

/* Considers entries that a look-up found; their host differs as `differences` says. */
static void compare_entries(struct search *search, const cors_slice *entries, size_t count,
                            unsigned differences) {
    const cors_origin *origin = &search->origin;
    for (size_t i = 0; i < count; i++) {
        cors_slice host = serve_origin_host(entries[i]);
        cors_slice scheme = {entries[i].data, (size_t)(host.data - 3 - entries[i].data)};
        const char *end = entries[i].data + entries[i].size;
        const char *after = host.data + host.size;
        cors_slice port = {after, (size_t)(end - after)};
        if (port.size > 0) {
            port = (cors_slice){port.data + 1, port.size - 1};
        }
        unsigned found = search->put_right | differences;
        found |= slices_equal(scheme, origin->scheme) ? 0 : BIT(SCHEME);
        if (!slices_equal(port, (cors_slice){"*", 1}) && !slices_equal(port, origin->port)) {
            found |= BIT(PORT);
        }
        consider(search, entries[i], found);
    }
}

static void compare_host(struct search *search, const char *label, cors_slice host,
                         unsigned differences) {
    char text[ORIGIN_SIZE_MAX + 16];
    cors_slice found[SERVE_ORIGINS_FOUND_MAX];
    int size = snprintf(text, sizeof text, "%s%.*s", label, (int)host.size, host.data);
    if (size > 0 && (size_t)size < sizeof text) {
        size_t count = serve_origins_by_host(search->origins, search->covering,
                                             (cors_slice){text, (size_t)size}, found);
        compare_entries(search, found, count, differences);
    }
}

/* Entries that allow the host, or nearly, under another scheme and port. */
static void try_entries(struct search *search) {
    cors_slice found[SERVE_ORIGINS_FOUND_MAX];
    cors_slice host = search->origin.host;
    cors_slice parent = parent_host(host);
    compare_host(search, "", host, 0);
    compare_host(search, "*.", host, BIT(LABEL_MISSING));
    compare_host(search, "{label}.", host, BIT(LABEL_MISSING));
    compare_host(search, "www.", host, BIT(LABEL_MISSING));
    if (parent.size > 0) {
        cors_slice above = parent_host(parent);
        compare_host(search, "", parent, BIT(LABEL_EXTRA));
        compare_host(search, "{label}.", parent, 0);
        compare_host(search, "{label}.", above, BIT(LABEL_EXTRA));
        for (cors_slice rest = parent; rest.size > 0; rest = parent_host(rest)) {
            compare_host(search, "*.", rest, 0);
        }
    }
    size_t count = serve_origins_by_site(search->origins, search->covering, host, found);
    compare_entries(search, found, count, BIT(HOST));
}

void serve_nearest_find(const cors_policy *policy, const struct serve_origins *origins,
                        cors_slice path, cors_slice origin, struct serve_nearest *nearest) {
    struct search search = {.policy = policy, .origins = origins, .path = path, .nearest = nearest};
    nearest->differences = 0;
    if (cors_policy_find_path(policy, path, &search.covering) && put_right(&search, origin)) {
        try_variants(&search);
        try_entries(&search);
    }
}

void serve_nearest_write(FILE *stream, const struct serve_nearest *nearest) {
    const char *separator = " (";
    (void)fwrite(nearest->entry, 1, nearest->entry_size, stream);
    for (unsigned i = 0; i < SERVE_DIFFERENCE_COUNT; i++) {
        if ((nearest->differences >> i & 1) != 0) {
            (void)fprintf(stream, "%s%s", separator, difference_table[i].words);
            separator = ", ";
        }
    }
    (void)fputs(")", stream);
}
