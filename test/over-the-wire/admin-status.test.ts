import * as v from 'valibot';
import { describe, expect, it } from 'vitest';
import { ServerStatusReply } from '../../src/protocol/admin-bodies.ts';
import { ENDPOINTS, type Endpoint, ERRORS_OF_ALL } from '../../src/protocol/endpoints.ts';
import { temporaryStore } from '../support/server/database.ts';
import { startAdmins } from './admins.ts';

const ISO = expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);

const FOR_ADMINS = Object.entries<Endpoint>(ENDPOINTS).filter(([, { who }]) => who === 'admin');

describe('what only admins may', () => {
  it('[AD1] is 403 for users, guests, backends, tokens for a room and whoever was an admin a moment ago', async () => {
    const { ask, act, guest, external, register, admin, room } = await startAdmins();
    const former = await register('ben@example.org');
    await act('PUT', `/users/${former.userId}/role`, { role: 'admin' });
    expect((await act('GET', '/admin/status', undefined, former.token))[0]).toBe(200);
    await act('PUT', `/users/${former.userId}/role`, { role: null });
    const here = { id: await room(), admin: true };
    const refused = {
      former,
      user: await register('zoe@example.org'),
      guest: await guest(),
      backend: await external('backend', { role: 'service' }),
      'almost an admin': await external('almost', { role: 'Admin' }),
      'for one room': await external('inside', { role: 'admin', room: here }),
    };
    expect(FOR_ADMINS.length).toBeGreaterThan(15);
    for (const [name, { method, path }] of FOR_ADMINS) {
      const filled = path.replace(':id', admin.userId).replace(':loginId', 'none');
      for (const [who, { token }] of Object.entries(refused)) {
        const body = method === 'GET' ? undefined : '{';
        const response = await ask(method, filled, token, body);
        expect([name, who, response.status, (await response.json()).code]).toEqual([
          name,
          who,
          403,
          'forbidden',
        ]);
      }
    }
    expect((await act('GET', '/admin/status'))[0]).toBe(200);
  });

  it('[AD1] opens to a token of a backend with the role `admin`, and to no cookie', async () => {
    const { external, ask, admin } = await startAdmins();
    const { token } = await external('runner', { role: 'admin' });
    expect((await ask('GET', '/admin/status', token)).status).toBe(200);
    const cookie = {
      Cookie: `token=${admin.token}; accessToken=${admin.token}`,
      Origin: 'https://evil.example',
    };
    const asked = await ask('POST', '/admin/webhooks/resume', undefined, undefined, cookie);
    expect(asked.status).toBe(401);
  });
});

describe('odd ids and bodies', () => {
  it('[HT2] are answered with a problem that is documented, never with 500', async () => {
    const { ask, admin } = await startAdmins();
    const ids = [
      '%00',
      '__proto__',
      'constructor',
      '%ED%A0%80',
      '%',
      '%F0%9F%91%8D',
      'a'.repeat(3_000),
      admin.userId,
    ];
    const bodies = [
      undefined,
      '',
      '{',
      '[]',
      'null',
      '{"role":{}}',
      '{"__proto__":{"role":"admin"}}',
      '"'.repeat(70_000),
    ];
    const wrong: string[] = [];
    const keep = new Set(['endUserLogins', 'rotateKeys', 'createBackup']);
    for (const [name, { method, path, errors }] of FOR_ADMINS) {
      for (const id of keep.has(name) ? ids.slice(0, 2) : ids) {
        for (const body of method === 'GET' ? [undefined] : bodies) {
          const filled = path.replace(':id', id).replace(':loginId', id);
          const response = await ask(method, filled, admin.token, body);
          if (response.ok) continue;
          const { code } = await response.json();
          if (!['not_found', ...ERRORS_OF_ALL, ...errors].includes(code) || code === 'internal') {
            wrong.push(`${name} ${id.slice(0, 20)} ${body?.slice(0, 20)}: ${response.status} ${code}`);
          }
        }
      }
    }
    expect(wrong).toEqual([]);
  });
});

describe('GET /admin/status', () => {
  it('[AD1] tells of versions, sessions, rooms, certificate, backup and relay', async () => {
    const { act, room, guest } = await startAdmins();
    const here = await room();
    const ben = await (await guest()).inside(here);
    await (await guest()).connect();
    ben.cut();
    await expect
      .poll(async () => v.parse(ServerStatusReply, (await act('GET', '/admin/status'))[1]).sessions)
      .toEqual({ live: 1, suspended: 1 });
    const [, status] = await act('GET', '/admin/status');
    expect(status).toEqual({
      version: expect.stringMatching(/^\d+\.\d+\.\d+/),
      commit: expect.any(String),
      versions: {
        node: process.versions.node,
        uWebSockets: expect.stringMatching(/^\d+\./),
        sqlite: expect.stringMatching(/^3\./),
        koffi: expect.any(String),
      },
      startedAt: ISO,
      sessions: { live: 1, suspended: 1 },
      rooms: 1,
      certificate: { kind: 'none', names: [], expiresAt: null, lastError: null },
      backup: { lastAt: null, file: null, bytes: null, nextAt: null, lastError: null },
      relay: { status: 'off', problems: [] },
      doctor: null,
    });
  });

  it('[AD1] has what doctor found the last time, and null for anything else that is stored there', async () => {
    const { act, server } = await startAdmins();
    const { settings } = temporaryStore(server.config.databasePath);
    const line = { id: 'clock', status: 'ok', tried: 'compare clocks', result: 'equal', todo: '' };
    const result = { at: '2026-11-28T10:00:00.000Z', status: 'ok', lines: [line] };
    for (const [stored, shown] of [
      [JSON.stringify(result), result],
      ['{', null],
      ['{"at":"now","status":"fine","lines":[]}', null],
    ] as const) {
      await settings.write('doctor', stored);
      expect(await act('GET', '/admin/status')).toMatchObject([200, { doctor: shown }]);
    }
  });

  it('[AD1] has the backup that POST /admin/backup has just made', async () => {
    const { act, logged } = await startAdmins();
    const [status, body] = await act('POST', '/admin/backup');
    expect([status, body]).toMatchObject([
      201,
      {
        backup: {
          lastAt: ISO,
          file: expect.stringContaining('parley-'),
          bytes: expect.any(Number),
          lastError: null,
        },
      },
    ]);
    expect(await act('GET', '/admin/status')).toMatchObject([200, body]);
    expect(logged('an admin acted')).toMatchObject([{ action: 'createBackup', file: expect.any(String) }]);
  });
});

describe('GET /admin/limits', () => {
  it('[AD1] tells which limits clients ran into, how often, and when', async () => {
    const { act, server } = await startAdmins({ GUESTS_PER_MINUTE: '1' });
    expect(await act('GET', '/admin/limits')).toEqual([200, { items: [], nextCursor: null }]);
    const guests = () => fetch(`${server.url}/auth/guest`, { method: 'POST', body: '{}' });
    const statuses = [(await guests()).status, (await guests()).status, (await guests()).status];
    expect(statuses).toEqual([201, 429, 429]);
    expect(await act('GET', '/admin/limits')).toEqual([
      200,
      { items: [{ limit: expect.any(String), count: 2, lastAt: ISO }], nextCursor: null },
    ]);
    for (const query of ['limit=0', 'after=x']) {
      expect(await act('GET', `/admin/limits?${query}`)).toEqual([400, 'validation_failed']);
    }
  });
});
