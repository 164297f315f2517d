import { entityTag } from '../lib/entity-tags.ts';
import type { KnownRoom } from './recent-rooms.ts';

/**
 * Returns the entity tag of a room. It follows the fields that can be set, and nothing else [HT8]. A password that is set
 * again has another hash, and so changes the tag.
 */
export function tagOf({ record, passwordHash }: KnownRoom): string {
  return entityTag([
    record.name,
    record.max,
    passwordHash,
    record.locked,
    record.persistent,
    record.listed,
    record.waitingRoom,
    record.chat,
    record.relayOnly,
    record.notBefore,
    record.expiresAt,
    record.endAtExpiry,
    record.emptySeconds,
    record.metadata,
  ]);
}
