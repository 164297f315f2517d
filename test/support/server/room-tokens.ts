import type { RoomTokens } from '../../../src/rooms/room-tokens.ts';
import type { Store } from '../../../src/store/contract.ts';

/** Of rooms from which nobody was put out. */
export const NOBODY_PUT_OUT: RoomTokens = {
  mark: async () => {},
  isWorthless: () => false,
  check: () => {},
  close: () => {},
};

/** The same, of a store. */
export const NO_MARKS: Store['roomTokenMarks'] = {
  mark: () => {},
  find: () => undefined,
  sweep: () => false,
};
