import type { PictureKind, UplinkLimit, UplinkState } from '../../media-types.ts';
import type { Clock } from '../../signaling/clock.ts';
import type { TrackKind } from '../../types.ts';
import type { LocalTracks } from '../published-tracks.ts';
import type { LinkReading } from '../quality/reading.ts';
import type { Asked } from '../remote-media.ts';
import { applySending } from './apply.ts';
import { type Allotted, type BudgetState, startBudget, stepBudget } from './budget.ts';
import { capsOf, EASY, stepCpu } from './cpu.ts';
import { costOf } from './ladder.ts';
import { UplinkNews } from './news.ts';
import { type PeerWish, type Plan, planUplink } from './plan.ts';
import type { ParameterSender } from './sender-parameters.ts';
import { sourceOf } from './source.ts';
import { type Sending, steady } from './steady.ts';

/** The least that a limit may be, in bits per second: sound and a stamp of a picture for one peer. */
export const LEAST_UPLINK = 50_000;

/** Bits per second of the uplink that one sound takes: Opus at 32 kbit/s, in 50 packets with headers of 60 bytes. */
const SOUND_BITS = 56_000;
/** As much as redundancy (RED) makes of it, at most. */
const SOUND_MOST = 2;

const PICTURES: readonly PictureKind[] = ['camera', 'screen'];
const SOUNDS: readonly TrackKind[] = ['microphone', 'screenAudio'];

/** A peer, as its share of the uplink sees it. */
export interface UplinkPeer {
  readonly asked: Asked;
  readonly connectionState: string;
  readonly connection: { sender(kind: TrackKind): ParameterSender | undefined } | undefined;
  hold(holds: Readonly<Record<PictureKind, boolean>>): void;
}

/** The application's part of an uplink's limits, as in `JoinOptions`. */
export interface UplinkOptions {
  readonly uplink?: UplinkLimit | undefined;
  readonly maxUplink?: number | undefined;
}

interface UplinkDeps {
  readonly clock: Clock;
  readonly remotes: () => readonly UplinkPeer[];
  readonly tracks: LocalTracks;
  readonly onChange: (state: UplinkState) => void;
}

type Sendings = Readonly<Partial<Record<PictureKind, Sending>>>;

/** Shares this side's uplink among its peers. What it decides are pure functions; this keeps their state and applies them. */
export class Uplink {
  readonly #deps: UplinkDeps;
  readonly #news: UplinkNews;
  readonly #most: number;
  #limit: UplinkLimit;
  #budget: BudgetState<UplinkPeer> = startBudget();
  #cpu = EASY;
  #plan: Plan<UplinkPeer> | undefined;
  #sendings = new Map<UplinkPeer, Sendings>();
  /** The connection to which each peer's `#sendings` belong. */
  readonly #connections = new WeakMap<UplinkPeer, UplinkPeer['connection']>();
  #stopped = false;

  /** @throws RangeError if a limit is below `LEAST_UPLINK` */
  constructor(deps: UplinkDeps, { uplink = 'auto', maxUplink }: UplinkOptions = {}) {
    this.#deps = deps;
    this.#limit = checked(uplink);
    this.#most = checked(maxUplink ?? Number.POSITIVE_INFINITY);
    this.#news = new UplinkNews(deps, { limit: uplink, bitsPerSecond: null });
  }

  get state(): UplinkState {
    return this.#news.state;
  }

