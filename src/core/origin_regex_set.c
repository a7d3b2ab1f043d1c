/* SPDX-License-Identifier: MIT */
/* One byte of an origin as an expression writes it: a letter, an escape, a class, a dot. */
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

static bool not_understood(struct regex_source *source, size_t offset) {
    source->offset = offset;
    return false;
}

/* The bit of a byte as the expression means it. */
static uint64_t meant(const struct regex_source *source, unsigned char byte) {
    return cors_regex_bit(source->ignores_case ? byte_fold((char)byte) : (char)byte);
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
static bool read_hex(struct regex_source *source, size_t digits, size_t start,
                     struct member *member) {
    int value = 0;
    for (size_t i = 0; i < digits; i++) {
        int digit = hex_digit(cors_regex_peek(source));
        if (digit < 0 || value >= 0x80) {
            return not_understood(source, start);
        }
        value = value * 16 + digit;
        source->at++;
    }
    member->byte = value;
    return value < 0x80 || not_understood(source, start);
}

static bool read_escape(struct regex_source *source, struct member *member) {
    size_t start = source->at++;
    char byte = cors_regex_peek(source);
    if (cors_regex_at_end(source)) {
        return not_understood(source, start);
    }
    source->at++;
    *member = (struct member){-1, 0};
    if (shorthand(byte, &member->set)) {
        return true;
    }
    if (byte == 'x' || byte == 'u') {
        return read_hex(source, byte == 'x' ? 2 : 4, start, member);
    }
    if (byte == 'n' || byte == 'r' || byte == 't' || byte == 'f' || byte == 'v') {
        return true; /* in no origin */
    }
    if (byte_is(byte, BYTE_LOWER | BYTE_UPPER | BYTE_DIGIT)) {
        return not_understood(source, start);
    }
    member->byte = (unsigned char)byte;
    return true;
}

static bool read_byte(struct regex_source *source, struct member *member) {
    if (cors_regex_peek(source) == '\\') {
        return read_escape(source, member);
    }
    unsigned char byte = (unsigned char)cors_regex_peek(source);
    *member = (struct member){byte, 0};
    if (byte >= 0x80) {
        return not_understood(source, source->at); /* it may fold to ASCII */
    }
    source->at++;
    return true;
}

/* What a class may come to mean, or has meant: sets in sets. */
static bool holds_set_syntax(const struct regex_source *source) {
    cors_slice rest = slice_skip(source->text, source->at);
    bool doubled =
        rest.size >= 2 && rest.data[0] == rest.data[1] &&
        (rest.data[0] == '&' || rest.data[0] == '-' || rest.data[0] == '~' || rest.data[0] == '|');
    return doubled || cors_regex_peek(source) == '[';
}

static uint64_t meant_all(const struct regex_source *source, int from, int to) {
    uint64_t set = 0;
    for (int byte = from; byte <= to; byte++) {
        set |= meant(source, (unsigned char)byte);
    }
    return set;
}

static bool read_member(struct regex_source *source, uint64_t *set) {
    size_t start = source->at;
    struct member from;
    if (cors_regex_at_end(source) || holds_set_syntax(source)) {
        return not_understood(source, start);
    }
    if (!read_byte(source, &from)) {
        return false;
    }
    cors_slice rest = slice_skip(source->text, source->at);
    bool range = rest.size >= 2 && rest.data[0] == '-' && rest.data[1] != ']';
    if (!range) {
        *set |= from.byte < 0 ? from.set : meant_all(source, from.byte, from.byte);
        return true;
    }
    struct member to;
    source->at++;
    if (holds_set_syntax(source)) {
        return not_understood(source, start);
    }
    if (!read_byte(source, &to)) {
        return false;
    }
    if (from.byte < 0 || to.byte < 0 || from.byte > to.byte) {
        return not_understood(source, start);
    }
    *set |= meant_all(source, from.byte, to.byte);
    return true;
}

static bool read_class(struct regex_source *source, uint64_t *set) {
    size_t start = source->at++;
    bool opposite = cors_regex_take(source, "^");
    if (cors_regex_peek(source) == ']') {
        return not_understood(source, start);
    }
    *set = 0;
    while (!cors_regex_take(source, "]")) {
        if (!read_member(source, set)) {
            return false;
        }
    }
    *set = opposite ? REGEX_ALL & ~*set : *set;
    return true;
}

bool cors_regex_read_set(struct regex_source *source, uint64_t *set, uint8_t *flags) {
    struct member member;
    *flags = 0;
    if (cors_regex_peek(source) == '[') {
        return read_class(source, set);
    }
    if (cors_regex_take(source, ".")) {
        *set = REGEX_ALL;
        *flags = REGEX_BARE;
        return true;
    }
    if (!read_byte(source, &member)) {
        return false;
    }
    *set = member.byte < 0 ? member.set : meant(source, (unsigned char)member.byte);
    return true;
}
