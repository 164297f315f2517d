import * as v from 'valibot';
import { describe, expect, it } from 'vitest';
import { ResetLinkReply } from '../../src/protocol/admin-bodies.ts';
import { LoginsReply, TokensReply } from '../../src/protocol/bodies.ts';
import { api, signIn } from '../support/server/api.ts';
import { temporaryStore } from '../support/server/database.ts';
import { loginOf } from './accounts.ts';
import { type AdminStage, PASSWORD, startAdmins } from './admins.ts';

const UNAUTHORIZED = { code: 4001, reason: 'unauthorized' };

describe('PUT /users/:id/role', () => {
  it('[AD3] counts at once: for the next request, and for sessions that are open', async () => {
    const { act, register, room } = await startAdmins();
    const [ben, zoe] = [await register('ben@example.org'), await register('zoe@example.org')];
    const here = await room();
    const [inside, witness] = [await ben.inside(here), await zoe.inside(here)];
    const seesStatus = async () => (await act('GET', '/admin/status', undefined, ben.token))[0];
    expect(await seesStatus()).toBe(403);
    for (const [role, host, status] of [
      ['admin', true, 200],
      [null, false, 403],
    ] as const) {
      expect(await act('PUT', `/users/${ben.userId}/role`, { role })).toMatchObject([
        200,
        { user: { id: ben.userId, role, email: 'ben@example.org' } },
      ]);
      expect(await seesStatus()).toBe(status);
      expect((await witness.next('peer:host')).payload).toEqual({ peerId: inside.peerId, host });
    }
  });

  it('[AD3] changes nothing if it is the same again, and refuses guests, strangers and anything but a role', async () => {
    const { act, guest, register, admin } = await startAdmins();
    const ben = await register('ben@example.org');
    const role = (id: string, body: object) => act('PUT', `/users/${id}/role`, body);
    for (const _ of [1, 2]) expect((await role(ben.userId, { role: 'admin' }))[0]).toBe(200);
    expect(await role(admin.userId, { role: 'admin' })).toMatchObject([200, { user: { role: 'admin' } }]);
    for (const _ of [1, 2]) expect((await role(ben.userId, { role: null }))[0]).toBe(200);
    const { userId } = await guest();
    expect(await role(userId, { role: 'admin' })).toEqual([403, 'forbidden']);
    expect((await role(userId, { role: null }))[0]).toBe(200);
    expect(await role('nobody', { role: null })).toEqual([404, 'user_not_found']);
    for (const body of [{}, { role: 'owner' }, { role: 1 }, { role: ['admin'] }]) {
      expect(await role(ben.userId, body)).toEqual([400, 'validation_failed']);
    }
  });

  it('[AD3] leaves the last admin in place, oneself too', async () => {
    const { act, admin, external } = await startAdmins();
    const runner = await external('runner', { role: 'admin' });
    for (const by of [admin.token, runner.token]) {
      expect(await act('PUT', `/users/${admin.userId}/role`, { role: null }, by)).toEqual([
        409,
        'last_admin',
      ]);
    }
    expect((await act('GET', '/admin/status'))[0]).toBe(200);
  });

  it('[AD3] leaves one admin if all take the role from each other at the same time', async () => {
    const { act, admin, register, server } = await startAdmins();
    const admins = [admin];
    for (const name of ['b', 'c', 'd', 'e']) {
      const made = await register(`${name}@example.org`);
      await act('PUT', `/users/${made.userId}/role`, { role: 'admin' });
      admins.push(made);
    }
    const attempts = admins.flatMap(({ userId }) =>
      admins.map((by) => act('PUT', `/users/${userId}/role`, { role: null }, by.token)),
    );
    const statuses = (await Promise.all(attempts)).map(([status]) => status);
    expect(new Set(statuses.filter((status) => status !== 200))).toEqual(new Set([403, 409]));
    const { admins: stored } = temporaryStore(server.config.databasePath);
    expect(await stored.ids()).toHaveLength(1);
  });

  it('[AD3] is noticed if another process makes the admin meanwhile, and takes the role from that one too', async () => {
    const { act, admin, register, server } = await startAdmins();
    const ben = await register('ben@example.org');
    await temporaryStore(server.config.databasePath).admins.promote('ben@example.org');
    const [status] = await act('PUT', `/users/${admin.userId}/role`, { role: null }, ben.token);
    expect(status).toBe(200);
    expect(await act('GET', '/admin/status')).toEqual([403, 'forbidden']);
    expect(await act('PUT', `/users/${ben.userId}/role`, { role: null }, ben.token)).toEqual([
      409,
      'last_admin',
    ]);
  });
});

