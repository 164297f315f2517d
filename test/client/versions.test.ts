import type { Browser } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { createRoom, signInAsGuest } from '../../src/client/index.ts';
import { launchBrowser } from '../support/browser/browser.ts';
import { type Frame, type WireProxy, wireProxy } from '../support/server/wire-proxy.ts';
import { outcomeOf } from './signaling/wire.ts';
import { earlierSdks } from './support/earlier-sdks.ts';
import type { SdkWindow } from './support/in-page.ts';
import { lastingServer } from './support/lasting-server.ts';
import { people } from './support/people.ts';
import { SdkPage } from './support/sdk-page.ts';

/** Milliseconds within which something must have happened; the machine may be busy. */
const DEADLINE_MS = 30_000;

const sdks = await earlierSdks();
const server = lastingServer();

const eventually = (check: () => void | Promise<void>): Promise<void> =>
  vi.waitFor(check, { timeout: DEADLINE_MS, interval: 100 });

describe.each(sdks)('on this server, the SDK of $name', ({ script }) => {
  let browser: Browser;
  let pages: SdkPage[];

  beforeAll(async () => {
    browser = await launchBrowser();
  });
  afterAll(() => browser.close());
  beforeEach(() => {
    pages = [];
  });
  afterEach(() => Promise.all(pages.map((page) => page.go())));

  /** One who has the earlier SDK, and one who has this one, in a call. */
  async function two(): Promise<[SdkPage, SdkPage]> {
    const owner = await signInAsGuest({ baseUrl: server.url, displayName: 'old' });
    const { room } = await createRoom(owner, { name: 'Tea' });
    const guest = await signInAsGuest({ baseUrl: server.url, displayName: 'new' });
    const arrive = async (name: string, token: string, sdk?: string): Promise<SdkPage> => {
      const page = await SdkPage.open(browser, server.url, name, sdk);
      pages.push(page);
      await page.join(room.id, { token });
      await page.page.evaluate(keepChat);
      return page;
    };
    const both = [
      await arrive('old', await owner.token(), `${script}\nexport const isEarlier = true;`),
      await arrive('new', await guest.token()),
    ] as const;
    const earlier = both.map(({ page }) => page.evaluate('"isEarlier" in parley'));
    expect(await Promise.all(earlier)).toEqual([true, false]);
    await Promise.all(both.map((page) => page.receives(1)));
    return [...both];
  }

  it('calls, mutes, chats, moderates and leaves', async () => {
    const [old, young] = await two();
    await old.setMuted({ audio: true });
    await young.until('the old one is muted', ([peer]) => peer?.media.audio === false);
    await young.setCamera(false);
    await old.until('the new one shows nothing', ([peer]) => peer?.media.video === false);
    await say(old, 'from the old');
    await say(young, 'from the new');
    for (const page of [old, young])
      await eventually(async () => expect(await read(page)).toEqual(['from the old', 'from the new']));
    expect(await old.moderate('lock')).toBeUndefined();
    await eventually(async () => expect(await young.roomIsLocked()).toBe(true));
    await old.leave();
    await eventually(async () => expect(await young.heard()).toContain('peerleft old left'));
    expect((await young.heard()).filter((line) => line.startsWith('error'))).toEqual([]);
    expect((await old.heard()).filter((line) => line.startsWith('error'))).toEqual([]);
  });

  it('[SE8] resumes its session when the server restarts, and the call goes on', async () => {
    const [old, young] = await two();
    const [before] = await young.peers();
    await server.drain();
    await server.startAgain();
    await old.setCamera(false);
    await young.until(
      'the old one is live, and shows nothing',
      ([peer]) => peer?.state === 'live' && !peer.media.video,
    );
    const [after] = await young.peers();
    expect(after).toMatchObject({ key: before?.key, peerId: before?.peerId, connectionState: 'connected' });
    await old.setCamera(true);
    await Promise.all([old.receives(1), young.receives(1)]);
    await say(old, 'still here');
    await eventually(async () => expect(await read(young)).toEqual(['still here']));
  });
});

/** Names of events that servers of before `welcome.features` don't know. */
const LATER = new Set(['hand', 'react', 'room:data', 'peer:update']);

describe('this SDK, on a server without features', () => {
  let proxy: WireProxy;
  /** It tells no features, and takes each later event for one that nobody knows. */
  const older = {
    get url() {
      return proxy.url;
    },
  };
  const person = people(older);

  beforeEach(async () => {
    proxy = await wireProxy(server.url, {
      toClient: (frame) => (frame.event === 'welcome' ? withoutFeatures(frame) : frame),
      toServer: (frame) => (LATER.has(frame.event) ? { ...frame, event: `later:${frame.event}` } : frame),
    });
  });
  afterEach(() => proxy.close());

  it('[SE1] joins, chats and resumes', async () => {
    const [ann, bob] = [await person('ann'), await person('bob')];
    const { room } = await createRoom(ann.account);
    const [hers, his] = [await ann.join(room.id), await bob.join(room.id)];
    const heard: string[] = [];
    his.chat.on('message', ({ message }) => heard.push(message));
    await hers.chat.send('one');
    bob.cut();
    await hers.chat.send('two');
    await eventually(() => expect(heard).toEqual(['one', 'two']));
    expect([...his.peers.keys()]).toEqual([hers.peerId]);
  });

  it('[WS6] says what the server doesn’t know, and the call goes on', async () => {
    const [ann, bob] = [await person('ann'), await person('bob')];
    const { room } = await createRoom(ann.account);
    const [hers, his] = [await ann.join(room.id), await bob.join(room.id)];
    expect(await outcomeOf(hers.raiseHand())).toBe('unknown_event');
    expect(await outcomeOf(hers.react('🎉'))).toBe('unknown_event');
    expect(await outcomeOf(hers.data.set('pin', 1))).toBe('unknown_event');
    expect(await outcomeOf(hers.update({ displayName: 'Anna' }))).toBe('unknown_event');
    const heard: string[] = [];
    his.chat.on('message', ({ message }) => heard.push(message));
    await hers.chat.send('still here');
    await eventually(() => expect(heard).toEqual(['still here']));
  });
});

function withoutFeatures(frame: Frame): Frame {
  const { features: _, ...payload } = { features: undefined, ...Object(frame.payload) };
  return { ...frame, payload };
}

/** Runs in the page: notes what is written in the chat. */
function keepChat(): void {
  const own: SdkWindow & { chat?: string[] } = window;
  const chat: string[] = [];
  own.chat = chat;
  own.call?.chat.on('message', ({ message }) => chat.push(message));
}

function read({ page }: SdkPage): Promise<string[]> {
  return page.evaluate(() => {
    const own: SdkWindow & { chat?: string[] } = window;
    return [...(own.chat ?? [])];
  });
}

async function say({ page }: SdkPage, text: string): Promise<void> {
  await page.evaluate(async (message) => {
    const own: SdkWindow = window;
    await own.call?.chat.send(message);
  }, text);
}
