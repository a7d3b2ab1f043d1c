/* SPDX-License-Identifier: MIT */
#define _GNU_SOURCE
#include "serve_way.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <linux/openat2.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

/* More groups than anyone is in who should serve strangers. */
enum { GROUPS_MAX = 1024 };

/* More folders in each other than anyone has; what is deeper must be open to the user by itself. */
enum { LEVELS_MAX = 128 };

/* Which level is to be handed down, if it is not one of those: none, and there is no way. */
enum { NOTHING = LEVELS_MAX, NO_WAY };

/* The groups that the user will be in. */
struct groups {
    int count;
    gid_t groups[GROUPS_MAX];
};

/* The size of a path up to the end of its next part. */
static size_t next_part(const char *path, size_t size) {
    return size + 1 + strcspn(path + size + 1, "/");
}

/*
 * Opens a folder with the rights of root. The path was without links when it was read: one that is
 * met now was put there by somebody who owns a folder on the way, and may lead anywhere.
 */
static int open_folder(const char *path, size_t size) {
    const struct open_how how = {.flags = O_PATH | O_DIRECTORY | O_CLOEXEC,
                                 .resolve = RESOLVE_NO_SYMLINKS};
    char start[PATH_MAX];
    memcpy(start, path, size);
    start[size] = '\0';
    return (int)syscall(SYS_openat2, AT_FDCWD, start, &how, sizeof how);
}

/*
 * The folder without what is above it, in place of the folder: nobody gets from there to "..".
 * Where the kernel does not give it, the folder itself has to do.
 */
static int cut_off(int folder) {
    int tree = open_tree(folder, "", AT_EMPTY_PATH | OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC);
    if (tree < 0) {
        return folder;
    }
    (void)close(folder);
    return tree;
}

struct serve_way serve_way_plain(const char *folder) {
    return (struct serve_way){.folder = folder, .handed_down = -1, .rest = ""};
}

void serve_way_write(const struct serve_way *way, char path[SERVE_WAY_PATH_MAX]) {
    if (way->handed_down >= 0) {
        (void)snprintf(path, SERVE_WAY_PATH_MAX, "/proc/self/fd/%d%s", way->handed_down, way->rest);
    } else {
        (void)snprintf(path, SERVE_WAY_PATH_MAX, "%s", way->folder);
    }
}

/* Whether this process can look for files in what a way leads to. */
static bool leads_there(const struct serve_way *way) {
    char path[SERVE_WAY_PATH_MAX];
    serve_way_write(way, path);
    (void)strncat(path, "/.", sizeof path - strlen(path) - 1);
    return access(path, X_OK) == 0;
}

/* Folders that lead to one, and that one itself. */
struct opened {
    int levels[LEVELS_MAX];   /* -1: it could not be opened */
    size_t sizes[LEVELS_MAX]; /* of their paths */
    size_t count;
    int fault; /* the errno of one that could not be opened; 0: there is none */
};

static void open_level(const char *folder, size_t size, struct opened *opened) {
    int level = open_folder(folder, size);
    opened->fault = level < 0 ? errno : opened->fault;
    opened->sizes[opened->count] = size;
    opened->levels[opened->count++] = level;
}

static void open_levels(const struct serve_way *way, struct opened *opened) {
    size_t size = 0;
    opened->count = 0;
    opened->fault = 0;
    while (way->folder[size] != '\0' && opened->count < LEVELS_MAX) {
        size = way->stays ? strlen(way->folder) : next_part(way->folder, size);
        open_level(way->folder, size, opened);
    }
}

/* Closes all but the one that is handed down. */
static void close_levels(const struct opened *opened, size_t but) {
    for (size_t i = 0; i < opened->count; i++) {
        if (i != but && opened->levels[i] >= 0) {
            (void)close(opened->levels[i]);
        }
    }
}

/* Has the way lead through a level. */
static void lead_through(struct serve_way *way, const struct opened *opened, size_t level) {
    way->handed_down = opened->levels[level];
    way->rest = way->folder + opened->sizes[level];
}

/*
 * Which level is to be handed down: as little of the path as will do, since what lies behind it may
 * be replaced by something else of the same name.
 */
static size_t level_to_hand_down(struct serve_way way, const struct opened *opened) {
    if (leads_there(&way)) {
        return NOTHING;
    }
    for (size_t i = 0; i < opened->count; i++) {
        lead_through(&way, opened, i);
        if (way.handed_down >= 0 && leads_there(&way)) {
            return i;
        }
    }
    return NO_WAY;
}

static bool become(const struct serve_user *user, const struct groups *groups) {
    return setgroups((size_t)groups->count, groups->groups) == 0 && setgid(user->gid) == 0 &&
           setuid(user->uid) == 0;
}

/* In a process of its own, for one folder: tells of it through the pipe. Never returns. */
_Noreturn static void try_as_user(const struct serve_user *user, const struct groups *groups,
                                  const struct serve_way *way, const struct opened *opened,
                                  int answer) {
    if (!become(user, groups)) {
        _exit(errno);
    }
    size_t level = level_to_hand_down(*way, opened);
    _exit(write(answer, &level, sizeof level) == (ssize_t)sizeof level ? 0 : EIO);
}

/* Asks another process, which becomes the user. Returns false with errno set on failure. */
static bool ask_as_user(const struct serve_user *user, const struct groups *groups,
                        const struct serve_way *way, const struct opened *opened, size_t *level) {
    int ends[2];
    int status = 0;
    if (pipe2(ends, O_CLOEXEC) != 0) {
        return false;
    }
    pid_t pid = fork();
    if (pid == 0) {
        try_as_user(user, groups, way, opened, ends[1]);
    }
    int fault = errno;
    (void)close(ends[1]);
    bool told = pid > 0 && read(ends[0], level, sizeof *level) == (ssize_t)sizeof *level;
    (void)close(ends[0]);
    while (pid > 0 && waitpid(pid, &status, 0) < 0 && errno == EINTR) {
    }
    bool exited = pid > 0 && WIFEXITED(status) && WEXITSTATUS(status) != 0;
    errno = pid < 0 ? fault : exited ? WEXITSTATUS(status) : ECHILD;
    return told;
}

/* Takes what the user would be handed down, if anything. */
static enum serve_way_end take_level(struct serve_way *way, const struct opened *opened,
                                     size_t level) {
    if (level == NO_WAY) {
        errno = opened->fault;
        return opened->fault == 0 ? SERVE_WAY_CLOSED : SERVE_WAY_NOT_OPENED;
    }
    if (level != NOTHING) {
        lead_through(way, opened, level);
        way->handed_down = way->stays ? cut_off(way->handed_down) : way->handed_down;
    }
    return SERVE_WAY_FOUND;
}

enum serve_way_end serve_way_find(const struct serve_user *user, struct serve_way *way) {
    struct groups groups = {.count = GROUPS_MAX};
    struct opened opened;
    size_t level = NO_WAY;
    if (!serve_user_differs(user)) {
        return SERVE_WAY_FOUND;
    }
    if (getgrouplist(user->name, user->gid, groups.groups, &groups.count) < 0) {
        errno = E2BIG;
        return SERVE_WAY_NO_USER;
    }
    open_levels(way, &opened);
    bool told = ask_as_user(user, &groups, way, &opened, &level);
    int fault = errno;
    close_levels(&opened, level);
    errno = fault;
    return told ? take_level(way, &opened, level) : SERVE_WAY_NO_USER;
}

void serve_way_finish(struct serve_way *way) {
    if (way->handed_down >= 0) {
        (void)close(way->handed_down);
        way->handed_down = -1;
    }
}
