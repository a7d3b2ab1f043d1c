/* SPDX-License-Identifier: MIT */
/* Loading a live policy. All but the first is loaded in a thread, which calls nothing of nginx. */
#include "ngx_http_cors_live.h"

#include <compiled_file.h>

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/stat.h>

/* Offsets in a block have 32 bits. */
#define BLOCK_MAX ((uint64_t)1 << 32)

/* A piece of the file on its way to memory. */
enum { PIECE_SIZE = 65536 };

/* How often the thread looks whether it can go on. */
enum { WAIT_MILLISECONDS = 5 };

/* How much less of a processor the thread gets than the event loop beside it, where both want it.
 */
enum { NICENESS = 5 };

/*
 * Timestamps of files move in steps of up to ten milliseconds, and of up to two seconds where a
 * file system keeps whole seconds only. Who writes within the step that it was read in would leave
 * no trace, so that a file is read only when its step is over.
 */
enum { STEP_MILLISECONDS = 20, LONG_STEP_MILLISECONDS = 2000 };

void ngx_http_cors_unmap(ngx_http_cors_mapping_t *mapping) {
    if (mapping->address != NULL) {
        (void)munmap(mapping->address, mapping->size);
        mapping->address = NULL;
    }
}

uint64_t ngx_http_cors_file_state(const struct stat *status) {
    const uint64_t parts[] = {
        (uint64_t)status->st_dev,          (uint64_t)status->st_ino,
        (uint64_t)status->st_size,         (uint64_t)status->st_mtim.tv_sec,
        (uint64_t)status->st_mtim.tv_nsec, (uint64_t)status->st_ctim.tv_sec,
        (uint64_t)status->st_ctim.tv_nsec,
    };
    uint64_t state = 0;
    for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++) {
        state = (state ^ parts[i]) * 0x9e3779b97f4a7c15U;
        state ^= state >> 32;
    }
    return state;
}

static void sleep_milliseconds(int64_t milliseconds) {
    struct timespec time = {milliseconds / 1000, (milliseconds % 1000) * 1000000};
    (void)nanosleep(&time, NULL);
}

static ngx_int_t stopped(ngx_http_cors_live_t *live) {
    return atomic_load(&live->job.stop) != 0;
}

static void refuse(ngx_http_cors_job_t *job, const char *words) {
    job->result = NGX_HTTP_CORS_LIVE_REFUSED;
    (void)snprintf(job->words, sizeof job->words, "%s", words);
}

/* What the file cannot help (no memory, too many open files) may be over soon. */
static void refuse_fault(ngx_http_cors_job_t *job, int fault) {
    const char *advice =
        fault == EACCES ? ": the user of nginx's workers must be able to read it" : "";
    job->result = NGX_HTTP_CORS_LIVE_REFUSED;
    job->passing = fault != EACCES && fault != ENOENT && fault != ENOTDIR && fault != ELOOP;
    (void)snprintf(job->words, sizeof job->words, "%s%s", strerror(fault), advice);
}

/* Appends to a memory. Unlike writing to a mapping this fails where there is no room. */
static ngx_int_t write_all(int memory, const char *bytes, size_t size) {
    while (size > 0) {
        ssize_t done = write(memory, bytes, size);
        if (done < 0 && errno != EINTR) {
            return NGX_ERROR;
        }
        bytes += done < 0 ? 0 : done;
        size -= done < 0 ? 0 : (size_t)done;
    }
    return NGX_OK;
}

/* Copies a file into a memory. Returns NGX_ABORT where it ends early, or was told to stop. */
static ngx_int_t copy_file(ngx_http_cors_live_t *live, int file, int memory, size_t size) {
    char piece[PIECE_SIZE];
    size_t copied = 0;
    if (ftruncate(memory, 0) != 0 || lseek(memory, 0, SEEK_SET) != 0) {
        return NGX_ERROR;
    }
    while (copied < size) {
        ssize_t got = pread(file, piece, ngx_min(sizeof piece, size - copied), (off_t)copied);
        if (got < 0 && errno == EINTR) {
            continue;
        }
        if (got < 0 || (got > 0 && write_all(memory, piece, (size_t)got) != NGX_OK)) {
            return NGX_ERROR;
        }
        if (got == 0 || stopped(live)) {
            return NGX_ABORT;
        }
        copied += (size_t)got;
    }
    return NGX_OK;
}

