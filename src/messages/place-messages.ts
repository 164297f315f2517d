import { ParleyError } from '../domain/errors.ts';
import { peerGone } from '../domain/refusals.ts';
import type { Clock } from '../lib/clock.ts';
import { type Hub, participantOf } from '../signaling/hub.ts';
import type { Handlers } from './handlers.ts';

interface PlaceMessagesDeps {
  readonly clock: Clock;
  readonly hub: { readonly liveRooms: Pick<Hub['liveRooms'], 'expected'> };
}

/** What those inside show and share besides their media [RM9]–[RM11]. */
export function placeMessages({ clock, hub }: PlaceMessagesDeps) {
  const { added } = hub.liveRooms.expected;
  return {
    'room:data'(session, { id, payload: { key, value } }) {
      participantOf(session).share(key, value, id);
    },
    hand(session, { id, payload: { raised, peerId } }) {
      const own = participantOf(session);
      const target = peerId === undefined || peerId === own.peerId ? own : undefined;
      if (target !== undefined) {
        target.setHand(raised, clock.now());
      } else {
        if (raised || !own.host) {
          throw new ParleyError('forbidden', "You can raise your own hand only; hosts can lower another's.");
        }
        const other = own.room.members.find((member) => member.peerId === peerId);
        if (other === undefined) throw peerGone();
        other.setHand(false, clock.now());
      }
      session.acknowledge(id);
    },
    react(session, { id, payload: { emoji } }) {
      participantOf(session).react(emoji);
      session.acknowledge(id);
    },
    'peer:update'(session, { id, payload }) {
      const own = participantOf(session);
      const { displayName, userInfo } = payload;
      // What a backend says of a user whom it has added wins [CT0].
      const isSaid = (added.find(own.room.roomId, own.userId)?.userInfo ?? null) !== null;
      own.update({ displayName, userInfo: isSaid ? undefined : userInfo });
      session.acknowledge(id);
    },
  } satisfies Partial<Handlers>;
}
