import fc from 'fast-check';
import * as v from 'valibot';
import { describe, expect, it } from 'vitest';
import { REGISTRATION_INVITES } from '../../src/accounts/invites.ts';
import { CreateInviteReply, InvitesReply, TokensReply } from '../../src/protocol/bodies.ts';
import { api } from '../support/server/api.ts';
import { startStage } from './stage.ts';

const HOUR_MS = 3_600_000;

describe('/invites', () => {
  it('gives the secret of an invitation once, and lists it without', async () => {
    const { server, create, list } = await start();
    const expiresAt = new Date(Date.now() + HOUR_MS).toISOString();
    const made = await create({ uses: 3, expiresAt });
    expect(made.status).toBe(201);
    const { id, url } = v.parse(CreateInviteReply, await made.json());
    const secret = url.replace(`${server.url}/register?invite=`, '');
    expect(secret).toMatch(/^[\w-]{43}$/);
    const plain = v.parse(CreateInviteReply, await (await create({})).json());
    const createdAt = expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
    expect(await list()).toEqual({
      items: [
        { id, uses: 3, used: 0, createdAt, expiresAt },
        { id: plain.id, uses: null, used: 0, createdAt, expiresAt: null },
      ],
      nextCursor: null,
    });
    expect(JSON.stringify(await list())).not.toContain(secret);
  });

  it('begins the address of an invitation with PUBLIC_URL', async () => {
    const { create } = await start({ PUBLIC_URL: 'https://calls.example.org' });
    expect((await (await create({})).json()).url).toMatch(
      /^https:\/\/calls\.example\.org\/register\?invite=[\w-]{43}$/,
    );
  });

  it('deletes an invitation, once', async () => {
    const { create, list, remove } = await start();
    const { id } = await (await create({})).json();
    expect([(await remove(id)).status, (await list()).items]).toEqual([204, []]);
    for (const none of [id, 'none', '__proto__', '%00']) {
      const refused = await remove(none);
      expect([refused.status, (await refused.json()).code]).toEqual([404, 'not_found']);
    }
  });

  it('refuses fields that make no sense, and stores nothing then', async () => {
    const { create, list } = await start();
    const past = new Date(Date.now() - 1).toISOString();
    const wrong = [
      ['uses', [0, -1, 1.5, '3', 1e12, true]],
      [
        'expiresAt',
        [past, '', 'tomorrow', '2999-02-30T00:00:00Z', '2999-01-01', '2999-01-01T00:00:00', 1e12],
      ],
    ] as const;
    for (const [path, values] of wrong) {
      for (const value of values) {
        const refused = await create({ [path]: value });
        expect([value, refused.status]).toEqual([value, 400]);
        expect(await refused.json()).toMatchObject({ code: 'validation_failed', errors: [{ path }] });
      }
    }
    expect((await list()).items).toEqual([]);
    const there = await create({ uses: null, expiresAt: '2999-01-01T01:00:00+01:00' });
    expect(there.status).toBe(201);
    expect((await list()).items).toMatchObject([{ uses: null, expiresAt: '2999-01-01T00:00:00.000Z' }]);
  });

  it('keeps a bounded number of invitations that can be used', async () => {
    const { create, list, remove } = await start();
    for (let n = 0; n < REGISTRATION_INVITES; n += 1) expect((await create({})).status).toBe(201);
    const refused = await create({});
    expect([refused.status, (await refused.json()).code]).toEqual([403, 'forbidden']);
    const { items } = await list();
    expect(items.length).toBe(REGISTRATION_INVITES);
    await remove(items[0]?.id ?? '');
    expect((await create({})).status).toBe(201);
  });

  it('are for admins: guests and tokens without the role get 403, and are told why', async () => {
    const { server, get, guest } = await startStage();
    const { token } = await guest();
    for (const ask of [
      () => get('/invites', token),
      () =>
        fetch(`${server.url}/invites`, {
          method: 'POST',
          headers: { Authorization: `Bearer ${token}` },
          body: '{',
        }),
      () =>
        fetch(`${server.url}/invites/none`, {
          method: 'DELETE',
          headers: { Authorization: `Bearer ${token}` },
        }),
    ]) {
      const refused = await ask();
      expect(refused.status).toBe(403);
      expect(await refused.json()).toMatchObject({
        code: 'forbidden',
        detail: expect.stringContaining('Only an admin may do this.'),
      });
    }
  });

  it('[HT4] lists them whole, and refuses what is no limit and no cursor of the list', async () => {
    const { list, create, statusOf } = await start();
    for (let n = 0; n < 2; n += 1) await create({});
    expect((await list('?limit=1')).items).toHaveLength(2);
    for (const query of ['?limit=0', '?limit=101', '?after=x']) {
      expect(await statusOf(query), query).toBe(400);
    }
  });

  it('answers any body with an invitation or a problem', async () => {
    const { create } = await start();
    const odd = fc.oneof(fc.string(), fc.integer(), fc.double(), fc.constant(null), fc.jsonValue());
    const bodies = fc.record({ uses: odd, expiresAt: odd }, { requiredKeys: [] });
    await fc.assert(
      fc.asyncProperty(fc.oneof(bodies, fc.jsonValue()), async (body) => {
        expect([201, 400, 403]).toContain((await create(body)).status);
      }),
      { numRuns: 200 },
    );
  });
});

/** A server, and its admin's requests. */
async function start(environment: Readonly<Record<string, string>> = {}) {
  const stage = await startStage(environment);
  const { url, setupToken: token } = stage.server;
  const body = { token, email: 'ada@example.org', password: 'correct horse' };
  const { accessToken } = await api(url, '/setup', { reply: TokensReply, body });
  const headers = { Authorization: `Bearer ${accessToken}` };
  return {
    ...stage,
    create: (fields: unknown) =>
      fetch(`${url}/invites`, { method: 'POST', headers, body: JSON.stringify(fields) }),
    list: async (query = '') =>
      v.parse(InvitesReply, await (await fetch(`${url}/invites${query}`, { headers })).json()),
    statusOf: async (query: string) => (await fetch(`${url}/invites${query}`, { headers })).status,
    remove: (id: string) => fetch(`${url}/invites/${id}`, { method: 'DELETE', headers }),
  };
}
