/* SPDX-License-Identifier: MIT */
/* A judgement applied to the field lines of an application's answer. */
#include <cors/browser.h>
#include <string.h>

#include "python_bytes.h"
#include "python_judgement.h"

/*
 * Lines are of bytes, with the names that are added in lower case where ASGI wants them so, or of
 * text in Latin-1, as WSGI has them.
 */
enum form { FORM_BYTES, FORM_LOWER, FORM_TEXT };

/* An answer whose lines are gone through. */
struct applied {
    const struct judgement_object *judgement;
    enum form form;
    PyObject *lines;                      /* the list that comes of it */
    Py_ssize_t vary_line;                 /* the place of the last Vary line; -1: none */
    bool covered[CORS_DECISION_VARY_MAX]; /* which of the judgement's names Vary holds */
};

static cors_slice bytes_slice(PyObject *bytes) {
    return (cors_slice){PyBytes_AsString(bytes), (size_t)PyBytes_Size(bytes)};
}

static PyObject *text_make(PyObject *bytes) {
    return PyUnicode_DecodeLatin1(PyBytes_AsString(bytes), PyBytes_Size(bytes), NULL);
}

/* A copy in lower case; the names of fields are ASCII. */
static PyObject *lower_make(PyObject *bytes) {
    cors_slice name = bytes_slice(bytes);
    PyObject *lower = python_bytes_make(name);
    char *data = lower == NULL ? NULL : PyBytes_AsString(lower);
    for (size_t i = 0; data != NULL && i < name.size; i++) {
        data[i] = (char)(data[i] >= 'A' && data[i] <= 'Z' ? data[i] + ('a' - 'A') : data[i]);
    }
    return lower;
}

/* Takes over the line, which may be NULL. */
static int append(PyObject *lines, PyObject *line) {
    int status = line == NULL ? -1 : PyList_Append(lines, line);
    Py_XDECREF(line);
    return status;
}

static bool is_vary(cors_slice name) {
    const char *vary = cors_field_name(CORS_FIELD_VARY);
    return name.size == strlen(vary) &&
           PyOS_mystrnicmp(name.data, vary, (Py_ssize_t)name.size) == 0;
}

/* How many names the judgement wants in Vary; a respelled one may want more than fit, and those
 * count as not covered. */
static Py_ssize_t vary_count(const struct judgement_object *judgement) {
    return PyTuple_Size(judgement->vary);
}

static void note_covered(struct applied *applied, cors_slice value) {
    Py_ssize_t count = vary_count(applied->judgement);
    for (Py_ssize_t i = 0; i < count && i < CORS_DECISION_VARY_MAX; i++) {
        cors_slice name = bytes_slice(PyTuple_GetItem(applied->judgement->vary, i));
        applied->covered[i] = applied->covered[i] || cors_vary_covers(value, name);
    }
}

static int take_line(struct applied *applied, PyObject *line) {
    struct python_kept kept = {NULL};
    cors_slice name;
    cors_slice value;
    int status = python_line_read(line, &kept, &name, &value);
    if (status == 0 && !cors_header_is_owned(name)) {
        if (is_vary(name)) {
            applied->vary_line = PyList_Size(applied->lines);
            note_covered(applied, value);
        }
        status = PyList_Append(applied->lines, line);
    }
    python_kept_release(&kept);
    return status;
}

static int take_lines(struct applied *applied, PyObject *lines) {
    PyObject *tuple = PySequence_Tuple(lines);
    int status = tuple == NULL ? -1 : 0;
    for (Py_ssize_t i = 0; status == 0 && i < PyTuple_Size(tuple); i++) {
        status = take_line(applied, PyTuple_GetItem(tuple, i));
    }
    Py_XDECREF(tuple);
    return status;
}

/* Takes over the items, which may be NULL. */
static PyObject *pair_make(PyObject *name, PyObject *value) {
    PyObject *pair = name == NULL || value == NULL ? NULL : PyTuple_Pack(2, name, value);
    Py_XDECREF(name);
    Py_XDECREF(value);
    return pair;
}

/* A line of two bytes objects in the form wanted. */
static PyObject *line_make(enum form form, PyObject *name, PyObject *value) {
    if (form == FORM_TEXT) {
        return pair_make(text_make(name), text_make(value));
    }
    return pair_make(form == FORM_LOWER ? lower_make(name) : Py_NewRef(name), Py_NewRef(value));
}

