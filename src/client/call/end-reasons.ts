import type { LeaveReason } from '../../protocol/events.ts';
import { ParleyClientError } from '../errors.ts';
import type { EndReason } from '../types.ts';

/** Why the call ended, for a side whose own `peer:left` has this reason. */
export const END_REASONS: Readonly<Record<LeaveReason, EndReason>> = {
  left: 'left',
  hangup: 'left',
  timeout: 'connection_lost',
  kicked: 'kicked',
  banned: 'banned',
  room_closed: 'room_closed',
  replaced: 'replaced',
};

/** Why the call ended, if the session ended with this error, or this refusal kept the side from coming back. */
export function endReasonOf({ code }: ParleyClientError): EndReason {
  if (code === 'kicked' || code === 'banned' || code === 'room_closed' || code === 'replaced') return code;
  return code === 'closed' ? 'left' : 'connection_lost';
}

export function asClientError(error: unknown): ParleyClientError {
  if (error instanceof ParleyClientError) return error;
  const message = error instanceof Error ? error.message : String(error);
  return new ParleyClientError('internal', message, { cause: error });
}
