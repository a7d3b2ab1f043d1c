/* SPDX-License-Identifier: MIT */
/* The rules of everything but origins: paths, methods, headers, times, risks. */
#include <cors/server.h>

#include "http_names.h"
#include "policy_builder.h"
#include "policy_names.h"

static const cors_slice none = {"", 0};

static void check_risks(cors_builder *builder, struct draft *draft) {
    const struct value *values = draft->risks.items;
    for (size_t i = 0; i < draft->risks.count; i++) {
        cors_slice nearest;
        cors_rule rule = cors_rule_find(values[i].text, &nearest);
        const struct cors_rule_row *row = cors_rule_row(rule);
        if (row == NULL) {
            cors_problem_add(builder, NULL, CORS_RULE_UNKNOWN_RISK, values[i].position,
                             MESSAGE(WORDS("There is no rule named \""), values[i].text,
                                     WORDS("\" that could be accepted.")),
                             nearest);
        } else if (!row->acceptable) {
            cors_problem_add(builder, NULL, CORS_RULE_UNKNOWN_RISK, values[i].position,
                             MESSAGE(WORDS("The rule "), values[i].text,
                                     WORDS(" cannot be accepted: it names a fault, not a risk.")),
                             none);
        } else {
            draft->accepted |= UINT64_C(1) << rule;
        }
    }
}

/* Whether the text has two hexadecimal digits after a percent sign. */
static bool holds_percent_code(cors_slice text) {
    for (size_t i = 0; i + 2 < text.size; i++) {
        char first = byte_fold(text.data[i + 1]);
        char second = byte_fold(text.data[i + 2]);
        if (text.data[i] == '%' && byte_is(first, BYTE_ADDRESS) && byte_is(second, BYTE_ADDRESS) &&
            first != ':' && first != '.' && second != ':' && second != '.') {
            return true;
        }
    }
    return false;
}

/*
 * Whether a segment is empty, "." or "..", which no normalized path has. The last segment of a
 * prefix may go on, so it is not judged.
 */
static bool holds_odd_segment(cors_slice path, bool exact) {
    cors_slice left = slice_skip(path, 1);
    while (left.size > 0) {
        size_t slash = slice_find(left, '/');
        cors_slice segment = slice_of(left.data, slash);
        bool last = slash == left.size;
        if (last && !exact) {
            return false;
        }
        if (segment.size == 0 || slice_equals(segment, CORS_SLICE(".")) ||
            slice_equals(segment, CORS_SLICE(".."))) {
            return true;
        }
        left = last ? none : slice_skip(left, slash + 1);
    }
    return false;
}

static bool holds_control(cors_slice text) {
    for (size_t i = 0; i < text.size; i++) {
        if (byte_is(text.data[i], BYTE_CONTROL)) {
            return true;
        }
    }
    return false;
}

const char *cors_path_fault(cors_slice path, bool exact) {
    if (path.size == 0 || path.data[0] != '/') {
        return "it does not start with /";
    }
    if (slice_find(path, '*') < path.size) {
        return "a * stands at the very end or not at all";
    }
    if (slice_find(path, '?') < path.size || slice_find(path, '#') < path.size) {
        return "a path has no query and no fragment";
    }
    if (holds_percent_code(path)) {
        return "paths are compared decoded: write the character itself, not its %XX code";
    }
    if (holds_odd_segment(path, exact)) {
        return "paths are compared normalized, without //, /./ and /../, so it would match nothing";
    }
    return holds_control(path) ? "it holds a control character" : NULL;
}

