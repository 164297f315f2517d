import type { Publisher } from '../../../src/domain/events.ts';

/** Domain events that nobody subscribed to. */
export const NO_SUBSCRIBERS: Publisher = Object.freeze({ publish: () => {} });
