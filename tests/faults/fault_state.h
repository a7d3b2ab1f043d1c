/* SPDX-License-Identifier: MIT */
/*
 * What one run of a program is told about its fault, and tells of it: a file that the supervisor,
 * the preloaded library and the tests (fault_state.py) map into their memory.
 */
#ifndef FAULT_STATE_H
#define FAULT_STATE_H

#include <stdbool.h>
#include <stdint.h>

/* The variable that leads to it; of the environment `cors serve` hands on what begins with LD_. */
#define FAULT_STATE_VARIABLE "LD_FAULT_STATE"

/* An option that prctl() does not have: by it a program says that its main() begins. */
enum { FAULT_MAIN_BEGINS = 0x464c54 };

/* As long as the kernel's name of a program, and as a few names of functions. */
enum { FAULT_NAME_SIZE = 16, FAULT_NAMES_SIZE = 160 };

/* Of so many calls it is noted where they came from: more than any program has that is tried. */
enum { FAULT_PLACES_MAX = 1 << 16 };

/* Whole numbers of 64 bits, so that every reader finds them at the same places. */
struct fault_state {
    char program[FAULT_NAME_SIZE];  /* only its calls count; empty: those of every program */
    char call[FAULT_NAME_SIZE];     /* the kind of call that counts, of fault_supervisor.c */
    char died_in[FAULT_NAME_SIZE];  /* the library that a deadly signal came in; empty: no other */
    char died_at[FAULT_NAMES_SIZE]; /* the functions there, from the innermost on */
    uint64_t enabled;               /* 0: nothing counts yet */
    uint64_t fail_at;               /* this call fails, counted from 1; 0: none */
    uint64_t fail_place;            /* not 0: fail_at becomes the first call from this place */
    uint64_t stays;                 /* not 0: and all after it */
    uint64_t error;                 /* the errno that it fails with */
    uint64_t pause_at;              /* before this call the program is held; 0: none */
    uint64_t paused;                /* it is, until somebody sets this to 0 */
    int64_t clock_shift;            /* seconds that the wall clock is ahead of the true time */
    uint64_t clock_reads;           /* how often the program has read it when it was */
    uint64_t seen;                  /* calls that counted */
    uint64_t failed;                /* calls that failed by our hand */
    uint64_t left;                  /* processes that outlived the program */
    uint64_t ended_by;              /* the signal that ended the program, or 0 */
    /* Of each call that counted, where none is to fail: its place; 0: not known. */
    uint64_t places[FAULT_PLACES_MAX];
};

/*
 * A place is the way on which functions called each other to a call, as one number: the same in
 * every run, while the numbers of calls move where threads and processes run beside each other.
 */

/* Counts a call; returns its number, or 0 where nothing counts yet. */
static inline uint64_t fault_call_count(struct fault_state *state) {
    bool enabled = __atomic_load_n(&state->enabled, __ATOMIC_SEQ_CST) != 0;
    return enabled ? __atomic_add_fetch(&state->seen, 1, __ATOMIC_SEQ_CST) : 0;
}

/* Notes from where a call came, or has it fail, if that is the place that is meant. */
static inline void fault_call_from(struct fault_state *state, uint64_t number, uint64_t place) {
    uint64_t none = 0;
    if (state->fail_place == 0 && number <= FAULT_PLACES_MAX) {
        state->places[number - 1] = place;
    } else if (state->fail_place == place) {
        (void)__atomic_compare_exchange_n(&state->fail_at, &none, number, false, __ATOMIC_SEQ_CST,
                                          __ATOMIC_SEQ_CST);
    }
}

/* Whether the call of that number is to fail. */
static inline bool fault_call_fails(struct fault_state *state, uint64_t number) {
    uint64_t fail_at = __atomic_load_n(&state->fail_at, __ATOMIC_SEQ_CST);
    bool fails = number != 0 && fail_at != 0 &&
                 (number == fail_at || (state->stays != 0 && number > fail_at));
    if (fails) {
        (void)__atomic_add_fetch(&state->failed, 1, __ATOMIC_SEQ_CST);
    }
    return fails;
}

#endif
