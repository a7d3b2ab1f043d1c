// SPDX-License-Identifier: MIT
/**
 * lint, decide, explain and simulate without installing anything else: as functions, and as the
 * command `libcors`.
 *
 *     import {lint} from 'libcors/cli';
 *     const {problems} = lint('cors.yaml');
 *
 * Results are what the command prints as JSON. What cannot be meant is thrown as a TypeError.
 */

import type {Problem} from './libcors.js';

export type BrowserName = 'standard' | 'chromium' | 'firefox' | 'safari';

export interface LintOptions {
  /** Default $CORS_ENV, else "production". */
  environment?: string;
  /** What { from_env: NAME } reads, and CORS_ENV; default process.env. */
  env?: Record<string, string | undefined>;
}

/** The problems of policy files; a list without errors is that of a policy that can be used. */
export function lint(files: string | string[], options?: LintOptions): {problems: Problem[]};

export interface DecideRequest {
  id?: unknown;
  method: string;
  /** Decoded, and without the query. */
  path: string;
  headers?: Array<[name: string, value: string]>;
}

export interface DecideAnswer {
  id: unknown;
  kind: 'preflight' | 'actual' | 'no-origin' | 'no-policy';
  allowed: boolean | null;
  reason: string;
  /** null: the application answers. */
  status: number | null;
  set: Array<[name: string, value: string]>;
  vary: string[];
}

/** What a policy file answers to requests. Throws a PolicyError where it is refused. */
export function decide(policyFile: string, request: DecideRequest, options?: LintOptions):
  DecideAnswer;
export function decide(policyFile: string, requests: DecideRequest[], options?: LintOptions):
  DecideAnswer[];

export interface Explanation {
  browser: BrowserName | null;
  code: string;
  also: string[];
  preflight: boolean | null;
  url: string | null;
  origin: string | null;
  cause: string;
  fix: string;
  /** The `cors check` line that proves it. */
  check: string | null;
}

/** What a pasted console message means; null where none is known. */
export function explain(message: string): Explanation | null;

export interface Call {
  url: string;
  method?: string;
  headers?: Array<[name: string, value: string]>;
  initiator?: string;
  mode?: string;
  credentials?: string;
  redirect?: string;
  cache?: string;
  body?: {kind: string; text?: string; type?: string} | null;
  upload_listener?: boolean;
  /** Milliseconds before the call. */
  wait?: number;
}

export interface Answer {
  status: number;
  headers?: Array<[name: string, value: string]>;
  address?: string;
}

export interface Scenario {
  id?: unknown;
  /** The page's serialized origin, or "null". */
  page: string;
  top?: string;
  page_address?: string;
  hsts?: string[];
  fetches: Call[];
  server: Record<string, {preflight?: Answer; response?: Answer}>;
}

export interface Simulation {
  id: unknown;
  fetches: Array<{
    result: 'ok' | 'error';
    type: string | null;
    status: number | null;
    redirected: boolean | null;
    url: string | null;
    headers: string[];
    code: string;
    preflight: boolean;
    why_preflight: string[];
    messages: {chromium: string | null; firefox: string | null; safari: string | null};
  }>;
  sent: Array<Record<string, string | boolean>>;
}

/** What a browser does with a page's calls and a server's answers. */
export function simulate(scenario: Scenario, options?: {browser?: BrowserName}): Simulation;

/** Where the command reads and writes; the process's own where missing. */
export interface CliStreams {
  stdin?: AsyncIterable<Uint8Array | string> & {isTTY?: boolean};
  stdout?: {write(text: string | Uint8Array): unknown; isTTY?: boolean};
  stderr?: {write(text: string | Uint8Array): unknown; isTTY?: boolean};
  env?: Record<string, string | undefined>;
}

/** Runs the command with arguments such as ['lint', 'cors.yaml']; its exit code. */
export function run(argv: string[], streams?: CliStreams): Promise<number>;

/** The command itself: with the process's arguments, setting its exit code. */
export function main(): Promise<void>;
