import { describe, expect, it, vi } from 'vitest';
import { createDeviceManager } from '../../../src/web/media/device-manager.ts';
import { createPrefs } from '../../../src/web/prefs.ts';
import { fakeCapture, fakeStream, fakeTrack, memoryStorage } from '../fakes.ts';

function setUp(devices: Parameters<typeof fakeCapture>[0] = {}) {
  const browser = fakeCapture(devices);
  const prefs = createPrefs(memoryStorage());
  return { browser, prefs, devices: createDeviceManager({ capture: browser.capture, prefs }) };
}

describe('the device manager', () => {
  it('opens camera and microphone with one prompt', async () => {
    const { browser, devices } = setUp();
    await devices.start();
    expect(browser.questions).toEqual(['camera+microphone']);
    expect(devices.camera.value).toMatchObject({ on: true, state: 'live' });
    expect(devices.microphone.value).toMatchObject({ on: true, state: 'live' });
    expect(devices.choices.value.camera).toEqual([{ id: 'c1', label: 'Front' }]);
  });

  it('opens each on its own if both together are refused, and keeps what works', async () => {
    const { browser, devices } = setUp({ camera: 'NotFoundError' });
    await devices.start();
    expect(browser.questions).toEqual(['camera+microphone', 'camera', 'microphone']);
    expect(devices.camera.value).toMatchObject({ state: 'missing', track: null });
    expect(devices.microphone.value.state).toBe('live');
  });

  it('tells a denied device from a busy one', async () => {
    const { devices } = setUp({ camera: 'NotReadableError', microphone: 'NotAllowedError' });
    await devices.start();
    expect(devices.camera.value.state).toBe('busy');
    expect(devices.microphone.value.state).toBe('denied');
  });

  it('reports that the page is not secure', async () => {
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
    // The SDK owns `enabled` and silences the track in a call.
    expect(track).toMatchObject({ enabled: true, readyState: 'live' });
    await devices.setMicrophone(true);
    expect(devices.microphone.value.on).toBe(true);
    expect(devices.microphone.value.track).toBe(track);
  });

  it('stays muted when another microphone is chosen', async () => {
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

  it('opens another device if the one in use goes away', async () => {
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
    'reports a lost device, and that it is back (%s)',
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

  it('reports replaced and paused devices', async () => {
    const { browser, devices } = setUp();
    await devices.start();
    browser.tracks.find(({ kind }) => kind === 'audio')?.onended?.();
    await settled();
    expect(devices.health.microphone.value).toBe('replaced');
    const track = browser.tracks.at(-1);
    if (track === undefined) throw new Error('no microphone is open');
    vi.useFakeTimers();
    track.muted = true;
    track.onmute?.();
    vi.advanceTimersByTime(1_500);
    vi.useRealTimers();
    expect(devices.health.microphone.value).toBe('paused');
    track.muted = false;
    track.onunmute?.();
    expect(devices.health.microphone.value).toBe('fine');
  });

  it('opens a device once it is allowed in the browser’s settings', async () => {
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

  it('flips between front and back camera, and returns to the front one if there is no other', async () => {
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

  it('opens a device that is plugged in later', async () => {
    const { browser, devices } = setUp({ camera: 'NotFoundError' });
    await devices.start();
    delete browser.state.camera;
    browser.plug();
    await settled();
    expect(devices.camera.value.state).toBe('live');
  });

  it('stops a camera that opens after it was turned off', async () => {
    const { browser, devices } = setUp();
    const opening = devices.setCamera(true);
    await devices.setCamera(false);
    await opening;
    expect(devices.camera.value.track).toBeNull();
    expect(browser.tracks.map(({ readyState }) => readyState)).toEqual(['ended']);
  });

  it('stops every device on close, even one that opens later', async () => {
    const { browser, devices } = setUp();
    const starting = devices.start();
    devices.close();
    await starting;
    expect(browser.tracks.map(({ readyState }) => readyState)).toEqual(['ended', 'ended']);
  });

  it('starts the same devices again after a stop', async () => {
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

/** Lets pending promises run. */
function settled(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
