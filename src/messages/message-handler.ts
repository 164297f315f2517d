import type { Accounts } from '../accounts/accounts.ts';
import { ParleyError, unreachable } from '../domain/errors.ts';
import type { Identity } from '../domain/identity.ts';
import type { PeerId, RoomId } from '../domain/ids.ts';
import { notInRoom } from '../domain/scope.ts';
import type { Clock } from '../lib/clock.ts';
import { goOn } from '../lib/continuation.ts';
import { isoTime } from '../lib/iso-time.ts';
import { type CallEvent, type ClientPayload, clientEvents } from '../protocol/events.ts';
import type { Moderation } from '../rooms/moderation.ts';
import type { RoomRecord, Rooms } from '../rooms/rooms.ts';
import type { HandleMessage, Hub, Request } from '../signaling/hub.ts';
import type { Session } from '../signaling/session/session.ts';
import { callMessage } from '../signaling/wire/call-message.ts';
import { parsePayload } from '../signaling/wire/decode.ts';

interface MessageHandlerDeps {
  readonly hub: Hub;
  readonly accounts: Pick<Accounts, 'verify' | 'remembered'>;
  readonly rooms: Pick<Rooms, 'admit'>;
  readonly moderation: Moderation;
  readonly clock: Clock;
}

/** From a message's event to the feature that does what it asks for. */
export function createMessageHandler(deps: MessageHandlerDeps): HandleMessage {
  const { hub, accounts, rooms, moderation, clock } = deps;

  function handle(request: Request): void | Promise<void> {
    const { event, session, id, payload } = request;
    switch (event) {
      case 'call:offer':
      case 'call:answer':
      case 'call:ice':
      case 'call:hangup':
        return call(event, request);
      case 'room:join':
        return join(request, request.join ?? parsePayload(clientEvents[event], payload));
      case 'room:leave':
        parsePayload(clientEvents[event], payload);
        hub.leave(session);
        return acknowledge(session, id);
      case 'room:kick':
        return moderate(request, parsePayload(clientEvents[event], payload), moderation.kick);
      case 'room:lock':
        return moderate(request, parsePayload(clientEvents[event], payload), moderation.lock);
      case 'room:mute':
        return moderate(request, parsePayload(clientEvents[event], payload), moderation.mute);
      case 'room:close':
        parsePayload(clientEvents[event], payload);
        return moderate(request, {}, moderation.close);
      case 'media:state':
        hub.setMedia(session, parsePayload(clientEvents[event], payload));
        return acknowledge(session, id);
      case 'speaking':
        hub.setSpeaking(session, parsePayload(clientEvents[event], payload).speaking);
        return acknowledge(session, id);
      case 'typing':
        hub.setTyping(session, parsePayload(clientEvents[event], payload).typing);
        return acknowledge(session, id);
      case 'session:ack':
        return receipt(request, parsePayload(clientEvents[event], payload).seq);
      case 'session:token':
        return renew(request, parsePayload(clientEvents[event], payload).token);
      case 'session:bye':
        parsePayload(clientEvents[event], payload);
        acknowledge(session, id);
        return hub.bye(session);
      case 'ping':
        parsePayload(clientEvents[event], payload);
        return session.send('pong', { serverTime: isoTime(clock.now()) }, id);
      default:
        return unreachable(event);
    }
  }

  function call(event: CallEvent, { session, id, payload, body, call }: Request): void {
    hub.relay(session, call ?? callMessage(event, parsePayload(clientEvents[event], payload), body));
    acknowledge(session, id);
  }

  function join(
    { session, id }: Request,
    { roomId, password, userInfo, media }: ClientPayload<'room:join'>,
  ): void | Promise<void> {
    if (session.participant !== undefined) {
      throw new ParleyError('already_in_room', 'leave the room that you are in first');
    }
    const { identity, client } = session;
    const admission = { roomId: roomId as RoomId, identity, bearer: session, password, client };
    const enter = (room: RoomRecord): void => hub.enter(session, { room, userInfo, media, re: id });
    return goOn(session, rooms.admit(admission), enter);
  }

  function moderate<Payload extends object>(
    { session, id }: Request,
    payload: Payload,
    act: (actor: Identity, roomId: RoomId, request: Payload & { readonly from: PeerId }) => void,
  ): void {
    if (session.participant === undefined) throw notInRoom();
    act(session.identity, session.participant.room.roomId, { ...payload, from: session.peerId });
    acknowledge(session, id);
  }

  function receipt({ session, id }: Request, seq: number): void {
    if (!session.outbox.acknowledge(seq)) {
      throw new ParleyError('invalid_message', `payload.seq: ${seq} was never sent`);
    }
    acknowledge(session, id);
  }

  function renew({ session, id }: Request, token: string): void | Promise<void> {
    const { client } = session;
    return goOn(session, accounts.verify(token, client), (identity) => {
      // The login may have been ended while the token was verified: `remembered` refuses it then.
      hub.renew(session, accounts.remembered(token, client) ?? identity);
      acknowledge(session, id);
    });
  }

  return handle;
}

function acknowledge(session: Session, id: number | undefined): void {
  if (id !== undefined) session.sendText('ack', undefined, id);
}
