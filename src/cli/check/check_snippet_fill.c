/* SPDX-License-Identifier: MIT */
/* Fills the server's snippet with what the call needs and what the server allows already. */
#include "check.h"
#include "check_snippets.h"

enum { LIST_MAX = 64 };

struct name_list {
    cors_slice names[LIST_MAX];
    size_t count;
};

struct needs {
    const struct check_outcome *outcome;
    struct name_list methods; /* without those that need no listing */
    struct name_list headers;
    cors_slice origin;
    bool preflight;
    bool credentials;
};

/* Only what means nothing in any of the languages that it is put into. */
static bool is_harmless(cors_slice name, const char *more) {
    for (size_t i = 0; i < name.size; i++) {
        char byte = name.data[i];
        bool plain = (byte >= 'A' && byte <= 'Z') || (byte >= 'a' && byte <= 'z') ||
                     (byte >= '0' && byte <= '9');
        if (!plain && (byte == '\0' || strchr(more, byte) == NULL)) {
            return false;
        }
    }
    return name.size > 0;
}

static void add_name(struct name_list *list, cors_slice name, bool any_case) {
    for (size_t i = 0; i < list->count; i++) {
        if (any_case ? text_same_folded(list->names[i], name) : text_same(list->names[i], name)) {
            return;
        }
    }
    if (list->count < LIST_MAX && is_harmless(name, "-_")) {
        list->names[list->count++] = name;
    }
}

static void add_names(struct name_list *list, cors_slice names, bool any_case) {
    cors_slice name;
    while (text_take(&names, ',', &name)) {
        add_name(list, name, any_case);
    }
}

static cors_slice sent_field(const struct check_exchange *exchange, cors_field_id id) {
    for (size_t i = 0; i < exchange->sent_count; i++) {
        if (text_is_folded(exchange->sent[i].name, cors_field_name(id))) {
            return exchange->sent[i].value;
        }
    }
    return (cors_slice){NULL, 0};
}

static bool needs_listing(cors_slice method) {
    return !text_is(method, "GET") && !text_is(method, "HEAD") && !text_is(method, "POST");
}

/* What the server allows already stays allowed. */
static void take_preflight(struct needs *needs, const struct check_exchange *exchange) {
    cors_slice method = sent_field(exchange, CORS_FIELD_REQUEST_METHOD);
    needs->preflight = true;
    add_names(&needs->methods, check_field(exchange, cors_field_name(CORS_FIELD_ALLOW_METHODS)),
              false);
    add_names(&needs->headers, check_field(exchange, cors_field_name(CORS_FIELD_ALLOW_HEADERS)),
              true);
    if (needs_listing(method)) {
        add_name(&needs->methods, method, false);
    }
    add_names(&needs->headers, sent_field(exchange, CORS_FIELD_REQUEST_HEADERS), true);
}

static struct needs needs_of(const struct check_outcome *outcome) {
    const struct check_call *call = outcome->call;
    struct needs needs = {
        .outcome = outcome,
        .origin = call->call.page,
        .credentials = call->call.credentials == CORS_CREDENTIALS_INCLUDE,
    };
    for (size_t i = 0; i < outcome->exchange_count; i++) {
        if (outcome->exchanges[i].preflight) {
            take_preflight(&needs, &outcome->exchanges[i]);
        }
    }
    return needs;
}

static bool has_risk(const struct needs *needs, enum snippet_when when) {
    cors_origin origin;
    if (!cors_origin_parse(needs->origin, &origin) || origin.opaque) {
        return when == WHEN_NULL_RISK;
    }
    bool loopback = cors_origin_is_loopback(&origin);
    bool insecure = text_is(origin.scheme, "http") && !loopback;
    return needs->credentials &&
           ((when == WHEN_LOOPBACK_RISK && loopback) || (when == WHEN_INSECURE_RISK && insecure));
}

static bool is_needed(const struct needs *needs, enum snippet_when when) {
    cors_code code = needs->outcome->result->code;
    bool preflight_failed = needs->outcome->result->failure.preflight;
    switch (when) {
    case WHEN_PREFLIGHT:
        return needs->preflight;
    case WHEN_PREFLIGHT_CREDENTIALS:
        return needs->preflight && needs->credentials;
    case WHEN_METHODS:
    case WHEN_EACH_METHOD:
        return needs->preflight && needs->methods.count > 0;
    case WHEN_HEADERS:
    case WHEN_EACH_HEADER:
        return needs->preflight && needs->headers.count > 0;
    case WHEN_CREDENTIALS:
        return needs->credentials;
    case WHEN_TWICE:
        return code == CORS_CODE_MULTIPLE_ALLOW_ORIGIN;
    case WHEN_LOGIN:
        return preflight_failed && needs->outcome->result->failure.status >= 400;
    case WHEN_REDIRECT:
        return code == CORS_CODE_PREFLIGHT_REDIRECT;
    case WHEN_LOOPBACK_RISK:
    case WHEN_INSECURE_RISK:
    case WHEN_NULL_RISK:
        return has_risk(needs, when);
    default:
        return true;
    }
}

static void put_list(struct keep_text *text, const struct name_list *list, const char *separator,
                     const char *quote) {
    for (size_t i = 0; i < list->count; i++) {
        keep_text_put(text, i == 0 ? "" : separator);
        keep_text_put(text, quote);
        keep_text_add(text, list->names[i]);
        keep_text_put(text, quote);
    }
}

static struct name_list all_methods(const struct name_list *methods) {
    struct name_list all = {.count = 0};
    add_names(&all, text_slice("GET,HEAD,POST"), false);
    for (size_t i = 0; i < methods->count; i++) {
        add_name(&all, methods->names[i], false);
    }
    return all;
}

