/* SPDX-License-Identifier: MIT */
/* Judgements in Python: a decision with what a server needs besides, as objects of its own. */
#ifndef CORS_PYTHON_JUDGEMENT_H
#define CORS_PYTHON_JUDGEMENT_H

#include <cors/server.h>

#include "python_limited.h"

/* Never changed once it is made. All members are set. */
struct judgement_object {
    PyObject ob_base;
    PyObject *fields; /* tuple of (bytes, bytes) */
    PyObject *vary;   /* tuple of bytes */
    PyObject *body;   /* bytes */
    PyObject *kind;
    PyObject *allowed; /* True, False or None */
    PyObject *reason;
    PyObject *status; /* int or None */
    PyObject *blocks;
    PyObject *ambiguous;
    bool applies; /* whether it says anything about an answer: a policy covers the path */
};

/* A new reference; copies what the decision borrows. NULL with an exception set. */
PyObject *python_judgement_make(PyObject *module, const cors_decision *decision, bool ambiguous);

/* Methods of the class; python_apply.c has them. */
PyObject *python_judgement_apply(PyObject *self, PyObject *lines);
PyObject *python_judgement_apply_lower(PyObject *self, PyObject *lines);
PyObject *python_judgement_apply_text(PyObject *self, PyObject *lines);

/* judge(), which _engine.pyi describes. */
PyObject *python_judge(PyObject *module, PyObject *const *arguments, Py_ssize_t count);

#endif
