/* SPDX-License-Identifier: MIT */
/*
 * The entry that one alternative of an expression comes to.
 *
 * Its pieces are a scheme in letters, "://", a host and perhaps a port.
 */
#include "origin_entry.h"
#include "origin_regex.h"

bool cors_regex_is_letter(const struct regex_piece *piece) {
    return (piece->flags & REGEX_ONE) != 0 && cors_regex_is_single(piece->set);
}

static bool is_byte(const struct regex_walk *walk, size_t index, uint64_t bit) {
    return index < walk->count && cors_regex_is_letter(&walk->pieces[index]) &&
           walk->pieces[index].set == bit;
}

enum regex_verdict cors_regex_refuse(struct regex_judgement *judgement, cors_regex_fault fault,
                                     size_t offset) {
    judgement->fault = fault;
    judgement->offset = offset;
    return REGEX_FAULTY;
}

/* The pieces of an alternative and a wildcard have room. */
static void put(struct regex_judgement *judgement, char byte) {
    if (judgement->size < sizeof judgement->text) {
        judgement->text[judgement->size++] = byte;
    }
}

void cors_regex_put_text(struct regex_judgement *judgement, const char *text) {
    for (; *text != '\0'; text++) {
        put(judgement, *text);
    }
}

void cors_regex_put_pieces(struct regex_judgement *judgement, const struct regex_walk *walk,
                           size_t from, size_t to) {
    for (size_t i = from; i < to; i++) {
        put(judgement, cors_regex_byte(walk->pieces[i].set));
    }
}

/*
 * The piece behind two slashes at `from`, or 0. In an origin they are all that can stand there, so
 * that any byte is one. Where slashes are repeated before that, it cannot be told what is one.
 */
static size_t skip_slashes(const struct regex_walk *walk, size_t from) {
    size_t missing = 2;
    bool repeated = false;
    size_t i = from;
    for (; i < walk->count && missing > 0; i++) {
        const struct regex_piece *piece = &walk->pieces[i];
        bool only = piece->set == REGEX_SLASH;
        bool one = (piece->flags & REGEX_ONE) != 0;
        if ((piece->set & REGEX_SLASH) == 0) {
            break;
        }
        if (!only && (repeated || !one)) {
            return 0;
        }
        repeated = repeated || !one;
        missing--;
    }
    return missing == 0 || repeated ? i : 0;
}

struct regex_split cors_regex_split(const struct regex_walk *walk) {
    for (size_t i = 0; i < walk->count; i++) {
        size_t host = is_byte(walk, i, REGEX_COLON) ? skip_slashes(walk, i + 1) : 0;
        if (host > 0) {
            return (struct regex_split){i, host};
        }
    }
    return (struct regex_split){walk->count, 0};
}

/* Whether anything of a host is spelled out. */
static bool names_host(const struct regex_walk *walk) {
    for (size_t i = cors_regex_split(walk).host; i < walk->count; i++) {
        const struct regex_piece *piece = &walk->pieces[i];
        if (cors_regex_is_letter(piece) && (piece->set & (REGEX_LABEL | REGEX_OPEN)) != 0) {
            return true;
        }
    }
    return false;
}

static size_t end_offset(const struct regex_walk *walk) {
    return walk->count == 0 ? 0 : walk->pieces[walk->count - 1].end;
}

static bool spells(const struct regex_walk *walk, const char *text) {
    size_t size = 0;
    for (; text[size] != '\0'; size++) {
        if (!is_byte(walk, size, cors_regex_bit(text[size]))) {
            return false;
        }
    }
    return size == walk->count;
}

/* Without "://" no origin matches, unless something open may hold it. */
static enum regex_verdict refuse_rest(const struct regex_walk *walk, size_t from,
                                      struct regex_judgement *judgement) {
    for (size_t i = from; i < walk->count; i++) {
        const struct regex_piece *piece = &walk->pieces[i];
        if (!cors_regex_is_letter(piece)) {
            return (piece->set & REGEX_SLASH) == 0
                       ? REGEX_NO_ORIGIN
                       : cors_regex_refuse(judgement, CORS_REGEX_FAULT_NOT_UNDERSTOOD,
                                           piece->offset);
        }
        if (piece->set != REGEX_SLASH) {
            return REGEX_NO_ORIGIN;
        }
    }
    return walk->ended ? REGEX_NO_ORIGIN
                       : cors_regex_refuse(judgement, CORS_REGEX_FAULT_ANY_HOST, end_offset(walk));
}

