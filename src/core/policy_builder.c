/* SPDX-License-Identifier: MIT */
/* The builder: gathering, and the order of its work at the end. */
#include "policy_builder.h"

static const cors_slice production = {"production", 10};

char *cors_builder_take(cors_builder *builder, size_t size) {
    char *memory = cors_arena_take(&builder->arena, size, builder_memory(builder));
    builder->out_of_memory = builder->out_of_memory || memory == NULL;
    return memory;
}

bool cors_builder_is_production(const cors_builder *builder) {
    return slice_equals(builder->environment, production);
}

static cors_status status_of(const cors_builder *builder) {
    return builder->out_of_memory ? CORS_NO_MEMORY : CORS_OK;
}

static void *add(cors_builder *builder, struct array *array, size_t size) {
    void *item = cors_array_add(array, size, builder_memory(builder));
    builder->out_of_memory = builder->out_of_memory || item == NULL;
    return item;
}

cors_status cors_builder_create(const cors_builder_options *options, cors_builder **builder) {
    const cors_allocator *memory = &options->allocator;
    cors_builder *made = memory->allocate(memory->context, sizeof *made);
    *builder = made;
    if (made == NULL) {
        return CORS_NO_MEMORY;
    }
    *made = (cors_builder){.options = *options};
    cors_slice environment = options->environment.size == 0 ? production : options->environment;
    char *copy = cors_builder_take(made, environment.size);
    if (copy == NULL) {
        cors_builder_destroy(made);
        *builder = NULL;
        return CORS_NO_MEMORY;
    }
    memcpy(copy, environment.data, environment.size);
    made->environment = slice_of(copy, environment.size);
    return CORS_OK;
}

static void release_draft(struct draft *draft, const cors_allocator *memory) {
    struct array *arrays[] = {&draft->origins,      &draft->methods, &draft->headers,
                              &draft->exposed,      &draft->risks,   &draft->keys,
                              &draft->key_positions};
    for (size_t i = 0; i < sizeof arrays / sizeof arrays[0]; i++) {
        cors_array_release(arrays[i], memory);
    }
    cors_set_plan_release(&draft->origins_plan, memory);
}

void cors_builder_destroy(cors_builder *builder) {
    if (builder == NULL) {
        return;
    }
    const cors_allocator memory = builder->options.allocator;
    for (size_t i = 0; i < builder->drafts.count; i++) {
        release_draft(builder_draft(builder, i), &memory);
    }
    cors_array_release(&builder->drafts, &memory);
    cors_array_release(&builder->problems, &memory);
    cors_array_release(&builder->files, &memory);
    cors_arena_release(&builder->arena, &memory);
    memory.release(memory.context, builder);
}

cors_status cors_builder_add_file(cors_builder *builder, cors_slice name, uint32_t *file) {
    char *copy = cors_builder_take(builder, name.size);
    cors_slice *item = copy == NULL ? NULL : add(builder, &builder->files, sizeof *item);
    if (item == NULL) {
        return CORS_NO_MEMORY;
    }
    if (name.size > 0) {
        memcpy(copy, name.data, name.size);
    }
    *item = slice_of(copy, name.size);
    *file = (uint32_t)(builder->files.count - 1);
    return CORS_OK;
}

cors_slice cors_builder_file_name(const cors_builder *builder, uint32_t file) {
    const cors_slice *files = builder->files.items;
    return file < builder->files.count ? files[file] : CORS_SLICE("");
}

cors_status cors_builder_begin_policy(cors_builder *builder, cors_position position) {
    struct draft *draft = add(builder, &builder->drafts, sizeof *draft);
    if (draft == NULL) {
        return CORS_NO_MEMORY;
    }
    draft->position = position;
    return CORS_OK;
}

/* The policy begun last; one is begun at `position` where none was. */
static struct draft *current_draft(cors_builder *builder, cors_position position) {
    if (builder->drafts.count == 0 && cors_builder_begin_policy(builder, position) != CORS_OK) {
        return NULL;
    }
    return builder_draft(builder, builder->drafts.count - 1);
}

/* An empty slice may have no address; what is kept has one, so that it can be copied. */
static struct value value_of(cors_slice text, cors_position position) {
    return (struct value){text.size == 0 ? CORS_SLICE("") : text, position};
}

static struct array *list_of(struct draft *draft, cors_key key) {
    switch (key) {
    case CORS_KEY_ALLOW_METHODS:
        return &draft->methods;
    case CORS_KEY_ALLOW_HEADERS:
        return &draft->headers;
    case CORS_KEY_EXPOSE_HEADERS:
        return &draft->exposed;
    case CORS_KEY_ACCEPT_RISKS:
        return &draft->risks;
    default:
        return NULL;
    }
}

static struct value *single_of(struct draft *draft, cors_key key, bool **has) {
    switch (key) {
    case CORS_KEY_PATH:
        *has = &draft->has_path;
        return &draft->path;
    case CORS_KEY_ALLOW_CREDENTIALS:
        *has = &draft->has_credentials;
        return &draft->credentials_value;
    case CORS_KEY_MAX_AGE:
        *has = &draft->has_max_age;
        return &draft->max_age_value;
    case CORS_KEY_PREFLIGHT_STATUS:
        *has = &draft->has_preflight_status;
        return &draft->preflight_status_value;
    default:
        return NULL;
    }
}

