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

static bool say_cannot_create(void) {
    serve_say("cannot create a folder in %s: %s", temporary_place(), strerror(errno));
    return false;
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
    /* Only now: whoever has just made it must not get the lock before it is gone. */
    (void)close(folder);
}

static void remove_left_over(const char *path) {
    DIR *place = opendir(path);
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

enum made { MADE, TAKEN, FAILED };

/*
 * Locks a folder that was just made. Another gateway that starts at this moment may take it for one
 * that was left over, and hold the lock, or have removed it.
 */
static enum made lock_folder(struct serve_folder *folder) {
    struct stat status;
    folder->lock = open_folder(AT_FDCWD, folder->path);
    if (folder->lock < 0) {
        return errno == ENOENT ? TAKEN : FAILED;
    }
    if (flock(folder->lock, LOCK_EX | LOCK_NB) != 0) {
        return errno == EWOULDBLOCK ? TAKEN : FAILED;
    }
    if (fstat(folder->lock, &status) != 0) {
        return FAILED;
    }
    return status.st_nlink > 0 ? MADE : TAKEN;
}

/* Takes back a folder that this gateway did not get. */
static void unmake_folder(struct serve_folder *folder) {
    int fault = errno;
    if (folder->lock >= 0) {
        (void)close(folder->lock);
        folder->lock = -1;
    }
    (void)rmdir(folder->path);
    errno = fault;
}

static enum made make_folder(struct serve_folder *folder, const char *place) {
    int size = snprintf(folder->path, sizeof folder->path, "%s/%sXXXXXX", place, name_start);
    if (size < 0 || (size_t)size >= sizeof folder->path) {
        errno = ENAMETOOLONG;
        return FAILED;
    }
    if (mkdtemp(folder->path) == NULL) {
        return FAILED;
    }
    enum made made = lock_folder(folder);
    if (made != MADE) {
        unmake_folder(folder);
    }
    return made;
}

/* Makes one in a place that is given without links. Returns false with errno set on failure. */
static bool make_own_folder(struct serve_folder *folder, const char *place) {
    enum made made = TAKEN;
    for (int i = 0; i < ATTEMPTS_MAX && made == TAKEN; i++) {
        made = make_folder(folder, place);
    }
    errno = made == TAKEN ? EBUSY : errno;
    return made == MADE;
}

bool serve_folder_create(struct serve_folder *folder, const struct serve_user *workers) {
    *folder = (struct serve_folder){.lock = -1};
    char *place = realpath(temporary_place(), NULL);
    if (place == NULL) {
        return say_cannot_create();
    }
    remove_left_over(place);
    bool made = make_own_folder(folder, place);
    free(place);
    if (!made) {
        folder->path[0] = '\0';
        return say_cannot_create();
    }
    folder->way = serve_way_plain(folder->path);
    folder->way.stays = true;
    if (!serve_user_admit(workers, folder->lock)) {
        serve_user_say_impossible(workers);
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
