/* SPDX-License-Identifier: MIT */
/* The module libcors._engine. */
#include "python_judgement.h"
#include "python_page.h"
#include "python_policy.h"
#include "python_state.h"
#include "python_words.h"

static PyMethodDef functions[] = {
    {"load_policy", PYTHON_METHOD(python_policy_load), METH_VARARGS | METH_KEYWORDS, NULL},
    {"parse_policy", PYTHON_METHOD(python_policy_parse), METH_VARARGS | METH_KEYWORDS, NULL},
    {"judge", PYTHON_METHOD(python_judge), METH_FASTCALL, NULL},
    {"is_owned", python_is_owned, METH_O, NULL},
    {"vary_covers", python_vary_covers, METH_VARARGS, NULL},
    {"is_public_suffix", python_is_public_suffix, METH_O, NULL},
    {"parse_origin", python_parse_origin, METH_O, NULL},
    {"is_loopback", python_is_loopback, METH_O, NULL},
    {"nearest_name", python_nearest_name, METH_VARARGS, NULL},
    {"read_regex", PYTHON_METHOD(python_read_regex), METH_VARARGS | METH_KEYWORDS, NULL},
    {NULL, NULL, 0, NULL},
};

static int names_fill(struct python_state *state) {
    for (int i = 0; i < PYTHON_KIND_COUNT; i++) {
        state->kinds[i] = PyUnicode_InternFromString(cors_kind_name((cors_kind)i));
        if (state->kinds[i] == NULL) {
            return -1;
        }
    }
    for (int i = 0; i < PYTHON_REASON_COUNT; i++) {
        state->reasons[i] = PyUnicode_InternFromString(cors_reason_name((cors_reason)i));
        if (state->reasons[i] == NULL) {
            return -1;
        }
    }
    return 0;
}

static int module_fill(PyObject *module) {
    if (names_fill(PyModule_GetState(module)) != 0 || python_tables_register(module) != 0 ||
        python_policy_register(module) != 0 || python_judgement_register(module) != 0) {
        return -1;
    }
    return python_page_register(module);
}

static int module_visit(PyObject *module, visitproc visit, void *arg) {
    const struct python_state *state = PyModule_GetState(module);
    Py_VISIT(state->policy_type);
    Py_VISIT(state->judgement_type);
    return 0;
}

static int module_clear(PyObject *module) {
    struct python_state *state = PyModule_GetState(module);
    Py_CLEAR(state->policy_type);
    Py_CLEAR(state->judgement_type);
    for (int i = 0; i < PYTHON_KIND_COUNT; i++) {
        Py_CLEAR(state->kinds[i]);
    }
    for (int i = 0; i < PYTHON_REASON_COUNT; i++) {
        Py_CLEAR(state->reasons[i]);
    }
    return 0;
}

static void module_free(void *module) {
    (void)module_clear(module);
}

static PyModuleDef_Slot slots[] = {
    {Py_mod_exec, PYTHON_SLOT(module_fill)},
    {0, NULL},
};

static PyModuleDef definition = {
    PyModuleDef_HEAD_INIT,
    .m_name = "libcors._engine",
    .m_size = sizeof(struct python_state),
    .m_methods = functions,
    .m_slots = slots,
    .m_traverse = module_visit,
    .m_clear = module_clear,
    .m_free = module_free,
};

PyMODINIT_FUNC PyInit__engine(void);
PyMODINIT_FUNC PyInit__engine(void) {
    return PyModuleDef_Init(&definition);
}
