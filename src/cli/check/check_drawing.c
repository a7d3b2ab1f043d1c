/* SPDX-License-Identifier: MIT */
/*
 * The exchange as a drawing: three lines for page, browser and server, an arrow for each message,
 * the header lines that mattered below it, and a caret under the fault. At most 80 columns, but for
 * a value at fault that is longer.
 */
#include <wchar.h>

#include "check.h"
#include "terminal.h"

enum { BROWSER_COLUMN = 10, SERVER_COLUMN = 77, TEXT_COLUMN = BROWSER_COLUMN + 3 };

struct canvas {
    FILE *stream;
    bool colour;
    size_t column;
};

/* Terminal columns of the character at the start, and its bytes; U+FFFD for what is not shown. */
static size_t character(cors_slice text, size_t *columns) {
    size_t size = printable_size(text);
    wchar_t wide = L'?';
    mbstate_t state;
    memset(&state, 0, sizeof state);
    *columns = 1;
    if (size > 1 && mbrtowc(&wide, text.data, size, &state) == size) {
        int width = wcwidth(wide);
        *columns = width < 0 ? 1 : (size_t)width;
    }
    return size == 0 ? 1 : size;
}

static size_t columns_of(cors_slice text) {
    size_t all = 0;
    while (text.size > 0) {
        size_t columns;
        text = text_skip(text, character(text, &columns));
        all += columns;
    }
    return all;
}

/* The beginning of the text that takes at most so many columns. */
static cors_slice fitting(cors_slice text, size_t room) {
    size_t size = 0;
    size_t used = 0;
    while (size < text.size) {
        size_t columns;
        size_t step = character(text_skip(text, size), &columns);
        if (used + columns > room) {
            break;
        }
        used += columns;
        size += step;
    }
    return (cors_slice){text.data, size};
}

static void put(struct canvas *canvas, cors_slice text) {
    print_clean(canvas->stream, text);
    canvas->column += columns_of(text);
}

static void put_text(struct canvas *canvas, const char *text) {
    put(canvas, text_slice(text));
}

static void put_styled(struct canvas *canvas, cors_slice text, const char *style) {
    style_begin(canvas->stream, canvas->colour && style != NULL, style == NULL ? "" : style);
    put(canvas, text);
    style_end(canvas->stream, canvas->colour && style != NULL);
}

/* With an ellipsis where it does not fit before the column. */
static void put_fitting(struct canvas *canvas, cors_slice text, size_t end, const char *style) {
    size_t room = end > canvas->column ? end - canvas->column : 0;
    if (columns_of(text) <= room) {
        put_styled(canvas, text, style);
    } else if (room > 0) {
        put_styled(canvas, fitting(text, room - 1), style);
        put_text(canvas, "…");
    }
}

static void put_up_to(struct canvas *canvas, size_t column, const char *filling) {
    while (canvas->column < column) {
        put_text(canvas, filling);
    }
}

static void end_line(struct canvas *canvas) {
    (void)fputs("\n", canvas->stream);
    canvas->column = 0;
}

/* The lines of page and browser; then whatever stands between browser and server. */
static void begin_lanes(struct canvas *canvas) {
    put_text(canvas, " │");
    put_up_to(canvas, BROWSER_COLUMN, " ");
    put_text(canvas, "│");
    put_up_to(canvas, TEXT_COLUMN, " ");
}

static void end_lanes(struct canvas *canvas) {
    if (canvas->column < SERVER_COLUMN) {
        put_up_to(canvas, SERVER_COLUMN, " ");
        put_text(canvas, "│");
    }
    end_line(canvas);
}

static void draw_gap(struct canvas *canvas) {
    begin_lanes(canvas);
    end_lanes(canvas);
}

/* Carets under what was just written from `column` on. */
static void draw_carets(struct canvas *canvas, size_t column, size_t count) {
    begin_lanes(canvas);
    put_up_to(canvas, column, " ");
    style_begin(canvas->stream, canvas->colour, STYLE_RED);
    for (size_t i = 0; i < (count == 0 ? 1 : count); i++) {
        put_text(canvas, "^");
    }
    style_end(canvas->stream, canvas->colour);
    end_lanes(canvas);
}

/* Path and query of a URL. */
static cors_slice target_of(cors_slice url) {
    size_t authority = text_find_folded(url, "://");
    cors_slice rest = authority < url.size ? text_skip(url, authority + 3) : url;
    cors_slice target = text_skip(rest, text_find(rest, '/'));
    return target.size == 0 ? url : target;
}

/* Path and query; the whole URL where it is of another origin than the one that was called. */
static cors_slice shown_target(const struct check_call *call,
                               const struct check_exchange *exchange) {
    cors_slice first = check_url_origin(call->keep, call->call.url);
    bool same = text_same(first, check_url_origin(call->keep, exchange->url));
    cors_slice url = shown_url(call->keep, exchange->url);
    return same ? target_of(url) : url;
}

