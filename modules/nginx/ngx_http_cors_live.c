/* SPDX-License-Identifier: MIT */
/* Live policies, as the configuration and the event loop see them. */
#include "ngx_http_cors_live.h"

#include <compiled_file.h>

#include <sys/mman.h>

/* How often a worker looks at the file: it is to be noticed, and in force, within a second. */
enum { LOOK_MILLISECONDS = 100 };

/* The same while this worker loads: the thread waits for its event loop, too. */
enum { LOADING_MILLISECONDS = 10 };

/* When a file is tried again that could not be taken for want of memory or the like. */
enum { RETRY_MILLISECONDS = 10000 };

/*
 * How long a worker that comes up waits for a file that was replaced since the master read it. It
 * takes no connection before.
 */
enum { START_MILLISECONDS = 2000, START_WAIT_MILLISECONDS = 5 };

/* When a change takes so long that something is wrong. */
enum { STANDSTILL_MILLISECONDS = 5000 };

static uint64_t nanoseconds_now(void) {
    struct timespec now;
    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000000000U + (uint64_t)now.tv_nsec;
}

/* The same clock for all workers. */
static uint64_t milliseconds_now(void) {
    return nanoseconds_now() / 1000000U;
}

/* Another worker may have come to the place meanwhile. */
static void leave_place(ngx_http_cors_live_t *live) {
    int64_t own = ngx_pid;
    if (live->place != NULL) {
        (void)atomic_compare_exchange_strong(&live->place->process, &own, 0);
    }
    if (live->member != NULL) {
        ngx_http_cors_roll_leave(live->member);
    }
}

static void forget(void *data) {
    ngx_http_cors_live_t *live = data;
    if (live->has_job) {
        atomic_store(&live->job.stop, 1);
        (void)pthread_join(live->job.thread, NULL);
        ngx_http_cors_unmap(&live->job.mapping);
    }
    if (live->timer.timer_set) {
        ngx_del_timer(&live->timer);
    }
    leave_place(live);
    ngx_http_cors_unmap(&live->used);
    ngx_http_cors_unmap(&live->left);
    for (ngx_uint_t i = 0; i < 2; i++) {
        if (live->memories[i] != -1) {
            (void)close(live->memories[i]);
        }
    }
    if (live->shared != NULL) {
        ngx_shm_free(&live->shm);
    }
}

static ngx_http_cors_live_t *create(ngx_conf_t *cf, const ngx_str_t *path,
                                    const ngx_str_t *environment) {
    ngx_pool_cleanup_t *cleanup = ngx_pool_cleanup_add(cf->pool, sizeof(ngx_http_cors_live_t));
    if (cleanup == NULL) {
        return NULL;
    }
    ngx_http_cors_live_t *live = cleanup->data;
    ngx_memzero(live, sizeof *live);
    live->path = *path;
    /* It may lie among the process's variables, which do not stay where they are. */
    live->environment.len = environment->len;
    live->environment.data = ngx_pnalloc(cf->pool, environment->len + 1);
    live->memories[0] = -1;
    live->memories[1] = -1;
    cleanup->handler = forget;
    if (live->environment.data == NULL) {
        return NULL;
    }
    ngx_memcpy(live->environment.data, environment->data, environment->len + 1);
    return live;
}

/* Makes what workers inherit. */
static ngx_int_t make_shared(ngx_conf_t *cf, ngx_http_cors_live_t *live) {
    for (ngx_uint_t i = 0; i < 2; i++) {
        live->memories[i] = memfd_create("cors_policy", MFD_CLOEXEC);
        if (live->memories[i] == -1) {
            ngx_log_error(NGX_LOG_EMERG, cf->log, ngx_errno, "cors: memfd_create() failed");
            return NGX_ERROR;
        }
    }
    live->shm.size = sizeof(ngx_http_cors_shared_t);
    live->shm.log = cf->log;
    ngx_str_set(&live->shm.name, "cors_policy");
    if (ngx_shm_alloc(&live->shm) != NGX_OK) {
        return NGX_ERROR;
    }
    live->shared = (ngx_http_cors_shared_t *)live->shm.addr; /* zeroed by the kernel */
    live->roll = ngx_http_cors_roll_open(&live->path, &live->environment, cf->log);
    return live->roll == NULL ? NGX_ERROR : NGX_OK;
}

