import type { MediaState } from '../../protocol/fields.ts';
import type { Muted, TrackKind } from '../types.ts';

export type LocalTracks = ReadonlyMap<TrackKind, MediaStreamTrack>;

/** Which track a mute is about. */
const MUTABLE = [
  ['audio', 'microphone'],
  ['video', 'camera'],
] as const;

/** What this side sends: the tracks, and whether they are muted. `track.enabled` is written on the caller's word only. */
export class LocalMedia {
  readonly #ended: (kind: TrackKind) => void;
  readonly #paused: () => void;
  readonly #tracks = new Map<TrackKind, MediaStreamTrack>();
  readonly #unfollow = new Map<TrackKind, () => void>();
  /** What the caller has muted here; it holds for the tracks to come too. */
  readonly #muted = { audio: false, video: false };
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

  /** The state, if it differs from the one at the last call. */
  takeChange(): MediaState | undefined {
    const { audio, video, screen } = this.state;
    const told = this.#told;
    if (told?.audio === audio && told.video === video && told.screen === screen) return undefined;
    this.#told = { audio, video, screen };
    return this.#told;
  }

  set(kind: TrackKind, track: MediaStreamTrack | null): void {
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
    // A track that comes off stays off: only a mute made here is carried over to it.
    if (MUTABLE.some(([name, muted]) => muted === kind && this.#muted[name])) track.enabled = false;
  }

  /** Only the named kinds change. */
  mute(muted: Muted): void {
    for (const [name, kind] of MUTABLE) {
      const wanted = muted[name];
      if (wanted === undefined) continue;
      this.#muted[name] = wanted;
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

  #sends(kind: 'microphone' | 'camera'): boolean {
    const track = this.#tracks.get(kind);
    return track?.readyState === 'live' && track.enabled;
  }
}
