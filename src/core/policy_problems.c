/* SPDX-License-Identifier: MIT */
/* Reporting: messages made of fixed words and the user's own, clean for any terminal. */
#include "policy_builder.h"
#include "policy_names.h"

/* Of the user's own words a message repeats as much, so that one long value stays one line. */
enum { PIECE_MAX = 200 };

static const cors_slice replacement = {"\xEF\xBF\xBD", 3};
static const cors_slice ellipsis = {"\xE2\x80\xA6", 3};

/* The size of the UTF-8 sequence at the start of the text, or 0 if there is none. */
static size_t utf8_size(cors_slice text) {
    uint8_t first = (uint8_t)text.data[0];
    size_t size = first < 0x80 ? 1 : first < 0xC2 ? 0 : first < 0xE0 ? 2 : first < 0xF0 ? 3 : 4;
    if (size == 0 || first > 0xF4 || size > text.size) {
        return 0;
    }
    for (size_t i = 1; i < size; i++) {
        if (((uint8_t)text.data[i] & 0xC0) != 0x80) {
            return 0;
        }
    }
    uint8_t second = size > 1 ? (uint8_t)text.data[1] : 0;
    bool overlong = (first == 0xE0 && second < 0xA0) || (first == 0xF0 && second < 0x90);
    bool surrogate = first == 0xED && second > 0x9F;
    bool beyond = first == 0xF4 && second > 0x8F;
    /* C1 controls, U+0080 to U+009F, act on terminals as escape sequences do. */
    bool control = (first == 0xC2 && second < 0xA0) || byte_is(text.data[0], BYTE_CONTROL);
    return overlong || surrogate || beyond || control ? 0 : size;
}

static size_t append(char *buffer, size_t size, cors_slice text) {
    if (buffer != NULL) {
        memcpy(buffer + size, text.data, text.size);
    }
    return size + text.size;
}

/* Appends a piece, cleaned and cut; a NULL buffer only counts. */
static size_t append_clean(char *buffer, size_t size, cors_slice piece) {
    bool cut = piece.size > PIECE_MAX;
    cors_slice left = slice_of(piece.data, cut ? PIECE_MAX : piece.size);
    while (left.size > 0) {
        size_t sequence = utf8_size(left);
        if (sequence == 0 && cut && left.size < 4 && (uint8_t)left.data[0] >= 0xC2) {
            break; /* the cut went through a character */
        }
        size = append(buffer, size, sequence == 0 ? replacement : slice_of(left.data, sequence));
        left = slice_skip(left, sequence == 0 ? 1 : sequence);
    }
    return cut ? append(buffer, size, ellipsis) : size;
}

static size_t join(char *buffer, struct message message) {
    size_t size = 0;
    for (size_t i = 0; i < message.count; i++) {
        size = append_clean(buffer, size, message.pieces[i]);
    }
    return size;
}

cors_slice cors_message_join(cors_builder *builder, struct message message) {
    size_t size = join(NULL, message);
    char *text = cors_builder_take(builder, size + 1);
    if (text == NULL) {
        return CORS_SLICE("");
    }
    return slice_of(text, join(text, message));
}

cors_slice cors_number_text(cors_builder *builder, uint64_t number) {
    char digits[20];
    size_t start = sizeof digits;
    do {
        digits[--start] = (char)('0' + number % 10);
        number /= 10;
    } while (number > 0);
    size_t size = sizeof digits - start;
    char *text = cors_builder_take(builder, size);
    if (text == NULL) {
        return CORS_SLICE("");
    }
    memcpy(text, digits + start, size);
    return slice_of(text, size);
}

void cors_problem_add_as(cors_builder *builder, const struct draft *draft, cors_rule rule,
                         cors_severity severity, cors_position position, struct message message,
                         cors_slice suggestion) {
    cors_slice text = cors_message_join(builder, message);
    cors_slice better = cors_message_join(builder, MESSAGE(suggestion));
    if (slice_ends_with(better, ellipsis)) {
        better = CORS_SLICE(""); /* what was cut is not what to write */
    }
    cors_problem *problem =
        cors_array_add(&builder->problems, sizeof(cors_problem), builder_memory(builder));
    if (problem == NULL) {
        builder->out_of_memory = true;
        return;
    }
    bool accepted = draft != NULL && (draft->accepted >> rule & 1) != 0;
    severity = accepted ? CORS_SEVERITY_INFO : severity;
    *problem = (cors_problem){rule, severity, position, text, better};
    builder->has_error = builder->has_error || severity == CORS_SEVERITY_ERROR;
}

void cors_problem_add(cors_builder *builder, const struct draft *draft, cors_rule rule,
                      cors_position position, struct message message, cors_slice suggestion) {
    const struct cors_rule_row *row = cors_rule_row(rule);
    cors_severity severity = row == NULL ? CORS_SEVERITY_ERROR : row->severity;
    cors_problem_add_as(builder, draft, rule, severity, position, message, suggestion);
}

cors_status cors_builder_report(cors_builder *builder, cors_rule rule, cors_position position,
                                cors_slice message, cors_slice suggestion) {
    cors_problem_add(builder, NULL, rule, position, MESSAGE(message), suggestion);
    return builder->out_of_memory ? CORS_NO_MEMORY : CORS_OK;
}

static int compare_numbers(uint32_t left, uint32_t right) {
    return left < right ? -1 : left > right;
}

static int compare_problems(const void *left, const void *right, const void *context) {
    (void)context;
    const cors_position *first = &((const cors_problem *)left)->position;
    const cors_position *second = &((const cors_problem *)right)->position;
    int order = compare_numbers(first->file, second->file);
    order = order != 0 ? order : compare_numbers(first->line, second->line);
    return order != 0 ? order : compare_numbers(first->column, second->column);
}

void cors_problems_sort(cors_builder *builder) {
    size_t count = builder->problems.count;
    const cors_allocator *memory = builder_memory(builder);
    if (count < 2) {
        return;
    }
    void *spare = memory->allocate(memory->context, count * sizeof(cors_problem));
    if (spare == NULL) {
        builder->out_of_memory = true;
        return;
    }
    cors_merge_sort(builder->problems.items, spare, count, sizeof(cors_problem), compare_problems,
                    NULL);
    memory->release(memory->context, spare);
}

const cors_problem *cors_builder_problems(const cors_builder *builder, size_t *count) {
    *count = builder->problems.count;
    return builder->problems.items;
}
