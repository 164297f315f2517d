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
});
