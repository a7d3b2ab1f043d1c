/* SPDX-License-Identifier: MIT */
/* Pasted answers, as `curl -i` and `curl -v` print them: judged without a network. */
#include <string.h>

#include "check.h"
#include "terminal.h"

enum { ANSWERS_MAX = 128 };

/* The next line with its end, or what is left. */
static cors_slice whole_line(cors_slice text) {
    size_t end = text_find(text, '\n');
    return (cors_slice){text.data, end < text.size ? end + 1 : end};
}

static bool is_verbose(cors_slice text) {
    while (text.size > 0) {
        cors_slice line = whole_line(text);
        if (line.size > 2 && memcmp(line.data, "< ", 2) == 0 &&
            probe_head_begins(text_skip(line, 2))) {
            return true;
        }
        text = text_skip(text, line.size);
    }
    return false;
}

/* Of what `curl -v` prints only the lines of answers, without their marks. */
static cors_slice without_marks(struct keep *keep, cors_slice text) {
    struct keep_text answers = {.keep = keep};
    while (text.size > 0) {
        cors_slice line = whole_line(text);
        if (line.data[0] == '<' && (line.size == 1 || strchr(" \r\n", line.data[1]) != NULL)) {
            size_t mark = line.size > 1 && line.data[1] == ' ' ? 2 : 1;
            keep_text_add(&answers, text_skip(line, mark));
        }
        text = text_skip(text, line.size);
    }
    return keep_text_slice(&answers);
}

static const cors_field *find_field(const struct probe_head *head, const char *name) {
    for (size_t i = 0; i < head->field_count; i++) {
        if (text_is_folded(head->fields[i].name, name)) {
            return &head->fields[i];
        }
    }
    return NULL;
}

/* What Content-Length says; SIZE_MAX where it says nothing usable. */
static size_t stated_size(const struct probe_head *head) {
    const cors_field *field = find_field(head, "Content-Length");
    size_t size = 0;
    if (field == NULL || field->value.size == 0 || field->value.size > 9) {
        return SIZE_MAX;
    }
    for (size_t i = 0; i < field->value.size; i++) {
        char digit = field->value.data[i];
        if (digit < '0' || digit > '9') {
            return SIZE_MAX;
        }
        size = size * 10 + (size_t)(digit - '0');
    }
    return size;
}

static bool ends_or_begins(cors_slice text) {
    text = text_trim(text);
    return text.size == 0 || probe_head_begins(text);
}

/*
 * The bytes of a body: as many as its head states, if an answer or nothing follows there; else up
 * to the next line that begins an answer.
 */
static size_t body_size(cors_slice text, const struct probe_head *head) {
    size_t stated = stated_size(head);
    if (stated <= text.size && ends_or_begins(text_skip(text, stated))) {
        return stated;
    }
    size_t size = 0;
    while (size < text.size && !probe_head_begins(text_skip(text, size))) {
        size += whole_line(text_skip(text, size)).size;
    }
    return size;
}

/* Interim answers, and a proxy's word that the tunnel stands, are not the server's answer. */
static bool is_by_the_way(const struct probe_head *head) {
    bool tunnel = head->status == 200 && text_holds_folded(head->reason, "connection established");
    return (head->status < 200 && head->status != 101) || tunnel;
}

static bool complain(const char *name, cors_status status) {
    const char *why = "it has to begin with a status line such as HTTP/1.1 200 OK; paste what "
                      "`curl -i` prints, headers and all";
    if (status == CORS_TOO_LARGE) {
        why = "its headers are larger than browsers take";
    } else if (status == CORS_NO_MEMORY) {
        why = "there is not enough memory";
    }
    terminal_complain("cors check: %s is no HTTP answer: %s", name, why);
    return false;
}

/* Reads one answer; returns the bytes that it takes, or 0. */
static size_t read_answer(struct check_pasted *pasted, char *text, size_t size,
                          cors_status *status) {
    size_t head_size = 0;
    struct probe_head *head = &pasted->heads[pasted->count];
    *status = probe_head_parse(text, size, head, &head_size);
    if (*status != CORS_OK) {
        return 0;
    }
    if (is_by_the_way(head)) {
        probe_head_free(head);
        return head_size;
    }
    cors_slice rest = {text + head_size, size - head_size};
    size_t body = body_size(rest, head);
    pasted->bodies[pasted->count++] = (cors_slice){rest.data, body};
    return head_size + body;
}

bool check_answer_read(struct check_pasted *pasted, struct keep *keep, cors_slice text,
                       const char *name) {
    cors_status status = CORS_INVALID;
    *pasted = (struct check_pasted){
        .heads = keep_memory(keep, ANSWERS_MAX * sizeof *pasted->heads),
        .bodies = keep_memory(keep, ANSWERS_MAX * sizeof *pasted->bodies),
        .keep = keep,
    };
    cors_slice answers = is_verbose(text) ? without_marks(keep, text) : text;
    if (text_starts_folded(answers, "\xEF\xBB\xBF")) {
        answers = text_skip(answers, 3);
    }
    answers = text_trim_start(answers);
    /* A copy that may be written to: folded lines are unfolded in it. */
    char *copy = keep_memory(keep, answers.size + 3);
    memcpy(copy, answers.data == NULL ? "" : answers.data, answers.size);
    size_t at = 0;
    while (at < answers.size && pasted->count < ANSWERS_MAX) {
        size_t used = read_answer(pasted, copy + at, answers.size - at, &status);
        if (used == 0) {
            break;
        }
        at += used;
        while (at < answers.size && (copy[at] == '\n' || copy[at] == '\r')) {
            at++;
        }
    }
    return (pasted->count > 0 && at == answers.size) ||
           complain(strcmp(name, "-") == 0 ? "standard input" : name, status);
}

enum check_end check_answer_next(void *context, struct check_exchange *exchange) {
    struct check_pasted *pasted = context;
    if (pasted->used == pasted->count) {
        return CHECK_UNANSWERED;
    }
    const struct probe_head *head = &pasted->heads[pasted->used];
    exchange->outcome = PROBE_ANSWERED;
    exchange->status = head->status;
    exchange->version = head->version;
    exchange->reason = head->reason;
    exchange->fields = keep_fields(pasted->keep, head->fields, head->field_count);
    exchange->field_count = head->field_count;
    cors_slice body = pasted->bodies[pasted->used];
    body.size = body.size > PROBE_BODY_KEPT ? PROBE_BODY_KEPT : body.size;
    exchange->content = body;
    pasted->used++;
    return CHECK_DONE;
}

void check_answer_remark(const struct check_pasted *pasted, struct check_outcome *outcome) {
    if (pasted->used < pasted->count) {
        check_note(outcome, keep_format(pasted->keep,
                                        "%zu answers were handed in, and the call takes %zu: "
                                        "name its method and headers with -X and -H if they "
                                        "are missing here.",
                                        pasted->count, pasted->used));
    }
}

void check_answer_free(struct check_pasted *pasted) {
    for (size_t i = 0; i < pasted->count; i++) {
        probe_head_free(&pasted->heads[i]);
    }
}
