/* SPDX-License-Identifier: MIT */
/*
 * Sends single HTTP requests, exactly as they are given, and hands back what came: the status, the
 * field lines in wire order with their duplicates, the address, the TLS connection. Nothing is
 * followed, remembered or added: redirects, cookies and CORS are for the caller.
 *
 *     probe_session *session = probe_session_create(&options);
 *     struct probe_answer answer;
 *     probe_send(session, &request, &answer);
 *     ... answer.outcome, answer.head.status, answer.head.fields ...
 *     probe_answer_free(&answer);
 *     probe_session_destroy(session);
 *
 * A session keeps its connections; it belongs to one thread.
 */
#ifndef CORS_PROBE_H
#define CORS_PROBE_H

#include <cors/server.h>
#include <cors/types.h>

#include "probe_head.h"

/*
 * What became of a request: enum name, name in JSON, what a person is told. All but the first
 * mean that there is no answer.
 */
#define PROBE_OUTCOMES(OUTCOME)                                                                    \
    OUTCOME(ANSWERED, "answered", "The server answered")                                           \
    OUTCOME(BAD_REQUEST, "bad-request", "The request cannot be sent")                              \
    OUTCOME(DNS, "dns", "The host's name has no address")                                          \
    OUTCOME(CONNECT, "connect", "Nothing takes connections at this address and port")              \
    OUTCOME(PROXY, "proxy", "The proxy does not hand the request on")                              \
    OUTCOME(TLS, "tls", "The TLS handshake failed")                                                \
    OUTCOME(CERTIFICATE, "certificate", "The server's certificate is not trusted")                 \
    OUTCOME(CLIENT_CERTIFICATE, "client-certificate", "The server wants a client certificate")     \
    OUTCOME(OWN_CERTIFICATE, "own-certificate",                                                    \
            "The certificates to use, or the key, cannot be read")                                 \
    OUTCOME(TIMEOUT, "timeout", "There was no answer in time")                                     \
    OUTCOME(CLOSED, "closed", "The connection ended before the answer was complete")               \
    OUTCOME(NOT_HTTP, "not-http", "What the server says is not HTTP")                              \
    OUTCOME(TOO_LARGE, "too-large", "The head of the answer is larger than browsers take")         \
    OUTCOME(NO_MEMORY, "no-memory", "There is not enough memory")

enum probe_outcome {
#define PROBE_OUTCOME_ENUM(name, text, meaning) PROBE_##name,
    PROBE_OUTCOMES(PROBE_OUTCOME_ENUM)
#undef PROBE_OUTCOME_ENUM
};

/* NUL-terminated, living as long as the program. */
const char *probe_outcome_name(enum probe_outcome outcome);
const char *probe_outcome_meaning(enum probe_outcome outcome);

/* Bounds on what a server can make us read. */
enum {
    PROBE_BODY_BYTES_MAX = 1 << 20, /* after which the connection is closed */
    PROBE_BODY_KEPT = 4096,         /* of the body's beginning */
    PROBE_BODY_MS_MAX = 1000,       /* for a body that does not end: an event stream */
    PROBE_SENTENCE_MAX = 512,
};

/* How a session sends. What is NULL or 0 is as the machine has it. */
struct probe_options {
    const char *ca_file;     /* PEM, in place of the machine's authorities */
    const char *certificate; /* PEM: the client certificate, and its key */
    const char *key;
    const char *const *resolve; /* each "host:port:address" */
    size_t resolve_count;
    const char *proxy; /* a URL; NULL: as http_proxy, https_proxy, all_proxy and no_proxy say */
    long connect_ms;   /* time limits; 0: 10 s and 30 s */
    long total_ms;
};

struct probe_request {
    cors_slice method;
    cors_slice url; /* absolute, http or https */
    const cors_field *fields;
    size_t field_count;
    cors_slice body;
    bool sends_body;         /* an empty one too */
    bool client_certificate; /* whether to show the session's to a server that asks for one */
};

struct probe_tls {
    char version[32]; /* "TLSv1.3"; empty without TLS */
    char cipher[64];
    char subject[256]; /* of the server's certificate */
    char issuer[256];
    char expires[64];
    bool asked_for_certificate; /* the server asked the client for one */
};

struct probe_answer {
    enum probe_outcome outcome;
    char sentence[PROBE_SENTENCE_MAX]; /* what happened, for a person; empty if answered */
    struct probe_head head;
    char *head_text; /* what the head points into */
    size_t head_size;
    char body[PROBE_BODY_KEPT]; /* its beginning */
    size_t body_size;
    uint64_t body_total; /* the bytes that came */
    uint64_t digest;     /* of them all: FNV-1a */
    bool http2;
    bool cut;         /* the body was shorter than the head had said */
    char address[64]; /* the server's; empty where a proxy stands between */
    long port;
    int proxy_status; /* with which the proxy refused the tunnel; 0: none */
    struct probe_tls tls;
};

typedef struct probe_session probe_session;

/* Borrows what the options point to for its life. Returns NULL if there is no memory. */
probe_session *probe_session_create(const struct probe_options *options);
void probe_session_destroy(probe_session *session);

/*
 * Sends a request and waits for its answer, which is to be freed whatever the outcome.
 * Returns answer->outcome.
 */
enum probe_outcome probe_send(probe_session *session, const struct probe_request *request,
                              struct probe_answer *answer);
void probe_answer_free(struct probe_answer *answer);

#endif
