/* SPDX-License-Identifier: MIT */
#include "audit_asker.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "audit_retry.h"
#include "check.h"
#include "command.h"

/* A server that lets so many requests in a row wait for nothing will let others wait too. */
enum { TIMEOUTS_MAX = 3 };

/* Pages do not get at an answer whose body is not whole. */
static enum audit_reason reason_of(const struct probe_answer *answer) {
    if (answer->cut) {
        return AUDIT_REASON_CLOSED;
    }
    switch (answer->outcome) {
    case PROBE_ANSWERED:
        return AUDIT_REASON_NONE;
    case PROBE_BAD_REQUEST:
        return AUDIT_REASON_BAD_URL;
    case PROBE_DNS:
        return AUDIT_REASON_DNS;
    case PROBE_CONNECT:
        return AUDIT_REASON_CONNECT;
    case PROBE_PROXY:
        return AUDIT_REASON_PROXY;
    case PROBE_TLS:
    case PROBE_CERTIFICATE:
    case PROBE_CLIENT_CERTIFICATE:
    case PROBE_OWN_CERTIFICATE:
        return AUDIT_REASON_TLS;
    case PROBE_TIMEOUT:
        return AUDIT_REASON_TIMEOUT;
    case PROBE_NOT_HTTP:
        return AUDIT_REASON_NOT_HTTP;
    case PROBE_TOO_LARGE:
        return AUDIT_REASON_TOO_LARGE;
    default:
        return AUDIT_REASON_CLOSED;
    }
}

/* Whether another request would come to the same: no server was reached. */
static bool is_at_connection(enum audit_reason reason) {
    return reason == AUDIT_REASON_BAD_URL || reason == AUDIT_REASON_DNS ||
           reason == AUDIT_REASON_CONNECT || reason == AUDIT_REASON_PROXY ||
           reason == AUDIT_REASON_TLS || reason == AUDIT_REASON_TIMEOUT;
}

static void give_up(struct audit_asker *asker, enum audit_reason reason, const char *sentence) {
    if (asker->given_up == AUDIT_REASON_NONE) {
        asker->given_up = reason;
        (void)snprintf(asker->sentence, sizeof asker->sentence, "%s", sentence);
    }
}

static void hand_in(struct audit_question *question, const struct audit_answer *answer) {
    question->state = AUDIT_ANSWERED;
    question->asker->answered++;
    audit_take(question->asker->audit, question->number, answer);
}

static void hand_in_answer(struct audit_question *question, const struct probe_answer *answer) {
    struct audit_answer taken = {
        .failure = reason_of(answer),
        .sentence = text_slice(answer->sentence),
        .status = answer->head.status,
        .fields = answer->head.fields,
        .field_count = answer->head.field_count,
        .body = {answer->body, answer->body_size},
        .digest = answer->digest,
    };
    hand_in(question, &taken);
}

/* What is not sent any more. */
static void hand_in_rest(struct audit_asker *asker) {
    struct audit_answer taken = {.failure = asker->given_up,
                                 .sentence = text_slice(asker->sentence)};
    for (size_t i = 0; i < asker->round_size; i++) {
        if (asker->questions[i].state == AUDIT_PENDING) {
            hand_in(&asker->questions[i], &taken);
        }
    }
}

static void wait_for_server(struct audit_asker *asker, const struct probe_answer *answer,
                            long seconds) {
    char sentence[PROBE_SENTENCE_MAX];
    int status = answer->head.status;
    enum audit_reason reason = status == 429 ? AUDIT_REASON_RATE_LIMIT : AUDIT_REASON_SERVER_ERROR;
    if (seconds > AUDIT_WAIT_SECONDS_MAX) {
        (void)snprintf(sentence, sizeof sentence,
                       "It answers %d, and wants to be left alone for %ld seconds.", status,
                       seconds);
        give_up(asker, reason, sentence);
    } else if (asker->row == AUDIT_WAITS_MAX ||
               asker->waited + seconds > AUDIT_WAITED_SECONDS_MAX) {
        (void)snprintf(sentence, sizeof sentence, "It still answers %d after %u waits.", status,
                       asker->waits);
        give_up(asker, reason, sentence);
    } else {
        asker->waits++;
        asker->row++;
        asker->waited += seconds;
        asker->trouble = reason;
        probe_pool_hold(asker->pool, asker->target->url, seconds * 1000);
    }
}

