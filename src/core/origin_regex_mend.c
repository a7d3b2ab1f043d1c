/* SPDX-License-Identifier: MIT */
/* What was probably meant by an expression over origins that is refused. */
#include "origin_regex.h"

static const struct regex_piece anything = {.set = REGEX_ALL, .flags = REGEX_FREE};

static struct regex_piece letter(char byte) {
    return (struct regex_piece){.set = cors_regex_bit(byte), .flags = REGEX_ONE};
}

/* Puts a gap of `size` pieces in place of those from `from` to `to`; false where it has no room. */
static bool make_room(struct regex_walk *walk, size_t from, size_t to, size_t size) {
    if (walk->count - (to - from) + size > REGEX_PIECES_MAX) {
        return false;
    }
    memmove(walk->pieces + from + size, walk->pieces + to,
            (walk->count - to) * sizeof walk->pieces[0]);
    walk->count = walk->count - (to - from) + size;
    return true;
}

/* Dots that lack their backslash. */
static void mend_dots(struct regex_walk *walk) {
    for (size_t i = cors_regex_split(walk).host; i < walk->count; i++) {
        if (cors_regex_is_bare_dot(walk, i)) {
            walk->pieces[i] = letter('.');
        }
    }
}

static bool has_port(const struct regex_walk *walk, size_t host) {
    for (size_t i = host; i < walk->count; i++) {
        if (cors_regex_is_letter(&walk->pieces[i]) && walk->pieces[i].set == REGEX_COLON) {
            return true;
        }
    }
    return false;
}

/* Whether all before the colon is a scheme in letters. */
static bool has_scheme(const struct regex_walk *walk, struct regex_split split) {
    for (size_t i = 0; i < split.colon; i++) {
        const struct regex_piece *piece = &walk->pieces[i];
        if (!cors_regex_is_letter(piece) ||
            (piece->set & (i == 0 ? REGEX_LETTERS : REGEX_SCHEME)) == 0) {
            return false;
        }
    }
    return split.host > 0 && split.colon > 0;
}

/* How many letters of "https" the pieces begin with, where no more letters follow. */
static size_t spelled_scheme(const struct regex_walk *walk) {
    static const char https[] = "https";
    size_t size = 0;
    while (size < 5 && size < walk->count && cors_regex_is_letter(&walk->pieces[size]) &&
           walk->pieces[size].set == cors_regex_bit(https[size])) {
        size++;
    }
    bool ends = size < walk->count && (!cors_regex_is_letter(&walk->pieces[size]) ||
                                       walk->pieces[size].set == REGEX_COLON);
    return ends ? size : 0;
}

/* The first piece of the host, where no "://" is spelled out. */
static size_t guess_host(const struct regex_walk *walk) {
    size_t host = spelled_scheme(walk);
    while (host < walk->count && (walk->pieces[host].set & (REGEX_COLON | REGEX_SLASH)) != 0 &&
           cors_regex_is_letter(&walk->pieces[host])) {
        host++;
    }
    return host;
}

static bool spells(const struct regex_walk *walk, size_t from, cors_slice text) {
    for (size_t i = 0; i < text.size; i++) {
        size_t at = from + i;
        if (at >= walk->count || walk->pieces[at].set != cors_regex_bit(text.data[i])) {
            return false;
        }
    }
    return true;
}

/* What is on the visitor's own machine is rarely reached by https. */
static bool is_local(const struct regex_walk *walk, size_t host) {
    return spells(walk, host, CORS_SLICE("localhost")) || spells(walk, host, CORS_SLICE("127."));
}

/* Puts the likely scheme in place of all before the host. */
static bool put_scheme(struct regex_walk *walk, size_t host) {
    cors_slice scheme = is_local(walk, host) ? CORS_SLICE("http://") : CORS_SLICE("https://");
    if (!make_room(walk, 0, host, scheme.size)) {
        return false;
    }
    for (size_t i = 0; i < scheme.size; i++) {
        walk->pieces[i] = letter(scheme.data[i]);
    }
    return true;
}

static bool has_opening(const struct regex_walk *walk, size_t from) {
    for (size_t i = from; i < walk->count; i++) {
        if (!cors_regex_is_letter(&walk->pieces[i])) {
            return true;
        }
    }
    return false;
}

/* `bare` tells whether the host stood alone. */
static bool mend_scheme(struct regex_walk *walk, bool *bare) {
    struct regex_split split = cors_regex_split(walk);
    *bare = false;
    if (has_scheme(walk, split)) {
        return true;
    }
    if (split.host > 0) {
        return put_scheme(walk, split.host);
    }
    size_t host = guess_host(walk);
    *bare = !walk->started && host == 0 && !has_opening(walk, 0) && !is_local(walk, 0);
    return put_scheme(walk, host);
}

