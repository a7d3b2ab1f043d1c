// SPDX-License-Identifier: MIT
/** Policies out of the events of a YAML file: every value to the builder, at its place. */

/** @typedef {import('./libcors.js').PolicyBuilder} PolicyBuilder */
/** @typedef {import('./libcors.js').Position} Position */
/** @typedef {import('./policy_sources.js').PolicySources} PolicySources */
/** @typedef {import('./yaml_document.js').YamlEvent} YamlEvent */
/** @typedef {import('./policy_events.js').PolicyEvents} PolicyEvents */

/** Keys that take one value; the others take a list. */
const ONE_VALUE = ['path', 'allow_credentials', 'max_age', 'preflight_status'];

const TRUE_WORDS = ['true', 'yes', 'on', 'y', '1'];
const FALSE_WORDS = ['false', 'no', 'off', 'n', '0'];

/** The bytes of a suggested list at most. */
const LIST_SIZE_MAX = 127;

/**
 * What a mapping in a list of origins says: the value of origin, from_env or from_file, and which
 * of them ('' is none yet).
 * @typedef {object} OriginMapping
 * @property {string} source
 * @property {string} sourceKey
 * @property {Position} position
 * @property {string} environment
 * @property {boolean} faulty
 */

/** A scalar without quotes and without text is no value. @param {YamlEvent} event */
function isMissing(event) {
    return event.type === 'scalar' && event.value === '' && event.plain;
}

/** @param {YamlEvent} event */
function isValue(event) {
    return event.type === 'scalar' && !isMissing(event);
}

/** A text as messages repeat it: up to a NUL. @param {string} text */
function shown(text) {
    return text.split('\0', 1)[0];
}

/** What another word for a boolean means. @param {string} value */
function suggestBoolean(value) {
    const word = value.toLowerCase();
    if (TRUE_WORDS.includes(word)) {
        return 'true';
    }
    return FALSE_WORDS.includes(word) ? 'false' : undefined;
}

/**
 * Whether a text can stand in a list of YAML without quotes, as origins and names mostly can, and
 * several of them with something between their commas. A *, - or : would mean something else where
 * an item begins, and a : where one ends.
 *
 * @param {string} text
 */
function isPlainList(text) {
    return /^[A-Za-z0-9/._~+*:, -]+$/.test(text) &&
        !/(^|[, ])[*:-]|:($|[, ])|(^|,) *(,|$)/.test(text);
}

/**
 * A list of one value, as it could be written; undefined where it is too long or would need
 * escapes.
 *
 * @param {string} value
 */
