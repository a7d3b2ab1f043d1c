/* SPDX-License-Identifier: MIT */
/* Reads calls and answers: all text is bytes, which the fetch keeps for as long as it lives. */
#include "python_page.h"

#include "policyfile.h"

void page_lines_release(struct page_lines *lines) {
    Py_CLEAR(lines->kept);
    PyMem_Free(lines->fields);
    lines->fields = NULL;
    lines->count = 0;
}

/* Takes a bytes object, which the list then keeps. */
static int take_bytes(PyObject *kept, PyObject *object, cors_slice *slice, const char *what) {
    if (!PyBytes_Check(object)) {
        PyErr_Format(PyExc_TypeError, "%s must be bytes", what);
        return -1;
    }
    *slice = (cors_slice){PyBytes_AsString(object), (size_t)PyBytes_Size(object)};
    return PyList_Append(kept, object);
}

/* A pair's name and value. */
static int take_pair(PyObject *kept, PyObject *item, cors_field *field, const char *what) {
    PyObject *pair = PySequence_Tuple(item);
    int failed = -1;
    if (pair != NULL && PyTuple_Size(pair) == 2) {
        failed = take_bytes(kept, PyTuple_GetItem(pair, 0), &field->name, what) != 0 ||
                         take_bytes(kept, PyTuple_GetItem(pair, 1), &field->value, what) != 0
                     ? -1
                     : 0;
    } else if (pair != NULL) {
        PyErr_Format(PyExc_TypeError, "%s must be pairs of name and value", what);
    }
    Py_XDECREF(pair);
    return failed;
}

static int read_tuple(struct page_lines *lines, PyObject *tuple, const char *what) {
    Py_ssize_t count = PyTuple_Size(tuple);
    lines->kept = PyList_New(0);
    lines->fields = PyMem_Calloc((size_t)count + 1, sizeof *lines->fields);
    if (lines->fields == NULL) {
        PyErr_NoMemory();
    }
    if (lines->kept == NULL || lines->fields == NULL) {
        return -1;
    }
    for (Py_ssize_t i = 0; i < count; i++) {
        if (take_pair(lines->kept, PyTuple_GetItem(tuple, i), &lines->fields[i], what) != 0) {
            return -1;
        }
        lines->count++;
    }
    return 0;
}

int page_lines_read(struct page_lines *lines, PyObject *pairs, const char *what) {
    PyObject *tuple = PySequence_Tuple(pairs);
    if (tuple == NULL) {
        return -1;
    }
    int failed = read_tuple(lines, tuple, what);
    Py_DECREF(tuple);
    if (failed != 0) {
        page_lines_release(lines);
    }
    return failed;
}

/* The members that have names, as they come and as they are found. */
struct choices {
    const char *initiator;
    const char *mode;
    const char *credentials;
    const char *redirect;
    const char *cache;
    const char *body;
};

static int refuse_choice(const char *member, const char *name) {
    PyErr_Format(PyExc_ValueError, "there is no %s named '%s'", member, name);
    return -1;
}

static cors_slice slice_of_text(const char *text) {
    size_t size = 0;
    while (text[size] != '\0') {
        size++;
    }
    return (cors_slice){text, size};
}

static int read_choices(cors_call *call, const struct choices *choices) {
    if (!cors_initiator_find(slice_of_text(choices->initiator), &call->initiator)) {
        return refuse_choice("initiator", choices->initiator);
    }
    if (!cors_mode_find(slice_of_text(choices->mode), &call->mode)) {
        return refuse_choice("mode", choices->mode);
    }
    if (!cors_credentials_mode_find(slice_of_text(choices->credentials), &call->credentials)) {
        return refuse_choice("credentials", choices->credentials);
    }
    if (!cors_redirect_mode_find(slice_of_text(choices->redirect), &call->redirect)) {
        return refuse_choice("redirect", choices->redirect);
    }
    if (!cors_cache_mode_find(slice_of_text(choices->cache), &call->cache)) {
        return refuse_choice("cache", choices->cache);
    }
    if (!cors_body_find(slice_of_text(choices->body), &call->body)) {
        return refuse_choice("body", choices->body);
    }
    return 0;
}

