import type { LinkReading, SentReading } from '../../../src/client/call/quality/reading.ts';
import type { Asked } from '../../../src/client/call/remote-media.ts';
import { costOf, PACKET_OVERHEAD } from '../../../src/client/call/uplink/ladder.ts';
import { Uplink, type UplinkOptions, type UplinkPeer } from '../../../src/client/call/uplink/uplink.ts';
import type { PictureKind, UplinkState } from '../../../src/client/media-types.ts';
import type { TrackKind } from '../../../src/client/types.ts';
import { FakeClock } from '../../support/fakes/clock.ts';
import { sent as sentReading } from '../call/quality/readings.ts';
import { FakeSender } from './fake-sender.ts';
import { type FakeTrack, track } from './fake-track.ts';

/** A sender that takes parameters at once. */
class WillingSender extends FakeSender {
  override setParameters(parameters: RTCRtpSendParameters): Promise<void> {
    const done = super.setParameters(parameters);
    this.settle();
    return done;
  }
}

/** Milliseconds by which a late report is late. */
const LATE_MS = 400;

/** Bits per second of one speaker with headers: 50 packets. */
const SOUND = 32_000 + 50 * 8 * PACKET_OVERHEAD;

export class FakePeer implements UplinkPeer {
  asked: Asked = { camera: undefined, screen: undefined };
  connectionState = 'connected';
  readonly senders = new Map<TrackKind, FakeSender>([
    ['camera', new WillingSender()],
    ['screen', new WillingSender()],
  ]);
  connection = this.#connect();
  readonly holds: Readonly<Record<PictureKind, boolean>>[] = [];
  /** Bits per second that its own path bears. */
  capacity = Number.POSITIVE_INFINITY;
  queue = 0;
  bytes = 0;
  counts = { sound: { bytes: 0, packets: 0 }, camera: { bytes: 0, packets: 0 } };
  lostFraction = 0;
  pairId = 0;

  /** Goes on with another connection, on another path. */
  reconnect(): void {
    this.connection = this.#connect();
    this.pairId += 1;
  }

  #connect() {
    return { sender: (kind: TrackKind) => this.senders.get(kind) };
  }

  hold(holds: Readonly<Record<PictureKind, boolean>>): void {
    this.holds.push(holds);
  }

  get camera(): RTCRtpEncodingParameters {
    return this.senders.get('camera')?.encoding ?? {};
  }
  get screen(): RTCRtpEncodingParameters {
    return this.senders.get('screen')?.encoding ?? {};
  }
}

interface Line {
  readonly peers: number;
  /** Bits per second. */
  readonly capacity: number;
  /** Milliseconds that the queue before the line holds, at most. */
  readonly queueMs?: number;
  /** What pictures need of what they may have. */
  readonly fill?: number;
  readonly roundTripMs?: number;
  /** Whether a report is late, because a machine is busy. */
  readonly isLate?: () => boolean;
  readonly options?: UplinkOptions;
}

/** An uplink with a line of its own: packets queue before it, and are dropped when the queue is full. */
export function onLine({
  peers: count,
  capacity,
  queueMs = 300,
  fill = 1,
  roundTripMs = 40,
  isLate = () => false,
  options,
}: Line) {
  const clock = new FakeClock();
  const peers = Array.from({ length: count }, () => new FakePeer());
  const tracks = new Map<TrackKind, MediaStreamTrack>();
  const states: UplinkState[] = [];
  const uplink = new Uplink(
    { clock, remotes: () => peers, tracks, onChange: (state) => states.push(state) },
    options,
  );
  const line = { capacity, queue: 0, lost: 0, sent: 0, worstMs: 0, fill };

  /** A second passes. */
  async function second(): Promise<void> {
    await settled();
    const offered = peers.map((peer) => {
      const { active = true, maxBitrate = 2_500_000, maxFramerate = 30 } = peer.camera;
      const bits = tracks.has('camera') && active ? maxBitrate * line.fill : 0;
      const picture = bits === 0 ? 0 : costOf(bits, maxFramerate);
      const packets = bits === 0 ? 0 : maxFramerate + bits / 8 / 1_100;
      const sound = tracks.has('microphone') ? SOUND : 0;
      peer.counts.camera.bytes += bits / 8;
      peer.counts.camera.packets += packets;
      peer.counts.sound.bytes += sound === 0 ? 0 : 4_000;
      peer.counts.sound.packets += sound === 0 ? 0 : 50;
      peer.bytes += (picture + sound) / 8 - 28 * (packets + (sound === 0 ? 0 : 50));
      return picture + sound;
    });
    const all = offered.reduce((sum, each) => sum + each, 0);
    const passed = through(line, all, line.capacity, queueMs);
    for (const [index, peer] of peers.entries()) {
      const share = ((offered[index] ?? 0) / Math.max(1, all)) * passed;
      const arrived = through(peer, share, peer.capacity, queueMs);
      peer.lostFraction = Math.max(0, 1 - arrived / Math.max(1, offered[index] ?? 0));
    }
    line.sent = all;
    line.lost += all - passed;
    line.worstMs = Math.max(line.worstMs, (1_000 * line.queue) / line.capacity);
    clock.advance(1_000);
    uplink.readings(new Map(peers.map((peer) => [peer, reading(peer)])));
    await settled();
  }

  function reading(peer: FakePeer): LinkReading {
    const own = peer.capacity === Number.POSITIVE_INFINITY ? 0 : (1_000 * peer.queue) / peer.capacity;
    const trip = roundTripMs + (1_000 * line.queue) / line.capacity + own;
    const sent = ({ bytes, packets }: { bytes: number; packets: number }): SentReading =>
      sentReading({
        bytes,
        packets,
        lost: packets,
        reportedAtMs: clock.now(),
        lostFraction: peer.lostFraction,
        roundTripMs: trip + (isLate() ? LATE_MS : 0),
      });
    return {
      atMs: clock.now(),
      path: 'direct',
      protocol: 'udp',
      roundTripMs,
      pairId: `pair ${peer.pairId}`,
      bytesSent: peer.bytes,
      bytesReceived: 0,
      availableOutgoingBitsPerSecond: null,
      sent: new Map([
        ['camera', sent(peer.counts.camera)],
        ['microphone', sent(peer.counts.sound)],
      ]),
      received: new Map(),
    };
  }

  const peer = (index: number): FakePeer => {
    const found = peers[index];
    if (found === undefined) throw new Error(`there is no peer ${index}`);
    return found;
  };
  async function seconds(count: number): Promise<void> {
    for (let passed = 0; passed < count; passed += 1) await second();
  }
  return { clock, uplink, peers, peer, tracks, states, line, second, seconds };
}

/** A track that tells its size. */
export function trackOf(kind: 'audio' | 'video', height = 720): FakeTrack & MediaStreamTrack {
  const settings = { width: (height * 16) / 9, height, frameRate: 30 };
  return Object.assign(track(kind), { getSettings: () => settings });
}

/** Returns what comes through in a second. */
function through(queued: { queue: number }, offered: number, capacity: number, queueMs: number): number {
  if (capacity === Number.POSITIVE_INFINITY) return offered;
  const room = (capacity * queueMs) / 1_000;
  const waiting = Math.max(0, queued.queue + offered - capacity);
  const dropped = Math.max(0, waiting - room);
  queued.queue = waiting - dropped;
  return offered - dropped;
}

/** Lets parameters that are under way arrive. */
export async function settled(): Promise<void> {
  for (let turns = 0; turns < 10; turns += 1) await Promise.resolve();
}
