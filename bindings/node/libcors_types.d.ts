// SPDX-License-Identifier: MIT
/** What all entries of the package take and tell. */

// Policies.

/** A policy file's path or file: URL; or what such a file holds, as data. */
export type PolicySource = string | URL | PolicyFile | PolicyEntry;

/** What a policy file holds; the manual page cors-policy(5) tells what each key means. */
export interface PolicyFile {
  policies: PolicyEntry[];
}

export interface PolicyEntry {
  path?: string;
  allow_origins: Array<string | {origin: string; environment?: string} |
    {from_env: string; environment?: string} | {from_file: string; environment?: string}>;
  allow_methods?: string[];
  allow_headers?: string[];
  expose_headers?: string[];
  allow_credentials?: boolean;
  max_age?: string | number;
  preflight_status?: 200 | 204;
  accept_risks?: string[];
}

export interface Problem {
  rule: string;
  severity: 'error' | 'warning' | 'info';
  file: string;
  line: number;
  column: number;
  message: string;
  suggestion: string | null;
}

/** A policy was refused. Its message is what `cors lint` prints, with a caret under the fault. */
export class PolicyError extends Error {
  readonly code: 'ERR_CORS_POLICY';
  readonly problems: Problem[];
}

export interface GuardOptions {
  /** Which environment's entries count: default $CORS_ENV, else "production". */
  environment?: string;
  /**
   * What happens to actual requests from other origins that the policy does not allow: nothing
   * ("off", the default), a call of onDecision ("report"), or 403 before the application ("block").
   */
  enforce?: 'off' | 'report' | 'block';
  /** The serialized origin under which clients see this server, where it is not that of Host. */
  ownOrigin?: string;
  /** Whether a policy file is read again when it changes; default true. A bad one changes nothing. */
  reload?: boolean;
  /** Told of warnings, and of a changed file that is refused; default: process.emitWarning. */
  onProblem?(problems: Problem[], message: string): void;
  /** Told of each decision, for logs. */
  onDecision?(decision: Decision, request: {method: string; target: string}): void;
}

export interface Decision {
  kind: 'preflight' | 'actual' | 'no-origin' | 'no-policy';
  allowed: boolean | null;
  /** As in logs: also "same-origin". */
  reason: string;
  status: number | null;
  set: Array<[name: string, value: string]>;
  vary: string[];
  /** Whether enforce: "block" refuses this request, or would. */
  blocks: boolean;
}

// The options of expressjs/cors.

export type StaticOrigin = boolean | string | RegExp | Array<boolean | string | RegExp>;

/** It may call back, return a value, or return a promise of one. */
export type CustomOrigin = (requestOrigin: string | undefined,
  callback: (error: Error | null, origin?: StaticOrigin) => void) =>
    StaticOrigin | Promise<StaticOrigin | void> | void;

export interface CorsOptions {
  origin?: StaticOrigin | CustomOrigin | undefined;
  methods?: string | string[] | undefined;
  allowedHeaders?: string | string[] | undefined;
  exposedHeaders?: string | string[] | undefined;
  credentials?: boolean | undefined;
  /** Seconds; -1 is what 0 is. */
  maxAge?: number | undefined;
  preflightContinue?: boolean | undefined;
  optionsSuccessStatus?: number | undefined;
  /** Rules of cors-policy(5) that this application takes on: ['null-origin']. */
  acceptRisks?: string[];
}

// Handlers of fetch's Request and Response.

export interface FetchOptions extends GuardOptions {
  /** The WebAssembly.Module of libcors.wasm, where bytes are not compiled; the first given counts. */
  wasm?: object;
  /** Answers what the handler throws; default: console.error and a plain 500. */
  onError?(error: unknown, request: Request): Response | Promise<Response>;
}

/** A Hono middleware; takes a policy, or the options of the package "cors" in an `options` object. */
export function honoCors(source: PolicySource | {options: CorsOptions},
  options?: Omit<FetchOptions, 'onError'>):
  (context: any, next: () => Promise<void>) => Promise<Response | void>;

/** Wraps a handler of fetch's Request and Response: Next, Bun, Deno, workers, Hono's app.fetch. */
export function withCors<More extends unknown[]>(
  handler: (request: Request, ...more: More) => Response | Promise<Response>,
  source: PolicySource | {options: CorsOptions}, options?: FetchOptions):
  (request: Request, ...more: More) => Promise<Response>;
