import type { EndReason, Room } from '../client/index.ts';
import type { CallModel } from './call/call-model.ts';
import type { Failure } from './failure.ts';
import type { Wait } from './lobby/wait.ts';

/** The stages of a visit to a call, from its link to its end. */
export type Phase =
  | { readonly at: 'loading' }
  | { readonly at: 'failed'; readonly failure: Failure }
  | {
      readonly at: 'lobby';
      readonly room: Room;
      readonly failure: Failure | null;
      readonly joining: boolean;
      /** The call was full or locked, and no longer is. */
      readonly reopened: boolean;
    }
  | { readonly at: 'waiting'; readonly room: Room; readonly wait: Wait }
  | { readonly at: 'call'; readonly room: Room; readonly call: CallModel }
  | { readonly at: 'ended'; readonly room: Room; readonly reason: EndReason };

/** Whether the room or the last refusal says that no new peer can join. */
export function isClosedToNewcomers(room: Room, failure: Failure | null): boolean {
  const code = failure?.code;
  return room.participants >= room.max || room.locked || code === 'room_full' || code === 'room_locked';
}
