import { expect } from 'vitest';
import type { Environment } from '../../src/config/config.ts';
import type { CreateRoomRequest } from '../../src/protocol/bodies.ts';
import type { Overrides } from '../../src/server.ts';
import { createRoom } from '../support/server/api.ts';
import type { RawClient, RawFrame } from '../support/server/ws-client.ts';
import { type Guest, type Person, type Stage, startStage } from './stage.ts';

/** A room with its host Ann and its guest Ben, both inside. */
export async function chatting(
  room: CreateRoomRequest = {},
  environment: Environment = {},
  overrides: Overrides = {},
) {
  const on = await startStage(environment, overrides);
  const host = await on.guest('Ann');
  const roomId = (await createRoom(on.server.url, host.token, room)).id;
  const ann = await host.inside(roomId);
  const ben = await (await on.guest('Ben')).inside(roomId);
  return { on, roomId, ann, ben };
}

/** Says something that must be accepted. */
export async function say(person: Person, message: string, replyTo?: string) {
  const answer = await person.request('chat', { message, replyTo });
  if (answer.event !== 'chat') throw new Error(`not said: ${JSON.stringify(answer.payload)}`);
  return answer.payload as { id: string; version: number; createdAt: string };
}

/** A request, and what came of it. */
export async function ask({ server }: Stage, { token }: Guest, method: string, path: string, body?: object) {
  const response = await fetch(server.url + path, {
    method,
    headers: { Authorization: `Bearer ${token}` },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  return { status: response.status, body: text === '' ? undefined : JSON.parse(text) };
}

/** What somebody heard of the chat. */
export function chatFrames(person: RawClient): RawFrame[] {
  return person.frames.filter(({ event }) => event === 'chat' || event.startsWith('chat:'));
}

/** The texts in the newest page of the history, as somebody reads it over HTTP. */
export async function read(on: Stage, guest: Guest, roomId: string): Promise<unknown[]> {
  const { status, body } = await ask(on, guest, 'GET', `/rooms/${roomId}/chat`);
  expect(status).toBe(200);
  return body.items.map(({ message }: { message?: string }) => message);
}
