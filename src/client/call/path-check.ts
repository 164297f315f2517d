import type { Clock } from '../signaling/clock.ts';

/** Milliseconds without a packet after which the path of a peer that sends media is dead: it sends about 50 a second. */
const MEDIA_QUIET_MS = 1_000;
/** The same for a peer that sends none: browsers check an idle path every 2.5 s. */
const IDLE_QUIET_MS = 4_000;

interface PathCheckDeps {
  readonly clock: Clock;
  /** Resolves with a count that grows with everything that comes in on the path. */
  readonly countReceived: () => Promise<number>;
  /** Whether the peer sends media. */
  readonly sendsMedia: () => boolean;
  readonly onDead: () => void;
}

/**
 * Checks whether a path has survived a network change. ICE itself takes about 5 s to doubt it. A path that still carries
 * packets is left alone.
 */
export class PathCheck {
  readonly #deps: PathCheckDeps;
  #cancel: (() => void) | undefined;
  #check = 0;

  constructor(deps: PathCheckDeps) {
    this.#deps = deps;
  }

  /** The network changed: a packet must come in time from now on. */
  start(): void {
    this.stop();
    const check = this.#check;
    const { clock, sendsMedia, onDead } = this.#deps;
    void this.#count().then((before) => {
      if (check !== this.#check || before === undefined) return;
      this.#cancel = clock.after(sendsMedia() ? MEDIA_QUIET_MS : IDLE_QUIET_MS, () => {
        void this.#count().then((now) => {
          if (check === this.#check && now === before) onDead();
        });
      });
    });
  }

  stop(): void {
    this.#check += 1;
    this.#cancel?.();
    this.#cancel = undefined;
  }

  /** Resolves with undefined if the browser gives no stats: then only ICE can judge. */
  async #count(): Promise<number | undefined> {
    try {
      return await this.#deps.countReceived();
    } catch {
      return undefined;
    }
  }
}
