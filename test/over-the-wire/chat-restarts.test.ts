import { describe, expect, it } from 'vitest';
import { createRoom, signIn } from '../support/server/api.ts';
import { temporaryDatabase } from '../support/server/database.ts';
import { startParley } from '../support/server/parley-process.ts';
import { freePort } from '../support/server/process.ts';
import { RawClient } from '../support/server/ws-client.ts';

describe('a server that was killed', () => {
  it('[CH1] has every message that it acknowledged, once and in order', async () => {
    const environment = { DATABASE_PATH: temporaryDatabase(), PORT: String(await freePort()) };
    const first = await startParley(environment);
    const { accessToken: token } = await signIn(first.url, { displayName: 'Ann' });
    const roomId = (await createRoom(first.url, token, {})).id;
    const wsUrl = first.url.replace('http', 'ws');
    const ann = new RawClient({ wsUrl, path: `/ws/rooms/${roomId}`, token });
    await ann.next('room:joined');
    const said: string[] = [];
    for (let n = 0; n < 20; n += 1) {
      const { payload } = await ann.request('chat', { message: `${n}` });
      said.push((payload as { id: string }).id);
    }
    await first.stop('SIGKILL');
    const second = await startParley(environment);
    const response = await fetch(`${second.url}/rooms/${roomId}/chat?limit=100`, {
      headers: { Authorization: `Bearer ${token}` },
    });
    const { items } = (await response.json()) as { items: { id: string }[] };
    await second.stop('SIGTERM');
    expect(items.map(({ id }) => id)).toEqual(said);
  });

  it('[CH2] has every edit, reaction and deletion that it acknowledged, and later ids sort behind', async () => {
    const environment = { DATABASE_PATH: temporaryDatabase(), PORT: String(await freePort()) };
    const first = await startParley(environment);
    const { accessToken: token, user } = await signIn(first.url, { displayName: 'Ann' });
    const path = `/rooms/${(await createRoom(first.url, token, {})).id}`;
    const inside = async (url: string): Promise<RawClient> => {
      const client = new RawClient({ wsUrl: url.replace('http', 'ws'), path: `/ws${path}`, token });
      await client.next('room:joined');
      return client;
    };
    const ask = async (url: string, method: string, where: string, body?: object) => {
      const headers = { Authorization: `Bearer ${token}` };
      const text = body === undefined ? {} : { body: JSON.stringify(body) };
      const response = await fetch(`${url}${path}/chat${where}`, { method, headers, ...text });
      expect(response.ok).toBe(true);
      return response.status === 204 ? {} : response.json();
    };
    const ann = await inside(first.url);
    const say = async (message: string) =>
      ((await ann.request('chat', { message })).payload as { id: string }).id;
    await say('cleared');
    expect((await ann.request('chat:clear')).event).toBe('chat:cleared');
    const [edited, deleted, liked] = [await say('one'), await say('two'), await say('three')];
    await ann.request('chat:edit', { id: edited, message: 'one, edited' });
    await ann.request('chat:delete', { id: deleted });
    await ann.request('chat:react', { id: liked, emoji: '🎉', on: true });
    await ann.request('chat:react', { id: liked, emoji: '🎉', on: false });
    await ask(first.url, 'PATCH', `/${liked}`, { message: 'three, edited' });
    await ask(first.url, 'PUT', `/${liked}/reactions/${encodeURIComponent('👍')}`);
    await first.stop('SIGKILL');
    const second = await startParley(environment);
    const { items } = await ask(second.url, 'GET', '');
    const later = await (await inside(second.url)).request('chat', { message: 'later' });
    await second.stop('SIGKILL');
    expect(items).toMatchObject([
      { id: edited, message: 'one, edited', version: 2 },
      { id: deleted, deletedAt: expect.any(String) },
      { id: liked, message: 'three, edited', version: 2 },
    ]);
    expect(items[2].reactions).toEqual({ '👍': [user.id] });
    expect((later.payload as { id: string }).id > liked).toBe(true);
  });
});
