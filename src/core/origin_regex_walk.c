/* SPDX-License-Identifier: MIT */
/*
 * Walks through the tree of an expression. Each makes one choice at each alternative, optional
 * part and small class that it comes by, and the next walk makes the last of them otherwise.
 */
#include "origin_regex.h"

/* A class of so many bytes is as many alternatives; a larger one stands for a wildcard. */
enum { SMALL_SET_MAX = 4 };

void cors_regex_walk_begin(struct regex_walk *walk, const struct regex_tree *tree) {
    walk->tree = tree;
    walk->choice_count = 0;
    walk->taken = 0;
    walk->walks = 0;
    walk->exceeded = false;
}

/* Which of the options this walk takes. */
static unsigned choose(struct regex_walk *walk, unsigned options) {
    if (walk->taken == walk->choice_count) {
        if (walk->choice_count == REGEX_CHOICES_MAX) {
            walk->exceeded = true;
            walk->impossible = true;
            return 0;
        }
        walk->choices[walk->choice_count++] = (struct regex_choice){0, (uint16_t)options};
    }
    return walk->choices[walk->taken++].picked;
}

/* Makes the last choice of the walk before otherwise; false where all were made. */
static bool turn(struct regex_walk *walk) {
    walk->choice_count = walk->taken;
    while (walk->choice_count > 0) {
        struct regex_choice *last = &walk->choices[walk->choice_count - 1];
        if (last->picked + 1 < last->options) {
            last->picked++;
            return true;
        }
        walk->choice_count--;
    }
    return false;
}

static void add_piece(struct regex_walk *walk, const struct regex_node *node, uint64_t set,
                      unsigned flags) {
    if (walk->ended || walk->count == REGEX_PIECES_MAX) {
        walk->impossible = true; /* nothing comes behind $, and no origin is so long */
        return;
    }
    walk->pieces[walk->count++] =
        (struct regex_piece){set, node->offset, node->end, (uint8_t)flags};
}

static unsigned count_bits(uint64_t set) {
    unsigned count = 0;
    for (; set != 0; set &= set - 1) {
        count++;
    }
    return count;
}

/* One of a few bytes. */
static void add_byte(struct regex_walk *walk, const struct regex_node *node) {
    uint64_t set = node->set;
    unsigned count = count_bits(set);
    if (count > 1 && count <= SMALL_SET_MAX) {
        for (unsigned skipped = choose(walk, count); skipped > 0; skipped--) {
            set &= set - 1;
        }
        set &= ~(set - 1);
    }
    add_piece(walk, node, set, node->flags | REGEX_ONE);
}

static void add_set(struct regex_walk *walk, const struct regex_node *node) {
    bool optional = node->min == 0 || (node->flags & REGEX_NULLABLE) != 0;
    if (node->max == 0 || (optional && (node->set == 0 || choose(walk, 2) == 1))) {
        return;
    }
    bool summary = (node->flags & REGEX_SUMMARY) != 0;
    if (node->set == 0) {
        walk->impossible = true;
    } else if (node->max == 1) {
        add_byte(walk, node);
    } else if (!summary && node->min == node->max && cors_regex_is_single(node->set)) {
        for (unsigned i = 0; i < node->min && !walk->impossible; i++) {
            add_piece(walk, node, node->set, REGEX_ONE);
        }
    } else {
        add_piece(walk, node, node->set, node->flags);
    }
}

static void add_start(struct regex_walk *walk) {
    walk->started = true;
    walk->impossible = walk->count > 0; /* pieces are never empty */
}

/* The first item of the branch that is taken; 0 where none is, or it is empty. */
static uint16_t enter(struct regex_walk *walk, const struct regex_node *group) {
    const struct regex_node *nodes = walk->tree->nodes;
    unsigned branches = 0;
    if (group->max == 0 || (group->min == 0 && choose(walk, 2) == 1)) {
        return 0;
    }
    for (uint16_t branch = group->first; branch != 0; branch = nodes[branch].next) {
        branches++;
    }
    uint16_t branch = group->first;
    for (unsigned skipped = branches > 1 ? choose(walk, branches) : 0; skipped > 0; skipped--) {
        branch = nodes[branch].next;
    }
    return nodes[branch].first;
}

static bool is_entered(const struct regex_node *node) {
    return node->kind == REGEX_GROUP && (node->flags & REGEX_SUMMARY) == 0;
}

static void add_item(struct regex_walk *walk, const struct regex_node *node) {
    if (node->kind == REGEX_START) {
        add_start(walk);
    } else if (node->kind == REGEX_END) {
        walk->ended = true;
    } else {
        add_set(walk, node);
    }
}

static void walk_once(struct regex_walk *walk) {
    const struct regex_node *nodes = walk->tree->nodes;
    uint16_t after[REGEX_DEPTH_MAX]; /* items behind the groups that the walk is in */
    size_t depth = 0;
    walk->taken = 0;
    walk->count = 0;
    walk->impossible = false;
    walk->started = walk->tree->anchored_start;
    walk->ended = false;
    uint16_t item = enter(walk, &nodes[0]);
    while (!walk->impossible && (item != 0 || depth > 0)) {
        if (item == 0) {
            item = after[--depth];
        } else if (is_entered(&nodes[item])) {
            after[depth++] = nodes[item].next;
            item = enter(walk, &nodes[item]);
        } else {
            add_item(walk, &nodes[item]);
            item = nodes[item].next;
        }
    }
    walk->ended = walk->ended || walk->tree->anchored_end;
}

bool cors_regex_walk_next(struct regex_walk *walk) {
    do {
        if (walk->exceeded || (walk->walks > 0 && !turn(walk))) {
            return false;
        }
        if (walk->walks == REGEX_WALKS_MAX) {
            walk->exceeded = true;
            return false;
        }
        walk->walks++;
        walk_once(walk);
    } while (walk->impossible);
    return !walk->exceeded;
}
