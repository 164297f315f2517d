import { describe, expect, it } from 'vitest';
import { createDeviceManager } from '../../../src/web/media/device-manager.ts';
import { createPrefs } from '../../../src/web/prefs.ts';
import { fakeCapture, fakeStream, fakeTrack, memoryStorage } from '../fakes.ts';

function setUp(devices: Parameters<typeof fakeCapture>[0] = {}) {
  const browser = fakeCapture(devices);
  const prefs = createPrefs(memoryStorage());
  return { browser, prefs, devices: createDeviceManager({ capture: browser.capture, prefs }) };
}

describe('the device manager', () => {
  it('asks for camera and microphone in one question', async () => {
    const { browser, devices } = setUp();
    await devices.start();
    expect(browser.questions).toEqual(['camera+microphone']);
    expect(devices.camera.value).toMatchObject({ on: true, state: 'live' });
    expect(devices.microphone.value).toMatchObject({ on: true, state: 'live' });
    expect(devices.choices.value.camera).toEqual([{ id: 'c1', label: 'Front' }]);
  });

  it('asks for each alone where both together are refused, and keeps what there is', async () => {
    const { browser, devices } = setUp({ camera: 'NotFoundError' });
    await devices.start();
    expect(browser.questions).toEqual(['camera+microphone', 'camera', 'microphone']);
    expect(devices.camera.value).toMatchObject({ state: 'missing', track: null });
    expect(devices.microphone.value.state).toBe('live');
  });

  it('tells which device is denied and which is busy', async () => {
    const { devices } = setUp({ camera: 'NotReadableError', microphone: 'NotAllowedError' });
    await devices.start();
    expect(devices.camera.value.state).toBe('busy');
    expect(devices.microphone.value.state).toBe('denied');
  });

  it('says so where the page is not secure', async () => {
    const devices = createDeviceManager({ capture: undefined, prefs: createPrefs(memoryStorage()) });
    await devices.start();
    expect(devices.camera.value.state).toBe('insecure');
    expect(devices.microphone.value.state).toBe('insecure');
  });

  it('stops the camera when it is turned off, and opens it again', async () => {
    const { browser, devices } = setUp();
    await devices.start();
    await devices.setCamera(false);
    expect(browser.tracks[0]?.readyState).toBe('ended');
    expect(devices.camera.value).toEqual({ on: false, state: 'idle', track: null });
    await devices.setCamera(true);
    expect(devices.camera.value.state).toBe('live');
  });

  it('keeps the microphone open while it is muted', async () => {
    const { devices } = setUp();
    await devices.start();
    const { track } = devices.microphone.value;
    await devices.setMicrophone(false);
    expect(devices.microphone.value).toMatchObject({ on: false, track });
    // Silencing it is up to the SDK, which owns `enabled`.
    expect(track).toMatchObject({ enabled: true, readyState: 'live' });
    await devices.setMicrophone(true);
    expect(devices.microphone.value).toMatchObject({ on: true, track });
  });

  it('stays muted when the microphone is changed', async () => {
    const { devices } = setUp();
    await devices.start();
    await devices.setMicrophone(false);
    const before = devices.microphone.value.track;
    await devices.choose('microphone', 'm2');
    expect(before?.readyState).toBe('ended');
    expect(devices.microphone.value).toMatchObject({ on: false, state: 'live' });
    expect(devices.microphone.value.track).not.toBe(before);
  });

  it('remembers the chosen devices', async () => {
    const { devices, prefs } = setUp();
    await devices.choose('camera', 'c2');
    await devices.choose('speaker', 's2');
    expect(prefs.get('camera')).toBe('c2');
    expect(devices.chosen.speaker.value).toBe('s2');
  });

  it('takes another device where the one in use goes away', async () => {
    const { browser, devices } = setUp();
    await devices.start();
    const first = browser.tracks.find(({ kind }) => kind === 'video');
    first?.stop();
    first?.onended?.();
    await settled();
    expect(devices.camera.value.state).toBe('live');
    expect(devices.camera.value.track).not.toBe(first);
  });

  it.each(['NotFoundError', 'NotReadableError'])(
    'says that a device died, and that it is back (%s)',
    async (name) => {
      const { browser, devices } = setUp();
      await devices.start();
      browser.state.camera = name;
      browser.tracks.find(({ kind }) => kind === 'video')?.onended?.();
      await settled();
      expect([devices.health.camera.value, devices.camera.value.track]).toEqual(['lost', null]);
      delete browser.state.camera;
      browser.plug();
      await settled();
      expect([devices.health.camera.value, devices.camera.value.state]).toEqual(['fine', 'live']);
    },
  );

  it('says that another device was taken, and what the system holds back', async () => {
    const { browser, devices } = setUp();
    await devices.start();
    browser.tracks.find(({ kind }) => kind === 'audio')?.onended?.();
    await settled();
    expect(devices.health.microphone.value).toBe('replaced');
    browser.tracks.at(-1)?.onmute?.();
    expect(devices.health.microphone.value).toBe('paused');
    browser.tracks.at(-1)?.onunmute?.();
    expect(devices.health.microphone.value).toBe('fine');
  });

  it('takes up a device that is allowed in the settings of the browser', async () => {
    const browser = fakeCapture({ camera: 'NotAllowedError' });
    const status = { state: 'denied', onchange: null as (() => void) | null };
    const devices = createDeviceManager({
      capture: browser.capture,
      prefs: createPrefs(memoryStorage()),
      permissions: {
        query: async ({ name }) => {
          if (name === 'camera') return status as unknown as PermissionStatus;
          throw new TypeError('unknown name');
        },
      },
    });
    await devices.start();
    expect(devices.camera.value.state).toBe('denied');
    delete browser.state.camera;
    status.state = 'granted';
    status.onchange?.();
    await settled();
    expect(devices.camera.value.state).toBe('live');
    devices.close();
    expect(status.onchange).toBeNull();
  });

  it('goes from the front camera to the back one and again, and back where there is none', async () => {
    const prefs = createPrefs(memoryStorage());
    const browser = fakeCapture();
    let hasBack = true;
    const asked: unknown[] = [];
    const devices = createDeviceManager({
      prefs,
      capture: {
        ...browser.capture,
        async getUserMedia({ video } = {}) {
          const wanted = typeof video === 'object' ? video.facingMode : undefined;
          const ideal = typeof wanted === 'object' && 'ideal' in wanted ? String(wanted.ideal) : 'user';
          asked.push(ideal);
          if (ideal === 'environment' && !hasBack) throw new DOMException('', 'NotFoundError');
          return fakeStream(fakeTrack('video', { facingMode: ideal, deviceId: ideal }));
        },
      },
    });
    await devices.setCamera(true);
    expect(devices.facing.value).toBe('user');
    await devices.flipCamera();
    expect([devices.facing.value, devices.used.camera.value]).toEqual(['environment', 'environment']);
    await devices.flipCamera();
    expect(devices.facing.value).toBe('user');
    hasBack = false;
    await devices.flipCamera();
    expect([devices.facing.value, devices.camera.value.state]).toEqual(['user', 'live']);
    expect(asked).toEqual(['user', 'environment', 'user', 'environment', 'user']);
  });

  it('takes up a device that is plugged in after it was found missing', async () => {
    const { browser, devices } = setUp({ camera: 'NotFoundError' });
    await devices.start();
    delete browser.state.camera;
    browser.plug();
    await settled();
    expect(devices.camera.value.state).toBe('live');
  });

  it('throws away a camera that comes after it was turned off', async () => {
    const { browser, devices } = setUp();
    const opening = devices.setCamera(true);
    await devices.setCamera(false);
    await opening;
    expect(devices.camera.value.track).toBeNull();
    expect(browser.tracks.map(({ readyState }) => readyState)).toEqual(['ended']);
  });

  it('lets every device go at the end, also those that come late', async () => {
    const { browser, devices } = setUp();
    const starting = devices.start();
    devices.close();
    await starting;
    expect(browser.tracks.map(({ readyState }) => readyState)).toEqual(['ended', 'ended']);
  });

  it('starts again, as it was wanted, after a stop', async () => {
    const { devices } = setUp();
    await devices.start();
    await devices.setCamera(false);
    devices.stop();
    expect(devices.microphone.value.track).toBeNull();
    await devices.start();
    expect(devices.microphone.value.state).toBe('live');
    expect(devices.camera.value.state).toBe('idle');
  });
});

/** Promises that are under way have run. */
function settled(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
