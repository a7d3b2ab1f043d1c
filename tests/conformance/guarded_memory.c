/* SPDX-License-Identifier: MIT */
#include "guarded_memory.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

static void die(const char *what) {
    perror(what);
    exit(EXIT_FAILURE);
}

struct guarded guarded_place(size_t size) {
    size_t page = (size_t)sysconf(_SC_PAGESIZE);
    size_t usable = (size + page - 1) / page * page;
    struct guarded guarded = {.size = size, .pages_size = usable + page};
    void *pages =
        mmap(NULL, guarded.pages_size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (pages == MAP_FAILED) {
        die("mmap");
    }
    guarded.pages = pages;
    guarded.data = guarded.pages + usable - size;
    if (mprotect(guarded.pages + usable, page, PROT_NONE) != 0) {
        die("mprotect");
    }
    return guarded;
}

void guarded_protect(const struct guarded *guarded) {
    size_t page = (size_t)sysconf(_SC_PAGESIZE);
    if (guarded->pages_size > page &&
        mprotect(guarded->pages, guarded->pages_size - page, PROT_READ) != 0) {
        die("mprotect");
    }
}

void guarded_release(struct guarded *guarded) {
    if (munmap(guarded->pages, guarded->pages_size) != 0) {
        die("munmap");
    }
    *guarded = (struct guarded){NULL, 0, NULL, 0};
}
