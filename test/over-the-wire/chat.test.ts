import { describe, expect, it } from 'vitest';
import type { Environment } from '../../src/config/config.ts';
import type { CreateRoomRequest } from '../../src/protocol/bodies.ts';
import { createRoom } from '../support/server/api.ts';
import type { RawFrame } from '../support/server/ws-client.ts';
import { codeOf, type Guest, type Person, type Stage, startStage } from './stage.ts';

/** A room with its host Ann and its guest Ben, both inside. */
async function chatting(room: CreateRoomRequest = {}, environment: Environment = {}) {
  const on = await startStage(environment);
  const host = await on.guest('Ann');
  const roomId = (await createRoom(on.server.url, host.token, room)).id;
  const ann = await host.inside(roomId);
  const ben = await (await on.guest('Ben')).inside(roomId);
  return { on, roomId, ann, ben };
}

async function say(person: Person, message: string, replyTo?: string) {
  const answer = await person.request('chat', { message, replyTo });
  if (answer.event !== 'chat') throw new Error(`not said: ${JSON.stringify(answer.payload)}`);
  return answer.payload as { id: string; version: number; createdAt: string };
}

async function ask({ server }: Stage, { token }: Guest, method: string, path: string, body?: object) {
  const response = await fetch(server.url + path, {
    method,
    headers: { Authorization: `Bearer ${token}` },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  return { status: response.status, body: text === '' ? undefined : JSON.parse(text) };
}

function chatFrames(person: Person): RawFrame[] {
  return person.frames.filter(({ event }) => event === 'chat' || event.startsWith('chat:'));
}

describe('a message', () => {
  it('[CH1] reaches all inside, answers its author, and is in the history', async () => {
    const { on, roomId, ann, ben } = await chatting();
    const answer = await ann.request('chat', { message: 'Hello' });
    const heard = await ben.next('chat');
    expect(answer).toMatchObject({ event: 'chat', re: 2 });
    expect(heard.re).toBeUndefined();
    expect(heard.payload).toEqual({
      id: expect.any(String),
      roomId,
      userId: ann.guest.userId,
      peerId: ann.peerId,
      displayName: 'Ann',
      message: 'Hello',
      createdAt: expect.any(String),
      version: 1,
    });
    expect(answer.payload).toEqual(heard.payload);
    const history = await ask(on, ben.guest, 'GET', `/rooms/${roomId}/chat`);
    expect(history).toEqual({ status: 200, body: { items: [heard.payload], nextCursor: null } });
  });

  it('[CH1] has 1 to 2,000 characters, one of them visible', async () => {
    const { ann } = await chatting();
    for (const message of ['', ' \n ', '\u200d']) {
      expect(codeOf(await ann.request('chat', { message }))).toBe('invalid_message');
    }
    expect(codeOf(await ann.request('chat', { message: '😀'.repeat(2_000) }))).toBe('chat');
    expect(codeOf(await ann.request('chat', { message: `${'a'.repeat(2_000)}b` }))).toBe('too_large');
  });

  it('[CH2] is edited, deleted and reacted to before all', async () => {
    const { on, roomId, ann, ben } = await chatting();
    const { id } = await say(ben, 'Helo');
    expect(codeOf(await ann.request('chat:edit', { id, message: 'Hello' }))).toBe('forbidden');
    const edited = await ben.request('chat:edit', { id, message: 'Hello' });
    expect(edited.payload).toEqual({
      id,
      roomId,
      message: 'Hello',
      editedAt: expect.any(String),
      version: 2,
    });
    expect((await ann.next('chat:edited')).payload).toEqual(edited.payload);
    const reacted = await ann.request('chat:react', { id, emoji: '👍', on: true });
    expect(reacted.payload).toEqual({ id, roomId, reactions: { '👍': [ann.guest.userId] } });
    expect((await ben.next('chat:reactions')).payload).toEqual(reacted.payload);
    expect((await ann.request('chat:delete', { id })).payload).toEqual({ id, roomId });
    expect((await ben.next('chat:deleted')).payload).toEqual({ id, roomId });
    const { body } = await ask(on, ann.guest, 'GET', `/rooms/${roomId}/chat`);
    expect(body.items).toEqual([
      {
        id,
        roomId,
        userId: ben.guest.userId,
        createdAt: expect.any(String),
        deletedAt: expect.any(String),
      },
    ]);
    for (const [event, payload] of [
      ['chat:edit', { id, message: 'again' }],
      ['chat:react', { id, emoji: '👍', on: true }],
      ['chat:delete', { id }],
      ['chat', { message: 'a reply', replyTo: id }],
    ] as const) {
      expect(codeOf(await ben.request(event, payload))).toBe('not_found');
    }
    expect(chatFrames(ben)).toHaveLength(4);
  });
});
