/* SPDX-License-Identifier: MIT */
#include "probe_answer.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "probe_outcome.h"

enum { HEAD_FIRST_CAPACITY = 4096 };

static bool make_room(struct probe_reception *reception, size_t more) {
    struct probe_answer *answer = reception->answer;
    size_t needed = answer->head_size + more;
    size_t capacity =
        reception->head_capacity == 0 ? HEAD_FIRST_CAPACITY : reception->head_capacity;
    if (needed > PROBE_HEAD_BYTES_MAX) {
        reception->too_large = true;
        return false;
    }
    if (needed <= reception->head_capacity) {
        return true;
    }
    while (capacity < needed) {
        capacity *= 2;
    }
    char *text = realloc(answer->head_text, capacity);
    reception->no_memory = text == NULL;
    if (text != NULL) {
        answer->head_text = text;
        reception->head_capacity = capacity;
    }
    return text != NULL;
}

static bool is_interim(const struct probe_answer *answer) {
    const char *space = memchr(answer->head_text, ' ', answer->head_size);
    const char *end = answer->head_text + answer->head_size;
    return space != NULL && end - space > 3 && space[1] == '1' && memcmp(space + 1, "101", 3) != 0;
}

static bool is_empty_line(cors_slice line) {
    return line.size > 0 && (line.data[0] == '\n' || line.data[0] == '\r');
}

/* libcurl calls this for each line: of interim answers, of the answer, and of its trailers. */
static size_t take_head_line(char *data, size_t one, size_t count, void *context) {
    struct probe_reception *reception = context;
    struct probe_answer *answer = reception->answer;
    size_t size = one * count;
    cors_slice line = {data, size};
    if (reception->head_complete) {
        return size; /* a trailer, which browsers do not hand on */
    }
    if (probe_head_begins(line)) {
        answer->head_size = 0;
    }
    if (!make_room(reception, size)) {
        return 0;
    }
    memcpy(answer->head_text + answer->head_size, data, size);
    answer->head_size += size;
    if (is_empty_line(line) && !is_interim(answer)) {
        reception->head_complete = true;
        reception->body_since = probe_clock();
    }
    return size;
}

/* FNV-1a, which comes to the same however a text is cut into pieces. */
enum { DIGEST_FACTOR_SHIFT = 40, DIGEST_FACTOR_REST = 0x1b3 };
static const uint64_t digest_start = 0xcbf29ce484222325;

static uint64_t digest_more(uint64_t digest, const char *data, size_t size) {
    const uint64_t factor = ((uint64_t)1 << DIGEST_FACTOR_SHIFT) + DIGEST_FACTOR_REST;
    for (size_t i = 0; i < size; i++) {
        digest = (digest ^ (unsigned char)data[i]) * factor;
    }
    return digest;
}

static size_t take_body(char *data, size_t one, size_t count, void *context) {
    struct probe_reception *reception = context;
    struct probe_answer *answer = reception->answer;
    size_t size = one * count;
    size_t room = PROBE_BODY_KEPT - answer->body_size;
    size_t kept = size < room ? size : room;
    memcpy(answer->body + answer->body_size, data, kept);
    answer->body_size += kept;
    answer->body_total += size;
    answer->digest = digest_more(answer->digest, data, size);
    return answer->body_total > PROBE_BODY_BYTES_MAX ? 0 : size;
}

bool probe_reception_is_over(const struct probe_reception *reception, uint64_t now) {
    return reception->head_complete &&
           now > reception->body_since + (uint64_t)PROBE_BODY_MS_MAX * PROBE_CLOCK_MILLISECOND;
}

/* Ends a transfer whose body goes on and on once its head is known. */
static int look_at_clock(void *context, curl_off_t download_total, curl_off_t downloaded,
                         curl_off_t upload_total, curl_off_t uploaded) {
    const struct probe_reception *reception = context;
    (void)download_total;
    (void)downloaded;
    (void)upload_total;
    (void)uploaded;
    return reception->head_complete && probe_reception_is_over(reception, probe_clock());
}