ngx_http_cors_source_t *ngx_http_cors_live_open(ngx_conf_t *cf, const ngx_str_t *path,
                                                const ngx_str_t *environment, ngx_fd_t file) {
    ngx_http_cors_main_conf_t *main = ngx_http_conf_get_module_main_conf(cf, ngx_http_cors_module);
    ngx_http_cors_live_t *live = create(cf, path, environment);
    if (live == NULL || make_shared(cf, live) != NGX_OK) {
        return NULL;
    }
    live->source.newest = &live->shared->generation;
    ngx_http_cors_job_t *job = &live->job;
    ngx_http_cors_load(live, file);
    if (job->result != NGX_HTTP_CORS_LIVE_TAKEN) {
        ngx_log_error(
            NGX_LOG_EMERG, cf->log, 0, "cors: the policy \"%V\" cannot be taken: %s", path,
            job->result == NGX_HTTP_CORS_LIVE_REFUSED ? job->words : "it is being written");
        return NULL;
    }
    atomic_store(&live->shared->seen, job->state);
    /* The master serves nobody; each worker maps what is in force when it comes up. */
    ngx_http_cors_unmap(&job->mapping);
    live->next = main->live;
    main->live = live;
    return &live->source;
}

/* One worker at a time loads. The lock goes with its process, however that ends. */
static ngx_int_t lock(ngx_http_cors_live_t *live, short kind) {
    struct flock lock;
    ngx_memzero(&lock, sizeof lock);
    lock.l_type = kind;
    lock.l_whence = SEEK_SET;
    return fcntl(live->memories[0], F_SETLK, &lock) == 0 ? NGX_OK : NGX_BUSY;
}

/*
 * Changes to the newest generation. Another than the one before it cannot be meanwhile: that waits
 * until this worker has said that it came.
 */
static ngx_int_t take_newest(ngx_http_cors_live_t *live) {
    ngx_http_cors_mapping_t *loaded = &live->job.mapping;
    uint64_t generation = atomic_load(&live->shared->generation);
    ngx_http_cors_mapping_t newest = {NULL, live->shared->blocks[generation % 2].size, generation};
    if (generation == live->source.generation) {
        return NGX_OK;
    }
    if (live->has_job && loaded->address != NULL && loaded->generation == generation) {
        newest = *loaded;
        loaded->address = NULL;
    } else {
        newest.address =
            mmap(NULL, newest.size, PROT_READ, MAP_SHARED, live->memories[generation % 2], 0);
        if (newest.address == MAP_FAILED) {
            return NGX_ERROR;
        }
    }
    ngx_http_cors_unmap(&live->left);
    live->left = live->used;
    live->used = newest;
    live->source.policy = newest.address;
    live->source.generation = generation;
    atomic_store(&live->member->checksum, live->shared->blocks[generation % 2].checksum);
    atomic_store(&live->place->generation, generation);
    return NGX_OK;
}

void ngx_http_cors_live_catch_up(ngx_http_cors_source_t *source) {
    ngx_http_cors_live_t *live = (ngx_http_cors_live_t *)source; /* its first member */
    if (take_newest(live) == NGX_OK) {
        live->cannot_map = 0;
        return;
    }
    if (!live->cannot_map) {
        ngx_log_error(NGX_LOG_ALERT, ngx_cycle->log, ngx_errno,
                      "cors: mmap() of the new \"%V\" failed: this worker tries it again",
                      &live->path);
    }
    live->cannot_map = 1;
}

static uint64_t state_now(const ngx_http_cors_live_t *live) {
    struct stat status;
    return stat((const char *)live->path.data, &status) == 0 ? ngx_http_cors_file_state(&status)
                                                             : (uint64_t)ngx_errno;
}

