// SPDX-License-Identifier: MIT
// Tells what URL() makes of each URL: its origin, host name and user name, or null where it refuses it.
'use strict';

function parse(text) {
    try {
        const url = new URL(text);
        return {origin: url.origin, host: url.hostname, user: url.username};
    } catch {
        return null;
    }
}

const urls = await (await fetch('/@urls')).json();
await fetch('/@parsed', {method: 'POST', body: JSON.stringify(urls.map(parse))});
