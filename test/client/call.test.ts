import { randomUUID } from 'node:crypto';
import type { Browser } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { launchBrowser } from '../support/browser/browser.ts';
import { SdkPage } from './support/sdk-page.ts';
import { type StandIn, standIn } from './support/stand-in.ts';

let browser: Browser;
let server: StandIn;
let people: SdkPage[];
let roomId: string;

beforeAll(async () => {
  browser = await launchBrowser();
});
afterAll(() => browser.close());
beforeEach(async () => {
  server = await standIn();
  people = [];
  roomId = randomUUID();
});
afterEach(async () => {
  await Promise.all(people.map((person) => person.go()));
  await server.close();
});

async function arrive(name: string): Promise<SdkPage> {
  const person = await SdkPage.open(browser, server.url, name);
  people.push(person);
  await person.join(roomId);
  return person;
}

async function two(): Promise<[SdkPage, SdkPage]> {
  const ann = await arrive('ann');
  const bob = await arrive('bob');
  await Promise.all([ann.receives(1), bob.receives(1)]);
  return [ann, bob];
}

/** The RTCPeerConnections that have made offers or answers so far. */
const connections = () =>
  new Set(
    server.came.flatMap(({ payload: { connection } }) =>
      typeof connection === 'object' && connection !== null && 'from' in connection ? [connection.from] : [],
    ),
  );

const offers = () => server.came.filter(({ event }) => event === 'call:offer').length;

describe('a call', () => {
  it('[RM2] carries picture and sound both ways, by one offer of the newcomer', async () => {
    const [ann] = await two();
    expect(server.came.filter(({ event }) => event === 'call:offer')).toMatchObject([{ from: 'bob' }]);
    expect(await ann.heard()).toEqual(['peer bob']);
    const [{ stats, connectionState } = { stats: undefined, connectionState: undefined }] = await ann.peers();
    expect(connectionState).toBe('connected');
    expect(stats).toMatchObject({ path: 'direct', protocol: 'udp' });
  });

  it('sends many candidates in one message to a peer that reads them', async () => {
    await two();
    const batches = server.came.filter(({ event, from }) => event === 'call:ice' && from === 'ann');
    expect(batches).not.toEqual([]);
    expect(batches.every(({ payload }) => Array.isArray(payload['candidates']))).toBe(true);
  });

  it('takes another camera, and none, without a negotiation', async () => {
    const [ann, bob] = await two();
    await bob.setCamera(false);
    await ann.until('bob shows nothing', ([peer]) => peer?.media.video === false);
    await bob.setCamera(true);
    await ann.receives(1);
    expect(offers()).toBe(1);
  });

  it('shares both screens, started in the same moment, ten times over', async () => {
    const [ann, bob] = await two();
    for (let round = 0; round < 10; round += 1) {
      const before = (await Promise.all([ann.peers(), bob.peers()])).map(
        ([peer]) => peer?.stats.screenFramesDecoded ?? 0,
      );
      server.holdOffers();
      await Promise.all([ann.shareScreen(), bob.shareScreen()]);
      for (const [index, person] of [ann, bob].entries()) {
        await person.until(
          `the screen is seen in round ${round}`,
          ([peer]) => peer?.screen === true && peer.stats.screenFramesDecoded > (before[index] ?? 0) + 2,
        );
      }
      server.holdOffers();
      await Promise.all([ann.stopSharing(), bob.stopSharing()]);
      for (const person of [ann, bob])
        await person.until('the screen is gone', ([peer]) => peer?.screen === false);
    }
    await Promise.all([ann.receives(1), bob.receives(1)]);
    expect([...(await ann.heard()), ...(await bob.heard())]).toEqual(['peer bob']);
  });

  it('sets new TURN credentials on the connections that it has', async () => {
    const [ann] = await two();
    const iceServers = [{ urls: ['turn:turn.example.org'], username: '1:ann', credential: 'new' }];
    await ann.keepConfiguration();
    server.tell('ice:servers', { iceServers, expiresAt: '2026-01-01T00:00:00.000Z' });
    expect(await ann.keptConfiguration()).toMatchObject({ iceServers, bundlePolicy: 'max-bundle' });
    await ann.receives(1);
    expect(connections().size).toBe(2);
  });

  it('[RM3] ends for the others when one leaves', async () => {
    const [ann, bob] = await two();
    await bob.leave();
    await ann.until('nobody is left', (peers) => peers.length === 0);
    expect(await ann.heard()).toEqual(['peer bob', 'peerleft bob left']);
    expect(await bob.heard()).toEqual(['ended left']);
  });
});

