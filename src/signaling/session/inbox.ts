import { messageOf, ParleyError } from '../../domain/errors.ts';
import type { PeerId } from '../../domain/ids.ts';
import type { Client } from '../../lib/addresses.ts';
import type { Clock } from '../../lib/clock.ts';
import type { Log } from '../../lib/log.ts';
import { rateLimited } from '../../lib/throttle.ts';
import { CLOSE, type ErrorCode } from '../../protocol/codes.ts';
import type { ClientEvent } from '../../protocol/events.ts';
import { UUID } from '../../protocol/fields.ts';
import { BAD_MESSAGE_WINDOW_MS, BAD_MESSAGES, WAITING_BYTES } from '../../protocol/limits.ts';
import type { Charge, Hub } from '../hub.ts';
import { type BadFrame, type ClientFrame, isClientEvent, NO_PAYLOAD, readFrame } from '../wire/decode.ts';
import { readHead } from '../wire/frame-head.ts';
import type { PeerSocket } from './peer-socket.ts';
import type { Session } from './session.ts';
import { WaitingBudget, WaitingLine } from './waiting-line.ts';

/** A client's message on its way to whatever handles it. */
export interface Request extends ClientFrame {
  readonly event: ClientEvent;
  readonly session: Session;
  /** For limits by network. */
  readonly client: Client;
}

/**
 * Does what a message asks for and answers it [WS4]. Returns a promise if it has to wait (for a password hash, for a
 * token to be verified).
 * @throws ParleyError whatever refuses the message; the inbox sends the answer then
 */
export type HandleMessage = (request: Request) => void | Promise<void>;

interface InboxDeps {
  readonly hub: Hub;
  readonly handle: HandleMessage;
  /** Shared with whatever else holds messages back. Default: one of its own. */
  readonly budget?: WaitingBudget;
  readonly clock: Clock;
  readonly log: Log;
}

/** A message that came while one before it is still being answered: it is to be read, or to be refused unread. */
type Held =
  | { readonly socket: PeerSocket; readonly bytes: Uint8Array }
  | { readonly socket: PeerSocket; readonly charge: Charge; readonly id: number | undefined };

/** Milliseconds that a client should wait after it sent too much while an answer was due. */
const OVERFLOW_PAUSE_MS = 1_000;

/** What clients send, in its order and exactly once [WS4]. */
export interface Inbox {
  /** @param bytes of the message; nothing reads them after this call */
  receive(socket: PeerSocket, session: Session, bytes: Uint8Array): void;
  /** [WS1] As if the client had sent `room:join`, without an id. @param roomId what its URL said, any text */
  join(socket: PeerSocket, session: Session, roomId: string): void;
  /** Since the start. */
  readonly received: number;
  /** Sessions with a message that is still being answered. */
  readonly answering: number;
  /** How many were answered with `error` since the start, by its code. */
  readonly refused: ReadonlyMap<ErrorCode, number>;
}

