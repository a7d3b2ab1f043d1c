/* SPDX-License-Identifier: MIT */
/* cors check: a call, the exchange that it led to, and what is told about it. */
#ifndef CORS_CLI_CHECK_H
#define CORS_CLI_CHECK_H

#include <cors/browser.h>
#include <cors/origin.h>
#include <jansson.h>
#include <stdio.h>

#include "keep.h"
#include "probe.h"
#include "shown_url.h"
#include "text_slices.h"

/* The call that is judged, and how. Its texts belong to `keep`, or live as long as the program. */
struct check_call {
    struct keep *keep;
    cors_call call;
    cors_browser browser;
    cors_field *headers; /* what call.headers points to */
    size_t header_count;
    cors_slice data;
    bool has_data;
    bool data_hidden;      /* it came out of a recording, and may hold secrets */
    cors_slice cookies;    /* a Cookie field's value, sent where the browser attaches cookies */
    cors_slice agent;      /* a User-Agent field's value */
    cors_slice remarks[8]; /* what was assumed, for people */
    size_t remark_count;
    bool sends; /* --send: also what could change something */
};

/* Bounds on what is read and kept. */
enum {
    CHECK_EXCHANGES_MAX = 64, /* 21 hops, each with a preflight, fit */
    CHECK_HEADERS_MAX = 512,
    CHECK_WHYS_MAX = 64,
    CHECK_NEXT_MAX = 12,
    CHECK_NOTES_MAX = 16,
    CHECK_FETCH_MEMORY = 4 << 20,
    CHECK_INPUT_BYTES_MAX = 64 << 20,
};

/* A message sent and what came of it. */
struct check_exchange {
    bool preflight;
    bool beyond; /* the browser would not have sent it: it shows what fails next */
    cors_slice method;
    cors_slice url;
    const cors_field *sent;
    size_t sent_count;
    bool credentials;
    bool body;

    enum probe_outcome outcome;
    cors_slice sentence; /* why there is no answer */
    int status;
    cors_slice version;
    cors_slice reason;
    const cors_field *fields;
    size_t field_count;
    cors_slice content; /* the beginning of the answer's body */
    cors_slice address;
    int proxy_status;
    bool asked_for_certificate;

    /* The answer as it would be once mended; at first as it came. */
    int mended_status;
    const cors_field *mended;
    size_t mended_count;
};

struct check_why {
    cors_why why;
    cors_slice what;
};

/* How playing the browser ended. */
enum check_end {
    CHECK_DONE,
    CHECK_UNSENT,     /* the next request could change something */
    CHECK_UNANSWERED, /* no further answer was handed in */
    CHECK_TOO_LARGE,
};

/* Everything that came of it. */
struct check_outcome {
    const struct check_call *call;
    struct check_exchange exchanges[CHECK_EXCHANGES_MAX];
    size_t exchange_count;
    size_t browser_count; /* how many of them the browser sends */
    enum check_end end;
    cors_fetch *fetch; /* of the first play; done if `end` says so */
    const cors_result *result;
    char *spare;          /* CHECK_FETCH_MEMORY bytes for all later fetches, one at a time */
    bool needs_preflight; /* for the call's first URL */
    struct check_why whys[CHECK_WHYS_MAX];
    size_t why_count;
    cors_code next[CHECK_NEXT_MAX];
    size_t next_count;
    cors_slice curl[2]; /* preflight, request */
    size_t curl_count;
    cors_slice server_id;   /* "nginx" */
    cors_slice server_name; /* "nginx/1.22.1", as it calls itself */
    cors_slice snippet;
    cors_slice snippet_place; /* where it goes, in a sentence */
    cors_slice notes[CHECK_NOTES_MAX];
    size_t note_count;
};

/* Answers an exchange whose request is filled in. */
typedef enum check_end (*check_source)(void *context, struct check_exchange *exchange);

/* check_play.c: plays the browser; then what follows once each failure is mended. */
void check_play(struct check_outcome *outcome, check_source source, void *context);
/* Begins the call once more, in memory that the one before it used; NULL: it is too large. */
cors_fetch *check_play_begin_again(struct check_outcome *outcome);

/* check_send.c: real answers. */
struct check_sender {
    probe_session *session;
    const struct check_call *call;
    const struct probe_options *options;
};
enum check_end check_send(void *context, struct check_exchange *exchange);
/* Whether a method only reads: RFC 9110, section 9.2.1. */
bool check_method_is_safe(cors_slice method);

