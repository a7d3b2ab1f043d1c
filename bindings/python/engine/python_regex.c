/* SPDX-License-Identifier: MIT */
/* Regular expressions over origins, read as entries of a policy. */
#include <cors/origin.h>

#include "python_bytes.h"
#include "python_words.h"

/* How many characters the first `size` bytes of a text in UTF-8 are. */
static Py_ssize_t characters_before(cors_slice text, size_t size) {
    Py_ssize_t count = 0;
    for (size_t i = 0; i < size && i < text.size; i++) {
        count += ((unsigned char)text.data[i] & 0xC0U) != 0x80U;
    }
    return count;
}

static PyObject *regex_entries(const cors_regex *regex) {
    PyObject *entries = PyTuple_New((Py_ssize_t)regex->entry_count);
    for (size_t i = 0; i < regex->entry_count && entries != NULL; i++) {
        PyObject *entry = python_text_make(regex->entries[i]);
        if (entry == NULL || PyTuple_SetItem(entries, (Py_ssize_t)i, entry) != 0) {
            Py_CLEAR(entries);
        }
    }
    return entries;
}

PyObject *python_read_regex(PyObject *module, PyObject *arguments, PyObject *named) {
    (void)module;
    static char *names[] = {"source", "anchored_start", "anchored_end", "ignores_case", NULL};
    const char *source;
    Py_ssize_t size;
    int anchored_start = 0;
    int anchored_end = 0;
    int ignores_case = 0;
    if (!PyArg_ParseTupleAndKeywords(arguments, named, "s#|ppp:read_regex", names, &source, &size,
                                     &anchored_start, &anchored_end, &ignores_case)) {
        return NULL;
    }
    cors_regex *regex = PyMem_Malloc(sizeof *regex);
    if (regex == NULL) {
        return PyErr_NoMemory();
    }
    cors_slice text = {source, (size_t)size};
    (void)cors_regex_read(text, anchored_start != 0, anchored_end != 0, ignores_case != 0, regex);
    PyObject *reading = Py_BuildValue("(snNN)", cors_regex_fault_name(regex->fault),
                                      characters_before(text, regex->offset), regex_entries(regex),
                                      PyBool_FromLong(regex->exact));
    PyMem_Free(regex);
    return reading;
}