/* Whether a file was written to between two looks at it. Being renamed over changes it not. */
static ngx_int_t was_written(const struct stat *before, const struct stat *after) {
    return before->st_size != after->st_size || before->st_mtim.tv_sec != after->st_mtim.tv_sec ||
           before->st_mtim.tv_nsec != after->st_mtim.tv_nsec;
}

/*
 * How long until the last change of a file lies a whole step of its timestamps back. The change it
 * is that counts: whoever copies a file may set back the time at which it was modified.
 */
static int64_t rest_of_step(const struct stat *status) {
    const struct timespec *changed = &status->st_ctim;
    struct timespec now;
    int64_t step = changed->tv_nsec == 0 ? LONG_STEP_MILLISECONDS : STEP_MILLISECONDS;
    (void)clock_gettime(CLOCK_REALTIME, &now);
    int64_t age =
        ((int64_t)now.tv_sec - changed->tv_sec) * 1000 + (now.tv_nsec - changed->tv_nsec) / 1000000;
    return age >= 0 && age < step ? step - age : 0;
}

static bool count_entry(void *context, cors_slice path, cors_slice entry) {
    uint64_t *count = context;
    (void)path;
    (void)entry;
    (*count)++;
    return true;
}

/* Checks what was copied, and makes it the newest generation if it is a policy. */
static void judge_copy(ngx_http_cors_live_t *live, size_t size) {
    ngx_http_cors_shared_t *shared = live->shared;
    ngx_http_cors_job_t *job = &live->job;
    uint64_t generation = atomic_load(&shared->generation) + 1;
    int memory = live->memories[generation % 2];
    const cors_policy *policy;
    void *address = mmap(NULL, size, PROT_READ, MAP_SHARED, memory, 0);
    if (address == MAP_FAILED) {
        refuse_fault(job, errno);
        return;
    }
    job->mapping = (ngx_http_cors_mapping_t){address, size, generation};
    const char *fault =
        compiled_file_open(address, size, (const char *)live->environment.data, &policy);
    if (fault != NULL) {
        refuse(job, fault);
        return;
    }
    ngx_http_cors_block_t *block = &shared->blocks[generation % 2];
    *block = (ngx_http_cors_block_t){size, 0, cors_policy_checksum(policy)};
    cors_policy_each_origin(policy, count_entry, &block->entries);
    job->result = NGX_HTTP_CORS_LIVE_TAKEN;
    atomic_store(&shared->generation, generation);
}

/* Of what is no policy, or not all of one, nothing is copied: it can be large. */
static void look_at_head(ngx_http_cors_job_t *job, int file, uint64_t size) {
    uint64_t says = compiled_file_size(file);
    if (!compiled_file_is(file)) {
        refuse(job, "it is no compiled policy");
    } else if (says > size) {
        refuse(job, "it is cut short; compile it again");
    } else if (says != 0 && says < size) {
        refuse(job, "it is longer than it says; compile it again");
    }
}

/* Where the kernel keeps the pages all the same, the next copy into them takes their place. */
static void drop_memory(int memory) {
    int ignored = ftruncate(memory, 0);
    (void)ignored;
}

/* Copies a file that is not being written, and judges it. */
static void take(ngx_http_cors_live_t *live, int file, const struct stat *before) {
    struct stat after;
    size_t size = (size_t)before->st_size;
    look_at_head(&live->job, file, size);
    if (live->job.result == NGX_HTTP_CORS_LIVE_REFUSED) {
        return;
    }
    int memory = live->memories[(atomic_load(&live->shared->generation) + 1) % 2];
    ngx_int_t copied = copy_file(live, file, memory, size);
    if (copied == NGX_ERROR) {
        refuse_fault(&live->job, errno);
    } else if (copied == NGX_OK && fstat(file, &after) == 0 && !was_written(before, &after)) {
        judge_copy(live, size);
    }
    if (live->job.result != NGX_HTTP_CORS_LIVE_TAKEN) {
        /* First the memory: with no pages in it, unmapping holds up nobody. */
        drop_memory(memory);
        ngx_http_cors_unmap(&live->job.mapping);
    }
}

