// SPDX-License-Identifier: MIT
/**
 * The events of a policy file, held to the subset of YAML that policies use: no anchors, aliases
 * or tags, one document, nesting within a bound. What is outside of it is reported as yaml-syntax.
 */

import {TextPositions, findTextFault} from './text_positions.js';
import {readYaml} from './yaml_document.js';
import {explainFault} from './yaml_faults.js';

/** @typedef {import('./libcors.js').PolicyBuilder} PolicyBuilder */
/** @typedef {import('./libcors.js').Position} Position */
/** @typedef {import('./yaml_document.js').YamlEvent} YamlEvent */

/** Policies need 4 levels; more is a mistake or an attack. */
const DEPTH_MAX = 8;

export class PolicyEvents {
    /**
     * Begins to read. Where the text holds what is no text, this is reported, and the lines
     * before it are read.
     * @param {string} text
     * @param {PolicyBuilder} builder
     * @param {number} file
     */
    constructor(text, builder, file) {
        this.builder = builder;
        this.file = file;
        this.depth = 0;
        /** Nothing more is read: the end, or a fault that was reported. */
        this.stopped = false;
        /** A fault that was reported hides the rest of the file. */
        this.broken = false;
        /** @type {YamlEvent | null} */
        this.event = null;
        this.positions = new TextPositions(text);
        this.text = this.#readablePart(text);
        const {events, fault} = readYaml(this.text);
        this.events = events;
        this.fault = fault && this.#placeFault(fault);
    }

    /**
     * `begin`: nothing behind it is read.
     * @param {import('./yaml_document.js').YamlFault} fault
     */
    #placeFault(fault) {
        const explained = explainFault(this.text, fault);
        return {...explained, begin: Math.min(fault.offset, explained.offset), end: fault.end};
    }

    /** @param {string} text */
    #readablePart(text) {
        const fault = findTextFault(text);
        if (fault === null) {
            return text;
        }
        this.broken = true;
        this.#reportSyntax(fault.offset, fault.control
            ? 'A policy file has no control characters.'
            : 'The file is not UTF-8 from here on.');
        return text.slice(0, text.slice(0, fault.offset).lastIndexOf('\n') + 1);
    }

    /**
     * @param {number} offset
     * @returns {Position}
     */
    #positionOf(offset) {
        return {file: this.file, ...this.positions.at(offset)};
    }

    /** Where the current event starts. @returns {Position} */
    position() {
        return this.#positionOf(this.event === null ? 0 : this.event.offset);
    }

    /**
     * @param {string} rule
     * @param {Position} position
     * @param {string} message
     * @param {string} [suggestion]
     */
    report(rule, position, message, suggestion) {
        this.builder.report(rule, position, message, suggestion);
    }

    /**
     * @param {number} offset
     * @param {string} message
     * @param {string} [suggestion]
     */
    #reportSyntax(offset, message, suggestion) {
        this.report('yaml-syntax', this.#positionOf(offset), message, suggestion);
    }

    #stop() {
        this.stopped = true;
        this.broken = true;
    }

    /** Goes on to the next event; null once there is nothing more to read. */
    next() {
        this.event = this.stopped ? null : this.#pull();
        if (this.event !== null) {
            this.#check(this.event);
        }
        return this.event;
    }

    /** The next event that stands before the fault, if there is one. */
    #pull() {
        const {done, value} = this.events.next();
        if (this.fault !== null && (done || value.end > this.fault.begin)) {
            this.#reportFault(this.fault);
            return null;
        }
        this.stopped ||= done === true;
        return done ? null : value;
    }

    /** Reads to the end of the node that the current event begins. */
    skip() {
        const opens = this.event?.type === 'sequence-start' || this.event?.type === 'mapping-start';
        const outside = this.depth - 1;
        while (opens && this.depth > outside) {
            if (this.next() === null) {
                return;
            }
        }
    }

    /** @param {YamlEvent} event */
    #check(event) {
        if (event.type === 'alias') {
            const {message, suggestion} = explainFault(this.text, {
                code: 'BAD_ALIAS', message: '', offset: event.offset, end: event.end});
            this.#reportSyntax(event.offset, message, suggestion);
        }
        this.#checkProperties(event);
        if (event.type === 'mapping-start' || event.type === 'sequence-start') {
            this.#enter();
        } else if (event.type === 'mapping-end' || event.type === 'sequence-end') {
            this.depth--;
        }
    }

    /** @param {YamlEvent} event */
    #checkProperties(event) {
        if (event.anchor) {
            this.#reportSyntax(event.offset,
                'Policies do not have anchors (&name): write the value itself.');
        }
        if (event.tag) {
            this.#reportSyntax(event.offset,
                'Policies do not have tags (!name): write the value itself.');
        }
    }

    #enter() {
        this.depth++;
        if (this.depth > DEPTH_MAX) {
            this.report('yaml-syntax', this.position(),
                'The file is nested more than 8 deep; policies need 4 levels.');
            this.#stop();
        }
    }

    /**
     * A fault of the file itself: there is nothing to read after it.
     * @param {{offset: number, end: number, message: string, suggestion?: string}} fault
     */
    #reportFault({offset, end, message, suggestion}) {
        const cut = this.broken;
        this.#stop();
        if (!(cut && end >= this.text.length)) { // else it is unfinished because it was cut
            this.#reportSyntax(offset, message, suggestion);
        }
    }
}
