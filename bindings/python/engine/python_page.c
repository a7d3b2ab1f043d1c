/* SPDX-License-Identifier: MIT */
/* Calls in progress as a class, and what they share. */
#include "python_page.h"

/* Enough for redirects to URLs of thousands of bytes. */
enum { USUAL_MEMORY = 1 << 18 };

static const char capsule_name[] = "libcors.page_browser";

static void browser_free(PyObject *capsule) {
    PyMem_Free(PyCapsule_GetPointer(capsule, capsule_name));
}

/* create_page_browser(name): what PageFetch takes first. */
static PyObject *browser_create(PyObject *module, PyObject *args) {
    (void)module;
    const char *name;
    Py_ssize_t size;
    cors_browser found;
    if (!PyArg_ParseTuple(args, "s#", &name, &size)) {
        return NULL;
    }
    if (!cors_browser_find((cors_slice){name, (size_t)size}, &found)) {
        PyErr_Format(PyExc_ValueError,
                     "there is no browser named '%s': standard, chromium, firefox, safari", name);
        return NULL;
    }
    struct page_browser *browser = PyMem_Malloc(sizeof *browser);
    if (browser == NULL) {
        return PyErr_NoMemory();
    }
    browser->name = found;
    cors_preflight_cache_begin(&browser->cache, browser->cache_memory, PAGE_CACHE_SIZE);
    PyObject *capsule = PyCapsule_New(browser, capsule_name, browser_free);
    if (capsule == NULL) {
        PyMem_Free(browser);
    }
    return capsule;
}

/* The bytes of all texts of the call: the engine copies some of them. */
static size_t size_of_call(const struct page_fetch *fetch) {
    const cors_call *call = &fetch->call;
    size_t size = call->page.size + call->url.size + call->method.size + call->body_type.size;
    for (size_t i = 0; i < call->header_count; i++) {
        size += call->headers[i].name.size + call->headers[i].value.size + sizeof(cors_field);
    }
    return size;
}

static int begin(struct page_fetch *fetch, long long now) {
    if (!PyCapsule_IsValid(fetch->capsule, capsule_name)) {
        PyErr_SetString(PyExc_TypeError, "a call begins with what create_page_browser() returns");
        return -1;
    }
    fetch->browser = PyCapsule_GetPointer(fetch->capsule, capsule_name);
    fetch->memory_size = USUAL_MEMORY + 4 * size_of_call(fetch);
    fetch->memory = PyMem_Malloc(fetch->memory_size);
    if (fetch->memory == NULL) {
        PyErr_NoMemory();
        return -1;
    }
    cors_status status =
        cors_fetch_begin(fetch->memory, fetch->memory_size, &fetch->call, fetch->browser->name,
                         &fetch->browser->cache, now, &fetch->fetch);
    if (status != CORS_OK) {
        fetch->fetch = NULL;
        PyErr_SetString(PyExc_ValueError, "the call is too large");
        return -1;
    }
    return 0;
}

static PyObject *fetch_new(PyTypeObject *type, PyObject *args, PyObject *kwargs) {
    long long now;
    struct page_fetch *fetch = (struct page_fetch *)PyType_GenericAlloc(type, 0);
    if (fetch == NULL) {
        return NULL;
    }
    if (page_call_read(fetch, args, kwargs, &now) != 0 || begin(fetch, now) != 0) {
        Py_DECREF(&fetch->ob_base);
        return NULL;
    }
    return &fetch->ob_base;
}

static void fetch_free(PyObject *self) {
    struct page_fetch *fetch = (struct page_fetch *)self;
    PyTypeObject *type = Py_TYPE(self);
    page_lines_release(&fetch->answer);
    page_lines_release(&fetch->headers);
    PyMem_Free(fetch->upgraded_hosts);
    PyMem_Free(fetch->memory);
    Py_CLEAR(fetch->kept);
    Py_CLEAR(fetch->capsule);
    PyObject_Free(self);
    Py_DECREF((PyObject *)type);
}

static bool is_done(const struct page_fetch *fetch) {
    return cors_fetch_step(fetch->fetch) == CORS_STEP_DONE;
}

static int want_running(const struct page_fetch *fetch) {
    if (is_done(fetch)) {
        PyErr_SetString(PyExc_RuntimeError,
                        "the call is done: there is nothing more to send or to answer");
        return -1;
    }
    return 0;
}

static PyObject *fetch_done(PyObject *self, void *closure) {
    (void)closure;
    return PyBool_FromLong(is_done((struct page_fetch *)self));
}

static PyObject *fetch_request(PyObject *self, PyObject *unused) {
    (void)unused;
    const struct page_fetch *fetch = (const struct page_fetch *)self;
    return want_running(fetch) != 0 ? NULL : page_fetch_request(fetch);
}

