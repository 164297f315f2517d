import type { Clock } from '../signaling/clock.ts';

/** Milliseconds for the peer's answer to the first offer: then it is sent again. */
const ANSWER_MS = 10_000;
/** Milliseconds for the first checks of paths, while the browser neither connects nor says `failed`. */
const CHECKING_MS = 15_000;
/** Milliseconds that a connection may be without a path before it is restarted: most such gaps close by themselves. */
const DISCONNECTED_MS = 4_000;
/** Milliseconds by which the polite side lets the other restart first: both at once is one restart too many. */
const POLITE_MS = 2_000;
/** Milliseconds after each try for it to succeed; the last one repeats for as long as the peer is there. */
const PAUSES_MS = [6_000, 8_000, 12_000, 20_000, 30_000, 60_000];
const SLOW_PACE_MS = 60_000;
/** Tries after which a peer counts as unreachable: 24 s after an offer that nobody answers. */
const TRIES_IN_HOPE = 2;

interface RecoveryDeps {
  readonly clock: Clock;
  readonly polite: () => boolean;
  /** Whether an offer could be sent now, and answered. */
  readonly reachable: () => boolean;
  /** Offers again, with an ICE restart if there was a path to restart. */
  readonly restart: () => void;
  /** The first tries failed: there is no use in waiting before saying so. More are made. Called again and again. */
  readonly unreachable: () => void;
  /** The quick tries have failed; the slow ones go on. Called once. */
  readonly gaveUp: () => void;
}

/** Tries again, sooner or later, if no media path comes about or the one that was is lost, and only then. */
export class IceRecovery {
  readonly #deps: RecoveryDeps;
  #state: RTCPeerConnectionState = 'new';
  #started = false;
  #tries = 0;
  #cancel: (() => void) | undefined;

  constructor(deps: RecoveryDeps) {
    this.#deps = deps;
  }

  /** The first offer is made or taken: from now on a connection is due. */
  start(): void {
    if (this.#started) return;
    this.#started = true;
    this.#schedule(ANSWER_MS);
  }

  changed(state: RTCPeerConnectionState): void {
    this.#state = state;
    if (state === 'connected') this.#begin();
    else if (state === 'connecting' && this.#tries === 0) {
      this.stop();
      this.#schedule(CHECKING_MS + this.#courtesy());
    } else if (state === 'disconnected') this.#schedule(DISCONNECTED_MS + this.#courtesy());
    else if (state === 'failed') {
      // The first failure is acted on at once; what fails after a restart waits for its turn.
      if (this.#tries === 0) this.stop();
      this.#schedule(this.#courtesy());
    }
  }

  /** The network changed, or signaling or the peer is back: if there is no media path, a try may succeed now. */
  retry(): void {
    const lost = this.#state === 'failed' || this.#state === 'disconnected';
    if (lost) this.#begin();
    // A try that fell due while nobody could be reached is made up for; one that is scheduled is waited for.
    if (lost || (this.#started && this.#state !== 'connected')) this.#schedule(this.#courtesy());
  }

  /** The path looks connected but is dead. This side's network has changed, so this side restarts, at once. */
  restart(): void {
    this.#begin();
    this.#try();
  }

  stop(): void {
    this.#cancel?.();
    this.#cancel = undefined;
  }

  #begin(): void {
    this.stop();
    this.#tries = 0;
  }

  #courtesy(): number {
    return this.#deps.polite() ? POLITE_MS : 0;
  }

  #schedule(ms: number): void {
    this.#cancel ??= this.#deps.clock.after(ms, () => {
      this.#cancel = undefined;
      // If nobody can be reached, nothing can be offered: `retry` comes when that has changed.
      if (this.#state !== 'connected' && this.#deps.reachable()) this.#try();
    });
  }

  #try(): void {
    if (this.#tries >= TRIES_IN_HOPE) this.#deps.unreachable();
    if (this.#tries === PAUSES_MS.length) this.#deps.gaveUp();
    const pause = PAUSES_MS[this.#tries] ?? SLOW_PACE_MS;
    this.#tries += 1;
    this.#deps.restart();
    this.#schedule(pause);
  }
}