void ngx_http_cors_load(ngx_http_cors_live_t *live, int file) {
    ngx_http_cors_job_t *job = &live->job;
    struct stat status;
    struct stat settled;
    if (fstat(file, &status) != 0) {
        job->state = (uint64_t)errno;
        refuse_fault(job, errno);
        return;
    }
    job->state = ngx_http_cors_file_state(&status);
    if (job->state == atomic_load(&live->shared->seen)) {
        return;
    }
    sleep_milliseconds(rest_of_step(&status));
    if (!S_ISREG(status.st_mode)) {
        refuse(job, "it is not a regular file");
    } else if (status.st_size == 0) {
        refuse(job, "it is empty");
    } else if ((uint64_t)status.st_size > BLOCK_MAX) {
        refuse(job, "it is larger than a policy can be");
    } else if (fstat(file, &settled) == 0 && !was_written(&status, &settled)) {
        take(live, file, &status);
    }
}

/* One that is gone, or is yet to come, holds up nobody. */
int64_t ngx_http_cors_straggler(ngx_http_cors_shared_t *shared) {
    uint64_t newest = atomic_load(&shared->generation);
    for (ngx_uint_t i = 0; i < NGX_MAX_PROCESSES; i++) {
        ngx_http_cors_place_t *place = &shared->places[i];
        int64_t process = atomic_load(&place->process);
        if (process != 0 && atomic_load(&place->generation) != newest &&
            (kill((pid_t)process, 0) == 0 || errno != ESRCH)) {
            return process;
        }
    }
    return 0;
}

static ngx_int_t old_is_left(ngx_http_cors_shared_t *shared) {
    return atomic_load(&shared->freed) + 1 == atomic_load(&shared->generation);
}

/* Frees the memory of the generation before the newest. */
static void free_old(ngx_http_cors_live_t *live) {
    uint64_t generation = atomic_load(&live->shared->generation);
    drop_memory(live->memories[(generation + 1) % 2]);
    atomic_store(&live->shared->freed, generation - 1);
    live->job.in_force = generation;
}

/* Waits until all workers use the newest generation, and frees the memory of the one before. */
static ngx_int_t leave_old(ngx_http_cors_live_t *live) {
    if (old_is_left(live->shared)) {
        return NGX_OK;
    }
    while (ngx_http_cors_straggler(live->shared) != 0) {
        if (stopped(live)) {
            return NGX_ABORT;
        }
        sleep_milliseconds(WAIT_MILLISECONDS);
    }
    free_old(live);
    return NGX_OK;
}

/* Where it cannot be opened, its state is what a look at it tells, as the event loop sees it. */
static void look_at_file(ngx_http_cors_live_t *live) {
    const char *path = (const char *)live->path.data;
    struct stat status;
    /* A pipe in its place must not keep the thread waiting. */
    int file = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (file >= 0) {
        ngx_http_cors_load(live, file);
        (void)close(file);
        return;
    }
    int fault = errno;
    live->job.state =
        stat(path, &status) == 0 ? ngx_http_cors_file_state(&status) : (uint64_t)fault;
    if (live->job.state != atomic_load(&live->shared->seen)) {
        refuse_fault(&live->job, fault);
    }
}

void ngx_http_cors_load_at_once(ngx_http_cors_live_t *live) {
    if (!old_is_left(live->shared)) {
        if (ngx_http_cors_straggler(live->shared) != 0) {
            return;
        }
        free_old(live);
    }
    look_at_file(live);
}

void *ngx_http_cors_load_thread(void *data) {
    ngx_http_cors_live_t *live = data;
    /* Of this thread only: Linux has it so. */
    (void)setpriority(PRIO_PROCESS, 0, getpriority(PRIO_PROCESS, 0) + NICENESS);
    if (leave_old(live) == NGX_OK) {
        look_at_file(live);
        if (live->job.result == NGX_HTTP_CORS_LIVE_TAKEN) {
            (void)leave_old(live);
        }
    }
    atomic_store(&live->job.done, 1);
    return NULL;
}
