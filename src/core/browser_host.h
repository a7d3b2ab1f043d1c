/* SPDX-License-Identifier: MIT */
/* Hosts of URLs. URL Standard, section 3.5 "Host parsing". */
#ifndef CORS_CORE_BROWSER_HOST_H
#define CORS_CORE_BROWSER_HOST_H

#include "browser_url.h"

/*
 * Adds the host to the text as browsers write it: decoded, in lower case and ASCII, addresses in
 * their one form. Returns false if it is no host.
 */
bool cors_host_write(struct memory_text *text, const struct label_converter *converter,
                     cors_slice host);

/* The value of an IPv4 address as browsers write it; false for any other host. */
bool cors_host_read_ipv4(cors_slice host, uint32_t *address);

#endif
