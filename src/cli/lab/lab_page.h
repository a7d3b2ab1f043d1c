/* SPDX-License-Identifier: MIT */
/* The files of the page. */
#ifndef CORS_LAB_PAGE_H
#define CORS_LAB_PAGE_H

#include <cors/types.h>
#include <microhttpd.h>

struct lab;
struct lab_request;

/*
 * Finds the folder of the page: the one given, else that beside this command, else the installed
 * one. Returns its absolute path, to be freed; or NULL, after saying what is missing.
 */
char *lab_page_find(const char *given);

/* Answers with a file of the page's folder, by the request's path. */
enum MHD_Result lab_page_answer(const struct lab *lab, const struct lab_request *request);

/* Answers with a file of its folder `frame`: what pages of other origins put into frames. */
enum MHD_Result lab_page_frame(const struct lab *lab, const struct lab_request *request,
                               const char *name);

#endif
