/* SPDX-License-Identifier: MIT */
#include "problems.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <wchar.h>

#include "terminal.h"

/* A longer line is not shown: it would fill the screen and hide the caret. */
enum { SHOWN_LINE_MAX = 400 };

/* A file that is read along with its problems, which come in the order of its lines. */
struct source {
    FILE *stream; /* NULL: cannot be shown */
    uint32_t file;
    uint32_t line; /* the one that `text` holds */
    char *text;
    size_t capacity;
    ssize_t size; /* without the line break; -1: not there */
};

static const struct {
    const char *style;
} severities[] = {[CORS_SEVERITY_INFO] = {STYLE_BLUE},
                  [CORS_SEVERITY_WARNING] = {STYLE_YELLOW},
                  [CORS_SEVERITY_ERROR] = {STYLE_RED}};

static void source_close(struct source *source) {
    if (source->stream != NULL) {
        (void)fclose(source->stream);
    }
    source->stream = NULL;
}

/* Opens a file that can be read a second time: not a pipe. */
static void source_open(struct source *source, const cors_builder *builder, uint32_t file) {
    struct stat status;
    char path[4096];
    cors_slice name = cors_builder_file_name(builder, file);
    source_close(source);
    source->file = file;
    source->line = 0;
    if (name.size >= sizeof path) {
        return;
    }
    memcpy(path, name.data, name.size);
    path[name.size] = '\0';
    if (stat(path, &status) == 0 && S_ISREG(status.st_mode)) {
        source->stream = fopen(path, "re");
    }
}

static void source_seek(struct source *source, const cors_builder *builder,
                        cors_position position) {
    if (source->file != position.file || position.line < source->line) {
        source_open(source, builder, position.file);
    }
    while (source->stream != NULL && source->line < position.line) {
        source->size = getline(&source->text, &source->capacity, source->stream);
        source->line++;
        if (source->size < 0) {
            source_close(source);
        }
    }
}

/* The line that a position is in, without its break; empty where it cannot be shown. */
static cors_slice source_line(const struct source *source) {
    if (source->stream == NULL || source->size <= 0) {
        return (cors_slice){"", 0};
    }
    cors_slice line = {source->text, (size_t)source->size};
    while (line.size > 0 &&
           (line.data[line.size - 1] == '\n' || line.data[line.size - 1] == '\r')) {
        line.size--;
    }
    bool marked = source->line == 1 && line.size >= 3 && memcmp(line.data, "\xEF\xBB\xBF", 3) == 0;
    size_t skipped = marked ? 3 : 0;
    return (cors_slice){line.data + skipped, line.size - skipped};
}

/* How many columns of a terminal the character at the start of the text takes. */
static int columns_of(cors_slice text, size_t *size) {
    *size = printable_size(text);
    if (*size == 0) {
        *size = 1;
        return 1;
    }
    wchar_t character = 0;
    mbstate_t state;
    memset(&state, 0, sizeof state);
    (void)mbrtowc(&character, text.data, text.size, &state);
    int columns = wcwidth(character);
    return columns < 0 ? 1 : columns;
}

static void print_indent(FILE *stream, int columns) {
    for (int i = 0; i < columns; i++) {
        (void)fputc(' ', stream);
    }
}

/* Prints the line with its tabs as one space each, so that the caret below stands right. */
static void print_line(FILE *stream, cors_slice line) {
    (void)fputs("    ", stream);
    while (line.size > 0) {
        size_t size = 1;
        if (line.data[0] == '\t') {
            (void)fputc(' ', stream);
        } else {
            (void)columns_of(line, &size);
            print_clean(stream, (cors_slice){line.data, size});
        }
        line = (cors_slice){line.data + size, line.size - size};
    }
    (void)fputc('\n', stream);
}

static void print_caret(FILE *stream, bool colour, cors_slice line, uint32_t column) {
    int columns = 0;
    for (uint32_t i = 1; i < column && line.size > 0; i++) {
        size_t size;
        columns += line.data[0] == '\t' ? 1 : columns_of(line, &size);
        size = line.data[0] == '\t' ? 1 : size;
        line = (cors_slice){line.data + size, line.size - size};
    }
    print_indent(stream, 4 + columns);
    style_begin(stream, colour, STYLE_GREEN);
    (void)fputc('^', stream);
    style_end(stream, colour);
    (void)fputc('\n', stream);
}

static void print_head(FILE *stream, bool colour, cors_slice file, const cors_problem *problem) {
    style_begin(stream, colour, STYLE_BOLD);
    print_clean(stream, file);
    (void)fprintf(stream, ":%u:%u: ", problem->position.line, problem->position.column);
    style_end(stream, colour);
    style_begin(stream, colour, severities[problem->severity].style);
    (void)fprintf(stream, "%s: ", cors_severity_name(problem->severity));
    style_end(stream, colour);
    print_clean(stream, problem->message);
    (void)fprintf(stream, " [%s]\n", cors_rule_name(problem->rule));
}

static void print_problem(FILE *stream, bool colour, const cors_builder *builder,
                          const cors_problem *problem, struct source *source) {
    print_head(stream, colour, cors_builder_file_name(builder, problem->position.file), problem);
    source_seek(source, builder, problem->position);
    cors_slice line = source_line(source);
    if (line.size > 0 && line.size <= SHOWN_LINE_MAX) {
        print_line(stream, line);
        print_caret(stream, colour, line, problem->position.column);
    }
    if (problem->suggestion.size > 0) {
        (void)fputs("    write: ", stream);
        print_clean(stream, problem->suggestion);
        (void)fputc('\n', stream);
    }
}

void problems_print(const cors_builder *builder, FILE *stream, bool colour) {
    size_t count;
    const cors_problem *problems = cors_builder_problems(builder, &count);
    struct source source = {.file = UINT32_MAX};
    for (size_t i = 0; i < count; i++) {
        print_problem(stream, colour, builder, &problems[i], &source);
    }
    source_close(&source);
    free(source.text);
}

struct problem_counts problems_count(const cors_builder *builder) {
    struct problem_counts counts = {0, 0, 0};
    size_t count;
    const cors_problem *problems = cors_builder_problems(builder, &count);
    for (size_t i = 0; i < count; i++) {
        counts.errors += problems[i].severity == CORS_SEVERITY_ERROR;
        counts.warnings += problems[i].severity == CORS_SEVERITY_WARNING;
        counts.infos += problems[i].severity == CORS_SEVERITY_INFO;
    }
    return counts;
}
