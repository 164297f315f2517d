import * as v from 'valibot';
import { CreateRoomRequest } from './bodies.ts';
import { PageQuery, pageOf } from './pages.ts';
import { Room } from './room-fields.ts';

/** What stays as it is is left out; null clears `name`, `password`, `notBefore`, `expiresAt` and `metadata`. */
export const EditRoomRequest = CreateRoomRequest;
export type EditRoomRequest = v.InferOutput<typeof EditRoomRequest>;

export const RoomsQuery = PageQuery;
export type RoomsQuery = v.InferOutput<typeof RoomsQuery>;
export const RoomsReply = pageOf(Room);

/** `count`: how many peers were put out, suspended ones too. */
export const DeleteRoomReply = v.object({ count: v.number() });

/** Somebody who was in a call for so many seconds, in one piece or several. */
const CallParticipant = v.object({
  userId: v.string(),
  displayName: v.nullable(v.string()),
  seconds: v.number(),
});

/** A call that is over. `peak`: the most peers that were inside at once. */
export const PastCall = v.object({
  id: v.string(),
  startedAt: v.string(),
  endedAt: v.string(),
  peak: v.number(),
  participants: v.array(CallParticipant),
});
export type PastCall = v.InferOutput<typeof PastCall>;
export const CallsQuery = PageQuery;
export type CallsQuery = v.InferOutput<typeof CallsQuery>;
export const CallsReply = pageOf(PastCall);
