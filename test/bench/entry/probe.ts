/** Milliseconds from the click on the button of the lobby, by the page's clock. */
export interface EntryTimes {
  readonly picture: number;
  readonly sound: number;
}

interface EntryWindow extends Window {
  entry?: { clicked: number; picture: number; sound: number };
}

/** Runs in the page before its own scripts. Notes when the first packet of sound and the first picture of somebody else come. */
export function installEntryProbe(): void {
  const own: EntryWindow = window;
  const entry = { clicked: Number.NaN, picture: Number.NaN, sound: Number.NaN };
  own.entry = entry;
  addEventListener('submit', () => {
    entry.clicked = performance.now();
    watchTiles();
  });
  const watchTiles = () => {
    const seen = new MutationObserver(() => {
      const video = document.querySelector<HTMLVideoElement>('li.tile[data-self=false] video');
      if (video === null) return;
      seen.disconnect();
      video.requestVideoFrameCallback((now) => {
        entry.picture = now;
      });
    });
    seen.observe(document, { childList: true, subtree: true });
  };
  window.RTCPeerConnection = class extends RTCPeerConnection {
    constructor(configuration?: RTCConfiguration) {
      super(configuration);
      this.addEventListener('track', ({ track }) => {
        if (track.kind !== 'audio') return;
        track.addEventListener(
          'unmute',
          () => {
            entry.sound = performance.now();
          },
          { once: true },
        );
      });
    }
  };
}

/** Runs in the page. Undefined until both have come. */
export function entryTimes(): EntryTimes | undefined {
  const { clicked, picture, sound } = (window as EntryWindow).entry ?? {
    clicked: Number.NaN,
    picture: Number.NaN,
    sound: Number.NaN,
  };
  const times = { picture: picture - clicked, sound: sound - clicked };
  return Number.isNaN(times.picture + times.sound) ? undefined : times;
}

/**
 * Runs in any page: two connections that hand each other their descriptions, as fast as this browser can. Resolves with the
 * milliseconds from the first description to the first packet of sound and the first picture.
 */
export async function bareCall(): Promise<EntryTimes> {
  const stream = await navigator.mediaDevices.getUserMedia({ audio: true, video: true });
  const certificates = [
    await RTCPeerConnection.generateCertificate({ name: 'ECDSA', namedCurve: 'P-256' } as EcKeyGenParams),
  ];
  const [caller, called] = [new RTCPeerConnection({ certificates }), new RTCPeerConnection({ certificates })];
  const began = performance.now();
  try {
    for (const track of stream.getTracks()) for (const one of [caller, called]) one.addTrack(track, stream);
    for (const [one, other] of [
      [caller, called],
      [called, caller],
    ] as const)
      one.addEventListener(
        'icecandidate',
        ({ candidate }) => void other.addIceCandidate(candidate ?? undefined),
      );
    const came = new Promise<EntryTimes>((resolve) => {
      const times = { picture: Number.NaN, sound: Number.NaN };
      const note = (kind: keyof EntryTimes) => {
        times[kind] = performance.now() - began;
        if (!Number.isNaN(times.picture + times.sound)) resolve(times);
      };
      caller.addEventListener('track', ({ track }) => {
        if (track.kind === 'audio') track.addEventListener('unmute', () => note('sound'), { once: true });
        else {
          const video = document.createElement('video');
          video.muted = true;
          video.srcObject = new MediaStream([track]);
          document.body.append(video);
          video.requestVideoFrameCallback(() => note('picture'));
          void video.play();
        }
      });
    });
    await caller.setLocalDescription();
    await called.setRemoteDescription(caller.localDescription as RTCSessionDescriptionInit);
    await called.setLocalDescription();
    await caller.setRemoteDescription(called.localDescription as RTCSessionDescriptionInit);
    return await came;
  } finally {
    for (const one of [caller, called]) one.close();
    for (const track of stream.getTracks()) track.stop();
  }
}
