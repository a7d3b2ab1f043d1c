/* SPDX-License-Identifier: MIT */
/* What must hold whatever bytes come: where it does not, the program ends with a line that says so.
 */
#ifndef CORS_TESTS_INVARIANT_H
#define CORS_TESTS_INVARIANT_H

#include <stdio.h>
#include <stdlib.h>

/* `words` say what must hold, as a person would. */
#define INVARIANT(holds, words)                                                                    \
    do {                                                                                           \
        if (!(holds)) {                                                                            \
            fprintf(stderr, "%s:%d: invariant broken: %s\n", __FILE__, __LINE__, words);           \
            abort();                                                                               \
        }                                                                                          \
    } while (0)

#endif
