import * as v from 'valibot';
import { ToldUserKind } from './fields.ts';

/** Any text: one that names no knock is answered like one that is over. */
const KnockId = v.pipe(v.string(), v.maxLength(64));

/** Somebody who waits to be let in, as hosts see them [KN2]. `since` is ISO 8601. */
export const KnockItem = v.object({
  knockId: v.string(),
  userId: v.string(),
  displayName: v.nullable(v.string()),
  kind: ToldUserKind,
  since: v.string(),
});
export type KnockItem = v.InferOutput<typeof KnockItem>;

/** A knock as the one who waits sees it [KN1]. */
export const OwnKnock = v.object({
  knockId: v.string(),
  room: v.object({ id: v.string(), name: v.nullable(v.string()) }),
});
export type OwnKnock = v.InferOutput<typeof OwnKnock>;

/** What hosts send about those who wait [KN3]. */
export const knockClientEvents = {
  'room:admit': v.pipe(
    v.object({ knockId: v.optional(KnockId), all: v.optional(v.literal(true, 'must be true or left out')) }),
    v.check(
      ({ knockId, all }) => (knockId === undefined) !== (all === undefined),
      'must have either `knockId` or `all`',
    ),
  ),
  'room:refuse': v.object({ knockId: KnockId }),
} as const;

export const knockServerEvents = {
  /** To the one who waits. */
  'knock:waiting': OwnKnock,
  /** To the hosts inside: all who wait, longest first. */
  'room:knocks': v.object({ items: v.array(KnockItem) }),
} as const;
