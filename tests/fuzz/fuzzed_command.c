/* SPDX-License-Identifier: MIT */
#include "fuzzed_command.h"

#include <getopt.h>
#include <locale.h>
#include <signal.h>
#include <stdio.h>
#include <stdio_ext.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "command.h"
#include "invariant.h"

static const char *words_called = "cors";

const char *command_words(void) {
    return words_called;
}

/* A file in memory that knows no folder, and so leaves nothing behind. */
static int memory_file(void) {
    int descriptor = memfd_create("fuzzed", MFD_CLOEXEC);
    INVARIANT(descriptor >= 0, "the machine gives a file in memory");
    return descriptor;
}

static void fill(int descriptor, cors_slice content) {
    INVARIANT(ftruncate(descriptor, 0) == 0 && lseek(descriptor, 0, SEEK_SET) == 0 &&
                  write(descriptor, content.data, content.size) == (ssize_t)content.size &&
                  lseek(descriptor, 0, SEEK_SET) == 0,
              "a file in memory can be written");
}

/* As main() does, once; from then on standard input and output are files in memory. */
static void prepare(void) {
    static bool prepared;
    if (!prepared) {
        prepared = true;
        (void)setlocale(LC_CTYPE, "C.UTF-8");
        (void)signal(SIGPIPE, SIG_IGN);
        INVARIANT(dup2(memory_file(), STDIN_FILENO) == STDIN_FILENO &&
                      dup2(memory_file(), STDOUT_FILENO) == STDOUT_FILENO,
                  "a file in memory can be standard input and output");
    }
}

/* Takes it out of the file, which an input may name: it is empty to all that reads it later. */
static cors_slice take_output(void) {
    static char *text;
    off_t size = lseek(STDOUT_FILENO, 0, SEEK_END);
    free(text);
    text = malloc((size_t)size + 1);
    INVARIANT(text != NULL && pread(STDOUT_FILENO, text, (size_t)size, 0) == size,
              "what was printed can be read back");
    fill(STDOUT_FILENO, (cors_slice){"", 0});
    return (cors_slice){text, (size_t)size};
}

struct arguments {
    int count;
    char *items[FUZZED_ARGUMENTS_MAX + 2];
};

/* Copies, since a command may write to them; the last is NULL. */
static struct arguments copy_arguments(const struct fuzzed_command *command) {
    struct arguments copied = {1, {strdup(command->words)}};
    for (size_t i = 0; i < FUZZED_ARGUMENTS_MAX && command->arguments[i] != NULL; i++) {
        copied.items[copied.count++] = strdup(command->arguments[i]);
    }
    return copied;
}

/* getopt moves arguments around, and commands name themselves: what was copied is noted apart. */
static int call(const struct fuzzed_command *command) {
    struct arguments owned = copy_arguments(command);
    struct arguments given = owned;
    optind = 0; /* getopt begins anew */
    int code = command->run(given.count, given.items);
    for (int i = 0; i < owned.count; i++) {
        free(owned.items[i]);
    }
    return code;
}

/*
 * Complaints go to a stream in memory. The descriptor 2 stays what it is: sanitizers and libFuzzer
 * write there.
 */
struct fuzzed_result fuzzed_command_run(const struct fuzzed_command *command) {
    static char *complaints;
    size_t complaints_size = 0;
    FILE *standard_error = stderr;
    prepare();
    fill(STDIN_FILENO, command->input);
    fill(STDOUT_FILENO, (cors_slice){"", 0});
    __fpurge(stdin);
    clearerr(stdin);
    free(complaints);
    complaints = NULL;
    FILE *caught = open_memstream(&complaints, &complaints_size);
    INVARIANT(caught != NULL, "the machine gives a stream in memory");
    stderr = caught;
    words_called = command->words;
    int code = call(command);
    stderr = standard_error;
    INVARIANT(fclose(caught) == 0 && fflush(stdout) == 0, "what was printed can be kept");
    INVARIANT(code >= EXIT_FINE && code <= EXIT_FAILED, "the exit code is one of the manual's");
    return (struct fuzzed_result){
        .code = code, .out = take_output(), .errors = {complaints, complaints_size}};
}

const char *fuzzed_file(unsigned number, cors_slice content) {
    static struct {
        bool open;
        char path[32];
    } files[FUZZED_FILES];
    int descriptor = FUZZED_FILE_FIRST + (int)number;
    prepare(); /* what it holds may name standard input and output */
    if (!files[number].open) {
        INVARIANT(dup2(memory_file(), descriptor) == descriptor, "a descriptor can be chosen");
        (void)snprintf(files[number].path, sizeof files[number].path, "/proc/self/fd/%d",
                       descriptor);
        files[number].open = true;
    }
    fill(descriptor, content);
    return files[number].path;
}
