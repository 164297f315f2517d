import type { Clock } from '../../signaling/clock.ts';
import type { CallStats, PeerStats, Quality, RemotePeer, UplinkState } from '../../types.ts';
import type { Remote } from '../remote.ts';
import type { Expected } from './judge.ts';
import { judgeLine } from './own-line.ts';
import { PeerQuality } from './peer-quality.ts';
import { NO_STATS, sumOf } from './peer-stats.ts';
import type { LinkReading } from './reading.ts';
import { type SteadyQuality, steadied, UNKNOWN } from './steady.ts';

/** Milliseconds between readings: every use of the browser's stats shares them. */
const EVERY_MS = 1_000;

interface QualityDeps {
  readonly clock: Clock;
  readonly remotes: () => readonly Remote[];
  readonly uplink: () => UplinkState;
  /** All connected peers were read. Once a second. */
  readonly onReadings: (readings: ReadonlyMap<Remote, LinkReading>) => void;
  readonly onLine: (line: Quality | null) => void;
}

/**
 * Reads the stats of all connections once a second while somebody is connected, for everybody who needs them, and judges what
 * they say.
 */
export class CallQuality {
  readonly #deps: QualityDeps;
  /** Of those in the call alone. */
  readonly #known = new Map<Remote, PeerQuality>();
  #line: SteadyQuality = UNKNOWN;
  #cancel: (() => void) | undefined;
  #look: Promise<void> | undefined;
  #readAtMs = Number.NEGATIVE_INFINITY;
  #stats: CallStats | undefined;
  #ended = false;

  constructor(deps: QualityDeps) {
    this.#deps = deps;
  }

  get line(): Quality | null {
    return this.#line.shown;
  }

  /** How many peers it keeps readings of. */
  get kept(): number {
    return this.#known.size;
  }

  /** A connection came up or was lost, or somebody left. */
  note(): void {
    this.#forget();
    if (this.#cancel === undefined && this.#connected().length > 0) this.#start();
  }

  /** As `Call.stats`. */
  async stats(): Promise<CallStats> {
    await this.#refresh();
    this.#stats ??= this.#compile();
    return this.#stats;
  }

  /** As `RemotePeer.stats`. */
  async statsOf(peer: RemotePeer): Promise<PeerStats> {
    await this.#refresh();
    const remote = this.#deps.remotes().find((each) => each === peer);
    return remote === undefined ? NO_STATS : this.#statsOf(remote);
  }

  stop(): void {
    this.#ended = true;
    this.#cancel?.();
    this.#cancel = undefined;
    this.#known.clear();
  }

  #start(): void {
    if (this.#ended) return;
    // Others hear of a change at once, and this side reads in its own time.
    this.#cancel = this.#deps.clock.after(this.#look === undefined ? 0 : EVERY_MS, () => void this.#tick());
  }

  async #tick(): Promise<void> {
    const next = this.#deps.clock.after(EVERY_MS, () => void this.#tick());
    this.#cancel = next;
    // A reading that takes longer than a second is waited for.
    if (this.#look !== undefined) return;
    await this.#read();
    if (this.#cancel !== next || this.#connected().length > 0) return;
    next();
    this.#cancel = undefined;
  }

  /** Nobody waits for the next second: what is older is read anew. */
  async #refresh(): Promise<void> {
    const { clock } = this.#deps;
    const isFresh = Math.abs(clock.now() - this.#readAtMs) < EVERY_MS;
    if (!this.#ended && !isFresh) await this.#read();
  }

  #read(): Promise<void> {
    this.#look ??= this.#readAll().finally(() => {
      this.#look = undefined;
    });
    return this.#look;
  }

  async #readAll(): Promise<void> {
    const readings = new Map<Remote, LinkReading>();
    await Promise.all(
      this.#connected().map(async (remote) => {
        const link = remote.connection;
        // What a browser can't tell just now, it may tell next time.
        const reading = await link?.read().catch(() => undefined);
        if (reading === undefined || remote.connection !== link || this.#ended) return;
        readings.set(remote, reading);
        const before = this.#known.get(remote);
        const known = before !== undefined && before.link === link ? before : new PeerQuality(link);
        known.take(reading, expectedOf(remote), this.#deps.clock.now());
        this.#known.set(remote, known);
      }),
    );
    this.#readAtMs = this.#deps.clock.now();
    this.#stats = undefined;
    this.#forget();
    if (this.#ended) return;
    for (const remote of readings.keys()) remote.setQuality(this.#known.get(remote)?.quality ?? null);
    if (readings.size > 0) this.#deps.onReadings(readings);
    this.#judgeLine();
  }

  #judgeLine(): void {
    const { clock, remotes, uplink, onLine } = this.#deps;
    const before = this.#line.shown;
    const witnesses = [...this.#known.values()].flatMap(({ witness }) => witness ?? []);
    const holds = remotes().some(({ holds: { camera, screen } }) => camera || screen);
    this.#line = steadied(this.#line, judgeLine(witnesses, uplink(), holds), clock.now());
    if (this.#line.shown !== before) onLine(this.#line.shown);
  }

  #connected(): Remote[] {
    return this.#deps.remotes().filter(({ connectionState }) => connectionState === 'connected');
  }

  #forget(): void {
    const remotes = new Set(this.#deps.remotes());
    for (const [remote, known] of this.#known) {
      if (!remotes.has(remote)) this.#known.delete(remote);
      else if (remote.connectionState !== 'connected' || remote.connection !== known.link) {
        known.interrupt();
        remote.setQuality(null);
      }
    }
    if (!this.#ended && this.#line.shown !== null && this.#connected().length === 0) this.#judgeLine();
  }

  #statsOf(remote: Remote): PeerStats {
    const known = this.#known.get(remote);
    return (known?.link === remote.connection ? known?.stats : undefined) ?? NO_STATS;
  }

  #compile(): CallStats {
    const peers = this.#deps.remotes().map((remote) => {
      const { key, peerId, quality } = remote;
      return { key, peerId, quality, ...this.#statsOf(remote) };
    });
    return {
      atMs: this.#deps.clock.now(),
      line: this.line,
      uplink: this.#deps.uplink(),
      sendBitsPerSecond: sumOf(peers.map(({ sendBitsPerSecond }) => sendBitsPerSecond)),
      receiveBitsPerSecond: sumOf(peers.map(({ receiveBitsPerSecond }) => receiveBitsPerSecond)),
      peers,
    };
  }
}

/** What should come from a peer, if nothing is wrong. */
function expectedOf(remote: Remote): Expected {
  const { media, held } = remote;
  return {
    sound: media.audio,
    camera: media.video && !held.camera && remote.shows('camera'),
    screen: media.screen && !held.screen && remote.shows('screen'),
  };
}
