import { networkInterfaces } from 'node:os';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { startRelay, type TestRelay } from '../support/turn/relay.ts';
import type { SdkWindow } from './support/in-page.ts';
import { DEADLINE_MS, meetings } from './support/meeting.ts';
import { listenBetween } from './support/middleman.ts';
import type { SdkPage } from './support/sdk-page.ts';

const meeting = meetings();
let relay: TestRelay;

/** A page uses no loopback address, and can't reach one from its own. */
const OWN =
  Object.values(networkInterfaces())
    .flatMap((each) => each ?? [])
    .find(({ internal, family }) => !internal && family === 'IPv4')?.address ?? '127.0.0.1';

beforeAll(async () => {
  relay = await startRelay({ listeningIps: [OWN] });
});
afterAll(() => relay.close());

function offerRelay(): void {
  const urls = [`turn:${OWN}:${relay.endpoint.port}?transport=udp`];
  meeting.server.iceServers = [{ urls, ...relay.credentials('anybody') }];
}

/** What left one person, as text. */
function told(by: string): string {
  const frames = meeting.server.came.filter(({ from }) => from === by);
  return JSON.stringify(frames.map(({ payload }) => payload));
}

function setHideAddress(person: SdkPage, hides: boolean): Promise<void> {
  return person.page.evaluate((wanted) => {
    const own: SdkWindow = window;
    own.call?.setHideAddress(wanted);
  }, hides);
}

function safety(person: SdkPage) {
  return person.page.evaluate(async () => {
    const own: SdkWindow = window;
    const [peer] = own.call?.peers.values() ?? [];
    const code = (await peer?.safetyCode()) ?? null;
    return { identity: peer?.identity ?? null, digits: code?.digits, emoji: code?.emoji.length };
  });
}

async function meets(person: SdkPage, identity: string): Promise<void> {
  await vi.waitFor(async () => expect((await safety(person)).identity).toBe(identity), DEADLINE_MS);
}

describe('an address that is hidden in a call', () => {
  it('is in no message from then on, and on no path: one new connection, by the relay, carries sound and picture', async () => {
    offerRelay();
    const ann = await meeting.arrive('ann');
    const bob = await meeting.arrive('bob');
    await Promise.all([ann.receives(1), bob.receives(1)]);
    const before = meeting.offers().length;
    meeting.server.came.length = 0;
    await setHideAddress(ann, true);
    await vi.waitFor(() => expect(told('ann')).toContain(' typ relay'), DEADLINE_MS);
    for (const person of [ann, bob])
      await person.until('is relayed', ([peer]) => peer?.stats.path === 'relayed');
    await Promise.all([ann.receives(1), bob.receives(1)]);
    expect(meeting.offers().length + before).toBe(before + 1);
    const frames = told('ann');
    // The relay has the same address here, so that it may only be where a relay's is.
    const rest = frames.replace(/candidate:\S+ \d+ \S+ \d+ \S+ \d+ typ relay raddr 0\.0\.0\.0 rport 0/g, '');
    expect(rest).not.toMatch(/ typ | raddr |\.local/);
    expect(rest).not.toContain(OWN);
  });

  it('can’t be without a relay: the call says so, and nothing changes', async () => {
    const ann = await meeting.arrive('ann');
    await expect(setHideAddress(ann, true)).rejects.toThrow(/TURN relay/);
  });
});

describe('keys', () => {
  it('give the same code on both sides, and another one to whoever else comes by that name', async () => {
    const ann = await meeting.arrive('ann');
    const bob = await meeting.arrive('bob');
    await Promise.all([meets(ann, 'new'), meets(bob, 'new')]);
    const [anns, bobs] = await Promise.all([safety(ann), safety(bob)]);
    expect(anns).toMatchObject({ emoji: 6, digits: expect.stringMatching(/^\d{5}( \d{5}){5}$/) });
    expect(bobs.digits).toBe(anns.digits);

    // The same browser on another visit is known.
    await bob.page.reload();
    await bob.load();
    await bob.join(meeting.roomId);
    await Promise.all([meets(ann, 'known'), meets(bob, 'known')]);
    expect((await safety(ann)).digits).toBe(anns.digits);

    // Another browser has another key, whatever the server says about the name.
    await bob.go();
    const eve = await meeting.arrive('bob');
    await meets(ann, 'changed');
    expect((await safety(ann)).digits).not.toBe(anns.digits);
    await meets(eve, 'new');
  });

  it('catch a server that listens: both are told, and their codes differ, though the call is as good as before', async () => {
    const ann = await meeting.arrive('ann');
    const bob = await meeting.arrive('bob');
    await Promise.all([meets(ann, 'new'), meets(bob, 'new')]);
    const { digits } = await safety(ann);

    const middle = await meeting.open('nobody');
    listenBetween(meeting.server, middle.page);
    await bob.page.reload();
    await bob.load();
    await bob.join(meeting.roomId);
    await Promise.all([meets(ann, 'changed'), meets(bob, 'changed')]);
    await Promise.all([ann.receives(1), bob.receives(1)]);
    const [anns, bobs] = await Promise.all([safety(ann), safety(bob)]);
    expect(new Set([digits, anns.digits, bobs.digits]).size).toBe(3);
  });

  it('catch a server that begins to listen in a call, when a connection is replaced', async () => {
    offerRelay();
    const ann = await meeting.arrive('ann');
    const bob = await meeting.arrive('bob');
    await Promise.all([meets(ann, 'new'), meets(bob, 'new')]);
    const { digits } = await safety(ann);
    const middle = await meeting.open('nobody');
    listenBetween(meeting.server, middle.page);
    await setHideAddress(ann, true);
    await Promise.all([meets(ann, 'changed'), meets(bob, 'changed')]);
    const [anns, bobs] = await Promise.all([safety(ann), safety(bob)]);
    expect(new Set([digits, anns.digits, bobs.digits]).size).toBe(3);
  });
});
