import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import type { Environment } from '../../src/config/config.ts';
import { openStore } from '../../src/store/sqlite/open.ts';
import { cheapPasswords } from '../support/server/accounts.ts';
import { createRoom } from '../support/server/api.ts';
import { type Stage, startStage } from './stage.ts';

const PASSWORD = 'correct horse';
const ANN = { email: 'Ann@Example.org', password: PASSWORD };

/** A server whose password hashes cost almost nothing, and requests to it. */
async function start(environment: Environment = {}) {
  const stage = await startStage(environment, { passwords: cheapPasswords() });
  return { ...stage, ...requests(stage) };
}

function requests({ server }: Stage) {
  const post = async (path: string, body: unknown, token?: string) => {
    const response = await fetch(server.url + path, {
      method: 'POST',
      headers: token === undefined ? {} : { Authorization: `Bearer ${token}` },
      body: JSON.stringify(body),
    });
    const text = await response.text();
    return { status: response.status, body: text === '' ? {} : JSON.parse(text), headers: response.headers };
  };
  return {
    post,
    register: (body: object, token?: string) => post('/auth/register', body, token),
    me: async (token: string) =>
      (await fetch(`${server.url}/auth/me`, { headers: { Authorization: `Bearer ${token}` } })).json(),
  };
}

describe('registering', () => {
  it('[AC1] gives an account, whose e-mail address is kept as written, and signs in', async () => {
    const { register, me } = await start();
    const { status, body } = await register({ ...ANN, username: 'ann', displayName: ' Ann A. ' });
    expect(status).toBe(201);
    expect(body).toMatchObject({
      user: {
        kind: 'registered',
        username: 'ann',
        displayName: 'Ann A.',
        email: 'Ann@Example.org',
        role: null,
      },
      expiresInSeconds: 900,
    });
    expect((await me(body.accessToken)).user).toEqual(body.user);
    const plain = await register({ email: 'bob@example.org', password: PASSWORD });
    expect(plain.body.user).toMatchObject({ username: null, displayName: null });
  });

  it('[AC1] is refused if address or username is taken, ignoring case, and changes nothing', async () => {
    const { register, post } = await start();
    await post('/auth/guest', { username: 'Guest' });
    await register({ ...ANN, username: 'ann' });
    const codeOf = async (body: object) => {
      const reply = await register(body);
      return [reply.status, reply.body.code];
    };
    expect(await codeOf({ ...ANN, email: 'aNN@eXample.org' })).toEqual([409, 'email_taken']);
    const bob = { email: 'bob@example.org', password: PASSWORD };
    for (const username of ['ANN', 'guest']) {
      expect(await codeOf({ ...bob, username })).toEqual([409, 'username_taken']);
    }
    expect((await post('/auth/login', bob)).status).toBe(401);
    expect((await register({ ...bob, username: 'bob' })).status).toBe(201);
  });

  it('[AC1] twice at once with one address has one winner', async () => {
    const { register, post } = await start();
    const replies = await Promise.all(
      ['one', 'two', 'three', 'four'].map((username) => register({ ...ANN, username })),
    );
    const codes = replies.map(({ status, body }) => body.code ?? status).sort();
    expect(codes).toEqual([201, 'email_taken', 'email_taken', 'email_taken']);
    const winner = replies.find(({ status }) => status === 201)?.body.user;
    expect((await post('/auth/login', ANN)).body.user).toEqual(winner);
    // The losers' usernames are free.
    for (const username of ['one', 'two', 'three', 'four'].filter((name) => name !== winner.username)) {
      expect((await post('/auth/guest', { username })).status).toBe(201);
    }
  });

  it('[AC1] as a guest keeps id, rooms, login, tokens and open sessions, and counts at once', async () => {
    const { server, register, me, post, bearer } = await start();
    const guest = (await post('/auth/guest', { username: 'ann', displayName: 'Ann' })).body;
    const { id: roomId } = await createRoom(server.url, guest.accessToken);
    const person = await bearer(guest.user.id, guest.accessToken).inside(roomId);
    const { status, body } = await register(ANN, guest.accessToken);
    expect(status).toBe(201);
    const expected = {
      id: guest.user.id,
      kind: 'registered',
      username: 'ann',
      displayName: 'Ann',
      email: ANN.email,
    };
    expect(body.user).toMatchObject({ ...expected, createdAt: guest.user.createdAt });
    const sid = (token: string) =>
      JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString()).sid;
    expect(sid(body.accessToken)).toBe(sid(guest.accessToken));
    for (const token of [guest.accessToken, body.accessToken])
      expect((await me(token)).user).toMatchObject(expected);
    // A host still: the room is the same user's.
    expect((await person.request('room:lock', { locked: true })).event).toBe('ack');
    // What guests may not do, with the token from before [RM5].
    expect((await post('/rooms', { persistent: true }, guest.accessToken)).status).toBe(201);
    for (const refreshToken of [guest.refreshToken, body.refreshToken]) {
      expect((await post('/auth/refresh', { refreshToken })).status).toBe(200);
    }
    expect((await post('/auth/login', ANN)).body.user.id).toBe(guest.user.id);
  });

  it('[AC1] as a guest may set names, and take its own again', async () => {
    const { register, post } = await start();
    const guest = (await post('/auth/guest', { username: 'ann', displayName: 'Ann' })).body;
    const { body } = await register({ ...ANN, username: 'ANN', displayName: 'Ann A.' }, guest.accessToken);
    expect(body.user).toMatchObject({ id: guest.user.id, username: 'ANN', displayName: 'Ann A.' });
  });

  it('is for guests and strangers: others are registered already, and a guest once', async () => {
    const { register, post } = await start();
    const { accessToken } = (await register(ANN)).body;
    const again = await register({ ...ANN, email: 'bob@example.org' }, accessToken);
    expect([again.status, again.body.code]).toEqual([409, 'already_registered']);
    const guest = (await post('/auth/guest', {})).body.accessToken;
    const emails = ['one@example.org', 'two@example.org', 'three@example.org'];
    const replies = await Promise.all(emails.map((email) => register({ ...ANN, email }, guest)));
    expect(replies.map(({ body, status }) => body.code ?? status).sort()).toEqual([
      201,
      'already_registered',
      'already_registered',
    ]);
  });

  it('[AC3] refuses a token that isn’t good, before the body is looked at: a guest would lose its rooms', async () => {
    const { server, register, post } = await start();
    const out = (await post('/auth/guest', {})).body.accessToken;
    await post('/auth/logout', {}, out);
    for (const token of ['not.a.token', out]) {
      const { status, body } = await register({ email: 'no' }, token);
      expect([status, body.code]).toEqual([401, 'unauthorized']);
    }
    for (const authorization of ['Basic YTpi', 'Bearer', '']) {
      const response = await fetch(`${server.url}/auth/register`, {
        method: 'POST',
        headers: { Authorization: authorization },
        body: JSON.stringify(ANN),
      });
      expect([authorization, response.status]).toEqual([authorization, 401]);
      expect(response.headers.get('www-authenticate')).toMatch(/^Bearer /);
    }
    expect((await register(ANN)).status).toBe(201);
  });
});

