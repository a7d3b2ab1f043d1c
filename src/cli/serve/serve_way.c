/* SPDX-License-Identifier: MIT */
#define _GNU_SOURCE
#include "serve_way.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

/* More groups than anyone is in who should serve strangers. */
enum { GROUPS_MAX = 1024 };

/* More folders in each other than anyone has; what is deeper must be open to the user by itself. */
enum { LEVELS_MAX = 128 };

/* As much of a folder's path as is to be handed down; none, and there is no way. */
enum { NOTHING = 0, NO_WAY = PATH_MAX };

/* The groups that the user will be in. */
struct groups {
    int count;
    gid_t groups[GROUPS_MAX];
};

/* The size of a path up to the end of its next part. */
static size_t next_part(const char *path, size_t size) {
    return size + 1 + strcspn(path + size + 1, "/");
}

static int open_folder(const char *path, size_t size) {
    char start[PATH_MAX];
    memcpy(start, path, size);
    start[size] = '\0';
    return open(start, O_PATH | O_DIRECTORY | O_CLOEXEC);
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

/* All the folders that lead to one and that one itself, opened with the rights of root. */
struct opened {
    int levels[LEVELS_MAX];
    size_t sizes[LEVELS_MAX]; /* of their paths */
    size_t count;
};

static void open_levels(const char *folder, struct opened *opened) {
    size_t size = 0;
    opened->count = 0;
    while (folder[size] != '\0' && opened->count < LEVELS_MAX) {
        size = next_part(folder, size);
        opened->sizes[opened->count] = size;
        opened->levels[opened->count++] = open_folder(folder, size);
    }
}

/*
 * How much of a folder's path is to be handed down: as little as will do, since what lies behind it
 * may be replaced by something else of the same name.
 */
static size_t part_to_hand_down(const char *folder, const struct opened *opened) {
    struct serve_way way = serve_way_plain(folder);
    if (leads_there(&way)) {
        return NOTHING;
    }
    for (size_t i = 0; i < opened->count; i++) {
        way.handed_down = opened->levels[i];
        way.rest = folder + opened->sizes[i];
        if (way.handed_down >= 0 && leads_there(&way)) {
            return opened->sizes[i];
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
                                  const char *folder, int answer) {
    struct opened opened;
    open_levels(folder, &opened);
    if (!become(user, groups)) {
        _exit(errno);
    }
    size_t part = part_to_hand_down(folder, &opened);
    _exit(write(answer, &part, sizeof part) == (ssize_t)sizeof part ? 0 : EIO);
}

/* Asks another process, which becomes the user. Returns false with errno set on failure. */
static bool ask_as_user(const struct serve_user *user, const struct groups *groups,
                        const char *folder, size_t *part) {
    int ends[2];
    int status = 0;
    if (pipe2(ends, O_CLOEXEC) != 0) {
        return false;
    }
    pid_t pid = fork();
    if (pid == 0) {
        try_as_user(user, groups, folder, ends[1]);
    }
    int fault = errno;
    (void)close(ends[1]);
    bool told = pid > 0 && read(ends[0], part, sizeof *part) == (ssize_t)sizeof *part;
    (void)close(ends[0]);
    while (pid > 0 && waitpid(pid, &status, 0) < 0 && errno == EINTR) {
    }
    bool exited = pid > 0 && WIFEXITED(status) && WEXITSTATUS(status) != 0;
    errno = pid < 0 ? fault : exited ? WEXITSTATUS(status) : ECHILD;
    return told;
}

bool serve_way_find(const struct serve_user *user, struct serve_way *way) {
    struct groups groups = {.count = GROUPS_MAX};
    size_t part = NOTHING;
    if (!serve_user_differs(user)) {
        return true;
    }
    if (getgrouplist(user->name, user->gid, groups.groups, &groups.count) < 0) {
        errno = E2BIG;
        return false;
    }
    if (!ask_as_user(user, &groups, way->folder, &part)) {
        return false;
    }
    way->closed = part == NO_WAY;
    if (part == NO_WAY || part == NOTHING) {
        return true;
    }
    way->rest = way->folder + part;
    way->handed_down = open_folder(way->folder, part);
    return way->handed_down >= 0;
}

void serve_way_finish(struct serve_way *way) {
    if (way->handed_down >= 0) {
        (void)close(way->handed_down);
        way->handed_down = -1;
    }
}
