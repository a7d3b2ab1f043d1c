/* SPDX-License-Identifier: MIT */
/* What the module keeps: its types, and the texts that judgements hand out again and again. */
#ifndef CORS_PYTHON_STATE_H
#define CORS_PYTHON_STATE_H

#include <cors/server.h>

#include "python_limited.h"

#define PYTHON_ONE_OF_THREE(name, number, text) +1
#define PYTHON_ONE_OF_FOUR(name, number, text, more) +1
enum {
    PYTHON_KIND_COUNT = CORS_KINDS(PYTHON_ONE_OF_THREE),
    PYTHON_REASON_COUNT = CORS_REASONS(PYTHON_ONE_OF_FOUR),
};

struct python_state {
    PyObject *policy_type;
    PyObject *judgement_type;
    PyObject *kinds[PYTHON_KIND_COUNT];
    PyObject *reasons[PYTHON_REASON_COUNT];
};

/* The parts of the module add themselves to it. All return -1 with an exception set on failure. */
int python_policy_register(PyObject *module);
int python_judgement_register(PyObject *module);
int python_tables_register(PyObject *module);

#endif
