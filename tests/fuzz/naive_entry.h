/* SPDX-License-Identifier: MIT */
/* What an entry of allow_origins means, told as plainly as can be, and apart from the library. */
#ifndef CORS_TESTS_NAIVE_ENTRY_H
#define CORS_TESTS_NAIVE_ENTRY_H

#include "fuzzed_memory.h"

/*
 * Whether an entry that a policy may have, other than *, lets a serialized origin in. The entry is
 * in lower case, the origin as browsers write it.
 */
bool naive_entry_allows(cors_slice entry, cors_slice origin);

/* An origin that an entry lets in. */
cors_slice naive_entry_sample(struct fuzzed_memory *memory, cors_slice entry);

/* Whether an entry may be one that a policy has: *, or what it lets in is an origin. */
bool naive_entry_may_be(struct fuzzed_memory *memory, cors_slice entry);

/*
 * Whether it is an origin whose form nobody can refuse: of a host's name, short, and not like an
 * address. What else is an entry is for the library to say.
 */
bool naive_entry_is_plain(struct fuzzed_memory *memory, cors_slice entry);

#endif
