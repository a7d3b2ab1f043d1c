/* SPDX-License-Identifier: MIT */
#include "policyfile.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "compiled_file.h"
#include "text_file.h"
#include "yaml_policies.h"

/* A policy is written by hand; long lists of origins have files of their own. */
#define POLICY_FILE_MAX ((size_t)64 << 20)

/* The offsets of a compiled one have 32 bits. */
#define COMPILED_FILE_MAX ((size_t)UINT32_MAX)

static cors_status report_start(cors_builder *builder, const char *message) {
    cors_position start = {0, 1, 1};
    return cors_builder_report(builder, CORS_RULE_UNREADABLE_FILE, start,
                               (cors_slice){message, strlen(message)}, (cors_slice){"", 0});
}

static cors_status report_unreadable(cors_builder *builder, const char *path, const char *fault) {
    char message[512];
    (void)snprintf(message, sizeof message, "The policy file \"%.200s\" cannot be read: %s.", path,
                   fault);
    return report_start(builder, message);
}

static cors_status report_unsound(cors_builder *builder, const char *fault) {
    char message[512];
    (void)snprintf(message, sizeof message, "This compiled policy cannot be read: %s.", fault);
    return report_start(builder, message);
}

/* Reads the text into the builder; `sources` keeps what the builder borrows. */
static cors_status read_text(cors_slice text, cors_builder *builder,
                             struct origin_sources *sources) {
    struct yaml_events events;
    if (!yaml_events_begin(&events, text, builder, 0)) {
        return CORS_NO_MEMORY;
    }
    yaml_policies_read(&events, sources);
    bool out_of_memory = events.out_of_memory || sources->out_of_memory;
    yaml_events_end(&events);
    return out_of_memory ? CORS_NO_MEMORY : CORS_OK;
}

/* Reads a text that is in memory, with what it names, and finishes the builder. */
static cors_status build(cors_slice text, const char *name, const struct cors_list_watcher *watcher,
                         cors_builder *builder, const cors_policy **policy) {
    struct origin_sources sources;
    origin_sources_begin(&sources, builder, name, watcher);
    cors_status status = read_text(text, builder, &sources);
    if (status == CORS_OK) {
        status = cors_builder_finish(builder, policy);
    }
    origin_sources_end(&sources);
    return status;
}

/* How much of a file is read at most; a pipe, which cannot be looked into first, as a text. */
static size_t largest_file(const char *path) {
    struct stat status;
    if (stat(path, &status) != 0 || !S_ISREG(status.st_mode)) {
        return POLICY_FILE_MAX;
    }
    int descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    bool compiled = descriptor >= 0 && compiled_file_is(descriptor);
    if (descriptor >= 0) {
        (void)close(descriptor);
    }
    return compiled ? COMPILED_FILE_MAX : POLICY_FILE_MAX;
}

/* Takes a compiled policy; it stays in the memory that it was read into. */
static cors_status take_compiled(struct text_file *file, const char *environment,
                                 cors_builder *builder, const cors_policy **policy) {
    const cors_policy *compiled;
    const char *fault = compiled_file_open(file->data, file->size, environment, &compiled);
    if (fault != NULL) {
        /* What is in it is for no environment or for all: there is nothing to say about that. */
        cors_builder_has_environment(builder, (cors_slice){environment, strlen(environment)});
        cors_status status = report_unsound(builder, fault);
        return status == CORS_OK ? cors_builder_finish(builder, NULL) : status;
    }
    if (policy != NULL) {
        *policy = compiled;
        file->data = NULL;
    }
    return CORS_OK;
}

static cors_status load(const char *path, const char *environment,
                        const struct cors_list_watcher *watcher, cors_builder *builder,
                        const cors_policy **policy) {
    struct text_file file;
    const char *fault = text_file_read(path, TEXT_FILE_ANY, largest_file(path), &file);
    if (fault != NULL) {
        if (errno == ENOMEM || report_unreadable(builder, path, fault) != CORS_OK) {
            return CORS_NO_MEMORY;
        }
        return cors_builder_finish(builder, NULL);
    }
    cors_status status = compiled_text_is((cors_slice){file.data, file.size})
                             ? take_compiled(&file, environment, builder, policy)
                             : build(text_file_content(&file), path, watcher, builder, policy);
    free(file.data);
    return status;
}

/*
 * Begins a builder whose first file is `name`; `short_of_memory` is noted while it reads, and not
 * looked at later. NULL where memory is out.
 */
static cors_builder *begin(const char *name, const char *environment, bool *short_of_memory) {
    cors_builder_options options;
    cors_builder *builder;
    uint32_t file;
    cors_native_options(&options, environment);
    options.context = short_of_memory;
    if (cors_builder_create(&options, &builder) != CORS_OK) {
        return NULL;
    }
    if (cors_builder_add_file(builder, (cors_slice){name, strlen(name)}, &file) != CORS_OK) {
        cors_builder_destroy(builder);
        return NULL;
    }
    return builder;
}

/* A builder without memory has no problems to tell. */
static cors_status end(cors_status status, bool short_of_memory, cors_builder **builder) {
    if (status == CORS_INVALID && short_of_memory) {
        status = CORS_NO_MEMORY;
    }
    if (status == CORS_NO_MEMORY) {
        cors_builder_destroy(*builder);
        *builder = NULL;
    }
    return status;
}

cors_status cors_policyfile_load_watched(const char *path, const char *environment,
                                         const struct cors_list_watcher *watcher,
                                         cors_builder **builder, const cors_policy **policy) {
    if (policy != NULL) {
        *policy = NULL;
    }
    bool short_of_memory = false;
    *builder = begin(path, environment, &short_of_memory);
    if (*builder == NULL) {
        return CORS_NO_MEMORY;
    }
    cors_status status = load(path, environment, watcher, *builder, policy);
    return end(status, short_of_memory, builder);
}

cors_status cors_policyfile_load(const char *path, const char *environment, cors_builder **builder,
                                 const cors_policy **policy) {
    return cors_policyfile_load_watched(path, environment, NULL, builder, policy);
}

cors_status cors_policyfile_load_text(cors_slice text, const char *name, const char *environment,
                                      cors_builder **builder, const cors_policy **policy) {
    if (policy != NULL) {
        *policy = NULL;
    }
    bool short_of_memory = false;
    *builder = begin(name, environment, &short_of_memory);
    if (*builder == NULL) {
        return CORS_NO_MEMORY;
    }
    if (text.size > POLICY_FILE_MAX) {
        (void)cors_builder_report(*builder, CORS_RULE_UNREADABLE_FILE, (cors_position){0, 1, 1},
                                  CORS_SLICE("The policy is larger than a policy file may be."),
                                  CORS_SLICE(""));
        return end(cors_builder_finish(*builder, NULL), false, builder);
    }
    cors_status status = build(text_without_mark(text), name, NULL, *builder, policy);
    return end(status, short_of_memory, builder);
}
