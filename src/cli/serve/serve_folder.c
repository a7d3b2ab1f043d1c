/* SPDX-License-Identifier: MIT */
#define _GNU_SOURCE
#include "serve_folder.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "serve_output.h"

static const char name_start[] = "cors-serve.";
static const char lock_name[] = "lock";

static const char *temporary_place(void) {
    const char *place = getenv("TMPDIR");
    return place != NULL && place[0] == '/' ? place : "/tmp";
}

static int remove_entry(const char *path, const struct stat *status, int kind, struct FTW *where) {
    (void)status;
    (void)kind;
    (void)where;
    (void)remove(path);
    return 0;
}

static void remove_tree(const char *path) {
    (void)nftw(path, remove_entry, 8, FTW_DEPTH | FTW_PHYS | FTW_MOUNT);
}

/* Opens the lock in a folder and takes it. Returns -1 where another process holds it. */
static int take_lock(int folder, int flags) {
    int lock = openat(folder, lock_name, O_RDWR | O_CLOEXEC | O_NOFOLLOW | flags, 0600);
    if (lock >= 0 && flock(lock, LOCK_EX | LOCK_NB) != 0) {
        (void)close(lock);
        return -1;
    }
    return lock;
}

/* Removes a folder of this user if the gateway that it belonged to is gone. */
static void remove_if_left_over(int place, const char *name) {
    struct stat status;
    char path[4096];
    int folder = openat(place, name, O_DIRECTORY | O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
    if (folder < 0) {
        return;
    }
    int lock = -1;
    if (fstat(folder, &status) == 0 && status.st_uid == geteuid()) {
        lock = take_lock(folder, 0);
    }
    int size = snprintf(path, sizeof path, "%s/%s", temporary_place(), name);
    if (lock >= 0 && size > 0 && (size_t)size < sizeof path) {
        remove_tree(path);
    }
    if (lock >= 0) {
        (void)close(lock);
    }
    (void)close(folder);
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

bool serve_folder_create(struct serve_folder *folder) {
    *folder = (struct serve_folder){.lock = -1};
    remove_left_over();
    int size =
        snprintf(folder->path, sizeof folder->path, "%s/%sXXXXXX", temporary_place(), name_start);
    if (size < 0 || (size_t)size >= sizeof folder->path || mkdtemp(folder->path) == NULL) {
        serve_say("cannot create a folder in %s: %s", temporary_place(), strerror(errno));
        folder->path[0] = '\0';
        return false;
    }
    int descriptor = open(folder->path, O_DIRECTORY | O_RDONLY | O_CLOEXEC);
    folder->lock = descriptor < 0 ? -1 : take_lock(descriptor, O_CREAT | O_EXCL);
    if (descriptor >= 0) {
        (void)close(descriptor);
    }
    if (folder->lock < 0) {
        serve_say("cannot write to %s: %s", folder->path, strerror(errno));
        serve_folder_remove(folder);
        return false;
    }
    return true;
}

void serve_folder_remove(struct serve_folder *folder) {
    if (folder->path[0] != '\0') {
        remove_tree(folder->path);
        folder->path[0] = '\0';
    }
    if (folder->lock >= 0) {
        (void)close(folder->lock);
        folder->lock = -1;
    }
}
