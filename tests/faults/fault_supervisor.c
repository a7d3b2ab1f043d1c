/* SPDX-License-Identifier: MIT */
/*
 * Runs a program and fails one of its system calls from outside: the kernel asks us about each call
 * of the chosen kind (seccomp_unotify(2)), also those that the C library makes by itself, and those
 * of every process that the program starts.
 *
 *   fault-supervisor STATE LIBRARY PROGRAM [ARGUMENT...]
 *
 * STATE is a struct fault_state, LIBRARY is fault_preload.c. Ends as the program does, after the
 * program's last process, which is ended where it does not end by itself.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "fault_calls.h"
#include "fault_family.h"
#include "fault_state.h"

enum {
    CODE_BROKEN = 125,        /* as env(1): it is us that failed */
    CODE_NOT_FOUND = 127,     /* as a shell says it */
    CODE_SIGNAL = 128,        /* and the signal's number */
    LEFT_MILLISECONDS = 3000, /* what the program leaves has so long to end */
    HELD_MILLISECONDS = 10000,
    FILTER_REST = 8, /* instructions of a filter beside those for the calls */
};

/* What the program's process and we share until it runs: where it has the listener. */
struct handover {
    int listener; /* in its own table of files; -1: not yet */
    int taken;
};

struct supervision {
    struct fault_state *state;
    int listener; /* -1: no system call is to be failed */
    int signals;
    pid_t program;
    bool program_ended;
    int status;         /* of the program, as waitpid() has it */
    int64_t give_up_at; /* when what outlived the program is ended; 0: while it runs */
};

static void die(const char *what) {
    (void)fprintf(stderr, "fault-supervisor: %s: %s\n", what, strerror(errno));
    exit(CODE_BROKEN);
}

static int64_t milliseconds_now(void) {
    struct timespec now;
    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static bool is_of_kind(const char *kind, int number) {
    for (size_t i = 0; i < FAULT_CALL_COUNT; i++) {
        if (fault_calls[i].number == number && strcmp(fault_calls[i].kind, kind) == 0) {
            return true;
        }
    }
    return false;
}

static bool kind_is_known(const char *kind) {
    for (size_t i = 0; i < FAULT_CALL_COUNT; i++) {
        if (strcmp(fault_calls[i].kind, kind) == 0) {
            return true;
        }
    }
    return false;
}

/* A filter that asks us about calls of the kind, execve() and the sign that main() begins. */
static size_t write_filter(const char *kind, struct sock_filter *filter) {
    const struct sock_filter ask = BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_USER_NOTIF);
    const struct sock_filter allow = BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW);
    const struct sock_filter read_number =
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr));
    const struct sock_filter read_option =
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, args[0]));
    size_t size = 0;
    filter[size++] = read_number;
    for (size_t i = 0; i < FAULT_CALL_COUNT; i++) {
        unsigned number = (unsigned)fault_calls[i].number;
        if (strcmp(fault_calls[i].kind, kind) == 0) {
            filter[size++] = (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, number, 0, 1);
            filter[size++] = ask;
        }
    }
    filter[size++] = (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_execve, 0, 1);
    filter[size++] = ask;
    filter[size++] = (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_prctl, 1, 0);
    filter[size++] = allow;
    filter[size++] = read_option;
    filter[size++] =
        (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, FAULT_MAIN_BEGINS, 0, 1);
    filter[size++] = ask;
    filter[size++] = allow;
    return size;
}

/* From here on the kernel asks. A call that we look at is not disturbed by signals meanwhile. */
static int install_filter(const char *kind) {
    struct sock_filter filter[2 * FAULT_CALL_COUNT + FILTER_REST];
    struct sock_fprog program = {(unsigned short)write_filter(kind, filter), filter};
    const unsigned flags =
        SECCOMP_FILTER_FLAG_NEW_LISTENER | SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV;
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0) {
        return -1;
    }
    return (int)syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, flags, &program);
}

/* Becomes the program. Between filter and program it makes only calls that nobody fails. */
static void become_program(const struct supervision *all, struct handover *handover,
                           const char *library, char **command) {
    sigset_t none;
    (void)sigemptyset(&none);
    (void)sigprocmask(SIG_SETMASK, &none, NULL);
    (void)prctl(PR_SET_PDEATHSIG, SIGKILL);
    (void)setenv("LD_PRELOAD", library, 1);
    if (kind_is_known(all->state->call)) {
        int listener = install_filter(all->state->call);
        if (listener < 0) {
            die("seccomp");
        }
        __atomic_store_n(&handover->listener, listener, __ATOMIC_SEQ_CST);
        while (__atomic_load_n(&handover->taken, __ATOMIC_SEQ_CST) == 0) {
            (void)sched_yield();
        }
    }
    (void)execvp(command[0], command);
    (void)fprintf(stderr, "fault-supervisor: %s: %s\n", command[0], strerror(errno));
    _exit(CODE_NOT_FOUND);
}

