/* SPDX-License-Identifier: MIT */
/* The rules of origins: syntax, risks, and entries that say nothing new. */
#include <cors/origin.h>
#include <cors/server.h>

#include "policy_builder.h"
#include "policy_match.h"

static const cors_slice none = {"", 0};

/* An entry with what it needs to be judged. */
struct judged {
    struct draft *draft;
    const struct origin_entry *entry;
    cors_slice written; /* as the user wrote it */
    cors_position position;
};

static void report(cors_builder *builder, const struct judged *judged, cors_rule rule,
                   cors_slice meaning, cors_slice suggestion) {
    cors_problem_add(builder, judged->draft, rule, judged->position,
                     MESSAGE(WORDS("\""), judged->written, WORDS("\" "), meaning), suggestion);
}

/* The sound form of an entry, or nothing. */
static cors_slice correction(cors_builder *builder, const struct origin_entry *entry) {
    char buffer[CORS_ENTRY_MAX];
    if (!entry->has_correction) {
        return none;
    }
    return cors_message_join(builder, MESSAGE(cors_entry_write(entry->key, buffer)));
}

/* For an entry without a scheme: the same behind https://, if that is an origin. */
static cors_slice with_scheme(cors_builder *builder, cors_slice written) {
    static const cors_slice https = {"https://", 8};
    char text[ENTRY_TEXT_MAX];
    /* With a slash it is more than a host and port, and a guess would be wild. */
    if (written.size == 0 || written.size > sizeof text - https.size ||
        slice_find(written, '/') < written.size) {
        return none;
    }
    memcpy(text, https.data, https.size);
    memcpy(text + https.size, written.data, written.size);
    struct origin_entry entry;
    cors_entry_read(slice_of(text, https.size + written.size), &builder->options, &entry);
    return correction(builder, &entry);
}

static void report_syntax(cors_builder *builder, const struct judged *judged) {
    const struct origin_entry *entry = judged->entry;
    cors_slice better = correction(builder, entry);
    if (better.size == 0 && entry->scheme_size == 0) {
        better = with_scheme(builder, judged->written);
    }
    cors_slice reason = slice_of_text(entry->reason);
    cors_slice instead =
        better.size == 0 ? none : cors_message_join(builder, MESSAGE(WORDS(": write "), better));
    cors_problem_add(builder, judged->draft, CORS_RULE_ORIGIN_SYNTAX, judged->position,
                     MESSAGE(WORDS("\""), judged->written, WORDS("\" is no origin: "), reason,
                             instead, WORDS(".")),
                     better);
}

/* The faults that have a rule of their own, and how the message goes on after the entry. */
static const struct {
    unsigned fault;
    cors_rule rule;
    const char *meaning;
} faults[] = {
    {ENTRY_USERINFO, CORS_RULE_ORIGIN_USERINFO, "has a user name, which no browser sends: write "},
    {ENTRY_DEFAULT_PORT, CORS_RULE_ORIGIN_DEFAULT_PORT,
     "names its scheme's default port, which no browser sends: write "},
    {ENTRY_PATH, CORS_RULE_ORIGIN_PATH,
     "goes on after the host and port, which no browser sends: write "},
};

static void report_faults(cors_builder *builder, const struct judged *judged) {
    const struct origin_entry *entry = judged->entry;
    if ((entry->faults & ENTRY_SYNTAX) != 0) {
        report_syntax(builder, judged);
    }
    if (!entry->has_correction) {
        return;
    }
    cors_slice better = correction(builder, entry);
    for (size_t i = 0; i < sizeof faults / sizeof faults[0]; i++) {
        if ((entry->faults & faults[i].fault) != 0) {
            cors_slice meaning = cors_message_join(
                builder, MESSAGE(slice_of_text(faults[i].meaning), better, WORDS(".")));
            report(builder, judged, faults[i].rule, meaning, better);
        }
    }
}

static void report_conversion(cors_builder *builder, const struct judged *judged) {
    cors_slice better = correction(builder, judged->entry);
    cors_slice meaning =
        cors_message_join(builder, MESSAGE(WORDS("is compared as "), better,
                                           WORDS(", the form that browsers send.")));
    report(builder, judged, CORS_RULE_ORIGIN_CONVERTED, meaning, better);
}

/* The origin that stands for an entry, which is sound: its wildcard is a name under it. */
static cors_origin sample_origin(const struct origin_entry *entry, char *buffer) {
    cors_origin origin = {.opaque = false};
    size_t size = entry->key.head.size;
    memcpy(buffer, entry->key.head.data, size);
    if ((entry->key.kind & ~SET_ANY_PORT) != 0) {
        buffer[size++] = 'x';
        if (entry->key.tail.size > 0) {
            memcpy(buffer + size, entry->key.tail.data, entry->key.tail.size);
        }
        size += entry->key.tail.size;
    }
    (void)cors_origin_parse(slice_of(buffer, size), &origin);
    return origin;
}

