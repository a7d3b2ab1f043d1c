/* SPDX-License-Identifier: MIT */
/* Python's C API as far as it is the same in every version from 3.10 on: one build serves them all.
 */
#ifndef CORS_PYTHON_LIMITED_H
#define CORS_PYTHON_LIMITED_H

#define PY_SSIZE_T_CLEAN
#define Py_LIMITED_API 0x030a0000

#include <Python.h>
#include <stdint.h>

/* Slots hold functions as pointers to objects, and tables hold those of all kinds as one. */
#define PYTHON_SLOT(function) ((void *)(uintptr_t)(function))
#define PYTHON_METHOD(function) ((PyCFunction)(void (*)(void))(function))

#endif