describe('an admin who lost the role', () => {
  it('[AD3][TK7] has it again as soon as another process gives it', async () => {
    const { act, register, server } = await startAdmins();
    const ben = await register('ben@example.org');
    const { admins } = temporaryStore(server.config.databasePath);
    const status = async () => (await act('GET', '/admin/status', undefined, ben.token))[0];
    for (let n = 0; n < 2; n += 1) {
      await admins.promote('ben@example.org');
      expect(await status()).toBe(200);
      await act('PUT', `/users/${ben.userId}/role`, { role: null });
      expect(await status()).toBe(403);
    }
  });
});

describe('the logins of others', () => {
  it('[AD4] are listed, and end one by one or all together, with their sessions', async () => {
    const stage = await startAdmins();
    const { act, register, get } = stage;
    const ben = await register('ben@example.org');
    const second = await logIn(stage, 'ben@example.org');
    const path = `/users/${ben.userId}/logins`;
    const [one, two] = [loginOf(ben.token), loginOf(second.accessToken)];
    const ids = async () =>
      v.parse(LoginsReply, (await act('GET', path))[1]).items.map(({ id, current }) => [id, current]);
    expect(new Map((await ids()) as [string, boolean][])).toEqual(
      new Map([
        [one, false],
        [two, false],
      ]),
    );
    const session = await ben.connect();
    expect(await act('DELETE', `${path}/${one}`)).toEqual([204, '']);
    expect(await session.closed).toMatchObject(UNAUTHORIZED);
    expect((await get('/auth/me', ben.token)).status).toBe(401);
    expect(await act('DELETE', `${path}/${one}`)).toEqual([404, 'not_found']);
    expect(await ids()).toEqual([[two, false]]);
    const other = await stage.bearer(ben.userId, second.accessToken).connect();
    for (const _ of [1, 2]) expect(await act('DELETE', path)).toEqual([204, '']);
    expect(await other.closed).toMatchObject(UNAUTHORIZED);
    expect(await ids()).toEqual([]);
  });

  it('[AD4] end only under the user whose they are, and not for somebody who is gone', async () => {
    const { act, register, admin } = await startAdmins();
    const ben = await register('ben@example.org');
    const own = loginOf(admin.token);
    expect(await act('DELETE', `/users/${ben.userId}/logins/${own}`)).toEqual([404, 'not_found']);
    expect(await act('GET', `/users/${admin.userId}/logins`)).toMatchObject([
      200,
      { items: [{ id: own, current: true }] },
    ]);
    for (const query of ['limit=0', 'after=x']) {
      expect(await act('GET', `/users/${ben.userId}/logins?${query}`)).toEqual([400, 'validation_failed']);
    }
    const [listed, deleted] = await Promise.all([
      act('GET', `/users/${ben.userId}/logins`),
      act('DELETE', `/users/${ben.userId}`, {}),
    ]);
    expect([listed[0] === 200 || listed[0] === 404, deleted[0]]).toEqual([true, 204]);
    for (const [method, path] of [
      ['GET', 'logins'],
      ['DELETE', 'logins'],
      ['DELETE', `logins/${loginOf(ben.token)}`],
      ['POST', 'reset-link'],
    ] as const) {
      expect(await act(method, `/users/${ben.userId}/${path}`)).toEqual([404, 'user_not_found']);
    }
  });
});