static void check_path(cors_builder *builder, struct draft *draft) {
    cors_slice path = draft->has_path ? draft->path.text : CORS_SLICE("/*");
    draft->path_is_exact = path.size == 0 || path.data[path.size - 1] != '*';
    draft->path_literal = slice_of(path.data, path.size - !draft->path_is_exact);
    const char *fault = cors_path_fault(draft->path_literal, draft->path_is_exact);
    if (fault == NULL) {
        return;
    }
    bool no_slash = path.size > 0 && path.data[0] != '/';
    cors_slice suggestion = no_slash ? cors_message_join(builder, MESSAGE(WORDS("/"), path)) : none;
    cors_problem_add(builder, draft, CORS_RULE_PATH_SYNTAX, draft->path.position,
                     MESSAGE(WORDS("The path \""), path, WORDS("\" can match no request: "),
                             slice_of_text(fault), WORDS(".")),
                     suggestion);
    draft->path_literal = none;
}

static cors_slice upper_case(cors_builder *builder, cors_slice text) {
    char *upper = cors_builder_take(builder, text.size);
    if (upper == NULL) {
        return none;
    }
    for (size_t i = 0; i < text.size; i++) {
        upper[i] =
            (char)(byte_is(text.data[i], BYTE_LOWER) ? text.data[i] - 'a' + 'A' : text.data[i]);
    }
    return slice_of(upper, text.size);
}

static bool holds_lower_case(cors_slice text) {
    for (size_t i = 0; i < text.size; i++) {
        if (byte_is(text.data[i], BYTE_LOWER)) {
            return true;
        }
    }
    return false;
}

static void check_method(cors_builder *builder, struct draft *draft, const struct value *value) {
    cors_slice method = value->text;
    if (slice_equals(method, CORS_SLICE("*"))) {
        draft->any_method = true;
        if (draft->credentials) {
            cors_problem_add(builder, draft, CORS_RULE_WILDCARD_METHODS, value->position,
                             MESSAGE(WORDS("allow_methods * with credentials lets every allowed "
                                           "origin use any method as the visitor; list those "
                                           "that are needed.")),
                             none);
        }
    } else if (!slice_is_all(method, BYTE_TOKEN) || method.size > CORS_HEADER_NAME_MAX) {
        cors_problem_add(builder, draft, CORS_RULE_METHOD_SYNTAX, value->position,
                         MESSAGE(WORDS("\""), method,
                                 WORDS("\" is no HTTP method: a method is one word of letters, "
                                       "digits and !#$%&'*+-.^_`|~, at most 256 bytes.")),
                         none);
    } else if (cors_method_is_forbidden(method)) {
        cors_problem_add(
            builder, draft, CORS_RULE_FORBIDDEN_METHOD, value->position,
            MESSAGE(WORDS("No browser lets a page send "), method, WORDS("; remove it.")), none);
    } else if (holds_lower_case(method)) {
        cors_slice upper = upper_case(builder, method);
        cors_problem_add(builder, draft, CORS_RULE_METHOD_CASE, value->position,
                         MESSAGE(WORDS("Methods are case-sensitive: \""), method,
                                 WORDS("\" is another method than \""), upper, WORDS("\".")),
                         upper);
    } else if (cors_method_is_safelisted(method)) {
        cors_problem_add(builder, draft, CORS_RULE_SAFELISTED_METHOD, value->position,
                         MESSAGE(method, WORDS(" never needs listing: GET, HEAD and POST are "
                                               "always allowed.")),
                         none);
    }
}

/* Whether a header name is sound; reports it if not. */
static bool check_header_name(cors_builder *builder, const struct draft *draft,
                              const struct value *value) {
    if (!slice_is_all(value->text, BYTE_TOKEN)) {
        cors_problem_add(builder, draft, CORS_RULE_HEADER_SYNTAX, value->position,
                         MESSAGE(WORDS("\""), value->text,
                                 WORDS("\" is no header name: a name is one word of letters, "
                                       "digits and !#$%&'*+-.^_`|~.")),
                         none);
        return false;
    }
    if (value->text.size > CORS_HEADER_NAME_MAX) {
        cors_problem_add(builder, draft, CORS_RULE_HEADER_SYNTAX, value->position,
                         MESSAGE(WORDS("\""), value->text,
                                 WORDS("\" is longer than the 256 bytes that a header name can "
                                       "have here.")),
                         none);
        return false;
    }
    return true;
}

