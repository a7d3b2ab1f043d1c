/* SPDX-License-Identifier: MIT */
#define _GNU_SOURCE
#include "serve_watch.h"

#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/inotify.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "serve_output.h"

/* How long files should be left alone before they are read, and how long they may put it off. */
enum { QUIET_MILLISECONDS = 100, PUT_OFF_MILLISECONDS = 400 };

/* By how much a file's timestamp may lie before the moment that it was written. */
enum { TIMESTAMP_MILLISECONDS = 20 };

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
    char *target; /* where it is, all links followed; NULL: nowhere */
    /* The watched folders that both names lie in: inotify's numbers for them. */
    int path_folder;
    int target_folder;
    struct fingerprint seen;
    bool being_written; /* somebody has written to it and not closed it since */
    bool held_back;     /* its last line was not taken, since it was not whole */
    bool held_back_said;
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

/* Watches the folder of a path, or the nearest one above that exists. Returns its number. */
static int watch_folder_of(int events, const char *path) {
    char folder[PATH_MAX];
    size_t size = strlen(path) + 1;
    if (size > sizeof folder) {
        return -1;
    }
    memcpy(folder, path, size);
    char *slash;
    while ((slash = strrchr(folder, '/')) != NULL) {
        slash[slash == folder ? 1 : 0] = '\0';
        int number = inotify_add_watch(events, folder, folder_events);
        if (number >= 0 || strcmp(folder, "/") == 0) {
            return number;
        }
    }
    return inotify_add_watch(events, ".", folder_events);
}

/* The folder of a file's name, and where links lead, that of the file itself. */
static void watch_file(int events, struct serve_watched *file) {
    free(file->target);
    file->target = realpath(file->path, NULL);
    file->path_folder = watch_folder_of(events, file->path);
    file->target_folder = file->target == NULL ? -1 : watch_folder_of(events, file->target);
}

static struct serve_watched *find_file(const struct serve_watch *watch, cors_slice path) {
    for (size_t i = 0; i < watch->file_count; i++) {
        const char *known = watch->files[i].path;
        if (strlen(known) == path.size && memcmp(known, path.data, path.size) == 0) {
            return &watch->files[i];
        }
    }
    return NULL;
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
    files[watch->file_count] = (struct serve_watched){.path = copy};
    watch_file(watch->events, &files[watch->file_count]);
    files[watch->file_count].seen = fingerprint_of(copy);
    watch->file_count++;
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
        struct serve_watched *file = &watch->files[i];
        watch_file(watch->events, file);
        file->seen = fingerprint_of(file->path);
        file->held_back = false;
    }
    (void)clock_gettime(CLOCK_REALTIME, &watch->read_since);
    watch->due = 0;
    watch->due_at_last = 0;
}

static void set_due(struct serve_watch *watch, int64_t now) {
    if (watch->due_at_last == 0) {
        watch->due_at_last = now + PUT_OFF_MILLISECONDS;
    }
    int64_t quiet = now + QUIET_MILLISECONDS;
    watch->due = quiet < watch->due_at_last ? quiet : watch->due_at_last;
}

static int64_t milliseconds_of(struct timespec time) {
    return (int64_t)time.tv_sec * 1000 + time.tv_nsec / 1000000;
}

static int64_t milliseconds_now(void) {
    struct timespec now;
    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    return milliseconds_of(now);
}

/* A file that was not watched while it was read may have changed in between. */
static void look_at_new_file(struct serve_watch *watch) {
    const struct fingerprint *seen = &watch->files[watch->file_count - 1].seen;
    int64_t since = milliseconds_of(watch->read_since) - TIMESTAMP_MILLISECONDS;
    if (seen->there && milliseconds_of(seen->modified) >= since) {
        set_due(watch, milliseconds_now());
    }
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
        if (find_file(watch, path) != NULL) {
            continue;
        }
        if (add_file(watch, path)) {
            look_at_new_file(watch);
        } else {
            serve_say("no memory to watch %.*s", (int)path.size, path.data);
        }
    }
}

static bool is_place(const struct inotify_event *event, int folder, const char *path) {
    const char *slash = strrchr(path, '/');
    return event->wd == folder && strcmp(event->name, slash == NULL ? path : slash + 1) == 0;
}

static void take_event_of(struct serve_watch *watch, struct serve_watched *file, uint32_t what,
                          int64_t now) {
    if ((what & IN_MODIFY) != 0) {
        file->being_written = true;
    }
    if ((what & (IN_CLOSE_WRITE | IN_MOVED_TO | IN_MOVED_FROM | IN_DELETE)) != 0) {
        file->being_written = false;
        file->held_back_said = false;
        if (file->held_back) { /* the line is whole as it is, perhaps without a further byte */
            file->held_back = false;
            set_due(watch, now);
        }
    }
}

static void take_event(struct serve_watch *watch, const struct inotify_event *event, int64_t now) {
    for (size_t i = 0; i < watch->file_count; i++) {
        struct serve_watched *file = &watch->files[i];
        if ((event->mask & IN_Q_OVERFLOW) != 0) {
            file->being_written = true; /* for all that is known */
        } else if (event->len > 0 &&
                   (is_place(event, file->path_folder, file->path) ||
                    (file->target != NULL && is_place(event, file->target_folder, file->target)))) {
            take_event_of(watch, file, event->mask, now);
        }
    }
}

/* Reads what came, but not without end. */
static void read_events(struct serve_watch *watch, int64_t now) {
    _Alignas(struct inotify_event) char events[4096];
    ssize_t size;
    for (int i = 0; i < EVENT_READS_MAX && (size = read(watch->events, events, sizeof events)) > 0;
         i++) {
        const char *at = events;
        while (at < events + size) {
            const struct inotify_event *event = (const struct inotify_event *)at;
            take_event(watch, event, now);
            at += sizeof *event + event->len;
        }
    }
}

void serve_watch_take_events(struct serve_watch *watch, int64_t now) {
    read_events(watch, now);
    for (size_t i = 0; i < watch->file_count; i++) {
        struct serve_watched *file = &watch->files[i];
        if (!file->seen.there) {
            watch_file(watch->events, file); /* a folder of its path may have come */
        }
        struct fingerprint current = fingerprint_of(file->path);
        if (!same_fingerprint(&current, &file->seen)) {
            file->seen = current;
            watch_file(watch->events, file);
            set_due(watch, now);
        }
    }
}

static bool is_whole(void *context, cors_slice path, size_t size) {
    struct serve_watch *watch = context;
    struct serve_watched *file = find_file(watch, path);
    if (file == NULL) {
        return true; /* nothing is known of it yet */
    }
    serve_watch_take_events(watch, milliseconds_now());
    if (!file->being_written && file->seen.there && (uintmax_t)file->seen.size == size) {
        return true;
    }
    file->held_back = true;
    if (!file->held_back_said) {
        file->held_back_said = true;
        serve_say("%s ends within a line and is still open for writing: that line is not taken "
                  "before it is whole",
                  file->path);
    }
    return false;
}

struct cors_list_watcher serve_watch_lists(struct serve_watch *watch) {
    return (struct cors_list_watcher){is_whole, watch};
}

void serve_watch_finish(struct serve_watch *watch) {
    for (size_t i = 0; i < watch->file_count; i++) {
        free(watch->files[i].path);
        free(watch->files[i].target);
    }
    free(watch->files);
    if (watch->events >= 0) {
        (void)close(watch->events);
    }
    *watch = (struct serve_watch){.events = -1};
}