/* Whether there is something to load, or memory that somebody did not get to give back. */
static ngx_int_t work_is_due(ngx_http_cors_live_t *live) {
    ngx_http_cors_shared_t *shared = live->shared;
    return atomic_load(&shared->freed) + 1 != atomic_load(&shared->generation) ||
           state_now(live) != atomic_load(&shared->seen);
}

static void say_refused(ngx_http_cors_live_t *live, const char *why, ngx_uint_t passing) {
    ngx_log_error(NGX_LOG_ERR, ngx_cycle->log, 0,
                  "cors: \"%V\" was replaced but is not taken, what was in force stays: %s",
                  &live->path, why);
    /* Whichever worker is there then: this one may be gone. */
    atomic_store(&live->shared->retry_at, passing ? milliseconds_now() + RETRY_MILLISECONDS : 0);
}

/* Where there is no thread to be had, it is as with a file that cannot be read for now. */
static void do_without_thread(ngx_http_cors_live_t *live, int fault) {
    uint64_t state = state_now(live);
    if (state != atomic_load(&live->shared->seen)) {
        char words[128];
        (void)snprintf(words, sizeof words, "no thread can be started: %s", strerror(fault));
        atomic_store(&live->shared->seen, state);
        say_refused(live, words, 1);
    }
}

static ngx_int_t start_thread(ngx_http_cors_live_t *live) {
    sigset_t all;
    sigset_t before;
    ngx_memzero(&live->job, sizeof live->job);
    /* Signals are for the event loop. */
    (void)sigfillset(&all);
    (void)pthread_sigmask(SIG_SETMASK, &all, &before);
    int fault = pthread_create(&live->job.thread, NULL, ngx_http_cors_load_thread, live);
    (void)pthread_sigmask(SIG_SETMASK, &before, NULL);
    if (fault != 0) {
        do_without_thread(live, fault);
    }
    return fault == 0 ? NGX_OK : NGX_ERROR;
}

static void begin_job(ngx_http_cors_live_t *live) {
    if (lock(live, F_WRLCK) != NGX_OK) {
        return;
    }
    /* Another worker may have done it just before. */
    if (work_is_due(live) && start_thread(live) == NGX_OK) {
        live->has_job = 1;
    } else {
        (void)lock(live, F_UNLCK);
    }
}

/*
 * Says it once of each generation: two workers may find at the same moment that all have come. To
 * have come are those of other configurations, too, which do not wait for each other: where they
 * come late, it is said at a later look.
 */
static void say_in_force(ngx_http_cors_live_t *live) {
    ngx_http_cors_shared_t *shared = live->shared;
    uint64_t generation = atomic_load(&shared->came);
    const ngx_http_cors_block_t *block = &shared->blocks[generation % 2];
    if (generation != atomic_load(&shared->generation) ||
        atomic_load(&shared->said) == generation ||
        ngx_http_cors_roll_straggler(live->roll, block->checksum) != 0 ||
        atomic_exchange(&shared->said, generation) == generation) {
        return;
    }
    ngx_log_error(NGX_LOG_NOTICE, ngx_cycle->log, 0,
                  "cors: \"%V\" is in force in all workers: %uL %s [%016xL]", &live->path,
                  block->entries, block->entries == 1 ? "entry" : "entries", block->checksum);
}

/* Takes notice of what a job did, and lets the next begin. */
static void settle_job(ngx_http_cors_live_t *live) {
    ngx_http_cors_job_t *job = &live->job;
    if (job->in_force != 0) {
        atomic_store(&live->shared->came, job->in_force);
        say_in_force(live);
    }
    if (job->result == NGX_HTTP_CORS_LIVE_REFUSED) {
        say_refused(live, job->words, job->passing);
    }
    if (job->result == NGX_HTTP_CORS_LIVE_TAKEN) {
        atomic_store(&live->shared->retry_at, 0);
    }
    if (job->result != NGX_HTTP_CORS_LIVE_LATER) {
        atomic_store(&live->shared->seen, job->state);
    }
    (void)lock(live, F_UNLCK);
}

