/* SPDX-License-Identifier: MIT */
/* The lab's own answers: sentences, JSON, nothing. */
#ifndef CORS_LAB_ANSWER_H
#define CORS_LAB_ANSWER_H

#include <jansson.h>
#include <microhttpd.h>

struct lab_request;

/* Adds a field line. */
void lab_answer_line(struct MHD_Response *response, const char *name, const char *value);

/* Sends a response and gives it back; MHD_NO, which closes the connection, where it is NULL. */
enum MHD_Result lab_answer_send(const struct lab_request *request, unsigned status,
                                struct MHD_Response *response);

/* A sentence for people. */
enum MHD_Result lab_answer_text(const struct lab_request *request, unsigned status,
                                const char *sentence);

/* 405, with the methods that there are: "GET, HEAD". */
enum MHD_Result lab_answer_no_method(const struct lab_request *request, const char *methods);

/* Takes the value over; MHD_NO where that is NULL. */
enum MHD_Result lab_answer_json(const struct lab_request *request, unsigned status, json_t *value);

/* 204. */
enum MHD_Result lab_answer_nothing(const struct lab_request *request);

#endif
