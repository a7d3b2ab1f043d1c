/* SPDX-License-Identifier: MIT */
/* Reads a script that a page puts down. */
#ifndef CORS_LAB_SCRIPT_READER_H
#define CORS_LAB_SCRIPT_READER_H

#include "lab_scripts.h"

struct lab;

enum { LAB_FAULT_MAX = 512 };

/*
 * Reads {"server": {URL: {"preflight": {"status", "headers"}, "response": {...}}}}.
 *
 * fault  out: a sentence that says what is wrong; LAB_FAULT_MAX bytes.
 * Returns the script, or NULL.
 */
struct lab_script *lab_script_read(const struct lab *lab, cors_slice id, cors_slice text,
                                   char *fault);

#endif
