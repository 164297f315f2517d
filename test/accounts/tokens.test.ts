import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { exportJWK, exportSPKI, generateKeyPair, importJWK, SignJWT, UnsecuredJWT } from 'jose';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { secretKeys, storedKeys, type TokenKeys } from '../../src/accounts/keys.ts';
import { createTokens, MAX_WAITING_FOR_KEYS, type TrustedIssuer } from '../../src/accounts/tokens.ts';
import { ParleyError } from '../../src/domain/errors.ts';
import { randomIds, type UserId } from '../../src/domain/ids.ts';
import { FakeClock } from '../support/fakes/clock.ts';
import { SECRET } from '../support/server/accounts.ts';
import { temporaryStore } from '../support/server/database.ts';

const clock = new FakeClock();
const NOW = clock.now() / 1000;
const ROOM = '3f2b8c1e-9d4a-4c57-8b6f-0a1d2e3c4b5a';
const ANN = {
  userId: 'ann' as UserId,
  loginId: 'login',
  username: 'ann',
  kind: 'guest',
  role: null,
} as const;
const secret = new TextEncoder().encode(SECRET);

describe('our own tokens', () => {
  it('[TK1] carry what the contract says, for 15 minutes', async () => {
    const { sign, verify } = await tokens();
    const token = await sign(ANN);
    expect(payloadOf(token)).toEqual({
      sub: 'ann',
      sid: 'login',
      username: 'ann',
      kind: 'guest',
      iss: 'parley',
      aud: 'parley',
      iat: NOW,
      exp: NOW + 900,
      jti: expect.any(String),
    });
    expect(await verify(token)).toEqual({
      userId: 'ann',
      loginId: 'login',
      username: 'ann',
      displayName: null,
      role: null,
      room: null,
      issuedAt: NOW,
      expiresAt: (NOW + 930) * 1000,
      signer: 'own',
    });
  });

  it('[TK1] [TK3] are accepted until 30 s after their expiry, to the second, because clocks differ', async () => {
    const ownClock = new FakeClock();
    const { sign, verify } = await tokens({ clock: ownClock });
    const token = await sign(ANN);
    ownClock.advance(929_000);
    expect((await verify(token)).userId).toBe('ann');
    ownClock.advance(1_000);
    await expect(verify(token)).rejects.toMatchObject({
      code: 'unauthorized',
      message: 'The access token is not accepted: it has expired. Get a new one.',
    });
  });

  it('[TK2] are signed with a key pair if there is no secret', async () => {
    const { sign, verify } = await tokens({ keys: await pairKeys() });
    const token = await sign(ANN);
    expect(headerOf(token)).toEqual({ alg: 'ES256', kid: expect.any(String) });
    expect((await verify(token)).userId).toBe('ann');
  });
});

