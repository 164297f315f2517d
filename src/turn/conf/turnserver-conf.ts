import { readFileSync } from 'node:fs';
import { messageOf, StartError } from '../../domain/errors.ts';
import type { Log } from '../../lib/log.ts';
import { RELAY_CONF_DEFAULTS, type RelayConf } from './relay-conf.ts';
import {
  coturnDifference,
  NO_EFFECT,
  readSetting,
  SECRET_SETTINGS,
  TEXT_SETTINGS,
  UNSUPPORTED,
} from './turnserver-settings.ts';
import { Expectation } from './turnserver-values.ts';

/** A line that is ignored, or that coturn reads differently. */
export interface ConfWarning {
  readonly line: number;
  readonly message: string;
}

export interface ParsedConf {
  readonly conf: RelayConf;
  readonly warnings: readonly ConfWarning[];
}

/**
 * Reads the file at `path`, or uses the defaults if there is none. Logs warnings.
 * @throws StartError if the file can't be read or a value in it is malformed
 */
export function readTurnserverConf(path: string, log: Log): RelayConf {
  let text = '';
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ENOENT')) {
      throw new StartError(`${path} can't be read: ${messageOf(error)}`);
    }
    log.info('the relay has no settings file and uses the defaults', { file: path });
  }
  const { conf, warnings } = parseTurnserverConf(text, path);
  for (const { line, message } of warnings) log.warn(message, { file: path, line });
  return conf;
}

/**
 * Parses coturn's format: one `key=value`, `key value` or `key` per line. If a key occurs several times, its values form a list or
 * the last one wins. Unlike in coturn, a comment may follow a value: coturn ignores what follows a number, but takes it for a part
 * of a text.
 * @param file its name, for messages
 * @throws StartError for a malformed value, with file, line and what was expected
 */
export function parseTurnserverConf(text: string, file: string): ParsedConf {
  let conf = RELAY_CONF_DEFAULTS;
  const warnings: ConfWarning[] = [];
  for (const [index, raw] of text.split(/\r?\n/).entries()) {
    const line = index + 1;
    const { key, value: written } = split(raw.trim());
    if (key === '' || key.startsWith('#') || NO_EFFECT.has(key)) continue;
    const { value, warning } = withoutComment(key, written);
    const set = readLine(key, value, conf, `${file}:${line}`);
    const message = set === undefined ? unknown(key) : (warning ?? coturnDifference(key, value));
    if (message !== undefined) warnings.push({ line, message });
    conf = { ...conf, ...set };
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
    throw new StartError(`${place}: ${explain(key, value, error)}`);
  }
}

/** Splits at the first run of spaces, tabs and `=`, as coturn does. */
function split(line: string): { key: string; value: string } {
  const [, key = '', value = ''] = /^([^\s=]*)[\s=]*(.*)$/.exec(line) ?? [];
  return { key, value };
}

/** Removes a double quote from the start and then one from the end, as coturn does. */
function unquoted(value: string): string {
  return value.startsWith('"') ? value.slice(1).replace(/"$/, '') : value;
}

/** Removes a comment, quotes and a final semicolon, a habit from other formats; but takes secrets literally. */
function withoutComment(key: string, written: string): { value: string; warning?: string } {
  if (SECRET_SETTINGS.has(key)) {
    const value = unquoted(written);
    return /\s#/.test(value)
      ? { value, warning: `${key}: the # and what follows it are part of the value` }
      : { value };
  }
  const quoted = /^"([^"]*)"\s*(?:#.*|;)?$/.exec(written)?.[1];
  const bare = written.replace(/^#.*$|\s+#.*$/, '').replace(/\s*;$/, '');
  const value = quoted ?? unquoted(bare);
  if (bare === written || quoted?.length === written.length - 2 || !TEXT_SETTINGS.has(key)) return { value };
  return {
    value,
    warning: `${key}: read as "${value}", but coturn reads the rest of the line as part of the value`,
  };
}

function unknown(key: string): string {
  return UNSUPPORTED.get(key) ?? `unknown setting ${key}: ignored`;
}

function explain(key: string, value: string, { message }: Expectation): string {
  const given = SECRET_SETTINGS.has(key) ? 'invalid' : `"${value}"`;
  return `${key} is ${given}: expected ${message}`;
}

function checkWhole(conf: RelayConf, file: string): void {
  const { minPort, maxPort, cert, pkey, listeningPort, tlsListeningPort, tls } = conf;
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
  if (listeningPort === tlsListeningPort && tls && cert !== undefined) {
    throw new StartError(
      `${file}: listening-port and tls-listening-port are both ${listeningPort}: expected different ports, as this ` +
        "relay can't tell TLS from TCP on the same port",
    );
  }
}
