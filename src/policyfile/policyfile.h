/* SPDX-License-Identifier: MIT */
/*
 * cors.yaml -> policy: the native front of the policy builder, with libyaml for the file, libpsl
 * for public suffixes and libidn2 for Unicode hosts.
 */
#ifndef CORS_POLICYFILE_H
#define CORS_POLICYFILE_H

#include <cors/policy.h>

/* The C library's malloc and free. */
extern const cors_allocator cors_heap;

/*
 * The environment to select: `given` if it is not NULL or empty, else $CORS_ENV, else
 * "production". Borrowed from whichever it was.
 */
const char *cors_environment_select(const char *given);

/*
 * Fills in builder options for a native front: cors_heap, the environment (borrowed), and the
 * callbacks for public suffixes and Unicode hosts. Its context may be set to a bool, which becomes
 * true where a name could not be converted for want of memory: what is then said of it is not so.
 */
void cors_native_options(cors_builder_options *options, const char *environment);

/*
 * Whether a domain (lower-case ASCII) stands on the list of public suffixes: "com", "github.io".
 * A top-level domain that does not exist is none, other than for the builder's callback.
 */
bool cors_domain_is_listed_suffix(cors_slice domain);

/* Whether it stands there because its owner gives names below it to others: "github.io". */
bool cors_domain_is_shared_host(cors_slice domain);

/*
 * Reads a policy file with everything it names, checks it and compiles it. A file that is a
 * compiled policy already, whatever its name, is checked as cors_policy_open() does; it must have
 * been compiled for the environment.
 *
 * path         the file, NUL-terminated.
 * environment  as cors_environment_select() returned it.
 * builder      out: owned by the caller, unless CORS_NO_MEMORY made it NULL; it has the problems
 *              and the names of all files that it read or could not read
 *              (cors_builder_file_name(), 0 is `path`).
 * policy       out: owned by the caller, freed with cors_heap; NULL unless CORS_OK is returned.
 *              May be NULL itself to check only.
 * Returns as cors_builder_finish() does. An unreadable file is a problem like any other.
 */
cors_status cors_policyfile_load(const char *path, const char *environment, cors_builder **builder,
                                 const cors_policy **policy);

/* Who watches the files while they are written. */
struct cors_list_watcher {
    /*
     * Whether the last line of a list is whole, though it has no newline; asked once the list was
     * read. `size` is how many bytes it had.
     */
    bool (*is_whole)(void *context, cors_slice path, size_t size);
    void *context;
};

/* The same while files may be being written: a list's last line counts only if it is whole. */
cors_status cors_policyfile_load_watched(const char *path, const char *environment,
                                         const struct cors_list_watcher *watcher,
                                         cors_builder **builder, const cors_policy **policy);

/*
 * The same for what a policy file would hold, in memory. JSON is YAML, so data may come as JSON.
 *
 * text         borrowed until the call returns; a byte order mark at its start is skipped.
 * name         what problems call it, NUL-terminated; files that it names are beside this one.
 */
cors_status cors_policyfile_load_text(cors_slice text, const char *name, const char *environment,
                                      cors_builder **builder, const cors_policy **policy);

#endif
