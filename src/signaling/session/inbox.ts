import { ParleyError } from '../../domain/errors.ts';
import type { PeerId } from '../../domain/ids.ts';
import { failed } from '../../domain/refusals.ts';
import { type Borrowed, keep, lend } from '../../lib/borrowed.ts';
import type { Clock } from '../../lib/clock.ts';
import type { LimitHits } from '../../lib/limit-hits.ts';
import type { Log } from '../../lib/log.ts';
import { rateLimited } from '../../lib/throttle.ts';
import { CLOSE, type CloseCode, type ErrorCode } from '../../protocol/codes.ts';
import { UUID } from '../../protocol/fields.ts';
import type { RateResult } from '../life/rate-guard.ts';
import {
  type BadMessage,
  type CallMessage,
  type ClientMessage,
  isCallMessage,
  type PlainMessage,
} from '../wire/client-message.ts';
import { decode } from '../wire/decode.ts';
import { readHead } from '../wire/frame-head.ts';
import type { PeerSocket } from './peer-socket.ts';
import type { Session } from './session.ts';
import { type WaitingBudget, WaitingLine } from './waiting-line.ts';

/** Refused messages within `BAD_MESSAGE_WINDOW_MS` milliseconds that end a connection [WS6]. */
const BAD_MESSAGES = 10;
const BAD_MESSAGE_WINDOW_MS = 10_000;
/** Max bytes of the messages of one connection that wait while an earlier one is still being answered. */
export const WAITING_BYTES = 262_144;
/** Max of those messages: more than a client may send at once, since each message of a chat waits until it is stored. */
export const WAITING_MESSAGES = 1_024;
const WAITING = { messages: WAITING_MESSAGES, bytes: WAITING_BYTES };

/** A message that is for neither a call nor the session itself. */
export type Request = Exclude<PlainMessage, { readonly event: 'session:ack' }>;

/**
 * Does what a message asks for and answers it [WS4]. Returns a promise if it has to wait (for a password hash, for a
 * token to be verified).
 * @throws ParleyError whatever refuses the message; the inbox sends the answer then
 */
export type HandleMessage = (session: Session, request: Request) => void | Promise<void>;

interface InboxDeps {
  readonly handle: HandleMessage;
  /**
   * Passes a call message on. It returns `undefined` and not `void`, so that it can't be async: the message's bytes are
   * only borrowed.
   * @throws ParleyError whatever refuses the message
   */
  readonly relay: (session: Session, message: CallMessage) => undefined;
  /** Counts a message of `bytes` bytes against the session's rate. */
  readonly charge: (session: Session, bytes?: number) => RateResult;
  /** Closes the session's connection; the session waits to be resumed. */
  readonly cut: (session: Session, code: CloseCode) => void;
  /** Ends the session for good. */
  readonly expel: (session: Session, code: CloseCode) => void;
  /** Shared with whatever else holds messages back. */
  readonly budget: WaitingBudget;
  readonly limitHits: Pick<LimitHits, 'note'>;
  /** Called with what refuses a `room:join`. */
  readonly joinRefused: (refusal: ParleyError) => void;
  readonly clock: Clock;
  readonly log: Log;
}

/** A message that came while an earlier one is still being answered: to be read later, or to be refused unread. */
type Held =
  | { readonly socket: PeerSocket; readonly bytes: Uint8Array }
  | { readonly socket: PeerSocket; readonly rate: RateResult; readonly id: number | undefined };

/** Milliseconds that a client should wait after it sent too much while an answer was due. */
const OVERFLOW_PAUSE_MS = 1_000;

/** Processes the clients' messages, each session's in order and each exactly once [WS4]. */
export interface Inbox {
  receive(session: Session, bytes: Borrowed): void;
  /** [WS1] As if the client had sent `room:join`, without an id. @param roomId from the URL, any text */
  receiveJoin(session: Session, roomId: string): void;
  /** Messages since the start. */
  readonly received: number;
  /** Sessions with a message that is still being answered. */
  readonly answering: number;
  /** Messages answered with `error` since the start, by its code. */
  readonly refused: ReadonlyMap<ErrorCode, number>;
}

