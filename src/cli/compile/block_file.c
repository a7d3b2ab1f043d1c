/* SPDX-License-Identifier: MIT */
#define _GNU_SOURCE
#include "block_file.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* As many bytes go to the disk between two looks whether somebody wants an end. */
enum { PIECE_MAX = 1 << 20 };

/* A file on its way to its place. */
struct arrival {
    const char *place;  /* where it is to be */
    const char *folder; /* of the place */
    char *temporary;    /* where it is until then */
    int descriptor;
    mode_t mode;   /* to have at the end; 0: as the file that it replaces, else the usual one */
    bool replaces; /* there is a file already, of this state */
    struct stat replaced;
};

bool block_file_write_to(int descriptor, cors_slice bytes) {
    size_t done = 0;
    while (done < bytes.size) {
        ssize_t written = write(descriptor, bytes.data + done, bytes.size - done);
        if (written < 0 && errno != EINTR) {
            return false;
        }
        done += written > 0 ? (size_t)written : 0;
    }
    return true;
}

bool block_file_is_same(const char *path, const char *other) {
    struct stat one;
    struct stat two;
    return stat(path, &one) == 0 && stat(other, &two) == 0 && one.st_dev == two.st_dev &&
           one.st_ino == two.st_ino;
}

bool block_file_is_open(const char *path, int descriptor) {
    struct stat one;
    struct stat two;
    return isatty(descriptor) == 0 && stat(path, &one) == 0 && fstat(descriptor, &two) == 0 &&
           one.st_dev == two.st_dev && one.st_ino == two.st_ino;
}

/* Holds back the signals that would end the program: not ignored, not handled, not held already. */
static void hold_signals(sigset_t *held, sigset_t *before) {
    static const int ending[] = {SIGINT, SIGTERM, SIGHUP, SIGQUIT};
    (void)sigemptyset(held);
    (void)sigprocmask(SIG_BLOCK, NULL, before);
    for (size_t i = 0; i < sizeof ending / sizeof ending[0]; i++) {
        struct sigaction action;
        if (sigaction(ending[i], NULL, &action) == 0 && action.sa_handler == SIG_DFL &&
            sigismember(before, ending[i]) == 0) {
            (void)sigaddset(held, ending[i]);
        }
    }
    (void)sigprocmask(SIG_BLOCK, held, NULL);
}

static bool signal_waits(const sigset_t *held) {
    sigset_t waiting;
    sigset_t wanted;
    return sigpending(&waiting) == 0 && sigandset(&wanted, &waiting, held) == 0 &&
           sigisemptyset(&wanted) == 0;
}

/* Writes piece by piece, to an end where a signal waits. */
static bool write_pieces(int descriptor, cors_slice bytes, const sigset_t *held) {
    while (bytes.size > 0) {
        size_t size = bytes.size < PIECE_MAX ? bytes.size : PIECE_MAX;
        if (signal_waits(held)) {
            errno = EINTR;
            return false;
        }
        if (!block_file_write_to(descriptor, (cors_slice){bytes.data, size})) {
            return false;
        }
        bytes = (cors_slice){bytes.data + size, bytes.size - size};
    }
    return true;
}

/* As open() would have it. */
static mode_t usual_mode(void) {
    mode_t mask = umask(0);
    (void)umask(mask);
    return 0666 & ~mask;
}

/* Who may not give files away keeps what they replace theirs. */
static bool take_over_access(const struct arrival *arrival) {
    mode_t mode = arrival->mode != 0 ? arrival->mode : usual_mode();
    if (arrival->replaces) {
        mode = arrival->mode != 0 ? mode : arrival->replaced.st_mode & 0777;
        int given = fchown(arrival->descriptor, arrival->replaced.st_uid, arrival->replaced.st_gid);
        (void)given;
    }
    return fchmod(arrival->descriptor, mode) == 0;
}

