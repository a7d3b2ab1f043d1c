/* SPDX-License-Identifier: MIT */
#include "python_judgement.h"

#include <stddef.h>

#include "python_bytes.h"
#include "python_state.h"

/* The members that are objects, one after the other. */
enum {
    FIRST_MEMBER = offsetof(struct judgement_object, fields),
    MEMBER_COUNT =
        (offsetof(struct judgement_object, ambiguous) - FIRST_MEMBER) / sizeof(PyObject *) + 1,
};

static PyObject **members(PyObject *self) {
    return &((struct judgement_object *)self)->fields;
}

static void judgement_free(PyObject *self) {
    PyTypeObject *type = Py_TYPE(self);
    for (size_t i = 0; i < MEMBER_COUNT; i++) {
        Py_XDECREF(members(self)[i]);
    }
    PyObject_Free(self);
    Py_DECREF(type);
}

/* Without members as yet. */
static struct judgement_object *judgement_new(PyTypeObject *type) {
    struct judgement_object *self = PyObject_New(struct judgement_object, type);
    for (size_t i = 0; i < MEMBER_COUNT && self != NULL; i++) {
        members((PyObject *)self)[i] = NULL;
    }
    return self;
}

/* The judgement if each member could be made, else NULL. */
static PyObject *judgement_done(struct judgement_object *self) {
    PyObject *object = (PyObject *)self;
    for (size_t i = 0; i < MEMBER_COUNT; i++) {
        if (members(object)[i] == NULL) {
            Py_DECREF(object);
            return NULL;
        }
    }
    return object;
}

static PyObject *verdict_object(cors_verdict verdict) {
    if (verdict == CORS_VERDICT_NONE) {
        return Py_NewRef(Py_None);
    }
    return PyBool_FromLong(verdict == CORS_VERDICT_ALLOWED);
}

/* Takes over the items, which may be NULL. */
static PyObject *pair_make(PyObject *first, PyObject *second) {
    PyObject *pair = first == NULL || second == NULL ? NULL : PyTuple_Pack(2, first, second);
    Py_XDECREF(first);
    Py_XDECREF(second);
    return pair;
}

static PyObject *field_lines(const cors_decision *decision) {
    PyObject *lines = PyTuple_New((Py_ssize_t)decision->field_count);
    for (size_t i = 0; i < decision->field_count && lines != NULL; i++) {
        const cors_field *field = &decision->fields[i];
        PyObject *line = pair_make(python_bytes_make(field->name), python_bytes_make(field->value));
        if (line == NULL || PyTuple_SetItem(lines, (Py_ssize_t)i, line) != 0) {
            Py_CLEAR(lines);
        }
    }
    return lines;
}

static PyObject *vary_names(const cors_decision *decision) {
    PyObject *names = PyTuple_New((Py_ssize_t)decision->vary_count);
    for (size_t i = 0; i < decision->vary_count && names != NULL; i++) {
        PyObject *name = python_bytes_make(decision->vary[i]);
        if (name == NULL || PyTuple_SetItem(names, (Py_ssize_t)i, name) != 0) {
            Py_CLEAR(names);
        }
    }
    return names;
}

PyObject *python_judgement_make(PyObject *module, const cors_decision *decision, bool ambiguous) {
    const struct python_state *state = PyModule_GetState(module);
    struct judgement_object *self = judgement_new((PyTypeObject *)state->judgement_type);
    if (self == NULL) {
        return NULL;
    }
    self->applies = decision->kind != CORS_KIND_NO_POLICY;
    self->kind = Py_NewRef(state->kinds[decision->kind]);
    self->allowed = verdict_object(decision->verdict);
    self->reason = Py_NewRef(state->reasons[cors_decision_logged_reason(decision)]);
    self->status = decision->status == 0 ? Py_NewRef(Py_None) : PyLong_FromLong(decision->status);
    self->fields = field_lines(decision);
    self->vary = vary_names(decision);
    self->body = python_bytes_make(decision->body);
    self->blocks = PyBool_FromLong(cors_decision_blocks(decision));
    self->ambiguous = PyBool_FromLong(ambiguous);
    return judgement_done(self);
}

/* Takes the place of a member, where there is something to take it. */
static void replace_member(PyObject **member, PyObject *object) {
    if (object != NULL) {
        Py_INCREF(object);
        Py_XDECREF(*member);
        *member = object;
    }
}

/* The lines of any sequence, each checked, as a tuple of tuples. NULL with an exception set. */
static PyObject *lines_checked(PyObject *lines) {
    PyObject *tuple = PySequence_Tuple(lines);
    for (Py_ssize_t i = 0; tuple != NULL && i < PyTuple_Size(tuple); i++) {
        PyObject *pair = PyTuple_GetItem(tuple, i);
        if (!PyTuple_CheckExact(pair) || PyTuple_Size(pair) != 2 ||
            !PyBytes_Check(PyTuple_GetItem(pair, 0)) || !PyBytes_Check(PyTuple_GetItem(pair, 1))) {
            PyErr_SetString(PyExc_TypeError, "`fields` must hold tuples of two bytes objects.");
            Py_CLEAR(tuple);
        }
    }
    return tuple;
}

