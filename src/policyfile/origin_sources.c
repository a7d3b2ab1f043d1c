/* SPDX-License-Identifier: MIT */
#include "origin_sources.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "policyfile.h"
#include "text_file.h"

/* A list may hold tens of millions of origins; more is a mistake. */
#define LIST_FILE_MAX ((size_t)1 << 30)

struct kept_text {
    struct kept_text *next;
    char *data;
};

void origin_sources_begin(struct origin_sources *sources, cors_builder *builder,
                          const char *policy_path, const struct cors_list_watcher *watcher) {
    *sources =
        (struct origin_sources){.builder = builder, .policy_path = policy_path, .watcher = watcher};
}

void origin_sources_end(struct origin_sources *sources) {
    while (sources->kept != NULL) {
        struct kept_text *text = sources->kept;
        sources->kept = text->next;
        free(text->data);
        free(text);
    }
}

/* Takes memory over; frees it at once where there is none to remember it. */
static bool keep(struct origin_sources *sources, char *data) {
    struct kept_text *text = malloc(sizeof *text);
    if (data == NULL || text == NULL) {
        free(data);
        free(text);
        sources->out_of_memory = true;
        return false;
    }
    *text = (struct kept_text){sources->kept, data};
    sources->kept = text;
    return true;
}

cors_slice origin_sources_keep(struct origin_sources *sources, cors_slice text) {
    char *copy = malloc(text.size + 1);
    if (copy != NULL) {
        memcpy(copy, text.data, text.size);
        copy[text.size] = '\0';
    }
    return keep(sources, copy) ? (cors_slice){copy, text.size} : (cors_slice){"", 0};
}

static void add(struct origin_sources *sources, cors_slice origin, cors_slice environment,
                cors_position position) {
    if (cors_builder_add_origin_for(sources->builder, environment, origin, position) != CORS_OK) {
        sources->out_of_memory = true;
    }
}

static void report(struct origin_sources *sources, cors_rule rule, cors_position position,
                   const char *message) {
    cors_slice text = {message, strlen(message)};
    cors_builder_mark_incomplete(sources->builder);
    if (cors_builder_report(sources->builder, rule, position, text, (cors_slice){"", 0}) !=
        CORS_OK) {
        sources->out_of_memory = true;
    }
}

static bool holds_nul(cors_slice text) {
    return memchr(text.data, '\0', text.size) != NULL;
}

void origin_sources_add_variable(struct origin_sources *sources, cors_slice name,
                                 cors_slice environment, cors_position position) {
    static const char separators[] = ", \t\r\n";
    cors_slice kept_name = origin_sources_keep(sources, name);
    if (name.size == 0 || holds_nul(kept_name)) {
        report(sources, CORS_RULE_WRONG_TYPE, position, "No variable can have this name.");
        return;
    }
    const char *value = getenv(kept_name.data);
    if (value == NULL) {
        return;
    }
    cors_slice copy = origin_sources_keep(sources, (cors_slice){value, strlen(value)});
    const char *at = copy.data + strspn(copy.data, separators);
    while (*at != '\0') {
        size_t size = strcspn(at, separators);
        add(sources, (cors_slice){at, size}, environment, position);
        at += size;
        at += strspn(at, separators);
    }
}

static bool is_blank(char byte) {
    return byte == ' ' || byte == '\t' || byte == '\r';
}

/* Where a comment starts in a line: at a # that starts it or follows a blank. */
static size_t comment_start(cors_slice line) {
    for (size_t i = 0; i < line.size; i++) {
        if (line.data[i] == '#' && (i == 0 || is_blank(line.data[i - 1]))) {
            return i;
        }
    }
    return line.size;
}

static void add_line(struct origin_sources *sources, cors_slice line, cors_slice environment,
                     cors_position position) {
    size_t end = comment_start(line);
    size_t start = 0;
    while (start < end && is_blank(line.data[start])) {
        start++;
    }
    while (end > start && is_blank(line.data[end - 1])) {
        end--;
    }
    position.column = (uint32_t)start + 1;
    if (end > start) {
        add(sources, (cors_slice){line.data + start, end - start}, environment, position);
    }
}

