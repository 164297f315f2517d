import { describe, expect, it } from 'vitest';
import { EDITABLE_MS } from '../../src/chat/chat.ts';
import { MessageIds } from '../../src/chat/message-ids.ts';
import { randomIds } from '../../src/domain/ids.ts';
import { CHARACTERS_PER_SECOND, PACE_MS } from '../../src/lib/paced-sends.ts';
import { MESSAGE_REACTIONS, METADATA_CHARACTERS, USER_INFO_CHARACTERS } from '../../src/protocol/limits.ts';
import { BANS_PER_ROOM } from '../../src/rooms/bans.ts';
import { INVITATIONS_KEPT } from '../../src/rooms/invitations.ts';
import { RIGHTS_PER_ROOM } from '../../src/rooms/rights.ts';
import type { Overrides } from '../../src/server.ts';
import {
  FULL_LINE_PAUSE_MS,
  KNOCKS_PER_NETWORK,
  KNOCKS_PER_ROOM,
} from '../../src/signaling/live-rooms/knock-bounds.ts';
import { KNOCK_MS } from '../../src/signaling/live-rooms/knocks.ts';
import { ROOM_MESSAGES } from '../../src/store/sqlite/chat-writes.ts';
import { Database } from '../../src/store/sqlite/driver.ts';
import { FakeClock } from '../support/fakes/clock.ts';
import { createRoom } from '../support/server/api.ts';
import { temporaryDatabase } from '../support/server/database.ts';
import { ask, chatting, say } from './chatting.ts';
import { invite, join } from './hosting.ts';
import { codeOf, type Guest, type Stage, startStage } from './stage.ts';

/** A room with people who chat, and a second hand at its database. */
async function filled(overrides: Overrides = {}) {
  const DATABASE_PATH = temporaryDatabase();
  const room = await chatting({}, { DATABASE_PATH }, overrides);
  /** Runs these statements in one transaction. */
  const fill = (sql: string, rows: readonly (readonly unknown[])[]): void => {
    const database = new Database(DATABASE_PATH);
    const statement = database.prepare(sql);
    database.transaction(() => {
      for (const row of rows) statement.run(...row);
    })();
    database.close();
  };
  const addUsers = (count: number, idLength = 1): string[] => {
    const ids = Array.from({ length: count }, (_, n) => `user-${n}`.padEnd(idLength, '-'));
    fill(
      "INSERT INTO users (id, kind, created_at) VALUES (?, 'guest', 0)",
      ids.map((id) => [id]),
    );
    return ids;
  };
  return { ...room, fill, addUsers };
}

const TOO_MANY = { status: 409, body: { code: 'limit_reached' } };

describe('the newest messages of a room', () => {
  it('[CH4] are 10,000: one more takes the oldest along, and pages tell all that stay', async () => {
    const { on, roomId, ann, fill } = await filled();
    const ids = new MessageIds({ clock: { now: () => Date.now() - 60_000 }, ids: randomIds, until: 0 });
    fill(
      'INSERT INTO messages (room_id, id, number, user_id, message, created_at) VALUES (?, ?, ?, ?, ?, 0)',
      Array.from({ length: ROOM_MESSAGES.max }, (_, n) => [
        roomId,
        ids.next(),
        n + 1,
        ann.guest.userId,
        `${n}`,
      ]),
    );
    await say(ann, `${ROOM_MESSAGES.max}`);
    const texts: string[] = [];
    let before = '';
    do {
      const page = await ask(on, ann.guest, 'GET', `/rooms/${roomId}/chat?limit=100${before}`);
      texts.unshift(...page.body.items.map(({ message }: { message: string }) => message));
      before = page.body.nextCursor === null ? '' : `&before=${page.body.nextCursor}`;
    } while (before !== '');
    expect(texts.length).toBeLessThanOrEqual(10_000);
    expect(texts.length).toBeGreaterThanOrEqual(9_800);
    const first = ROOM_MESSAGES.max + 1 - texts.length;
    expect(texts).toEqual(texts.map((_, n) => `${first + n}`));
  });
});

