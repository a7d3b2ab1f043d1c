/* SPDX-License-Identifier: MIT */
#include "expectation_output.h"

#include <jansson.h>

#include "json_text.h"
#include "json_writer.h"
#include "problems.h"
#include "terminal.h"
#include "text_slices.h"
#include "xml_text.h"

static const char *const verdict_names[] = {[EXPECTATION_HOLDS] = "holds",
                                            [EXPECTATION_UNSENT] = "not-judged",
                                            [EXPECTATION_FAILS] = "fails",
                                            [EXPECTATION_NETWORK] = "network-failure"};

static size_t count_of(const struct expectation_report *report, enum expectation_verdict verdict) {
    size_t count = 0;
    for (size_t i = 0; i < report->file->count; i++) {
        count += report->judgements[i].verdict == verdict;
    }
    return count;
}

/* The browsers of a failure, by name. */
static void print_browsers(FILE *stream, const struct expectation_report *report,
                           unsigned browsers) {
    const char *before = "";
    if (browsers == report->browsers && (browsers & (browsers - 1)) != 0) {
        (void)fputs("every browser", stream);
        return;
    }
    for (int i = CORS_BROWSER_STANDARD; i <= CORS_BROWSER_SAFARI; i++) {
        if ((browsers & 1U << i) != 0) {
            (void)fprintf(stream, "%s%s", before, cors_browser_name((cors_browser)i));
            before = ", ";
        }
    }
}

/* Each line of a text that was made here, with something before it. */
static void print_lines(FILE *stream, cors_slice text, const char *before) {
    cors_slice line;
    while (text.size > 0) {
        line = (cors_slice){text.data, text_find(text, '\n')};
        (void)fputs(before, stream);
        print_clean(stream, line);
        (void)fputc('\n', stream);
        text = text_skip(text, line.size < text.size ? line.size + 1 : line.size);
    }
}

static void print_failure(FILE *stream, const struct expectation_report *report,
                          const struct expectation_failure *failure) {
    (void)fputs("       ", stream);
    print_clean(stream, failure->call);
    (void)fprintf(stream, ": %s in ", failure->code);
    print_browsers(stream, report, failure->browsers);
    (void)fputc('\n', stream);
    print_lines(stream, failure->cause, "       ");
    print_lines(stream, failure->fix, "       fix: ");
    print_lines(stream, failure->exchange, "         ");
    print_lines(stream, failure->preflight, "       preflight because of ");
}

static void print_table_line(const struct expectation_report *report, size_t index) {
    static const char *const marks[] = {[EXPECTATION_HOLDS] = "\u2713",
                                        [EXPECTATION_UNSENT] = "-",
                                        [EXPECTATION_FAILS] = "\u2717",
                                        [EXPECTATION_NETWORK] = "!"};
    static const char *const styles[] = {[EXPECTATION_HOLDS] = STYLE_GREEN,
                                         [EXPECTATION_UNSENT] = STYLE_YELLOW,
                                         [EXPECTATION_FAILS] = STYLE_RED,
                                         [EXPECTATION_NETWORK] = STYLE_RED};
    const struct expectation *expectation = &report->file->expectations[index];
    const struct expectation_judgement *judgement = &report->judgements[index];
    style_begin(stdout, report->colour, styles[judgement->verdict]);
    (void)fputs(marks[judgement->verdict], stdout);
    style_end(stdout, report->colour);
    (void)printf(" %4u ", expectation->place.line);
    print_clean(stdout, expectation->text);
    (void)puts(judgement->verdict == EXPECTATION_UNSENT ? " (not judged: --send sends it)" : "");
    for (size_t i = 0; i < judgement->failure_count; i++) {
        print_failure(stdout, report, &judgement->failures[i]);
    }
    if (report->verbose && judgement->failure_count == 0) {
        print_lines(stdout, judgement->preflight, "       preflight because of ");
    }
}

