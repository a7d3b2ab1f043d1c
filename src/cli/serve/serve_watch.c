/* SPDX-License-Identifier: MIT */
#define _GNU_SOURCE
#include "serve_watch.h"

#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/inotify.h>
#include <sys/stat.h>
#include <unistd.h>

#include "serve_output.h"

/* How long files must be left alone before they are read. */
enum { QUIET_MILLISECONDS = 100 };

/* How often events are read before the files are looked at. */
enum { EVENT_READS_MAX = 16 };

/* All that can happen to a file of a folder, and to the folder. */
static const uint32_t folder_events = IN_CREATE | IN_MODIFY | IN_CLOSE_WRITE | IN_ATTRIB |
                                      IN_DELETE | IN_MOVED_FROM | IN_MOVED_TO | IN_DELETE_SELF |
                                      IN_MOVE_SELF | IN_ONLYDIR;

/* What tells one state of a file from another. */
struct fingerprint {
    bool there;
    dev_t device;
    ino_t file;
    off_t size;
    struct timespec modified;
    struct timespec changed;
};

struct serve_watched {
    char *path;
    struct fingerprint seen;
};

static struct fingerprint fingerprint_of(const char *path) {
    struct stat status;
    if (stat(path, &status) != 0) {
        return (struct fingerprint){.there = false};
    }
    return (struct fingerprint){true,           status.st_dev,  status.st_ino,
                                status.st_size, status.st_mtim, status.st_ctim};
}

static bool same_time(struct timespec left, struct timespec right) {
    return left.tv_sec == right.tv_sec && left.tv_nsec == right.tv_nsec;
}

static bool same_fingerprint(const struct fingerprint *left, const struct fingerprint *right) {
    return left->there == right->there && left->device == right->device &&
           left->file == right->file && left->size == right->size &&
           same_time(left->modified, right->modified) && same_time(left->changed, right->changed);
}

/* Watches the folder of a path, or the nearest one above that exists. */
static void watch_folder_of(int events, const char *path) {
    char folder[PATH_MAX];
    size_t size = strlen(path) + 1;
    if (size > sizeof folder) {
        return;
    }
    memcpy(folder, path, size);
    char *slash;
    while ((slash = strrchr(folder, '/')) != NULL) {
        slash[slash == folder ? 1 : 0] = '\0';
        if (inotify_add_watch(events, folder, folder_events) >= 0 || strcmp(folder, "/") == 0) {
            return;
        }
    }
    (void)inotify_add_watch(events, ".", folder_events);
}

/* The folder of a file's name, and where links lead, that of the file itself. */
static void watch_file(int events, const char *path) {
    char *target = realpath(path, NULL);
    watch_folder_of(events, path);
    if (target != NULL) {
        watch_folder_of(events, target);
        free(target);
    }
}

static bool is_watched(const struct serve_watch *watch, cors_slice path) {
    for (size_t i = 0; i < watch->file_count; i++) {
        const char *known = watch->files[i].path;
        if (strlen(known) == path.size && memcmp(known, path.data, path.size) == 0) {
            return true;
        }
    }
    return false;
}

static bool add_file(struct serve_watch *watch, cors_slice path) {
    struct serve_watched *files =
        realloc(watch->files, (watch->file_count + 1) * sizeof *watch->files);
    if (files == NULL) {
        return false;
    }
    watch->files = files;
    char *copy = strndup(path.data, path.size);
    if (copy == NULL) {
        return false;
    }
    watch_file(watch->events, copy);
    files[watch->file_count++] = (struct serve_watched){copy, fingerprint_of(copy)};
    return true;
}

bool serve_watch_start(struct serve_watch *watch, const char *policy) {
    *watch = (struct serve_watch){.events = inotify_init1(IN_NONBLOCK | IN_CLOEXEC)};
    if (watch->events < 0 || !add_file(watch, (cors_slice){policy, strlen(policy)})) {
        serve_say("cannot watch %s: %s", policy, strerror(errno));
        return false;
    }
    return true;
}

void serve_watch_forget_changes(struct serve_watch *watch) {
    for (size_t i = 0; i < watch->file_count; i++) {
        watch_file(watch->events, watch->files[i].path);
        watch->files[i].seen = fingerprint_of(watch->files[i].path);
    }
    watch->due = 0;
}

void serve_watch_add_files(struct serve_watch *watch, const cors_builder *builder) {
    if (watch->events < 0) {
        return;
    }
    for (uint32_t i = 0;; i++) {
        cors_slice path = cors_builder_file_name(builder, i);
        if (path.size == 0) {
            return;
        }
        if (!is_watched(watch, path) && !add_file(watch, path)) {
            serve_say("no memory to watch %.*s", (int)path.size, path.data);
        }
    }
}

void serve_watch_take_events(struct serve_watch *watch, int64_t now) {
    char events[4096];
    /* Which folder it was in does not matter: the files themselves tell. Something else that is
     * written there all the time must not hold this up. */
    for (int i = 0; i < EVENT_READS_MAX && read(watch->events, events, sizeof events) > 0; i++) {
    }
    for (size_t i = 0; i < watch->file_count; i++) {
        struct serve_watched *file = &watch->files[i];
        if (!file->seen.there) {
            watch_file(watch->events, file->path); /* a folder of its path may have come */
        }
        struct fingerprint current = fingerprint_of(file->path);
        if (!same_fingerprint(&current, &file->seen)) {
            file->seen = current;
            watch_file(watch->events, file->path);
            watch->due = now + QUIET_MILLISECONDS;
        }
    }
}

void serve_watch_finish(struct serve_watch *watch) {
    for (size_t i = 0; i < watch->file_count; i++) {
        free(watch->files[i].path);
    }
    free(watch->files);
    if (watch->events >= 0) {
        (void)close(watch->events);
    }
    *watch = (struct serve_watch){.events = -1};
}
