/* SPDX-License-Identifier: MIT */
#define _GNU_SOURCE
#include "serve_near.h"

#include <stdlib.h>
#include <string.h>

#include "serve_nearest.h"

/* A page makes many calls at once; its near miss is said for the first of them. */
enum { AGAIN_MILLISECONDS = 1000 };

/* What is remembered of a denied origin on a policy's path. */
struct memory {
    char *origin; /* NULL: the slot is free */
    size_t origin_size;
    cors_slice path; /* the policy's own; borrowed from the policy */
    char *words;     /* NULL: nothing is near */
    int64_t said_at;
};

struct serve_near {
    const cors_policy *policy;
    struct serve_origins *origins; /* made when first needed: it costs memory */
    struct memory memories[SERVE_NEAR_REMEMBERED_MAX];
    int64_t second_end; /* of the second in which `said` counts */
    unsigned said;
    uint64_t counted;
};

struct serve_near *serve_near_create(void) {
    return calloc(1, sizeof(struct serve_near));
}

static void forget(struct memory *memory) {
    free(memory->origin);
    free(memory->words);
    memset(memory, 0, sizeof *memory);
}

void serve_near_set_policy(struct serve_near *near, const cors_policy *policy) {
    for (size_t i = 0; i < SERVE_NEAR_REMEMBERED_MAX; i++) {
        forget(&near->memories[i]);
    }
    serve_origins_destroy(near->origins);
    near->origins = NULL;
    near->policy = policy;
}

void serve_near_destroy(struct serve_near *near) {
    if (near != NULL) {
        serve_near_set_policy(near, NULL);
        free(near);
    }
}

/* The slot that an origin would be remembered in; it may hold another, which then gives way. */
static struct memory *memory_of(struct serve_near *near, cors_slice path, cors_slice origin) {
    uint32_t hash = 2166136261U;
    for (size_t i = 0; i < path.size; i++) {
        hash = (hash ^ (unsigned char)path.data[i]) * 16777619U;
    }
    for (size_t i = 0; i < origin.size; i++) {
        hash = (hash ^ (unsigned char)origin.data[i]) * 16777619U;
    }
    return &near->memories[(hash ^ hash >> 16) % SERVE_NEAR_REMEMBERED_MAX];
}

static bool remembers(const struct memory *memory, cors_slice path, cors_slice origin) {
    return memory->origin != NULL && memory->path.data == path.data &&
           memory->origin_size == origin.size &&
           memcmp(memory->origin, origin.data, origin.size) == 0;
}

/* Works the near miss out, in words to be freed; NULL where nothing is near. */
static char *find_words(struct serve_near *near, cors_slice path, cors_slice origin) {
    struct serve_nearest nearest;
    char *words = NULL;
    size_t size;
    if (near->origins == NULL) {
        near->origins = serve_origins_create(near->policy);
    }
    if (near->origins == NULL) {
        return NULL;
    }
    serve_nearest_find(near->policy, near->origins, path, origin, &nearest);
    if (nearest.differences == 0) {
        return NULL;
    }
    FILE *stream = open_memstream(&words, &size);
    if (stream != NULL) {
        serve_nearest_write(stream, &nearest);
        (void)fclose(stream);
    }
    return words;
}

static void remember(struct memory *memory, cors_slice path, cors_slice origin, char *words) {
    forget(memory);
    memory->origin = malloc(origin.size + 1);
    if (memory->origin == NULL) {
        free(words);
        return;
    }
    memcpy(memory->origin, origin.data, origin.size);
    memory->origin_size = origin.size;
    memory->path = path;
    memory->words = words;
}

/* Whether one more may be said in this second; otherwise it is counted. */
static bool may_say(struct serve_near *near, int64_t now) {
    if (now >= near->second_end) {
        near->second_end = now + 1000;
        near->said = 0;
    }
    if (near->said == SERVE_NEAR_A_SECOND_MAX) {
        near->counted++;
        return false;
    }
    near->said++;
    return true;
}

const char *serve_near_words(struct serve_near *near, cors_slice path, cors_slice origin,
                             int64_t now) {
    cors_slice covering;
    if (near->policy == NULL || !cors_policy_find_path(near->policy, path, &covering)) {
        return NULL;
    }
    struct memory *memory = memory_of(near, covering, origin);
    if (remembers(memory, covering, origin)) {
        bool again = memory->words != NULL && now - memory->said_at >= AGAIN_MILLISECONDS;
        if (!again || !may_say(near, now)) {
            return NULL;
        }
        memory->said_at = now;
        return memory->words;
    }
    if (!may_say(near, now)) {
        return NULL; /* not even worked out */
    }
    remember(memory, covering, origin, find_words(near, path, origin));
    memory->said_at = now;
    if (memory->words == NULL) {
        near->said--; /* nothing was said after all */
    }
    return memory->words;
}

int64_t serve_near_due(const struct serve_near *near) {
    return near->counted > 0 ? near->second_end : 0;
}

uint64_t serve_near_take_count(struct serve_near *near) {
    uint64_t counted = near->counted;
    near->counted = 0;
    return counted;
}
