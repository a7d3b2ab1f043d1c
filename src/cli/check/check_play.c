/* SPDX-License-Identifier: MIT */
/* Plays the browser over a source of answers, and mends what failed to see what fails next. */
#include <string.h>

#include "check.h"

enum { REPAIR_BYTES = 64 << 10 };

static void keep_sent(struct keep *keep, const cors_fetch *fetch, struct check_exchange *exchange) {
    cors_field fields[CHECK_HEADERS_MAX];
    size_t count = 0;
    size_t position = 0;
    while (count < CHECK_HEADERS_MAX && cors_fetch_next_field(fetch, &position, &fields[count])) {
        count++;
    }
    exchange->sent = keep_fields(keep, fields, count);
    exchange->sent_count = count;
}

static void fill_request(struct keep *keep, const cors_fetch *fetch,
                         struct check_exchange *exchange) {
    *exchange = (struct check_exchange){
        .preflight = cors_fetch_step(fetch) == CORS_STEP_PREFLIGHT,
        .method = keep_slice(keep, cors_fetch_method(fetch)),
        .url = keep_slice(keep, cors_fetch_url(fetch)),
        .credentials = cors_fetch_sends_credentials(fetch),
        .body = cors_fetch_sends_body(fetch),
    };
    keep_sent(keep, fetch, exchange);
}

static void note_whys(struct check_outcome *outcome, const cors_fetch *fetch) {
    struct keep *keep = outcome->call->keep;
    size_t position = 0;
    struct check_why *why = &outcome->whys[outcome->why_count];
    while (outcome->why_count < CHECK_WHYS_MAX &&
           cors_fetch_next_why(fetch, &position, &why->why, &why->what)) {
        why->what = keep_slice(keep, why->what);
        outcome->why_count++;
        why++;
    }
}

/* Gets the answer to what the browser sends next, as exchange number `index`. */
static enum check_end extend(struct check_outcome *outcome, const cors_fetch *fetch,
                             check_source source, void *context, bool beyond) {
    struct check_exchange *exchange = &outcome->exchanges[outcome->exchange_count];
    if (outcome->exchange_count == CHECK_EXCHANGES_MAX) {
        return CHECK_TOO_LARGE;
    }
    fill_request(outcome->call->keep, fetch, exchange);
    exchange->beyond = beyond;
    if (!beyond && exchange->preflight && outcome->why_count == 0) {
        note_whys(outcome, fetch);
        outcome->needs_preflight = outcome->exchange_count == 0;
    }
    enum check_end end = source(context, exchange);
    if (end != CHECK_DONE) {
        return end;
    }
    exchange->mended_status = exchange->status;
    exchange->mended = exchange->fields;
    exchange->mended_count = exchange->field_count;
    outcome->exchange_count++;
    return CHECK_DONE;
}

static bool answers(const struct check_exchange *exchange, const cors_fetch *fetch) {
    return exchange->preflight == (cors_fetch_step(fetch) == CORS_STEP_PREFLIGHT) &&
           text_same(exchange->url, cors_fetch_url(fetch)) &&
           text_same(exchange->method, cors_fetch_method(fetch));
}

static void hand_in(cors_fetch *fetch, const struct check_exchange *exchange) {
    cors_response response = {
        .status = exchange->mended_status,
        .fields = exchange->mended,
        .field_count = exchange->mended_count,
        .address = exchange->address,
    };
    if (exchange->outcome != PROBE_ANSWERED) {
        cors_fetch_fail(fetch);
        return;
    }
    (void)cors_fetch_answer(fetch, &response, 0); /* a redirect too long ends the fetch */
}

/* The answers that there are are used first, then the source. */
static enum check_end play(struct check_outcome *outcome, cors_fetch *fetch, check_source source,
                           void *context, bool beyond) {
    for (size_t i = 0; cors_fetch_step(fetch) != CORS_STEP_DONE; i++) {
        if (i == outcome->exchange_count) {
            enum check_end end = extend(outcome, fetch, source, context, beyond);
            if (end != CHECK_DONE) {
                return end;
            }
        }
        if (!answers(&outcome->exchanges[i], fetch)) {
            return CHECK_UNANSWERED;
        }
        hand_in(fetch, &outcome->exchanges[i]);
    }
    return CHECK_DONE;
}

