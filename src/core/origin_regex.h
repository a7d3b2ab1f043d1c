/* SPDX-License-Identifier: MIT */
/*
 * Regular expressions over origins: a tree of what is written, walks through it that make one
 * choice at each alternative, and the entry of a policy that each walk comes to.
 */
#ifndef CORS_CORE_ORIGIN_REGEX_H
#define CORS_CORE_ORIGIN_REGEX_H

#include <cors/origin.h>

#include "bytes.h"

/*
 * The bytes that origins are made of, as bits: no other byte can be in one, and upper case is not.
 */
#define REGEX_BIT(index) (UINT64_C(1) << (index))
#define REGEX_LETTERS (REGEX_BIT(26) - 1)
#define REGEX_DIGITS (REGEX_BIT(36) - REGEX_BIT(26))
#define REGEX_HYPHEN REGEX_BIT(36)
#define REGEX_UNDERSCORE REGEX_BIT(37)
#define REGEX_DOT REGEX_BIT(38)
#define REGEX_COLON REGEX_BIT(39)
#define REGEX_SLASH REGEX_BIT(40)
#define REGEX_PLUS REGEX_BIT(41)
#define REGEX_OPEN REGEX_BIT(42)  /* "[" */
#define REGEX_CLOSE REGEX_BIT(43) /* "]" */
#define REGEX_LABEL (REGEX_BIT(38) - 1)
#define REGEX_HOST (REGEX_BIT(39) - 1)
#define REGEX_SCHEME (REGEX_LETTERS | REGEX_DIGITS | REGEX_HYPHEN | REGEX_DOT | REGEX_PLUS)
#define REGEX_ADDRESS ((REGEX_BIT(6) - 1) | REGEX_DIGITS | REGEX_DOT | REGEX_COLON)
#define REGEX_ALL (REGEX_BIT(44) - 1)

/* The bit of a byte, or 0. */
uint64_t cors_regex_bit(char byte);

/* The byte of a set that holds one. */
char cors_regex_byte(uint64_t set);

/* An expression, as far as it was read. */
struct regex_source {
    cors_slice text;
    size_t at;
    bool ignores_case;
    size_t offset; /* of what was not understood */
};

static inline bool cors_regex_at_end(const struct regex_source *source) {
    return source->at == source->text.size;
}

/* The next byte; NUL at the end too. */
static inline char cors_regex_peek(const struct regex_source *source) {
    return cors_regex_at_end(source) ? '\0' : source->text.data[source->at];
}

/* Takes what the source goes on with, if it is that. */
static inline bool cors_regex_take(struct regex_source *source, const char *text) {
    cors_slice wanted = slice_of_text(text);
    if (!slice_starts_with(slice_skip(source->text, source->at), wanted)) {
        return false;
    }
    source->at += wanted.size;
    return true;
}

/* Reads what stands for one byte: which it can be, and flags. False with `source->offset`. */
bool cors_regex_read_set(struct regex_source *source, uint64_t *set, uint8_t *flags);

/* Whether a set that is not empty holds one byte. */
static inline bool cors_regex_is_single(uint64_t set) {
    return (set & (set - 1)) == 0;
}

enum { REGEX_DEPTH_MAX = 32, REGEX_UNBOUNDED = UINT16_MAX };

enum regex_kind { REGEX_SET, REGEX_START, REGEX_END, REGEX_GROUP, REGEX_BRANCH };

/* What is known of a node's or piece's texts, as bits. */
enum regex_flag {
    REGEX_BARE = 1,     /* a dot without a backslash */
    REGEX_NULLABLE = 2, /* of a group: one round of it can be empty */
    REGEX_SUMMARY = 4,  /* a repeated group, of which only this is known: its bytes and flags */
    REGEX_ENDS_DOT = 8, /* its texts end in a dot */
    REGEX_FREE = 16,    /* every text over its set */
    REGEX_LABELS = 32,  /* every sequence of labels that have a dot behind each */
    REGEX_ONE = 64,     /* of a piece: exactly one byte */
    REGEX_FIVE = 128,   /* every text over its set that has up to five bytes, at least */
};

/* Nodes are numbers into the tree; 0 is its root, and "none" where one follows. */
struct regex_node {
    uint64_t set;
    uint16_t first; /* of a group its first branch, of a branch its first item */
    uint16_t next;
    uint16_t offset; /* in the expression */
    uint16_t end;
    uint16_t min;
    uint16_t max;
    uint8_t kind;
    uint8_t flags;
};