/* The scheme, in letters; puts it with "://", and tells where the host begins. */
static enum regex_verdict read_scheme(struct regex_parts *parts,
                                      struct regex_judgement *judgement) {
    const struct regex_walk *walk = parts->walk;
    struct regex_split split = cors_regex_split(walk);
    for (size_t i = 0; i < split.colon; i++) {
        const struct regex_piece *piece = &walk->pieces[i];
        if (!cors_regex_is_letter(piece)) {
            return cors_regex_refuse(judgement, CORS_REGEX_FAULT_OPEN_SCHEME, piece->offset);
        }
        if (i > 0 && piece->set == REGEX_COLON) {
            return refuse_rest(walk, i + 1, judgement);
        }
        if ((piece->set & (i == 0 ? REGEX_LETTERS : REGEX_SCHEME)) == 0) {
            return REGEX_NO_ORIGIN;
        }
    }
    if (split.host == 0) {
        return refuse_rest(walk, walk->count, judgement);
    }
    if (split.colon == 0) {
        return REGEX_NO_ORIGIN;
    }
    cors_regex_put_pieces(judgement, walk, 0, split.colon);
    cors_regex_put_text(judgement, "://");
    parts->host = split.host;
    return REGEX_ENTRY;
}

/* A bare dot before the letters of a name was meant as a dot. */
bool cors_regex_is_bare_dot(const struct regex_walk *walk, size_t index) {
    return (walk->pieces[index].flags & REGEX_BARE) != 0 && index + 1 < walk->count &&
           cors_regex_is_letter(&walk->pieces[index + 1]) &&
           (walk->pieces[index + 1].set & (REGEX_LETTERS | REGEX_DIGITS)) != 0;
}

static bool can_be_port(const struct regex_walk *walk, size_t from) {
    for (size_t i = from; i < walk->count; i++) {
        if ((walk->pieces[i].set & REGEX_DIGITS) == 0) {
            return false;
        }
    }
    return true;
}

/* An address in brackets, all in letters. */
static enum regex_verdict read_address(struct regex_parts *parts,
                                       struct regex_judgement *judgement) {
    const struct regex_walk *walk = parts->walk;
    for (size_t i = parts->host + 1; i < walk->count; i++) {
        const struct regex_piece *piece = &walk->pieces[i];
        if (!cors_regex_is_letter(piece)) {
            return cors_regex_refuse(judgement, CORS_REGEX_FAULT_ADDRESSES, piece->offset);
        }
        if (piece->set == REGEX_CLOSE) {
            parts->host_end = i + 1;
            return REGEX_ENTRY;
        }
        if ((piece->set & REGEX_ADDRESS) == 0) {
            return REGEX_NO_ORIGIN;
        }
    }
    return walk->ended ? REGEX_NO_ORIGIN
                       : cors_regex_refuse(judgement, CORS_REGEX_FAULT_OPEN_END, end_offset(walk));
}

/* Where the host ends: before a colon, or a piece that can be one and what follows it. */
static enum regex_verdict read_name(struct regex_parts *parts, struct regex_judgement *judgement) {
    const struct regex_walk *walk = parts->walk;
    bool open = false;
    for (size_t i = parts->host; i < walk->count; i++) {
        const struct regex_piece *piece = &walk->pieces[i];
        parts->host_end = i;
        if (is_byte(walk, i, REGEX_COLON)) {
            return REGEX_ENTRY;
        }
        if (cors_regex_is_bare_dot(walk, i)) {
            return cors_regex_refuse(judgement, CORS_REGEX_FAULT_BARE_DOT, piece->offset);
        }
        if ((piece->set & REGEX_COLON) != 0 && can_be_port(walk, i + 1)) {
            return (piece->set & REGEX_HOST) == 0
                       ? REGEX_ENTRY
                       : cors_regex_refuse(judgement, CORS_REGEX_FAULT_ANY_HOST, piece->offset);
        }
        if ((piece->set & REGEX_HOST) == 0) {
            /* Behind something open, a closing bracket may end an address. */
            return open && (piece->set & REGEX_CLOSE) != 0
                       ? cors_regex_refuse(judgement, CORS_REGEX_FAULT_ANY_HOST, piece->offset)
                       : REGEX_NO_ORIGIN;
        }
        open = open || !cors_regex_is_letter(piece);
    }
    parts->host_end = walk->count;
    return REGEX_ENTRY;
}

static enum regex_verdict read_host(struct regex_parts *parts, struct regex_judgement *judgement) {
    const struct regex_walk *walk = parts->walk;
    enum regex_verdict verdict = is_byte(walk, parts->host, REGEX_OPEN)
                                     ? read_address(parts, judgement)
                                     : read_name(parts, judgement);
    if (verdict != REGEX_ENTRY) {
        return verdict;
    }
    parts->has_port = parts->host_end < walk->count;
    parts->port = parts->host_end + parts->has_port;
    if (parts->has_port && (walk->pieces[parts->host_end].set & REGEX_COLON) == 0) {
        return REGEX_NO_ORIGIN; /* an address, and then no colon */
    }
    if (parts->host_end == parts->host) {
        return REGEX_NO_ORIGIN;
    }
    return parts->has_port || walk->ended
               ? REGEX_ENTRY
               : cors_regex_refuse(judgement, CORS_REGEX_FAULT_OPEN_END, end_offset(walk));
}