static void print_table(const struct expectation_report *report) {
    for (size_t i = 0; i < report->file->count; i++) {
        print_table_line(report, i);
    }
    size_t failed = count_of(report, EXPECTATION_FAILS) + count_of(report, EXPECTATION_NETWORK);
    (void)printf("%zu hold, %zu %s not", count_of(report, EXPECTATION_HOLDS), failed,
                 failed == 1 ? "does" : "do");
    if (count_of(report, EXPECTATION_UNSENT) > 0) {
        (void)printf(", %zu not judged", count_of(report, EXPECTATION_UNSENT));
    }
    (void)putchar('\n');
}

/* A text as a TAP description: "#" and "\" are escaped. */
static void print_tap_text(cors_slice text) {
    for (size_t i = 0; i < text.size;) {
        size_t size = printable_size(text_skip(text, i));
        if (text.data[i] == '#' || text.data[i] == '\\') {
            (void)putchar('\\');
        }
        print_clean(stdout, (cors_slice){text.data + i, size == 0 ? 1 : size});
        i += size == 0 ? 1 : size;
    }
}

/* A text in quotes; what JSON can write, YAML can read. */
static void print_quoted(const char *key, cors_slice text) {
    json_t *value = json_text(text);
    (void)fputs(key, stdout);
    (void)json_print(value, JSON_COMPACT, stdout);
    (void)putchar('\n');
    json_decref(value);
}

static void print_tap_failure(const struct expectation_report *report,
                              const struct expectation_failure *failure) {
    print_quoted("    - call: ", failure->call);
    (void)printf("      code: \"%s\"\n      browsers: \"", failure->code);
    print_browsers(stdout, report, failure->browsers);
    (void)puts("\"");
    print_quoted("      cause: ", failure->cause);
    print_quoted("      fix: ", failure->fix);
    print_quoted("      exchange: ", failure->exchange);
    print_quoted("      preflight: ", failure->preflight);
}

static void print_tap(const struct expectation_report *report) {
    (void)printf("TAP version 14\n1..%zu\n", report->file->count);
    for (size_t i = 0; i < report->file->count; i++) {
        const struct expectation *expectation = &report->file->expectations[i];
        const struct expectation_judgement *judgement = &report->judgements[i];
        bool fine = judgement->verdict <= EXPECTATION_UNSENT;
        (void)printf("%sok %zu - ", fine ? "" : "not ", i + 1);
        print_tap_text(expectation->text);
        (void)puts(judgement->verdict == EXPECTATION_UNSENT ? " # SKIP --send sends it" : "");
        if (fine) {
            continue;
        }
        (void)printf("  ---\n  line: %u\n  failures:\n", expectation->place.line);
        for (size_t j = 0; j < judgement->failure_count; j++) {
            print_tap_failure(report, &judgement->failures[j]);
        }
        (void)puts("  ...");
    }
}

static void print_junit_case(const struct expectation_report *report, size_t index) {
    const struct expectation_judgement *judgement = &report->judgements[index];
    (void)fputs("    <testcase classname=\"", stdout);
    xml_write(stdout, text_slice(report->name));
    (void)fputs("\" name=\"", stdout);
    xml_write(stdout, report->file->expectations[index].text);
    (void)printf("\" line=\"%u\">\n", report->file->expectations[index].place.line);
    if (judgement->verdict == EXPECTATION_UNSENT) {
        (void)puts("      <skipped message=\"--send sends it\"/>");
    }
    for (size_t i = 0; i < judgement->failure_count; i++) {
        const struct expectation_failure *failure = &judgement->failures[i];
        const char *tag = judgement->verdict == EXPECTATION_NETWORK ? "error" : "failure";
        (void)printf("      <%s type=\"%s\" message=\"", tag, failure->code);
        xml_write(stdout, failure->call);
        (void)fputs(": ", stdout);
        xml_write(stdout, failure->cause);
        (void)fputs("\">browsers: ", stdout);
        print_browsers(stdout, report, failure->browsers);
        (void)fputs("&#10;", stdout);
        xml_write(stdout, failure->fix);
        (void)fputs("&#10;", stdout);
        xml_write(stdout, failure->exchange);
        xml_write(stdout, failure->preflight);
        (void)printf("</%s>\n", tag);
    }
    (void)puts("    </testcase>");
}