function suggestList(value) {
    const quote = isPlainList(value) ? '' : '"';
    const list = `[${quote}${value}${quote}]`;
    const size = new TextEncoder().encode(list).length;
    return size > LIST_SIZE_MAX || /[\0-\x1f\x7f-\x9f"\\]/.test(value) ? undefined : list;
}

export class PolicyReader {
    /**
     * @param {PolicyEvents} events
     * @param {PolicyBuilder} builder
     * @param {PolicySources} sources
     */
    constructor(events, builder, sources) {
        this.events = events;
        this.builder = builder;
        this.sources = sources;
    }

    /** Reads the whole file. */
    read() {
        const {events} = this;
        let event = events.next();
        if (event?.type === 'document-start') {
            event = events.next();
        }
        if (event?.type === 'mapping-start') {
            this.#readRoot();
        } else {
            this.#reportNoRoot(event);
        }
        this.#readEnd();
        if (events.broken) {
            this.builder.markIncomplete();
        }
    }

    /**
     * Reports a problem of the current event; `subject` stands in quotes before the message.
     * @param {string} rule
     * @param {string} subject
     * @param {string} message
     * @param {string} [suggestion]
     */
    #report(rule, subject, message, suggestion) {
        const joined = subject === '' ? message : `"${shown(subject)}" ${message}`;
        this.events.report(rule, this.events.position(), joined, suggestion);
    }

    /**
     * @param {string} key
     * @param {string} message
     * @param {string} [suggestion]
     */
    #wrongType(key, message, suggestion) {
        this.#report('wrong-type', key, message, suggestion);
        this.events.skip();
    }

    /**
     * Reports a key, and passes over its value.
     * @param {string} rule
     * @param {string} key
     * @param {string} message
     * @param {string} [suggestion]
     */
    #reportAtKey(rule, key, message, suggestion) {
        this.#report(rule, key, message, suggestion);
        this.#skipValue();
    }

    #skipValue() {
        if (this.events.next() !== null) {
            this.events.skip();
        }
    }

    /**
     * Goes on to the next key of a mapping; null at its end, or where nothing more can be read.
     * A key that is no word, or a merge key, is reported and passed over with its value.
     * @returns {string | null}
     */
    #nextKey() {
        for (;;) {
            const event = this.events.next();
            if (event === null || event.type === 'mapping-end') {
                return null;
            }
            if (event.type === 'scalar' && !(event.value === '<<' && event.plain)) {
                return event.value;
            }
            if (event.type === 'scalar') {
                this.#reportAtKey('yaml-syntax', '',
                    'Policies do not have merge keys (<<): write the values themselves.');
            } else {
                this.#passComplexKey(event);
            }
        }
    }

    /** @param {YamlEvent} event */
    #passComplexKey(event) {
        if (event.type !== 'alias') { // An alias was reported as such.
            this.#wrongType('', 'A key is a word.');
        }
        this.#skipValue();
    }

    #readRoot() {
        const start = this.events.position();
        let seen = false;
        for (let key = this.#nextKey(); key !== null; key = this.#nextKey()) {
            if (key !== 'policies') {
                this.#reportRootKey(key);
            } else if (seen) {
                this.#reportAtKey('duplicate-key', key, 'stands here already.');
            } else {
                seen = true;
                this.#readPolicies();
            }
        }
        if (!seen && !this.events.broken) {
            this.events.report('wrong-type', start,
                'This file has no policies: it starts with the line "policies:".', 'policies:');
        }
    }

    /** @param {string} key */
    #reportRootKey(key) {
        if (this.builder.findKey(key).key !== 0) {
            this.#reportAtKey('unknown-key', key, 'belongs into a policy, below policies:.');
        } else {
            this.#reportAtKey('unknown-key', key,
                'is no key of a policy file, which has policies only.', 'policies');
        }
    }

    /** The current event is the key "policies". */
    #readPolicies() {
        const {events} = this;
        const event = events.next();
        if (event === null || event.type === 'alias') {
            return;
        }
        if (event.type !== 'sequence-start') {
            this.#wrongType('', 'policies is a list: each policy starts with a dash.');
            return;
        }
        const start = events.position();
        let count = 0;
        for (let item = events.next(); item?.type !== 'sequence-end'; item = events.next()) {
            if (item === null) {
                return;
            }
            this.#readPolicy(item);
            count++;
        }
        if (count === 0 && !events.broken) {
            events.report('wrong-type', start, 'This file has no policy; it needs one at least.');
        }
    }

    /** @param {YamlEvent} event an item of the list of policies */
    #readPolicy(event) {
        const {events, builder} = this;
        if (event.type === 'alias') {
            return;
        }
        if (event.type !== 'mapping-start') {
            this.#wrongType('', 'A policy is a mapping of keys such as allow_origins.');
            return;
        }
        const start = events.position();
        /** @type {Set<string>} */
        const seen = new Set();
        let begun = false;
        for (let key = this.#nextKey(); key !== null; key = this.#nextKey()) {
            if (!begun) {
                builder.beginPolicy(events.position());
                begun = true;
            }
            this.#readPolicyKey(key, seen);
        }
        if (!begun && !events.broken) {
            builder.beginPolicy(start);
        }
        if (begun && events.stopped) {
            builder.markIncomplete();
        }
    }

    /**
     * @param {string} name
     * @param {Set<string>} seen
     */
    #readPolicyKey(name, seen) {
        const {key, nearest} = this.builder.findKey(name);
        if (key === 0) {
            this.#reportAtKey('unknown-key', name, 'is no key of a policy.', nearest);
        } else if (seen.has(name)) {
            this.#reportAtKey('duplicate-key', name, 'stands in this policy already.');
        } else {
            seen.add(name);
            this.#readValue(name);
        }
    }

    /** @param {string} key */
    #readValue(key) {
        const event = this.events.next();
        if (event === null) {
            return;
        }
        if (ONE_VALUE.includes(key)) {
            this.#readOne(key, event);
        } else {
            this.#readList(key, event);
        }
    }

    /**
     * @param {string} key one that takes one value
     * @param {YamlEvent} event
     */
    #readOne(key, event) {
        if (event.type === 'alias') {
            return;
        }
        const {value} = event;
        const isBoolean = event.plain && (value === 'true' || value === 'false');
        if (!isValue(event)) {
            this.#wrongType(key, 'takes one value.');
        } else if (key === 'allow_credentials' && !isBoolean) {
            this.#wrongType(key, 'is true or false, in lower case and without quotes.',
                suggestBoolean(value));
        } else {
            this.builder.add(key, value, this.events.position());
        }
    }

    /**
     * @param {string} key one that takes a list
     * @param {YamlEvent} event
     */
    #readList(key, event) {
        const {events} = this;
        const ofOrigins = key === 'allow_origins';
        if (ofOrigins) {
            this.builder.hasOrigins(events.position());
        }
        if (event.type !== 'sequence-start') {
            this.#reportNoList(key, event);
            return;
        }
        for (let item = events.next(); item?.type !== 'sequence-end'; item = events.next()) {
            if (item === null) {
                return;
            }
            if (ofOrigins) {
                this.#readOrigin(item);
            } else {
                this.#readItem(key, item);
            }
        }
    }

    /**
     * @param {string} key
     * @param {YamlEvent} event
     */
    #reportNoList(key, event) {
        if (key === 'allow_origins') {
            this.builder.markIncomplete();
        }
        if (event.type !== 'alias') {
            this.#wrongType(key, 'takes a list: write [ and ] around it.',
                isValue(event) ? suggestList(event.value) : undefined);
        }
    }

    /**
     * @param {string} key
     * @param {YamlEvent} event an item of a list of words
     */
    #readItem(key, event) {
        if (event.type === 'alias') {
            return;
        }
        if (isValue(event)) {
            this.builder.add(key, event.value, this.events.position());
        } else {
            this.#wrongType(key, 'is a list of words.');
        }
    }

    /** @param {YamlEvent} event an item of a list of origins */
    #readOrigin(event) {
        if (event.type === 'mapping-start') {
            this.#readOriginMapping();
        } else if (isValue(event)) {
            this.#readItem('allow_origins', event);
        } else {
            this.builder.markIncomplete();
            if (event.type !== 'alias') {
                this.#wrongType('allow_origins',
                    'is a list of origins, or of entries like { from_file: tenants.txt }.');
            }
        }
    }

    /** The current event starts a mapping in a list of origins. */
    #readOriginMapping() {
        const {events} = this;
        const start = events.position();
        /** @type {OriginMapping} */
        const mapping = {
            source: '', sourceKey: '', position: start, environment: '', faulty: false,
        };
        for (let key = this.#nextKey(); key !== null; key = this.#nextKey()) {
            this.#readMappingKey(mapping, key);
        }
        const empty = mapping.sourceKey === '';
        if (mapping.faulty || empty) {
            this.builder.markIncomplete();
        }
        if (events.stopped || mapping.faulty) {
            return;
        }
        if (empty) {
            events.report('wrong-type', start,
                'This entry names no origin: it needs origin, from_env or from_file.');
        } else {
            this.#addMapping(mapping);
        }
    }

    /**
     * @param {OriginMapping} mapping
     * @param {string} key
     */
    #readMappingKey(mapping, key) {
        if (key === 'origin' || key === 'from_env' || key === 'from_file') {
            this.#readSource(mapping, key);
        } else if (key === 'environment') {
            this.#readEnvironment(mapping);
        } else {
            mapping.faulty = true;
            this.#reportAtKey('unknown-key', key,
                'is no key of an entry: it has origin, from_env or from_file, and environment.');
        }
    }

    /**
     * @param {OriginMapping} mapping
     * @param {string} key
     */
    #readSource(mapping, key) {
        if (mapping.sourceKey === key) {
            mapping.faulty = true;
            this.#reportAtKey('duplicate-key', key, 'stands here already.');
        } else if (mapping.sourceKey !== '') {
            mapping.faulty = true;
            this.#reportAtKey('wrong-type', key,
                'stands beside another: an entry has one of origin, from_env and from_file.');
        } else {
            mapping.sourceKey = key;
            const word = this.#readWord(key);
            mapping.faulty ||= word === null;
            mapping.source = word ?? '';
            mapping.position = this.events.position();
        }
    }

    /** @param {OriginMapping} mapping */
    #readEnvironment(mapping) {
        if (mapping.environment !== '') {
            mapping.faulty = true;
            this.#reportAtKey('duplicate-key', 'environment', 'stands here already.');
            return;
        }
        const word = this.#readWord('environment');
        mapping.faulty ||= word === null;
        mapping.environment = word ?? '';
    }

    /**
     * A value of the mapping: a word that is there.
     * @param {string} key
     * @returns {string | null}
     */
    #readWord(key) {
        const event = this.events.next();
        if (event === null || event.type === 'alias') {
            return null;
        }
        if (!isValue(event)) {
            this.#wrongType(key, 'takes one value.');
            return null;
        }
        return event.value;
    }

    /** @param {OriginMapping} mapping */
    #addMapping({source, sourceKey, environment, position}) {
        this.builder.hasEnvironment(environment);
        if (sourceKey === 'from_env') {
            this.sources.addVariable(source, environment, position);
        } else if (sourceKey === 'from_file') {
            this.sources.addFile(source, environment, position);
        } else {
            this.builder.addOriginFor(environment, source, position);
        }
    }

    /**
     * Instead of the mapping there may be nothing, or anything else, which is read for its syntax.
     * @param {YamlEvent | null} event
     */
    #reportNoRoot(event) {
        if (event !== null && event.type !== 'alias') {
            this.#wrongType('', 'A policy file starts with the line "policies:".', 'policies:');
        } else if (event === null && !this.events.broken) {
            this.events.report('wrong-type', {file: this.events.file, line: 1, column: 1},
                'The file is empty: a policy file starts with the line "policies:".', 'policies:');
        }
    }

    /** What follows the first document: nothing. */
    #readEnd() {
        const {events} = this;
        for (let event = events.next(); event !== null; event = events.next()) {
            if (event.type === 'document-start') {
                this.#report('yaml-syntax', '',
                    'A policy file is one document: remove what follows this line.');
                return;
            }
        }
    }
}