describe('a message', () => {
  it('[CH2] has 500 reactions at most, also by one more of a kind', async () => {
    const { on, roomId, ann, ben, fill, addUsers } = await filled();
    const { id } = await say(ann, 'Hello');
    fill(
      "INSERT INTO message_reactions (room_id, message_id, emoji, user_id) VALUES (?, ?, '👍', ?)",
      addUsers(MESSAGE_REACTIONS.all - 1).map((userId) => [roomId, id, userId]),
    );
    const reaction = { id, emoji: '👍', on: true };
    expect(codeOf(await ann.request('chat:react', reaction))).toBe('chat:reactions');
    expect(codeOf(await ben.request('chat:react', reaction))).toBe('too_large');
    const path = `/rooms/${roomId}/chat/${id}/reactions/${encodeURIComponent('👍')}`;
    expect(await ask(on, ben.guest, 'PUT', path)).toMatchObject({ status: 413, body: { code: 'too_large' } });
    expect(codeOf(await ann.request('chat:react', { ...reaction, on: false }))).toBe('chat:reactions');
    expect((await ask(on, ben.guest, 'PUT', path)).status).toBe(200);
  });

  it('[CH2] with many reactions is told to others within a second, however often somebody reacts', async () => {
    const clock = new FakeClock(Date.now());
    const { on, roomId, ann, ben, fill, addUsers } = await filled({ clock });
    const { id } = await say(ann, 'Hello');
    fill(
      "INSERT INTO message_reactions (room_id, message_id, emoji, user_id) VALUES (?, ?, '👍', ?)",
      addUsers(MESSAGE_REACTIONS.all - 1, 64).map((userId) => [roomId, id, userId]),
    );
    const heard = () => ben.frames.filter(({ event }) => event === 'chat:reactions');
    for (let n = 0; n < 200; n += 1) {
      const answer = await ann.request('chat:react', { id, emoji: '👍', on: n % 2 === 0 });
      expect(codeOf(answer)).toBe('chat:reactions');
    }
    expect(codeOf(await ann.request('chat:react', { id, emoji: '👎', on: true }))).toBe('chat:reactions');
    await ben.settled();
    const characters = heard().reduce((sum, { payload }) => sum + JSON.stringify(payload).length, 0);
    expect(characters).toBeLessThan(1.1 * CHARACTERS_PER_SECOND);
    expect(heard().length).toBeLessThan(200);
    clock.advance(PACE_MS);
    await ben.settled();
    const newest = await ask(on, ben.guest, 'GET', `/rooms/${roomId}/chat`);
    expect(heard().at(-1)?.payload).toEqual({ id, roomId, reactions: newest.body.items[0].reactions });
    expect(newest.body.items[0].reactions['👎']).toEqual([ann.guest.userId]);
  });

  it('[CH2] can be edited for six hours, and deleted after that', async () => {
    const { on, roomId, ben, fill } = await filled();
    const { id } = await say(ben, 'Hello');
    const age = (ms: number) =>
      fill('UPDATE messages SET created_at = ? WHERE id = ?', [[Date.now() - ms, id]]);
    age(EDITABLE_MS - 60_000);
    expect(codeOf(await ben.request('chat:edit', { id, message: 'in time' }))).toBe('chat:edited');
    age(EDITABLE_MS + 1);
    expect(codeOf(await ben.request('chat:edit', { id, message: 'late' }))).toBe('forbidden');
    const late = await ask(on, ben.guest, 'PATCH', `/rooms/${roomId}/chat/${id}`, { message: 'late' });
    expect(late).toMatchObject({ status: 403, body: { code: 'forbidden' } });
    expect(codeOf(await ben.request('chat:react', { id, emoji: '👍', on: true }))).toBe('chat:reactions');
    expect(codeOf(await ben.request('chat:delete', { id }))).toBe('chat:deleted');
  });
});

