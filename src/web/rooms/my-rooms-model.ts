import { type ReadonlySignal, signal } from '@preact/signals';
import type { Page, PageQuery, Room, RoomChange } from '../../client/index.ts';
import { type Failure, failureOf } from '../failure.ts';
import { singleFlight } from '../single-flight.ts';

/** Rooms to show at once, and per `more`. */
export const SHOWN = 10;
/** Rooms asked for per request. Others' listed rooms are among them. */
const PER_REQUEST = 50;

/** The rooms of who is signed in. */
export interface MyRooms {
  /** Null until the first answer. */
  readonly rooms: ReadonlySignal<readonly Room[] | null>;
  readonly hasMore: ReadonlySignal<boolean>;
  readonly failure: ReadonlySignal<Failure | null>;
  /** Loads the next rooms, at first the newest. */
  more(): Promise<void>;
  /** @throws what the server refuses with */
  change(room: Room, change: RoomChange): Promise<void>;
  /** Resolves with whether it is gone. */
  remove(room: Room): Promise<boolean>;
}

interface MyRoomsDeps {
  readonly userId: string;
  readonly list: (query: PageQuery) => Promise<Page<Room>>;
  readonly update: (roomId: string, change: RoomChange) => Promise<Room>;
  readonly remove: (roomId: string) => Promise<unknown>;
}

export function createMyRooms({ userId, list, update, remove }: MyRoomsDeps): MyRooms {
  const rooms = signal<readonly Room[] | null>(null);
  const hasMore = signal(false);
  const failure = signal<Failure | null>(null);
  let cursor: string | null = null;

  async function load(): Promise<void> {
    const found: Room[] = [];
    do {
      const query = cursor === null ? {} : { after: cursor };
      const page = await list({ limit: PER_REQUEST, ...query });
      found.push(...page.items.filter(({ ownerId }) => ownerId === userId));
      cursor = page.nextCursor;
    } while (cursor !== null && found.length < SHOWN);
    rooms.value = [...(rooms.value ?? []), ...found];
    hasMore.value = cursor !== null;
  }

  /** Returns whether it worked; if not, `failure` says why. */
  async function attempt(work: () => Promise<unknown>): Promise<boolean> {
    failure.value = null;
    try {
      await work();
      return true;
    } catch (error) {
      failure.value = failureOf(error);
      return false;
    }
  }

  return {
    rooms,
    hasMore,
    failure,
    more: singleFlight(async () => void (await attempt(load))),
    async change(room, change) {
      const changed = await update(room.id, change);
      rooms.value = rooms.value?.map((one) => (one.id === room.id ? changed : one)) ?? null;
    },
    remove: (room) =>
      attempt(async () => {
        try {
          await remove(room.id);
        } catch (error) {
          // Gone already, by another tab or by its time.
          if (failureOf(error).code !== 'room_not_found') throw error;
        }
        rooms.value = rooms.value?.filter(({ id }) => id !== room.id) ?? null;
      }),
  };
}
