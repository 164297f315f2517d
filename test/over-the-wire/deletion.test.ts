import * as v from 'valibot';
import { describe, expect, it } from 'vitest';
import { TOKENS_AT_ONCE } from '../../src/accounts/deletion.ts';
import { MeReply, Problem, TokensReply } from '../../src/protocol/bodies.ts';
import { Database } from '../../src/store/sqlite/driver.ts';
import { FakeClock } from '../support/fakes/clock.ts';
import { SECRET } from '../support/server/accounts.ts';
import { api, createRoom, signIn } from '../support/server/api.ts';
import { temporaryDatabase } from '../support/server/database.ts';
import { connectRaw } from '../support/server/ws-client.ts';
import { loginOf, minted, post, problemCode, remove } from './accounts.ts';
import { codeOf, type Stage, startStage } from './stage.ts';

const UNAUTHORIZED = { code: 4001, reason: 'unauthorized' };
const ROOM_CLOSED = { code: 4005, reason: 'room_closed' };
const PASSWORD = 'correct horse';
const SHARED = { JWT_SECRET: SECRET };

describe('the deletion of an account', () => {
  it('[AC5] ends logins, tokens and sessions at once: others see that the user left', async () => {
    const stage = await startStage();
    const roomId = await stage.room();
    const { user, accessToken, refreshToken } = await signIn(stage.server.url, { username: 'ann' });
    const guest = stage.bearer(user.id, accessToken);
    const [ann, ben] = [await guest.inside(roomId), await (await stage.guest()).inside(roomId)];
    const away = await guest.connect();
    away.cut();
    expect((await remove(stage, `/users/${user.id}`, accessToken)).status).toBe(204);
    expect(await ann.closed).toEqual(UNAUTHORIZED);
    expect((await ben.next('peer:left')).payload).toEqual({ peerId: ann.peerId, reason: 'left' });
    expect(await away.resume().closed).toEqual(UNAUTHORIZED);
    for (const response of [
      await stage.get('/auth/me', accessToken),
      await post(stage, '/auth/refresh', { refreshToken }),
      await remove(stage, `/users/${user.id}`, accessToken),
    ]) {
      expect(await problemCode(response)).toBe('unauthorized');
    }
    expect((await signIn(stage.server.url, { username: 'ANN' })).user.username).toBe('ANN');
  });

  it('[AC5] removes its rooms, even persistent ones: whoever is inside is put out', async () => {
    const stage = await startStage();
    const ann = await register(stage);
    const rooms = [
      await createRoom(stage.server.url, ann.accessToken, { persistent: true }),
      await createRoom(stage.server.url, ann.accessToken, { password: PASSWORD }),
    ];
    const others = await stage.room();
    const inside = await (await stage.guest()).inside(rooms[0]?.id ?? '');
    const elsewhere = await (await stage.guest()).inside(others);
    expect((await removeSelf(stage, ann, { password: PASSWORD })).status).toBe(204);
    expect(await inside.closed).toEqual(ROOM_CLOSED);
    const late = await stage.person();
    for (const { id: roomId } of rooms) {
      expect(codeOf(await late.request('room:join', { roomId, password: PASSWORD }))).toBe('room_not_found');
    }
    expect((await elsewhere.request('ping')).event).toBe('pong');
  });

  it('[AC5] puts everybody out of however many rooms of the user', async () => {
    const stage = await startStage();
    const { user, accessToken } = await signIn(stage.server.url);
    const inside = await Promise.all(
      Array.from({ length: 25 }, async () => {
        const { id } = await createRoom(stage.server.url, accessToken);
        return (await stage.guest()).inside(id);
      }),
    );
    expect((await remove(stage, `/users/${user.id}`, accessToken)).status).toBe(204);
    for (const person of inside) expect(await person.closed).toEqual(ROOM_CLOSED);
  });

  it('[AC5] of somebody with more tokens than anybody needs goes in steps, and leaves nothing', async () => {
    const DATABASE_PATH = temporaryDatabase();
    const stage = await startStage({ DATABASE_PATH });
    const { user, accessToken, refreshToken } = await signIn(stage.server.url);
    const session = await stage.bearer(user.id, accessToken).connect();
    const database = new Database(DATABASE_PATH);
    const add = database.prepare('INSERT INTO refresh_tokens (hash, login_id, expires_at) VALUES (?, ?, ?)');
    database.transaction(() => {
      for (let n = 0; n <= TOKENS_AT_ONCE; n += 1) add.run(Buffer.from(`${n}`), loginOf(accessToken), n);
    })();
    expect((await remove(stage, `/users/${user.id}`, accessToken)).status).toBe(204);
    expect(await session.closed).toEqual(UNAUTHORIZED);
    expect(await problemCode(await post(stage, '/auth/refresh', { refreshToken }))).toBe('unauthorized');
    expect(await problemCode(await stage.get('/auth/me', accessToken))).toBe('unauthorized');
    for (const table of ['users', 'logins', 'refresh_tokens']) {
      expect(database.prepare(`SELECT count(*) FROM ${table}`).pluck().get()).toBe(0);
    }
    database.close();
  });

  it('[AC5] takes the password of an account that has one, and frees its e-mail address', async () => {
    const stage = await startStage();
    const ann = await register(stage);
    for (const body of [{}, { password: '' }, { password: 'wrong horse' }]) {
      const refused = await removeSelf(stage, ann, body);
      expect([refused.status, await problemCode(refused)]).toEqual([403, 'wrong_password']);
    }
    for (const password of [7, null, ['x'], 'x'.repeat(129)]) {
      expect(await problemCode(await removeSelf(stage, ann, { password }))).toBe('validation_failed');
    }
    expect((await stage.get('/auth/me', ann.accessToken)).status).toBe(200);
    expect((await removeSelf(stage, ann, { password: PASSWORD })).status).toBe(204);
    const account = { email: 'ann@example.org', password: PASSWORD };
    expect(await problemCode(await post(stage, '/auth/login', account))).toBe('invalid_credentials');
    expect((await register(stage)).user.id).not.toBe(ann.user.id);
  });

  it('[AC5] is nobody else’s to make, whether the user exists or not', async () => {
    const stage = await startStage(SHARED);
    const [ann, ben] = [await signIn(stage.server.url), await signIn(stage.server.url)];
    const backend = await minted({ sub: 'backend', role: 'service' });
    const visitor = await minted({ sub: ann.user.id, room: { id: await stage.room() } });
    const refusals = await Promise.all(
      [
        remove(stage, `/users/${ann.user.id}`, ben.accessToken),
        remove(stage, '/users/nobody', ben.accessToken),
        remove(stage, `/users/${ann.user.id}`, backend),
        remove(stage, `/users/${ann.user.id}`, visitor),
      ].map(async (response) => problemCode(await response)),
    );
    expect(refusals).toEqual(['forbidden', 'forbidden', 'forbidden', 'forbidden']);
    expect((await stage.get('/auth/me', ann.accessToken)).status).toBe(200);
  });

  it('[AC5] lets go of bans: a user who is made anew may come in', async () => {
    const clock = wholeSecond();
    const stage = await startStage(SHARED, { clock });
    const owner = await stage.guest();
    const { id: roomId } = await createRoom(stage.server.url, owner.token);
    const host = await owner.inside(roomId);
    const before = stage.bearer('eve', await minted({ sub: 'eve', iat: clock.now() / 1_000 }));
    const eve = await before.inside(roomId);
    await host.request('room:kick', { peerId: eve.peerId, ban: true });
    expect((await remove(stage, '/users/eve', before.token)).status).toBe(204);
    clock.advance(1_000);
    const after = stage.bearer('eve', await minted({ sub: 'eve', iat: clock.now() / 1_000 }));
    expect((await after.inside(roomId)).welcomed.user.id).toBe('eve');
  });
});

