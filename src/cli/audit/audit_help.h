/* SPDX-License-Identifier: MIT */
#ifndef CORS_CLI_AUDIT_HELP_H
#define CORS_CLI_AUDIT_HELP_H

/* Prints what `cors audit --help` says. */
void audit_help_print(void);

#endif
