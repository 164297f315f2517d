import { type EventLoopUtilization, performance } from 'node:perf_hooks';

/**
 * Signaling and the relay with one core between them: a relay thread that is flooded never sleeps, and the scheduler
 * then lets another thread in at a tick of its own, up to 4 ms later. So the relay sleeps for a moment every few
 * packets, as long as signaling is at work; without it, it has the core to itself.
 */

/** Between two moments of rest: 0.2 ms of work. */
const PACKETS = 24;
/** Milliseconds; the kernel makes at least 0.05 of it. */
const REST_MS = 0.01;
/**
 * The part of its time in which signaling does something, from which on it counts as at work: some 500 messages a
 * second. Less than this it has by waiting for the core alone.
 */
const AT_WORK = 0.015;

/** On signaling's side: tells the relay's thread whether signaling is at work. */
export class Workload {
  /** For the thread. */
  readonly shared = new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT);
  readonly #atWork = new Int32Array(this.shared);
  readonly #utilization: () => number;

  /** @param utilization the part of its time, 0 to 1, in which signaling did something since it was last asked */
  constructor(utilization: () => number = utilizationOfThisThread()) {
    this.#utilization = utilization;
  }

  /** To be called about once a second. */
  look(): void {
    Atomics.store(this.#atWork, 0, this.#utilization() > AT_WORK ? 1 : 0);
  }
}

/** 0 the first time: what a server does to start is no work of signaling. */
function utilizationOfThisThread(): () => number {
  let before: EventLoopUtilization | undefined;
  return () => {
    const now = performance.eventLoopUtilization();
    const { utilization } = performance.eventLoopUtilization(now, before ?? now);
    before = now;
    return utilization;
  };
}

/** On the relay's side. */
export class Rests {
  readonly #atWork: Int32Array;
  readonly #sleep: (ms: number) => void;
  #left = PACKETS;

  constructor(shared: SharedArrayBuffer, sleep: (ms: number) => void = sleepThread) {
    this.#atWork = new Int32Array(shared);
    this.#sleep = sleep;
  }

  /** To be called after each packet. */
  packet(): void {
    if (--this.#left > 0) return;
    this.#left = PACKETS;
    if (Atomics.load(this.#atWork, 0) === 1) this.#sleep(REST_MS);
  }
}

const never = new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT));

function sleepThread(ms: number): void {
  Atomics.wait(never, 0, 0, ms);
}
