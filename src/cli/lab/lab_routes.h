/* SPDX-License-Identifier: MIT */
/* Which part of the lab answers what. */
#ifndef CORS_LAB_ROUTES_H
#define CORS_LAB_ROUTES_H

#include <microhttpd.h>
#include <stdbool.h>

struct lab;
struct lab_request;

/*
 * Looks at a request whose head has come, and at no line of its body.
 *
 * refused  out: whether it was answered already.
 * Returns what libmicrohttpd is to be told.
 */
enum MHD_Result lab_routes_begin(struct lab_request *request, bool *refused);

/* Answers a request that has come whole. */
enum MHD_Result lab_routes_answer(const struct lab *lab, struct lab_request *request);

#endif
