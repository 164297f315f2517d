import { describe, expect, it } from 'vitest';
import { secretKeys } from '../../src/accounts/keys.ts';
import { mintToken } from '../../src/accounts/mint.ts';
import type { UserId } from '../../src/domain/ids.ts';
import { MeReply, TokensReply } from '../../src/protocol/bodies.ts';
import { codeOf, startStage } from '../over-the-wire/stage.ts';
import { SECRET } from '../support/server/accounts.ts';
import { api } from '../support/server/api.ts';
import { onTerminal, parley, serve } from '../support/server/command-line.ts';
import { temporaryDatabase, temporaryStore } from '../support/server/database.ts';
import { freePort } from '../support/server/process.ts';
import type { TestServer } from '../support/server/server.ts';
import { until } from '../support/until.ts';

const PASSWORD = 'correct horse';

describe('parley admin create', () => {
  it('[TK7] makes an admin with the password on a line of stdin', async () => {
    const path = temporaryDatabase();
    const made = await parley(['admin', 'create', 'Ada@Example.org'], path, `${PASSWORD}\n`);
    expect(made).toEqual({ code: 0, out: 'Ada@Example.org is an admin now.\n', err: '' });
    const { admins, credentials, users } = temporaryStore(path);
    const account = await credentials.findByEmail('ada@example.org');
    expect(await users.find(account?.userId ?? '')).toMatchObject({
      kind: 'registered',
      role: 'admin',
      email: 'Ada@Example.org',
    });
    expect(await admins.ids()).toEqual([account?.userId]);
    expect(account?.passwordHash).toMatch(/^\$scrypt\$/);
  });

  it('[TK7] makes an admin of an account without asking for a password, and says so', async () => {
    const path = temporaryDatabase();
    register(path);
    const before = temporaryStore(path).credentials.findByEmail('ada@example.org');
    expect(await parley(['admin', 'create', 'ADA@example.org'], path)).toEqual({
      code: 0,
      out: 'ADA@example.org is an admin now, with the same password as before.\n',
      err: '',
    });
    expect((await parley(['admin', 'create', 'ada@example.org'], path)).out).toContain('is an admin already');
    expect(await temporaryStore(path).credentials.findByEmail('ada@example.org')).toEqual(before);
  });

  it.each([
    ['short\n', 'The password must be at least 8 characters'],
    [`${'x'.repeat(129)}\n`, 'The password must be at most 128 characters'],
    ['', 'No password was given'],
  ])('[TK7] changes nothing if the password is %j', async (input, message) => {
    const path = temporaryDatabase();
    const { code, out, err } = await parley(['admin', 'create', 'ada@example.org'], path, input);
    expect([code, out]).toEqual([1, '']);
    expect(err).toContain(message);
    expect(err).not.toContain('    at ');
    expect(await temporaryStore(path).admins.exist()).toBe(false);
  });

  it('[TK7] asks twice on a terminal, and shows no password', async () => {
    const path = temporaryDatabase();
    const other = await onTerminal(['admin', 'create', 'ada@example.org'], path, [PASSWORD, 'another horse']);
    expect(other.code).toBe(1);
    expect(other.shown).toContain('The two passwords differ.');
    const same = await onTerminal(['admin', 'create', 'ada@example.org'], path, [PASSWORD, PASSWORD]);
    expect(same.code).toBe(0);
    expect(same.shown).toContain('Password of ada@example.org: ');
    expect(same.shown).toContain('The same password again: ');
    expect(same.shown).toContain('ada@example.org is an admin now.');
    expect(other.shown + same.shown).not.toContain('horse');
  });

  it.each([
    [['admin', 'create'], 1, 'Whose? Try `parley admin create ada@example.org`.'],
    [['admin', 'create', 'ada'], 1, '"ada" must be an e-mail address'],
    [['admin', 'dance'], 2, 'parley knows no command "admin dance"'],
    [['admin', 'create', 'ada@example.org', 'more'], 2, 'parley knows no command'],
  ])('refuses %j', async (argv, code, message) => {
    const refused = await parley(argv, temporaryDatabase());
    expect(refused.code).toBe(code);
    expect(refused.err).toContain(message);
  });
});

describe('beside the running server, parley admin create', () => {
  it('[TK7] gives rights at once to a token and a session that are there', async () => {
    const { server, get, bearer, room, guest } = await startStage({ JWT_SECRET: SECRET });
    const path = server.config.databasePath;
    const userId = register(path);
    const keys = await secretKeys(SECRET);
    const minting = { keys, issuer: 'parley', audience: 'parley', now: Date.now(), lifetimeSeconds: 600 };
    const ada = bearer(userId, await mintToken({ sub: userId }, minting));
    const roomId = await room();
    const inside = await ada.inside(roomId);
    const ben = await (await guest('Ben')).inside(roomId);
    expect((await get('/invites', ada.token)).status).toBe(403);
    expect(codeOf(await inside.request('room:kick', { peerId: ben.peerId }))).toBe('forbidden');
    expect((await parley(['admin', 'create', 'ada@example.org'], path)).code).toBe(0);
    expect((await inside.request('room:kick', { peerId: ben.peerId })).event).toBe('ack');
    expect((await ben.closed).code).toBe(4003);
    expect((await get('/invites', ada.token)).status).toBe(200);
    const { user } = await api(server.url, '/auth/me', { reply: MeReply, token: ada.token });
    expect(user.role).toBe('admin');
  });

  it('[TK7] makes the token of the setup link worthless', async () => {
    const { server } = await startStage();
    await parley(['admin', 'create', 'ben@example.org'], server.config.databasePath, `${PASSWORD}\n`);
    const body = { token: server.setupToken, email: 'ada@example.org', password: PASSWORD };
    const refused = await fetch(`${server.url}/setup`, { method: 'POST', body: JSON.stringify(body) });
    expect([refused.status, (await refused.json()).code]).toEqual([403, 'forbidden']);
  });
});

