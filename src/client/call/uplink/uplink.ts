import type { UplinkLimit, UplinkState } from '../../mesh-types.ts';
import type { Clock } from '../../signaling/clock.ts';
import type { LocalTracks } from '../published-tracks.ts';
import type { LinkReading } from '../quality/reading.ts';
import type { Remote } from '../remote.ts';

/** The least that a limit may be, in bits per second: sound and a stamp of a picture for one peer. */
export const LEAST_UPLINK = 50_000;

interface UplinkDeps {
  readonly clock: Clock;
  readonly remotes: () => readonly Remote[];
  readonly tracks: LocalTracks;
  readonly onChange: (state: UplinkState) => void;
}

/** Shares this side's uplink among its peers. */
export class Uplink {
  readonly #deps: UplinkDeps;
  #state: UplinkState;

  constructor(deps: UplinkDeps, limit: UplinkLimit = 'auto') {
    this.#deps = deps;
    this.#state = { limit: checked(limit), bitsPerSecond: null };
  }

  get state(): UplinkState {
    return this.#state;
  }

  setLimit(limit: UplinkLimit): void {
    this.#state = { ...this.#state, limit: checked(limit) };
    this.#deps.onChange(this.#state);
  }

  /** A peer asks for other sizes, a track or a peer came or went. */
  note(): void {}

  /** What the connected peers' connections say. Once a second. */
  readings(_readings: ReadonlyMap<Remote, LinkReading>): void {}

  stop(): void {}
}

function checked(limit: UplinkLimit): UplinkLimit {
  if (typeof limit === 'number' && !(limit >= LEAST_UPLINK))
    throw new RangeError(`An uplink limit is at least ${LEAST_UPLINK} bits per second, got ${limit}.`);
  return limit;
}
