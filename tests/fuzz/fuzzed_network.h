/* SPDX-License-Identifier: MIT */
/*
 * A network of hostile servers within this process: every name has an address, and whoever connects
 * anywhere is sent the next text and then the end of the connection, whatever was asked. libcurl is
 * none the wiser: the C library's own functions to resolve, open and connect are replaced for the
 * whole program.
 */
#ifndef CORS_TESTS_FUZZED_NETWORK_H
#define CORS_TESTS_FUZZED_NETWORK_H

#include <cors/types.h>

/*
 * What the next connections are sent, in this order; later ones are refused. Ends what is left of
 * earlier connections.
 *
 * texts  borrowed until the next call.
 */
void fuzzed_network_serve(const cors_slice *texts, size_t count);

#endif