static void check_header(cors_builder *builder, struct draft *draft, const struct value *value) {
    if (slice_equals(value->text, CORS_SLICE("*"))) {
        draft->any_header = true;
        if (draft->credentials) {
            cors_problem_add(builder, draft, CORS_RULE_WILDCARD_HEADERS, value->position,
                             MESSAGE(WORDS("allow_headers * with credentials lets every allowed "
                                           "origin send any header as the visitor, Authorization "
                                           "too; list those that are needed.")),
                             none);
        }
    } else if (!check_header_name(builder, draft, value)) {
        return;
    } else if (cors_request_header_is_forbidden(value->text)) {
        cors_problem_add(builder, draft, CORS_RULE_FORBIDDEN_REQUEST_HEADER, value->position,
                         MESSAGE(WORDS("No browser lets a page set "), value->text,
                                 WORDS(" on a request; remove it.")),
                         none);
    } else if (cors_header_is_safelisted(value->text)) {
        cors_problem_add(builder, draft, CORS_RULE_SAFELISTED_HEADER, value->position,
                         MESSAGE(value->text, WORDS(" never needs listing.")), none);
    }
}

static void check_exposed(cors_builder *builder, struct draft *draft, const struct value *value) {
    if (slice_equals(value->text, CORS_SLICE("*"))) {
        if (draft->credentials) {
            cors_problem_add(
                builder, draft, CORS_RULE_WILDCARD_EXPOSE_WITH_CREDENTIALS, value->position,
                MESSAGE(WORDS("With credentials browsers take the * in expose_headers for a header "
                              "of that name; list the headers that script may read.")),
                none);
        }
    } else if (!check_header_name(builder, draft, value)) {
        return;
    } else if (cors_response_header_is_forbidden(value->text)) {
        cors_problem_add(
            builder, draft, CORS_RULE_FORBIDDEN_RESPONSE_HEADER, value->position,
            MESSAGE(WORDS("No browser ever lets script read "), value->text, WORDS("; remove it.")),
            none);
    } else if (cors_header_is_sensitive(value->text)) {
        cors_problem_add(builder, draft, CORS_RULE_EXPOSES_SENSITIVE_HEADER, value->position,
                         MESSAGE(WORDS("By its name "), value->text,
                                 WORDS(" carries a secret, which script on every allowed origin "
                                       "could then read.")),
                         none);
    }
}

static uint64_t unit_seconds(char unit) {
    switch (unit) {
    case 's':
        return 1;
    case 'm':
        return 60;
    case 'h':
        return 3600;
    case 'd':
        return 86400;
    default:
        return 0;
    }
}

/* Reads "600", "10m" and the like. */
static bool read_seconds(cors_slice text, uint32_t *seconds) {
    uint64_t unit = 1;
    cors_slice digits = text;
    if (text.size > 0 && !byte_is(text.data[text.size - 1], BYTE_DIGIT)) {
        unit = unit_seconds(text.data[text.size - 1]);
        digits.size--;
    }
    if (unit == 0 || digits.size > 10 || !slice_is_all(digits, BYTE_DIGIT)) {
        return false;
    }
    uint64_t number = 0;
    for (size_t i = 0; i < digits.size; i++) {
        number = number * 10 + (uint64_t)(digits.data[i] - '0');
    }
    number *= unit;
    *seconds = (uint32_t)number;
    return number <= INT32_MAX;
}

/* What browsers keep a preflight's answer for, whatever it says. */
static const struct {
    const char *browser;
    uint32_t seconds;
} max_age_caps[] = {{"Safari", 600}, {"Chromium", 7200}, {"Firefox", 86400}};

