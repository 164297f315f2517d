import { once } from 'node:events';
import { connect, createServer, type Server, type Socket } from 'node:net';
import type { Random } from '../../src/load/random.ts';
import { now } from './chaos.ts';
import { Lane } from './proxy-lane.ts';

export interface Faults {
  /** Connections that are cut per second, of all together. */
  readonly cutsPerSecond: number;
  /** Percentages of chunks that are split, delayed, or stalled for long. */
  readonly splits: number;
  readonly delays: number;
  readonly stalls: number;
  /** Max milliseconds. */
  readonly delayMs: number;
  readonly stallMs: number;
}

export const ROUGH: Faults = Object.freeze({
  cutsPerSecond: 40,
  splits: 10,
  delays: 10,
  stalls: 0.2,
  delayMs: 30,
  stallMs: 1_500,
});

/** Max milliseconds until the second side of a cut connection notices. */
const UNNOTICED_MS = 2_000;
/** A cut comes within this many more bytes, so in the middle of a frame, or within this many milliseconds. */
const LAST_BYTES = 2_000;
const LAST_MS = 200;
/** Milliseconds between two checks of how many cuts are due. */
const CUT_STEP_MS = 20;

interface ProxyOptions {
  /** The port on 127.0.0.1. */
  readonly targetPort: number;
  readonly random: Random;
  readonly faults: Faults;
  /** Whether connections may be cut now. */
  readonly mayCut?: () => boolean;
}

/** A TCP proxy like a very bad network: it cuts, stalls, splits and delays at random. */
export class ChaosProxy {
  /** Connections that were cut after something was sent on them. */
  cuts = 0;
  readonly #options: ProxyOptions;
  readonly #server: Server;
  readonly #links = new Set<Link>();
  #cutting: NodeJS.Timeout | undefined;
  #isCalm = false;

  private constructor(options: ProxyOptions) {
    this.#options = options;
    this.#server = createServer((client) => this.#accept(client));
  }

  static async start(options: ProxyOptions): Promise<ChaosProxy> {
    const proxy = new ChaosProxy(options);
    proxy.#server.listen(0, '127.0.0.1');
    await once(proxy.#server, 'listening');
    const began = now();
    let due = 0;
    // A busy machine runs timers late: then several cuts are due at once.
    proxy.#cutting = setInterval(() => {
      const wanted = ((now() - began) / 1_000) * options.faults.cutsPerSecond;
      for (; due < wanted; due++) proxy.#cutOne();
    }, CUT_STEP_MS);
    return proxy;
  }

  get port(): number {
    const address = this.#server.address();
    return typeof address === 'object' && address !== null ? address.port : 0;
  }

  /** Stops cutting, splitting and delaying. */
  calm(): void {
    this.#isCalm = true;
    clearInterval(this.#cutting);
  }

  async close(): Promise<void> {
    clearInterval(this.#cutting);
    for (const link of this.#links) link.destroy();
    this.#server.close();
    await once(this.#server, 'close');
  }

  #accept(client: Socket): void {
    const { targetPort, random, faults } = this.#options;
    const link = new Link({
      client,
      server: connect({ host: '127.0.0.1', port: targetPort, noDelay: true }),
      random,
      faults: () => (this.#isCalm ? undefined : faults),
      over: () => this.#links.delete(link),
    });
    this.#links.add(link);
  }

  #cutOne(): void {
    const { random, mayCut } = this.#options;
    if (mayCut?.() === false) return;
    const carrying = [...this.#links].filter((link) => link.isCarrying);
    if (carrying[Math.floor(random() * carrying.length)]?.doom() === true) this.cuts += 1;
  }
}

interface LinkDeps {
  readonly client: Socket;
  readonly server: Socket;
  readonly random: Random;
  readonly faults: () => Faults | undefined;
  readonly over: () => void;
}

/** One connection through the proxy. */
class Link {
  readonly #deps: LinkDeps;
  readonly #lanes: readonly Lane[];
  #isCut = false;

  constructor(deps: LinkDeps) {
    this.#deps = deps;
    const { client, server } = deps;
    client.setNoDelay(true);
    const cut = () => this.#cut();
    this.#lanes = [
      new Lane({ ...deps, from: client, to: server, cut }),
      new Lane({ ...deps, from: server, to: client, cut }),
    ];
    for (const socket of [client, server]) {
      socket.on('error', () => {});
      socket.on('close', () => this.#ended(socket));
    }
  }

  /** Whether both sides are connected and something was sent. */
  get isCarrying(): boolean {
    return !this.#isCut && this.#lanes.every((lane) => lane.carried > 0);
  }

  /** Cuts the connection after a few more bytes. @returns false if it is going to be cut already */
  doom(): boolean {
    if (this.#isCut || this.#lanes.some((lane) => lane.isDoomed)) return false;
    const { random } = this.#deps;
    const lane = this.#lanes[random() < 0.5 ? 0 : 1];
    lane?.doomAfter(Math.floor(random() * LAST_BYTES));
    setTimeout(() => this.#cut(), random() * LAST_MS);
    return true;
  }

  destroy(): void {
    this.#isCut = true;
    this.#deps.client.destroy();
    this.#deps.server.destroy();
    this.#deps.over();
  }

  /** Cuts both sides at once, with FIN or RST, or one of them long before the other. */
  #cut(): void {
    if (this.#isCut) return;
    this.#isCut = true;
    const { client, server, random } = this.#deps;
    for (const lane of this.#lanes) lane.stop();
    const [first, second] = random() < 0.5 ? [client, server] : [server, client];
    const end = (socket: Socket): void => {
      if (random() < 0.5) socket.resetAndDestroy();
      else socket.destroy();
    };
    end(first);
    if (random() < 0.5) end(second);
    else setTimeout(() => end(second), random() * UNNOTICED_MS);
  }

  /** Call it when one side has closed: what it sent still goes to the other. */
  #ended(socket: Socket): void {
    const { client, server, over } = this.#deps;
    if (!this.#isCut) for (const lane of this.#lanes) if (lane.isFrom(socket)) lane.finish();
    if (client.destroyed && server.destroyed) over();
  }
}
