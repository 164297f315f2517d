import { setTimeout as pause } from 'node:timers/promises';
import type WebSocket from 'ws';
import { seededRandom } from '../../src/load/random.ts';
import { now, type Outcome, type Run, within } from './chaos.ts';
import { Crowd } from './crowd.ts';
import { PlainSocket } from './member.ts';
import { ServerProcess } from './server-process.ts';

const ROOMS = 50;
const PER_ROOM = 4;
/** One member of each room reads slowly: 50 of 200. */
const SLOW_PLACE = 0;
/** Padding of messages to slow readers: unread bytes fill the kernel's buffers, then ours. */
const BULK = 'x'.repeat(60_000);
/** Max messages in a burst of a member, and max milliseconds to the next burst. */
const BURST = 3;
const PAUSE_MS = 400;
/** Min milliseconds of traffic. */
const TALK_MS = 12_000;
/** Slow readers read nothing until this many of them were closed, or this many milliseconds have passed; then they catch up. */
const CLOSED_AT_LEAST = 25;
const STALL_MS = 60_000;
const READ_MS = 3_000;
const SETTLE_MS = 90_000;
/** Max ratio of the others' p99 latency with and without slow readers. */
const BOUND = 2;

/** Limits under which slow readers can always resume; 60 KB cost sixteen units of the rate [WS3]. */
const GENEROUS = {
  MESSAGES_PER_SECOND: '1000',
  MESSAGE_BURST: '10000',
  RESUME_WINDOW_MS: '120000',
  KEPT_MESSAGES: '100000',
  KEPT_BYTES: '67108864',
  BACKPRESSURE_BYTES: '65536',
};

/** 50 of 200 don't read for seconds: they are closed, and resume. The others lose nothing and don't wait. */
export async function slowReaders(run: Run): Promise<Outcome> {
  run.tell('without slow readers');
  const calm = await measure(run, false);
  run.tell(`p99 ${calm.p99.toFixed(1)} ms; with slow readers`);
  const slow = await measure(run, true);
  const ratio = slow.p99 / calm.p99;
  return {
    figures: {
      messages: slow.messages,
      'closed as slow': slow.closedAsSlow,
      'slow ones resumed': slow.slowResumed,
      'p99 ms without slow readers': calm.p99.toFixed(1),
      'p99 ms with': slow.p99.toFixed(1),
      ratio: ratio.toFixed(2),
    },
    violations: [
      ...calm.violations,
      ...slow.violations,
      ...(slow.closedAsSlow < CLOSED_AT_LEAST ? ['the slow readers were not closed'] : []),
      ...(run.strict && ratio > BOUND ? [`p99 of the others is ${ratio.toFixed(2)} times what it was`] : []),
    ],
  };
}

interface Measured {
  /** Latencies in milliseconds between normal members while slow readers don't read. */
  readonly p99: number;
  readonly messages: number;
  readonly closedAsSlow: number;
  readonly slowResumed: number;
  readonly violations: readonly string[];
}

async function measure(run: Run, isSlow: boolean): Promise<Measured> {
  const random = seededRandom(run.seed);
  const server = await ServerProcess.start(GENEROUS);
  const slowness = new Slowness();
  const latencies: number[] = [];
  let crowd: Crowd | undefined;
  try {
    crowd = await Crowd.gather({
      ...server.addresses,
      rooms: ROOMS,
      perRoom: PER_ROOM,
      random,
      socketOf: (place) => (place === SLOW_PLACE ? slowness.Socket : undefined),
      suspended: (name) => slowness.givenUp(name),
      arrived: (from, to, ms) => {
        if (!isSlowName(from) && !isSlowName(to) && slowness.isStalled === isSlow) latencies.push(ms);
      },
    });
    const least = now() + Math.max(TALK_MS, (run.minutes * 60_000) / 2);
    let isOver = false;
    const talk = crowd.talk({
      enough: () => isOver,
      most: BURST,
      pauseMs: PAUSE_MS,
      padding: (to) => (isSlowName(to.name) ? BULK : ''),
      random,
    });
    do {
      if (isSlow) await slowness.stall();
      await pause(READ_MS);
    } while (now() < least);
    isOver = true;
    await within(SETTLE_MS, 'the last answers', talk);
    slowness.read();
    await crowd.ledger.settled(SETTLE_MS);
    const [slow, others] = [
      crowd.members.filter(({ name }) => isSlowName(name)),
      crowd.members.filter(({ name }) => !isSlowName(name)),
    ];
    return {
      p99: percentile(latencies, 99),
      messages: crowd.ledger.sent,
      closedAsSlow: slowness.closed,
      slowResumed: slow.reduce((sum, { resumed }) => sum + resumed, 0),
      violations: [
        ...crowd.ledger.violations(),
        ...crowd.problems,
        ...server.complaints,
        ...crowd.members.filter(({ renewed }) => renewed > 0).map(({ name }) => `${name} was not resumed`),
        ...others.filter(({ resumed }) => resumed > 0).map(({ name }) => `${name} reads, and was cut`),
      ],
    };
  } finally {
    slowness.read();
    crowd?.close();
    await server.close();
  }
}

function isSlowName(name: string): boolean {
  return name.endsWith(`-${SLOW_PLACE}`);
}

/** Sockets that all stop reading until the server has closed enough of them. */
class Slowness {
  readonly Socket: typeof PlainSocket;
  /** Connections that the server closed, as it told the other members. */
  closed = 0;
  isStalled = false;
  readonly #sockets = new Set<WebSocket>();
  readonly #given = new Set<string>();
  #enough: (() => void) | undefined;

  constructor() {
    const sockets = this.#sockets;
    this.Socket = class extends PlainSocket {
      constructor(url: string, protocols: string[]) {
        super(url, protocols);
        this.on('open', () => sockets.add(this)).on('close', () => sockets.delete(this));
      }
    };
  }

  async stall(): Promise<void> {
    this.isStalled = true;
    for (const socket of this.#sockets) socket.pause();
    await new Promise<void>((resolve) => {
      this.#enough = resolve;
      setTimeout(resolve, STALL_MS).unref();
    });
    this.read();
  }

  read(): void {
    this.isStalled = false;
    this.#given.clear();
    for (const socket of this.#sockets) socket.resume();
  }

  /** Call it when the server tells that this member's connection was closed. */
  givenUp(name: string): void {
    if (!this.isStalled || !isSlowName(name) || this.#given.has(name)) return;
    this.#given.add(name);
    this.closed += 1;
    if (this.#given.size >= CLOSED_AT_LEAST) this.#enough?.();
  }
}

function percentile(values: readonly number[], percent: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor((sorted.length * percent) / 100))] ?? 0;
}