static void check_transport(cors_builder *builder, const struct judged *judged) {
    char buffer[ENTRY_TEXT_MAX + 1];
    const struct draft *draft = judged->draft;
    const cors_origin origin = sample_origin(judged->entry, buffer);
    if (cors_origin_is_loopback(&origin)) {
        if (cors_builder_is_production(builder)) {
            cors_problem_add_as(
                builder, draft, CORS_RULE_LOOPBACK_IN_PRODUCTION,
                draft->credentials ? CORS_SEVERITY_ERROR : CORS_SEVERITY_WARNING, judged->position,
                MESSAGE(WORDS("\""), judged->written,
                        WORDS("\" can be held by any program on a visitor's machine; keep it out "
                              "of production with { origin: \""),
                        judged->written, WORDS("\", environment: development }.")),
                none);
        }
        return;
    }
    if (!slice_equals(origin.scheme, CORS_SLICE("http"))) {
        return;
    }
    cors_rule rule =
        draft->credentials ? CORS_RULE_INSECURE_ORIGIN_WITH_CREDENTIALS : CORS_RULE_INSECURE_ORIGIN;
    report(builder, judged, rule,
           WORDS("is http: whoever is on a visitor's network can hold it; use https."), none);
}

/* What stands right of the label with the wildcard, without a last dot. */
static cors_slice parent_domain(const struct origin_entry *entry) {
    cors_slice host = slice_of(entry->key.tail.data, entry->host_tail_size);
    size_t dot = slice_find(host, '.');
    cors_slice domain = dot == host.size ? none : slice_skip(host, dot + 1);
    if (domain.size > 0 && domain.data[domain.size - 1] == '.') {
        domain.size--;
    }
    return domain;
}

static bool is_public_suffix(const cors_builder *builder, cors_slice domain) {
    bool loopback = slice_equals(domain, CORS_SLICE("localhost")) ||
                    slice_ends_with(domain, CORS_SLICE(".localhost"));
    if (loopback) {
        return false;
    }
    return domain.size == 0 || builder->options.is_public_suffix == NULL ||
           builder->options.is_public_suffix(builder->options.context, domain);
}

static void check_wildcard(cors_builder *builder, const struct judged *judged) {
    if ((judged->entry->key.kind & (SET_ONE_LABEL | SET_ANY_DEPTH)) == 0) {
        return;
    }
    cors_slice domain = parent_domain(judged->entry);
    if (!is_public_suffix(builder, domain)) {
        return;
    }
    cors_slice meaning =
        domain.size == 0
            ? WORDS("has nothing right of the wildcard's label: any name that ends there matches.")
            : cors_message_join(builder, MESSAGE(WORDS("lets in every site under "), domain,
                                                 WORDS(", where anyone can register a name.")));
    report(builder, judged, CORS_RULE_PUBLIC_SUFFIX_WILDCARD, meaning, none);
}

/* The risks of an entry that is in use. */
static void check_entry_risks(cors_builder *builder, const struct judged *judged) {
    if (judged->entry->any_origin) {
        if (judged->draft->credentials) {
            report(builder, judged, CORS_RULE_WILDCARD_WITH_CREDENTIALS,
                   WORDS("with credentials would let every site act as the visitor, and browsers "
                         "refuse it; list the origins, or remove allow_credentials."),
                   none);
        }
        return;
    }
    if (judged->entry->opaque) {
        report(builder, judged, CORS_RULE_NULL_ORIGIN,
               WORDS("is the origin of every sandboxed frame and data: URL, so that any site can "
                     "take it on."),
               none);
        return;
    }
    if (judged->entry->converted) {
        report_conversion(builder, judged);
    }
    check_transport(builder, judged);
    check_wildcard(builder, judged);
}

/* Copies a key whose texts are in the entry itself, which is about to go. */
static bool keep_key(cors_builder *builder, const struct origin_entry *entry, struct set_key *key) {
    *key = entry->key;
    bool inside = entry->text_size > 0;
    if (!inside) {
        return true;
    }
    char *text = cors_builder_take(builder, entry->key.head.size + entry->key.tail.size);
    if (text == NULL) {
        return false;
    }
    memcpy(text, entry->key.head.data, entry->key.head.size);
    if (entry->key.tail.size > 0) {
        memcpy(text + entry->key.head.size, entry->key.tail.data, entry->key.tail.size);
    }
    key->head = slice_of(text, entry->key.head.size);
    key->tail = slice_of(text + key->head.size, entry->key.tail.size);
    return true;
}

