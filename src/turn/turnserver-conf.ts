import { readFileSync } from 'node:fs';
import { messageOf, StartError } from '../lib/errors.ts';
import type { Log } from '../lib/log.ts';
import { RELAY_CONF_DEFAULTS, type RelayConf } from './relay-conf.ts';
import { Expectation, NO_EFFECT, readSetting, SECRET_SETTINGS } from './turnserver-settings.ts';

/** A line that was not acted on; the relay starts all the same. */
export interface ConfWarning {
  readonly line: number;
  readonly message: string;
}

export interface ParsedConf {
  readonly conf: RelayConf;
  readonly warnings: readonly ConfWarning[];
}

/**
 * Reads the file at `path`; where there is none, the defaults hold. Lines that were not acted on are logged.
 * @throws StartError where the file can't be read or a value in it is malformed
 */
export function readTurnserverConf(path: string, log: Log): RelayConf {
  let text = '';
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ENOENT')) {
      throw new StartError(`${path} can't be read: ${messageOf(error)}`);
    }
    log.info('no settings of the relay: defaults hold', { file: path });
  }
  const { conf, warnings } = parseTurnserverConf(text, path);
  for (const { line, message } of warnings) log.warn(message, { file: path, line });
  return conf;
}

/**
 * Reads coturn's format as coturn does: one `key=value`, `key value` or `key` on a line, `#` only at its start, the
 * last of several values holds save for keys that make a list.
 * @param file its name, for messages
 * @throws StartError for a malformed value: file, line, what was expected
 */
export function parseTurnserverConf(text: string, file: string): ParsedConf {
  let conf = RELAY_CONF_DEFAULTS;
  const warnings: ConfWarning[] = [];
  for (const [index, raw] of text.split(/\r?\n/).entries()) {
    const line = index + 1;
    const { key, value } = split(raw.trim());
    if (key === '' || key.startsWith('#') || NO_EFFECT.has(key)) continue;
    const set = readLine(key, value, conf, `${file}:${line}`);
    if (set === undefined) warnings.push({ line, message: `unknown setting ${key}: ignored` });
    else conf = { ...conf, ...set };
  }
  checkWhole(conf, file);
  return { conf: Object.freeze(conf), warnings };
}

function readLine(
  key: string,
  value: string,
  soFar: RelayConf,
  place: string,
): Partial<RelayConf> | undefined {
  try {
    return readSetting(key, value, soFar);
  } catch (error) {
    if (!(error instanceof Expectation)) throw error;
    throw new StartError(`${place}: ${complaint(key, value, error)}`);
  }
}

/** coturn divides at the first run of spaces, tabs and `=`, and takes one pair of double quotes off. */
function split(line: string): { key: string; value: string } {
  const [, key = '', value = ''] = /^([^\s=]*)[\s=]*(.*)$/.exec(line) ?? [];
  return { key, value: /^"(.*)"$/.exec(value)?.[1] ?? value };
}

function complaint(key: string, value: string, { message }: Expectation): string {
  const given = SECRET_SETTINGS.has(key) ? 'not right' : `"${value}"`;
  return `${key} is ${given}: expected ${message}`;
}

function checkWhole({ minPort, maxPort, cert, pkey }: RelayConf, file: string): void {
  if (minPort > maxPort) {
    throw new StartError(
      `${file}: min-port ${minPort} is above max-port ${maxPort}: expected min-port first`,
    );
  }
  if ((cert === undefined) !== (pkey === undefined)) {
    throw new StartError(
      `${file}: ${cert === undefined ? 'pkey without cert' : 'cert without pkey'}: expected both`,
    );
  }
}