/* In a regular expression a dot stands for itself only behind a backslash. */
static void put_pattern(struct keep_text *text, cors_slice origin) {
    for (size_t i = 0; i < origin.size; i++) {
        keep_text_put(text, strchr(".[]+", origin.data[i]) != NULL ? "\\" : "");
        keep_text_add(text, (cors_slice){origin.data + i, 1});
    }
}

/* The path that is called, if it means nothing else in a configuration. */
static void put_path(struct keep_text *text, cors_slice url) {
    size_t authority = text_find_folded(url, "://");
    cors_slice rest = text_skip(url, authority < url.size ? authority + 3 : url.size);
    size_t start = text_find(rest, '/');
    size_t end = start;
    while (end < rest.size && strchr("?#", rest.data[end]) == NULL) {
        end++;
    }
    cors_slice path = {rest.data + start, end - start};
    if (is_harmless(path, "/-_.")) {
        keep_text_add(text, path);
    } else {
        keep_text_put(text, "/");
    }
}

static const struct {
    const char *mark;
    cors_field_id field;
} field_marks[] = {
    {"ACAO", CORS_FIELD_ALLOW_ORIGIN},  {"ACAC", CORS_FIELD_ALLOW_CREDENTIALS},
    {"ACAM", CORS_FIELD_ALLOW_METHODS}, {"ACAH", CORS_FIELD_ALLOW_HEADERS},
    {"ACMA", CORS_FIELD_MAX_AGE},       {"ACRM", CORS_FIELD_REQUEST_METHOD},
};

/* Puts what a mark stands for; false if it is none. `each` is the element of a line for each. */
static bool put_mark(struct keep_text *text, cors_slice mark, const struct needs *needs,
                     cors_slice each) {
    char first = mark.size > 0 ? mark.data[0] : '\0';
    bool quoted = first == '\'' || first == '"';
    const char *quote = !quoted ? "" : first == '"' ? "\"" : "'";
    mark = text_skip(mark, quoted ? 1 : 0);
    struct name_list all = all_methods(&needs->methods);
    for (size_t i = 0; i < sizeof field_marks / sizeof field_marks[0]; i++) {
        if (text_is(mark, field_marks[i].mark)) {
            keep_text_put(text, cors_field_name(field_marks[i].field));
            return true;
        }
    }
    if (text_is(mark, "ORIGIN")) {
        keep_text_add(text, needs->origin);
    } else if (text_is(mark, "ORIGIN_PATTERN")) {
        put_pattern(text, needs->origin);
    } else if (text_is(mark, "PATH")) {
        put_path(text, needs->outcome->call->call.url);
    } else if (text_is(mark, "METHODS")) {
        put_list(text, &needs->methods, ", ", quote);
    } else if (text_is(mark, "ALL_METHODS")) {
        put_list(text, &all, ", ", quote);
    } else if (text_is(mark, "HEADERS")) {
        put_list(text, &needs->headers, ", ", quote);
    } else if (text_is(mark, "SPACED_METHODS")) {
        put_list(text, &needs->methods, " ", "");
    } else if (text_is(mark, "SPACED_HEADERS")) {
        put_list(text, &needs->headers, " ", "");
    } else if (text_is(mark, "CREDENTIALS")) {
        keep_text_put(text, needs->credentials ? "true" : "false");
    } else if (text_is(mark, "METHOD") || text_is(mark, "HEADER")) {
        keep_text_add(text, each);
    } else {
        return false;
    }
    return true;
}

static void put_line(struct keep_text *text, const char *line, const struct needs *needs,
                     cors_slice each) {
    cors_slice rest = text_slice(line);
    while (rest.size > 0) {
        size_t open = text_find(rest, '@');
        keep_text_add(text, (cors_slice){rest.data, open});
        rest = text_skip(rest, open);
        if (rest.size == 0) {
            break;
        }
        size_t close = text_find(text_skip(rest, 1), '@');
        bool marked = close + 1 < rest.size &&
                      put_mark(text, (cors_slice){rest.data + 1, close}, needs, each);
        if (!marked) {
            keep_text_put(text, "@");
        }
        rest = text_skip(rest, marked ? close + 2 : 1);
    }
    keep_text_put(text, "\n");
}

static void put_lines(struct keep_text *text, const struct snippet_line *line,
                      const struct needs *needs) {
    const struct name_list *each = line->when == WHEN_EACH_METHOD   ? &needs->methods
                                   : line->when == WHEN_EACH_HEADER ? &needs->headers
                                                                    : NULL;
    if (!is_needed(needs, line->when)) {
        return;
    }
    if (each == NULL) {
        put_line(text, line->text, needs, text_slice(""));
        return;
    }
    for (size_t i = 0; i < each->count; i++) {
        put_line(text, line->text, needs, each->names[i]);
    }
}

/* Whether the server can do something about it with header lines or a status. */
static bool helps(cors_code code) {
    return (code >= CORS_CODE_MISSING_ALLOW_ORIGIN && code <= CORS_CODE_HEADER_NOT_ALLOWED);
}

void check_snippets_choose(struct check_outcome *outcome) {
    struct keep_text text = {.keep = outcome->call->keep};
    if (!check_failed(outcome) || !helps(outcome->result->code)) {
        return;
    }
    const char *server = keep_slice(outcome->call->keep, outcome->server_id).data;
    const struct snippet *snippet = check_snippet_find(server);
    struct needs needs = needs_of(outcome);
    for (const struct snippet_line *line = snippet->lines; line->text != NULL; line++) {
        put_lines(&text, line, &needs);
    }
    outcome->snippet = keep_text_slice(&text);
    outcome->snippet_place = text_slice(snippet->place);
}
