// SPDX-License-Identifier: MIT
/**
 * A YAML file as a row of events, by npm's yaml: its parser gives what stands where, its composer
 * gives the values and the first fault. A file is read up to that fault, as the command does.
 */

import {CST, Composer, Parser} from 'yaml';

/**
 * @typedef {'document-start' | 'document-end' | 'alias' | 'scalar' | 'sequence-start' |
 *     'sequence-end' | 'mapping-start' | 'mapping-end'} EventType
 *
 * `offset`: where it stands in the text, with its anchor or tag; `end`: behind it, or behind its
 * first character where it has more than one part. `plain`: a scalar without quotes.
 * @typedef {{type: EventType, offset: number, end: number, value: string, plain: boolean,
 *     anchor: boolean, tag: boolean}} YamlEvent
 *
 * @typedef {{code: string, message: string, offset: number, end: number}} YamlFault
 *
 * @typedef {import('yaml').CST.Token} Token
 * @typedef {import('yaml').CST.SourceToken} SourceToken
 */

/** What npm's yaml only warns of, and the command refuses. @param {{code: string}} warning */
const isFault = ({code}) => code === 'BAD_DIRECTIVE';

/** @param {Token[]} tokens */
function findFault(tokens) {
    // What a policy's scalars mean, and whether its keys are unique, is for others to say.
    const composer = new Composer({schema: 'failsafe', uniqueKeys: false, strict: true});
    /** @type {YamlFault | null} */
    let first = null;
    for (const document of composer.compose(tokens)) {
        for (const {code, message, pos: [offset, end]} of [
            ...document.errors, ...document.warnings.filter(isFault)]) {
            if (first === null || offset < first.offset) {
                first = {code, message, offset, end};
            }
        }
    }
    return first;
}

/**
 * The parts of a file in which a line may begin with a tab.
 * @param {Token | null | undefined} token
 * @returns {Generator<[begin: number, end: number]>}
 */
function* shelters(token) {
    if (token && 'source' in token && /quoted|block-scalar$/.test(token.type)) {
        yield [token.offset, token.offset + token.source.length];
    } else if (token?.type === 'flow-collection') {
        yield [token.offset, endOf(token.end.at(-1)) || Infinity];
    } else if (token && 'items' in token) {
        for (const item of token.items) {
            yield* shelters(item.key);
            yield* shelters(item.value);
        }
    }
}

/**
 * npm's yaml lets pass some of the tabs that indent; the command none.
 * @param {string} text
 * @param {Token[]} tokens
 * @returns {YamlFault | null}
 */
function findTab(text, tokens) {
    const sheltered = tokens.flatMap((token) =>
        token.type === 'document' ? [...shelters(token.value)] : []);
    for (const found of text.matchAll(/^ *(?:[-?:](?=[ \t]) *)*\t/gm)) {
        const end = found.index + found[0].length;
        if (!sheltered.some(([from, to]) => from < end && end <= to)) {
            return {code: 'TAB_AS_INDENT', message: '', offset: end - 1, end};
        }
    }
    return null;
}

/**
 * Where a node stands: its anchor or tag, else itself.
 * @param {SourceToken[]} before what stands before it
 * @param {number} offset its own
 */
function propertiesOf(before, offset) {
    const anchor = before.find((token) => token.type === 'anchor');
    const tag = before.find((token) => token.type === 'tag');
    const first = Math.min(anchor?.offset ?? offset, tag?.offset ?? offset);
    return {offset: first, anchor: anchor !== undefined, tag: tag !== undefined};
}

/**
 * @param {EventType} type
 * @param {SourceToken[]} before
 * @param {number} offset
 * @param {number} [end]
 * @returns {YamlEvent}
 */
function makeEvent(type, before, offset, end = offset + 1) {
    return {type, value: '', plain: true, end, ...propertiesOf(before, offset)};
}

/**
 * @param {CST.FlowScalar | CST.BlockScalar} token
 * @param {SourceToken[]} before
 * @returns {YamlEvent}
 */
function scalarEvent(token, before) {
    const props = token.type === 'block-scalar'
        ? token.props.filter((prop) => 'source' in prop) : [];
    const header = props.find((prop) => prop.type === 'block-scalar-header');
    const event = makeEvent('scalar', [...before, .../** @type {SourceToken[]} */ (props)],
        header?.offset ?? token.offset, token.offset + token.source.length);
    event.value = CST.resolveAsScalar(token, true, () => {})?.value ?? '';
    event.plain = token.type === 'scalar';
    return event;
}

/** @param {SourceToken | undefined} token */
function endOf(token) {
    return token ? token.offset + token.source.length : 0;
}

/**
 * An empty value stands behind its key's colon or its dash, in brackets before the next thing; it is
 * known for one when that is read.
 * @param {SourceToken[]} before
 * @param {boolean} inFlow
 */
function emptyScalar(before, inFlow) {
    const marks = before.filter((token) =>
        inFlow || !/^(space|newline|comment)$/.test(token.type));
    return makeEvent('scalar', before, endOf(marks.at(-1)), endOf(before.at(-1)) + 1);
}

/**
 * @param {Token | null | undefined} token
 * @param {SourceToken[]} before
 * @param {boolean} inFlow whether it stands in brackets
 * @returns {Generator<YamlEvent>}
 */
