import { describe, expect, it } from 'vitest';
import { meetings } from './support/meeting.ts';
import type { SdkPage } from './support/sdk-page.ts';

const meeting = meetings();

async function two(): Promise<[SdkPage, SdkPage]> {
  const ann = await meeting.arrive('ann');
  const bob = await meeting.arrive('bob');
  await Promise.all([ann.receives(1), bob.receives(1)]);
  return [ann, bob];
}

/** The ids of all connections that have made offers or answers so far. */
const connections = () =>
  new Set(
    meeting.server.came.flatMap(({ payload: { connection } }) =>
      typeof connection === 'object' && connection !== null && 'from' in connection ? [connection.from] : [],
    ),
  );

describe('a call', () => {
  it('[RM2] carries picture and sound both ways, by one offer of the newcomer', async () => {
    const [ann] = await two();
    expect(meeting.offers()).toMatchObject([{ from: 'bob' }]);
    expect(await ann.heard()).toEqual(['peer bob']);
    const [{ stats, connectionState } = { stats: undefined, connectionState: undefined }] = await ann.peers();
    expect(connectionState).toBe('connected');
    expect(stats).toMatchObject({ path: 'direct', protocol: 'udp' });
  });

  it('sends several candidates in one message to a peer that reads them', async () => {
    await two();
    const batches = meeting.server.came.filter(({ event, from }) => event === 'call:ice' && from === 'ann');
    expect(batches).not.toEqual([]);
    expect(batches.every(({ payload }) => Array.isArray(payload['candidates']))).toBe(true);
  });

  it('goes on with another camera, or none, without a negotiation', async () => {
    const [ann, bob] = await two();
    await bob.setCamera(false);
    await ann.until('bob shows nothing', ([peer]) => peer?.media.video === false);
    await bob.setCamera(true);
    await ann.receives(1);
    expect(meeting.offers()).toHaveLength(1);
  });

  it('shares both screens, started at the same time, ten times in a row', async () => {
    const [ann, bob] = await two();
    for (let round = 0; round < 10; round += 1) {
      const before = (await Promise.all([ann.peers(), bob.peers()])).map(
        ([peer]) => peer?.stats.screenFramesDecoded ?? 0,
      );
      meeting.server.holdOffers();
      await Promise.all([ann.shareScreen(), bob.shareScreen()]);
      for (const [index, person] of [ann, bob].entries()) {
        await person.until(
          `the screen is seen in round ${round}`,
          ([peer]) => peer?.screen === true && peer.stats.screenFramesDecoded > (before[index] ?? 0) + 2,
        );
      }
      meeting.server.holdOffers();
      await Promise.all([ann.stopSharing(), bob.stopSharing()]);
      for (const person of [ann, bob])
        await person.until('the screen is gone', ([peer]) => peer?.screen === false);
    }
    await Promise.all([ann.receives(1), bob.receives(1)]);
    expect([...(await ann.heard()), ...(await bob.heard())]).toEqual(['peer bob']);
  });

  it('sets new TURN credentials on its open connections', async () => {
    const [ann] = await two();
    const iceServers = [{ urls: ['turn:turn.example.org'], username: '1:ann', credential: 'new' }];
    await ann.keepConfiguration();
    meeting.server.tell('ice:servers', { iceServers, expiresAt: '2026-01-01T00:00:00.000Z' });
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

describe('a lost connection to the server', () => {
  it('[SE3] leaves a call alone: media goes on, and nothing is negotiated', async () => {
    const [ann, bob] = await two();
    meeting.server.cut();
    await Promise.all([ann.receives(1), bob.receives(1)]);
    await bob.setCamera(false);
    await ann.until('bob shows nothing', ([peer]) => peer?.media.video === false);
    expect(meeting.offers()).toHaveLength(1);
  });

  it('[SE4] and session: both sides return on the connection that they had', async () => {
    const [ann, bob] = await two();
    const [before] = await ann.peers();
    const used = connections();
    meeting.server.forget();
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

  it('[SE4] that ends with a reload: the others make a new connection, in the same tile', async () => {
    const [ann, bob] = await two();
    const [before] = await ann.peers();
    await bob.page.context().setOffline(true);
    meeting.server.forget();
    await bob.go();
    await ann.until('bob is away', ([peer]) => peer?.state === 'suspended');
    const again = await meeting.arrive('bob');
    await Promise.all([ann.receives(1), again.receives(1)]);
    const [after] = await ann.peers();
    expect(after).toMatchObject({ key: before?.key, state: 'live', connectionState: 'connected' });
    expect(await ann.heard()).toEqual(['peer bob']);
  });
});

describe('a peer without the SDK', () => {
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
    const person = await meeting.open('bare');
    await person.joinBare(meeting.roomId, options);
    return person;
  }

  it.each([true, false])(
    '[CA1] is answered in its own form of SDP (an object: %s), one candidate at a time',
    async (asObject) => {
      const ann = await meeting.arrive('ann');
      await together(ann, await arriveBare({ offers: true, asObject }));
      const candidates = meeting.server.came.filter(
        ({ event, from }) => event === 'call:ice' && from === 'ann',
      );
      expect(candidates).not.toEqual([]);
      expect(candidates.some(({ payload }) => 'candidates' in payload)).toBe(false);
    },
  );

  it('is called by a newcomer', async () => {
    const bare = await arriveBare({ offers: true, asObject: false });
    await together(await meeting.arrive('ann'), bare);
  });

  it('is called if it came later and did not call', async () => {
    const ann = await meeting.arrive('ann');
    await together(ann, await arriveBare({ offers: false, asObject: false }));
  });
});
