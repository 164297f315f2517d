import type { Fault } from '../domain/fault.ts';
import { type Environment, SECRETS } from './settings.ts';

/** Returns the text of a file. @throws if it can't be read; an error's `code`, such as `ENOENT`, is shown */
export type ReadFile = (path: string) => string;

/** The secrets that came from files, and the names by which complaints call them. */
export interface FileSecrets {
  /** By the setting's name, without `_FILE`. */
  readonly values: ReadonlyMap<string, string>;
  /** The variable that gave the setting its value: `JWT_SECRET_FILE` for `JWT_SECRET`. */
  nameOf(setting: string): string;
  /** Variables whose files can't be used. */
  readonly faults: readonly Fault[];
}

/**
 * Reads each secret that is given as a file: `JWT_SECRET_FILE` names the file of `JWT_SECRET`, as Docker and Kubernetes
 * offer secrets. One newline at the end is cut off, because editors add it.
 * A fault shows neither the secret nor the path, which may be a secret that was put into the wrong variable.
 */
export function readSecretFiles(environment: Environment, readFile: ReadFile): FileSecrets {
  const values = new Map<string, string>();
  const faults: Fault[] = [];
  for (const setting of SECRETS) {
    const path = environment[fileVariable(setting)];
    if (!path) continue;
    const outcome = environment[setting] ? { fault: bothSet(setting) } : readSecret(setting, path, readFile);
    if ('fault' in outcome) faults.push({ at: fileVariable(setting), message: outcome.fault });
    else values.set(setting, outcome.secret);
  }
  const nameOf = (setting: string) => (values.has(setting) ? fileVariable(setting) : setting);
  return { values, nameOf, faults };
}

function readSecret(setting: string, path: string, readFile: ReadFile) {
  try {
    const secret = readFile(path).replace(/\r?\n$/, '');
    // An empty variable counts as not set; an empty file is a mistake.
    return secret === '' ? { fault: `${fileVariable(setting)} names an empty file` } : { secret };
  } catch (thrown) {
    const code = thrown instanceof Error && 'code' in thrown ? ` (${thrown.code})` : '';
    return { fault: `${fileVariable(setting)} names a file that can't be read${code}: expected its path` };
  }
}

function bothSet(setting: string): string {
  return `${setting} and ${fileVariable(setting)} are both set: expected one of them`;
}

/** The variable that may name a file with the secret. */
export function fileVariable(setting: string): string {
  return `${setting}_FILE`;
}
