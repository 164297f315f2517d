import { noSuchKnock } from '../../../src/domain/refusals.ts';
import type { WaitingRoom } from '../../../src/rooms/waiting-room.ts';
import type { Hub } from '../../../src/signaling/hub.ts';

/** Knocks of which there are none. */
export const NO_KNOCKS: Pick<Hub['knocks'], 'isWaiting' | 'endAll'> = {
  isWaiting: () => false,
  endAll: () => {},
};

const nobody = async (): Promise<never> => {
  throw noSuchKnock();
};

/** A waiting room in which nobody waits. */
export const NOBODY_WAITS: WaitingRoom = {
  list: async () => [],
  admit: nobody,
  admitAll: async () => {},
  refuse: nobody,
  letInUser: async () => {},
  open: async () => {},
};
