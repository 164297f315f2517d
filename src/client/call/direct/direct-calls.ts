import type { HangupReason, ServerPayload } from '../../../protocol/events.ts';
import { requestUser } from '../../account/requests.ts';
import { ParleyClientError } from '../../errors.ts';
import { withToken } from '../../http.ts';
import type { ServerMessage } from '../../signaling/frames.ts';
import type { CallOptions, DirectCall, DirectCallOptions, IncomingCall } from '../../types.ts';
import type { CallDeps } from '../link.ts';
import { readCandidates, readDescription, readMedia } from '../signals.ts';
import { hangupReasonOf } from './hangups.ts';
import { Incoming } from './incoming.ts';
import type { PairCall } from './pair-call.ts';

/** Default for `CallOptions.ringMs`. */
const RING_MS = 60_000;
/** Calls that may ring here at once, as many as at the server; the oldest stops for a new one. */
export const RINGING_CALLS = 64;

type User = IncomingCall['from'];

interface DirectCallsDeps extends Pick<CallDeps, 'session' | 'account' | 'clock'> {
  /**
   * Creates the client's next call.
   * @throws ParleyClientError `already_in_room`, `unsupported`
   * @throws TypeError if a track is of the wrong kind
   */
  readonly begin: (user: User, options: DirectCallOptions) => PairCall;
  /** The call that this client is in, if it is a direct one. */
  readonly current: () => PairCall | undefined;
  /** Whether an offer of this peer belongs to a room. */
  readonly isInRoom: (peerId: string) => boolean;
  readonly onCall: (incoming: IncomingCall) => void;
}

/** Makes direct calls, and knows which ring here [CA6]. */
export class DirectCalls {
  readonly #deps: DirectCallsDeps;
  /** By the caller's peer id, oldest first. */
  readonly #ringing = new Map<string, Incoming>();

  constructor(deps: DirectCallsDeps) {
    this.#deps = deps;
    const { session } = deps;
    session.on('message', (message) => this.#handle(message));
    session.on('renewed', () => this.#endAll());
    session.on('closed', () => this.#endAll());
  }

  /** As `Client.call`. */
  async call(userId: string, { ringMs = RING_MS, signal, ...options }: CallOptions): Promise<DirectCall> {
    signal?.throwIfAborted();
    // Whoever calls somebody whose call rings here takes that call.
    const ringing = [...this.#ringing.values()].find((each) => each.ringing && each.from.userId === userId);
    if (ringing !== undefined) return ringing.accept({ signal, ...options });
    const call = this.#deps.begin(nameless(userId), options);
    const unanswered = new ParleyClientError('timeout', `Nobody answered within ${ringMs} ms.`);
    const cancel = this.#deps.clock.after(ringMs, () => void call.hangUp('invite_timeout', unanswered));
    try {
      return await abortable(call, signal, () => call.call(this.#findUser(userId)));
    } finally {
      cancel();
    }
  }

  #handle(message: ServerMessage): void {
    if (message.event === 'call:offer') this.#handleOffer(message.payload);
    else if (message.event === 'call:ice')
      this.#ringing.get(message.payload.from ?? '')?.addCandidates(readCandidates(message.payload));
    else if (message.event === 'call:hangup') {
      const { from, reason } = message.payload;
      if (from !== null) this.#end(from, hangupReasonOf(reason));
    }
  }

  #handleOffer(payload: ServerPayload<'call:offer'>): void {
    const { from: peerId, fromUserId } = payload;
    const offer = readDescription(payload);
    const current = this.#deps.current();
    if (offer === undefined || peerId === null || this.#deps.isInRoom(peerId)) return;
    if (current?.isWith(peerId) || current?.isCalling(fromUserId)) return;
    const ringing = { peerId, offer, media: readMedia(payload), candidates: [] };
    const known = this.#ringing.get(peerId);
    if (known !== undefined) known.renew(ringing);
    else void this.#ring(new Incoming(this.#incomingDeps(), nameless(fromUserId), ringing), peerId);
  }

  /** Rings once the caller's name is known, if the call is still there. */
  async #ring(incoming: Incoming, peerId: string): Promise<void> {
    const [oldest] = this.#ringing.keys();
    if (this.#ringing.size >= RINGING_CALLS && oldest !== undefined) this.#end(oldest, 'peer_left');
    this.#ringing.set(peerId, incoming);
    incoming.from = await this.#findUser(incoming.from.userId);
    if (incoming.ringing) this.#deps.onCall(incoming);
  }

  #incomingDeps(): ConstructorParameters<typeof Incoming>[0] {
    return {
      answer: (incoming, { signal, ...options }) => {
        const { peerId } = incoming.latest;
        const call = this.#deps.begin(incoming.from, options);
        const answering = abortable(call, signal, () => call.answer(() => incoming.latest));
        return answering.finally(() => this.#ringing.delete(peerId));
      },
      decline: (peerId, reason) => {
        this.#ringing.delete(peerId);
        // If it is gone meanwhile, there is nothing to decline.
        this.#deps.session.request('call:hangup', { to: peerId, reason }).catch(() => {});
      },
    };
  }

  #end(peerId: string, reason: HangupReason | 'connection_lost'): void {
    const incoming = this.#ringing.get(peerId);
    this.#ringing.delete(peerId);
    incoming?.end(reason);
  }

  #endAll(): void {
    for (const peerId of [...this.#ringing.keys()]) this.#end(peerId, 'connection_lost');
  }

  /** Resolves with the names of a user, as far as the server tells them. */
  async #findUser(userId: string): Promise<User> {
    const { account } = this.#deps;
    try {
      const { username, displayName } = await withToken(account, (token) =>
        requestUser(account.baseUrl, token, userId),
      );
      return { userId, username, displayName };
    } catch {
      return nameless(userId);
    }
  }
}

function nameless(userId: string): User {
  return { userId, username: null, displayName: null };
}

/** Waits for a call to begin. If the signal is aborted, it hangs up and rejects with the signal's reason. */
async function abortable(
  call: PairCall,
  signal: AbortSignal | undefined,
  begin: () => Promise<void>,
): Promise<DirectCall> {
  const giveUp = (): void => void call.hangUp('user_hangup', signal?.reason);
  signal?.addEventListener('abort', giveUp);
  try {
    await begin();
    return call;
  } finally {
    signal?.removeEventListener('abort', giveUp);
  }
}