static cors_fetch *begin(const struct check_call *call, char *memory) {
    cors_fetch *fetch = NULL;
    cors_status status =
        cors_fetch_begin(memory, CHECK_FETCH_MEMORY, &call->call, call->browser, NULL, 0, &fetch);
    return status == CORS_OK ? fetch : NULL;
}

cors_fetch *check_play_begin_again(struct check_outcome *outcome) {
    if (outcome->spare == NULL) {
        outcome->spare = keep_memory(outcome->call->keep, CHECK_FETCH_MEMORY);
    }
    return begin(outcome->call, outcome->spare);
}

/* Replaces all lines of the field that is to be mended by one. */
static void mend_field(struct keep *keep, struct check_exchange *exchange,
                       const cors_repair *repair) {
    cors_field *fields = keep_memory(keep, (exchange->mended_count + 1) * sizeof *fields);
    size_t count = 0;
    for (size_t i = 0; i < exchange->mended_count; i++) {
        if (!text_same_folded(exchange->mended[i].name, repair->name)) {
            fields[count++] = exchange->mended[i];
        }
    }
    fields[count].name = keep_slice(keep, repair->name);
    fields[count].value = keep_slice(keep, repair->value);
    exchange->mended = fields;
    exchange->mended_count = count + 1;
}

/* Mends the answer that the fetch failed on, which is the last. */
static bool mend(struct check_outcome *outcome, const cors_fetch *fetch, char *buffer) {
    cors_repair repair;
    if (outcome->exchange_count == 0) {
        return false;
    }
    struct check_exchange *exchange = &outcome->exchanges[outcome->exchange_count - 1];
    if (exchange->outcome != PROBE_ANSWERED ||
        !cors_fetch_repair(fetch, buffer, REPAIR_BYTES, &repair) ||
        repair.preflight != exchange->preflight) {
        return false;
    }
    if (repair.status != 0) {
        exchange->mended_status = repair.status;
    }
    if (repair.name.size > 0) {
        mend_field(outcome->call->keep, exchange, &repair);
    }
    return true;
}

/* A network that fails beyond what the browser does is no failure of the call's. */
static bool counts_as_next(const struct check_outcome *outcome, const cors_fetch *fetch) {
    const struct check_exchange *last = &outcome->exchanges[outcome->exchange_count - 1];
    return cors_fetch_result(fetch)->code != CORS_CODE_OK && last->outcome == PROBE_ANSWERED;
}

static void find_next(struct check_outcome *outcome, check_source source, void *context) {
    cors_fetch *fetch = outcome->fetch;
    char *buffer = keep_memory(outcome->call->keep, REPAIR_BYTES);
    while (outcome->next_count < CHECK_NEXT_MAX && mend(outcome, fetch, buffer)) {
        fetch = check_play_begin_again(outcome);
        if (fetch == NULL || play(outcome, fetch, source, context, true) != CHECK_DONE ||
            !counts_as_next(outcome, fetch)) {
            return;
        }
        outcome->next[outcome->next_count++] = cors_fetch_result(fetch)->code;
    }
}

void check_play(struct check_outcome *outcome, check_source source, void *context) {
    outcome->fetch = begin(outcome->call, keep_memory(outcome->call->keep, CHECK_FETCH_MEMORY));
    if (outcome->fetch == NULL) {
        outcome->end = CHECK_TOO_LARGE;
        return;
    }
    outcome->end = play(outcome, outcome->fetch, source, context, false);
    outcome->browser_count = outcome->exchange_count;
    if (outcome->end != CHECK_DONE) {
        return;
    }
    outcome->result = cors_fetch_result(outcome->fetch);
    if (outcome->result->code != CORS_CODE_OK) {
        find_next(outcome, source, context);
    }
}
