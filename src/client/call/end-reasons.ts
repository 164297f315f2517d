import type { LeaveReason } from '../../protocol/events.ts';
import { ParleyClientError } from '../errors.ts';
import type { EndReason } from '../types.ts';

/** What a peer's reason to leave is to the one who left. */
export const END_REASONS: Readonly<Record<LeaveReason, EndReason>> = {
  left: 'left',
  hangup: 'left',
  timeout: 'connection_lost',
  kicked: 'kicked',
  banned: 'banned',
  room_closed: 'room_closed',
  replaced: 'replaced',
};

/** Why a call ended with the session's end, or with a refusal to let us in again. */
export function endReasonOf({ code }: ParleyClientError): EndReason {
  if (code === 'kicked' || code === 'banned' || code === 'room_closed' || code === 'replaced') return code;
  return code === 'closed' ? 'left' : 'connection_lost';
}

export function asClientError(error: unknown): ParleyClientError {
  if (error instanceof ParleyClientError) return error;
  const message = error instanceof Error ? error.message : String(error);
  return new ParleyClientError('internal', message, { cause: error });
}
