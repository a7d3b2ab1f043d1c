/* SPDX-License-Identifier: MIT */
#include "fault_family.h"

#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* Far more than a program that is tried starts; of what is beyond them nothing counts. */
enum { MEMBERS_MAX = 4096 };

/* A line of /proc/PID/status, and of such files generally. */
enum { LINE_MAX_BYTES = 512, PATH_MAX_BYTES = 64 };

static struct {
    pid_t process;
    bool counts;
} members[MEMBERS_MAX];

static size_t member_count;

/* Returns member_count where there is none. The newest first: numbers may be used again. */
static size_t find_member(pid_t process) {
    for (size_t i = member_count; i > 0; i--) {
        if (members[i - 1].process == process) {
            return i - 1;
        }
    }
    return member_count;
}

bool fault_family_set(pid_t process, bool counts) {
    size_t place = find_member(process);
    if (place == MEMBERS_MAX) {
        return false;
    }
    member_count += place == member_count ? 1 : 0;
    members[place].process = process;
    members[place].counts = counts;
    return true;
}

/* The number after a name in /proc/PID/status, or 0. */
static pid_t status_number(pid_t process, const char *name) {
    char path[PATH_MAX_BYTES];
    char line[LINE_MAX_BYTES];
    int number = 0;
    (void)snprintf(path, sizeof path, "/proc/%d/status", (int)process);
    FILE *status = fopen(path, "re");
    while (status != NULL && number == 0 && fgets(line, sizeof line, status) != NULL) {
        if (strncmp(line, name, strlen(name)) == 0) {
            (void)sscanf(line + strlen(name), "%d", &number);
        }
    }
    if (status != NULL) {
        (void)fclose(status);
    }
    return (pid_t)number;
}

/* The process of a thread, or the parent of a process; 0 at our own door. */
static pid_t elder_of(pid_t process) {
    pid_t group = status_number(process, "Tgid:");
    pid_t elder = group == process ? status_number(process, "PPid:") : group;
    return elder == getpid() ? 0 : elder;
}

bool fault_family_counts(pid_t process) {
    bool counts = false;
    for (pid_t elder = process; elder > 1; elder = elder_of(elder)) {
        size_t place = find_member(elder);
        if (place < member_count) {
            counts = members[place].counts;
            break;
        }
    }
    return fault_family_set(process, counts) && counts;
}

uint64_t fault_family_kill_children(void) {
    char path[PATH_MAX_BYTES];
    int child;
    uint64_t killed = 0;
    (void)snprintf(path, sizeof path, "/proc/self/task/%d/children", (int)getpid());
    FILE *children = fopen(path, "re");
    while (children != NULL && fscanf(children, "%d", &child) == 1) {
        killed += kill((pid_t)child, SIGKILL) == 0 ? 1 : 0;
    }
    if (children != NULL) {
        (void)fclose(children);
    }
    return killed;
}
