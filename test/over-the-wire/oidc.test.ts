import fc from 'fast-check';
import * as v from 'valibot';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { CODE_MS, FLOW_MS } from '../../src/accounts/oidc/oidc.ts';
import type { Environment } from '../../src/config/config.ts';
import { createLog } from '../../src/lib/log.ts';
import { MeReply, Problem, TokensReply } from '../../src/protocol/bodies.ts';
import type { Overrides } from '../../src/server.ts';
import { FakeClock } from '../support/fakes/clock.ts';
import { startProvider, type TestProvider } from '../support/oidc/provider.ts';
import { codeIn, Visitor } from '../support/oidc/visitor.ts';
import { api } from '../support/server/api.ts';
import { startStage } from './stage.ts';

const ROOM = '3f2b8c1e-9d4a-4c57-8b6f-0a1d2e3c4b5a';
const ADA = { as: 'ada' };
const CODE = /^\/#code=[\w-]{43}$/;

let provider: TestProvider;
beforeAll(async () => {
  provider = await startProvider();
});
afterAll(() => provider.goDown());
beforeEach(() => {
  provider.people.clear();
  provider.people.set('ada', {
    name: 'Ada Lovelace',
    preferred_username: 'ada',
    picture: 'https://example.org/ada.png',
    email: 'ada@example.org',
    email_verified: true,
  });
});

async function serve(environment: Environment = {}, overrides: Overrides = {}) {
  const stage = await startStage(
    { SIGN_INS_PER_MINUTE: '10000', ...provider.settings, ...environment },
    overrides,
  );
  const { url } = stage.server;
  await provider.sendBackTo(url);
  /** Signs in to the end. */
  const signIn = async (as: string, visitor = new Visitor()): Promise<TokensReply> => {
    const response = await visitor.finish(url, await visitor.signIn(url, { as }));
    return v.parse(TokensReply, await response.json());
  };
  return { ...stage, url, signIn };
}

async function codeOf(response: Response) {
  const { status, code } = v.parse(Problem, await response.json());
  return [status, code];
}

