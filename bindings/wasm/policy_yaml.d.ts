// SPDX-License-Identifier: MIT
/** Policy files in YAML, read with npm's yaml; the rules are the engine's. */
import type {Cors, Policy, Problem} from './libcors.js';

/**
 * Reads a list of origins when the policy names it: its path, beside the policy file's, and its
 * name as it stands there. A fault ends a sentence: "No such file or directory".
 */
export type ListReader = (path: string, name: string) => {text: string} | {fault: string};

export interface LintOptions {
  /** The file's name in problems; default "cors.yaml". */
  file?: string;
  /** Default "production". */
  environment?: string;
  /** What { from_env: NAME } reads; a missing name is an unset variable. */
  variables?: Record<string, string | undefined>;
  /** What { from_file: NAME } reads; a missing name is an unreadable file. */
  files?: Record<string, string> | ListReader;
}

/** The problems of a policy file, and the policy where none of them is an error. */
export function lintPolicy(cors: Cors, text: string, options?: LintOptions):
  {problems: Problem[]; policy: Policy | null};