describe('POST /users/:id/reset-link', () => {
  it('[AD4] makes a link that sets a new password once, and voids the one before', async () => {
    const stage = await startAdmins();
    const { act, register, server, log } = stage;
    const ben = await register('ben@example.org');
    const make = async () =>
      v.parse(ResetLinkReply, (await act('POST', `/users/${ben.userId}/reset-link`))[1]);
    const [old, link] = [await make(), await make()];
    const days = (Date.parse(link.expiresAt) - Date.now()) / 86_400_000;
    expect([days > 0.99, days <= 1]).toEqual([true, true]);
    const secretOf = ({ url }: { url: string }) => url.replace(`${server.url}/reset#token=`, '');
    const reset = (token: string) => act('POST', '/auth/reset', { token, password: 'another horse' });
    expect(secretOf(link)).toMatch(/^[\w-]{43}$/);
    expect(await reset(secretOf(old))).toEqual([401, 'invalid_token']);
    expect(await reset(secretOf(link))).toEqual([204, '']);
    expect(await reset(secretOf(link))).toEqual([401, 'invalid_token']);
    expect(log.join('')).not.toContain(secretOf(link));
    await api(server.url, '/auth/login', {
      reply: TokensReply,
      body: { email: 'ben@example.org', password: 'another horse' },
    });
  });

  it('[AD4] is refused for whom a password would be of no use', async () => {
    const { act, external, server } = await startAdmins();
    const { user } = await signIn(server.url);
    await external('pupil');
    for (const id of [user.id, 'pupil']) {
      expect(await act('POST', `/users/${id}/reset-link`)).toEqual([403, 'forbidden']);
    }
  });
});

describe('what admins do', () => {
  it('[AD7] is logged with who, what and to whom, without a secret; what they only look at is not', async () => {
    const { act, admin, register, room, guest, logged, log } = await startAdmins();
    const ben = await register('ben@example.org');
    const here = await room();
    const inside = await (await guest('Zoe')).inside(here);
    const user = `/users/${ben.userId}`;
    await act('GET', '/admin/status');
    await act('PUT', `${user}/role`, { role: 'admin' });
    await act('PUT', `${user}/role`, { role: 'owner' });
    await act('DELETE', `${user}/logins/${loginOf(ben.token)}`);
    const [, link] = await act('POST', `${user}/reset-link`);
    await act('PATCH', user, { displayName: 'Ben' });
    await act('PATCH', `/users/${admin.userId}`, { displayName: 'Ada' });
    await act('DELETE', `/rooms/${here}/participants/${inside.peerId}?ban=true`);
    await act('DELETE', `/rooms/${here}`);
    await act('DELETE', user, {});
    const by = admin.userId;
    const id = ben.userId;
    expect(logged('an admin acted').map(({ time: _, level: __, message: ___, ...facts }) => facts)).toEqual([
      { action: 'setRole', by, id, role: 'admin' },
      { action: 'endUserLogin', by, id, loginId: loginOf(ben.token) },
      { action: 'createResetLink', by, id },
      { action: 'editUser', by, id },
      {
        action: 'kickParticipant',
        by,
        roomId: here,
        peerId: inside.peerId,
        userId: inside.guest.userId,
        ban: true,
      },
      { action: 'deleteRoom', by, roomId: here },
      { action: 'deleteUser', by, id },
    ]);
    const secret = new URL(v.parse(ResetLinkReply, link).url).hash.slice('#token='.length);
    for (const unwanted of [secret, admin.token, ben.token, PASSWORD])
      expect(log.join('')).not.toContain(unwanted);
  });
});

function logIn({ server }: AdminStage, email: string): Promise<TokensReply> {
  return api(server.url, '/auth/login', { reply: TokensReply, body: { email, password: PASSWORD } });
}
