import { describe, expect, it } from 'vitest';
import { RoomReply } from '../../src/protocol/bodies.ts';
import { api, createRoom } from '../support/server/api.ts';
import { temporaryDatabase } from '../support/server/database.ts';
import { codeOf, type Person, startStage } from './stage.ts';

const PASSWORD = 'open sesame';

/** Ways to leave while the password is still being checked. */
const ENDS = {
  'the tab is closed': (person: Person) => person.socket.close(1001),
  'the call is left for good': (person: Person) => person.send('session:bye'),
  'they log out': (person: Person, url: string) =>
    fetch(`${url}/auth/logout`, {
      method: 'POST',
      headers: { Authorization: `Bearer ${person.guest.token}` },
    }).then(() => {}),
} as const;

describe('somebody who logs out while a password is hashed for a request', () => {
  it('[HT3] creates no room, and gets 401', async () => {
    const { stage, roomId } = await restarted();
    const { url } = stage.server;
    for (const [method, path] of [
      ['POST', '/rooms'],
      ['GET', `/connect/${roomId}`],
    ] as const) {
      const { token } = await stage.guest();
      const headers = { Authorization: `Bearer ${token}`, Accept: 'application/json' };
      const asked = fetch(url + path, {
        method,
        headers: { ...headers, 'X-Room-Password': PASSWORD },
        ...(method === 'POST' && { body: JSON.stringify({ password: PASSWORD }) }),
      });
      const out = await fetch(`${url}/auth/logout`, { method: 'POST', headers });
      expect([out.status, (await asked).status]).toEqual([204, 401]);
    }
  });
});

describe('somebody who leaves while their password is checked', () => {
  it.each(Object.entries(ENDS))('[RM1] never enters the room: %s', async (_, goes) => {
    const { stage, owner, roomId } = await restarted();
    const { url } = stage.server;
    const ghost = await stage.person();
    ghost.send('room:join', { roomId, password: PASSWORD });
    await goes(ghost, url);
    expect((await ghost.closed).code).not.toBe(1006);
    // Checks run in order: when two later ones are done, the first one is too.
    for (const name of ['Ben', 'Cem']) {
      const person = await (await stage.guest(name)).connect();
      expect(codeOf(await person.request('room:join', { roomId, password: 'close sesame' }))).toBe(
        'wrong_password',
      );
    }
    const { room } = await api(url, `/rooms/${roomId}`, { reply: RoomReply, token: owner.token });
    expect(room.participants).toBe(0);
    for (const name of ['Dan', 'Eve']) {
      const person = await (await stage.guest(name)).connect();
      expect(codeOf(await person.request('room:join', { roomId, password: PASSWORD }))).toBe('room:joined');
    }
  });

  it('[SE3][RM1] joins if only the connection was lost, and learns it after the resume', async () => {
    const { stage, roomId } = await restarted();
    const ann = await stage.person();
    ann.send('room:join', { roomId, password: PASSWORD }, 1);
    ann.cut();
    const back = ann.resume();
    expect((await back.welcome).payload.resumed).toBe(true);
    expect((await back.next('room:joined')).payload.room.participants).toBe(1);
  });
});

/** A room for two whose password isn't remembered, so that it has to be hashed. */
async function restarted() {
  const DATABASE_PATH = temporaryDatabase();
  const before = await startStage({ DATABASE_PATH });
  const { token, userId } = await before.guest('Ann');
  const { id: roomId } = await createRoom(before.server.url, token, { password: PASSWORD, max: 2 });
  await before.server.close();
  const stage = await startStage({ DATABASE_PATH });
  return { stage, owner: stage.bearer(userId, token), roomId };
}
