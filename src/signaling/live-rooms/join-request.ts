import type { Identity } from '../../domain/identity.ts';
import type { Granted } from '../../domain/room-rights.ts';
import type { IceServer, MediaState } from '../../protocol/fields.ts';
import type { Participant } from './participant.ts';
import type { RoomFacts } from './room-facts.ts';

/** STUN and TURN servers for one peer. */
export interface IceGrant {
  readonly iceServers: IceServer[];
  /** When its credentials expire: milliseconds since 1970, Infinity if it has none. */
  readonly expiresAt: number;
}

/** A join that nothing but the room's capacity can refuse any more. */
export interface JoinRequest {
  readonly room: RoomFacts;
  /** Any JSON. Default: what came with the place that is held for the newcomer, else null. */
  readonly userInfo?: unknown;
  /** Default: all off. */
  readonly media?: MediaState | undefined;
  /** What the room grants the newcomer, besides what its token says [RM6]. Default: nothing. */
  readonly granted?: Granted | undefined;
  /** The message id that `room:joined` answers. */
  readonly re?: number | undefined;
}

/** Somebody for whom a place is to be held. */
export type ExpectedUser = Pick<Identity, 'userId' | 'loginId'>;

/** A place in a room, as it was before a restart. */
export type SavedPlace = Pick<
  Participant,
  'userInfo' | 'media' | 'granted' | 'ownName' | 'raisedAt' | 'chatSince' | 'iceRenewAt'
>;

/** Milliseconds before TURN credentials expire at which new ones are sent. */
const RENEWAL_LEAD_MS = 60_000;

/** When TURN credentials are renewed: a minute before they expire, or half-way if they live less than two; Infinity if they never expire. */
export function renewAt(expiresAt: number, now: number): number {
  return Math.max(expiresAt - RENEWAL_LEAD_MS, now + (expiresAt - now) / 2);
}
