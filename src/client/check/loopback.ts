import type { Clock } from '../signaling/clock.ts';
import type { ConnectionCheckReason } from './check-types.ts';

/** Bytes of a packet, and packets a second: 640 kbit/s, with room for headers under the relay's 1 Mbit/s. */
const PACKET_BYTES = 1_000;
const PACKETS_PER_SECOND = 80;
/** Milliseconds between two turns of sending. */
const TURN_MS = 25;
/** Max packets of one turn: what a busy page has missed comes at once only as far as the relay's limit allows. */
const PACKETS_PER_TURN = 8;
/** Bytes that may wait to be sent; above them the path is too narrow, and packets are left out. */
const MAX_WAITING_BYTES = 64_000;
const SAMPLE_MS = 500;
/** Milliseconds that the last packets have to arrive. */
const LAST_MS = 1_000;

/** What has come through so far. */
export interface LoopState {
  readonly kbitPerSecond: number;
  readonly lossPercent: number;
  readonly history: readonly number[];
}

export type LoopResult = (LoopState & { readonly ms: number }) | { readonly reason: ConnectionCheckReason };

interface LoopbackDeps {
  /** Makes a connection that uses the relay only. The caller closes it. */
  readonly open: () => RTCPeerConnection;
  readonly clock: Clock;
  /** Max milliseconds until the loop is closed. */
  readonly timeoutMs: number;
  readonly durationMs: number;
  readonly onSample: (state: LoopState) => void;
}

/** Sends data through the relay to itself: two connections in one page, with a channel that repeats nothing that is lost. */
export async function runLoopback(deps: LoopbackDeps): Promise<LoopResult> {
  const { open, clock, timeoutMs } = deps;
  const [near, far] = [open(), open()];
  return new Promise<LoopResult>((resolve) => {
    const cancel = clock.after(timeoutMs, () => resolve({ reason: 'timeout' }));
    const fail = (reason: ConnectionCheckReason): void => {
      cancel();
      resolve({ reason });
    };
    const channel = near.createDataChannel('loopback', { ordered: false, maxRetransmits: 0 });
    const meter = new Meter(clock);
    far.ondatachannel = ({ channel: received }) => {
      received.binaryType = 'arraybuffer';
      received.onmessage = ({ data }) => meter.receive(data);
    };
    channel.onopen = () => {
      cancel();
      send(channel, meter, deps, resolve);
    };
    for (const peer of [near, far]) {
      peer.onconnectionstatechange = () => {
        if (peer.connectionState === 'failed') fail('unreachable');
      };
    }
    connect(near, far).catch(() => fail('unsupported'));
  });
}

/** Candidates are passed on once both sides have both descriptions, because they belong to these. */
async function connect(near: RTCPeerConnection, far: RTCPeerConnection): Promise<void> {
  let described = (): void => {};
  const ready = new Promise<void>((resolve) => {
    described = resolve;
  });
  const passOn = (from: RTCPeerConnection, to: RTCPeerConnection): void => {
    from.onicecandidate = ({ candidate }) => {
      if (candidate !== null) void ready.then(() => to.addIceCandidate(candidate)).catch(() => {});
    };
  };
  passOn(near, far);
  passOn(far, near);
  await near.setLocalDescription();
  await far.setRemoteDescription(descriptionOf(near));
  await far.setLocalDescription();
  await near.setRemoteDescription(descriptionOf(far));
  described();
}

function descriptionOf({ localDescription }: RTCPeerConnection): RTCSessionDescriptionInit {
  if (localDescription === null) throw new TypeError('There is no description.');
  return localDescription;
}

function send(
  channel: RTCDataChannel,
  meter: Meter,
  { clock, durationMs, onSample }: LoopbackDeps,
  resolve: (result: LoopResult) => void,
): void {
  const begun = clock.now();
  let sampledAt = begun;
  let last = begun;
  let due = 0;
  meter.begin();
  const turn = (): void => {
    const now = clock.now();
    if (channel.readyState !== 'open') {
      resolve({ reason: 'unreachable' });
      return;
    }
    due = Math.min(due + ((now - last) * PACKETS_PER_SECOND) / 1_000, PACKETS_PER_TURN);
    last = now;
    for (; due >= 1; due--) {
      if (channel.bufferedAmount < MAX_WAITING_BYTES) channel.send(meter.nextPacket());
    }
    if (now - sampledAt >= SAMPLE_MS) {
      sampledAt = now;
      onSample(meter.sample());
    }
    if (now - begun < durationMs) clock.after(TURN_MS, turn);
    else clock.after(LAST_MS, () => resolve(meter.result()));
  };
  turn();
}

/** Counts packets. Both ends are in one page, so one clock tells how long a packet took. */
class Meter {
  readonly #clock: Clock;
  readonly #delays: number[] = [];
  readonly #history: number[] = [];
  #sent = 0;
  #received = 0;
  #highest = 0;
  #begunAt = 0;
  #lastAt = 0;
  #sampled = { at: 0, received: 0 };

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  begin(): void {
    this.#begunAt = this.#clock.now();
    this.#sampled.at = this.#begunAt;
  }

  nextPacket(): ArrayBuffer {
    const packet = new DataView(new ArrayBuffer(PACKET_BYTES));
    this.#sent++;
    packet.setUint32(0, this.#sent);
    packet.setFloat64(4, this.#clock.now());
    return packet.buffer;
  }

  receive(data: unknown): void {
    if (!(data instanceof ArrayBuffer) || data.byteLength !== PACKET_BYTES) return;
    const packet = new DataView(data);
    this.#received++;
    this.#highest = Math.max(this.#highest, packet.getUint32(0));
    this.#lastAt = this.#clock.now();
    this.#delays.push(this.#lastAt - packet.getFloat64(4));
  }

  /** Ends a half second. Packets that are still on their way don't count as lost. */
  sample(): LoopState {
    const now = this.#clock.now();
    this.#history.push(Math.round(kbits(this.#received - this.#sampled.received, now - this.#sampled.at)));
    this.#sampled = { at: now, received: this.#received };
    return this.#state(this.#highest, now);
  }

  result(): LoopResult {
    if (this.#received === 0) return { reason: 'timeout' };
    const delays = [...this.#delays].sort((a, b) => a - b);
    return { ...this.#state(this.#sent, this.#lastAt), ms: delays[Math.floor(delays.length / 2)] ?? 0 };
  }

  #state(sent: number, until: number): LoopState {
    return {
      kbitPerSecond: Math.round(kbits(this.#received, until - this.#begunAt)),
      lossPercent: sent === 0 ? 0 : Math.round((1 - this.#received / sent) * 1_000) / 10,
      history: [...this.#history],
    };
  }
}

function kbits(packets: number, ms: number): number {
  return ms <= 0 ? 0 : (packets * PACKET_BYTES * 8) / ms;
}
