import { signal } from '@preact/signals';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Client } from '../../src/client/index.ts';
import { createCallModel } from '../../src/web/call/call-model.ts';
import { createDeviceManager } from '../../src/web/media/device-manager.ts';
import { createPrefs } from '../../src/web/prefs.ts';
import { createRoomModel } from '../../src/web/room-model.ts';
import { settledWithin, singleFlight } from '../../src/web/single-flight.ts';
import {
  deferred,
  fakeCall,
  fakeCapture,
  fakeClient,
  fakeStream,
  memoryStorage,
  NO_SECRETS,
  NOBODY,
  ROOM,
} from './fakes.ts';

/** A page whose browser and server count every request and never answer. */
function setUp() {
  const counts = { finds: 0, connects: 0, pickers: 0, questions: 0 };
  const never = <T>(name: keyof typeof counts) => {
    counts[name] += 1;
    return new Promise<T>(() => {});
  };
  const prefs = createPrefs(memoryStorage());
  const browser = fakeCapture();
  const devices = createDeviceManager({
    capture: { ...browser.capture, getUserMedia: () => never<MediaStream>('questions') },
    prefs,
  });
  let answersFind = true;
  const room = createRoomModel({
    roomId: ROOM.id,
    login: {
      site: signal(null),
      findRoom: () => (answersFind ? Promise.resolve(ROOM) : never('finds')),
      createRoom: () => Promise.reject(new Error('not expected')),
      updateRoom: () => Promise.reject(new Error('not expected')),
      connect: () => never<Client>('connects'),
    },
    user: NOBODY,
    devices,
    prefs,
    secrets: NO_SECRETS,
    captureScreen: undefined,
    onRoomMissing: () => {},
  });
  /** From now on the server doesn't answer. */
  const stopAnswering = (look: () => Promise<void>) => {
    answersFind = false;
    return look();
  };
  const call = createCallModel({
    updateRoom: async () => {},
    client: fakeClient().client,
    call: fakeCall().call,
    devices,
    prefs: createPrefs(memoryStorage()),
    selfName: 'Ann',
    captureScreen: () => never<MediaStream>('pickers'),
    onEnded: () => {},
  });
  return { counts, devices, room, call, stopAnswering };
}

type Page = ReturnType<typeof setUp>;

/** Every asynchronous action of the page, and what it must request once. */
const ACTIONS: readonly (readonly [string, keyof Page['counts'], (page: Page) => unknown])[] = [
  ['finding the call', 'finds', ({ room, stopAnswering }) => stopAnswering(room.load)],
  ['joining', 'connects', ({ room }) => room.join({ name: 'Ann', password: '' })],
  ['sharing a screen', 'pickers', ({ call }) => call.toggleShare()],
  ['opening camera and microphone', 'questions', ({ devices }) => devices.start()],
  ['turning the camera on', 'questions', ({ devices }) => devices.setCamera(true)],
  ['unmuting without a microphone', 'questions', ({ devices }) => devices.setMicrophone(true)],
  ['choosing a camera', 'questions', ({ devices }) => devices.choose('camera', 'c2')],
  ['choosing a microphone', 'questions', ({ devices }) => devices.choose('microphone', 'm2')],
  ['switching the camera', 'questions', ({ devices }) => devices.flipCamera()],
];

describe('an asynchronous action', () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  it.each(ACTIONS)('%s runs once, however often it is started', async (_, counted, act) => {
    const page = setUp();
    await page.room.load();
    const before = page.counts[counted];
    for (let times = 0; times < 3; times += 1) {
      void act(page);
      await vi.advanceTimersByTimeAsync(0);
    }
    expect(page.counts[counted] - before).toBe(1);
  });

  it('gives every caller the same result, and runs again afterwards', async () => {
    let runs = 0;
    const gate = deferred<void>();
    const act = singleFlight(async (word: string) => {
      runs += 1;
      await gate.promise;
      return `${word}${runs}`;
    });
    const both = [act('a'), act('b')];
    gate.resolve();
    expect(await Promise.all(both)).toEqual(['a1', 'a1']);
    expect(await act('c')).toBe('c2');
  });

  it('can be started again after a failure', async () => {
    let runs = 0;
    const act = singleFlight(async () => {
      runs += 1;
      throw new Error('no');
    });
    await expect(act()).rejects.toThrow('no');
    await expect(act()).rejects.toThrow('no');
    expect(runs).toBe(2);
  });

  it('is awaited no longer than the limit, and leaves no timer behind', async () => {
    await settledWithin(1_000, Promise.reject(new Error('settles')));
    expect(vi.getTimerCount()).toBe(0);
    let waited = false;
    void settledWithin(1_000, new Promise(() => {})).then(() => {
      waited = true;
    });
    await vi.advanceTimersByTimeAsync(999);
    expect(waited).toBe(false);
    await vi.advanceTimersByTimeAsync(1);
    expect(waited).toBe(true);
  });

  it('of a screen share opens one picker and leaks no stream', async () => {
    const { promise, resolve } = deferred<MediaStream>();
    const opened: MediaStreamTrack[] = [];
    const share = setUpShare(() => promise);
    void share.model.toggleShare();
    const second = share.model.toggleShare();
    const track = { kind: 'video', readyState: 'live', stop: () => {} } as unknown as MediaStreamTrack;
    opened.push(track);
    resolve(fakeStream(track));
    await second;
    expect(share.model.self.value.screen).toBe(track);
    expect(share.fake.sent.filter(([name]) => name === 'startScreenShare')).toHaveLength(1);
  });
});

function setUpShare(captureScreen: () => Promise<MediaStream>) {
  const fake = fakeCall();
  const devices = createDeviceManager({ capture: undefined, prefs: createPrefs(memoryStorage()) });
  const model = createCallModel({
    updateRoom: async () => {},
    client: fakeClient().client,
    call: fake.call,
    devices,
    prefs: createPrefs(memoryStorage()),
    selfName: 'Ann',
    captureScreen,
    onEnded: () => {},
  });
  return { fake, model };
}
