// SPDX-License-Identifier: MIT
/**
 * The engine of libcors as WebAssembly, for browsers, Node, Deno, Bun and workers.
 *
 *     const cors = await loadCors(await fetch('libcors.wasm').then((r) => r.arrayBuffer()));
 *     cors.explain("Access to fetch at 'https://api.example/x' from origin …");
 *
 * Decisions, simulations and explanations are those of the `cors` command, to the byte. What cannot
 * be meant is thrown as a TypeError that says so, what is too large as a RangeError.
 */

export type BrowserName = 'standard' | 'chromium' | 'firefox' | 'safari';

/**
 * A field line: name and value, as sent. In calls and answers a character up to U+00FF is a byte,
 * as in script; a value with others goes out in UTF-8, and makes a header of script's own invalid.
 * What `decide` reads is UTF-8. Values that come back are text where they are UTF-8, else Latin-1.
 */
export type FieldLine = [name: string, value: string];

/** Loads the engine. The bytes, or the module, are those of libcors.wasm, which imports nothing. */
export function loadCors(wasm: BufferSource | WebAssembly.Module): Promise<Cors>;

/** The same at once, where the module may be compiled so: in Node, Deno, Bun and workers. */
export function loadCorsSync(wasm: BufferSource | WebAssembly.Module): Cors;

/** A result as `cors decide`, `cors simulate` and `cors explain --json` print it: one line. */
export function jsonLine(value: unknown): string;

export interface Cors {
  /** The version of the engine. */
  readonly version: string;
  /** Every code, rule, reason and field name, from the engine's own tables. */
  readonly tables: Tables;

  /**
   * The public suffix list, as suffixes.bin has it. Without it every domain counts as a public
   * suffix: rules about wildcards then refuse too much rather than too little.
   */
  loadSuffixes(bytes: Uint8Array): void;
  readonly hasSuffixes: boolean;

  /** Starts a policy; see PolicyBuilder. `lintPolicy` of policy_yaml.js reads YAML into one. */
  createBuilder(options?: {environment?: string}): PolicyBuilder;

  /** What a policy answers to a request; `null` where no policy applies. */
  decide(policy: Policy | null, request: ServerRequest): Decision;

  /**
   * As decide(), for servers: it takes a request as it arrived, judges as include/cors/server.h
   * says, and is fast. Only in the module that build.sh makes for servers. The same judgement may be
   * handed out again: it is not to be changed.
   */
  judge(policy: Policy, request: ArrivedRequest): Judgement;

  /** A regular expression over origins as entries of a policy; cors_regex_read() of origin.h. */
  readRegex(source: string, flags?: RegexFlags): RegexReading;

  /** Whether everybody can register names below a host name; needs the suffixes. */
  isPublicSuffix(domain: string): boolean;

  /**
   * The field lines of an application's answer with a decision applied: lines that the policy owns
   * are removed, those of the decision set, Vary merged. As it was where no policy applies.
   */
  applyDecision(decision: Decision, headers: FieldLine[]): FieldLine[];

  /** What `cors simulate` answers to a line. */
  simulate(scenario: Scenario, options?: {browser?: BrowserName}): Simulation;

  /** What a pasted console message means; null where none is known. */
  explain(text: string): Explanation | null;

  /** A browser with a preflight cache of its own. */
  createBrowser(name?: BrowserName): Browser;
}

// The browser's half.

export interface PageContext {
  /** The page's serialized origin, or "null". */
  page: string;
  /** That of the top-level page, which parts caches; the page's own where missing. */
  top?: string;
  /** The page's IP address, where known. */
  page_address?: string;
  /** Hosts whose http URLs are upgraded. */
  hsts?: string[];
}

/** A call as script makes it; the members are those of `cors simulate`. */
export interface Call {
  url: string;
  method?: string;
  headers?: FieldLine[];
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
  headers?: FieldLine[];
  /** The server's IP address, where known. */
  address?: string;
}

/** Why a preflight was needed. */
export interface Why {
  why: string;
  /** The header's name, the method or the content type; may be empty. */
  what: string;
  advice: string;
}

/** A request that the browser sends. */
export interface SentRequest {
  kind: 'preflight' | 'request';
  method: string;
  url: string;
  /** All lines that CORS, script and the body bring. */
  fields: FieldLine[];
  origin: string | null;
  requested_method: string | null;
  requested_headers: string | null;
  /** Whether cookies, HTTP authentication and client certificates go along. */
  credentials: boolean;
  body: boolean;
  /** Why this is a preflight; empty for a request. */
  whys: Why[];
}

/** A request with what came back; null: nothing did. */
export interface Step extends SentRequest {
  answer: Answer | null;
}

export interface Outcome {
  ok: boolean;
  code: string;
  /** Whether the preflight failed, not the request itself. */
  preflight: boolean;
  /** As script sees them; null where the call failed. */
  type: string | null;
  status: number | null;
  redirected: boolean | null;
  url: string | null;
  /** Names that script can read: lower case, sorted. */
  headers: string[];
  cause: string;
  fix: string;
  /** The index in `steps` of the one that failed; null: none did, or none was sent. */
  failed_step: number | null;
  /** The answer's field that the failure is about, in canonical case; null: none. */
  field: string | null;
  /** What is at fault in it: a value, scheme, status; may be empty. */
  value: string;
  /** The call's header that was not allowed; else empty. */
  header: string;
  /** What each console prints; null: nothing. */
  messages: {chromium: string | null; firefox: string | null; safari: string | null};
  /** What the server has to change; null where no header or status would help. */
  repair: {preflight: boolean; status: number | null; name: string | null; value: string} | null;
}

