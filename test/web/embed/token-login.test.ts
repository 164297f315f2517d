import { signal } from '@preact/signals';
import { describe, expect, it } from 'vitest';
import { ParleyClientError, type TokenSource } from '../../../src/client/index.ts';
import { siteUserOf } from '../../../src/web/embed/site-token.ts';
import { ASKS, withSiteToken } from '../../../src/web/embed/token-login.ts';
import { createLogin, type Sdk } from '../../../src/web/login.ts';
import { createPrefs } from '../../../src/web/prefs.ts';
import { fakeClient, memoryStorage, ROOM } from '../fakes.ts';

const tokenOf = (claims: unknown) =>
  `head.${btoa(unescape(encodeURIComponent(JSON.stringify(claims))))
    .replaceAll('+', '-')
    .replaceAll('/', '_')
    .replaceAll('=', '')}.sign`;

function setUp(first: string | null, answers: (string | null)[] = []) {
  const token = signal(first);
  const used: string[] = [];
  let source: TokenSource = '';
  const refuse = () => Promise.reject(new Error('not expected'));
  const sdk = {
    restoreAccount: () => null,
    watchAccount: () => () => {},
    async findRoom(account) {
      used.push(await account.token());
      return ROOM;
    },
    createRoom: refuse,
    rooms: { update: refuse },
    async connect(options) {
      source = options?.token ?? '';
      if (typeof source === 'function') used.push(await source(false));
      return fakeClient().client;
    },
  } satisfies Partial<Sdk>;
  const plain = createLogin({
    sdk: sdk as unknown as Sdk,
    storage: memoryStorage(),
    prefs: createPrefs(memoryStorage()),
  });
  let asked = 0;
  const login = withSiteToken(plain, {
    sdk,
    token,
    baseUrl: '',
    async freshToken() {
      asked += 1;
      const next = answers.shift() ?? null;
      if (next !== null) token.value = next;
      return next;
    },
  });
  const again = async () => (typeof source === 'function' ? source(true) : source);
  const codeOf = (work: Promise<unknown>) =>
    work.then(
      () => 'none',
      (error: unknown) => (error instanceof ParleyClientError ? error.code : error),
    );
  return { login, token, used, again, codeOf, asked: () => asked };
}

describe('the login of a site’s user', () => {
  it('uses the newest token, without asking for one that is there', async () => {
    const { login, token, used, again, asked } = setUp('one');
    await login.findRoom(ROOM.id);
    await login.connect('');
    token.value = 'two';
    expect(await again()).toBe('two');
    expect([used, asked()]).toEqual([['one', 'one'], 0]);
  });

  it('asks the site when the one in use has to be renewed', async () => {
    const { login, again, asked } = setUp('one', ['two']);
    await login.connect('');
    expect(await again()).toBe('two');
    expect(asked()).toBe(1);
  });

  it('lets a call ask again, and gives up after a while', async () => {
    const { login, again, codeOf } = setUp('one');
    await login.connect('');
    const codes: unknown[] = [];
    for (let ask = 1; ask <= ASKS; ask++) codes.push(await codeOf(again()));
    expect(codes).toEqual([...Array<string>(ASKS - 1).fill('timeout'), 'unauthorized']);
  });

  it('refuses at once what has not begun, or whose token was taken back', async () => {
    const { login, token, again, codeOf } = setUp('one');
    await login.connect('');
    expect(await codeOf(login.as((account) => account.token(true)))).toBe('unauthorized');
    token.value = null;
    expect(await codeOf(again())).toBe('unauthorized');
    expect(login.site.value).toBe(null);
  });
});

describe('siteUserOf', () => {
  it('reads the name, and the room with its own name', () => {
    expect(siteUserOf(tokenOf({ sub: 'a', name: 'Ада' }))).toEqual({ name: 'Ада', roomId: null });
    expect(siteUserOf(tokenOf({ name: 'Ada', room: { id: 'A-1', name: 'Countess' } }))).toEqual({
      name: 'Countess',
      roomId: 'a-1',
    });
  });

  it('knows nothing of a token that can’t be read', () => {
    for (const token of [
      '',
      'a',
      'a.b.c',
      'a.!!.c',
      tokenOf(null),
      tokenOf([]),
      tokenOf({ name: 7, room: 'x' }),
    ])
      expect(siteUserOf(token), token).toEqual({ name: '', roomId: null });
  });
});
