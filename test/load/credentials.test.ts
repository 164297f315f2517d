import { jwtVerify } from 'jose';
import { describe, expect, it } from 'vitest';
import { createCredentials, mintToken } from '../../src/load/credentials.ts';
import { RequestError, type ServerApi } from '../../src/load/server-api.ts';
import type { TokensReply } from '../../src/protocol/bodies.ts';
import { FakeClock } from '../support/fakes/clock.ts';

const SECRET = 'a secret of at least thirty-two bytes';
const NOTHING: ServerApi = {
  checkReady: () => Promise.reject(new Error('unused')),
  signInAsGuest: () => Promise.reject(new Error('unused')),
  refresh: () => Promise.reject(new Error('unused')),
  createRoom: () => Promise.reject(new Error('unused')),
};

function tokens(name: string): TokensReply {
  const user = {
    id: name,
    username: null,
    displayName: null,
    customStatus: null,
    avatarUrl: null,
    bio: null,
    email: null,
    role: null,
  };
  return {
    user: { ...user, kind: 'guest', status: 'online', createdAt: '2026-01-01T00:00:00.000Z' },
    accessToken: `${name}-access`,
    refreshToken: `${name}-refresh`,
    expiresInSeconds: 900,
  };
}

function setUp(api: Partial<ServerApi>, peers: number) {
  const clock = new FakeClock();
  const told: string[] = [];
  const deps = { api: { ...NOTHING, ...api }, clock, peers, signal: new AbortController().signal };
  return { clock, told, deps: { ...deps, tell: (text: string) => void told.push(text) } };
}

describe('credentials', () => {
  it('[TK1] mint a token that verifies as HS256 with sub and exp', async () => {
    const now = Date.parse('2026-01-01T00:00:00Z');
    const { payload, protectedHeader } = await jwtVerify(
      mintToken(SECRET, 'load-7', now),
      Buffer.from(SECRET),
      {
        currentDate: new Date(now),
      },
    );
    expect(protectedHeader.alg).toBe('HS256');
    expect(payload).toMatchObject({ sub: 'load-7', exp: now / 1_000 + 3_600 });
  });

  it('give each peer its own user with a secret', async () => {
    const { deps } = setUp({}, 3);
    const peers = await createCredentials({ ...deps, signIn: { by: 'secret', secret: SECRET } });
    const subjects = peers.map((token) => JSON.parse(atob(String(token(false)).split('.')[1] ?? '')).sub);
    expect(subjects).toEqual(['load-0', 'load-1', 'load-2']);
  });

  it('let peers share guests, but never those of one room', async () => {
    let guests = 0;
    const { deps } = setUp({ signInAsGuest: async () => tokens(`g${guests++}`) }, 5);
    const peers = await createCredentials({ ...deps, signIn: { by: 'guest', peersPerGuest: 2 } });
    expect(await Promise.all(peers.map((token) => token(false)))).toEqual(
      ['g0', 'g1', 'g2', 'g0', 'g1'].map((name) => `${name}-access`),
    );
  });

  it('wait as long as the server asks, and say which setting to raise', async () => {
    let tries = 0;
    const { clock, told, deps } = setUp(
      {
        signInAsGuest: async () => {
          tries += 1;
          if (tries === 1) throw new RequestError('rate_limited', 'too many sign-ins', 12_000);
          return tokens('g');
        },
      },
      1,
    );
    const peers = createCredentials({ ...deps, signIn: { by: 'guest', peersPerGuest: 10 } });
    await new Promise((resolve) => setImmediate(resolve));
    expect(told.at(-1)).toContain('wait 12 s (to go faster, raise GUESTS_PER_MINUTE');
    clock.advance(11_999);
    await new Promise((resolve) => setImmediate(resolve));
    expect(tries).toBe(1);
    clock.advance(1);
    expect((await peers).length).toBe(1);
    expect(tries).toBe(2);
  });

  it('[TK5] refresh once for all peers that share a guest', async () => {
    let refreshes = 0;
    const { clock, deps } = setUp(
      {
        signInAsGuest: async () => tokens('old'),
        refresh: async (refreshToken) => {
          expect(refreshToken).toBe('old-refresh');
          refreshes += 1;
          return tokens('new');
        },
      },
      2,
    );
    const [one, two] = await createCredentials({ ...deps, signIn: { by: 'guest', peersPerGuest: 2 } });
    clock.advance(840_000);
    expect(await Promise.all([one?.(true), two?.(true)])).toEqual(['new-access', 'new-access']);
    expect(await two?.(true)).toBe('new-access');
    expect(refreshes).toBe(1);
  });
});