/* "SSL connection using TLSv1.3 / TLS_AES_256_GCM_SHA384" */
static void read_connection(cors_slice text, struct probe_tls *tls) {
    char line[192];
    size_t size = text.size < sizeof line - 1 ? text.size : sizeof line - 1;
    memcpy(line, text.data, size);
    line[size] = '\0';
    (void)sscanf(line, "SSL connection using %31s / %63s", tls->version, tls->cipher);
}

static bool starts_with(cors_slice text, const char *start) {
    size_t size = strlen(start);
    return text.size >= size && memcmp(text.data, start, size) == 0;
}

static bool holds(cors_slice text, const char *part) {
    return memmem(text.data, text.size, part, strlen(part)) != NULL;
}

/*
 * libcurl's remarks are the only place where it tells these things; should its words change, they
 * are not told, and nothing else suffers.
 */
// NOLINTNEXTLINE(readability-non-const-parameter): the type is libcurl's
static int take_remark(CURL *handle, curl_infotype kind, char *data, size_t size, void *context) {
    struct probe_reception *reception = context;
    cors_slice text = {data, size};
    (void)handle;
    if (kind != CURLINFO_TEXT) {
        return 0;
    }
    if (starts_with(text, "SSL connection using ")) {
        read_connection(text, &reception->answer->tls);
    } else if (holds(text, "TLS handshake, Request CERT")) {
        reception->answer->tls.asked_for_certificate = true;
    } else if (starts_with(text, "Uses proxy env variable ") && !holds(text, "no_proxy") &&
               !holds(text, "NO_PROXY")) {
        reception->proxied = true;
    }
    return 0;
}

void probe_reception_begin(struct probe_reception *reception, struct probe_answer *answer,
                           CURL *handle) {
    *reception = (struct probe_reception){.answer = answer};
    *answer = (struct probe_answer){.outcome = PROBE_CLOSED, .digest = digest_start};
    (void)curl_easy_setopt(handle, CURLOPT_HEADERFUNCTION, take_head_line);
    (void)curl_easy_setopt(handle, CURLOPT_HEADERDATA, reception);
    (void)curl_easy_setopt(handle, CURLOPT_WRITEFUNCTION, take_body);
    (void)curl_easy_setopt(handle, CURLOPT_WRITEDATA, reception);
    (void)curl_easy_setopt(handle, CURLOPT_XFERINFOFUNCTION, look_at_clock);
    (void)curl_easy_setopt(handle, CURLOPT_XFERINFODATA, reception);
    (void)curl_easy_setopt(handle, CURLOPT_NOPROGRESS, 0L);
}

void probe_reception_watch(struct probe_reception *reception, CURL *handle) {
    (void)curl_easy_setopt(handle, CURLOPT_DEBUGFUNCTION, take_remark);
    (void)curl_easy_setopt(handle, CURLOPT_DEBUGDATA, reception);
    (void)curl_easy_setopt(handle, CURLOPT_VERBOSE, 1L);
    (void)curl_easy_setopt(handle, CURLOPT_CERTINFO, 1L);
}

static void copy_text(char *to, size_t size, const char *from) {
    (void)snprintf(to, size, "%s", from);
}

static void read_certificate(CURL *handle, struct probe_tls *tls) {
    static const struct {
        const char *label;
        size_t offset;
        size_t size;
    } parts[] = {
        {"Subject:", offsetof(struct probe_tls, subject), sizeof tls->subject},
        {"Issuer:", offsetof(struct probe_tls, issuer), sizeof tls->issuer},
        {"Expire date:", offsetof(struct probe_tls, expires), sizeof tls->expires},
    };
    struct curl_certinfo *chain = NULL;
    if (curl_easy_getinfo(handle, CURLINFO_CERTINFO, &chain) != CURLE_OK || chain == NULL ||
        chain->num_of_certs < 1) {
        return;
    }
    for (struct curl_slist *line = chain->certinfo[0]; line != NULL; line = line->next) {
        for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++) {
            size_t label = strlen(parts[i].label);
            if (strncmp(line->data, parts[i].label, label) == 0) {
                copy_text((char *)tls + parts[i].offset, parts[i].size, line->data + label);
            }
        }
    }
}

