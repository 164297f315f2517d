import { readFileSync } from 'node:fs';
import { type Config, type Environment, readConfig } from '../config/config.ts';

/** A command of `parley`, in a file of its own under its name. */
export interface Command {
  /** Its lines in `parley help`. */
  readonly help: string;
  /**
   * @param argv what follows the command's name
   * @returns the exit code
   * @throws UsageError; StartError if a setting or argument is wrong
   */
  run(argv: readonly string[], environment: Environment): Promise<number>;
}

/** The command line wasn't understood; the help should be shown. */
export class UsageError extends Error {
  override readonly name = 'UsageError';

  constructor(command: string) {
    super(`parley knows no command "${command}"`);
  }
}

/**
 * Reads the settings of a command, with the secrets that are given as files.
 * @throws StartError that names every wrong setting
 */
export function configOf(environment: Environment): Config {
  return readConfig(environment, (path) => readFileSync(path, 'utf8'));
}

/** The origin of links that a command prints. Over HTTP it comes from the request, if `PUBLIC_URL` isn't set. */
export function linkOrigin(config: Pick<Config, 'publicUrl' | 'host' | 'tls'>, port: number): string {
  return config.publicUrl ?? localOrigin(config, port);
}

/** The origin of a server that listens on `host`, as somebody on this machine reaches it. */
export function localOrigin({ host, tls }: Pick<Config, 'host' | 'tls'>, port: number): string {
  const isLocal = /^(0\.0\.0\.0|::|127\.0\.0\.1|::1)$/.test(host);
  const scheme = tls === undefined ? 'http' : 'https';
  return `${scheme}://${isLocal ? 'localhost' : host.includes(':') ? `[${host}]` : host}:${port}`;
}
