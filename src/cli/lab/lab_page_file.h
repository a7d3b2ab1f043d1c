/* SPDX-License-Identifier: MIT */
/* A file of the page, found and opened. */
#ifndef CORS_LAB_PAGE_FILE_H
#define CORS_LAB_PAGE_FILE_H

#include <cors/types.h>
#include <sys/stat.h>

struct lab_page_file {
    int descriptor;
    struct stat status;
    const char *type;   /* its Content-Type */
    bool has_smaller;   /* a compressed one stands beside it */
    bool is_compressed; /* and is what was opened */
};

/*
 * Opens a regular file below a folder. No symbolic link is followed on the way, no hidden file or
 * folder found, nothing outside of the folder reached.
 *
 * path        as a URL has it, "/source/app.js", percent-encoded.
 * compressed  whether FILE.gz may be taken in its place.
 * Returns false where there is no such file; else the descriptor is the caller's.
 */
bool lab_page_file_open(const char *folder, cors_slice path, bool compressed,
                        struct lab_page_file *file);

#endif
