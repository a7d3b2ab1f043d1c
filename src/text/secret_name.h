/* SPDX-License-Identifier: MIT */
/* Names that say that a value is a secret: the one list, for whatever is shown. */
#ifndef CORS_TEXT_SECRET_NAME_H
#define CORS_TEXT_SECRET_NAME_H

#include <cors/types.h>

/* The name of a field, or of a parameter in a URL. Those of CORS itself are never secret. */
bool is_secret_name(cors_slice name);

#endif