static void draw_request_arrow(struct canvas *canvas, const struct check_call *call,
                               const struct check_exchange *exchange) {
    const char *what = exchange->beyond      ? " not sent by the browser "
                       : exchange->preflight ? " preflight "
                                             : " request ";
    size_t label = SERVER_COLUMN - 3 - columns_of(text_slice(what));
    put_text(canvas, " │");
    put_up_to(canvas, BROWSER_COLUMN, " ");
    put_text(canvas, "├─ ");
    put_fitting(canvas, exchange->method, label - 6, STYLE_BOLD);
    put_text(canvas, " ");
    put_fitting(canvas, shown_target(call, exchange), label - 2, STYLE_BOLD);
    put_text(canvas, " ");
    put_up_to(canvas, label, "─");
    put_text(canvas, what);
    put_up_to(canvas, SERVER_COLUMN - 1, "─");
    put_text(canvas, "▶│");
    end_line(canvas);
}

/* An ordinary header line, cut where it does not fit. */
static void draw_field(struct canvas *canvas, struct keep *keep, const cors_field *field) {
    begin_lanes(canvas);
    put_fitting(canvas, field->name, SERVER_COLUMN - 10, NULL);
    put_text(canvas, ": ");
    put_fitting(canvas, check_shown_value(keep, field), SERVER_COLUMN - 1, NULL);
    end_lanes(canvas);
}

/* What every request has says nothing. */
static bool request_field_matters(cors_slice name) {
    return !text_is_folded(name, "Accept") && !text_is_folded(name, "User-Agent");
}

static bool answer_field_matters(cors_slice name) {
    static const char *const more[] = {"Set-Cookie", "WWW-Authenticate", "Proxy-Authenticate"};
    for (size_t i = 0; i < sizeof more / sizeof more[0]; i++) {
        if (text_is_folded(name, more[i])) {
            return true;
        }
    }
    return cors_header_is_owned(name) || text_is_folded(name, cors_field_name(CORS_FIELD_VARY)) ||
           text_is_folded(name, cors_field_name(CORS_FIELD_LOCATION));
}

/* Where the value at fault stands in the line's value; all of it where it cannot be told. */
static void draw_fault_carets(struct canvas *canvas, size_t column, cors_slice value,
                              cors_slice fault) {
    for (size_t i = 0; fault.size > 0 && i + fault.size <= value.size; i++) {
        if (memcmp(value.data + i, fault.data, fault.size) == 0) {
            draw_carets(canvas, column + columns_of((cors_slice){value.data, i}),
                        columns_of(fault));
            return;
        }
    }
    draw_carets(canvas, column, columns_of(value));
}

static void draw_faulty_field(struct canvas *canvas, struct keep *keep, const cors_field *field,
                              cors_slice fault) {
    cors_slice value = check_shown_value(keep, field);
    begin_lanes(canvas);
    put_styled(canvas, field->name, STYLE_RED);
    put_styled(canvas, text_slice(": "), STYLE_RED);
    size_t column = canvas->column;
    put_styled(canvas, value, STYLE_RED);
    end_lanes(canvas);
    draw_fault_carets(canvas, column, value, fault);
}

static void draw_missing_field(struct canvas *canvas, const char *name) {
    begin_lanes(canvas);
    put_styled(canvas, text_slice("✗ no "), STYLE_RED);
    size_t column = canvas->column;
    put_styled(canvas, text_slice(name), STYLE_RED);
    end_lanes(canvas);
    draw_carets(canvas, column, strlen(name));
}

struct fault {
    bool here;
    bool status; /* the status is at fault */
    bool field;  /* a field is */
    const char *name;
    cors_slice value;
};

static struct fault fault_of(const struct check_outcome *outcome,
                             const struct check_exchange *exchange) {
    struct fault fault = {.here = check_failed(outcome) && exchange == check_last(outcome)};
    cors_field_id id = CORS_FIELD_ORIGIN;
    if (fault.here) {
        cors_code code = outcome->result->code;
        fault.status = code == CORS_CODE_PREFLIGHT_STATUS || code == CORS_CODE_PREFLIGHT_REDIRECT;
        fault.field = !fault.status && cors_code_field(code, &id);
        fault.name = cors_field_name(id);
        fault.value = outcome->result->failure.value;
    }
    return fault;
}

static cors_slice status_text(struct keep *keep, const struct check_exchange *exchange) {
    return exchange->reason.size == 0
               ? keep_format(keep, "%d", exchange->status)
               : keep_format(keep, "%d %.*s", exchange->status, SLICE_ARGUMENTS(exchange->reason));
}

