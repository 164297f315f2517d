import type { MediaState } from '../../protocol/fields.ts';
import type { Call, Muted, TrackKind } from '../types.ts';

export type LocalTracks = ReadonlyMap<TrackKind, MediaStreamTrack>;

/** The track that each kind of `Muted` switches. */
const MUTABLE = [
  ['audio', 'microphone'],
  ['video', 'camera'],
] as const;

/**
 * The tracks that this side sends, and whether they are muted. The SDK owns `track.enabled` of what it sends: a track
 * that comes disabled mutes its kind, and only `mute` unmutes it again.
 */
export class PublishedTracks {
  readonly #onEnded: (kind: TrackKind) => void;
  readonly #onPaused: () => void;
  readonly #tracks = new Map<TrackKind, MediaStreamTrack>();
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

  get tracks(): LocalTracks {
    return this.#tracks;
  }

  /** The media state that other peers get: a kind is true if its track is live and enabled. A screen share has no mute. */
  get state(): MediaState {
    return {
      // Only for the microphone: a camera's track is `muted` during every second without a frame.
      audio: this.#sends('microphone') && this.#tracks.get('microphone')?.muted !== true,
      video: this.#sends('camera'),
      screen: this.#tracks.get('screen')?.readyState === 'live',
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
    if (track === null) {
      this.#tracks.delete(kind);
      return;
    }
    this.#tracks.set(kind, track);
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

  /** Mutes or unmutes the named kinds; the others stay as they are. */
  mute(muted: Muted): void {
    for (const [name, kind] of MUTABLE) {
      const wanted = muted[name];
      if (wanted === undefined) continue;
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

  #sends(kind: 'microphone' | 'camera'): boolean {
    const track = this.#tracks.get(kind);
    return track?.readyState === 'live' && track.enabled;
  }
}
