import type { Clock } from '../signaling/clock.ts';

/** Milliseconds for the answer to the first offer, before it is sent again. */
const ANSWER_MS = 10_000;
/** Milliseconds for the first connectivity checks, if the browser neither connects nor reports `failed`. */
const CHECKING_MS = 15_000;
/** Milliseconds before a lost path is restarted that `PathCheck` can't judge: most gaps close by themselves. */
const DISCONNECTED_MS = 4_000;
/** Milliseconds by which a side waits longer that leaves the restart to the other, so that only one restarts. */
const COURTESY_MS = 2_000;
/** Milliseconds for each try to succeed. */
const PAUSES_MS = [6_000, 8_000, 12_000, 20_000, 30_000, 60_000];
/**
 * Milliseconds for the first try after this side's network has changed, and for one that the peer has answered. Then the connection
 * is replaced: Chromium holds on to a dead pair for four seconds whatever ICE finds, and a new connection needs half a second.
 */
const REPLACE_MS = 750;
/** The same for all further tries, as long as the peer is there. */
const SLOW_PAUSE_MS = 60_000;
/** Min milliseconds between two tries, however many signs of a changed network come. */
const MIN_PAUSE_MS = 1_500;
/** Attempts after which the peer counts as unreachable: 24 s after an unanswered offer. */
const UNREACHABLE_AFTER = 2;

/** Whose network has changed. That side restarts at once; if nobody knows, the impolite side does. */
export type Whose = 'own' | 'peer' | 'unknown';

interface RecoveryDeps {
  readonly clock: Clock;
  readonly isPolite: () => boolean;
  /** Whether an offer could be sent and answered now. */
  readonly isReachable: () => boolean;
  /** Offers again, with an ICE restart if there was a path. */
  readonly restart: () => void;
  /** Whether no restart of ICE can help: Firefox ends DTLS with an error when ICE fails, and that stays. */
  readonly isBroken: () => boolean;
  /** Begins anew with another connection. Returns whether it does: then this one is over. */
  readonly replace: () => boolean;
  /** The first tries failed: the application should know. More follow, and each calls this again. */
  readonly onUnreachable: () => void;
  /** The quick tries failed, the slow ones go on. Called once. */
  readonly onGaveUp: () => void;
}

/** Tries again if no media path is found, or the path is lost; otherwise it leaves the connection alone. */
export class IceRecovery {
  readonly #deps: RecoveryDeps;
  #state: RTCPeerConnectionState = 'new';
  /** Nothing comes in, whatever the state says. */
  #dead = false;
  #started = false;
  /** Whether there ever was a path: what never worked won't with another connection. */
  #worked = false;
  #tries = 0;
  /** Whether there was a try since the path died. */
  #tried = false;
  #triedAt = Number.NEGATIVE_INFINITY;
  /** Whether a try replaces the connection: the next but one if this side's network has changed, the next if the peer has answered. */
  #replaces: 'no' | 'next' | 'now' = 'no';
  #due: { readonly at: number; readonly cancel: () => void } | undefined;

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
    if (state === 'connected') {
      this.#worked = true;
      if (!this.#dead) this.noteAlive();
    } else if (state === 'connecting' && this.#tries === 0 && !this.#dead) {
      this.stop();
      this.#schedule(CHECKING_MS + this.#courtesy('unknown'));
    } else if (state === 'disconnected') this.#schedule(DISCONNECTED_MS + this.#courtesy('unknown'));
    else if (state === 'failed') {
      // Act on the first failure at once; one after a restart waits for the next try.
      if ((this.#tries === 0 && !this.#dead) || this.#isBroken()) this.stop();
      this.#schedule(this.#courtesy(this.#isBroken() ? 'own' : 'unknown'));
    }
  }

  /** The path is dead, though the browser may still call it connected. */
  noteDead(whose: Whose): void {
    this.#dead = true;
    this.#hurry(whose);
  }

  /** Something comes in again. */
  noteAlive(): void {
    this.#dead = false;
    if (this.#state !== 'connected') return;
    this.stop();
    this.#tries = 0;
    this.#tried = false;
    this.#replaces = 'no';
  }

  /**
   * The peer has answered a restart, so that signaling passes. If media still doesn't, as where UDP is dropped, the connection is
   * replaced.
   */
  noteAnswered(): void {
    if (!this.#dead || !this.#tried || this.#tries > 1 || this.#replaces === 'now') return;
    this.#replaces = 'now';
    this.stop();
    this.#schedule(REPLACE_MS);
  }

  /** Tries now if there is no path: a network has changed, or signaling or the peer is back. */
  retry(whose: Whose): void {
    if (this.#dead || this.#state === 'failed' || this.#state === 'disconnected') this.#hurry(whose);
    // Makes up for a try that fell due while the peer was unreachable; `#schedule` keeps one that is scheduled.
    else if (this.#started && this.#state !== 'connected') this.#schedule(this.#courtesy(whose));
  }

  stop(): void {
    this.#due?.cancel();
    this.#due = undefined;
  }

  /** Starts the tries over, unless one is due before. */
  #hurry(whose: Whose): void {
    const now = this.#deps.clock.now();
    const sinceTry = Math.max(now - this.#triedAt, 0);
    const ms = Math.max(this.#courtesy(whose), MIN_PAUSE_MS - sinceTry);
    this.#tries = 0;
    if (whose === 'own' && this.#replaces === 'no') this.#replaces = 'next';
    // A timer that is overdue slept with the machine, and would take the rest of its time.
    if (this.#due !== undefined && this.#due.at >= now && this.#due.at <= now + ms) return;
    this.stop();
    this.#schedule(ms);
  }

  #isBroken(): boolean {
    return this.#worked && this.#state === 'failed' && this.#deps.isBroken();
  }

  #courtesy(whose: Whose): number {
    const waits = whose === 'unknown' ? this.#deps.isPolite() : whose === 'peer';
    return waits ? COURTESY_MS : 0;
  }

  #schedule(ms: number): void {
    if (this.#due !== undefined) return;
    const { clock } = this.#deps;
    const cancel = clock.after(ms, () => {
      this.#due = undefined;
      // An unreachable peer can't be offered anything: `retry` is called when that has changed.
      if ((this.#dead || this.#state !== 'connected') && this.#deps.isReachable()) this.#try();
    });
    this.#due = { at: clock.now() + ms, cancel };
  }

  #try(): void {
    if (this.#tries >= UNREACHABLE_AFTER) this.#deps.onUnreachable();
    if (this.#tries === PAUSES_MS.length) this.#deps.onGaveUp();
    const anew = (this.#replaces === 'now' && this.#dead) || this.#isBroken();
    if (anew && this.#deps.replace()) return;
    const first = this.#replaces === 'next';
    if (first) this.#replaces = 'now';
    const pause = first ? REPLACE_MS : (PAUSES_MS[this.#tries] ?? SLOW_PAUSE_MS);
    this.#tries += 1;
    this.#tried = true;
    this.#triedAt = this.#deps.clock.now();
    this.#deps.restart();
    this.#schedule(pause);
  }
}
