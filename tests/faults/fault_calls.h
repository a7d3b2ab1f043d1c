/* SPDX-License-Identifier: MIT */
/* The system calls that can be failed, by kinds that are failed together. */
#ifndef FAULT_CALLS_H
#define FAULT_CALLS_H

#include <sys/syscall.h>

struct fault_call {
    const char *kind;
    int number;
};

static const struct fault_call fault_calls[] = {
    {"read", SYS_read},
    {"read", SYS_readv},
    {"read", SYS_pread64},
    {"write", SYS_write},
    {"write", SYS_writev},
    {"write", SYS_pwrite64},
    {"open", SYS_openat},
    {"stat", SYS_newfstatat},
    {"stat", SYS_fstat},
    {"stat", SYS_statx},
    {"folder", SYS_getdents64},
    {"mmap", SYS_mmap},
    {"mmap", SYS_mremap},
    {"mmap", SYS_mprotect},
    {"memfd", SYS_memfd_create},
    {"truncate", SYS_ftruncate},
    {"truncate", SYS_fallocate},
    {"rename", SYS_renameat},
    {"rename", SYS_renameat2},
    {"unlink", SYS_unlinkat},
    {"mkdir", SYS_mkdirat},
    {"chmod", SYS_fchmod},
    {"chmod", SYS_fchown},
    {"chmod", SYS_fchmodat},
    {"chmod", SYS_fchownat},
    {"sync", SYS_fsync},
    {"sync", SYS_fdatasync},
    {"lock", SYS_fcntl},
    {"lock", SYS_flock},
    {"socket", SYS_socket},
    {"socket", SYS_socketpair},
    {"bind", SYS_bind},
    {"bind", SYS_listen},
    {"bind", SYS_getsockname},
    {"bind", SYS_setsockopt},
    {"connect", SYS_connect},
    {"accept", SYS_accept},
    {"accept", SYS_accept4},
    {"receive", SYS_recvfrom},
    {"receive", SYS_recvmsg},
    {"send", SYS_sendto},
    {"send", SYS_sendmsg},
    {"send", SYS_sendmmsg},
    {"send", SYS_sendfile},
    {"pipe", SYS_pipe2},
    {"duplicate", SYS_dup},
    {"duplicate", SYS_dup3},
    {"fork", SYS_clone},
    {"fork", SYS_clone3},
    {"exec", SYS_execve},
    {"events", SYS_epoll_create1},
    {"events", SYS_epoll_ctl},
    {"events", SYS_eventfd2},
    {"events", SYS_signalfd4},
    {"events", SYS_inotify_init1},
    {"events", SYS_inotify_add_watch},
    {"wait", SYS_ppoll},
    {"wait", SYS_epoll_pwait},
/* What newer machines leave out. */
#ifdef SYS_open
    {"open", SYS_open},
    {"stat", SYS_stat},
    {"stat", SYS_lstat},
    {"rename", SYS_rename},
    {"unlink", SYS_unlink},
    {"unlink", SYS_rmdir},
    {"mkdir", SYS_mkdir},
    {"chmod", SYS_chmod},
    {"chmod", SYS_chown},
    {"duplicate", SYS_dup2},
    {"pipe", SYS_pipe},
    {"fork", SYS_fork},
    {"fork", SYS_vfork},
    {"wait", SYS_poll},
    {"wait", SYS_epoll_wait},
    {"wait", SYS_select},
#endif
};

enum { FAULT_CALL_COUNT = sizeof fault_calls / sizeof fault_calls[0] };

#endif