/* The new name is on the disk only once its folder is. Not every file system can tell. */
static bool sync_folder(const char *folder) {
    int descriptor = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (descriptor < 0) {
        return true; /* a folder may be written to and not read */
    }
    bool fine = fsync(descriptor) == 0 || errno != EIO;
    (void)close(descriptor);
    return fine;
}

static bool arrive(struct arrival *arrival, cors_slice bytes, const sigset_t *held) {
    bool fine = write_pieces(arrival->descriptor, bytes, held) && take_over_access(arrival) &&
                fsync(arrival->descriptor) == 0;
    int failure = errno;
    /* Some file systems tell only here that there was no room. */
    if (close(arrival->descriptor) != 0 && fine) {
        failure = errno;
        fine = false;
    }
    if (fine && signal_waits(held)) {
        failure = EINTR;
        fine = false;
    }
    if (fine && rename(arrival->temporary, arrival->place) != 0) {
        failure = errno;
        fine = false;
    }
    if (!fine) {
        (void)unlink(arrival->temporary);
        errno = failure;
        return false;
    }
    return sync_folder(arrival->folder);
}

static const char *words_for(const char *what, int error) {
    static char words[256];
    (void)snprintf(words, sizeof words, "%s%s", what, strerror(error));
    return words;
}

static const char *write_beside(struct arrival *arrival, cors_slice bytes) {
    sigset_t held;
    sigset_t before;
    const char *fault = NULL;
    hold_signals(&held, &before);
    arrival->descriptor = mkostemp(arrival->temporary, O_CLOEXEC);
    if (arrival->descriptor < 0) {
        fault = words_for("no file can be made in its folder: ", errno);
    } else if (!arrive(arrival, bytes, &held)) {
        fault = words_for("", errno);
    }
    (void)sigprocmask(SIG_SETMASK, &before, NULL);
    return fault;
}

/* The folder of a path, with its last slash; free() it. */
static char *folder_of(const char *path) {
    const char *slash = strrchr(path, '/');
    return slash == NULL ? strdup("./") : strndup(path, (size_t)(slash - path) + 1);
}

/* Replaces what is at the arrival's place, or puts a file there. */
static const char *replace(struct arrival *arrival, cors_slice bytes) {
    const char *fault = "out of memory";
    char *folder = folder_of(arrival->place);
    char *temporary = NULL;
    if (folder != NULL && asprintf(&temporary, "%s.cors-compile.XXXXXX", folder) >= 0) {
        arrival->folder = folder;
        arrival->temporary = temporary;
        fault = write_beside(arrival, bytes);
        free(temporary);
    }
    free(folder);
    return fault;
}

static const char *write_as_is(const char *path, cors_slice bytes) {
    int descriptor = open(path, O_WRONLY | O_CLOEXEC | O_NOCTTY);
    if (descriptor < 0) {
        return words_for("", errno);
    }
    const char *fault = NULL;
    if (isatty(descriptor) != 0) {
        fault = "it is a terminal";
    } else if (!block_file_write_to(descriptor, bytes)) {
        fault = words_for("", errno);
    }
    if (close(descriptor) != 0 && fault == NULL) {
        fault = words_for("", errno);
    }
    return fault;
}

static bool is_link(const char *path) {
    struct stat status;
    return lstat(path, &status) == 0 && S_ISLNK(status.st_mode);
}

const char *block_file_write(const char *path, cors_slice bytes, mode_t mode) {
    struct arrival arrival = {.place = path, .mode = mode};
    arrival.replaces = stat(path, &arrival.replaced) == 0;
    if (arrival.replaces && S_ISDIR(arrival.replaced.st_mode)) {
        return "it is a directory";
    }
    if (arrival.replaces && !S_ISREG(arrival.replaced.st_mode)) {
        return write_as_is(path, bytes);
    }
    if (!arrival.replaces && is_link(path)) {
        return "it is a symbolic link that leads to no file";
    }
    char *real = arrival.replaces ? realpath(path, NULL) : NULL;
    arrival.place = real == NULL ? path : real;
    const char *fault = replace(&arrival, bytes);
    free(real);
    return fault;
}
