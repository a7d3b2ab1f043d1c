/* SPDX-License-Identifier: MIT */
/* The kinds of system calls that can be failed, and which calls are of each kind. */
#ifndef FAULT_CALLS_H
#define FAULT_CALLS_H

#include <sys/syscall.h>

/* No kind has more calls than this; the rest of a row is CALL_NONE. */
enum { CALLS_MAX = 6, CALL_NONE = -1 };

struct fault_call {
    const char *name;
    int numbers[CALLS_MAX];
};

/* Calls that only some machines have. */
#ifdef SYS_open
#define CALLS_OF_OLD(...) __VA_ARGS__
#else
#define CALLS_OF_OLD(...) CALL_NONE
#endif

static const struct fault_call fault_calls[] = {
    {"read", {SYS_read, SYS_readv, SYS_pread64, CALL_NONE, CALL_NONE, CALL_NONE}},
    {"write", {SYS_write, SYS_writev, SYS_pwrite64, CALL_NONE, CALL_NONE, CALL_NONE}},
    {"open", {SYS_openat, CALLS_OF_OLD(SYS_open), CALL_NONE, CALL_NONE, CALL_NONE, CALL_NONE}},
    {"stat", {SYS_newfstatat, SYS_fstat, SYS_statx, CALLS_OF_OLD(SYS_stat, SYS_lstat)}},
    {"mmap", {SYS_mmap, SYS_mremap, SYS_mprotect, CALL_NONE, CALL_NONE, CALL_NONE}},
    {"memfd", {SYS_memfd_create, CALL_NONE, CALL_NONE, CALL_NONE, CALL_NONE, CALL_NONE}},
    {"truncate", {SYS_ftruncate, SYS_fallocate, CALL_NONE, CALL_NONE, CALL_NONE, CALL_NONE}},
    {"rename", {SYS_renameat2, SYS_renameat, CALLS_OF_OLD(SYS_rename), CALL_NONE, CALL_NONE}},
    {"unlink", {SYS_unlinkat, CALLS_OF_OLD(SYS_unlink, SYS_rmdir), CALL_NONE, CALL_NONE}},
    {"mkdir", {SYS_mkdirat, CALLS_OF_OLD(SYS_mkdir), CALL_NONE, CALL_NONE, CALL_NONE}},
    {"chmod", {SYS_fchmod, SYS_fchmodat, SYS_fchown, CALLS_OF_OLD(SYS_chmod, SYS_chown)}},
    {"sync", {SYS_fsync, SYS_fdatasync, CALL_NONE, CALL_NONE, CALL_NONE, CALL_NONE}},
    {"lock", {SYS_fcntl, SYS_flock, CALL_NONE, CALL_NONE, CALL_NONE, CALL_NONE}},
    {"socket", {SYS_socket, SYS_socketpair, CALL_NONE, CALL_NONE, CALL_NONE, CALL_NONE}},
    {"bind", {SYS_bind, SYS_listen, SYS_getsockname, SYS_setsockopt, CALL_NONE, CALL_NONE}},
    {"connect", {SYS_connect, CALL_NONE, CALL_NONE, CALL_NONE, CALL_NONE, CALL_NONE}},
    {"accept", {SYS_accept4, SYS_accept, CALL_NONE, CALL_NONE, CALL_NONE, CALL_NONE}},
    {"receive", {SYS_recvfrom, SYS_recvmsg, SYS_recvmmsg, CALL_NONE, CALL_NONE, CALL_NONE}},
    {"send", {SYS_sendto, SYS_sendmsg, SYS_sendmmsg, SYS_sendfile, CALL_NONE, CALL_NONE}},
    {"pipe", {SYS_pipe2, CALLS_OF_OLD(SYS_pipe), CALL_NONE, CALL_NONE, CALL_NONE, CALL_NONE}},
    {"duplicate", {SYS_dup, SYS_dup3, CALLS_OF_OLD(SYS_dup2), CALL_NONE, CALL_NONE, CALL_NONE}},
    {"fork", {SYS_clone, SYS_clone3, CALLS_OF_OLD(SYS_fork, SYS_vfork), CALL_NONE, CALL_NONE}},
    {"exec", {SYS_execve, SYS_execveat, CALL_NONE, CALL_NONE, CALL_NONE, CALL_NONE}},
    {"events",
     {SYS_epoll_create1, SYS_eventfd2, SYS_signalfd4, SYS_inotify_init1, SYS_timerfd_create,
      SYS_inotify_add_watch}},
    {"wait", {SYS_ppoll, SYS_epoll_pwait, CALLS_OF_OLD(SYS_poll, SYS_epoll_wait, SYS_select)}},
};

enum { FAULT_CALL_COUNT = sizeof fault_calls / sizeof fault_calls[0] };

#endif
