/* SPDX-License-Identifier: MIT */
#define _GNU_SOURCE
#include "serve_folder.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "serve_output.h"

static const char name_start[] = "cors-serve.";

/* nginx nests its folders three deep; what a worker that was taken over nests deeper is left. */
enum { LEVELS_MAX = 8 };

/* How many gateways may start at just the same time, and each be in the other's way. */
enum { ATTEMPTS_MAX = 16 };

static const char *temporary_place(void) {
    const char *place = getenv("TMPDIR");
    return place != NULL && place[0] == '/' ? place : "/tmp";
}

static int open_folder(int place, const char *name) {
    return openat(place, name, O_DIRECTORY | O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
}

static void remove_entries(int folder, unsigned levels);

/*
 * Removes a folder's entry with all that is below it. By descriptors, never by paths: the workers
 * own some of the folders, and one that was taken over must not lead root elsewhere by a link.
 */
static void remove_entry(int folder, const char *name, unsigned levels) {
    if (unlinkat(folder, name, 0) == 0 || errno != EISDIR || levels == 0) {
        return;
    }
    int below = open_folder(folder, name);
    if (below >= 0) {
        remove_entries(below, levels - 1);
        (void)unlinkat(folder, name, AT_REMOVEDIR);
    }
}

/* Removes all entries of an open folder, and closes it. */
static void remove_entries(int folder, unsigned levels) {
    DIR *entries = fdopendir(folder);
    const struct dirent *entry;
    if (entries == NULL) {
        (void)close(folder);
        return;
    }
    while ((entry = readdir(entries)) != NULL) {
        if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0) {
            remove_entry(dirfd(entries), entry->d_name, levels);
        }
    }
    (void)closedir(entries);
}

/*
 * Removes a folder of this user if the gateway that it belonged to is gone: then nobody holds the
 * lock on it.
 */
static void remove_if_left_over(int place, const char *name) {
    struct stat status;
    int folder = open_folder(place, name);
    if (folder < 0) {
        return;
    }
    if (fstat(folder, &status) == 0 && status.st_uid == geteuid() &&
        flock(folder, LOCK_EX | LOCK_NB) == 0) {
        remove_entry(place, name, LEVELS_MAX);
    }
    (void)close(folder); /* only now: whoever has just made it may be waiting for the lock */
}

static void remove_left_over(void) {
    DIR *place = opendir(temporary_place());
    struct dirent *entry;
    if (place == NULL) {
        return;
    }
    while ((entry = readdir(place)) != NULL) {
        if (strncmp(entry->d_name, name_start, sizeof name_start - 1) == 0) {
            remove_if_left_over(dirfd(place), entry->d_name);
        }
    }
    (void)closedir(place);
}

/*
 * Makes a folder and locks it. Another gateway that starts just now may take it for one that was
 * left over, and remove it before the lock is held; then `lock` is -1, and the next one is tried.
 */
static bool make_folder(struct serve_folder *folder) {
    struct stat status;
    int size =
        snprintf(folder->path, sizeof folder->path, "%s/%sXXXXXX", temporary_place(), name_start);
    if (size < 0 || (size_t)size >= sizeof folder->path) {
        errno = ENAMETOOLONG;
        return false;
    }
    if (mkdtemp(folder->path) == NULL) {
        return false;
    }
    folder->lock = open_folder(AT_FDCWD, folder->path);
    if (folder->lock >= 0 && flock(folder->lock, LOCK_EX | LOCK_NB) == 0 &&
        fstat(folder->lock, &status) == 0 && status.st_nlink > 0) {
        return true;
    }
    int fault = errno;
    if (folder->lock >= 0) {
        (void)close(folder->lock);
        folder->lock = -1;
    }
    (void)rmdir(folder->path);
    errno = fault;
    return true;
}

bool serve_folder_create(struct serve_folder *folder, const struct serve_user *workers) {
    *folder = (struct serve_folder){.lock = -1};
    remove_left_over();
    bool made = true;
    for (int i = 0; i < ATTEMPTS_MAX && made && folder->lock < 0; i++) {
        made = make_folder(folder);
    }
    if (!made || folder->lock < 0) {
        serve_say("cannot create a folder in %s: %s", temporary_place(), strerror(errno));
        folder->path[0] = '\0';
        return false;
    }
    folder->way = serve_way_plain(folder->path);
    if (!serve_user_admit(workers, folder->lock)) {
        serve_say("cannot let %s into %s: %s", workers->name, folder->path, strerror(errno));
        serve_folder_remove(folder);
        return false;
    }
    return true;
}

void serve_folder_remove(struct serve_folder *folder) {
    if (folder->path[0] != '\0') {
        serve_way_finish(&folder->way);
        remove_entry(AT_FDCWD, folder->path, LEVELS_MAX);
        folder->path[0] = '\0';
    }
    if (folder->lock >= 0) {
        (void)close(folder->lock);
        folder->lock = -1;
    }
}
