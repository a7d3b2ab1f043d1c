/* SPDX-License-Identifier: MIT */
/* A tree of labels: checked whole when it is loaded, walked from the right of a domain after. */
#include "wasm_suffixes.h"

#include "wasm_bytes.h"
#include "wasm_export.h"

enum suffix_flag {
    SUFFIX_LISTED = 1,    /* the name has a rule of its own */
    SUFFIX_WILDCARD = 2,  /* so has every name right below it */
    SUFFIX_EXCEPTION = 4, /* though a wildcard covers it, it is none */
    SUFFIX_BRANCH = 8,
    SUFFIX_FLAGS = 15,
};

enum {
    HEADER_SIZE = 5,
    BRANCH_SIZE = 3,     /* bytes that hold the size of a branch */
    LABEL_SIZE_MAX = 63, /* DNS */
    DEPTH_MAX = 8,       /* no rule has as many labels */
    LABELS_MAX = 255,    /* no domain has more, nor is it a suffix */
    DOMAIN_SIZE_MAX = 1023,
};

static const uint8_t header[HEADER_SIZE] = {'C', 'S', 'F', 'X', 1};

/* Unread bytes of a branch. */
struct branch {
    const uint8_t *at;
    size_t size;
};

/* One name of a branch, with what stands left of it. */
struct suffix_child {
    cors_slice label;
    unsigned flags;
    struct branch below;
};

/* The list in use; nothing is loaded where `at` is NULL. */
static struct branch list;

static void skip(struct branch *branch, size_t size) {
    branch->at += size;
    branch->size -= size;
}

static bool is_label_byte(char byte) {
    return (byte >= 'a' && byte <= 'z') || (byte >= '0' && byte <= '9') || byte == '-' ||
           byte == '_';
}

static bool is_label(cors_slice label) {
    for (size_t i = 0; i < label.size; i++) {
        if (!is_label_byte(label.data[i])) {
            return false;
        }
    }
    return label.size > 0 && label.size <= LABEL_SIZE_MAX;
}

/* Reads the next child and goes past it; false where the bytes do not hold a whole one. */
static bool take_child(struct branch *branch, struct suffix_child *child) {
    if (branch->size < 2 || branch->size - 2 < branch->at[0]) {
        return false;
    }
    child->label = slice_of((const char *)branch->at + 2, branch->at[0]);
    child->flags = branch->at[1];
    child->below = (struct branch){NULL, 0};
    skip(branch, 2 + child->label.size);
    if ((child->flags & SUFFIX_BRANCH) == 0) {
        return true;
    }
    if (branch->size < BRANCH_SIZE) {
        return false;
    }
    size_t size = (size_t)branch->at[0] | (size_t)branch->at[1] << 8 | (size_t)branch->at[2] << 16;
    skip(branch, BRANCH_SIZE);
    if (branch->size < size) {
        return false;
    }
    child->below = (struct branch){branch->at, size};
    skip(branch, size);
    return true;
}

static bool is_at_end(const struct branch *branch) {
    return branch->size > 0 && branch->at[0] == 0;
}

static int compare(cors_slice left, cors_slice right) {
    size_t shared = left.size < right.size ? left.size : right.size;
    int order = shared == 0 ? 0 : memcmp(left.data, right.data, shared);
    return order != 0 ? order : (left.size > right.size) - (left.size < right.size);
}

/* Whether a child stands where it may, and says what it can mean. */
static bool is_sound(const struct suffix_child *child, cors_slice before) {
    bool branches = (child->flags & SUFFIX_BRANCH) != 0;
    return is_label(child->label) && compare(before, child->label) < 0 &&
           child->flags <= SUFFIX_FLAGS && child->flags != 0 &&
           (!branches || child->below.size > 0);
}

/* Walks the whole tree, a branch at a time. */
static bool check(struct branch root) {
    struct branch open[DEPTH_MAX] = {root};
    cors_slice before[DEPTH_MAX] = {{NULL, 0}};
    size_t depth = 1;
    while (depth > 0) {
        struct branch *branch = &open[depth - 1];
        struct suffix_child child;
        if (is_at_end(branch)) {
            if (branch->size != 1) {
                return false;
            }
            depth--;
            continue;
        }
        if (!take_child(branch, &child) || !is_sound(&child, before[depth - 1])) {
            return false;
        }
        before[depth - 1] = child.label;
        if (child.below.size > 0) {
            if (depth == DEPTH_MAX) {
                return false;
            }
            open[depth] = child.below;
            before[depth] = slice_of(NULL, 0);
            depth++;
        }
    }
    return true;
}

WASM_EXPORT(suffixes_load)
cors_status wasm_suffixes_load(const uint8_t *bytes, size_t size) {
    if (size < HEADER_SIZE || memcmp(bytes, header, HEADER_SIZE) != 0) {
        return CORS_INVALID;
    }
    struct branch loaded = {bytes, size};
    skip(&loaded, HEADER_SIZE);
    if (!check(loaded)) {
        return CORS_INVALID;
    }
    list = loaded;
    return CORS_OK;
}

static bool find_child(struct branch branch, cors_slice label, struct suffix_child *child) {
    while (!is_at_end(&branch) && take_child(&branch, child)) {
        int order = compare(child->label, label);
        if (order >= 0) {
            return order == 0;
        }
    }
    return false;
}

/* Takes the last label off a domain that is not empty. */
static cors_slice take_last_label(cors_slice *domain, bool *more) {
    size_t start = domain->size;
    while (start > 0 && domain->data[start - 1] != '.') {
        start--;
    }
    cors_slice label = slice_skip(*domain, start);
    *more = start > 0;
    domain->size = start > 0 ? start - 1 : 0;
    return label;
}

/* What the list says of a name itself: its flags, or 0. */
static unsigned find_flags(cors_slice domain) {
    struct suffix_child child = {.below = list};
    bool more = true;
    while (more) {
        cors_slice label = take_last_label(&domain, &more);
        if (child.below.size == 0 || !find_child(child.below, label, &child)) {
            return 0;
        }
    }
    return child.flags;
}

static size_t count_labels(cors_slice domain) {
    size_t count = 1;
    for (size_t i = 0; i < domain.size; i++) {
        count += domain.data[i] == '.';
    }
    return count;
}

static bool follows_rule(cors_slice domain) {
    enum { OWN_RULE = SUFFIX_LISTED | SUFFIX_WILDCARD };
    if (slice_find(domain, '.') == domain.size - 1) {
        return true; /* a top-level domain with the dot of the root */
    }
    unsigned own = find_flags(domain);
    if ((own & SUFFIX_EXCEPTION) != 0) {
        return false;
    }
    cors_slice parent = slice_skip(domain, slice_find(domain, '.') + 1);
    return (own & OWN_RULE) != 0 || (find_flags(parent) & SUFFIX_WILDCARD) != 0;
}

bool wasm_is_public_suffix(void *context, cors_slice domain) {
    (void)context;
    bool askable = domain.size <= DOMAIN_SIZE_MAX && slice_find(domain, '\0') == domain.size;
    if (list.at == NULL || !askable) {
        return true;
    }
    if (domain.size > 0 && domain.data[0] == '.') {
        domain = slice_skip(domain, 1);
    }
    size_t labels = count_labels(domain);
    return labels <= LABELS_MAX && (labels == 1 || follows_rule(domain));
}
