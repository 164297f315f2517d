import type { Clock } from '../signaling/clock.ts';

/** Milliseconds without a packet after which a path is dead, if the peer sends media: that is fifty packets a second. */
const QUIET_MS = 1_000;
/** The same for a peer that sends none: browsers check an idle path every 2.5 s. */
const IDLE_QUIET_MS = 4_000;

interface CheckDeps {
  readonly clock: Clock;
  /** Everything that has come in on the path so far. */
  readonly received: () => Promise<number>;
  /** Whether the peer sends media. */
  readonly sends: () => boolean;
  readonly dead: () => void;
}

/**
 * Finds out whether a path has outlived a change of network. ICE itself takes about five seconds to doubt it; a path
 * that still carries packets is left alone.
 */
export class PathCheck {
  readonly #deps: CheckDeps;
  #cancel: (() => void) | undefined;
  #check = 0;

  constructor(deps: CheckDeps) {
    this.#deps = deps;
  }

  /** The network changed: from now on a packet must come in time. */
  start(): void {
    this.stop();
    const check = this.#check;
    const { clock, sends, dead } = this.#deps;
    void this.#count().then((before) => {
      if (check !== this.#check || before === undefined) return;
      this.#cancel = clock.after(sends() ? QUIET_MS : IDLE_QUIET_MS, () => {
        void this.#count().then((now) => {
          if (check === this.#check && now === before) dead();
        });
      });
    });
  }

  stop(): void {
    this.#check += 1;
    this.#cancel?.();
    this.#cancel = undefined;
  }

  /** Undefined if the browser gives no figures: then ICE's own judgement has to do. */
  async #count(): Promise<number | undefined> {
    try {
      return await this.#deps.received();
    } catch {
      return undefined;
    }
  }
}
