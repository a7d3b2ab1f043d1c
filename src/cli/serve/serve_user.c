/* SPDX-License-Identifier: MIT */
#define _GNU_SOURCE
#include "serve_user.h"

#include <errno.h>
#include <grp.h>
#include <pwd.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "serve_output.h"

/* Whom root's workers become, unless someone else is named: whoever of these there is. */
static const char *const default_names[] = {"www-data", "nobody"};

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

void serve_user_say_impossible(const struct serve_user *user) {
    serve_say("cannot run nginx's workers as %s: %s. --user names another, and --user root has "
              "them run as root",
              user->name, strerror(errno));
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
