import { randomIds } from '../../../src/domain/ids.ts';
import type { HttpDeps } from '../../../src/http/server/deps.ts';
import { systemClock } from '../../../src/lib/clock.ts';
import { Expectations } from '../../../src/signaling/live-rooms/expectations.ts';
import { HeldPlaces } from '../../../src/signaling/live-rooms/held-places.ts';

const nobody = () => Promise.reject(new Error('no backend controls rooms here'));

/** Refuses everything that a backend asks for. */
export const NO_CONTROL: HttpDeps['control'] = {
  createRoom: nobody,
  addUser: nobody,
  removeUser: nobody,
  send: nobody,
  presence: () => ({ items: [], nextCursor: null }),
  produce: nobody,
  stop: nobody,
  consume: nobody,
};

/** Rooms in which nobody is expected. */
export function nobodyExpected(): Expectations {
  const events = { publish: () => {} };
  const held = new HeldPlaces({ clock: systemClock, ids: randomIds, events, isEmpty: () => true });
  return new Expectations(held, systemClock);
}