describe('parley admin reset-link', () => {
  it('[TK7] prints a link alone, by which the running server takes a new password once', async () => {
    const { server, bearer } = await startStage();
    const path = server.config.databasePath;
    const { user, accessToken } = await signInAda(server);
    const session = await bearer(user.id, accessToken).connect();
    const { code, out, err } = await parley(['admin', 'reset-link', 'Ada@example.org'], path);
    expect([code, err]).toEqual([0, '']);
    const token = /^http:\/\/localhost:3001\/reset#token=([\w-]{43})\n$/.exec(out)?.[1];
    const reset = () =>
      fetch(`${server.url}/auth/reset`, {
        method: 'POST',
        body: JSON.stringify({ token, password: 'new horse' }),
      });
    expect((await reset()).status).toBe(204);
    expect((await session.closed).code).toBe(4001);
    expect((await reset()).status).toBe(401);
  });

  it('[TK7] begins the link with PUBLIC_URL, and voids older ones', async () => {
    const { server } = await startStage();
    await signInAda(server);
    const path = server.config.databasePath;
    const make = () =>
      parley(['admin', 'reset-link', 'ada@example.org'], path, '', {
        PUBLIC_URL: 'https://calls.example.org',
      });
    const tokens = [await make(), await make()].map(
      ({ out }) => /^https:\/\/calls\.example\.org\/reset#token=(\S+)\n$/.exec(out)?.[1],
    );
    const statuses: number[] = [];
    for (const token of tokens) {
      const body = JSON.stringify({ token, password: 'another horse' });
      statuses.push((await fetch(`${server.url}/auth/reset`, { method: 'POST', body })).status);
    }
    expect(statuses).toEqual([401, 204]);
  });

  it('[TK7] says if there is no such account, with exit code 1', async () => {
    const { code, out, err } = await parley(['admin', 'reset-link', 'ada@example.org'], temporaryDatabase());
    expect([code, out]).toEqual([1, '']);
    expect(err).toBe('No account has the e-mail address ada@example.org. Check it, and DATABASE_PATH.\n');
  });
});

describe('parley serve', () => {
  it.each(['silent', 'debug'])(
    '[TK7] prints the setup link in one line while there is no admin, with LOG_LEVEL=%s',
    async (LOG_LEVEL) => {
      const path = temporaryDatabase();
      const PORT = String(await freePort());
      const first = await serve(path, { LOG_LEVEL, PORT });
      await until(() => first.output().includes('Parley is up'));
      const [, token = ''] =
        new RegExp(`^Setup: http://localhost:${PORT}/setup#token=([\\w-]{43})$`, 'm').exec(first.output()) ??
        [];
      const body = { token, email: 'ada@example.org', password: PASSWORD };
      await api(`http://127.0.0.1:${PORT}`, '/setup', { reply: TokensReply, body });
      await first.stop();
      expect(first.output().split(token).length - 1, 'times that the output shows the token').toBe(1);
      for (const secret of [PASSWORD, 'ada@example.org']) expect(first.output()).not.toContain(secret);
      const second = await serve(path, { LOG_LEVEL, PORT });
      await second.stop();
      expect(second.output()).not.toContain('Setup:');
    },
  );

  it('[TK7] begins the setup link with PUBLIC_URL', async () => {
    const server = await serve(temporaryDatabase(), { PORT: '0', PUBLIC_URL: 'https://calls.example.org' });
    await until(() => /^Setup: https:\/\/calls\.example\.org\/setup#token=[\w-]{43}$/m.test(server.output()));
    await server.stop();
  });
});

/** Registers Ada, who has no login. Returns her id. */
function register(path: string): UserId {
  const userId = 'ada' as UserId;
  temporaryStore(path).credentials.register({
    userId,
    isGuest: false,
    username: 'ada',
    displayName: null,
    email: 'ada@example.org',
    emailKey: 'ada@example.org',
    passwordHash: '',
    role: null,
    at: Date.now(),
    invite: null,
    token: null,
  });
  return userId;
}

/** Registers Ada, and signs her in. */
function signInAda({ url, setupToken: token }: TestServer): Promise<TokensReply> {
  const body = { token, email: 'ada@example.org', password: PASSWORD };
  return api(url, '/setup', { reply: TokensReply, body });
}