static void add_key(cors_builder *builder, struct draft *draft, const struct origin_entry *entry,
                    cors_position position) {
    const cors_allocator *memory = builder_memory(builder);
    size_t count = draft->keys.count;
    struct set_key *key = cors_array_add(&draft->keys, sizeof *key, memory);
    cors_position *place =
        key == NULL ? NULL : cors_array_add(&draft->key_positions, sizeof *place, memory);
    if (place == NULL || !keep_key(builder, entry, key)) {
        builder->out_of_memory = true;
        /* Nothing half added stays: the checks that still follow read both arrays. */
        draft->keys.count = count;
        draft->key_positions.count = count;
        return;
    }
    *place = position;
}

static void report_redundant(cors_builder *builder, const struct draft *draft,
                             cors_position position, struct set_key key, cors_slice covered) {
    char buffer[CORS_ENTRY_MAX];
    cors_problem_add(
        builder, draft, CORS_RULE_REDUNDANT_ORIGIN, position,
        MESSAGE(WORDS("\""), cors_entry_write(key, buffer), WORDS("\" "), covered, WORDS(".")),
        none);
}

/* Once the list holds "*", nothing else says more. */
static void report_all_redundant(cors_builder *builder, const struct draft *draft) {
    const struct set_key *keys = draft->keys.items;
    const cors_position *positions = draft->key_positions.items;
    for (size_t i = 0; i < draft->keys.count; i++) {
        report_redundant(builder, draft, positions[i], keys[i], WORDS("is covered by \"*\""));
    }
}

static cors_slice listed_already(cors_builder *builder, cors_position first, uint32_t file) {
    cors_slice line = cors_number_text(builder, first.line);
    if (first.file == file) {
        return cors_message_join(builder, MESSAGE(WORDS("is listed already, in line "), line));
    }
    return cors_message_join(builder,
                             MESSAGE(WORDS("is listed already, in line "), line, WORDS(" of "),
                                     cors_builder_file_name(builder, first.file)));
}

static void report_duplicates(cors_builder *builder, const struct draft *draft) {
    const struct set_key *keys = draft->keys.items;
    const cors_position *positions = draft->key_positions.items;
    for (uint32_t i = 0; i < draft->origins_plan.count; i++) {
        uint32_t first = draft->origins_plan.same_as[i];
        if (first != i) {
            report_redundant(builder, draft, positions[i], keys[i],
                             listed_already(builder, positions[first], positions[i].file));
        }
    }
}

static bool is_active(const cors_builder *builder, const struct origin_value *value) {
    return value->environment.size == 0 || slice_equals(value->environment, builder->environment);
}

static void check_value(cors_builder *builder, struct draft *draft,
                        const struct origin_value *value) {
    struct origin_entry entry;
    cors_entry_read(value->value.text, &builder->options, &entry);
    struct judged judged = {draft, &entry, value->value.text, value->value.position};
    bool active = is_active(builder, value);
    if (entry.faults != 0) {
        report_faults(builder, &judged);
        draft->has_faulty_origin = true;
        return;
    }
    if (!active) {
        return;
    }
    check_entry_risks(builder, &judged);
    if (!entry.any_origin) {
        add_key(builder, draft, &entry, judged.position);
        return;
    }
    if (draft->any_origin) {
        cors_problem_add(builder, draft, CORS_RULE_REDUNDANT_ORIGIN, judged.position,
                         MESSAGE(WORDS("\"*\" is listed already.")), none);
    }
    draft->any_origin = true;
}

static void check_presence(cors_builder *builder, const struct draft *draft) {
    bool has_list = draft->has_origins || draft->origins.count > 0;
    if (draft->is_incomplete) {
        return;
    }
    if (!has_list) {
        cors_problem_add(
            builder, draft, CORS_RULE_MISSING_ORIGINS, draft->position,
            MESSAGE(WORDS("This policy has no allow_origins, so it would allow nobody; "
                          "list the origins that may read its answers.")),
            none);
    } else if (!draft->any_origin && !draft->has_faulty_origin && draft->keys.count == 0) {
        const struct origin_value *first = draft->origins.items;
        cors_problem_add(builder, draft, CORS_RULE_NO_ORIGINS_LEFT,
                         draft->has_origins ? draft->origins_position : first->value.position,
                         MESSAGE(WORDS("In the environment "), builder->environment,
                                 WORDS(" no origin is left in this list, so it allows nobody.")),
                         none);
    }
}

