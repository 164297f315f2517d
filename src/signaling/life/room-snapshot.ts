import * as v from 'valibot';
import type { PeerId, RoomId, UserId } from '../../domain/ids.ts';
import { UserIdField, Uuid } from '../../protocol/fields.ts';
import type { LiveRooms } from '../live-rooms/live-rooms.ts';
import { restoreExpectations, SAVED_EXPECTATIONS, saveExpectations } from './saved-expectations.ts';

/** What a room has besides its participants, whom the rows of their sessions tell. */
const SavedRoom = v.object({
  roomId: v.pipe(
    Uuid,
    v.transform((id) => id as RoomId),
  ),
  /** What those inside share [RM9]. */
  data: v.array(v.tuple([v.string(), v.unknown()])),
  ...SAVED_EXPECTATIONS,
  /** The places that are held [RM8]. */
  places: v.array(
    v.object({
      id: v.pipe(
        Uuid,
        v.transform((id) => id as PeerId),
      ),
      userId: v.pipe(
        UserIdField,
        v.transform((id) => id as UserId),
      ),
      loginId: v.nullable(v.string()),
      /** Left out if none was given. */
      userInfo: v.optional(v.unknown()),
      chatSince: v.string(),
      shared: v.boolean(),
      /** Milliseconds for which it is still held. */
      remainingMs: v.number(),
    }),
  ),
});
export type SavedRoom = v.InferOutput<typeof SavedRoom>;

/** @returns a row of JSON text for each room that needs one, by room. @param now the clock's monotonic milliseconds */
export function saveRooms(liveRooms: LiveRooms, now: number): Map<RoomId, string> {
  const saved = new Map<RoomId, SavedRoom>();
  const savedOf = (roomId: RoomId): SavedRoom => {
    const room = saved.get(roomId) ?? nothingIn(roomId);
    saved.set(roomId, room);
    return room;
  };
  for (const { roomId, data } of liveRooms.all()) {
    if (data !== undefined) savedOf(roomId).data.push(...data.entries());
  }
  for (const { roomId, until, ...place } of liveRooms.held.all()) {
    savedOf(roomId).places.push({ ...place, remainingMs: until - now });
  }
  saveExpectations(liveRooms.expected, savedOf, now);
  return new Map([...saved].map(([roomId, room]) => [roomId, JSON.stringify(room)]));
}

/** @returns the rows that make up for what has changed since `before` was saved; of two rows of a room the last counts */
export function changedRows(
  before: ReadonlyMap<RoomId, string>,
  after: ReadonlyMap<RoomId, string>,
): string[] {
  const changed = [...after].filter(([roomId, row]) => before.get(roomId) !== row).map(([, row]) => row);
  const gone = [...before.keys()].filter((roomId) => !after.has(roomId));
  return [...changed, ...gone.map((roomId) => JSON.stringify(nothingIn(roomId)))];
}

/** @returns undefined for text that `saveRooms` didn't write */
export function parseSavedRoom(row: string): SavedRoom | undefined {
  const { success, output } = v.safeParse(v.pipe(v.string(), v.parseJson(), SavedRoom), row);
  return success ? output : undefined;
}

/**
 * Gives the rooms back what they had. Call it when their participants and those who were added are back.
 * @param saved the last row of a room counts
 * @param from when the time of places and messages goes on, in the clock's monotonic milliseconds
 */
export function restoreRooms(liveRooms: LiveRooms, saved: readonly SavedRoom[], from: number): void {
  const rooms = [...new Map(saved.map((room) => [room.roomId, room])).values()];
  for (const { roomId, data } of rooms) liveRooms.restoreData(roomId, data);
  const places = rooms.flatMap(({ roomId, places }) => places.map((place) => ({ ...place, roomId })));
  for (const { remainingMs, ...place } of places.sort((a, b) => a.remainingMs - b.remainingMs)) {
    const shared = place.shared && liveRooms.isAway(place.roomId, place.userId);
    liveRooms.held.add({ ...place, userInfo: place.userInfo, shared, until: from + remainingMs });
  }
  for (const room of rooms) restoreExpectations(liveRooms, room.roomId, room, from);
}

function nothingIn(roomId: RoomId): SavedRoom {
  return { roomId, data: [], places: [], mail: [], media: [], offers: [] };
}
