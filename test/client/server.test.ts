import type { Browser } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { secretKeys } from '../../src/accounts/keys.ts';
import { type MintedClaims, mintToken } from '../../src/accounts/mint.ts';
import { createRoom, signInAsGuest } from '../../src/client/index.ts';
import { launchBrowser } from '../support/browser/browser.ts';
import { SECRET } from '../support/server/accounts.ts';
import { lastingServer } from './support/lasting-server.ts';
import { SdkPage } from './support/sdk-page.ts';

/** Milliseconds within which something must have happened; the machine may be busy. */
const DEADLINE_MS = 20_000;

const server = lastingServer();

describe('a call through a Parley server', () => {
  let browser: Browser;
  let people: SdkPage[];

  beforeAll(async () => {
    browser = await launchBrowser();
  });
  afterAll(() => browser.close());
  beforeEach(() => {
    people = [];
  });
  afterEach(() => Promise.all(people.map((person) => person.go())));

  async function two(): Promise<[SdkPage, SdkPage]> {
    const owner = await signInAsGuest({ baseUrl: server.url, displayName: 'ann' });
    const { room } = await createRoom(owner);
    const arrive = async (name: string, token: string): Promise<SdkPage> => {
      const person = await SdkPage.open(browser, server.url, name);
      people.push(person);
      await person.join(room.id, { token });
      return person;
    };
    const ann = await arrive('ann', await owner.token());
    const guest = await signInAsGuest({ baseUrl: server.url, displayName: 'bob' });
    const bob = await arrive('bob', await guest.token());
    await Promise.all([ann.receives(1), bob.receives(1)]);
    return [ann, bob];
  }

  it('carries picture, sound and screen, and ends when one leaves', async () => {
    const [ann, bob] = await two();
    await Promise.all([ann.shareScreen(), bob.shareScreen()]);
    for (const person of [ann, bob]) {
      await person.until('the screen is seen', ([peer]) => (peer?.stats.screenFramesDecoded ?? 0) > 2);
    }
    await bob.leave();
    await ann.until('nobody is left', (peers) => peers.length === 0);
  });

  it('[CA8] is counted by how media got through, once by each side', async () => {
    const direct = async (): Promise<number> => {
      const text = await (await fetch(`${server.url}/metrics`)).text();
      return Number(/^parley_ice_outcomes_total\{outcome="direct"\} (\d+)$/m.exec(text)?.[1]);
    };
    const before = await direct();
    await two();
    await vi.waitFor(async () => expect((await direct()) - before).toBe(2), DEADLINE_MS);
  });

  it('[RM6] is moderated only by the owner of the room', async () => {
    const [ann, bob] = await two();
    for (const deed of ['kick', 'ban', 'lock', 'mute', 'close'] as const) {
      expect(await bob.moderate(deed)).toBe('forbidden');
    }
    expect(await ann.moderate('lock')).toBeUndefined();
    for (const person of [ann, bob]) {
      await vi.waitFor(async () => expect(await person.heard()).toContain('room locked=true'), DEADLINE_MS);
      expect(await person.roomIsLocked()).toBe(true);
    }
    expect(await ann.moderate('mute')).toBeUndefined();
    await vi.waitFor(async () => expect(await bob.heard()).toContain('muterequest audio ann'), DEADLINE_MS);
    expect(await ann.moderate('kick')).toBeUndefined();
    await vi.waitFor(async () => expect(await bob.heard()).toContain('ended kicked'), DEADLINE_MS);
    await vi.waitFor(async () => expect(await ann.heard()).toContain('peerleft bob kicked'), DEADLINE_MS);
  });

  it("[CT4] [CT6] hears its backend's messages, those kept before it came too, and when it will end", async () => {
    const keys = await secretKeys(SECRET);
    const mint = (claims: MintedClaims): Promise<string> =>
      mintToken(claims, {
        keys,
        issuer: 'parley',
        audience: 'parley',
        now: Date.now(),
        lifetimeSeconds: 600,
      });
    const headers = { Authorization: `Bearer ${await mint({ sub: 'backend', role: 'service' })}` };
    const room = '3f2b8c1e-9d4a-4c57-8b6f-0a1d2e3c4b5a';
    const ask = async (method: string, path: string, body: object): Promise<void> => {
      const request = { method, headers, body: JSON.stringify(body) };
      expect((await fetch(`${server.url}/rooms/${room}${path}`, request)).ok).toBe(true);
    };
    await ask('POST', '', { userId: 'ann' });
    await ask('POST', '/messages', { to: 'ann', data: { kept: 1 } });
    const ann = await SdkPage.open(browser, server.url, 'ann');
    people.push(ann);
    await ann.join(room, { token: await mint({ sub: 'ann' }) });
    await ask('POST', '/messages', { data: 'for all' });
    const expiresAt = new Date(Date.now() + 120_000).toISOString();
    await ask('PATCH', '', { expiresAt, endAtExpiry: true });
    await vi.waitFor(async () => {
      const heard = (await ann.heard()).filter((line) => /^(message|ending)/.test(line));
      expect(heard).toEqual(['message {"kept":1}', 'message "for all"', `ending ${expiresAt}`]);
    }, DEADLINE_MS);
  });

  it('[RM6] ends for everybody when the owner closes the room', async () => {
    const [ann, bob] = await two();
    expect(await ann.moderate('close')).toBeUndefined();
    for (const person of [ann, bob]) {
      await vi.waitFor(async () => expect(await person.heard()).toContain('ended room_closed'), DEADLINE_MS);
    }
  });

  it('[SE8] goes on when the server restarts: the sessions are resumed', async () => {
    const [ann, bob] = await two();
    const [before] = await ann.peers();
    await server.drain();
    await Promise.all([ann.receives(1), bob.receives(1)]);
    await server.startAgain();
    await bob.setCamera(false);
    await ann.until('bob shows nothing', ([peer]) => peer?.state === 'live' && !peer.media.video);
    const [after] = await ann.peers();
    expect(after).toMatchObject({ key: before?.key, peerId: before?.peerId, connectionState: 'connected' });
    await bob.setCamera(true);
    await Promise.all([ann.receives(1), bob.receives(1)]);
  });

  it('[SE4] goes on when the server is killed: everybody returns on the connections that they had', async () => {
    const [ann, bob] = await two();
    const [before] = await ann.peers();
    await server.close();
    await Promise.all([ann.receives(1), bob.receives(1)]);
    await server.startAgain();
    await ann.until('bob is back', ([peer]) => peer?.state === 'live' && peer.peerId !== before?.peerId);
    await Promise.all([ann.receives(1), bob.receives(1)]);
    const [after] = await ann.peers();
    expect(after).toMatchObject({ key: before?.key, connectionState: 'connected' });
    expect(after?.stats.framesDecoded).toBeGreaterThan(before?.stats.framesDecoded ?? 0);
    expect([...(await ann.heard()), ...(await bob.heard())]).toEqual(['peer bob']);
  });
});