/* A port that is spelled out. */
static enum regex_verdict put_number(const struct regex_parts *parts,
                                     struct regex_judgement *judgement) {
    const struct regex_walk *walk = parts->walk;
    unsigned long number = 0;
    size_t size = walk->count - parts->port;
    if (size == 0 || size > 5) {
        return REGEX_NO_ORIGIN;
    }
    put(judgement, ':');
    for (size_t i = parts->port; i < walk->count; i++) {
        char digit = cors_regex_byte(walk->pieces[i].set);
        number = number * 10 + (unsigned long)(digit - '0');
        put(judgement, digit);
    }
    bool zero_first = size > 1 && judgement->text[judgement->size - size] == '0';
    return zero_first || number > 65535 ? REGEX_NO_ORIGIN : REGEX_ENTRY;
}

/* Whether all ports fit what follows the colon, where that is open. */
static bool is_any_number(const struct regex_parts *parts) {
    const struct regex_walk *walk = parts->walk;
    if (parts->port == walk->count) {
        return true;
    }
    const struct regex_piece *first = &walk->pieces[parts->port];
    return parts->port + 1 == walk->count && (first->flags & (REGEX_FREE | REGEX_FIVE)) != 0 &&
           (first->set & REGEX_DIGITS) == REGEX_DIGITS;
}

/* Any port stands for all that are not spelled out. */
static enum regex_verdict put_port(const struct regex_parts *parts,
                                   struct regex_judgement *judgement) {
    const struct regex_walk *walk = parts->walk;
    bool colon = is_byte(walk, parts->host_end, REGEX_COLON);
    bool open = !walk->ended || !colon;
    for (size_t i = parts->port; i < walk->count; i++) {
        if ((walk->pieces[i].set & REGEX_DIGITS) == 0) {
            return REGEX_NO_ORIGIN;
        }
        open = open || !cors_regex_is_letter(&walk->pieces[i]);
    }
    if (!open) {
        return put_number(parts, judgement);
    }
    judgement->any_port = true;
    judgement->exact = judgement->exact && colon && is_any_number(parts);
    return REGEX_ENTRY;
}

/* Whether a policy would take the entry; a default port, say, is in no origin. */
static enum regex_verdict check_entry(const struct regex_judgement *judgement, bool opened) {
    static const cors_builder_options options;
    struct origin_entry entry;
    cors_entry_read(slice_of(judgement->text, judgement->size), &options, &entry);
    if (entry.faults == 0) {
        return REGEX_ENTRY;
    }
    return opened && (entry.faults & ENTRY_SYNTAX) != 0 ? REGEX_FAULTY : REGEX_NO_ORIGIN;
}

static enum regex_verdict put_entry(const struct regex_parts *parts,
                                    struct regex_judgement *judgement) {
    bool opened = false;
    for (size_t i = parts->host; i < parts->host_end; i++) {
        opened = opened || !cors_regex_is_letter(&parts->walk->pieces[i]);
    }
    enum regex_verdict verdict = cors_regex_put_host(parts, judgement);
    if (verdict == REGEX_ENTRY && parts->has_port) {
        verdict = put_port(parts, judgement);
    }
    if (verdict != REGEX_ENTRY) {
        return verdict;
    }
    verdict = check_entry(judgement, opened);
    return verdict == REGEX_FAULTY ? cors_regex_refuse(judgement, CORS_REGEX_FAULT_NOT_UNDERSTOOD,
                                                       parts->walk->pieces[parts->host].offset)
                                   : verdict;
}

enum regex_verdict cors_regex_judge(const struct regex_walk *walk,
                                    struct regex_judgement *judgement) {
    struct regex_parts parts = {.walk = walk};
    size_t start = walk->count == 0 ? 0 : walk->pieces[0].offset;
    size_t host = cors_regex_split(walk).host;
    *judgement = (struct regex_judgement){.fault = CORS_REGEX_FAULT_NONE};
    if (walk->started && walk->ended && spells(walk, "null")) {
        cors_regex_put_text(judgement, "null");
        judgement->exact = true;
        return REGEX_ENTRY;
    }
    bool open = !walk->started || !walk->ended;
    for (size_t i = 0; i < walk->count; i++) {
        open = open || !cors_regex_is_letter(&walk->pieces[i]);
    }
    if (open && !names_host(walk)) {
        return cors_regex_refuse(judgement, CORS_REGEX_FAULT_ANY_HOST,
                                 host < walk->count ? walk->pieces[host].offset : end_offset(walk));
    }
    if (!walk->started) {
        return cors_regex_refuse(judgement, CORS_REGEX_FAULT_OPEN_START, start);
    }
    enum regex_verdict verdict = read_scheme(&parts, judgement);
    verdict = verdict == REGEX_ENTRY ? read_host(&parts, judgement) : verdict;
    return verdict == REGEX_ENTRY ? put_entry(&parts, judgement) : verdict;
}
