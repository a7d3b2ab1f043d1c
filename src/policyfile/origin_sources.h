/* SPDX-License-Identifier: MIT */
/*
 * Where origins come from besides the policy file itself: variables and lists of their own. Also
 * keeps every text that the builder borrows until it is finished.
 */
#ifndef CORS_POLICYFILE_ORIGIN_SOURCES_H
#define CORS_POLICYFILE_ORIGIN_SOURCES_H

#include <cors/policy.h>

struct cors_list_watcher;
struct kept_text;

struct origin_sources {
    cors_builder *builder;
    const char *policy_path;
    const struct cors_list_watcher *watcher; /* NULL: files are at rest */
    struct kept_text *kept;
    bool out_of_memory;
};

void origin_sources_begin(struct origin_sources *sources, cors_builder *builder,
                          const char *policy_path, const struct cors_list_watcher *watcher);
void origin_sources_end(struct origin_sources *sources);

/* A copy that lives until the sources end, with a NUL behind it; empty where memory is out. */
cors_slice origin_sources_keep(struct origin_sources *sources, cors_slice text);

/*
 * Adds the origins in a variable, separated by commas or white space. An unset one has none.
 * `environment` is empty for all. Texts are borrowed until the sources end.
 */
void origin_sources_add_variable(struct origin_sources *sources, cors_slice name,
                                 cors_slice environment, cors_position position);

/*
 * Adds the origins in a file, one a line, # before comments; the path is relative to the policy
 * file. A file that cannot be read is reported at `position`.
 */
void origin_sources_add_file(struct origin_sources *sources, cors_slice path,
                             cors_slice environment, cors_position position);

#endif
