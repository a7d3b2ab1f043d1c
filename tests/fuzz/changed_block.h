/* SPDX-License-Identifier: MIT */
/*
 * A compiled policy that somebody changed: member by member, so that each check of
 * cors_policy_open() is met alone, and not only the checksum and the first one that a random byte
 * breaks. A change is four bytes of an input: which place (two bytes), what to do there, a value.
 * What a place of numbers can be set to is few, so that all of it can be tried in one execution.
 */
#ifndef CORS_TESTS_CHANGED_BLOCK_H
#define CORS_TESTS_CHANGED_BLOCK_H

#include <cors/policy.h>

#include "fuzzed_input.h"

/* Aligned to 8, with room for texts that grow. */
struct changed_block {
    char *bytes;
    size_t size;
    size_t room;
};

/* How many values a place is tried with. */
enum { CHANGED_BLOCK_VALUES = 19 };

/* Takes two bytes that name a place, of all that the sound policy has. */
size_t changed_block_place(const cors_policy *sound, struct fuzzed_input *input);

/* Sets the place to what is tried there for the `number`-th time. */
void changed_block_try(struct changed_block *block, const cors_policy *sound, size_t place,
                       size_t number);

/* Makes one change; `sound` is the policy that the block was a copy of, and says what lies where.
 */
void changed_block_change(struct changed_block *block, const cors_policy *sound,
                          struct fuzzed_input *input);

#endif
