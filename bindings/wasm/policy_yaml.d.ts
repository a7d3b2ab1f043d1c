// SPDX-License-Identifier: MIT
/** Policy files in YAML, read with npm's yaml; the rules are the engine's. */
import type {Cors, Policy, Problem} from './libcors.js';

export interface LintOptions {
  /** The file's name in problems; default "cors.yaml". */
  file?: string;
  /** Default "production". */
  environment?: string;
  /** What { from_env: NAME } reads; a missing name is an unset variable. */
  variables?: Record<string, string>;
  /** What { from_file: NAME } reads; a missing name is an unreadable file. */
  files?: Record<string, string>;
}

/** The problems of a policy file, and the policy where none of them is an error. */
export function lintPolicy(cors: Cors, text: string, options?: LintOptions):
  {problems: Problem[]; policy: Policy | null};
