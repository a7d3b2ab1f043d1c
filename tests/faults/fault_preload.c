/* SPDX-License-Identifier: MIT */
/*
 * Preloaded into a program: fails an allocation, and shifts the wall clock. System calls are failed
 * from outside, by fault_supervisor.c, which is told here when main() begins: what the loader does
 * before is not the program's.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <execinfo.h>
#include <fcntl.h>
#include <link.h>
#include <signal.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

#include "fault_state.h"

/* The C library's own, under the names by which they can be reached without dlsym(). */
extern void *__libc_malloc(size_t size);
extern void *__libc_calloc(size_t count, size_t size);
extern void *__libc_realloc(void *memory, size_t size);
extern void *__libc_memalign(size_t alignment, size_t size);

/* As deep as libraries call each other on the way to an allocation. */
enum { PLACE_DEPTH = 48 };

/* Of so many functions it is told that they were about to die. */
enum { DEATH_DEPTH = 4 };

static struct fault_state *state; /* NULL before main() */
static bool is_chosen;            /* this is the program whose calls count */
static bool counts_allocations;

/* Another number from one and a text's or a number's bytes (FNV-1a). */
static uint64_t mixed(uint64_t number, const void *bytes, size_t size) {
    const unsigned char *byte = bytes;
    for (size_t i = 0; i < size; i++) {
        number = (number ^ byte[i]) * 0x100000001b3;
    }
    return number;
}

/*
 * The place that we were called from, or 0 where it is us that allocate, in backtrace(). Modules
 * lie elsewhere in each run, so an address counts from where its module begins. _dl_find_object()
 * takes no lock: who allocates may hold the loader's.
 */
static uint64_t place_of_caller(void) {
    static __thread bool is_looking __attribute__((tls_model("initial-exec")));
    void *frames[PLACE_DEPTH];
    uint64_t place = 0xcbf29ce484222325;
    if (is_looking) {
        return 0;
    }
    is_looking = true;
    int count = backtrace(frames, PLACE_DEPTH);
    is_looking = false;
    for (int i = 0; i < count; i++) {
        struct dl_find_object module;
        if (_dl_find_object(frames[i], &module) == 0) {
            const char *name = module.dlfo_link_map->l_name;
            uint64_t offset = (uint64_t)((char *)frames[i] - (char *)module.dlfo_map_start);
            place = mixed(mixed(place, name, strlen(name)), &offset, sizeof offset);
        }
    }
    return place;
}

static bool allocation_fails(void) {
    uint64_t number = counts_allocations ? fault_call_count(state) : 0;
    uint64_t place = number != 0 && __atomic_load_n(&state->fail_at, __ATOMIC_SEQ_CST) == 0
                         ? place_of_caller()
                         : 0;
    if (place != 0) {
        fault_call_from(state, number, place);
    }
    bool fails = counts_allocations && fault_call_fails(state, number);
    if (fails) {
        errno = (int)state->error;
    }
    return fails;
}

void *malloc(size_t size) {
    return allocation_fails() ? NULL : __libc_malloc(size);
}

void *calloc(size_t count, size_t size) {
    return allocation_fails() ? NULL : __libc_calloc(count, size);
}

void *realloc(void *memory, size_t size) {
    return allocation_fails() ? NULL : __libc_realloc(memory, size);
}

void *reallocarray(void *memory, size_t count, size_t size) {
    size_t bytes;
    if (__builtin_mul_overflow(count, size, &bytes)) {
        errno = ENOMEM;
        return NULL;
    }
    return realloc(memory, bytes);
}

void *memalign(size_t alignment, size_t size);
void *memalign(size_t alignment, size_t size) {
    return allocation_fails() ? NULL : __libc_memalign(alignment, size);
}

void *aligned_alloc(size_t alignment, size_t size) {
    return memalign(alignment, size);
}

int posix_memalign(void **memory, size_t alignment, size_t size) {
    void *allocated = memalign(alignment, size);
    if (allocated == NULL) {
        return ENOMEM;
    }
    *memory = allocated;
    return 0;
}

static int64_t shift_of(clockid_t clock) {
    bool wall = clock == CLOCK_REALTIME || clock == CLOCK_REALTIME_COARSE;
    int64_t shift =
        wall && state != NULL ? __atomic_load_n(&state->clock_shift, __ATOMIC_SEQ_CST) : 0;
    if (shift != 0 && is_chosen) {
        (void)__atomic_add_fetch(&state->clock_reads, 1, __ATOMIC_SEQ_CST);
    }
    return shift;
}

int clock_gettime(clockid_t clock, struct timespec *now) {
    int failed = (int)syscall(SYS_clock_gettime, clock, now);
    if (failed == 0) {
        now->tv_sec += shift_of(clock);
    }
    return failed;
}

