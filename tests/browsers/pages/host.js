// SPDX-License-Identifier: MIT
// Tells the origin that this page has, and whether it may read what a server lets its Origin read.
'use strict';

const about = new URLSearchParams(location.search);

async function reads() {
    try {
        const answer = await fetch(about.get('server') + '/@private?' + about,
            {credentials: 'include'});
        return await answer.text() === 'private';
    } catch {
        return false;
    }
}

await fetch('/@arrived?' + about, {
    method: 'POST', body: JSON.stringify({origin: location.origin, reads: await reads()}),
});
