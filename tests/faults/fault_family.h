/* SPDX-License-Identifier: MIT */
/* The processes of a run, and of which of them the calls count. */
#ifndef FAULT_FAMILY_H
#define FAULT_FAMILY_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

/* From now on the calls of a process count, or do not. */
bool fault_family_set(pid_t process, bool counts);

/*
 * Whether the calls of a process or thread count. One of which nothing was said is as the process
 * that it is a thread of, or else as the process that began it.
 */
bool fault_family_counts(pid_t process);

/* Kills our own children; returns how many. */
uint64_t fault_family_kill_children(void);

#endif
