import type { Clock } from '../signaling/clock.ts';

/** Milliseconds for the answer to the first offer, before it is sent again. */
const ANSWER_MS = 10_000;
/** Milliseconds for the first connectivity checks, if the browser neither connects nor reports `failed`. */
const CHECKING_MS = 15_000;
/** Milliseconds before a lost path is restarted: most gaps close by themselves. */
const DISCONNECTED_MS = 4_000;
/** Milliseconds by which the polite side waits longer, so that only one side restarts. */
const POLITE_MS = 2_000;
/** Milliseconds for each try to succeed. */
const PAUSES_MS = [6_000, 8_000, 12_000, 20_000, 30_000, 60_000];
/** The same for all further tries, as long as the peer is there. */
const SLOW_PAUSE_MS = 60_000;
/** Attempts after which the peer counts as unreachable: 24 s after an unanswered offer. */
const UNREACHABLE_AFTER = 2;

interface RecoveryDeps {
  readonly clock: Clock;
  readonly isPolite: () => boolean;
  /** Whether an offer could be sent and answered now. */
  readonly isReachable: () => boolean;
  /** Offers again, with an ICE restart if there was a path. */
  readonly restart: () => void;
  /** The first tries failed: the application should know. More follow, and each calls this again. */
  readonly onUnreachable: () => void;
  /** The quick tries failed, the slow ones go on. Called once. */
  readonly onGaveUp: () => void;
}

/** Tries again if no media path is found, or the path is lost; otherwise it leaves the connection alone. */
export class IceRecovery {
  readonly #deps: RecoveryDeps;
  #state: RTCPeerConnectionState = 'new';
  #started = false;
  #tries = 0;
  #cancel: (() => void) | undefined;

  constructor(deps: RecoveryDeps) {
    this.#deps = deps;
  }

  /** Starts waiting for a path: the first offer was made or received. */
  start(): void {
    if (this.#started) return;
    this.#started = true;
    this.#schedule(ANSWER_MS);
  }

  noteState(state: RTCPeerConnectionState): void {
    this.#state = state;
    if (state === 'connected') this.#reset();
    else if (state === 'connecting' && this.#tries === 0) {
      this.stop();
      this.#schedule(CHECKING_MS + this.#courtesy());
    } else if (state === 'disconnected') this.#schedule(DISCONNECTED_MS + this.#courtesy());
    else if (state === 'failed') {
      // Act on the first failure at once; one after a restart waits for the next try.
      if (this.#tries === 0) this.stop();
      this.#schedule(this.#courtesy());
    }
  }

  /** Tries now if there is no path: the network changed, or signaling or the peer is back. */
  retry(): void {
    const lost = this.#state === 'failed' || this.#state === 'disconnected';
    if (lost) this.#reset();
    // Makes up for a try that fell due while the peer was unreachable; `#schedule` keeps one that is scheduled.
    if (lost || (this.#started && this.#state !== 'connected')) this.#schedule(this.#courtesy());
  }

  /** Restarts a path at once that looks connected but is dead. This side's network has changed, so it doesn't wait. */
  restart(): void {
    this.#reset();
    this.#try();
  }

  stop(): void {
    this.#cancel?.();
    this.#cancel = undefined;
  }

  #reset(): void {
    this.stop();
    this.#tries = 0;
  }

  #courtesy(): number {
    return this.#deps.isPolite() ? POLITE_MS : 0;
  }

  #schedule(ms: number): void {
    this.#cancel ??= this.#deps.clock.after(ms, () => {
      this.#cancel = undefined;
      // An unreachable peer can't be offered anything: `retry` is called when that has changed.
      if (this.#state !== 'connected' && this.#deps.isReachable()) this.#try();
    });
  }

  #try(): void {
    if (this.#tries >= UNREACHABLE_AFTER) this.#deps.onUnreachable();
    if (this.#tries === PAUSES_MS.length) this.#deps.onGaveUp();
    const pause = PAUSES_MS[this.#tries] ?? SLOW_PAUSE_MS;
    this.#tries += 1;
    this.#deps.restart();
    this.#schedule(pause);
  }
}
