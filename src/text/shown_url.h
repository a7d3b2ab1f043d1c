/* SPDX-License-Identifier: MIT */
/* URLs as they may be shown. */
#ifndef CORS_TEXT_SHOWN_URL_H
#define CORS_TEXT_SHOWN_URL_H

#include "keep.h"

/* What stands in place of a secret. */
#define HIDDEN "<hidden>"

/*
 * A URL without what lets somebody in: user info, and the values in its query and fragment whose
 * names say that they are secrets (token=, key=, signature=; secret_name.h).
 */
cors_slice shown_url(struct keep *keep, cors_slice url);

/* Whether there is user info in it. */
bool url_names_user(cors_slice url);

#endif
