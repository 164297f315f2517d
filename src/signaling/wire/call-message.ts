import type { CallEvent } from '../../protocol/events.ts';
import { behindBrace, withoutMembers } from './json-text.ts';

/** A `call:*` message whose payload was validated. */
export interface CallMessage {
  readonly event: CallEvent;
  readonly to: string | undefined;
  readonly userId: string | undefined;
  /**
   * The payload's JSON as it came, in UTF-8, behind its opening brace. Without `from` and `fromUserId`: who sent it is
   * for the server to say [CA2].
   */
  readonly rest: Uint8Array;
}

interface CallAddress {
  readonly to?: string | undefined;
  readonly userId?: string | undefined;
}

/** @param body the payload's JSON as it came, in UTF-8 */
export function callMessage(event: CallEvent, payload: CallAddress, body: Uint8Array): CallMessage {
  const { to, userId } = payload;
  const forged = Object.hasOwn(payload, 'from') || Object.hasOwn(payload, 'fromUserId');
  return { event, to, userId, rest: behindBrace(forged ? withoutForged(body) : body) };
}

function withoutForged(body: Uint8Array): Uint8Array {
  return Buffer.from(withoutMembers(Buffer.from(body).toString(), ['from', 'fromUserId']));
}
