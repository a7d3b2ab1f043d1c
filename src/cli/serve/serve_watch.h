/* SPDX-License-Identifier: MIT */
/*
 * Watching the policy file and the lists that it names, however they are changed: edited in place,
 * replaced by rename, removed and written anew, or reached through a symbolic link that is turned
 * elsewhere.
 */
#ifndef CORS_SERVE_WATCH_H
#define CORS_SERVE_WATCH_H

#include <cors/policy.h>
#include <stdbool.h>
#include <stdint.h>
#include <time.h>

#include "policyfile.h"

struct serve_watched;

struct serve_watch {
    int events; /* an inotify descriptor to wait on; -1: nothing is watched */
    struct serve_watched *files;
    size_t file_count;
    int64_t due;         /* when to read the policy again, in milliseconds; 0: nothing changed */
    int64_t due_at_last; /* when to, whatever else changes; 0 likewise */
    struct timespec read_since; /* when the policy was begun to be read, in real time */
};

/* Begins to watch one file. Says what is wrong and returns false on failure. */
bool serve_watch_start(struct serve_watch *watch, const char *policy);

/* To be called before the policy is read: changes until now are taken into account by that. */
void serve_watch_forget_changes(struct serve_watch *watch);

/* Watches all files that a builder read, or tried to, besides those that are watched already. */
void serve_watch_add_files(struct serve_watch *watch, const cors_builder *builder);

/*
 * Tells whether a list whose last line has no newline is whole: it is once everybody who wrote to
 * it has closed it. Lives as long as the watch.
 */
struct cors_list_watcher serve_watch_lists(struct serve_watch *watch);

/*
 * To be called when `events` can be read. If a file changed, `due` is set to a moment after `now`
 * when nothing more should be coming: a file may be half written.
 */
void serve_watch_take_events(struct serve_watch *watch, int64_t now);

void serve_watch_finish(struct serve_watch *watch);

#endif
