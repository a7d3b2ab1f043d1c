/* SPDX-License-Identifier: MIT */
/* The names of rules, severities and keys, out of the tables in policy.h. */
#include "policy_names.h"

#include "bytes.h"

const char *cors_version(void) {
    return CORS_VERSION_STRING;
}

static const struct cors_rule_row rows[] = {
#define ROW(name, number, text, severity, acceptable, meaning)                                     \
    {CORS_RULE_##name, CORS_SEVERITY_##severity, acceptable, text},
    CORS_RULES(ROW)
#undef ROW
};

enum { ROW_COUNT = sizeof rows / sizeof rows[0] };

const struct cors_rule_row *cors_rule_row(cors_rule rule) {
    /* Rules are numbered from 1 without a gap. */
    size_t index = (size_t)rule - 1;
    return index < ROW_COUNT ? &rows[index] : NULL;
}

const char *cors_rule_name(cors_rule rule) {
    const struct cors_rule_row *row = cors_rule_row(rule);
    return row == NULL ? "" : row->name;
}

const char *cors_severity_name(cors_severity severity) {
    static const char *const names[] = {"info", "warning", "error"};
    return (size_t)severity < sizeof names / sizeof names[0] ? names[severity] : "";
}

/* Longer names are not compared: nobody mistypes those. */
enum { NAME_MAX = 48 };

static char name_letter(cors_slice name, size_t index) {
    return name.data[index] == '-' ? '_' : byte_fold(name.data[index]);
}

static size_t smaller(size_t first, size_t second) {
    return first < second ? first : second;
}

/* Letters changed, added, dropped or swapped with the next, whatever their case; - is as good as _.
 */
static size_t edit_distance(cors_slice left, cors_slice right) {
    size_t matrix[3][NAME_MAX + 1];
    for (size_t i = 0; i <= left.size; i++) {
        size_t *row = matrix[i % 3];
        const size_t *above = matrix[(i + 2) % 3];
        const size_t *swapped = matrix[(i + 1) % 3];
        row[0] = i;
        for (size_t j = 1; j <= right.size; j++) {
            if (i == 0) {
                row[j] = j;
                continue;
            }
            bool differ = name_letter(left, i - 1) != name_letter(right, j - 1);
            row[j] = smaller(smaller(above[j], row[j - 1]) + 1, above[j - 1] + differ);
            if (i > 1 && j > 1 && name_letter(left, i - 1) == name_letter(right, j - 2) &&
                name_letter(left, i - 2) == name_letter(right, j - 1)) {
                row[j] = smaller(row[j], swapped[j - 2] + 1);
            }
        }
    }
    return matrix[left.size % 3][right.size];
}

size_t cors_name_distance(cors_slice given, cors_slice name) {
    bool comparable = given.size > 0 && given.size <= NAME_MAX && name.size <= NAME_MAX;
    size_t distance = comparable ? edit_distance(given, name) : NAME_MAX;
    /* More than a third of the letters wrong is another word. */
    return distance * 3 <= name.size ? distance : SIZE_MAX;
}

cors_rule cors_rule_find(cors_slice name, cors_slice *nearest) {
    size_t best = SIZE_MAX;
    *nearest = CORS_SLICE("");
    for (size_t i = 0; i < ROW_COUNT; i++) {
        if (slice_equals(name, slice_of_text(rows[i].name))) {
            return rows[i].rule;
        }
    }
    for (size_t i = 0; i < ROW_COUNT; i++) {
        cors_slice text = slice_of_text(rows[i].name);
        size_t distance = rows[i].acceptable ? cors_name_distance(name, text) : SIZE_MAX;
        if (distance < best) {
            best = distance;
            *nearest = text;
        }
    }
    return (cors_rule)0;
}

static const struct {
    cors_key key;
    cors_slice name;
} keys[] = {
#define KEY(name, number, text, shape) {CORS_KEY_##name, {text, sizeof(text) - 1}},
    CORS_KEYS(KEY)
#undef KEY
};

cors_key cors_key_find(cors_slice name, cors_slice *nearest) {
    size_t best = SIZE_MAX;
    *nearest = CORS_SLICE("");
    for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++) {
        if (slice_equals(name, keys[i].name)) {
            return keys[i].key;
        }
        size_t distance = cors_name_distance(name, keys[i].name);
        if (distance < best) {
            best = distance;
            *nearest = keys[i].name;
        }
    }
    return (cors_key)0;
}
