import { ParleyClientError } from '../errors.ts';
import type { ServerMessage } from '../signaling/frames.ts';
import type { ChatEdit, ChatMessage, ChatReactions } from '../types.ts';

/** What happened to messages that are there already. */
export type ChatChange =
  | { readonly name: 'edited'; readonly edit: ChatEdit }
  | { readonly name: 'deleted'; readonly id: string }
  | { readonly name: 'reactions'; readonly id: string; readonly reactions: ChatReactions }
  | { readonly name: 'cleared'; readonly upTo: string };

export interface NewMessage {
  readonly name: 'message';
  readonly message: ChatMessage;
}

/** Returns what a message of the server says about this room's chat; undefined if it says nothing. */
export function readChange(message: ServerMessage, roomId: string): ChatChange | NewMessage | undefined {
  const { event, payload } = message;
  switch (event) {
    case 'chat':
      return payload.roomId === roomId ? { name: 'message', message: payload } : undefined;
    case 'chat:edited':
      return payload.roomId === roomId ? { name: 'edited', edit: editOf(message) } : undefined;
    case 'chat:deleted':
      return payload.roomId === roomId ? { name: 'deleted', id: payload.id } : undefined;
    case 'chat:reactions': {
      const { id, reactions } = payload;
      return payload.roomId === roomId ? { name: 'reactions', id, reactions } : undefined;
    }
    case 'chat:cleared':
      return payload.roomId === roomId ? { name: 'cleared', upTo: payload.upTo } : undefined;
    default:
      return undefined;
  }
}

/** @throws ParleyClientError `internal` if this isn't the answer to a message */
export function messageOf(reply: ServerMessage): ChatMessage {
  if (reply.event !== 'chat') throw unexpected(reply);
  return reply.payload;
}

/** @throws ParleyClientError `internal` if this isn't the answer to an edit */
export function editOf(reply: ServerMessage): ChatEdit {
  if (reply.event !== 'chat:edited') throw unexpected(reply);
  const { id, message, editedAt, version } = reply.payload;
  return { id, message, editedAt, version };
}

function unexpected({ event }: ServerMessage): ParleyClientError {
  return new ParleyClientError(
    'internal',
    `The server answered with ${event}, which this SDK does not expect.`,
  );
}
