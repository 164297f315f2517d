import type { RoomId, UserId } from '../../domain/ids.ts';

/** A user whom a backend has added to a room [CT0]. */
export interface AddedUser {
  readonly roomId: RoomId;
  readonly userId: UserId;
  /** The backend's word about the user, any JSON. Null: the client's counts. */
  readonly userInfo: unknown;
  /** Whether the user is yet to come in; until then it takes up a place in the room. */
  readonly expected: boolean;
  /** Milliseconds since 1970. */
  readonly addedAt: number;
}

/** The users whom backends have added to rooms, in memory: who may enter is decided without asking the store. */
export class AddedUsers {
  readonly #byRoom = new Map<string, Map<string, AddedUser>>();
  readonly #roomsOf = new Map<string, Set<RoomId>>();
  #size = 0;

  /** How many there are in all rooms. */
  get size(): number {
    return this.#size;
  }

  find(roomId: string, userId: string): AddedUser | undefined {
    return this.#size === 0 ? undefined : this.#byRoom.get(roomId)?.get(userId);
  }

  isExpected(roomId: string, userId: string): boolean {
    return this.find(roomId, userId)?.expected === true;
  }

  all(): AddedUser[] {
    return [...this.#byRoom.values()].flatMap((users) => [...users.values()]);
  }

  /** How many were added to the room, those who have come in or left too. */
  countIn(roomId: string): number {
    return this.#byRoom.get(roomId)?.size ?? 0;
  }

  /** Those who are yet to come in, in the order in which they were added. */
  expectedIn(roomId: string): AddedUser[] {
    if (this.#size === 0) return [];
    return [...(this.#byRoom.get(roomId)?.values() ?? [])].filter(({ expected }) => expected);
  }

  /** Adds the user, or replaces what was said of it. */
  put(user: AddedUser): void {
    const { roomId, userId } = user;
    let inRoom = this.#byRoom.get(roomId);
    if (inRoom === undefined) {
      inRoom = new Map();
      this.#byRoom.set(roomId, inRoom);
    }
    if (!inRoom.has(userId)) this.#size += 1;
    inRoom.set(userId, user);
    const rooms = this.#roomsOf.get(userId);
    if (rooms === undefined) this.#roomsOf.set(userId, new Set([roomId]));
    else rooms.add(roomId);
  }

  /** The user has come in. It keeps its right. */
  arrived(roomId: RoomId, userId: UserId): void {
    const user = this.find(roomId, userId);
    if (user?.expected === true) this.put({ ...user, expected: false });
  }

  /** @returns whom it was about; undefined if the user wasn't added to the room */
  remove(roomId: RoomId, userId: string): AddedUser | undefined {
    const user = this.find(roomId, userId);
    const inRoom = this.#byRoom.get(roomId);
    if (user === undefined || inRoom === undefined) return undefined;
    inRoom.delete(userId);
    this.#size -= 1;
    if (inRoom.size === 0) this.#byRoom.delete(roomId);
    const rooms = this.#roomsOf.get(userId);
    rooms?.delete(roomId);
    if (rooms?.size === 0) this.#roomsOf.delete(userId);
    return user;
  }

  removeAllIn(roomId: RoomId): void {
    for (const userId of [...(this.#byRoom.get(roomId)?.keys() ?? [])]) this.remove(roomId, userId);
  }

  /** The rooms to which the user was added. */
  roomsOf(userId: string): readonly RoomId[] {
    return [...(this.#roomsOf.get(userId) ?? [])];
  }
}