static int hand_in(struct page_fetch *fetch, cors_response *response, PyObject *pairs,
                   long long now) {
    struct page_lines lines = {NULL, NULL, 0};
    if (page_lines_read(&lines, pairs, "an answer's lines") != 0) {
        return -1;
    }
    if (want_running(fetch) != 0) { /* looked at last: reading the lines may run Python code */
        page_lines_release(&lines);
        return -1;
    }
    response->fields = lines.fields;
    response->field_count = lines.count;
    cors_status status = cors_fetch_answer(fetch->fetch, response, now);
    page_lines_release(&fetch->answer);
    fetch->answer = lines;
    fetch->answered++;
    if (status != CORS_OK) {
        PyErr_SetString(PyExc_ValueError,
                        "a redirect leads to a URL that is too long for this call");
        return -1;
    }
    return 0;
}

/* The address is read before the answer is, and by nothing later. */
static PyObject *fetch_answer(PyObject *self, PyObject *args) {
    cors_response response = {0};
    PyObject *pairs;
    const char *address = NULL;
    Py_ssize_t size = 0;
    long long now;
    if (!PyArg_ParseTuple(args, "iOz#L", &response.status, &pairs, &address, &size, &now)) {
        return NULL;
    }
    if (response.status < 100 || response.status > 999) {
        return PyErr_Format(PyExc_ValueError, "%d is no status: it must be from 100 to 999",
                            response.status);
    }
    response.address = (cors_slice){address == NULL ? "" : address, (size_t)size};
    if (hand_in((struct page_fetch *)self, &response, pairs, now) != 0) {
        return NULL;
    }
    Py_RETURN_NONE;
}

static PyObject *fetch_fail(PyObject *self, PyObject *unused) {
    (void)unused;
    struct page_fetch *fetch = (struct page_fetch *)self;
    if (want_running(fetch) != 0) {
        return NULL;
    }
    cors_fetch_fail(fetch->fetch);
    fetch->answered++;
    Py_RETURN_NONE;
}

static PyObject *fetch_outcome(PyObject *self, PyObject *unused) {
    (void)unused;
    const struct page_fetch *fetch = (const struct page_fetch *)self;
    if (!is_done(fetch)) {
        PyErr_SetString(PyExc_RuntimeError, "the call is not done: answer what it sends first");
        return NULL;
    }
    return page_fetch_outcome(fetch);
}

static PyObject *fetch_exposes(PyObject *self, PyObject *args) {
    const char *name;
    Py_ssize_t size;
    if (!PyArg_ParseTuple(args, "y#", &name, &size)) {
        return NULL;
    }
    const struct page_fetch *fetch = (const struct page_fetch *)self;
    cors_slice header = {name, (size_t)size};
    return PyBool_FromLong(is_done(fetch) && cors_fetch_exposes(fetch->fetch, header));
}

static PyMethodDef fetch_methods[] = {
    {"request", fetch_request, METH_NOARGS, "What to send now."},
    {"answer", fetch_answer, METH_VARARGS, "Hands in status, lines, address and time."},
    {"fail", fetch_fail, METH_NOARGS, "Says that there was no answer."},
    {"outcome", fetch_outcome, METH_NOARGS, "How the call ended."},
    {"exposes", fetch_exposes, METH_VARARGS, "Whether script can read a header."},
    {NULL, NULL, 0, NULL},
};

static PyGetSetDef fetch_getters[] = {
    {"done", fetch_done, NULL, "Whether nothing is left to send.", NULL},
    {NULL, NULL, NULL, NULL, NULL},
};

static PyType_Slot fetch_slots[] = {
    {Py_tp_doc, "A call in progress, without I/O."},
    {Py_tp_new, __extension__(void *) fetch_new},
    {Py_tp_dealloc, __extension__(void *) fetch_free},
    {Py_tp_methods, fetch_methods},
    {Py_tp_getset, fetch_getters},
    {0, NULL},
};

static PyType_Spec fetch_spec = {
    .name = "libcors._engine.PageFetch",
    .basicsize = sizeof(struct page_fetch),
    .flags = Py_TPFLAGS_DEFAULT,
    .slots = fetch_slots,
};

static PyMethodDef functions[] = {
    {"create_page_browser", browser_create, METH_VARARGS, "What calls of one browser share."},
    {NULL, NULL, 0, NULL},
};

int python_page_register(PyObject *module) {
    PyObject *type = PyType_FromSpec(&fetch_spec);
    if (type == NULL) {
        return -1;
    }
    int failed = PyModule_AddObjectRef(module, "PageFetch", type);
    Py_DECREF(type);
    return failed != 0 ? -1 : PyModule_AddFunctions(module, functions);
}
