import type { Accounts } from '../accounts/accounts.ts';
import type { RoomId } from '../domain/ids.ts';
import { andThen } from '../lib/awaitable.ts';
import { continueFor } from '../lib/continuation.ts';
import type { WaitingRoom } from '../rooms/waiting-room.ts';
import { participantOf } from '../signaling/hub.ts';
import type { Session } from '../signaling/session/session.ts';
import type { Handlers } from './handlers.ts';

interface KnockMessagesDeps {
  readonly waitingRoom: Pick<WaitingRoom, 'admit' | 'admitAll' | 'refuse'>;
  /** Called before rights are checked that an admin has. */
  readonly noticeAdmins: Accounts['noticeAdmins'];
}

/** What hosts inside say about those who wait [KN3]. */
export function knockMessages({ waitingRoom, noticeAdmins }: KnockMessagesDeps) {
  /** The actor's own room is the one that it acts on. */
  function answer(
    session: Session,
    id: number | undefined,
    act: (roomId: RoomId) => Promise<void>,
  ): void | Promise<void> {
    const { roomId } = participantOf(session).room;
    const done = andThen(noticeAdmins(), () => act(roomId));
    return continueFor(session, done, () => session.acknowledge(id));
  }

  return {
    'room:admit': (session, { id, payload: { knockId } }) =>
      answer(session, id, (roomId) =>
        knockId === undefined
          ? waitingRoom.admitAll(session, roomId)
          : waitingRoom.admit(session, roomId, knockId),
      ),
    'room:refuse': (session, { id, payload: { knockId } }) =>
      answer(session, id, (roomId) => waitingRoom.refuse(session, roomId, knockId)),
  } satisfies Partial<Handlers>;
}
