/** A track of nothing, which ends when it is told to. */
export class FakeTrack extends EventTarget {
  readonly kind: 'audio' | 'video';
  enabled: boolean;
  readyState: 'live' | 'ended' = 'live';
  muted = false;

  constructor(kind: 'audio' | 'video', enabled = true) {
    super();
    this.kind = kind;
    this.enabled = enabled;
  }

  /** As the browser has it: stopped by its owner, it fires no `ended`. */
  stop(): void {
    this.readyState = 'ended';
  }

  /** Unplugged, or stopped in the browser's own bar. */
  end(): void {
    this.stop();
    this.dispatchEvent(new Event('ended'));
  }

  /** As the system does for a phone call. */
  pause(paused: boolean): void {
    this.muted = paused;
    this.dispatchEvent(new Event(paused ? 'mute' : 'unmute'));
  }
}

export function track(kind: 'audio' | 'video', enabled = true): FakeTrack & MediaStreamTrack {
  return new FakeTrack(kind, enabled) as FakeTrack & MediaStreamTrack;
}

export function stream(...tracks: MediaStreamTrack[]): MediaStream {
  return {
    getTracks: () => tracks,
    getVideoTracks: () => tracks.filter(({ kind }) => kind === 'video'),
    getAudioTracks: () => tracks.filter(({ kind }) => kind === 'audio'),
  } as MediaStream;
}
