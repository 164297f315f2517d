import { readFileSync } from 'node:fs';
import { messageOf, StartError } from '../../domain/errors.ts';
import type { Fault } from '../../domain/fault.ts';
import type { Log } from '../../lib/log.ts';
import { readOwnFile } from '../../lib/own-files.ts';
import { isPacked } from '../../lib/packed.ts';
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

/** What the lines that can be read say, and what is wrong with the others. */
export interface CheckedConf extends ParsedConf {
  readonly faults: readonly Fault[];
}

/**
 * Reads the file at `path`, or uses the defaults if there is none. Logs warnings.
 * @throws StartError if the file can't be read; if values in it are malformed, it names each of them
 */
export function readTurnserverConf(path: string, log: Log): RelayConf {
  const text = textOf(path);
  if (text === undefined) log.info('the relay has no settings file and uses the defaults', { file: path });
  const { conf, warnings } = parseTurnserverConf(text ?? defaultText(), path);
  for (const { line, message } of warnings) log.warn(message, { file: path, line });
  return conf;
}

/** As `readTurnserverConf`, but returns the faults. */
export function checkTurnserverConf(path: string): CheckedConf {
  try {
    return checkText(textOf(path) ?? defaultText(), path);
  } catch (thrown) {
    const fault = { at: path, message: messageOf(thrown) };
    return { conf: RELAY_CONF_DEFAULTS, warnings: [], faults: [fault] };
  }
}

/** The file that comes with Parley, which says what the defaults are: read for what it sets all the same. */
function defaultText(): string {
  return isPacked ? readOwnFile('turnserver.conf') : '';
}

/** Returns undefined if there is no file. @throws StartError if it can't be read */
function textOf(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw new StartError(`${path} can't be read: ${messageOf(error)}`);
  }
}

/**
 * Parses coturn's format: one `key=value`, `key value` or `key` per line. If a key occurs several times, its values form a list or
 * the last one wins. Unlike in coturn, a comment may follow a value: coturn ignores what follows a number, but takes it for a part
 * of a text.
 * @param file its name, for messages
 * @throws StartError that names each malformed value, with file, line and what was expected
 */
export function parseTurnserverConf(text: string, file: string): ParsedConf {
  const { conf, warnings, faults } = checkText(text, file);
  if (faults.length > 0) throw new StartError(faults.map(({ message }) => message).join('\n'));
  return { conf, warnings };
}

function checkText(text: string, file: string): CheckedConf {
  let conf = RELAY_CONF_DEFAULTS;
  const warnings: ConfWarning[] = [];
  const faults: Fault[] = [];
  /** The last line of each key that can be read. */
  const lines = new Map<string, number>();
  const wrong = new Set<string>();
  for (const [index, raw] of text.split(/\r?\n/).entries()) {
    const line = index + 1;
    const { key, value: written } = split(raw.trim());
    if (key === '' || key.startsWith('#') || NO_EFFECT.has(key)) continue;
    const { value, warning } = withoutComment(key, written);
    const set = readLine(key, value, conf);
    if (set instanceof Expectation) {
      faults.push(faultAt(line, explain(key, value, set)));
      wrong.add(key);
      continue;
    }
    lines.set(key, line);
    const message = set === undefined ? unknown(key) : (warning ?? coturnDifference(key, value));
    if (message !== undefined) warnings.push({ line, message });
    conf = { ...conf, ...set };
  }
  for (const { keys, message } of contradictions(conf)) {
    // What a line that can't be read would say is unknown.
    if (keys.some((key) => wrong.has(key))) continue;
    faults.push(faultAt(Math.max(...keys.map((key) => lines.get(key) ?? 0)), message));
  }
  return { conf: Object.freeze(conf), warnings, faults };

  function faultAt(line: number, message: string): Fault {
    const at = `${file}:${line}`;
    return { at, message: `${at}: ${message}` };
  }
}

/** Returns what the line sets, undefined if its key is unknown, or what was expected in place of its value. */
function readLine(
  key: string,
  value: string,
  soFar: RelayConf,
): Partial<RelayConf> | Expectation | undefined {
  try {
    return readSetting(key, value, soFar);
  } catch (error) {
    if (!(error instanceof Expectation)) throw error;
    return error;
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

interface Contradiction {
  readonly keys: readonly string[];
  readonly message: string;
}

/** What lines say against each other. */
function contradictions(conf: RelayConf): Contradiction[] {
  const { minPort, maxPort, cert, pkey, listeningPort, tlsListeningPort, tls } = conf;
  const found: Contradiction[] = [];
  if (minPort > maxPort) {
    const message = `min-port ${minPort} is above max-port ${maxPort}: expected min-port first`;
    found.push({ keys: ['min-port', 'max-port'], message });
  }
  if ((cert === undefined) !== (pkey === undefined)) {
    const message = `${cert === undefined ? 'pkey without cert' : 'cert without pkey'}: expected both`;
    found.push({ keys: ['cert', 'pkey'], message });
  }
  if (listeningPort === tlsListeningPort && tls && cert !== undefined) {
    const message =
      `listening-port and tls-listening-port are both ${listeningPort}: expected different ports, as this ` +
      "relay can't tell TLS from TCP on the same port";
    found.push({ keys: ['listening-port', 'tls-listening-port'], message });
  }
  return found;
}
