import type { CallPath } from '../../protocol/events.ts';
import { ParleyClientError } from '../errors.ts';
import type { Clock } from '../signaling/clock.ts';
import { AnswerDeadline } from './answer-deadline.ts';
import { IceRecovery, type Whose } from './ice-recovery.ts';
import { sendKeyFrames } from './key-frames.ts';
import { PathCheck } from './path-check.ts';
import { PathWatch, type PathWatchDeps } from './path-watch.ts';
import { readPath, relayedEnds } from './quality/read-path.ts';
import { countArrivals } from './stats.ts';

/** Milliseconds for which a path that is found dead has died of this side's own move. */
const MOVED_MS = 5_000;
/**
 * Milliseconds from what comes in on a path that is back to the second key frame. The first may still have gone the dead way: ICE
 * tells the two sides of a new pair one after the other.
 */
const SWITCH_MS = 500;

interface UpkeepDeps extends PathWatchDeps {
  readonly isPolite: () => boolean;
  readonly isReachable: () => boolean;
  readonly sendsMedia: () => boolean;
  /** Offers again, with an ICE restart if there was a path. */
  readonly restart: () => void;
  /** As in `IceRecovery`. */
  readonly replace: () => boolean;
  /** Sends the open offer once more. */
  readonly repeatOffer: () => void;
  /** As in `PathCheck`. */
  readonly ask: () => boolean;
  readonly onDoubt: () => void;
  readonly onUnreachable: () => void;
  readonly onError: (error: unknown) => void;
}

/** Keeps a connection going: every wait for a path, an answer or a packet has an end. */
export class Upkeep {
  readonly #clock: Clock;
  readonly #peer: RTCPeerConnection;
  readonly #readStats: () => Promise<RTCStatsReport>;
  /** The last that was known: after an ICE restart there is none for a while. */
  #path: CallPath | null = null;
  readonly #recovery: IceRecovery;
  readonly #deadline: AnswerDeadline;
  readonly #pathCheck: PathCheck;
  readonly #pathWatch: PathWatch;
  /** When this side's network changed last. */
  #movedAt = Number.NEGATIVE_INFINITY;
  #stopped = false;
  #cancelKeyFrames = () => {};

  constructor({ clock, peer, repeatOffer, onError, ...deps }: UpkeepDeps) {
    this.#clock = clock;
    this.#peer = peer;
    this.#readStats = deps.readStats;
    this.#pathWatch = new PathWatch({ clock, peer, ...deps });
    this.#recovery = new IceRecovery({
      clock,
      ...deps,
      isBroken: () => hasBrokenDtls(peer),
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
      ...deps,
      newestPacket: () => newestPacket(peer),
      countReceived: async () => countArrivals(await this.#look()),
      onDead: () => this.#recovery.noteDead(clock.now() - this.#movedAt < MOVED_MS ? 'own' : 'unknown'),
      onBack: () => {
        this.#recovery.noteAlive();
        this.#renewPictures();
      },
    });
  }

  /** Starts waiting for a path: the first offer was made or received. */
  start(): void {
    this.#recovery.start();
  }

  noteState(): void {
    const { connectionState } = this.#peer;
    this.#recovery.noteState(connectionState);
    this.#pathWatch.noteState();
    if (connectionState === 'connected' && this.#pathCheck.start()) this.#recovery.noteAlive();
  }

  /** The peer goes on under another id. */
  rebind(): void {
    this.#pathWatch.repeat();
  }

  /** Tries again if there is no path: somebody's network changed, or signaling or the peer is back. */
  retry(whose: Whose): void {
    if (whose === 'own') this.#movedAt = this.#clock.now();
    this.#recovery.retry(whose);
    if (whose === 'own') this.#pathCheck.expect();
  }

  /** The server's relay was restarted. If media went through it, the side that had the allocation looks for another path. */
  async relayRestarted(): Promise<void> {
    const { own, peer } = relayedEnds(await this.#look());
    if (this.#stopped) return;
    const isLost = this.#peer.connectionState !== 'connected';
    if (!own && !peer && !isLost) return;
    this.#pathCheck.giveUp();
    this.#recovery.noteDead(own === peer ? 'unknown' : own ? 'own' : 'peer');
  }

  awaitAnswer(): void {
    this.#deadline.start();
  }

  noteAnswered(): void {
    this.#deadline.stop();
    // What browsers hold on to is a direct pair. A relayed one goes with its relay, and the next needs several round trips.
    if (this.#path === 'direct') this.#recovery.noteAnswered();
  }

  /** Stops waiting for the answer: the offer was taken back. */
  stopAwaitingAnswer(): void {
    this.#deadline.stop();
  }

  stop(): void {
    this.#stopped = true;
    this.#cancelKeyFrames();
    this.#recovery.stop();
    this.#deadline.stop();
    this.#pathCheck.stop();
    this.#pathWatch.stop();
  }

  async #look(): Promise<RTCStatsReport> {
    const report = await this.#readStats();
    this.#path = readPath(report).path ?? this.#path;
    return report;
  }

  #renewPictures(): void {
    sendKeyFrames(this.#peer);
    this.#cancelKeyFrames();
    this.#cancelKeyFrames = this.#clock.after(SWITCH_MS, () => sendKeyFrames(this.#peer));
  }
}

/** Whether the encryption of all that is sent has ended with an error. */
function hasBrokenDtls(peer: RTCPeerConnection): boolean {
  const transports = [peer.sctp?.transport, ...(peer.getSenders?.() ?? []).map(({ transport }) => transport)];
  return transports.some((transport) => transport?.state === 'failed');
}

/** When the browser played the newest packet of this connection's media, by a clock of its own. */
function newestPacket(peer: RTCPeerConnection): number | undefined {
  let newest: number | undefined;
  for (const receiver of peer.getReceivers?.() ?? []) {
    for (const { timestamp } of receiver.getSynchronizationSources?.() ?? [])
      newest = Math.max(newest ?? timestamp, timestamp);
  }
  return newest;
}
