import type { ServerPayload } from '../../../protocol/events.ts';
import type { MediaState } from '../../../protocol/fields.ts';
import type { ServerMessage } from '../../signaling/frames.ts';
import type { IncomingCall } from '../../types.ts';
import { type Candidate, WAITING_CANDIDATES } from '../candidates.ts';
import type { Signal } from '../connection-deps.ts';
import { asClientError } from '../end-reasons.ts';
import { type CallDeps, type RemoteDeps, sendSignal } from '../link.ts';
import { type Description, readCandidates, readDescription, readMedia } from '../signals.ts';
import { DirectRemote } from './direct-remote.ts';

/** What a call that rings has got from the caller. */
export interface Ringing {
  readonly peerId: string;
  readonly offer: Description;
  readonly media: MediaState | undefined;
  readonly candidates: readonly Candidate[];
}

/** Adds candidates; the oldest go if there are too many. */
export function withCandidates(ringing: Ringing, candidates: readonly Candidate[]): Ringing {
  return { ...ringing, candidates: [...ringing.candidates, ...candidates].slice(-WAITING_CANDIDATES) };
}

interface FarEndDeps extends CallDeps {
  /** How the remote peer gets its connections. */
  readonly remoteDeps: () => RemoteDeps;
  /** What this side sends: signals tell it, as the server doesn't. */
  readonly media: () => MediaState;
  readonly onAnswered: () => void;
  /** The server has refused the offer, or the answer. */
  readonly onRefused: (error: unknown) => void;
  readonly onError: (error: unknown) => void;
}

/** The other side of a direct call: first a user whose sessions ring, then the session that takes part. */
export class FarEnd {
  readonly #deps: FarEndDeps;
  #user: IncomingCall['from'];
  #remote: DirectRemote | undefined;
  #peerId: string | undefined;
  /** Whether the server has taken this side's offer. */
  #rings = false;
  /** The user has called before this side could: that is answered. */
  #crossed: Ringing | undefined;
  #answered = false;
  #closed = false;

  constructor(deps: FarEndDeps, user: IncomingCall['from']) {
    this.#deps = deps;
    this.#user = user;
  }

  /** Undefined before there is a connection. */
  get remote(): DirectRemote | undefined {
    return this.#remote;
  }

  /** To whom messages go. */
  get address(): { readonly to: string } | { readonly userId: string } {
    return this.#peerId === undefined ? { userId: this.#user.userId } : { to: this.#peerId };
  }

  /** @param peerId null: of a backend */
  isWith(peerId: string | null): boolean {
    return this.#peerId === peerId;
  }

  /** Whether that user's sessions ring. */
  isCalling(userId: string): boolean {
    return this.#peerId === undefined && this.#user.userId === userId;
  }

  /** Rings. @param user with its names */
  call(user: IncomingCall['from']): void {
    this.#user = user;
    if (this.#crossed === undefined) this.#connect(true);
    else this.answer(this.#crossed);
  }

  /** That session takes part. */
  expect(peerId: string): void {
    this.#peerId = peerId;
  }

  /** Answers. */
  answer(ringing: Ringing): void {
    this.#connect(false);
    this.#take(ringing);
  }

  tellMedia(): void {
    if (this.#peerId !== undefined && this.#remote !== undefined)
      this.#signal('call:ice', { candidates: [] });
  }

  handle(message: ServerMessage): void {
    if (message.event === 'call:answer') this.#handleAnswer(message.payload);
    else if (message.event === 'call:offer' && this.isCalling(message.payload.fromUserId)) {
      this.#cross(message.payload);
    } else if (message.event === 'call:offer' && this.isWith(message.payload.from)) {
      this.#noteMedia(message.payload);
      const offer = readDescription(message.payload);
      if (offer !== undefined) this.#remote?.receiveOffer(offer);
    } else if (message.event === 'call:ice' && this.isWith(message.payload.from)) {
      this.#noteMedia(message.payload);
      this.#receiveCandidates(readCandidates(message.payload));
    }
  }

  close(): void {
    this.#closed = true;
    this.#remote?.close();
  }

  #connect(offers: boolean): void {
    const deps = { ...this.#deps.remoteDeps(), sendTo: () => this.#signal };
    this.#remote = new DirectRemote(deps, this.#user, offers);
  }

  #take({ peerId, offer, media, candidates }: Ringing): void {
    this.#peerId = peerId;
    this.#remote?.meet(peerId, true);
    if (media !== undefined) this.#remote?.setMedia(media);
    this.#remote?.receiveOffer(offer);
    this.#remote?.connection?.receiveCandidates(candidates);
  }

  /**
   * The user whom this side calls has called too. Both sides see both offers, and the one that the server has seen first is
   * answered: if this side's own is acknowledged already, it was the first.
   */
  #cross(payload: ServerPayload<'call:offer'>): void {
    const offer = readDescription(payload);
    if (this.#rings || offer === undefined || payload.from === null) return;
    const crossed = { peerId: payload.from, offer, media: readMedia(payload), candidates: [] };
    if (this.#remote === undefined) {
      this.#crossed = crossed;
      this.#peerId = crossed.peerId;
    } else {
      this.#remote.hangUp();
      this.#take(crossed);
    }
  }

  #receiveCandidates(candidates: readonly Candidate[]): void {
    this.#remote?.connection?.receiveCandidates(candidates);
    if (this.#remote === undefined && this.#crossed !== undefined)
      this.#crossed = withCandidates(this.#crossed, candidates);
  }

  #handleAnswer(payload: ServerPayload<'call:answer'>): void {
    const { from, fromUserId } = payload;
    const answer = readDescription(payload);
    if (answer === undefined || from === null || !(this.isWith(from) || this.isCalling(fromUserId))) return;
    if (this.#peerId === undefined) {
      this.#peerId = from;
      this.#remote?.meet(from, false);
    }
    this.#noteMedia(payload);
    this.#remote?.connection?.receiveAnswer(answer);
    this.#noteAnswered();
  }

  readonly #signal = <S extends Signal>(signal: S, payload: Parameters<typeof sendSignal<S>>[2]): void => {
    if (this.#closed) return;
    sendSignal(this.#deps, signal, { ...payload, ...this.address, media: this.#deps.media() }).then(
      () => {
        if (signal === 'call:offer') this.#rings = true;
        if (signal === 'call:answer') this.#noteAnswered();
      },
      (error: unknown) => {
        if (!this.#answered && signal !== 'call:ice') this.#deps.onRefused(error);
        // A hangup tells of it.
        else if (asClientError(error).code !== 'peer_gone') this.#deps.onError(error);
      },
    );
  };

  #noteAnswered(): void {
    this.#answered = true;
    this.#deps.onAnswered();
  }

  #noteMedia(payload: object): void {
    const media = readMedia(payload);
    if (media !== undefined) this.#remote?.setMedia(media);
  }
}