/* A dot that begins the host stands behind any name. */
static bool mend_first_dot(struct regex_walk *walk, bool *bare) {
    size_t host = cors_regex_split(walk).host;
    if (host == walk->count || walk->pieces[host].set != REGEX_DOT) {
        return true;
    }
    *bare = false;
    if (!make_room(walk, host, host, 1)) {
        return false;
    }
    walk->pieces[host] = anything;
    return true;
}

/* Takes away what the end leaves open of the host. */
static bool mend_end(struct regex_walk *walk) {
    size_t host = cors_regex_split(walk).host;
    bool open = !walk->ended;
    if (!has_port(walk, host)) {
        while (walk->count > host && !cors_regex_is_letter(&walk->pieces[walk->count - 1])) {
            walk->count--;
            open = true;
        }
    }
    walk->ended = true;
    return open;
}

/* Puts "anything." before the last letters of the host. */
static bool put_below(struct regex_walk *walk, size_t host, size_t from) {
    if (!make_room(walk, host, from, 2)) {
        return false;
    }
    walk->pieces[host] = anything;
    walk->pieces[host + 1] = letter('.');
    return true;
}

static bool mend_host(struct regex_walk *walk) {
    size_t host = cors_regex_split(walk).host;
    size_t from = host;
    for (size_t i = host; i < walk->count && walk->pieces[i].set != REGEX_COLON; i++) {
        from = cors_regex_is_letter(&walk->pieces[i]) ? from : i + 1;
    }
    while (from < walk->count &&
           (walk->pieces[from].set & ~(REGEX_HYPHEN | REGEX_UNDERSCORE)) == 0) {
        from++;
    }
    return put_below(walk, host, from);
}

/* Whether any name, dots and all, goes over into the letters of a label. */
static bool runs_into_label(const struct regex_walk *walk) {
    uint64_t open = 0;
    bool runs = false;
    for (size_t i = cors_regex_split(walk).host; i < walk->count; i++) {
        const struct regex_piece *piece = &walk->pieces[i];
        if (!cors_regex_is_letter(piece)) {
            open |= piece->set;
            runs = (piece->flags & REGEX_ENDS_DOT) == 0 && i + 1 < walk->count &&
                   (walk->pieces[i + 1].set & (REGEX_LETTERS | REGEX_DIGITS)) != 0;
        } else if (piece->set == REGEX_COLON) {
            break;
        }
    }
    return runs && (open & REGEX_DOT) != 0;
}

static enum regex_verdict judge(struct regex_walk *walk, struct regex_judgement *judgement) {
    if (runs_into_label(walk) && !mend_host(walk)) {
        return REGEX_FAULTY;
    }
    enum regex_verdict verdict = cors_regex_judge(walk, judgement);
    bool open_host = verdict == REGEX_FAULTY && judgement->fault == CORS_REGEX_FAULT_OPEN_HOST;
    return open_host && mend_host(walk) ? cors_regex_judge(walk, judgement) : verdict;
}

static bool is_loopback(const struct regex_judgement *judgement, cors_origin *origin) {
    return cors_origin_parse(slice_of(judgement->text, judgement->size), origin) &&
           cors_origin_is_loopback(origin);
}

/* Whether a host is more than the beginning of a name. */
static bool is_dotted(const struct regex_judgement *judgement) {
    cors_slice text = slice_of(judgement->text, judgement->size);
    return slice_holds(text, '.') && text.data[text.size - 1] != '.';
}

enum regex_verdict cors_regex_mend(struct regex_walk *walk, struct regex_judgement *judgement,
                                   bool *bare) {
    mend_dots(walk);
    if (!mend_scheme(walk, bare) || !mend_first_dot(walk, bare)) {
        return REGEX_FAULTY;
    }
    bool open = mend_end(walk);
    walk->started = true;
    enum regex_verdict verdict = judge(walk, judgement);
    if (verdict != REGEX_ENTRY) {
        return verdict;
    }
    cors_origin origin;
    bool loopback = is_loopback(judgement, &origin);
    /* A server on one's own machine is at any port. */
    judgement->any_port = judgement->any_port || (open && loopback && origin.port.size == 0);
    return !open || loopback || is_dotted(judgement) ? REGEX_ENTRY : REGEX_FAULTY;
}

enum regex_verdict cors_regex_mend_below(struct regex_walk *walk,
                                         struct regex_judgement *judgement) {
    size_t host = cors_regex_split(walk).host;
    return put_below(walk, host, host) ? cors_regex_judge(walk, judgement) : REGEX_FAULTY;
}
