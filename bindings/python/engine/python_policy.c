/* SPDX-License-Identifier: MIT */
#include "python_policy.h"

#include <cors/server.h>
#include <string.h>

#include "policyfile.h"
#include "python_bytes.h"
#include "python_state.h"

struct policy_object {
    PyObject ob_base;
    const cors_policy *policy;
};

static void policy_free(PyObject *self) {
    PyTypeObject *type = Py_TYPE(self);
    cors_policy_destroy(((struct policy_object *)self)->policy, &cors_heap);
    PyObject_Free(self);
    Py_DECREF(type);
}

static PyObject *policy_size(PyObject *self, void *closure) {
    (void)closure;
    return PyLong_FromSize_t(cors_policy_size(((struct policy_object *)self)->policy));
}

static PyObject *policy_covers(PyObject *self, PyObject *path_object) {
    struct python_kept kept = {NULL};
    cors_slice path;
    cors_slice covering;
    PyObject *result = NULL;
    if (python_slice_read(path_object, "A path", &kept, &path) == 0) {
        bool covered =
            cors_policy_find_path(((struct policy_object *)self)->policy, path, &covering);
        result = covered ? python_bytes_make(covering) : Py_NewRef(Py_None);
    }
    python_kept_release(&kept);
    return result;
}

static PyGetSetDef policy_attributes[] = {
    {"size", policy_size, NULL, NULL, NULL},
    {NULL, NULL, NULL, NULL, NULL},
};

static PyMethodDef policy_methods[] = {
    {"covers", policy_covers, METH_O, NULL},
    {NULL, NULL, 0, NULL},
};

static PyType_Slot policy_slots[] = {
    {Py_tp_dealloc, PYTHON_SLOT(policy_free)},
    {Py_tp_getset, policy_attributes},
    {Py_tp_methods, policy_methods},
    {0, NULL},
};

static PyType_Spec policy_spec = {
    .name = "libcors._engine.Policy",
    .basicsize = sizeof(struct policy_object),
    .flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_DISALLOW_INSTANTIATION | Py_TPFLAGS_IMMUTABLETYPE,
    .slots = policy_slots,
};

int python_policy_register(PyObject *module) {
    struct python_state *state = PyModule_GetState(module);
    state->policy_type = PyType_FromModuleAndSpec(module, &policy_spec, NULL);
    return state->policy_type == NULL ? -1
                                      : PyModule_AddObjectRef(module, "Policy", state->policy_type);
}

int python_policy_read(PyObject *module, PyObject *object, const cors_policy **policy) {
    const struct python_state *state = PyModule_GetState(module);
    *policy = NULL;
    if (object == Py_None) {
        return 0;
    }
    if (!Py_IS_TYPE(object, (PyTypeObject *)state->policy_type)) {
        PyErr_Format(PyExc_TypeError, "The policy must be a Policy or None, not %R.",
                     Py_TYPE(object));
        return -1;
    }
    *policy = ((struct policy_object *)object)->policy;
    return 0;
}

/* Takes over the policy, also where it fails. NULL becomes None. */
static PyObject *policy_make(PyObject *module, const cors_policy *policy) {
    const struct python_state *state = PyModule_GetState(module);
    if (policy == NULL) {
        return Py_NewRef(Py_None);
    }
    struct policy_object *self =
        PyObject_New(struct policy_object, (PyTypeObject *)state->policy_type);
    if (self == NULL) {
        cors_policy_destroy(policy, &cors_heap);
        return NULL;
    }
    self->policy = policy;
    return (PyObject *)self;
}

static PyObject *file_name(const cors_builder *builder, uint32_t file) {
    cors_slice name = cors_builder_file_name(builder, file);
    return PyUnicode_DecodeFSDefaultAndSize(name.size == 0 ? "" : name.data, (Py_ssize_t)name.size);
}

static PyObject *problem_row(const cors_builder *builder, const cors_problem *problem) {
    return Py_BuildValue("(ssNIINN)", cors_rule_name(problem->rule),
                         cors_severity_name(problem->severity),
                         file_name(builder, problem->position.file), problem->position.line,
                         problem->position.column, python_text_make(problem->message),
                         python_text_make(problem->suggestion));
}

/* Takes over the item, which may be NULL. */
static int append(PyObject *list, PyObject *item) {
    int status = item == NULL ? -1 : PyList_Append(list, item);
    Py_XDECREF(item);
    return status;
}

static PyObject *problem_rows(const cors_builder *builder) {
    size_t count;
    const cors_problem *problems = cors_builder_problems(builder, &count);
    PyObject *rows = PyList_New(0);
    for (size_t i = 0; i < count && rows != NULL; i++) {
        if (append(rows, problem_row(builder, &problems[i])) != 0) {
            Py_CLEAR(rows);
        }
    }
    return rows;
}

/* The names of all files that were read; an unknown index has none. */
static PyObject *file_names(const cors_builder *builder) {
    PyObject *names = PyList_New(0);
    uint32_t file = 0;
    while (names != NULL && cors_builder_file_name(builder, file).size > 0) {
        if (append(names, file_name(builder, file)) != 0) {
            Py_CLEAR(names);
        }
        file++;
    }
    return names;
}

/* What was read, for Python. Takes over the builder and the policy. */
static PyObject *reading_make(PyObject *module, cors_status status, cors_builder *builder,
                              const cors_policy *policy) {
    PyObject *reading = NULL;
    if (status == CORS_NO_MEMORY) {
        PyErr_NoMemory();
    } else if (status == CORS_TOO_LARGE) {
        PyErr_SetString(PyExc_OverflowError, "The lists are larger than a policy can be.");
    } else {
        reading = Py_BuildValue("(NNN)", policy_make(module, policy), problem_rows(builder),
                                file_names(builder));
    }
    cors_builder_destroy(builder);
    return reading;
}

PyObject *python_policy_load(PyObject *module, PyObject *arguments, PyObject *named) {
    static char *names[] = {"path", "environment", NULL};
    PyObject *path = NULL;
    const char *environment = NULL;
    cors_builder *builder;
    const cors_policy *policy;
    if (!PyArg_ParseTupleAndKeywords(arguments, named, "O&|z:load_policy", names,
                                     PyUnicode_FSConverter, &path, &environment)) {
        return NULL;
    }
    /* The lock is kept: the reader asks for variables, which other threads may be setting. */
    cors_status status = cors_policyfile_load(
        PyBytes_AsString(path), cors_environment_select(environment), &builder, &policy);
    Py_DECREF(path);
    return reading_make(module, status, builder, policy);
}

PyObject *python_policy_parse(PyObject *module, PyObject *arguments, PyObject *named) {
    static char *names[] = {"text", "name", "environment", NULL};
    PyObject *text_object;
    PyObject *name = NULL;
    const char *environment = NULL;
    cors_slice text;
    cors_builder *builder;
    const cors_policy *policy;
    if (!PyArg_ParseTupleAndKeywords(arguments, named, "O|O&z:parse_policy", names, &text_object,
                                     PyUnicode_FSConverter, &name, &environment)) {
        return NULL;
    }
    PyObject *reading = NULL;
    if (python_slice_read_utf8(text_object, "The policy's text", &text) == 0) {
        cors_status status =
            cors_policyfile_load_text(text, name == NULL ? "policy" : PyBytes_AsString(name),
                                      cors_environment_select(environment), &builder, &policy);
        reading = reading_make(module, status, builder, policy);
    }
    Py_XDECREF(name);
    return reading;
}
