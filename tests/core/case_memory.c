/* SPDX-License-Identifier: MIT */
#include "case_memory.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void *case_take(size_t size) {
    void *taken = malloc(size == 0 ? 1 : size);
    if (taken == NULL) {
        perror("malloc");
        exit(EXIT_FAILURE);
    }
    return taken;
}

static void *allocate(void *context, size_t size) {
    struct case_memory *memory = (struct case_memory *)context;
    memory->asked++;
    bool past = memory->refuses_on && memory->asked > memory->refused_at;
    if (memory->refused_at != 0 && (memory->asked == memory->refused_at || past)) {
        memory->refused = true;
        return NULL;
    }
    void *taken = case_take(size);
    memset(taken, 0xA5, size); /* whoever counts on zeros is found out */
    memory->live++;
    return taken;
}

static void release(void *context, void *taken) {
    struct case_memory *memory = (struct case_memory *)context;
    memory->live -= taken != NULL;
    free(taken);
}

cors_allocator case_allocator(struct case_memory *memory) {
    cors_allocator allocator = {allocate, release, memory};
    return allocator;
}
