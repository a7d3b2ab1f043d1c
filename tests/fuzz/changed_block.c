/* SPDX-License-Identifier: MIT */
#include "changed_block.h"

#include <stddef.h>
#include <string.h>

#include "naive_text.h"
#include "policy_block.h"

/* What a member is, as far as changes go by it. */
enum meaning {
    NUMBER,
    OFFSET, /* where something begins */
    SIZE,   /* of the text whose offset is the member before */
    TEXT,   /* bytes, of which a word can be made */
};

struct place {
    size_t at;
    size_t size;
    enum meaning meaning;
};

/* Beyond these an input's policy is larger than any check needs. */
enum { PLACES_MAX = 2048 };

struct places {
    struct place items[PLACES_MAX];
    size_t count;
};

/* What the members of a structure are. */
struct member {
    size_t offset;
    size_t size;
    enum meaning meaning;
};

#define MEMBER(structure, name, meaning)                                                           \
    { offsetof(structure, name), sizeof(((structure *)NULL)->name), meaning }
#define MEMBERS_OF_TEXT(structure, name)                                                           \
    MEMBER(structure, name.offset, OFFSET), MEMBER(structure, name.size, SIZE)
#define MEMBERS_OF_SET(name)                                                                       \
    MEMBER(struct route, name.seed, NUMBER), MEMBER(struct route, name.sizes, NUMBER),             \
        MEMBER(struct route, name.buckets, OFFSET),                                                \
        MEMBER(struct route, name.bucket_count, NUMBER), MEMBER(struct route, name.count, NUMBER), \
        MEMBER(struct route, name.longest, NUMBER)

static const struct member head_members[] = {
    MEMBER(cors_policy, magic, NUMBER),  MEMBER(cors_policy, layout, NUMBER),
    MEMBER(cors_policy, size, NUMBER),   MEMBER(cors_policy, route_count, NUMBER),
    MEMBER(cors_policy, routes, OFFSET), MEMBERS_OF_TEXT(cors_policy, environment),
};

static const struct member route_members[] = {
    MEMBERS_OF_TEXT(struct route, path),
    MEMBER(struct route, parent, NUMBER),
    MEMBER(struct route, shapes, OFFSET),
    MEMBER(struct route, shape_count, NUMBER),
    MEMBER(struct route, preflight_status, NUMBER),
    MEMBER(struct route, exact, NUMBER),
    MEMBER(struct route, any_origin, NUMBER),
    MEMBER(struct route, credentials, NUMBER),
    MEMBER(struct route, any_method, NUMBER),
    MEMBER(struct route, any_header, NUMBER),
    MEMBER(struct route, any_port, NUMBER),
    MEMBER(struct route, dots_max, NUMBER),
    MEMBER(struct route, reserved[0], NUMBER),
    MEMBER(struct route, reserved[2], NUMBER),
    MEMBERS_OF_SET(origins),
    MEMBERS_OF_SET(anchors),
    MEMBERS_OF_SET(methods),
    MEMBERS_OF_SET(headers),
    MEMBERS_OF_TEXT(struct route, allow_methods),
    MEMBERS_OF_TEXT(struct route, allow_headers),
    MEMBERS_OF_TEXT(struct route, expose_headers),
    MEMBERS_OF_TEXT(struct route, max_age),
};

static const struct member shape_members[] = {
    MEMBER(struct shape, sizes, NUMBER),         MEMBER(struct shape, dots, NUMBER),
    MEMBER(struct shape, kind, NUMBER),          MEMBER(struct shape, form_count, NUMBER),
    MEMBER(struct shape, anchored, NUMBER),      MEMBER(struct shape, forms[0].left, NUMBER),
    MEMBER(struct shape, forms[0].right, NUMBER)};

static const struct member bucket_members[] = {MEMBER(struct set_bucket, records, OFFSET),
                                               MEMBER(struct set_bucket, tags, NUMBER)};

static const struct member record_members[] = {
    MEMBER(struct set_record, head_size, NUMBER), MEMBER(struct set_record, kind, NUMBER),
    MEMBER(struct set_record, tag, NUMBER), MEMBER(struct set_record, tail_size, NUMBER)};

static void note(struct places *places, size_t at, size_t size, enum meaning meaning) {
    if (places->count < PLACES_MAX) {
        places->items[places->count++] = (struct place){at, size, meaning};
    }
}

