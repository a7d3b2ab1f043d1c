/* SPDX-License-Identifier: MIT */
/* Questions about names, origins and expressions; _engine.pyi describes each. */
#ifndef CORS_PYTHON_WORDS_H
#define CORS_PYTHON_WORDS_H

#include "python_limited.h"

PyObject *python_is_owned(PyObject *module, PyObject *name_object);
PyObject *python_vary_covers(PyObject *module, PyObject *arguments);
PyObject *python_is_public_suffix(PyObject *module, PyObject *domain_object);
PyObject *python_parse_origin(PyObject *module, PyObject *text_object);
PyObject *python_is_loopback(PyObject *module, PyObject *text_object);
PyObject *python_nearest_name(PyObject *module, PyObject *arguments);
PyObject *python_read_regex(PyObject *module, PyObject *arguments, PyObject *named);

#endif
