// SPDX-License-Identifier: MIT
// Takes the pictures of the rooms for the documentation, into the folder given.
import {join} from 'node:path';
import {states} from './room_states.js';
import {Visitor} from './visitor.js';

const DESK = {width: 1600, height: 1000};
const PHONE = {width: 390, height: 844};

/** What is pictured: the file's name, the state, and how. */
const pictures = [
    {file: 'lab-exchange', state: 'exchange', size: DESK, scheme: 'light'},
    {file: 'lab-explain', state: 'explain a message', size: DESK, scheme: 'light'},
    {file: 'lab-policy', state: 'policy with findings', size: DESK, scheme: 'light'},
    {file: 'lab-real', state: 'real', size: DESK, scheme: 'light'},
    {file: 'lab-real-batch', state: 'real, a batch', size: DESK, scheme: 'light',
        hash: '#/real?batch=200&seed=20'},
    {file: 'lab-learn', state: 'learn', size: DESK, scheme: 'light'},
    {file: 'lab-exchange-dark', state: 'exchange', size: DESK, scheme: 'dark'},
    {file: 'lab-exchange-phone', state: 'exchange', size: PHONE, scheme: 'light', scale: 2},
];

const [folder] = process.argv.slice(2);
const visitor = await Visitor.start();
try {
    for (const {file, state: name, size, scheme, hash, scale} of pictures) {
        const state = states.find((each) => each.name === name);
        const visit = visitor.visit();
        const page = await visit.open(hash ?? state.hash, {...size, scheme, scale});
        await state.act?.(page);
        await page.screenshot({path: join(folder, `${file}.png`)});
        await visit.end();
    }
} finally {
    await visitor.end();
}
