/* SPDX-License-Identifier: MIT */
#include "expectation_judge.h"

#include "text_slices.h"

enum {
    EXCHANGES_MAX = 64,
    PLAY_MEMORY = 256 << 10,
    SENT_MAX = EXPECTATION_WORDS_MAX + 16,
};

/* One call through one browser. */
struct play {
    struct expectation_court *court;
    const struct expectation *expectation;
    struct expectation_judgement *judgement;
    cors_browser browser;
    cors_slice method;
    cors_slice path;
    bool credentials;
    int status; /* what the application answers with, where there is only a policy */
    cors_fetch *fetch;
    struct keep_text exchange;
    struct keep_text why;
    bool preflighted;
    struct probe_answer answer; /* of a real server */
    bool answered;
};

static void note_sent(struct play *play) {
    struct keep *keep = play->court->keep;
    cors_fetch *fetch = play->fetch;
    size_t position = 0;
    cors_why why;
    cors_slice what;
    keep_text_add(&play->exchange,
                  keep_format(keep, "> %.*s %.*s\n", SLICE_ARGUMENTS(cors_fetch_method(fetch)),
                              SLICE_ARGUMENTS(cors_fetch_url(fetch))));
    if (cors_fetch_step(fetch) != CORS_STEP_PREFLIGHT) {
        return;
    }
    play->preflighted = true;
    play->why.size = 0;
    while (cors_fetch_next_why(fetch, &position, &why, &what)) {
        keep_text_add(&play->why,
                      keep_format(keep, "%s%s %.*s: %s", play->why.size > 0 ? "\n" : "",
                                  cors_why_name(why), SLICE_ARGUMENTS(what), cors_why_advice(why)));
    }
}

static void note_answer(struct play *play, const cors_response *response) {
    struct keep *keep = play->court->keep;
    keep_text_add(&play->exchange, keep_format(keep, "< %d\n", response->status));
    for (size_t i = 0; i < response->field_count; i++) {
        const cors_field *field = &response->fields[i];
        if (cors_header_is_owned(field->name)) {
            keep_text_add(&play->exchange,
                          keep_format(keep, "<   %.*s: %.*s\n", SLICE_ARGUMENTS(field->name),
                                      SLICE_ARGUMENTS(field->value)));
        }
    }
}

/* The answer of a real server; false where there is none. */
static bool answer_live(struct play *play, cors_response *response) {
    cors_field fields[SENT_MAX];
    size_t count = 0;
    size_t position = 0;
    while (count < SENT_MAX && cors_fetch_next_field(play->fetch, &position, &fields[count])) {
        count++;
    }
    struct probe_request request = {.method = cors_fetch_method(play->fetch),
                                    .url = cors_fetch_url(play->fetch),
                                    .fields = fields,
                                    .field_count = count};
    if (play->answered) {
        probe_answer_free(&play->answer);
    }
    play->answered = true;
    if (probe_send(play->court->session, &request, &play->answer) != PROBE_ANSWERED) {
        return false;
    }
    *response = (cors_response){.status = play->answer.head.status,
                                .fields = play->answer.head.fields,
                                .field_count = play->answer.head.field_count};
    return true;
}

/* The answer of a policy with an application behind it. */
static void answer_policy(struct play *play, cors_response *response) {
    struct policy_transport *transport = &play->court->transport;
    transport->policy = play->court->policy;
    transport->status = play->status;
    policy_transport_answer(transport, play->fetch, response);
}

static bool is_safe(cors_slice method) {
    return text_is(method, "GET") || text_is(method, "HEAD") || text_is(method, "OPTIONS");
}

/* Plays to the end. Returns HOLDS where there is a result, whatever it is. */
static enum expectation_verdict run(struct play *play) {
    const struct expectation_court *court = play->court;
    for (int i = 0; cors_fetch_step(play->fetch) != CORS_STEP_DONE && i < EXCHANGES_MAX; i++) {
        cors_response response;
        bool changes = cors_fetch_step(play->fetch) == CORS_STEP_REQUEST &&
                       !is_safe(cors_fetch_method(play->fetch));
        if (court->session != NULL && changes && !court->sends) {
            return EXPECTATION_UNSENT;
        }
        note_sent(play);
        if (court->session == NULL) {
            answer_policy(play, &response);
        } else if (!answer_live(play, &response)) {
            return EXPECTATION_NETWORK;
        }
        note_answer(play, &response);
        (void)cors_fetch_answer(play->fetch, &response, 0); /* a redirect too long ends it */
    }
    return EXPECTATION_HOLDS;
}

static bool same_failure(const struct expectation_failure *left,
                         const struct expectation_failure *right) {
    return strcmp(left->code, right->code) == 0 && text_same(left->call, right->call) &&
           text_same(left->cause, right->cause);
}

