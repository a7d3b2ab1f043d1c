/* SPDX-License-Identifier: MIT */
/* When a process begins to serve: live policies; and workers of `cors serve` are tied to it. */
#include "ngx_http_cors.h"

#include <stdlib.h>
#include <sys/prctl.h>

/* Workers of `cors serve` end with their master, even when it is killed. */
static ngx_int_t end_with_master(ngx_cycle_t *cycle) {
    /* After the worker gave up root, which would undo it. */
    if (prctl(PR_SET_PDEATHSIG, SIGKILL) == -1) {
        ngx_log_error(NGX_LOG_EMERG, cycle->log, ngx_errno, "prctl(PR_SET_PDEATHSIG) failed");
        return NGX_ERROR;
    }
    /* The master may have gone just before. */
    if (getppid() != ngx_parent) {
        ngx_log_error(NGX_LOG_EMERG, cycle->log, 0, "the master process is gone");
        return NGX_ERROR;
    }
    return NGX_OK;
}

ngx_int_t ngx_http_cors_init_process(ngx_cycle_t *cycle) {
    if (ngx_process == NGX_PROCESS_WORKER && getenv("CORS_SERVE") != NULL &&
        end_with_master(cycle) != NGX_OK) {
        return NGX_ERROR;
    }
    /* Processes that look after caches serve nobody. */
    return ngx_process == NGX_PROCESS_HELPER ? NGX_OK : ngx_http_cors_live_start(cycle);
}
