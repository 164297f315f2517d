/** A track without content, which the test ends and pauses. */
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

  /** As in a browser, a track that its owner stops fires no `ended`. */
  stop(): void {
    this.readyState = 'ended';
  }

  /** Ends the track as an unplugged device does, or a share stopped in the browser's own bar. */
  end(): void {
    this.stop();
    this.dispatchEvent(new Event('ended'));
  }

  /** Pauses or resumes the track as the system does for a phone call. */
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