void cors_draft_check_origins(cors_builder *builder, struct draft *draft) {
    const struct origin_value *values = draft->origins.items;
    for (size_t i = 0; i < draft->origins.count; i++) {
        check_value(builder, draft, &values[i]);
    }
    check_presence(builder, draft);
    cors_array_release(&draft->origins, builder_memory(builder)); /* the keys say it all */
    if (draft->any_origin) {
        report_all_redundant(builder, draft);
        draft->keys.count = 0;
    }
    if (draft->keys.count > UINT32_MAX - 1 || builder->out_of_memory) {
        return;
    }
    cors_status status = cors_set_plan(&draft->origins_plan, draft->keys.items,
                                       (uint32_t)draft->keys.count, builder_memory(builder));
    if (status == CORS_OK) {
        report_duplicates(builder, draft);
    } else {
        builder->out_of_memory = status == CORS_NO_MEMORY;
        builder->too_large = builder->too_large || status == CORS_TOO_LARGE;
    }
}

/*
 * An origin in the place of an entry, to ask which other entries allow all that it allows: what it
 * leaves open is a byte that no entry can name, and only a wildcard as wide takes.
 */
static struct origin_cut stand_in(struct set_key key, char *buffer) {
    struct origin_cut cut = {.host_start = 0};
    size_t size = key.head.size;
    memcpy(buffer, key.head.data, size);
    size_t host_size = size;
    if ((key.kind & ~SET_ANY_PORT) != 0) {
        cors_slice open = (key.kind & SET_ANY_DEPTH) != 0 ? CORS_SLICE("*.*") : CORS_SLICE("*");
        memcpy(buffer + size, open.data, open.size);
        size += open.size;
        if (key.tail.size > 0) {
            memcpy(buffer + size, key.tail.data, key.tail.size);
        }
        host_size = size + slice_find(key.tail, ':');
        size += key.tail.size;
    }
    if ((key.kind & SET_ANY_PORT) != 0) {
        memcpy(buffer + size, ":*", 2);
        size += 2;
    }
    cut.text = slice_of(buffer, size);
    while (memcmp(buffer + cut.host_start, "://", 3) != 0) {
        cut.host_start++;
    }
    cut.host_start += 3;
    if ((key.kind & ~SET_ANY_PORT) != 0) {
        cut.host_end = host_size;
        return cut;
    }
    /* The head ends with the port, if any; an address in brackets has colons of its own. */
    cors_slice rest = slice_of(buffer + cut.host_start, key.head.size - cut.host_start);
    size_t bracket = slice_find(rest, ']');
    size_t from = bracket < rest.size ? bracket : 0;
    cut.host_end = cut.host_start + from + slice_find(slice_skip(rest, from), ':');
    return cut;
}

/* The offset of another entry's record that allows all that an entry allows; 0 where none does. */
static uint32_t find_covering(const cors_policy *policy, const struct route *route,
                              const struct set_record *own) {
    char buffer[CORS_ENTRY_MAX];
    struct set_key key = cors_set_record_key(own);
    if (slice_equals(key.head, CORS_SLICE("null"))) {
        return 0;
    }
    struct origin_cut cut = stand_in(key, buffer);
    const struct set_record *other = cors_route_match_open(policy, route, &cut, own);
    return other == NULL ? 0 : (uint32_t)((const char *)other - (const char *)policy);
}

/*
 * The entries are asked about in the order in which they lie in the block, since a look-up of each
 * by itself would wait for memory most of the time.
 */
static void find_all_covering(const struct set_plan *plan, const cors_policy *policy,
                              const struct route *route, uint32_t *covering) {
    const struct set_record *own = NULL;
    for (uint32_t at = 0; at < plan->count; at++) {
        uint32_t index = plan->order[at];
        covering[index] = 0;
        if (plan->same_as[index] == index) {
            own = cors_set_next(policy, &route->origins, own);
            covering[index] = find_covering(policy, route, own);
        }
    }
}

void cors_draft_check_covered(cors_builder *builder, const struct draft *draft,
                              const cors_policy *policy, const struct route *route) {
    const struct set_key *keys = draft->keys.items;
    const cors_position *positions = draft->key_positions.items;
    const cors_allocator *memory = builder_memory(builder);
    uint32_t count = draft->origins_plan.count;
    if (!route->any_port && route->shape_count == 0) {
        return;
    }
    uint32_t *covering = memory->allocate(memory->context, count * sizeof *covering);
    if (covering == NULL) {
        builder->out_of_memory = true;
        return;
    }
    find_all_covering(&draft->origins_plan, policy, route, covering);
    for (uint32_t i = 0; i < count; i++) {
        if (covering[i] != 0) {
            char text[CORS_ENTRY_MAX];
            struct set_key other = cors_set_record_key(set_record_at(policy, covering[i]));
            report_redundant(builder, draft, positions[i], keys[i],
                             cors_message_join(builder, MESSAGE(WORDS("is covered by "),
                                                                cors_entry_write(other, text))));
        }
    }
    memory->release(memory->context, covering);
}