cors_status cors_builder_add(cors_builder *builder, cors_key key, cors_slice value,
                             cors_position position) {
    if (key == CORS_KEY_ALLOW_ORIGINS) {
        return cors_builder_add_origin_for(builder, CORS_SLICE(""), value, position);
    }
    struct draft *draft = current_draft(builder, position);
    if (draft == NULL) {
        return CORS_NO_MEMORY;
    }
    bool *has = NULL;
    struct value *place = single_of(draft, key, &has);
    if (place != NULL) {
        *has = true;
    } else {
        struct array *list = list_of(draft, key);
        place = list == NULL ? NULL : add(builder, list, sizeof *place);
    }
    if (place != NULL) {
        *place = value_of(value, position);
    }
    return status_of(builder);
}

void cors_builder_has_environment(cors_builder *builder, cors_slice environment) {
    builder->environment_used =
        builder->environment_used || slice_equals(environment, builder->environment);
}

cors_status cors_builder_add_origin_for(cors_builder *builder, cors_slice environment,
                                        cors_slice origin, cors_position position) {
    struct draft *draft = current_draft(builder, position);
    if (draft == NULL) {
        return CORS_NO_MEMORY;
    }
    struct origin_value *value = add(builder, &draft->origins, sizeof *value);
    if (value == NULL) {
        return CORS_NO_MEMORY;
    }
    *value = (struct origin_value){value_of(origin, position), environment};
    cors_builder_has_environment(builder, environment);
    return CORS_OK;
}

void cors_builder_has_origins(cors_builder *builder, cors_position position) {
    struct draft *draft = current_draft(builder, position);
    if (draft != NULL) {
        draft->has_origins = true;
        draft->origins_position = position;
    }
}

void cors_builder_mark_incomplete(cors_builder *builder) {
    if (builder->drafts.count > 0) {
        builder_draft(builder, builder->drafts.count - 1)->is_incomplete = true;
    }
}

static void check_environment(cors_builder *builder) {
    if (builder->environment_used || cors_builder_is_production(builder)) {
        return;
    }
    cors_position start = {0, 1, 1};
    cors_problem_add(builder, NULL, CORS_RULE_UNUSED_ENVIRONMENT, start,
                     MESSAGE(WORDS("No entry is for the environment \""), builder->environment,
                             WORDS("\"; is its name right?")),
                     CORS_SLICE(""));
}

/* The order of routes in the block: by path, the prefix before the exact path. */
static int compare_drafts(const void *left, const void *right, const void *context) {
    const cors_builder *builder = context;
    const struct draft *first = builder_draft(builder, *(const uint32_t *)left);
    const struct draft *second = builder_draft(builder, *(const uint32_t *)right);
    int order = slice_compare(first->path_literal, second->path_literal);
    return order != 0 ? order : (int)first->path_is_exact - (int)second->path_is_exact;
}

static void report_duplicate_paths(cors_builder *builder, const uint32_t *sorted) {
    for (size_t i = 1; i < builder->drafts.count; i++) {
        struct draft *draft = builder_draft(builder, sorted[i]);
        if (compare_drafts(&sorted[i - 1], &sorted[i], builder) != 0 ||
            draft->path_literal.size == 0) {
            continue;
        }
        cors_slice path = draft->has_path ? draft->path.text : CORS_SLICE("/*");
        cors_problem_add(builder, draft, CORS_RULE_DUPLICATE_PATH,
                         draft->has_path ? draft->path.position : draft->position,
                         MESSAGE(WORDS("Another policy has the path "), path,
                                 WORDS(" already; a path belongs to one policy.")),
                         CORS_SLICE(""));
    }
}

static void sort_drafts(cors_builder *builder, uint32_t *sorted, uint32_t *spare) {
    size_t count = builder->drafts.count;
    for (uint32_t i = 0; i < count; i++) {
        sorted[i] = i;
    }
    cors_merge_sort(sorted, spare, count, sizeof *sorted, compare_drafts, builder);
}

static cors_status check_and_compile(cors_builder *builder, uint32_t *sorted, uint32_t *spare,
                                     cors_policy **policy) {
    for (size_t i = 0; i < builder->drafts.count; i++) {
        cors_draft_check(builder, builder_draft(builder, i));
        cors_draft_check_origins(builder, builder_draft(builder, i));
    }
    check_environment(builder);
    sort_drafts(builder, sorted, spare);
    report_duplicate_paths(builder, sorted);
    if (builder->out_of_memory) {
        return CORS_NO_MEMORY;
    }
    return builder->too_large ? CORS_TOO_LARGE : cors_policy_compile(builder, sorted, policy);
}

cors_status cors_builder_finish(cors_builder *builder, const cors_policy **policy) {
    const cors_allocator *memory = builder_memory(builder);
    size_t bytes = (builder->drafts.count + 1) * sizeof(uint32_t);
    uint32_t *sorted = memory->allocate(memory->context, bytes);
    uint32_t *spare = memory->allocate(memory->context, bytes);
    cors_policy *made = NULL;
    cors_status status = CORS_NO_MEMORY;
    if (sorted != NULL && spare != NULL) {
        status = check_and_compile(builder, sorted, spare, &made);
    }
    memory->release(memory->context, sorted);
    memory->release(memory->context, spare);
    cors_problems_sort(builder);
    if (builder->out_of_memory) {
        status = CORS_NO_MEMORY;
    } else if (status == CORS_OK && builder->has_error) {
        status = CORS_INVALID;
    }
    if (status != CORS_OK || policy == NULL) {
        cors_policy_destroy(made, memory);
        made = NULL;
    }
    if (policy != NULL) {
        *policy = made;
    }
    return status;
}