describe('a lost line', () => {
  it('[SE3] is not noticed in a call: media goes on, and nothing is negotiated', async () => {
    const [ann, bob] = await two();
    server.cut();
    await Promise.all([ann.receives(1), bob.receives(1)]);
    await bob.setCamera(false);
    await ann.until('bob shows nothing', ([peer]) => peer?.media.video === false);
    expect(offers()).toBe(1);
  });

  it('[SE4] and a lost session too: both come back, on the connection that they had', async () => {
    const [ann, bob] = await two();
    const [before] = await ann.peers();
    const used = connections();
    server.forget();
    const returned = (peers: Awaited<ReturnType<SdkPage['peers']>>) =>
      peers.length === 1 && peers[0]?.peerId !== before?.peerId && peers[0]?.state === 'live';
    await ann.until('bob is back', returned);
    await Promise.all([ann.receives(1), bob.receives(1)]);
    const [after] = await ann.peers();
    expect(after?.key).toBe(before?.key);
    expect(after?.stats.framesDecoded).toBeGreaterThan(before?.stats.framesDecoded ?? 0);
    expect(connections()).toEqual(used);
    expect([...(await ann.heard()), ...(await bob.heard())]).toEqual(['peer bob']);
    await ann.shareScreen();
    await bob.until('the screen is seen', ([peer]) => (peer?.stats.screenFramesDecoded ?? 0) > 2);
  });

  it('[SE4] that ends with a page loaded anew: the others begin anew with it, in the same place', async () => {
    const [ann, bob] = await two();
    const [before] = await ann.peers();
    await bob.page.context().setOffline(true);
    server.forget();
    await bob.go();
    people.splice(people.indexOf(bob), 1);
    await ann.until('bob is away', ([peer]) => peer?.state === 'suspended');
    const again = await arrive('bob');
    await Promise.all([ann.receives(1), again.receives(1)]);
    const [after] = await ann.peers();
    expect(after).toMatchObject({ key: before?.key, state: 'live', connectionState: 'connected' });
    expect(await ann.heard()).toEqual(['peer bob']);
  });
});

describe('a peer that speaks the bare protocol', () => {
  async function together(ann: SdkPage, bare: SdkPage): Promise<void> {
    await ann.receives(1);
    await expect
      .poll(() => bare.receivedBare(), { timeout: 20_000 })
      .toMatchObject({
        audio: expect.toSatisfy((samples: number) => samples > 9_600),
        video: expect.toSatisfy((frames: number) => frames > 5),
        tracks: 1,
      });
    const [peer] = await ann.peers();
    expect(peer).toMatchObject({ screen: false, connectionState: 'connected' });
  }

  async function arriveBare(options: { offers: boolean; asObject: boolean }): Promise<SdkPage> {
    const person = await SdkPage.open(browser, server.url, 'bare');
    people.push(person);
    await person.joinBare(roomId, options);
    return person;
  }

  it.each([true, false])(
    '[CA1] is answered, in its own form of SDP (an object: %s), one candidate at a time',
    async (asObject) => {
      const ann = await arrive('ann');
      await together(ann, await arriveBare({ offers: true, asObject }));
      const candidates = server.came.filter(({ event, from }) => event === 'call:ice' && from === 'ann');
      expect(candidates).not.toEqual([]);
      expect(candidates.some(({ payload }) => 'candidates' in payload)).toBe(false);
    },
  );

  it('is called by a newcomer', async () => {
    const bare = await arriveBare({ offers: true, asObject: false });
    await together(await arrive('ann'), bare);
  });

  it('is called where it came later and did not call', async () => {
    const ann = await arrive('ann');
    await together(ann, await arriveBare({ offers: false, asObject: false }));
  });
});
