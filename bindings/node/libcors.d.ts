// SPDX-License-Identifier: MIT
/**
 * CORS for Node's servers, and a fetch for tests that obeys it as a browser does.
 *
 *     import {cors} from 'libcors';
 *     app.use(cors('cors.yaml'));
 *
 * A policy that has an error is refused when it is loaded: PolicyError says where, why, and what to
 * write instead.
 */

import type {IncomingHttpHeaders, IncomingMessage, ServerResponse} from 'node:http';
import type {CorsOptions, GuardOptions, PolicySource} from './libcors_types.js';

export * from './libcors_types.js';

// Middleware.

/** For Express and anything else that takes Connect's middleware. */
export interface Middleware {
  (request: IncomingMessage, response: ServerResponse, next: (error?: unknown) => void): void;
  /** Gives the policy's memory back. The middleware is then of no more use. */
  close(): void;
}

export interface CorsFunction {
  (source: PolicySource, options?: GuardOptions): Middleware;
  /** The options of the package "cors" (expressjs/cors), for people who change one import. */
  fromOptions<T extends CorsRequest = IncomingMessage>(
    options?: CorsOptions | CorsOptionsDelegate<T>): Middleware;
  readonly cors: CorsFunction;
  readonly default: CorsFunction;
}

/** Also the default export, and what `require('libcors')` gives, with all other exports in it. */
export const cors: CorsFunction;
export default cors;

/** cors.fromOptions. */
export const fromOptions: CorsFunction['fromOptions'];

/** A Fastify plugin: app.register(fastifyCors, {policy: 'cors.yaml'}), or @fastify/cors' options. */
export const fastifyCors: (instance: any,
  options: ({policy: PolicySource} & GuardOptions) | CorsOptions,
  done: (error?: Error) => void) => void;

/** A Koa middleware; takes a policy, or cors.fromOptions' options in an `options` object. */
export function koaCors(source: PolicySource | {options: CorsOptions}, options?: GuardOptions):
  (context: any, next: () => Promise<unknown>) => Promise<void>;

// The options of expressjs/cors.

/** What a delegate is sure to have of a request; frameworks' own have more. */
export interface CorsRequest {
  method?: string | undefined;
  headers: IncomingHttpHeaders;
}

/** It may also return the options, or a promise of them. */
export type CorsOptionsDelegate<T extends CorsRequest = CorsRequest> =
  (request: T, callback: (error: Error | null, options?: CorsOptions) => void) =>
    CorsOptions | Promise<CorsOptions | void> | void;

// A browser for tests.

export interface BrowserOptions {
  /** The page's origin, or "null". */
  origin: string;
  /** Whose rules; default "standard". */
  browser?: 'standard' | 'chromium' | 'firefox' | 'safari';
  /** Cookies that the browser has already: by URL, as a server would have set them. */
  cookies?: Record<string, string | string[]>;
  /** How requests travel; default: Node's own http and https. */
  transport?: Transport;
  /** Where hosts really are: {'api.example.com': 'http://127.0.0.1:3000'}. */
  hosts?: Record<string, string>;
  /** The origin of the top-level page, where the page is in a frame; default: the page's own. */
  top?: string;
  /**
   * The page's IP address, for the rules about local networks; "" for what its host tells. Default
   * 127.0.0.1: no server is more private than that, so those rules block no test.
   */
  pageAddress?: string;
  /** The time in milliseconds, for the preflight cache and cookies; default Date.now. */
  now?(): number;
}

export interface WireRequest {
  method: string;
  /** With the host that the page named. */
  url: string;
  headers: Array<[name: string, value: string]>;
  body: Uint8Array | null;
  signal?: AbortSignal;
}

export interface WireResponse {
  status: number;
  statusText?: string;
  headers: Array<[name: string, value: string]>;
  body?: ReadableStream<Uint8Array> | Uint8Array | string | null;
  /** The server's IP address. */
  address?: string;
}

/** Sends a request as it is and follows no redirect; rejects where there is no answer. */
export type Transport = (request: WireRequest) => Promise<WireResponse>;

export interface PageInit extends RequestInit {
  /** What makes the call; default "fetch". */
  initiator?: string;
  /** With initiator "xhr": whether something listens on xhr.upload. */
  uploadListener?: boolean;
  /** A body that is a ReadableStream needs it. */
  duplex?: 'half';
}

export interface CorsBrowser {
  /** fetch() as on a page of the origin. Rejects with a TypeError whose cause is a Blocked. */
  fetch(url: string | URL | Request, init?: PageInit): Promise<Response>;
  /** What went over the wire: the last 1000 requests. */
  readonly exchanges: Exchange[];
  /** Forgets preflights, cookies and exchanges. */
  clear(): void;
  /** Gives the memory back. */
  close(): void;
}

export interface Exchange {
  kind: 'preflight' | 'request';
  request: WireRequest;
  /** null: no answer. */
  response: {status: number; headers: Array<[string, string]>} | null;
}

/** Why a call was blocked: the cause of the TypeError. */
export interface Blocked {
  code: string;
  preflight: boolean;
  /** What this browser's console prints; "standard" has Chromium's words. */
  message: string;
  messages: {chromium: string | null; firefox: string | null; safari: string | null};
  cause: string;
  fix: string;
  exchanges: Exchange[];
  /** The exchange drawn as text. */
  toString(): string;
}

/** Waits for a call of CorsBrowser.fetch, and fails with the whole story if it was blocked. */
export function expectAllowed(call: Promise<Response> | (() => Promise<Response>)): Promise<Response>;
/** Fails unless the call was blocked, by this code where one is given. */
export function expectBlocked(call: Promise<Response> | (() => Promise<Response>), code?: string):
  Promise<Blocked>;

export function createBrowser(options: BrowserOptions): CorsBrowser;
