import type { MediaState } from '../../protocol/fields.ts';
import { SEND_KINDS, type SendKind } from '../../protocol/room-fields.ts';
import type { Call, Muted, TrackKind } from '../types.ts';
import { hint } from './codecs/track-hints.ts';
import { RIGHT_OF } from './rights.ts';

export type LocalTracks = ReadonlyMap<TrackKind, MediaStreamTrack>;

const KINDS: readonly TrackKind[] = ['microphone', 'camera', 'screen', 'screenAudio'];

/** The track that each kind of `Muted` switches. */
const MUTABLE = [
  ['audio', 'microphone'],
  ['video', 'camera'],
] as const;

/**
 * The tracks that this side sends, and whether they are muted. The SDK owns `track.enabled` of what it sends: a track
 * that comes disabled mutes its kind, and only `mute` unmutes it again. Tracks of kinds that this side may not send are
 * kept, but not sent.
 */
export class PublishedTracks {
  readonly #onEnded: (kind: TrackKind) => void;
  readonly #onPaused: () => void;
  readonly #tracks = new Map<TrackKind, MediaStreamTrack>();
  /** Those of `#tracks` that this side may send. */
  readonly #sent = new Map<TrackKind, MediaStreamTrack>();
  #rights: readonly SendKind[] = SEND_KINDS;
  readonly #unlisten = new Map<TrackKind, () => void>();
  /** Why a kind is muted: the caller asked, or this track came disabled. Replacing the track doesn't end it. */
  readonly #mutedBy = new Map<'audio' | 'video', 'caller' | MediaStreamTrack>();
  #lastState: MediaState | undefined;

  /**
   * @param onEnded called with the kind of a track that ended without the SDK: unplugged, or stopped in the browser's own bar
   * @param onPaused called when the system pauses the microphone, as for a phone call, or resumes it
   */
  constructor(onEnded: (kind: TrackKind) => void, onPaused: () => void) {
    this.#onEnded = onEnded;
    this.#onPaused = onPaused;
  }

  /** What is sent; the same map all the time. */
  get tracks(): LocalTracks {
    return this.#sent;
  }

  /** The track that was set, whether it may be sent or not. */
  given(kind: TrackKind): MediaStreamTrack | null {
    return this.#tracks.get(kind) ?? null;
  }

  /** Whether this side may send a kind [RM6]. */
  permits(kind: TrackKind): boolean {
    return this.#rights.includes(RIGHT_OF[kind]);
  }

  /**
   * Sets what this side may send [RM6]. A kind that it may no longer send is muted: if the right is given back, nobody goes
   * on air unasked. Returns the kinds whose right has changed.
   */
  permit(rights: readonly SendKind[]): TrackKind[] {
    const before = this.#rights;
    for (const [name] of MUTABLE) if (!rights.includes(name)) this.mute({ [name]: true });
    this.#rights = rights;
    const changed = KINDS.filter((kind) => before.includes(RIGHT_OF[kind]) !== this.permits(kind));
    for (const kind of changed) this.#choose(kind);
    return changed;
  }

  /** The media state that other peers get: a kind is true if its track is live and enabled. A screen share has no mute. */
  get state(): MediaState {
    return {
      // Only for the microphone: a camera's track is `muted` during every second without a frame.
      audio: this.#sends('microphone') && this.#sent.get('microphone')?.muted !== true,
      video: this.#sends('camera'),
      screen: this.#sent.get('screen')?.readyState === 'live',
    };
  }

  get muted(): Call['muted'] {
    return { audio: this.#mutedBy.has('audio'), video: this.#mutedBy.has('video') };
  }

  /** Returns the state if it differs from that of the last call, else undefined. */
  takeChange(): MediaState | undefined {
    const { audio, video, screen } = this.state;
    const last = this.#lastState;
    if (last?.audio === audio && last.video === video && last.screen === screen) return undefined;
    this.#lastState = { audio, video, screen };
    return this.#lastState;
  }

  set(kind: TrackKind, track: MediaStreamTrack | null): void {
    this.#carryMute(kind, track);
    this.#unlisten.get(kind)?.();
    this.#unlisten.delete(kind);
    if (track === null) this.#tracks.delete(kind);
    else this.#tracks.set(kind, track);
    this.#choose(kind);
    if (track === null) return;
    hint(track, kind);
    const listening = new AbortController();
    const { signal } = listening;
    track.addEventListener('ended', () => this.#onEnded(kind), { signal });
    for (const event of kind === 'microphone' ? ['mute', 'unmute'] : [])
      track.addEventListener(event, this.#onPaused, { signal });
    this.#unlisten.set(kind, () => listening.abort());
  }

  /** Puts back the track that was sent before. The mute that the failed one brought along goes with it. */
  restore(kind: TrackKind, failed: MediaStreamTrack | null, before: MediaStreamTrack | null): void {
    for (const [name, by] of this.#mutedBy) if (by === failed) this.#mutedBy.delete(name);
    this.#tracks.delete(kind);
    this.set(kind, before);
  }

  /** Mutes or unmutes the named kinds; the others stay as they are. What this side may not send stays muted. */
  mute(muted: Muted): void {
    for (const [name, kind] of MUTABLE) {
      const wanted = muted[name];
      if (wanted === undefined || (!wanted && !this.permits(kind))) continue;
      if (wanted) this.#mutedBy.set(name, 'caller');
      else this.#mutedBy.delete(name);
      const track = this.#tracks.get(kind);
      if (track !== undefined) track.enabled = !wanted;
    }
  }

  /** Stops the capture, so that the browser no longer shows that the screen is shared. */
  stopScreen(): void {
    this.#tracks.get('screen')?.stop();
    this.#tracks.get('screenAudio')?.stop();
  }

  /** Lets all tracks go, without stopping them: they are the caller's. */
  release(): void {
    for (const kind of [...this.#tracks.keys()]) this.set(kind, null);
  }

  /** A kind stays muted when its track is replaced, and is muted by a track that comes disabled. */
  #carryMute(kind: TrackKind, track: MediaStreamTrack | null): void {
    const [name] = MUTABLE.find(([, mutable]) => mutable === kind) ?? [];
    if (name === undefined) return;
    const disabled = [this.#tracks.get(kind), track].find((each) => each?.enabled === false);
    if (disabled && !this.#mutedBy.has(name)) this.#mutedBy.set(name, disabled);
    if (track !== null && this.#mutedBy.has(name)) track.enabled = false;
  }

  #choose(kind: TrackKind): void {
    const track = this.#tracks.get(kind);
    if (track !== undefined && this.permits(kind)) this.#sent.set(kind, track);
    else this.#sent.delete(kind);
  }

  #sends(kind: 'microphone' | 'camera'): boolean {
    const track = this.#sent.get(kind);
    return track?.readyState === 'live' && track.enabled;
  }
}
