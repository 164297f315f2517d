import type { Browser } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type Account, type DirectCall, type IncomingCall, register } from '../../src/client/index.ts';
import { launchBrowser } from '../support/browser/browser.ts';
import { startServer, type TestServer } from '../support/server/server.ts';
import type { SdkWindow } from './support/in-page.ts';
import { SdkPage } from './support/sdk-page.ts';

let browser: Browser;
let server: TestServer;
let people: SdkPage[];

beforeAll(async () => {
  browser = await launchBrowser();
});
afterAll(() => browser.close());
beforeEach(async () => {
  server = await startServer({});
  people = [];
});
afterEach(async () => {
  await Promise.all(people.map((person) => person.go()));
  await server.close();
});

interface DirectWindow extends SdkWindow {
  direct?: DirectCall;
  incoming?: IncomingCall;
  outcome?: string;
  giveUp?: AbortController;
  devices?: MediaStream;
}

/** Registers a user: guests may neither call nor see names, unless the server is set so. */
const person = (displayName: string): Promise<Account> =>
  register({
    baseUrl: server.url,
    displayName,
    email: `${displayName}@example.org`,
    password: 'analytical engine',
  });

/** A page with a session of this user, which notes what rings. */
async function open(account: Account): Promise<SdkPage> {
  const person = await SdkPage.open(browser, server.url, account.user.displayName ?? '');
  people.push(person);
  await person.page.evaluate(
    async (token) => {
      const own: DirectWindow = window;
      if (own.parley === undefined) throw new Error('the SDK is not loaded');
      const heard: string[] = [];
      own.heard = heard;
      own.devices = await navigator.mediaDevices.getUserMedia({
        audio: true,
        video: { width: 320, height: 240 },
      });
      own.client = await own.parley.connect({ token });
      own.client.on('call', (incoming) => {
        own.incoming = incoming;
        heard.push(`rings ${incoming.from.displayName}`);
        incoming.on('ended', (reason) => heard.push(`stops ${reason}`));
      });
    },
    await account.token(),
  );
  return person;
}

/** Calls with the fake devices. Resolves at once; `outcome` says how it went. */
async function call({ page }: SdkPage, userId: string, ringMs = 60_000): Promise<void> {
  await page.evaluate(
    ([user, ms]) => {
      const own: DirectWindow = window;
      const [microphone, camera] = [own.devices?.getAudioTracks()[0], own.devices?.getVideoTracks()[0]];
      own.giveUp = new AbortController();
      own.outcome = 'calling';
      own.client?.call(user, { microphone, camera, ringMs: ms, signal: own.giveUp.signal }).then(
        (direct) => {
          own.direct = direct;
          own.outcome = 'answered';
          direct.on('ended', (reason) => own.heard?.push(`ended ${reason}`));
          direct.on('error', (error) => own.heard?.push(`error ${error.code} ${error.message}`));
          direct.on('data', ({ topic, data, from }) => own.heard?.push(`${topic} ${data} ${from.userId}`));
        },
        (error: { code?: string }) => {
          own.outcome = String(error.code ?? error);
        },
      );
    },
    [userId, ringMs] as const,
  );
}

/** Accepts what rings, with the fake devices. Resolves with how it went. */
function accept({ page }: SdkPage): Promise<string> {
  return page.evaluate(async () => {
    const own: DirectWindow = window;
    const [microphone, camera] = [own.devices?.getAudioTracks()[0], own.devices?.getVideoTracks()[0]];
    try {
      const direct = await own.incoming?.accept({ microphone, camera });
      if (direct === undefined) return 'nothing rings';
      own.direct = direct;
      direct.on('ended', (reason) => own.heard?.push(`ended ${reason}`));
      direct.on('data', ({ topic, data, from }) => own.heard?.push(`${topic} ${data} ${from.userId}`));
      return 'accepted';
    } catch (error) {
      return error instanceof Error && 'code' in error ? String(error.code) : String(error);
    }
  });
}

const outcome = (person: SdkPage, expected: string): Promise<void> =>
  person.eventually(async () => expect(await person.page.evaluate('outcome')).toBe(expected));

const hears = (person: SdkPage, expected: string[]): Promise<void> =>
  person.eventually(async () => expect(await person.heard()).toEqual(expected));

/** Resolves when this side gets frames and sound of the other. */
async function receives(person: SdkPage): Promise<void> {
  await person.eventually(async () => {
    const stats = await person.page.evaluate(() => {
      const own: DirectWindow = window;
      const microphone = own.direct?.peer.microphone ?? null;
      if (microphone !== null && document.querySelector('audio') === null) {
        const player = document.body.appendChild(new Audio());
        player.srcObject = new MediaStream([microphone]);
        void player.play();
      }
      return own.direct?.peer.stats();
    });
    expect(stats?.framesDecoded).toBeGreaterThan(5);
    expect(stats?.totalSamplesReceived).toBeGreaterThan(9_600);
  });
}

