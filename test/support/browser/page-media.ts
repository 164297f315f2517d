import { vi } from 'vitest';

/** What a page received over one connection. */
export interface Received {
  readonly framesDecoded: number;
  readonly totalSamplesReceived: number;
}

/** Enough to prove a moving picture and half a second of sound. */
const ENOUGH: Received = { framesDecoded: 5, totalSamplesReceived: 24_000 };
/** Milliseconds for that. The machine may be busy, and a lost connection is noticed only after seconds. */
const PATIENCE_MS = 40_000;

interface KeptWindow extends Window {
  parleyTestConnections?: RTCPeerConnection[];
}

/** Runs in the page before its own scripts: keeps every connection, so that a test can read its stats. */
export function keepConnections(iceTransportPolicy: RTCIceTransportPolicy): void {
  const kept: RTCPeerConnection[] = [];
  const own: KeptWindow = window;
  own.parleyTestConnections = kept;
  window.RTCPeerConnection = class extends RTCPeerConnection {
    constructor(configuration?: RTCConfiguration) {
      super(iceTransportPolicy === 'all' ? configuration : { ...configuration, iceTransportPolicy });
      kept.push(this);
    }
    // The lobby's check of the connection isn't the call's.
    override createDataChannel(label: string, options?: RTCDataChannelInit): RTCDataChannel {
      if (label === 'probe') kept.splice(kept.indexOf(this), 1);
      return super.createDataChannel(label, options);
    }
    override setConfiguration(configuration?: RTCConfiguration): void {
      super.setConfiguration(
        iceTransportPolicy === 'all' ? configuration : { ...configuration, iceTransportPolicy },
      );
    }
  };
}

/**
 * Runs in the page before its own scripts: makes cameras and screens deliver small pictures. Encoding and drawing 720p of
 * three people in software starves two cores, so that a click can wait 15 s for the next frame, and shares are paused as on
 * a slow line.
 */
export function smallPictures(): void {
  // Undefined if the page isn't secure.
  const devices: MediaDevices | undefined = navigator.mediaDevices;
  if (devices === undefined) return;
  const shrink = (name: 'getUserMedia' | 'getDisplayMedia', size: MediaTrackConstraints) => {
    const ask = devices[name].bind(devices);
    devices[name] = ({ video, ...more } = {}) => {
      const small = { ...(typeof video === 'object' && video), ...size };
      return ask({ ...more, ...(video !== undefined && video !== false && { video: small }) });
    };
  };
  shrink('getUserMedia', {
    width: { ideal: 320 },
    height: { ideal: 180 },
    frameRate: { ideal: 15, max: 15 },
  });
  shrink('getDisplayMedia', { width: { max: 640 }, height: { max: 360 } });
}

interface CapturingWindow extends Window {
  parleyTestTracks?: MediaStreamTrack[];
}

/** Runs in the page before its own scripts: keeps every captured track, of devices and screens. */
export function keepCaptures(): void {
  const kept: MediaStreamTrack[] = [];
  const own: CapturingWindow = window;
  own.parleyTestTracks = kept;
  const devices = navigator.mediaDevices;
  for (const name of ['getUserMedia', 'getDisplayMedia'] as const) {
    const ask = devices[name].bind(devices);
    devices[name] = async (constraints?: MediaStreamConstraints) => {
      const stream = await ask(constraints);
      kept.push(...stream.getTracks());
      return stream;
    };
  }
}

/** Runs in the page: returns the kinds of all live captures. */
export function liveCaptures(): string[] {
  const own: CapturingWindow = window;
  return (own.parleyTestTracks ?? []).filter((one) => one.readyState === 'live').map(({ kind }) => kind);
}

/** Runs in the page: returns `enabled` of each live microphone. */
export function enabledMicrophones(): boolean[] {
  const own: CapturingWindow = window;
  return (own.parleyTestTracks ?? [])
    .filter(({ kind, readyState }) => kind === 'audio' && readyState === 'live')
    .map(({ enabled }) => enabled);
}

/** Runs in the page: ends the tracks of these kinds, and refuses further requests with a DOMException of this name. */
export function unplug({ kinds, refusal }: { kinds: readonly string[]; refusal: string }): void {
  const own: CapturingWindow = window;
  navigator.mediaDevices.getUserMedia = () => Promise.reject(new DOMException('', refusal));
  for (const track of own.parleyTestTracks ?? []) {
    if (!kinds.includes(track.kind) || track.readyState !== 'live') continue;
    track.stop();
    track.dispatchEvent(new Event('ended'));
  }
}

/** Runs in the page: returns one entry for each open connection. */
export async function countReceived(): Promise<Received[]> {
  const own: KeptWindow = window;
  const open = (own.parleyTestConnections ?? []).filter((one) => one.connectionState !== 'closed');
  return Promise.all(
    open.map(async (connection) => {
      const counted = { framesDecoded: 0, totalSamplesReceived: 0 };
      // In Firefox the stats of a connection never come if it is closed meanwhile.
      const late = new Promise<undefined>((resolve) => setTimeout(resolve, 1_000));
      for (const report of (await Promise.race([connection.getStats(), late]))?.values() ?? []) {
        if (report.type !== 'inbound-rtp') continue;
        counted.framesDecoded += report.framesDecoded ?? 0;
        counted.totalSamplesReceived += report.totalSamplesReceived ?? 0;
      }
      return counted;
    }),
  );
}

/** Waits until each of `count` connections has received `ENOUGH` since the call. */
export async function untilReceived(
  name: string,
  received: () => Promise<readonly Received[]>,
  count: number,
): Promise<void> {
  const before = new Map<number, Received>();
  await vi.waitFor(
    async () => {
      const now = await received();
      let enough = 0;
      for (const [index, counted] of now.entries()) {
        const first = before.get(index) ?? counted;
        before.set(index, first);
        const frames = counted.framesDecoded - first.framesDecoded;
        const samples = counted.totalSamplesReceived - first.totalSamplesReceived;
        if (frames >= ENOUGH.framesDecoded && samples >= ENOUGH.totalSamplesReceived) enough += 1;
      }
      if (enough < count)
        throw new Error(`${name} receives from ${enough} of ${count}: ${JSON.stringify(now)}`);
    },
    { timeout: PATIENCE_MS, interval: 200 },
  );
}
