import type { Clock } from '../signaling/clock.ts';
import type { Arrivals } from './stats.ts';

/** Milliseconds between two looks for media that came in. They cost no stats. */
const LOOK_MS = 250;
/** Milliseconds without media, after some, that make a path doubtful. Silent sound comes every 400 ms (Opus DTX). */
const MEDIA_QUIET_MS = 750;
/** The same if what came last was no media. */
const IDLE_QUIET_MS = 2_500;
/** Milliseconds for an answer once the peer was made to send one. */
const ANSWER_MS = 600;
/** The same for a peer that can't be asked and sends no media: browsers check an idle path every 2.5 s. */
const UNASKED_MS = 4_000;
/** Milliseconds between two counts of what came in while no media does. */
const COUNT_MS = 1_000;
/** If a look comes this many milliseconds late, the machine has slept. */
const SLEPT_MS = 2_000;

interface PathCheckDeps {
  readonly clock: Clock;
  /** Changes with each packet of media that is played; undefined: there is none, or the browser doesn't tell. */
  readonly newestPacket: () => number | undefined;
  readonly countReceived: () => Promise<Arrivals>;
  /** Makes the peer's browser send something back. Returns false if that can't be. */
  readonly ask: () => boolean;
  /** Whether the peer says that it sends media. */
  readonly sendsMedia: () => boolean;
  /** The path may be dead. Called again every second while it is. */
  readonly onDoubt: () => void;
  readonly onDead: () => void;
  /** Something comes in again on a path that was dead. */
  readonly onBack: () => void;
}

type State = 'off' | 'alive' | 'doubtful' | 'dead';

/**
 * Notices within 1.5 s that a path is dead, and at once that it is back. ICE itself takes 5 s to doubt it, and some browsers
 * never report that the network has changed.
 */
export class PathCheck {
  readonly #deps: PathCheckDeps;
  #state: State = 'off';
  #cancelLook = () => {};
  #cancelAnswer = () => {};
  /** Counts the doubts, so that an answer to an earlier one is told from the latest. */
  #doubts = 0;
  #nextLookAt = 0;
  #newest: number | undefined;
  /** Whether the latest doubt came from silence, not from a change of the network. */
  #silent = false;
  /** When something came in last, and whether that was media. */
  #lastAt = 0;
  #media = false;
  /** Bytes of media and messages at the last count; undefined: not counted since the state changed. */
  #data: number | undefined;
  #countedAt = 0;
  #toldAt = 0;

  constructor(deps: PathCheckDeps) {
    this.#deps = deps;
  }

  /**
   * The browser says that there is a path. Returns whether that counts: a path that was dead has to bring media if the peer sends
   * any, because the peer's browser may still hold on to the former pair.
   */
  start(): boolean {
    const { clock, sendsMedia } = this.#deps;
    if (this.#state === 'off') {
      this.#nextLookAt = clock.now() + LOOK_MS;
      this.#cancelLook = clock.after(LOOK_MS, () => this.#look());
    }
    if (this.#state === 'dead' && sendsMedia()) return false;
    this.#noteArrival(false);
    return true;
  }

  /** The network changed: something must come in now. A path that was doubtful before is dead. */
  expect(): void {
    if (this.#state === 'alive') void this.#doubt(true);
    else if (this.#state === 'doubtful' && this.#silent) this.#die();
  }

  /** The path is known to be dead: waits for it to come back, without calling `onDead`. */
  giveUp(): void {
    if (this.#state === 'off') return;
    this.#cancelAnswer();
    this.#doubts += 1;
    this.#data = undefined;
    this.#state = 'dead';
  }

  stop(): void {
    this.#cancelLook();
    this.#cancelAnswer();
    this.#doubts += 1;
    this.#state = 'off';
  }

  #look(): void {
    const { clock, newestPacket, onDoubt } = this.#deps;
    const now = clock.now();
    const slept = now - this.#nextLookAt > SLEPT_MS;
    this.#nextLookAt = now + LOOK_MS;
    this.#cancelLook = clock.after(LOOK_MS, () => this.#look());
    const newest = newestPacket();
    const came = newest !== undefined && newest !== this.#newest;
    this.#newest = newest;
    if (came) this.#noteArrival(true);
    else if (this.#state === 'dead') this.#watchDead(now);
    else if (this.#state === 'alive' && slept) {
      onDoubt();
      this.expect();
    } else if (this.#state === 'alive') {
      if (now - this.#lastAt >= (this.#media ? MEDIA_QUIET_MS : IDLE_QUIET_MS)) void this.#doubt(false);
      else if (!this.#media && now - this.#countedAt >= COUNT_MS) void this.#countData(now);
    }
  }

  #watchDead(now: number): void {
    if (now - this.#toldAt >= COUNT_MS) {
      this.#toldAt = now;
      this.#deps.onDoubt();
    }
    if (now - this.#countedAt >= 2 * LOOK_MS) void this.#countData(now);
  }

  /** Media and messages prove a path. Checks of ICE don't: they come on paths too that aren't used. */
  async #countData(now: number): Promise<void> {
    this.#countedAt = now;
    const state = this.#state;
    const data = (await this.#count())?.data;
    if (data === undefined || this.#state !== state) return;
    const grew = this.#data !== undefined && data > this.#data;
    this.#data = data;
    if (grew) this.#noteArrival(false);
  }

  /** @param moved the network changed, so that ICE's own checks count if there is nothing else to wait for */
  async #doubt(moved: boolean): Promise<void> {
    const { clock, ask, sendsMedia, onDoubt } = this.#deps;
    this.#state = 'doubtful';
    this.#silent = !moved;
    const doubt = ++this.#doubts;
    const isOver = () => this.#doubts !== doubt || this.#state !== 'doubtful';
    this.#toldAt = clock.now();
    if (!moved) onDoubt();
    const before = await this.#count();
    if (isOver()) return;
    const quick = ask() || (sendsMedia() && (this.#media || moved));
    // Then nothing can be expected, and only ICE can judge.
    if (before === undefined || (!quick && !moved)) {
      this.#noteArrival(false);
      return;
    }
    this.#cancelAnswer = clock.after(quick ? ANSWER_MS : UNASKED_MS, async () => {
      const now = await this.#count();
      if (isOver()) return;
      if (now === undefined || now.data + now.checks > before.data + before.checks) {
        this.#noteArrival(false);
        return;
      }
      this.#die();
    });
  }

  #die(): void {
    this.giveUp();
    this.#deps.onDead();
  }

  #noteArrival(media: boolean): void {
    const wasDead = this.#state === 'dead';
    if (this.#state !== 'alive') {
      this.#cancelAnswer();
      this.#doubts += 1;
      this.#data = undefined;
      this.#state = 'alive';
    }
    this.#lastAt = this.#deps.clock.now();
    this.#media = media;
    if (wasDead) this.#deps.onBack();
  }

  /** Resolves with undefined if the browser gives no stats. */
  async #count(): Promise<Arrivals | undefined> {
    try {
      return await this.#deps.countReceived();
    } catch {
      return undefined;
    }
  }
}