static void look_after_job(ngx_http_cors_live_t *live) {
    if (live->has_job) {
        if (atomic_load(&live->job.done)) {
            (void)pthread_join(live->job.thread, NULL);
            live->has_job = 0;
            settle_job(live);
        }
        return;
    }
    uint64_t retry_at = atomic_load(&live->shared->retry_at);
    if (retry_at != 0 && milliseconds_now() >= retry_at &&
        atomic_compare_exchange_strong(&live->shared->retry_at, &retry_at, 0)) {
        atomic_store(&live->shared->seen, 0);
    }
    if (work_is_due(live)) {
        begin_job(live);
    }
}

/* Unmaps the old block once its memory went: nothing is left to unmap page by page. */
static ngx_int_t unmap_left(ngx_http_cors_live_t *live) {
    if (live->left.address == NULL || atomic_load(&live->shared->freed) < live->left.generation) {
        return NGX_DECLINED;
    }
    ngx_http_cors_unmap(&live->left);
    return NGX_OK;
}

/* The worker that keeps a change from being done; 0: none that is known. */
static int64_t who_holds_up(ngx_http_cors_live_t *live) {
    struct flock holder;
    int64_t straggler = ngx_http_cors_straggler(live->shared);
    if (straggler == 0) {
        const ngx_http_cors_block_t *block = &live->shared->blocks[live->source.generation % 2];
        straggler = ngx_http_cors_roll_straggler(live->roll, block->checksum);
    }
    if (straggler != 0) {
        return straggler;
    }
    ngx_memzero(&holder, sizeof holder);
    holder.l_type = F_WRLCK;
    holder.l_whence = SEEK_SET;
    return fcntl(live->memories[0], F_GETLK, &holder) == 0 && holder.l_type != F_UNLCK
               ? holder.l_pid
               : 0;
}

/*
 * A worker that does not answer, since it is stopped or waits for a disk, keeps the policy that it
 * has, and with it the memory of the next one. Whoever waits for a change has to know.
 */
static void say_standstill(ngx_http_cors_live_t *live) {
    uint64_t now = milliseconds_now();
    uint64_t generation = live->source.generation;
    ngx_int_t said = atomic_load(&live->shared->said) == generation;
    if (live->settled_generation != generation || (said && !live->has_job && !work_is_due(live))) {
        live->settled_generation = generation;
        live->settled_at = now;
        return;
    }
    int64_t straggler = now - live->settled_at < STANDSTILL_MILLISECONDS ? 0 : who_holds_up(live);
    if (straggler != 0 && atomic_exchange(&live->shared->standstill, generation) != generation) {
        ngx_log_error(NGX_LOG_ERR, ngx_cycle->log, 0,
                      "cors: \"%V\" was replaced, but the change is not done: worker process %P "
                      "holds it up, which is stopped, too busy, or out of memory",
                      &live->path, (ngx_pid_t)straggler);
    }
}

static void look(ngx_event_t *timer) {
    ngx_http_cors_live_t *live = timer->data;
    uint64_t began = nanoseconds_now();
    ngx_http_cors_live_catch_up(&live->source);
    ngx_int_t swapping = live->has_job || live->left.address != NULL;
    look_after_job(live);
    say_in_force(live);
    say_standstill(live);
    ngx_int_t unmapped = unmap_left(live);
    uint64_t took = nanoseconds_now() - began;
    if (swapping || live->has_job) {
        live->held_up = ngx_max(live->held_up, took);
    }
    if (unmapped == NGX_OK) {
        ngx_log_error(NGX_LOG_INFO, timer->log, 0,
                      "cors: changing to the new \"%V\" held this worker up for %uL us at most",
                      &live->path, live->held_up / 1000);
        live->held_up = 0;
    }
    ngx_add_timer(timer, live->has_job ? LOADING_MILLISECONDS : LOOK_MILLISECONDS);
}

/* The master may have read as root what workers cannot read. */
static void check_readable(ngx_http_cors_live_t *live, ngx_log_t *log) {
    ngx_fd_t file =
        ngx_open_file(live->path.data, NGX_FILE_RDONLY | NGX_FILE_NONBLOCK, NGX_FILE_OPEN, 0);
    if (file != NGX_INVALID_FILE) {
        (void)ngx_close_file(file);
    } else if (ngx_errno == NGX_EACCES && atomic_exchange(&live->shared->unreadable, 1) == 0) {
        ngx_log_error(NGX_LOG_ERR, log, ngx_errno,
                      "cors: \"%V\" is in force, but will not be when it is replaced: the user of "
                      "nginx's workers cannot read it",
                      &live->path);
    }
}

