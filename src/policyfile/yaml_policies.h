/* SPDX-License-Identifier: MIT */
/* The shape of a policy file: which values stand where. */
#ifndef CORS_POLICYFILE_YAML_POLICIES_H
#define CORS_POLICYFILE_YAML_POLICIES_H

#include "origin_sources.h"
#include "yaml_events.h"

/*
 * Hands every value of the file to the builder, and reports what has not the shape of a policy
 * file. `sources` reads what the file names, and keeps the texts that the builder borrows.
 */
void yaml_policies_read(struct yaml_events *events, struct origin_sources *sources);

#endif