static void read_connection_facts(const struct probe_reception *reception, CURL *handle) {
    struct probe_answer *answer = reception->answer;
    char *address = NULL;
    long proxy_status = 0;
    long version = 0;
    (void)curl_easy_getinfo(handle, CURLINFO_HTTP_CONNECTCODE, &proxy_status);
    (void)curl_easy_getinfo(handle, CURLINFO_HTTP_VERSION, &version);
    answer->proxy_status = (int)proxy_status;
    answer->http2 = version == CURL_HTTP_VERSION_2_0;
    if (!reception->proxied) {
        (void)curl_easy_getinfo(handle, CURLINFO_PRIMARY_IP, &address);
        (void)curl_easy_getinfo(handle, CURLINFO_PRIMARY_PORT, &answer->port);
        copy_text(answer->address, sizeof answer->address, address == NULL ? "" : address);
    }
    read_certificate(handle, &answer->tls);
}

/* A head that is complete counts, whatever happened to the body: browsers judge by it too. */
static enum probe_outcome read_head(struct probe_reception *reception) {
    struct probe_answer *answer = reception->answer;
    size_t consumed;
    switch (probe_head_parse(answer->head_text, answer->head_size, &answer->head, &consumed)) {
    case CORS_OK:
        return PROBE_ANSWERED;
    case CORS_NO_MEMORY:
        return PROBE_NO_MEMORY;
    case CORS_TOO_LARGE:
        return PROBE_TOO_LARGE;
    default:
        return PROBE_NOT_HTTP;
    }
}

/* libcurl has no other word for a line of a head that is larger than it takes: 100 KiB. */
static bool is_large_line(CURL *handle, CURLcode code) {
    curl_off_t begun = 0;
    (void)curl_easy_getinfo(handle, CURLINFO_STARTTRANSFER_TIME_T, &begun);
    return code == CURLE_OUT_OF_MEMORY && begun > 0;
}

void probe_reception_end(struct probe_reception *reception, CURL *handle, CURLcode code,
                         const char *words) {
    struct probe_answer *answer = reception->answer;
    read_connection_facts(reception, handle);
    answer->cut = code == CURLE_PARTIAL_FILE || code == CURLE_HTTP2_STREAM;
    if (reception->head_complete) {
        answer->outcome = read_head(reception);
    } else if (reception->too_large || is_large_line(handle, code)) {
        answer->outcome = PROBE_TOO_LARGE;
    } else if (reception->no_memory) {
        answer->outcome = PROBE_NO_MEMORY;
    } else {
        answer->outcome = probe_outcome_of(code, words, answer->proxy_status);
    }
    if (answer->outcome != PROBE_ANSWERED) {
        bool own_end = answer->outcome == PROBE_TOO_LARGE || answer->outcome == PROBE_NO_MEMORY;
        probe_outcome_explain(answer->outcome, own_end ? CURLE_OK : code, own_end ? "" : words,
                              answer->sentence);
    }
}

void probe_answer_refuse(struct probe_answer *answer, enum probe_outcome outcome) {
    bool bad = outcome == PROBE_BAD_REQUEST;
    *answer = (struct probe_answer){.outcome = outcome};
    probe_outcome_explain(
        outcome, CURLE_OK,
        bad ? "its method, URL or a header holds a line break or NUL, or a name is empty" : "",
        answer->sentence);
}

void probe_answer_free(struct probe_answer *answer) {
    probe_head_free(&answer->head);
    free(answer->head_text);
    answer->head_text = NULL;
}