describe('a direct call', () => {
  it('[CA6] carries picture, sound and messages, tells who is muted, and ends for both', async () => {
    const [annAccount, benAccount] = [await person('Ann'), await person('Ben')];
    const [ann, ben] = [await open(annAccount), await open(benAccount)];
    await call(ann, benAccount.user.id);
    await hears(ben, ['rings Ann']);
    expect(await accept(ben)).toBe('accepted');
    await outcome(ann, 'answered');
    await Promise.all([receives(ann), receives(ben)]);
    const view = await ann.page.evaluate(() => {
      const own: DirectWindow = window;
      const { displayName, peerId, media, connectionState } = own.direct?.peer ?? {};
      return { displayName, media, connectionState, isKey: own.direct?.peers.has(peerId ?? '') };
    });
    expect(view).toEqual({
      displayName: 'Ben',
      media: { audio: true, video: true, screen: false },
      connectionState: 'connected',
      isKey: true,
    });
    await ben.page.evaluate('direct.setMuted({ audio: true })');
    await ann.eventually(async () => expect(await ann.page.evaluate('direct.peer.media.audio')).toBe(false));
    await ann.page.evaluate("direct.send('hello', 'Ben')");
    await hears(ben, ['rings Ann', 'stops accepted', `hello Ben ${annAccount.user.id}`]);
    await ann.page.evaluate('direct.leave()');
    await hears(ben, ['rings Ann', 'stops accepted', `hello Ben ${annAccount.user.id}`, 'ended user_hangup']);
    await hears(ann, ['ended left']);
    // Both are free for the next one.
    await call(ben, annAccount.user.id);
    await hears(ann, ['ended left', 'rings Ben']);
    expect(await accept(ann)).toBe('accepted');
    await outcome(ben, 'answered');
  });

  it('[CA6] is taken by the first session that answers; the others stop ringing', async () => {
    const [annAccount, benAccount] = [await person('Ann'), await person('Ben')];
    const [ann, phone, laptop] = [await open(annAccount), await open(benAccount), await open(benAccount)];
    await call(ann, benAccount.user.id);
    await Promise.all([hears(phone, ['rings Ann']), hears(laptop, ['rings Ann'])]);
    expect(await accept(phone)).toBe('accepted');
    await hears(laptop, ['rings Ann', 'stops answered_elsewhere']);
    expect(await accept(laptop)).toBe('peer_gone');
    await outcome(ann, 'answered');
    await receives(ann);
  });

  it('[CA7] is declined, or busy, for all sessions of the user', async () => {
    const [annAccount, benAccount] = [await person('Ann'), await person('Ben')];
    const [ann, phone, laptop] = [await open(annAccount), await open(benAccount), await open(benAccount)];
    await call(ann, benAccount.user.id);
    await Promise.all([hears(phone, ['rings Ann']), hears(laptop, ['rings Ann'])]);
    await phone.page.evaluate('incoming.decline()');
    await outcome(ann, 'declined');
    await hears(phone, ['rings Ann', 'stops declined']);
    await hears(laptop, ['rings Ann', 'stops answered_elsewhere']);
    await call(ann, benAccount.user.id);
    await hears(phone, ['rings Ann', 'stops declined', 'rings Ann']);
    await phone.page.evaluate("incoming.decline('user_busy')");
    await outcome(ann, 'user_busy');
  });

  it('[CA7] stops ringing when the caller gives up, or nobody answers in time', async () => {
    const [annAccount, benAccount] = [await person('Ann'), await person('Ben')];
    const [ann, ben] = [await open(annAccount), await open(benAccount)];
    await call(ann, benAccount.user.id);
    await hears(ben, ['rings Ann']);
    await ann.page.evaluate("giveUp.abort('enough')");
    await outcome(ann, 'enough');
    await hears(ben, ['rings Ann', 'stops user_hangup']);
    expect(await accept(ben)).toBe('peer_gone');
    await call(ann, benAccount.user.id, 1_000);
    await outcome(ann, 'timeout');
    await ben.eventually(async () => expect((await ben.heard()).at(-1)).toBe('stops invite_timeout'));
  });

  it('[CA6] is refused if the user is offline, or this side is in a call', async () => {
    const [annAccount, benAccount] = [await person('Ann'), await person('Ben')];
    const ann = await open(annAccount);
    await call(ann, benAccount.user.id);
    await outcome(ann, 'user_offline');
    const ben = await open(benAccount);
    await call(ann, benAccount.user.id);
    await hears(ben, ['rings Ann']);
    const second = await ann.page.evaluate(
      `client.call(${JSON.stringify(benAccount.user.id)}).catch(({ code }) => code)`,
    );
    expect(second).toBe('already_in_room');
    expect(await accept(ben)).toBe('accepted');
    await outcome(ann, 'answered');
    await ben.go();
    await hears(ann, ['ended peer_left']);
  });

  it('[CA6] becomes one call if both call each other at once', async () => {
    const [annAccount, benAccount] = [await person('Ann'), await person('Ben')];
    const [ann, ben] = [await open(annAccount), await open(benAccount)];
    await Promise.all([call(ann, benAccount.user.id), call(ben, annAccount.user.id)]);
    await Promise.all([outcome(ann, 'answered'), outcome(ben, 'answered')]);
    await Promise.all([receives(ann), receives(ben)]);
  });

  it('[SE3] goes on in a resumed session, and ends when the session is lost', async () => {
    const [annAccount, benAccount] = [await person('Ann'), await person('Ben')];
    const [ann, ben] = [await open(annAccount), await open(benAccount)];
    await call(ann, benAccount.user.id);
    await hears(ben, ['rings Ann']);
    expect(await accept(ben)).toBe('accepted');
    await outcome(ann, 'answered');
    await ann.page.context().setOffline(true);
    await ann.page.context().setOffline(false);
    await ann.page.evaluate('direct.setMuted({ video: true })');
    await ben.eventually(async () => expect(await ben.page.evaluate('direct.peer.media.video')).toBe(false));
    await ann.page.evaluate('client.close()');
    await hears(ann, ['ended connection_lost']);
    await hears(ben, ['rings Ann', 'stops accepted', 'ended peer_left']);
  });
});
