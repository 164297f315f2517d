import * as v from 'valibot';
import { IsoTime, Peer } from './fields.ts';
import { SendRights, ToldSendRights } from './room-fields.ts';

/** Bodies of what hosts do over HTTP [RM6]. */

/** Max value of an invitation's `uses`. */
const INVITATION_USES = 1_000_000;

/** What a host changes about a participant. Omitted rights stay as they are. */
export const ParticipantRequest = v.object({ host: v.optional(v.boolean()), send: v.optional(SendRights) });
export type ParticipantRequest = v.InferOutput<typeof ParticipantRequest>;
/** The participant as a newcomer would see it. */
export const ParticipantReply = v.object({ participant: Peer });

/** `ban`: whether the user may not come back. */
export const KickQuery = v.object({
  ban: v.optional(
    v.pipe(
      v.picklist(['true', 'false'], 'must be `true` or `false`'),
      v.transform((ban) => ban === 'true'),
    ),
    'false',
  ),
});

/** `uses`: how many users may use it; without it as many as like. `send`: without it, it changes nothing about that. */
export const InvitationRequest = v.object({
  host: v.optional(v.boolean()),
  send: v.nullish(SendRights),
  skipKnock: v.optional(v.boolean()),
  uses: v.nullish(v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(INVITATION_USES))),
  expiresAt: v.nullish(IsoTime),
});
export type InvitationRequest = v.InferOutput<typeof InvitationRequest>;
/** An invitation into a room, without its secret. */
export const RoomInvitation = v.object({
  id: v.string(),
  host: v.boolean(),
  send: v.nullable(ToldSendRights),
  skipKnock: v.boolean(),
  uses: v.nullable(v.number()),
  used: v.number(),
  createdAt: v.string(),
  expiresAt: v.nullable(v.string()),
});
export type RoomInvitation = v.InferOutput<typeof RoomInvitation>;
/** `url`: where one comes in by it. Nobody can get the secret in it a second time. */
export const CreateInvitationReply = v.object({ id: v.string(), url: v.string() });
/** Comes whole. */
export const InvitationsReply = v.object({ items: v.array(RoomInvitation), nextCursor: v.null() });

/** `at`: when the user was banned. */
export const Ban = v.object({ userId: v.string(), displayName: v.nullable(v.string()), at: v.string() });
export type Ban = v.InferOutput<typeof Ban>;
/** Comes whole. */
export const BansReply = v.object({ items: v.array(Ban), nextCursor: v.null() });