static void report_caps(cors_builder *builder, const struct draft *draft) {
    enum { CAPS = sizeof max_age_caps / sizeof max_age_caps[0] };
    cors_slice pieces[2 + 5 * CAPS];
    size_t count = 0;
    pieces[count++] = WORDS("Browsers keep it for less:");
    for (size_t i = 0; i < CAPS && max_age_caps[i].seconds < draft->max_age; i++) {
        pieces[count++] = i == 0 ? WORDS(" ") : WORDS(", ");
        pieces[count++] = slice_of_text(max_age_caps[i].browser);
        pieces[count++] = WORDS(" ");
        pieces[count++] = cors_number_text(builder, max_age_caps[i].seconds);
        pieces[count++] = WORDS(" s");
    }
    pieces[count++] = WORDS(".");
    if (draft->max_age > max_age_caps[0].seconds) {
        cors_problem_add(builder, draft, CORS_RULE_MAX_AGE_CAPPED, draft->max_age_value.position,
                         (struct message){pieces, count}, none);
    }
}

static void check_max_age(cors_builder *builder, struct draft *draft) {
    if (!draft->has_max_age) {
        if (draft->methods.count + draft->headers.count > 0 && !draft->is_incomplete) {
            cors_problem_add(builder, draft, CORS_RULE_MAX_AGE_MISSING, draft->position,
                             MESSAGE(WORDS("Without max_age browsers keep a preflight's answer for "
                                           "5 seconds and then ask again.")),
                             WORDS("max_age: 10m"));
        }
        return;
    }
    draft->max_age_known = read_seconds(draft->max_age_value.text, &draft->max_age);
    if (!draft->max_age_known) {
        cors_problem_add(builder, draft, CORS_RULE_MAX_AGE_RANGE, draft->max_age_value.position,
                         MESSAGE(WORDS("\""), draft->max_age_value.text,
                                 WORDS("\" is no time: write seconds from 0 to 2147483647, or a "
                                       "number with s, m, h or d, such as 10m.")),
                         none);
        return;
    }
    report_caps(builder, draft);
}

static void check_credentials(cors_builder *builder, struct draft *draft) {
    if (!draft->has_credentials) {
        return;
    }
    cors_slice text = draft->credentials_value.text;
    draft->credentials = slice_equals(text, CORS_SLICE("true"));
    if (!draft->credentials && !slice_equals(text, CORS_SLICE("false"))) {
        cors_problem_add(
            builder, draft, CORS_RULE_WRONG_TYPE, draft->credentials_value.position,
            MESSAGE(WORDS("allow_credentials is true or false, not \""), text, WORDS("\".")), none);
    }
}

static void check_preflight_status(cors_builder *builder, struct draft *draft) {
    draft->preflight_status = 204;
    if (!draft->has_preflight_status) {
        return;
    }
    cors_slice text = draft->preflight_status_value.text;
    if (slice_equals(text, CORS_SLICE("200"))) {
        draft->preflight_status = 200;
    } else if (!slice_equals(text, CORS_SLICE("204"))) {
        cors_problem_add(
            builder, draft, CORS_RULE_WRONG_TYPE, draft->preflight_status_value.position,
            MESSAGE(WORDS("preflight_status is 204 or 200, not \""), text, WORDS("\".")),
            WORDS("204"));
    }
}

static void check_each(cors_builder *builder, struct draft *draft, const struct array *values,
                       void (*check)(cors_builder *, struct draft *, const struct value *)) {
    const struct value *items = values->items;
    for (size_t i = 0; i < values->count; i++) {
        check(builder, draft, &items[i]);
    }
}

void cors_draft_check(cors_builder *builder, struct draft *draft) {
    check_risks(builder, draft);
    check_path(builder, draft);
    check_credentials(builder, draft);
    check_each(builder, draft, &draft->methods, check_method);
    check_each(builder, draft, &draft->headers, check_header);
    check_each(builder, draft, &draft->exposed, check_exposed);
    check_max_age(builder, draft);
    check_preflight_status(builder, draft);
}
