import type { Identity, Profile } from '../../domain/identity.ts';
import type { UserId } from '../../domain/ids.ts';
import type { Peer } from '../../protocol/fields.ts';
import { SEND_KINDS, type SendKind } from '../../protocol/room-fields.ts';
import { ALL_OFF, type JoinRequest, type LiveRooms } from './live-rooms.ts';

/** Somebody who is expected, as others will see the peer: it has no id until it comes. */
export type ExpectedPeer = Omit<Peer, 'peerId'> & { readonly peerId: null };

/** A place to be held. What a newcomer may do is asked again when it comes. */
export interface HoldRequest extends Pick<JoinRequest, 'room' | 'userInfo'> {
  /** Whether the user may run the room. Default: no. */
  readonly host?: boolean | undefined;
  /** What the user may send. Default: everything. */
  readonly send?: readonly SendKind[] | undefined;
}

interface HoldDeps {
  readonly liveRooms: LiveRooms;
  /** How others see a user whose identity was verified in this turn of the event loop. */
  readonly profileOf: (userId: UserId) => Profile;
}

/** Holds a place for the bearer of this identity. @throws ParleyError `room_full`, `rate_limited` */
export function holdPlace(
  { liveRooms, profileOf }: HoldDeps,
  identity: Identity,
  request: HoldRequest,
): ExpectedPeer {
  const { room, userInfo = null, host = false, send = SEND_KINDS } = request;
  const { id, username, displayName } = profileOf(identity.userId);
  liveRooms.hold(identity, request);
  const added = liveRooms.expected.added.find(room.id, identity.userId);
  const nameHere = identity.room?.id === room.id ? identity.room.name : null;
  return {
    peerId: null,
    userId: id,
    username,
    displayName: nameHere ?? displayName,
    userInfo: added?.userInfo ?? userInfo,
    media: ALL_OFF,
    state: 'live',
    polite: false,
    host,
    send: [...send],
    hand: null,
  };
}