export interface Trace {
  steps: Step[];
  outcome: Outcome;
}

export interface Browser {
  readonly name: BrowserName;
  /** Begins a call; `now` in milliseconds, never going back. Throws a RangeError if too large. */
  begin(context: PageContext, call: Call, now?: number): Fetch;
  /** Plays a call to its end. `answer` returns what the server answers, or null: no answer. */
  play(context: PageContext, call: Call, answer: (request: SentRequest) => Answer | null,
       now?: number): Trace;
  /** Gives the memory back, once its calls are released too. No further call can begin. */
  release(): void;
}

/** A call in progress. */
export interface Fetch {
  readonly done: boolean;
  /** What to send now. */
  request(): SentRequest;
  /** Throws a RangeError where a redirect's URL is too long; the call has then failed. */
  answer(answer: Answer, now?: number): void;
  /** There was no answer: DNS, TLS, a closed connection. */
  fail(): void;
  /** How it ended; only once `done`. */
  outcome(): Outcome;
  /** Whether script can read a header of the last answer. */
  exposes(name: string): boolean;
  /** Gives the memory back. */
  release(): void;
}

export interface Scenario extends PageContext {
  id?: unknown;
  fetches: Call[];
  server: Record<string, {preflight?: Answer; response?: Answer}>;
}

export interface Simulation {
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
  /** What the message names besides; not enumerable, and so no part of it in JSON. */
  readonly named: {method: string | null; header: string | null};
}

// The server's half.

/** Line and column count from 1, columns in code points. */
export interface Position {
  file: number;
  line: number;
  column: number;
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

/** A policy under construction; include/cors/policy.h says what each call means. */
export interface PolicyBuilder {
  addFile(name: string): number;
  beginPolicy(position: Position): void;
  add(key: string, value: string, position: Position): void;
  addOriginFor(environment: string, origin: string, position: Position): void;
  hasEnvironment(environment: string): void;
  hasOrigins(position: Position): void;
  markIncomplete(): void;
  report(rule: string, position: Position, message: string, suggestion?: string): void;
  /** The key's number, or 0; `nearest` is the key that was probably meant. */
  findKey(name: string): {key: number; nearest: string};
  /** Checks and compiles. `policy` is null where a problem is an error. Ends the builder. */
  finish(): {problems: Problem[]; policy: Policy | null};
}

/** A compiled policy. */
export interface Policy {
  /** The size of its block in bytes. */
  readonly size: number;
  /** Gives the memory back. */
  release(): void;
}

export interface ServerRequest {
  method: string;
  /** Normalized path without the query. */
  path: string;
  headers?: FieldLine[];
  /** The serialized origin under which clients see the server, where known. */
  own_origin?: string;
}

export interface ArrivedRequest {
  method: string;
  /** The request target as received. A character is a byte. */
  target: string;
  /** Names and values in turns, as in Node's rawHeaders; a character is a byte. */
  lines: readonly string[];
  /** What the application itself judged of the origin; null or missing: the policy's list decides. */
  verdict?: boolean | null;
  ownOrigin?: string;
}

/** A decision, and what a server needs besides. */
export interface Judgement extends Decision {
  /** Whether it depends on who reads the target which policy covers it: answer 400. */
  ambiguous: boolean;
  /** Whether an enforcing server refuses the request with 403. */
  blocks: boolean;
  /** The reason as logs have it: also "same-origin". */
  loggedReason: string;
  /** Plain text for a denial; else empty. */
  body: string;
}

export interface RegexFlags {
  /** Whether its user matches only at the start (Python's re.match), and up to the end. */
  anchoredStart?: boolean;
  anchoredEnd?: boolean;
  ignoresCase?: boolean;
}

export interface RegexReading {
  /** "none" where it is fine. */
  fault: string;
  meaning: string;
  /** Where the fault is, in code units of the source. */
  offset: number;
  /** Entries of allow_origins that cover all that it matches; with a fault, what may be meant. */
  entries: string[];
  /** Whether the entries match nothing else. */
  exact: boolean;
}

export interface Decision {
  kind: 'preflight' | 'actual' | 'no-origin' | 'no-policy';
  allowed: boolean | null;
  reason: string;
  /** The status to answer with at once; null: the application answers. */
  status: number | null;
  /** Access-Control-* lines to set, in canonical case. */
  set: FieldLine[];
  /** Names that Vary must hold besides its own. */
  vary: string[];
}

export interface Tables {
  browsers: BrowserName[];
  codes: Array<{name: string; cause: string; fix: string}>;
  whys: Array<{name: string; advice: string}>;
  rules: Array<{name: string; severity: Problem['severity']; meaning: string}>;
  reasons: Array<{name: string; sentence: string}>;
  /** Field names in canonical case, by their name in the engine: {ALLOW_ORIGIN: "Access-…"}. */
  fields: Record<string, string>;
  /** The names that members of calls and decisions, and keys of policies, can have. */
  choices: Record<'browser' | 'initiator' | 'mode' | 'credentials' | 'redirect' | 'cache' | 'body' |
                  'kind' | 'key', string[]>;
}
