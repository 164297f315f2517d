import { randomInt } from 'node:crypto';
import { parseArgs } from 'node:util';
import { messageOf } from '../domain/errors.ts';
import { LIMIT_DEFAULTS, ROOM_CAPACITY } from '../protocol/limits.ts';

export interface LoadOptions {
  /** Origin of the HTTP API, such as `http://host:3001`. */
  readonly httpUrl: string;
  /** Such as `ws://host:3001/ws`. */
  readonly wsUrl: string;
  readonly rooms: number;
  /** Peers per room. */
  readonly peers: number;
  /** Seconds from the last planned join to the end. */
  readonly duration: number;
  /** Joins per second while the rooms fill. */
  readonly joinRate: number;
  /** Actions per second of all peers together, whether or not the server keeps up. */
  readonly rate: number;
  /** Percentage of peers per minute that leave and return. */
  readonly churn: number;
  /** Percentage of peers per minute that lose their connection. */
  readonly drop: number;
  readonly signIn:
    | { readonly by: 'guest'; readonly peersPerGuest: number }
    | { readonly by: 'token'; readonly token: string }
    | { readonly by: 'secret'; readonly secret: string };
  readonly seed: number;
  readonly json: boolean;
  /** Path of the HTML report. */
  readonly html: string | undefined;
  /** Max p99 (ms) of every kind of message; above it the run fails. */
  readonly maxP99: number | undefined;
}

/** A mistake on the command line; the message is for the person who typed it. */
export class OptionsError extends Error {
  override readonly name = 'OptionsError';
}

/** Default pause (s) between two actions of one peer. */
const PEER_PAUSE_SECONDS = 5;

const FLAGS = {
  url: { type: 'string', default: 'ws://localhost:3001' },
  rooms: { type: 'string', default: '10' },
  peers: { type: 'string', default: '4' },
  duration: { type: 'string', default: '30' },
  rate: { type: 'string' },
  'join-rate': { type: 'string', default: '200' },
  churn: { type: 'string', default: '0' },
  drop: { type: 'string', default: '0' },
  token: { type: 'string' },
  'jwt-secret': { type: 'string' },
  'peers-per-guest': { type: 'string', default: String(LIMIT_DEFAULTS.sessionsPerUser) },
  seed: { type: 'string' },
  'max-p99': { type: 'string' },
  json: { type: 'boolean', default: false },
  html: { type: 'string' },
  help: { type: 'boolean', short: 'h', default: false },
} as const;

/**
 * @param argv what follows `load`
 * @returns 'help' if the command line asks for it
 * @throws OptionsError that names the flag, its range and the value
 */
export function parseOptions(argv: readonly string[]): LoadOptions | 'help' {
  const values = parseFlags(argv);
  if (values.help) return 'help';
  const { httpUrl, wsUrl } = urls(values.url);
  const rooms = whole('rooms', values.rooms, 1, 100_000);
  const peers = whole('peers', values.peers, 1, ROOM_CAPACITY.max);
  return {
    httpUrl,
    wsUrl,
    rooms,
    peers,
    duration: number('duration', values.duration, 1, 604_800),
    joinRate: number('join-rate', values['join-rate'], 0.1, 1_000_000),
    rate:
      values.rate === undefined
        ? (rooms * peers) / PEER_PAUSE_SECONDS
        : number('rate', values.rate, 0, 1_000_000),
    churn: number('churn', values.churn, 0, 6_000),
    drop: number('drop', values.drop, 0, 6_000),
    signIn: signIn(values.token, values['jwt-secret'], values['peers-per-guest']),
    seed: values.seed === undefined ? randomInt(2 ** 32) : whole('seed', values.seed, 0, 2 ** 32 - 1),
    json: values.json,
    html: values.html,
    maxP99:
      values['max-p99'] === undefined ? undefined : number('max-p99', values['max-p99'], 0.001, 600_000),
  };
}

function parseFlags(argv: readonly string[]) {
  try {
    return parseArgs({ args: [...argv], options: FLAGS, strict: true, allowPositionals: false }).values;
  } catch (thrown) {
    throw new OptionsError(`${messageOf(thrown)}\nSee --help for all flags.`);
  }
}

function urls(text: string): Pick<LoadOptions, 'httpUrl' | 'wsUrl'> {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const secure = url?.protocol === 'wss:' || url?.protocol === 'https:';
  if (url === undefined || !(secure || url.protocol === 'ws:' || url.protocol === 'http:')) {
    throw new OptionsError(`--url takes the server's address, such as ws://localhost:3001; got "${text}".`);
  }
  const base = `${url.host}${url.pathname.replace(/\/(ws)?\/?$/, '')}`;
  return {
    httpUrl: `${secure ? 'https' : 'http'}://${base}`,
    wsUrl: `${secure ? 'wss' : 'ws'}://${base}/ws`,
  };
}

function signIn(
  token: string | undefined,
  secret: string | undefined,
  perGuest: string,
): LoadOptions['signIn'] {
  if (token !== undefined && secret !== undefined) {
    throw new OptionsError('Use --token or --jwt-secret, not both.');
  }
  if (token !== undefined) return { by: 'token', token };
  if (secret === undefined)
    return { by: 'guest', peersPerGuest: whole('peers-per-guest', perGuest, 1, 1_000_000) };
  if (!secret.startsWith('@') && Buffer.byteLength(secret) < 32) {
    throw new OptionsError(
      "--jwt-secret takes the server's JWT_SECRET (at least 32 bytes), or @ and the path of a file that contains it.",
    );
  }
  return { by: 'secret', secret };
}

function whole(flag: string, text: string, min: number, max: number): number {
  const value = number(flag, text, min, max);
  if (!Number.isInteger(value)) throw new OptionsError(`--${flag} takes a whole number; got "${text}".`);
  return value;
}

function number(flag: string, text: string, min: number, max: number): number {
  const value = text.trim() === '' ? Number.NaN : Number(text);
  if (!(value >= min && value <= max)) {
    throw new OptionsError(`--${flag} takes a number from ${min} to ${max}; got "${text}".`);
  }
  return value;
}
