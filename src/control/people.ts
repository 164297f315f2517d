import type { PeerId } from '../domain/ids.ts';
import type { RoomUser } from '../protocol/control-bodies.ts';
import type { Hub, KeptEvent, Participant } from '../signaling/hub.ts';

/** Who is inside a room or expected there, by user: backends know no peers. */
export interface RoomPeople {
  /** Everybody: those inside in the order in which they came, then those who are expected. */
  usersIn(roomId: string): RoomUser[];
  /** Everybody but this user. */
  others(roomId: string, userId: string): RoomUser[];
  /** Somebody inside or expected; undefined for anybody else. */
  find(roomId: string, userId: string): RoomUser | undefined;
  isExpected(roomId: string, userId: string): boolean;
  /** The user's peers inside, suspended ones too, in the order in which they came. */
  peersOf(roomId: string, userId: string): readonly Participant[];
  /**
   * Keeps a message for a user who is expected, until it comes in [CT4].
   * @param body the payload, as JSON text
   * @param from the peer who is told to have sent it, which must still be inside then. Default: a backend
   * @throws ParleyError `peer_gone` if no more is kept for the user
   */
  keep(roomId: string, userId: string, event: KeptEvent, body: string, from?: PeerId): void;
  /** @throws ParleyError `peer_gone` if `keep` would refuse one of so many messages, of so many characters together */
  checkKeeping(roomId: string, userId: string, messages: number, characters: number): void;
}

export function createPeople({ liveRooms }: Pick<Hub, 'liveRooms'>): RoomPeople {
  const { expected } = liveRooms;

  function usersIn(roomId: string): RoomUser[] {
    const users = new Map<string, RoomUser>();
    const add = ({ userId, userInfo }: { readonly userId: string; readonly userInfo: unknown }): void => {
      if (!users.has(userId)) users.set(userId, { id: userId, userInfo: userInfo ?? null });
    };
    for (const member of liveRooms.membersOf(roomId)) add(member);
    for (const user of expected.added.expectedIn(roomId)) add(user);
    for (const place of expected.held.in(roomId)) add(place);
    return [...users.values()];
  }

  return {
    usersIn,
    others: (roomId, userId) => usersIn(roomId).filter(({ id }) => id !== userId),
    find: (roomId, userId) => usersIn(roomId).find(({ id }) => id === userId),
    isExpected: (roomId, userId) => expected.has(roomId, userId),
    peersOf: (roomId, userId) => liveRooms.membersOf(roomId).filter((member) => member.userId === userId),
    keep: (roomId, userId, event, body, from) =>
      expected.mailboxes.keep(roomId, userId, { event, body, from: from ?? null }),
    checkKeeping: (roomId, userId, messages, characters) =>
      expected.mailboxes.checkRoom(roomId, userId, messages, characters),
  };
}
