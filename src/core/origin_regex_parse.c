/* SPDX-License-Identifier: MIT */
/*
 * What JavaScript's and Python's regular expressions have in common, as far as origins need it.
 * Where the two read the same bytes differently, the expression is not understood.
 */
#include "origin_regex.h"

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
    struct regex_source source;
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

static bool take(struct parser *parser, const char *text) {
    return cors_regex_take(&parser->source, text);
}

static char peek(const struct parser *parser) {
    return cors_regex_peek(&parser->source);
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
    uint16_t added = add_node(parser, REGEX_BRANCH, parser->source.at);
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
    size_t start = parser->source.at;
    unsigned long value = 0;
    while (byte_is(peek(parser), BYTE_DIGIT)) {
        value = value * 10 + (unsigned long)(peek(parser) - '0');
        value = value < REGEX_UNBOUNDED ? value : REGEX_UNBOUNDED;
        parser->source.at++;
    }
    *number = (uint16_t)value;
    return parser->source.at > start;
}

/* {m}, {m,} or {m,n}; anything else in braces is read differently here and there. */
static bool read_braces(struct parser *parser, struct regex_node *item) {
    size_t start = parser->source.at++;
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

static bool read_atom(struct parser *parser) {
    uint64_t set;
    uint8_t flags;
    size_t start = parser->source.at;
    if (!cors_regex_read_set(&parser->source, &set, &flags)) {
        return not_understood(parser, parser->source.offset);
    }
    struct regex_node *item = add_item(parser, REGEX_SET, start);
    item->set = set;
    item->flags = flags;
    if (!read_quantifier(parser, item)) {
        return false;
    }
    item->end = (uint16_t)parser->source.at;
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
    struct regex_node *item = add_item(parser, kind, parser->source.at);
    parser->source.at += size;
    item->end = (uint16_t)parser->source.at;
    present(parser)->anchored = true;
    present(parser)->shape = SHAPE_OTHER;
    char next = peek(parser);
    bool repeated = next == '*' || next == '+' || next == '?' || next == '{';
    return !repeated || not_understood(parser, parser->source.at);
}

/*
 * \A and \Z are Python's anchors. In JavaScript they are letters in upper case, which no origin
 * has, unless case is ignored.
 */
static bool read_letter_anchor(struct parser *parser, enum regex_kind kind) {
    if (parser->source.ignores_case) {
        return not_understood(parser, parser->source.at);
    }
    parser->tree->doubtful = true;
    return read_anchor(parser, kind, 2);
}

/* The name of a group, after its "<". */
static bool skip_name(struct parser *parser) {
    size_t start = parser->source.at;
    while (byte_is(peek(parser), BYTE_LOWER | BYTE_UPPER | BYTE_DIGIT) || peek(parser) == '_') {
        parser->source.at++;
    }
    return parser->source.at > start && take(parser, ">");
}

static bool begin_group(struct parser *parser) {
    size_t start = parser->source.at++;
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
        return not_understood(parser, parser->source.at);
    }
    close_branch(parser);
    parser->source.at++;
    if (!read_quantifier(parser, group)) {
        return false;
    }
    group->end = (uint16_t)parser->source.at;
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
    cors_slice rest = slice_skip(parser->source.text, parser->source.at);
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
        return not_understood(parser, parser->source.at);
    default:
        return read_atom(parser);
    }
}

bool cors_regex_parse(cors_slice source, bool ignores_case, struct regex_tree *tree) {
    struct parser parser = {.source = {.text = source, .ignores_case = ignores_case}, .tree = tree};
    tree->count = 0;
    tree->doubtful = false;
    tree->fault = CORS_REGEX_FAULT_NONE;
    tree->offset = 0;
    if (source.size > CORS_REGEX_SIZE_MAX) {
        return fail(&parser, CORS_REGEX_FAULT_TOO_LARGE, CORS_REGEX_SIZE_MAX);
    }
    open_group(&parser, add_node(&parser, REGEX_GROUP, 0));
    while (!cors_regex_at_end(&parser.source)) {
        if (!read_part(&parser)) {
            return false;
        }
    }
    if (parser.depth > 0) {
        return not_understood(&parser, tree->nodes[present(&parser)->group].offset);
    }
    return true;
}
