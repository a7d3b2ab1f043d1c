// SPDX-License-Identifier: MIT
/**
 * The ASCII form of a host label in Unicode. The URL parser of this very host maps and encodes
 * it; which characters a name may then have is that of registries (IDNA 2008, RFC 5891 to 5893),
 * stricter than what URLs take.
 */

/** The longest label of DNS. */
const LABEL_MAX = 63;

/** What would end the host, or vanish from it, and is in no domain. */
// eslint-disable-next-line no-control-regex
const NO_DOMAIN = /[\u0000-\u0020"#%/:<>?@[\\\]^`{|}\u007F]/;

/**
 * RFC 5892: letters, digits and marks, and what is allowed beside them or in some places. An
 * underscore does no harm.
 */
const ALLOWED = new RegExp('^[-\\p{Ll}\\p{Lo}\\p{Lm}\\p{Mn}\\p{Mc}\\p{Nd}\\u06FD\\u06FE\\u0F0B' +
    '\\u3007\\u00B7\\u0375\\u05F3\\u05F4\\u30FB\\u200C\\u200D\\u13A0-\\u13F5_]+$', 'u');

/** The same document's exceptions: old Hangul, musical signs, marks for symbols, fillers. */
const DISALLOWED = new RegExp('[\\u0640\\u07FA\\u302E\\u302F\\u3031-\\u3035\\u303B' +
    '\\u1100-\\u11FF\\uA960-\\uA97C\\uD7B0-\\uD7FB\\u20D0-\\u20FF\\u{1D100}-\\u{1D24F}' +
    '\\u034F\\u115F\\u1160\\u17B4\\u17B5\\u180B-\\u180F\\u3164\\uFE00-\\uFE0F\\uFFA0' +
    '\\u{E0000}-\\u{E0FFF}]', 'u');

/** What vanishes from a name: soft hyphens, joiners of words, selectors of glyphs (UTS 46). */
const IGNORED = /[\u00AD\u034F\u180B-\u180D\u180F\u200B\u2060\u2064\uFE00-\uFE0F\uFEFF]/g;

const MARK_FIRST = /^\p{M}/u;
const HYPHENS = /^-|-$|^..--/u;

/** RFC 5893: characters by the direction in which they are written. */
const RIGHT_TO_LEFT = '\\u05BE\\u05C0\\u05C3\\u05C6\\u05D0-\\u05FF\\u0608\\u060B\\u060D' +
    '\\u061B-\\u064A\\u066D-\\u066F\\u0671-\\u06D5\\u06E5\\u06E6\\u06EE\\u06EF\\u06FA-\\u0710' +
    '\\u0712-\\u072F\\u074D-\\u07A5\\u07B1-\\u07EA\\u07F4\\u07F5\\u07FA-\\u0815\\u081A\\u0824' +
    '\\u0828\\u0830-\\u0858\\u085C-\\u08D2\\uFB1D\\uFB1F-\\uFD3D\\uFD50-\\uFDFC\\uFE70-\\uFEFE' +
    '\\u{10800}-\\u{10A00}\\u{10A10}-\\u{10A37}\\u{10A40}-\\u{10AE4}\\u{10AEB}-\\u{10B38}' +
    '\\u{10B40}-\\u{10D23}\\u{10E80}-\\u{10EAA}\\u{10EAD}-\\u{10F45}\\u{10F51}-\\u{10FFF}' +
    '\\u{1E800}-\\u{1E8CF}\\u{1E8D7}-\\u{1E943}\\u{1E94B}-\\u{1EFFF}';
const ARABIC_DIGIT = '\\u0600-\\u0605\\u0660-\\u0669\\u066B\\u066C\\u06DD\\u08E2' +
    '\\u{10D30}-\\u{10D39}\\u{10E60}-\\u{10E7E}';
const DIGIT = '0-9\\u06F0-\\u06F9';
const NEUTRAL = '-\\p{Mn}\\u02B9\\u02BA\\u02C2-\\u02CF\\u02D2-\\u02DF\\u02EC\\u0375\\u30FB' +
    '\\u200C\\uA788';
const TO_LEFT = new RegExp(`[${RIGHT_TO_LEFT}${ARABIC_DIGIT}]`, 'u');
const SOUND_TO_LEFT = new RegExp(`^[${RIGHT_TO_LEFT}]` +
    `(?:[${RIGHT_TO_LEFT}${ARABIC_DIGIT}${DIGIT}${NEUTRAL}]*` +
    `[${RIGHT_TO_LEFT}${ARABIC_DIGIT}${DIGIT}])?\\p{Mn}*$`, 'u');

/** RFC 3492, section 5. */
const PUNYCODE = {base: 36, least: 1, most: 26, skew: 38, damp: 700, bias: 72, first: 0x80};

/**
 * @param {number} delta
 * @param {number} count
 * @param {boolean} first
 */
function adapt(delta, count, first) {
    const {base, least, most, skew, damp} = PUNYCODE;
    let left = Math.floor(delta / (first ? damp : 2));
    left += Math.floor(left / count);
    let bias = 0;
    for (; left > Math.floor((base - least) * most / 2); bias += base) {
        left = Math.floor(left / (base - least));
    }
    return bias + Math.floor((base - least + 1) * left / (left + skew));
}

/**
 * What the URL parser encoded.
 * @param {string} encoded without xn--
 * @returns {string}
 */
function decodePunycode(encoded) {
    const {base, least, most, first} = PUNYCODE;
    const dash = encoded.lastIndexOf('-');
    const points = [...encoded.slice(0, Math.max(dash, 0))];
    let {bias} = PUNYCODE;
    let point = first;
    for (let at = dash + 1, place = 0; at < encoded.length; place++) {
        const before = place;
        let size = 1;
        for (let step = base; ; step += base) {
            const digit = parseInt(encoded[at++], base);
            // Letters stand for 0 to 25, digits for 26 to 35.
            const value = digit < 10 ? digit + 26 : digit - 10;
            const threshold = Math.min(Math.max(step - bias, least), most);
            place += value * size;
            if (value < threshold || at >= encoded.length) {
                break;
            }
            size *= base - threshold;
        }
        const count = points.length + 1;
        bias = adapt(place - before, count, before === 0);
        point += Math.floor(place / count);
        place %= count;
        points.splice(place, 0, String.fromCodePoint(point));
    }
    return points.join('');
}

/** Whether letters of both directions stand in a sound order. @param {string} label */
function isWrittenSoundly(label) {
    return !TO_LEFT.test(label) || SOUND_TO_LEFT.test(label);
}

/**
 * Whether a registry could have a label.
 * @param {string} ascii
 */
function isRegistrable(ascii) {
    const encoded = ascii.startsWith('xn--');
    const label = encoded ? decodePunycode(ascii.slice(4)) : ascii;
    // eslint-disable-next-line no-control-regex
    const needed = !encoded || /[^\u0000-\u007F]/.test(label);
    return needed && ascii.length <= LABEL_MAX && !HYPHENS.test(label) &&
        !MARK_FIRST.test(label) && ALLOWED.test(label) && !DISALLOWED.test(label) &&
        isWrittenSoundly(label);
}

/**
 * What another way to write ASCII stands for, such as full-width letters; null: it is none. That
 * may be no host, as the engine then says.
 * @param {string} label
 */
function plainForm(label) {
    const plain = label.replace(IGNORED, '').normalize('NFKC').toLowerCase();
    // eslint-disable-next-line no-control-regex
    const ascii = /^[\u0000-\u002D\u002F-\u007F]{1,63}$/.test(plain) &&
        /[^\u0000-\u007F]/.test(label);
    return ascii && !plain.startsWith('xn--') && !HYPHENS.test(plain) ? plain : null;
}

/**
 * The ASCII form of a label, or null where it has none.
 * @param {string} label
 * @returns {string | null}
 */
export function toAscii(label) {
    const plain = plainForm(label);
    if (plain !== null) {
        return plain;
    }
    if (NO_DOMAIN.test(label)) {
        return null;
    }
    try {
        // The label behind it keeps a number from being read as an address.
        const host = new URL(`http://${label}.x/`).hostname;
        const ascii = host.slice(0, -2);
        const sound = ascii.split('.').every((part) => part === '' || isRegistrable(part));
        return host.endsWith('.x') && ascii !== '' && sound ? ascii : null;
    } catch {
        return null;
    }
}