export function createInbox(deps: InboxDeps): Inbox {
  const { handle, relay, charge, cut, expel, budget, limitHits, joinRefused, clock, log } = deps;
  /** Sessions with a message that is still being answered, and what came after it. Most sessions have none. */
  const busy = new Map<Session, WaitingLine<Held>>();
  let received = 0;
  const refused = new Map<ErrorCode, number>();

  function receive(session: Session, bytes: Borrowed): void {
    received += 1;
    // [WS3] Charged before it is parsed: parsing is what a flood would make expensive.
    const charged = charge(session, bytes.length);
    const waiting = busy.size === 0 ? undefined : busy.get(session);
    if (waiting !== undefined) hold(session, waiting, bytes, charged);
    else if (charged.waitMs > 0) refuseUnread(session, readHead(bytes).id, charged);
    else process(session, decode(bytes, likelyPeer(session)));
  }

  function receiveJoin(session: Session, roomId: string): void {
    const event = 'room:join';
    const payload = { roomId };
    if (busy.has(session) || !UUID.test(roomId)) {
      receive(session, lend(Buffer.from(JSON.stringify({ event, payload }))));
      return;
    }
    received += 1;
    const charged = charge(session);
    if (charged.waitMs > 0) refuseUnread(session, undefined, charged);
    else process(session, { event, id: undefined, payload });
  }

  /** Answers come in the order of the messages, refusals too. Only the id of a refused message is kept. */
  function hold(session: Session, waiting: WaitingLine<Held>, bytes: Borrowed, charged: RateResult): void {
    const { socket } = session;
    if (socket === undefined) return;
    const isRefused = charged.waitMs > 0;
    const held: Held = isRefused
      ? { socket, rate: charged, id: readHead(bytes).id }
      : { socket, bytes: keep(bytes) };
    if (waiting.push(held, isRefused ? 0 : bytes.length) === 'taken') return;
    refuse(session, undefined, rateLimited('messages_waiting', 'messages at once', OVERFLOW_PAUSE_MS));
    cut(session, CLOSE.rateLimited);
  }

  function refuseUnread(session: Session, id: number | undefined, { waitMs, flooding }: RateResult): void {
    if (!session.hasProcessed(id)) refuse(session, id, rateLimited('messages', 'messages', waitMs));
    if (flooding) cut(session, CLOSE.rateLimited);
  }

  function process(session: Session, message: ClientMessage | BadMessage): void {
    const { id } = message;
    if (session.hasProcessed(id)) return;
    try {
      if ('problem' in message) throw refusalOf(message);
      const answer = answerTo(session, message);
      if (answer instanceof Promise) holdUntil(answer, session, message);
      else session.markProcessed(id);
    } catch (error) {
      refuse(session, id, error, message);
    }
  }

  function answerTo(session: Session, message: ClientMessage): void | Promise<void> {
    if (isCallMessage(message)) relay(session, message);
    else if (message.event === 'session:ack') acknowledgeTo(session, message.payload.seq);
    else return handle(session, message);
    session.acknowledge(message.id);
  }

  /** Frees the kept messages up to `seq` [SE7]. */
  function acknowledgeTo(session: Session, seq: number): void {
    if (session.outbox.acknowledge(seq)) return;
    throw new ParleyError('invalid_message', '`payload.seq` must be a number that the server has sent.');
  }

  /** Later messages wait. The id is used up once the answer is there: until then a resume brings the message again. */
  function holdUntil(answer: Promise<void>, session: Session, message: ClientMessage): void {
    const { id } = message;
    busy.set(session, new WaitingLine(budget, WAITING));
    answer
      .then(
        () => session.markProcessed(id),
        (error: unknown) => refuse(session, id, error, message),
      )
      .then(() => release(session))
      .catch((error: unknown) => {
        const { peerId, userId } = session;
        log.error('the messages that waited for an answer could not be handled', { peerId, userId, error });
      });
  }

  function release(session: Session): void {
    const waiting = busy.get(session);
    busy.delete(session);
    try {
      for (let next = waiting?.shift(); next !== undefined; next = waiting?.shift()) {
        // The client sends again on its new connection what came on an older one.
        if (session.isOn(next.socket)) answerHeld(session, next);
        if (waiting === undefined || !busy.has(session)) continue;
        busy.set(session, waiting);
        return;
      }
    } finally {
      if (busy.get(session) !== waiting) waiting?.clear();
    }
  }

  function answerHeld(session: Session, held: Held): void {
    if ('bytes' in held) process(session, decode(lend(held.bytes)));
    else refuseUnread(session, held.id, held.rate);
  }

  /** @param message undefined if it wasn't read */
  function refuse(
    session: Session,
    id: number | undefined,
    thrown: unknown,
    message?: ClientMessage | BadMessage,
  ): void {
    session.markProcessed(id);
    const error = thrown instanceof ParleyError ? thrown : unexpected(session, thrown);
    const { code, retryAfterMs } = error;
    limitHits.note(error);
    if (message !== undefined && 'event' in message && message.event === 'room:join') joinRefused(error);
    refused.set(code, (refused.get(code) ?? 0) + 1);
    session.send(
      'error',
      { code, message: error.message, ...(retryAfterMs === undefined ? {} : { retryAfterMs }) },
      id,
    );
    if (code === 'invalid_message' || code === 'unknown_event') countBadMessage(session);
  }

  /** `BAD_MESSAGES` bad messages within `BAD_MESSAGE_WINDOW_MS` end the session [WS6]. */
  function countBadMessage(session: Session): void {
    const now = clock.monotonic();
    session.badMessages = [...(session.badMessages ?? []), now].filter(
      (at) => now - at < BAD_MESSAGE_WINDOW_MS,
    );
    if (session.badMessages.length >= BAD_MESSAGES) expel(session, CLOSE.protocolError);
  }

  function unexpected({ peerId, userId }: Session, thrown: unknown): ParleyError {
    log.error('a message could not be handled', { peerId, userId, error: thrown });
    return failed(thrown);
  }

  return {
    receive,
    receiveJoin,
    get received() {
      return received;
    },
    get answering() {
      return busy.size;
    },
    refused,
  };
}

function refusalOf({ code, problem }: BadMessage): ParleyError {
  return new ParleyError(code, problem, code === 'too_large' ? { limit: 'message_bytes' } : {});
}

/** The peer that a call message most likely is for. */
function likelyPeer({ calls }: Session): PeerId | undefined {
  const counterpart = calls?.counterpart;
  return typeof counterpart === 'string' ? counterpart : undefined;
}
