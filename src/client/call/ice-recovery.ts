import type { Clock } from '../signaling/clock.ts';

/** Milliseconds that a connection may be without a path before it is restarted: most such gaps close by themselves. */
const DISCONNECTED_MS = 4_000;
/** Milliseconds by which the polite side lets the other restart first: both at once is one restart too many. */
const POLITE_MS = 2_000;
/** Milliseconds after each restart for it to succeed; after the last, only a change of network gives new hope. */
const PAUSES_MS = [6_000, 8_000, 12_000, 20_000, 30_000, 60_000];

interface RecoveryDeps {
  readonly clock: Clock;
  readonly polite: () => boolean;
  /** Whether an offer could be sent now. */
  readonly reachable: () => boolean;
  readonly restart: () => void;
  /** All restarts failed. */
  readonly gaveUp: () => void;
}

/** ICE restart where media has stopped, and only there. */
export class IceRecovery {
  readonly #deps: RecoveryDeps;
  #state: RTCPeerConnectionState = 'new';
  #restarts = 0;
  #hopeless = false;
  #cancel: (() => void) | undefined;

  constructor(deps: RecoveryDeps) {
    this.#deps = deps;
  }

  changed(state: RTCPeerConnectionState): void {
    this.#state = state;
    if (state === 'connected') {
      this.#begin();
    } else if (state === 'disconnected') this.#schedule(DISCONNECTED_MS + this.#courtesy());
    else if (state === 'failed') {
      // The first failure is acted on at once; what fails after a restart waits for its turn.
      if (this.#restarts === 0) this.stop();
      this.#schedule(this.#courtesy());
    }
  }

  /** The network changed or signaling is back: if media has stopped, a restart may succeed now. */
  retry(): void {
    if (this.#state !== 'failed' && this.#state !== 'disconnected') return;
    this.#begin();
    this.#schedule(this.#courtesy());
  }

  stop(): void {
    this.#cancel?.();
    this.#cancel = undefined;
  }

  #begin(): void {
    this.stop();
    this.#restarts = 0;
    this.#hopeless = false;
  }

  #courtesy(): number {
    return this.#deps.polite() ? POLITE_MS : 0;
  }

  #schedule(ms: number): void {
    if (!this.#hopeless) this.#cancel ??= this.#deps.clock.after(ms, () => this.#due());
  }

  #due(): void {
    this.#cancel = undefined;
    // Without signaling nothing can be offered: `retry` comes when it is back.
    if (this.#state === 'connected' || !this.#deps.reachable()) return;
    const pause = PAUSES_MS[this.#restarts];
    if (pause === undefined) {
      this.#hopeless = true;
      this.#deps.gaveUp();
      return;
    }
    this.#restarts += 1;
    this.#deps.restart();
    this.#schedule(pause);
  }
}
