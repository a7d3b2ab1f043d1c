/* SPDX-License-Identifier: MIT */
/* Requests to scripted origins, and the log of them. */
#ifndef CORS_LAB_RUN_H
#define CORS_LAB_RUN_H

#include <microhttpd.h>

#include "lab.h"
#include "lab_request.h"

/*
 * Answers as the script says.
 *
 * rest  of the path: "ID/...".
 * Returns MHD_NO, which closes the connection, where nothing is scripted.
 */
enum MHD_Result lab_run_answer(const struct lab *lab, const struct lab_request *request,
                               cors_slice rest);

/* Puts down the script in the request's body. */
enum MHD_Result lab_run_put(const struct lab *lab, const struct lab_request *request,
                            cors_slice id);

enum MHD_Result lab_run_forget(const struct lab *lab, const struct lab_request *request,
                               cors_slice id);

/* Shows what reached the script's URLs. */
enum MHD_Result lab_run_log(const struct lab *lab, const struct lab_request *request,
                            cors_slice id);

#endif