static void fail(struct play *play, const char *code, cors_slice cause, cors_slice fix) {
    struct expectation_judgement *judgement = play->judgement;
    struct expectation_failure failure = {
        .browsers = 1U << play->browser,
        .code = code,
        .call =
            keep_format(play->court->keep, "%.*s %.*s%s", SLICE_ARGUMENTS(play->method),
                        SLICE_ARGUMENTS(play->path), play->credentials ? " with credentials" : ""),
        .cause = cause,
        .fix = fix,
        .exchange = keep_text_slice(&play->exchange),
        .preflight = play->preflighted ? keep_text_slice(&play->why) : CORS_SLICE(""),
    };
    if (judgement->verdict < EXPECTATION_FAILS) {
        judgement->verdict = EXPECTATION_FAILS;
    }
    for (size_t i = 0; i < judgement->failure_count; i++) {
        if (same_failure(&judgement->failures[i], &failure)) {
            judgement->failures[i].browsers |= failure.browsers;
            return;
        }
    }
    if (judgement->failure_count < EXPECTATION_FAILURES_MAX) {
        judgement->failures[judgement->failure_count++] = failure;
    }
}

/* The key of the policy to change. */
static cors_slice policy_line(struct play *play, const char *key) {
    struct expectation_court *court = play->court;
    cors_slice covering;
    if (court->policy == NULL) {
        return CORS_SLICE("");
    }
    if (!cors_policy_find_path(court->policy, court->transport.path, &covering)) {
        return keep_format(court->keep, "%.*s: no policy covers this path",
                           SLICE_ARGUMENTS(court->policy_file));
    }
    return keep_format(court->keep, "%.*s: change %s of the policy for %.*s",
                       SLICE_ARGUMENTS(court->policy_file), key, SLICE_ARGUMENTS(covering));
}

static const char *key_at_fault(cors_reason reason) {
    switch (reason) {
    case CORS_REASON_METHOD_NOT_ALLOWED:
        return "allow_methods";
    case CORS_REASON_HEADER_NOT_ALLOWED:
        return "allow_headers";
    case CORS_REASON_ALLOWED:
        return "allow_credentials";
    default:
        return "allow_origins";
    }
}

static void judge_denied(struct play *play, cors_code code) {
    const cors_decision *decision = &play->court->transport.decision;
    cors_slice fix = policy_line(play, key_at_fault(decision->reason));
    bool decided = play->court->policy != NULL && decision->verdict == CORS_VERDICT_DENIED;
    fail(play, cors_code_name(code),
         text_slice(decided ? cors_reason_meaning(decision->reason) : cors_code_cause(code)),
         fix.size > 0 ? fix : text_slice(cors_code_fix(code)));
}

static void judge_headers(struct play *play) {
    const struct expectation *expectation = play->expectation;
    struct keep *keep = play->court->keep;
    for (size_t i = 0; i < expectation->read.count; i++) {
        cors_slice name = expectation->read.items[i];
        if (!cors_fetch_exposes(play->fetch, name)) {
            fail(play, "header-hidden",
                 keep_format(keep, "Script cannot read %.*s.", SLICE_ARGUMENTS(name)),
                 policy_line(play, "expose_headers"));
        }
    }
    for (size_t i = 0; i < expectation->hidden.count; i++) {
        cors_slice name = expectation->hidden.items[i];
        if (cors_fetch_exposes(play->fetch, name)) {
            fail(play, "header-exposed",
                 keep_format(keep, "Script can read %.*s.", SLICE_ARGUMENTS(name)),
                 policy_line(play, "expose_headers"));
        }
    }
}

/* The entry of the policy that lets the origin in, or nothing. */
static cors_slice allowing_entry(struct play *play) {
    struct expectation_court *court = play->court;
    char buffer[CORS_ENTRY_MAX];
    cors_slice entry;
    if (court->policy == NULL ||
        !cors_policy_find_origin(court->policy, court->transport.path, play->expectation->origin,
                                 buffer, &entry)) {
        return CORS_SLICE("");
    }
    return keep_format(court->keep, "%.*s: the entry %.*s of allow_origins lets it in",
                       SLICE_ARGUMENTS(court->policy_file), SLICE_ARGUMENTS(entry));
}

static void judge_result(struct play *play) {
    const struct expectation *expectation = play->expectation;
    cors_code code = cors_fetch_result(play->fetch)->code;
    bool about_headers = !expectation->may && expectation->hidden.count > 0;
    if (code != CORS_CODE_OK && expectation->may) {
        judge_denied(play, code);
    } else if (code == CORS_CODE_OK && !expectation->may && !about_headers) {
        fail(play, cors_code_name(code), text_slice(cors_code_cause(code)), allowing_entry(play));
    } else {
        judge_headers(play);
    }
}

