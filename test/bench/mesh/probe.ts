/** Sums over all connections of a page, since they were made. */
export interface Counters {
  /** Milliseconds of the page's clock. */
  readonly at: number;
  /** Of the transports: packets with sound, pictures and feedback. */
  readonly bytesSent: number;
  /** Frames that the camera delivered, once per connection. */
  readonly cameraFrames: number;
  readonly framesEncoded: number;
  readonly keyFramesEncoded: number;
  readonly framesDecoded: number;
  readonly samplesReceived: number;
  readonly samplesConcealed: number;
  /** Offers that this page made. */
  readonly offers: number;
  /** `track` events. */
  readonly tracks: number;
}

/** Another person's picture, since `reset`. */
export interface TileReading {
  /** Milliseconds without a new picture, at most. Time in which the tile said that it is held doesn't count. */
  readonly longestGapMs: number;
  /** Share of the time in which the tile said that it is held. */
  readonly held: number;
  /** Heights in pixels, one entry a second: as decoded, and as displayed after cover or contain. */
  readonly sizes: readonly { readonly decoded: number; readonly shown: number }[];
}

export interface MeshProbe {
  counters(): Promise<Counters>;
  /** Begins to watch the tiles anew. */
  reset(): void;
  tiles(): TileReading[];
  /** Number of people of whom at least one picture was presented. */
  seen(): number;
}

export interface ProbeWindow extends Window {
  meshProbe?: MeshProbe;
}

/** Runs in the page before its own scripts. */
export function installProbe(): void {
  // Callbacks per frame would make the browser draw the page anew for each, and take half of its time.
  const LOOK_MS = 100;
  const HELD = '[data-held=true]';
  const connections: RTCPeerConnection[] = [];
  let offers = 0;
  let tracks = 0;
  window.RTCPeerConnection = class extends RTCPeerConnection {
    constructor(configuration?: RTCConfiguration) {
      super(configuration);
      connections.push(this);
      this.addEventListener('signalingstatechange', () => {
        if (this.signalingState === 'have-local-offer') offers += 1;
      });
      this.addEventListener('track', () => {
        tracks += 1;
      });
    }
  };

  interface Watched {
    last: number;
    longest: number;
    frames: number;
    heldLooks: number;
    sizes: { decoded: number; shown: number }[];
  }
  const watched = new Map<string, Watched>();
  let looks = 0;

  const entryOf = (peer: string): Watched => {
    const entry = watched.get(peer) ?? {
      last: performance.now(),
      longest: 0,
      frames: 0,
      heldLooks: 0,
      sizes: [],
    };
    watched.set(peer, entry);
    return entry;
  };
  /** The count begins anew with each element. */
  const countFrames = (video: HTMLVideoElement, entry: Watched): void => {
    const { totalVideoFrames } = video.getVideoPlaybackQuality();
    const now = performance.now();
    if (totalVideoFrames !== entry.frames) {
      entry.longest = Math.max(entry.longest, now - entry.last);
      entry.last = now;
    }
    entry.frames = totalVideoFrames;
  };
  const shownHeight = (video: HTMLVideoElement): number => {
    const { videoWidth, videoHeight, clientWidth, clientHeight } = video;
    const [across, along] = [clientWidth / videoWidth, clientHeight / videoHeight];
    const scale =
      getComputedStyle(video).objectFit === 'contain' ? Math.min(across, along) : Math.max(across, along);
    return Math.round(videoHeight * scale * devicePixelRatio);
  };
  setInterval(() => {
    looks += 1;
    for (const tile of document.querySelectorAll<HTMLElement>('li.tile[data-self=false]')) {
      const peer = tile.dataset['peerId'] ?? '';
      const entry = entryOf(peer);
      if (tile.matches(HELD) || tile.querySelector(HELD) !== null) {
        entry.heldLooks += 1;
        entry.last = performance.now();
      }
      const video = tile.querySelector('video');
      if (video === null) continue;
      countFrames(video, entry);
      if (looks % 10 === 0 && video.videoHeight > 0)
        entry.sizes.push({ decoded: video.videoHeight, shown: shownHeight(video) });
    }
  }, LOOK_MS);

  const own: ProbeWindow = window;
  own.meshProbe = {
    async counters() {
      const sum = {
        bytesSent: 0,
        cameraFrames: 0,
        framesEncoded: 0,
        keyFramesEncoded: 0,
        framesDecoded: 0,
        samplesReceived: 0,
        samplesConcealed: 0,
      };
      const at = performance.now();
      for (const stats of await Promise.all(connections.map((one) => one.getStats()))) {
        for (const report of stats.values()) {
          if (report.type === 'transport') sum.bytesSent += report.bytesSent ?? 0;
          if (report.type === 'media-source' && report.kind === 'video')
            sum.cameraFrames += report.frames ?? 0;
          if (report.type === 'outbound-rtp' && report.kind === 'video') {
            sum.framesEncoded += report.framesEncoded ?? 0;
            sum.keyFramesEncoded += report.keyFramesEncoded ?? 0;
          }
          if (report.type === 'inbound-rtp') {
            sum.framesDecoded += report.framesDecoded ?? 0;
            sum.samplesReceived += report.totalSamplesReceived ?? 0;
            sum.samplesConcealed += report.concealedSamples ?? 0;
          }
        }
      }
      return { ...sum, at, offers, tracks };
    },
    reset() {
      const now = performance.now();
      looks = 0;
      for (const entry of watched.values())
        Object.assign(entry, { last: now, longest: 0, heldLooks: 0, sizes: [] });
    },
    tiles() {
      const now = performance.now();
      return [...watched.values()].map(({ last, longest, heldLooks, sizes }) => ({
        longestGapMs: Math.round(Math.max(longest, now - last)),
        held: heldLooks / Math.max(looks, 1),
        sizes,
      }));
    },
    seen: () => [...watched.values()].filter(({ frames }) => frames > 0).length,
  };
}

/**
 * Runs in the page before its own scripts. Microphones are opened without a browser's processing of echo and noise, which takes a
 * sixth of its time.
 */
export function withPlainMicrophone(): void {
  const devices: MediaDevices | undefined = navigator.mediaDevices;
  const ask = devices?.getUserMedia.bind(devices);
  if (ask === undefined) return;
  const plain = { echoCancellation: false, noiseSuppression: false, autoGainControl: false };
  devices.getUserMedia = ({ audio = false, ...rest } = {}) => {
    const wanted = typeof audio === 'object' ? { ...audio, ...plain } : plain;
    return ask({ ...rest, audio: audio === false ? false : wanted });
  };
}

/** Runs in the page before its own scripts: there is no microphone. */
export function withoutMicrophone(): void {
  const devices: MediaDevices | undefined = navigator.mediaDevices;
  const ask = devices?.getUserMedia.bind(devices);
  if (ask === undefined) return;
  devices.getUserMedia = (constraints = {}) =>
    constraints.audio === undefined || constraints.audio === false
      ? ask(constraints)
      : Promise.reject(new DOMException('', 'NotFoundError'));
}