describe('the deletion of a user by an admin', () => {
  it('[AC5] needs no password, but for the admin’s own account', async () => {
    const stage = await startStage();
    const { ada, ann } = { ada: await firstAdmin(stage), ann: await register(stage) };
    const session = await stage.bearer(ann.user.id, ann.accessToken).connect();
    expect((await remove(stage, `/users/${ann.user.id}`, ada.accessToken)).status).toBe(204);
    expect(await session.closed).toEqual(UNAUTHORIZED);
    expect(await problemCode(await remove(stage, `/users/${ann.user.id}`, ada.accessToken))).toBe(
      'user_not_found',
    );
    const asked = v.parse(Problem, await (await removeSelf(stage, ada, {})).json());
    expect(asked).toMatchObject({ code: 'wrong_password', detail: expect.stringContaining('`password`') });
  });

  it('[AC5][TK7] of the last one, by itself: the next start prints a setup link again', async () => {
    const DATABASE_PATH = temporaryDatabase();
    const stage = await startStage({ DATABASE_PATH });
    const ada = await firstAdmin(stage);
    expect((await removeSelf(stage, ada, { password: PASSWORD })).status).toBe(204);
    await stage.server.close();
    const next = await startStage({ DATABASE_PATH });
    expect(next.server.setupToken).toBeDefined();
    expect((await firstAdmin(next)).user).toMatchObject({ role: 'admin', email: 'ada@example.org' });
  });

  it('[AC5] holds for the tokens of a backend: a later one makes the user anew, no other does', async () => {
    const clock = wholeSecond();
    const stage = await startStage(SHARED, { clock });
    const now = clock.now() / 1_000;
    const token = (iat: number | undefined) =>
      minted({ sub: 'customer-17', name: 'Cem', ...(iat === undefined ? {} : { iat }) });
    const [silent, early, same] = [await token(undefined), await token(now - 60), await token(now)];
    const session = await stage.bearer('customer-17', early).connect();
    for (const known of [silent, same]) expect((await stage.get('/auth/me', known)).status).toBe(200);
    const admin = await minted({ sub: 'backend', role: 'admin' });
    expect((await remove(stage, '/users/customer-17', admin)).status).toBe(204);
    expect(await session.closed).toEqual(UNAUTHORIZED);
    for (const old of [silent, early, same]) expect((await stage.get('/auth/me', old)).status).toBe(401);
    clock.advance(1_000);
    const later = await token(now + 1);
    const { user } = await api(stage.server.url, '/auth/me', { reply: MeReply, token: later });
    expect(user).toMatchObject({ id: 'customer-17', kind: 'external', displayName: 'Cem' });
    for (const old of [silent, early, same]) {
      expect((await stage.get('/auth/me', old)).status).toBe(401);
      expect(await connectRaw({ wsUrl: stage.server.wsUrl, token: old }).closed).toEqual(UNAUTHORIZED);
    }
    expect((await stage.get('/auth/me', later)).status).toBe(200);
  });

  it('[AC5] holds for a token of a guest whom a backend speaks for', async () => {
    const stage = await startStage(SHARED);
    const { user, accessToken } = await signIn(stage.server.url);
    const backends = await minted({ sub: user.id });
    expect((await stage.get('/auth/me', backends)).status).toBe(200);
    expect((await remove(stage, `/users/${user.id}`, backends)).status).toBe(204);
    for (const token of [backends, accessToken])
      expect((await stage.get('/auth/me', token)).status).toBe(401);
  });
});

/** A clock that shows a whole second, as `iat` does. */
function wholeSecond(): FakeClock {
  return new FakeClock(Math.floor(Date.now() / 1_000) * 1_000);
}

function register(stage: Stage): Promise<TokensReply> {
  const body = { email: 'ann@example.org', password: PASSWORD };
  return api(stage.server.url, '/auth/register', { reply: TokensReply, body });
}

function firstAdmin(stage: Stage): Promise<TokensReply> {
  const body = { token: stage.server.setupToken, email: 'ada@example.org', password: PASSWORD };
  return api(stage.server.url, '/setup', { reply: TokensReply, body });
}

function removeSelf(stage: Stage, { user, accessToken }: TokensReply, body: object): Promise<Response> {
  return remove(stage, `/users/${user.id}`, accessToken, body);
}
