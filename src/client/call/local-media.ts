import type { MediaState } from '../../protocol/fields.ts';
import type { TrackKind } from '../types.ts';

export type LocalTracks = ReadonlyMap<TrackKind, MediaStreamTrack>;

/** What this side sends: the tracks, and whether they are muted. */
export class LocalMedia {
  readonly #ended: (kind: TrackKind) => void;
  readonly #tracks = new Map<TrackKind, MediaStreamTrack>();
  readonly #unfollow = new Map<TrackKind, () => void>();
  #muted = { audio: false, video: false };
  #told: MediaState | undefined;

  /** @param ended called with the kind of a track that ended by itself: unplugged, or stopped in the browser's own bar */
  constructor(ended: (kind: TrackKind) => void) {
    this.#ended = ended;
  }

  get tracks(): LocalTracks {
    return this.#tracks;
  }

  /** As the others are told: there, alive and not muted. */
  get state(): MediaState {
    return {
      audio: this.#sends('microphone') && !this.#muted.audio,
      video: this.#sends('camera') && !this.#muted.video,
      screen: this.#sends('screen'),
    };
  }

  /** The state, where it is another than at the last call. */
  news(): MediaState | undefined {
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
    const ended = () => this.#ended(kind);
    track.addEventListener('ended', ended);
    this.#unfollow.set(kind, () => track.removeEventListener('ended', ended));
    this.#enable();
  }

  mute({ audio = this.#muted.audio, video = this.#muted.video }: { audio?: boolean; video?: boolean }): void {
    this.#muted = { audio, video };
    this.#enable();
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

  #sends(kind: TrackKind): boolean {
    return this.#tracks.get(kind)?.readyState === 'live';
  }

  #enable(): void {
    const { audio, video } = this.#muted;
    const microphone = this.#tracks.get('microphone');
    const camera = this.#tracks.get('camera');
    if (microphone !== undefined) microphone.enabled = !audio;
    if (camera !== undefined) camera.enabled = !video;
  }
}
