import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createCallModel } from '../../../src/web/call/call-model.ts';
import { createDeviceManager } from '../../../src/web/media/device-manager.ts';
import { createPrefs } from '../../../src/web/prefs.ts';
import {
  deferred,
  fakeCall,
  fakeCapture,
  fakeClient,
  fakeStream,
  fakeTrack,
  memoryStorage,
} from '../fakes.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

function setUp() {
  const fake = fakeCall();
  const picker = deferred<MediaStream>();
  const kinds = () => model.notices.shown.value.map(({ kind }) => kind);
  const model = createCallModel({
    updateRoom: async () => {},
    client: fakeClient().client,
    call: fake.call,
    devices: createDeviceManager({ capture: undefined, prefs: createPrefs(memoryStorage()) }),
    prefs: createPrefs(memoryStorage()),
    selfName: 'Ann',
    captureScreen: () => picker.promise,
    onEnded: () => {},
  });
  const screen = [fakeTrack('video'), fakeTrack('audio')] as const;
  return { fake, model, picker, screen, kinds, states: () => screen.map(({ readyState }) => readyState) };
}

describe('a capture', () => {
  it.each(['left', 'kicked', 'banned', 'room_closed', 'connection_lost'] as const)(
    'that the dialog gives after the call ended (%s) is stopped, picture and sound',
    async (reason) => {
      const { fake, model, picker, screen, states, kinds } = setUp();
      const sharing = model.toggleShare();
      fake.emit('ended', reason, undefined);
      picker.resolve(fakeStream(...screen));
      await sharing;
      expect(states()).toEqual(['ended', 'ended']);
      expect(fake.sent.map(([name]) => name)).not.toContain('startScreenShare');
      expect(kinds()).toEqual([]);
    },
  );

  it('that can’t be sent is stopped, and the person is told', async () => {
    const { fake, model, picker, screen, states, kinds } = setUp();
    Object.assign(fake.call, { startScreenShare: () => Promise.reject(new Error('no')) });
    picker.resolve(fakeStream(...screen));
    await model.toggleShare();
    expect(states()).toEqual(['ended', 'ended']);
    expect(kinds()).toEqual(['shareFailed']);
    expect(model.self.value.screen).toBeNull();
  });

  it('is stopped if the call ends while it is being sent', async () => {
    const { fake, model, picker, screen, states } = setUp();
    const sent = deferred<void>();
    Object.assign(fake.call, { startScreenShare: () => sent.promise });
    picker.resolve(fakeStream(...screen));
    const sharing = model.toggleShare();
    await vi.advanceTimersByTimeAsync(0);
    fake.emit('ended', 'kicked', undefined);
    sent.resolve();
    await sharing;
    expect(states()).toEqual(['ended', 'ended']);
    expect(model.self.value.screen).toBeNull();
  });

  it('of a screen is encoded for text', async () => {
    const { model, picker, screen } = setUp();
    picker.resolve(fakeStream(...screen));
    await model.toggleShare();
    expect(screen[0].contentHint).toBe('detail');
  });

  it('of the screen is explained if the system forbids it', async () => {
    const { model, picker, kinds } = setUp();
    picker.reject(new DOMException('Permission denied by system', 'NotAllowedError'));
    await model.toggleShare();
    expect(kinds()).toEqual(['shareBlocked']);
  });

  it('of a device that opens after the end is stopped, whichever way it was requested', async () => {
    for (const ask of ['start', 'setCamera', 'setMicrophone', 'choose', 'flipCamera'] as const) {
      const browser = fakeCapture();
      const answer = deferred<void>();
      const devices = createDeviceManager({
        capture: {
          ...browser.capture,
          getUserMedia: async (constraints) => {
            await answer.promise;
            return browser.capture.getUserMedia(constraints ?? {});
          },
        },
        prefs: createPrefs(memoryStorage()),
      });
      const asking = {
        start: () => devices.start(),
        setCamera: () => devices.setCamera(true),
        setMicrophone: () => devices.setMicrophone(true),
        choose: () => devices.choose('microphone', 'm2'),
        flipCamera: () => devices.flipCamera(),
      }[ask]();
      devices.stop();
      answer.resolve();
      await asking;
      expect(browser.tracks.filter(({ readyState }) => readyState === 'live')).toEqual([]);
      expect(devices.camera.value.track ?? devices.microphone.value.track).toBeNull();
    }
  });
});
