/* SPDX-License-Identifier: MIT */
/* judge(): one call for a request. */
#include "python_bytes.h"
#include "python_judgement.h"
#include "python_policy.h"

/* Targets up to this size are read on the stack; servers take some 8 KiB. */
enum { TARGET_ON_STACK = 2048 };

/* What judge() is handed. The slices live as long as the arguments and `kept`. */
struct asked {
    const cors_policy *policy;
    cors_slice method;
    cors_slice target;
    cors_slice own_origin;
    cors_verdict verdict;
    bool has_own_origin;
    PyObject *lines; /* a tuple */
    struct python_kept kept;
};

static int read_verdict(PyObject *object, cors_verdict *verdict) {
    if (object == Py_True || object == Py_False) {
        *verdict = object == Py_True ? CORS_VERDICT_ALLOWED : CORS_VERDICT_DENIED;
        return 0;
    }
    if (object != Py_None) {
        PyErr_SetString(PyExc_TypeError, "The verdict must be True, False or None.");
        return -1;
    }
    return 0;
}

static int read_own_origin(PyObject *object, struct asked *asked) {
    asked->has_own_origin = object != Py_None;
    return asked->has_own_origin
               ? python_slice_read(object, "own_origin", &asked->kept, &asked->own_origin)
               : 0;
}

/* A tuple, so that nobody changes it meanwhile; it is released with the rest. */
static int read_lines(PyObject *object, struct asked *asked) {
    asked->lines = PySequence_Tuple(object);
    return asked->lines == NULL ? -1 : python_kept_add(&asked->kept, asked->lines);
}

static int read_arguments(PyObject *module, PyObject *const *arguments, Py_ssize_t count,
                          struct asked *asked) {
    if (count < 4 || count > 6) {
        PyErr_SetString(PyExc_TypeError, "judge() takes a policy, method, target and field lines, "
                                         "and may take a verdict and own_origin.");
        return -1;
    }
    if (python_policy_read(module, arguments[0], &asked->policy) != 0 ||
        python_slice_read(arguments[1], "The method", &asked->kept, &asked->method) != 0 ||
        python_slice_read(arguments[2], "The target", &asked->kept, &asked->target) != 0 ||
        read_lines(arguments[3], asked) != 0) {
        return -1;
    }
    if (count > 4 && read_verdict(arguments[4], &asked->verdict) != 0) {
        return -1;
    }
    return count > 5 ? read_own_origin(arguments[5], asked) : 0;
}

static int add_lines(cors_request *request, struct asked *asked) {
    Py_ssize_t count = PyTuple_Size(asked->lines);
    for (Py_ssize_t i = 0; i < count; i++) {
        cors_slice name;
        cors_slice value;
        if (python_line_read(PyTuple_GetItem(asked->lines, i), &asked->kept, &name, &value) != 0) {
            return -1;
        }
        cors_request_add_header(request, name, value);
    }
    return 0;
}

static bool is_ambiguous(const struct asked *asked, char *scratch) {
    return asked->policy != NULL && !cors_target_is_plain(asked->target) &&
           cors_target_is_ambiguous(asked->policy, asked->target, scratch);
}

/* `buffer` has as many bytes as the target. */
static PyObject *judge(PyObject *module, struct asked *asked, char *buffer) {
    cors_request request;
    cors_decision decision;
    bool ambiguous = is_ambiguous(asked, buffer);
    cors_slice path = cors_target_path(asked->target, buffer);
    cors_request_begin(&request, asked->policy, asked->method, path);
    if (asked->has_own_origin) {
        cors_request_set_own_origin(&request, asked->own_origin);
    }
    cors_request_set_origin_verdict(&request, asked->verdict);
    if (add_lines(&request, asked) != 0) {
        return NULL;
    }
    cors_decide(&request, &decision);
    return python_judgement_make(module, &decision, ambiguous);
}

static PyObject *judge_with_buffer(PyObject *module, struct asked *asked) {
    char near[TARGET_ON_STACK];
    if (asked->target.size <= sizeof near) {
        return judge(module, asked, near);
    }
    char *buffer = PyMem_Malloc(asked->target.size);
    if (buffer == NULL) {
        return PyErr_NoMemory();
    }
    PyObject *judgement = judge(module, asked, buffer);
    PyMem_Free(buffer);
    return judgement;
}

PyObject *python_judge(PyObject *module, PyObject *const *arguments, Py_ssize_t count) {
    struct asked asked = {.verdict = CORS_VERDICT_NONE};
    PyObject *judgement = NULL;
    if (read_arguments(module, arguments, count, &asked) == 0) {
        judgement = judge_with_buffer(module, &asked);
    }
    python_kept_release(&asked.kept);
    return judgement;
}
