/* SPDX-License-Identifier: MIT */
/* Where the page is. */
#define _GNU_SOURCE
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "lab.h"
#include "lab_page.h"

/* The folder's absolute path if it has the page's first file, else NULL; to be freed. */
static char *page_in(const char *folder) {
    char *index = NULL;
    if (asprintf(&index, "%s/index.html", folder) < 0) {
        return NULL;
    }
    bool there = access(index, R_OK) == 0;
    free(index);
    return there ? realpath(folder, NULL) : NULL;
}

/* The folder `lab` beside this command; to be freed. */
static char *beside_command(void) {
    char command[4096];
    char *folder = NULL;
    ssize_t size = readlink("/proc/self/exe", command, sizeof command);
    const char *slash = size <= 0 ? NULL : memrchr(command, '/', (size_t)size);
    if (slash == NULL || asprintf(&folder, "%.*s/lab", (int)(slash - command), command) < 0) {
        return NULL;
    }
    return folder;
}

char *lab_page_find(const char *given) {
    if (given != NULL) {
        char *page = page_in(given);
        if (page == NULL) {
            lab_say("--page: there is no page in %s: cannot read its index.html: %s. `make lab` "
                    "builds the page into build/lab",
                    given, strerror(errno));
        }
        return page;
    }
    char *beside = beside_command();
    char *page = beside == NULL ? NULL : page_in(beside);
    if (page == NULL) {
        page = page_in(CORS_LAB_PAGE_INSTALLED);
    }
    if (page == NULL) {
        lab_say("the page is neither in %s nor in %s. Build it with `make lab`, or name its "
                "folder with --page DIR",
                beside == NULL ? "lab beside this command" : beside, CORS_LAB_PAGE_INSTALLED);
    }
    free(beside);
    return page;
}
