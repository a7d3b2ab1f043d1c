/* SPDX-License-Identifier: MIT */
/* What a call sends, and how it ended: dictionaries whose texts from outside are bytes. */
#include "python_page.h"

static PyObject *bytes_of(cors_slice text) {
    return PyBytes_FromStringAndSize(text.size == 0 ? "" : text.data, (Py_ssize_t)text.size);
}

/* None where the text is not sent. */
static PyObject *optional_bytes(cors_slice text) {
    if (text.data == NULL) {
        Py_RETURN_NONE;
    }
    return bytes_of(text);
}

static PyObject *none(void) {
    Py_RETURN_NONE;
}

/* Sets a member and takes the value, which is NULL where it could not be made. */
static bool put(PyObject *dictionary, const char *name, PyObject *value) {
    if (value == NULL) {
        return false;
    }
    int failed = PyDict_SetItemString(dictionary, name, value);
    Py_DECREF(value);
    return failed == 0;
}

static bool put_flag(PyObject *dictionary, const char *name, bool flag) {
    return put(dictionary, name, PyBool_FromLong(flag));
}

static bool put_text(PyObject *dictionary, const char *name, const char *text) {
    return put(dictionary, name, PyUnicode_FromString(text));
}

/* Appends an item and takes it; gives the list away where that fails. */
static PyObject *with_item(PyObject *list, PyObject *item) {
    int failed = item == NULL ? -1 : PyList_Append(list, item);
    Py_XDECREF(item);
    if (failed != 0) {
        Py_DECREF(list);
        return NULL;
    }
    return list;
}

static PyObject *fields_of(const cors_fetch *fetch) {
    size_t position = 0;
    cors_field field;
    PyObject *list = PyList_New(0);
    while (list != NULL && cors_fetch_next_field(fetch, &position, &field)) {
        list = with_item(list, Py_BuildValue("(NN)", bytes_of(field.name), bytes_of(field.value)));
    }
    return list;
}

static PyObject *whys_of(const cors_fetch *fetch) {
    size_t position = 0;
    cors_why why;
    cors_slice what;
    PyObject *list = PyList_New(0);
    while (list != NULL && cors_fetch_next_why(fetch, &position, &why, &what)) {
        list = with_item(
            list, Py_BuildValue("(sNs)", cors_why_name(why), bytes_of(what), cors_why_advice(why)));
    }
    return list;
}

/* The dictionary, if all went well; else it is given away. */
static PyObject *finished(PyObject *dictionary, bool fine) {
    if (!fine) {
        Py_CLEAR(dictionary);
    }
    return dictionary;
}

PyObject *page_fetch_request(const struct page_fetch *call) {
    const cors_fetch *fetch = call->fetch;
    PyObject *request = PyDict_New();
    if (request == NULL) {
        return NULL;
    }
    bool preflight = cors_fetch_step(fetch) == CORS_STEP_PREFLIGHT;
    bool fine =
        put_flag(request, "preflight", preflight) &&
        put(request, "method", bytes_of(cors_fetch_method(fetch))) &&
        put(request, "url", bytes_of(cors_fetch_url(fetch))) &&
        put(request, "fields", fields_of(fetch)) &&
        put(request, "origin", optional_bytes(cors_fetch_origin(fetch))) &&
        put(request, "requested_method", optional_bytes(cors_fetch_requested_method(fetch))) &&
        put(request, "requested_headers", optional_bytes(cors_fetch_requested_headers(fetch))) &&
        put_flag(request, "credentials", cors_fetch_sends_credentials(fetch)) &&
        put_flag(request, "body", cors_fetch_sends_body(fetch)) &&
        put(request, "whys", whys_of(fetch));
    return finished(request, fine);
}

/* The names that script can read, as they came. */
static PyObject *visible_of(const cors_fetch *fetch) {
    const cors_response *response = cors_fetch_response(fetch);
    PyObject *list = PyList_New(0);
    for (size_t i = 0; list != NULL && i < response->field_count; i++) {
        if (cors_fetch_exposes(fetch, response->fields[i].name)) {
            list = with_item(list, bytes_of(response->fields[i].name));
        }
    }
    return list;
}

