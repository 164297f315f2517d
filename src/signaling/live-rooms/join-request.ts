import type { Identity } from '../../domain/identity.ts';
import type { Granted } from '../../domain/room-rights.ts';
import type { MediaState } from '../../protocol/fields.ts';
import type { Participant } from './participant.ts';
import type { RoomFacts } from './room-facts.ts';

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
  'userInfo' | 'media' | 'granted' | 'ownName' | 'raisedAt' | 'chatSince' | 'since' | 'iceRenewAt'
>;
