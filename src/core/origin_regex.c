/* SPDX-License-Identifier: MIT */
/* Regular expressions over origins as entries of a policy. */
#include "origin_regex.h"

static const struct {
    const char *name;
    const char *meaning;
} faults[] = {
#define ROW(name, number, text, meaning) {text, meaning},
    CORS_REGEX_FAULTS(ROW)
#undef ROW
};

enum { FAULT_COUNT = sizeof faults / sizeof faults[0] };

const char *cors_regex_fault_name(cors_regex_fault fault) {
    return (size_t)fault < FAULT_COUNT ? faults[fault].name : "";
}

const char *cors_regex_fault_meaning(cors_regex_fault fault) {
    return (size_t)fault < FAULT_COUNT ? faults[fault].meaning : "";
}

/* What is known of an entry beside its text, which has no ":*" yet. */
struct known {
    bool any_port;
    bool exact_plain; /* all that it allows without ":*" matches */
    bool exact_port;  /* and all that ":*" adds */
};

/* The entries as they are found. */
struct gathering {
    cors_regex *regex;
    struct known known[CORS_REGEX_ENTRIES_MAX];
};

enum { ENTRY_ROOM = sizeof((cors_regex *)NULL)->text / CORS_REGEX_ENTRIES_MAX };

/* ":*" goes behind it. */
_Static_assert(REGEX_TEXT_MAX + 2 <= ENTRY_ROOM, "an entry has room");

static size_t find_entry(const cors_regex *regex, cors_slice text) {
    size_t index = 0;
    while (index < regex->entry_count && !slice_equals(regex->entries[index], text)) {
        index++;
    }
    return index;
}

static bool gather(struct gathering *gathering, const struct regex_judgement *judgement) {
    cors_regex *regex = gathering->regex;
    cors_slice text = slice_of(judgement->text, judgement->size);
    size_t index = find_entry(regex, text);
    if (index == CORS_REGEX_ENTRIES_MAX) {
        return false;
    }
    struct known *known = &gathering->known[index];
    if (index == regex->entry_count) {
        char *place = regex->text + index * ENTRY_ROOM;
        memcpy(place, text.data, text.size);
        regex->entries[regex->entry_count++] = slice_of(place, text.size);
        *known = (struct known){.any_port = false};
    }
    if (judgement->any_port) {
        known->any_port = true;
        known->exact_port = known->exact_port || judgement->exact;
    } else {
        known->exact_plain = known->exact_plain || judgement->exact;
    }
    return true;
}

/* Whether an entry with any port allows another that names one. */
static bool covers_port(cors_slice any, cors_slice other) {
    return other.size > any.size && slice_starts_with(other, any) && other.data[any.size] == ':';
}

static bool is_covered(const struct gathering *gathering, size_t index) {
    const cors_regex *regex = gathering->regex;
    for (size_t i = 0; i < regex->entry_count; i++) {
        if (gathering->known[i].any_port && covers_port(regex->entries[i], regex->entries[index])) {
            return true;
        }
    }
    return false;
}

/* Leaves out what another entry covers, and writes the ports. */
static void finish(struct gathering *gathering, bool exact) {
    cors_regex *regex = gathering->regex;
    bool covered[CORS_REGEX_ENTRIES_MAX];
    size_t count = 0;
    regex->exact = exact;
    for (size_t i = 0; i < regex->entry_count; i++) {
        covered[i] = is_covered(gathering, i);
    }
    for (size_t i = 0; i < regex->entry_count; i++) {
        const struct known *known = &gathering->known[i];
        cors_slice entry = regex->entries[i];
        if (covered[i]) {
            continue;
        }
        regex->exact =
            regex->exact && known->exact_plain && (known->exact_port || !known->any_port);
        if (known->any_port) {
            memcpy(regex->text + i * ENTRY_ROOM + entry.size, ":*", 2);
            entry.size += 2;
        }
        regex->entries[count++] = entry;
    }
    regex->entry_count = count;
}

static bool refuse(cors_regex *regex, cors_regex_fault fault, size_t offset) {
    regex->fault = fault;
    regex->offset = offset;
    regex->entry_count = 0;
    regex->exact = false;
    return false;
}

/* Reads all alternatives; false where one is faulty, or they are too many. */
static bool read_all(const struct regex_tree *tree, cors_regex *regex) {
    struct gathering gathering = {.regex = regex};
    struct regex_walk walk;
    struct regex_judgement judgement;
    cors_regex_walk_begin(&walk, tree);
    while (cors_regex_walk_next(&walk)) {
        enum regex_verdict verdict = cors_regex_judge(&walk, &judgement);
        if (verdict == REGEX_FAULTY) {
            return refuse(regex, judgement.fault, judgement.offset);
        }
        if (verdict == REGEX_ENTRY && !gather(&gathering, &judgement)) {
            return refuse(regex, CORS_REGEX_FAULT_TOO_LARGE, 0);
        }
    }
    if (walk.exceeded) {
        return refuse(regex, CORS_REGEX_FAULT_TOO_LARGE, 0);
    }
    finish(&gathering, !tree->doubtful);
    return true;
}

static bool gather_meant(struct gathering *gathering, struct regex_walk *walk) {
    struct regex_judgement judgement;
    bool bare = false;
    enum regex_verdict verdict = cors_regex_judge(walk, &judgement);
    if (verdict != REGEX_NO_ORIGIN) {
        verdict = cors_regex_mend(walk, &judgement, &bare);
    }
    if (verdict != REGEX_ENTRY) {
        return verdict == REGEX_NO_ORIGIN;
    }
    if (!gather(gathering, &judgement)) {
        return false;
    }
    return !bare || (cors_regex_mend_below(walk, &judgement) == REGEX_ENTRY &&
                     gather(gathering, &judgement));
}

/* The entries that were meant by an expression that is refused: all of them, or none. */
static void read_meant(const struct regex_tree *tree, cors_regex *regex) {
    struct gathering gathering = {.regex = regex};
    struct regex_walk walk;
    bool meant = true;
    cors_regex_walk_begin(&walk, tree);
    while (meant && cors_regex_walk_next(&walk)) {
        meant = gather_meant(&gathering, &walk);
    }
    if (!meant || walk.exceeded) {
        regex->entry_count = 0;
    }
    finish(&gathering, false);
}

bool cors_regex_read(cors_slice source, bool anchored_start, bool anchored_end, bool ignores_case,
                     cors_regex *regex) {
    struct regex_tree tree;
    regex->fault = CORS_REGEX_FAULT_NONE;
    regex->offset = 0;
    regex->entry_count = 0;
    regex->exact = false;
    if (!cors_regex_parse(source, ignores_case, &tree)) {
        return refuse(regex, tree.fault, tree.offset);
    }
    tree.anchored_start = anchored_start;
    tree.anchored_end = anchored_end;
    if (!read_all(&tree, regex)) {
        read_meant(&tree, regex);
        return false;
    }
    return true;
}
