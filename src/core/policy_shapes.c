/* SPDX-License-Identifier: MIT */
#include "policy_shapes.h"

/* A pattern taken apart. */
struct cut {
    struct shape shape; /* with the one form */
    struct set_key anchor;
};

static bool is_pattern(const struct set_key *key) {
    return (key->kind & (SET_ONE_LABEL | SET_ANY_DEPTH)) != 0;
}

static uint8_t count_dots(cors_slice text) {
    unsigned dots = 0;
    for (size_t i = 0; i < text.size; i++) {
        dots += text.data[i] == '.';
    }
    return (uint8_t)dots;
}

/* Where the host begins. */
static size_t host_start(cors_slice head) {
    return slice_find(head, '/') + 2;
}

/* Where the label begins that the text ends in. */
static size_t label_start(cors_slice head) {
    size_t start = head.size;
    while (head.data[start - 1] != '.' && head.data[start - 1] != '/') {
        start--;
    }
    return start;
}

static struct cut cut_pattern(const struct set_key *key) {
    cors_slice host = slice_of(key->tail.data, slice_find(key->tail, ':'));
    size_t right = slice_find(host, '.');
    size_t start = host_start(key->head);
    bool label = (key->kind & SET_ONE_LABEL) != 0;
    size_t left = label ? key->head.size - label_start(key->head)
                        : count_dots(slice_skip(key->head, start));
    cors_slice tail = slice_skip(key->tail, right);
    return (struct cut){
        .shape = {.sizes = UINT64_C(1) << (tail.size % 64),
                  .dots = count_dots(host),
                  .kind = key->kind,
                  .form_count = 1,
                  .forms = {{(uint8_t)left, (uint8_t)right}}},
        .anchor = {slice_of(key->head.data, label ? key->head.size - left : start), tail,
                   key->kind},
    };
}

static bool same_form(struct form one, struct form other) {
    return one.left == other.left && one.right == other.right;
}

/* A wildcard that stands for whole labels, with none before it that matter: every shape names it. */
static bool is_plain(struct form form) {
    return form.left == 0 && form.right == 0;
}

static bool has_form(const struct shape *shape, struct form form) {
    for (size_t i = 0; i < shape->form_count; i++) {
        if (same_form(shape->forms[i], form)) {
            return true;
        }
    }
    return false;
}

/* Adds a form that the shape has not. Where they get too many, only the plain one stays. */
static void add_form(struct shape *shape, struct form form) {
    struct form plain = {0, 0};
    if (shape->form_count == SHAPE_FORMS_MAX) {
        shape->anchored = 1;
        shape->form_count = has_form(shape, plain);
        memset(shape->forms, 0, sizeof shape->forms);
    }
    if (!shape->anchored || is_plain(form)) {
        shape->forms[shape->form_count++] = form;
    }
}

/* The place of a shape in the sorted list: the first that is not before it. */
static size_t find_shape(const struct array *shapes, const struct shape *shape) {
    const struct shape *items = shapes->items;
    size_t low = 0;
    size_t high = shapes->count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        bool before = items[middle].dots < shape->dots ||
                      (items[middle].dots == shape->dots && items[middle].kind < shape->kind);
        low = before ? middle + 1 : low;
        high = before ? high : middle;
    }
    return low;
}

static bool add_shape(struct array *shapes, const struct shape *added,
                      const cors_allocator *memory) {
    size_t at = find_shape(shapes, added);
    struct shape *items = shapes->items;
    if (at < shapes->count && items[at].dots == added->dots && items[at].kind == added->kind) {
        items[at].sizes |= added->sizes;
        if (!has_form(&items[at], added->forms[0])) {
            add_form(&items[at], added->forms[0]);
        }
        return true;
    }
    if (cors_array_add(shapes, sizeof *items, memory) == NULL) {
        return false;
    }
    items = shapes->items;
    memmove(items + at + 1, items + at, (shapes->count - 1 - at) * sizeof *items);
    items[at] = *added;
    return true;
}

static bool plan_shapes(struct shape_plan *plan, const struct draft *draft,
                        const cors_allocator *memory) {
    const struct set_key *keys = draft->keys.items;
    for (size_t i = 0; i < draft->keys.count; i++) {
        if (is_pattern(&keys[i])) {
            struct cut cut = cut_pattern(&keys[i]);
            if (!add_shape(&plan->shapes, &cut.shape, memory)) {
                return false;
            }
        }
    }
    return true;
}

static bool needs_anchor(const struct shape_plan *plan, const struct cut *cut) {
    const struct shape *items = plan->shapes.items;
    return items[find_shape(&plan->shapes, &cut->shape)].anchored != 0 &&
           !is_plain(cut->shape.forms[0]);
}


