/* SPDX-License-Identifier: MIT */
/* What a browser's recording holds that nobody is to be shown. */
#ifndef CORS_TESTS_FUZZED_SECRETS_H
#define CORS_TESTS_FUZZED_SECRETS_H

#include <cors/types.h>

/* The secret of all inputs: a word that nothing else prints. */
#define FUZZED_SECRET "9hush9"

/*
 * Whether the input, a HAR file, holds the secret, and only where it is one: in credentials,
 * cookies and bodies that pages sent.
 */
bool fuzzed_recording_holds_secret(cors_slice input);

/* Whether a text holds the secret. */
bool fuzzed_shows_secret(cors_slice text);

#endif