static PyObject *message_of(const cors_failure *failure, cors_browser browser) {
    size_t size = cors_failure_message(failure, browser, NULL, 0);
    if (size == 0) {
        Py_RETURN_NONE;
    }
    char *buffer = PyMem_Malloc(size);
    if (buffer == NULL) {
        return PyErr_NoMemory();
    }
    (void)cors_failure_message(failure, browser, buffer, size);
    PyObject *message = bytes_of((cors_slice){buffer, size});
    PyMem_Free(buffer);
    return message;
}

static PyObject *messages_of(const cors_failure *failure) {
    static const cors_browser browsers[] = {CORS_BROWSER_CHROMIUM, CORS_BROWSER_FIREFOX,
                                            CORS_BROWSER_SAFARI};
    PyObject *messages = PyDict_New();
    bool fine = messages != NULL;
    for (size_t i = 0; fine && i < sizeof browsers / sizeof browsers[0]; i++) {
        fine = put(messages, cors_browser_name(browsers[i]), message_of(failure, browsers[i]));
    }
    return finished(messages, fine);
}

static PyObject *made_repair(const cors_repair *repair) {
    PyObject *made = PyDict_New();
    if (made == NULL) {
        return NULL;
    }
    bool fine =
        put_flag(made, "preflight", repair->preflight) &&
        put(made, "status", repair->status == 0 ? none() : PyLong_FromLong(repair->status)) &&
        put(made, "name", repair->name.size == 0 ? none() : bytes_of(repair->name)) &&
        put(made, "value", bytes_of(repair->value));
    return finished(made, fine);
}

static PyObject *repair_of(const struct page_fetch *call) {
    cors_repair repair;
    char *buffer = PyMem_Malloc(call->memory_size);
    if (buffer == NULL) {
        return PyErr_NoMemory();
    }
    PyObject *made = cors_fetch_repair(call->fetch, buffer, call->memory_size, &repair)
                         ? made_repair(&repair)
                         : none();
    PyMem_Free(buffer);
    return made;
}

static bool put_failure(PyObject *outcome, const struct page_fetch *call,
                        const cors_failure *failure) {
    cors_field_id field;
    bool has_field = cors_code_field(failure->code, &field);
    Py_ssize_t last = call->answered - 1;
    return put_flag(outcome, "preflight", failure->preflight) &&
           put(outcome, "failed_step", last < 0 ? none() : PyLong_FromSsize_t(last)) &&
           put(outcome, "value", bytes_of(failure->value)) &&
           put(outcome, "header", bytes_of(failure->header)) &&
           put(outcome, "messages", messages_of(failure)) &&
           put(outcome, "repair", repair_of(call)) &&
           put(outcome, "field", has_field ? PyUnicode_FromString(cors_field_name(field)) : none());
}

static bool put_success(PyObject *outcome, const struct page_fetch *call,
                        const cors_result *result) {
    return put_text(outcome, "type", cors_response_type_name(result->type)) &&
           put(outcome, "status", PyLong_FromLong(result->status)) &&
           put_flag(outcome, "redirected", result->redirected) &&
           put(outcome, "url", bytes_of(result->url)) &&
           put(outcome, "readable", visible_of(call->fetch));
}

PyObject *page_fetch_outcome(const struct page_fetch *call) {
    const cors_result *result = cors_fetch_result(call->fetch);
    bool ok = result->code == CORS_CODE_OK;
    PyObject *outcome = PyDict_New();
    if (outcome == NULL) {
        return NULL;
    }
    bool fine =
        put_flag(outcome, "ok", ok) && put_text(outcome, "code", cors_code_name(result->code)) &&
        put_text(outcome, "cause", cors_code_cause(result->code)) &&
        put_text(outcome, "fix", cors_code_fix(result->code)) &&
        (ok ? put_success(outcome, call, result) : put_failure(outcome, call, &result->failure));
    return finished(outcome, fine);
}
