/* SPDX-License-Identifier: MIT */
/*
 * What JavaScript's and Python's regular expressions have in common, as far as origins need it.
 * Where the two read the same bytes differently, the expression is not understood.
 */
#include "origin_regex.h"

/* In the order of the bits. */
static const char alphabet[] = "abcdefghijklmnopqrstuvwxyz0123456789-_.:/+[]";

uint64_t cors_regex_bit(char byte) {
    const char *found = memchr(alphabet, byte, sizeof alphabet - 1);
    return found == NULL ? 0 : REGEX_BIT(found - alphabet);
}

char cors_regex_byte(uint64_t set) {
    size_t index = 0;
    while ((set >> index) > 1) {
        index++;
    }
    return alphabet[index];
}

/* A group that is being read: of the texts of its branches, and of its present one. */
struct frame {
    uint16_t group;
    uint16_t branch;
    uint16_t item; /* the last one */
    bool alone;    /* it has one branch */
    bool anchored; /* it holds ^ or $ */
    bool nullable;
    uint64_t all;
    uint64_t last; /* the bytes that texts can end in */
    bool branch_nullable;
    uint64_t branch_last;
    enum shape { SHAPE_EMPTY, SHAPE_LABEL, SHAPE_LABEL_DOT, SHAPE_OTHER } shape;
};

struct parser {
    cors_slice source;
    size_t at;
    bool ignores_case;
    struct regex_tree *tree;
    struct frame frames[REGEX_DEPTH_MAX];
    size_t depth; /* of the present frame */
};

static bool fail(struct parser *parser, cors_regex_fault fault, size_t offset) {
    parser->tree->fault = fault;
    parser->tree->offset = offset;
    return false;
}

static bool not_understood(struct parser *parser, size_t offset) {
    return fail(parser, CORS_REGEX_FAULT_NOT_UNDERSTOOD, offset);
}

/* Takes what the source goes on with, if it is that. */
static bool take(struct parser *parser, const char *text) {
    cors_slice wanted = slice_of_text(text);
    if (!slice_starts_with(slice_skip(parser->source, parser->at), wanted)) {
        return false;
    }
    parser->at += wanted.size;
    return true;
}

static bool at_end(const struct parser *parser) {
    return parser->at == parser->source.size;
}

static char peek(const struct parser *parser) {
    return at_end(parser) ? '\0' : parser->source.data[parser->at];
}

static struct frame *present(struct parser *parser) {
    return &parser->frames[parser->depth];
}

/* The tree has room: a node a byte, the root, and groups that are not closed. */
static uint16_t add_node(struct parser *parser, enum regex_kind kind, size_t offset) {
    struct regex_tree *tree = parser->tree;
    tree->nodes[tree->count] = (struct regex_node){.offset = (uint16_t)offset,
                                                   .end = (uint16_t)offset,
                                                   .min = 1,
                                                   .max = 1,
                                                   .kind = (uint8_t)kind};
    return (uint16_t)tree->count++;
}

static struct regex_node *add_item(struct parser *parser, enum regex_kind kind, size_t offset) {
    struct frame *frame = present(parser);
    struct regex_node *nodes = parser->tree->nodes;
    uint16_t added = add_node(parser, kind, offset);
    if (frame->item == 0) {
        nodes[frame->branch].first = added;
    } else {
        nodes[frame->item].next = added;
    }
    frame->item = added;
    return &nodes[added];
}

static void open_branch(struct parser *parser) {
    struct frame *frame = present(parser);
    struct regex_node *nodes = parser->tree->nodes;
    uint16_t added = add_node(parser, REGEX_BRANCH, parser->at);
    if (frame->branch == 0) {
        nodes[frame->group].first = added;
    } else {
        nodes[frame->branch].next = added;
    }
    frame->branch = added;
    frame->item = 0;
    frame->branch_nullable = true;
    frame->branch_last = 0;
    frame->shape = SHAPE_EMPTY;
    frame->alone = added == frame->group + 1;
}

static void close_branch(struct parser *parser) {
    struct frame *frame = present(parser);
    frame->nullable = frame->nullable || frame->branch_nullable;
    frame->last |= frame->branch_last;
}

static void open_group(struct parser *parser, uint16_t group) {
    *present(parser) = (struct frame){.group = group};
    open_branch(parser);
}