  /** @throws RangeError if it is a number below `LEAST_UPLINK` */
  setLimit(limit: UplinkLimit): void {
    this.#limit = checked(limit);
    // A person who chooses doesn't wait for what the last choice held.
    for (const [peer, sendings] of this.#sendings) this.#sendings.set(peer, forgetHolds(sendings));
    this.#fit();
  }

  /** A peer asks for other sizes, a track or a peer came or went. Acts at once. */
  note(): void {
    this.#fit();
  }

  /** What all connections say of the last second. */
  readings(readings: ReadonlyMap<UplinkPeer, LinkReading>): void {
    if (this.#stopped || readings.size === 0) return;
    const cap = this.#cap;
    const budget = { ...this.#budget, bits: Math.min(this.#budget.bits, cap) };
    const limited = this.#plan?.limited === true && budget.bits < cap;
    this.#budget = stepBudget(budget, readings, { allotted: this.#allotted(), limited });
    this.#cpu = stepCpu(this.#cpu, readings.values(), this.#deps.clock.now());
    this.#fit();
  }

  stop(): void {
    this.#stopped = true;
    this.#news.stop();
    this.#sendings.clear();
  }

  get #cap(): number {
    return Math.min(this.#most, typeof this.#limit === 'number' ? this.#limit : Number.POSITIVE_INFINITY);
  }

  #fit(): void {
    if (this.#stopped) return;
    const peers = this.#deps
      .remotes()
      .filter(({ connection, connectionState }) => connection !== undefined && connectionState !== 'failed');
    const budget = this.#limit === 'sound' ? undefined : Math.min(this.#budget.bits, this.#cap);
    const plan = planUplink(
      peers.map((peer) => this.#wishOf(peer)),
      budget,
      capsOf(this.#cpu),
    );
    this.#plan = plan;
    const now = this.#deps.clock.now();
    // What was held or small on a connection that is gone says nothing of a new one.
    for (const peer of peers) {
      if (this.#connections.get(peer) !== peer.connection) this.#sendings.delete(peer);
      this.#connections.set(peer, peer.connection);
    }
    const sendings = new Map<UplinkPeer, Sendings>();
    for (const share of plan.shares) {
      const { key: peer, kind } = share;
      const sending = steady(this.#sendings.get(peer)?.[kind], share, now);
      sendings.set(peer, { ...sendings.get(peer), [kind]: sending });
      const sender = peer.connection?.sender(kind);
      if (sender !== undefined) applySending(sender, sending);
    }
    for (const peer of peers) tellHeld(peer, this.#sendings.get(peer), sendings.get(peer));
    this.#sendings = sendings;
    const bits = [...this.#allotted().values()].reduce((sum, each) => sum + totalOf(each), 0);
    this.#news.set({ limit: this.#limit, bitsPerSecond: peers.length === 0 ? null : Math.round(bits) });
  }

  #wishOf(peer: UplinkPeer): PeerWish<UplinkPeer> {
    const { tracks } = this.#deps;
    const path = this.#budget.paths.get(peer);
    const pictures = PICTURES.flatMap((kind) => {
      const track = tracks.get(kind);
      return isOn(track) ? { kind, asked: peer.asked[kind], source: sourceOf(track) } : [];
    });
    const least = SOUND_BITS * SOUNDS.filter((kind) => isOn(tracks.get(kind))).length;
    const sound = Math.max(least, Math.min(SOUND_MOST * least, path?.sound ?? 0));
    return { key: peer, sound, ceiling: path?.ceiling ?? Number.POSITIVE_INFINITY, pictures };
  }

  #allotted(): ReadonlyMap<UplinkPeer, Allotted> {
    const peers = this.#deps.remotes().filter(({ connection }) => connection !== undefined);
    return new Map(
      peers.map((peer) => {
        const sendings = Object.values(this.#sendings.get(peer) ?? {});
        const pictures = sendings.reduce(
          (sum, { state, bits, rung }) => sum + (state === 'sent' ? costOf(bits, rung.frameRate) : 0),
          0,
        );
        return [peer, { sound: this.#wishOf(peer).sound, pictures }];
      }),
    );
  }
}

function totalOf({ sound, pictures }: Allotted): number {
  return sound + pictures;
}

/** A track that gives nothing needs nothing. */
function isOn(track: MediaStreamTrack | undefined): track is MediaStreamTrack {
  return track?.enabled === true && track.readyState === 'live';
}

function tellHeld(peer: UplinkPeer, before: Sendings | undefined, after: Sendings | undefined): void {
  const [last, next] = [holdsOf(before), holdsOf(after)];
  if (last.camera !== next.camera || last.screen !== next.screen) peer.hold(next);
}

function holdsOf(sendings: Sendings | undefined): Record<PictureKind, boolean> {
  return { camera: sendings?.camera?.state === 'held', screen: sendings?.screen?.state === 'held' };
}

function forgetHolds(sendings: Sendings): Sendings {
  const forget = (sending: Sending | undefined) =>
    sending === undefined ? {} : { ...sending, heldAt: Number.NEGATIVE_INFINITY };
  return Object.fromEntries(
    PICTURES.flatMap((kind) => (sendings[kind] === undefined ? [] : [[kind, forget(sendings[kind])]])),
  );
}

function checked<Limit extends UplinkLimit>(limit: Limit): Limit {
  if (typeof limit === 'number' && !(limit >= LEAST_UPLINK))
    throw new RangeError(`An uplink limit is at least ${LEAST_UPLINK} bits per second, got ${limit}.`);
  return limit;
}
