import type { ClientEvent, ClientPayload } from '../../protocol/events.ts';
import { ParleyClientError } from '../errors.ts';
import type { ServerMessage } from '../signaling/frames.ts';
import type { ResumableSession } from '../signaling/resumable-session.ts';
import type { WaitOptions } from '../types.ts';
import { unlessAborted } from '../unless-aborted.ts';

/** The session as a call uses it. */
export interface CallSession extends Pick<ResumableSession, 'tell' | 'welcome'> {
  /** As the session's. Once the signal is aborted, nobody waits any more; a message that has its number goes out all the same. */
  request<Event extends ClientEvent>(
    event: Event,
    payload: ClientPayload<Event>,
    options?: WaitOptions,
  ): Promise<ServerMessage>;
}

/**
 * Returns the session for one call. Once that call is over, it sends nothing: the same session may be inside another
 * room by then.
 */
export function createCallSession(
  session: Pick<ResumableSession, 'request' | 'tell' | 'welcome'>,
  isOver: () => boolean,
): CallSession {
  return {
    get welcome() {
      return session.welcome;
    },
    request: (event, payload, { signal } = {}) =>
      unlessAborted(signal, async () => {
        if (isOver()) throw new ParleyClientError('closed', 'The call is over; join again first.');
        return session.request(event, payload);
      }),
    tell<Event extends ClientEvent>(event: Event, payload: ClientPayload<Event>) {
      return !isOver() && session.tell(event, payload);
    },
  };
}
