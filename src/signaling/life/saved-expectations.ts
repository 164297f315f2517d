import * as v from 'valibot';
import type { PeerId, RoomId } from '../../domain/ids.ts';
import { MediaChange, UserIdField, Uuid } from '../../protocol/fields.ts';
import type { Expectations } from '../live-rooms/expectations.ts';
import type { LiveRooms } from '../live-rooms/live-rooms.ts';
import { KEPT_EVENTS } from '../live-rooms/mailboxes.ts';
import type { Party } from '../live-rooms/waiting-offers.ts';

const AnyPeer = v.nullable(
  v.pipe(
    Uuid,
    v.transform((id) => id as PeerId),
  ),
);
const SavedParty = v.object({ userId: UserIdField, peerId: AnyPeer });

/** What is kept for those who are expected in a room, and what waits there. The servers that didn't write it kept nothing. */
export const SAVED_EXPECTATIONS = {
  /** Messages, the oldest first for each user [CT4]. */
  mail: v.optional(
    v.array(
      v.object({
        userId: UserIdField,
        event: v.picklist(KEPT_EVENTS),
        /** JSON text. */
        body: v.string(),
        from: AnyPeer,
        /** Milliseconds for which it is still kept. */
        remainingMs: v.number(),
      }),
    ),
    [],
  ),
  /** What backends said that they send [CT1]. */
  media: v.optional(v.array(v.object({ userId: UserIdField, media: MediaChange })), []),
  /** Offers that nobody has answered yet [CT3]. */
  offers: v.optional(v.array(v.object({ from: SavedParty, to: SavedParty })), []),
} as const;
const Saved = v.object(SAVED_EXPECTATIONS);
type Saved = v.InferOutput<typeof Saved>;

/** @param savedOf where to write what a room has. @param now the clock's monotonic milliseconds */
export function saveExpectations(
  { mailboxes, media, offers }: Pick<Expectations, 'mailboxes' | 'media' | 'offers'>,
  savedOf: (roomId: RoomId) => Saved,
  now: number,
): void {
  for (const { roomId, userId, messages } of mailboxes.all()) {
    const { mail } = savedOf(roomId as RoomId);
    for (const { until, ...message } of messages) mail.push({ userId, ...message, remainingMs: until - now });
  }
  for (const [roomId, users] of media.all()) {
    const saved = savedOf(roomId as RoomId).media;
    for (const [userId, media] of users) saved.push({ userId, media });
  }
  for (const [roomId, waiting] of offers.all()) savedOf(roomId as RoomId).offers.push(...waiting);
}

/**
 * Gives a room's expected users back what was kept for them. Call it when its participants are back, and who is expected.
 * @param from when the time of messages goes on, in the clock's monotonic milliseconds
 */
export function restoreExpectations(
  liveRooms: Pick<LiveRooms, 'expected' | 'membersOf'>,
  roomId: RoomId,
  { mail, media, offers }: Saved,
  from: number,
): void {
  const { expected } = liveRooms;
  for (const { userId, remainingMs, ...message } of mail) {
    if (!expected.has(roomId, userId)) continue;
    expected.mailboxes.restore(roomId, userId, { ...message, until: from + remainingMs });
  }
  for (const { userId, media: change } of media) {
    if (expected.has(roomId, userId)) expected.media.change(roomId, userId, change);
  }
  const peers = new Set<string>(liveRooms.membersOf(roomId).map(({ peerId }) => peerId));
  const isThere = ({ userId, peerId }: Party): boolean =>
    peerId === null ? expected.has(roomId, userId) : peers.has(peerId);
  for (const offer of offers) {
    if (isThere(offer.from) && isThere(offer.to)) expected.offers.add(roomId, offer);
  }
}
