import type { RoomId } from '../domain/ids.ts';
import { alreadyInRoom } from '../domain/refusals.ts';
import { continueFor } from '../lib/continuation.ts';
import type { Admitted, Rooms } from '../rooms/rooms.ts';
import { type Hub, participantOf } from '../signaling/hub.ts';
import type { Handlers } from './handlers.ts';

interface RoomMessagesDeps {
  readonly hub: Pick<Hub, 'enter' | 'leave'> & { readonly knocks: Pick<Hub['knocks'], 'wait'> };
  readonly rooms: Pick<Rooms, 'admit' | 'isCurrent'>;
}

/** Coming in, leaving, and what one tells the others about oneself. */
export function roomMessages({ hub, rooms }: RoomMessagesDeps) {
  return {
    'room:join'(session, { id, payload: { roomId, password, invite, userInfo, media } }) {
      if (session.participant !== undefined) throw alreadyInRoom();
      // The connection may be lost during a wait, and its address with it.
      const { client } = session;
      const ask = (): void | Promise<void> => {
        const { identity } = session;
        const attempt = { roomId: roomId as RoomId, identity, bearer: session, password, invite, client };
        return continueFor(session, rooms.admit(attempt), enter);
      };
      const enter = (admitted: Admitted): void | Promise<void> => {
        if (!rooms.isCurrent(admitted)) return ask();
        const { room, granted, mustKnock } = admitted;
        if (!mustKnock) {
          hub.enter(session, { room, granted, userInfo, media, re: id });
          return;
        }
        const luggage = { userInfo, media };
        const { address } = client;
        session.send('knock:waiting', hub.knocks.wait({ room, waiter: { session }, luggage, address }), id);
      };
      return ask();
    },
    'room:leave'(session, { id }) {
      hub.leave(session);
      session.acknowledge(id);
    },
    'media:state'(session, { id, payload }) {
      participantOf(session).setMedia(payload);
      session.acknowledge(id);
    },
    speaking(session, { id, payload: { speaking } }) {
      participantOf(session).tellSpeaking(speaking);
      session.acknowledge(id);
    },
    typing(session, { id, payload: { typing } }) {
      participantOf(session).tellTyping(typing);
      session.acknowledge(id);
    },
  } satisfies Partial<Handlers>;
}
