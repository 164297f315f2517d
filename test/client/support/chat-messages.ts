import type { ChatMessage } from '../../../src/client/types.ts';
import { ROOM_ID } from './fake-call.ts';

/** A message, `m1` being older than `m2`. */
export function message(id: string, fields: Partial<ChatMessage> = {}): ChatMessage {
  return {
    id,
    roomId: ROOM_ID,
    userId: 'bob',
    peerId: 'bob',
    displayName: 'Bob',
    message: `text of ${id}`,
    createdAt: '2026-01-01T00:00:00.000Z',
    version: 1,
    ...fields,
  };
}

export function tombstone(id: string) {
  const createdAt = '2026-01-01T00:00:00.000Z';
  return { id, roomId: ROOM_ID, userId: 'bob', createdAt, deletedAt: '2026-01-01T00:01:00.000Z' };
}
