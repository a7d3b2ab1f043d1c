/* SPDX-License-Identifier: MIT */
#include "policy_lines.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void *allocate(void *context, size_t size) {
    (void)context;
    return malloc(size);
}

static void release(void *context, void *memory) {
    (void)context;
    free(memory);
}

static const cors_allocator heap = {allocate, release, NULL};

/* The file as one text that ends in NUL; NULL where it cannot be read. */
static char *read_file(const char *name) {
    enum { SIZE_MAX_READ = 1 << 20 };
    FILE *file = fopen(name, "rb");
    char *text = file == NULL ? NULL : calloc(SIZE_MAX_READ + 1, 1);
    if (text != NULL) {
        size_t size = fread(text, 1, SIZE_MAX_READ, file);
        if (ferror(file) || !feof(file) || strlen(text) != size) {
            free(text);
            text = NULL;
        }
    }
    if (file != NULL) {
        fclose(file);
    }
    return text;
}

/* Columns count characters; in UTF-8 each has one byte that is no continuation. */
static uint32_t column_of(const char *line, const char *at) {
    uint32_t column = 1;
    for (; line < at; line++) {
        column += ((unsigned char)*line & 0xc0) != 0x80;
    }
    return column;
}

/* Takes the next word off a line; empty at its end. */
static cors_slice next_word(const char **at) {
    const char *start = *at + strspn(*at, " \t\r");
    size_t size = strcspn(start, " \t\r");
    *at = start + size;
    return (cors_slice){start, size};
}

static cors_status report_key(cors_builder *builder, cors_slice nearest, cors_position place) {
    char message[160];
    int size = snprintf(message, sizeof message, "There is no such key%s%.*s.",
                        nearest.size > 0 ? "; is it " : "", (int)nearest.size, nearest.data);
    return cors_builder_report(builder, CORS_RULE_UNKNOWN_KEY, place,
                               (cors_slice){message, (size_t)size}, nearest);
}

static cors_status add_line(cors_builder *builder, const char *line, uint32_t number) {
    const char *at = line;
    cors_slice word = next_word(&at);
    cors_position place = {0, number, column_of(line, word.data)};
    cors_slice nearest;
    if (word.size == 0 || word.data[0] == '#') {
        return CORS_OK;
    }
    cors_key key = cors_key_find(word, &nearest);
    if (key == 0) {
        return report_key(builder, nearest, place);
    }
    cors_status status = CORS_OK;
    if (key == CORS_KEY_PATH) { /* each policy begins with its path */
        status = cors_builder_begin_policy(builder, place);
    }
    if (key == CORS_KEY_ALLOW_ORIGINS) { /* with no value at all, it allows nobody */
        cors_builder_has_origins(builder, place);
    }
    while (status == CORS_OK && (word = next_word(&at)).size > 0) {
        place.column = column_of(line, word.data);
        status = cors_builder_add(builder, key, word, place);
    }
    return status;
}

static cors_status add_lines(cors_builder *builder, char *text) {
    cors_status status = CORS_OK;
    for (uint32_t number = 1; status == CORS_OK && text != NULL; number++) {
        char *line = strsep(&text, "\n");
        status = add_line(builder, line, number);
    }
    return status;
}

static void print_problems(const cors_builder *builder) {
    size_t count;
    const cors_problem *problems = cors_builder_problems(builder, &count);
    for (size_t i = 0; i < count; i++) {
        cors_slice file = cors_builder_file_name(builder, problems[i].position.file);
        fprintf(stderr, "%.*s:%u:%u: %s: %.*s [%s]\n", (int)file.size, file.data,
                problems[i].position.line, problems[i].position.column,
                cors_severity_name(problems[i].severity), (int)problems[i].message.size,
                problems[i].message.data, cors_rule_name(problems[i].rule));
    }
}

static cors_slice text_slice(const char *text) {
    return (cors_slice){text, text == NULL ? 0 : strlen(text)};
}

static const cors_policy *build(char *text, const char *name) {
    /*
     * Wildcards want the public suffixes: with libpsl, `is_public_suffix` asks
     * psl_is_public_suffix(). Without it a wildcard is refused unless the policy accepts that risk.
     */
    const char *environment = getenv("CORS_ENV"); /* none: production */
    const cors_builder_options options = {.allocator = heap,
                                          .environment = text_slice(environment)};
    cors_builder *builder;
    const cors_policy *policy = NULL;
    uint32_t file;
    if (cors_builder_create(&options, &builder) != CORS_OK) {
        return NULL;
    }
    if (cors_builder_add_file(builder, text_slice(name), &file) == CORS_OK &&
        add_lines(builder, text) == CORS_OK) {
        cors_builder_finish(builder, &policy);
        print_problems(builder);
    }
    cors_builder_destroy(builder);
    return policy;
}

const cors_policy *policy_lines_read(const char *name) {
    char *text = read_file(name);
    if (text == NULL) {
        fprintf(stderr, "%s: it cannot be read as text of at most 1 MiB\n", name);
        return NULL;
    }
    const cors_policy *policy = build(text, name);
    free(text);
    return policy;
}

void policy_lines_free(const cors_policy *policy) {
    cors_policy_destroy(policy, &heap);
}
