/* SPDX-License-Identifier: MIT */
#include "python_bytes.h"

void python_kept_release(struct python_kept *kept) {
    Py_CLEAR(kept->list);
}

int python_kept_add(struct python_kept *kept, PyObject *object) {
    if (kept->list == NULL) {
        kept->list = PyList_New(0);
    }
    int status = kept->list == NULL ? -1 : PyList_Append(kept->list, object);
    Py_DECREF(object);
    return status;
}

static int read_bytes(PyObject *object, cors_slice *slice) {
    char *data;
    Py_ssize_t size;
    if (PyBytes_AsStringAndSize(object, &data, &size) != 0) {
        return -1;
    }
    *slice = (cors_slice){data, (size_t)size};
    return 0;
}

/* Says what is wrong in words of its own: Python's name the codec. */
static int refuse_text(const char *what) {
    PyErr_Format(PyExc_ValueError,
                 "%s holds a character above U+00FF, which stands for no byte; hand in bytes.",
                 what);
    return -1;
}

static int read_latin(PyObject *object, const char *what, struct python_kept *kept,
                      cors_slice *slice) {
    PyObject *bytes = PyUnicode_AsLatin1String(object);
    if (bytes == NULL) {
        return PyErr_ExceptionMatches(PyExc_UnicodeEncodeError) ? refuse_text(what) : -1;
    }
    return python_kept_add(kept, bytes) != 0 ? -1 : read_bytes(bytes, slice);
}

static int refuse_kind(PyObject *object, const char *what) {
    PyErr_Format(PyExc_TypeError, "%s must be bytes or str, not %R.", what, Py_TYPE(object));
    return -1;
}

int python_slice_read(PyObject *object, const char *what, struct python_kept *kept,
                      cors_slice *slice) {
    if (PyBytes_Check(object)) {
        return read_bytes(object, slice);
    }
    if (!PyUnicode_Check(object)) {
        return refuse_kind(object, what);
    }
    /* Most are ASCII, and then UTF-8 is the same and costs no copy. */
    Py_ssize_t size;
    const char *data = PyUnicode_AsUTF8AndSize(object, &size);
    if (data == NULL) {
        return PyErr_ExceptionMatches(PyExc_UnicodeEncodeError) ? refuse_text(what) : -1;
    }
    if (size != PyUnicode_GetLength(object)) {
        return read_latin(object, what, kept, slice);
    }
    *slice = (cors_slice){data, (size_t)size};
    return 0;
}

int python_slice_read_utf8(PyObject *object, const char *what, cors_slice *slice) {
    if (PyBytes_Check(object)) {
        return read_bytes(object, slice);
    }
    if (!PyUnicode_Check(object)) {
        return refuse_kind(object, what);
    }
    Py_ssize_t size;
    const char *data = PyUnicode_AsUTF8AndSize(object, &size);
    if (data == NULL) {
        return -1;
    }
    *slice = (cors_slice){data, (size_t)size};
    return 0;
}

static int refuse_line(PyObject *pair) {
    PyErr_Format(PyExc_TypeError, "A field line must be a name and a value, not %R.",
                 Py_TYPE(pair));
    return -1;
}

/* The pair as a tuple that lives as long as `pair` and `kept`; NULL with an exception set. */
static PyObject *pair_tuple(PyObject *pair, struct python_kept *kept) {
    if (PyTuple_CheckExact(pair)) {
        return pair;
    }
    if (!PyList_CheckExact(pair)) {
        (void)refuse_line(pair);
        return NULL;
    }
    PyObject *tuple = PyList_AsTuple(pair);
    return tuple == NULL || python_kept_add(kept, tuple) != 0 ? NULL : tuple;
}

int python_line_read(PyObject *pair, struct python_kept *kept, cors_slice *name,
                     cors_slice *value) {
    PyObject *tuple = pair_tuple(pair, kept);
    if (tuple == NULL) {
        return -1;
    }
    if (PyTuple_Size(tuple) != 2) {
        return refuse_line(pair);
    }
    PyObject *name_object = PyTuple_GetItem(tuple, 0);
    PyObject *value_object = PyTuple_GetItem(tuple, 1);
    if (python_slice_read(name_object, "A field name", kept, name) != 0) {
        return -1;
    }
    return python_slice_read(value_object, "A field value", kept, value);
}

PyObject *python_bytes_make(cors_slice slice) {
    return PyBytes_FromStringAndSize(slice.data, (Py_ssize_t)slice.size);
}

PyObject *python_text_make(cors_slice slice) {
    return PyUnicode_DecodeUTF8(slice.size == 0 ? "" : slice.data, (Py_ssize_t)slice.size,
                                "replace");
}
