/* SPDX-License-Identifier: MIT */
/*
 * Web origins, as browsers write them into the Origin header.
 *
 * HTML Standard, "serialization of an origin"; Fetch Standard, section 3.1 "`Origin` header".
 */
#ifndef CORS_ORIGIN_H
#define CORS_ORIGIN_H

#include <cors/types.h>

#ifdef __cplusplus
extern "C" {
#endif

/* The parts of a serialized origin; each slice points into the text that was parsed. */
typedef struct cors_origin {
    cors_slice scheme; /* "https", without "://" */
    cors_slice host;   /* with brackets around an IPv6 address */
    cors_slice port;   /* decimal digits; empty where the port is the scheme's default */
    bool opaque;       /* "null": the other fields are empty */
} cors_origin;

/*
 * Parses a serialized origin: "null", or scheme "://" host with an optional port. The scheme is
 * [a-z][a-z0-9+.-]*; the host [a-z0-9_.-]+ without a leading or double dot, or [0-9a-f:.]+ in
 * brackets; the port 0 to 65535 without leading zeros and not the default of http, https, ws,
 * wss or ftp. Nothing is converted: what a browser would not send is refused.
 *
 * text    the bytes; borrowed, and `origin` points into them.
 * origin  out; untouched when false is returned.
 * Returns true if the text is a serialized origin. Linear in the size of the text.
 */
CORS_API bool cors_origin_parse(cors_slice text, cors_origin *origin);

/*
 * The default port of a scheme (URL Standard, "default port"), or -1 where it has none.
 */
CORS_API int cors_scheme_default_port(cors_slice scheme);

/*
 * Whether an origin is loopback: http or https to localhost, *.localhost, 127.0.0.0/8 or [::1].
 * Software on the visitor's own machine can hold such an origin.
 */
CORS_API bool cors_origin_is_loopback(const cors_origin *origin);

/*
 * Why a regular expression over origins is refused: enum name, pinned number, name in messages'
 * data, and what is wrong, for people.
 */
#define CORS_REGEX_FAULTS(FAULT)                                                                   \
    FAULT(NONE, 0, "none", "")                                                                     \
    FAULT(OPEN_START, 1, "open-start",                                                             \
          "It does not begin with ^, so an origin may begin with anything.")                       \
    FAULT(OPEN_END, 2, "open-end",                                                                 \
          "It does not end with $, so a name may go on and be another site's.")                    \
    FAULT(BARE_DOT, 3, "bare-dot",                                                                 \
          "A dot without a backslash stands for any character, so other names match.")             \
    FAULT(OPEN_HOST, 4, "open-host",                                                               \
          "What comes before the domain need not end in a dot, so other sites' names match.")      \
    FAULT(ANY_HOST, 5, "any-host",                                                                 \
          "It does not fix a domain: any site can have a name that fits.")                         \
    FAULT(NOT_UNDERSTOOD, 6, "not-understood", "It cannot be told which origins it matches.")      \
    FAULT(OPEN_SCHEME, 7, "open-scheme",                                                           \
          "It does not fix the scheme, so http:// and the schemes of apps match.")                 \
    FAULT(ADDRESSES, 8, "addresses",                                                               \
          "It matches a range of IP addresses, and a policy lists each by itself.")                \
    FAULT(TOO_LARGE, 9, "too-large", "It is too long, or comes to too many origins.")

typedef enum cors_regex_fault {
#define CORS_REGEX_FAULT_ENUM(name, number, text, meaning) CORS_REGEX_FAULT_##name = number,
    CORS_REGEX_FAULTS(CORS_REGEX_FAULT_ENUM)
#undef CORS_REGEX_FAULT_ENUM
} cors_regex_fault;

/* NUL-terminated; they live as long as the program. */
CORS_API const char *cors_regex_fault_name(cors_regex_fault fault);
CORS_API const char *cors_regex_fault_meaning(cors_regex_fault fault);

/* The longest expression that is read; configurations have some 50 bytes. */
#define CORS_REGEX_SIZE_MAX 1024
/* The most entries that one comes to: alternatives and optional parts multiply. */
#define CORS_REGEX_ENTRIES_MAX 64

/* What an expression comes to. About 35 KiB; the members are the library's to write. */
typedef struct cors_regex {
    cors_regex_fault fault;
    size_t offset; /* of the fault, in bytes of the expression */

    /*
     * The entries of a policy's allow_origins that together cover all that the expression matches:
     * none where that is no origin, such as what ends in a slash. With a fault, what was probably
     * meant, if that can be told.
     */
    cors_slice entries[CORS_REGEX_ENTRIES_MAX];
    size_t entry_count;

    /* Whether they match nothing else. If not, both have to be asked. */
    bool exact;

    char text[CORS_REGEX_ENTRIES_MAX * 512]; /* where the entries stand */
} cors_regex;

/*
 * Reads a regular expression over origins, as the middlewares of Node and Python take them, into
 * entries of a policy. It understands what the syntaxes of both have in common and origins need:
 * literals, escapes, classes, groups, alternatives and repetition. Anything else is
 * CORS_REGEX_FAULT_NOT_UNDERSTOOD: nothing is let in by guessing. Whether everybody can register
 * names under the domain of an entry is for the policy's own rules to say.
 *
 * source          the expression, without delimiters; borrowed until the call returns.
 * anchored_start  whether its user matches only at the start of an origin (Python's re.match).
 * anchored_end    whether only up to the end (Python's re.fullmatch, with both).
 * ignores_case    whether its user ignores case: what origins have is lower case.
 * Returns whether `regex->fault` is CORS_REGEX_FAULT_NONE. Bounded by CORS_REGEX_SIZE_MAX and
 * CORS_REGEX_ENTRIES_MAX, whatever the expression holds.
 */
CORS_API bool cors_regex_read(cors_slice source, bool anchored_start, bool anchored_end,
                              bool ignores_case, cors_regex *regex);

#ifdef __cplusplus
}
#endif

#endif