export function createInbox({ hub, handle, budget = new WaitingBudget(), clock, log }: InboxDeps): Inbox {
  /** Sessions with a message that is still being answered, and what came after it: most have none. */
  const busy = new Map<Session, WaitingLine<Held>>();
  let received = 0;
  const refused = new Map<ErrorCode, number>();

  function receive(socket: PeerSocket, session: Session, bytes: Uint8Array): void {
    received += 1;
    // [WS3] Before it is read: what costs the server time has been paid for.
    const charge = hub.charge(session, bytes.length);
    const waiting = busy.size === 0 ? undefined : busy.get(session);
    if (waiting !== undefined) hold(socket, session, waiting, bytes, charge);
    else if (charge.waitMs > 0) refuseUnread(session, readHead(bytes).id, charge);
    else process(socket, session, readFrame(bytes, likelyPeer(session)));
  }

  function join(socket: PeerSocket, session: Session, roomId: string): void {
    const event = 'room:join';
    const payload = { roomId };
    if (busy.size > 0 && busy.has(session)) {
      receive(socket, session, Buffer.from(JSON.stringify({ event, payload })));
      return;
    }
    received += 1;
    const charge = hub.charge(session);
    const join = UUID.test(roomId) ? payload : undefined;
    if (charge.waitMs > 0) refuseUnread(session, undefined, charge);
    else process(socket, session, { event, id: undefined, payload, body: NO_PAYLOAD, join });
  }

  /** Answers come in the order of the messages, refusals too. Of a message that is refused nothing but its id is kept. */
  function hold(
    socket: PeerSocket,
    session: Session,
    waiting: WaitingLine<Held>,
    bytes: Uint8Array,
    charge: Charge,
  ): void {
    const refused = charge.waitMs > 0;
    const held: Held = refused
      ? { socket, charge, id: readHead(bytes).id }
      : { socket, bytes: bytes.slice() };
    if (waiting.push(held, refused ? 0 : bytes.length) === 'taken') return;
    refuse(session, undefined, rateLimited('too many messages at once', OVERFLOW_PAUSE_MS));
    hub.cut(session, CLOSE.rateLimited);
  }

  function refuseUnread(session: Session, id: number | undefined, { waitMs, flooding }: Charge): void {
    // [WS4] It was processed before.
    const isOld = id !== undefined && id <= session.lastId;
    if (!isOld) refuse(session, id, rateLimited('too many messages', waitMs));
    if (flooding) hub.cut(session, CLOSE.rateLimited);
  }

  function process(socket: PeerSocket, session: Session, frame: ClientFrame | BadFrame): void {
    const { id } = frame;
    // [WS4] It was processed before.
    if (id !== undefined && id <= session.lastId) return;
    try {
      if ('problem' in frame) throw new ParleyError(frame.code ?? 'invalid_message', frame.problem);
      const { event } = frame;
      if (!isClientEvent(event)) {
        throw new ParleyError('unknown_event', `there is no event ${JSON.stringify(event.slice(0, 64))}`);
      }
      const { payload, body, call, join } = frame;
      const answer = handle({ event, id, payload, body, call, join, session, client: socket });
      if (answer instanceof Promise) holdUntil(answer, session, id);
      else if (id !== undefined) session.lastId = id;
    } catch (error) {
      refuse(session, id, error);
    }
  }

  /** What comes next waits. `lastId` moves when the answer is there: until then a resume brings the message again. */
  function holdUntil(answer: Promise<void>, session: Session, id: number | undefined): void {
    busy.set(session, new WaitingLine(budget, WAITING_BYTES));
    answer
      .then(
        () => {
          if (id !== undefined) session.lastId = id;
        },
        (error: unknown) => refuse(session, id, error),
      )
      .then(() => release(session))
      .catch((error: unknown) => {
        const { peerId, userId } = session;
        log.error('what waited behind a message could not be handled', { peerId, userId, error });
      });
  }

  function release(session: Session): void {
    const waiting = busy.get(session);
    busy.delete(session);
    try {
      for (let next = waiting?.shift(); next !== undefined; next = waiting?.shift()) {
        // What an older connection brought comes again on the new one.
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
    const { socket } = held;
    if ('bytes' in held) process(socket, session, readFrame(held.bytes));
    else refuseUnread(session, held.id, held.charge);
  }

  function refuse(session: Session, id: number | undefined, thrown: unknown): void {
    if (id !== undefined) session.lastId = id;
    const error = thrown instanceof ParleyError ? thrown : unexpected(session, thrown);
    const { code, message, retryAfterMs } = error;
    refused.set(code, (refused.get(code) ?? 0) + 1);
    session.send('error', { code, message, ...(retryAfterMs === undefined ? {} : { retryAfterMs }) }, id);
    if (code !== 'invalid_message' && code !== 'unknown_event') return;
    const now = clock.monotonic();
    session.badMessages = [...(session.badMessages ?? []), now].filter(
      (at) => now - at < BAD_MESSAGE_WINDOW_MS,
    );
    if (session.badMessages.length >= BAD_MESSAGES) hub.expel(session, CLOSE.protocolError);
  }

  function unexpected({ peerId, userId }: Session, thrown: unknown): ParleyError {
    log.error('a message could not be handled', { peerId, userId, error: thrown });
    return new ParleyError('internal', 'the server failed to handle this message: try again later', {
      cause: messageOf(thrown),
    });
  }

  return {
    receive,
    join,
    get received() {
      return received;
    },
    get answering() {
      return busy.size;
    },
    refused,
  };
}

/** Whom a call message is for, most of the time. */
function likelyPeer({ calls }: Session): PeerId | undefined {
  const counterpart = calls?.counterpart;
  return typeof counterpart === 'string' ? counterpart : undefined;
}