static void draw_answer_arrow(struct canvas *canvas, struct keep *keep,
                              const struct check_exchange *exchange, bool fault) {
    bool answered = exchange->outcome == PROBE_ANSWERED;
    cors_slice what = answered ? status_text(keep, exchange) : text_slice("✗ no answer");
    put_text(canvas, " │");
    put_up_to(canvas, BROWSER_COLUMN, " ");
    put_text(canvas, "│◀─ ");
    size_t column = canvas->column;
    put_fitting(canvas, what, SERVER_COLUMN - 16, fault || !answered ? STYLE_RED : STYLE_BOLD);
    put_text(canvas, " ");
    if (exchange->version.size > 0) {
        cors_slice version = keep_format(keep, " HTTP/%.*s ", SLICE_ARGUMENTS(exchange->version));
        put_up_to(canvas, SERVER_COLUMN - 3 - columns_of(version), "─");
        put(canvas, version);
    }
    put_up_to(canvas, SERVER_COLUMN, "─");
    put_text(canvas, "┤");
    end_line(canvas);
    if (fault) {
        draw_carets(canvas, column, 3);
    }
}

static void draw_answer_fields(struct canvas *canvas, struct keep *keep,
                               const struct check_exchange *exchange, const struct fault *fault) {
    bool found = false;
    for (size_t i = 0; i < exchange->field_count; i++) {
        const cors_field *field = &exchange->fields[i];
        if (fault->field && text_is_folded(field->name, fault->name)) {
            draw_faulty_field(canvas, keep, field, fault->value);
            found = true;
        } else if (answer_field_matters(field->name)) {
            draw_field(canvas, keep, field);
        }
    }
    if (fault->field && !found && exchange->outcome == PROBE_ANSWERED) {
        draw_missing_field(canvas, fault->name);
    }
}

static void draw_exchange(struct canvas *canvas, const struct check_outcome *outcome,
                          const struct check_exchange *exchange) {
    struct keep *keep = outcome->call->keep;
    struct fault fault = fault_of(outcome, exchange);
    draw_request_arrow(canvas, outcome->call, exchange);
    for (size_t i = 0; i < exchange->sent_count; i++) {
        if (request_field_matters(exchange->sent[i].name)) {
            draw_field(canvas, keep, &exchange->sent[i]);
        }
    }
    draw_answer_arrow(canvas, keep, exchange, fault.here && fault.status);
    draw_answer_fields(canvas, keep, exchange, &fault);
    draw_gap(canvas);
}

/* The call, from the page to the browser. */
static void draw_call(struct canvas *canvas, const struct check_call *call) {
    put_text(canvas, " page");
    put_up_to(canvas, BROWSER_COLUMN, " ");
    put_text(canvas, "browser");
    put_up_to(canvas, SERVER_COLUMN - 5, " ");
    put_text(canvas, "server");
    end_line(canvas);
    put_text(canvas, " ├");
    put_fitting(canvas, call->call.method, BROWSER_COLUMN - 1, STYLE_BOLD);
    put_up_to(canvas, BROWSER_COLUMN - 1, "─");
    put_text(canvas, "▶│");
    end_lanes(canvas);
}

/* What the page gets. */
static void draw_end(struct canvas *canvas, const struct check_outcome *outcome) {
    bool failed = check_failed(outcome);
    if (outcome->result == NULL) {
        begin_lanes(canvas);
        put_text(canvas, "? ");
        put_text(canvas, outcome->end == CHECK_UNSENT ? "not sent" : "no answer was handed in");
        end_lanes(canvas);
        return;
    }
    put_text(canvas, " │◀─ ");
    put_styled(canvas, text_slice(failed ? "✗" : "✓"), failed ? STYLE_RED : STYLE_GREEN);
    put_text(canvas, " ");
    put_up_to(canvas, BROWSER_COLUMN, "─");
    put_text(canvas, "┤  ");
    put_styled(canvas, text_slice(failed ? cors_code_name(outcome->result->code) : "ok"),
               failed ? STYLE_RED : STYLE_GREEN);
    end_lanes(canvas);
}

void check_drawing_print(const struct check_outcome *outcome, FILE *stream, bool colour) {
    struct canvas canvas = {stream, colour, 0};
    draw_call(&canvas, outcome->call);
    for (size_t i = 0; i < outcome->browser_count; i++) {
        draw_exchange(&canvas, outcome, &outcome->exchanges[i]);
    }
    draw_end(&canvas, outcome);
    for (size_t i = outcome->browser_count; i < outcome->exchange_count; i++) {
        draw_gap(&canvas);
        draw_exchange(&canvas, outcome, &outcome->exchanges[i]);
    }
}
