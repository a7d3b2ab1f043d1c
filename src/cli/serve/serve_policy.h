/* SPDX-License-Identifier: MIT */
/*
 * The policy of a gateway on its way into force: read, compiled, written to where nginx has it
 * from, and taken by all workers.
 */
#ifndef CORS_SERVE_POLICY_H
#define CORS_SERVE_POLICY_H

#include <cors/policy.h>
#include <stdbool.h>
#include <stdint.h>

struct serve_gateway;

/*
 * Reads the policy and prints its problems; without an error it becomes the gateway's. Returns an
 * exit code: EXIT_FINE, EXIT_USAGE for a bad policy, EXIT_FAILED without memory.
 */
int serve_policy_load(struct serve_gateway *gateway);

/*
 * Writes a policy to the gateway's folder, where a running nginx notices it. Says what is wrong and
 * returns false on failure.
 */
bool serve_policy_write(const struct serve_gateway *gateway, const cors_policy *policy);

/* Says in a line which policy it is, behind `what`. */
void serve_policy_say(const struct serve_gateway *gateway, const char *what);

/*
 * Reads the policy again and puts it into force; one with an error changes nothing.
 *
 * reload  nginx is to read all of its configuration again, too.
 * now     in milliseconds.
 */
void serve_policy_renew(struct serve_gateway *gateway, bool reload, int64_t now);

/* To be called when nginx says that all workers use the policy with this checksum. */
void serve_policy_in_force(struct serve_gateway *gateway, uint64_t checksum);

/* Has nginx read its configuration again, if that is wanted. */
void serve_policy_reload_nginx(struct serve_gateway *gateway);

#endif
