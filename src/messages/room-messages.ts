import type { RoomId } from '../domain/ids.ts';
import { alreadyInRoom } from '../domain/refusals.ts';
import { continueFor } from '../lib/continuation.ts';
import type { Admitted, Rooms } from '../rooms/rooms.ts';
import { type Hub, participantOf } from '../signaling/hub.ts';
import type { Handlers } from './handlers.ts';

interface RoomMessagesDeps {
  readonly hub: Pick<Hub, 'enter' | 'leave'>;
  readonly rooms: Pick<Rooms, 'admit' | 'isCurrent'>;
}

/** Coming in, leaving, and what one tells the others about oneself. */
export function roomMessages({ hub, rooms }: RoomMessagesDeps) {
  return {
    'room:join'(session, { id, payload: { roomId, password, userInfo, media } }) {
      if (session.participant !== undefined) throw alreadyInRoom();
      const ask = (): void | Promise<void> => {
        const { identity, client } = session;
        const attempt = { roomId: roomId as RoomId, identity, bearer: session, password, client };
        return continueFor(session, rooms.admit(attempt), enter);
      };
      const enter = (admitted: Admitted): void | Promise<void> => {
        if (!rooms.isCurrent(admitted)) return ask();
        const { room, host, send } = admitted;
        hub.enter(session, { room, host, send, userInfo, media, re: id });
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
