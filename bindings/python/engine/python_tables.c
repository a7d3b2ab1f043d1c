/* SPDX-License-Identifier: MIT */
/* The engine's names and sentences as dictionaries of the module. */
#include <cors/browser.h>
#include <cors/origin.h>
#include <cors/policy.h>

#include "python_state.h"

struct field_row {
    const char *name;
    cors_field_id field;
};

#define FIELD_ROW(name, number, text) {#name, CORS_FIELD_##name},
static const struct field_row fields[] = {CORS_FIELDS(FIELD_ROW)};

struct rule_row {
    const char *meaning;
    cors_rule rule;
    cors_severity severity;
    bool acceptable;
};

#define RULE_ROW(name, number, text, severity, acceptable, meaning)                                \
    {meaning, CORS_RULE_##name, CORS_SEVERITY_##severity, acceptable},
static const struct rule_row rules[] = {CORS_RULES(RULE_ROW)};

#define REASON_ROW(name, number, text, meaning) CORS_REASON_##name,
static const cors_reason reasons[] = {CORS_REASONS(REASON_ROW)};

#define FAULT_ROW(name, number, text, meaning) CORS_REGEX_FAULT_##name,
static const cors_regex_fault faults[] = {CORS_REGEX_FAULTS(FAULT_ROW)};

#define KEY_ROW(name, number, text, shape) text,
static const char *const keys[] = {CORS_KEYS(KEY_ROW)};

#define COUNT(rows) (sizeof(rows) / sizeof(rows)[0])

/* Takes over the value, which may be NULL. */
static int set_item(PyObject *dictionary, const char *name, PyObject *value) {
    int status = value == NULL ? -1 : PyDict_SetItemString(dictionary, name, value);
    Py_XDECREF(value);
    return status;
}

static int fill_fields(PyObject *dictionary) {
    int status = 0;
    for (size_t i = 0; i < COUNT(fields) && status == 0; i++) {
        status = set_item(dictionary, fields[i].name,
                          PyBytes_FromString(cors_field_name(fields[i].field)));
    }
    return status;
}

static int fill_rules(PyObject *dictionary) {
    int status = 0;
    for (size_t i = 0; i < COUNT(rules) && status == 0; i++) {
        status = set_item(dictionary, cors_rule_name(rules[i].rule),
                          Py_BuildValue("(sNs)", cors_severity_name(rules[i].severity),
                                        PyBool_FromLong(rules[i].acceptable), rules[i].meaning));
    }
    return status;
}

static int fill_reasons(PyObject *dictionary) {
    int status = 0;
    for (size_t i = 0; i < COUNT(reasons) && status == 0; i++) {
        status = set_item(dictionary, cors_reason_name(reasons[i]),
                          PyUnicode_FromString(cors_reason_meaning(reasons[i])));
    }
    return status;
}

static int fill_faults(PyObject *dictionary) {
    int status = 0;
    for (size_t i = 0; i < COUNT(faults) && status == 0; i++) {
        status = set_item(dictionary, cors_regex_fault_name(faults[i]),
                          PyUnicode_FromString(cors_regex_fault_meaning(faults[i])));
    }
    return status;
}

/* Takes over the object, which may be NULL. */
static int add_object(PyObject *module, const char *name, PyObject *object) {
    int status = object == NULL ? -1 : PyModule_AddObjectRef(module, name, object);
    Py_XDECREF(object);
    return status;
}

static int add_dictionary(PyObject *module, const char *name, int (*fill)(PyObject *)) {
    PyObject *dictionary = PyDict_New();
    if (dictionary != NULL && fill(dictionary) != 0) {
        Py_CLEAR(dictionary);
    }
    return add_object(module, name, dictionary);
}

static PyObject *key_names(void) {
    PyObject *names = PyTuple_New((Py_ssize_t)COUNT(keys));
    for (size_t i = 0; i < COUNT(keys) && names != NULL; i++) {
        PyObject *name = PyUnicode_FromString(keys[i]);
        if (name == NULL || PyTuple_SetItem(names, (Py_ssize_t)i, name) != 0) {
            Py_CLEAR(names);
        }
    }
    return names;
}

/* What cors_request_add_header() reads. */
static PyObject *request_fields(void) {
    return Py_BuildValue("(yyyyy)", cors_field_name(CORS_FIELD_ORIGIN),
                         cors_field_name(CORS_FIELD_REQUEST_METHOD),
                         cors_field_name(CORS_FIELD_REQUEST_HEADERS), "Host", "Sec-Fetch-Site");
}

int python_tables_register(PyObject *module) {
    if (PyModule_AddStringConstant(module, "VERSION", cors_version()) != 0 ||
        add_dictionary(module, "FIELDS", fill_fields) != 0 ||
        add_dictionary(module, "RULES", fill_rules) != 0 ||
        add_dictionary(module, "REASONS", fill_reasons) != 0 ||
        add_dictionary(module, "REGEX_FAULTS", fill_faults) != 0 ||
        add_object(module, "REQUEST_FIELDS", request_fields()) != 0) {
        return -1;
    }
    return add_object(module, "KEYS", key_names());
}