/* Which forms there are: bit `right` of the word `left`. */
struct form_bits {
    uint64_t rights[128];
};

static size_t count_forms(const struct form_bits *bits) {
    size_t count = 0;
    for (size_t left = 0; left < 128; left++) {
        for (uint64_t rest = bits->rights[left]; rest != 0; rest &= rest - 1) {
            count++;
        }
    }
    return count;
}

static void write_forms(const struct form_bits *bits, char *to) {
    for (size_t left = 0; left < 128; left++) {
        for (size_t right = 0; right < 64; right++) {
            if ((bits->rights[left] >> right & 1) != 0) {
                *to++ = (char)left;
                *to++ = (char)right;
            }
        }
    }
}

/* Gives an anchor its list: the forms of all patterns of the bucket that have the anchor. */
static bool add_list(struct shape_plan *plan, uint32_t bucket, uint32_t index,
                      cors_builder *builder) {
    const struct set_plan *anchors = &plan->anchors;
    struct form_bits bits = {{0}};
    for (uint32_t at = anchors->starts[bucket]; at < anchors->starts[bucket + 1]; at++) {
        uint32_t other = anchors->order[at];
        if (anchors->same_as[other] == index) {
            bits.rights[plan->items[other].form.left] |= UINT64_C(1) << plan->items[other].form.right;
        }
    }
    size_t size = count_forms(&bits) * sizeof(struct form);
    char *list = cors_builder_take(builder, size);
    if (list == NULL) {
        return false;
    }
    write_forms(&bits, list);
    plan->keys[index].tail = slice_of(list, size);
    plan->anchors.record_size += size;
    return true;
}

static cors_status add_lists(struct shape_plan *plan, cors_builder *builder) {
    const struct set_plan *anchors = &plan->anchors;
    for (uint32_t bucket = 0; bucket < anchors->bucket_count; bucket++) {
        for (uint32_t at = anchors->starts[bucket]; at < anchors->starts[bucket + 1]; at++) {
            uint32_t index = anchors->order[at];
            if (anchors->same_as[index] == index &&
                !add_list(plan, bucket, index, builder)) {
                return CORS_NO_MEMORY;
            }
        }
    }
    return CORS_OK;
}

/* The patterns of the draft that need an anchor; only counted where there is no place for them. */
static uint32_t find_anchored(const struct shape_plan *plan, const struct draft *draft,
                              struct anchored *items) {
    const struct set_key *keys = draft->keys.items;
    uint32_t count = 0;
    for (size_t i = 0; i < draft->keys.count; i++) {
        if (!is_pattern(&keys[i])) {
            continue;
        }
        struct cut cut = cut_pattern(&keys[i]);
        if (!needs_anchor(plan, &cut)) {
            continue;
        }
        if (items != NULL) {
            items[count].hash = cors_key_hash(draft->origins_plan.seed, &cut.anchor);
            items[count].form = cut.shape.forms[0];
        }
        count++;
    }
    return count;
}

static cors_status plan_anchors(struct shape_plan *plan, cors_builder *builder,
                                const struct draft *draft) {
    const cors_allocator *memory = builder_memory(builder);
    uint32_t count = find_anchored(plan, draft, NULL);
    plan->keys = memory->allocate(memory->context, (count + (size_t)1) * sizeof *plan->keys);
    plan->items = memory->allocate(memory->context, (count + (size_t)1) * sizeof *plan->items);
    if (plan->keys == NULL || plan->items == NULL) {
        return CORS_NO_MEMORY;
    }
    find_anchored(plan, draft, plan->items);
    for (uint32_t i = 0; i < count; i++) {
        cors_slice text = slice_of((const char *)&plan->items[i].hash, sizeof plan->items[i].hash);
        plan->keys[i] = (struct set_key){.head = text};
    }
    cors_status status = cors_set_plan(&plan->anchors, plan->keys, count, memory);
    return status == CORS_OK ? add_lists(plan, builder) : status;
}

cors_status cors_shapes_plan(struct shape_plan *plan, cors_builder *builder,
                             const struct draft *draft) {
    if (!plan_shapes(plan, draft, builder_memory(builder))) {
        return CORS_NO_MEMORY;
    }
    return plan_anchors(plan, builder, draft);
}

void cors_shapes_release(struct shape_plan *plan, const cors_allocator *memory) {
    cors_array_release(&plan->shapes, memory);
    cors_set_plan_release(&plan->anchors, memory);
    memory->release(memory->context, plan->keys);
    memory->release(memory->context, plan->items);
}