describe('who may register', () => {
  it('[AC3] is nobody under REGISTRATION=closed, guests included; who is there stays', async () => {
    const { register, post } = await start({ REGISTRATION: 'closed' });
    const guest = (await post('/auth/guest', {})).body;
    for (const token of [undefined, guest.accessToken]) {
      const { status, body } = await register({ ...ANN, invite: 'any' }, token);
      expect([status, body.code]).toEqual([403, 'registration_closed']);
    }
    expect((await post('/auth/refresh', { refreshToken: guest.refreshToken })).status).toBe(200);
  });

  it('are bearers of an invitation under REGISTRATION=invite, which is used up once per account', async () => {
    const { server, register, post } = await start({ REGISTRATION: 'invite' });
    const store = openStore(server.config.databasePath);
    const hash = createHash('sha256').update('secret').digest();
    store.registrationInvites.insert({ id: 'i', hash, uses: 2, createdAt: Date.now(), expiresAt: null }, 9);
    const used = () => store.registrationInvites.list(Date.now())[0]?.used;
    for (const invite of [undefined, '', 'wrong']) {
      const { status, body } = await register({ ...ANN, invite });
      expect([status, body.code]).toEqual([403, 'invite_required']);
    }
    expect((await register({ ...ANN, invite: 'secret' })).status).toBe(201);
    expect((await register({ ...ANN, invite: 'secret' })).body.code).toBe('email_taken');
    expect(used()).toBe(1);
    const guest = (await post('/auth/guest', {})).body.accessToken;
    const late = ['bob', 'cid', 'dan'].map((name) =>
      register(
        { ...ANN, email: `${name}@example.org`, invite: 'secret' },
        name === 'bob' ? guest : undefined,
      ),
    );
    const codes = (await Promise.all(late)).map(({ body, status }) => body.code ?? status).sort();
    expect(codes).toEqual([201, 'invite_required', 'invite_required']);
    expect(used()).toBe(2);
    store.close();
  });

  it('[AC3] is said of guests by GUESTS=off: no new ones, and an account takes none', async () => {
    const { server, register, post } = await start({ GUESTS: 'off' });
    const { status, body } = await post('/auth/guest', {});
    expect([status, body.code]).toEqual([403, 'guests_off']);
    expect((await register(ANN)).status).toBe(201);
    expect(await (await fetch(server.url)).text()).toContain('data-registration="open" data-guests="off"');
  });
});
