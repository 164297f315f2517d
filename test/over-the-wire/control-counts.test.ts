import { describe, expect, it } from 'vitest';
import { startBackend } from './backend.ts';

const ROOM = '3f2b8c1e-9d4a-4c57-8b6f-0a1d2e3c4b5a';

/** Ada inside with two peers, Ben whose line is lost, Cem and Dan who are expected. */
async function lesson() {
  const backend = await startBackend({ RESUME_WINDOW_MS: '600000' });
  const { call, user } = backend;
  await call('POST', `/rooms/${ROOM}`, { userId: 'cem', userInfo: 'C', emptySeconds: 60 });
  await call('POST', `/rooms/${ROOM}/users/ben`, { userInfo: 'B' });
  const ada = await user('ada');
  const tabs = [await ada.inside(ROOM), await ada.inside(ROOM)];
  const ben = await (await user('ben')).inside(ROOM);
  ben.cut();
  await tabs[0]?.next('peer:suspended');
  await call('POST', `/rooms/${ROOM}/users/dan`, {});
  return { ...backend, tabs, ben };
}

describe('what a backend is told of a room', () => {
  it('[CT0] lists each user once: those inside as they came, then those expected as they were added', async () => {
    const { call } = await lesson();
    const [ada, ben, cem, dan] = [
      { id: 'ada', userInfo: null },
      { id: 'ben', userInfo: 'B' },
      { id: 'cem', userInfo: 'C' },
      { id: 'dan', userInfo: null },
    ];
    const again = await call('POST', `/rooms/${ROOM}/users/ada`, { userInfo: null });
    expect(again.users).toEqual([ada, ben, cem, dan]);
    expect(await call('GET', `/rooms/${ROOM}`)).toMatchObject({ room: { participants: 5 } });
    expect(await call('DELETE', `/rooms/${ROOM}/users/cem`)).toEqual({
      status: 200,
      ...cem,
      outbound: [ada, ben, dan],
    });
    expect((await call('DELETE', `/rooms/${ROOM}/users/ada`)).outbound).toEqual([ben, dan]);
    expect(await call('GET', `/rooms/${ROOM}`)).toMatchObject({ room: { participants: 2 } });
    expect(await call('DELETE', `/rooms/${ROOM}`)).toEqual({ status: 200, count: 1 });
  });

  it('[CT4] counts the peers that get a message, suspended ones too, not what is kept', async () => {
    const { call, user, tabs, ben, stage } = await lesson();
    const send = async (body: object): Promise<number> => {
      const { status, delivered } = await call('POST', `/rooms/${ROOM}/messages`, body);
      expect(status).toBe(202);
      return delivered;
    };
    expect(await send({ to: 'ada', data: 1 })).toBe(2);
    expect(await send({ to: 'ben', data: 2 })).toBe(1);
    expect(await send({ to: 'cem', data: 3 })).toBe(0);
    expect(await send({ to: 'nobody', data: 4 })).toBe(0);
    expect(await send({ data: 5 })).toBe(3);
    const heard = (frames: readonly { event: string; payload?: unknown }[]): unknown[] =>
      frames.filter(({ event }) => event === 'room:message').map(({ payload }) => payload);
    const message = (data: number) => ({ data, from: 'service' });
    for (const tab of tabs) {
      await tab.settled();
      expect(heard(tab.frames)).toEqual([message(1), message(5)]);
    }
    const back = ben.resume(ben.lastSeq, stage.server.wsUrl);
    await back.welcome;
    await back.settled();
    expect(heard(back.frames)).toEqual([message(2), message(5)]);
    const cem = await (await user('cem')).inside(ROOM);
    await cem.settled();
    expect(heard(cem.frames)).toEqual([message(3)]);
  });

  it('[CT4] refuses `data` of more than 16 KiB of JSON in UTF-8, whatever its characters', async () => {
    const { call } = await lesson();
    const send = async (data: unknown) => (await call('POST', `/rooms/${ROOM}/messages`, { data })).status;
    expect(await send('é'.repeat(8_191))).toBe(202);
    expect(await send('é'.repeat(8_192))).toBe(413);
    expect(await send({ x: 'y'.repeat(16_376) })).toBe(202);
    expect(await send({ x: 'y'.repeat(16_377) })).toBe(413);
    expect(await send(null)).toBe(202);
  });
});
