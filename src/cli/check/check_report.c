/* SPDX-License-Identifier: MIT */
/* What cors check tells people. */
#include "check.h"
#include "terminal.h"

enum { LINE_COLUMNS = 78 };

struct report {
    const struct check_outcome *outcome;
    FILE *stream;
    bool colour;
};

static void put(const struct report *report, cors_slice text) {
    print_clean(report->stream, text);
}

static void put_text(const struct report *report, const char *text) {
    (void)fputs(text, report->stream);
}

static void put_heading(const struct report *report, const char *heading) {
    put_text(report, "\n");
    style_begin(report->stream, report->colour, STYLE_BOLD);
    put_text(report, heading);
    style_end(report->stream, report->colour);
    put_text(report, "\n");
}

/* Words, broken into lines where they fit; a word that is longer stands alone. */
static void put_wrapped(const struct report *report, const char *first, cors_slice text) {
    size_t indent = strlen(first);
    size_t column = indent;
    cors_slice word;
    bool begun = false;
    put_text(report, first);
    while (text_take(&text, ' ', &word)) {
        if (begun && column + 1 + word.size > LINE_COLUMNS) {
            (void)fprintf(report->stream, "\n%*s", (int)indent, "");
            column = indent;
        } else if (begun) {
            put_text(report, " ");
            column++;
        }
        put(report, word);
        column += word.size;
        begun = true;
    }
    put_text(report, "\n");
}

/* Own text of several lines; what was filled in is clean, or made so. */
static void put_block(const struct report *report, cors_slice block) {
    while (block.size > 0) {
        size_t end = text_find(block, '\n');
        cors_slice line = {block.data, end};
        put_text(report, line.size == 0 ? "" : "  ");
        for (; line.size > 0 && line.data[0] == '\t'; line = text_skip(line, 1)) {
            put_text(report, "    ");
        }
        put(report, line);
        put_text(report, "\n");
        block = text_skip(block, end < block.size ? end + 1 : end);
    }
}

static void put_title(const struct report *report) {
    const struct check_outcome *outcome = report->outcome;
    const struct check_call *call = outcome->call;
    style_begin(report->stream, report->colour, STYLE_BOLD);
    put(report, call->call.method);
    put_text(report, " ");
    put(report, shown_url(call->keep, call->call.url));
    style_end(report->stream, report->colour);
    put_text(report, "\nfrom a page of ");
    put(report, call->call.page);
    put_text(report, call->call.credentials == CORS_CREDENTIALS_INCLUDE
                         ? ", with credentials, as "
                         : ", without credentials, as ");
    put_text(report, cors_browser_name(call->browser));
    put_text(report, call->browser == CORS_BROWSER_STANDARD ? " says" : " does");
    if (outcome->server_name.size > 0) {
        put_text(report, "; the server says it is ");
        put(report, outcome->server_name);
    }
    put_text(report, "\n");
    for (size_t i = 0; i < call->remark_count; i++) {
        put_wrapped(report, "", call->remarks[i]);
    }
    put_text(report, "\n");
}

static void put_verdict_word(const struct report *report, const char *sign, const char *word,
                             const char *style) {
    put_text(report, "\n");
    style_begin(report->stream, report->colour, style);
    put_text(report, sign);
    put_text(report, word);
    style_end(report->stream, report->colour);
}

static void put_verdict(const struct report *report) {
    const struct check_outcome *outcome = report->outcome;
    if (check_network_failed(outcome)) {
        put_verdict_word(report, "✗ ", "no answer\n", STYLE_RED);
    } else if (outcome->result == NULL) {
        put_verdict_word(report, "? ", "undecided\n", STYLE_YELLOW);
    } else if (check_failed(outcome)) {
        put_verdict_word(report, "✗ ", "blocked", STYLE_RED);
        put_text(report, ": ");
        put_text(report, cors_code_name(outcome->result->code));
        put_text(report, outcome->result->failure.preflight ? ", at the preflight\n" : "\n");
    } else {
        put_verdict_word(report, "✓ ", "allowed\n", STYLE_GREEN);
    }
    put_wrapped(report, "  ", check_cause(outcome));
}

