import type { RelayConf } from './relay-conf.ts';

/** A line that was not acted on; the relay starts all the same. */
export interface ConfWarning {
  readonly line: number;
  readonly message: string;
}

/**
 * Reads coturn's file format.
 * @param file its name, for messages
 * @throws StartError for a malformed value: file, line, what was expected
 */
export declare function parseTurnserverConf(
  text: string,
  file: string,
): { readonly conf: RelayConf; readonly warnings: readonly ConfWarning[] };
