/* SPDX-License-Identifier: MIT */
/* IP addresses in the one form that browsers write. URL Standard, section 3.5 "Host parsing". */
#ifndef CORS_CORE_ORIGIN_ADDRESS_H
#define CORS_CORE_ORIGIN_ADDRESS_H

#include "bytes.h"

/* "[", 39 digits and colons, "]" */
enum { ADDRESS_TEXT_MAX = 48 };

/*
 * Writes the IPv6 address in brackets in its shortest form.
 *
 * host    with brackets, hexadecimal digits in lower case.
 * buffer  ADDRESS_TEXT_MAX bytes.
 * Returns the text in `buffer`, empty where the host is no IPv6 address.
 */
cors_slice cors_ipv6_shorten(cors_slice host, char *buffer);

/*
 * Whether browsers take a host name for an IPv4 address: its last label is a number.
 */
bool cors_host_is_numeric(cors_slice host);

/* Whether a host is an IPv4 address as browsers write it: four numbers up to 255. */
bool cors_ipv4_is_canonical(cors_slice host);

#endif
