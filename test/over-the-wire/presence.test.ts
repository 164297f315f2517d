import { describe, expect, it } from 'vitest';
import { SECRET } from '../support/server/accounts.ts';
import { ask, minted } from './hosting.ts';
import { startStage } from './stage.ts';

async function backed() {
  const stage = await startStage({ JWT_SECRET: SECRET });
  const service = await minted(stage, { sub: 'backend', role: 'service' });
  const presence = async (query = '') => {
    const reply = await ask(stage, 'GET', `/presence${query}`, service);
    return { status: reply.status, ...(await reply.json()) };
  };
  return { stage, service, presence };
}

describe('GET /presence', () => {
  it('[HT4] tells a backend who is connected, in rooms and outside, with suspended ones', async () => {
    const { stage, presence } = await backed();
    expect(await presence()).toEqual({ status: 200, items: [], nextCursor: null });
    const roomId = await stage.room();
    const before = Date.now();
    const ada = await (await minted(stage, { sub: 'ada' })).inside(roomId);
    const ben = await (await minted(stage, { sub: 'ben' })).connect();
    const first = await presence('?limit=1');
    expect(first.items).toEqual([{ roomId, userId: 'ada', peerId: ada.peerId, since: first.items[0].since }]);
    expect(Date.parse(first.items[0].since)).toBeGreaterThanOrEqual(before);
    expect(Date.parse(first.items[0].since)).toBeLessThanOrEqual(Date.now());
    const second = await presence(`?limit=1&after=${first.nextCursor}`);
    expect(second).toMatchObject({
      items: [{ roomId: null, userId: 'ben', peerId: ben.peerId }],
      nextCursor: null,
    });
    await ada.request('room:leave');
    ben.send('session:bye');
    await ben.closed;
    expect(await presence()).toMatchObject({ items: [{ roomId: null, userId: 'ada' }] });
  });

  it('[CT0] shows nobody who is only expected, or waits over HTTP', async () => {
    const { stage, service, presence } = await backed();
    const roomId = await stage.room();
    await ask(stage, 'POST', `/rooms/${roomId}/users/cem`, service, {});
    await ask(stage, 'POST', `/rooms/${roomId}/join`, await minted(stage, { sub: 'dan' }), {});
    expect(await presence()).toMatchObject({ items: [] });
  });

  it('[HT4] refuses what is no cursor of this list', async () => {
    const { presence } = await backed();
    const foreign = Buffer.from('["own",1,"x"]').toString('base64url');
    for (const query of ['?after=x', `?after=${foreign}`, '?limit=0', '?limit=101']) {
      expect(await presence(query)).toMatchObject({ status: 400, code: 'validation_failed' });
    }
  });
});