static enum shape grown(enum shape shape, const struct regex_node *item) {
    bool label = item->kind == REGEX_SET && (item->flags & REGEX_FREE) != 0 &&
                 (item->set & REGEX_LABEL) == REGEX_LABEL;
    bool dot =
        item->kind == REGEX_SET && item->set == REGEX_DOT && item->min == 1 && item->max == 1;
    if (shape == SHAPE_EMPTY && label) {
        return SHAPE_LABEL;
    }
    return shape == SHAPE_LABEL && dot ? SHAPE_LABEL_DOT : SHAPE_OTHER;
}

/* Tells the group about an item that is complete. */
static void count_item(struct parser *parser, const struct regex_node *item, uint64_t last) {
    struct frame *frame = present(parser);
    bool nullable = item->min == 0 || (item->flags & REGEX_NULLABLE) != 0;
    frame->all |= item->set;
    frame->branch_last = nullable ? frame->branch_last | last : last;
    frame->branch_nullable = frame->branch_nullable && nullable;
    frame->shape = grown(frame->shape, item);
}

/* A number of rounds; what is too large to matter is unbounded. */
static bool read_number(struct parser *parser, uint16_t *number) {
    size_t start = parser->at;
    unsigned long value = 0;
    while (byte_is(peek(parser), BYTE_DIGIT)) {
        value = value * 10 + (unsigned long)(peek(parser) - '0');
        value = value < REGEX_UNBOUNDED ? value : REGEX_UNBOUNDED;
        parser->at++;
    }
    *number = (uint16_t)value;
    return parser->at > start;
}

/* {m}, {m,} or {m,n}; anything else in braces is read differently here and there. */
static bool read_braces(struct parser *parser, struct regex_node *item) {
    size_t start = parser->at++;
    if (!read_number(parser, &item->min)) {
        return not_understood(parser, start);
    }
    item->max = item->min;
    if (take(parser, ",") && !read_number(parser, &item->max)) {
        item->max = REGEX_UNBOUNDED;
    }
    return (take(parser, "}") && item->min <= item->max) || not_understood(parser, start);
}

static bool read_quantifier(struct parser *parser, struct regex_node *item) {
    if (take(parser, "*")) {
        item->min = 0;
        item->max = REGEX_UNBOUNDED;
    } else if (take(parser, "+")) {
        item->max = REGEX_UNBOUNDED;
    } else if (take(parser, "?")) {
        item->min = 0;
    } else if (peek(parser) != '{') {
        return true;
    } else if (!read_braces(parser, item)) {
        return false;
    }
    take(parser, "?"); /* lazy: the same texts match */
    item->flags &= (uint8_t)~REGEX_BARE;
    return true;
}

/* The bit of a byte as the expression means it. */
static uint64_t meant(const struct parser *parser, unsigned char byte) {
    return cors_regex_bit(parser->ignores_case ? byte_fold((char)byte) : (char)byte);
}

/* \d, \w, \s and their opposites; false where the letter is none of them. */
static bool shorthand(char letter, uint64_t *set) {
    switch (letter) {
    case 'd':
        *set = REGEX_DIGITS;
        return true;
    case 'D':
        *set = REGEX_ALL & ~REGEX_DIGITS;
        return true;
    case 'w':
        *set = REGEX_LETTERS | REGEX_DIGITS | REGEX_UNDERSCORE;
        return true;
    case 'W':
        *set = REGEX_ALL & ~(REGEX_LETTERS | REGEX_DIGITS | REGEX_UNDERSCORE);
        return true;
    case 's':
        *set = 0;
        return true;
    case 'S':
        *set = REGEX_ALL;
        return true;
    default:
        return false;
    }
}

/* A member of a class, or an atom: a byte, or a set where `byte` is -1. */
struct member {
    int byte;
    uint64_t set;
};

static int hex_digit(char byte) {
    char folded = byte_fold(byte);
    if (byte_is(byte, BYTE_DIGIT)) {
        return byte - '0';
    }
    return folded >= 'a' && folded <= 'f' ? folded - 'a' + 10 : -1;
}

/* The digits of \xHH and \uHHHH, of ASCII. */
static bool read_hex(struct parser *parser, size_t digits, size_t start, struct member *member) {
    int value = 0;
    for (size_t i = 0; i < digits; i++) {
        int digit = hex_digit(peek(parser));
        if (digit < 0 || value >= 0x80) {
            return not_understood(parser, start);
        }
        value = value * 16 + digit;
        parser->at++;
    }
    member->byte = value;
    return value < 0x80 || not_understood(parser, start);
}

