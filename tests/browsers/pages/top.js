// SPDX-License-Identifier: MIT
// Deals the scenarios out to lanes, frames that each run one at a time, and reports how they ended.
'use strict';

const jobs = await (await fetch('/@jobs')).json();

// How a lane's document comes by its origin: the page's own, or an opaque one.
const opened = {
    page: (frame) => { frame.src = '/'; },
    sandbox: (frame) => { frame.sandbox = 'allow-scripts'; frame.src = '/'; },
    data: async (frame) => {
        const script = await (await fetch('/@lane.js')).text();
        frame.src = 'data:text/html;charset=utf-8,' +
            encodeURIComponent(`<!doctype html><script>${script}</script>`);
    },
};

async function openLane() {
    const frame = document.createElement('iframe');
    const [ready] = await Promise.all([
        new Promise((done) => {
            addEventListener('message', function hear(event) {
                if (event.source === frame.contentWindow && event.data === 'ready') {
                    removeEventListener('message', hear);
                    done(frame);
                }
            });
        }),
        (async () => {
            await opened[jobs.frame](frame);
            document.body.append(frame);
        })(),
    ]);
    return ready;
}

function run(frame, scenario) {
    return new Promise((done) => {
        const channel = new MessageChannel();
        channel.port1.onmessage = (event) => {
            channel.port1.close();
            done(event.data);
        };
        frame.contentWindow.postMessage(scenario, '*', [channel.port2]);
    });
}

async function runLane(waiting) {
    const frame = await openLane();
    while (waiting.length > 0) {
        const scenario = waiting.shift();
        const fetches = await run(frame, scenario);
        await fetch('/@report', {
            method: 'POST', body: JSON.stringify({id: scenario.id, fetches}),
        });
    }
}

const waiting = [...jobs.scenarios];
await Promise.all(Array.from({length: jobs.lanes}, () => runLane(waiting)));
await fetch('/@finished');