/* What a passed preflight tells where the request itself is not sent. */
static void judge_unsent(struct play *play) {
    const struct expectation *expectation = play->expectation;
    bool about_headers = expectation->read.count + expectation->hidden.count > 0;
    if (play->preflighted && !expectation->may && !about_headers) {
        fail(play, "preflight-allowed",
             CORS_SLICE("The preflight allows the call, so the browser sends it."), CORS_SLICE(""));
    } else if (play->judgement->verdict == EXPECTATION_HOLDS) {
        /* Also of a call that may be made: whether its answer is readable stays open. */
        play->judgement->verdict = EXPECTATION_UNSENT;
    }
}

static void settle(struct play *play, enum expectation_verdict end) {
    if (end == EXPECTATION_UNSENT) {
        judge_unsent(play);
    } else if (end == EXPECTATION_NETWORK) {
        fail(play, cors_code_name(CORS_CODE_NETWORK_FAILURE),
             keep_slice(play->court->keep, text_slice(play->answer.sentence)), CORS_SLICE(""));
        play->judgement->verdict = EXPECTATION_NETWORK;
    } else {
        judge_result(play);
    }
}

static void play_one(struct play play) {
    struct expectation_court *court = play.court;
    const struct expectation *expectation = play.expectation;
    struct keep own = {NULL}; /* memory that only this call needs */
    char *memory = keep_memory(&own, PLAY_MEMORY);
    cors_call call = {
        .page = expectation->origin,
        .url =
            keep_format(&own, "%.*s%.*s", SLICE_ARGUMENTS(court->base), SLICE_ARGUMENTS(play.path)),
        .method = play.method,
        .headers = expectation->headers,
        .header_count = expectation->header_count,
        .credentials = play.credentials ? CORS_CREDENTIALS_INCLUDE : CORS_CREDENTIALS_SAME_ORIGIN,
        /* Judged is what the server says, not on which machine this command runs. */
        .page_address = CORS_SLICE("127.0.0.1"),
    };
    play.exchange.keep = court->keep;
    play.why.keep = court->keep;
    if (cors_fetch_begin(memory, PLAY_MEMORY, &call, play.browser, NULL, 0, &play.fetch) ==
        CORS_OK) {
        settle(&play, run(&play));
    } else {
        fail(&play, "too-large", CORS_SLICE("The call is too large to be judged."), CORS_SLICE(""));
    }
    if (play.preflighted) {
        play.judgement->preflight = keep_text_slice(&play.why);
    }
    if (play.answered) {
        probe_answer_free(&play.answer);
    }
    keep_free(&own);
}

/* What may be called must be readable whatever the application answers. */
static void play_statuses(struct play play) {
    static const int statuses[] = {200, 404, 500};
    size_t count = play.court->session == NULL && play.expectation->may ? 3 : 1;
    for (size_t i = 0; i < count; i++) {
        play.status = statuses[i];
        play_one(play);
    }
}

static void play_reading(struct play play, cors_slice path) {
    play.method = CORS_SLICE("GET");
    play.path = path;
    play.status = 200;
    play.credentials = false;
    play_one(play);
    play.credentials = true;
    play_one(play);
}

static bool play_policy_path(void *context, cors_slice path, cors_slice entry) {
    struct play *play = context;
    (void)entry;
    if (path.size > 0 && path.data[path.size - 1] == '*') {
        path.size--;
    }
    if (!text_same(path, play->path)) { /* entries of one policy come one after the other */
        play->path = keep_slice(play->court->keep, path);
        play_reading(*play, play->path);
    }
    return true;
}

/* A bare "may not": the root, the policy's paths, and those that the file names. */
static void play_everywhere(struct play play) {
    const struct expectation_file *file = play.court->file;
    play_reading(play, CORS_SLICE("/"));
    if (play.court->policy != NULL) {
        cors_policy_each_origin(play.court->policy, play_policy_path, &play);
    }
    for (size_t i = 0; i < file->count; i++) {
        if (!file->expectations[i].everywhere) {
            play_reading(play, file->expectations[i].path);
        }
    }
}

void expectation_judge(struct expectation_court *court, const struct expectation *expectation,
                       struct expectation_judgement *judgement) {
    *judgement = (struct expectation_judgement){0};
    for (int browser = CORS_BROWSER_STANDARD; browser <= CORS_BROWSER_SAFARI; browser++) {
        struct play play = {.court = court,
                            .expectation = expectation,
                            .judgement = judgement,
                            .browser = (cors_browser)browser,
                            .path = expectation->path,
                            .credentials = expectation->credentials};
        if ((court->browsers & 1U << browser) == 0) {
            continue;
        }
        if (expectation->everywhere) {
            play_everywhere(play);
        }
        for (size_t i = 0; i < expectation->methods.count; i++) {
            play.method = expectation->methods.items[i];
            play_statuses(play);
        }
    }
}