describe('sign-in at an OpenID provider', () => {
  it('[TK6] gives an external user with an id of our own, and its name, username and picture', async () => {
    const { url, signIn } = await serve();
    const { user, accessToken } = await signIn('ada');
    expect(user).toMatchObject({
      id: expect.stringMatching(/^[\w-]{21}$/),
      kind: 'external',
      username: 'ada',
      displayName: 'Ada Lovelace',
      avatarUrl: 'https://example.org/ada.png',
      email: null,
      role: null,
    });
    expect(await api(url, '/auth/me', { reply: MeReply, token: accessToken })).toEqual({ user });
  });

  it('[TK6] is the same user each time, with the profile of the last sign-in', async () => {
    const { signIn } = await serve();
    const { user } = await signIn('ada');
    provider.people.set('ada', { name: 'Countess', preferred_username: 'countess' });
    const again = await signIn('ada');
    expect(again.user).toMatchObject({ id: user.id, displayName: 'Countess', username: 'countess' });
    expect(again.user.avatarUrl).toBe('https://example.org/ada.png');
    expect((await signIn('bob')).user.id).not.toBe(user.id);
  });

  it('[TK6] sends the browser with PKCE, state and nonce, and takes it back to its room', async () => {
    const { url } = await serve();
    const visitor = new Visitor();
    const start = await visitor.request(`${url}/auth/oidc/start?room=${ROOM.toUpperCase()}`);
    expect(start.status).toBe(302);
    const { searchParams } = new URL(start.headers.get('location') ?? '');
    expect(Object.fromEntries(searchParams)).toEqual({
      client_id: 'parley',
      response_type: 'code',
      scope: 'openid profile',
      redirect_uri: `${url}/auth/oidc/callback`,
      code_challenge: expect.stringMatching(/^[\w-]{43}$/),
      code_challenge_method: 'S256',
      state: expect.stringMatching(/^[\w-]{43}$/),
      nonce: expect.stringMatching(/^[\w-]{43}$/),
    });
    expect(start.headers.get('set-cookie')).toMatch(
      /^parley-oidc=[\w-]{43}; Path=\/; Max-Age=660; HttpOnly; SameSite=Lax$/,
    );
    expect(await visitor.signIn(url, ADA, ROOM)).toMatch(new RegExp(`^/connect/${ROOM}#code=[\\w-]{43}$`));
  });

  it('[TK6] comes back with access_denied if the person refuses, and can begin again', async () => {
    const { url } = await serve();
    const visitor = new Visitor();
    expect(await visitor.signIn(url, 'refuse', ROOM)).toBe(`/connect/${ROOM}#error=access_denied`);
    expect(await visitor.signIn(url, 'refuse')).toBe('/#error=access_denied');
    expect(await visitor.signIn(url, ADA)).toMatch(CODE);
  });

  it('[TK6] comes back with sign_in_expired for a state that is wrong, used or another browser’s', async () => {
    const { url } = await serve();
    const [ann, eve] = [new Visitor(), new Visitor()];
    const callback = await ann.throughProvider(url, ADA);
    const expired = async (visitor: Visitor, at: string) =>
      expect((await visitor.request(at)).headers.get('location')).toBe('/#error=sign_in_expired');
    await eve.throughProvider(url, ADA);
    await expired(eve, callback);
    await expired(new Visitor(), callback);
    await expired(ann, callback.replace(/state=[\w-]+/, 'state=wrong'));
    await expired(ann, `${url}/auth/oidc/callback`);
    expect((await ann.request(callback)).headers.get('location')).toMatch(CODE);
    await expired(ann, callback);
  });

  it('[TK6] comes back to its room with sign_in_expired after ten minutes', async () => {
    const clock = new FakeClock(Date.now());
    const { url } = await serve({}, { clock });
    const visitor = new Visitor();
    const callback = await visitor.throughProvider(url, ADA, ROOM);
    clock.advance(FLOW_MS);
    const back = await visitor.request(callback);
    expect(back.headers.get('location')).toBe(`/connect/${ROOM}#error=sign_in_expired`);
  });

  it('[TK6] comes back with provider_failed if the code of the provider is not good', async () => {
    const { url } = await serve();
    const visitor = new Visitor();
    const callback = await visitor.throughProvider(url, ADA, ROOM);
    const back = await visitor.request(callback.replace(/code=[\w-]+/, 'code=wrong'));
    expect(back.headers.get('location')).toBe(`/connect/${ROOM}#error=provider_failed`);
  });

  it('[TK6] finishes once with its code, in its browser, within a minute', async () => {
    const clock = new FakeClock(Date.now());
    const { url } = await serve({}, { clock });
    const [ann, eve] = [new Visitor(), new Visitor()];
    const page = await ann.signIn(url, ADA);
    await eve.signIn(url, ADA);
    for (const visitor of [eve, new Visitor()]) {
      expect(await codeOf(await visitor.finish(url, page))).toEqual([401, 'invalid_code']);
    }
    clock.advance(CODE_MS - 1);
    expect((await ann.finish(url, page)).status).toBe(200);
    expect(await codeOf(await ann.finish(url, page))).toEqual([401, 'invalid_code']);
    const late = await ann.signIn(url, ADA);
    clock.advance(CODE_MS);
    expect(await codeOf(await ann.finish(url, late))).toEqual([401, 'invalid_code']);
  });

  it('[TK6] of one browser in two tabs at once finishes in both', async () => {
    const { url } = await serve();
    const visitor = new Visitor();
    const callbacks = [await visitor.throughProvider(url, ADA), await visitor.throughProvider(url, ADA)];
    for (const callback of callbacks) {
      const page = (await visitor.request(callback)).headers.get('location') ?? '';
      expect((await visitor.finish(url, page)).status).toBe(200);
    }
  });

  it('[TK6] of many at once with one code lets one win', async () => {
    const { url } = await serve();
    const visitor = new Visitor();
    const page = await visitor.signIn(url, ADA);
    const replies = await Promise.all(Array.from({ length: 20 }, () => visitor.finish(url, page)));
    expect(replies.map(({ status }) => status).sort()).toEqual([200, ...Array(19).fill(401)]);
  });

  it('[TK6] makes one user of the first two sign-ins at once', async () => {
    const { signIn } = await serve();
    const [one, other] = await Promise.all([signIn('ada'), signIn('ada')]);
    expect(one.user.id).toBe(other.user.id);
  });

  it('[TK6] makes and unmakes an admin at each sign-in, for all of the user’s logins at once', async () => {
    const { url, signIn } = await serve({ OIDC_ADMIN_CLAIM: 'groups:parley-admins' });
    const invite = async (token: string) =>
      (await fetch(`${url}/invites`, { method: 'POST', headers: { Authorization: `Bearer ${token}` } }))
        .status;
    const first = await signIn('ada');
    expect([first.user.role, await invite(first.accessToken)]).toEqual([null, 403]);
    provider.people.set('ada', { groups: ['users', 'parley-admins'] });
    const second = await signIn('ada');
    expect([second.user.role, await invite(first.accessToken)]).toEqual(['admin', 201]);
    provider.people.set('ada', { groups: ['users'] });
    expect((await signIn('ada')).user.role).toBeNull();
    expect(await invite(second.accessToken)).toBe(403);
  });

  it('[TK6] tells those in a call of a new name at the next sign-in', async () => {
    const { signIn, bearer, room, person } = await serve();
    const roomId = await room();
    const { user, accessToken } = await signIn('ada');
    const ada = await bearer(user.id, accessToken).inside(roomId);
    provider.people.set('ada', { name: 'Countess' });
    await signIn('ada');
    const ben = await person();
    const { payload } = await ben.request('room:join', { roomId });
    expect(JSON.stringify(payload)).toContain('"displayName":"Countess"');
    await ada.settled();
  });

  it('[TK6] leaves a taken username to who has it', async () => {
    const { url, signIn } = await serve();
    await fetch(`${url}/auth/guest`, { method: 'POST', body: '{"username":"ADA"}' });
    expect((await signIn('ada')).user).toMatchObject({ username: null, displayName: 'Ada Lovelace' });
  });

  it('[TK6] gives a guest who signs in another user, and works while registration is closed', async () => {
    const { url } = await serve({ REGISTRATION: 'closed', GUESTS: 'off' });
    const visitor = new Visitor();
    const page = await visitor.signIn(url, ADA);
    const response = await visitor.request(`${url}/auth/oidc/finish`, {
      method: 'POST',
      body: JSON.stringify({ code: codeIn(page) }),
      headers: { Authorization: 'Bearer of.a.guest' },
    });
    expect(v.parse(TokensReply, await response.json()).user.kind).toBe('external');
  });

  it('[TK6] accepts a key that the provider rotated a moment ago', async () => {
    const { signIn } = await serve();
    await signIn('ada');
    await provider.rotateKeys();
    expect((await signIn('ada')).user.displayName).toBe('Ada Lovelace');
  });

  it('[TK6] comes back with provider_failed if the provider goes down meanwhile', async () => {
    const { url } = await serve();
    const visitor = new Visitor();
    const callback = await visitor.throughProvider(url, ADA, ROOM);
    await provider.goDown();
    const back = await visitor.request(callback);
    await provider.comeUp();
    expect(back.headers.get('location')).toBe(`/connect/${ROOM}#error=provider_failed`);
    expect(await visitor.signIn(url, ADA)).toMatch(CODE);
  });

  it('answers any query and any body, and goes on', async () => {
    const { url, get } = await serve();
    const visitor = new Visitor();
    await visitor.request(`${url}/auth/oidc/start`);
    const text = fc.oneof(fc.string({ unit: 'grapheme' }), fc.webQueryParameters());
    const isFine = ({ status }: Response) => expect([200, 302, 400, 401]).toContain(status);
    await fc.assert(
      fc.asyncProperty(text, fc.jsonValue(), async (query, body) => {
        const encoded = encodeURIComponent(query);
        isFine(await visitor.request(`${url}/auth/oidc/callback?${encoded}`));
        isFine(await visitor.request(`${url}/auth/oidc/callback?state=${encoded}&code=${encoded}`));
        isFine(await get(`/auth/oidc/start?room=${encoded}`));
        const post = (of: unknown) =>
          visitor.request(`${url}/auth/oidc/finish`, { method: 'POST', body: JSON.stringify(of) });
        isFine(await post(body));
        isFine(await post({ code: body }));
      }),
      { numRuns: 40 },
    );
    expect(await visitor.signIn(url, ADA)).toMatch(CODE);
  });

  it('counts as a try to sign in, good or bad, if it is well-formed', async () => {
    const { url } = await serve({ SIGN_INS_PER_MINUTE: '2' });
    const visitor = new Visitor();
    const malformed = await visitor.request(`${url}/auth/oidc/finish`, { method: 'POST', body: '{}' });
    expect(malformed.status).toBe(400);
    expect((await visitor.finish(url, await visitor.signIn(url, ADA))).status).toBe(200);
    expect((await visitor.finish(url, '#code=wrong')).status).toBe(401);
    const page = await visitor.signIn(url, ADA);
    expect((await visitor.finish(url, page)).status).toBe(429);
  });

  it('[TK6] puts no token, code or state into the log, at any level', async () => {
    const lines: string[] = [];
    const log = createLog({ level: 'debug', now: Date.now, write: (line) => void lines.push(line) });
    const { url } = await serve({}, { log });
    const visitor = new Visitor();
    const wrong = (await visitor.throughProvider(url, ADA)).replace(/code=[\w-]+/, 'code=a-wrong-code');
    await visitor.request(wrong);
    const callback = await visitor.throughProvider(url, ADA);
    const page = (await visitor.request(callback)).headers.get('location') ?? '';
    await visitor.finish(url, page);
    await visitor.finish(url, page);
    const text = lines.join('');
    expect(text).toContain('"reason":"invalid_grant"');
    const secrets = [wrong, callback].flatMap((at) => {
      const { searchParams } = new URL(at);
      return [searchParams.get('code') ?? '?', searchParams.get('state') ?? '?'];
    });
    for (const secret of [...secrets, codeIn(page), visitor.cookies(url).split('=')[1] ?? '?']) {
      expect(text).not.toContain(secret);
    }
    expect(text).not.toMatch(/client parley|eyJ|ada@example/);
  });
});

describe('without an OpenID provider', () => {
  it('[TK6] the endpoints are 404', async () => {
    const { server, get } = await startStage();
    expect(await codeOf(await get('/auth/oidc/start'))).toEqual([404, 'not_found']);
    expect(await codeOf(await get('/auth/oidc/callback?code=x&state=y'))).toEqual([404, 'not_found']);
    const finish = await fetch(`${server.url}/auth/oidc/finish`, { method: 'POST', body: '{"code":"x"}' });
    expect(await codeOf(finish)).toEqual([404, 'not_found']);
  });
});
