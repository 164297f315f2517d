import { ParleyClientError } from '../errors.ts';
import type { Clock } from '../signaling/clock.ts';
import { AnswerDeadline } from './answer-deadline.ts';
import { IceRecovery } from './ice-recovery.ts';
import { PathCheck } from './path-check.ts';
import { countArrivals } from './stats.ts';

interface UpkeepDeps {
  readonly clock: Clock;
  readonly peer: RTCPeerConnection;
  readonly polite: () => boolean;
  readonly reachable: () => boolean;
  readonly sends: () => boolean;
  /** Offers again, with an ICE restart if there was a path to restart. */
  readonly restart: () => void;
  /** Sends the open offer once more. */
  readonly repeatOffer: () => void;
  readonly unreachable: () => void;
  readonly failed: (error: unknown) => void;
}

/** Keeps a connection going: no wait for a path, an answer or a packet is without an end. */
export class Upkeep {
  readonly #peer: RTCPeerConnection;
  readonly #recovery: IceRecovery;
  readonly #deadline: AnswerDeadline;
  readonly #pathCheck: PathCheck;

  constructor({ clock, peer, repeatOffer, failed, ...deps }: UpkeepDeps) {
    this.#peer = peer;
    this.#recovery = new IceRecovery({
      clock,
      ...deps,
      gaveUp: () => failed(new Error('No path to the peer was found; it is tried again every minute.')),
    });
    this.#deadline = new AnswerDeadline({
      clock,
      again: () => {
        const waits = peer.signalingState === 'have-local-offer';
        // Without a path it is the recovery that offers again.
        if (!waits || peer.connectionState !== 'connected' || !deps.reachable()) return false;
        repeatOffer();
        return true;
      },
      unanswered: () => failed(new ParleyClientError('timeout', 'The peer does not answer an offer.')),
    });
    this.#pathCheck = new PathCheck({
      clock,
      received: async () => countArrivals(await peer.getStats()),
      sends: deps.sends,
      dead: () => this.#recovery.restart(),
    });
  }

  /** The first offer is made or taken: from now on a connection is due. */
  start(): void {
    this.#recovery.start();
  }

  changed(): void {
    this.#recovery.changed(this.#peer.connectionState);
  }

  /** The network changed (`moved`), or signaling or the peer is back. */
  retry(moved: boolean): void {
    this.#recovery.retry();
    if (moved && this.#peer.connectionState === 'connected') this.#pathCheck.start();
  }

  offered(): void {
    this.#deadline.offered();
  }

  /** An offer was answered, or taken back. */
  settled(): void {
    this.#deadline.settled();
  }

  stop(): void {
    this.#recovery.stop();
    this.#deadline.settled();
    this.#pathCheck.stop();
  }
}
