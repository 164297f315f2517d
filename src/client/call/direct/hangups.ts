import { HANGUP_REASONS, type HangupReason } from '../../../protocol/events.ts';
import { ParleyClientError } from '../../errors.ts';

/** Why the other side hung up. A reason of a later version, or none, is read as `user_hangup`. */
export function hangupReasonOf(reason: string | undefined): HangupReason {
  return HANGUP_REASONS.find((known) => known === reason) ?? 'user_hangup';
}

/** What `client.call` rejects with if the called side hangs up. */
export function refusalOf(reason: string | undefined): ParleyClientError {
  switch (hangupReasonOf(reason)) {
    case 'user_busy':
      return new ParleyClientError('user_busy', 'The user is busy. Call again later.');
    case 'peer_left':
      return new ParleyClientError('user_offline', 'The user went offline while it rang. Call again later.');
    default:
      return new ParleyClientError('declined', 'The user declined the call.');
  }
}
