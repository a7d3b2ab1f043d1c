/* SPDX-License-Identifier: MIT */
#include "audit_spool.h"

#include <errno.h>
#include <string.h>

static void complain(void) {
    (void)fprintf(stderr, "cors audit: a report's temporary file cannot be used: %s\n",
                  strerror(errno));
}

FILE *audit_spool_begin(void) {
    FILE *spool = tmpfile();
    if (spool == NULL) {
        complain();
    }
    return spool;
}

bool audit_spool_end(FILE *spool, FILE *stream) {
    char block[1 << 14];
    size_t size = 0;
    bool whole = fflush(spool) == 0 && ferror(spool) == 0 && fseek(spool, 0, SEEK_SET) == 0;
    while (whole && (size = fread(block, 1, sizeof block, spool)) > 0) {
        (void)fwrite(block, 1, size, stream);
    }
    whole = whole && ferror(spool) == 0;
    if (!whole) {
        complain();
    }
    (void)fclose(spool);
    return whole;
}
