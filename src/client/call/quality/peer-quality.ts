import type { PeerStats, Quality } from '../../types.ts';
import type { Remote } from '../remote.ts';
import { type Expected, GLANCES, type Glance, judge } from './judge.ts';
import { judgeSent, type Witness } from './own-line.ts';
import { statsBetween } from './peer-stats.ts';
import type { LinkReading } from './reading.ts';
import { type SteadyQuality, steadied, UNKNOWN } from './steady.ts';

/** Readings of a new connection that say nothing: buffers fill, and the first key frame is on its way. */
const SETTLING = 2;

/** What is known of one connection: its last readings, and what they say of the peer. */
export class PeerQuality {
  readonly link: Remote['connection'];
  #last: LinkReading | undefined;
  #readings = 0;
  #glances: readonly Glance[] = [];
  #stats: PeerStats | undefined;
  #steady: SteadyQuality = UNKNOWN;

  constructor(link: Remote['connection']) {
    this.link = link;
  }

  get stats(): PeerStats | undefined {
    return this.#stats;
  }

  get quality(): Quality | null {
    return this.#steady.shown;
  }

  /** What it says about this side's line; undefined before there is enough. */
  get witness(): Witness | undefined {
    const received = judge(this.#glances);
    return received === null ? undefined : { received, sent: judgeSent(this.#glances) };
  }

  take(reading: LinkReading, expected: Expected, nowMs: number): void {
    this.#stats = statsBetween(this.#last, reading);
    this.#last = reading;
    this.#readings += 1;
    if (this.#readings <= SETTLING) return;
    this.#glances = [...this.#glances, { reading, expected }].slice(-GLANCES);
    this.#steady = steadied(this.#steady, judge(this.#glances), nowMs);
  }

  /** The path is lost: what comes after it is judged anew. */
  interrupt(): void {
    this.#readings = 0;
    this.#glances = [];
    this.#steady = UNKNOWN;
  }
}
