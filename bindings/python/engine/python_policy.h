/* SPDX-License-Identifier: MIT */
/* Policies in Python: compiled once, never changed, freed with their last reference. */
#ifndef CORS_PYTHON_POLICY_H
#define CORS_PYTHON_POLICY_H

#include <cors/policy.h>

#include "python_limited.h"

/*
 * The policy that an argument means: None is NULL. It lives as long as the object. Returns -1 with
 * an exception set.
 */
int python_policy_read(PyObject *module, PyObject *object, const cors_policy **policy);

/* load_policy() and parse_policy(), which _engine.pyi describes. */
PyObject *python_policy_load(PyObject *module, PyObject *arguments, PyObject *named);
PyObject *python_policy_parse(PyObject *module, PyObject *arguments, PyObject *named);

#endif