function* nodeEvents(token, before, inFlow) {
    switch (token?.type) {
    case 'alias':
        yield makeEvent('alias', before, token.offset, token.offset + token.source.length);
        break;
    case 'scalar':
    case 'single-quoted-scalar':
    case 'double-quoted-scalar':
    case 'block-scalar':
        yield scalarEvent(token, before);
        break;
    case 'block-map':
        yield* collectionEvents('mapping', token, before);
        break;
    case 'block-seq':
        yield* collectionEvents('sequence', token, before);
        break;
    case 'flow-collection':
        yield* collectionEvents(token.start.source === '{' ? 'mapping' : 'sequence', token, before);
        break;
    default:
        yield emptyScalar(before, inFlow);
    }
}

/** Whether an item of a list is a mapping of one, `[a: b]`. @param {CST.CollectionItem} item */
function isPair(item) {
    return item.sep !== undefined || item.start.some((token) => token.type === 'explicit-key-ind');
}

/** Whether there is more than comments and commas. @param {CST.CollectionItem} item */
function isItem(item) {
    return Boolean(item.key || item.sep || item.value) ||
        item.start.some((token) => /-ind$|^(anchor|tag)$/.test(token.type));
}

/**
 * @param {CST.CollectionItem} item
 * @param {boolean} inFlow
 * @returns {Generator<YamlEvent>}
 */
function* pairEvents(item, inFlow) {
    yield* nodeEvents(item.key, item.start, inFlow);
    yield* nodeEvents(item.value, item.sep ?? [], inFlow);
}

/**
 * @param {CST.CollectionItem} item
 * @param {boolean} inFlow
 * @returns {Generator<YamlEvent>}
 */
function* itemEvents(item, inFlow) {
    if (inFlow && isPair(item)) {
        const offset = item.key?.offset ?? item.start.at(0)?.offset ?? 0;
        yield makeEvent('mapping-start', [], offset);
        yield* pairEvents(item, inFlow);
        yield makeEvent('mapping-end', [], offset);
    } else {
        yield* nodeEvents(item.value ?? item.key, item.start, inFlow);
    }
}

/**
 * @param {'mapping' | 'sequence'} kind
 * @param {CST.BlockMap | CST.BlockSequence | CST.FlowCollection} token
 * @param {SourceToken[]} before
 * @returns {Generator<YamlEvent>}
 */
function* collectionEvents(kind, token, before) {
    const inFlow = token.type === 'flow-collection';
    yield makeEvent(`${kind}-start`, before, token.offset);
    for (const item of token.items.filter(isItem)) {
        yield* kind === 'mapping' ? pairEvents(item, inFlow) : itemEvents(item, inFlow);
    }
    yield makeEvent(`${kind}-end`, [], token.offset);
}

/**
 * @param {Token[]} tokens
 * @returns {Generator<YamlEvent>}
 */
function* fileEvents(tokens) {
    for (const token of tokens) {
        if (token.type === 'document') {
            const mark = token.start.find((one) => one.type === 'doc-start');
            yield makeEvent('document-start', [], mark?.offset ?? token.offset);
            yield* nodeEvents(token.value, token.start, false);
            yield makeEvent('document-end', [], token.offset);
        }
    }
}

/** What the command takes for a %TAG directive; its handle stands in the group. */
const TAG_DIRECTIVE =
    /^%TAG[ \t]+(!(?:[\w-]*!)?)[ \t]+(?:[\w\-;/?:@&=+$.!~*'()[\],]|%[0-7][\da-f])+\s*$/i;

/**
 * What two directives may not both be: the handle of a %TAG, else its name; undefined where the
 * command would not read it.
 * @param {string} source
 */
function subjectOf(source) {
    return source.startsWith('%TAG') ? TAG_DIRECTIVE.exec(source)?.[1] : source.split(/\s/, 1)[0];
}

/**
 * npm's yaml takes any two words for a %TAG directive, a directive twice, and one behind a byte
 * order mark; the command does not.
 * @param {Token[]} tokens
 * @returns {YamlFault | null}
 */
function findDirective(tokens) {
    const seen = new Set();
    for (const [index, token] of tokens.entries()) {
        if (token.type === 'directive') {
            const {source, offset} = token;
            const subject = subjectOf(source);
            const end = offset + source.length;
            if (tokens[index - 1]?.type === 'byte-order-mark') {
                return {code: 'BAD_SCALAR_START', message: '', offset, end};
            }
            if (subject === undefined || seen.has(subject)) {
                const message = subject === undefined
                    ? 'this %TAG is not a handle and what it stands for'
                    : 'this directive stands there a second time';
                return {code: 'BAD_DIRECTIVE', message, offset, end};
            }
            seen.add(subject);
        }
    }
    return null;
}

/** @param {Array<YamlFault | null>} faults @returns {YamlFault | null} the first in the file */
function firstOf(faults) {
    return faults.reduce((first, fault) =>
        first !== null && (fault === null || first.offset <= fault.offset) ? first : fault);
}

/**
 * The events of a text before its first fault, and that fault.
 * @param {string} text
 * @returns {{events: Iterator<YamlEvent>, fault: YamlFault | null}}
 */
export function readYaml(text) {
    const tokens = [...new Parser().parse(text)];
    const found = findFault([...new Parser().parse(text)]); // which changes what it reads
    const fault = firstOf([findTab(text, tokens), findDirective(tokens), found]);
    return {events: fileEvents(tokens), fault};
}
