import * as v from 'valibot';
import { Uuid } from './fields.ts';
import { SendRights, ToldSendRights } from './room-fields.ts';

/** What a peer can be asked to stop sending [RM6]. */
const MediaKind = v.picklist(['audio', 'video', 'screen']);

/** Who is asked to stop: one peer, or all others in the room. */
const Mute = v.pipe(
  v.object({
    peerId: v.optional(Uuid),
    all: v.optional(v.literal(true, 'must be true or left out')),
    kind: MediaKind,
  }),
  v.check(
    ({ peerId, all }) => (peerId === undefined) === (all === true),
    'must have either `peerId` or `all`',
  ),
);

/** What hosts ask for [RM6]. */
export const hostClientEvents = {
  'room:kick': v.object({ peerId: Uuid, ban: v.optional(v.boolean()) }),
  'room:lock': v.object({ locked: v.boolean() }),
  'room:mute': Mute,
  'room:close': v.optional(v.looseObject({})),
  'room:host': v.object({ peerId: Uuid, host: v.boolean() }),
  'room:send': v.object({ peerId: Uuid, send: SendRights }),
} as const;

/** What hosts have done, to everybody inside. */
export const hostServerEvents = {
  /** To the one who is asked to stop sending; `from` is a peerId. */
  'room:mute': v.object({ from: v.string(), fromUserId: v.string(), kind: MediaKind }),
  'peer:host': v.object({ peerId: v.string(), host: v.boolean() }),
  'peer:send': v.object({ peerId: v.string(), send: ToldSendRights }),
} as const;