/* The names of the answer's headers that script reads, or does not. */
static void put_names(const struct report *report, const char *words, bool exposed) {
    const struct check_outcome *outcome = report->outcome;
    const struct check_exchange *last = check_last(outcome);
    struct keep_text names = {.keep = outcome->call->keep};
    for (size_t i = 0; last != NULL && i < last->field_count; i++) {
        if (cors_fetch_exposes(outcome->fetch, last->fields[i].name) == exposed &&
            !text_holds_folded(keep_text_slice(&names),
                               keep_slice(outcome->call->keep, last->fields[i].name).data)) {
            keep_text_put(&names, names.size == 0 ? words : ", ");
            keep_text_add(&names, last->fields[i].name);
        }
    }
    if (names.size > 0) {
        put_wrapped(report, "  ", keep_text_slice(&names));
    }
}

static void put_readable(const struct report *report) {
    if (report->outcome->result != NULL && report->outcome->result->code == CORS_CODE_OK) {
        put_names(report, "Script reads these headers: ", true);
        put_names(report, "and not these: ", false);
    }
}

static const struct {
    cors_browser browser;
    const char *heading;
} consoles[] = {
    {CORS_BROWSER_CHROMIUM, "Chromium's console:"},
    {CORS_BROWSER_FIREFOX, "Firefox's console:"},
    {CORS_BROWSER_SAFARI, "Safari's console:"},
};

/* Word for word, so not wrapped. */
static void put_messages(const struct report *report) {
    cors_browser chosen = report->outcome->call->browser;
    for (size_t i = 0; i < sizeof consoles / sizeof consoles[0]; i++) {
        bool wanted = chosen == consoles[i].browser || chosen == CORS_BROWSER_STANDARD;
        cors_slice message =
            wanted ? check_message(report->outcome, consoles[i].browser) : text_slice("");
        if (message.size > 0) {
            put_heading(report, consoles[i].heading);
            put_text(report, "  ");
            put(report, message);
            put_text(report, "\n");
        }
    }
}

static void put_whys(const struct report *report) {
    const struct check_outcome *outcome = report->outcome;
    if (outcome->why_count == 0) {
        return;
    }
    put_heading(report, "Why there is a preflight:");
    for (size_t i = 0; i < outcome->why_count; i++) {
        const struct check_why *why = &outcome->whys[i];
        put_wrapped(report, "  - ",
                    keep_format(outcome->call->keep, "%s%s%.*s: %s", cors_why_name(why->why),
                                why->what.size > 0 ? " " : "", SLICE_ARGUMENTS(why->what),
                                cors_why_advice(why->why)));
    }
}

static void put_next(const struct report *report) {
    const struct check_outcome *outcome = report->outcome;
    if (outcome->next_count == 0) {
        return;
    }
    put_heading(report, "Once that is mended, this fails next:");
    for (size_t i = 0; i < outcome->next_count; i++) {
        cors_code code = outcome->next[i];
        put_wrapped(report, "  - ",
                    keep_format(outcome->call->keep, "%s: %s", cors_code_name(code),
                                cors_code_cause(code)));
    }
}

static void put_fix(const struct report *report) {
    const struct check_outcome *outcome = report->outcome;
    if (!check_failed(outcome)) {
        return;
    }
    put_heading(report, "What to do:");
    put_wrapped(report, "  ", text_slice(cors_code_fix(outcome->result->code)));
    if (outcome->snippet.size > 0) {
        put_text(report, "  All that this call needs, for ");
        put(report, outcome->snippet_place);
        put_text(report, ":\n\n");
        put_block(report, outcome->snippet);
    }
}

static void put_curl_lines(const struct report *report) {
    const struct check_outcome *outcome = report->outcome;
    if (outcome->curl_count == 0) {
        return;
    }
    put_heading(report, outcome->curl_count > 1 ? "Preflight and request, with curl:"
                                                : "The request, with curl:");
    for (size_t i = 0; i < outcome->curl_count; i++) {
        put_text(report, "  ");
        put(report, outcome->curl[i]);
        put_text(report, "\n");
    }
}

static void put_notes(const struct report *report) {
    const struct check_outcome *outcome = report->outcome;
    if (outcome->note_count == 0) {
        return;
    }
    put_heading(report, "Beside CORS:");
    for (size_t i = 0; i < outcome->note_count; i++) {
        put_wrapped(report, "  - ", outcome->notes[i]);
    }
}

void check_report_print(const struct check_outcome *outcome, FILE *stream, bool colour) {
    struct report report = {outcome, stream, colour};
    put_title(&report);
    check_drawing_print(outcome, stream, colour);
    put_verdict(&report);
    put_readable(&report);
    put_messages(&report);
    put_fix(&report);
    put_next(&report);
    put_whys(&report);
    put_notes(&report);
    put_curl_lines(&report);
}
