import * as v from 'valibot';
import { Emoji } from './emoji.ts';
import { DisplayName, UserInfo, Uuid } from './fields.ts';

const PeerRef = { peerId: v.string() };

/** What those inside a room share and show besides their media, from the client. */
export const roomClientEvents = {
  /** `value`: any JSON; null deletes. How long both may be is checked later: beyond is `too_large` [RM9]. */
  'room:data': v.object({ key: v.pipe(v.string(), v.minLength(1, 'must not be empty')), value: v.unknown() }),
  /** `peerId`: whose hand a host lowers; without it one's own. */
  hand: v.object({ raised: v.boolean(), peerId: v.optional(Uuid) }),
  react: v.object({ emoji: Emoji }),
  /** What isn't named stays as it is. */
  'peer:update': v.object({ displayName: v.optional(DisplayName), userInfo: v.optional(UserInfo) }),
} as const;

/** The same from the server. */
export const roomServerEvents = {
  /** `by`: a peerId. */
  'room:data': v.object({ key: v.string(), value: v.unknown(), by: v.string() }),
  /** A backend's message to this peer, to its user or to the room. `data`: any JSON. */
  'room:message': v.object({ data: v.unknown(), from: v.literal('service') }),
  /** The room puts everybody out then [CT6]. `atMs`: milliseconds since 1970. */
  'room:ending': v.object({ atMs: v.number() }),
  /** The receiver is in this room no longer, by a request over HTTP; the session goes on. */
  'room:left': v.object({ roomId: v.string() }),
  /** `at`: when it was raised, ISO 8601; null if it is down. */
  'peer:hand': v.object({ ...PeerRef, raised: v.boolean(), at: v.nullable(v.string()) }),
  'peer:reaction': v.object({ ...PeerRef, emoji: v.string() }),
  'peer:updated': v.object({ ...PeerRef, displayName: v.nullable(v.string()), userInfo: v.unknown() }),
} as const;
