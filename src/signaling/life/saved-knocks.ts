import * as v from 'valibot';
import type { RoomId } from '../../domain/ids.ts';
import { MediaState, Uuid } from '../../protocol/fields.ts';
import { Knock, type Waiter } from '../live-rooms/knock.ts';
import type { Knocks } from '../live-rooms/knocks.ts';

/** A place in the line in front of a room. Null: the session doesn't wait. */
export const SavedKnock = v.nullable(
  v.object({
    knockId: v.string(),
    roomId: v.pipe(
      Uuid,
      v.transform((id) => id as RoomId),
    ),
    since: v.number(),
    /** Milliseconds that a host has left to answer. */
    remainingMs: v.number(),
    network: v.string(),
    userInfo: v.unknown(),
    media: v.nullable(MediaState),
  }),
);
export type SavedKnock = v.InferOutput<typeof SavedKnock>;

/** @param now the clock's monotonic milliseconds */
export function saveKnock(knock: Knock | undefined, now: number): SavedKnock {
  if (knock === undefined) return null;
  const { knockId, roomId, since, until, network } = knock.facts;
  const { userInfo = null, media = null } = knock.luggage;
  return { knockId, roomId, since, remainingMs: until - now, network, userInfo, media };
}

/** Gives everybody back their places in the lines. @param now the clock's monotonic milliseconds */
export function restoreKnocks(
  saved: readonly { readonly waiter: Waiter | undefined; readonly knock: SavedKnock }[],
  knocks: Pick<Knocks, 'add'>,
  now: number,
): void {
  const waiting = saved.flatMap(({ waiter, knock }) =>
    waiter === undefined || knock === null ? [] : [{ waiter, knock }],
  );
  for (const { waiter, knock } of waiting.sort((a, b) => a.knock.since - b.knock.since)) {
    const { remainingMs, userInfo, media, ...rest } = knock;
    const facts = { ...rest, until: now + remainingMs };
    knocks.add(new Knock(facts, waiter, { userInfo, media: media ?? undefined }));
  }
}