static void print_junit(const struct expectation_report *report) {
    (void)fputs("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites>\n  <testsuite name=\"",
                stdout);
    xml_write(stdout, text_slice(report->name));
    (void)printf("\" tests=\"%zu\" failures=\"%zu\" errors=\"%zu\" skipped=\"%zu\">\n",
                 report->file->count, count_of(report, EXPECTATION_FAILS),
                 count_of(report, EXPECTATION_NETWORK), count_of(report, EXPECTATION_UNSENT));
    for (size_t i = 0; i < report->file->count; i++) {
        print_junit_case(report, i);
    }
    (void)puts("  </testsuite>\n</testsuites>");
}

static json_t *json_failure(const struct expectation_failure *failure) {
    json_t *browsers = json_array();
    for (int i = CORS_BROWSER_STANDARD; i <= CORS_BROWSER_SAFARI; i++) {
        if ((failure->browsers & 1U << i) != 0) {
            (void)json_array_append_new(browsers, json_string(cors_browser_name((cors_browser)i)));
        }
    }
    return json_pack("{s:o, s:s, s:o, s:o, s:o, s:o, s:o}", "browsers", browsers, "code",
                     failure->code, "call", json_text(failure->call), "cause",
                     json_text(failure->cause), "fix", json_text(failure->fix), "exchange",
                     json_text(failure->exchange), "preflight", json_text(failure->preflight));
}

static void print_json(const struct expectation_report *report) {
    json_t *list = json_array();
    for (size_t i = 0; i < report->file->count; i++) {
        const struct expectation_judgement *judgement = &report->judgements[i];
        json_t *failures = json_array();
        for (size_t j = 0; j < judgement->failure_count; j++) {
            (void)json_array_append_new(failures, json_failure(&judgement->failures[j]));
        }
        (void)json_array_append_new(
            list, json_pack("{s:i, s:o, s:s, s:o, s:o}", "line",
                            (int)report->file->expectations[i].place.line, "text",
                            json_text(report->file->expectations[i].text), "verdict",
                            verdict_names[judgement->verdict], "failures", failures, "preflight",
                            json_text(judgement->preflight)));
    }
    json_t *whole = json_pack("{s:o}", "expectations", list);
    (void)json_print(whole, JSON_COMPACT, stdout);
    (void)putchar('\n');
    json_decref(whole);
}

void expectation_print(const struct expectation_report *report, enum expectation_format format) {
    static void (*const printers[])(const struct expectation_report *report) = {
        [EXPECTATION_TABLE] = print_table,
        [EXPECTATION_TAP] = print_tap,
        [EXPECTATION_JUNIT] = print_junit,
        [EXPECTATION_JSON] = print_json,
    };
    printers[format](report);
}

void expectation_print_problems(const char *name, const struct expectation_file *file, FILE *stream,
                                bool colour) {
    for (size_t i = 0; i < file->problem_count && i < EXPECTATION_PROBLEMS_MAX; i++) {
        const struct expectation_problem *problem = &file->problems[i];
        style_begin(stream, colour, STYLE_BOLD);
        print_clean(stream, text_slice(name));
        (void)fprintf(stream, ":%u:%u: ", problem->place.line, problem->place.column);
        style_end(stream, colour);
        style_begin(stream, colour, STYLE_RED);
        (void)fputs("error: ", stream);
        style_end(stream, colour);
        print_clean(stream, problem->message);
        (void)fputc('\n', stream);
        if (problem->line.size > 0) {
            problems_print_place(stream, colour, problem->line, problem->place.column);
        }
        if (problem->suggestion.size > 0) {
            (void)fputs("    write: ", stream);
            print_clean(stream, problem->suggestion);
            (void)fputc('\n', stream);
        }
    }
    if (file->problem_count > EXPECTATION_PROBLEMS_MAX) {
        (void)fprintf(stream, "... and %zu more\n", file->problem_count - EXPECTATION_PROBLEMS_MAX);
    }
}