/* A tuple of host names. */
static int read_hosts(struct page_fetch *fetch, PyObject *hosts) {
    PyObject *tuple = PySequence_Tuple(hosts);
    if (tuple == NULL) {
        return -1;
    }
    size_t count = (size_t)PyTuple_Size(tuple);
    int failed = 0;
    fetch->upgraded_hosts = PyMem_Calloc(count + 1, sizeof *fetch->upgraded_hosts);
    if (fetch->upgraded_hosts == NULL) {
        PyErr_NoMemory();
        failed = -1;
    }
    for (size_t i = 0; failed == 0 && i < count; i++) {
        failed = take_bytes(fetch->kept, PyTuple_GetItem(tuple, (Py_ssize_t)i),
                            &fetch->upgraded_hosts[i], "a host that is upgraded");
    }
    Py_DECREF(tuple);
    fetch->call.upgraded_hosts = fetch->upgraded_hosts;
    fetch->call.upgraded_host_count = count;
    return failed;
}

/* The texts of a call, as the keywords bring them. */
struct texts {
    PyObject *page;
    PyObject *url;
    PyObject *method;
    PyObject *body_type;
    PyObject *top;
    PyObject *page_address;
};

/* One that may be missing. */
static int take_text(struct page_fetch *fetch, PyObject *object, cors_slice *slice,
                     const char *what) {
    return object == NULL ? 0 : take_bytes(fetch->kept, object, slice, what);
}

static int read_texts(struct page_fetch *fetch, const struct texts *texts) {
    cors_call *call = &fetch->call;
    call->method = CORS_SLICE("GET");
    return take_text(fetch, texts->page, &call->page, "page") != 0 ||
                   take_text(fetch, texts->url, &call->url, "url") != 0 ||
                   take_text(fetch, texts->method, &call->method, "method") != 0 ||
                   take_text(fetch, texts->body_type, &call->body_type, "body_type") != 0 ||
                   take_text(fetch, texts->top, &call->top, "top") != 0 ||
                   take_text(fetch, texts->page_address, &call->page_address, "page_address") != 0
               ? -1
               : 0;
}

static int read_parts(struct page_fetch *fetch, const struct texts *texts,
                      const struct choices *choices, PyObject *headers, PyObject *hosts) {
    cors_builder_options native;
    cors_native_options(&native, "");
    fetch->call.to_ascii = native.to_ascii;
    fetch->call.context = native.context;
    if (texts->page == NULL || texts->url == NULL) {
        PyErr_SetString(PyExc_TypeError, "a call needs a page and a url");
        return -1;
    }
    if (read_texts(fetch, texts) != 0 || read_choices(&fetch->call, choices) != 0 ||
        (headers != NULL && page_lines_read(&fetch->headers, headers, "headers") != 0) ||
        (hosts != NULL && read_hosts(fetch, hosts) != 0)) {
        return -1;
    }
    fetch->call.headers = fetch->headers.fields;
    fetch->call.header_count = fetch->headers.count;
    return 0;
}

int page_call_read(struct page_fetch *fetch, PyObject *args, PyObject *kwargs, long long *now) {
    static char *names[] = {"browser",
                            "now",
                            "page",
                            "url",
                            "method",
                            "headers",
                            "initiator",
                            "mode",
                            "credentials",
                            "redirect",
                            "cache",
                            "body",
                            "body_type",
                            "upload_listener",
                            "top",
                            "page_address",
                            "upgraded_hosts",
                            NULL};
    struct texts texts = {.page = NULL};
    struct choices choices = {"fetch", "cors", "same-origin", "follow", "default", "none"};
    PyObject *headers = NULL;
    PyObject *hosts = NULL;
    int listener = 0;
    if (!PyArg_ParseTupleAndKeywords(
            args, kwargs, "OL|$SSSOssssssSpSSO", names, &fetch->capsule, now, &texts.page,
            &texts.url, &texts.method, &headers, &choices.initiator, &choices.mode,
            &choices.credentials, &choices.redirect, &choices.cache, &choices.body,
            &texts.body_type, &listener, &texts.top, &texts.page_address, &hosts)) {
        fetch->capsule = NULL; /* it was only borrowed */
        return -1;
    }
    Py_INCREF(fetch->capsule);
    fetch->call.upload_listener = listener != 0;
    fetch->kept = PyList_New(0);
    return fetch->kept == NULL ? -1 : read_parts(fetch, &texts, &choices, headers, hosts);
}