describe('tokens of a backend that shares the secret', () => {
  it('[TK1] need only exp and sub, or userId', async () => {
    const { verify } = await tokens();
    expect((await verify(await mint({ sub: 'u1' }))).userId).toBe('u1');
    expect((await verify(await mint({ userId: 'u2' }))).userId).toBe('u2');
    expect((await verify(await mint({ userId: 42 }))).userId).toBe('42');
    await expect(verify(await mint({}))).rejects.toThrow('it has neither sub nor userId');
    await expect(verify(await mint({ sub: '' }))).rejects.toMatchObject({ code: 'unauthorized' });
    await expect(verify(await mint({ sub: 'x'.repeat(256) }))).rejects.toMatchObject({
      code: 'unauthorized',
    });
  });

  it('[TK1] must match in iss and aud if they carry them', async () => {
    const { verify } = await tokens();
    expect((await verify(await mint({ sub: 'u', iss: 'parley', aud: ['x', 'parley'] }))).userId).toBe('u');
    await expect(verify(await mint({ sub: 'u', iss: 'other' }))).rejects.toThrow('it is from another issuer');
    await expect(verify(await mint({ sub: 'u', aud: 'other' }))).rejects.toThrow(
      'it is for another audience',
    );
    await expect(verify(await mint({ sub: 'u', aud: [] }))).rejects.toThrow('it is for another audience');
  });

  it('[TK3] are refused without exp, after exp, and before nbf', async () => {
    const { verify } = await tokens();
    const eternal = await new SignJWT({ sub: 'u' }).setProtectedHeader({ alg: 'HS256' }).sign(secret);
    await expect(verify(eternal)).rejects.toThrow('missing required "exp" claim');
    await expect(verify(await mint({ sub: 'u', exp: NOW - 30 }))).rejects.toThrow('it has expired');
    await expect(verify(await mint({ sub: 'u', nbf: NOW + 31 }))).rejects.toThrow('"nbf" claim');
    await expect(verify(await mint({ sub: 'u', iat: NOW + 31 }))).rejects.toThrow('issued in the future');
    for (const claims of [{ exp: NOW - 29 }, { nbf: NOW + 30 }, { iat: NOW + 30 }, { nbf: NOW, iat: NOW }]) {
      expect((await verify(await mint({ sub: 'u', ...claims }))).userId).toBe('u');
    }
  });

  it('[TK4] may carry a room, which must be well formed', async () => {
    const { verify } = await tokens();
    expect((await verify(await mint({ sub: 'u', room: { id: ROOM, admin: true } }))).room).toEqual({
      id: ROOM,
      admin: true,
      name: null,
      send: null,
      skipKnock: false,
      issuedAt: null,
    });
    const claim = { id: ROOM, skipKnock: true, send: ['chat', 'audio', 'audio'] };
    expect((await verify(await mint({ sub: 'u', room: claim }))).room).toMatchObject({
      send: ['audio', 'chat'],
      skipKnock: true,
    });
    const malformed = [
      { id: 'x' },
      { id: ROOM, admin: 'yes' },
      { id: ROOM, send: ['smell'] },
      { id: ROOM, skipKnock: 1 },
    ];
    for (const room of ['name', {}, [], ...malformed]) {
      await expect(verify(await mint({ sub: 'u', room }))).rejects.toMatchObject({ code: 'unauthorized' });
    }
  });

  it('lose claims that do not fit: invalid names, a role that is not text', async () => {
    const { verify } = await tokens();
    const token = await mint({ sub: 'u', username: 'two words', name: 7, role: ['service'], sid: 5 });
    expect(await verify(token)).toMatchObject({
      username: null,
      displayName: null,
      role: null,
      loginId: null,
    });
    const fitting = await mint({ sub: 'u', username: 'ann', name: ' Ann A. ', role: 'service' });
    expect(await verify(fitting)).toMatchObject({ username: 'ann', displayName: 'Ann A.', role: 'service' });
  });

  it('have their names tidied, so that a careless backend does not lock its users out', async () => {
    const { verify } = await tokens();
    for (const [name, displayName] of [
      ['\u202eAnn\u2066\u0007', 'Ann'],
      ['Ann\nLee', 'Ann Lee'],
      [' \u200b ', null],
      ['', null],
      ['x'.repeat(300), 'x'.repeat(64)],
      ['\u{1F469}\u200D\u{1F467}', '\u{1F469}\u200D\u{1F467}'],
    ]) {
      const token = await mint({ sub: 'u', name, room: { id: ROOM, name } });
      expect(await verify(token)).toMatchObject({ displayName, room: { id: ROOM, name: displayName } });
    }
    const odd = await mint({ sub: 'u', room: { id: ROOM, name: ['Ann'] } });
    expect((await verify(odd)).room).toMatchObject({ id: ROOM, name: null });
  });
});

