/* SPDX-License-Identifier: MIT */
/* Sends what the browser would send, as the browser would. */
#include "check.h"

bool check_method_is_safe(cors_slice method) {
    return text_is(method, "GET") || text_is(method, "HEAD") || text_is(method, "OPTIONS");
}

static bool names_field(const struct check_exchange *exchange, const char *name) {
    for (size_t i = 0; i < exchange->sent_count; i++) {
        if (text_is_folded(exchange->sent[i].name, name)) {
            return true;
        }
    }
    return false;
}

/* What browsers add to the engine's lines: what they take, who they are, and the cookies. */
static void add_own_fields(struct check_exchange *exchange, const struct check_call *call) {
    size_t count = exchange->sent_count;
    cors_field *fields = keep_memory(call->keep, (count + 3) * sizeof *fields);
    if (count > 0) {
        memcpy(fields, exchange->sent, count * sizeof *fields);
    }
    if (!names_field(exchange, "Accept")) {
        fields[count++] = (cors_field){text_slice("Accept"), text_slice("*/*")};
    }
    if (!names_field(exchange, "User-Agent")) {
        fields[count++] = (cors_field){text_slice("User-Agent"), call->agent};
    }
    if (exchange->credentials && call->cookies.size > 0) {
        fields[count++] = (cors_field){text_slice("Cookie"), call->cookies};
    }
    exchange->sent = fields;
    exchange->sent_count = count;
}

/* Where --resolve says where a host is, that is not where browsers will find it. */
static bool is_redirected_by_hand(const struct probe_options *options, cors_slice url) {
    size_t authority = text_find_folded(url, "://");
    cors_slice host = authority < url.size ? text_skip(url, authority + 3) : url;
    for (size_t i = 0; i < options->resolve_count; i++) {
        const char *entry = options->resolve[i] + (options->resolve[i][0] == '+');
        size_t size = strcspn(entry, ":");
        bool same = host.size > size && strncasecmp(host.data, entry, size) == 0 &&
                    strchr(":/?", host.data[size]) != NULL;
        if (same || strncmp(entry, "*:", 2) == 0) {
            return true;
        }
    }
    return false;
}

static void keep_answer(struct keep *keep, const struct probe_answer *answer,
                        struct check_exchange *exchange) {
    exchange->outcome = answer->outcome;
    exchange->sentence = keep_slice(keep, text_slice(answer->sentence));
    exchange->status = answer->head.status;
    exchange->version = keep_slice(keep, answer->head.version);
    exchange->reason = keep_slice(keep, answer->head.reason);
    exchange->fields = keep_fields(keep, answer->head.fields, answer->head.field_count);
    exchange->field_count = answer->head.field_count;
    exchange->content = keep_slice(keep, (cors_slice){answer->body, answer->body_size});
    exchange->address = keep_slice(keep, text_slice(answer->address));
    exchange->proxy_status = answer->proxy_status;
    exchange->asked_for_certificate = answer->tls.asked_for_certificate;
}

enum check_end check_send(void *context, struct check_exchange *exchange) {
    const struct check_sender *sender = context;
    const struct check_call *call = sender->call;
    struct probe_answer answer;
    bool sendable = exchange->preflight || check_method_is_safe(exchange->method) ||
                    (call->sends && !exchange->beyond);
    if (!sendable) {
        return CHECK_UNSENT;
    }
    add_own_fields(exchange, call);
    struct probe_request request = {
        .method = exchange->method,
        .url = exchange->url,
        .fields = exchange->sent,
        .field_count = exchange->sent_count,
        .body = call->data,
        .sends_body = exchange->body,
        .client_certificate = exchange->credentials,
    };
    (void)probe_send(sender->session, &request, &answer);
    keep_answer(call->keep, &answer, exchange);
    if (is_redirected_by_hand(sender->options, exchange->url)) {
        exchange->address = text_slice("");
    }
    probe_answer_free(&answer);
    return CHECK_DONE;
}
