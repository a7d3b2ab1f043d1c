/* SPDX-License-Identifier: MIT */
/* The whole input is an origin: cors_origin_parse() beside a reader of one byte after the other. */
#include <cors/origin.h>
#include <stdlib.h>
#include <string.h>

#include "fuzzed_memory.h"
#include "invariant.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* What is left to read, and what was read so far still says yes. */
struct reading {
    const char *at;
    const char *end;
};

static bool is_among(char byte, const char *bytes) {
    return byte != '\0' && strchr(bytes, byte) != NULL;
}

#define DIGITS "0123456789"
#define LETTERS "abcdefghijklmnopqrstuvwxyz"

static size_t take_all_among(struct reading *reading, const char *bytes) {
    const char *start = reading->at;
    while (reading->at < reading->end && is_among(*reading->at, bytes)) {
        reading->at++;
    }
    return (size_t)(reading->at - start);
}

static bool take(struct reading *reading, const char *text) {
    size_t size = strlen(text);
    bool there =
        (size_t)(reading->end - reading->at) >= size && memcmp(reading->at, text, size) == 0;
    reading->at += there ? size : 0;
    return there;
}

static bool take_scheme(struct reading *reading) {
    return reading->at < reading->end && is_among(*reading->at, LETTERS) &&
           take_all_among(reading, LETTERS DIGITS "+.-") > 0 && take(reading, "://");
}

/* Labels with one dot between them; a last one may stand at the end. */
static bool take_name(struct reading *reading) {
    do {
        if (take_all_among(reading, LETTERS DIGITS "_-") == 0) {
            return false;
        }
    } while (take(reading, ".") && reading->at < reading->end && *reading->at != ':');
    return true;
}

static bool take_host(struct reading *reading) {
    if (!take(reading, "[")) {
        return take_name(reading);
    }
    return take_all_among(reading, DIGITS "abcdef:.") > 0 && take(reading, "]");
}

static bool is_default_port(cors_slice scheme, unsigned long port) {
    static const struct {
        const char *scheme;
        unsigned long port;
    } defaults[] = {{"http", 80}, {"https", 443}, {"ws", 80}, {"wss", 443}, {"ftp", 21}};
    for (size_t i = 0; i < sizeof defaults / sizeof defaults[0]; i++) {
        if (strlen(defaults[i].scheme) == scheme.size &&
            memcmp(defaults[i].scheme, scheme.data, scheme.size) == 0) {
            return defaults[i].port == port;
        }
    }
    return false;
}

/* A colon and a port up to the end, or nothing. */
static bool take_port(struct reading *reading, cors_slice scheme) {
    if (reading->at == reading->end) {
        return true;
    }
    if (!take(reading, ":")) {
        return false;
    }
    const char *start = reading->at;
    size_t size = take_all_among(reading, DIGITS);
    if (size == 0 || size > 5 || (size > 1 && *start == '0') || reading->at != reading->end) {
        return false;
    }
    char digits[6] = "";
    memcpy(digits, start, size);
    unsigned long port = strtoul(digits, NULL, 10);
    return port <= 65535 && !is_default_port(scheme, port);
}

static bool is_origin(cors_slice text) {
    if (text.size == 0) {
        return false;
    }
    struct reading reading = {text.data, text.data + text.size};
    if (text.size == 4 && memcmp(text.data, "null", 4) == 0) {
        return true;
    }
    if (!take_scheme(&reading)) {
        return false;
    }
    cors_slice scheme = {text.data, (size_t)(reading.at - text.data) - strlen("://")};
    return take_host(&reading) && take_port(&reading, scheme);
}

static void join_parts(const cors_origin *origin, char *joined) {
    const cors_slice parts[] = {origin->scheme, CORS_SLICE("://"), origin->host,
                                origin->port.size > 0 ? CORS_SLICE(":") : CORS_SLICE(""),
                                origin->port};
    for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++) {
        if (parts[i].size > 0) {
            memcpy(joined, parts[i].data, parts[i].size);
            joined += parts[i].size;
        }
    }
}

static void check_parts(struct fuzzed_memory *memory, cors_slice text, const cors_origin *origin) {
    size_t colon = origin->port.size > 0 ? 1 : 0;
    size_t size =
        origin->scheme.size + strlen("://") + origin->host.size + colon + origin->port.size;
    INVARIANT(size == text.size, "the parts of an origin are as long as the origin");
    char *joined = fuzzed_allocate(memory, size);
    join_parts(origin, joined);
    INVARIANT(memcmp(joined, text.data, size) == 0,
              "the parts of an origin, joined, are the origin");
}

static bool ends_with(cors_slice text, const char *end) {
    size_t size = strlen(end);
    return text.size >= size && memcmp(text.data + text.size - size, end, size) == 0;
}

/* What loopback can never be: the name of a machine elsewhere. */
static void check_loopback(const cors_origin *origin) {
    cors_slice host = origin->host;
    host.size -= ends_with(host, ".") ? 1 : 0;
    bool is_address = host.size > 4 && memcmp(host.data, "127.", 4) == 0;
    bool may_be = ends_with(host, "localhost") || is_address || ends_with(host, "[::1]");
    INVARIANT(may_be || !cors_origin_is_loopback(origin), "only the machine itself is loopback");
    bool web = origin->scheme.size >= 4 && memcmp(origin->scheme.data, "http", 4) == 0;
    INVARIANT(web || !cors_origin_is_loopback(origin), "only http and https are loopback");
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    struct fuzzed_memory memory = {NULL};
    cors_slice text = fuzzed_copy(&memory, (cors_slice){(const char *)data, size});
    cors_origin origin;
    bool parsed = cors_origin_parse(text, &origin);
    INVARIANT(parsed == is_origin(text), "an origin is what the header's grammar says");
    if (parsed && !origin.opaque) {
        check_parts(&memory, text, &origin);
        check_loopback(&origin);
    }
    fuzzed_free_all(&memory);
    return 0;
}