/* Whether the request is to be sent again, and then says so. */
static bool is_repeated(struct audit_question *question, const struct probe_answer *answer) {
    struct audit_asker *asker = question->asker;
    long seconds;
    if (asker->given_up != AUDIT_REASON_NONE) {
        return false;
    }
    if (audit_retry_wanted(answer, asker->row, time(NULL), &seconds)) {
        /* What was sent before the wait says nothing new. */
        if (question->waits == asker->waits) {
            wait_for_server(asker, answer, seconds);
        }
        question->state = AUDIT_PENDING;
        return true;
    }
    enum audit_reason reason = reason_of(answer);
    if ((reason == AUDIT_REASON_CLOSED || reason == AUDIT_REASON_TIMEOUT) && !question->repeated) {
        asker->trouble = reason;
        question->repeated = true;
        question->state = AUDIT_PENDING;
        return true;
    }
    return false;
}

static void learn(struct audit_asker *asker, const struct probe_answer *answer) {
    enum audit_reason reason = reason_of(answer);
    asker->row = 0;
    asker->timeouts = reason == AUDIT_REASON_TIMEOUT ? asker->timeouts + 1 : 0;
    if ((!asker->begun && is_at_connection(reason)) || asker->timeouts == TIMEOUTS_MAX) {
        give_up(asker, reason, answer->sentence);
    }
    asker->begun = true;
}

static void advance(struct audit_asker *asker);

static void take(void *context, const struct probe_answer *answer) {
    struct audit_question *question = context;
    struct audit_asker *asker = question->asker;
    asker->under_way--;
    if (!is_repeated(question, answer)) {
        learn(asker, answer);
        hand_in_answer(question, answer);
    }
    advance(asker);
}

/* "://host" */
static cors_slice host_of(cors_slice url) {
    cors_slice rest = text_skip(url, text_find_folded(url, "://"));
    size_t size = rest.size < 3 ? rest.size : 3;
    bool bracket = false;
    while (size < rest.size && strchr("/?#\\", rest.data[size]) == NULL &&
           (rest.data[size] != ':' || bracket)) {
        bracket = rest.data[size] == '[' || (bracket && rest.data[size] != ']');
        size++;
    }
    return (cors_slice){rest.data, size};
}

/* What the user handed in goes to no other host, whatever is asked for. */
static bool may_be_sent(struct audit_asker *asker, const struct audit_request *request) {
    if (asker->sent >= AUDIT_REQUESTS_MAX) {
        give_up(asker, asker->trouble == AUDIT_REASON_NONE ? AUDIT_REASON_UNSTABLE : asker->trouble,
                "As many requests were sent as one server gets.");
    } else if (!text_same_folded(host_of(request->url), host_of(asker->target->url))) {
        give_up(asker, AUDIT_REASON_REDIRECT, "The next request would go to another host.");
    }
    return asker->given_up == AUDIT_REASON_NONE;
}

static void send_question(struct audit_question *question) {
    struct audit_asker *asker = question->asker;
    const struct audit_request *request = &asker->round[question->number];
    struct probe_request sent = {
        .method = request->method,
        .url = request->url,
        .fields = request->fields,
        .field_count = request->field_count,
        .body = request->body,
        .sends_body = request->sends_body,
        .client_certificate = true,
    };
    if (!may_be_sent(asker, request)) {
        return;
    }
    question->state = AUDIT_UNDER_WAY;
    question->waits = asker->waits;
    asker->sent++;
    (*asker->sent_all)++;
    asker->under_way++;
    if (!probe_pool_send(asker->pool, &sent, take, question)) {
        (void)fputs("cors audit: out of memory\n", stderr);
        exit(EXIT_FAILED);
    }
}

/* The first request alone, and one at a time once the server asked for patience. */
static void send_pending(struct audit_asker *asker) {
    size_t most = asker->begun && asker->waits == 0 ? AUDIT_ROUND_MAX : 1;
    for (size_t i = 0; i < asker->round_size && asker->under_way < most; i++) {
        if (asker->questions[i].state == AUDIT_PENDING && asker->given_up == AUDIT_REASON_NONE) {
            send_question(&asker->questions[i]);
        }
    }
}

/* Returns whether there is one. */
static bool begin_round(struct audit_asker *asker) {
    asker->round_size = audit_round(asker->audit, &asker->round);
    asker->answered = 0;
    for (size_t i = 0; i < asker->round_size; i++) {
        asker->questions[i] =
            (struct audit_question){.asker = asker, .number = i, .state = AUDIT_PENDING};
    }
    return asker->round_size > 0;
}

/* Sends what may be sent; where nothing is left to ask, the end is told. */
static void advance(struct audit_asker *asker) {
    while (true) {
        if (asker->answered == asker->round_size && !begin_round(asker)) {
            asker->finished(asker);
            return;
        }
        send_pending(asker);
        if (asker->given_up != AUDIT_REASON_NONE) {
            hand_in_rest(asker);
        }
        if (asker->under_way > 0) {
            return;
        }
    }
}

void audit_asker_begin(struct audit_asker *asker) {
    advance(asker);
}
