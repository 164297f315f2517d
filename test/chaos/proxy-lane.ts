import type { Socket } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import type { Random } from '../../src/load/random.ts';
import type { Faults } from './proxy.ts';

/** Bytes waiting in a lane above which its source isn't read. */
const WAITING_BYTES = 65_536;
/** Max pieces that a chunk is split into. */
const PIECES = 5;

interface LaneDeps {
  readonly from: Socket;
  readonly to: Socket;
  readonly random: Random;
  /** Undefined if there is none. */
  readonly faults: () => Faults | undefined;
  /** Called when the connection is to be cut. */
  readonly cut: () => void;
}

/** One direction of a connection: passes bytes on in order, but late. */
export class Lane {
  readonly #deps: LaneDeps;
  readonly #waiting: Buffer[] = [];
  #waitingBytes = 0;
  #isPumping = false;
  #isStopped = false;
  #isFinishing = false;
  /** Bytes until the cut. */
  #left = Number.POSITIVE_INFINITY;
  /** Bytes that were passed on. */
  carried = 0;

  constructor(deps: LaneDeps) {
    this.#deps = deps;
    deps.from.on('data', (chunk: Buffer) => this.#take(chunk));
  }

  isFrom(socket: Socket): boolean {
    return this.#deps.from === socket;
  }

  get isDoomed(): boolean {
    return this.#left < Number.POSITIVE_INFINITY;
  }

  doomAfter(bytes: number): void {
    this.#left = bytes;
  }

  /** Passes nothing on any more, and reads nothing: a dead wire. */
  stop(): void {
    this.#isStopped = true;
    this.#waiting.length = 0;
  }

  /** Call it when the source has closed: the other side is closed once everything was passed on. */
  finish(): void {
    this.#isFinishing = true;
    if (!this.#isPumping) this.#deps.to.destroySoon();
  }

  #take(chunk: Buffer): void {
    if (this.#isStopped) return;
    this.#waiting.push(chunk);
    this.#waitingBytes += chunk.length;
    if (this.#waitingBytes > WAITING_BYTES) this.#deps.from.pause();
    if (!this.#isPumping) void this.#pump();
  }

  async #pump(): Promise<void> {
    this.#isPumping = true;
    for (let chunk = this.#waiting.shift(); chunk !== undefined; chunk = this.#waiting.shift()) {
      await this.#hinder();
      for (const piece of this.#split(chunk)) await this.#pass(piece);
      this.#waitingBytes -= chunk.length;
      if (this.#waitingBytes <= WAITING_BYTES) this.#deps.from.resume();
    }
    this.#isPumping = false;
    if (this.#isFinishing) this.#deps.to.destroySoon();
  }

  async #hinder(): Promise<void> {
    const { faults, random } = this.#deps;
    const bad = faults();
    if (bad === undefined) return;
    const fate = random() * 100;
    if (fate < bad.stalls) await pause(random() * bad.stallMs);
    else if (fate < bad.stalls + bad.delays) await pause(random() * bad.delayMs);
  }

  #split(chunk: Buffer): Buffer[] {
    const { faults, random } = this.#deps;
    const bad = faults();
    if (bad === undefined || random() * 100 >= bad.splits) return [chunk];
    const cuts = Array.from({ length: PIECES - 1 }, () => Math.floor(random() * chunk.length));
    const edges = [0, ...cuts.sort((a, b) => a - b), chunk.length];
    return edges.slice(1).map((edge, index) => chunk.subarray(edges[index], edge));
  }

  async #pass(piece: Buffer): Promise<void> {
    const { to, cut } = this.#deps;
    if (this.#isStopped || to.destroyed) return;
    const last = piece.length >= this.#left;
    const part = last ? piece.subarray(0, this.#left) : piece;
    this.#left -= part.length;
    this.carried += part.length;
    if (part.length > 0 && !to.write(part)) await writable(to);
    if (last) cut();
  }
}

/** Resolves when the socket takes more, or has closed. */
function writable(socket: Socket): Promise<void> {
  return new Promise((resolve) => {
    const ready = (): void => {
      socket.off('drain', ready).off('close', ready);
      resolve();
    };
    socket.on('drain', ready).on('close', ready);
  });
}
