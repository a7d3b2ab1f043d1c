/* SPDX-License-Identifier: MIT */
/* Blocks that somebody else may have written: changed at will, with a checksum that fits. */
#ifndef CORS_TESTS_CASE_BLOCK_H
#define CORS_TESTS_CASE_BLOCK_H

#include <cors/policy.h>

/* Memory of a block's size between two pages that nobody may touch. */
struct case_block {
    char *start;   /* the block's first byte; its last is the last of the page */
    size_t size;   /* a multiple of 8 */
    char *mapping; /* with the pages around */
    size_t mapped;
};

/* Copies a policy's block. */
void case_block_begin(struct case_block *block, const cors_policy *policy);
void case_block_end(struct case_block *block);

/* Puts the checksum right after a change. */
void case_block_mend(struct case_block *block);

/*
 * Puts the tags right that the records of the sets of `sound` have, after a change within them, so
 * that a search finds what they say now.
 */
void case_block_retag(struct case_block *block, const cors_policy *sound);

/* Opens the block as it is; the words of the fault, "" where it opened. */
cors_slice case_block_open(const struct case_block *block, const cors_policy **policy);

/*
 * Makes every call that reads a policy, with paths, origins and names that sound policies have, and
 * fails the test if an answer is one that no builder lets pass.
 */
void case_block_exercise(const cors_policy *policy);

/* Opens the block and exercises the policy, if it is one. Returns whether it was. */
bool case_block_try(const struct case_block *block);

#endif