static int add_fields(struct applied *applied) {
    PyObject *fields = applied->judgement->fields;
    int status = 0;
    for (Py_ssize_t i = 0; status == 0 && i < PyTuple_Size(fields); i++) {
        PyObject *field = PyTuple_GetItem(fields, i);
        status = append(applied->lines, line_make(applied->form, PyTuple_GetItem(field, 0),
                                                  PyTuple_GetItem(field, 1)));
    }
    return status;
}

/* Adds a name to the list in `*names`, which may be empty; the reference changes. */
static int join_name(PyObject **names, cors_slice name) {
    PyObject *separated = PyBytes_FromFormat("%s", PyBytes_Size(*names) > 0 ? ", " : "");
    PyObject *more = python_bytes_make(name);
    PyBytes_ConcatAndDel(names, separated);
    if (*names == NULL) {
        Py_XDECREF(more);
        return -1;
    }
    PyBytes_ConcatAndDel(names, more);
    return *names == NULL ? -1 : 0;
}

/* The names that Vary lacks, joined after `value`; a new reference. */
static PyObject *vary_value(const struct applied *applied, cors_slice value) {
    PyObject *names = python_bytes_make(value);
    Py_ssize_t count = vary_count(applied->judgement);
    for (Py_ssize_t i = 0; i < count && names != NULL; i++) {
        bool covered = i < CORS_DECISION_VARY_MAX && applied->covered[i];
        if (!covered &&
            join_name(&names, bytes_slice(PyTuple_GetItem(applied->judgement->vary, i))) != 0) {
            return NULL;
        }
    }
    return names;
}

static bool lacks_vary(const struct applied *applied) {
    Py_ssize_t count = vary_count(applied->judgement);
    for (Py_ssize_t i = 0; i < count; i++) {
        if (i >= CORS_DECISION_VARY_MAX || !applied->covered[i]) {
            return true;
        }
    }
    return false;
}

static int add_vary_line(struct applied *applied) {
    cors_slice nothing = {"", 0};
    PyObject *name = PyBytes_FromString(cors_field_name(CORS_FIELD_VARY));
    PyObject *value = vary_value(applied, nothing);
    int status = name == NULL || value == NULL
                     ? -1
                     : append(applied->lines, line_make(applied->form, name, value));
    Py_XDECREF(name);
    Py_XDECREF(value);
    return status;
}

/* The line in the form it had, with a longer value; a new reference. */
static PyObject *line_with(struct applied *applied, PyObject *line, struct python_kept *kept) {
    cors_slice name;
    cors_slice value;
    if (python_line_read(line, kept, &name, &value) != 0) {
        return NULL;
    }
    enum form form = applied->form == FORM_LOWER ? FORM_BYTES : applied->form;
    PyObject *name_bytes = python_bytes_make(name);
    PyObject *value_bytes = vary_value(applied, value);
    PyObject *longer =
        name_bytes == NULL || value_bytes == NULL ? NULL : line_make(form, name_bytes, value_bytes);
    Py_XDECREF(name_bytes);
    Py_XDECREF(value_bytes);
    return longer;
}

static int extend_vary_line(struct applied *applied) {
    struct python_kept kept = {NULL};
    PyObject *line = PyList_GetItem(applied->lines, applied->vary_line);
    PyObject *longer = line == NULL ? NULL : line_with(applied, line, &kept);
    python_kept_release(&kept);
    return longer == NULL ? -1 : PyList_SetItem(applied->lines, applied->vary_line, longer);
}

static int merge_vary(struct applied *applied) {
    if (!lacks_vary(applied)) {
        return 0;
    }
    return applied->vary_line < 0 ? add_vary_line(applied) : extend_vary_line(applied);
}

static PyObject *apply(PyObject *self, PyObject *lines, enum form form) {
    struct applied applied = {
        .judgement = (struct judgement_object *)self, .form = form, .vary_line = -1};
    if (!applied.judgement->applies) {
        return PySequence_List(lines);
    }
    applied.lines = PyList_New(0);
    if (applied.lines == NULL || take_lines(&applied, lines) != 0 || add_fields(&applied) != 0 ||
        merge_vary(&applied) != 0) {
        Py_CLEAR(applied.lines);
    }
    return applied.lines;
}

PyObject *python_judgement_apply(PyObject *self, PyObject *lines) {
    return apply(self, lines, FORM_BYTES);
}

PyObject *python_judgement_apply_lower(PyObject *self, PyObject *lines) {
    return apply(self, lines, FORM_LOWER);
}

PyObject *python_judgement_apply_text(PyObject *self, PyObject *lines) {
    return apply(self, lines, FORM_TEXT);
}
