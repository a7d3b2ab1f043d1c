// SPDX-License-Identifier: MIT
// Every state of the rooms without a mouse: Tab comes to all there is, one sees where it is, and
// it comes out at the end.
import assert from 'node:assert/strict';
import {walkByTab} from './keyboard_walk.js';
import {states} from './room_states.js';
import {isOfTrials} from './visitor.js';

function walks(state) {
    return async (visit) => {
        visit.expects = isOfTrials;
        const page = await visit.open(state.hash);
        await state.act?.(page);
        const {missed, unseen, ended} = await walkByTab(page);
        assert.ok(ended, 'Tab never came out of the page');
        assert.deepEqual({missed, unseen}, {missed: [], unseen: []});
    };
}

export const checks = {
    ...Object.fromEntries(states.map((state) => [`Tab goes through ${state.name}`, walks(state)])),
};