static bool read_escape(struct parser *parser, struct member *member) {
    size_t start = parser->at++;
    char byte = peek(parser);
    if (at_end(parser)) {
        return not_understood(parser, start);
    }
    parser->at++;
    *member = (struct member){-1, 0};
    if (shorthand(byte, &member->set)) {
        return true;
    }
    if (byte == 'x' || byte == 'u') {
        return read_hex(parser, byte == 'x' ? 2 : 4, start, member);
    }
    if (byte == 'n' || byte == 'r' || byte == 't' || byte == 'f' || byte == 'v') {
        return true; /* in no origin */
    }
    if (byte_is(byte, BYTE_LOWER | BYTE_UPPER | BYTE_DIGIT)) {
        return not_understood(parser, start);
    }
    member->byte = (unsigned char)byte;
    return true;
}

static bool read_byte(struct parser *parser, struct member *member) {
    if (peek(parser) == '\\') {
        return read_escape(parser, member);
    }
    unsigned char byte = (unsigned char)peek(parser);
    *member = (struct member){byte, 0};
    if (byte >= 0x80) {
        return not_understood(parser, parser->at); /* it may fold to ASCII */
    }
    parser->at++;
    return true;
}

/* What a class may come to mean, or has meant: sets in sets. */
static bool holds_set_syntax(const struct parser *parser) {
    cors_slice rest = slice_skip(parser->source, parser->at);
    bool doubled =
        rest.size >= 2 && rest.data[0] == rest.data[1] &&
        (rest.data[0] == '&' || rest.data[0] == '-' || rest.data[0] == '~' || rest.data[0] == '|');
    return doubled || peek(parser) == '[';
}

static uint64_t meant_all(const struct parser *parser, int from, int to) {
    uint64_t set = 0;
    for (int byte = from; byte <= to; byte++) {
        set |= meant(parser, (unsigned char)byte);
    }
    return set;
}

static bool read_member(struct parser *parser, uint64_t *set) {
    size_t start = parser->at;
    struct member from;
    if (at_end(parser) || holds_set_syntax(parser)) {
        return not_understood(parser, start);
    }
    if (!read_byte(parser, &from)) {
        return false;
    }
    cors_slice rest = slice_skip(parser->source, parser->at);
    bool range = rest.size >= 2 && rest.data[0] == '-' && rest.data[1] != ']';
    if (!range) {
        *set |= from.byte < 0 ? from.set : meant_all(parser, from.byte, from.byte);
        return true;
    }
    struct member to;
    parser->at++;
    if (holds_set_syntax(parser)) {
        return not_understood(parser, start);
    }
    if (!read_byte(parser, &to)) {
        return false;
    }
    if (from.byte < 0 || to.byte < 0 || from.byte > to.byte) {
        return not_understood(parser, start);
    }
    *set |= meant_all(parser, from.byte, to.byte);
    return true;
}

static bool read_class(struct parser *parser, uint64_t *set) {
    size_t start = parser->at++;
    bool opposite = take(parser, "^");
    if (peek(parser) == ']') {
        return not_understood(parser, start);
    }
    *set = 0;
    while (!take(parser, "]")) {
        if (!read_member(parser, set)) {
            return false;
        }
    }
    *set = opposite ? REGEX_ALL & ~*set : *set;
    return true;
}

static bool read_set(struct parser *parser, uint64_t *set, uint8_t *flags) {
    struct member member;
    *flags = 0;
    if (peek(parser) == '[') {
        return read_class(parser, set);
    }
    if (take(parser, ".")) {
        *set = REGEX_ALL;
        *flags = REGEX_BARE;
        return true;
    }
    if (!read_byte(parser, &member)) {
        return false;
    }
    *set = member.byte < 0 ? member.set : meant(parser, (unsigned char)member.byte);
    return true;
}

static bool read_atom(struct parser *parser) {
    uint64_t set;
    uint8_t flags;
    size_t start = parser->at;
    if (!read_set(parser, &set, &flags)) {
        return false;
    }
    struct regex_node *item = add_item(parser, REGEX_SET, start);
    item->set = set;
    item->flags = flags;
    if (!read_quantifier(parser, item)) {
        return false;
    }
    item->end = (uint16_t)parser->at;
    if (item->max == REGEX_UNBOUNDED && item->min <= 1) {
        item->flags |= REGEX_FREE;
    }
    if (item->max >= 5 && item->min <= 1) {
        item->flags |= REGEX_FIVE;
    }
    count_item(parser, item, set);
    return true;
}

static bool read_anchor(struct parser *parser, enum regex_kind kind, size_t size) {
    struct regex_node *item = add_item(parser, kind, parser->at);
    parser->at += size;
    item->end = (uint16_t)parser->at;
    present(parser)->anchored = true;
    present(parser)->shape = SHAPE_OTHER;
    char next = peek(parser);
    bool repeated = next == '*' || next == '+' || next == '?' || next == '{';
    return !repeated || not_understood(parser, parser->at);
}

