/* SPDX-License-Identifier: MIT */
#include "problems.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <wchar.h>

#include "terminal.h"

/*
 * Of a long line the part around the place is shown: so many characters, some of them before it.
 * Nobody reads what is further right than the last number.
 */
enum { SHOWN_MAX = 160, SHOWN_BEFORE = 60, SHOWN_COLUMN_MAX = 10000 };

/* A file that is read along with its problems, which come in the order of its lines. */
struct source {
    FILE *stream; /* NULL: cannot be shown */
    uint32_t file;
    uint32_t line; /* the one that `text` holds */
    char *text;
    size_t capacity;
    ssize_t size; /* without the line break; -1: not there */
};

static const char *const severity_styles[] = {[CORS_SEVERITY_INFO] = STYLE_BLUE,
                                              [CORS_SEVERITY_WARNING] = STYLE_YELLOW,
                                              [CORS_SEVERITY_ERROR] = STYLE_RED};

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

/* A character of a line as it is shown: its bytes, and the columns of a terminal that it takes. */
struct character {
    size_t size;
    int columns;
};

static struct character first_character(cors_slice text) {
    size_t size = printable_size(text);
    if (size == 0) { /* a tab, shown as a space, or what is shown as U+FFFD */
        return (struct character){1, 1};
    }
    if (size == 1) { /* ASCII */
        return (struct character){1, 1};
    }
    wchar_t character = 0;
    mbstate_t state;
    memset(&state, 0, sizeof state);
    (void)mbrtowc(&character, text.data, text.size, &state);
    int columns = wcwidth(character);
    return (struct character){size, columns < 0 ? 1 : columns};
}

static cors_slice drop(cors_slice text, size_t size) {
    return (cors_slice){text.data + size, text.size - size};
}

/* The line without its first `count` characters. */
static cors_slice drop_characters(cors_slice line, uint32_t count) {
    while (count > 0 && line.size > 0) {
        line = drop(line, first_character(line).size);
        count--;
    }
    return line;
}

static void print_character(FILE *stream, cors_slice line, size_t size) {
    if (line.data[0] == '\t') {
        (void)fputc(' ', stream);
    } else {
        print_clean(stream, (cors_slice){line.data, size});
    }
}

void problems_print_place(FILE *stream, bool colour, cors_slice line, uint32_t column) {
    bool cut = column > SHOWN_MAX - SHOWN_BEFORE;
    uint32_t first = cut ? column - SHOWN_BEFORE : 1;
    cors_slice left = drop_characters(line, first - 1);
    int indent = 4 + cut;
    (void)fputs(cut ? "    \u2026" : "    ", stream);
    for (uint32_t i = first; i < first + SHOWN_MAX && left.size > 0; i++) {
        struct character character = first_character(left);
        print_character(stream, left, character.size);
        indent += i < column ? character.columns : 0;
        left = drop(left, character.size);
    }
    (void)fputs(left.size > 0 ? "\u2026\n" : "\n", stream);
    (void)fprintf(stream, "%*s", indent, "");
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
    style_begin(stream, colour, severity_styles[problem->severity]);
    (void)fprintf(stream, "%s: ", cors_severity_name(problem->severity));
    style_end(stream, colour);
    print_clean(stream, problem->message);
    (void)fprintf(stream, " [%s]\n", cors_rule_name(problem->rule));
}

/* A file that cannot be read may be no text, of which no line can be shown. */
static bool can_be_shown(const cors_problem *problem, cors_slice line) {
    bool text = problem->rule != CORS_RULE_UNREADABLE_FILE || line.size == 0 ||
                memchr(line.data, 0, line.size) == NULL;
    return text && line.size > 0 && problem->position.column <= SHOWN_COLUMN_MAX;
}

static void print_problem(FILE *stream, bool colour, const cors_builder *builder,
                          const cors_problem *problem, struct source *source) {
    print_head(stream, colour, cors_builder_file_name(builder, problem->position.file), problem);
    source_seek(source, builder, problem->position);
    cors_slice line = source_line(source);
    if (can_be_shown(problem, line)) {
        problems_print_place(stream, colour, line, problem->position.column);
    }
    if (problem->suggestion.size > 0) {
        (void)fputs("    write: ", stream);
        print_clean(stream, problem->suggestion);
        (void)fputc('\n', stream);
    }
}

/*
 * Standard error hands each byte on at once, and a list of a million origins may have a million
 * problems: another stream to the same place, which gathers them. NULL where there is none.
 */
static FILE *open_gathering(FILE *stream) {
    (void)fflush(stream);
    int descriptor = stream == stderr ? dup(fileno(stream)) : -1;
    FILE *gathering = descriptor < 0 ? NULL : fdopen(descriptor, "w");
    if (gathering == NULL && descriptor >= 0) {
        (void)close(descriptor);
    }
    return gathering;
}

void problems_print(const cors_builder *builder, FILE *stream, bool colour) {
    size_t count;
    const cors_problem *problems = cors_builder_problems(builder, &count);
    struct source source = {.file = UINT32_MAX};
    FILE *gathering = open_gathering(stream);
    for (size_t i = 0; i < count; i++) {
        print_problem(gathering == NULL ? stream : gathering, colour, builder, &problems[i],
                      &source);
    }
    if (gathering != NULL) {
        (void)fclose(gathering);
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
