import { ParleyClientError } from '../errors.ts';
import { AnswerDeadline } from './answer-deadline.ts';
import { IceRecovery } from './ice-recovery.ts';
import { PathCheck } from './path-check.ts';
import { PathWatch, type PathWatchDeps } from './path-watch.ts';
import { countArrivals } from './stats.ts';

interface UpkeepDeps extends PathWatchDeps {
  readonly isPolite: () => boolean;
  readonly isReachable: () => boolean;
  readonly sendsMedia: () => boolean;
  /** Offers again, with an ICE restart if there was a path. */
  readonly restart: () => void;
  /** Sends the open offer once more. */
  readonly repeatOffer: () => void;
  readonly onUnreachable: () => void;
  readonly onError: (error: unknown) => void;
}

/** Keeps a connection going: every wait for a path, an answer or a packet has an end. */
export class Upkeep {
  readonly #peer: RTCPeerConnection;
  readonly #recovery: IceRecovery;
  readonly #deadline: AnswerDeadline;
  readonly #pathCheck: PathCheck;
  readonly #pathWatch: PathWatch;

  constructor({ clock, peer, repeatOffer, onError, ...deps }: UpkeepDeps) {
    this.#peer = peer;
    this.#pathWatch = new PathWatch({ clock, peer, ...deps });
    this.#recovery = new IceRecovery({
      clock,
      ...deps,
      onUnreachable: () => {
        this.#pathWatch.failed();
        deps.onUnreachable();
      },
      onGaveUp: () => onError(new Error('No path to the peer was found; the SDK tries again every minute.')),
    });
    this.#deadline = new AnswerDeadline({
      clock,
      repeatOffer: () => {
        const isOpen = peer.signalingState === 'have-local-offer';
        // Without a path, the recovery offers again.
        if (!isOpen || peer.connectionState !== 'connected' || !deps.isReachable()) return false;
        repeatOffer();
        return true;
      },
      onUnanswered: () => onError(new ParleyClientError('timeout', 'The peer does not answer an offer.')),
    });
    this.#pathCheck = new PathCheck({
      clock,
      countReceived: async () => countArrivals(await peer.getStats()),
      sendsMedia: deps.sendsMedia,
      onDead: () => this.#recovery.restart(),
    });
  }

  /** Starts waiting for a path: the first offer was made or received. */
  start(): void {
    this.#recovery.start();
  }

  noteState(): void {
    this.#recovery.noteState(this.#peer.connectionState);
    this.#pathWatch.noteState();
  }

  /** The peer goes on under another id. */
  rebind(): void {
    this.#pathWatch.repeat();
  }

  /** Tries again if there is no path: the network changed (`moved`), or signaling or the peer is back. */
  retry(moved: boolean): void {
    this.#recovery.retry();
    if (moved && this.#peer.connectionState === 'connected') this.#pathCheck.start();
  }

  awaitAnswer(): void {
    this.#deadline.start();
  }

  /** Stops waiting for the answer: the offer was answered, or taken back. */
  stopAwaitingAnswer(): void {
    this.#deadline.stop();
  }

  stop(): void {
    this.#recovery.stop();
    this.#deadline.stop();
    this.#pathCheck.stop();
    this.#pathWatch.stop();
  }
}
