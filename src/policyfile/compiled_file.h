/* SPDX-License-Identifier: MIT */
/* Policies that were compiled into files: `cors compile` writes what cors_policy_open() takes. */
#ifndef CORS_POLICYFILE_COMPILED_FILE_H
#define CORS_POLICYFILE_COMPILED_FILE_H

#include <cors/policy.h>

/*
 * Whether an open file begins as a compiled policy does, also one of a machine of another byte
 * order. A pipe, which cannot be read twice, never does. A file whose disk fails counts as one, so
 * that it is not taken for a text that nobody has to follow; who reads it on tells of the failure.
 */
bool compiled_file_is(int descriptor);

/*
 * How many bytes an open file says it has, if it begins as a compiled policy of this machine's byte
 * order does; else 0. It tells a file that is cut short before all of it is read.
 */
uint64_t compiled_file_size(int descriptor);

/* The same as compiled_file_is() for bytes that were read. */
bool compiled_text_is(cors_slice text);

/*
 * Checks the bytes of a compiled file, and that they were compiled for an environment.
 *
 * block        as cors_policy_open() takes it: aligned to 8, borrowed.
 * environment  as cors_environment_select() returned it.
 * policy       out: the policy in these bytes; NULL unless it is returned that all is fine.
 * Returns NULL if all is fine, else why not, as words behind a colon that live until the next call
 * of this thread.
 */
const char *compiled_file_open(const void *block, size_t size, const char *environment,
                               const cors_policy **policy);

#endif
