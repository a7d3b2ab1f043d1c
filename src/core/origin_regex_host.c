/* SPDX-License-Identifier: MIT */
/*
 * The host of an entry. Where the expression leaves something of it open, the entry's wildcard
 * stands from the first open piece to the last, and what is fixed behind that must be a domain.
 */
#include "origin_address.h"
#include "origin_regex.h"

/* What is open of a host: pieces from the first to behind the last. */
struct opening {
    size_t first;
    size_t after;
    uint64_t all;    /* the bytes of all of them */
    uint64_t last;   /* those of the last */
    unsigned flags;  /* and its flags */
    bool ends_label; /* a dot ends it, or follows */
    bool one_piece;
};

static bool find_opening(const struct regex_parts *parts, struct opening *opening) {
    const struct regex_piece *pieces = parts->walk->pieces;
    opening->first = parts->host_end;
    opening->after = parts->host;
    for (size_t i = parts->host; i < parts->host_end; i++) {
        if (!cors_regex_is_letter(&pieces[i])) {
            opening->first = opening->first < i ? opening->first : i;
            opening->after = i + 1;
        }
    }
    if (opening->first == parts->host_end) {
        return false;
    }
    opening->all = 0;
    for (size_t i = opening->first; i < opening->after; i++) {
        opening->all |= pieces[i].set;
    }
    opening->last = pieces[opening->after - 1].set;
    opening->flags = pieces[opening->after - 1].flags;
    opening->one_piece = opening->after == opening->first + 1;
    opening->ends_label =
        (opening->flags & REGEX_ENDS_DOT) != 0 ||
        (opening->after < parts->host_end && pieces[opening->after].set == REGEX_DOT);
    return true;
}

/* Where the label begins that `from` is in. */
static size_t label_start(const struct regex_parts *parts, size_t from) {
    while (from > parts->host && parts->walk->pieces[from - 1].set != REGEX_DOT) {
        from--;
    }
    return from;
}

/* Where the domain begins that the opening leaves fixed, for all that stands before it. */
static size_t domain_start(const struct regex_parts *parts, const struct opening *opening) {
    const struct regex_piece *pieces = parts->walk->pieces;
    size_t at = opening->after;
    if ((opening->flags & REGEX_ENDS_DOT) != 0) {
        return at;
    }
    while (at < parts->host_end && pieces[at].set != REGEX_DOT) {
        at++;
    }
    return at + (at < parts->host_end);
}

static size_t count_labels(const struct regex_parts *parts, size_t from) {
    size_t labels = from < parts->host_end;
    /* A dot that ends the name parts no labels. */
    for (size_t i = from; i + 1 < parts->host_end; i++) {
        labels += parts->walk->pieces[i].set == REGEX_DOT;
    }
    return labels;
}

static bool is_numeric(const struct regex_parts *parts, size_t from) {
    char text[REGEX_PIECES_MAX];
    size_t size = 0;
    for (size_t i = from; i < parts->host_end; i++) {
        text[size++] = cors_regex_byte(parts->walk->pieces[i].set);
    }
    return size > 0 && cors_host_is_numeric(slice_of(text, size));
}

/* Whether the host is made of nothing but numbers and dots, in the end. */
static bool is_address_range(const struct regex_parts *parts, const struct opening *opening) {
    const uint64_t address = REGEX_DIGITS | REGEX_DOT;
    bool numbers = true;
    for (size_t i = parts->host; i < parts->host_end; i++) {
        numbers = numbers && (parts->walk->pieces[i].set & REGEX_HOST & ~address) == 0;
    }
    return numbers || is_numeric(parts, domain_start(parts, opening));
}

/* What is wrong with an opening, if anything is. */
static enum regex_verdict check_opening(const struct regex_parts *parts,
                                        const struct opening *opening,
                                        struct regex_judgement *judgement) {
    size_t offset = parts->walk->pieces[opening->after - 1].offset;
    if (is_address_range(parts, opening)) {
        return cors_regex_refuse(judgement, CORS_REGEX_FAULT_ADDRESSES, offset);
    }
    size_t labels = count_labels(parts, domain_start(parts, opening));
    if (opening->ends_label) {
        return labels > 0 ? REGEX_ENTRY
                          : cors_regex_refuse(judgement, CORS_REGEX_FAULT_ANY_HOST, offset);
    }
    if (opening->after == parts->host_end) {
        return cors_regex_refuse(judgement, CORS_REGEX_FAULT_ANY_HOST, offset);
    }
    /* example.com behind something open is the end of any name, -app.example.com is not. */
    return labels > 1 ? REGEX_ENTRY
                      : cors_regex_refuse(judgement, CORS_REGEX_FAULT_OPEN_HOST, offset);
}

/* Whether the opening takes all that its wildcard does. */
static bool fills_wildcard(const struct opening *opening, bool deep) {
    uint64_t wanted = deep ? REGEX_HOST : REGEX_LABEL;
    if ((opening->flags & REGEX_LABELS) != 0) {
        return opening->one_piece && deep;
    }
    return opening->one_piece && (opening->flags & REGEX_FREE) != 0 &&
           (opening->all & wanted) == wanted;
}

static void put_opening(const struct regex_parts *parts, const struct opening *opening,
                        struct regex_judgement *judgement) {
    const struct regex_walk *walk = parts->walk;
    bool deep = (opening->all & REGEX_DOT) != 0;
    size_t label = label_start(parts, opening->first);
    bool whole = opening->ends_label && label == opening->first;
    judgement->exact = fills_wildcard(opening, deep) && (!deep || whole);
    if (deep) {
        /* What stands beside the wildcard in its label is given up. */
        cors_regex_put_pieces(judgement, walk, parts->host, label);
        cors_regex_put_text(judgement, "*.");
        size_t domain = domain_start(parts, opening);
        cors_regex_put_pieces(judgement, walk, domain, parts->host_end);
        return;
    }
    cors_regex_put_pieces(judgement, walk, parts->host, opening->first);
    cors_regex_put_text(judgement, whole ? "{label}" : "*");
    cors_regex_put_pieces(judgement, walk, opening->after, parts->host_end);
}

enum regex_verdict cors_regex_put_host(const struct regex_parts *parts,
                                       struct regex_judgement *judgement) {
    struct opening opening;
    judgement->exact = true;
    if (!find_opening(parts, &opening)) {
        cors_regex_put_pieces(judgement, parts->walk, parts->host, parts->host_end);
        return REGEX_ENTRY;
    }
    enum regex_verdict verdict = check_opening(parts, &opening, judgement);
    if (verdict == REGEX_ENTRY) {
        put_opening(parts, &opening, judgement);
    }
    return verdict;
}