static void note_members(struct places *places, size_t at, const struct member *members,
                         size_t count) {
    for (size_t i = 0; i < count; i++) {
        note(places, at + members[i].offset, members[i].size, members[i].meaning);
    }
}
#define NOTE_MEMBERS(places, at, members)                                                          \
    note_members(places, at, members, sizeof(members) / sizeof((members)[0]))

static size_t offset_in(const cors_policy *sound, const void *part) {
    return (size_t)((const char *)part - (const char *)sound);
}

static void note_set(struct places *places, const cors_policy *sound, const struct cors_set *set) {
    const struct set_record *record = NULL;
    for (uint32_t i = 0; i <= set->bucket_count; i++) {
        NOTE_MEMBERS(places, set->buckets + i * sizeof(struct set_bucket), bucket_members);
    }
    while ((record = cors_set_next(sound, set, record)) != NULL) {
        NOTE_MEMBERS(places, offset_in(sound, record), record_members);
        note(places, offset_in(sound, record->text), (size_t)record->head_size + record->tail_size,
             TEXT);
    }
}

static void note_route(struct places *places, const cors_policy *sound, const struct route *route) {
    const struct block_text texts[] = {route->path, route->allow_methods, route->allow_headers,
                                       route->expose_headers, route->max_age};
    for (uint32_t i = 0; i < route->shape_count; i++) {
        NOTE_MEMBERS(places, route->shapes + i * sizeof(struct shape), shape_members);
    }
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        note(places, texts[i].offset, texts[i].size, TEXT);
    }
    note_set(places, sound, &route->methods);
    note_set(places, sound, &route->headers);
    note_set(places, sound, &route->origins);
    note_set(places, sound, &route->anchors);
}

/* The head and the routes first, so that what every block has is at the same place in each. */
static void find_places(struct places *places, const cors_policy *sound) {
    const struct route *routes = policy_routes(sound);
    places->count = 0;
    NOTE_MEMBERS(places, 0, head_members);
    for (uint32_t i = 0; i < sound->route_count; i++) {
        NOTE_MEMBERS(places, offset_in(sound, &routes[i]), route_members);
    }
    for (uint32_t i = 0; i < sound->route_count; i++) {
        note_route(places, sound, &routes[i]);
    }
}

/* A machine on which blocks are written the other way round has its number's bytes at the end. */
static bool is_little(void) {
    const uint16_t one = 1;
    uint8_t first;
    memcpy(&first, &one, 1);
    return first == 1;
}

static uint64_t get(const struct changed_block *block, const struct place *place) {
    uint64_t value = 0;
    size_t size = place->size < sizeof value ? place->size : sizeof value;
    if (place->at + size <= block->size) {
        memcpy((char *)&value + (is_little() ? 0 : sizeof value - size), block->bytes + place->at,
               size);
    }
    return value;
}

static void set(struct changed_block *block, const struct place *place, uint64_t value) {
    size_t size = place->size < sizeof value ? place->size : sizeof value;
    if (place->at + size <= block->size) {
        memcpy(block->bytes + place->at, (char *)&value + (is_little() ? 0 : sizeof value - size),
               size);
    }
}

static uint64_t rounded(uint64_t size) {
    return (size + 7) / 8 * 8;
}

/* Moves all that lies behind a text; returns false where there is no room for that. */
static bool move_rest(struct changed_block *block, uint64_t begins, uint64_t before,
                      uint64_t after) {
    uint64_t from = begins + rounded(before);
    uint64_t to = begins + rounded(after);
    if (from > block->size || after > UINT32_MAX || to > block->size ||
        block->size - from > block->room - to) {
        return false;
    }
    memmove(block->bytes + to, block->bytes + from, block->size - from);
    if (to > from) {
        memset(block->bytes + from, 'x', to - from);
    }
    block->size = block->size - from + to;
    return true;
}

/* A text grows or shrinks, and what lies behind it moves, as if it had been written so. */
static void resize(struct changed_block *block, const struct places *places, size_t index,
                   uint64_t after) {
    const struct place *size = &places->items[index];
    uint64_t begins = get(block, size - 1);
    uint64_t before = get(block, size);
    for (size_t i = 0; i < places->count; i++) {
        const struct place *place = &places->items[i];
        uint64_t offset = get(block, place);
        if (place->meaning == OFFSET && offset > begins && place != size - 1) {
            set(block, place, offset + rounded(after) - rounded(before));
        }
    }
    set(block, size, after);
    (void)move_rest(block, begins, before, after);
}

