// SPDX-License-Identifier: MIT
/** What tsc must refuse. */

import {cors, createBrowser, expectBlocked, fromOptions, withCors} from 'libcors';

cors(); // wrong
cors({allow_origin: ['https://app.example']}); // wrong
cors({allow_origins: ['https://app.example'], preflight_status: 201}); // wrong
cors('cors.yaml', {enforce: 'on'}); // wrong
cors.fromOptions({origin: 7}); // wrong
fromOptions({origins: 'https://app.example'}); // wrong
fromOptions((request, callback) => callback(null, {origin: request.orgin})); // wrong
fromOptions((request: {shop: string}) => ({origin: request.shop})); // wrong
createBrowser({}); // wrong
createBrowser({origin: 'null', browser: 'netscape'}); // wrong
expectBlocked(createBrowser({origin: 'null'}).fetch('http://api.example/'), 7); // wrong
withCors(() => 'text', 'cors.yaml'); // wrong
cors('cors.yaml', {enforce: 'off'}).close();