/* Whether this worker was the last that was to come. */
static ngx_int_t all_came(ngx_http_cors_live_t *live, ngx_cycle_t *cycle) {
    const ngx_core_conf_t *core = (ngx_core_conf_t *)ngx_get_conf(cycle->conf_ctx, ngx_core_module);
    ngx_int_t count = ngx_process == NGX_PROCESS_WORKER ? core->worker_processes : 1;
    for (ngx_int_t i = 0; i < count; i++) {
        if (atomic_load(&live->shared->places[i].generation) != live->source.generation) {
            return 0;
        }
    }
    return 1;
}

/* Loads a file that is another than the newest generation came from. The lock is held. */
static void load_at_once(ngx_http_cors_live_t *live) {
    ngx_memzero(&live->job, sizeof live->job);
    if (state_now(live) != atomic_load(&live->shared->seen)) {
        ngx_http_cors_load_at_once(live);
        ngx_http_cors_unmap(&live->job.mapping);
    }
    settle_job(live);
}

/*
 * What replaced the file since the master read it may be in force already, in the workers of the
 * configuration before; nobody is answered by an older one after that. A change from here on is not
 * in force before this worker, too, has come to it.
 */
static ngx_int_t take_file_as_it_is(ngx_http_cors_live_t *live) {
    uint64_t until = milliseconds_now() + START_MILLISECONDS;
    while (state_now(live) != atomic_load(&live->shared->seen) && milliseconds_now() < until) {
        if (lock(live, F_WRLCK) == NGX_OK) {
            load_at_once(live);
        }
        ngx_msleep(START_WAIT_MILLISECONDS); /* another one loads it, or it is being written */
        if (take_newest(live) != NGX_OK) {
            return NGX_ERROR;
        }
    }
    return NGX_OK;
}

static ngx_int_t take_place(ngx_http_cors_live_t *live) {
    live->member = ngx_worker < NGX_MAX_PROCESSES ? ngx_http_cors_roll_join(live->roll) : NULL;
    if (live->member == NULL) {
        return NGX_ERROR;
    }
    live->place = &live->shared->places[ngx_worker];
    atomic_store(&live->place->generation, 0);
    atomic_store(&live->place->process, ngx_pid);
    return NGX_OK;
}

static ngx_int_t start(ngx_http_cors_live_t *live, ngx_cycle_t *cycle) {
    if (take_place(live) != NGX_OK) {
        ngx_log_error(NGX_LOG_EMERG, cycle->log, 0, "cors: too many workers for \"%V\"",
                      &live->path);
        return NGX_ERROR;
    }
    if (take_newest(live) != NGX_OK || take_file_as_it_is(live) != NGX_OK) {
        ngx_log_error(NGX_LOG_EMERG, cycle->log, ngx_errno, "cors: mmap() of \"%V\" failed",
                      &live->path);
        return NGX_ERROR;
    }
    check_readable(live, cycle->log);
    if (all_came(live, cycle)) {
        atomic_store(&live->shared->came, live->source.generation);
        say_in_force(live);
    }
    live->timer.handler = look;
    live->timer.data = live;
    live->timer.log = cycle->log;
    live->timer.cancelable = 1; /* it keeps no worker that is to end */
    ngx_add_timer(&live->timer, LOOK_MILLISECONDS);
    return NGX_OK;
}

ngx_int_t ngx_http_cors_live_start(ngx_cycle_t *cycle) {
    ngx_http_cors_main_conf_t *main =
        ngx_http_cycle_get_module_main_conf(cycle, ngx_http_cors_module);
    for (ngx_http_cors_live_t *live = main == NULL ? NULL : main->live; live != NULL;
         live = live->next) {
        if (start(live, cycle) != NGX_OK) {
            return NGX_ERROR;
        }
    }
    return NGX_OK;
}
