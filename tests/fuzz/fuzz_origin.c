/* SPDX-License-Identifier: MIT */
/* The whole input is an origin: cors_origin_parse() beside a reader of one byte after the other. */
#include <cors/origin.h>

#include "fuzzed_memory.h"
#include "invariant.h"
#include "naive_origin.h"
#include "naive_text.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_parts(const cors_origin *origin, const struct naive_origin *naive) {
    INVARIANT(origin->opaque == (naive->scheme.size == 0), "null alone is opaque");
    INVARIANT(naive_is_same(origin->scheme, naive->scheme) &&
                  naive_is_same(origin->host, naive->host) &&
                  naive_is_same(origin->port, naive->port),
              "the parts of an origin are those that the header's grammar names");
}

/* What loopback can never be: the name of a machine elsewhere. */
static void check_loopback(const cors_origin *origin) {
    cors_slice host = origin->host;
    host.size -= naive_ends_with(host, CORS_SLICE(".")) ? 1 : 0;
    bool is_address = naive_starts_with(host, CORS_SLICE("127."));
    bool may_be = naive_ends_with(host, CORS_SLICE("localhost")) || is_address ||
                  naive_ends_with(host, CORS_SLICE("[::1]"));
    INVARIANT(may_be || !cors_origin_is_loopback(origin), "only the machine itself is loopback");
    bool web = naive_starts_with(origin->scheme, CORS_SLICE("http"));
    INVARIANT(web || !cors_origin_is_loopback(origin), "only http and https are loopback");
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    struct fuzzed_memory memory = {NULL};
    cors_slice text = fuzzed_copy(&memory, (cors_slice){(const char *)data, size});
    struct naive_origin naive;
    cors_origin origin;
    bool parsed = cors_origin_parse(text, &origin);
    INVARIANT(parsed == naive_origin_read(text, &naive),
              "an origin is what the header's grammar says");
    if (parsed) {
        check_parts(&origin, &naive);
        check_loopback(&origin);
    }
    fuzzed_free_all(&memory);
    return 0;
}