/*
 * \A and \Z are Python's anchors. In JavaScript they are letters in upper case, which no origin
 * has, unless case is ignored.
 */
static bool read_letter_anchor(struct parser *parser, enum regex_kind kind) {
    if (parser->ignores_case) {
        return not_understood(parser, parser->at);
    }
    parser->tree->doubtful = true;
    return read_anchor(parser, kind, 2);
}

/* The name of a group, after its "<". */
static bool skip_name(struct parser *parser) {
    size_t start = parser->at;
    while (byte_is(peek(parser), BYTE_LOWER | BYTE_UPPER | BYTE_DIGIT) || peek(parser) == '_') {
        parser->at++;
    }
    return parser->at > start && take(parser, ">");
}

static bool begin_group(struct parser *parser) {
    size_t start = parser->at++;
    if (take(parser, "?")) {
        bool plain = take(parser, ":");
        bool named = !plain && (take(parser, "P<") || take(parser, "<")) && skip_name(parser);
        if (!plain && !named) {
            return not_understood(parser, start);
        }
    }
    if (parser->depth + 1 == REGEX_DEPTH_MAX) {
        return fail(parser, CORS_REGEX_FAULT_TOO_LARGE, start);
    }
    struct regex_node *item = add_item(parser, REGEX_GROUP, start);
    parser->depth++;
    open_group(parser, (uint16_t)(item - parser->tree->nodes));
    return true;
}

static void summarize(struct regex_node *group, const struct frame *frame) {
    group->flags |= REGEX_SUMMARY;
    if (frame->last == REGEX_DOT) {
        group->flags |= REGEX_ENDS_DOT;
    }
    bool labels = frame->alone && frame->shape == SHAPE_LABEL_DOT;
    if (labels && group->max == REGEX_UNBOUNDED && group->min <= 1) {
        group->flags |= REGEX_LABELS;
    }
}

static bool end_group(struct parser *parser) {
    struct frame *frame = present(parser);
    struct regex_node *group = &parser->tree->nodes[frame->group];
    if (parser->depth == 0) {
        return not_understood(parser, parser->at);
    }
    close_branch(parser);
    parser->at++;
    if (!read_quantifier(parser, group)) {
        return false;
    }
    group->end = (uint16_t)parser->at;
    group->set = frame->all;
    group->flags |= frame->nullable ? REGEX_NULLABLE : 0;
    bool repeated = group->max > 1;
    if (repeated && frame->anchored) {
        return not_understood(parser, group->offset);
    }
    if (repeated) {
        summarize(group, frame);
    }
    bool anchored = frame->anchored;
    uint64_t last = frame->last;
    parser->depth--;
    present(parser)->anchored = present(parser)->anchored || anchored;
    count_item(parser, group, last);
    return true;
}

static bool read_part(struct parser *parser) {
    if (take(parser, "|")) {
        close_branch(parser);
        open_branch(parser);
        return true;
    }
    cors_slice rest = slice_skip(parser->source, parser->at);
    if (slice_starts_with(rest, CORS_SLICE("\\A"))) {
        return read_letter_anchor(parser, REGEX_START);
    }
    if (slice_starts_with(rest, CORS_SLICE("\\Z"))) {
        return read_letter_anchor(parser, REGEX_END);
    }
    switch (peek(parser)) {
    case '(':
        return begin_group(parser);
    case ')':
        return end_group(parser);
    case '^':
        return read_anchor(parser, REGEX_START, 1);
    case '$':
        return read_anchor(parser, REGEX_END, 1);
    case '*':
    case '+':
    case '?':
    case '{':
        return not_understood(parser, parser->at);
    default:
        return read_atom(parser);
    }
}

bool cors_regex_parse(cors_slice source, bool ignores_case, struct regex_tree *tree) {
    struct parser parser = {.source = source, .ignores_case = ignores_case, .tree = tree};
    tree->count = 0;
    tree->doubtful = false;
    tree->fault = CORS_REGEX_FAULT_NONE;
    tree->offset = 0;
    if (source.size > CORS_REGEX_SIZE_MAX) {
        return fail(&parser, CORS_REGEX_FAULT_TOO_LARGE, CORS_REGEX_SIZE_MAX);
    }
    open_group(&parser, add_node(&parser, REGEX_GROUP, 0));
    while (!at_end(&parser)) {
        if (!read_part(&parser)) {
            return false;
        }
    }
    if (parser.depth > 0) {
        return not_understood(&parser, tree->nodes[present(&parser)->group].offset);
    }
    return true;
}