struct regex_tree {
    struct regex_node nodes[CORS_REGEX_SIZE_MAX + 2 + REGEX_DEPTH_MAX]; /* groups take two */
    size_t count;
    bool anchored_start;
    bool anchored_end;
    bool doubtful; /* it means something else in another language, and less */
    cors_regex_fault fault;
    size_t offset;
};

/* Reads an expression; false with fault and offset. */
bool cors_regex_parse(cors_slice source, bool ignores_case, struct regex_tree *tree);

/* A part of one alternative: one byte or more, never none. */
struct regex_piece {
    uint64_t set;
    uint16_t offset;
    uint16_t end;
    uint8_t flags;
};

/* Longer than any origin, with room for a scheme that is put before it. */
enum { REGEX_PIECES_MAX = 384, REGEX_CHOICES_MAX = 64, REGEX_WALKS_MAX = 1024 };

struct regex_choice {
    uint16_t picked;
    uint16_t options;
};

/* The walks through a tree, one after the other; each is an alternative without choices in it. */
struct regex_walk {
    const struct regex_tree *tree;
    struct regex_choice choices[REGEX_CHOICES_MAX];
    size_t choice_count;
    size_t taken; /* choices that the present walk came by */
    size_t walks;
    bool exceeded; /* a bound was passed: there are more */
    bool impossible;

    bool started; /* nothing may come before the pieces */
    bool ended;   /* nor after them */
    struct regex_piece pieces[REGEX_PIECES_MAX];
    size_t count;
};

void cors_regex_walk_begin(struct regex_walk *walk, const struct regex_tree *tree);

/* The next alternative that can match anything; false after the last, or where `exceeded`. */
bool cors_regex_walk_next(struct regex_walk *walk);

enum regex_verdict { REGEX_NO_ORIGIN, REGEX_ENTRY, REGEX_FAULTY };

enum { REGEX_TEXT_MAX = 500 };

/* What one alternative comes to. */
struct regex_judgement {
    cors_regex_fault fault;
    size_t offset;
    bool any_port; /* ":*" belongs behind the text */
    bool exact;    /* it is all that the entry allows (of ports, where any: with one) */
    size_t size;
    char text[REGEX_TEXT_MAX];
};

enum regex_verdict cors_regex_judge(const struct regex_walk *walk,
                                    struct regex_judgement *judgement);

/* The parts of an alternative, as indexes of pieces. */
struct regex_parts {
    const struct regex_walk *walk;
    size_t host;
    size_t host_end;
    size_t port; /* what follows the colon; host_end where there is none */
    bool has_port;
};

/* Writes the host of an entry, with what it leaves open as its wildcard. */
enum regex_verdict cors_regex_put_host(const struct regex_parts *parts,
                                       struct regex_judgement *judgement);

/* What writing an entry is made of. */
void cors_regex_put_text(struct regex_judgement *judgement, const char *text);
void cors_regex_put_pieces(struct regex_judgement *judgement, const struct regex_walk *walk,
                           size_t from, size_t to);
enum regex_verdict cors_regex_refuse(struct regex_judgement *judgement, cors_regex_fault fault,
                                     size_t offset);

/* Where the first "://" stands among the pieces; `host` follows it, and is 0 where none does. */
struct regex_split {
    size_t colon;
    size_t host;
};

struct regex_split cors_regex_split(const struct regex_walk *walk);

/* Whether a piece is one byte that is spelled out. */
bool cors_regex_is_letter(const struct regex_piece *piece);

/* Whether a dot without a backslash stands before a name's letters, so that a dot was meant. */
bool cors_regex_is_bare_dot(const struct regex_walk *walk, size_t index);

/*
 * Judges what was probably meant by an alternative, where some are faulty. Its pieces change.
 * `bare` tells whether it named a domain only, so that names below it may be meant too.
 */
enum regex_verdict cors_regex_mend(struct regex_walk *walk, struct regex_judgement *judgement,
                                   bool *bare);

/* After that: the names below the domain. */
enum regex_verdict cors_regex_mend_below(struct regex_walk *walk,
                                         struct regex_judgement *judgement);

#endif