static PyObject *names_checked(PyObject *names) {
    PyObject *tuple = PySequence_Tuple(names);
    for (Py_ssize_t i = 0; tuple != NULL && i < PyTuple_Size(tuple); i++) {
        if (!PyBytes_Check(PyTuple_GetItem(tuple, i))) {
            PyErr_SetString(PyExc_TypeError, "`vary` must hold bytes objects.");
            Py_CLEAR(tuple);
        }
    }
    return tuple;
}

/* Replaces a member by its checked form; returns whether that could be. */
static bool replace_checked(PyObject **member, PyObject *object, PyObject *(*check)(PyObject *)) {
    if (object == NULL) {
        return true;
    }
    PyObject *checked = check(object);
    replace_member(member, checked);
    Py_XDECREF(checked);
    return checked != NULL;
}

static bool status_is_fine(PyObject *status) {
    if (status == NULL || status == Py_None || PyLong_Check(status)) {
        return true;
    }
    PyErr_SetString(PyExc_TypeError, "`status` must be an int or None.");
    return false;
}

static PyObject *judgement_copy(PyObject *self) {
    struct judgement_object *copy = judgement_new(Py_TYPE(self));
    for (size_t i = 0; i < MEMBER_COUNT && copy != NULL; i++) {
        members((PyObject *)copy)[i] = Py_NewRef(members(self)[i]);
    }
    if (copy != NULL) {
        copy->applies = ((struct judgement_object *)self)->applies;
    }
    return (PyObject *)copy;
}

static PyObject *judgement_replace(PyObject *self, PyObject *arguments, PyObject *named) {
    static char *names[] = {"status", "fields", "vary", "body", NULL};
    PyObject *status = NULL;
    PyObject *fields = NULL;
    PyObject *vary = NULL;
    PyObject *body = NULL;
    if (!PyArg_ParseTupleAndKeywords(arguments, named, "|$OOOS:replace", names, &status, &fields,
                                     &vary, &body) ||
        !status_is_fine(status)) {
        return NULL;
    }
    PyObject *object = judgement_copy(self);
    struct judgement_object *copy = (struct judgement_object *)object;
    if (copy == NULL) {
        return NULL;
    }
    replace_member(&copy->status, status);
    replace_member(&copy->body, body);
    if (!replace_checked(&copy->fields, fields, lines_checked) ||
        !replace_checked(&copy->vary, vary, names_checked)) {
        Py_DECREF(object);
        return NULL;
    }
    return object;
}

/* A member's place is what its attribute is told by. */
static PyObject *get_member(PyObject *self, void *place) {
    return Py_NewRef(*(PyObject **)((char *)self + (size_t)place));
}

#define MEMBER(name)                                                                               \
    { #name, get_member, NULL, NULL, (void *)offsetof(struct judgement_object, name) }
static PyGetSetDef judgement_attributes[] = {
    MEMBER(kind),      MEMBER(allowed),
    MEMBER(reason),    MEMBER(status),
    MEMBER(fields),    MEMBER(vary),
    MEMBER(body),      MEMBER(blocks),
    MEMBER(ambiguous), {NULL, NULL, NULL, NULL, NULL},
};

static PyMethodDef judgement_methods[] = {
    {"apply", python_judgement_apply, METH_O, NULL},
    {"apply_lower", python_judgement_apply_lower, METH_O, NULL},
    {"apply_text", python_judgement_apply_text, METH_O, NULL},
    {"replace", PYTHON_METHOD(judgement_replace), METH_VARARGS | METH_KEYWORDS, NULL},
    {NULL, NULL, 0, NULL},
};

static PyType_Slot judgement_slots[] = {
    {Py_tp_dealloc, PYTHON_SLOT(judgement_free)},
    {Py_tp_getset, judgement_attributes},
    {Py_tp_methods, judgement_methods},
    {0, NULL},
};

static PyType_Spec judgement_spec = {
    .name = "libcors._engine.Judgement",
    .basicsize = sizeof(struct judgement_object),
    .flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_DISALLOW_INSTANTIATION | Py_TPFLAGS_IMMUTABLETYPE,
    .slots = judgement_slots,
};

int python_judgement_register(PyObject *module) {
    struct python_state *state = PyModule_GetState(module);
    state->judgement_type = PyType_FromModuleAndSpec(module, &judgement_spec, NULL);
    return state->judgement_type == NULL
               ? -1
               : PyModule_AddObjectRef(module, "Judgement", state->judgement_type);
}