int gettimeofday(struct timeval *restrict now, void *restrict zone) {
    struct timespec precise;
    (void)zone; /* nobody has one */
    (void)clock_gettime(CLOCK_REALTIME, &precise);
    now->tv_sec = precise.tv_sec;
    now->tv_usec = precise.tv_nsec / 1000;
    return 0;
}

time_t time(time_t *now) {
    struct timespec precise;
    (void)clock_gettime(CLOCK_REALTIME, &precise);
    if (now != NULL) {
        *now = precise.tv_sec;
    }
    return precise.tv_sec;
}

/* The C library and we stand between whoever erred and the signal. */
static bool is_bystander(const char *library) {
    return strncmp(library, "libc.", 5) == 0 || strncmp(library, "fault_preload", 13) == 0 ||
           strncmp(library, "ld-linux", 8) == 0;
}

/* Adds a name to those of the functions, after what is between two; one that has no room is left.
 */
static void add_name(const char *name) {
    size_t used = strlen(state->died_at);
    const char *between = used == 0 ? "" : " < ";
    if (used + strlen(between) + strlen(name) < sizeof state->died_at) {
        strcat(strcat(state->died_at, between), name);
    }
}

/*
 * Notes in whose code a deadly signal came: the innermost library that is neither libc nor ours,
 * and the names, where there are any, of the functions down to a few of its own. Of several
 * processes that die, the first.
 */
static void note_death(int number) {
    void *frames[32];
    int count = state->died_in[0] != '\0' ? 0 : backtrace(frames, sizeof frames / sizeof frames[0]);
    int of_library = 0;
    for (int i = 1; i < count && of_library < DEATH_DEPTH; i++) {
        Dl_info place;
        if (dladdr(frames[i], &place) == 0 || place.dli_fname == NULL) {
            continue;
        }
        const char *slash = strrchr(place.dli_fname, '/');
        const char *library = slash == NULL ? place.dli_fname : slash + 1;
        if (!is_bystander(library) && of_library++ == 0) {
            strncpy(state->died_in, library, sizeof state->died_in - 1);
        }
        if (place.dli_sname != NULL) {
            add_name(place.dli_sname);
        }
    }
    (void)raise(number); /* as usual now: SA_RESETHAND */
}

static void watch_deaths(void) {
    struct sigaction action = {.sa_handler = note_death, .sa_flags = (int)SA_RESETHAND};
    void *frame;
    (void)backtrace(&frame, 1); /* loads what it needs, while that cannot fail */
    (void)sigemptyset(&action.sa_mask);
    (void)sigaction(SIGSEGV, &action, NULL);
    (void)sigaction(SIGABRT, &action, NULL);
    (void)sigaction(SIGBUS, &action, NULL);
}

/* Where the file cannot be mapped no fault would come, and every test would pass: better end. */
static struct fault_state *map_state(void) {
    const char *path = getenv(FAULT_STATE_VARIABLE);
    int file = path == NULL ? -1 : open(path, O_RDWR | O_CLOEXEC);
    void *mapped = file < 0 ? MAP_FAILED
                            : mmap(NULL, sizeof(struct fault_state), PROT_READ | PROT_WRITE,
                                   MAP_SHARED, file, 0);
    if (mapped == MAP_FAILED) {
        abort();
    }
    (void)close(file);
    return mapped;
}

static int (*program_main)(int, char **, char **);

static int begin_main(int argc, char **argv, char **environment) {
    state = map_state();
    is_chosen =
        state->program[0] == '\0' || strcmp(state->program, program_invocation_short_name) == 0;
    if (is_chosen) {
        watch_deaths();
        counts_allocations = strcmp(state->call, "allocate") == 0;
        (void)prctl(FAULT_MAIN_BEGINS, 0, 0, 0, 0);
    }
    return program_main(argc, argv, environment);
}

/* Called by every program's first instructions, with its main(). */
int __libc_start_main(int (*main)(int, char **, char **), int argc, char **argv, void (*init)(void),
                      void (*fini)(void), void (*loader_fini)(void), void *stack_end);
int __libc_start_main(int (*main)(int, char **, char **), int argc, char **argv, void (*init)(void),
                      void (*fini)(void), void (*loader_fini)(void), void *stack_end) {
    int (*next)(int (*)(int, char **, char **), int, char **, void (*)(void), void (*)(void),
                void (*)(void), void *);
    *(void **)&next = dlsym(RTLD_NEXT, "__libc_start_main");
    program_main = main;
    return next(begin_main, argc, argv, init, fini, loader_fini, stack_end);
}
