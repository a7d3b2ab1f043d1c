/* SPDX-License-Identifier: MIT */
#include "policy_shapes.h"

enum {
    KINDS = 4,                             /* of patterns: one label, any depth, each any port */
    PLACES = (SHAPE_DOTS_MAX + 1) * KINDS, /* one for each shape that there could be */
};

/* A pattern taken apart. */
struct cut {
    struct form form;
    uint32_t place; /* of its shape, in the table of all */
    struct set_key anchor;
};

static bool is_pattern(const struct set_key *key) {
    return key->kind > SET_ANY_PORT;
}

static uint8_t count_dots(cors_slice text) {
    unsigned dots = 0;
    for (size_t i = 0; i < text.size; i++) {
        dots += text.data[i] == '.';
    }
    return (uint8_t)dots;
}

/* Where the label begins that the text ends in; without labels, where the host begins. */
static size_t label_start(cors_slice head, bool labels) {
    size_t start = head.size;
    while (head.data[start - 1] != '/' && !(labels && head.data[start - 1] == '.')) {
        start--;
    }
    return start;
}

static struct cut cut_pattern(const struct set_key *key) {
    size_t start = label_start(key->head, (key->kind & SET_ONE_LABEL) != 0);
    cors_slice host = slice_of(key->tail.data, slice_find(key->tail, ':'));
    size_t right = slice_find(host, '.');
    return (struct cut){
        .form = {(uint8_t)(key->head.size - start), (uint8_t)right},
        .place = (uint32_t)count_dots(host) * KINDS + key->kind - SET_ONE_LABEL,
        .anchor = {slice_of(key->head.data, start), slice_skip(key->tail, right), key->kind},
    };
}

/* A wildcard that is whole labels with none before it: every shape of it names that form. */
static bool is_plain(struct form form) {
    return form.left == 0 && form.right == 0;
}

/* Adds a form to a shape. Where they get too many, only the plain one stays. */
static void add_form(struct shape *shape, struct form form) {
    bool had_plain = false;
    for (size_t i = 0; i < shape->form_count; i++) {
        if (shape->forms[i].left == form.left && shape->forms[i].right == form.right) {
            return;
        }
        had_plain = had_plain || is_plain(shape->forms[i]);
    }
    if (shape->form_count == SHAPE_FORMS_MAX) {
        memset(shape->forms, 0, sizeof shape->forms);
        shape->form_count = had_plain;
        shape->anchored = 1;
    }
    if (!shape->anchored || is_plain(form)) {
        shape->forms[shape->form_count++] = form;
    }
}

/* Fills the table of shapes. Returns how many patterns may need an anchor. */
static uint32_t fill_table(struct shape *table, const struct draft *draft) {
    const struct set_key *keys = draft->keys.items;
    uint32_t patterns = 0;
    bool anchored = false;
    for (size_t i = 0; i < draft->keys.count; i++) {
        if (is_pattern(&keys[i])) {
            struct cut cut = cut_pattern(&keys[i]);
            struct shape *shape = &table[cut.place];
            shape->sizes |= UINT64_C(1) << (cut.anchor.tail.size % 64);
            shape->dots = (uint8_t)(cut.place / KINDS);
            shape->kind = keys[i].kind;
            add_form(shape, cut.form);
            anchored = anchored || shape->anchored;
            patterns++;
        }
    }
    return anchored ? patterns : 0;
}

/* Finds the patterns that need an anchor. Returns how many there are. */
static uint32_t find_anchored(struct shape_plan *plan, const struct draft *draft) {
    const struct set_key *keys = draft->keys.items;
    uint32_t count = 0;
    for (size_t i = 0; i < draft->keys.count; i++) {
        if (!is_pattern(&keys[i])) {
            continue;
        }
        struct cut cut = cut_pattern(&keys[i]);
        if (plan->shapes[cut.place].anchored && !is_plain(cut.form)) {
            plan->items[count].hash = cors_key_hash(draft->origins_plan.seed, &cut.anchor);
            plan->items[count++].form = cut.form;
        }
    }
    return count;
}

static int compare_anchored(const void *left, const void *right, const void *context) {
    (void)context;
    const struct anchored *one = left;
    const struct anchored *other = right;
    if (one->hash != other->hash) {
        return one->hash < other->hash ? -1 : 1;
    }
    int order = one->form.left - other->form.left;
    return order != 0 ? order : one->form.right - other->form.right;
}

/* Of the sorted patterns, a key for each anchor with the list of its forms. Returns how many. */
static uint32_t gather_forms(struct shape_plan *plan, uint32_t count) {
    const struct anchored *items = plan->items;
    struct form *next = plan->forms;
    uint32_t keys = 0;
    for (uint32_t i = 0; i < count; i++) {
        if (i > 0 && compare_anchored(&items[i - 1], &items[i], NULL) == 0) {
            continue;
        }
        if (i == 0 || items[i - 1].hash != items[i].hash) {
            plan->keys[keys++] = (struct set_key){
                .head = slice_of((const char *)&items[i].hash, sizeof items[i].hash),
                .tail = slice_of((const char *)next, 0)};
        }
        *next++ = items[i].form;
        plan->keys[keys - 1].tail.size += sizeof *next;
    }
    return keys;
}

static cors_status plan_anchors(struct shape_plan *plan, const struct draft *draft,
                                uint32_t patterns, const cors_allocator *memory) {
    size_t places = (size_t)patterns + 1;
    plan->items = memory->allocate(memory->context, places * sizeof *plan->items);
    plan->keys = memory->allocate(memory->context, places * sizeof *plan->keys);
    plan->forms = memory->allocate(memory->context, places * sizeof *plan->forms);
    if (plan->items == NULL || plan->keys == NULL || plan->forms == NULL) {
        return CORS_NO_MEMORY;
    }
    uint32_t count = patterns == 0 ? 0 : find_anchored(plan, draft);
    /* The keys, which are larger and not there yet, lend their place. */
    cors_merge_sort(plan->items, plan->keys, count, sizeof *plan->items, compare_anchored, NULL);
    count = gather_forms(plan, count);
    return cors_set_plan(&plan->anchors, plan->keys, count, memory);
}

/* Moves the shapes that there are to the front of the table. */
static void close_table(struct shape_plan *plan) {
    for (uint32_t i = 0; i < PLACES; i++) {
        if (plan->shapes[i].kind != 0) {
            plan->shapes[plan->count++] = plan->shapes[i];
        }
    }
}

cors_status cors_shapes_plan(struct shape_plan *plan, const struct draft *draft,
                             const cors_allocator *memory) {
    plan->shapes = memory->allocate(memory->context, PLACES * sizeof *plan->shapes);
    if (plan->shapes == NULL) {
        return CORS_NO_MEMORY;
    }
    memset(plan->shapes, 0, PLACES * sizeof *plan->shapes);
    uint32_t patterns = fill_table(plan->shapes, draft);
    cors_status status = plan_anchors(plan, draft, patterns, memory);
    close_table(plan);
    return status;
}

void cors_shapes_release(struct shape_plan *plan, const cors_allocator *memory) {
    cors_set_plan_release(&plan->anchors, memory);
    memory->release(memory->context, plan->shapes);
    memory->release(memory->context, plan->items);
    memory->release(memory->context, plan->keys);
    memory->release(memory->context, plan->forms);
}
