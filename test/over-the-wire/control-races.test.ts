import { describe, expect, it } from 'vitest';
import { secretKeys } from '../../src/accounts/keys.ts';
import { type MintedClaims, mintToken } from '../../src/accounts/mint.ts';
import { CLOSE } from '../../src/protocol/codes.ts';
import { FakeClock } from '../support/fakes/clock.ts';
import { SECRET } from '../support/server/accounts.ts';
import { startBackend } from './backend.ts';
import { codeOf } from './stage.ts';

const ROOM = '3f2b8c1e-9d4a-4c57-8b6f-0a1d2e3c4b5a';
const WEEK_MS = 7 * 86_400_000;

describe('requests of a backend at the same time', () => {
  it('[CT0] add and remove the same user: the last answer says what holds', async () => {
    const { call, user } = await startBackend();
    await call('POST', `/rooms/${ROOM}`, { locked: true, emptySeconds: 60 });
    for (let round = 0; round < 20; round += 1) {
      const path = `/rooms/${ROOM}/users/ada`;
      const [added, removed] = await Promise.all([
        call('POST', path, { userInfo: round }),
        call('DELETE', path),
      ]);
      expect(added.status).toBe(200);
      expect([200, 404]).toContain(removed.status);
      const { status } = await call('DELETE', path);
      expect(status).toBe(removed.status === 200 ? status : 200);
      expect(await call('DELETE', path)).toMatchObject({ status: 404, code: 'user_not_found' });
    }
    const ada = await (await user('ada')).connect();
    expect(codeOf(await ada.request('room:join', { roomId: ROOM }))).toBe('room_locked');
    expect(await call('GET', `/rooms/${ROOM}`)).toMatchObject({ room: { participants: 0 } });
  });

  it('[CT0] a user who is kicked while being added again is either out or expected, never both', async () => {
    const { call, user } = await startBackend();
    await call('POST', `/rooms/${ROOM}`, { locked: true, emptySeconds: 60, userId: 'ada' });
    for (let round = 0; round < 10; round += 1) {
      const path = `/rooms/${ROOM}/users/ada`;
      await call('POST', path, {});
      const ada = await (await user('ada')).inside(ROOM);
      const [kicked, added] = await Promise.all([call('DELETE', path), call('POST', path, {})]);
      expect([kicked.status, added.status]).toEqual([200, 200]);
      expect((await ada.closed).code).toBe(CLOSE.kicked);
      const { room } = await call('GET', `/rooms/${ROOM}`);
      const back = await (await user('ada')).connect();
      const came = codeOf(await back.request('room:join', { roomId: ROOM }));
      expect(came).toBe(room.participants === 1 ? 'room:joined' : 'room_locked');
      back.send('session:bye');
      await back.closed;
    }
  });

  it('[CT0] never expect more than have a place', async () => {
    const { call, user } = await startBackend();
    await call('POST', `/rooms/${ROOM}`, { max: 4, emptySeconds: 60, userId: 'first' });
    const replies = await Promise.all(
      Array.from({ length: 10 }, (_, n) => call('POST', `/rooms/${ROOM}/users/user-${n}`, {})),
    );
    expect(replies.filter(({ status }) => status === 200)).toHaveLength(3);
    expect(replies.filter(({ code }) => code === 'room_full')).toHaveLength(7);
    const stranger = await (await user('stranger')).connect();
    expect(codeOf(await stranger.request('room:join', { roomId: ROOM }))).toBe('room_full');
  });

  it('[RM5] make one room of those that have the same id', async () => {
    const { call } = await startBackend();
    const made = await Promise.all(
      Array.from({ length: 8 }, (_, n) => call('POST', `/rooms/${ROOM}`, { userId: `user-${n}` })),
    );
    const first = made.find(({ status }) => status === 201);
    expect(made.filter(({ code }) => code === 'room_exists')).toHaveLength(7);
    const { users } = await call('POST', `/rooms/${ROOM}/users/zoe`, {});
    expect(users.map(({ id }: { id: string }) => id)).toEqual([first?.userId, 'zoe']);
  });

  it('[CT0] delete the room while users are added: nobody is left of it', async () => {
    const { call } = await startBackend();
    for (let round = 0; round < 10; round += 1) {
      await call('POST', `/rooms/${ROOM}`, { userId: 'ada' });
      const replies = await Promise.all([
        call('POST', `/rooms/${ROOM}/users/ben`, {}),
        call('DELETE', `/rooms/${ROOM}`),
        call('POST', `/rooms/${ROOM}/users/cem`, {}),
      ]);
      expect(replies[1]).toMatchObject({ status: 200, count: 0 });
      for (const { status } of replies) expect([200, 404]).toContain(status);
      expect(await call('POST', `/rooms/${ROOM}`, { userId: 'dan' })).toMatchObject({
        status: 201,
        users: [{ id: 'dan' }],
      });
      await call('DELETE', `/rooms/${ROOM}`);
    }
  });
});

describe('a guest whose login has expired', () => {
  it('[CT0] is expected no longer', async () => {
    const clock = new FakeClock(Date.now());
    const { call, stage } = await startBackend({}, { clock });
    const keys = await secretKeys(SECRET);
    const backend = async () => {
      const claims: MintedClaims = { sub: 'backend', role: 'service' };
      const minting = { keys, issuer: 'parley', audience: 'parley', now: clock.now(), lifetimeSeconds: 600 };
      return stage.bearer('backend', await mintToken(claims, minting));
    };
    const guest = await stage.guest();
    await call('POST', `/rooms/${ROOM}`, { max: 2, persistent: true, userId: guest.userId });
    await call('POST', `/rooms/${ROOM}/users/ada`, {});
    clock.jump(2 * WEEK_MS);
    clock.advance(120_000);
    expect(await call('POST', `/rooms/${ROOM}/users/ben`, {}, await backend())).toMatchObject({
      status: 200,
      users: [{ id: 'ada' }, { id: 'ben' }],
    });
  });
});
