import type { ClientEvent, ClientPayload } from '../../protocol/events.ts';
import { ParleyClientError } from '../errors.ts';
import type { ResumableSession } from '../signaling/resumable-session.ts';

/** The session as a call uses it. */
export type CallSession = Pick<ResumableSession, 'request' | 'tell' | 'welcome'>;

/**
 * Returns the session for one call. Once that call is over, it sends nothing: the same session may be inside another
 * room by then.
 */
export function createCallSession(session: CallSession, isOver: () => boolean): CallSession {
  return {
    get welcome() {
      return session.welcome;
    },
    async request<Event extends ClientEvent>(event: Event, payload: ClientPayload<Event>) {
      if (isOver()) throw new ParleyClientError('closed', 'The call is over; join again first.');
      return session.request(event, payload);
    },
    tell<Event extends ClientEvent>(event: Event, payload: ClientPayload<Event>) {
      return !isOver() && session.tell(event, payload);
    },
  };
}
