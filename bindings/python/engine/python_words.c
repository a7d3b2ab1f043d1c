/* SPDX-License-Identifier: MIT */
#include "python_words.h"

#include <cors/origin.h>
#include <cors/policy.h>
#include <cors/server.h>

#include "policyfile.h"
#include "python_bytes.h"

PyObject *python_is_owned(PyObject *module, PyObject *name_object) {
    (void)module;
    struct python_kept kept = {NULL};
    cors_slice name;
    PyObject *result = NULL;
    if (python_slice_read(name_object, "A field name", &kept, &name) == 0) {
        result = PyBool_FromLong(cors_header_is_owned(name));
    }
    python_kept_release(&kept);
    return result;
}

PyObject *python_vary_covers(PyObject *module, PyObject *arguments) {
    (void)module;
    struct python_kept kept = {NULL};
    PyObject *value_object;
    PyObject *name_object;
    cors_slice value;
    cors_slice name;
    PyObject *result = NULL;
    if (!PyArg_ParseTuple(arguments, "OO:vary_covers", &value_object, &name_object)) {
        return NULL;
    }
    if (python_slice_read(value_object, "The value of Vary", &kept, &value) == 0 &&
        python_slice_read(name_object, "A field name", &kept, &name) == 0) {
        result = PyBool_FromLong(cors_vary_covers(value, name));
    }
    python_kept_release(&kept);
    return result;
}

PyObject *python_is_public_suffix(PyObject *module, PyObject *domain_object) {
    (void)module;
    cors_builder_options options;
    cors_slice domain;
    if (python_slice_read_utf8(domain_object, "A domain", &domain) != 0) {
        return NULL;
    }
    cors_native_options(&options, "");
    return PyBool_FromLong(options.is_public_suffix(options.context, domain));
}

PyObject *python_parse_origin(PyObject *module, PyObject *text_object) {
    (void)module;
    struct python_kept kept = {NULL};
    cors_slice text;
    cors_origin origin;
    PyObject *result = NULL;
    if (python_slice_read(text_object, "An origin", &kept, &text) != 0) {
        python_kept_release(&kept);
        return NULL;
    }
    if (!cors_origin_parse(text, &origin)) {
        result = Py_NewRef(Py_None);
    } else if (origin.opaque) {
        result = Py_BuildValue("(sss)", "null", "", "");
    } else {
        result = Py_BuildValue("(NNN)", python_text_make(origin.scheme),
                               python_text_make(origin.host), python_text_make(origin.port));
    }
    python_kept_release(&kept);
    return result;
}

PyObject *python_is_loopback(PyObject *module, PyObject *text_object) {
    (void)module;
    struct python_kept kept = {NULL};
    cors_slice text;
    cors_origin origin;
    PyObject *result = NULL;
    if (python_slice_read(text_object, "An origin", &kept, &text) == 0) {
        result =
            PyBool_FromLong(cors_origin_parse(text, &origin) && cors_origin_is_loopback(&origin));
    }
    python_kept_release(&kept);
    return result;
}

/* The name of the tuple that is most like `given`; borrowed. NULL with an exception set. */
static PyObject *nearest_of(cors_slice given, PyObject *names) {
    PyObject *nearest = Py_None;
    size_t least = SIZE_MAX;
    for (Py_ssize_t i = 0; i < PyTuple_Size(names); i++) {
        PyObject *name_object = PyTuple_GetItem(names, i);
        cors_slice name;
        if (python_slice_read_utf8(name_object, "A name", &name) != 0) {
            return NULL;
        }
        size_t distance = cors_name_distance(given, name);
        if (distance < least) {
            least = distance;
            nearest = name_object;
        }
    }
    return nearest;
}

PyObject *python_nearest_name(PyObject *module, PyObject *arguments) {
    (void)module;
    PyObject *given_object;
    PyObject *names;
    cors_slice given;
    if (!PyArg_ParseTuple(arguments, "OO:nearest_name", &given_object, &names) ||
        python_slice_read_utf8(given_object, "A name", &given) != 0) {
        return NULL;
    }
    PyObject *tuple = PySequence_Tuple(names);
    if (tuple == NULL) {
        return NULL;
    }
    PyObject *nearest = Py_XNewRef(nearest_of(given, tuple));
    Py_DECREF(tuple);
    return nearest;
}
