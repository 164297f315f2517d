import type { MediaState } from '../../protocol/fields.ts';
import type { Call, Muted, TrackKind } from '../types.ts';

export type LocalTracks = ReadonlyMap<TrackKind, MediaStreamTrack>;

/** Which track each mute switches. */
const MUTABLE = [
  ['audio', 'microphone'],
  ['video', 'camera'],
] as const;

/**
 * The tracks that this side sends, and whether they are muted. The SDK owns `track.enabled` of what it sends: a track
 * that comes disabled mutes its kind, and only `mute` unmutes it again.
 */
export class LocalMedia {
  readonly #ended: (kind: TrackKind) => void;
  readonly #paused: () => void;
  readonly #tracks = new Map<TrackKind, MediaStreamTrack>();
  readonly #unfollow = new Map<TrackKind, () => void>();
  /** Why a kind is muted: the caller asked, or this track came disabled. Replacing the track doesn't end it. */
  readonly #mutedBy = new Map<'audio' | 'video', 'caller' | MediaStreamTrack>();
  #told: MediaState | undefined;

  /**
   * @param ended called with the kind of a track that ended by itself: unplugged, or stopped in the browser's own bar
   * @param paused called when the system takes the microphone away, as for a phone call, or gives it back
   */
  constructor(ended: (kind: TrackKind) => void, paused: () => void) {
    this.#ended = ended;
    this.#paused = paused;
  }

  get tracks(): LocalTracks {
    return this.#tracks;
  }

  /** As the others are told: there, alive and enabled. A shared screen has no mute: its owner stops it. */
  get state(): MediaState {
    return {
      // A camera's track counts as muted for every second without a frame: of that the others are not told.
      audio: this.#sends('microphone') && this.#tracks.get('microphone')?.muted !== true,
      video: this.#sends('camera'),
      screen: this.#tracks.get('screen')?.readyState === 'live',
    };
  }

  get muted(): Call['muted'] {
    return { audio: this.#mutedBy.has('audio'), video: this.#mutedBy.has('video') };
  }

  /** The state, if it differs from the one at the last call. */
  takeChange(): MediaState | undefined {
    const { audio, video, screen } = this.state;
    const told = this.#told;
    if (told?.audio === audio && told.video === video && told.screen === screen) return undefined;
    this.#told = { audio, video, screen };
    return this.#told;
  }

  set(kind: TrackKind, track: MediaStreamTrack | null): void {
    this.#carryMute(kind, track);
    this.#unfollow.get(kind)?.();
    this.#unfollow.delete(kind);
    if (track === null) {
      this.#tracks.delete(kind);
      return;
    }
    this.#tracks.set(kind, track);
    const following = new AbortController();
    const { signal } = following;
    track.addEventListener('ended', () => this.#ended(kind), { signal });
    for (const event of kind === 'microphone' ? ['mute', 'unmute'] : [])
      track.addEventListener(event, this.#paused, { signal });
    this.#unfollow.set(kind, () => following.abort());
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

  /** Ends the capture, so that the browser no longer says that the screen is shared. */
  stopScreen(): void {
    this.#tracks.get('screen')?.stop();
    this.#tracks.get('screenAudio')?.stop();
  }

  /** The tracks are their owner's: they are let go, not stopped. */
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