/* Words that no builder lets into a list, and some that it does. */
static const cors_slice words[] = {
    CORS_SLICE("*"),     CORS_SLICE("TRACE"),      CORS_SLICE("CONNECT"),
    CORS_SLICE("trace"), CORS_SLICE("host"),       CORS_SLICE("cookie"),
    CORS_SLICE("sec-x"), CORS_SLICE("set-cookie"), CORS_SLICE("X-A"),
    CORS_SLICE("x-a"),   CORS_SLICE("PUT"),        CORS_SLICE(", "),
    CORS_SLICE("file:"), CORS_SLICE("2147483648"), CORS_SLICE("00"),
    CORS_SLICE("\r\n"),  CORS_SLICE("/../"),       CORS_SLICE("authorization"),
};

/* A word over the beginning of a text, and over all that is spelled as that was, in any case. */
static void rename_all(struct changed_block *block, const struct place *place, cors_slice word) {
    char old[16];
    if (place->size < word.size || place->at + word.size > block->size) {
        return;
    }
    cors_slice spelled = {old, word.size};
    memcpy(old, block->bytes + place->at, word.size);
    for (size_t at = sizeof(struct cors_policy); at + word.size <= block->size; at++) {
        if (naive_is_same_in_any_case((cors_slice){block->bytes + at, word.size}, spelled)) {
            memcpy(block->bytes + at, word.data, word.size);
        }
    }
}

static void change_text(struct changed_block *block, const struct place *place, unsigned action,
                        uint8_t value) {
    if (action % 2 == 0) {
        rename_all(block, place, words[value % (sizeof words / sizeof words[0])]);
    } else if (place->size > 0 && place->at + place->size <= block->size) {
        block->bytes[place->at + action / 2 % place->size] = (char)value;
    }
}

/* Values at which bounds break. */
static const uint64_t edges[] = {0,          1,          2,          7,         8,      24,
                                 200,        0x7f,       0xff,       0x7fff,    0xffff, 0x7fffffff,
                                 0x80000000, 0xfffffff8, 0xffffffff, UINT64_MAX};

enum action { SET, ADD, COPY, RESIZE, CUT, ACTIONS };

static void change_number(struct changed_block *block, const struct places *places, size_t index,
                          enum action action, uint8_t value) {
    const struct place *place = &places->items[index];
    if (action == SET) {
        set(block, place, edges[value % (sizeof edges / sizeof edges[0])]);
    } else if (action == COPY) {
        set(block, place, get(block, &places->items[value % places->count]));
    } else if (action == RESIZE && place->meaning == SIZE) {
        resize(block, places, index, get(block, place) + (uint64_t)(int64_t)(int8_t)value);
    } else {
        set(block, place, get(block, place) + (uint64_t)(int64_t)(int8_t)value);
    }
}

size_t changed_block_place(const cors_policy *sound, struct fuzzed_input *input) {
    static struct places places;
    size_t index = fuzzed_byte(input);
    index |= (size_t)fuzzed_byte(input) << 8;
    find_places(&places, sound);
    return index % places.count;
}

/* The values at which bounds break, one more, one less, and no text at all; of a text, words. */
void changed_block_try(struct changed_block *block, const cors_policy *sound, size_t place,
                       size_t number) {
    const size_t edge_count = sizeof edges / sizeof edges[0];
    static struct places places;
    find_places(&places, sound);
    if (places.items[place].meaning == TEXT) {
        change_text(block, &places.items[place], 0, (uint8_t)number);
    } else if (number < edge_count) {
        change_number(block, &places, place, SET, (uint8_t)number);
    } else if (number < edge_count + 2) {
        change_number(block, &places, place, RESIZE, number == edge_count ? 1 : 0xff);
    } else if (places.items[place].meaning == SIZE) {
        resize(block, &places, place, 0);
    }
}

void changed_block_change(struct changed_block *block, const cors_policy *sound,
                          struct fuzzed_input *input) {
    static struct places places;
    size_t index = changed_block_place(sound, input);
    unsigned action = fuzzed_byte(input);
    uint8_t value = fuzzed_byte(input);
    find_places(&places, sound);
    if (places.items[index].meaning == TEXT) {
        change_text(block, &places.items[index], action, value);
    } else if (action % ACTIONS == CUT) {
        block->size -= value % 9 < block->size ? value % 9 : 0;
    } else {
        change_number(block, &places, index, (enum action)(action % ACTIONS), value);
    }
}
