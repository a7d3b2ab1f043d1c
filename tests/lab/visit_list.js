// SPDX-License-Identifier: MIT
// The files of visits. Each exports `checks`: a function for each name.

/**
 * @param {string} file the name, without `_visits.js`
 * @returns {Promise<Record<string, (visit: import('./visitor.js').Visit) => Promise<void>>>}
 */
export async function visitChecks(file) {
    const {checks} = await import(`./${file}_visits.js`);
    return checks;
}