describe('those who wait', () => {
  /** Knocks over HTTP from one of many networks. */
  async function knock({ server }: Stage, { token }: Guest, roomId: string, network: number) {
    const response = await fetch(`${server.url}/rooms/${roomId}/join`, {
      method: 'POST',
      headers: { Authorization: `Bearer ${token}`, 'X-Forwarded-For': `198.51.100.${network}` },
      body: '{}',
    });
    return { status: response.status, body: await response.json() };
  }

  it('[KN4] are 100 in a room, from however many networks, and 30 of one', async () => {
    const stage = await startStage({ TRUSTED_PROXIES: '127.0.0.1' });
    const owner = await stage.guest('Ann');
    const { id: roomId } = await createRoom(stage.server.url, owner.token, { waitingRoom: true });
    const host = await owner.inside(roomId);
    for (let n = 0; n < KNOCKS_PER_ROOM; n += 1) {
      const network = Math.floor(n / KNOCKS_PER_NETWORK);
      expect((await knock(stage, await stage.guest(), roomId, network)).status).toBe(202);
      if ((n + 1) % KNOCKS_PER_NETWORK !== 0) continue;
      const neighbour = await knock(stage, await stage.guest(), roomId, network);
      expect(neighbour).toMatchObject({ status: 429, body: { code: 'rate_limited' } });
    }
    const late = await stage.guest();
    const full = { code: 'rate_limited', retryAfterMs: FULL_LINE_PAUSE_MS };
    expect(await knock(stage, late, roomId, 99)).toMatchObject({ status: 429, body: full });
    const person = await late.connect({ headers: { 'X-Forwarded-For': '198.51.100.98' } });
    expect((await person.request('room:join', { roomId })).payload).toMatchObject(full);
    const { items } = await (await stage.get(`/rooms/${roomId}/knocks`, owner.token)).json();
    expect(items).toHaveLength(KNOCKS_PER_ROOM);
    expect(codeOf(await host.request('room:refuse', { knockId: items[0].knockId }))).toBe('ack');
    expect(await join(person, roomId)).toBe('knock:waiting');
  });

  it('[KN4] hear that nobody answered after ten minutes', async () => {
    const clock = new FakeClock(Date.now());
    const stage = await startStage({}, { clock });
    const owner = await stage.guest('Ann');
    const { id: roomId } = await createRoom(stage.server.url, owner.token, { waitingRoom: true });
    const [host, ben] = [await owner.inside(roomId), await (await stage.guest('Ben')).connect()];
    expect(await join(ben, roomId)).toBe('knock:waiting');
    const cat = await stage.guest('Cat');
    expect((await knock(stage, cat, roomId, 1)).status).toBe(202);
    const step = 20_000;
    for (let waited = step; waited < KNOCK_MS; waited += step) {
      clock.advance(step);
      for (const person of [host, ben]) await person.settled();
    }
    expect(ben.events()).not.toContain('error');
    clock.advance(step);
    const { payload } = await ben.next('error');
    expect(payload).toMatchObject({
      code: 'knock_refused',
      message: expect.stringContaining('nobody answered'),
    });
    await host.settled();
    expect(host.frames.findLast(({ event }) => event === 'room:knocks')?.payload).toEqual({ items: [] });
    // Nobody has refused them: they may knock at once.
    expect(await join(ben, roomId)).toBe('knock:waiting');
    expect((await knock(stage, cat, roomId, 1)).status).toBe(202);
  });
});

