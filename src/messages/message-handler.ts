import type { Accounts } from '../accounts/accounts.ts';
import { unreachable } from '../domain/errors.ts';
import type { Identity } from '../domain/identity.ts';
import type { PeerId, RoomId } from '../domain/ids.ts';
import { alreadyInRoom } from '../domain/refusals.ts';
import { andThen } from '../lib/awaitable.ts';
import type { Clock } from '../lib/clock.ts';
import { continueFor } from '../lib/continuation.ts';
import { isoTime } from '../lib/iso-time.ts';
import type { ClientPayload } from '../protocol/events.ts';
import type { Moderation } from '../rooms/moderation.ts';
import type { RoomRecord, Rooms } from '../rooms/rooms.ts';
import { type HandleMessage, type Hub, participantOf, type Request } from '../signaling/hub.ts';
import type { Session } from '../signaling/session/session.ts';

interface MessageHandlerDeps {
  readonly hub: Pick<Hub, 'enter' | 'leave' | 'renew' | 'bye'>;
  readonly accounts: Pick<Accounts, 'verify' | 'remembered'>;
  /** Called before rights are checked that an admin has. */
  readonly noticeAdmins: Accounts['noticeAdmins'];
  readonly rooms: Pick<Rooms, 'admit' | 'isCurrent'>;
  readonly moderation: Omit<Moderation, 'evacuate'>;
  readonly clock: Clock;
}

/** Returns the function that passes each message to the feature that handles its event. */
export function createMessageHandler(deps: MessageHandlerDeps): HandleMessage {
  const { hub, accounts, rooms, moderation, clock } = deps;

  function handle(session: Session, request: Request): void | Promise<void> {
    const { id } = request;
    switch (request.event) {
      case 'room:join':
        return join(session, id, request.payload);
      case 'room:leave':
        hub.leave(session);
        break;
      case 'room:kick':
        return moderate(session, id, request.payload, moderation.kick);
      case 'room:lock':
        return moderate(session, id, request.payload, moderation.lock);
      case 'room:mute':
        return moderate(session, id, request.payload, moderation.mute);
      case 'room:close':
        return moderate(session, id, {}, moderation.close);
      case 'media:state':
        participantOf(session).setMedia(request.payload);
        break;
      case 'speaking':
        participantOf(session).tellSpeaking(request.payload.speaking);
        break;
      case 'typing':
        participantOf(session).tellTyping(request.payload.typing);
        break;
      case 'session:token':
        return renew(session, id, request.payload.token);
      case 'session:bye':
        session.acknowledge(id);
        return hub.bye(session);
      case 'ping':
        return session.send('pong', { serverTime: isoTime(clock.now()) }, id);
      default:
        return unreachable(request);
    }
    session.acknowledge(id);
  }

  function join(
    session: Session,
    id: number | undefined,
    { roomId, password, userInfo, media }: ClientPayload<'room:join'>,
  ): void | Promise<void> {
    if (session.participant !== undefined) throw alreadyInRoom();
    const ask = (): void | Promise<void> => {
      const { identity, client } = session;
      const attempt = { roomId: roomId as RoomId, identity, bearer: session, password, client };
      return continueFor(session, rooms.admit(attempt), enter);
    };
    const enter = (room: RoomRecord): void | Promise<void> => {
      if (!rooms.isCurrent(room)) return ask();
      hub.enter(session, { room, userInfo, media, re: id });
    };
    return ask();
  }

  function moderate<Payload extends object>(
    session: Session,
    id: number | undefined,
    payload: Payload,
    act: (
      actor: Identity,
      roomId: RoomId,
      request: Payload & { readonly from: PeerId; readonly bearer: Session },
    ) => Promise<void>,
  ): void | Promise<void> {
    const { roomId } = participantOf(session).room;
    const done = andThen(deps.noticeAdmins(), () =>
      act(session.identity, roomId, { ...payload, from: session.peerId, bearer: session }),
    );
    return continueFor(session, done, () => session.acknowledge(id));
  }

  function renew(session: Session, id: number | undefined, token: string): void | Promise<void> {
    const { client } = session;
    return continueFor(session, accounts.verify(token, client), (identity) => {
      // The login may have been ended while the token was verified: `remembered` refuses it then.
      hub.renew(session, accounts.remembered(token, client) ?? identity);
      session.acknowledge(id);
    });
  }

  return handle;
}
