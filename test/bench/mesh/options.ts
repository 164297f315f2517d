import { resolve } from 'node:path';
import { parseArgs } from 'node:util';

/** kbit/s of each uplink; undefined: as fast as the machine. */
export type Limit = number | undefined;

export interface MeshOptions {
  /** Numbers of people in a call. */
  readonly sizes: readonly number[];
  readonly limits: readonly Limit[];
  /** Number of people up to which uplinks are limited, as each takes a browser of its own then. */
  readonly limited: number;
  readonly runs: number;
  /** Seconds of each call that are measured, and that are waited for before. */
  readonly seconds: number;
  readonly settle: number;
  /** Folder of another built checkout. */
  readonly before: string | undefined;
  readonly window: { readonly width: number; readonly height: number };
  readonly json: string | undefined;
  readonly write: boolean;
}

export const MAX_PEOPLE = 8;

export const HELP = `npm run bench:mesh -- [flags]: calls of whole pages in headless Chromium, on this machine

  --before DIR    another built checkout (npm ci && npm run build), in turns with this one
  --sizes LIST    numbers of people, of 2 to ${MAX_PEOPLE} (default 2,4,8)
  --limits LIST   Mbit/s of each uplink, or "none" (default none,1.5,0.6); as root only, for it takes network namespaces
  --limited N     largest call whose uplinks are limited: each takes a browser of its own then (default 4, for two cores)
  --runs N        calls of each kind; the table shows medians (default 1)
  --seconds N     seconds of each call that are measured (default 15)
  --settle N      seconds before that, once everybody sees everybody (default 10)
  --window WxH    size of each page (default 640x400)
  --json PATH     where the figures of all runs go as JSON
  --write         put the table into test/bench/README.md and the plot into test/bench/mesh.svg

Build both checkouts first. A call takes some 45 s: the defaults 11 minutes with --before, and the whole of it
(--sizes 2,4,6,8 --runs 3 --seconds 12) about 35.
`;

/** @throws Error with a message for the person at the terminal */
export function parseMeshOptions(argv: readonly string[]): MeshOptions | 'help' {
  const { values } = parseArgs({
    args: [...argv],
    options: {
      before: { type: 'string' },
      sizes: { type: 'string', default: '2,4,8' },
      limits: { type: 'string', default: 'none,1.5,0.6' },
      limited: { type: 'string', default: '4' },
      runs: { type: 'string', default: '1' },
      seconds: { type: 'string', default: '15' },
      settle: { type: 'string', default: '10' },
      window: { type: 'string', default: '640x400' },
      json: { type: 'string' },
      write: { type: 'boolean', default: false },
      help: { type: 'boolean', short: 'h', default: false },
    },
  });
  if (values.help) return 'help';
  const [width = '', height = ''] = values.window.split('x');
  return {
    sizes: values.sizes.split(',').map((word) => whole('sizes', word, 2, MAX_PEOPLE)),
    limits: values.limits.split(',').map(limitOf),
    limited: whole('limited', values.limited, 2, MAX_PEOPLE),
    runs: whole('runs', values.runs, 1, 100),
    seconds: whole('seconds', values.seconds, 1, 3_600),
    settle: whole('settle', values.settle, 0, 3_600),
    window: { width: whole('window', width, 200, 8_000), height: whole('window', height, 200, 8_000) },
    before: values.before === undefined ? undefined : resolve(values.before),
    json: values.json,
    write: values.write,
  };
}

/** Returns how a limit is called in tables, in Mbit/s. */
export function nameOf(limit: Limit): string {
  return limit === undefined ? 'none' : String(limit / 1_000);
}

function limitOf(word: string): Limit {
  if (word === 'none') return undefined;
  const mbit = Number(word);
  if (!(mbit >= 0.05 && mbit <= 1_000))
    throw new Error(`--limits takes Mbit/s, such as 0.6, or "none"; got "${word}".`);
  return Math.round(mbit * 1_000);
}

function whole(flag: string, word: string, min: number, max: number): number {
  const value = Number(word);
  if (!Number.isInteger(value) || value < min || value > max)
    throw new Error(`--${flag} takes whole numbers from ${min} to ${max}; got "${word}".`);
  return value;
}