/* check_answer.c: pasted answers. */
struct check_pasted {
    struct probe_head *heads;
    cors_slice *bodies;
    size_t count;
    size_t used;
    struct keep *keep;
};
/* Returns false, with a complaint, where the text holds no answer. */
bool check_answer_read(struct check_pasted *pasted, struct keep *keep, cors_slice text,
                       const char *name);
enum check_end check_answer_next(void *context, struct check_exchange *exchange);
/* Notes answers that the call had no use for. */
void check_answer_remark(const struct check_pasted *pasted, struct check_outcome *outcome);
void check_answer_free(struct check_pasted *pasted);

/* check_file.c: a whole file, or "-"; returns false with a complaint. */
bool check_file_read(struct keep *keep, const char *path, size_t bytes_max, cors_slice *text);

/*
 * check_header_option.c: hands over each header that an -H option brings: the argument itself, or
 * with @ before it the lines of that file, "-" being standard input. The lines live as long as the
 * argument and `keep`. Returns false, with a complaint, where the file cannot be read or `take`
 * returned false.
 */
typedef bool check_header_taker(void *context, cors_slice line);
bool check_header_option_read(struct keep *keep, const char *argument, check_header_taker *take,
                              void *context);

/* check_call.c: the parts of a call. Each returns false with a complaint. */
bool check_call_add_header(struct check_call *call, cors_slice name, cors_slice value);
/* Splits "Name: value"; the field borrows from the line. */
bool check_header_line_split(const char *option, cors_slice line, cors_field *field);
bool check_call_add_header_line(struct check_call *call, const char *option, cors_slice line);
/* As a browser recorded it: without what the browser itself adds; page and cookies are noted. */
bool check_call_add_recorded(struct check_call *call, cors_slice name, cors_slice value);
void check_call_end_recorded(struct check_call *call);
void check_call_remark(struct check_call *call, cors_slice remark);
bool check_call_set_page(struct check_call *call, const char *origin);
bool check_call_names_content_type(const struct check_call *call);
/* Checks the whole, and completes it: the method, the page, the body's kind. */
bool check_call_complete(struct check_call *call);
/* The serialized origin of an absolute URL; empty where it has none. */
cors_slice check_url_origin(struct keep *keep, cors_slice url);

/* check_har.c and check_curl.c: a call out of a recording; `url` chooses, or is empty. */
bool check_har_read(struct check_call *call, const char *path, cors_slice url);
struct check_connection {
    const char *ca_file;
    const char *certificate;
    const char *key;
    const char *proxy;
};
bool check_curl_read(struct check_call *call, const char *command,
                     struct check_connection *connection);

/* check_words.c: the words of a shell's command line. Returns false with why in `*error`. */
struct check_words {
    cors_slice *items;
    size_t count;
};
bool check_words_split(struct keep *keep, cors_slice line, struct check_words *words,
                       const char **error);

/* check_secret.c: a field's value as it may be shown. */
cors_slice check_shown_value(struct keep *keep, const cors_field *field);

/* check_server.c: which software answers. */
void check_server_recognise(struct check_outcome *outcome);
/* check_snippets.c, check_notes.c, check_curl_lines.c. */
void check_snippets_choose(struct check_outcome *outcome);
void check_note(struct check_outcome *outcome, cors_slice note);
void check_notes_take(struct check_outcome *outcome);
void check_curl_lines_make(struct check_outcome *outcome);

/* check_outcome.c: what came of it, in short. */
/* The exchange that decided: the browser's last; NULL where there was none. */
const struct check_exchange *check_last(const struct check_outcome *outcome);
bool check_failed(const struct check_outcome *outcome);
/* The value of the first field of a name (any case), or an empty slice with NULL data. */
cors_slice check_field(const struct check_exchange *exchange, const char *name);
/* "allowed", "blocked", "unknown" */
const char *check_verdict(const struct check_outcome *outcome);
/* What is known where nothing was decided; empty otherwise. */
cors_slice check_undecided(const struct check_outcome *outcome);
/* Why, in one sentence. */
cors_slice check_cause(const struct check_outcome *outcome);
/* Whether the browser got no answer at all. */
bool check_network_failed(const struct check_outcome *outcome);
/* The failure in a browser's words; empty where it prints nothing. */
cors_slice check_message(const struct check_outcome *outcome, cors_browser browser);

/* check_drawing.c, check_report.c, check_json.c: what is printed. */
void check_drawing_print(const struct check_outcome *outcome, FILE *stream, bool colour);
void check_report_print(const struct check_outcome *outcome, FILE *stream, bool colour);
bool check_json_print(const struct check_outcome *outcome, FILE *stream);

#endif
