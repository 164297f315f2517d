import { randomUUID } from 'node:crypto';
import type { Browser } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { launchBrowser } from '../support/browser.ts';
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
    expect(batches.every(({ payload }) => Array.isArray(payload['candidates']))).toBe(true);
  });

  it('takes another camera, and none, without a negotiation', async () => {
    const [ann, bob] = await two();
    await bob.setCamera(false);
    await ann.until('bob shows nothing', ([peer]) => JSON.stringify(peer?.media).includes('"video":false'));
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
      await Promise.all([ann.shareScreen(), bob.shareScreen()]);
      for (const [index, person] of [ann, bob].entries()) {
        await person.until(
          `the screen is seen in round ${round}`,
          ([peer]) => peer?.screen === true && peer.stats.screenFramesDecoded > (before[index] ?? 0) + 2,
        );
      }
      await Promise.all([ann.stopSharing(), bob.stopSharing()]);
      for (const person of [ann, bob])
        await person.until('the screen is gone', ([peer]) => peer?.screen === false);
    }
    await Promise.all([ann.receives(1), bob.receives(1)]);
    expect([...(await ann.heard()), ...(await bob.heard())]).toEqual(['peer bob']);
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
    await ann.until('bob shows nothing', ([peer]) => JSON.stringify(peer?.media).includes('"video":false'));
    expect(offers()).toBe(1);
  });

  it('[SE4] and a lost session too: both come back, on the connection that they had', async () => {
    const [ann, bob] = await two();
    const [before] = await ann.peers();
    server.forget();
    const returned = (peers: Awaited<ReturnType<SdkPage['peers']>>) =>
      peers.length === 1 && peers[0]?.peerId !== before?.peerId && peers[0]?.state === 'live';
    await ann.until('bob is back', returned);
    await Promise.all([ann.receives(1), bob.receives(1)]);
    const [after] = await ann.peers();
    expect(after?.key).toBe(before?.key);
    expect(after?.stats.framesDecoded).toBeGreaterThan(before?.stats.framesDecoded ?? 0);
    expect([...(await ann.heard()), ...(await bob.heard())]).toEqual(['peer bob']);
    await ann.shareScreen();
    await bob.until('the screen is seen', ([peer]) => (peer?.stats.screenFramesDecoded ?? 0) > 2);
  });
});