describe('what hosts give and take', () => {
  it('[RM6] is 1,000 bans of a room: of one more the user stays', async () => {
    const { on, roomId, ann, ben, fill, addUsers } = await filled();
    fill(
      'INSERT INTO room_bans (room_id, user_id, banned_at) VALUES (?, ?, 0)',
      addUsers(BANS_PER_ROOM).map((userId) => [roomId, userId]),
    );
    const ban = { peerId: ben.peerId, ban: true };
    expect(codeOf(await ann.request('room:kick', ban))).toBe('limit_reached');
    expect(codeOf(await ben.request('ping'))).toBe('pong');
    const { body } = await ask(on, ann.guest, 'GET', `/rooms/${roomId}/bans?limit=1`);
    expect(body.items).toHaveLength(BANS_PER_ROOM);
    expect((await ask(on, ann.guest, 'DELETE', `/rooms/${roomId}/bans/user-0`)).status).toBe(204);
    expect(codeOf(await ann.request('room:kick', ban))).toBe('ack');
  });

  it('[RM6][RM12] is rights of 10,000 users: one more gets none, whoever has some can get others', async () => {
    const { on, roomId, ann, ben, fill, addUsers } = await filled();
    expect(codeOf(await ann.request('room:host', { peerId: ben.peerId, host: true }))).toBe('ack');
    fill(
      'INSERT INTO room_rights (room_id, user_id, host) VALUES (?, ?, 0)',
      addUsers(RIGHTS_PER_ROOM - 1).map((userId) => [roomId, userId]),
    );
    const cem = await (await on.guest('Cem')).inside(roomId);
    const { peerId } = cem;
    expect(codeOf(await ann.request('room:host', { peerId, host: true }))).toBe('limit_reached');
    expect(codeOf(await ann.request('room:send', { peerId, send: ['audio'] }))).toBe('limit_reached');
    const path = `/rooms/${roomId}/participants/${peerId}`;
    expect(await ask(on, ann.guest, 'PATCH', path, { host: true })).toMatchObject(TOO_MANY);
    const secret = await invite(on, ann.guest, roomId);
    const dan = await on.guest('Dan');
    expect(await join(await dan.connect(), roomId, { invite: secret })).toBe('limit_reached');
    expect(await ask(on, dan, 'POST', `/rooms/${roomId}/join`, { invite: secret })).toMatchObject(TOO_MANY);
    const mute = { peerId: ben.peerId, send: ['audio'] };
    expect(codeOf(await ann.request('room:send', mute))).toBe('ack');
    await cem.settled();
    expect(cem.events()).not.toContain('peer:host');
  });

  it('[RM12] is 200 invitations with those that are used up, of which the oldest make room', async () => {
    const { on, roomId, ann, fill } = await filled();
    fill(
      `INSERT INTO room_invitations (id, room_id, hash, uses, used, created_at) VALUES (?, ?, ?, 1, 1, ?)`,
      Array.from({ length: INVITATIONS_KEPT }, (_, n) => [`used-${n}`, roomId, Buffer.from(`${n}`), n]),
    );
    await invite(on, ann.guest, roomId);
    const { body } = await ask(on, ann.guest, 'GET', `/rooms/${roomId}/invitations`);
    expect(body.items).toHaveLength(INVITATIONS_KEPT);
    expect([body.items[0].id, body.items.at(-1).used]).toEqual(['used-1', 0]);
  });
});

describe('what people tell of themselves and of a room', () => {
  const emoji = '🙂';

  it('[RM1][RM11] is 4,096 characters of JSON and a name of 64', async () => {
    const { on, roomId, ann } = await chatting();
    const userInfo = 'x'.repeat(USER_INFO_CHARACTERS - 2);
    const displayName = emoji.repeat(64);
    expect(codeOf(await ann.request('peer:update', { displayName, userInfo }))).toBe('ack');
    for (const more of [{ userInfo: `${userInfo}x` }, { displayName: `${displayName}x` }]) {
      expect(codeOf(await ann.request('peer:update', more))).toBe('invalid_message');
    }
    const cem = await (await on.guest('Cem')).connect();
    expect(await join(cem, roomId, { userInfo: `${userInfo}x` })).toBe('invalid_message');
    const path = `/rooms/${roomId}/join`;
    expect((await ask(on, cem.guest, 'POST', path, { userInfo: `${userInfo}x` })).status).toBe(400);
    expect((await ask(on, cem.guest, 'POST', path, { userInfo })).status).toBe(200);
    const { payload } = await cem.request('room:join', { roomId, userInfo });
    expect(payload).toMatchObject({ peers: [{ displayName, userInfo }, {}] });
  });

  it('is 4,096 characters of JSON of a room’s `metadata`, a name of 100, and 2 to 50 people', async () => {
    const { on, roomId, ann } = await chatting();
    const [metadata, name] = [emoji.repeat(METADATA_CHARACTERS - 2), emoji.repeat(100)];
    const set = async (fields: object) =>
      (await ask(on, ann.guest, 'PATCH', `/rooms/${roomId}`, fields)).status;
    for (const fields of [{ metadata }, { name }, { max: 2 }, { max: 50 }, { emptySeconds: 86_400 }]) {
      expect([fields, await set(fields)]).toEqual([fields, 200]);
    }
    for (const fields of [
      { metadata: `${metadata}x` },
      { name: `${name}x` },
      { max: 1 },
      { max: 51 },
      { emptySeconds: 86_401 },
    ]) {
      expect([fields, await set(fields)]).toEqual([fields, 400]);
      expect((await ask(on, ann.guest, 'POST', '/rooms', fields)).status).toBe(400);
    }
  });
});
