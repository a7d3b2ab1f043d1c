/* SPDX-License-Identifier: MIT */
#include "audit_file.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "terminal.h"
#include "text_slices.h"

static bool complain(const struct audit_file *file) {
    terminal_complain("cors audit: %s cannot be written: %s",
                      file->place == NULL && file->stream == stdout ? "standard output"
                                                                    : file->path,
                      strerror(errno));
    return false;
}

/* As open() would have it: mkstemp() lets the owner alone read. */
static mode_t usual_mode(void) {
    mode_t mask = umask(0);
    (void)umask(mask);
    return 0666 & ~mask;
}

/* Where a symbolic link leads, so that the link stays one. */
static const char *final_place(struct keep *keep, const char *path) {
    char *real = realpath(path, NULL);
    cors_slice place = keep_slice(keep, text_slice(real == NULL ? path : real));
    free(real);
    return place.data;
}

/*
 * Files whose temporary name stands in a folder. Whoever runs out of memory ends the command where
 * it stands, and they are removed then.
 */
static struct audit_file *unfinished;

static void remove_unfinished(void) {
    for (const struct audit_file *file = unfinished; file != NULL; file = file->next) {
        (void)unlink(file->temporary);
    }
}

static void note_unfinished(struct audit_file *file) {
    static bool ready;
    ready = ready || atexit(remove_unfinished) == 0;
    file->next = unfinished;
    unfinished = file;
}

/* Its temporary name is gone, or is about to be. */
static void forget_unfinished(const struct audit_file *file) {
    struct audit_file **link = &unfinished;
    while (*link != NULL && *link != file) {
        link = &(*link)->next;
    }
    if (*link != NULL) {
        *link = file->next;
    }
}

static bool begin_beside(struct keep *keep, struct audit_file *file) {
    file->place = final_place(keep, file->path);
    const char *slash = strrchr(file->place, '/');
    int folder = slash == NULL ? 0 : (int)(slash - file->place) + 1;
    cors_slice name =
        keep_format(keep, "%.*s.%s.XXXXXX", folder, file->place, file->place + folder);
    char *temporary = keep_memory(keep, name.size + 1);
    memcpy(temporary, name.data, name.size + 1);
    int descriptor = mkstemp(temporary);
    if (descriptor < 0) {
        return complain(file);
    }
    file->temporary = temporary;
    note_unfinished(file);
    (void)fchmod(descriptor, usual_mode());
    file->stream = fdopen(descriptor, "w");
    return file->stream != NULL || complain(file);
}

bool audit_file_begin(struct keep *keep, const char *path, struct audit_file *file) {
    struct stat there;
    *file = (struct audit_file){.path = path};
    if (strcmp(path, "-") == 0) {
        file->stream = stdout;
        return true;
    }
    if (stat(path, &there) == 0 && S_ISDIR(there.st_mode)) {
        errno = EISDIR;
        return complain(file);
    }
    if (stat(path, &there) == 0 && !S_ISREG(there.st_mode)) {
        file->stream = fopen(path, "w");
        return file->stream != NULL || complain(file);
    }
    return begin_beside(keep, file);
}

bool audit_file_finish(struct audit_file *file) {
    bool fine = fflush(file->stream) == 0 && ferror(file->stream) == 0;
    if (file->stream != stdout) {
        fine = fclose(file->stream) == 0 && fine;
    }
    if (fine && file->place != NULL) {
        fine = rename(file->temporary, file->place) == 0;
    }
    if (!fine) {
        (void)complain(file);
        if (file->place != NULL) {
            (void)unlink(file->temporary);
        }
    }
    forget_unfinished(file);
    file->stream = NULL;
    return fine;
}

void audit_file_abandon(struct audit_file *file) {
    if (file->stream != NULL && file->stream != stdout) {
        (void)fclose(file->stream);
    }
    if (file->temporary != NULL) {
        (void)unlink(file->temporary);
    }
    forget_unfinished(file);
    file->stream = NULL;
    file->temporary = NULL;
}