describe('forged tokens', () => {
  it('[TK3] are refused with alg none', async () => {
    const { verify } = await tokens();
    const unsecured = new UnsecuredJWT({ sub: 'u', exp: NOW + 900 }).encode();
    await expect(verify(unsecured)).rejects.toMatchObject({ code: 'unauthorized' });
    for (const alg of ['none', 'None', 'NONE', 'nOnE']) {
      const forged = `${encode({ alg })}.${encode({ sub: 'u', exp: NOW + 900 })}.`;
      await expect(verify(forged)).rejects.toMatchObject({ code: 'unauthorized' });
    }
  });

  it('[TK3] are refused if they are signed with the published key as if it were a secret', async () => {
    const keys = await pairKeys();
    const [jwk] = await keys.published();
    const { verify } = await tokens({ keys });
    const published = await importJWK(jwk ?? {}, 'ES256', { extractable: true });
    const confusions = [await exportSPKI(published as CryptoKey), JSON.stringify(jwk)];
    for (const text of confusions) {
      const forged = new SignJWT({ sub: 'u', exp: NOW + 900 }).setProtectedHeader({
        alg: 'HS256',
        kid: jwk?.kid ?? '',
      });
      await expect(verify(await forged.sign(new TextEncoder().encode(text)))).rejects.toThrow(
        '"alg" (Algorithm) Header Parameter value not allowed',
      );
    }
  });

  it('[TK3] are refused with another algorithm, even with the right secret', async () => {
    const { verify } = await tokens();
    const token = await new SignJWT({ sub: 'u', exp: NOW + 900 })
      .setProtectedHeader({ alg: 'HS512' })
      .sign(secret);
    await expect(verify(token)).rejects.toThrow('value not allowed');
  });

  it('[TK3] are refused if they bring their own key', async () => {
    const { verify } = await tokens({ keys: await pairKeys() });
    const { privateKey, publicKey } = await generateKeyPair('ES256');
    const jwk = await exportJWK(publicKey);
    const token = new SignJWT({ sub: 'u', exp: NOW + 900 }).setProtectedHeader({ alg: 'ES256', jwk });
    await expect(verify(await token.sign(privateKey))).rejects.toMatchObject({ code: 'unauthorized' });
  });

  it('are refused if a byte was changed, the secret is another, or they are not JWTs at all', async () => {
    const { sign, verify } = await tokens();
    const [header, payload, signature] = (await sign(ANN)).split('.');
    const other = { ...payloadOf(`.${payload}.`), sub: 'bob' };
    const another = await new SignJWT({ sub: 'u', exp: NOW + 900 })
      .setProtectedHeader({ alg: 'HS256' })
      .sign(new TextEncoder().encode('another secret of more than 32 bytes, is it not'));
    const bad = [`${header}.${encode(other)}.${signature}`, another, '', 'x', '..', 'a.b.c', '\u0000', '{}'];
    for (const token of bad) await expect(verify(token)).rejects.toMatchObject({ code: 'unauthorized' });
  });

  it('are refused unread if they are too long', async () => {
    const { verify } = await tokens();
    await expect(verify('x'.repeat(8_193))).rejects.toThrow('it has over 8192 characters');
  });
});

