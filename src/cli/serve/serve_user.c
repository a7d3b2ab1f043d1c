/* SPDX-License-Identifier: MIT */
#define _GNU_SOURCE
#include "serve_user.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <pwd.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

/* Whom root's workers become, unless someone else is named: whoever of these there is. */
static const char *const default_names[] = {"www-data", "nobody"};

/* More groups than anyone is in who should serve strangers. */
enum { GROUPS_MAX = 1024 };

static const struct passwd *find_default(void) {
    const struct passwd *found = NULL;
    for (size_t i = 0; i < sizeof default_names / sizeof default_names[0] && found == NULL; i++) {
        found = getpwnam(default_names[i]);
    }
    return found;
}

static bool copy_name(char *copy, const char *name) {
    size_t size = strlen(name);
    if (size >= SERVE_USER_NAME_MAX) {
        return false;
    }
    memcpy(copy, name, size + 1);
    return true;
}

const char *serve_user_find(const char *name, struct serve_user *user) {
    *user = (struct serve_user){.uid = geteuid(), .gid = getegid()};
    if (geteuid() != 0) {
        return name == NULL ? NULL : "can be chosen by root only; leave the option out";
    }
    const struct passwd *found = name == NULL ? find_default() : getpwnam(name);
    if (found == NULL) {
        return name == NULL ? "must be named: there is neither www-data nor nobody"
                            : "is no user of this machine";
    }
    user->uid = found->pw_uid;
    user->gid = found->pw_gid;
    const struct group *group = getgrgid(user->gid);
    if (group == NULL) {
        return "has a group without a name, which nginx cannot take";
    }
    return copy_name(user->name, found->pw_name) && copy_name(user->group, group->gr_name)
               ? NULL
               : "has too long a name";
}

bool serve_user_differs(const struct serve_user *user) {
    return user->uid != geteuid();
}

bool serve_user_admit(const struct serve_user *user, int descriptor) {
    struct stat status;
    if (!serve_user_differs(user)) {
        return true;
    }
    if (fstat(descriptor, &status) != 0) {
        return false;
    }
    /* Through a folder one passes without seeing what else is in it. */
    mode_t mode = S_ISDIR(status.st_mode) ? S_IRWXU | S_IXGRP : S_IRUSR | S_IWUSR | S_IRGRP;
    return fchown(descriptor, (uid_t)-1, user->gid) == 0 && fchmod(descriptor, mode) == 0;
}

/* Copies to `path` as much of a folder's path as leads to what cannot be entered. */
static bool find_closed(const char *folder, char *path) {
    size_t size = 0;
    while (folder[size] != '\0') {
        size += 1 + strcspn(folder + size + 1, "/");
        if (size >= PATH_MAX) {
            return false; /* nginx cannot have a longer one either */
        }
        memcpy(path, folder, size);
        path[size] = '\0';
        if (access(path, X_OK) != 0) {
            return true;
        }
    }
    return false;
}

/* Never returns; everything here is safe after fork. */
_Noreturn static void try_as_user(const struct serve_user *user, const gid_t *groups,
                                  size_t group_count, const char *const *folders, size_t count,
                                  int answer) {
    struct serve_closed closed = {.folder = 0};
    bool became =
        setgroups(group_count, groups) == 0 && setgid(user->gid) == 0 && setuid(user->uid) == 0;
    bool found = !became;
    while (!found && closed.folder < count) {
        found = find_closed(folders[closed.folder], closed.path);
        closed.folder += !found;
    }
    closed.fault = errno;
    /* With room for it in an empty pipe, it is written whole. */
    bool told = !found || write(answer, &closed, sizeof closed) == (ssize_t)sizeof closed;
    _exit(told ? 0 : 1);
}

/* Reads what the other process found, until it ends; returns false where it found nothing. */
static bool read_closed(int answer, struct serve_closed *closed) {
    size_t size = 0;
    ssize_t got;
    do {
        got = read(answer, (char *)closed + size, sizeof *closed - size);
        size += got > 0 ? (size_t)got : 0;
    } while ((got > 0 && size < sizeof *closed) || (got < 0 && errno == EINTR));
    return size == sizeof *closed;
}

bool serve_user_can_enter(const struct serve_user *user, const char *const *folders, size_t count,
                          struct serve_closed *closed) {
    gid_t groups[GROUPS_MAX];
    int group_count = GROUPS_MAX;
    int ends[2];
    int status = -1;
    *closed = (struct serve_closed){.folder = 0};
    if (!serve_user_differs(user)) {
        return true;
    }
    if (getgrouplist(user->name, user->gid, groups, &group_count) < 0 ||
        pipe2(ends, O_CLOEXEC) != 0) {
        closed->fault = errno;
        return false;
    }
    pid_t pid = fork();
    if (pid == 0) {
        try_as_user(user, groups, (size_t)group_count, folders, count, ends[1]);
    }
    int fault = errno;
    (void)close(ends[1]);
    bool found = pid > 0 && read_closed(ends[0], closed);
    (void)close(ends[0]);
    while (pid > 0 && waitpid(pid, &status, 0) < 0 && errno == EINTR) {
    }
    if (pid < 0 || (!found && status != 0)) {
        closed->fault = pid < 0 ? fault : ECHILD;
        return false;
    }
    return !found;
}
