import { vi } from 'vitest';

/** What arrives over one connection of a page. */
export interface Received {
  readonly framesDecoded: number;
  readonly totalSamplesReceived: number;
}

/** What proves a picture that moves and half a second of sound. */
const ENOUGH: Received = { framesDecoded: 10, totalSamplesReceived: 24_000 };
/** Milliseconds for that; the machine may be busy, and a connection that was lost is found lost after seconds. */
const PATIENCE_MS = 40_000;

interface KeptWindow extends Window {
  parleyTestConnections?: RTCPeerConnection[];
}

/** Runs in the page before its own scripts: remembers every connection, so that a test can count for itself. */
export function keepConnections(iceTransportPolicy: RTCIceTransportPolicy): void {
  const kept: RTCPeerConnection[] = [];
  const own: KeptWindow = window;
  own.parleyTestConnections = kept;
  window.RTCPeerConnection = class extends RTCPeerConnection {
    constructor(configuration?: RTCConfiguration) {
      super(iceTransportPolicy === 'all' ? configuration : { ...configuration, iceTransportPolicy });
      kept.push(this);
    }
    override setConfiguration(configuration?: RTCConfiguration): void {
      super.setConfiguration(
        iceTransportPolicy === 'all' ? configuration : { ...configuration, iceTransportPolicy },
      );
    }
  };
}

/**
 * Runs in the page before its own scripts: cameras give small pictures. Three people's 720p, encoded and drawn in
 * software by three windows, starve two cores so that a click can wait fifteen seconds for the next frame.
 */
export function smallPictures(): void {
  // Where the page isn't secure, a browser has no `mediaDevices`.
  const devices: MediaDevices | undefined = navigator.mediaDevices;
  const ask = devices?.getUserMedia.bind(devices);
  if (ask === undefined) return;
  devices.getUserMedia = ({ video, ...more } = {}) => {
    const asked = typeof video === 'object' ? video : {};
    const small = {
      ...asked,
      width: { ideal: 320 },
      height: { ideal: 180 },
      frameRate: { ideal: 15, max: 15 },
    };
    return ask({ ...more, ...(video !== undefined && video !== false && { video: small }) });
  };
}

interface CapturingWindow extends Window {
  parleyTestTracks?: MediaStreamTrack[];
}

/** Runs in the page before its own scripts: remembers every track that a device or a screen ever gave. */
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

/** Runs in the page: the kinds of all captures that go on. */
export function liveCaptures(): string[] {
  const own: CapturingWindow = window;
  return (own.parleyTestTracks ?? []).filter((one) => one.readyState === 'live').map(({ kind }) => kind);
}

/** Runs in the page: `enabled` of each open microphone. */
export function enabledMicrophones(): boolean[] {
  const own: CapturingWindow = window;
  return (own.parleyTestTracks ?? [])
    .filter(({ kind, readyState }) => kind === 'audio' && readyState === 'live')
    .map(({ enabled }) => enabled);
}

/**
 * Runs in the page: devices of these kinds are gone, as their tracks are told, and from now on every request for a
 * device is refused with a DOMException of this name.
 */
export function unplug({ kinds, refusal }: { kinds: readonly string[]; refusal: string }): void {
  const own: CapturingWindow = window;
  navigator.mediaDevices.getUserMedia = () => Promise.reject(new DOMException('', refusal));
  for (const track of own.parleyTestTracks ?? []) {
    if (!kinds.includes(track.kind) || track.readyState !== 'live') continue;
    track.stop();
    track.dispatchEvent(new Event('ended'));
  }
}

/** Runs in the page: one entry for each open connection. */
export async function countReceived(): Promise<Received[]> {
  const own: KeptWindow = window;
  const open = (own.parleyTestConnections ?? []).filter((one) => one.connectionState !== 'closed');
  return Promise.all(
    open.map(async (connection) => {
      const counted = { framesDecoded: 0, totalSamplesReceived: 0 };
      for (const report of (await connection.getStats()).values()) {
        if (report.type !== 'inbound-rtp') continue;
        counted.framesDecoded += report.framesDecoded ?? 0;
        counted.totalSamplesReceived += report.totalSamplesReceived ?? 0;
      }
      return counted;
    }),
  );
}

/** Waits until `count` connections have each brought `ENOUGH` more than at first sight. */
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