describe('tokens of a trusted issuer', () => {
  let pair: Awaited<ReturnType<typeof generateKeyPair>>;
  let trusted: TrustedIssuer;
  let keysAreUp = true;
  let keysAreSlow: Promise<void> | undefined;
  let answerKeys = () => {};
  const server = createServer(async (_request, response) => {
    if (!keysAreUp) return response.writeHead(500).end();
    await keysAreSlow;
    const key = { ...(await exportJWK(pair.publicKey)), kid: 'theirs', alg: 'RS256', use: 'sig' };
    return response.setHeader('content-type', 'application/json').end(JSON.stringify({ keys: [key] }));
  });

  beforeAll(async () => {
    pair = await generateKeyPair('RS256');
    await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
    const { port } = server.address() as AddressInfo;
    trusted = {
      jwksUrl: `http://127.0.0.1:${port}/jwks.json`,
      issuer: 'https://id.example.org',
      audience: 'calls',
    };
  });
  afterAll(() => new Promise((closed) => server.close(closed)));

  const theirs = (claims: Record<string, unknown>) =>
    new SignJWT({ sub: 'eve', iss: 'https://id.example.org', aud: 'calls', exp: NOW + 900, ...claims })
      .setProtectedHeader({ alg: 'RS256', kid: 'theirs' })
      .sign(pair.privateKey);

  it('[TK3] are accepted besides our own', async () => {
    const { sign, verify } = await tokens({ trusted });
    expect(await verify(await theirs({ name: 'Eve' }))).toMatchObject({
      userId: 'eve',
      displayName: 'Eve',
      signer: 'trusted',
    });
    expect((await verify(await sign(ANN))).signer).toBe('own');
  });

  it('[TK3] may come from a clock that is 30 s off', async () => {
    const { verify } = await tokens({ trusted });
    for (const claims of [{ exp: NOW - 29 }, { nbf: NOW + 30, iat: NOW + 30 }]) {
      expect((await verify(await theirs(claims))).userId).toBe('eve');
    }
    expect((await verify(await theirs({ exp: NOW + 60 }))).expiresAt).toBe((NOW + 90) * 1_000);
  });

  it('[TK3] decide neither roles nor logins here', async () => {
    const { verify } = await tokens({ trusted });
    expect(await verify(await theirs({ role: 'service', sid: 'login' }))).toMatchObject({
      role: null,
      loginId: null,
    });
  });

  it('[TK3] must name our audience, be valid now, and be signed by a published key', async () => {
    const { verify } = await tokens({ trusted });
    const hmac = await new SignJWT({ sub: 'eve', iss: trusted.issuer, aud: 'calls', exp: NOW + 900 })
      .setProtectedHeader({ alg: 'HS256', kid: 'theirs' })
      .sign(secret);
    const bad = [
      theirs({ aud: 'mail' }),
      theirs({ aud: undefined }),
      theirs({ exp: NOW - 30 }),
      theirs({ exp: undefined }),
      theirs({ nbf: NOW + 31 }),
      theirs({ iat: NOW + 31 }),
      theirs({ iss: 'https://id.example.com' }),
      hmac,
    ];
    for (const token of bad)
      await expect(verify(await token)).rejects.toMatchObject({ code: 'unauthorized' });
  });

  it('[TK3] wait for their keys up to a bound; beyond it they are told to try again', async () => {
    const answers: (() => void)[] = [];
    const slow = createServer((_, response) => void answers.push(() => response.end('{"keys":[]}')));
    await new Promise<void>((listening) => slow.listen(0, '127.0.0.1', listening));
    const { port } = slow.address() as AddressInfo;
    const { verify } = await tokens({ trusted: { ...trusted, jwksUrl: `http://127.0.0.1:${port}/` } });
    const token = await theirs({});
    const waiting = Array.from({ length: MAX_WAITING_FOR_KEYS }, () => verify(token).catch(codeOf));
    await expect(verify(token)).rejects.toMatchObject({
      code: 'unavailable',
      message: "Too many tokens wait for the trusted issuer's keys. Try again later.",
    });
    while (answers.length === 0) await new Promise(setImmediate);
    for (const answer of answers) answer();
    expect(new Set(await Promise.all(waiting))).toEqual(new Set(['unauthorized']));
    await expect(verify(token)).rejects.toMatchObject({ code: 'unauthorized' });
    slow.close();
  });

  it('[TK3] with a cached key never wait behind others with a made-up key', async () => {
    const { verify } = await tokens({ trusted });
    await verify(await theirs({}));
    // By now an unknown key is fetched again, and the issuer is slow.
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 60_000 });
    keysAreSlow = new Promise((resolve) => {
      answerKeys = resolve;
    });
    const madeUp = await new SignJWT({ sub: 'eve', iss: trusted.issuer, aud: 'calls', exp: NOW + 900 })
      .setProtectedHeader({ alg: 'RS256', kid: 'made up' })
      .sign(pair.privateKey);
    const waiting = Array.from({ length: MAX_WAITING_FOR_KEYS }, () => verify(madeUp).catch(codeOf));
    await expect(verify(madeUp)).rejects.toMatchObject({ code: 'unavailable' });
    expect((await verify(await theirs({}))).userId).toBe('eve');
    answerKeys();
    expect(new Set(await Promise.all(waiting))).toEqual(new Set(['unauthorized']));
    vi.useRealTimers();
  });

  it('[TK3] are refused as unavailable, not as wrong, while their keys are unavailable', async () => {
    keysAreUp = false;
    const { verify } = await tokens({ trusted });
    await expect(verify(await theirs({}))).rejects.toMatchObject({ code: 'unavailable' });
    keysAreUp = true;
  });
});

async function tokens(
  over: { keys?: TokenKeys; trusted?: TrustedIssuer; clock?: FakeClock } = {},
): Promise<ReturnType<typeof createTokens>> {
  const keys = over.keys ?? (await secretKeys(SECRET));
  return createTokens({
    keys,
    issuer: 'parley',
    audience: 'parley',
    trusted: over.trusted,
    clock: over.clock ?? clock,
    ids: randomIds,
  });
}

function pairKeys(): Promise<TokenKeys> {
  return storedKeys({ keys: temporaryStore().keys, clock, ids: randomIds });
}

function mint(claims: Record<string, unknown>): Promise<string> {
  return new SignJWT({ exp: NOW + 900, ...claims }).setProtectedHeader({ alg: 'HS256' }).sign(secret);
}

function encode(value: unknown): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url');
}

function decode(part: string | undefined): Record<string, unknown> {
  return JSON.parse(Buffer.from(part ?? '', 'base64url').toString());
}

function headerOf(token: string): Record<string, unknown> {
  return decode(token.split('.')[0]);
}

function payloadOf(token: string): Record<string, unknown> {
  return decode(token.split('.')[1]);
}

function codeOf(thrown: unknown): unknown {
  return thrown instanceof ParleyError ? thrown.code : thrown;
}