static void add_lines(struct origin_sources *sources, cors_slice text, cors_slice environment,
                      uint32_t file) {
    cors_position position = {file, 1, 1};
    while (text.size > 0 && !sources->out_of_memory) {
        const char *newline = memchr(text.data, '\n', text.size);
        size_t size = newline == NULL ? text.size : (size_t)(newline - text.data);
        add_line(sources, (cors_slice){text.data, size}, environment, position);
        size += newline != NULL;
        text = (cors_slice){text.data + size, text.size - size};
        position.line++;
    }
}

/* The path as the policy file's folder sees it. */
static cors_slice resolve(struct origin_sources *sources, cors_slice path) {
    const char *slash = strrchr(sources->policy_path, '/');
    size_t folder = slash == NULL ? 0 : (size_t)(slash - sources->policy_path) + 1;
    if (path.size > 0 && path.data[0] == '/') {
        folder = 0;
    }
    char *joined = malloc(folder + path.size + 1);
    if (joined != NULL) {
        memcpy(joined, sources->policy_path, folder);
        memcpy(joined + folder, path.data, path.size);
        joined[folder + path.size] = '\0';
    }
    return keep(sources, joined) ? (cors_slice){joined, folder + path.size} : (cors_slice){"", 0};
}

/* Why a list cannot be read, or NULL. `*out_of_memory` tells that it could not be held. */
static const char *read_list(cors_slice path, cors_slice resolved, struct text_file *list,
                             bool *out_of_memory) {
    *out_of_memory = false;
    if (path.size == 0 || holds_nul(path)) {
        return "no file can have this name";
    }
    const char *fault = text_file_read(resolved.data, TEXT_FILE_REGULAR, LIST_FILE_MAX, list);
    *out_of_memory = fault != NULL && errno == ENOMEM;
    return fault;
}

/* The list without a last line that somebody is still writing: https://a.co may become .com. */
static cors_slice finished_lines(const struct origin_sources *sources, cors_slice path,
                                 const struct text_file *list) {
    const struct cors_list_watcher *watcher = sources->watcher;
    cors_slice text = text_file_content(list);
    if (watcher == NULL || text.size == 0 || text.data[text.size - 1] == '\n' ||
        watcher->is_whole(watcher->context, path, list->size)) {
        return text;
    }
    while (text.size > 0 && text.data[text.size - 1] != '\n') {
        text.size--;
    }
    return text;
}

void origin_sources_add_file(struct origin_sources *sources, cors_slice path,
                             cors_slice environment, cors_position position) {
    struct text_file list;
    uint32_t file;
    bool out_of_memory;
    cors_slice resolved = resolve(sources, path);
    if (sources->out_of_memory) {
        return;
    }
    const char *fault = read_list(path, resolved, &list, &out_of_memory);
    if (fault != NULL) {
        char message[512];
        int shown = resolved.size < 200 ? (int)resolved.size : 200;
        (void)snprintf(message, sizeof message, "The list \"%.*s\" cannot be read: %s.", shown,
                       resolved.data, fault);
        report(sources, CORS_RULE_UNREADABLE_FILE, position, message);
        sources->out_of_memory = sources->out_of_memory || out_of_memory;
        /* Named all the same, so that who watches files sees it come. */
        if (path.size > 0 && !holds_nul(path) &&
            cors_builder_add_file(sources->builder, resolved, &file) != CORS_OK) {
            sources->out_of_memory = true;
        }
        return;
    }
    if (!keep(sources, list.data) ||
        cors_builder_add_file(sources->builder, resolved, &file) != CORS_OK) {
        sources->out_of_memory = true;
        return;
    }
    add_lines(sources, finished_lines(sources, resolved, &list), environment, file);
}