/* Takes the listener out of the program's process. */
static int take_listener(pid_t program, struct handover *handover) {
    int process = (int)syscall(SYS_pidfd_open, program, 0);
    int theirs;
    while ((theirs = __atomic_load_n(&handover->listener, __ATOMIC_SEQ_CST)) < 0) {
        if (waitpid(program, NULL, WNOHANG) != 0) {
            exit(CODE_BROKEN); /* it said why */
        }
        (void)sched_yield();
    }
    int listener = (int)syscall(SYS_pidfd_getfd, process, theirs, 0);
    if (listener < 0) {
        die("pidfd_getfd");
    }
    __atomic_store_n(&handover->taken, 1, __ATOMIC_SEQ_CST);
    (void)close(process);
    return listener;
}

static void start_program(struct supervision *all, const char *library, char **command) {
    struct handover *handover =
        mmap(NULL, sizeof *handover, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (handover == MAP_FAILED) {
        die("mmap");
    }
    *handover = (struct handover){-1, 0};
    all->program = fork();
    if (all->program < 0) {
        die("fork");
    }
    if (all->program == 0) {
        become_program(all, handover, library, command);
    }
    all->listener = kind_is_known(all->state->call) ? take_listener(all->program, handover) : -1;
}

/* Whether what a process has open goes by such a name in /proc. */
static bool is_file_named(pid_t process, int file, const char *start) {
    char path[64];
    char name[64] = "";
    (void)snprintf(path, sizeof path, "/proc/%d/fd/%d", (int)process, file);
    return readlink(path, name, sizeof name - 1) > 0 && strncmp(name, start, strlen(start)) == 0;
}

/*
 * Calls that are of a kind and yet cannot fail as a disk does: fcntl() that takes no lock, events
 * that are counted, and what comes through a pipe, but for standard input, which may be a file.
 */
static bool cannot_fail(const struct seccomp_notif *asked) {
    const struct seccomp_data *data = &asked->data;
    pid_t process = (pid_t)asked->pid;
    int file = (int)data->args[0];
    switch (data->nr) {
    case SYS_fcntl:
        return data->args[1] != F_SETLK && data->args[1] != F_SETLKW &&
               data->args[1] != F_OFD_SETLK && data->args[1] != F_OFD_SETLKW;
    case SYS_write:
        return is_file_named(process, file, "anon_inode:");
    case SYS_read:
        return is_file_named(process, file, "anon_inode:") ||
               (file != STDIN_FILENO && is_file_named(process, file, "pipe:"));
    default:
        return false;
    }
}

/* Complaints must come through: where they cannot be written nobody can say what failed. */
static bool is_complaint(const struct seccomp_data *data) {
    return (data->nr == SYS_write || data->nr == SYS_writev) && data->args[0] == STDERR_FILENO;
}

/* Holds the program until somebody lets it go on, or as long as one can wait for that. */
static void hold(struct fault_state *state) {
    const struct timespec while_held = {0, 1000000};
    int64_t give_up = milliseconds_now() + HELD_MILLISECONDS;
    __atomic_store_n(&state->paused, 1, __ATOMIC_SEQ_CST);
    while (__atomic_load_n(&state->paused, __ATOMIC_SEQ_CST) != 0 && milliseconds_now() < give_up) {
        (void)nanosleep(&while_held, NULL);
    }
}

/* Counts a call of the kind, and does what is planned for its number. Returns whether it fails. */
static bool meet_call(struct fault_state *state) {
    uint64_t number = fault_call_count(state);
    if (number != 0 && number == state->pause_at) {
        hold(state);
    }
    return fault_call_fails(state, number);
}

/* What the call of a process gets: our error, or what the kernel makes of it. */
static void judge_call(struct supervision *all, const struct seccomp_notif *asked,
                       struct seccomp_notif_resp *answer) {
    pid_t process = (pid_t)asked->pid;
    answer->flags = SECCOMP_USER_NOTIF_FLAG_CONTINUE;
    if (asked->data.nr == SYS_prctl) {
        (void)fault_family_set(process, true);
        answer->flags = 0; /* there is no such option: it is done with this */
        return;
    }
    bool counts = is_of_kind(all->state->call, asked->data.nr) && !cannot_fail(asked) &&
                  !is_complaint(&asked->data) && fault_family_counts(process);
    if (counts && meet_call(all->state)) {
        answer->flags = 0;
        answer->error = -(int)all->state->error;
    } else if (asked->data.nr == SYS_execve) {
        (void)fault_family_set(process, false); /* until its main() begins */
    }
}

static void answer_call(struct supervision *all) {
    struct seccomp_notif asked;
    memset(&asked, 0, sizeof asked);
    if (ioctl(all->listener, SECCOMP_IOCTL_NOTIF_RECV, &asked) != 0) {
        return; /* whoever asked is gone */
    }
    struct seccomp_notif_resp answer = {.id = asked.id};
    judge_call(all, &asked, &answer);
    (void)ioctl(all->listener, SECCOMP_IOCTL_NOTIF_SEND, &answer);
}

static void reap(struct supervision *all) {
    int status;
    pid_t ended;
    while ((ended = waitpid(-1, &status, WNOHANG)) > 0) {
        if (ended == all->program) {
            all->program_ended = true;
            all->status = status;
            all->give_up_at = milliseconds_now() + LEFT_MILLISECONDS;
        }
    }
}

/* Whoever asks us to end means the program. */
static void take_signals(struct supervision *all) {
    struct signalfd_siginfo signal;
    while (read(all->signals, &signal, sizeof signal) == sizeof signal) {
        if (signal.ssi_signo == SIGCHLD) {
            reap(all);
        } else if (!all->program_ended) {
            (void)kill(all->program, (int)signal.ssi_signo);
        }
    }
}

static int open_signals(void) {
    sigset_t handled;
    (void)sigemptyset(&handled);
    (void)sigaddset(&handled, SIGCHLD);
    (void)sigaddset(&handled, SIGHUP);
    (void)sigaddset(&handled, SIGINT);
    (void)sigaddset(&handled, SIGTERM);
    (void)sigaddset(&handled, SIGQUIT);
    (void)sigaddset(&handled, SIGUSR1);
    (void)sigprocmask(SIG_BLOCK, &handled, NULL);
    return signalfd(-1, &handled, SFD_CLOEXEC | SFD_NONBLOCK);
}

static bool has_children(void) {
    return waitid(P_ALL, 0, &(siginfo_t){0}, WEXITED | WNOHANG | WNOWAIT) == 0;
}

/* Until the program and all that it started have ended, or what it left is given up on. */
static void supervise(struct supervision *all) {
    while (!all->program_ended || has_children()) {
        struct pollfd events[] = {
            {.fd = all->signals, .events = POLLIN},
            {.fd = all->listener, .events = POLLIN},
        };
        int64_t rest = all->program_ended ? all->give_up_at - milliseconds_now() : -1;
        if (all->program_ended && rest <= 0) {
            break;
        }
        (void)poll(events, sizeof events / sizeof events[0], (int)rest);
        if ((events[1].revents & POLLIN) != 0) {
            answer_call(all);
        } else if (events[1].revents != 0) {
            (void)close(all->listener); /* nobody is left who could ask */
            all->listener = -1;
        }
        if (events[0].revents != 0) {
            take_signals(all);
        }
    }
}

/* A killed one's children become ours: until there is none. */
static void end_what_is_left(struct supervision *all) {
    if (all->listener >= 0) {
        (void)close(all->listener);
    }
    while (has_children()) {
        all->state->left += fault_family_kill_children();
        (void)waitpid(-1, NULL, 0);
    }
}

static struct fault_state *map_state(const char *path) {
    int file = open(path, O_RDWR | O_CLOEXEC);
    void *mapped = file < 0 ? MAP_FAILED
                            : mmap(NULL, sizeof(struct fault_state), PROT_READ | PROT_WRITE,
                                   MAP_SHARED, file, 0);
    if (mapped == MAP_FAILED) {
        die(path);
    }
    (void)close(file);
    return mapped;
}

int main(int argc, char **argv) {
    if (argc < 4) {
        (void)fputs("usage: fault-supervisor STATE LIBRARY PROGRAM [ARGUMENT...]\n", stderr);
        return CODE_BROKEN;
    }
    struct supervision all = {.state = map_state(argv[1]), .signals = open_signals()};
    if (all.signals < 0 || prctl(PR_SET_CHILD_SUBREAPER, 1) != 0 ||
        setenv(FAULT_STATE_VARIABLE, argv[1], 1) != 0) {
        die("cannot start");
    }
    start_program(&all, argv[2], &argv[3]);
    supervise(&all);
    end_what_is_left(&all);
    if (WIFSIGNALED(all.status)) {
        all.state->ended_by = (uint64_t)WTERMSIG(all.status);
        return CODE_SIGNAL + WTERMSIG(all.status);
    }
    return WEXITSTATUS(all.status);
}
