/* SPDX-License-Identifier: MIT */
/*
 * Who uses which policy, across configurations: around a reload there are workers of several, each
 * with a state of its own about the file. A roll is made with the first configuration that names
 * the file, and stays for as long as the master lives; all workers inherit it.
 */
#include "ngx_http_cors_live.h"

#include <signal.h>

struct ngx_http_cors_roll_s {
    ngx_http_cors_roll_t *next;
    ngx_http_cors_member_t *members; /* NGX_MAX_PROCESSES, which nginx has at most */
    ngx_str_t path;
    ngx_str_t environment;
};

static ngx_http_cors_roll_t *first;

static ngx_int_t is_same(const ngx_str_t *text, const ngx_str_t *other) {
    return text->len == other->len && ngx_memcmp(text->data, other->data, text->len) == 0;
}

static ngx_int_t copy(ngx_str_t *to, const ngx_str_t *text, ngx_log_t *log) {
    to->len = text->len;
    to->data = ngx_alloc(text->len + 1, log);
    if (to->data == NULL) {
        return NGX_ERROR;
    }
    ngx_memcpy(to->data, text->data, text->len);
    return NGX_OK;
}

static ngx_int_t make_members(ngx_http_cors_roll_t *roll, ngx_log_t *log) {
    ngx_shm_t shm;
    ngx_memzero(&shm, sizeof shm);
    shm.size = NGX_MAX_PROCESSES * sizeof(ngx_http_cors_member_t);
    shm.log = log;
    ngx_str_set(&shm.name, "cors_roll");
    if (ngx_shm_alloc(&shm) != NGX_OK) {
        return NGX_ERROR;
    }
    roll->members = (ngx_http_cors_member_t *)shm.addr; /* zeroed by the kernel */
    return NGX_OK;
}

static void release(ngx_http_cors_roll_t *roll) {
    ngx_free(roll->path.data);
    ngx_free(roll->environment.data);
    ngx_free(roll);
}

ngx_http_cors_roll_t *ngx_http_cors_roll_open(const ngx_str_t *path, const ngx_str_t *environment,
                                              ngx_log_t *log) {
    for (ngx_http_cors_roll_t *roll = first; roll != NULL; roll = roll->next) {
        if (is_same(&roll->path, path) && is_same(&roll->environment, environment)) {
            return roll;
        }
    }
    ngx_http_cors_roll_t *roll = ngx_calloc(sizeof *roll, log);
    if (roll == NULL) {
        return NULL;
    }
    if (copy(&roll->path, path, log) != NGX_OK ||
        copy(&roll->environment, environment, log) != NGX_OK || make_members(roll, log) != NGX_OK) {
        release(roll);
        return NULL;
    }
    roll->next = first;
    first = roll;
    return roll;
}

static ngx_int_t is_gone(int64_t process) {
    return kill((pid_t)process, 0) != 0 && errno == ESRCH;
}

/* One that was killed did not leave, and numbers of processes come again: soon it is another's. */
static int64_t process_of(ngx_http_cors_member_t *member) {
    int64_t process = atomic_load(&member->process);
    if (process != 0 && is_gone(process)) {
        (void)atomic_compare_exchange_strong(&member->process, &process, 0);
        return 0;
    }
    return process;
}

/* Whoever comes in the place of one that was killed looks after all others, too. */
ngx_http_cors_member_t *ngx_http_cors_roll_join(ngx_http_cors_roll_t *roll) {
    ngx_http_cors_member_t *own = NULL;
    for (ngx_uint_t i = 0; i < NGX_MAX_PROCESSES; i++) {
        ngx_http_cors_member_t *member = &roll->members[i];
        int64_t process = process_of(member);
        if (process == ngx_pid) { /* that it has by now was one's before it */
            atomic_store(&member->process, 0);
            process = 0;
        }
        if (own == NULL && process == 0 &&
            atomic_compare_exchange_strong(&member->process, &process, ngx_pid)) {
            atomic_store(&member->checksum, 0);
            own = member;
        }
    }
    return own;
}

void ngx_http_cors_roll_leave(ngx_http_cors_member_t *member) {
    int64_t own = ngx_pid;
    (void)atomic_compare_exchange_strong(&member->process, &own, 0);
}

int64_t ngx_http_cors_roll_straggler(ngx_http_cors_roll_t *roll, uint64_t checksum) {
    for (ngx_uint_t i = 0; i < NGX_MAX_PROCESSES; i++) {
        ngx_http_cors_member_t *member = &roll->members[i];
        if (atomic_load(&member->checksum) != checksum) {
            int64_t process = process_of(member);
            if (process != 0) {
                return process;
            }
        }
    }
    return 0;
}
